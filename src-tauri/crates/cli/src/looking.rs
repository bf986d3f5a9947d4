//! `patient`, `user-activity`, `search`, `event`: looks. Each needs a reason and leaves a line in the access log.

use std::collections::BTreeMap;

use serde_json::json;
use workbench::wire::Fault;
use workbench::{Desk, Found, Note, PlainEvent, PlainRow, RowWish, Totals, counted, grouped};

use crate::args::{Account, Format, Range};
use crate::code::Code;
use crate::documents;
use crate::output::{Output, note};
use crate::vaults::open_for;

/// Columns of the CSV form, in the order of the JSON members.
const COLUMNS: [&str; 21] = [
    "event_ref",
    "event_id",
    "time",
    "time_utc",
    "user_id",
    "role",
    "patient_ids",
    "other_patients",
    "action",
    "event_type",
    "resource_type",
    "resource_id",
    "outcome",
    "session_id",
    "source_ip",
    "source_system",
    "integrity",
    "bundle",
    "also_in",
    "contradicted_by",
    "notes",
];

/// Said where nobody was found in a FHIR export.
const FORMS: &str = "FHIR exports record a patient by the id of the reference (abc of Patient/abc), a user by an identifier \
                     or, without one, by the whole reference (Practitioner/abc).";

/// Who opened this patient's chart.
pub(crate) fn patient(id: &str, range: &Range, account: &Account, format: Format) -> Result<Code, Fault> {
    let filter = workbench::patient_filter(id)?;
    let desk = open_for(account, "look")?;
    rows(&desk, &wish(filter, range), format)
}

/// What this user opened.
pub(crate) fn user_activity(id: &str, range: &Range, account: &Account, format: Format) -> Result<Code, Fault> {
    let filter = workbench::user_filter(id)?;
    let desk = open_for(account, "look")?;
    rows(&desk, &wish(filter, range), format)
}

/// Events that match a filter.
pub(crate) fn search(filter: &str, range: &Range, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "look")?;
    rows(&desk, &wish(filter.to_owned(), range), format)
}

fn wish(filter: String, range: &Range) -> RowWish {
    RowWish { filter, from: range.from.clone(), to: range.to.clone(), bundle: range.bundle.clone(), limit: range.limit }
}

fn rows(desk: &Desk, wish: &RowWish, format: Format) -> Result<Code, Fault> {
    let mut output = Output::new();
    if format == Format::Csv {
        output.csv(&COLUMNS)?;
    }
    let mut legend = BTreeMap::new();
    let found = desk.each_row(wish, &mut |row| {
        legend.extend(row.notes.iter().map(|note| (note.code, note.sentence)));
        row_out(&row, format, &mut output)
    })?;
    let Found { totals, asked_as, has_forms, altered } = found;
    if totals.total == 0 && has_forms {
        note(FORMS);
    }
    let (altered, sentences): (Vec<_>, Vec<_>) = altered.into_iter().unzip();
    let counts = Counts { totals, names_patients: workbench::names_patients(&wish.filter), asked_as, altered };
    if format != Format::Text {
        for sentence in &sentences {
            note(sentence);
        }
    }
    match format {
        Format::Json => output.json(&counts.json())?,
        // A table has no place for a sentence.
        Format::Csv => note(&counts.sentence()),
        Format::Text => {
            sentences.iter().try_for_each(|sentence| output.line(sentence))?;
            for (code, sentence) in legend {
                output.line(&format!("{code}: {sentence}"))?;
            }
            output.line(&counts.sentence())?;
            if let Some(asked) = &counts.asked_as {
                output.line(&format!("Asked in the forms in which FHIR exports record it: {asked}"))?;
            }
            output.line(&zone_line(desk)?)?;
        }
    }
    output.finish()?;
    Ok(Code::Done)
}

/// In which zone days were read, and which times are shown.
fn zone_line(desk: &Desk) -> Result<String, Fault> {
    Ok(format!("Days are read in {}; times are shown as recorded.", desk.zone_name()?))
}

/// What was found in all. Patients are not counted where the question names some: the others are covered.
struct Counts {
    totals: Totals,
    names_patients: bool,
    /// The filter as it was asked, where that was not as it was typed.
    asked_as: Option<String>,
    /// Bundles among those asked that are altered or damaged.
    altered: Vec<String>,
}

impl Counts {
    fn json(&self) -> serde_json::Value {
        let Totals { total, users, patients, also_elsewhere, contradicted, outside_time } = self.totals;
        let mut counts = json!({
            "total": total, "users": users, "also_elsewhere": also_elsewhere, "contradicted": contradicted,
            "outside_time": outside_time
        });
        if !self.names_patients {
            counts["patients"] = patients.into();
        }
        if let Some(asked) = &self.asked_as {
            counts["asked_as"] = asked.as_str().into();
        }
        if !self.altered.is_empty() {
            counts["altered_bundles"] = self.altered.clone().into();
        }
        counts
    }

