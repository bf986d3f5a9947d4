//! No answer to the page is longer than 1 MiB, whatever it asks for and whatever a hostile bundle holds.
//!
//! The bundle here has records near the largest that are read, with texts that grow when they are written as JSON, more
//! findings than fit, and a person with more counterparts than fit.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod office;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;
use workbench::wire::{
    AccessLogAsk, BinsAsk, BundleAsk, ChooseAsk, CounterpartsAsk, EventAsk, FacetAsk, FaultCode, JobState, Look,
    LookAsk, Nothing, PeopleAsk, PersonAsk, PersonKind, PurposeAsk, RevealAsk, RowsAsk, Stage, StatusAsk,
};
use workbench::{ANSWER_BYTES_MAX, Desk, ImportWish, NoWindow, Options, Outlets, SampleWish, direct};

/// Records whose texts are as long as a record may be.
const LONG_RECORDS: usize = 6;
/// Records that a page is made of.
const RECORDS: usize = 900;

/// A control character: one byte, six in JSON, where every other one of this text does not grow.
fn swelling(bytes: usize) -> String {
    "\u{1}\"".repeat(bytes / 2)
}

fn event(number: usize, user: &str, patients: &[String], text: &str) -> serde_json::Value {
    let entities = patients.iter().map(|patient| json!({ "what": { "reference": format!("Patient/{patient}") } }));
    json!({
        "resourceType": "AuditEvent",
        "id": format!("event-{number}"),
        "type": { "code": "rest", "display": text },
        "action": "R",
        "recorded": format!("2026-03-02T10:{:02}:{:02}Z", number / 60 % 60, number % 60),
        "outcome": "0",
        "outcomeDesc": text,
        "agent": [{ "who": { "identifier": { "value": user } }, "name": text, "requestor": true, "network": { "address": text } }],
        "source": { "observer": { "display": text }, "site": text },
        "entity": entities.collect::<Vec<_>>(),
    })
}

/// Lines of a foreign log: the kind whose records may be largest.
fn hostile_log(path: &Path) {
    let mut log = String::new();
    for number in 0..RECORDS {
        // Long ones soon, but not first: by its beginning the file is told to be a log at all.
        let large = (10..10 + LONG_RECORDS).contains(&number);
        let text = swelling(if large { 200_000 } else { 1_500 });
        let patients: Vec<String> = (0..if large { 3_000 } else { 4 }).map(|n| format!("P-{number}-{n}")).collect();
        let user = if number % 2 == 0 { format!("u-{number}-{}", "x".repeat(600)) } else { "u-1".to_owned() };
        writeln!(log, "{}", event(number, &user, &patients, &text)).unwrap();
    }
    std::fs::write(path, log).unwrap();
}

struct Bench {
    dir: TempDir,
    desk: Desk,
}

impl Bench {
    fn open() -> Self {
        let (dir, desk) = office::open();
        desk.give_purpose(PurposeAsk { text: "a reason ".repeat(200) }).unwrap();
        Self { dir, desk }
    }

    fn import(&self, path: &Path) -> String {
        let wish = ImportWish { received_from: swelling(60_000), channel: swelling(60_000), ..ImportWish::default() };
        let started = self.desk.import_path(path, &wish).unwrap();
        let job = self.desk.wait_for(started.job.unwrap()).unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        fits("status", &self.desk.status(StatusAsk { active: true }).unwrap());
        job.bundle.unwrap()
    }

    fn look(&self, bundle: &str, filter: &str) -> Result<Look, FaultCode> {
        let (bundle, filter) = (bundle.to_owned(), filter.to_owned());
        let ask = LookAsk { bundle, filter, and: Vec::new(), sort: "time".to_owned(), descending: false };
        self.desk.look(ask).map_err(|fault| fault.code)
    }
}

/// An answer as it crosses.
#[track_caller]
fn fits(what: &str, answer: &impl Serialize) {
    let bytes = serde_json::to_vec(answer).unwrap().len();
    assert!(bytes <= ANSWER_BYTES_MAX, "{what} has {bytes} bytes");
}

