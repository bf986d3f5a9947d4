//! What is written of a stream: its segments, and the facts that the audit manifest states about them (formats 1.6).

use integrity::Digest;
use integrity::merkle::Tree;
use serde_json::{Value, json};

use crate::bag::Bag;
use crate::calendar::rfc3339;
use crate::packing::Compression;
use crate::record::{Sealed, id_text};
use crate::sink::Sink;

/// What is known of a run of records.
#[derive(Clone, Debug)]
pub(crate) struct Totals {
    pub(crate) count: u64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) first_prev: Digest,
    pub(crate) last_hash: Digest,
    first_id: [u8; 36],
    last_id: [u8; 36],
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

impl Totals {
    /// Adds a record to totals that may be of none yet.
    pub(crate) fn add(totals: &mut Option<Self>, sealed: &Sealed) {
        let record = &sealed.record;
        let totals = totals.get_or_insert_with(|| Self {
            count: 0,
            first_seq: record.seq,
            last_seq: record.seq,
            first_prev: record.prev,
            last_hash: sealed.hash,
            first_id: record.event_id,
            last_id: record.event_id,
            earliest: record.time,
            latest: record.time,
        });
        totals.count += 1;
        totals.last_seq = record.seq;
        totals.last_hash = sealed.hash;
        totals.last_id = record.event_id;
        totals.earliest = totals.earliest.min(record.time);
        totals.latest = totals.latest.max(record.time);
    }
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Number of the segment, from 1.
    pub(crate) segment: u64,
    /// Number of the line in it, from 1.
    pub(crate) line: u64,
}

/// The path of a segment.
pub(crate) fn segment_path(number: u64, compression: Compression) -> String {
    format!("data/events/segment-{number:06}.ndjson{}", compression.ending())
}

/// Writes segments.
pub(crate) struct Ledger {
    stream_id: String,
    rows_per_segment: u64,
    withheld: Option<u64>,
    compression: Compression,
    number: u64,
    open: Option<Totals>,
    tree: Tree,
    pub(crate) written: Option<Totals>,
    pub(crate) segments: Vec<Value>,
    /// The runs of seq in each segment.
    pub(crate) spans: Vec<(u64, u64)>,
}

impl Ledger {
    /// Segments of so many rows; the one with the number `withheld` is listed but not stored.
    pub(crate) fn new(stream_id: &str, rows_per_segment: u64, withheld: Option<u64>, compression: Compression) -> Self {
        Self {
            compression,
            stream_id: stream_id.to_owned(),
            rows_per_segment,
            withheld,
            number: 0,
            open: None,
            tree: Tree::new(),
            written: None,
            segments: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Writes a record: the facts are those of `sealed`, the bytes are `hashed` and, if they rot, `stored`.
    pub(crate) fn push<S: Sink>(
        &mut self,
        bag: &mut Bag<'_, S>,
        sealed: &Sealed,
        hashed: &[u8],
        stored: &[u8],
    ) -> Result<Place, S::Fault> {
        if self.open.as_ref().is_some_and(|open| open.count >= self.rows_per_segment) {
            self.close(bag)?;
        }
        if self.open.is_none() {
            self.number += 1;
            let path = segment_path(self.number, self.compression);
            bag.create(&path, self.withheld == Some(self.number), self.compression)?;
            self.tree = Tree::new();
        }
        bag.write(hashed, stored)?;
        self.tree.push_leaf_hash(sealed.leaf);
        Totals::add(&mut self.open, sealed);
        Totals::add(&mut self.written, sealed);
        Ok(Place { segment: self.number, line: self.open.as_ref().map_or(0, |open| open.count) })
    }

    /// Ends the open segment.
    pub(crate) fn close<S: Sink>(&mut self, bag: &mut Bag<'_, S>) -> Result<(), S::Fault> {
        let Some(totals) = self.open.take() else { return Ok(()) };
        let Some(stored) = bag.finish()? else { return Ok(()) };
        self.spans.push((totals.first_seq, totals.last_seq));
        let mut entry = json!({
            "path": segment_path(self.number, self.compression),
            "stream_id": self.stream_id,
            "media_type": "application/x-ndjson",
            "compression": self.compression.word(),
            "rows": totals.count,
            "bytes": stored.bytes,
            "sha256": stored.sha256.to_hex(),
            "first_seq": totals.first_seq,
            "last_seq": totals.last_seq,
            "first_event_id": id_text(&totals.first_id),
            "last_event_id": id_text(&totals.last_id),
            "first_prev_hash": totals.first_prev.to_hex(),
            "last_hash": totals.last_hash.to_hex(),
            "merkle_root": self.tree.root().to_hex(),
            "min_timestamp": String::from_utf8_lossy(&rfc3339(totals.earliest)),
            "max_timestamp": String::from_utf8_lossy(&rfc3339(totals.latest)),
        });
        if let Some(content) = stored.content_sha256 {
            entry["content_sha256"] = content.to_hex().into();
        }
        self.segments.push(entry);
        Ok(())
    }
}
