//! Days on which something was recorded and no checkpoint was made.

use std::collections::BTreeSet;

use crate::chain::{Linked, Trace};
use crate::finding::{Code, Finding};
use crate::record::clock;
use crate::words::{count_of, number};
use crate::work::Work;

use super::Checkpoints;

/// Most days that a finding lists.
const DAYS_MAX: usize = 100;

/// Reports days with records but without a checkpoint, between the day of the first record and that of the last.
///
/// Only for a stream that has checkpoints, and not where an unreadable one may be the one that is missing.
pub(crate) fn missing_days(work: &mut Work<'_>, checkpoints: &Checkpoints, trace: &Trace, linked: &Linked) {
    let Some(of_stream) = checkpoints.by_stream.get(&trace.id) else { return };
    let ends =
        linked.kept.first().and_then(|first| first.first_time).zip(linked.kept.last().and_then(|last| last.last_time));
    let Some((first, last)) = ends.map(|(first, last)| (clock::day(first), clock::day(last))) else { return };
    if checkpoints.has_unreadable || first > last {
        return;
    }
    let made: BTreeSet<_> = of_stream.iter().filter_map(|checkpoint| checkpoint.day).collect();
    let missing: Vec<_> = trace.days.range(first..=last).filter(|day| !made.contains(day)).copied().collect();
    let Some(day) = missing.first() else { return };
    let count = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    let days: Vec<_> = missing.iter().take(DAYS_MAX).map(|day| clock::day_text(*day)).collect();
    let message = if count == 1 {
        format!("There are records of {}, but no checkpoint was made on that day.", clock::day_text(*day))
    } else {
        format!(
            "{} with records have no checkpoint ({} with one).",
            count_of(count, "day"),
            number(u64::try_from(made.len()).unwrap_or(0))
        )
    };
    let finding = Finding::new(Code::CheckpointDayMissing, message).stream_id(trace.id.as_str());
    work.find(finding.at_file(&checkpoints.path).count(count).days(days));
}
