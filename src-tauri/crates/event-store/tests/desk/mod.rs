//! A desk to test at: a vault with a log and a store, made-up hospital traffic, and the answers of somebody who looks
//! at every event one by one.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access_log::{AccessLog, Entry, Purpose, Witnessed};
use event_store::{
    Begun, BundleSummary, EventQuestions, EventStore, Finished, Import, Mark, NewBundle, People, PeopleAsked,
    PeopleOrder, RecordSpan, Row, Side, Sizes, Standing, StoreFault, StoredEvent, list_entry, log_question,
};
use model::{Action, BundleId, Event, EventId, Instant, Outcome, PatientId, SessionId, StreamId, UserId};
use tempfile::TempDir;
use timeline::{Circumstances, Filter, Integrity, Order, OrderBy, Question, Zone};
use vault::{KdfCost, NewUser, Vault, VaultLabel};

pub(crate) const NAME: &str = "A. Officer";
pub(crate) const PASSPHRASE: &str = "twelve characters at least";

/// Small enough that twenty thousand events make several runs of several chunks.
pub(crate) const SMALL: Sizes = Sizes { run_events: 3000, time_rows: 700, key_rows: 300 };

pub(crate) fn now() -> Instant {
    Instant::parse("2026-06-01T12:00:00Z").unwrap()
}

pub(crate) struct Desk {
    pub(crate) store: EventStore,
    pub(crate) log: AccessLog,
    pub(crate) vault: Arc<Vault>,
    pub(crate) folder: PathBuf,
    home: Arc<TempDir>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("vault");
        let first = NewUser { name: NAME, passphrase: PASSPHRASE };
        let (vault, _recovery) = Vault::create(&folder, &first, KdfCost::FLOOR, VaultLabel::Sample, &now()).unwrap();
        Self::at(home.into(), folder, vault)
    }

    fn at(home: Arc<TempDir>, folder: PathBuf, vault: Vault) -> Self {
        let vault = Arc::new(vault);
        let log = AccessLog::open(&vault).unwrap();
        drop(log.begin(&vault, &now()).unwrap());
        let store = EventStore::open(Arc::clone(&vault)).unwrap().with_sizes(SMALL);
        store.give_up_broken_off(|_, _| Ok(())).unwrap();
        Self { store, log, vault, folder, home }
    }

    /// Closes the vault and opens it again.
    pub(crate) fn reopened(self) -> Self {
        let Self { store, log, vault, folder, home } = self;
        drop((store, log));
        Arc::into_inner(vault).expect("somebody still holds the vault").lock();
        let vault = Vault::unlock(&folder, NAME, PASSPHRASE).unwrap();
        Self::at(home, folder, vault)
    }

    pub(crate) fn witness(&self, entry: Entry) -> Witnessed {
        let purpose = Purpose::reason("a test").unwrap();
        self.log.append(&self.vault, entry, Some(&purpose), &now()).unwrap()
    }

    pub(crate) fn look(&self, question: &Question) -> Witnessed {
        self.witness(Entry::Look(log_question(question)))
    }

    pub(crate) fn people_look(&self, side: Side, bundle: &BundleId, order: PeopleOrder) -> Witnessed {
        self.witness(list_entry(&PeopleAsked { bundle, side, beginning: "", order, offset: 0, limit: 0 }))
    }

    /// The first people of a list.
    pub(crate) fn people(&self, side: Side, bundle: &BundleId, order: PeopleOrder, limit: usize) -> People {
        let seen = self.people_look(side, bundle, order);
        self.store.people(&seen, PeopleAsked { bundle, side, beginning: "", order, offset: 0, limit }).unwrap()
    }

    pub(crate) fn begin(&self, traffic: &Traffic) -> Import {
        match self.store.begin_import(&traffic.new_bundle()).unwrap() {
            Begun::New(import) => import,
            Begun::Already(_) => panic!("it is here already"),
        }
    }

    pub(crate) fn import(&self, traffic: &Traffic) {
        let import = self.begin(traffic);
        traffic.hand_over(&import).unwrap();
        self.finish(import, traffic).unwrap();
    }

    /// Finishes an import, or gives it up.
    pub(crate) fn finish(&self, mut import: Import, traffic: &Traffic) -> Result<BundleSummary, StoreFault> {
        let finished = import.finish(&self.store, &traffic.finished(), |_, _| Ok(()));
        if finished.is_err() {
            import.abandon(&self.store, |_, _| Ok(()));
        }
        finished
    }

    /// Pages of `size` rows, to the end.
    pub(crate) fn all_rows(&self, question: &Question, size: usize) -> Vec<Row> {
        let seen = self.look(question);
        let mut rows = Vec::new();
        loop {
            let page = self.store.page(&seen, question, rows.len() as u64, size).unwrap();
            if page.rows.is_empty() {
                assert_eq!(page.total, rows.len() as u64);
                return rows;
            }
            rows.extend(page.rows);
        }
    }
}

