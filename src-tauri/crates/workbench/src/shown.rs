//! What a look has shown so far, for the line of the access log that ends it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access_log::Entry;

use crate::wire::PersonKind;

/// Rows and people that left this program under one look. Each counts once, however often it is shown.
#[derive(Clone, Default)]
pub(crate) struct Shown(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    /// Rows by their number in the answer; a range that follows the one before is joined to it.
    rows: Vec<Range<u64>>,
    patients: BTreeSet<String>,
    users: BTreeSet<String>,
}

impl Shown {
    /// Counts rows.
    pub(crate) fn rows(&self, rows: Range<u64>) {
        let mut counts = self.counts();
        match counts.rows.last_mut() {
            Some(last) if last.start <= rows.start && rows.start <= last.end => last.end = last.end.max(rows.end),
            _ => counts.rows.push(rows),
        }
    }

    /// Counts people.
    pub(crate) fn people<'p>(&self, kind: PersonKind, ids: impl IntoIterator<Item = &'p str>) {
        let mut counts = self.counts();
        let known = match kind {
            PersonKind::Patient => &mut counts.patients,
            PersonKind::User => &mut counts.users,
        };
        for id in ids {
            if !id.is_empty() && !known.contains(id) {
                known.insert(id.to_owned());
            }
        }
    }

    /// The line that ends the look which the entry `look` opened.
    pub(crate) fn closing_line(&self, look: u64) -> Entry {
        let counts = self.counts();
        let mut rows = counts.rows.clone();
        rows.sort_by_key(|rows| rows.start);
        let (mut count, mut reached) = (0, 0);
        for rows in rows {
            count += rows.end.saturating_sub(rows.start.max(reached));
            reached = reached.max(rows.end);
        }
        let (patients, users) = (counts.patients.len() as u64, counts.users.len() as u64);
        Entry::LookClosed { look, rows: count, patients, users }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_counts_once() {
        let shown = Shown::default();
        for rows in [0..100, 500..600, 100..200, 50..150, 550..700] {
            shown.rows(rows);
        }
        shown.people(PersonKind::Patient, ["a", "b", "a", ""]);
        shown.people(PersonKind::User, ["a"]);
        let closed = Entry::LookClosed { look: 7, rows: 400, patients: 2, users: 1 };
        assert!(shown.closing_line(7) == closed);
    }
}
