//! What is written, in which order, what it yields, and what happens if it cannot be written.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use access_log::{
    AccessLog, Entry, Handover, LockCause, LogFault, LogFilter, LoggedEntry, NotWitnessed, PAGE_ENTRIES_MAX, Purpose,
    TrustStep, Undone,
};
use desk::{Desk, complaint, question, second};
use vault::{Vault, VaultFault};

/// All entries, oldest first, read at noon and a minute.
fn told(desk: &Desk) -> Vec<LoggedEntry> {
    let filter = LogFilter::default();
    let seen = desk.log.append(&desk.vault, Entry::LogViewed { filter: filter.text() }, None, &second(60)).unwrap();
    let mut entries = desk.log.entries(&desk.vault, &seen, &filter, 0, PAGE_ENTRIES_MAX).unwrap().entries;
    entries.reverse();
    entries
}

fn actions(desk: &Desk) -> Vec<String> {
    told(desk).into_iter().map(|entry| entry.body.action).collect()
}

#[test]
fn the_first_entry_is_that_the_vault_was_made() {
    let desk = Desk::new();
    desk.log.begin(&desk.vault, &second(1)).unwrap();
    let entries = told(&desk);
    assert_eq!(entries[0].body.action, "create_vault");
    assert_eq!(entries[0].body.object.as_deref(), Some(desk.vault.vault_id()));
    assert_eq!(entries[1].body.action, "unlock");
    assert!(desk.check().intact());

    let desk = Desk::new();
    let entry = Entry::CreateVault { label: desk.vault.label() };
    assert_eq!(desk.log.append(&desk.vault, entry, None, &second(0)).unwrap().seq(), 1);
    assert_eq!(actions(&desk), ["create_vault", "log_viewed"]);
}

#[test]
fn an_entry_says_who_what_when_and_why() {
    let desk = Desk::new();
    let asked = access_log::Question { bundle: Some("bundle-1".to_owned()), ..question(3) };
    desk.log.append(&desk.vault, Entry::Look(asked.clone()), Some(&complaint()), &second(3)).unwrap();
    let look = told(&desk).swap_remove(1);
    let body = look.body;
    assert_eq!((look.seq, body.action.as_str(), body.ts.as_str()), (2, "look", "2026-03-01T12:00:03Z"));
    assert_eq!((body.actor.as_str(), body.role.as_str()), (desk::USER, "privacy_officer"));
    assert_eq!(body.actor_id, desk.vault.user_id());
    assert_eq!(body.query, Some(asked.query));
    assert_eq!((body.order, body.bundle), (Some(asked.order), asked.bundle));
    assert_eq!(body.purpose, Some(complaint()));
}

#[test]
fn every_kind_of_entry_is_written_and_stands() {
    let text = || "x".to_owned();
    let step = || TrustStep { number: 3, sha256: text() };
    let kinds = [
        Entry::Import {
            bundle: text(),
            handover: Handover { zone: Some(text()), quoted: Some((text(), false)), ..Handover::default() },
            profile: text(),
            records: 1,
            integrity: text(),
        },
        Entry::ImportRepeated { bundle: text(), handover: Handover::default() },
        Entry::ImportUndone { bundle: text(), records: 1, why: Undone::Cancelled },
        Entry::Verify {
            bundle: text(),
            integrity: text(),
            assurance: Some(text()),
            findings: 2,
            went_on_behind: Some(1),
        },
        Entry::Compare { earlier: text(), later: text() },
        Entry::Compared { comparison: 2, outcome: text(), differences: 3 },
        Entry::SelfTest { bundle: text(), rounds: 1, seed: 4 },
        Entry::SelfTested { test: 2, copies: 50, caught: 49, missed: 0 },
        Entry::LookClosed { look: 2, rows: 40, patients: 3, users: 2 },
        Entry::ViewEvent { event_ref: text() },
        Entry::EventSought { event_id: text() },
        Entry::PatientsList(question(1)),
        Entry::UsersList(question(1)),
        Entry::Reveal { object: text() },
        Entry::Copy { object: text(), rows: 1 },
        Entry::Print { object: text(), rows: 1 },
        Entry::Export { object: text(), rows: 1, destination: text() },
        Entry::Settings { name: text(), before: text(), after: text() },
        Entry::PassphraseChange,
        Entry::PurposeGiven,
        Entry::Refused { asked: "look".to_owned(), why: "REASON_MISSING".to_owned() },
        Entry::LogChecked { entries: 3, intact: true },
        Entry::LogExported { destination: text() },
        Entry::KeyPinned { fingerprint: text(), kind: text(), vouched_by: text(), step: step() },
        Entry::KeyRevoked { fingerprint: text(), from: text(), why: text(), step: step() },
        Entry::AnchorAdded { stream: text(), last_seq: 36, last_hash: text(), origin: text(), step: step() },
        Entry::AnchorWithdrawn { anchor: 2, why: text(), step: step() },
        Entry::Lock { cause: LockCause::Idle },
    ];
    let desk = Desk::new();
    for entry in kinds.clone() {
        desk.log.append(&desk.vault, entry, Some(&complaint()), &second(1)).unwrap();
    }
    let written = actions(&desk);
    assert_eq!(written[1..=kinds.len()], kinds.map(|entry| entry.action().to_owned()));
    assert!(desk.check().intact());
}

