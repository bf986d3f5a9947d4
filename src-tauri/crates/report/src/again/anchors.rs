//! Heads from outside the bundle against the records that they name.

use crate::document::{AnchorUsed, Document};

use super::Step;
use super::shell::quoted;

/// Most anchors that are looked up one by one.
const ANCHORS_MAX: usize = 4;

pub(super) fn add(document: &Document, steps: &mut Vec<Step>) {
    let told = document.evidence.anchors.iter().filter(|anchor| anchor.outcome != "elsewhere");
    steps.extend(told.filter_map(step).take(ANCHORS_MAX));
}

/// The record that one anchor names. The expected output is the anchor's, whatever the bundle holds.
fn step(anchor: &AnchorUsed) -> Option<Step> {
    let AnchorUsed { stream_id, last_seq, outcome, last_event_id, .. } = anchor;
    let hash = anchor.last_hash.as_deref()?;
    let stream = quoted(stream_id);
    let of_stream = "inputs | select(.stream_id == $stream";
    if outcome == "goes_on" {
        let about = format!(
            "The anchor names record {last_seq}, which lies before this bundle, with this hash: what the first record \
             here names as its predecessor."
        );
        let run = format!("jq -rn --arg stream {stream} 'first({of_stream})).prev_hash' \"$work/records.ndjson\"");
        return Some(Step::new("Does the log go on from the anchor?", &about, [run]).printing(hash));
    }
    let came = match outcome.as_str() {
        "beyond" => " Here it prints nothing: the log ends before that record.",
        "differs" => " Here it prints something else: that is the finding.",
        "not_compared" => " The check could not compare it, because of what else was found.",
        _ => "",
    };
    let (what, shown, prints) = match last_event_id {
        Some(id) => ("hash and the event id", "\"\\(.hash) \\(.event.event_id)\"", format!("{hash} {id}")),
        None => ("hash", ".hash", hash.to_owned()),
    };
    let about = format!(
        "The {what} of record {last_seq}, which the anchor names. What the anchor itself says stands below the command: \
         compare it with your own copy of the anchor.{came}"
    );
    let run = format!(
        "jq -rn --arg stream {stream} 'first({of_stream} and .seq == {last_seq})) | {shown}' \"$work/records.ndjson\""
    );
    Some(Step::new("Is the record there that the anchor names?", &about, [run]).printing(prints))
}
