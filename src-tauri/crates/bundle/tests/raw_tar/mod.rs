//! Writes tar archives byte by byte, so that each field can be made to lie.

use std::io::Write as _;

/// One header block with its content. The defaults are honest.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: u8,
    pub(crate) content: Vec<u8>,
    pub(crate) stated_size: Option<Vec<u8>>,
    pub(crate) magic: [u8; 8],
    pub(crate) prefix: Vec<u8>,
    pub(crate) target: Vec<u8>,
    pub(crate) checksum: Option<u32>,
    /// What fills the last block of the content.
    pub(crate) padding: u8,
}

pub(crate) const POSIX: [u8; 8] = *b"ustar\x0000";
pub(crate) const GNU: [u8; 8] = *b"ustar  \0";

impl Member {
    pub(crate) fn new(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            kind: b'0',
            content: content.as_ref().to_vec(),
            stated_size: None,
            magic: POSIX,
            prefix: Vec::new(),
            target: Vec::new(),
            checksum: None,
            padding: 0,
        }
    }

    pub(crate) fn of_kind(kind: u8, name: impl AsRef<[u8]>) -> Self {
        Self { kind, ..Self::new(name, "") }
    }

    /// Records about the next entry.
    pub(crate) fn extended(records: &[(&str, &str)]) -> Self {
        let records: Vec<String> = records.iter().map(|(keyword, value)| record(keyword, value)).collect();
        Self { kind: b'x', ..Self::new("PaxHeaders/x", records.concat()) }
    }

    /// The name of the next entry, as GNU writes it.
    pub(crate) fn long_name(name: &str) -> Self {
        Self { kind: b'L', magic: GNU, ..Self::new("././@LongLink", [name.as_bytes(), b"\0"].concat()) }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut block = [0_u8; 512];
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.name);
        put(100, b"0000644\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        let octal = format!("{:011o}\0", self.content.len()).into_bytes();
        put(124, self.stated_size.as_ref().unwrap_or(&octal));
        put(136, b"00000000000\0");
        put(148, b"        ");
        put(156, &[self.kind]);
        put(157, &self.target);
        put(257, &self.magic);
        put(345, &self.prefix);
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        let checksum = format!("{:06o}\0 ", self.checksum.unwrap_or(sum));
        block[148..156].copy_from_slice(checksum.as_bytes());
        out.extend(block);
        out.extend(&self.content);
        out.resize(out.len().next_multiple_of(512), self.padding);
    }
}

/// One record of an extended header, which counts its own length.
pub(crate) fn record(keyword: &str, value: &str) -> String {
    let rest = format!(" {keyword}={value}\n");
    let mut length = rest.len() + 1;
    while length.to_string().len() + rest.len() != length {
        length += 1;
    }
    format!("{length}{rest}")
}

/// An archive with a sound end.
pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    [without_end(members), vec![0; 1024]].concat()
}

pub(crate) fn without_end(members: &[Member]) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members {
        member.write(&mut out);
    }
    out
}

/// A small bag under `b/`.
pub(crate) fn bag() -> Vec<Member> {
    vec![
        Member::of_kind(b'5', "b/"),
        Member::new("b/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        Member::new("b/data/audit-manifest.json", "{}"),
        Member::new("b/data/events/segment-000001.ndjson", "{\"seq\":1}\n".repeat(100)),
    ]
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 3).unwrap()
}
