//! The page's tables of facts: labels and values, ready to be written.

use bundle::Limits;
use serde_json::Value;

use crate::document::Document;
use crate::particulars::Particulars;
use crate::places::grouped;

/// What is said of a key that came with the question and not out of a vault.
const GIVEN: &str = "Given for this check on the command line; nobody is named who vouches for it";
/// Most rows of one table.
const ROWS_MAX: usize = 60;

/// A row: what it is about, and its cells.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) cells: Vec<String>,
    /// Whether the first cell is a hash or an id.
    pub(super) is_code: bool,
}

impl Row {
    fn text(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), cells: vec![value.into()], is_code: false }
    }

    fn code(label: &str, value: impl Into<String>) -> Self {
        Self { is_code: true, ..Self::text(label, value) }
    }

    fn cells<const N: usize>(label: &str, cells: [String; N]) -> Self {
        Self { label: label.to_owned(), cells: cells.into(), is_code: true }
    }
}

/// What the bundle is called where its file has no name any more.
pub(super) fn called(particulars: &Particulars) -> String {
    let named = particulars.subject.says.iter().find(|(label, _)| label == "Organization and system");
    named.map_or_else(|| "Audit bundle".to_owned(), |(_, name)| name.clone())
}

/// Integrity and assurance, each in a sentence.
pub(super) fn words(document: &Document) -> Vec<Row> {
    let integrity = match document.integrity.as_str() {
        "PASS" => "All parts of the evidence agree with each other.",
        "PASS_WITH_NOTES" => "All parts of the evidence agree with each other; something is worth a warning.",
        "FAIL" => "Something is damaged or contradicts itself.",
        _ => "There is no verdict: nothing to hold the records against, or not checked to the end.",
    };
    let assurance = match document.assurance.as_deref() {
        Some("ANCHORED") => "They agree with a head that the bundle's author could not rewrite.",
        Some("SIGNED_PINNED") if !has_named(document) => {
            "The holder of a key that was given for this check signed all of it. Nobody is named who vouches for the key."
        }
        Some("SIGNED_PINNED") => "The holder of a pinned key signed all of it.",
        Some("SIGNED_UNPINNED") => "Somebody signed all of it; nobody has vouched for the key.",
        Some("CONSISTENT") => "Nobody outside the bundle vouches for all of it.",
        Some("NO_EVIDENCE") => "There is nothing that anybody could vouch for.",
        _ => "A bundle that failed is vouched for by nobody.",
    };
    let word = |word: &str| word.replace('_', " ");
    vec![
        Row::cells("Integrity", [word(&document.integrity), integrity.to_owned()]),
        Row::cells(
            "Assurance",
            [document.assurance.as_deref().map_or_else(|| "none".to_owned(), word), assurance.to_owned()],
        ),
    ]
}

/// What was checked, and by what.
pub(super) fn facts(document: &Document, particulars: &Particulars) -> Vec<Row> {
    let Particulars { subject, program, checked_at, written_at, layout, .. } = particulars;
    let kind = layout.as_ref().map(|layout| layout.container.as_str());
    let hashed = if kind == Some("directory") { "SHA-256 over its files" } else { "SHA-256" };
    let mut rows = Vec::new();
    rows.extend(subject.name.as_ref().map(|name| Row::text("Bundle", bundle::escape::visible(name))));
    rows.extend(kind.map(|kind| Row::text("Container", if kind == "directory" { "folder" } else { kind })));
    rows.push(Row::code(hashed, &*subject.sha256));
    rows.push(Row::text("Profile", &*document.bundle.profile));
    rows.extend(
        document
            .bundle
            .bundle_id
            .as_ref()
            .map(|id| Row::code("Bundle id, as the bundle says", bundle::escape::visible(id))),
    );
    let claimed = |label: &str| format!("{label}, as the bundle says");
    rows.extend(subject.says.iter().map(|(label, value)| Row::text(&claimed(label), bundle::escape::visible(value))));
    let times = document
        .period
        .as_ref()
        .map(|period| format!("{} to {}", to_the_second(&period.from), to_the_second(&period.to)));
    rows.extend(times.map(|times| Row::text("Times of the records", times)));
    rows.extend(subject.known.iter().map(|(label, value)| Row::text(label, bundle::escape::visible(value))));
    rows.push(Row::text("Verdict reached", to_the_second(checked_at)));
    rows.push(Row::text("Report written", to_the_second(written_at)));
    rows.push(Row::text("Checked by", &**program));
    rows
}

