//! Measures the store with made-up traffic: what an event costs to bring in, what it takes on the disk, and how long
//! common questions take. `cargo run --release -p chartproof-event-store --example load -- [EVENTS] [FOLDER]`
//!
//! Numbers are of one run on one machine: compare them with each other, not with those of other days.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement, not the product"
)]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Clock};

use access_log::{AccessLog, Entry, Purpose};
use event_store::{
    Begun, BinsAsked, EventQuestions, EventStore, FacetAsked, Finished, NewBundle, PeopleAsked, PeopleBy, PeopleOrder,
    Side, Standing, StoredEvent, list_entry, log_question,
};
use model::{Action, BundleId, Event, EventId, Instant, Outcome, PatientId, SessionId, StreamId, UserId};
use timeline::{FacetField, Field, Filter, Order, OrderBy, Question, Zone};
use vault::{KdfCost, NewUser, Vault, VaultLabel};

/// Events made and handed over at once.
const BATCH: u64 = 4096;
/// About as long as a record of the native format.
const RECORD_BYTES: usize = 700;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let events: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, Into::into).join("chartproof-load");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let now = Instant::parse("2026-06-01T12:00:00Z")?;
    let first = NewUser { name: "A. Officer", passphrase: "twelve characters at least" };
    let (vault, _recovery) = Vault::create(&folder, &first, KdfCost::FLOOR, VaultLabel::Sample, &now)?;
    let vault = Arc::new(vault);
    let log = AccessLog::open(&vault)?;
    drop(log.begin(&vault, &now)?);
    let store = EventStore::open(Arc::clone(&vault))?;

    let over = AtomicBool::new(false);
    let id = std::thread::scope(|scope| -> Result<_, Box<dyn Error>> {
        let looks = scope.spawn(|| look_meanwhile(&vault, &log, &now, &over));
        let id = load(&store, events);
        over.store(true, Ordering::SeqCst);
        let mut waits = looks.join().unwrap();
        waits.sort_by(f64::total_cmp);
        let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or(0.0);
        let (median, late, worst) = (at(50), at(99), waits.last().copied().unwrap_or(0.0));
        println!(
            "{} entries of the access log meanwhile: median {median:.1} ms, 99 of 100 within {late:.1} ms, worst {worst:.1} ms",
            waits.len()
        );
        id
    })?;
    let bytes: u64 = std::fs::read_dir(&folder)?.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    println!("on the disk: {:.1} bytes per event, the record's own bytes included", bytes as f64 / events as f64);

    let purpose = Purpose::reason("measuring")?;
    let ask = |filter: &str, order: Order, what: &str| -> Result<(), Box<dyn Error>> {
        let question = Question { bundle: id.clone(), filter: Filter::parse(filter, Zone::UTC)?, order };
        let seen = log.append(&vault, Entry::Look(log_question(&question)), Some(&purpose), &now)?;
        let cold = time(|| store.page(&seen, &question, 0, 100))?;
        let total = store.page(&seen, &question, 0, 1)?.total;
        let middle = time(|| store.page(&seen, &question, total / 2, 100))?;
        let warm = time(|| store.page(&seen, &question, 0, 100))?;
        let count = time(|| store.count(&seen, &question))?;
        println!(
            "{what}: {total} events; first page {cold:.1} ms, again {warm:.1}, from the middle {middle:.1}; count {count:.1} ms"
        );
        Ok(())
    };
    let time_order = Order::default();
    let newest = Order { by: OrderBy::Time, descending: true };
    ask("", time_order, "everything")?;
    ask("patient:P-0000077", newest, "one patient")?;
    ask("patient:P-0000078", newest, "another patient")?;
    ask("patient:P-0000000", newest, "the busiest patient")?;
    ask("user:u-00042", newest, "one user")?;
    ask("resource:Observation/r-4711", newest, "one resource")?;
    ask("action:export", newest, "one action")?;
    ask("-action:read role:role-3", newest, "two terms")?;
    ask("", Order { by: OrderBy::User, descending: false }, "everything by user")?;
    ask("", Order { by: OrderBy::Action, descending: false }, "everything by action")?;
    ask("qx-123456", newest, "a word in the records")?;

    let question = Question { bundle: id.clone(), filter: Filter::default(), order: time_order };
    let seen = log.append(&vault, Entry::Look(log_question(&question)), Some(&purpose), &now)?;
    let asked = BinsAsked { zone: timeline::zone("America/New_York")?, bins_max: 60, span: None };
    println!("bars over everything {:.1} ms", time(|| store.bins(&seen, &question, asked))?);
    for field in [FacetField::Field(Field::User), FacetField::Field(Field::Session), FacetField::Action] {
        let asked = FacetAsked { field, limit: 100, containing: "", within: &[] };
        println!("facet {field:?} over everything {:.1} ms", time(|| store.facets(&seen, &question, asked))?);
    }
    let order = PeopleOrder { by: PeopleBy::Others, descending: true };
    let asked = PeopleAsked { bundle: &id, side: Side::Patients, beginning: "", order, offset: 0, limit: 100 };
    let seen = log.append(&vault, list_entry(&asked), Some(&purpose), &now)?;
    println!("patients by number of users {:.1} ms", time(|| store.people(&seen, asked))?);
    println!("again {:.1} ms", time(|| store.people(&seen, asked))?);
    println!("peak memory {} MiB", peak_mebibytes());
    drop((store, log));
    Arc::into_inner(vault).ok_or("somebody holds the vault")?.lock();
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// Writes entries of the access log while the import runs, and tells how long each took in milliseconds.
fn look_meanwhile(vault: &Vault, log: &AccessLog, now: &Instant, over: &AtomicBool) -> Vec<f64> {
    let purpose = Purpose::reason("measuring").unwrap();
    let mut waits = Vec::new();
    while !over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(50));
        let entry = Entry::ViewEvent { event_ref: "abababababab:1".to_owned() };
        let begun = Clock::now();
        drop(log.append(vault, entry, Some(&purpose), now).unwrap());
        waits.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    waits
}

