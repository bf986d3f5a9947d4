//! Checks an export whose records carry no evidence of their own: the bag around it, if there is one, is held against
//! its lists, or the files against lists of checksums that lie beside them, and every record is read, so that what
//! cannot be read is told with its place. Files that are not read are told as well.
//!
//! Signatures of a foreign export are present and not checked: that is said.
//!
//! No record is compared with anything: what can be read may still have been changed. A resource of another type is no
//! event and is counted; an entry of a Bundle without a resource is nothing at all.

use bundle::fhir::Pages;
use bundle::records::{Place, RecordCause, RecordRun, event_of};
use bundle::{MapFault, Profile, ReadFault, fhir};
use model::{Event, MappingNote};

use crate::conclude::Outcome;
use crate::container;
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::hands::Spill;
use crate::listed::{self, Listed};
use crate::loose;
use crate::repeated::Repeated;
use crate::report::Counts;
use crate::words::number;
use crate::work::Work;

/// Checks what there is to check.
pub(crate) fn check(work: &mut Work<'_>, spill: &mut dyn Spill, outcome: &mut Outcome<'_>) -> Result<(), Halt> {
    let is_bag = container::is_bag(work.source);
    if is_bag {
        // What a check that is stopped came to is no less a bag.
        outcome.listed = Some(Listed::default());
        outcome.listed = Some(listed::check(work)?);
    }
    let loose = if is_bag { None } else { loose::check(work)? };
    let is_summed = is_bag || loose.is_some();
    outcome.listed = outcome.listed.take().or(loose);
    tell_detached(work);
    tell_unread(work, is_bag);
    let (asides, signed) = (Asides::default(), Vec::new());
    let (pages, repeated) = (Pages::default(), Repeated::new(spill, work.options.fingerprint_key));
    let mut reading = Reading { work, counts: &mut outcome.counts, is_summed, asides, signed, pages, repeated };
    reading.read()?;
    let Reading { work, asides, signed, pages, repeated, .. } = reading;
    tell_signed(work, &signed);
    tell_missing(work, &pages);
    repeated.tell(work)?;
    asides.tell(work);
    Ok(())
}

/// Says of which search results only some pages are here.
fn tell_missing(work: &mut Work<'_>, pages: &Pages) {
    for missing in pages.missing() {
        let finding = Finding::new(Code::SearchPagesMissing, missing.sentence()).at_file(&missing.file);
        let finding = finding.actual(missing.present.to_string());
        work.find(match (missing.total, missing.missing()) {
            (Some(total), Some(count)) => finding.expected(total.to_string()).count(count),
            _ => finding,
        });
    }
}

/// What is worth knowing and is told once, with its first place and how often.
#[derive(Default)]
struct Asides {
    other_types: Aside,
    zoneless: Aside,
    out_of_range: Aside,
    unreadable_times: Aside,
}

#[derive(Default)]
struct Aside {
    count: u64,
    first: Option<Place>,
}

impl Aside {
    fn add(&mut self, place: &Place) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(place.clone());
        }
    }

    fn tell(self, work: &mut Work<'_>, code: Code, one: &str, many: &str) {
        let Some(place) = self.first else { return };
        let what = match self.count {
            1 => format!("{} {one}.", named(&place)),
            count => format!("{} {many}; the first is {}.", number(count), named(&place)),
        };
        work.find(placed(code, what, &place, 0).count(self.count));
    }
}

impl Asides {
    fn note(&mut self, event: &Event, place: &Place) {
        if event.notes.contains(&MappingNote::TimestampNoZone) {
            self.zoneless.add(place);
        }
        if event.notes.contains(&MappingNote::TimestampOutOfRange) {
            self.out_of_range.add(place);
        }
        if event.notes.contains(&MappingNote::TimestampUnreadable) {
            self.unreadable_times.add(place);
        }
    }

    fn tell(self, work: &mut Work<'_>) {
        let Self { other_types, zoneless, out_of_range, unreadable_times } = self;
        let (one, many) = (
            "is no AuditEvent and was not read as an event",
            "resources are no AuditEvents and were not read as events",
        );
        other_types.tell(work, Code::ResourceNotRead, one, many);
        let (one, many) = ("has a time without a zone", "records have a time without a zone");
        zoneless.tell(work, Code::TimestampNoZone, one, many);
        let (one, many) = ("has a time before 1900 or after 2199", "records have a time before 1900 or after 2199");
        out_of_range.tell(work, Code::TimestampOutOfRange, one, many);
        let (one, many) = ("has no time that can be read", "records have no time that can be read");
        unreadable_times.tell(work, Code::TimestampUnreadable, one, many);
    }
}

/// How names of files end that hold a signature or a time stamp over another file.
const DETACHED: [&str; 8] = [".sig", ".asc", ".p7s", ".p7m", ".jws", ".minisig", ".sigstore", ".tsr"];

/// Whether a file's name is that of a signature or a time stamp over another file.
pub(crate) fn is_detached(name: &str) -> bool {
    DETACHED.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending))
}

/// Says which signatures lie beside the files. None of a foreign export is checked: nobody has said what it is over.
fn tell_detached(work: &mut Work<'_>) {
    let names = work.source.entries().iter().map(|entry| entry.name.clone()).filter(|name| is_detached(name));
    let names: Vec<_> = names.collect();
    tell_open(work, &names, "file", "holds a signature or a time stamp");
}