#[test]
fn a_change_of_trust_says_what_it_is_about_and_which_step_it_was() {
    let desk = Desk::new();
    let step = TrustStep { number: 7, sha256: "ab".repeat(32) };
    let kid = format!("sha256:{}", "0".repeat(64));
    let pinned = Entry::KeyPinned {
        fingerprint: kid.clone(),
        kind: "key".to_owned(),
        vouched_by: "R. Lindqvist".to_owned(),
        step: step.clone(),
    };
    let withdrawn = Entry::AnchorWithdrawn { anchor: 4, why: "typed wrongly".to_owned(), step };
    for entry in [pinned, withdrawn] {
        desk.log.append(&desk.vault, entry, None, &second(1)).unwrap();
    }
    let entries = told(&desk);
    let body = &entries[1].body;
    assert_eq!((body.object.as_ref(), body.purpose.as_ref()), (Some(&kid), None));
    assert_eq!((body.results["step"], body.details["step_sha256"].as_str()), (7, "ab".repeat(32).as_str()));
    assert_eq!((body.details["kind"].as_str(), body.details["vouched_by"].as_str()), ("key", "R. Lindqvist"));
    let body = &entries[2].body;
    assert_eq!((body.results["anchor"], body.details["why"].as_str()), (4, "typed wrongly"));
}

#[test]
fn a_look_without_a_purpose_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    for entry in [
        Entry::Look(question(1)),
        Entry::ViewEvent { event_ref: "x".to_owned() },
        Entry::EventSought { event_id: "x".to_owned() },
        Entry::PatientsList(question(1)),
        Entry::UsersList(question(1)),
        Entry::Reveal { object: "x".to_owned() },
        Entry::Copy { object: "x".to_owned(), rows: 1 },
        Entry::Print { object: "x".to_owned(), rows: 1 },
        Entry::Export { object: "x".to_owned(), rows: 1, destination: "x".to_owned() },
        Entry::PurposeGiven,
    ] {
        let refused = desk.log.append(&desk.vault, entry, None, &second(1));
        assert!(matches!(refused, Err(LogFault::PurposeMissing)), "{refused:?}");
    }
    assert_eq!(desk.log.head(&desk.vault).unwrap(), None);
}

#[test]
fn a_token_serves_its_own_question_only() {
    let desk = Desk::new();
    let seen = desk.look(1).unwrap();
    seen.admits(&desk.vault, &Entry::Look(question(1))).unwrap();
    seen.admits_question(&desk.vault, &question(1)).unwrap();
    let other =
        |result: Result<(), LogFault>| matches!(result, Err(LogFault::NotWitnessed(NotWitnessed::OtherQuestion)));
    assert!(other(seen.admits(&desk.vault, &Entry::Look(question(2)))));
    assert!(other(seen.admits(&desk.vault, &Entry::PatientsList(question(1)))));
    assert!(other(seen.admits_question(&desk.vault, &question(2))));
    let settings = Entry::Settings { name: "theme".to_owned(), before: "light".to_owned(), after: "dark".to_owned() };
    let seen = desk.log.append(&desk.vault, settings, None, &second(2)).unwrap();
    assert!(other(seen.admits_question(&desk.vault, &question(1))));
}