#[test]
fn looks_at_a_hostile_bundle_fit() {
    let bench = Bench::open();
    let path = bench.dir.path().join("log.ndjson");
    hostile_log(&path);
    let bundle = bench.import(&path);
    let desk = &bench.desk;
    let look = bench.look(&bundle, "").unwrap();
    fits("look", &look);
    let mut long_ones = 0;
    for revealed in [false, true] {
        if revealed {
            fits("reveal", &desk.reveal(RevealAsk { look: look.look }).unwrap());
        }
        // However little fits into one answer, going on from there shows every row once.
        let mut shown = Vec::new();
        while shown.len() < RECORDS {
            let ask = RowsAsk { look: look.look, offset: shown.len() as u64, limit: u32::MAX };
            let rows = desk.rows(ask).unwrap();
            fits("rows", &rows);
            assert!(!rows.rows.is_empty() && rows.total == RECORDS as u64);
            shown.extend(rows.rows.into_iter().map(|row| row.event_ref));
        }
        assert_eq!(shown.iter().collect::<BTreeSet<_>>().len(), RECORDS, "every row came once");
        for event_ref in shown.into_iter().skip(8).take(LONG_RECORDS + 4) {
            let event = desk.event(EventAsk { look: look.look, event_ref }).unwrap();
            fits("event", &event);
            long_ones += usize::from(event.notes.iter().any(|note| note.contains("are shown")));
        }
    }
    // As long as the name is covered, these records are short: it is their whole text.
    assert_eq!(long_ones, LONG_RECORDS, "a record that was cut says so");
    fits("bins", &desk.bins(BinsAsk { look: look.look, bins_max: u32::MAX, fit: false }).unwrap());
    for field in ["user", "patient", "type", "system", "ip", "role", "session", "resource", "class", "policy"] {
        let ask = FacetAsk { look: look.look, field: field.to_owned(), contains: String::new(), limit: u32::MAX };
        fits(field, &desk.facet(ask).unwrap());
    }
    for kind in [PersonKind::Patient, PersonKind::User] {
        for prefix in ["", "P", "u"] {
            let ask = PeopleAsk {
                bundle: bundle.clone(),
                kind,
                prefix: prefix.to_owned(),
                sort: "events".to_owned(),
                descending: true,
                offset: 0,
                limit: u32::MAX,
            };
            fits("people", &desk.people(ask).unwrap());
        }
    }
    for (kind, id) in [(PersonKind::User, "u-1"), (PersonKind::Patient, "P-10-0"), (PersonKind::Patient, "P-1-0")] {
        let ask = PersonAsk { bundle: bundle.clone(), kind, id: id.to_owned() };
        let page = desk.person(ask).unwrap();
        fits("person", &page);
        let last = page.counterparts_total - 1;
        for offset in [0, last.min(200), last / 2, last] {
            let ask = CounterpartsAsk {
                look: page.look.look,
                sort: "id".to_owned(),
                descending: false,
                offset,
                limit: u32::MAX,
            };
            let more = desk.counterparts(ask).unwrap();
            fits("counterparts", &more);
            assert!(!more.counterparts.is_empty() && more.total == page.counterparts_total);
        }
    }
    fits("overview", &desk.overview(BundleAsk { bundle }).unwrap());
    fits("bundles", &desk.bundles(Nothing {}).unwrap());
    let ask = AccessLogAsk { offset: 0, limit: u32::MAX, actor: None, day: None, purpose: None };
    fits("access log", &desk.access_log(ask).unwrap());
}

