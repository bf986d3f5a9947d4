//! Gathers what the signatures of a bundle come to: what each reaches, which keys were used, what is wrong.
//!
//! A worker gathers for one run; the linker adds runs in the order of the bundle. Neighbors with the same trouble are
//! one stretch, an unknown key is one trouble however much it signed, so memory does not grow with an honest log.

use std::collections::{BTreeMap, BTreeSet};

use integrity::signature::Purpose;
use serde::{Deserialize, Serialize};

use super::Seal;
use super::keyring::{Signed, Wrong, shown};
use super::tell;
use crate::finding::Tally;
use crate::proof::{Fitting, Pinned};
use crate::spans::Spans;

/// Most unknown keys and unsupported algorithms that are told apart.
const STRANGERS_MAX: usize = 500;

/// What a signature is about, as a worker knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// Index among the streams of the run.
    pub(crate) stream: usize,
    pub(crate) seq: u64,
    pub(crate) line: u64,
    pub(crate) byte_offset: u64,
    /// When it was written down: nanoseconds since 1970.
    pub(crate) time: Option<i64>,
}

/// Where the subject of a signature stands in the bundle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) stream_id: String,
    pub(crate) file: String,
    pub(crate) seq: Option<u64>,
    pub(crate) line: Option<u64>,
    pub(crate) byte_offset: Option<u64>,
    pub(crate) field: Option<String>,
}

/// Records in a row.
#[derive(Clone, Copy, Debug)]
struct Reached {
    stream: usize,
    from: u64,
    to: u64,
    seal: Seal,
}

/// Records in a row that no signature of their own stands for, although one is there or ought to be.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    stream: usize,
    from: u64,
    to: u64,
    /// Whether the record and its signature contradict each other.
    is_refuted: bool,
}

/// Something wrong with the signatures of records in a row.
#[derive(Clone, Debug)]
struct RunTrouble {
    wrong: Wrong,
    kid: String,
    algorithm: String,
    first: Subject,
    last_seq: u64,
    count: u64,
}

/// The same in the bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) wrong: Wrong,
    /// What the signature names as its key, fit to be shown; empty where there is no signature.
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) purpose: Purpose,
    pub(crate) spot: Spot,
    pub(crate) last_seq: Option<u64>,
    pub(crate) count: u64,
    /// Whether the records from the first to the last are one stretch.
    pub(crate) in_a_row: bool,
}

/// What a worker gathers of one key.
#[derive(Clone, Copy, Debug)]
struct RunUse {
    first: Subject,
    count: u64,
    outside: Option<(Subject, u64)>,
}

/// What one run comes to.
#[derive(Debug, Default)]
pub(crate) struct RunSeals {
    reached: Vec<Reached>,
    doubts: Vec<Doubt>,
    troubles: Vec<RunTrouble>,
    uses: BTreeMap<usize, RunUse>,
}

impl RunSeals {
    pub(super) fn sealed(&mut self, stream: usize, seq: u64, seal: Seal) {
        match self.reached.last_mut() {
            Some(last) if last.stream == stream && last.seal == seal && last.to.checked_add(1) == Some(seq) => {
                last.to = seq;
            }
            _ => self.reached.push(Reached { stream, from: seq, to: seq, seal }),
        }
    }

    pub(super) fn used(&mut self, key: usize, subject: Subject, is_outside: bool) {
        let used = self.uses.entry(key).or_insert(RunUse { first: subject, count: 0, outside: None });
        used.count += 1;
        if is_outside {
            used.outside.get_or_insert((subject, 0)).1 += 1;
        }
    }

    /// Nothing can be made of what stands where the record's signature ought to be.
    pub(crate) fn open(&mut self, stream: usize, seq: u64) {
        self.doubt(stream, seq, false);
    }

    fn doubt(&mut self, stream: usize, seq: u64, is_refuted: bool) {
        match self.doubts.last_mut() {
            Some(last)
                if (last.stream, last.is_refuted) == (stream, is_refuted) && last.to.checked_add(1) == Some(seq) =>
            {
                last.to = seq;
            }
            _ => self.doubts.push(Doubt { stream, from: seq, to: seq, is_refuted }),
        }
    }

