//! Checkpoints against their own hashes, against each other, and against the records they name.

use crate::document::Document;
use crate::layout::Layout;

use super::Step;
use super::records::archives_told;
use super::shell::quoted;

pub(super) fn add(document: &Document, path: &str, layout: &Layout, steps: &mut Vec<Step>) {
    let path = quoted(path);
    let about = "Silent if each checkpoint has the hash that it carries.";
    let own = format!("sums hash sig < {path} | diff - <(jq -r .hash {path})");
    steps.push(Step::new("Does each checkpoint have its own hash?", about, [own]).silent());
    chain(&path, layout, steps);
    if layout.has_records && layout.is_from_start {
        agree(document, &path, layout, steps);
    }
}

/// Each checkpoint against the one before it, and how many there are.
fn chain(path: &str, layout: &Layout, steps: &mut Vec<Step>) {
    let about = if layout.is_from_start {
        "Silent if each checkpoint names the hash of the one before it, and the first the value that stands before it."
    } else {
        "Silent if each checkpoint names the hash of the one before it. The log begins before this bundle, so the first \
         one's predecessor is not here."
    };
    let compare = "awk -F'\\t' '($1 in before) && $2 != before[$1] {print \"line \" $4 \" does not follow\"} \
                   {before[$1] = $3}'";
    let rows = format!("jq -r '[.stream_id, .prev_checkpoint_hash, .hash, input_line_number] | @tsv' {path}");
    let first = "while IFS= read -r stream; do printf '%s\\t\\t%s\\n' \"$stream\" \"$(printf \
                 'AB1:checkpoint-genesis:%s' \"$stream\" | sha256sum | cut -c 1-64)\"; done";
    let starts = format!("jq -r .stream_id {path} | LC_ALL=C sort -u | {first}");
    let run = if layout.is_from_start {
        // A line of the starts follows nothing, so it only says what stands before.
        vec![format!("{{ {starts}; {rows}; }} | {compare}")]
    } else {
        vec![format!("{rows} | {compare}")]
    };
    let mut step = Step::new("Do the checkpoints follow each other?", about, []).silent();
    step.run = run;
    steps.push(step);
    if let Some(count) = layout.checkpoints_stated {
        let about = "How many checkpoints there are; the audit manifest says the same.";
        let counted = format!("grep -c . {path}");
        steps.push(Step::new("Are all checkpoints there?", about, [counted]).printing(count.to_string()));
    }
}

/// Each checkpoint against the record that it names.
fn agree(document: &Document, path: &str, layout: &Layout, steps: &mut Vec<Step>) {
    let archives = archives_told(&layout.archives);
    let is_bridged = archives.is_some();
    let told = archives
        .map(|told| {
            format!(" {told}. What is not in the bundle cannot be compared, so checkpoints that name it are left out.")
        })
        .unwrap_or_default();
    let about = format!("Silent if every checkpoint names a record that is there, with its hash.{told}");
    let row = "[.stream_id, .last_seq, .last_hash] | @tsv";
    let named = if is_bridged {
        let within = "any($manifest[0].archives[]; .stream_id == $at.stream_id and .first_seq <= $at.last_seq and \
                      $at.last_seq <= .last_seq and (.path as $path | $ARGS.positional | index($path) | not))";
        let here: Vec<String> = layout.archives.iter().filter_map(|one| one.path.as_deref()).map(quoted).collect();
        format!(
            "jq -r --slurpfile manifest data/audit-manifest.json 'select(. as $at | {within} | not) | {row}' {path} --args {}",
            here.join(" ")
        )
    } else {
        format!("jq -r '{row}' {path}")
    };
    let has_archived = layout.archives.iter().any(|one| one.path.is_some());
    let more = if has_archived { " \"$work/archived.ndjson\"" } else { "" };
    let there = format!("jq -r '[.stream_id, .seq, .hash] | @tsv' \"$work/records.ndjson\"{more} | LC_ALL=C sort");
    let compare = format!("LC_ALL=C comm -23 <({} | LC_ALL=C sort) <({there})", named.trim_end());
    let step = Step::new("Do the checkpoints agree with the records?", &about, [compare]);
    let is_open = document.findings.iter().any(|finding| finding.code == verify::Code::UnverifiableSpan);
    // Where records could not be read, lines are to be expected that are no finding.
    steps.push(if is_open { step } else { step.silent() });
}
