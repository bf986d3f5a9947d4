//! A desk from outside: first run, import, verdict, looks, log.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod office;

use std::path::{Path, PathBuf};

use office::PASSPHRASE;
use tempfile::TempDir;
use workbench::wire::{
    AccessLogAsk, BinsAsk, BundleAsk, CopyAsk, CopyPlaceAsk, CreateVaultAsk, EventAsk, FacetAsk, FaultCode, JobAsk,
    JobState, LookAsk, Nothing, PeopleAsk, PersonAsk, PersonKind, PurposeAsk, RecordAsk, RecordShown, RevealAsk,
    RowsAsk, Seal, Settings, Stage, Start, StatusAsk, UnlockAsk, ValueAsk,
};
use workbench::{Desk, ImportWish, NoWindow, Options, RowWish, SampleWish, direct};

const REASON: &str = "Complaint of 12 March, chart of a colleague";

struct Bench {
    dir: TempDir,
    desk: Desk,
}

impl Bench {
    /// A desk with an office's vault, open, without a purpose.
    fn open() -> Self {
        let (dir, desk) = office::open();
        Self { dir, desk }
    }

    fn with_purpose(self) -> Self {
        self.desk.give_purpose(PurposeAsk { text: REASON.into() }).unwrap();
        self
    }

    fn sample(&self, name: &str, tamper: Option<&str>) -> PathBuf {
        let path = self.dir.path().join(name);
        let wish = SampleWish {
            events: 1_500,
            seed: 4,
            days: None,
            scenario: Some("s02".into()),
            tamper: tamper.map(str::to_owned),
            sha512: false,
            compression: None,
            signing: None,
        };
        direct::sample(&path, &wish).unwrap();
        path
    }

    fn import(&self, path: &Path) -> String {
        let started = self.desk.import_path(path, &ImportWish::default()).unwrap();
        let job = self.desk.wait_for(started.job.unwrap()).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job.bundle.unwrap()
    }

    fn look(&self, bundle: &str, filter: &str) -> workbench::wire::Look {
        self.desk.look(asked(bundle, filter)).unwrap()
    }

    /// Words of the actions in the log, oldest first, without those of reading it.
    fn actions(&self) -> Vec<String> {
        let mut actions = Vec::new();
        self.desk
            .each_log_entry(&mut |entry| {
                if entry.action != "log_viewed" {
                    actions.push(entry.action);
                }
                Ok(())
            })
            .unwrap();
        actions
    }
}

fn asked(bundle: &str, filter: &str) -> LookAsk {
    let (bundle, filter) = (bundle.to_owned(), filter.to_owned());
    LookAsk { bundle, filter, and: Vec::new(), sort: "time".to_owned(), descending: false }
}

#[test]
fn the_first_run_makes_a_vault_and_the_second_asks_to_unlock_it() {
    let dir = TempDir::new().unwrap();
    let mut options = Options::at(dir.path().join("vault"));
    options.cost = vault::KdfCost::FLOOR;
    let desk = Desk::new(options.clone(), Box::new(NoWindow));
    assert_eq!(desk.start(Nothing {}).unwrap().stage, Stage::FirstRun);
    let made = desk.create_vault(CreateVaultAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    assert!(made.recovery_key.len() > 40);
    assert_eq!(desk.start(Nothing {}).unwrap().stage, Stage::Open);
    drop(desk);
    let desk = Desk::new(options, Box::new(NoWindow));
    let start = desk.start(Nothing {}).unwrap();
    assert_eq!((start.stage, start.users.as_slice()), (Stage::Locked, &["okafor".to_owned()][..]));
    let wrong = desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: "not the passphrase".into() }).unwrap_err();
    assert_eq!(wrong.code, FaultCode::WrongPassphrase);
    let open = desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    assert_eq!((open.failed_attempts, open.log_trouble.is_none()), (1, true));
}

#[test]
fn a_vault_that_somebody_has_open_is_told_before_anybody_types_a_passphrase() {
    let bench = Bench::open();
    let Start { vault_dir, .. } = bench.desk.start(Nothing {}).unwrap();
    let other = Desk::new(Options::at(vault_dir.into()), Box::new(NoWindow));
    let start = other.start(Nothing {}).unwrap();
    assert_eq!(start.stage, Stage::Held);
    let holder = start.holder.unwrap();
    assert_eq!(holder.process, Some(std::process::id()));
    assert!(holder.computer.is_some() && holder.since.is_some());
    bench.desk.lock(Nothing {}).unwrap();
    let start = other.start(Nothing {}).unwrap();
    assert_eq!((start.stage, start.holder.is_none()), (Stage::Locked, true));
}

