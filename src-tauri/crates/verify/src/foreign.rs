//! Reads an export that carries no evidence of its own, so that what cannot be read is told with its place.
//!
//! Nothing is compared with anything: what can be read may still have been changed. A resource of another type is no
//! event, and nothing is wrong with it; neither is an entry of a Bundle without a resource.

use bundle::MapFault;
use bundle::records::{Place, RecordCause, RecordRun, event_of};

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::report::Counts;
use crate::words::number;
use crate::work::Work;

/// Reads every record and counts them.
pub(crate) fn read(work: &mut Work<'_>, counts: &mut Counts) -> Result<(), Halt> {
    for run in work.source.records().into_iter().flatten() {
        match run {
            Ok(run) => read_run(work, &run, counts)?,
            Err(fault) => work.damaged(fault)?,
        }
    }
    work.came(0, work.how_far.bytes_total)
}

fn read_run(work: &mut Work<'_>, run: &RecordRun, counts: &mut Counts) -> Result<(), Halt> {
    let (mut records, mut bytes) = (0, 0_u64);
    for record in run.records() {
        let told = match record {
            Ok(record) => {
                bytes = bytes.saturating_add(u64::try_from(record.bytes.len()).unwrap_or(u64::MAX));
                match event_of(work.source.profile(), record.bytes) {
                    Ok(_) => {
                        counts.events += 1;
                        None
                    }
                    Err(MapFault::NotAnAuditEvent) => continue,
                    Err(fault) => Some((record.place, unreadable(fault), fault.byte_offset())),
                }
            }
            Err(trouble) => match what_is_wrong(trouble.cause) {
                Some(wrong) => Some((trouble.place, wrong, None)),
                None => continue,
            },
        };
        records += 1;
        if let Some((place, (code, wrong), within)) = told {
            work.find(finding(&place, code, &wrong, within));
        }
    }
    counts.records += records;
    work.came(records, bytes)
}

fn finding(place: &Place, code: Code, wrong: &str, within: Option<u64>) -> Finding {
    let file = bundle::escape::visible(&place.file);
    let what = match (place.line, place.index) {
        (Some(line), _) => format!("Line {} of {file}", number(line)),
        (None, Some(index)) => format!("Entry {} of {file}", number(index.saturating_add(1))),
        (None, None) => file.into_owned(),
    };
    let offset = place.byte_offset.saturating_add(within.unwrap_or(0));
    let finding = Finding::new(code, format!("{what} {wrong}.")).at_file(&place.file).byte_offset(offset);
    match place.line {
        Some(line) => finding.line(line),
        None => finding,
    }
}

/// What keeps something from being a record; `None` where nothing is wrong with it.
fn what_is_wrong(cause: RecordCause) -> Option<(Code, String)> {
    match cause {
        RecordCause::LineTooLong { limit_bytes } => {
            Some((Code::LineTooLong, format!("is longer than {} bytes and was skipped", number(limit_bytes))))
        }
        RecordCause::FileTooLarge { limit_bytes } => {
            Some((Code::ArchiveLimitExceeded, format!("is larger than {} bytes and was not read", number(limit_bytes))))
        }
        RecordCause::EntryWithoutResource | RecordCause::Unreadable(MapFault::NotAnAuditEvent) => None,
        RecordCause::Unreadable(fault) => Some(unreadable(fault)),
    }
}

fn unreadable(fault: MapFault) -> (Code, String) {
    let (code, wrong) = match fault {
        MapFault::NotUtf8 { .. } => (Code::RecordUnparseable, "is not UTF-8 text"),
        MapFault::Malformed { .. } => (Code::RecordUnparseable, "is not JSON"),
        MapFault::TooComplex { .. } => (Code::RecordUnparseable, "is nested too deep or has too many parts"),
        MapFault::DuplicateMember { .. } => (Code::DuplicateMember, "says the same member twice"),
        MapFault::OtherShape { .. } | MapFault::NotAnAuditEvent | MapFault::NoProfile => {
            (Code::SchemaInvalid, "does not have the shape of an AuditEvent")
        }
    };
    (code, wrong.to_owned())
}
