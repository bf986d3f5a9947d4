//! A log that somebody changed with the key and other tools: what is found, and where.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod desk;

use access_log::{AccessLog, BreakKind, Depth, Head, HeadFinding, chain};
use desk::{Desk, past_the_triggers, second};
use integrity::Digest;
use vault::rusqlite::{Connection, params};

/// Changes the log of entries 1 to 8 past its triggers and checks that both depths find the same break.
#[track_caller]
fn check(change: impl FnOnce(&Connection), seq: u64, kind: &BreakKind) {
    let desk = Desk::with_entries().reopened_after(change);
    for depth in [Depth::Full, Depth::Quick] {
        let report = desk.log.verify(&desk.vault, depth, &[]).unwrap();
        let found = report.first_break.clone().expect("nothing was found");
        assert_eq!((found.seq, &found.kind), (seq, kind), "{depth:?}: {found}");
        assert!(!report.intact());
        assert!(!found.advice().is_empty());
    }
}

#[track_caller]
fn check_sql(statements: &str, seq: u64, kind: &BreakKind) {
    check(|raw| past_the_triggers(raw, statements), seq, kind);
}

/// Everything a signature does not need: links and hashes anew, from an entry to the end.
fn rehash(raw: &Connection, vault_id: &str) {
    let rows: Vec<(i64, [u8; 16], String)> = raw
        .prepare("SELECT seq, salt, body FROM access_log ORDER BY seq")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut before = chain::genesis(vault_id);
    for (seq, salt, body) in rows {
        let body_hash = chain::body_hash(&salt, &body);
        let hash = chain::entry_hash(u64::try_from(seq).unwrap(), &before, &body_hash);
        raw.execute(
            "UPDATE access_log SET prev_hash = ?2, body_hash = ?3, hash = ?4 WHERE seq = ?1",
            params![seq, before.as_bytes(), body_hash.as_bytes(), hash.as_bytes()],
        )
        .unwrap();
        before = hash;
    }
}

#[test]
fn a_log_nobody_touched_stands() {
    let desk = Desk::with_entries().reopened();
    let head = desk.log.head(&desk.vault).unwrap().unwrap();
    let full = desk.log.verify(&desk.vault, Depth::Full, std::slice::from_ref(&head)).unwrap();
    assert_eq!((full.entries, full.signatures, full.roots), (8, 8, 1));
    assert_eq!(full.head, Some(head));
    assert_eq!(full.heads, [HeadFinding::OnChain { seq: 8 }]);
    assert!(full.intact() && !full.contradicted());
    let quick = desk.log.verify(&desk.vault, Depth::Quick, &[]).unwrap();
    assert_eq!((quick.entries, quick.signatures, quick.roots), (8, 1, 1));
    assert!(quick.intact());
}

#[test]
fn an_empty_log_stands() {
    let desk = Desk::new();
    let report = desk.check();
    assert!(report.intact());
    assert_eq!((report.entries, report.head), (0, None));
}

#[test]
fn a_changed_text_is_found_and_placed() {
    check_sql(
        "UPDATE access_log SET body = replace(body, 'MRN-0003', 'MRN-0009') WHERE seq = 4",
        4,
        &BreakKind::BodyChanged,
    );
}

#[test]
fn a_changed_salt_or_hash_is_found() {
    check_sql("UPDATE access_log SET salt = zeroblob(16) WHERE seq = 5", 5, &BreakKind::BodyChanged);
    check_sql("UPDATE access_log SET hash = zeroblob(32) WHERE seq = 5", 5, &BreakKind::HashWrong);
    check_sql("UPDATE access_log SET body_hash = zeroblob(32) WHERE seq = 5", 5, &BreakKind::BodyChanged);
    check_sql("UPDATE access_log SET prev_hash = zeroblob(32) WHERE seq = 5", 5, &BreakKind::LinkBroken);
}

#[test]
fn a_removed_entry_is_found_and_placed() {
    check_sql("DELETE FROM access_log WHERE seq = 4", 4, &BreakKind::NumberMissing { found: 5 });
    check_sql("DELETE FROM access_log WHERE seq = 1", 1, &BreakKind::NumberMissing { found: 2 });
}