#[test]
fn a_locked_desk_answers_nothing() {
    let bench = Bench::open();
    bench.desk.lock(Nothing {}).unwrap();
    assert!(bench.desk.status(StatusAsk { active: true }).unwrap().locked);
    let asks = [
        bench.desk.bundles(Nothing {}).map(drop),
        bench.desk.give_purpose(PurposeAsk { text: REASON.into() }).map(drop),
        bench.desk.check_log(Nothing {}).map(drop),
        bench.desk.settings(Nothing {}).map(drop),
    ];
    for answer in asks {
        assert_eq!(answer.unwrap_err().code, FaultCode::Locked);
    }
}

#[test]
fn without_a_purpose_nothing_is_shown_and_the_refusal_is_written() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", None));
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    assert_eq!(bench.desk.look(asked(&bundle, "")).unwrap_err().code, FaultCode::PurposeNeeded);
    let ask = PersonAsk { bundle, kind: PersonKind::Patient, id: "P-5521".into() };
    assert_eq!(bench.desk.person(ask).unwrap_err().code, FaultCode::PurposeNeeded);
    assert_eq!(bench.actions().iter().filter(|action| *action == "refused").count(), 2);
}

#[test]
fn the_incident_can_be_followed_from_the_patient_to_the_user_and_back() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", None));
    let person = |kind, id: &str| bench.desk.person(PersonAsk { bundle: bundle.clone(), kind, id: id.into() }).unwrap();

    let patient = person(PersonKind::Patient, "P-5521");
    let nurse = patient.counterparts.iter().find(|other| other.id == "u-rn-204").unwrap();
    assert!(nurse.events >= 3 && patient.person.events >= nurse.events);
    assert_eq!(patient.look.filter, "patient:P-5521");
    let rows = bench.desk.rows(RowsAsk { look: patient.look.look, offset: 0, limit: 100 }).unwrap();
    assert_eq!(rows.total, patient.person.events);
    assert!(rows.rows.iter().all(|row| row.patient_ids == ["P-5521"] && row.user_name.is_none()));

    let user = person(PersonKind::User, "u-rn-204");
    assert!(user.counterparts.iter().any(|other| other.id == "P-5521"));
    assert_eq!(user.week.iter().sum::<u64>(), user.person.events);

    let row = rows.rows.iter().find(|row| row.user_id == "u-rn-204").unwrap();
    let event = EventAsk { look: patient.look.look, event_ref: row.event_ref.clone() };
    let shown = bench.desk.event(event).unwrap();
    assert!(shown.as_recorded.contains("\"P-5521\"") && shown.covered, "the name is covered in the record too");
    let revealed = bench.desk.reveal(RevealAsk { look: patient.look.look }).unwrap();
    assert!(revealed.revealed);
    let rows = bench.desk.rows(RowsAsk { look: patient.look.look, offset: 0, limit: 100 }).unwrap();
    assert!(rows.rows.iter().any(|row| row.user_name.is_some()));

    let actions = bench.actions();
    for action in ["purpose_given", "import", "verify", "look", "view_event", "reveal"] {
        assert!(actions.iter().any(|known| known == action), "{action} is not in {actions:?}");
    }
    let check = bench.desk.check_log(Nothing {}).unwrap();
    assert!(check.stands, "{}", check.sentence);
}

#[test]
fn a_look_counts_what_it_showed_when_the_purpose_changes() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", None));
    let look = bench.look(&bundle, "patient:P-5521");
    bench.desk.rows(RowsAsk { look: look.look, offset: 0, limit: 500 }).unwrap();
    bench.desk.give_purpose(PurposeAsk { text: "Another question altogether".into() }).unwrap();
    let over = bench.desk.rows(RowsAsk { look: look.look, offset: 0, limit: 500 }).unwrap_err();
    assert_eq!(over.code, FaultCode::PurposeNeeded);
    let ask = AccessLogAsk { offset: 0, limit: 50, actor: None, day: None, purpose: None };
    let page = bench.desk.access_log(ask).unwrap();
    let closed = page.entries.iter().find(|entry| entry.action == "look_closed").unwrap();
    let result = closed.result.clone().unwrap_or_default();
    assert!(result.contains(&format!("{} rows", look.total)) && result.contains("1 patient"), "{result}");
}