/// Numbers that look like chance and are the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }

    pub(crate) fn happens(&mut self, of_hundred: u64) -> bool {
        self.roll(100) < of_hundred
    }
}

/// A made-up bundle: events with their places, and the files they stand in.
pub(crate) struct Traffic {
    pub(crate) id: BundleId,
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) files: Vec<Vec<u8>>,
    pub(crate) standing: Standing,
}

impl Traffic {
    pub(crate) fn new(events: usize, seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut traffic = Self {
            id: BundleId::new(format!("{seed:064x}").replace('0', "e")),
            events: Vec::new(),
            files: vec![Vec::new(), Vec::new(), b"not a record\n".to_vec()],
            standing: Standing {
                verified: true,
                outdated: false,
                altered: vec![
                    RecordSpan::Lines { file: 0, from: 5, to: 40 },
                    RecordSpan::Seqs { stream: Some("stream-1".to_owned()), from: 100, to: 130 },
                ],
                misplaced: vec![RecordSpan::Lines { file: 0, from: 41, to: 44 }],
                beside: vec![RecordSpan::Lines { file: 0, from: 45, to: 46 }],
                unverified: vec![RecordSpan::Lines { file: 1, from: 30, to: 90 }],
                proven: vec![RecordSpan::Lines { file: 0, from: 1, to: 1000 }],
            },
        };
        // 1 March 2026, 00:00 UTC; both files cover the same weeks.
        let mut clocks = [1_772_323_200_000_000_000_i64; 2];
        let mut lines = [0_u64; 2];
        for number in 0..events {
            let file = usize::from(dice.happens(40));
            clocks[file] += i64::try_from(dice.roll(240)).unwrap() * 1_000_000_000;
            lines[file] += 1 + u64::from(dice.happens(2));
            let event = event(&mut dice, number, file, lines[file], clocks[file]);
            let record = record(&event);
            traffic.events.push(StoredEvent {
                event,
                file: u32::try_from(file).unwrap(),
                line: lines[file],
                byte_offset: traffic.files[file].len() as u64,
                byte_length: u32::try_from(record.len()).unwrap(),
            });
            traffic.files[file].extend_from_slice(&record);
            traffic.files[file].push(b'\n');
        }
        traffic.events.sort_by_key(|stored| (stored.file, stored.line));
        traffic
    }

    pub(crate) fn new_bundle(&self) -> NewBundle {
        NewBundle {
            id: self.id.clone(),
            facts: r#"{"profile":"made-up"}"#.to_owned(),
            handover: r#"{"received_from":"nobody"}"#.to_owned(),
            files: vec!["data/a.ndjson".to_owned(), "data/b.ndjson".to_owned(), "README".to_owned()],
        }
    }

