//! Records and checkpoints against their own hashes and against each other.

use crate::document::Document;
use crate::layout::Layout;

use super::Step;
use super::shell::quoted;

/// Digests of lines, without a process for each.
const DIGESTS: &str = "python3 -c 'import hashlib, sys; \
                       [print(hashlib.sha256(line.rstrip(b\"\\n\")).hexdigest()) for line in sys.stdin.buffer]'";
/// What is hashed of a record or a checkpoint (RFC 8785; jq writes the same for these records).
const PREIMAGE: &str = "jq -cS 'del(.hash, .sig)'";

pub(super) fn add(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    if layout.has_records {
        own_hashes(layout, steps);
        first_altered(document, steps);
        links(layout, steps);
    }
    if let Some(path) = &layout.checkpoints {
        checkpoints(path, layout, steps);
    }
}

/// All records, each against the hash that it carries.
fn own_hashes(layout: &Layout, steps: &mut Vec<Step>) {
    let reader = match layout.packing.as_deref() {
        None => "cat --",
        Some("gzip") => "gzip -dc --",
        Some(_) => "zstd -dcq --",
    };
    let order = "jq -r '.segments | sort_by(.stream_id, .first_seq)[].path' data/audit-manifest.json";
    let about =
        "Silent if each record has the hash that it carries: SHA-256 of its canonical text without hash and sig.";
    let gather = format!("{order} | xargs -d '\\n' {reader} > \"$work/records.ndjson\"");
    let compare =
        format!("{PREIMAGE} \"$work/records.ndjson\" | {DIGESTS} | diff - <(jq -r .hash \"$work/records.ndjson\")");
    steps.push(Step::new("Does each record have its own hash?", about, [gather, compare]).silent());
}

/// The record of the first finding that names one, by hand.
fn first_altered(document: &Document, steps: &mut Vec<Step>) {
    let altered = document.findings.iter().find(|finding| finding.code == verify::Code::EventModified);
    let Some((stream, seq)) = altered.and_then(|finding| Some((finding.stream_id.as_deref()?, finding.seq?))) else {
        return;
    };
    let about = "What the record hashes to, and what it carries. They differ.";
    let select = format!(
        "jq -c --arg stream {} 'select(.stream_id == $stream and .seq == {seq})' \"$work/records.ndjson\" > \"$work/altered.json\"",
        quoted(stream)
    );
    let hash = format!("{PREIMAGE} \"$work/altered.json\" | tr -d '\\n' | sha256sum | cut -c 1-64");
    let carried = "jq -r .hash \"$work/altered.json\"".to_owned();
    steps.push(Step::new("The altered record by hand", about, [select, hash, carried]));
}

/// Each record against the one before it, and the first against the beginning of its stream.
fn links(layout: &Layout, steps: &mut Vec<Step>) {
    let about = "Silent if each record names the hash of the one before it.";
    let columns = "jq -r '[.stream_id, .seq, .prev_hash, .hash] | @tsv' \"$work/records.ndjson\"";
    let compare = "awk -F'\\t' '$1 == stream && $3 != before {print \"record \" $2 \" does not follow\"} \
                   {stream = $1; before = $4}'";
    steps.push(Step::new("Does the chain hold?", about, [format!("{columns} | {compare}")]).silent());
    for start in &layout.starts {
        let about = "The value that stands before the first record; record 1 names it as its predecessor.";
        let stream = quoted(&start.stream_id);
        let made = format!("printf 'AB1:genesis:%s' {stream} | sha256sum | cut -c 1-64");
        let named = format!(
            "jq -nr --arg stream {stream} 'first(inputs | select(.stream_id == $stream)).prev_hash' \"$work/records.ndjson\""
        );
        let prints = format!("{0}\n{0}", start.genesis);
        steps.push(Step::new("Does the log begin at its beginning?", about, [made, named]).printing(prints));
    }
}

/// Checkpoints against their own hashes, and against the records they name.
fn checkpoints(path: &str, layout: &Layout, steps: &mut Vec<Step>) {
    let path = quoted(path);
    let about = "Silent if each checkpoint has the hash that it carries.";
    let own = format!("{PREIMAGE} {path} | {DIGESTS} | diff - <(jq -r .hash {path})");
    steps.push(Step::new("Does each checkpoint have its own hash?", about, [own]).silent());
    if layout.has_records && layout.is_from_start {
        let about = "Silent if every checkpoint names a record that is there, with its hash.";
        let named = format!("jq -r '[.stream_id, .last_seq, .last_hash] | @tsv' {path} | LC_ALL=C sort");
        let there = "jq -r '[.stream_id, .seq, .hash] | @tsv' \"$work/records.ndjson\" | LC_ALL=C sort";
        let compare = format!("LC_ALL=C comm -23 <({named}) <({there})");
        steps.push(Step::new("Do the checkpoints agree with the records?", about, [compare]).silent());
    }
}
