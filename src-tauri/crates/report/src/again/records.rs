//! Records against their own hashes, and the chain that they make.

use crate::document::Document;
use crate::layout::{ArchiveLaid, Layout};

use super::Step;
use super::shell::quoted;

/// Most archives whose records are told one by one.
const ARCHIVES_TOLD_MAX: usize = 4;

pub(super) fn add(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    own_hashes(layout, steps);
    archived(layout, steps);
    first_altered(document, layout, steps);
    once(steps);
    links(layout, steps);
}

/// Lines of JSON unpacked.
pub(super) fn reader(layout: &Layout) -> &'static str {
    match layout.packing.as_deref() {
        None => "cat --",
        Some("gzip") => "gzip -dc --",
        Some(_) => "zstd -dcq --",
    }
}

/// All records, each against the hash that it carries.
fn own_hashes(layout: &Layout, steps: &mut Vec<Step>) {
    let reader = reader(layout);
    let order = "jq -r '.segments | sort_by(.stream_id, .first_seq)[].path' data/audit-manifest.json";
    let about = "Silent if each record has the hash that it carries: SHA-256 of its canonical text (RFC 8785) without \
                 hash and sig.";
    let gather = format!("{order} | xargs -d '\\n' {reader} > \"$work/records.ndjson\"");
    let compare = "sums hash sig < \"$work/records.ndjson\" | diff - <(jq -r .hash \"$work/records.ndjson\")";
    steps.push(Step::new("Does each record have its own hash?", about, [gather, compare.to_owned()]).silent());
}

/// The record of the first finding that names one, by hand.
fn first_altered(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    let altered = document.findings.iter().find(|finding| finding.code == verify::Code::EventModified);
    let Some((stream, seq)) = altered.and_then(|finding| Some((finding.stream_id.as_deref()?, finding.seq?))) else {
        return;
    };
    let file = altered.and_then(|finding| finding.file.as_ref());
    let is_archived = file.is_some() && layout.archives.iter().any(|one| one.path.as_ref() == file);
    let lines = if is_archived { "archived" } else { "records" };
    let about = "What the record hashes to, and what it carries. They differ.";
    let select = format!(
        "jq -c --arg stream {} 'select(.stream_id == $stream and .seq == {seq})' \"$work/{lines}.ndjson\" > \"$work/altered.json\"",
        quoted(stream)
    );
    let hash = "sums hash sig < \"$work/altered.json\"".to_owned();
    let carried = "jq -r .hash \"$work/altered.json\"".to_owned();
    steps.push(Step::new("The altered record by hand", about, [select, hash, carried]));
}

/// What may stand only once: a member in a record, an event id in a stream.
fn once(steps: &mut Vec<Step>) {
    let about = "Silent if no record names a member twice: which of the two counts would be anybody's guess.";
    let members = "python3 -c 'import json, sys; [json.loads(line, object_pairs_hook=lambda pairs: \
                   (len(dict(pairs)) < len(pairs) and print(\"line\", number, \"names a member twice\"), dict(pairs))[1]) \
                   for number, line in enumerate(sys.stdin.buffer, 1)]' < \"$work/records.ndjson\"";
    steps.push(Step::new("Is every member there once?", about, [members.to_owned()]).silent());
    let about = "Silent if no two records of a stream have the same event id.";
    let ids = "jq -r '[.stream_id, .event.event_id] | @tsv' \"$work/records.ndjson\" | LC_ALL=C sort | uniq -d";
    steps.push(Step::new("Is every event there once?", about, [ids.to_owned()]).silent());
}

