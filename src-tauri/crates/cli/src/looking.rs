//! `patient`, `user-activity`, `search`, `event`: looks. Each needs a reason and leaves a line in the access log.

use workbench::wire::Fault;
use workbench::{Desk, PlainRow, RowWish, Totals, grouped};

use crate::args::{Account, Format, Range};
use crate::code::Code;
use crate::output::{Output, note};
use crate::vaults::{facts_out, open_for};

/// Columns of the CSV form, in the order of the JSON members.
const COLUMNS: [&str; 17] = [
    "event_ref",
    "event_id",
    "time",
    "time_utc",
    "user_id",
    "role",
    "patient_ids",
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
];

/// Who opened this patient's chart.
pub(crate) fn patient(id: &str, range: &Range, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "look")?;
    rows(&desk, &wish(workbench::patient_filter(id), range), format)
}

/// What this user opened.
pub(crate) fn user_activity(id: &str, range: &Range, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "look")?;
    rows(&desk, &wish(workbench::user_filter(id), range), format)
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
    let totals = desk.each_row(wish, &mut |row| row_out(&row, format, &mut output))?;
    totals_out(&totals, format, &mut output)?;
    output.finish()?;
    Ok(Code::Done)
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
            ];
            output.csv(&cells.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Format::Text => {
            let what = [optional(&row.resource_type), optional(&row.resource_id)].join(" ");
            let mark = if row.integrity == "stands" { "" } else { row.integrity.as_str() };
            output.line(&format!(
                "{:<32} {:<14} {:<10} {:<8} {:<24} {:<28} {} {mark}",
                row.time, row.user_id, row.action, row.outcome, patients, what, row.event_ref
            ))
        }
    }
}

fn totals_out(totals: &Totals, format: Format, output: &mut Output) -> Result<(), Fault> {
    match format {
        Format::Json => output.json(totals),
        Format::Csv => Ok(()),
        Format::Text => {
            note(&format!(
                "{} events, {} users, {} patients",
                grouped(totals.total),
                grouped(totals.users),
                grouped(totals.patients)
            ));
            Ok(())
        }
    }
}

/// One event with its record as written.
pub(crate) fn event(id: &str, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "view_event")?;
    let event = desk.event_by_name(id)?;
    if format == Format::Json {
        let mut output = Output::new();
        output.json(&event)?;
        output.finish()?;
        return Ok(Code::Done);
    }
    let mut facts = event.facts;
    facts.push(("File".to_owned(), format!("{}, line {}", event.file, grouped(event.line))));
    facts.push(("Integrity".to_owned(), event.badge.word));
    facts.push(("As recorded".to_owned(), event.as_recorded));
    facts_out(&facts, format)?;
    Ok(Code::Done)
}