fn load(store: &EventStore, events: u64) -> Result<BundleId, Box<dyn Error>> {
    let id = BundleId::new("ab".repeat(32));
    let files = vec!["data/events.ndjson".to_owned()];
    let new = NewBundle { id: id.clone(), facts: "{}".to_owned(), handover: "{}".to_owned(), files };
    let Begun::New(mut import) = store.begin_import(&new)? else { return Err("it is here already".into()) };
    let intake = import.intake();
    let begun = Clock::now();
    let (mut making, mut bytes_taking, mut offset) = (Duration::ZERO, Duration::ZERO, 0);
    for start in (0..events).step_by(usize::try_from(BATCH)?) {
        let made = Clock::now();
        let (batch, bytes) = batch(start, events.min(start + BATCH), &mut offset);
        making += made.elapsed();
        let taken = Clock::now();
        intake.bytes(0, offset - bytes.len() as u64, &bytes)?;
        bytes_taking += taken.elapsed();
        intake.events(&batch)?;
        let made = Clock::now();
        drop(batch);
        making += made.elapsed();
    }
    drop(intake);
    let handed = begun.elapsed();
    import.finish(store, &Finished { report: None, standing: Standing::default() }, |_, _| Ok(()))?;
    let wall = begun.elapsed();
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / events as f64;
    println!(
        "{events} events: wall {:.2} µs per event, of it making them {:.2}, keeping the bytes {:.2}, finishing {:.2}",
        micros(wall),
        micros(making),
        micros(bytes_taking),
        micros(wall.saturating_sub(handed))
    );
    println!(
        "processor time of the whole process {:.2} µs per event, making the events included; peak memory {} MiB",
        processor_seconds() * 1e6 / events as f64,
        peak_mebibytes()
    );
    Ok(id)
}

