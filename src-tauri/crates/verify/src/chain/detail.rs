//! Reads single lines again, where working out what is off needs a record from the middle of a stretch.

use std::collections::{BTreeMap, BTreeSet};

use bundle::lines::{LineLimits, runs};
use integrity::canonical::{self, Kind};
use integrity::{Digest, chain};

use crate::claims::{Claims, SegmentState};
use crate::fault::Halt;
use crate::record::clock;
use crate::work::Work;

use super::trace::Spot;

/// Most lines that are read again. Beyond it a report tells less about single records; it never tells them well.
const LINES_MAX: usize = 50_000;

/// One record read again.
#[derive(Clone, Debug)]
pub(crate) struct Detail {
    pub(crate) stream_id: String,
    pub(crate) seq: u64,
    pub(crate) prev: Digest,
    pub(crate) hash: Digest,
    /// The record's content with its hash: what makes two records identical.
    pub(crate) content: (Digest, Digest),
    pub(crate) event_id: Option<String>,
    pub(crate) time: Option<i64>,
    pub(crate) byte_offset: u64,
}

/// Lines to be read again, and what they held.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    wanted: BTreeMap<u32, BTreeSet<u64>>,
    count: usize,
    found: BTreeMap<Spot, Detail>,
}

impl Lines {
    pub(crate) fn want(&mut self, spot: Spot) {
        if self.count < LINES_MAX && !self.found.contains_key(&spot) {
            self.count += usize::from(self.wanted.entry(spot.segment).or_default().insert(spot.line));
        }
    }

    pub(crate) fn get(&self, spot: Spot) -> Option<&Detail> {
        self.found.get(&spot)
    }

    /// Reads every wanted line. Files are read from their beginning to the last line wanted.
    pub(crate) fn fetch(&mut self, work: &mut Work<'_>, claims: &Claims) -> Result<(), Halt> {
        for (segment, lines) in std::mem::take(&mut self.wanted) {
            let Some(claim) = claims.segments.get(segment as usize) else { continue };
            if claim.state != SegmentState::Present {
                continue;
            }
            let reader = claim.content(work.source)?;
            let mut lines = lines.into_iter().peekable();
            for run in runs(reader, &LineLimits::audit_bundle()) {
                // Damage was reported in the first pass; what lies behind it was never seen.
                let run = match run {
                    Ok(run) => run,
                    Err(fault) if fault.trouble().is_some() => break,
                    Err(fault) => return Err(fault.into()),
                };
                for line in run.lines() {
                    if lines.next_if_eq(&line.number).is_some()
                        && let Some(detail) = detail(line.bytes, line.byte_offset)
                    {
                        self.found.insert(Spot { segment, line: line.number }, detail);
                    }
                }
                work.came(0, 0)?;
                if lines.peek().is_none() {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn detail(bytes: &[u8], byte_offset: u64) -> Option<Detail> {
    let scan = canonical::scan(bytes).ok()?;
    let hex = |name: &str| Digest::from_hex(&scan.member(name)?.string()?);
    let event = scan.member("event").filter(|event| event.kind() == Kind::Object);
    let text = |name: &str| event.and_then(|event| event.member(name)).and_then(|value| value.string());
    let time = text("recorded_at").or_else(|| text("timestamp"));
    let hash = hex("hash")?;
    Some(Detail {
        stream_id: scan.member("stream_id")?.string()?.into_owned(),
        seq: u64::try_from(scan.member("seq")?.integer()?).ok()?,
        prev: hex("prev_hash")?,
        hash,
        content: (chain::event_hash(&scan), hash),
        event_id: text("event_id").map(std::borrow::Cow::into_owned),
        time: time.and_then(|text| clock::nanos(&text).ok()),
        byte_offset,
    })
}
