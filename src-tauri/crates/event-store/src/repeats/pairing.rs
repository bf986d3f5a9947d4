//! Which records of two bundles are the same: the arithmetic, without any reading.
//!
//! # Invariants
//! * A record has at most one partner, and the copies of one record are paired in the order of their bundles: a record
//!   that one bundle holds twice and the other once is one that both hold, and one that only the first does.
//! * A record is called differing only if the other bundle has its name and no copy of it.

/// A record as it is held against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// What it is called: stream and number, or system and id.
    pub(super) name: u128,
    /// What its bytes come to; 0 until they were read.
    pub(super) print: u128,
    pub(super) place: i64,
    pub(super) offset: i64,
    pub(super) length: u32,
}

/// A record and its partner in the other bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) place: i64,
    pub(super) other: i64,
    /// Byte for byte; else the other bundle has other bytes under this name.
    pub(super) same: bool,
}

/// What was found on both sides.
#[derive(Default)]
pub(super) struct Matches {
    pub(super) left: Vec<Match>,
    pub(super) right: Vec<Match>,
}

/// Sorts records so that they can be paired.
pub(super) fn by_name(records: &mut [Named]) {
    records.sort_unstable_by_key(|record| (record.name, record.print, record.place));
}

/// Keeps the records whose names occur in `others`; both are sorted by name.
pub(super) fn keep_named(records: &mut Vec<Named>, others: &[Named]) {
    let mut at = 0;
    records.retain(|record| {
        while others.get(at).is_some_and(|other| other.name < record.name) {
            at += 1;
        }
        others.get(at).is_some_and(|other| other.name == record.name)
    });
}

/// Pairs records that are sorted [`by_name`] and have their prints.
pub(super) fn pair(left: &[Named], right: &[Named], found: &mut Matches) {
    let mut rest = right;
    for group in left.chunk_by(|a, b| a.name == b.name) {
        let Some(name) = group.first().map(|first| first.name) else { continue };
        let before = rest.partition_point(|record| record.name < name);
        rest = rest.get(before..).unwrap_or_default();
        let others = rest.get(..rest.partition_point(|record| record.name == name)).unwrap_or_default();
        if !others.is_empty() {
            pair_group(group, others, found);
        }
    }
}

/// Pairs records of one name.
fn pair_group(left: &[Named], right: &[Named], found: &mut Matches) {
    side(left, right, &mut found.left);
    side(right, left, &mut found.right);
}

fn side(records: &[Named], others: &[Named], found: &mut Vec<Match>) {
    for copies in records.chunk_by(|a, b| a.print == b.print) {
        let Some(print) = copies.first().map(|first| first.print) else { continue };
        let start = others.partition_point(|other| other.print < print);
        let end = others.partition_point(|other| other.print <= print);
        let theirs = others.get(start..end).unwrap_or_default();
        let same = copies.iter().zip(theirs);
        found.extend(same.map(|(one, other)| Match { place: one.place, other: other.place, same: true }));
        if let Some(first) = others.first().filter(|_| theirs.is_empty()) {
            found.extend(copies.iter().map(|one| Match { place: one.place, other: first.place, same: false }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(of: &[(u128, u128, i64)]) -> Vec<Named> {
        let mut records: Vec<Named> = of
            .iter()
            .map(|(name, print, place)| Named { name: *name, print: *print, place: *place, offset: 0, length: 0 })
            .collect();
        by_name(&mut records);
        records
    }

    fn paired(left: &[(u128, u128, i64)], right: &[(u128, u128, i64)]) -> [Vec<(i64, i64, bool)>; 2] {
        let mut found = Matches::default();
        pair(&records(left), &records(right), &mut found);
        let told = |matches: Vec<Match>| {
            let mut told: Vec<_> = matches.iter().map(|found| (found.place, found.other, found.same)).collect();
            told.sort_unstable();
            told
        };
        [told(found.left), told(found.right)]
    }

    #[test]
    fn a_record_has_its_like_and_a_name_may_have_another_content() {
        let [left, right] = paired(&[(1, 7, 10), (2, 8, 11), (3, 9, 12)], &[(2, 8, 20), (3, 5, 21), (4, 9, 22)]);
        assert_eq!(left, [(11, 20, true), (12, 21, false)]);
        assert_eq!(right, [(20, 11, true), (21, 12, false)]);
    }

    #[test]
    fn copies_are_paired_one_by_one_and_a_further_one_is_nobodys() {
        let [left, right] = paired(&[(1, 7, 10), (1, 7, 11)], &[(1, 7, 20)]);
        assert_eq!((left, right), (vec![(10, 20, true)], vec![(20, 10, true)]));
        let [left, right] = paired(&[(1, 7, 10), (1, 5, 11)], &[(1, 7, 20)]);
        assert_eq!(left, [(10, 20, true), (11, 20, false)], "it was added under a name that the other has");
        assert_eq!(right, [(20, 10, true)]);
    }

    #[test]
    fn only_names_that_both_have_are_kept() {
        let mut kept = records(&[(1, 0, 1), (2, 0, 2), (2, 0, 3), (5, 0, 4)]);
        keep_named(&mut kept, &records(&[(0, 0, 1), (2, 0, 9), (4, 0, 9)]));
        assert_eq!(kept.iter().map(|record| record.place).collect::<Vec<_>>(), [2, 3]);
    }
}