    fn sentence(&self) -> String {
        let Totals { total, users, patients, also_elsewhere, contradicted, outside_time } = self.totals;
        let mut told = format!("{}, {}", counted(total, "event"), counted(users, "user"));
        if !self.names_patients {
            told = format!("{told}, {}", counted(patients, "patient"));
        }
        if also_elsewhere > 0 {
            told = format!("{told}; {} of them in more than one bundle, counted once", grouped(also_elsewhere));
        }
        if contradicted > 0 {
            told = format!("{told}; {} contradicted by another bundle, all of them counted", grouped(contradicted));
        }
        if outside_time > 0 {
            let verb = if outside_time == 1 { "has" } else { "have" };
            told = format!("{told}; {} more {verb} no usable time and can be in no range", grouped(outside_time));
        }
        told
    }
}

fn row_out(row: &PlainRow, format: Format, output: &mut Output) -> Result<(), Fault> {
    let patients = row.patient_ids.join(" ");
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    match format {
        Format::Json => output.json(row),
        Format::Csv => {
            let cells = [
                row.event_ref.clone(),
                row.event_id.clone(),
                row.time.clone(),
                optional(&row.time_utc),
                row.user_id.clone(),
                optional(&row.role),
                patients,
                row.other_patients.to_string(),
                row.action.clone(),
                row.event_type.clone(),
                optional(&row.resource_type),
                optional(&row.resource_id),
                row.outcome.clone(),
                optional(&row.session_id),
                optional(&row.source_ip),
                optional(&row.source_system),
                row.integrity.clone(),
                row.bundle.clone(),
                row.also_in.join(" "),
                row.contradicted_by.join(" "),
                codes(&row.notes),
            ];
            output.csv(&cells.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Format::Text => {
            let what = [optional(&row.resource_type), optional(&row.resource_id)].join(" ");
            let who = match row.other_patients {
                0 => patients,
                others => format!("{patients} +{others}"),
            };
            let integrity = if row.integrity == "stands" { "" } else { row.integrity.as_str() };
            let elsewhere = [("also in", &row.also_in), ("contradicted by", &row.contradicted_by)];
            let elsewhere = elsewhere
                .map(|(what, refs)| if refs.is_empty() { String::new() } else { format!("{what} {}", refs.join(" ")) });
            let marks = [integrity, &codes(&row.notes), &elsewhere[0], &elsewhere[1]];
            let marks = marks.into_iter().filter(|mark| !mark.is_empty()).collect::<Vec<_>>().join(" ");
            let line = format!(
                "{:<32} {:<14} {:<10} {:<8} {who:<24} {what:<28} {} {marks}",
                row.time, row.user_id, row.action, row.outcome, row.event_ref
            );
            output.line(line.trim_end())
        }
    }
}

fn codes(notes: &[Note]) -> String {
    notes.iter().map(|note| note.code).collect::<Vec<_>>().join(" ")
}

/// One event with its record as written.
pub(crate) fn event(id: &str, reveal: bool, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "view_event")?;
    let event = desk.event_by_name(id, reveal)?;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::Event::from(&event))?,
        Format::Csv => {
            output.csv(&["fact", "value"])?;
            told(&event).iter().try_for_each(|(label, value)| output.csv(&[label, value]))?;
        }
        Format::Text => {
            told(&event).iter().try_for_each(|(label, value)| output.line(&format!("{label:<16} {value}")))?;
            output.line(&zone_line(&desk)?)?;
        }
    }
    output.finish()?;
    Ok(Code::Done)
}

/// Everything that is told of an event, its caveats included, as label and value.
fn told(event: &PlainEvent) -> Vec<(String, String)> {
    let PlainEvent { row, detail, revealed } = event;
    let mut told = detail.facts.clone();
    let mut tell = |label: &str, value: String| told.push((label.to_owned(), value));
    row.notes.iter().for_each(|note| tell("Note", format!("{} ({})", note.sentence, note.code)));
    let place = if detail.is_row { "row" } else { "line" };
    tell("File", format!("{}, {place} {}", detail.file, workbench::grouped(detail.line)));
    tell("Integrity", format!("{}: {}", detail.badge.word, detail.badge.reason));
    detail.proof.iter().for_each(|sentence| tell("Proof", sentence.clone()));
    detail.elsewhere.iter().for_each(|sentence| tell("Elsewhere", sentence.clone()));
    if !revealed {
        tell("Covered", "Names, and patients where there are several. --reveal shows them and is logged.".to_owned());
    }
    tell("As recorded", detail.as_recorded.clone());
    told
}
