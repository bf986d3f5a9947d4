//! What verification said about single records, in the form that rows are marked from.

use serde::{Deserialize, Serialize};
use timeline::Integrity;

/// The most spans that are kept; a report with more marks the whole bundle as altered.
pub const SPANS_MAX: usize = 200_000;

/// What may be said of the records of one bundle. Of what is said of a record, the worst counts ([`Mark`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether verification was completed and says something about single records at all.
    pub verified: bool,
    /// Whether what the office vouches for has changed since. Hashes and links stand as they did, and so does what was
    /// found; but nothing is proven until it is verified again.
    #[serde(default)]
    pub outdated: bool,
    /// Records that are not as they were made, or of which nobody can tell.
    pub altered: Vec<RecordSpan>,
    /// Records that a finding names for where they stand: out of order, repeated, within an altered span.
    #[serde(default)]
    pub misplaced: Vec<RecordSpan>,
    /// Records that a finding names because others beside them are missing.
    #[serde(default)]
    pub beside: Vec<RecordSpan>,
    /// Records that nothing can be said about.
    pub unverified: Vec<RecordSpan>,
    /// Records that somebody outside the bundle vouches for, as far as they stand.
    #[serde(default)]
    pub proven: Vec<RecordSpan>,
}

/// What may be said of one record, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It is not as it was made, or nobody can tell.
    Altered,
    /// A finding names it for where it stands.
    Misplaced,
    /// Records beside it are missing; nothing is wrong with itself.
    Beside,
    /// It was not verified yet, or nothing can be said about it.
    NotVerified,
    /// It stands, and nobody outside the bundle vouches for it.
    Stands,
    /// It stands, and somebody outside the bundle vouches for it.
    Proven,
}

impl Mark {
    /// The word that filters and the command line use: whatever an error names is altered.
    #[must_use]
    pub const fn integrity(self) -> Integrity {
        match self {
            Self::Altered | Self::Misplaced | Self::Beside => Integrity::Altered,
            Self::NotVerified => Integrity::NotVerified,
            Self::Stands | Self::Proven => Integrity::Stands,
        }
    }
}

/// Some records that stand one after the other; both ends are inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordSpan {
    /// By their place.
    Lines {
        /// Index of the file in the import.
        file: u32,
        /// First record, from 1.
        from: u64,
        /// Last record.
        to: u64,
    },
    /// By the producer's numbers.
    Seqs {
        /// Which stream; `None` for all.
        stream: Option<String>,
        /// First number.
        from: u64,
        /// Last number.
        to: u64,
    },
    /// Every record.
    All,
}

/// Spans prepared for many questions: places by binary search, numbers one by one.
pub(crate) struct Marks {
    verified: bool,
    altered: Spans,
    misplaced: Spans,
    beside: Spans,
    unverified: Spans,
    proven: Spans,
}

/// What a record is known by.
#[derive(Clone, Copy)]
pub(crate) struct RecordPlace<'a> {
    pub(crate) file: u32,
    pub(crate) line: u64,
    pub(crate) seq: Option<u64>,
    pub(crate) stream: &'a str,
}

impl Marks {
    pub(crate) fn of(standing: &Standing) -> Self {
        Self {
            verified: standing.verified,
            altered: Spans::of(&standing.altered),
            misplaced: Spans::of(&standing.misplaced),
            beside: Spans::of(&standing.beside),
            unverified: Spans::of(&standing.unverified),
            // Of something good nothing is kept where there is too much of it.
            proven: if standing.outdated || standing.proven.len() > SPANS_MAX {
                Spans::default()
            } else {
                Spans::of(&standing.proven)
            },
        }
    }

    pub(crate) fn mark(&self, place: RecordPlace<'_>) -> Mark {
        match self.own_mark(place) {
            mark @ (Mark::Altered | Mark::Misplaced) => mark,
            _ if self.beside.hold(place) => Mark::Beside,
            mark => mark,
        }
    }

