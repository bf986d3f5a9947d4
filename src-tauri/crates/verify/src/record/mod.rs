//! Judges lines one by one: can it be read, does it match its own hash, is its schema kept.
//!
//! Nothing here looks at a record's neighbors; that is the chain's business. Runs are judged on several threads at
//! once, so a judge holds no state.

pub(crate) mod clock;
mod facts;
mod projection;
mod rows;
mod schema;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::Hasher as _;

use bundle::escape::visible;
use bundle::lines::{Line, LineTrouble};
use bundle::segment::Run;
use integrity::canonical::{self, CanonicalFault, FaultKind, Kind, Scan, Value};
use integrity::{Digest, chain};
use model::InstantFault;

use crate::finding::{Code, Finding};
use crate::hands::{SeenRecord, Standing};
use crate::seals::{RecordSeal, Signed, Subject};
use crate::words::number;

pub(crate) use facts::{BEHIND_ALL_LINES, Fact, Hole, RunFacts, Version};
use rows::Rows;
use schema::{Event, KNOWN_VERSIONS};

/// No readable record is shorter: two hashes and a stream's id alone take 164 bytes. It bounds how many records an
/// unreadable line may stand for.
const RECORD_BYTES_MIN: u64 = 256;
/// Most unknown member names that a run tells apart.
const UNKNOWN_MEMBERS_MAX: usize = 100;
/// Longest schema version that is repeated in a report.
const VERSION_BYTES_MAX: usize = 32;

/// What judging a line depends on besides the line.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    /// Keys the fingerprints of event ids.
    pub(crate) fingerprint_key: [u8; 16],
    /// Whether Merkle leaves are needed.
    pub(crate) leaves: bool,
    /// Sorted record numbers, by stream, whose event ids are needed for checkpoints.
    pub(crate) marked: &'a BTreeMap<String, Vec<u64>>,
    /// Checks the signature of each record.
    pub(crate) seal: RecordSeal<'a>,
}

/// The file that lines are from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'f> {
    pub(crate) name: &'f str,
    /// Its lines are the rows of a table.
    pub(crate) is_table: bool,
}

/// The members of a record around its event.
struct Head<'s> {
    version: Option<Cow<'s, str>>,
    stream_id: Cow<'s, str>,
    seq: u64,
    prev: Digest,
    hash: Digest,
    event: Option<Value<'s>>,
    /// The first member that is of the wrong kind, though linking can do without it.
    wrong: Option<&'static str>,
    sig: Sig<'s>,
    unknown: Vec<&'s str>,
}

/// What stands where a signature may stand.
enum Sig<'s> {
    Absent,
    /// Not the three texts it ought to be; the schema says so.
    Malformed,
    Present(Signed<'s>),
}

