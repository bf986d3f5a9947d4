//! Two exports compared in the window: what is said, what is logged, and that what records say is a look.

use workbench::wire::{
    CompareAsk, CompareOutcome, Compared, ComparedRecord, ComparedRecordAsk, ExportChoice, FaultCode, JobAsk, JobState,
    PurposeAsk,
};

use crate::bench::Bench;

impl Bench {
    fn compare(&self, earlier: ExportChoice, later: ExportChoice) -> Compared {
        let job = self.desk.compare(CompareAsk { earlier, later }).unwrap().job;
        let ended = self.desk.wait_for(job).unwrap();
        assert_eq!(ended.state, JobState::Done, "{:?}", ended.fault);
        self.desk.compared(JobAsk { job }).unwrap().compared.unwrap()
    }

    fn versions(&self, compared: &Compared, revealed: bool) -> ComparedRecord {
        let ask = ComparedRecordAsk { job: compared.job, stream: compared.streams[0].number, difference: 0, revealed };
        self.desk.compared_record(ask).unwrap()
    }

    /// How often each of these actions is in the access log.
    fn logged(&self, actions: [&str; 4]) -> [usize; 4] {
        let entries = self.entries();
        actions.map(|action| entries.iter().filter(|entry| entry.action == action).count())
    }
}

fn stored(bundle: &str) -> ExportChoice {
    ExportChoice::Bundle { bundle: bundle.to_owned() }
}

/// What both came to in their own checks, as of today.
fn own_checks(compared: &Compared) -> [&str; 2] {
    [&compared.earlier, &compared.later].map(|side| side.own_check.as_str())
}

const LOOKS: [&str; 4] = ["compare", "compared", "view_event", "reveal"];

#[test]
fn a_longer_export_extends_the_shorter_and_a_packed_one_is_the_same() {
    let bench = Bench::open();
    let whole = bench.import(&bench.make("whole", |_| ()));
    let packed = bench.import(&bench.make("packed", |wish| wish.compression = Some("gzip".to_owned())));
    assert_ne!(whole, packed);
    let same = bench.compare(stored(&whole), stored(&packed));
    assert_eq!(same.outcome, CompareOutcome::Identical, "{:?}", same.summary);
    assert_eq!((same.earlier.records, same.later.records), (900, 900));
    assert_eq!(own_checks(&same), ["", "PASS"], "the second showed something new of the first, so that is history");
    bench.check_again(&whole);
    assert_eq!(own_checks(&bench.compare(stored(&whole), stored(&packed))), ["PASS", "PASS"]);
    let cut = bench.import(&bench.make("cut", |wish| wish.tamper = Some("tail-truncated-undetectable".to_owned())));
    let longer = bench.compare(stored(&cut), stored(&whole));
    assert_eq!(longer.outcome, CompareOutcome::Extends, "{:?}", longer.summary);
    assert!(longer.streams[0].new > 0 && longer.streams[0].differences.is_empty());
    assert_eq!(
        own_checks(&longer),
        ["FAIL", "PASS"],
        "to come with less than was here before is no export of this log"
    );
    assert_eq!(bench.logged(LOOKS), [3, 3, 0, 0]);
}

#[test]
fn a_rewritten_record_is_shown_in_both_versions_covered_and_logged_until_a_reveal() {
    let bench = Bench::open();
    let whole = bench.import(&bench.make("whole", |_| ()));
    let rewritten = bench.tampered("history-recomputed-undetectable");
    let compared = bench.compare(stored(&whole), stored(&rewritten));
    assert_eq!(compared.outcome, CompareOutcome::Rewritten);
    let first = &compared.streams[0].differences[0];
    assert_eq!(first.kind, "rewritten");
    let (earlier, later) = (first.earlier.as_ref().unwrap(), first.later.as_ref().unwrap());
    assert!(earlier.hash.is_some() && earlier.hash != later.hash && earlier.line.is_some());
    assert!(!first.members.is_empty());
    assert_eq!(bench.logged(LOOKS), [1, 1, 0, 0], "nothing was shown yet");

    let covered = bench.versions(&compared, false);
    let (one, other) = (covered.earlier.unwrap(), covered.later.unwrap());
    assert_ne!(one.as_recorded, other.as_recorded);
    assert_eq!(bench.logged(LOOKS), [1, 1, 2, 0]);
    assert!(one.named.starts_with(&whole[..12]) && other.named.starts_with(&rewritten[..12]));
    assert!(one.covered && one.as_recorded.contains("⟦covered⟧"), "{}", one.as_recorded);
    let revealed = bench.versions(&compared, true).earlier.unwrap();
    assert!(!revealed.covered && !revealed.as_recorded.contains("⟦covered⟧"));
    assert_eq!(bench.logged(LOOKS), [1, 1, 4, 1]);
}

#[test]
fn versions_are_not_shown_without_a_purpose() {
    let bench = Bench::open();
    let whole = bench.import(&bench.make("whole", |_| ()));
    let compared = bench.compare(stored(&whole), stored(&bench.tampered("history-recomputed-undetectable")));
    bench.desk.lock(workbench::wire::Nothing {}).unwrap();
    bench.unlock();
    let ask = ComparedRecordAsk { job: compared.job, stream: 0, difference: 0, revealed: false };
    let gone = bench.desk.compared_record(ask).unwrap_err();
    assert_eq!(gone.code, FaultCode::NotFound, "a comparison does not outlive the lock");
    let again = bench.compare(stored(&compared.earlier.sha256), stored(&compared.later.sha256));
    let ask = ComparedRecordAsk { job: again.job, stream: 0, difference: 0, revealed: false };
    assert_eq!(bench.desk.compared_record(ask.clone()).unwrap_err().code, FaultCode::PurposeNeeded);
    bench.desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    assert!(bench.desk.compared_record(ask).is_ok());
}

#[test]
fn what_cannot_be_compared_is_refused_or_says_why() {
    let bench = Bench::open();
    let whole = bench.import(&bench.make("whole", |_| ()));
    let same = bench.desk.compare(CompareAsk { earlier: stored(&whole), later: stored(&whole) }).unwrap_err();
    assert_eq!(same.code, FaultCode::BadInput);
    let unknown = CompareAsk { earlier: stored(&whole), later: ExportChoice::File { token: 7 } };
    assert_eq!(bench.desk.compare(unknown).unwrap_err().code, FaultCode::NotFound);
    let other = bench.import(&bench.make("other", |wish| wish.seed = 5));
    let compared = bench.compare(stored(&whole), stored(&other));
    assert!(compared.outcome != CompareOutcome::Identical && compared.outcome != CompareOutcome::Extends);
    let log = bench.dir.path().join("log.ndjson");
    std::fs::write(&log, "{\"resourceType\":\"AuditEvent\",\"recorded\":\"2026-03-01T00:00:00Z\"}\n").unwrap();
    let foreign = bench.compare(stored(&whole), stored(&bench.import(&log)));
    assert_eq!(foreign.outcome, CompareOutcome::NotComparable);
    assert!(foreign.summary[0].contains("different kinds"), "{:?}", foreign.summary);
}