fn batch(from: u64, until: u64, offset: &mut u64) -> (Vec<StoredEvent>, Vec<u8>) {
    let mut bytes = Vec::with_capacity(RECORD_BYTES * usize::try_from(until - from).unwrap());
    let mut batch = Vec::new();
    for number in from..until {
        let mut chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut roll = |sides: u64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            (chance >> 11) % sides
        };
        // Few patients are seen by many: the square of an even chance.
        let patient = roll(700) * roll(700) * u64::from(roll(1300) != 0);
        let actions =
            [Action::Read, Action::Read, Action::Read, Action::Read, Action::Query, Action::Update, Action::Export];
        let event = Event {
            stream_id: Some(StreamId::new("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")),
            seq: Some(number + 1),
            event_id: EventId::new(format!(
                "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
                roll(1 << 32),
                roll(65536),
                roll(4096),
                roll(4096),
                roll(1 << 48)
            )),
            event_type: "phi_access".to_owned(),
            action: actions[usize::try_from(roll(7)).unwrap()],
            action_recorded: "read".to_owned(),
            occurred_at: Instant::from_utc_nanos(
                1_772_323_200_000_000_000 + i64::try_from(number * 500 + roll(900)).unwrap() * 1_000_000,
            ),
            recorded_at: None,
            user_id: UserId::new(format!("u-{:05}", roll(3000))),
            user_display_name: Some(format!("User Number {}", roll(3000))),
            actor_type: Some("human".to_owned()),
            role: Some(format!("role-{}", roll(12))),
            session_id: Some(SessionId::new(format!("s-{:08x}", number / 700 * 31 + roll(31)))),
            source_ip: Some(format!("10.0.{}.{}", roll(8), roll(250))),
            device: Some(format!("WS-{}", roll(800))),
            user_agent: None,
            source_system: Some(format!("ehr-{}", roll(5))),
            request_id: None,
            correlation_id: None,
            resource_type: Some(
                ["Observation", "Condition", "MedicationRequest", "Patient"][usize::try_from(roll(4)).unwrap()]
                    .to_owned(),
            ),
            resource_id: Some(format!("r-{}", roll(1_000_000))),
            patient_ids: vec![PatientId::new(format!("P-{patient:07}"))],
            fields_accessed: vec![],
            outcome: Outcome::Success,
            outcome_reason: None,
            access_reason: None,
            purpose: vec![],
            access_policy: Some("treatment".to_owned()),
            data_classification: vec!["PHI".to_owned()],
            break_glass: Some(false),
            disclosure: None,
            audit_log_version: Some("1.0".to_owned()),
            previous_hash: None,
            event_hash: None,
            notes: vec![],
        };
        let start = bytes.len();
        let body = format!(
            r#"{{"event":{{"action":"read","actor":{{"id":"{}","role":"{}"}},"event_id":"{}","patient_ids":["P-{patient:07}"],"timestamp":"{}","word":"qx-{}"}},"hash":"{:016x}{:016x}{:016x}{:016x}","prev_hash":"{:016x}{:016x}{:016x}{:016x}","seq":{}"#,
            event.user_id.as_str(),
            event.role.as_deref().unwrap_or(""),
            event.event_id.as_str(),
            event.occurred_at.text(),
            roll(200_000),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            roll(u64::MAX),
            number + 1,
        );
        bytes.extend_from_slice(body.as_bytes());
        let filler = r#","source":{"device":"WS-100","ip":"10.0.0.1","site":"Main","system":"ehr-1"},"purpose_of_use":["TREAT"],"data_classification":["PHI"]"#;
        while bytes.len() - start + filler.len() < RECORD_BYTES {
            bytes.extend_from_slice(filler.as_bytes());
        }
        bytes.extend_from_slice(b"}");
        let byte_length = u32::try_from(bytes.len() - start).unwrap();
        bytes.push(b'\n');
        batch.push(StoredEvent { event, file: 0, line: number + 1, byte_offset: *offset + start as u64, byte_length });
    }
    *offset += bytes.len() as u64;
    (batch, bytes)
}

fn time<T>(act: impl FnOnce() -> Result<T, event_store::StoreFault>) -> Result<f64, event_store::StoreFault> {
    let begun = Clock::now();
    drop(act()?);
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

/// User and system time of this process so far, in seconds; 0 where the system does not tell.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or("").split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory this process ever had; 0 where the system does not tell.
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kibibytes| kibibytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}