impl Judge<'_> {
    /// Judges a run; also says how each line stands, for an onlooker.
    pub(crate) fn run<'r>(&self, file: &str, run: &'r Run) -> (RunFacts, Vec<SeenRecord<'r>>) {
        let mut facts = RunFacts::default();
        let mut seen = Vec::new();
        let file = File { name: file, is_table: run.rows().is_some() };
        let mut rows = run.rows().map(|rows| Rows::of(rows, file, &mut facts));
        for line in run.lines().lines() {
            let is_hidden = rows.as_mut().is_some_and(|rows| rows.begin(&line, &mut facts));
            // A blank line is against the format but holds no record that could be missed.
            if line.bytes.is_empty() && line.trouble.is_none() && !is_hidden {
                let message = format!("{} is blank.", where_is(file, &line));
                facts.findings.add(at(Finding::new(Code::RecordUnparseable, message), file, &line));
                continue;
            }
            facts.lines += 1;
            if is_hidden {
                continue;
            }
            let standing = self.line(file, &line, rows.as_ref(), &mut facts);
            if line.trouble != Some(LineTrouble::TooLong) {
                let Line { number, byte_offset, bytes, .. } = line;
                seen.push(SeenRecord { line: number, byte_offset, bytes, standing });
            }
        }
        (facts, seen)
    }

    fn line(&self, file: File<'_>, line: &Line<'_>, rows: Option<&Rows<'_>>, facts: &mut RunFacts) -> Standing {
        if line.trouble == Some(LineTrouble::TooLong) {
            let limit = number(bundle::limits::AB1_LINE_BYTES_MAX);
            let message = format!("{} is longer than {limit} bytes and was skipped.", where_is(file, line));
            facts.findings.add(at(Finding::new(Code::LineTooLong, message), file, line));
            return unreadable(line, facts);
        }
        let scan = canonical::scan(line.bytes);
        if line.trouble == Some(LineTrouble::LastLineIncomplete) {
            let how = if scan.is_ok() { "has no line end" } else { "breaks off" };
            let message = format!("{}, the last one, {how}: the file was cut short.", where_is(file, line));
            facts.findings.add(at(Finding::new(Code::LastLineIncomplete, message), file, line));
        }
        match scan {
            Ok(scan) => {
                if let Some(rows) = rows {
                    rows.compare(line, &scan, &mut facts.findings);
                }
                self.record(file, line, &scan, facts)
            }
            Err(fault) => {
                if line.trouble.is_none() {
                    facts.findings.add(refused(file, line, &fault));
                }
                unreadable(line, facts)
            }
        }
    }

    fn record(&self, file: File<'_>, line: &Line<'_>, scan: &Scan<'_>, facts: &mut RunFacts) -> Standing {
        let head = match read_head(scan) {
            Ok(head) => head,
            Err(member) => {
                facts.findings.add(against_schema(file, line, member, None));
                return unreadable(line, facts);
            }
        };
        let seq = head.seq;
        if !scan.was_canonical() {
            let message =
                format!("Record {} is not written in canonical form. Its content is unaffected.", number(seq));
            let finding = Finding::new(Code::RecordNotCanonical, message).seq(seq).stream_id(&*head.stream_id);
            facts.findings.add(at(finding, file, line));
        }
        let version = head.version.as_deref().unwrap_or_default();
        let known = KNOWN_VERSIONS.contains(&version);
        let event = head.event.map(|event| schema::read(event, known)).unwrap_or_default();
        let computed = chain::event_hash(scan);
        let altered = computed != head.hash;
        let stream = facts.stream(&head.stream_id);
        if altered {
            facts.findings.add(modified(file, line, &head, &event, computed));
        }
        // What an altered record says about itself is not held against its producer.
        let wrong = head.wrong.or(event.wrong).filter(|_| !altered);
        if let Some(member) = wrong {
            facts.findings.add(against_schema(file, line, member, Some((seq, &head.stream_id))));
        }
        if head.version.is_some() {
            facts.version(&shown_version(version), known, (stream, seq, line.number));
        }
        note_unknown(&head, &event, line, facts);
        let time = times(file, line, &head, &event, facts);
        let Line { number, byte_offset, .. } = *line;
        let subject = Subject { stream, seq, line: number, byte_offset, time };
        match &head.sig {
            Sig::Absent => self.seal.check(None, &head.hash, altered, subject, &mut facts.seals),
            Sig::Present(signed) => self.seal.check(Some(signed), &head.hash, altered, subject, &mut facts.seals),
            Sig::Malformed => facts.seals.open(stream, seq),
        }
        self.note_event_id(&head, &event, facts);
        facts.facts.push(Fact {
            stream,
            seq,
            line: line.number,
            hash: head.hash,
            prev: head.prev,
            leaf: if self.leaves { scan.preimage().leaf_hash() } else { Digest::from_bytes([0; Digest::BYTES]) },
            time,
            print: event.id.as_deref().map(|id| self.print(&head.stream_id, id)),
            altered,
        });
        match (altered, wrong) {
            (true, _) => Standing::Altered,
            (false, Some(_)) => Standing::Odd,
            (false, None) => Standing::Whole,
        }
    }

    /// Keeps the event ids that segments and checkpoints name: of the first and last record and of marked ones.
    fn note_event_id(&self, head: &Head<'_>, event: &Event<'_>, facts: &mut RunFacts) {
        let id = event.id.as_deref().unwrap_or_default();
        if facts.facts.is_empty() {
            facts.first_event_id = Some(id.to_owned());
        }
        let last = facts.last_event_id.get_or_insert_default();
        last.clear();
        last.push_str(id);
        let marked = self.marked.get(&*head.stream_id);
        if marked.is_some_and(|marked| marked.binary_search(&head.seq).is_ok()) {
            facts.marks.push((facts.facts.len(), id.to_owned()));
        }
    }

    /// A keyed fingerprint of 128 bits. Equal fingerprints are compared by their texts before anything is said.
    pub(crate) fn print(&self, stream_id: &str, event_id: &str) -> [u64; 2] {
        [0, 1].map(|half| {
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write(&self.fingerprint_key);
            hasher.write_u8(half);
            hasher.write(stream_id.as_bytes());
            hasher.write_u8(0xff);
            hasher.write(event_id.as_bytes());
            hasher.finish()
        })
    }
}

