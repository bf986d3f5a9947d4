//! Merges two streams of records by their numbers, in one pass over both.
//!
//! Neither side is taken for the earlier one here; that is settled when both are read. Records that agree leave nothing
//! behind but a count. What does not agree is kept, as long as there is room, under its number, because a record that is
//! missing here may stand somewhere else further on.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, sync_channel};

use integrity::Digest;

use crate::fault::Halt;
use crate::source::Source;

use super::Meter;
use super::holdings::{Absence, Holding};
use super::reading::{self, Arrival, Entry, Spot};

/// Most numbers under which something differs that are followed one by one, in all streams together.
pub(super) const PLACES_MAX: usize = 4_000;
/// Runs of lines that a reader may be ahead.
const RUNS_AHEAD: usize = 4;

/// Records one behind the other on one side.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) first: Entry,
    pub(super) last_seq: u64,
    pub(super) count: u64,
}

impl Stretch {
    fn add(stretch: &mut Option<Self>, entry: &Entry) {
        let stretch = stretch.get_or_insert_with(|| Self { first: entry.clone(), last_seq: entry.seq, count: 0 });
        stretch.last_seq = entry.seq;
        stretch.count += 1;
    }
}

/// How a record stands among the others of its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    InOrder,
    OutOfOrder,
    /// Right behind a record of the same number and content.
    Copy,
}

/// What stands under one number where the sides do not simply agree.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) records: [Vec<(Entry, Standing)>; 2],
    /// A line that cannot be read, where the side should have had a record.
    pub(super) holes: [Option<Spot>; 2],
}

/// Records that agree.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Agreed {
    pub(super) count: u64,
    pub(super) from: Option<u64>,
    pub(super) last: Option<(u64, Digest)>,
}

/// Records of one side that the other says it does not hold readably.
#[derive(Debug)]
pub(super) struct Unheld {
    pub(super) why: Absence,
    pub(super) stretch: Stretch,
}

/// One stream of two exports, held against each other. Index 0 and 1 are the exports as they were given.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) records: [u64; 2],
    pub(super) agreed: Agreed,
    /// What agreed before anything differed.
    pub(super) agreed_at_first: Option<Agreed>,
    pub(super) groups: BTreeMap<u64, Group>,
    /// Beyond what is followed: pairs that differ, and records that one side alone holds.
    pub(super) more_pairs: u64,
    pub(super) more_alone: [u64; 2],
    /// What one side holds before the other begins, and after it has ended.
    pub(super) before: [Option<Stretch>; 2],
    pub(super) after: [Option<Stretch>; 2],
    /// What one side holds where the other says that it has nothing readable.
    pub(super) unheld: [Vec<Unheld>; 2],
    pub(super) first: [Option<Entry>; 2],
    /// Number and hash of the record with the highest number.
    pub(super) head: [Option<(u64, Digest)>; 2],
    pub(super) resigned: u64,
    pub(super) hole_at_end: [Option<Spot>; 2],
    pub(super) strangers: [BTreeSet<String>; 2],
    pub(super) is_damaged: [bool; 2],
}

/// Reads one stream of both exports, each on a thread of its own, and merges them.
///
/// `room` is how many places may still be kept; it is used up.
pub(super) fn stream(
    sources: [&dyn Source; 2],
    holdings: [&Holding; 2],
    stream_id: &str,
    key: [u8; 16],
    room: &mut usize,
    meter: &mut Meter<'_>,
) -> Result<Merged, Halt> {
    std::thread::scope(|scope| {
        let arrivals = [0, 1].map(|side: usize| {
            let (to, arrivals) = sync_channel(RUNS_AHEAD);
            let (source, holding) = (sources[side], holdings[side]);
            scope.spawn(move || reading::read(source, holding, stream_id, key, &to));
            arrivals
        });
        // Both receivers belong to the merge: when it returns, early or not, the readers find nobody left.
        let sides =
            arrivals.map(|arrivals| Side { arrivals, ready: Vec::new().into_iter(), is_over: false, last: None });
        Merge { sides, holdings, room, meter, merged: Merged::default() }.run()
    })
}

struct Side {
    arrivals: Receiver<Arrival>,
    ready: std::vec::IntoIter<Entry>,
    is_over: bool,
    /// Number and hash of the highest record so far.
    last: Option<(u64, Digest)>,
}

struct Merge<'a, 'm> {
    sides: [Side; 2],
    holdings: [&'a Holding; 2],
    room: &'a mut usize,
    meter: &'a mut Meter<'m>,
    merged: Merged,
}

impl Merge<'_, '_> {
    fn run(mut self) -> Result<Merged, Halt> {
        let mut heads = [self.rising(0)?, self.rising(1)?];
        loop {
            let turn = match &heads {
                [None, None] => break,
                [Some(_), None] => Ordering::Less,
                [None, Some(_)] => Ordering::Greater,
                [Some(one), Some(other)] => one.seq.cmp(&other.seq),
            };
            match (turn, &mut heads) {
                (Ordering::Equal, [Some(one), Some(other)]) => self.pair(one, other),
                (Ordering::Less, [Some(one), other]) => self.alone(0, one, other.as_ref()),
                (_, [one, Some(other)]) => self.alone(1, other, one.as_ref()),
                _ => break,
            }
            let [one, other] = &mut heads;
            if turn != Ordering::Greater {
                *one = self.rising(0)?;
            }
            if turn != Ordering::Less {
                *other = self.rising(1)?;
            }
        }
        self.merged.head = [self.sides[0].last, self.sides[1].last];
        Ok(self.merged)
    }