#[test]
fn bars_and_facets_add_up_to_the_rows() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", None));
    let look = bench.look(&bundle, "-action:login");
    let bins = bench.desk.bins(BinsAsk { look: look.look, bins_max: 100, fit: false }).unwrap();
    let in_bars: u64 = bins.bins.iter().flat_map(|bin| &bin.counts).sum();
    assert_eq!(in_bars + bins.undated, look.total);
    assert_eq!(bins.bins.iter().map(|bin| bin.all).sum::<u64>(), look.whole);
    let ask = FacetAsk { look: look.look, field: "user".into(), contains: String::new(), limit: 200 };
    let facet = bench.desk.facet(ask).unwrap();
    let first = &facet.values[0];
    assert_eq!(bench.look(&bundle, &format!("-action:login {}", first.term)).total, first.events);
    let people = PeopleAsk {
        bundle,
        kind: PersonKind::User,
        prefix: "u-rn-204".into(),
        sort: "events".into(),
        descending: true,
        offset: 0,
        limit: 10,
    };
    assert_eq!(bench.desk.people(people).unwrap().people[0].id, "u-rn-204");
}

#[test]
fn a_value_from_the_table_is_never_read_as_a_filter() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", None));
    let odd = ValueAsk { field: "user".into(), value: "x\" -patient:y,*".into(), negated: false };
    let look = bench.desk.look(LookAsk { and: vec![odd.clone()], ..asked(&bundle, "") }).unwrap();
    assert_eq!((look.total, look.terms.len()), (0, 1));
    assert_eq!(look.terms[0].values, [odd.value]);
    let word = ValueAsk { field: "action".into(), value: "login".into(), negated: true };
    let look = bench.desk.look(LookAsk { and: vec![word], ..asked(&bundle, "") }).unwrap();
    assert_eq!(look.filter, "-action:login");
}

#[test]
fn an_altered_record_is_found_named_and_openable() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a.zip", Some("event-modified")));
    let overview = bench.desk.overview(BundleAsk { bundle: bundle.clone() }).unwrap();
    assert_eq!(overview.verdict.badge.seal, Seal::Altered);
    let report = bench.desk.integrity(BundleAsk { bundle: bundle.clone() }).unwrap();
    let finding = report.findings.iter().find(|finding| finding.code == "EVENT_MODIFIED").unwrap();
    assert!(finding.expected.is_some() && finding.actual.is_some());
    let altered = bench.look(&bundle, "integrity:altered");
    assert_eq!(altered.total, 1);
    let event_ref = finding.event_ref.clone().unwrap();
    let event = bench.desk.event(EventAsk { look: altered.look, event_ref: event_ref.clone() }).unwrap();
    assert_eq!(event.badge.seal, Seal::Altered);
    let RecordShown::Event { event: alone } = bench.desk.record(RecordAsk { event_ref: event_ref.clone() }).unwrap()
    else {
        panic!("the record is an event");
    };
    assert_eq!((alone.row.event_ref, alone.badge.seal), (event.row.event_ref, Seal::Altered));
    assert!(alone.row.user_name.is_none(), "names stay covered");
    assert_eq!(bench.actions().iter().filter(|action| *action == "view_event").count(), 2);
    let text = "some text".to_owned();
    let copied = CopyAsk { look: None, event_ref: Some("Jane Doe".into()), what: "record".into(), text };
    assert_eq!(bench.desk.copy(copied).unwrap_err().code, FaultCode::NotFound, "the log takes references only");

    for place in ["Jane Doe", "#/patient?b=Jane Doe", ""] {
        let refused = bench.desk.copy_place(CopyPlaceAsk { place: place.into() }).unwrap_err();
        assert_eq!(refused.code, FaultCode::BadInput, "unlogged, only a place is copied: {place}");
    }

    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    assert_eq!(bench.desk.record(RecordAsk { event_ref }).unwrap_err().code, FaultCode::PurposeNeeded);
    assert_eq!(bench.actions().last().map(String::as_str), Some("refused"), "no look without a line");
}