#[test]
fn a_token_ends_with_its_purpose_and_with_the_lock() {
    let desk = Desk::new();
    let over = |result: Result<(), LogFault>| matches!(result, Err(LogFault::NotWitnessed(NotWitnessed::Over)));
    let seen = desk.look(1).unwrap();
    desk.log.append(&desk.vault, Entry::LogChecked { entries: 2, intact: true }, None, &second(2)).unwrap();
    seen.stands(&desk.vault).unwrap();
    desk.log.append(&desk.vault, Entry::PurposeGiven, Some(&complaint()), &second(3)).unwrap();
    assert!(over(seen.stands(&desk.vault)));
    let seen = desk.look(4).unwrap();
    seen.stands(&desk.vault).unwrap();
    desk.log.close(&desk.vault, LockCause::Asked, &second(5)).unwrap();
    assert!(over(seen.stands(&desk.vault)));
}

#[test]
fn a_token_serves_no_other_vault_and_no_later_opening() {
    let (desk, other) = (Desk::new(), Desk::new());
    let elsewhere =
        |result: Result<(), LogFault>| matches!(result, Err(LogFault::NotWitnessed(NotWitnessed::OtherOpening)));
    let seen = desk.look(1).unwrap();
    assert!(elsewhere(seen.stands(&other.vault)));
    let desk = desk.reopened();
    assert!(elsewhere(seen.stands(&desk.vault)));
}

#[test]
fn an_act_and_its_entry_are_kept_together_or_not_at_all() {
    let desk = Desk::new();
    desk.look(1).unwrap();
    let entry = || Entry::Import {
        bundle: "bundle-1".to_owned(),
        handover: Handover::default(),
        profile: "audit-bundle/1.0".to_owned(),
        records: 3,
        integrity: "PASS".to_owned(),
    };
    let failed: Result<((), _), LogFault> =
        desk.log.act(&desk.vault, entry(), None, &second(2), |_| Err(LogFault::Unwritable));
    assert!(matches!(failed, Err(LogFault::Unwritable)));
    assert_eq!(desk.log.head(&desk.vault).unwrap().unwrap().seq, 2);
    let (done, seen) =
        desk.log.act(&desk.vault, entry(), None, &second(2), |_| -> Result<_, LogFault> { Ok("done") }).unwrap();
    assert_eq!((done, seen.seq()), ("done", 3));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let desk = Desk::new();
    desk.look(1).unwrap();
    desk.vault.limit_size(1).unwrap();
    // Small entries may still find room in pages that are there.
    let refused = (2..2_000).find_map(|number| desk.look(number).err());
    assert!(matches!(refused, Some(LogFault::Vault(VaultFault::Full))), "{refused:?}");
    desk.vault.limit_size(u64::MAX).unwrap();
    desk.look(2_000).unwrap();
    assert!(desk.check().intact());
}

#[test]
fn texts_beyond_the_limits_are_refused() {
    let desk = Desk::new();
    let long = access_log::Question { query: "x".repeat(70_000), ..question(1) };
    let refused = desk.log.append(&desk.vault, Entry::Look(long), Some(&complaint()), &second(1));
    assert!(matches!(refused, Err(LogFault::TextLong { member: "query" })));
    let many = Entry::LookClosed { look: 1, rows: u64::MAX, patients: 1, users: 1 };
    assert!(matches!(desk.log.append(&desk.vault, many, None, &second(1)), Err(LogFault::Unwritable)));
    let undated = model::Instant::undated("yesterday");
    let refused = desk.log.append(&desk.vault, Entry::PassphraseChange, None, &undated);
    assert!(matches!(refused, Err(LogFault::Undated)));
    assert_eq!(desk.log.head(&desk.vault).unwrap(), None);
}

#[test]
fn a_clock_that_was_set_back_is_noted_once() {
    let desk = Desk::new();
    desk.look(100).unwrap();
    // Acts wait for each other: a second is no jump.
    desk.look(99).unwrap();
    desk.look(40).unwrap();
    desk.look(41).unwrap();
    let entries = told(&desk);
    let actions: Vec<_> = entries.iter().map(|entry| entry.body.action.as_str()).collect();
    assert_eq!(actions, ["create_vault", "look", "look", "clock_jump", "look", "look", "log_viewed"]);
    assert_eq!(entries[3].body.results["seconds_back"], 59);
    assert_eq!(entries[3].body.details["before"], "2026-03-01T12:01:39Z");
    assert!(desk.check().intact());
}

