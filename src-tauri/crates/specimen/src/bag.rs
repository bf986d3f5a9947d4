//! The container: files with their digests, and the tag files that list them (RFC 8493, formats 1.1 and 1.2).

use std::collections::BTreeMap;
use std::io;

use integrity::{Digest, Digest512, Hasher, Hasher512};

use crate::packing::{Compression, Packer};
use crate::sink::Sink;

/// A payload file, as a manifest lists it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) sha256: Digest,
    pub(crate) sha512: Option<Digest512>,
}

/// What is known of a payload file when it is complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) bytes: u64,
    pub(crate) sha256: Digest,
    /// Digest of the content, where the file is packed.
    pub(crate) content_sha256: Option<Digest>,
}

/// A bag that is being filled.
pub(crate) struct Bag<'s, S: Sink> {
    sink: &'s mut S,
    with_sha512: bool,
    /// The next file is hashed and listed but not handed to the sink.
    withheld: bool,
    open: Option<Open>,
    pub(crate) listed: Vec<Listed>,
    payload_bytes: u64,
    files: u64,
    bytes_out: u64,
    /// Why packing failed, if it did.
    pub(crate) packing_fault: Option<io::Error>,
}

struct Open {
    path: String,
    bytes: u64,
    sha256: Hasher,
    sha512: Option<Hasher512>,
    withheld: bool,
    packing: Option<(Packer, Hasher)>,
}

impl<'s, S: Sink> Bag<'s, S> {
    pub(crate) const fn new(sink: &'s mut S, with_sha512: bool) -> Self {
        Self {
            sink,
            with_sha512,
            withheld: false,
            open: None,
            listed: Vec::new(),
            payload_bytes: 0,
            files: 0,
            bytes_out: 0,
            packing_fault: None,
        }
    }

    /// Begins a payload file. One that is `withheld` is hashed and listed as if it were there.
    pub(crate) fn create(&mut self, path: &str, withheld: bool, compression: Compression) -> Result<(), S::Fault> {
        self.withheld = withheld;
        if !withheld {
            self.files += 1;
            self.sink.create(path)?;
        }
        self.open = Some(Open {
            path: path.to_owned(),
            bytes: 0,
            sha256: Hasher::new(),
            sha512: self.with_sha512.then(Hasher512::new),
            withheld,
            packing: None,
        });
        let packer = Packer::new(compression);
        if let (Some(packer), Some(open)) = (self.or_fault(packer).flatten(), &mut self.open) {
            open.packing = Some((packer, Hasher::new()));
        }
        Ok(())
    }

    /// The value, or nothing and a note of what failed. Packing into memory fails for want of memory alone.
    fn or_fault<T>(&mut self, outcome: io::Result<T>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                self.packing_fault.get_or_insert(error);
                None
            }
        }
    }

    /// Adds bytes to the payload file. What is `stored` may differ from what is hashed: that is how a bit rots. A packed
    /// file is packed from what is hashed.
    pub(crate) fn write(&mut self, hashed: &[u8], stored: &[u8]) -> Result<(), S::Fault> {
        let packed = self.open.as_mut().and_then(|open| {
            let (packer, content) = open.packing.as_mut()?;
            content.update(hashed);
            Some(packer.pack(hashed))
        });
        match packed {
            None => self.put(hashed, stored),
            Some(packed) => {
                let packed = self.or_fault(packed).unwrap_or_default();
                self.put(&packed, &packed)
            }
        }
    }

    /// Hashes and hands out bytes as they are to lie there.
    fn put(&mut self, hashed: &[u8], stored: &[u8]) -> Result<(), S::Fault> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.bytes += hashed.len() as u64;
        open.sha256.update(hashed);
        if let Some(hasher) = &mut open.sha512 {
            hasher.update(hashed);
        }
        if open.withheld {
            return Ok(());
        }
        self.bytes_out += stored.len() as u64;
        self.sink.write(stored)
    }

    /// Ends the payload file and lists it.
    pub(crate) fn finish(&mut self) -> Result<Option<Stored>, S::Fault> {
        let packing = self.open.as_mut().and_then(|open| open.packing.take());
        let mut content_sha256 = None;
        if let Some((packer, content)) = packing {
            let rest = self.or_fault(packer.finish()).unwrap_or_default();
            self.put(&rest, &rest)?;
            content_sha256 = Some(content.finish());
        }
        let Some(open) = self.open.take() else { return Ok(None) };
        if !open.withheld {
            self.sink.finish()?;
        }
        let stored = Stored { bytes: open.bytes, sha256: open.sha256.finish(), content_sha256 };
        self.payload_bytes += open.bytes;
        let sha512 = open.sha512.map(Hasher512::finish);
        self.listed.push(Listed { path: open.path, sha256: stored.sha256, sha512 });
        Ok(Some(stored))
    }

    /// Adds a whole payload file.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), S::Fault> {
        self.create(path, false, Compression::None)?;
        self.write(bytes, bytes)?;
        self.finish()?;
        Ok(())
    }

    /// Adds a file that no list knows.
    pub(crate) fn add_unlisted(&mut self, path: &str, bytes: &[u8]) -> Result<(), S::Fault> {
        self.files += 1;
        self.bytes_out += bytes.len() as u64;
        self.sink.create(path)?;
        self.sink.write(bytes)?;
        self.sink.finish()
    }

    /// `Payload-Oxum`: bytes and files of the payload.
    pub(crate) fn oxum(&self) -> String {
        format!("{}.{}", self.payload_bytes, self.listed.len())
    }

    /// Files and bytes handed to the sink.
    pub(crate) const fn handed_out(&self) -> (u64, u64) {
        (self.files, self.bytes_out)
    }
}

/// The lines of the payload manifests: digest and path.
pub(crate) struct Lists {
    pub(crate) sha256: Vec<(String, String)>,
    pub(crate) sha512: Option<Vec<(String, String)>>,
}

impl Lists {
    /// Sorted by path, as the stock tools write them.
    pub(crate) fn of(listed: &[Listed], with_sha512: bool) -> Self {
        let mut listed: Vec<&Listed> = listed.iter().collect();
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        let sha256 = listed.iter().map(|file| (file.sha256.to_hex(), file.path.clone())).collect();
        let sha512 = with_sha512
            .then(|| listed.iter().filter_map(|file| Some((file.sha512?.to_hex(), file.path.clone()))).collect());
        Self { sha256, sha512 }
    }
}

/// Tag files by path.
pub(crate) type Tags = BTreeMap<String, Vec<u8>>;

/// The declaration (RFC 8493 section 2.1.1).
pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A manifest as text.
pub(crate) fn manifest_text(lines: &[(String, String)]) -> Vec<u8> {
    lines.iter().flat_map(|(digest, path)| format!("{digest}  {path}\n").into_bytes()).collect()
}

/// The tag manifest over all tag files there are.
pub(crate) fn tagmanifest_text(tags: &Tags) -> Vec<u8> {
    let lines: Vec<_> = tags.iter().map(|(path, bytes)| (Digest::of(bytes).to_hex(), path.clone())).collect();
    manifest_text(&lines)
}