#[test]
fn a_filter_that_the_page_could_not_be_told_about_is_refused() {
    let bench = Bench::open();
    let path = bench.dir.path().join("log.ndjson");
    std::fs::write(&path, format!("{}\n", event(1, "u-1", &["P-1".to_owned()], "x"))).unwrap();
    let bundle = bench.import(&path);
    let terms: Vec<String> = (0..90).map(|number| format!("user:{}{number}", "x".repeat(600))).collect();
    assert_eq!(bench.look(&bundle, &terms.join(" ")).unwrap_err(), FaultCode::BadInput);
    fits("look", &bench.look(&bundle, &terms[..12].join(" ")).unwrap());
    let id = swelling(50_000);
    let ask = PersonAsk { bundle, kind: PersonKind::Patient, id };
    assert_eq!(bench.desk.person(ask).unwrap_err().code, FaultCode::BadInput);
}

#[test]
fn a_report_with_thousands_of_findings_fits_and_says_how_many_there_are() {
    let bench = Bench::open();
    let path = bench.dir.path().join("bag");
    let (scenario, tamper) = (None, None);
    direct::sample(
        &path,
        &SampleWish {
            events: 4_000,
            seed: 4,
            days: None,
            scenario,
            tamper,
            sha512: false,
            compression: None,
            signing: None,
        },
    )
    .unwrap();
    // Every record says that it failed: none matches its hash, none its successor.
    let segment = path.join("data/events/segment-000001.ndjson");
    let text = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, text.replace("\"outcome\":\"success\"", "\"outcome\":\"failure\"")).unwrap();
    // And files that nobody lists, with long names.
    let deep = path.join("data").join("n".repeat(200)).join("n".repeat(200)).join("n".repeat(200));
    std::fs::create_dir_all(&deep).unwrap();
    for number in 0..600 {
        std::fs::write(deep.join(number.to_string()), "x").unwrap();
    }
    let bundle = bench.import(&path);
    let report = bench.desk.integrity(BundleAsk { bundle }).unwrap();
    fits("integrity", &report);
    assert!(report.findings_total > 900, "{} findings", report.findings_total);
    assert!(!report.findings.is_empty() && report.findings.len() as u64 <= report.findings_total);
}

/// A window in which somebody has chosen these.
#[derive(Default)]
struct Chosen {
    bundles: Mutex<Vec<PathBuf>>,
    file: Option<PathBuf>,
}

impl Outlets for Chosen {
    fn choose_bundle(&self, _folder: bool) -> Option<PathBuf> {
        self.bundles.lock().unwrap().pop()
    }

    fn choose_file(&self, _title: &str, _endings: &[&str]) -> Option<PathBuf> {
        None
    }

    fn choose_folder(&self) -> Option<PathBuf> {
        None
    }

    fn save_file(&self, _suggested: &str) -> Option<PathBuf> {
        self.file.clone()
    }

    fn set_clipboard(&self, _text: &str) -> bool {
        true
    }

    fn clear_clipboard(&self) {}

    fn print(&self) -> bool {
        true
    }
}

/// The longest name that a file can have, of characters that grow when they are made visible and written as JSON.
fn long_name() -> String {
    "\u{1}\u{202e}".repeat(60)
}

/// A folder in a folder in a folder with such names, as deep as paths can be.
fn deep(dir: &Path) -> PathBuf {
    let mut deep = dir.to_owned();
    while deep.as_os_str().len() < 3_500 {
        deep.push(long_name());
    }
    deep
}

/// A bundle that says more of itself than anybody reads.
fn boastful_bundle(path: &Path) {
    let (days, scenario, tamper, compression, signing) = (None, None, None, None, None);
    let wish = SampleWish { events: 20, seed: 4, days, scenario, tamper, sha512: false, compression, signing };
    direct::sample(path, &wish).unwrap();
    let manifest = path.join("data/audit-manifest.json");
    let mut stated: serde_json::Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    for member in ["organization", "system", "timezone"] {
        stated["source"][member] = swelling(300_000).into();
    }
    stated["producer"]["name"] = swelling(300_000).into();
    stated["bundle_id"] = swelling(300_000).into();
    std::fs::write(&manifest, stated.to_string()).unwrap();
}