/// Reads the members around the event, or names the one without which a record cannot be linked.
fn read_head<'s>(scan: &'s Scan<'_>) -> Result<Head<'s>, &'static str> {
    let (mut version, mut stream_id, mut seq, mut prev, mut hash, mut event) = (None, None, None, None, None, None);
    let (mut wrong, mut sig, mut unknown) = (None, Sig::Absent, Vec::new());
    let mut expect = |value: Value<'_>, kind: Kind, member: &'static str| {
        if value.kind() != kind {
            wrong.get_or_insert(member);
        }
    };
    for (name, value) in scan.members() {
        match name {
            "audit_log_version" => version = value.string(),
            "event" => event = Some(value).filter(|event| event.kind() == Kind::Object),
            "hash" => hash = digest(value),
            "nonce" => expect(value, Kind::String, "nonce"),
            "prev_hash" => prev = digest(value),
            "seq" => seq = value.integer().and_then(|seq| u64::try_from(seq).ok()).filter(|seq| *seq >= 1),
            "sig" => sig = signed(value).map_or(Sig::Malformed, Sig::Present),
            "source_ref" => expect(value, Kind::Object, "source_ref"),
            "stream_id" => stream_id = value.string(),
            other => unknown.push(other),
        }
    }
    let stream_id = stream_id.filter(|id| !id.is_empty()).ok_or("stream_id")?;
    let doubtful = [
        (!matches!(sig, Sig::Malformed), "sig"),
        (schema::is_uuid(&stream_id), "stream_id"),
        (version.is_some(), "audit_log_version"),
        (event.is_some(), "event"),
    ];
    if let Some((_, member)) = doubtful.into_iter().find(|(fits, _)| !fits) {
        wrong.get_or_insert(member);
    }
    let (seq, prev, hash) = (seq.ok_or("seq")?, prev.ok_or("prev_hash")?, hash.ok_or("hash")?);
    Ok(Head { version, stream_id, seq, prev, hash, event, wrong, sig, unknown })
}

