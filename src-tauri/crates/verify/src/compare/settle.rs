//! Settles what a merged stream comes to, once it is known which export is the later one.

use crate::compare::tell;

use super::holdings::{Absence, Holding};
use super::merge::{Agreed, Group, Merged, Standing, Stretch};
use super::outcome::{Common, Difference, DifferenceKind, Obstacle, Outcome, SeqSpan, StreamComparison};
use super::reading::Entry;

/// How many records behind a rewritten one are searched for the event that used to stand in its place.
const SHIFT_MAX: usize = 200;

/// Both versions of a record under one number: the earlier and the later.
struct Pair {
    seq: u64,
    earlier: Entry,
    later: Entry,
}

/// A stream of which the later export holds nothing, although it holds others of the same log: all of it was removed.
pub(super) fn removed(stream_id: &str, merged: &Merged, holdings: [&Holding; 2], later: usize) -> StreamComparison {
    let mut settling = Settling::new(stream_id, holdings, later);
    for side in [&merged.before, &merged.after] {
        if let Some(stretch) = &side[1 - later] {
            settling.stretch(DifferenceKind::Removed, stretch);
        }
    }
    settling.flush();
    settling.stream.message = tell::of_stream(&settling.stream);
    settling.stream
}

/// What a stream comes to. `later` is the index of the later export among those that were merged.
pub(super) fn settle(stream_id: &str, merged: &mut Merged, holdings: [&Holding; 2], later: usize) -> StreamComparison {
    let mut settling = Settling::new(stream_id, holdings, later);
    settling.run(merged);
    settling.stream
}

struct Settling<'a> {
    /// Of the earlier and the later export.
    holdings: [&'a Holding; 2],
    later: usize,
    stream: StreamComparison,
    open: Vec<Difference>,
    pairs: Vec<Pair>,
}