    /// What may be said of the record itself, whatever is missing beside it.
    pub(crate) fn own_mark(&self, place: RecordPlace<'_>) -> Mark {
        if self.altered.hold(place) {
            Mark::Altered
        } else if self.misplaced.hold(place) {
            Mark::Misplaced
        } else if !self.verified || self.unverified.hold(place) {
            Mark::NotVerified
        } else if self.proven.hold(place) {
            Mark::Proven
        } else {
            Mark::Stands
        }
    }
}

#[derive(Default)]
struct Spans {
    all: bool,
    /// (file, from, to), sorted and not overlapping.
    lines: Vec<(u32, u64, u64)>,
    /// (stream, from, to), sorted by `from`; findings of this kind are few.
    seqs: Vec<(Option<String>, u64, u64)>,
}

impl Spans {
    fn of(spans: &[RecordSpan]) -> Self {
        let mut prepared = Self { all: spans.len() > SPANS_MAX, ..Self::default() };
        let mut lines = Vec::new();
        for span in spans {
            match span {
                RecordSpan::All => prepared.all = true,
                RecordSpan::Lines { file, from, to } => lines.push((*file, *from, *to)),
                RecordSpan::Seqs { stream, from, to } => prepared.seqs.push((stream.clone(), *from, *to)),
            }
        }
        lines.sort_unstable();
        for (file, from, to) in lines {
            match prepared.lines.last_mut() {
                Some(last) if last.0 == file && from <= last.2.saturating_add(1) => last.2 = last.2.max(to),
                _ => prepared.lines.push((file, from, to)),
            }
        }
        prepared.seqs.sort();
        prepared
    }

    fn hold(&self, place: RecordPlace<'_>) -> bool {
        let by_line = || {
            let after = self.lines.partition_point(|(file, from, _)| (*file, *from) <= (place.file, place.line));
            let before = after.checked_sub(1).and_then(|at| self.lines.get(at));
            before.is_some_and(|(file, _, to)| *file == place.file && place.line <= *to)
        };
        let by_seq = |seq: u64| {
            self.seqs.iter().any(|(stream, from, to)| {
                (*from..=*to).contains(&seq) && stream.as_deref().is_none_or(|stream| stream == place.stream)
            })
        };
        self.all || by_line() || place.seq.is_some_and(by_seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_is_known_about_a_record_counts() {
        let lines = |from, to| RecordSpan::Lines { file: 1, from, to };
        let standing = Standing {
            verified: true,
            outdated: false,
            altered: vec![
                lines(7, 9),
                lines(3, 7),
                RecordSpan::Seqs { stream: Some("a".to_owned()), from: 50, to: 60 },
            ],
            misplaced: vec![lines(9, 10)],
            beside: vec![lines(10, 11), lines(13, 13)],
            unverified: vec![lines(9, 12)],
            proven: vec![lines(1, 13)],
        };
        let mark = |marks: &Marks, file, line, seq, stream| marks.mark(RecordPlace { file, line, seq, stream });
        let marks = Marks::of(&standing);
        for (line, expected) in [
            (2, Mark::Proven),
            (3, Mark::Altered),
            (9, Mark::Altered),
            (10, Mark::Misplaced),
            (11, Mark::Beside),
            (12, Mark::NotVerified),
            (13, Mark::Beside),
            (14, Mark::Stands),
        ] {
            assert_eq!(mark(&marks, 1, line, None, ""), expected, "{line}");
        }
        let own = |line| marks.own_mark(RecordPlace { file: 1, line, seq: None, stream: "" });
        assert_eq!((own(11), own(13)), (Mark::NotVerified, Mark::Proven));
        assert_eq!(mark(&marks, 0, 5, Some(50), "a"), Mark::Altered);
        assert_eq!(mark(&marks, 0, 5, Some(50), "b"), Mark::Stands);
        assert_eq!(mark(&Marks::of(&Standing::default()), 0, 1, None, ""), Mark::NotVerified);

        let outdated = Marks::of(&Standing { outdated: true, ..standing });
        let told = [2, 3, 10, 11, 12, 13].map(|line| mark(&outdated, 1, line, None, ""));
        let kept = [Mark::Stands, Mark::Altered, Mark::Misplaced, Mark::Beside, Mark::NotVerified, Mark::Beside];
        assert_eq!(told, kept, "what was found is not taken back; what somebody vouched for is");
    }
}