#[test]
fn attempts_stand_before_the_unlock_that_tells_of_them() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("vault");
    let first = vault::NewUser { name: desk::USER, passphrase: desk::PASSPHRASE };
    let made = Vault::create(&folder, &first, vault::KdfCost::FLOOR, vault::VaultLabel::Sample, &second(0));
    drop(made.unwrap());
    for _ in 0..2 {
        assert!(Vault::unlock(&folder, desk::USER, "not the passphrase at all").is_err());
    }
    for expected in [&["create_vault", "failed_unlocks", "unlock"][..], &["unlock"]] {
        let vault = Vault::unlock(&folder, desk::USER, desk::PASSPHRASE).unwrap();
        let log = AccessLog::open(&vault).unwrap();
        let before = log.head(&vault).unwrap().map_or(0, |head| head.seq);
        let seen = log.begin(&vault, &second(10)).unwrap();
        assert_eq!(seen.seq() - before, expected.len() as u64);
    }
}

#[test]
fn an_unlock_says_whether_the_session_before_was_locked() {
    let desk = Desk::with_entries().reopened();
    desk.log.begin(&desk.vault, &second(20)).unwrap();
    let mut desk = desk.reopened();
    desk.log.begin(&desk.vault, &second(21)).unwrap();
    // What an opening writes before its own entry says nothing about the session before.
    for (closed, at) in [(true, 22), (false, 23)] {
        let Desk { kept, folder, vault, log, recovery } = desk;
        if closed {
            log.close(&vault, LockCause::Asked, &second(at)).unwrap();
        }
        drop((vault, log));
        assert!(Vault::unlock(&folder, desk::USER, "not the passphrase at all").is_err());
        let vault = Vault::unlock(&folder, desk::USER, desk::PASSPHRASE).unwrap();
        let log = AccessLog::open(&vault).unwrap();
        log.begin(&vault, &second(at)).unwrap();
        desk = Desk { kept, folder, vault, log, recovery };
    }
    let sessions: Vec<_> =
        told(&desk).into_iter().filter_map(|entry| entry.body.details.get("session_before").cloned()).collect();
    assert_eq!(sessions, ["locked", "locked", "not_locked", "locked", "not_locked"]);
}

#[test]
fn a_new_signing_key_is_introduced_before_it_is_used() {
    let desk = Desk::with_entries();
    let Desk { kept, folder, vault, log, recovery } = desk;
    drop((vault, log));
    let vault = Vault::unlock_with_recovery(&folder, &recovery.text(), desk::USER, desk::OTHER_PASSPHRASE).unwrap();
    let log = AccessLog::open(&vault).unwrap();
    log.begin(&vault, &second(20)).unwrap();
    let desk = Desk { kept, folder, vault, log, recovery };
    let entries = told(&desk);
    let introduced = &entries[8].body;
    assert_eq!((introduced.action.as_str(), entries[9].body.action.as_str()), ("recovery_used", "unlock"));
    let key = integrity::Digest::from_bytes(desk.vault.user_public_key().to_bytes());
    assert_eq!(introduced.introduces, Some(key.to_hex()));
    assert!(desk.check().intact());
}

#[test]
fn the_lock_carries_the_root_over_all_entries_before_it() {
    let desk = Desk::with_entries();
    let entries = told(&desk);
    let lock = &entries[7].body;
    assert_eq!(lock.action, "lock");
    assert_eq!(lock.results["size"], 7);
    let mut tree = integrity::merkle::Tree::new();
    entries[..7].iter().for_each(|entry| tree.push(entry.hash.as_bytes()));
    assert_eq!(lock.details["root"], tree.root().to_hex());
    // After a check the tree is remembered; the next root has to be the same as one made from the beginning.
    desk.check();
    desk.look(61).unwrap();
    desk.log.close(&desk.vault, LockCause::Ended, &second(62)).unwrap();
    let report = desk.check();
    assert!(report.intact());
    assert_eq!(report.roots, 2);
}