/// Says which files were passed over because nothing of FHIR is expected under their names. Whatever they hold is not
/// among the events.
fn tell_unread(work: &mut Work<'_>, is_bag: bool) {
    let entries = work.source.entries();
    // A single file was chosen by itself and is read whatever its name; of another bag nothing is read.
    if entries.len() == 1 || work.source.profile() != Profile::FhirAuditEvent {
        return;
    }
    let is_passed_over = |name: &str| {
        let is_payload = !is_bag || name.starts_with(container::PAYLOAD);
        is_payload && !fhir::is_resource_file(name) && !is_detached(name) && !loose::is_list(name)
    };
    let names: Vec<String> =
        entries.iter().map(|entry| &entry.name).filter(|name| is_passed_over(name)).cloned().collect();
    let Some(first) = names.first() else { return };
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let shown = bundle::escape::visible(first);
    let what = match count {
        1 => format!("{shown} was not read: FHIR resources are not expected under such a name."),
        _ => format!(
            "{} files were not read, the first is {shown}: FHIR resources are not expected under such names.",
            number(count)
        ),
    };
    work.find(Finding::new(Code::FileNotRead, what).at_file(first).count(count));
}

/// Says which FHIR Bundles are signed (`Bundle.signature`).
fn tell_signed(work: &mut Work<'_>, files: &[String]) {
    tell_open(work, files, "FHIR Bundle", "is signed");
}

fn tell_open(work: &mut Work<'_>, files: &[String], what: &str, is: &str) {
    let Some(first) = files.first() else { return };
    let others = u64::try_from(files.len() - 1).unwrap_or(u64::MAX);
    let more = if others == 0 { String::new() } else { format!(" (and {} more)", number(others)) };
    let message = format!("The {what} {}{more} {is}, of a kind that is not checked.", bundle::escape::visible(first));
    let count = u64::try_from(files.len()).unwrap_or(u64::MAX);
    work.find(Finding::new(Code::SignaturesNotChecked, message).at_file(first).count(count));
}

/// Reads every record and counts them.
struct Reading<'r, 'a> {
    work: &'r mut Work<'a>,
    counts: &'r mut Counts,
    /// The files were held against lists: their bytes are counted, and their damage is told.
    is_summed: bool,
    asides: Asides,
    /// Files of FHIR Bundles with a signature.
    signed: Vec<String>,
    /// What the FHIR Bundles say of themselves as pages.
    pages: Pages,
    repeated: Repeated<'r>,
}

impl Reading<'_, '_> {
    fn read(&mut self) -> Result<(), Halt> {
        for run in self.work.source.records().into_iter().flatten() {
            match run {
                Ok(run) => self.read_run(&run)?,
                Err(fault) if self.is_told(&fault) => {}
                Err(fault) => self.work.damaged(fault)?,
            }
        }
        self.work.came(0, self.work.how_far.bytes_total)
    }

    /// Whether the comparison with the lists has told of the damage. A file that no list names was not read by it.
    fn is_told(&self, fault: &ReadFault) -> bool {
        let Some(trouble) = fault.trouble().filter(|_| self.is_summed) else { return false };
        let code = container::code_of(trouble.code);
        self.work.tally.told().iter().any(|told| told.code == code && told.file == trouble.file)
    }

    fn read_run(&mut self, run: &RecordRun) -> Result<(), Halt> {
        if run.is_signed() {
            self.signed.push(run.file().to_owned());
        }
        if let Some(page) = run.page() {
            self.pages.add(run.file(), page);
        }
        let (mut records, mut bytes) = (0, 0_u64);
        for record in run.records() {
            let told = match record {
                Ok(record) => {
                    bytes = bytes.saturating_add(u64::try_from(record.bytes.len()).unwrap_or(u64::MAX));
                    match event_of(self.work.source.profile(), record.bytes) {
                        Ok(event) => {
                            self.counts.events += 1;
                            self.asides.note(&event, &record.place);
                            self.repeated.note(event.event_id.as_str(), &record.place)?;
                            None
                        }
                        Err(MapFault::NotAnAuditEvent) => {
                            self.asides.other_types.add(&record.place);
                            continue;
                        }
                        Err(fault) => Some((record.place, unreadable(fault), fault.byte_offset())),
                    }
                }
                Err(trouble) if matches!(trouble.cause, RecordCause::Unreadable(MapFault::NotAnAuditEvent)) => {
                    self.asides.other_types.add(&trouble.place);
                    continue;
                }
                Err(trouble) => match what_is_wrong(trouble.cause) {
                    Some(wrong) => Some((trouble.place, wrong, within(trouble.cause))),
                    None => continue,
                },
            };
            records += 1;
            if let Some((place, (code, wrong), within)) = told {
                self.work.find(finding(&place, code, &wrong, within));
            }
        }
        self.counts.records += records;
        self.work.came(records, if self.is_summed || run.is_apart() { 0 } else { bytes })
    }
}

fn finding(place: &Place, code: Code, wrong: &str, within: Option<u64>) -> Finding {
    placed(code, format!("{} {wrong}.", named(place)), place, within.unwrap_or(0))
}

/// What a record is called in a sentence.
pub(crate) fn named(place: &Place) -> String {
    let file = bundle::escape::visible(&place.file);
    match (place.line, place.index) {
        (Some(line), _) => format!("Line {} of {file}", number(line)),
        (None, Some(index)) => format!("Entry {} of {file}", number(index.saturating_add(1))),
        (None, None) => file.into_owned(),
    }
}

fn placed(code: Code, message: String, place: &Place, within: u64) -> Finding {
    let offset = place.byte_offset.saturating_add(within);
    let finding = Finding::new(code, message).at_file(&place.file).byte_offset(offset);
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
        RecordCause::EntryWithoutResource => None,
        RecordCause::Unreadable(fault) => Some(unreadable(fault)),
    }
}

/// Where in something that is no record reading stopped.
fn within(cause: RecordCause) -> Option<u64> {
    match cause {
        RecordCause::Unreadable(fault) => fault.byte_offset(),
        _ => None,
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