/// An instant of RFC 3339 in UTC without fractions of a second.
fn to_the_second(instant: &str) -> String {
    match instant.split_once('.') {
        Some((seconds, fraction)) if fraction.ends_with('Z') => format!("{seconds}Z"),
        _ => instant.to_owned(),
    }
}

/// What was counted.
pub(super) fn counted(document: &Document) -> Vec<Row> {
    let counts = document.counts;
    let rows =
        [("Files", counts.files), ("Bytes", counts.bytes), ("Records", counts.records), ("Events", counts.events)];
    rows.into_iter().map(|(label, count)| Row::text(label, grouped(count))).collect()
}

/// Keys with which something fits.
pub(super) fn keys(document: &Document) -> Vec<Row> {
    let rows = document.evidence.signed_by.iter().map(|key| {
        let standing = match key.standing.as_str() {
            "pinned" if key.pinned_by.is_none() => GIVEN,
            "pinned" => "Pinned",
            "revoked" => "Revoked",
            _ => "Not compared by anybody",
        };
        let by = key.pinned_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let on = key.pinned_on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        Row::cells(&key.algorithm, [key.kid.clone(), grouped(key.signatures), format!("{standing}{by}{on}")])
    });
    rows.take(ROWS_MAX).collect()
}

/// What the caller vouched for.
pub(super) fn pins(particulars: &Particulars) -> Vec<Row> {
    let rows = particulars.pins.iter().map(|pin| {
        if pin.by.is_none() {
            return Row::cells("Given", [pin.fingerprint.clone(), GIVEN.to_owned()]);
        }
        let by = pin.by.as_ref().map(|by| format!("by {by}")).unwrap_or_default();
        let on = pin.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        Row::cells("Pinned", [pin.fingerprint.clone(), format!("{by}{on}")])
    });
    rows.take(ROWS_MAX).collect()
}

/// Anchors and what became of them, and the time stamp.
pub(super) fn anchors(document: &Document) -> Vec<Row> {
    let anchors = document.evidence.anchors.iter().map(|anchor| {
        let origin = match (anchor.origin.as_str(), &anchor.since) {
            ("remembered", Some(since)) => format!("remembered from our import on {since}"),
            ("typed", _) => "typed in".to_owned(),
            ("file", _) => "read from a file".to_owned(),
            (other, _) => other.to_owned(),
        };
        let outcome = match anchor.outcome.as_str() {
            "agrees" => "The log agrees with it",
            "goes_on" => "The log goes on from it",
            "differs" => "The log does not agree with it",
            "beyond" => "The log does not reach it",
            "elsewhere" => "It is about something that is not in this bundle",
            "same_export" => "It comes from this very export and anchors nothing",
            "agrees_only" => "It agrees and anchors nothing: it came from the same bundle, or after this one",
            _ => "It was not compared",
        };
        let head = format!("record {} of stream {}", grouped(anchor.last_seq), anchor.stream_id);
        Row::cells("Head", [head, origin, outcome.to_owned()])
    });
    let stamp = document.evidence.stamped.iter().map(|stamp| {
        let outcome = "The whole bundle existed then as it is now";
        Row::cells("Time stamp", [stamp.at.clone(), stamp.by.clone(), outcome.to_owned()])
    });
    stamp.chain(anchors).take(ROWS_MAX).collect()
}

/// Whether somebody is named who vouches for a key that signed.
fn has_named(document: &Document) -> bool {
    document.evidence.signed_by.iter().any(|key| key.standing == "pinned" && key.pinned_by.is_some())
}