impl<'a> Settling<'a> {
    fn new(stream_id: &str, holdings: [&'a Holding; 2], later: usize) -> Self {
        Self {
            holdings: if later == 1 { holdings } else { [holdings[1], holdings[0]] },
            later,
            stream: StreamComparison::blank(Some(stream_id.to_owned())),
            open: Vec::new(),
            pairs: Vec::new(),
        }
    }

    fn run(&mut self, merged: &mut Merged) {
        let (later, earlier) = (self.later, 1 - self.later);
        self.stream.resigned = merged.resigned;
        if merged.records[earlier] == 0 || merged.records[later] == 0 {
            self.stream.obstacle = Some(Obstacle::NoRecords);
        } else if merged.agreed.count == 0 && merged.groups.is_empty() && merged.more_pairs == 0 {
            self.disjoint(merged);
        } else {
            self.overlapping(merged);
        }
        let is_open = |holding: &&Holding| holding.absent.iter().any(|absent| absent.why == Absence::OtherForm);
        let obstacle = if merged.is_damaged.contains(&true) {
            Some(Obstacle::Damaged)
        } else if self.holdings.iter().any(is_open) {
            Some(Obstacle::NotReadYet)
        } else {
            None
        };
        if let Some(obstacle) = obstacle {
            self.stream.obstacle.get_or_insert(obstacle);
            self.stream.outcome = self.stream.outcome.min(Outcome::NotComparable);
        }
        self.stream.message = tell::of_stream(&self.stream);
    }

    /// The exports have no number in common.
    fn disjoint(&mut self, merged: &Merged) {
        let (later, earlier) = (self.later, 1 - self.later);
        let (Some((head, hash)), Some(first)) = (merged.head[earlier], &merged.first[later]) else { return };
        self.stream.only_in_earlier = merged.before[earlier].as_ref().or(merged.after[earlier].as_ref()).map(span);
        if head >= first.seq {
            self.stream.only_in_later = merged.before[later].as_ref().map(span);
            self.stream.obstacle = Some(Obstacle::DisjointSpans);
            return;
        }
        self.stream.new = merged.after[later].as_ref().map(span);
        if head + 1 < first.seq {
            self.stream.obstacle = Some(Obstacle::Hole);
        } else if first.prev == Some(hash) {
            self.stream.obstacle = Some(Obstacle::GoesOn);
        } else {
            let last = merged.before[earlier].as_ref().map(|stretch| &stretch.first).filter(|entry| entry.seq == head);
            self.add(DifferenceKind::NotLinked, first.seq, last, Some(first));
            self.flush();
        }
    }

    fn overlapping(&mut self, merged: &mut Merged) {
        let (later, earlier) = (self.later, 1 - self.later);
        self.stream.outcome = Outcome::Extends;
        self.stream.only_in_earlier = merged.before[earlier].as_ref().map(span);
        self.stream.only_in_later = merged.before[later].as_ref().map(span);
        self.stream.new = merged.after[later].as_ref().map(span);
        for (seq, group) in std::mem::take(&mut merged.groups) {
            self.group(seq, group);
        }
        let shift = self.shifted(merged.after[earlier].as_ref());
        for pair in std::mem::take(&mut self.pairs) {
            self.add(DifferenceKind::Rewritten, pair.seq, Some(&pair.earlier), Some(&pair.later));
        }
        for unheld in &merged.unheld[earlier] {
            match unheld.why {
                Absence::FileMissing => self.stretch(DifferenceKind::Removed, &unheld.stretch),
                Absence::Archived | Absence::OtherForm => self.stream.not_held += unheld.stretch.count,
            }
        }
        self.stream.not_held_in_earlier += merged.unheld[later].iter().map(|unheld| unheld.stretch.count).sum::<u64>();
        self.stream.not_held += self.stream.not_held_in_earlier;
        // After a renumbering the end has moved by as many records; they are told already.
        if let Some(cut) = merged.after[earlier].as_ref().filter(|cut| Some(cut.count) != shift) {
            let is_hole = merged.hole_at_end[later].is_some();
            self.stretch(if is_hole { DifferenceKind::Unreadable } else { DifferenceKind::Removed }, cut);
        }
        self.beyond(merged);
        self.flush();
        self.stream.common = self.common(merged);
    }

    /// Sorts out what stands under one number.
    fn group(&mut self, seq: u64, group: Group) {
        let Group { records, mut holes } = group;
        let [one, other] = records;
        let (mut earlier, mut later) = if self.later == 1 { (one, other) } else { (other, one) };
        let hole_in_later = holes[self.later].take();
        let hole_in_earlier = holes[1 - self.later].take();
        earlier.retain(|(entry, standing)| {
            let Some(twin) = later.iter().position(|(other, _)| other.hash == entry.hash) else {
                return *standing != Standing::Copy;
            };
            let (twin, place) = later.remove(twin);
            if (place == Standing::OutOfOrder) != (*standing == Standing::OutOfOrder) {
                self.add(DifferenceKind::Reordered, seq, Some(entry), Some(&twin));
            }
            false
        });
        let mut laters = later.into_iter();
        for (entry, _) in earlier {
            match laters.next() {
                Some((other, _)) => self.pairs.push(Pair { seq, earlier: entry, later: other }),
                None if hole_in_later.is_some() => {
                    self.add(DifferenceKind::Unreadable, seq, Some(&entry), None);
                    let place = hole_in_later.map(|spot| self.holdings[1].place(&spot, None));
                    if let Some(last) = self.open.last_mut().filter(|last| last.later.is_none()) {
                        last.later = place;
                    }
                }
                None => self.add(DifferenceKind::Removed, seq, Some(&entry), None),
            }
        }
        for (entry, standing) in laters {
            if standing == Standing::Copy {
                self.add(DifferenceKind::Repeated, seq, None, Some(&entry));
            } else if hole_in_earlier.is_some() {
                self.stream.not_held_in_earlier += 1;
            } else {
                self.add(DifferenceKind::Inserted, seq, None, Some(&entry));
            }
        }
    }

    /// Whether the first rewritten record is in truth one that was taken out or put in, with those behind it
    /// renumbered: their events stand under other numbers. Says by how many they moved up.
    fn shifted(&mut self, cut: Option<&Stretch>) -> Option<u64> {
        let first = self.pairs.first()?;
        if first.earlier.event == first.later.event {
            return None;
        }
        let ahead = || self.pairs.iter().skip(1).take(SHIFT_MAX);
        let behind = cut.map(|cut| cut.first.event);
        let earlier_events = ahead().map(|pair| pair.earlier.event).chain(behind);
        let taken = earlier_events.take(SHIFT_MAX).position(|event| event == first.later.event);
        let put = ahead().position(|pair| pair.later.event == first.earlier.event);
        let (kind, count) = match (taken, put) {
            (Some(0), Some(0)) => (DifferenceKind::Reordered, 2),
            (Some(taken), None) => (DifferenceKind::Removed, taken + 1),
            (None, Some(put)) => (DifferenceKind::Inserted, put + 1),
            _ => return None,
        };
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let (seq, earlier, later) = (first.seq, first.earlier.clone(), first.later.clone());
        match kind {
            DifferenceKind::Inserted => self.add(kind, seq, None, Some(&later)),
            DifferenceKind::Removed => self.add(kind, seq, Some(&earlier), None),
            _ => self.add(kind, seq, Some(&earlier), Some(&later)),
        }
        if let Some(told) = self.open.last_mut() {
            (told.count, told.to_seq) = (count, Some(seq + count - 1));
        }
        (kind == DifferenceKind::Removed).then_some(count)
    }

    fn stretch(&mut self, kind: DifferenceKind, stretch: &Stretch) {
        self.add(kind, stretch.first.seq, Some(&stretch.first), None);
        if let Some(told) = self.open.last_mut() {
            told.count += stretch.count - 1;
            told.to_seq = Some(stretch.last_seq);
        }
    }

    /// Adds a difference, or makes the one before longer.
    fn add(&mut self, kind: DifferenceKind, seq: u64, earlier: Option<&Entry>, later: Option<&Entry>) {
        if let Some(last) = self.open.last_mut()
            && last.kind == kind
            && kind != DifferenceKind::Reordered
            && last.to_seq.is_some_and(|to| to.checked_add(1) == Some(seq))
        {
            last.to_seq = Some(seq);
            last.count += 1;
            return;
        }
        let [of_earlier, of_later] = self.holdings;
        self.open.push(Difference {
            kind,
            seq: Some(seq),
            to_seq: Some(seq),
            event_id: None,
            count: 1,
            earlier: earlier.map(|entry| of_earlier.place(&entry.spot, Some(entry.hash.to_hex()))),
            later: later.map(|entry| of_later.place(&entry.spot, Some(entry.hash.to_hex()))),
            members: Vec::new(),
            message: String::new(),
        });
    }

    /// Counts what was not followed one by one.
    fn beyond(&mut self, merged: &Merged) {
        let (later, earlier) = (self.later, 1 - self.later);
        let [rewritten, removed, inserted] = [merged.more_pairs, merged.more_alone[earlier], merged.more_alone[later]];
        self.stream.is_cut = [rewritten, removed, inserted].iter().any(|count| *count > 0);
        if self.stream.is_cut {
            self.stream.outcome = Outcome::Rewritten;
            let counts = &mut self.stream.counts;
            counts.rewritten += rewritten;
            counts.removed += removed;
            counts.inserted += inserted;
        }
    }

    /// Hands the differences over in the order of the log.
    fn flush(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        open.sort_by_key(|difference| difference.seq);
        for mut difference in open {
            difference.message = tell::of_difference(&difference);
            self.stream.differ(difference);
        }
    }

    /// What both hold: all of it, or what stands before the first difference.
    fn common(&self, merged: &Merged) -> Common {
        let of = |agreed: Agreed| Common {
            from: agreed.from,
            to: agreed.last.map(|(seq, _)| seq),
            count: agreed.count,
            hash: agreed.last.map(|(_, hash)| hash.to_hex()),
        };
        let Some(first) = self.stream.differences.first().and_then(|difference| difference.seq) else {
            return of(merged.agreed);
        };
        let mut common = of(merged.agreed_at_first.unwrap_or(merged.agreed));
        // A difference that was only noticed further on.
        if common.to.is_some_and(|to| to >= first) {
            let before = common.from.map_or(0, |from| first.saturating_sub(from));
            common = Common {
                from: common.from.filter(|_| before > 0),
                to: first.checked_sub(1).filter(|_| before > 0),
                count: common.count.min(before),
                hash: None,
            };
        }
        common
    }
}

fn span(stretch: &Stretch) -> SeqSpan {
    SeqSpan { from: Some(stretch.first.seq), to: Some(stretch.last_seq), count: stretch.count }
}