    pub(super) fn wrong(&mut self, wrong: Wrong, signed: Option<&Signed<'_>>, subject: Subject) {
        self.doubt(subject.stream, subject.seq, matches!(wrong, Wrong::Signature | Wrong::OtherAlgorithm));
        let (kid, algorithm) = names(signed);
        if let Some(last) = self.troubles.last_mut()
            && (last.wrong, last.first.stream) == (wrong, subject.stream)
            && last.kid == kid
            && last.algorithm == algorithm
            && last.last_seq.checked_add(1) == Some(subject.seq)
        {
            last.last_seq = subject.seq;
            last.count += 1;
            return;
        }
        self.troubles.push(RunTrouble { wrong, kid, algorithm, first: subject, last_seq: subject.seq, count: 1 });
    }
}

/// What a signature names, fit to be shown.
fn names(signed: Option<&Signed<'_>>) -> (String, String) {
    signed.map(|signed| (shown(&signed.kid), shown(&signed.algorithm))).unwrap_or_default()
}

/// What one key signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyUse {
    pub(crate) count: u64,
    pub(crate) first: Spot,
    /// What it was used for.
    pub(crate) purposes: BTreeSet<Purpose>,
    /// Signatures over something dated outside the key's validity: where the first is, its time, how many.
    pub(crate) outside: Option<(Spot, i64, u64)>,
}

/// The records of one stream that are signed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pinned: Spans,
    by_pin: Option<Pinned>,
    unpinned: Spans,
    by_key: Option<Fitting>,
    /// Records that contradict their own signatures.
    pub(crate) refuted: Spans,
    /// Records whose own signatures are missing or cannot be judged.
    pub(crate) open: Spans,
}

impl Sealed {
    fn add(&mut self, from: u64, to: u64, seal: Seal) {
        match seal {
            Seal::Pinned(pinned) => {
                self.pinned.add(from, to);
                self.by_pin = Some(pinned);
            }
            Seal::Unpinned(checked) => {
                self.unpinned.add(from, to);
                self.by_key = Some(checked);
            }
        }
    }

    /// The last record of a range that is signed under a pinned key.
    pub(crate) fn pinned_within(&self, from: u64, to: u64) -> Option<(u64, Pinned)> {
        self.pinned.last_within(from, to).zip(self.by_pin)
    }

    /// The last record of a range that is signed under any other key.
    pub(crate) fn unpinned_within(&self, from: u64, to: u64) -> Option<(u64, Fitting)> {
        self.unpinned.last_within(from, to).zip(self.by_key)
    }
}

/// What all signatures of a bundle come to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seals {
    pub(crate) streams: BTreeMap<String, Sealed>,
    pub(crate) uses: BTreeMap<usize, KeyUse>,
    /// Stretches that the next run may go on with.
    open: BTreeMap<(String, Wrong, String), Trouble>,
    /// One for each unknown key and unsupported algorithm, and for what it was used for.
    strangers: BTreeMap<(Wrong, String, String, Purpose), Trouble>,
    untold_strangers: u64,
    tally: Tally,
}

impl Seals {
    /// Of how many pieces it consists.
    pub(crate) fn pieces(&self) -> usize {
        let sealed: usize = self.streams.values().map(|sealed| sealed.pinned.len() + sealed.unpinned.len()).sum();
        sealed + self.uses.len() + self.open.len() + self.strangers.len() + self.tally.told().len()
    }

    /// Adds the next run of a file.
    pub(crate) fn take_run(&mut self, file: &str, streams: &[String], run: RunSeals) {
        let id = |stream: usize| streams.get(stream).cloned().unwrap_or_default();
        for Reached { stream, from, to, seal } in run.reached {
            self.streams.entry(id(stream)).or_default().add(from, to, seal);
        }
        for Doubt { stream, from, to, is_refuted } in run.doubts {
            let sealed = self.streams.entry(id(stream)).or_default();
            if is_refuted { sealed.refuted.add(from, to) } else { sealed.open.add(from, to) }
        }
        let spot = |subject: &Subject| Spot {
            stream_id: id(subject.stream),
            file: file.to_owned(),
            seq: Some(subject.seq),
            line: Some(subject.line),
            byte_offset: Some(subject.byte_offset),
            field: None,
        };
        for (key, used) in run.uses {
            let outside = used.outside.and_then(|(subject, count)| Some((spot(&subject), subject.time?, count)));
            let purposes = BTreeSet::from([Purpose::Event]);
            self.add_use(key, KeyUse { count: used.count, first: spot(&used.first), purposes, outside });
        }
        for RunTrouble { wrong, kid, algorithm, first, last_seq, count } in run.troubles {
            let spot = spot(&first);
            let (purpose, last_seq) = (Purpose::Event, Some(last_seq));
            self.add_trouble(Trouble { wrong, kid, algorithm, purpose, spot, last_seq, count, in_a_row: true });
        }
    }

