//! A damaged copy that is never made: a [`Source`] that reads the original through the damage.
//!
//! Memory holds the edits and the small files that were written anew, never a file of records.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use bundle::unpack::{Packing, unpack};
use bundle::{Entry, Limits, Profile, ReadFault, Trouble};
use verify::Source;

use crate::lines::{Edited, LineEdits};
use crate::packing::packed;
use crate::survey::Segment;

/// What became of one file.
#[derive(Clone, Debug)]
enum Content {
    /// It is new, or was written anew.
    Written(Vec<u8>),
    /// A byte of it, as stored, has other bits set.
    Flipped { at: u64, bits: u8 },
    /// Bytes stand behind its end.
    Appended(Vec<u8>),
}

/// The original with damage.
pub(crate) struct Overlay<'a> {
    base: &'a dyn Source,
    entries: Vec<Entry>,
    changed: BTreeMap<String, Content>,
    /// Files whose lines were edited.
    lines: BTreeMap<String, LineEdits>,
    /// Files whose size is not known yet.
    unsized_files: BTreeSet<String>,
    touched: BTreeSet<String>,
}

impl<'a> Overlay<'a> {
    /// The original without damage.
    pub(crate) fn new(base: &'a dyn Source) -> Self {
        Self {
            base,
            entries: base.entries().to_vec(),
            changed: BTreeMap::new(),
            lines: BTreeMap::new(),
            unsized_files: BTreeSet::new(),
            touched: BTreeSet::new(),
        }
    }

    /// The files that are not what they were, those that are gone included.
    pub(crate) fn touched(&self) -> &BTreeSet<String> {
        &self.touched
    }

    /// Writes a file anew, or adds it.
    pub(crate) fn put(&mut self, name: &str, bytes: Vec<u8>) {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.change(name, Content::Written(bytes));
        self.set_size(name, size);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.touched.insert(name.to_owned());
        self.changed.remove(name);
        self.lines.remove(name);
        self.unsized_files.remove(name);
        self.entries.retain(|entry| entry.name != name);
    }

    /// The edits of a file's lines, to add to.
    pub(crate) fn lines_mut(&mut self, segment: &Segment) -> &mut LineEdits {
        self.touched.insert(segment.path.clone());
        self.unsized_files.insert(segment.path.clone());
        let packing = segment.packing;
        self.lines.entry(segment.path.clone()).or_insert_with(|| LineEdits { packing, ..LineEdits::default() })
    }

    pub(crate) fn edits(&self, name: &str) -> Option<&LineEdits> {
        self.lines.get(name)
    }

    /// Lets one byte of a file rot.
    pub(crate) fn flip(&mut self, name: &str, at: u64, bits: u8) {
        self.change(name, Content::Flipped { at, bits });
    }

    /// Puts bytes behind a file's end.
    pub(crate) fn append(&mut self, name: &str, bytes: Vec<u8>) {
        let size = self.entry(name).map_or(0, |entry| entry.size_bytes);
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.change(name, Content::Appended(bytes));
        self.set_size(name, size.saturating_add(more));
    }

    fn change(&mut self, name: &str, content: Content) {
        self.touched.insert(name.to_owned());
        self.changed.insert(name.to_owned(), content);
    }

    /// States the size of a file, which reading it has told.
    pub(crate) fn set_size(&mut self, name: &str, size_bytes: u64) {
        self.unsized_files.remove(name);
        match self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.size_bytes = size_bytes;
                }
            }
            Err(at) => self.entries.insert(at, Entry { name: name.to_owned(), size_bytes }),
        }
    }

    /// Reads the files whose sizes are not known yet.
    pub(crate) fn settle_sizes(&mut self) -> Result<(), ReadFault> {
        for name in std::mem::take(&mut self.unsized_files) {
            let size = io::copy(&mut self.stream(&name)?, &mut io::sink()).map_err(ReadFault::of)?;
            self.set_size(&name, size);
        }
        Ok(())
    }

    /// The content of a segment as it reads now, unpacked.
    pub(crate) fn content(&self, segment: &Segment) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let content = unpacked(self.base, &segment.path, segment.packing)?;
        Ok(match self.lines.get(&segment.path) {
            Some(edits) => Box::new(Edited::new(content, edits)),
            None => content,
        })
    }

    /// A whole small file as it stands now; nothing if it is not there or too large.
    pub(crate) fn small(&self, name: &str, max_bytes: u64) -> Option<Vec<u8>> {
        self.entry(name)?;
        self.read(name, max_bytes).ok()
    }
}

impl Source for Overlay<'_> {
    fn profile(&self) -> Profile {
        self.base.profile()
    }

    fn limits(&self) -> Limits {
        self.base.limits()
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn troubles(&self) -> &[Trouble] {
        self.base.troubles()
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        if self.entry(name).is_none() {
            return Err(ReadFault::NoSuchEntry { name: name.to_owned() });
        }
        Ok(match self.changed.get(name) {
            None => match self.lines.get(name) {
                Some(edits) => {
                    let edited = Box::new(Edited::new(unpacked(self.base, name, edits.packing)?, edits));
                    match edits.packing {
                        Some(packing) => packed(edited, packing).map_err(ReadFault::of)?,
                        None => edited,
                    }
                }
                None => self.base.stream(name)?,
            },
            Some(Content::Written(bytes)) => Box::new(bytes.as_slice()),
            Some(Content::Flipped { at, bits }) => {
                Box::new(Flipped { reader: self.base.stream(name)?, left: Some(*at), bits: *bits })
            }
            Some(Content::Appended(bytes)) => Box::new(self.base.stream(name)?.chain(bytes.as_slice())),
        })
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let mut bytes = Vec::new();
        self.stream(name)?.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(ReadFault::of)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max_bytes {
            return Err(ReadFault::TooLarge { name: name.to_owned(), limit_bytes: max_bytes });
        }
        Ok(bytes)
    }
}

/// A file's content, unpacked if it is packed.
pub(crate) fn unpacked<'s>(
    source: &'s dyn Source,
    name: &str,
    packing: Option<Packing>,
) -> Result<Box<dyn Read + Send + 's>, ReadFault> {
    let stored = source.stream(name)?;
    Ok(match packing {
        Some(packing) => Box::new(unpack(stored, packing, name, &source.limits())),
        None => stored,
    })
}

/// A reader of which one byte comes out wrong.
struct Flipped<R> {
    reader: R,
    /// Bytes before it; nothing once it has passed.
    left: Option<u64>,
    bits: u8,
}

impl<R: Read> Read for Flipped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(left) = self.left {
            let read = u64::try_from(count).unwrap_or(u64::MAX);
            if left < read {
                if let Some(byte) = usize::try_from(left).ok().and_then(|at| buffer.get_mut(at)) {
                    *byte ^= self.bits;
                }
                self.left = None;
            } else {
                self.left = Some(left - read);
            }
        }
        Ok(count)
    }
}