/// Who vouches for which records.
pub(super) fn reach(document: &Document) -> Vec<Row> {
    let has_named = has_named(document);
    let rows = document.evidence.reach.iter().map(|reached| {
        let by = match reached.by.as_str() {
            "anchored" => "an anchor",
            "pinned" if !has_named => "a key that was given for this check",
            "pinned" => "a pinned key",
            "signed" => "a key that nobody has compared",
            _ => "nobody outside the bundle",
        };
        let records = format!("{} to {}", grouped(reached.from_seq), grouped(reached.to_seq));
        Row::cells(by, [reached.stream_id.clone(), records])
    });
    rows.take(ROWS_MAX).collect()
}

/// Heads that a later export can be held against.
pub(super) fn heads(document: &Document) -> Vec<Row> {
    let rows = document.evidence.heads.iter().map(|head| {
        Row::cells(&format!("Record {}", grouped(head.last_seq)), [head.last_hash.clone(), head.stream_id.clone()])
    });
    rows.take(ROWS_MAX).collect()
}

/// The limits that the bundle was opened with (formats 5).
pub(super) fn limits(particulars: &Particulars) -> Vec<Row> {
    let Some(limits) = &particulars.limits else { return Vec::new() };
    let Limits { entry_bytes_max, total_bytes_max, entries_max, ratio_max, ratio_free_bytes, .. } = limits;
    let bytes = |bytes: u64| format!("{} bytes", grouped(bytes));
    vec![
        Row::text("One file, unpacked", bytes(*entry_bytes_max)),
        Row::text("All files, unpacked", bytes(*total_bytes_max)),
        Row::text("Files", grouped(*entries_max)),
        Row::text("Ratio of unpacked to packed", format!("{ratio_max} : 1, above {}", bytes(*ratio_free_bytes))),
        Row::text("A line of an audit bundle", bytes(bundle::limits::AB1_LINE_BYTES_MAX)),
        Row::text("A line of another export", bytes(bundle::limits::FOREIGN_LINE_BYTES_MAX)),
        Row::text("A file of one FHIR resource", bytes(bundle::limits::FHIR_FILE_BYTES_MAX)),
        Row::text("Tolerance for clocks", "none, unless it is said above under what is not proven"),
        Row::text("Findings of one kind told one by one", grouped(verify::FINDINGS_PER_CODE_MAX)),
    ]
}

/// A self-test as the page shows it.
pub(super) struct ScoreShown {
    pub(super) summary: String,
    pub(super) meaning: String,
    pub(super) has_missed: bool,
    /// When it ended, where it was not made together with the check.
    pub(super) at: Option<String>,
    pub(super) rows: Vec<Row>,
}

impl ScoreShown {
    /// Reads the document of a self-test; `None` if there is none.
    pub(super) fn of(particulars: &Particulars) -> Option<Self> {
        let score = particulars.self_test.as_ref()?;
        let text = |name: &str| score.get(name)?.as_str().map(str::to_owned);
        let missed = score.pointer("/counts/missed")?.as_u64()?;
        let rows = score.get("kinds")?.as_array()?.iter().filter_map(|kind| {
            let runs = kind.get("runs")?.as_array()?;
            let count = |fate: &str| {
                let of_fate = runs.iter().filter(|run| run.get("fate").and_then(Value::as_str) == Some(fate));
                grouped(of_fate.count() as u64)
            };
            let cells = [count("caught"), count("cannot_be_caught"), count("missed"), count("not_applicable")];
            let sentence = kind.get("sentence")?.as_str()?;
            // A score of an older version does not tell the two apart.
            let is_damage = kind.get("is_damage").and_then(Value::as_bool).unwrap_or(true);
            let label =
                if is_damage { sentence.to_owned() } else { format!("{sentence} No damage: it was to be told.") };
            Some(Row::cells(&label, cells))
        });
        Some(Self {
            summary: text("summary")?,
            meaning: text("meaning")?,
            has_missed: missed > 0,
            at: particulars.self_tested_at.as_deref().map(to_the_second),
            rows: rows.collect(),
        })
    }
}