/// The three texts of a signature.
pub(crate) fn signed(value: Value<'_>) -> Option<Signed<'_>> {
    let text = |name: &str| value.member(name)?.string();
    Some(Signed { algorithm: text("alg")?, kid: text("kid")?, value: text("value")? })
}

fn digest(value: Value<'_>) -> Option<Digest> {
    Digest::from_hex_bytes(value.text().strip_prefix(b"\"")?.strip_suffix(b"\"")?)
}

/// Reads the record's time for ordering (`recorded_at`, else `timestamp`) and reports times that are none.
fn times(file: File<'_>, line: &Line<'_>, head: &Head<'_>, event: &Event<'_>, facts: &mut RunFacts) -> Option<i64> {
    let mut complain = |fault: InstantFault, member: &str| {
        let (code, what) = match fault {
            InstantFault::NoZone => (Code::TimestampNoZone, "has no time zone"),
            InstantFault::OutOfRange => (Code::TimestampOutOfRange, "lies before 1900 or after 2199"),
            InstantFault::Malformed => return,
        };
        let message = format!("The time of record {} {what}. It is kept as text.", number(head.seq));
        let finding = Finding::new(code, message).seq(head.seq).stream_id(&*head.stream_id).member(member);
        facts.findings.add(at(finding, file, line));
    };
    for (time, member) in [(event.timestamp, "event.timestamp"), (event.recorded_at, "event.recorded_at")] {
        if let Some(Err(fault)) = time {
            complain(fault, member);
        }
    }
    match event.timestamp {
        Some(Ok(timestamp)) => facts.timestamp(timestamp),
        Some(Err(InstantFault::NoZone | InstantFault::OutOfRange)) => facts.has_uncounted_time = true,
        Some(Err(InstantFault::Malformed)) | None => {}
    }
    event.recorded_at.or(event.timestamp)?.ok()
}

fn note_unknown(head: &Head<'_>, event: &Event<'_>, line: &Line<'_>, facts: &mut RunFacts) {
    let event_members = event.unknown.iter().map(|name| format!("event.{name}"));
    for name in head.unknown.iter().map(|name| (*name).to_owned()).chain(event_members) {
        if facts.unknown_members.len() >= UNKNOWN_MEMBERS_MAX && !facts.unknown_members.contains_key(&name) {
            continue;
        }
        let (count, _, _) = facts.unknown_members.entry(name).or_insert((0, line.number, head.seq));
        *count += 1;
    }
}

/// A version as it may stand in a report: short and without anything hidden.
fn shown_version(version: &str) -> String {
    if version.len() <= VERSION_BYTES_MAX { visible(version).into_owned() } else { "(too long)".to_owned() }
}

fn unreadable(line: &Line<'_>, facts: &mut RunFacts) -> Standing {
    facts.hole(line.number, (line.length_bytes / RECORD_BYTES_MIN).max(1));
    Standing::Unreadable
}

fn at(finding: Finding, file: File<'_>, line: &Line<'_>) -> Finding {
    finding.at_file(file.name).line(line.number).byte_offset(line.byte_offset)
}

fn where_is(file: File<'_>, line: &Line<'_>) -> String {
    format!("{} {} of {}", if file.is_table { "Row" } else { "Line" }, number(line.number), visible(file.name))
}

fn modified(file: File<'_>, line: &Line<'_>, head: &Head<'_>, event: &Event<'_>, computed: Digest) -> Finding {
    let message = format!("Record {} does not match its hash.", number(head.seq));
    let finding = Finding::new(Code::EventModified, message)
        .seq(head.seq)
        .stream_id(&*head.stream_id)
        .expected(head.hash.to_hex())
        .actual(computed.to_hex());
    let finding = at(finding, file, line);
    match event.id.as_deref() {
        Some(id) => finding.event_id(visible(id)),
        None => finding,
    }
}

fn against_schema(file: File<'_>, line: &Line<'_>, member: &str, known: Option<(u64, &str)>) -> Finding {
    let (who, what) = match known {
        Some((seq, _)) => (format!("Record {}", number(seq)), "is missing or not of the right kind"),
        None => (where_is(file, line), "is missing or not of the right kind, so it cannot be placed in a chain"),
    };
    let finding = Finding::new(Code::SchemaInvalid, format!("{who} does not keep the format: {member} {what}."));
    let finding = at(finding, file, line).member(member);
    match known {
        Some((seq, stream_id)) => finding.seq(seq).stream_id(stream_id),
        None => finding,
    }
}

/// The finding for a line that is no record, with the offset of the first byte that does not fit.
fn refused(file: File<'_>, line: &Line<'_>, fault: &CanonicalFault) -> Finding {
    let (code, what) = match &fault.kind {
        FaultKind::DuplicateMember { .. } => {
            (Code::DuplicateMember, "names one member twice, so it can be read in two ways")
        }
        FaultKind::UnexpectedByte | FaultKind::NotAnObject => (Code::RecordUnparseable, "is not a record"),
        FaultKind::UnexpectedEnd => (Code::RecordUnparseable, "breaks off in the middle of a record"),
        FaultKind::BadUtf8 => (Code::RecordUnparseable, "holds bytes that are not text"),
        FaultKind::LoneSurrogate => (Code::RecordUnparseable, "holds half a character"),
        FaultKind::TooDeep => (Code::RecordUnparseable, "is nested too deep"),
        FaultKind::NameNotAllowed => (Code::RecordUnparseable, "has a member whose name is not allowed"),
        FaultKind::NotAnInteger | FaultKind::NegativeZero | FaultKind::IntegerOutOfRange => {
            (Code::RecordUnparseable, "holds a number that is not a whole number in range")
        }
        FaultKind::TooLong => (Code::RecordUnparseable, "is too long"),
    };
    let finding = Finding::new(code, format!("{} {what}.", where_is(file, line))).at_file(file.name).line(line.number);
    let inside = u64::try_from(fault.offset).unwrap_or(u64::MAX);
    let finding = finding.byte_offset(line.byte_offset.saturating_add(inside));
    match &fault.kind {
        FaultKind::DuplicateMember { name } => finding.member(name.as_str()),
        _ => finding,
    }
}