    /// The next record of a side whose number is higher than all before; the others are put aside.
    fn rising(&mut self, side: usize) -> Result<Option<Entry>, Halt> {
        while let Some(entry) = self.next(side)? {
            self.merged.records[side] += 1;
            match self.sides[side].last {
                Some((last, hash)) if entry.seq <= last => {
                    let is_copy = (entry.seq, entry.hash) == (last, hash);
                    let standing = if is_copy { Standing::Copy } else { Standing::OutOfOrder };
                    self.aside(side, entry, standing, None);
                }
                _ => {
                    self.sides[side].last = Some((entry.seq, entry.hash));
                    if self.merged.first[side].is_none() {
                        self.merged.first[side] = Some(entry.clone());
                    }
                    return Ok(Some(entry));
                }
            }
        }
        Ok(None)
    }

    fn next(&mut self, side: usize) -> Result<Option<Entry>, Halt> {
        loop {
            if let Some(entry) = self.sides[side].ready.next() {
                return Ok(Some(entry));
            }
            if self.sides[side].is_over {
                return Ok(None);
            }
            match self.sides[side].arrivals.recv() {
                Ok(Arrival::Batch { entries, bytes }) => {
                    self.meter.came(u64::try_from(entries.len()).unwrap_or(u64::MAX), bytes)?;
                    self.sides[side].ready = entries.into_iter();
                }
                Ok(Arrival::Failed(fault)) => return Err(fault.into()),
                Ok(Arrival::End { hole, strangers, is_damaged }) => {
                    self.sides[side].is_over = true;
                    self.merged.hole_at_end[side] = hole;
                    self.merged.strangers[side] = strangers;
                    self.merged.is_damaged[side] = is_damaged;
                }
                // A reader always says how it ended, unless it panicked, which the scope passes on.
                Err(_) => self.sides[side].is_over = true,
            }
        }
    }

    fn pair(&mut self, one: &Entry, other: &Entry) {
        if one.hash != other.hash {
            let is_known = self.merged.groups.contains_key(&one.seq);
            if !is_known && *self.room == 0 {
                self.merged.more_pairs += 1;
                self.note_first();
            } else {
                self.aside(0, one.clone(), Standing::InOrder, None);
                self.aside(1, other.clone(), Standing::InOrder, None);
            }
            return;
        }
        let agreed = &mut self.merged.agreed;
        agreed.count += 1;
        agreed.from.get_or_insert(one.seq);
        agreed.last = Some((one.seq, one.hash));
        self.merged.resigned += u64::from(one.signature != other.signature);
    }

    /// A record whose number the other side passed over. `next` is where the other side stands.
    fn alone(&mut self, side: usize, entry: &Entry, next: Option<&Entry>) {
        let other = 1 - side;
        let is_before = match (next, &self.merged.first[other]) {
            (Some(next), Some(first)) => next.seq == first.seq,
            _ => false,
        };
        if let Some(why) = self.holdings[other].absence(entry.seq) {
            self.unheld(side, entry, why);
        } else if is_before {
            Stretch::add(&mut self.merged.before[side], entry);
        } else if let Some(next) = next {
            self.aside(side, entry.clone(), Standing::InOrder, next.behind_hole.as_deref().copied());
        } else {
            Stretch::add(&mut self.merged.after[side], entry);
        }
    }

    fn unheld(&mut self, side: usize, entry: &Entry, why: Absence) {
        let unheld = &mut self.merged.unheld[side];
        match unheld.last_mut() {
            Some(last) if last.why == why && last.stretch.last_seq + 1 == entry.seq => {
                last.stretch.last_seq = entry.seq;
                last.stretch.count += 1;
            }
            _ if *self.room == 0 => self.merged.more_alone[side] += 1,
            _ => {
                *self.room -= 1;
                let stretch = Stretch { first: entry.clone(), last_seq: entry.seq, count: 1 };
                unheld.push(Unheld { why, stretch });
            }
        }
    }

    /// Keeps a record that does not simply agree, if there is room.
    fn aside(&mut self, side: usize, entry: Entry, standing: Standing, hole: Option<Spot>) {
        self.note_first();
        if *self.room == 0 {
            self.merged.more_alone[side] += 1;
            return;
        }
        *self.room -= 1;
        let group = self.merged.groups.entry(entry.seq).or_default();
        group.records[side].push((entry, standing));
        if hole.is_some() {
            group.holes[1 - side] = hole;
        }
    }

    fn note_first(&mut self) {
        self.merged.agreed_at_first.get_or_insert(self.merged.agreed);
    }
}