#[test]
fn entries_are_listed_newest_first_by_user_action_purpose_and_time() {
    let desk = Desk::with_entries();
    let find = |filter: &LogFilter, offset, limit| {
        let seen = desk.log.append(&desk.vault, Entry::LogViewed { filter: filter.text() }, None, &second(30)).unwrap();
        let page = desk.log.entries(&desk.vault, &seen, filter, offset, limit).unwrap();
        (page.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), page.total)
    };
    let looks = LogFilter { action: Some("look".to_owned()), ..LogFilter::default() };
    assert_eq!(find(&looks, 0, 3), (vec![7, 6, 5], 5));
    assert_eq!(find(&looks, 3, 3), (vec![4, 3], 5));
    let purpose = LogFilter { purpose: Some("COMPLAINT".to_owned()), ..LogFilter::default() };
    assert_eq!(find(&purpose, 0, 100).1, 5);
    let range = LogFilter { from: Some(second(3)), to: Some(second(5)), ..LogFilter::default() };
    assert_eq!(find(&range, 0, 100), (vec![5, 4], 2));
    let nobody = LogFilter { actor: Some("A. Lindqvist".to_owned()), ..LogFilter::default() };
    assert_eq!(find(&nobody, 0, 100), (vec![], 0));
    // The entry of one filter does not serve another.
    let seen = desk.log.append(&desk.vault, Entry::LogViewed { filter: looks.text() }, None, &second(31)).unwrap();
    assert!(desk.log.entries(&desk.vault, &seen, &purpose, 0, 1).is_err());
}

#[test]
fn no_statement_of_the_program_changes_the_log() {
    let desk = Desk::with_entries();
    for sql in [
        "UPDATE access_log SET body = '{}' WHERE seq = 3",
        "DELETE FROM access_log",
        "DELETE FROM ACCESS_LOG WHERE seq = 8",
        "INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE seq = 3",
        "INSERT OR REPLACE INTO access_log SELECT 20, prev_hash, salt, body, body_hash, hash, actor_key, sig FROM access_log WHERE seq = 8",
        "INSERT INTO access_log SELECT 9, prev_hash, salt, body, body_hash, hash, actor_key, sig FROM access_log WHERE seq = 8",
        "DROP TRIGGER access_log_stays",
        "DROP TABLE access_log",
        "ALTER TABLE access_log RENAME TO other",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
    ] {
        let written = desk.vault.write(|database| -> Result<(), LogFault> { Ok(database.execute_batch(sql)?) });
        assert!(written.is_err(), "{sql}");
    }
    assert_eq!(desk.check().entries, 8);
    assert!(desk.check().intact());
}

#[test]
fn triggers_refuse_other_tools_too() {
    let desk = Desk::with_entries().reopened_after(|raw| {
        for sql in [
            "UPDATE access_log SET body = '{}' WHERE seq = 3",
            "DELETE FROM access_log",
            "INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE seq = 3",
            "PRAGMA recursive_triggers = OFF; INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE seq = 3",
        ] {
            assert!(raw.execute_batch(sql).is_err(), "{sql}");
        }
    });
    assert!(desk.check().intact());
}

#[test]
fn nothing_of_the_log_can_be_read_in_any_file() {
    let desk = Desk::with_entries();
    let purpose = Purpose::reason("daughter of nurse Abernathy").unwrap();
    desk.log.append(&desk.vault, Entry::Look(question(9)), Some(&purpose), &second(9)).unwrap();
    let search = || {
        for entry in std::fs::read_dir(&desk.folder).unwrap() {
            let content = std::fs::read(entry.unwrap().path()).unwrap();
            for word in ["MRN-0009", "Abernathy", "patient:", "access_log", "create_vault"] {
                assert!(!content.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
            }
        }
    };
    search();
    desk.log.close(&desk.vault, LockCause::Asked, &second(10)).unwrap();
    search();
}

#[test]
fn nothing_about_a_person_is_in_debug_output() {
    let desk = Desk::new();
    let seen = desk.look(1).unwrap();
    let filter = LogFilter { actor: Some("Abernathy".to_owned()), ..LogFilter::default() };
    let text = format!("{seen:?} {:?} {:?} {:?} {filter:?}", seen.entry(), seen.purpose(), told(&desk));
    for word in ["MRN", "patient:", "complaint", "Okafor", "Abernathy"] {
        assert!(!text.contains(word), "{text}");
    }
}
