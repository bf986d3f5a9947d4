//! Compares sound checkpoints with the chain as it was found.

use crate::chain::{Linked, Mark, Trace};
use crate::finding::{Code, Finding};
use crate::seals::Seal;
use crate::words::number;
use crate::work::Work;

use super::{Checkpoint, Checkpoints};

/// What a checkpoint says that the records do not.
enum Verdict {
    Agrees,
    /// The field that differs, with what the checkpoint says and what is there.
    Differs(&'static str, String, String),
    /// Something that was found already keeps it from being compared.
    Open,
}

/// Compares the checkpoints of one stream. The first mismatch stands for the later ones. Gives the records that
/// agreeing checkpoints seal.
pub(crate) fn compare(
    work: &mut Work<'_>,
    checkpoints: &mut Checkpoints,
    trace: &Trace,
    linked: &Linked,
) -> Vec<(u64, Seal)> {
    let mut agreed = None;
    let mut agreeing = 0;
    let mut seals = Vec::new();
    for checkpoint in checkpoints.sound(&trace.id) {
        match verdict(checkpoint, trace, linked) {
            Verdict::Agrees => {
                agreed = agreed.max(Some(checkpoint.last_seq));
                agreeing += 1;
                seals.extend(checkpoint.seal.map(|seal| (checkpoint.last_seq, seal)));
            }
            Verdict::Open => {}
            Verdict::Differs(field, expected, actual) => {
                work.done.checkpoints += 1;
                let first = linked.kept.first().map_or(1, |piece| piece.first_seq);
                let from = agreed.map_or_else(|| checkpoint.from_seq.max(first), |agreed| agreed + 1);
                let within = [from.min(checkpoint.last_seq), checkpoint.last_seq];
                let later = checkpoints.sound(&trace.id).filter(|later| later.last_seq > checkpoint.last_seq);
                let contradicts = if field != "last_hash" {
                    Contradicts::Itself
                } else if later.map(|later| verdict(later, trace, linked)).any(|said| matches!(said, Verdict::Agrees)) {
                    Contradicts::LaterOnes
                } else {
                    Contradicts::Log
                };
                let finding = mismatch(checkpoint, within, contradicts)
                    .stream_id(trace.id.as_str())
                    .at_file(&checkpoints.path)
                    .field(field);
                work.find(finding.expected(expected).actual(actual));
                break;
            }
        }
    }
    checkpoints.agreeing += agreeing;
    work.done.checkpoints += agreeing;
    if trace.trees.left_out && !work.tally.has(Code::CheckpointsNotChecked) {
        let message = "The fingerprints of some checkpoints over their records were not compared: too many overlap.";
        work.find(Finding::new(Code::CheckpointsNotChecked, message).at_file(&checkpoints.path));
    }
    seals
}

/// What a checkpoint that differs contradicts.
#[derive(Clone, Copy)]
enum Contradicts {
    /// The log, and nothing later speaks for the log.
    Log,
    /// The log, with which a later checkpoint agrees.
    LaterOnes,
    /// Its own hash: that one is the log's.
    Itself,
}

/// One sentence, which accuses nobody of more than is shown. Only where nothing else may be wrong, the records before
/// the checkpoint are called altered.
fn mismatch(checkpoint: &Checkpoint, within: [u64; 2], contradicts: Contradicts) -> Finding {
    let [from, to] = within.map(number);
    let message = match contradicts {
        Contradicts::Log => format!(
            "The checkpoint at record {to} does not agree with the log: something between record {from} and record \
             {to} was changed and the chain computed anew."
        ),
        Contradicts::LaterOnes => format!(
            "The checkpoint at record {to} does not agree with the log, though a later one does: either this \
             checkpoint was changed, or something between record {from} and record {to} was, and the chain and the \
             later checkpoints were made anew."
        ),
        Contradicts::Itself => format!(
            "The checkpoint at record {to} contradicts itself: it names the log's own hash there, but something else \
             about the records before it."
        ),
    };
    let finding = Finding::new(Code::CheckpointMismatch, message).seq(checkpoint.last_seq);
    let finding = finding.line(checkpoint.line).byte_offset(checkpoint.byte_offset);
    if matches!(contradicts, Contradicts::Log) { finding.altered_within(within) } else { finding }
}

fn verdict(checkpoint: &Checkpoint, trace: &Trace, linked: &Linked) -> Verdict {
    let Checkpoint { from_seq, last_seq, .. } = *checkpoint;
    let span = last_seq - from_seq + 1;
    if let Some(count) = checkpoint.record_count.filter(|count| *count != span) {
        return Verdict::Differs("record_count", count.to_string(), span.to_string());
    }
    let Some(piece) = linked.piece_of(last_seq) else {
        // A number that was never given has no hash that a checkpoint could know.
        return if linked.skipped.meets(last_seq, last_seq) {
            Verdict::Differs("last_seq", last_seq.to_string(), "no such record".to_owned())
        } else {
            Verdict::Open
        };
    };
    let spot = piece.spot.down(last_seq - piece.first_seq);
    // Marks were made in the order of the bundle.
    let at = trace.marks.binary_search_by_key(&spot, |mark| mark.spot).ok();
    let mark = at.and_then(|at| trace.marks.get(at));
    let Some(Mark { hash, event_id, altered, .. }) = mark.filter(|_| !linked.suspect.meets(last_seq, last_seq)) else {
        return Verdict::Open;
    };
    if *hash != checkpoint.last_hash {
        return Verdict::Differs("last_hash", checkpoint.last_hash.to_hex(), hash.to_hex());
    }
    if let Some(stated) = checkpoint.last_event_id.as_ref().filter(|stated| *stated != event_id && !altered) {
        let shown = |id: &str| bundle::escape::visible(id).into_owned();
        return Verdict::Differs("last_event_id", shown(stated), shown(event_id));
    }
    let begins = linked.kept.first().is_some_and(|first| first.first_seq <= from_seq);
    let is_clean = begins && !linked.is_off(from_seq, last_seq) && !trace.altered.meets(from_seq, last_seq);
    let root = trace.trees.root(from_seq, last_seq).filter(|_| is_clean);
    if let (Some(stated), Some(root)) = (checkpoint.merkle_root, root)
        && stated != root
    {
        return Verdict::Differs("merkle_root", stated.to_hex(), root.to_hex());
    }
    Verdict::Agrees
}