#[test]
fn a_removed_entry_is_found_even_if_the_numbers_are_closed_up() {
    check_sql(
        "DELETE FROM access_log WHERE seq = 4; UPDATE access_log SET seq = seq - 1 WHERE seq > 4",
        4,
        &BreakKind::LinkBroken,
    );
}

#[test]
fn an_inserted_entry_is_found() {
    check_sql(
        "PRAGMA ignore_check_constraints = ON; INSERT INTO access_log SELECT -3, prev_hash, salt, body, body_hash, hash, actor_key, sig FROM access_log WHERE seq = 1",
        1,
        &BreakKind::NumberMissing { found: 0 },
    );
    check_sql(
        "UPDATE access_log SET seq = seq + 100 WHERE seq > 4; UPDATE access_log SET seq = seq - 99 WHERE seq > 100;
         INSERT INTO access_log SELECT 5, hash, salt, body, body_hash, hash, actor_key, sig FROM access_log WHERE seq = 4",
        5,
        &BreakKind::HashWrong,
    );
}

#[test]
fn a_log_hashed_anew_without_the_signing_key_is_found_at_the_changed_entry() {
    let desk = Desk::with_entries();
    let vault_id = desk.vault.vault_id().to_owned();
    let desk = desk.reopened_after(|raw| {
        past_the_triggers(raw, "UPDATE access_log SET body = replace(body, 'MRN-0003', 'MRN-0009') WHERE seq = 4");
        let triggers =
            "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'access_log'";
        let triggers: String = raw.query_row(triggers, [], |row| row.get(0)).unwrap();
        for name in ["access_log_stays", "access_log_remains", "access_log_grows_at_its_end"] {
            raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        // The last entry carries a root, which would give the change away by itself.
        raw.execute_batch("DELETE FROM access_log WHERE seq = 8").unwrap();
        rehash(raw, &vault_id);
        raw.execute_batch(&triggers).unwrap();
    });
    for depth in [Depth::Full, Depth::Quick] {
        let found = desk.log.verify(&desk.vault, depth, &[]).unwrap().first_break.unwrap();
        assert_eq!((found.seq, found.kind), (4, BreakKind::SignatureWrong), "{depth:?}");
    }
}

#[test]
fn a_signature_that_was_cut_out_is_found_by_the_full_check() {
    let desk = Desk::with_entries()
        .reopened_after(|raw| past_the_triggers(raw, "UPDATE access_log SET sig = zeroblob(64) WHERE seq = 4"));
    let found = desk.check().first_break.unwrap();
    assert_eq!((found.seq, found.kind), (4, BreakKind::SignatureWrong));
    check_sql("UPDATE access_log SET sig = zeroblob(64) WHERE seq = 8", 8, &BreakKind::SignatureWrong);
}

#[test]
fn a_key_nobody_has_is_found() {
    check_sql("UPDATE access_log SET actor_key = zeroblob(32) WHERE seq = 6", 6, &BreakKind::KeyUnknown);
}

#[test]
fn a_key_that_was_slipped_in_has_to_be_introduced() {
    check(
        |raw| {
            raw.execute_batch(
                "INSERT INTO person_key (public_key, user_id, since, cause)
                 SELECT randomblob(32), user_id, created, 'recovered' FROM person",
            )
            .unwrap();
            past_the_triggers(
                raw,
                "UPDATE access_log SET actor_key =
                    (SELECT public_key FROM person_key WHERE cause = 'recovered') WHERE seq = 6",
            );
        },
        6,
        &BreakKind::KeyNotIntroduced,
    );
}

#[test]
fn a_root_that_is_not_the_one_of_the_entries_is_found() {
    let desk = Desk::with_entries();
    let vault_id = desk.vault.vault_id().to_owned();
    let desk = desk.reopened_after(|raw| {
        let (salt, before): ([u8; 16], [u8; 32]) = raw
            .query_row("SELECT salt, prev_hash FROM access_log WHERE seq = 8", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        let body: String = raw.query_row("SELECT body FROM access_log WHERE seq = 8", [], |row| row.get(0)).unwrap();
        let place = body.find(r#""root":""#).unwrap() + 8;
        let body = format!("{}{}{}", &body[..place], Digest::of(b"x"), &body[place + 64..]);
        let body_hash = chain::body_hash(&salt, &body);
        let hash = chain::entry_hash(8, &Digest::from_bytes(before), &body_hash);
        past_the_triggers(
            raw,
            &format!(
                "UPDATE access_log SET body = '{body}', body_hash = x'{body_hash}', hash = x'{hash}' WHERE seq = 8"
            ),
        );
    });
    assert_eq!(desk.vault.vault_id(), vault_id);
    let found = desk.check().first_break.unwrap();
    assert_eq!((found.seq, found.kind), (8, BreakKind::RootWrong));
}

#[test]
fn a_removed_tail_is_found_against_a_head_that_was_noted() {
    let desk = Desk::with_entries();
    let noted = desk.log.head(&desk.vault).unwrap().unwrap();
    let desk = desk.reopened_after(|raw| past_the_triggers(raw, "DELETE FROM access_log WHERE seq > 5"));
    // By itself the log cannot tell: what is left is a beginning of what was there.
    let report = desk.log.verify(&desk.vault, Depth::Full, &[noted]).unwrap();
    assert!(report.intact() && report.contradicted());
    assert_eq!(report.heads, [HeadFinding::RolledBack { known: 8, ends: 5 }]);
}

#[test]
fn a_log_that_took_another_way_is_told_from_one_that_was_cut() {
    let desk = Desk::with_entries();
    let noted = desk.log.head(&desk.vault).unwrap().unwrap();
    let desk = desk.reopened_after(|raw| past_the_triggers(raw, "DELETE FROM access_log WHERE seq > 5"));
    for number in 30..33 {
        desk.look(number).unwrap();
    }
    let foreign = Head { vault_id: "another".to_owned(), ..noted.clone() };
    let report = desk.log.verify(&desk.vault, Depth::Quick, &[noted, foreign]).unwrap();
    assert!(report.intact() && report.contradicted());
    assert_eq!(report.heads, [HeadFinding::Forked { seq: 8 }, HeadFinding::OtherVault]);
}

#[test]
fn a_table_without_its_triggers_does_not_open() {
    let desk = Desk::with_entries();
    let key = vault::tamper::key(&desk.vault).unwrap();
    let Desk { kept: _kept, folder, vault, log, .. } = desk;
    drop((vault, log));
    let raw = vault::tamper::open(&folder, &key).unwrap();
    raw.execute_batch("DROP TRIGGER access_log_stays").unwrap();
    raw.close().unwrap();
    let vault = vault::Vault::unlock(&folder, desk::USER, desk::PASSPHRASE).unwrap();
    let opened = AccessLog::open(&vault).map(drop).unwrap_err();
    assert_eq!(opened.to_string(), "the layout of vault.db was changed: the trigger access_log_stays is missing");
}

#[test]
fn a_trigger_removed_while_the_vault_is_open_is_found_by_the_check() {
    let desk = Desk::with_entries();
    let key = vault::tamper::key(&desk.vault).unwrap();
    let raw = vault::tamper::open(&desk.folder, &key).unwrap();
    raw.execute_batch("DROP TRIGGER access_log_remains").unwrap();
    let found = desk.check().first_break.unwrap();
    assert_eq!(found.to_string(), "The access log's table was changed: the trigger access_log_remains is missing.");
}

#[test]
fn the_first_of_several_breaks_is_named() {
    check_sql(
        "UPDATE access_log SET sig = zeroblob(64) WHERE seq = 7;
         UPDATE access_log SET body = '{}' WHERE seq = 5;
         UPDATE access_log SET sig = zeroblob(64) WHERE seq = 4",
        4,
        &BreakKind::SignatureWrong,
    );
}

#[test]
fn many_entries_of_several_batches_are_checked() {
    let desk = Desk::new();
    desk.vault
        .write(|database| -> Result<(), access_log::LogFault> {
            for number in 0..5_000 {
                let entry = access_log::Entry::LogChecked { entries: number, intact: true };
                desk.log.append_in(database, &desk.vault, &entry, None, &second(1))?;
            }
            Ok(())
        })
        .unwrap();
    let report = desk.check();
    assert!(report.intact());
    assert_eq!(report.signatures, 5_001);
    let desk =
        desk.reopened_after(|raw| past_the_triggers(raw, "UPDATE access_log SET sig = zeroblob(64) WHERE seq = 4500"));
    assert_eq!(desk.check().first_break.unwrap().seq, 4_500);
}
