//! The self-test of a stored bundle: the score, that it is kept, and that nothing is claimed where nothing can be.

use serde_json::{Value, json};
use workbench::wire::{BundleAsk, FaultCode, JobState, PinAsk, SelfTest, SelfTestAsk, SelfTestFate};

use crate::bench::Bench;

impl Bench {
    fn test(&self, bundle: &str) -> SelfTest {
        let job = self.desk.self_test(SelfTestAsk { bundle: bundle.to_owned(), rounds: 1 }).unwrap().job;
        let ended = self.desk.wait_for(job).unwrap();
        assert_eq!(ended.state, JobState::Done, "{:?}", ended.fault);
        let test = self.last_test(bundle).unwrap();
        assert_eq!(ended.sentence.as_ref(), Some(&test.summary));
        test
    }

    /// The saved report of a bundle in both forms.
    fn saved(&self, bundle: &str, name: &str) -> (String, Value) {
        let ask = BundleAsk { bundle: bundle.to_owned() };
        let save = |ending| {
            let path = self.dir.path().join(name).with_extension(ending);
            self.desk.save_report_to(&ask, &path).unwrap();
            std::fs::read_to_string(path).unwrap()
        };
        (save("html"), serde_json::from_str(&save("json")).unwrap())
    }

    fn last_test(&self, bundle: &str) -> Option<SelfTest> {
        self.desk.self_tested(BundleAsk { bundle: bundle.to_owned() }).unwrap().test
    }
}

#[test]
fn every_kind_of_damage_is_caught_or_excused_and_the_score_outlives_the_lock() {
    let bench = Bench::open();
    let path = bench.make("small", |wish| {
        wish.events = 300;
        wish.compression = Some("gzip".to_owned());
    });
    let bundle = bench.import(&path);
    assert!(bench.last_test(&bundle).is_none());
    let test = bench.test(&bundle);
    assert_eq!(test.missed, 0, "{:?}", test.kinds);
    assert!(test.caught > 20 && test.cannot_be_caught > 0);
    assert_eq!(test.copies, test.caught + test.cannot_be_caught);
    let of = |fate| test.kinds.iter().filter(move |kind| kind.fate == fate);
    assert!(of(SelfTestFate::Caught).all(|kind| !kind.by.is_empty() && kind.sentence.ends_with('.')));
    assert!(of(SelfTestFate::CannotBeCaught).all(|kind| kind.reason.is_some()));
    assert!(of(SelfTestFate::NotApplicable).all(|kind| kind.reason.is_some() && kind.copies == 0));
    let logged = bench.entries();
    let ended = logged.iter().find(|entry| entry.action == "self_tested").unwrap();
    assert!(ended.result.as_ref().unwrap().contains("missed 0"), "{:?}", ended.result);
    bench.desk.lock(workbench::wire::Nothing {}).unwrap();
    bench.unlock();
    assert_eq!(bench.last_test(&bundle).unwrap().summary, test.summary);
}

#[test]
fn what_a_pinned_key_signed_is_tested_with_that_key() {
    let bench = Bench::open();
    let path = bench.make("signed", |wish| {
        wish.events = 300;
        wish.signing = Some("segment".to_owned());
    });
    let bundle = bench.import(&path);
    let claimed = bench.desk.trust(BundleAsk { bundle: bundle.clone() }).unwrap().claims.remove(0).fingerprint;
    let pin = PinAsk {
        typed: claimed[claimed.len() - 8..].to_owned(),
        fingerprint: claimed,
        vouched_by: "R. Lindqvist".to_owned(),
        how: String::new(),
        note: String::new(),
        bundle: Some(bundle.clone()),
        file: None,
    };
    bench.desk.pin_key(pin).unwrap();
    let test = bench.test(&bundle);
    let fate = |word: &str| test.kinds.iter().find(|kind| kind.kind == word).unwrap().fate;
    assert_eq!(test.missed, 0, "{:?}", test.kinds);
    assert_eq!([fate("resigned"), fate("key-swapped")], [SelfTestFate::Caught; 2]);
}

#[test]
fn a_saved_report_holds_the_last_score_or_says_that_there_is_none() {
    let bench = Bench::open();
    let bundle = bench.import(&bench.make("small", |wish| wish.events = 300));
    let none = "No self-test was made with this bundle for this report.";
    let (page, object) = bench.saved(&bundle, "before");
    assert!(page.contains(none));
    assert_eq!((&object["self_test"], &object["self_tested_at"]), (&Value::Null, &Value::Null));

    let test = bench.test(&bundle);
    let (page, object) = bench.saved(&bundle, "after");
    let score = &object["self_test"];
    assert_eq!((&score["format"], &score["seed"]), (&json!("chartproof-self-test/1"), &json!(test.seed)));
    let counts = ["copies", "caught", "cannot_be_caught", "missed"].map(|count| score["counts"][count].as_u64());
    let shown = [test.copies, test.caught, test.cannot_be_caught, test.missed];
    assert_eq!(counts, shown.map(Some));
    assert_eq!(object["self_tested_at"], json!(test.at.recorded));
    assert!(!page.contains(none));
    let kind = test.kinds.iter().find(|kind| kind.fate == SelfTestFate::Caught).unwrap();
    let apart = "It was made apart from this check and ended at ";
    for said in [&*test.summary, &*test.meaning, &*kind.sentence, apart] {
        assert!(page.contains(&said.replace('\'', "&#39;")), "{said}");
    }

    // A later test takes its place.
    let again = bench.test(&bundle);
    assert_eq!(bench.saved(&bundle, "again").1["self_test"]["seed"], json!(again.seed));
}

#[test]
fn a_test_that_is_stopped_leaves_no_score() {
    let bench = Bench::open();
    let bundle = bench.import(&bench.make("whole", |_| ()));
    let job = bench.desk.self_test(SelfTestAsk { bundle: bundle.clone(), rounds: 20 }).unwrap().job;
    bench.desk.cancel_job(workbench::wire::JobAsk { job }).unwrap();
    assert_eq!(bench.desk.wait_for(job).unwrap().state, JobState::Cancelled);
    assert!(bench.last_test(&bundle).is_none());
}

#[test]
fn records_without_evidence_are_not_tested() {
    let bench = Bench::open();
    let log = bench.dir.path().join("log.ndjson");
    std::fs::write(&log, "{\"resourceType\":\"AuditEvent\",\"recorded\":\"2026-03-01T00:00:00Z\"}\n").unwrap();
    let bundle = bench.import(&log);
    let told = bench.desk.self_tested(BundleAsk { bundle: bundle.clone() }).unwrap();
    assert!(told.cannot.unwrap().starts_with("Records of this kind carry no evidence"));
    let refused = bench.desk.self_test(SelfTestAsk { bundle, rounds: 1 }).unwrap_err();
    assert_eq!(refused.code, FaultCode::BadInput);
}
