//! Counts and ends of streams and segments against what the audit manifest states.

use crate::layout::Layout;

use super::Step;
use super::records::reader;

/// What the audit manifest is asked for.
const MANIFEST: &str = "data/audit-manifest.json";

pub(super) fn add(layout: &Layout, steps: &mut Vec<Step>) {
    if layout.has_stream_totals {
        let about = "Silent if each stream has as many records as the audit manifest says, and ends with the same one.";
        let counted = "awk -F'\\t' -v OFS='\\t' '{count[$1]++; seq[$1] = $2; hash[$1] = $4} \
                       END {for (one in count) print one, count[one], seq[one], hash[one]}' \"$work/links.tsv\"";
        let stated = format!(
            "jq -r '.streams[] | select(.record_count > 0) | [.stream_id, .record_count, .last_seq, .last_hash] | @tsv' {MANIFEST}"
        );
        let compare = format!("{counted} | LC_ALL=C sort | diff - <({stated} | LC_ALL=C sort)");
        steps.push(Step::new("Is the log as long as the audit manifest says?", about, [compare]).silent());
    }
    if layout.has_segment_totals {
        let about = "Silent if each segment holds as many records as the audit manifest says, from the same first to the \
                     same last one.";
        let columns = "jq -r '[.seq, .prev_hash, .hash] | @tsv'";
        let ends = "awk -F'\\t' -v OFS='\\t' 'NR == 1 {first = $1; before = $2} END {print NR, first, $1, before, $3}'";
        let counted = format!(
            "jq -r '.segments[].path' {MANIFEST} | while IFS= read -r path; do {} \"$path\" | {columns} | {ends}; done",
            reader(layout)
        );
        let stated = format!(
            "jq -r '.segments[] | [.rows, .first_seq, .last_seq, .first_prev_hash, .last_hash] | @tsv' {MANIFEST}"
        );
        let compare = format!("{counted} | diff - <({stated})");
        steps.push(Step::new("Is each segment as the audit manifest says?", about, [compare]).silent());
    }
}
