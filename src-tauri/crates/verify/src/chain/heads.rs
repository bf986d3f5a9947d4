//! The two ends of a stream: what ought to stand before its first record and after its last.

use bundle::ab1::Stream;
use integrity::{Digest, chain};

use crate::anchors;
use crate::claims::Claims;
use crate::finding::{Code, Finding};
use crate::words::number;

use super::gap::{Edge, Gap, Ground};
use super::link::{Elsewhere, Linked};
use super::pieces::Piece;

/// Where a statement comes from, as findings name it.
const AUDIT_MANIFEST: &str = "audit-manifest";
const CHECKPOINT: &str = "checkpoint";
const ANCHOR: &str = "anchor";

/// Checks the beginning of a stream.
pub(crate) fn head(
    claims: &Claims,
    ground: &Ground<'_>,
    first: Option<&Piece>,
    elsewhere: Elsewhere<'_>,
    linked: &mut Linked,
) {
    let Some(first) = first else { return };
    let stated = claims.stream(ground.stream_id);
    let stated_seq = stated.and_then(|stream| stream.first_seq).filter(|seq| *seq >= 1);
    let stated_prev = stated.and_then(|stream| Digest::from_hex(stream.first_prev_hash.as_deref()?));
    let begin = |finding: Finding| finding.at_file(claims.path(first.spot.segment)).line(first.spot.line);
    if let Some(from) = stated_seq.filter(|seq| *seq < first.first_seq) {
        let left = if from == 1 { Some(chain::genesis(ground.stream_id)) } else { stated_prev };
        let to = first.first_seq - 1;
        if left.is_some() && left == first.first_prev {
            let message = format!(
                "The numbers {} to {} were never given: record {} is the first of the chain.",
                number(from),
                number(to),
                number(first.first_seq)
            );
            linked.skipped.add(from, to);
            linked.find(begin(Finding::new(Code::SequenceGap, message).skipped_from(from).skipped_to(to)));
            return;
        }
        let (after, right) = (Some(first), first.first_prev);
        ground.explain(&Gap { from, to, edge: Edge::Head, before: None, after, left, right }, linked);
        return;
    }
    let expected = if first.first_seq == 1 { Some(chain::genesis(ground.stream_id)) } else { stated_prev };
    if let (Some(expected), Some(actual)) = (expected, first.first_prev)
        && expected != actual
    {
        let message = format!(
            "The log does not begin as it ought to: record {} does not name what its stream begins with.",
            number(first.first_seq)
        );
        linked.suspect.add(first.first_seq, first.first_seq);
        let finding = Finding::new(Code::GenesisMismatch, message).seq(first.first_seq);
        linked.find(begin(finding.expected(expected.to_hex()).actual(actual.to_hex())));
    } else if let Some(before) =
        anchors::head_before(elsewhere.anchors, elsewhere.export, ground.stream_id, first.first_seq)
    {
        // A head that differs is told with the anchors.
        linked.goes_on = first.first_prev == Some(before);
    } else if first.first_seq > 1 {
        let is_before = |archive: &&bundle::ab1::Archive| {
            archive.stream_id == ground.stream_id
                && archive.last_seq.and_then(|last| last.checked_add(1)) == Some(first.first_seq)
        };
        let archive = claims.archives().iter().find(is_before);
        let archived = archive.map_or("", |_| " The records before it are said to lie in an archive.");
        let message = format!(
            "The log goes on from an earlier bundle at record {}. Whether it does so rightly is not checked until \
             that bundle is there too.{archived}",
            number(first.first_seq)
        );
        linked.find(begin(Finding::new(Code::ChainStartUnverified, message).seq(first.first_seq)));
    }
}

/// Checks the end of a stream against the audit manifest and the checkpoints.
pub(crate) fn tail(
    claims: &Claims,
    ground: &Ground<'_>,
    kept: &[Piece],
    elsewhere: Elsewhere<'_>,
    linked: &mut Linked,
) {
    let stated = claims.stream(ground.stream_id);
    let last = kept.last();
    let reached = match (last, stated.and_then(|stream| stream.first_seq)) {
        (Some(last), _) => last.last_seq,
        (None, first) => first.unwrap_or(1).saturating_sub(1),
    };
    let stated_end = stated.and_then(|stream| stream.last_seq).max(ground.last_lost());
    // Of those that say the same, the first one speaks.
    let said = [(stated_end, AUDIT_MANIFEST), (elsewhere.checkpoint_end, CHECKPOINT), (elsewhere.anchor_end, ANCHOR)];
    let said = said.into_iter().filter_map(|(end, source)| Some((end?, source)));
    let Some((end, source)) = said.reduce(|one, other| if other.0 > one.0 { other } else { one }) else { return };
    let right = stated.and_then(|stream| Digest::from_hex(stream.last_hash.as_deref()?));
    let left = match last {
        Some(last) => last.last_hash,
        None => stated.and_then(|stream| Digest::from_hex(stream.first_prev_hash.as_deref()?)),
    };
    // A head that fits although its number is lower is a wrong number, which the counts below tell.
    let fits = source == AUDIT_MANIFEST && left.is_some() && left == right && last.is_some();
    if end > reached && !fits {
        let (from, edge) = (reached + 1, Edge::Tail(source));
        ground.explain(&Gap { from, to: end, edge, before: last, after: None, left, right }, linked);
    }
}

/// Compares what the audit manifest says of a whole stream, where nothing found so far explains a difference.
pub(crate) fn totals(stated: &Stream, linked: &Linked) -> Vec<Finding> {
    if linked.explained {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut differ = |code, field: &str, what: &str, expected: String, actual: String| {
        let message = format!("The audit manifest states another {what} of the log than the one that is there.");
        findings.push(Finding::new(code, message).field(field).expected(expected).actual(actual));
    };
    let records = linked.records();
    if let Some(count) = stated.record_count.filter(|count| *count != records) {
        differ(Code::SegmentCountMismatch, "record_count", "number of records", count.to_string(), records.to_string());
    }
    let (Some(first), Some(last)) = (linked.kept.first(), linked.kept.last()) else { return findings };
    let hex = |digest: Option<Digest>| digest.map(|digest| digest.to_hex());
    let pairs = [
        ("first_seq", "first record", stated.first_seq.map(|n| n.to_string()), Some(first.first_seq.to_string())),
        ("first_prev_hash", "beginning", stated.first_prev_hash.clone(), hex(first.first_prev)),
        ("last_seq", "last record", stated.last_seq.map(|n| n.to_string()), Some(last.last_seq.to_string())),
        ("last_hash", "end", stated.last_hash.clone(), hex(last.last_hash)),
    ];
    for (field, what, expected, actual) in pairs {
        if let (Some(expected), Some(actual)) = (expected, actual)
            && expected != actual
        {
            // A beginning that is wrong in itself has been told.
            if field == "first_prev_hash" && linked.tally.has(Code::GenesisMismatch) {
                continue;
            }
            differ(Code::SegmentBoundaryMismatch, field, what, expected, actual);
            break;
        }
    }
    findings
}