#[test]
fn a_record_that_cannot_be_read_is_shown_as_its_bytes() {
    let bench = Bench::open().with_purpose();
    let path = bench.sample("a", None);
    let events = std::fs::read_dir(path.join("data/events")).unwrap();
    let file = events.map(|entry| entry.unwrap().path()).min().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    bytes[second] = 0xff;
    std::fs::write(&file, &bytes).unwrap();
    let bundle = bench.import(&path);
    let report = bench.desk.integrity(BundleAsk { bundle }).unwrap();
    let unreadable = report
        .findings
        .iter()
        .find(|finding| finding.event_ref.is_some() && finding.places.contains(&("Line".to_owned(), "2".to_owned())));
    let event_ref = unreadable.and_then(|finding| finding.event_ref.clone()).unwrap();
    let RecordShown::Line { line } = bench.desk.record(RecordAsk { event_ref: event_ref.clone() }).unwrap() else {
        panic!("no event can be read from it");
    };
    assert_eq!((line.line, &line.event_ref, line.bytes), (2, &event_ref, line.bytes_shown));
    assert!(line.as_recorded.starts_with("⟦0xFF⟧\""), "{}", line.as_recorded);
    assert_eq!(bench.actions().last().map(String::as_str), Some("view_event"));
    let nowhere = event_ref.replace(".2", ".200000");
    assert_eq!(bench.desk.record(RecordAsk { event_ref: nowhere }).unwrap_err().code, FaultCode::NotFound);
}

#[test]
fn a_whole_unsigned_bundle_is_unsigned_and_never_verified() {
    let bench = Bench::open().with_purpose();
    let bundle = bench.import(&bench.sample("a", None));
    let overview = bench.desk.overview(BundleAsk { bundle }).unwrap();
    assert_eq!(overview.verdict.badge.seal, Seal::Unsigned);
    assert_eq!(overview.verdict.assurance.as_deref(), Some("CONSISTENT"));
    assert!(!overview.verdict.does_not_prove.is_empty());
    assert_eq!(overview.card.events, 1_500);
}

#[test]
fn importing_the_same_bundle_twice_changes_nothing() {
    let bench = Bench::open().with_purpose();
    let path = bench.sample("a.zip", None);
    let bundle = bench.import(&path);
    let again = bench.desk.import_path(&path, &ImportWish::default()).unwrap();
    assert_eq!((again.job, again.already), (None, Some(bundle)));
    assert_eq!(bench.desk.bundles(Nothing {}).unwrap().bundles.len(), 1);
}

#[test]
fn a_quoted_hash_is_compared_at_once() {
    let bench = Bench::open().with_purpose();
    let path = bench.sample("a.zip", None);
    let wish = ImportWish { expected_sha256: Some("0".repeat(64)), ..ImportWish::default() };
    let started = bench.desk.import_path(&path, &wish).unwrap();
    assert_eq!(started.quoted_agrees, Some(false));
    bench.desk.wait_for(started.job.unwrap()).unwrap();
    let wish = ImportWish { expected_sha256: Some("no hash".into()), ..ImportWish::default() };
    assert_eq!(bench.desk.import_path(&path, &wish).unwrap_err().code, FaultCode::BadInput);
}

#[test]
fn records_of_compressed_segments_are_stored_and_shown_as_they_were_written() {
    let bench = Bench::open().with_purpose();
    let wish = |compression: Option<&str>| SampleWish {
        events: 900,
        seed: 4,
        days: None,
        scenario: None,
        tamper: None,
        sha512: false,
        compression: compression.map(str::to_owned),
        signing: None,
    };
    let plain = bench.dir.path().join("plain");
    direct::sample(&plain, &wish(None)).unwrap();
    let lines = std::fs::read_to_string(plain.join("data/events/segment-000001.ndjson")).unwrap();
    for form in ["zstd", "gzip"] {
        let path = bench.dir.path().join(form);
        direct::sample(&path, &wish(Some(form))).unwrap();
        let bundle = bench.import(&path);
        let look = bench.look(&bundle, "");
        assert_eq!(look.total, 900, "{form}");
        let rows = bench.desk.rows(RowsAsk { look: look.look, offset: 500, limit: 3 }).unwrap();
        for row in rows.rows {
            bench.desk.reveal(RevealAsk { look: look.look }).unwrap();
            let event = EventAsk { look: look.look, event_ref: row.event_ref.clone() };
            let shown = bench.desk.event(event).unwrap();
            assert!(lines.lines().any(|line| line == shown.as_recorded), "{form}");
        }
    }
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let bench = Bench::open().with_purpose();
    let path = bench.dir.path().join("large");
    let wish = SampleWish {
        events: 60_000,
        seed: 4,
        days: None,
        scenario: None,
        tamper: None,
        sha512: false,
        compression: None,
        signing: None,
    };
    direct::sample(&path, &wish).unwrap();
    let number = bench.desk.import_path(&path, &ImportWish::default()).unwrap().job.unwrap();
    bench.desk.cancel_job(JobAsk { job: number }).unwrap();
    let job = bench.desk.wait_for(number).unwrap();
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.fault);
    assert!(bench.desk.bundles(Nothing {}).unwrap().bundles.is_empty());
}

