//! Reads the records of one stream of an audit bundle, on a thread of its own, reduced to what two exports are compared
//! by. Only a few runs are ever on the way.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::sync::mpsc::SyncSender;

use bundle::lines::{Line, LineLimits, LineRun, LineTrouble, runs};
use bundle::segment::{self, Form, Layout};
use bundle::unpack::{Packing, unpack};
use bundle::{Profile, ReadFault};
use integrity::canonical::{self, Kind};
use integrity::{Digest, chain};

use crate::source::Source;

use super::fingerprint;
use super::holdings::Holding;

/// Most names of other streams that are remembered.
pub(super) const STRANGERS_MAX: usize = 1_000;

/// Where a line lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Index into the stream's files.
    pub(super) file: u32,
    pub(super) line: u64,
    pub(super) byte_offset: u64,
    pub(super) length_bytes: u64,
}

/// One readable record.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) seq: u64,
    /// Computed from its bytes.
    pub(super) hash: Digest,
    /// What it names as the hash of its predecessor.
    pub(super) prev: Option<Digest>,
    /// Fingerprint of its signature as it is written; of nothing if it has none.
    pub(super) signature: u64,
    /// Fingerprint of its event alone, which stays what it is when a chain is computed anew.
    pub(super) event: [u64; 2],
    pub(super) spot: Spot,
    /// A line right before it cannot be read.
    pub(super) behind_hole: Option<Box<Spot>>,
}

/// What a reader sends.
pub(super) enum Arrival {
    Batch {
        entries: Vec<Entry>,
        bytes: u64,
    },
    /// The stream is at its end. The last line may have been unreadable; records of other streams were among these.
    End {
        hole: Option<Spot>,
        strangers: BTreeSet<String>,
        is_damaged: bool,
    },
    Failed(ReadFault),
}

/// Bytes that tell whether a file is packed; no record begins with those of a packing.
const HEAD_BYTES: u64 = 4;

/// Whether a file is packed.
pub(super) fn is_packed(source: &dyn Source, name: &str) -> Result<bool, ReadFault> {
    let mut head = Vec::new();
    source.stream(name)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(ReadFault::of)?;
    Ok(Packing::of(&head).is_some())
}

/// The unpacked content of a file; of a table its records as lines.
pub(super) fn content<'s>(source: &'s dyn Source, name: &str) -> Result<Box<dyn Read + Send + 's>, ReadFault> {
    let mut file = source.stream(name)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(ReadFault::of)?;
    let packing = Packing::of(&head);
    if source.profile() == Profile::AuditBundle1 && Layout::of_name(name).is_table() {
        return segment::text(source, name, Form { layout: Layout::of_name(name), packing });
    }
    let whole = Cursor::new(head).chain(file);
    Ok(match packing {
        Some(packing) => Box::new(unpack(whole, packing, name, &source.limits())),
        None => Box::new(whole),
    })
}

/// Sends the records of a stream in the order of its files; ends early when nobody listens.
pub(super) fn read(source: &dyn Source, holding: &Holding, stream_id: &str, key: [u8; 16], to: &SyncSender<Arrival>) {
    let mut reader =
        Reader { stream_id, key, hole: None, strangers: BTreeSet::new(), is_damaged: false, entries: Vec::new() };
    for (file, name) in (0_u32..).zip(&holding.files) {
        let content = match content(source, name) {
            Ok(content) => content,
            Err(fault) if fault.trouble().is_some() => {
                reader.is_damaged = true;
                continue;
            }
            Err(fault) => return drop(to.send(Arrival::Failed(fault))),
        };
        for run in runs(content, &LineLimits::audit_bundle()) {
            let run = match run {
                Ok(run) => run,
                Err(fault) if fault.trouble().is_some() => {
                    reader.is_damaged = true;
                    break;
                }
                Err(fault) => return drop(to.send(Arrival::Failed(fault))),
            };
            let bytes = u64::try_from(run.bytes().len()).unwrap_or(u64::MAX);
            let entries = reader.take(file, &run);
            if to.send(Arrival::Batch { entries, bytes }).is_err() {
                return;
            }
        }
    }
    let Reader { hole, strangers, is_damaged, .. } = reader;
    // Whoever stopped listening does not miss it.
    let _sent = to.send(Arrival::End { hole, strangers, is_damaged });
}

struct Reader<'a> {
    stream_id: &'a str,
    key: [u8; 16],
    hole: Option<Spot>,
    strangers: BTreeSet<String>,
    is_damaged: bool,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn take(&mut self, file: u32, run: &LineRun) -> Vec<Entry> {
        for line in run.lines().filter(|line| !line.bytes.is_empty() || line.trouble.is_some()) {
            let Line { number, byte_offset, length_bytes, .. } = line;
            let spot = Spot { file, line: number, byte_offset, length_bytes };
            match self.entry(&line, spot) {
                Some(Ok(mut entry)) => {
                    entry.behind_hole = self.hole.take().map(Box::new);
                    self.entries.push(entry);
                }
                Some(Err(stranger)) => {
                    if self.strangers.len() < STRANGERS_MAX {
                        self.strangers.insert(stranger);
                    }
                }
                None => self.hole = self.hole.or(Some(spot)),
            }
        }
        std::mem::take(&mut self.entries)
    }

    /// The entry of a line; the name of its stream if it is of another; nothing if it is no record.
    fn entry(&self, line: &Line<'_>, spot: Spot) -> Option<Result<Entry, String>> {
        if line.trouble == Some(LineTrouble::TooLong) {
            return None;
        }
        let scan = canonical::scan(line.bytes).ok()?;
        let (mut stream_id, mut seq, mut prev, mut event, mut signature) = (None, None, None, [0; 2], 0);
        for (name, value) in scan.members() {
            match name {
                "stream_id" => stream_id = value.string(),
                "seq" => seq = value.integer().and_then(|seq| u64::try_from(seq).ok()),
                "prev_hash" if value.kind() == Kind::String => prev = value.string().and_then(|t| Digest::from_hex(&t)),
                "event" => event = fingerprint(self.key, value.text()),
                "sig" => signature = fingerprint(self.key, value.text())[0],
                _ => {}
            }
        }
        let (stream_id, seq) = (stream_id?, seq?);
        if stream_id != self.stream_id {
            return Some(Err(stream_id.into_owned()));
        }
        let hash = chain::event_hash(&scan);
        Some(Ok(Entry { seq, hash, prev, signature, event, spot, behind_hole: None }))
    }
}