/// A folder of links to nowhere, each with a long name: each is a trouble of the container.
#[cfg(unix)]
fn tangled_bundle(path: &Path) {
    boastful_bundle(path);
    for number in 0..200 {
        std::os::unix::fs::symlink("nowhere", path.join("data").join(format!("{number}{}", long_name()))).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn what_somebody_chooses_is_told_in_an_answer_that_fits() {
    let (dir, desk) = office::open_with(|dir| {
        let log = dir.join(format!("{}.ndjson", long_name()));
        hostile_log(&log);
        boastful_bundle(&dir.join("boastful"));
        tangled_bundle(&dir.join("tangled"));
        let bundles = vec![log, dir.join("tangled"), dir.join("boastful")];
        Box::new(Chosen { bundles: Mutex::new(bundles), file: None })
    });
    let choose = || {
        let answer = desk.choose_bundle(ChooseAsk { folder: true }).unwrap();
        fits("choose_bundle", &answer);
        answer.chosen
    };
    let boastful = choose().unwrap();
    for label in ["Organization", "System"] {
        let said = boastful.says.iter().find(|(name, _)| name == label).map_or("", |(_, value)| value.as_str());
        assert!(said.len() > 100 && said.ends_with('…'), "{label}: {said}");
    }
    assert!(choose().unwrap().troubles.len() > 20);
    assert!(choose().unwrap().name.len() > long_name().len(), "what is hidden in a name is shown");
    assert!(choose().is_none());
    drop(dir);
}

#[test]
#[cfg(unix)]
fn an_export_of_the_log_is_told_in_an_answer_that_fits() {
    let (dir, desk) = office::open_with(|dir| {
        let deep = deep(dir);
        std::fs::create_dir_all(&deep).unwrap();
        Box::new(Chosen { file: Some(deep.join("log")), ..Chosen::default() })
    });
    for _ in 0..50 {
        desk.give_purpose(PurposeAsk { text: "a reason ".repeat(200) }).unwrap();
    }
    let exported = desk.export_log(Nothing {}).unwrap();
    fits("export_log", &exported);
    assert!(exported.entries > 50);
    assert_eq!(exported.file.as_deref(), Some("log"), "the page is told the name, never the folders");
    let again = desk.export_log(Nothing {}).unwrap_err();
    fits("export_log, refused", &again);
    assert_eq!(again.what, "log exists already. Choose another name.");
    drop(dir);
}

#[test]
fn where_the_program_stands_is_told_in_an_answer_that_fits() {
    let (dir, desk) = office::open();
    fits("start", &desk.start(Nothing {}).unwrap());
    fits("zones", &desk.zones(Nothing {}).unwrap());
    assert!(desk.zones(Nothing {}).unwrap().zones.len() > 400);
    let at = |folder: &Path| Desk::new(Options::at(folder.to_owned()), Box::new(NoWindow)).start(Nothing {}).unwrap();
    let vault = dir.path().join("vault");
    let held = at(&vault);
    assert_eq!(held.stage, Stage::Held);
    fits("start, held", &held);
    let nowhere = at(&deep(dir.path()));
    assert_eq!(nowhere.stage, Stage::FirstRun);
    fits("start, nowhere", &nowhere);

    // A header as large as is read, with as many accounts and as long names as it can hold, and one beyond.
    let mut header: serde_json::Value =
        serde_json::from_slice(&std::fs::read(vault.join("vault.json")).unwrap()).unwrap();
    let account = header["users"][0].clone();
    for (accounts, bytes) in [(60, 3_000), (200, 8), (1, 200_000)] {
        let users = (0..accounts).map(|number| {
            let mut account = account.clone();
            account["name"] = format!("{number}{}", swelling(bytes)).into();
            account["user_id"] = format!("00000000-0000-4000-8000-{number:012}").into();
            account
        });
        header["users"] = users.collect();
        let doctored = dir.path().join(format!("{accounts}"));
        std::fs::create_dir(&doctored).unwrap();
        std::fs::write(doctored.join("vault.json"), header.to_string()).unwrap();
        fits("start, doctored", &at(&doctored));
    }
}