#[test]
fn a_sample_vault_refuses_real_logs() {
    let dir = TempDir::new().unwrap();
    let desk = Desk::new(Options::at(dir.path().join("vault")), Box::new(NoWindow));
    desk.create_sample_vault().unwrap();
    desk.give_purpose(PurposeAsk { text: REASON.into() }).unwrap();
    let log = dir.path().join("log.ndjson");
    let event = r#"{"resourceType":"AuditEvent","type":{"code":"rest"},"recorded":"2026-03-02T10:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}}"#;
    std::fs::write(&log, format!("{event}\n")).unwrap();
    assert_eq!(desk.import_path(&log, &ImportWish::default()).unwrap_err().code, FaultCode::SampleOnly);
}

#[test]
fn foreign_events_are_stored_without_a_claim() {
    let bench = Bench::open().with_purpose();
    let log = bench.dir.path().join("log.ndjson");
    let event = |id: &str, patient: &str| {
        format!(
            r#"{{"resourceType":"AuditEvent","id":"{id}","type":{{"code":"rest"}},"action":"R","recorded":"2026-03-02T10:00:00Z","outcome":"0","agent":[{{"who":{{"reference":"Practitioner/77"}},"requestor":true}}],"source":{{"observer":{{"display":"ehr"}}}},"entity":[{{"what":{{"reference":"Patient/{patient}"}}}}]}}"#
        )
    };
    std::fs::write(&log, format!("{}\n{}\n", event("a", "P1"), event("b", "P2"))).unwrap();
    let bundle = bench.import(&log);
    let overview = bench.desk.overview(BundleAsk { bundle: bundle.clone() }).unwrap();
    assert_eq!(overview.verdict.badge.seal, Seal::NotVerified);
    assert!(overview.verdict.sentence.contains("no evidence of its own"), "{}", overview.verdict.sentence);
    let rows = bench.look(&bundle, "patient:P1");
    assert_eq!((rows.total, rows.whole), (1, 2));
}

#[test]
fn rows_for_programs_end_with_exact_totals() {
    let bench = Bench::open().with_purpose();
    bench.import(&bench.sample("a.zip", None));
    let mut rows = 0;
    let wish = RowWish { filter: workbench::patient_filter("P-5521").unwrap(), limit: Some(2), ..RowWish::default() };
    let totals = bench
        .desk
        .each_row(&wish, &mut |row| {
            rows += 1;
            assert_eq!(row.patient_ids, ["P-5521"]);
            Ok(())
        })
        .unwrap()
        .totals;
    assert!(rows == 2 && totals.total > 2 && totals.users >= 1, "{totals:?}");
}

#[test]
fn settings_are_kept_and_their_change_is_written() {
    let bench = Bench::open();
    let changed = Settings { lock_after_minutes: 5, ..Settings::default() };
    bench.desk.change_settings(changed.clone()).unwrap();
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
    assert_eq!(bench.desk.settings(Nothing {}).unwrap(), changed);
    let wrong = Settings { zone: "Mars/Olympus".into(), ..changed };
    assert_eq!(bench.desk.change_settings(wrong).unwrap_err().code, FaultCode::BadInput);
    assert!(bench.actions().iter().any(|action| action == "settings"));
}

#[test]
fn an_exported_log_can_be_read_by_a_stranger() {
    let bench = Bench::open().with_purpose();
    let out = bench.dir.path().join("log.ndjson");
    let exported = bench.desk.export_log_to(&out).unwrap();
    let text = std::fs::read_to_string(&out).unwrap();
    assert_eq!(text.lines().count() as u64, exported.entries + 2);
    assert_eq!(bench.desk.export_log_to(&out).unwrap_err().code, FaultCode::BadInput, "it is never overwritten");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&out.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "it names people");
    }
    let others = std::fs::read_dir(bench.dir.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path() != out);
    assert!(others.into_iter().all(|entry| entry.unwrap().path().is_dir()), "nothing half-written stays");
}
