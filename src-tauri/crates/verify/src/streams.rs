//! What is told of a stream besides its chain: clocks and schema versions.

use crate::chain::{Spot, Trace};
use crate::claims::Claims;
use crate::finding::{Code, Finding, VersionSeen};
use crate::record::clock;
use crate::words::{count_of, number};
use crate::work::Work;

/// Reports times that run backwards and times after the seal.
pub(crate) fn clocks(work: &mut Work<'_>, claims: &Claims, trace: &Trace) {
    let at = |finding: Finding, spot: Spot| {
        finding.stream_id(trace.id.as_str()).at_file(claims.path(spot.segment)).line(spot.line)
    };
    let tolerance = work.options.clock_tolerance;
    let beyond =
        if tolerance.is_zero() { String::new() } else { format!(" by more than {} s", tolerance.as_secs_f64()) };
    let mut steps = trace.steps.clone();
    steps.sort_by_key(|step| (step.seq, step.spot));
    for step in &steps {
        let message = format!("Record {} is dated before the record it follows{beyond}.", number(step.seq));
        let times = vec![clock::text(step.before), clock::text(step.time)];
        work.find(at(Finding::new(Code::ClockRegression, message).seq(step.seq).times(times), step.spot));
    }
    if trace.untold_steps > 0 {
        let message =
            format!("And {} more records are dated before the record they follow.", number(trace.untold_steps));
        let finding = Finding::new(Code::ClockRegression, message).count(trace.untold_steps);
        work.find(finding.stream_id(trace.id.as_str()));
    }
    if let (Some(late), Some(sealed)) = (trace.late, claims.sealed_at) {
        let what = if late.count == 1 { "is" } else { "are" };
        let message = format!(
            "{} {what} dated after the bundle was made{beyond}; the first one is record {}.",
            count_of(late.count, "record"),
            number(late.seq)
        );
        let times = vec![clock::text(sealed), clock::text(late.time)];
        let finding = Finding::new(Code::TimestampAfterSeal, message).seq(late.seq).count(late.count).times(times);
        work.find(at(finding, late.spot));
    }
}

/// Reports versions of the schema that are unknown or mixed.
pub(crate) fn versions(work: &mut Work<'_>, claims: &Claims, trace: &Trace) {
    let seen = |total: &crate::chain::VersionTotal| VersionSeen { version: total.name.clone(), seq: total.first_seq };
    for total in trace.versions.iter().filter(|total| !total.known) {
        let message = format!(
            "{} of a schema version that is not known, the first one record {}. The hashes were checked; the content \
             is shown as it was recorded.",
            if total.count == 1 { "1 record is".to_owned() } else { format!("{} records are", number(total.count)) },
            number(total.first_seq)
        );
        let finding = Finding::new(Code::VersionUnknown, message).seq(total.first_seq).count(total.count);
        let finding = finding.versions(vec![seen(total)]).stream_id(trace.id.as_str());
        work.find(finding.at_file(claims.path(total.spot.segment)).line(total.spot.line));
    }
    if trace.versions.len() > 1 {
        let message = format!(
            "The log is written in {} schema versions.",
            number(u64::try_from(trace.versions.len()).unwrap_or(0))
        );
        let finding = Finding::new(Code::VersionMixed, message).stream_id(trace.id.as_str());
        work.find(finding.versions(trace.versions.iter().map(seen).collect::<Vec<_>>()));
    }
}