    pub(crate) fn finished(&self) -> Finished {
        Finished { report: Some(r#"{"integrity":"FAIL"}"#.to_owned()), standing: self.standing.clone() }
    }

    /// Hands everything over from two threads, bytes and events mixed.
    pub(crate) fn hand_over(&self, import: &Import) -> Result<(), StoreFault> {
        std::thread::scope(|scope| {
            let halves = (0..2).map(|half| {
                let intake = import.intake();
                scope.spawn(move || -> Result<(), StoreFault> {
                    for (number, batch) in self.events.chunks(451).enumerate() {
                        if number % 2 == half {
                            intake.events(batch)?;
                        }
                    }
                    for (file, bytes) in (0..).zip(&self.files) {
                        for (number, piece) in bytes.chunks(100_000).enumerate() {
                            if number % 2 == half {
                                intake.bytes(file, number as u64 * 100_000, piece)?;
                            }
                        }
                    }
                    Ok(())
                })
            });
            let halves: Vec<_> = halves.collect();
            halves.into_iter().try_for_each(|half| half.join().unwrap())
        })
    }

    pub(crate) fn question(&self, filter: &str, order: Order) -> Question {
        Question { bundle: self.id.clone(), filter: Filter::parse(filter, Zone::UTC).unwrap(), order }
    }

    pub(crate) fn record(&self, stored: &StoredEvent) -> &[u8] {
        let start = usize::try_from(stored.byte_offset).unwrap();
        &self.files[stored.file as usize][start..start + stored.byte_length as usize]
    }

    /// Whether a span holds a record.
    fn holds(span: &RecordSpan, stored: &StoredEvent) -> bool {
        match span {
            RecordSpan::All => true,
            RecordSpan::Lines { file, from, to } => *file == stored.file && (*from..=*to).contains(&stored.line),
            RecordSpan::Seqs { stream, from, to } => {
                let same = stream
                    .as_deref()
                    .is_none_or(|stream| stored.event.stream_id.as_ref().is_some_and(|id| id.as_str() == stream));
                same && stored.event.seq.is_some_and(|seq| (*from..=*to).contains(&seq))
            }
        }
    }

    /// What may be said of a record, found by looking at every span; `own` leaves out what is missing beside it.
    pub(crate) fn mark(&self, stored: &StoredEvent, own: bool) -> Mark {
        let held = |spans: &[RecordSpan]| spans.iter().any(|span| Self::holds(span, stored));
        let standing = &self.standing;
        let marks = [
            (held(&standing.altered), Mark::Altered),
            (held(&standing.misplaced), Mark::Misplaced),
            (!own && held(&standing.beside), Mark::Beside),
            (held(&standing.unverified), Mark::NotVerified),
            (held(&standing.proven), Mark::Proven),
        ];
        marks.into_iter().find(|(holds, _)| *holds).map_or(Mark::Stands, |(_, mark)| mark)
    }

    /// The word for it.
    pub(crate) fn integrity(&self, stored: &StoredEvent) -> Integrity {
        self.mark(stored, false).integrity()
    }

    /// The answer of somebody who looks at every event.
    pub(crate) fn reference(&self, question: &Question) -> Vec<&StoredEvent> {
        let mut found: Vec<&StoredEvent> = self
            .events
            .iter()
            .filter(|stored| {
                let circumstances =
                    Circumstances { raw: self.record(stored), bundle: &self.id, integrity: self.integrity(stored) };
                question.filter.matches(&stored.event, circumstances)
            })
            .collect();
        found.sort_by(|a, b| compare(question.order, a, b));
        found
    }

    pub(crate) fn patients_of<'a>(events: &[&'a StoredEvent]) -> BTreeSet<&'a str> {
        events.iter().flat_map(|stored| stored.event.patient_ids.iter().map(PatientId::as_str)).collect()
    }

    pub(crate) fn users_of<'a>(events: &[&'a StoredEvent]) -> BTreeSet<&'a str> {
        events.iter().map(|stored| stored.event.user_id.as_str()).filter(|id| !id.is_empty()).collect()
    }
}

/// The order of rows as `timeline::Order` describes it.
fn compare(order: Order, a: &StoredEvent, b: &StoredEvent) -> Ordering {
    let place = |stored: &StoredEvent| (stored.file, stored.line);
    let time = |stored: &StoredEvent| stored.event.occurred_at.utc_nanos().map_or((1, 0), |nanos| (0, nanos));
    let turned = |ordering: Ordering| if order.descending { ordering.reverse() } else { ordering };
    if order.by == OrderBy::Time {
        return match (time(a).0, time(b).0) {
            (0, 0) => turned(time(a).cmp(&time(b)).then(place(a).cmp(&place(b)))),
            (1, 1) => place(a).cmp(&place(b)),
            (a, b) => a.cmp(&b),
        };
    }
    if order.by == OrderBy::Place {
        return turned(place(a).cmp(&place(b)));
    }
    let text = |stored: &StoredEvent| -> Option<(String, String)> {
        let event = &stored.event;
        let one =
            |text: Option<&str>| text.filter(|text| !text.is_empty()).map(|text| (text.to_owned(), String::new()));
        match order.by {
            OrderBy::Time | OrderBy::Place => None,
            OrderBy::User => one(Some(event.user_id.as_str())),
            OrderBy::Patient => one(event.patient_ids.iter().map(PatientId::as_str).min()),
            OrderBy::Action => one(Some(event.action.word())),
            OrderBy::Type => one(Some(&event.event_type)),
            OrderBy::Outcome => one(Some(event.outcome.word())),
            OrderBy::Device => one(event.device.as_deref()),
            OrderBy::System => one(event.source_system.as_deref()),
            OrderBy::Resource => {
                let (kind, id) = (event.resource_type.clone(), event.resource_id.clone());
                (kind.is_some() || id.is_some()).then(|| (kind.unwrap_or_default(), id.unwrap_or_default()))
            }
        }
    };
    let by_text = match (text(a), text(b)) {
        (Some(a), Some(b)) => turned(a.cmp(&b)),
        (a, b) => a.is_none().cmp(&b.is_none()),
    };
    by_text.then(time(a).cmp(&time(b))).then(place(a).cmp(&place(b)))
}

