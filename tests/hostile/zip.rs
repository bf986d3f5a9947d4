//! Zip archives written field by field (APPNOTE 4.3), so that each field can lie and content can be larger than memory.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use flate2::{Compress, Compression, FlushCompress, Status};

const REGULAR_FILE: u32 = 0o100_644 << 16;
const SYMBOLIC_LINK: u32 = 0o120_777 << 16;
const DEFLATED: u16 = 8;
/// Zeros packed at once; every further block packs to the same bytes as the second.
const BLOCK_BYTES: usize = 1 << 20;

/// One member.
#[derive(Clone)]
pub(crate) struct Member {
    name: String,
    attributes: u32,
    method: u16,
    packed: Packed,
    /// Size of the content, as stated.
    pub(crate) size: u64,
    checksum: u32,
}

/// Packed content: a beginning, a part that repeats, an end.
#[derive(Clone, Default)]
struct Packed {
    head: Vec<u8>,
    again: Vec<u8>,
    times: u64,
    tail: Vec<u8>,
}

impl Packed {
    fn bytes(&self) -> u64 {
        self.head.len() as u64 + self.again.len() as u64 * self.times + self.tail.len() as u64
    }
}

impl Member {
    pub(crate) fn stored(name: impl Into<String>, content: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            attributes: REGULAR_FILE,
            method: 0,
            size: content.len() as u64,
            checksum: crc32fast::hash(&content),
            packed: Packed { head: content, ..Packed::default() },
        }
    }

    pub(crate) fn deflated(name: impl Into<String>, content: Vec<u8>) -> Self {
        let mut stored = Self::stored(name, content);
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&stored.packed.head).unwrap();
        stored.packed.head = encoder.finish().unwrap();
        Self { method: DEFLATED, ..stored }
    }

    /// A symbolic link to `target`.
    pub(crate) fn link(name: impl Into<String>, target: &str) -> Self {
        Self { attributes: SYMBOLIC_LINK, ..Self::stored(name, target.into()) }
    }

    /// So many mebibytes of zeros, deflated as well as it can be. The checksum is not theirs: nobody should get that far.
    pub(crate) fn zeros(name: impl Into<String>, mebibytes: u64) -> Self {
        let zeros = vec![0; BLOCK_BYTES];
        let mut compress = Compress::new(Compression::best(), false);
        let mut pack = |content: &[u8], flush| {
            let mut packed = Vec::with_capacity(BLOCK_BYTES);
            let status = compress.compress_vec(content, &mut packed, flush).unwrap();
            assert!(matches!(status, Status::Ok | Status::StreamEnd));
            packed
        };
        let [head, again, third] = [(); 3].map(|()| pack(&zeros, FlushCompress::Sync));
        assert_eq!(again, third, "further blocks pack to the same bytes");
        let tail = pack(&[], FlushCompress::Finish);
        let packed = Packed { head, again, times: mebibytes - 1, tail };
        Self { method: DEFLATED, packed, size: mebibytes << 20, ..Self::stored(name, Vec::new()) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it unpacks to the same content with another byte at this place of its packed form.
    pub(crate) fn unpacks_the_same(&self, place: usize, byte: u8) -> bool {
        let mut packed = self.packed.head.clone();
        packed[place] = byte;
        if self.method != DEFLATED {
            return packed == self.packed.head;
        }
        let mut content = Vec::new();
        let read = flate2::read::DeflateDecoder::new(packed.as_slice()).read_to_end(&mut content);
        read.is_ok() && crc32fast::hash(&content) == self.checksum && content.len() as u64 == self.size
    }

    pub(crate) fn packed_bytes(&self) -> u64 {
        self.packed.bytes()
    }

    fn extra(&self) -> Vec<u8> {
        if u32::try_from(self.size).is_ok() {
            return Vec::new();
        }
        [&[1, 0, 16, 0][..], &self.size.to_le_bytes(), &self.packed.bytes().to_le_bytes()].concat()
    }

    /// The fields that local header and directory share, from the flags to the length of the extra field.
    fn fields(&self, extra: &[u8]) -> Vec<u8> {
        let narrow = |bytes: u64| if extra.is_empty() { u32::try_from(bytes).unwrap() } else { u32::MAX };
        let mut fields = vec![0, 8];
        fields.extend(self.method.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(self.checksum.to_le_bytes());
        fields.extend(narrow(self.packed.bytes()).to_le_bytes());
        fields.extend(narrow(self.size).to_le_bytes());
        fields.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        fields.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        fields
    }
}

/// Writes an archive of these members; gives where the packed content of each begins.
pub(crate) fn write(path: &Path, members: &[Member]) -> Vec<u64> {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut at = 0;
    let mut begins = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        let extra = member.extra();
        let fields = member.fields(&extra);
        let version: &[u8] = if extra.is_empty() { &[20, 0] } else { &[45, 0] };
        directory.extend([b"PK\x01\x02\x2d\x03", version, &fields].concat());
        directory.extend([0; 6]);
        directory.extend(member.attributes.to_le_bytes());
        directory.extend(u32::try_from(at).unwrap().to_le_bytes());
        directory.extend([member.name.as_bytes(), &extra].concat());

        let header = [b"PK\x03\x04", version, &fields, member.name.as_bytes(), &extra].concat();
        out.write_all(&header).unwrap();
        begins.push(at + header.len() as u64);
        out.write_all(&member.packed.head).unwrap();
        (0..member.packed.times).for_each(|_| out.write_all(&member.packed.again).unwrap());
        out.write_all(&member.packed.tail).unwrap();
        at += header.len() as u64 + member.packed.bytes();
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let sizes = [u32::try_from(directory.len()).unwrap(), u32::try_from(at).unwrap()].map(u32::to_le_bytes).concat();
    out.write_all(&[&directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &sizes, &[0, 0]].concat()).unwrap();
    out.flush().unwrap();
    begins
}
