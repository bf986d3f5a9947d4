//! Compares each segment with what the audit manifest says of it.

use std::collections::BTreeSet;

use bundle::ab1::Segment;
use bundle::escape::visible;
use model::InstantFault;

use crate::claims::{Claims, SegmentClaim, SegmentState};
use crate::container::Payload;
use crate::finding::{Code, Finding};
use crate::pass::SegmentTrace;
use crate::record::clock;
use crate::words::{count_of, number};
use crate::work::Work;

/// Compares all segments. `reordered` are the streams whose records were found out of order, which explains ends that
/// differ.
pub(crate) fn compare(
    work: &mut Work<'_>,
    payload: &Payload,
    claims: &Claims,
    traces: &[SegmentTrace],
    reordered: &BTreeSet<&str>,
) {
    let stated = claims.segments.iter().filter(|claim| claim.stated.is_some()).count();
    work.done.segments_stated = u64::try_from(stated).unwrap_or(u64::MAX);
    for (claim, trace) in claims.segments.iter().zip(traces) {
        let Some(sum) = trace.sum.as_ref().filter(|_| claim.state == SegmentState::Present) else { continue };
        payload.compare_sum(work, &claim.path, sum);
        let Some(stated) = &claim.stated else { continue };
        // What cannot be read keeps counts, ends and root from being compared.
        work.done.segments += u64::from(!trace.has_holes());
        if let Some(expected) = stated.sha256.as_ref().filter(|hex| **hex != sum.sha256.to_hex()) {
            let message = format!("{} is not the file that the audit manifest describes.", visible(&claim.path));
            let finding = Finding::new(Code::SegmentHashMismatch, message);
            work.find(about(finding, claim, "sha256").expected(visible(expected)).actual(sum.sha256.to_hex()));
        } else if let Some(expected) = stated.bytes.filter(|bytes| *bytes != sum.bytes) {
            let message = format!(
                "{} has {} bytes; the audit manifest says {}.",
                visible(&claim.path),
                number(sum.bytes),
                number(expected)
            );
            let finding = Finding::new(Code::SegmentCountMismatch, message);
            work.find(about(finding, claim, "bytes").expected(expected.to_string()).actual(sum.bytes.to_string()));
        } else if let Some((expected, content)) = stated.content_sha256.as_ref().zip(sum.content)
            && *expected != content.sha256.to_hex()
        {
            let message =
                format!("{} does not unpack to the content that the audit manifest describes.", visible(&claim.path));
            let finding = about(Finding::new(Code::SegmentHashMismatch, message), claim, "content_sha256");
            work.find(finding.expected(visible(expected)).actual(content.sha256.to_hex()));
        }
        compare_records(work, claim, stated, trace, reordered.contains(stated.stream_id.as_str()));
    }
}

fn about(finding: Finding, claim: &SegmentClaim, field: &str) -> Finding {
    let finding = finding.at_file(&claim.path).field(field);
    match &claim.stated {
        Some(stated) => finding.stream_id(stated.stream_id.as_str()),
        None => finding,
    }
}

fn compare_records(work: &mut Work<'_>, claim: &SegmentClaim, stated: &Segment, trace: &SegmentTrace, reordered: bool) {
    if let Some((count, seq, line)) = trace.strangers {
        let what = count_of(count, "record");
        let message = format!("{} holds {what} of another stream than the audit manifest says.", visible(&claim.path));
        let finding = Finding::new(Code::SegmentBoundaryMismatch, message).seq(seq).line(line).count(count);
        work.find(about(finding, claim, "stream_id"));
        return;
    }
    // What could not be read explains counts, ends and roots.
    if trace.has_holes() {
        return;
    }
    if let Some(rows) = stated.rows.filter(|rows| *rows != trace.rows) {
        let message = format!(
            "{} holds {}; the audit manifest says {}.",
            visible(&claim.path),
            count_of(trace.rows, "record"),
            number(rows)
        );
        let finding = Finding::new(Code::SegmentCountMismatch, message);
        work.find(about(finding, claim, "rows").expected(rows.to_string()).actual(trace.rows.to_string()));
    }
    if !reordered {
        compare_ends(work, claim, stated, trace);
    }
    if let (Some(expected), Some(tree)) = (&stated.merkle_root, &trace.tree) {
        let actual = tree.root().to_hex();
        if *expected != actual {
            let message = format!(
                "The records of {} do not come to the fingerprint that the audit manifest states for them.",
                visible(&claim.path)
            );
            let finding = Finding::new(Code::MerkleRootMismatch, message);
            work.find(about(finding, claim, "merkle_root").expected(visible(expected)).actual(actual));
        }
    }
}

/// A stated time, in words, of which it can be said whether it is that of the records.
///
/// Where a record has a time without a zone, or one before 1900 or after 2199, nobody can say when that was: it may well
/// be what is stated, as long as what is stated leaves room for the other records.
fn comparable(trace: &SegmentTrace, text: Option<&str>, leaves_room: impl Fn(i64) -> bool) -> Option<String> {
    match clock::nanos(text?) {
        Ok(stated) if trace.has_uncounted_time && leaves_room(stated) => None,
        Ok(stated) => Some(clock::text(stated)),
        Err(InstantFault::NoZone | InstantFault::OutOfRange) if trace.has_uncounted_time => None,
        Err(_) => Some("not a time".to_owned()),
    }
}

/// At most one finding for a segment; it names the first field that differs and counts the others.
fn compare_ends(work: &mut Work<'_>, claim: &SegmentClaim, stated: &Segment, trace: &SegmentTrace) {
    let (Some(first), Some(last)) = (&trace.first, &trace.last) else { return };
    let text = |number: Option<u64>| number.map(|number| number.to_string());
    let (low, high) = (trace.timestamps.map(|(low, _)| low), trace.timestamps.map(|(_, high)| high));
    let earliest = comparable(trace, stated.min_timestamp.as_deref(), |stated| low.is_some_and(|low| stated <= low));
    let latest = comparable(trace, stated.max_timestamp.as_deref(), |stated| high.is_some_and(|high| stated >= high));
    let pairs = [
        ("first_seq", text(stated.first_seq), Some(first.seq.to_string())),
        ("last_seq", text(stated.last_seq), Some(last.seq.to_string())),
        ("first_prev_hash", stated.first_prev_hash.clone(), Some(first.prev.to_hex())),
        ("last_hash", stated.last_hash.clone(), Some(last.hash.to_hex())),
        ("first_event_id", stated.first_event_id.clone(), Some(first.event_id.clone())),
        ("last_event_id", stated.last_event_id.clone(), Some(last.event_id.clone())),
        ("min_timestamp", earliest, low.map(clock::text)),
        ("max_timestamp", latest, high.map(clock::text)),
    ];
    let mut differing = pairs.into_iter().filter_map(|(field, expected, actual)| {
        let (expected, actual) = (expected?, actual?);
        (expected != actual).then_some((field, expected, actual))
    });
    let Some((field, expected, actual)) = differing.next() else { return };
    let others = differing.count();
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let message =
        format!("{} does not begin and end as the audit manifest says ({field}{more}).", visible(&claim.path));
    let finding = Finding::new(Code::SegmentBoundaryMismatch, message);
    work.find(about(finding, claim, field).expected(visible(&expected)).actual(visible(&actual)));
}