    /// Adds what was found wrong in a run whose records are not part of the chain, and the keys that it used.
    pub(crate) fn take_aside(&mut self, file: &str, streams: &[String], run: RunSeals) {
        self.take_run(file, streams, RunSeals { reached: Vec::new(), doubts: Vec::new(), ..run });
    }

    /// The record with this number is signed, by whatever signature stands for it.
    pub(crate) fn sealed(&mut self, stream_id: &str, seq: u64, seal: Seal) {
        if let Some(sealed) = self.streams.get_mut(stream_id) {
            sealed.add(seq, seq, seal);
        } else {
            self.streams.entry(stream_id.to_owned()).or_default().add(seq, seq, seal);
        }
    }

    /// A signature fits a key. `outside` is the time of its subject if the key is not valid then.
    pub(crate) fn used(&mut self, key: usize, purpose: Purpose, spot: Spot, outside: Option<i64>) {
        let outside = outside.map(|time| (spot.clone(), time, 1));
        let purposes = BTreeSet::from([purpose]);
        self.add_use(key, KeyUse { count: 1, first: spot, purposes, outside });
    }

    pub(crate) fn wrong(&mut self, wrong: Wrong, signed: Option<&Signed<'_>>, purpose: Purpose, spot: Spot) {
        let (kid, algorithm) = names(signed);
        let last_seq = spot.seq;
        self.add_trouble(Trouble { wrong, kid, algorithm, purpose, spot, last_seq, count: 1, in_a_row: false });
    }

    fn add_use(&mut self, key: usize, more: KeyUse) {
        let Some(used) = self.uses.get_mut(&key) else {
            self.uses.insert(key, more);
            return;
        };
        used.count += more.count;
        // Records are the best place to point at.
        if more.purposes.first() < used.purposes.first() {
            used.first = more.first;
        }
        used.purposes.extend(more.purposes);
        match (&mut used.outside, more.outside) {
            (Some((_, _, count)), Some((_, _, more))) => *count += more,
            (none @ None, some) => *none = some,
            (Some(_), None) => {}
        }
    }

    fn add_trouble(&mut self, trouble: Trouble) {
        match trouble.wrong {
            Wrong::UnknownKey | Wrong::Unsupported => self.add_stranger(trouble),
            Wrong::Signature | Wrong::OtherAlgorithm | Wrong::Missing if trouble.purpose == Purpose::Event => {
                let key = (trouble.spot.stream_id.clone(), trouble.wrong, trouble.kid.clone());
                match self.open.get_mut(&key) {
                    Some(open) if open.last_seq.and_then(|last| last.checked_add(1)) == trouble.spot.seq => {
                        open.last_seq = trouble.last_seq;
                        open.count += trouble.count;
                    }
                    _ => {
                        if let Some(done) = self.open.insert(key, trouble) {
                            self.tally.add(tell::trouble(&done));
                        }
                    }
                }
            }
            _ => self.tally.add(tell::trouble(&trouble)),
        }
    }

    fn add_stranger(&mut self, trouble: Trouble) {
        let key = (trouble.wrong, trouble.kid.clone(), trouble.algorithm.clone(), trouble.purpose);
        let is_full = self.strangers.len() >= STRANGERS_MAX;
        match self.strangers.get_mut(&key) {
            Some(known) => {
                let follows = known.last_seq.and_then(|last| last.checked_add(1)) == trouble.spot.seq;
                known.in_a_row &= trouble.in_a_row && follows && known.spot.stream_id == trouble.spot.stream_id;
                known.last_seq = trouble.last_seq;
                known.count += trouble.count;
            }
            None if is_full => self.untold_strangers += trouble.count,
            None => drop(self.strangers.insert(key, trouble)),
        }
    }

    /// What signatures name as their keys that could not be used.
    pub(super) fn strange_kids(&self) -> BTreeSet<String> {
        self.strangers.values().map(|trouble| trouble.kid.clone()).collect()
    }

    /// Ends the gathering: every trouble as a finding.
    pub(crate) fn finish(&mut self) -> Tally {
        let mut tally = std::mem::take(&mut self.tally);
        for trouble in std::mem::take(&mut self.open).into_values() {
            tally.add(tell::trouble(&trouble));
        }
        for trouble in std::mem::take(&mut self.strangers).into_values() {
            tally.add(tell::trouble(&trouble));
        }
        if self.untold_strangers > 0 {
            tally.add(tell::untold_strangers(self.untold_strangers));
        }
        tally
    }
}