/// The records of archives that lie in the bundle. They are no part of the log that is shown.
fn archived(layout: &Layout, steps: &mut Vec<Step>) {
    if layout.archives.is_empty() {
        return;
    }
    let about = "Silent if every archive is there that the audit manifest says lies in the bundle.";
    let run = "jq -r '.archives[] | select(.present) | .path' data/audit-manifest.json | while IFS= read -r path; do \
               test -f \"$path\" || printf '%s is missing\\n' \"$path\"; done";
    steps.push(Step::new("Are the archives there?", about, [run.to_owned()]).silent());
    let paths: Vec<String> = layout.archives.iter().filter_map(|one| one.path.as_deref()).map(quoted).collect();
    if paths.is_empty() {
        return;
    }
    let about = "Silent if each record of an archive that lies in the bundle has the hash that it carries.";
    let gather = format!("cat -- {} > \"$work/archived.ndjson\"", paths.join(" "));
    let compare = "sums hash sig < \"$work/archived.ndjson\" | diff - <(jq -r .hash \"$work/archived.ndjson\")";
    steps.push(Step::new("Do archived records have their own hashes?", about, [gather, compare.to_owned()]).silent());
}

/// Each record against the one before it, and the first against the beginning of its stream.
fn links(layout: &Layout, steps: &mut Vec<Step>) {
    let over = match archives_told(&layout.archives) {
        Some(told) => format!(
            " {told}: there the chain is followed by the two hashes that the audit manifest states of the archive."
        ),
        None => String::new(),
    };
    let about = format!(
        "Silent if each record names the hash of the one before it, and the first what the audit manifest says stands \
         before it.{over}"
    );
    let columns = "jq -r '[.stream_id, .seq, .prev_hash, .hash] | @tsv' \"$work/records.ndjson\" > \"$work/links.tsv\"";
    let ways = "jq -r '(.streams[] | [.stream_id, \"\", .first_prev_hash]), (.archives[]? | [.stream_id, .first_prev_hash, \
                .last_hash]) | select(.[2]) | @tsv' data/audit-manifest.json > \"$work/ways.tsv\"";
    let compare = "awk -F'\\t' 'FILENAME == ARGV[1] {way[$1, $2] = $3; next} $1 != stream {before = \"\"} \
                   {while ($3 != before && ($1, before) in way) {to = way[$1, before]; delete way[$1, before]; before = to}} \
                   before != \"\" && $3 != before {print \"record \" $2 \" does not follow\"} \
                   {stream = $1; before = $4}' \"$work/ways.tsv\" \"$work/links.tsv\"";
    let run = [columns, ways, compare].map(str::to_owned);
    steps.push(Step::new("Does the chain hold?", &about, run).silent());
    for start in &layout.starts {
        let about = if start.is_archived {
            "The value that stands before the first record, and what the audit manifest names as the predecessor of the \
             archive that begins with record 1."
        } else {
            "The value that stands before the first record; record 1 names it as its predecessor."
        };
        let stream = quoted(&start.stream_id);
        let made = format!("printf 'AB1:genesis:%s' {stream} | sha256sum | cut -c 1-64");
        let named = if start.is_archived {
            format!(
                "jq -r --arg stream {stream} 'first(.archives[] | select(.stream_id == $stream and .first_seq == \
                 1)).first_prev_hash' data/audit-manifest.json"
            )
        } else {
            format!(
                "jq -nr --arg stream {stream} 'first(inputs | select(.stream_id == $stream)).prev_hash' \"$work/records.ndjson\""
            )
        };
        let prints = format!("{0}\n{0}", start.genesis);
        steps.push(Step::new("Does the log begin at its beginning?", about, [made, named]).printing(prints));
    }
}

/// Which records lie in archives, as the beginning of a sentence.
pub(super) fn archives_told(archives: &[ArchiveLaid]) -> Option<String> {
    let told = archives.iter().take(ARCHIVES_TOLD_MAX).map(|one| format!("{} to {}", one.first_seq, one.last_seq));
    let told: Vec<String> = told.collect();
    let more = match archives.len().saturating_sub(ARCHIVES_TOLD_MAX) {
        0 => "",
        _ => " and others",
    };
    (!told.is_empty()).then(|| format!("Records {}{more} lie in archives", told.join(", ")))
}
