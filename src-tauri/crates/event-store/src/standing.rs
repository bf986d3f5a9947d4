//! What verification said about single records, in the form that rows are marked from.

use serde::{Deserialize, Serialize};
use timeline::Integrity;

/// The most spans that are kept; a report with more marks the whole bundle as altered.
pub const SPANS_MAX: usize = 200_000;

/// What may be said of the records of one bundle.
///
/// A record is altered if any altered span holds it; else not verified if the bundle is not, or an unverified span
/// holds it; else it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether verification was completed and says something about single records at all.
    pub verified: bool,
    /// Records that are not as they were made.
    pub altered: Vec<RecordSpan>,
    /// Records that nothing can be said about.
    pub unverified: Vec<RecordSpan>,
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
    unverified: Spans,
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
            unverified: Spans::of(&standing.unverified),
        }
    }

    pub(crate) fn integrity(&self, place: RecordPlace<'_>) -> Integrity {
        if self.altered.hold(place) {
            Integrity::Altered
        } else if !self.verified || self.unverified.hold(place) {
            Integrity::NotVerified
        } else {
            Integrity::Stands
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
        let standing = Standing {
            verified: true,
            altered: vec![
                RecordSpan::Lines { file: 1, from: 7, to: 9 },
                RecordSpan::Lines { file: 1, from: 3, to: 7 },
                RecordSpan::Seqs { stream: Some("a".to_owned()), from: 50, to: 60 },
            ],
            unverified: vec![RecordSpan::Lines { file: 1, from: 9, to: 11 }],
        };
        let integrity =
            |marks: &Marks, file, line, seq, stream| marks.integrity(RecordPlace { file, line, seq, stream });
        let marks = Marks::of(&standing);
        for (line, expected) in [
            (2, Integrity::Stands),
            (3, Integrity::Altered),
            (9, Integrity::Altered),
            (10, Integrity::NotVerified),
            (12, Integrity::Stands),
        ] {
            assert_eq!(integrity(&marks, 1, line, None, ""), expected, "{line}");
        }
        assert_eq!(integrity(&marks, 0, 5, Some(50), "a"), Integrity::Altered);
        assert_eq!(integrity(&marks, 0, 5, Some(50), "b"), Integrity::Stands);
        assert_eq!(integrity(&Marks::of(&Standing::default()), 0, 1, None, ""), Integrity::NotVerified);
    }
}
