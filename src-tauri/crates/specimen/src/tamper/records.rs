//! What is done to records: by a producer that errs, before they are sealed, and by an attacker, after.

use integrity::canonical::to_canonical;
use integrity::signature::Purpose;
use serde_json::{Map, Value};

use super::{Attack, Tamper, Written};
use crate::bundle::other_genesis;
use crate::calendar::{DAY, MINUTE, rfc3339};
use crate::record::{Record, Sealed};
use crate::signing::Signing;

/// The largest line of `audit-bundle/1.0` (formats 1.4), in bytes.
const LINE_BYTES_MAX: usize = 1 << 20;
/// How deep a hostile event is nested.
const DEPTH: usize = 10_000;
/// Who is put in somebody's place; ids made by chance begin at 101, so it is always somebody else.
const SCAPEGOAT: &str = "u-rn-000";

impl Attack {
    /// Lets the producer err in the record with the number `number`, before it is sealed.
    pub(crate) fn produce(&mut self, number: u64, record: &mut Record) {
        let Some(kind) = self.kind else { return };
        if number == self.other {
            self.seen.other_id = Some(record.event_id);
        }
        let here = number == self.at;
        match kind {
            Tamper::GenesisMismatch if here => record.prev = other_genesis(&self.stream_id),
            Tamper::SequenceGap if number >= self.at => record.seq += self.span,
            Tamper::VersionMixed if number >= self.at => record.version = "1.1",
            Tamper::VersionUnknown if here => record.version = "9.0",
            Tamper::UnknownMember if here => record.unknown = Some("\"site_note\":\"migrated\""),
            Tamper::HistoryRecomputedUndetectable | Tamper::Resigned if here => blame(record),
            Tamper::EventIdDuplicate if here => {
                if let Some(id) = self.seen.other_id {
                    record.event_id = id;
                    edit(record, |event| put(event, "event_id", &String::from_utf8_lossy(&id)));
                }
            }
            Tamper::ClockRegression if here => self.turn_back(record),
            Tamper::TimestampAfterSeal if here => set_time(record, self.created + DAY),
            Tamper::SchemaInvalid if here => edit(record, |event| {
                event.remove("outcome");
            }),
            Tamper::FloatNumber if here => insert_first(record, b"\"aa_score\":0.5,"),
            Tamper::Deep if here => {
                let nested = [b"\"aa_deep\":".to_vec(), vec![b'['; DEPTH], vec![b']'; DEPTH], b",".to_vec()].concat();
                insert_first(record, &nested);
            }
            Tamper::LineTooLong if here => {
                let filler = [b"\"aa_filler\":\"".to_vec(), vec![b'x'; LINE_BYTES_MAX], b"\",".to_vec()].concat();
                insert_first(record, &filler);
            }
            _ => {}
        }
        self.seen.time_before = record.time;
    }

    /// Ten minutes before the record before, but on the same UTC day.
    fn turn_back(&self, record: &mut Record) {
        let before = self.seen.time_before;
        let midnight = before.div_euclid(DAY) * DAY;
        set_time(record, (before - 10 * MINUTE).max(midnight).min(before - 1));
    }

    /// What becomes of a sealed record: `None` leaves it, an empty list drops it.
    pub(crate) fn pass(&mut self, number: u64, sealed: &Sealed) -> Option<Vec<Written>> {
        let kind = self.kind?;
        let here = number == self.at;
        let within = (self.at..self.at + self.span).contains(&number);
        match kind {
            Tamper::EventsDeleted
            | Tamper::HeadTruncated
            | Tamper::TailTruncatedVsCheckpoint
            | Tamper::TailTruncatedVsManifest
            | Tamper::TailTruncatedUndetectable
            | Tamper::OlderExport
                if within =>
            {
                Some(Vec::new())
            }
            Tamper::ChainStartUnverified if number < self.at => Some(Vec::new()),
            Tamper::ArchiveAbsent if within => {
                let first = self.seen.archived.take().map_or_else(|| sealed.clone(), |(first, _)| first);
                self.seen.archived = Some((first, sealed.clone()));
                Some(Vec::new())
            }
            Tamper::EventsReordered if here => {
                self.seen.held = Some(sealed.clone());
                Some(Vec::new())
            }
            Tamper::EventsReordered => {
                let held = self.seen.held.take()?;
                Some(vec![Written::as_sealed(sealed.clone()), Written::as_sealed(held)])
            }
            Tamper::ChainRecomputedVsCheckpoint if number >= self.at => {
                let before = self.seen.forged;
                let forged = self.resealed(sealed, |record| match before {
                    Some(hash) => record.prev = hash,
                    None => blame(record),
                });
                self.seen.forged = Some(forged.hash);
                self.stale_record(self.at);
                Some(vec![Written::as_sealed(forged)])
            }
            _ if here => self.replace(kind, sealed),
            _ => None,
        }
    }