fn event(dice: &mut Dice, number: usize, file: usize, line: u64, clock: i64) -> Event {
    const ACTIONS: [Action; 6] =
        [Action::Read, Action::Read, Action::Read, Action::Update, Action::Export, Action::Print];
    let login = dice.happens(8);
    let user = if dice.happens(1) { String::new() } else { format!("user-{}", dice.roll(40)) };
    let mut patients = BTreeSet::new();
    while !login && (patients.is_empty() || dice.happens(6)) {
        patients.insert(dice.roll(300));
    }
    let occurred_at = match dice.roll(100) {
        0 => Instant::undated("2026-03-01T02:00:00"),
        1 => Instant::parse(&Instant::from_utc_nanos(clock).text().to_lowercase()).unwrap(),
        2..30 => Instant::parse(&Instant::from_utc_nanos(clock).text().replace('Z', "-00:30")).unwrap(),
        _ => Instant::from_utc_nanos(clock + i64::from(file == 0) * 120_000_000),
    };
    let some = |dice: &mut Dice, prefix: &str, sides: u64| {
        if dice.happens(80) { Some(format!("{prefix}{}", dice.roll(sides))) } else { None }
    };
    let classes = ["PHI", "VIP", "Psychiatry"];
    Event {
        stream_id: Some(StreamId::new(format!("stream-{file}"))),
        seq: Some(line),
        event_id: EventId::new(if file == 0 {
            format!("{number:08x}-0000-4000-8000-00000000abcd")
        } else {
            format!("event {number}")
        }),
        event_type: dice.one(&["phi_access", "Authentication", "data_export"]).to_owned(),
        action: if login { Action::Login } else { dice.one(&ACTIONS) },
        action_recorded: "recorded".to_owned(),
        occurred_at,
        recorded_at: None,
        user_id: UserId::new(user),
        user_display_name: some(dice, "Dr. Größe ", 40),
        actor_type: None,
        role: some(dice, "Role", 5),
        session_id: some(dice, "S-", 500).map(SessionId::new),
        source_ip: some(dice, "10.0.0.", 50),
        device: some(dice, "WS-", 30),
        user_agent: None,
        source_system: Some(format!("ehr-{file}")),
        request_id: None,
        correlation_id: None,
        resource_type: some(dice, "Observation/x", 3),
        resource_id: some(dice, "r-", 2000),
        patient_ids: patients.iter().map(|patient| PatientId::new(format!("PATIENT-{patient:03}"))).collect(),
        fields_accessed: vec![],
        outcome: if dice.happens(10) { Outcome::Denied } else { Outcome::Success },
        outcome_reason: None,
        access_reason: None,
        purpose: vec![],
        access_policy: some(dice, "policy-", 3),
        data_classification: classes.iter().filter(|_| dice.happens(20)).map(|&class| class.to_owned()).collect(),
        break_glass: dice.one(&[None, Some(false), Some(true)]),
        disclosure: None,
        audit_log_version: None,
        previous_hash: None,
        event_hash: None,
        notes: if dice.happens(3) {
            vec![model::MappingNote::ActorUnclear, model::MappingNote::VersionUnknown]
        } else {
            vec![]
        },
    }
}

fn record(event: &Event) -> Vec<u8> {
    let patients: Vec<&str> = event.patient_ids.iter().map(PatientId::as_str).collect();
    let (id, user) = (event.event_id.as_str(), event.user_id.as_str());
    format!(r#"{{"id":"{id}","user":"{user}","patients":{patients:?},"note":"Straße {}"}}"#, id.len() * 7).into_bytes()
}

/// Whether a row is what was handed over, in every member.
#[track_caller]
pub(crate) fn assert_same(row: &Row, stored: &StoredEvent, mark: Mark) {
    let event = &stored.event;
    assert_eq!((row.place.file, row.place.line), (stored.file, stored.line));
    assert_eq!((row.place.byte_offset, row.place.byte_length), (stored.byte_offset, stored.byte_length));
    assert_eq!(row.event_id.as_str(), event.event_id.as_str());
    assert_eq!(row.seq, event.seq);
    assert_eq!(row.time, event.occurred_at);
    assert!(row.user_id == event.user_id && row.user_display_name == event.user_display_name);
    assert!(row.role == event.role && row.patient_ids == event.patient_ids, "{row:?}");
    assert!(row.action == event.action && row.action_recorded == event.action_recorded);
    assert!(row.event_type == event.event_type && row.outcome == event.outcome);
    assert!(row.resource_type == event.resource_type && row.resource_id == event.resource_id);
    assert!(row.session_id == event.session_id && row.source_ip == event.source_ip && row.device == event.device);
    assert!(row.source_system == event.source_system && row.access_policy == event.access_policy);
    assert!(row.data_classification == event.data_classification && row.break_glass == event.break_glass);
    assert_eq!((&row.notes, row.mark), (&event.notes, mark));
}

/// Every file below a folder, whole.
pub(crate) fn files_below(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(std::fs::read(path).unwrap()) }
    }
    found
}
