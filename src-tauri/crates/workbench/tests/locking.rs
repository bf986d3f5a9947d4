//! Locking while an import is at work: everything is covered at once, and the import is neither lost nor shown.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use workbench::wire::{
    CreateVaultAsk, FaultCode, JobAsk, JobState, LookAsk, Nothing, PurposeAsk, RecoverAsk, Stage, StatusAsk, UnlockAsk,
};
use workbench::{Desk, ImportWish, NoWindow, Options, SampleWish, Ticks, direct};

const PASSPHRASE: &str = "seven quiet herons wade";
const REASON: &str = "Complaint of 12 March";
/// So many that the import is still at work when the next line of a test runs.
const EVENTS: u64 = 60_000;

struct Bench {
    dir: TempDir,
    desk: Desk,
    minutes: Arc<AtomicU64>,
    recovery_key: String,
}

impl Bench {
    /// A desk whose clock stands still, with an import at work; and the import's number.
    fn importing() -> (Self, u32) {
        let dir = TempDir::new().unwrap();
        let minutes = Arc::new(AtomicU64::new(0));
        let passing = Arc::clone(&minutes);
        let mut options = Options::at(dir.path().join("vault"));
        options.cost = vault::KdfCost::FLOOR;
        options.ticks = Ticks::by(move || Duration::from_secs(60 * passing.load(Ordering::SeqCst)));
        let desk = Desk::new(options, Box::new(NoWindow));
        let made = desk.create_vault(CreateVaultAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
        desk.give_purpose(PurposeAsk { text: REASON.into() }).unwrap();
        let bench = Self { dir, desk, minutes, recovery_key: made.recovery_key };
        let started = bench.desk.import_path(&bench.sample(), &ImportWish::default()).unwrap();
        (bench, started.job.unwrap())
    }

    fn sample(&self) -> PathBuf {
        let path = self.dir.path().join("large");
        let (days, scenario, tamper, compression, signing) = (None, None, None, None, None);
        let wish = SampleWish { events: EVENTS, seed: 4, days, scenario, tamper, sha512: false, compression, signing };
        direct::sample(&path, &wish).unwrap();
        path
    }

    fn unlock(&self, passphrase: &str) -> Result<(), FaultCode> {
        let ask = UnlockAsk { user: "okafor".into(), passphrase: passphrase.into() };
        self.desk.unlock(ask).map(drop).map_err(|fault| fault.code)
    }

    /// Waits until the locked vault is closed: another desk could open it then.
    fn wait_until_closed(&self) {
        let other = Desk::new(Options::at(self.dir.path().join("vault")), Box::new(NoWindow));
        let patience = Instant::now();
        while other.start(Nothing {}).unwrap().stage == Stage::Held {
            assert!(patience.elapsed() < Duration::from_mins(10), "the vault stays open");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn actions(&self) -> Vec<String> {
        let mut actions = Vec::new();
        let log = self.desk.each_log_entry(&mut |entry| {
            if entry.action != "log_viewed" {
                actions.push(format!("{} {}", entry.action, entry.result.unwrap_or_default()));
            }
            Ok(())
        });
        log.unwrap();
        actions
    }
}

/// What the actions of the log begin with.
#[track_caller]
fn check_actions(actions: &[String], expected: &[&str]) {
    let told: Vec<&str> = actions.iter().map(|action| action.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(told, expected, "{actions:?}");
}

#[test]
fn an_import_goes_on_behind_an_automatic_lock_and_then_the_vault_closes() {
    let (bench, job) = Bench::importing();
    bench.minutes.store(9, Ordering::SeqCst);
    assert!(!bench.desk.status(StatusAsk { active: false }).unwrap().locked);
    bench.minutes.store(10, Ordering::SeqCst);
    let status = bench.desk.status(StatusAsk { active: false }).unwrap();
    assert!(status.locked && status.user.is_none() && status.purpose.is_none());
    let [shown] = status.jobs.as_slice() else { panic!("the import is at work: {:?}", status.jobs) };
    assert_eq!((shown.job, shown.state), (job, JobState::Running));
    assert!(shown.bundle.is_none() && shown.sentence.is_none() && shown.badge.is_none(), "numbers alone");

    // Nothing answers, nobody stops it, and the window is at its unlock screen.
    for refused in [
        bench.desk.bundles(Nothing {}).map(drop),
        bench.desk.cancel_job(JobAsk { job }).map(drop),
        bench
            .desk
            .access_log(workbench::wire::AccessLogAsk { offset: 0, limit: 1, actor: None, day: None, purpose: None })
            .map(drop),
    ] {
        assert_eq!(refused.unwrap_err().code, FaultCode::Locked);
    }
    assert_eq!(bench.desk.start(Nothing {}).unwrap().stage, Stage::Locked);

    bench.wait_until_closed();
    assert!(bench.desk.status(StatusAsk { active: false }).unwrap().jobs.is_empty());
    bench.unlock(PASSPHRASE).unwrap();
    // Whoever comes next is told how it ended.
    let [ended] = bench.desk.status(StatusAsk { active: true }).unwrap().jobs.try_into().unwrap();
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.fault);
    assert_eq!(bench.desk.bundles(Nothing {}).unwrap().bundles[0].events, EVENTS);
    let actions = bench.actions();
    check_actions(&actions, &["create_vault", "unlock", "purpose_given", "lock", "import", "verify", "lock", "unlock"]);
    assert!(actions[3].contains("cause: idle") && actions[6].contains("cause: work_ended"), "{actions:?}");
    assert!(actions[7].contains("session before: locked"), "{actions:?}");
    let check = bench.desk.check_log(Nothing {}).unwrap();
    assert!(check.stands, "{}", check.sentence);
}

#[test]
fn whoever_locked_comes_back_to_the_import_with_the_passphrase_and_without_a_purpose() {
    let (bench, job) = Bench::importing();
    bench.desk.lock(Nothing {}).unwrap();
    assert!(bench.desk.status(StatusAsk { active: true }).unwrap().locked);
    assert_eq!(bench.unlock("not the passphrase").unwrap_err(), FaultCode::WrongPassphrase);
    let recover = RecoverAsk {
        user: "okafor".into(),
        recovery_key: bench.recovery_key.clone(),
        passphrase: "nine loud herons wade off".into(),
    };
    assert_eq!(bench.desk.recover(recover).unwrap_err().code, FaultCode::Held);
    bench.unlock(PASSPHRASE).unwrap();
    let status = bench.desk.status(StatusAsk { active: true }).unwrap();
    assert_eq!((status.locked, status.purpose), (false, None));
    assert!(status.jobs.iter().any(|shown| shown.job == job), "{:?}", status.jobs);
    let ended = bench.desk.wait_for(job).unwrap();
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.fault);
    let bundle = ended.bundle.unwrap();
    let ask = LookAsk { bundle, filter: String::new(), and: Vec::new(), sort: "time".into(), descending: false };
    assert_eq!(bench.desk.look(ask).unwrap_err().code, FaultCode::PurposeNeeded);
    let actions = bench.actions();
    assert!(actions[3].contains("cause: asked"), "{actions:?}");
    let failed = actions.iter().position(|action| action.starts_with("failed_unlocks")).unwrap();
    assert!(actions[failed + 1].starts_with("unlock"), "{actions:?}");
    assert!(bench.desk.check_log(Nothing {}).unwrap().stands);
}

#[test]
fn the_end_of_the_program_ends_an_import_behind_a_lock_too() {
    let (bench, _) = Bench::importing();
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.end();
    bench.wait_until_closed();
    bench.unlock(PASSPHRASE).unwrap();
    assert!(bench.desk.bundles(Nothing {}).unwrap().bundles.is_empty());
    let actions = bench.actions();
    let ended = ["create_vault", "unlock", "purpose_given", "lock", "import_undone", "lock", "unlock"];
    check_actions(&actions, &ended);
}