    /// What stands in the place of the one record that is tampered with.
    fn replace(&mut self, kind: Tamper, sealed: &Sealed) -> Option<Vec<Written>> {
        match kind {
            Tamper::EventModified => {
                let mut forged = self.resealed(sealed, blame);
                keep_old_hash(&mut forged, sealed);
                Some(vec![Written::as_sealed(forged)])
            }
            Tamper::EventRehashed => {
                self.stale_record(self.at);
                Some(vec![Written::as_sealed(self.resealed(sealed, blame))])
            }
            Tamper::SignatureInvalid | Tamper::SignatureMissing | Tamper::SignatureAlgorithm | Tamper::KeyUnknown
                if self.signs() == Signing::Event =>
            {
                self.stale_record(self.at);
                let sig = sealed.record.sig.as_deref().and_then(|text| serde_json::from_slice(text).ok())?;
                let sig = self.sig(Purpose::Event, &sealed.hash, sig);
                let sig = sig.map(|sig| to_canonical(&sig).unwrap_or_default());
                Some(vec![Written::as_sealed(self.resealed(sealed, |record| record.sig = sig))])
            }
            Tamper::EventInserted => {
                let id = self.chance.uuid();
                self.stale_record(self.at);
                let foreign = self.resealed(sealed, |record| {
                    blame(record);
                    record.event_id = id;
                    edit(record, |event| put(event, "event_id", &String::from_utf8_lossy(&id)));
                });
                Some(vec![Written::as_sealed(sealed.clone()), Written::as_sealed(foreign)])
            }
            Tamper::EventDuplicated => {
                Some(vec![Written::as_sealed(sealed.clone()), Written::as_sealed(sealed.clone())])
            }
            _ => bytes_of(kind, sealed),
        }
    }

    fn resealed(&self, sealed: &Sealed, change: impl FnOnce(&mut Record)) -> Sealed {
        let mut record = sealed.record.clone();
        change(&mut record);
        Sealed::of(record, &self.stream_id)
    }
}

/// Tampering with the bytes of a line only.
fn bytes_of(kind: Tamper, sealed: &Sealed) -> Option<Vec<Written>> {
    let line = &sealed.line;
    let mut written = Written::as_sealed(sealed.clone());
    match kind {
        Tamper::RecordNotCanonical => written.hashed = Some(backwards(sealed)),
        Tamper::DuplicateMember => {
            written.hashed = Some(replaced(line, b",\"action\":", b",\"action\":\"delete\",\"action\":"));
        }
        Tamper::RecordUnparseable => {
            let half = line.get(..line.len() / 2)?;
            written.hashed = Some([half, b"\n"].concat());
        }
        Tamper::LastLineIncomplete => written.hashed = Some(line.get(..line.len() / 2)?.to_vec()),
        Tamper::BadUtf8 => written.hashed = Some(replaced(line, b"\"display\":\"", b"\"display\":\"\xff")),
        Tamper::ManifestMismatch => {
            // The lowest bit of one letter: an `e` becomes a `d`, an `l` an `m`.
            let mut rotten = line.clone();
            let at = find(line, b"\"system\":\"")? + b"\"system\":\"".len();
            *rotten.get_mut(at)? ^= 1;
            written.stored = Some(rotten);
        }
        _ => return None,
    }
    Some(vec![written])
}

/// The line with its own content and a stored hash that was another content's.
fn keep_old_hash(forged: &mut Sealed, sealed: &Sealed) {
    let old = crate::record::hex(&sealed.hash);
    let new = crate::record::hex(&forged.hash);
    forged.line = replaced(&forged.line, &new, &old);
    forged.hash = sealed.hash;
}

/// The record with its members in descending order and blanks between them.
fn backwards(sealed: &Sealed) -> Vec<u8> {
    let Record { version, event, nonce, seq, prev, sig, .. } = &sealed.record;
    let mut line = b"{\"stream_id\": \"".to_vec();
    let marker: &[u8] = b"\"stream_id\":\"";
    let id = find(&sealed.line, marker).map(|at| at + marker.len());
    line.extend(id.and_then(|at| sealed.line.get(at..at + 36)).unwrap_or_default());
    line.extend(b"\"");
    if let Some(sig) = sig {
        line.extend([b", \"sig\": ", sig.as_slice()].concat());
    }
    line.extend(format!(", \"seq\": {seq}, \"prev_hash\": \"{prev}\", \"nonce\": \"").bytes());
    line.extend(nonce);
    line.extend(format!("\", \"hash\": \"{}\", \"event\": ", sealed.hash).bytes());
    line.extend(event);
    line.extend(format!(", \"audit_log_version\": \"{version}\"}}\n").bytes());
    line
}

/// Puts the blame on somebody else.
fn blame(record: &mut Record) {
    edit(record, |event| {
        if let Some(Value::Object(actor)) = event.get_mut("actor") {
            put(actor, "id", SCAPEGOAT);
        }
    });
}

fn set_time(record: &mut Record, time: i64) {
    record.time = time;
    edit(record, |event| put(event, "timestamp", &String::from_utf8_lossy(&rfc3339(time))));
}

fn put(object: &mut Map<String, Value>, name: &str, text: &str) {
    object.insert(name.to_owned(), text.into());
}

/// Changes the event as a value and writes it canonically again.
fn edit(record: &mut Record, change: impl FnOnce(&mut Map<String, Value>)) {
    let Ok(Value::Object(mut event)) = serde_json::from_slice(&record.event) else { return };
    change(&mut event);
    if let Ok(text) = to_canonical(&event) {
        record.event = text;
    }
}

/// Puts members before all others of the event.
fn insert_first(record: &mut Record, members: &[u8]) {
    record.event.splice(1..1, members.iter().copied());
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The bytes with the first occurrence of `what` replaced.
fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    match find(bytes, what) {
        Some(at) => [&bytes[..at], with, &bytes[at + what.len()..]].concat(),
        None => bytes.to_vec(),
    }
}
