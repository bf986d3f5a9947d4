//! A check of a stored bundle that was stopped is gone on with, by the same inputs alone, and says so.

use workbench::grouped;
use workbench::wire::{Job, JobAsk, JobState, Nothing, Seal, UnlockAsk};

use crate::bench::bag::Draft;
use crate::bench::bag::signing::{Policy, Producer};
use crate::bench::{Bench, ask, office};

const PER_SEGMENT: u64 = 250;

/// A log of many segments, each record signed, so that a check takes its time; in the vault.
struct Case {
    bench: Bench,
    bundle: String,
    kid: String,
}

impl Case {
    fn new() -> Self {
        let bench = Bench::open();
        let producer = Producer::new(9);
        let draft = Draft::signed(6000, usize::try_from(PER_SEGMENT).unwrap(), Policy::Event, &producer);
        let kid = producer.kid().to_string();
        bench.pin(&kid, 64, None).unwrap();
        let bundle = bench.import_bag("long", &draft.bag());
        Self { bench, bundle, kid }
    }

    /// Begins a check and does something once it has passed two segments. A check that was too quick is begun again.
    fn stopped(&self, stop: impl Fn(&Bench, u32)) {
        loop {
            let job = self.bench.desk.check_again(ask(&self.bundle)).unwrap().job;
            let gauge = self.bench.desk.gauge(job).unwrap();
            // Every check of this bundle comes to its last record.
            while gauge.read().0 <= 2 * PER_SEGMENT {
                std::thread::yield_now();
            }
            if gauge.read().0 < 5000 {
                return stop(&self.bench, job);
            }
            assert_eq!(self.bench.desk.wait_for(job).unwrap().state, JobState::Done);
        }
    }

    fn check(&self) -> Job {
        let job = self.bench.check(&self.bundle);
        assert_eq!(job.state, JobState::Done, "{:?}", job.fault);
        job
    }

    fn unlock(&self) {
        let ask = UnlockAsk { user: "okafor".to_owned(), passphrase: office::PASSPHRASE.into() };
        self.bench.desk.unlock(ask).unwrap();
        self.bench.give_purpose();
    }

    /// Everything the integrity report says, but for when.
    fn told(&self) -> String {
        let report = self.bench.desk.integrity(ask(&self.bundle)).unwrap();
        format!("{:?} {:?} {:?} {:?}", report.verdict, report.findings, report.checks, report.coverage)
    }

    /// What the log says of the newest verdict.
    fn logged(&self) -> String {
        let mut logged = String::new();
        let mut note = |entry: workbench::wire::LogEntry| {
            if entry.action == "verify" {
                logged = entry.result.unwrap_or_default();
            }
            Ok(())
        };
        self.bench.desk.each_log_entry(&mut note).unwrap();
        logged
    }
}

/// Behind which record a sentence says that a check went on, or will.
fn behind(sentence: &str) -> Option<u64> {
    let (_, rest) = sentence.split_once("behind the first ")?;
    let (records, _) = rest.split_once(" record").unwrap();
    Some(records.replace(',', "").parse().unwrap())
}

fn cancel(bench: &Bench, job: u32) -> Job {
    bench.desk.cancel_job(JobAsk { job }).unwrap();
    let job = bench.desk.wait_for(job).unwrap();
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.fault);
    job
}

#[test]
fn a_check_that_was_cancelled_is_gone_on_with_and_says_what_one_says_that_was_not() {
    let case = Case::new();
    let before = case.told();
    let promised = std::cell::Cell::new(None);
    case.stopped(|bench, job| promised.set(behind(&cancel(bench, job).sentence.unwrap())));
    let first = promised.get().unwrap();
    assert!(first >= 2 * PER_SEGMENT && first % PER_SEGMENT == 0, "{first}");
    assert_eq!(case.told(), before);
    // Once more, further down.
    case.stopped(|bench, job| promised.set(behind(&cancel(bench, job).sentence.unwrap())));
    let second = promised.get().unwrap();
    assert!(second >= first, "{second}");

    let job = case.check();
    let sentence = job.sentence.unwrap();
    assert_eq!((behind(&sentence), job.badge.unwrap().seal), (Some(second), Seal::Verified), "{sentence}");
    assert!(sentence.contains("of the one that was stopped on "), "{sentence}");
    assert_eq!(case.told(), before);
    assert!(case.logged().contains(&format!("went on behind record {}", grouped(second))), "{}", case.logged());
    // It has ended: the next begins at the beginning.
    assert_eq!(behind(&case.check().sentence.unwrap()), None);
    assert_eq!(case.told(), before);
    assert!(!case.logged().contains("went on"), "{}", case.logged());
}

#[test]
fn a_lock_and_the_end_of_the_program_lose_nothing_of_a_check_but_its_last_segment() {
    let case = Case::new();
    let before = case.told();
    for is_end in [false, true] {
        case.stopped(|bench, _| {
            if is_end {
                bench.desk.end();
            } else {
                bench.desk.lock(Nothing {}).unwrap();
            }
        });
        case.unlock();
        let sentence = case.check().sentence.unwrap();
        assert!(behind(&sentence).is_some_and(|records| records >= 2 * PER_SEGMENT), "{sentence}");
        assert_eq!(case.told(), before);
    }
}

#[test]
fn what_is_vouched_for_since_then_begins_the_check_again() {
    let case = Case::new();
    case.stopped(|bench, job| assert!(behind(&cancel(bench, job).sentence.unwrap()).is_some()));
    let revoke = workbench::wire::RevokeAsk {
        fingerprint: case.kid.clone(),
        from: "2026-01-01".to_owned(),
        why: "stolen".to_owned(),
    };
    case.bench.desk.revoke_key(revoke).unwrap();
    let job = case.check();
    assert_eq!((behind(&job.sentence.unwrap()), job.badge.unwrap().seal), (None, Seal::NotVerified));
    assert!(!case.logged().contains("went on"), "{}", case.logged());
}
