//! Choosing a bundle and saying how it came: what waits for the unlock, what the page is told, what is compared.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod office;

use std::path::{Path, PathBuf};

use office::PASSPHRASE;
use workbench::wire::{
    BundleAsk, Chosen, Fault, FaultCode, ImportAsk, ImportStarted, JobAsk, JobState, Nothing, PurposeAsk, StatusAsk,
    UnlockAsk,
};
use workbench::{Desk, Gauge, ImportWish, NoWindow, Options, SampleWish, direct};

fn sample(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let wish = SampleWish {
        events: 300,
        seed: 4,
        days: None,
        scenario: None,
        tamper: None,
        sha512: false,
        compression: None,
        signing: None,
    };
    direct::sample(&path, &wish).unwrap();
    path
}

fn unlock(desk: &Desk) {
    desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: PASSPHRASE.into() }).unwrap();
}

fn choose(desk: &Desk, path: PathBuf) -> Result<Option<Chosen>, Fault> {
    desk.dropped(path);
    Ok(desk.chosen(Nothing {})?.chosen)
}

/// Imports what was chosen, handed over by somebody, with a hash that was quoted.
fn import(desk: &Desk, chosen: &Chosen, handed_by: &str, quoted: Option<String>) -> Result<ImportStarted, Fault> {
    desk.import(ImportAsk {
        token: chosen.token,
        handed_by: handed_by.into(),
        handed_on: "2026-04-02".into(),
        channel: "Secure transfer".into(),
        quoted_sha256: quoted,
        zone_for_bare_times: None,
    })
}

#[test]
fn a_bundle_named_at_the_start_is_there_once_the_vault_is_unlocked() {
    let (dir, desk) = office::open();
    drop(desk);
    let desk = Desk::new(Options::at(dir.path().join("vault")), Box::new(NoWindow));
    desk.dropped(sample(dir.path(), "march.zip"));
    assert_eq!(desk.chosen(Nothing {}).unwrap_err().code, FaultCode::Locked);
    let wrong = UnlockAsk { user: "okafor".into(), passphrase: "not the passphrase".into() };
    assert!(desk.unlock(wrong).is_err());
    unlock(&desk);
    assert_eq!(desk.chosen(Nothing {}).unwrap().chosen.unwrap().name, "march.zip");
    assert!(desk.chosen(Nothing {}).unwrap().chosen.is_none(), "it is given once");
}

#[test]
fn a_lock_forgets_what_one_person_had_chosen() {
    let (dir, desk) = office::open();
    let path = sample(dir.path(), "march.zip");
    let chosen = choose(&desk, path.clone()).unwrap().unwrap();
    desk.dropped(path);
    desk.lock(Nothing {}).unwrap();
    unlock(&desk);
    assert!(desk.chosen(Nothing {}).unwrap().chosen.is_none());
    desk.give_purpose(PurposeAsk { text: "Another question".into() }).unwrap();
    assert_eq!(import(&desk, &chosen, "", None).unwrap_err().code, FaultCode::NotFound);
}

#[test]
fn the_page_is_told_names_and_never_a_path() {
    let (dir, desk) = office::open();
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let folder = dir.path().join("of patient Doe");
    std::fs::create_dir(&folder).unwrap();
    let text = folder.join("minutes\u{202e}.txt");
    std::fs::write(&text, "Minutes of the meeting").unwrap();
    let said = choose(&desk, text).unwrap_err().what;
    assert!(said.starts_with("minutes⟦U+202E⟧.txt is not an audit bundle"), "{said}");
    let said = choose(&desk, folder.join("gone.zip")).unwrap_err().what;
    assert!(said.contains("gone.zip") && !said.contains("Doe"), "{said}");

    let path = sample(&folder, "march.zip");
    let chosen = choose(&desk, path.clone()).unwrap().unwrap();
    std::fs::remove_file(path).unwrap();
    let said = import(&desk, &chosen, "", None).unwrap_err().what;
    assert!(said.contains("march.zip") && !said.contains("Doe"), "{said}");
}

#[test]
fn a_hash_that_differs_is_told_at_the_start_at_the_end_and_ever_after() {
    let (dir, desk) = office::open();
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let chosen = choose(&desk, sample(dir.path(), "march")).unwrap().unwrap();
    assert_eq!((chosen.kind.as_str(), &chosen.sha256), ("Folder", &None));
    let started = import(&desk, &chosen, "Dana Whitfield", Some("0".repeat(64))).unwrap();
    let sentence = started.quoted.unwrap();
    assert_eq!(started.quoted_agrees, Some(false));
    let job = desk.wait_for(started.job.unwrap()).unwrap();
    assert_eq!(job.state, JobState::Done);
    assert!(job.sentence.unwrap().contains(&sentence));
    let received = desk.overview(BundleAsk { bundle: job.bundle.clone().unwrap() }).unwrap().received;
    assert_eq!((received.quoted, received.quoted_agrees), (Some(sentence.clone()), Some(false)));

    // A second handover of the same bundle changes nothing of the first, and is compared all the same.
    let again = import(&desk, &chosen, "Sam Reyes", Some("1".repeat(64))).unwrap();
    assert_eq!((again.job, again.already), (None, job.bundle.clone()));
    assert_eq!((again.quoted, again.quoted_agrees), (Some(sentence), Some(false)));
    let received = desk.overview(BundleAsk { bundle: job.bundle.unwrap() }).unwrap().received;
    assert_eq!(received.handed_by, "Dana Whitfield");
}

#[test]
fn a_bundle_is_read_as_work_that_is_counted_and_can_be_stopped() {
    let (dir, desk) = office::open();
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let plain = dir.path().join("plain.json");
    std::fs::write(&plain, r#"{"resourceType":"AuditEvent","id":"e1","recorded":"2026-03-02T08:00:00Z"}"#).unwrap();
    let paths = [sample(dir.path(), "march.zip"), sample(dir.path(), "march"), plain];
    let wish = ImportWish { expected_sha256: Some("0".repeat(64)), ..ImportWish::default() };
    for path in &paths {
        let stopped = Gauge::default();
        stopped.stop();
        let fault = desk.import_shown(path, &wish, &stopped).unwrap_err();
        assert_eq!(fault.code, FaultCode::Cancelled, "{}", path.display());
        assert!(stopped.read().2 > 0, "it is told how much there is to read");
    }
    assert!(desk.bundles(Nothing {}).unwrap().bundles.is_empty());
    assert!(desk.status(StatusAsk { active: true }).unwrap().jobs.is_empty(), "nothing is left on the list");
    for path in &paths {
        let started = desk.import_shown(path, &wish, &Gauge::default()).unwrap();
        assert_eq!(started.quoted_agrees, Some(false));
        assert_eq!(desk.wait_for(started.job.unwrap()).unwrap().state, JobState::Done);
    }
}

#[test]
fn an_ended_job_leaves_the_list_when_it_is_dismissed() {
    let (dir, desk) = office::open();
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let chosen = choose(&desk, sample(dir.path(), "march.zip")).unwrap().unwrap();
    let job = import(&desk, &chosen, "", None).unwrap().job.unwrap();
    desk.wait_for(job).unwrap();
    let jobs = || desk.status(StatusAsk { active: true }).unwrap().jobs.into_iter().map(|job| job.job);
    assert!(jobs().any(|each| each == job));
    desk.dismiss_job(JobAsk { job }).unwrap();
    assert!(jobs().all(|each| each != job));
    assert_eq!(desk.dismiss_job(JobAsk { job }).unwrap_err().code, FaultCode::NotFound);
}
