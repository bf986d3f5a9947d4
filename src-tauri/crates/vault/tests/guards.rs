//! What no statement may do, transactions, migrations, and a disk that is full.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod desk;

use std::thread;

use desk::Desk;
use vault::rusqlite::{Connection, params};
use vault::{Difference, Migration, SchemaDifference, Vault, VaultFault, tamper};

const NOTES: &[Migration] = &[Migration {
    room: "notes",
    number: 1,
    sql: "CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
          CREATE TRIGGER note_stays BEFORE UPDATE ON note BEGIN SELECT RAISE(ABORT, 'stays'); END;
          CREATE TABLE draft (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
}];

fn with_notes() -> (Desk, Vault) {
    let (desk, vault, _) = Desk::with_vault();
    vault.migrate(NOTES).unwrap();
    vault.protect(&["note"]);
    run(&vault, "INSERT INTO note VALUES (1, 'one')").unwrap();
    run(&vault, "INSERT INTO draft VALUES (1, 'one')").unwrap();
    (desk, vault)
}

fn run(vault: &Vault, sql: &str) -> Result<(), VaultFault> {
    vault.write(|database| Ok(database.execute_batch(sql)?))
}

fn count(vault: &Vault, table: &str) -> i64 {
    vault
        .read(|database| -> Result<_, VaultFault> {
            Ok(database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
        })
        .unwrap()
}

const FORBIDDEN: [&str; 27] = [
    "UPDATE note SET text = 'x'",
    "UPDATE NOTE SET text = 'x'",
    "DELETE FROM note",
    "DROP TABLE note",
    "DROP TRIGGER note_stays",
    "ALTER TABLE note RENAME TO other",
    "ALTER TABLE note ADD COLUMN more TEXT",
    "ALTER TABLE draft ADD COLUMN more TEXT",
    "DROP TABLE draft",
    "CREATE TABLE other (x)",
    "CREATE TEMP TABLE other (x)",
    "CREATE TRIGGER other BEFORE INSERT ON note BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMP TRIGGER other BEFORE INSERT ON note BEGIN SELECT RAISE(IGNORE); END",
    "CREATE INDEX other ON draft (text)",
    "PRAGMA writable_schema = ON",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA trusted_schema = ON",
    "PRAGMA secure_delete = OFF",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA rekey = 'x'",
    "PRAGMA query_only = OFF",
    "UPDATE sqlite_schema SET sql = ''",
    "DELETE FROM sqlite_schema",
    "ATTACH 'elsewhere.db' AS elsewhere",
    "VACUUM INTO 'elsewhere.db'",
    "UPDATE person_key SET user_id = ''",
];

#[test]
fn no_statement_changes_layout_settings_or_what_only_grows() {
    let (_desk, vault) = with_notes();
    for sql in FORBIDDEN {
        let written = vault.write(|database| -> Result<(), VaultFault> { Ok(database.execute_batch(sql)?) });
        assert!(matches!(written, Err(VaultFault::Forbidden | VaultFault::Database { .. })), "{sql}: {written:?}");
        let read = vault.read(|database| -> Result<(), VaultFault> { Ok(database.execute_batch(sql)?) });
        assert!(matches!(read, Err(VaultFault::Forbidden | VaultFault::Database { .. })), "{sql}: {read:?}");
    }
    assert_eq!(count(&vault, "note"), 1);
    assert_eq!(vault.schema_differences().unwrap(), []);
    run(&vault, "INSERT INTO note VALUES (2, 'two'); UPDATE draft SET text = 'x'; DELETE FROM draft").unwrap();
}

#[test]
fn readers_refuse_every_change() {
    let (_desk, vault) = with_notes();
    let written = vault.read(|database| -> Result<(), VaultFault> {
        Ok(database.execute_batch("INSERT INTO draft VALUES (2, 'two')")?)
    });
    assert!(written.is_err());
    assert_eq!(count(&vault, "draft"), 1);
}

#[test]
fn a_transaction_that_fails_or_panics_leaves_nothing() {
    let (_desk, vault) = with_notes();
    let failed = vault.write(|database| -> Result<(), VaultFault> {
        database.execute_batch("INSERT INTO draft VALUES (2, 'two')")?;
        Err(VaultFault::Mismatch)
    });
    assert!(matches!(failed, Err(VaultFault::Mismatch)));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        vault.write(|database| -> Result<(), VaultFault> {
            database.execute_batch("INSERT INTO draft VALUES (2, 'two')")?;
            panic!("somebody's mistake");
        })
    }));
    assert!(panicked.is_err());
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        vault.read(|_| -> Result<(), VaultFault> { panic!("somebody's mistake") })
    }));
    assert!(looked.is_err());
    assert_eq!(count(&vault, "draft"), 1);
    run(&vault, "INSERT INTO draft VALUES (2, 'two')").unwrap();
}

#[test]
fn a_transaction_within_another_is_refused_instead_of_waiting_for_ever() {
    let (_desk, vault) = with_notes();
    let nested = vault.write(|_| run(&vault, "INSERT INTO draft VALUES (2, 'two')"));
    assert!(matches!(nested, Err(VaultFault::Nested)));
    run(&vault, "INSERT INTO draft VALUES (2, 'two')").unwrap();
}

#[test]
fn a_look_does_not_wait_for_a_job_and_does_not_see_half_of_it() {
    let (_desk, vault) = with_notes();
    vault
        .write_behind(|database| -> Result<(), VaultFault> {
            database.execute_batch("INSERT INTO draft VALUES (2, 'two')")?;
            thread::scope(|scope| {
                // Were the reader to wait for the writer, this would never end.
                assert_eq!(scope.spawn(|| count(&vault, "draft")).join().unwrap(), 1);
            });
            Ok(())
        })
        .unwrap();
    assert_eq!(count(&vault, "draft"), 2);
}

#[test]
fn all_of_a_look_sees_the_same_moment() {
    let (_desk, vault) = with_notes();
    vault
        .read(|database| -> Result<(), VaultFault> {
            let count = || database.query_row("SELECT count(*) FROM draft", [], |row| row.get::<_, i64>(0));
            let before = count()?;
            thread::scope(|scope| {
                scope.spawn(|| run(&vault, "INSERT INTO draft VALUES (2, 'two')").unwrap());
            });
            assert_eq!(count()?, before);
            Ok(())
        })
        .unwrap();
}

#[test]
fn more_looks_than_readers_wait_and_are_all_served() {
    let (_desk, vault) = with_notes();
    thread::scope(|scope| {
        let looks: Vec<_> = (0..32).map(|_| scope.spawn(|| count(&vault, "note"))).collect();
        assert!(looks.into_iter().all(|look| look.join().unwrap() == 1));
    });
}

#[test]
fn a_full_disk_is_named_and_leaves_everything_whole() {
    let (desk, vault) = with_notes();
    let before = count(&vault, "draft");
    vault.limit_size(64 * 16_384).unwrap();
    let fill = vault.write(|database| -> Result<(), VaultFault> {
        for number in 10..1_000 {
            database.execute("INSERT INTO draft VALUES (?1, ?2)", params![number, "x".repeat(10_000)])?;
        }
        Ok(())
    });
    assert!(matches!(fill, Err(VaultFault::Full)), "{fill:?}");
    assert_eq!(count(&vault, "draft"), before);
    run(&vault, "INSERT INTO draft VALUES (2, 'small')").unwrap();
    assert!(vault.check().unwrap().whole());
    vault.lock();
    let vault = desk.unlock().unwrap();
    vault.migrate(NOTES).unwrap();
    assert_eq!(count(&vault, "draft"), before + 1);
}

#[test]
fn migrations_are_applied_once_and_keep_their_text() {
    const MORE: &[Migration] =
        &[NOTES[0], Migration { room: "notes", number: 2, sql: "CREATE TABLE tag (text TEXT NOT NULL) STRICT" }];
    const OTHER: &[Migration] = &[Migration { sql: "CREATE TABLE else_ (x INTEGER) STRICT", ..NOTES[0] }];
    const GAP: &[Migration] = &[NOTES[0], Migration { number: 3, ..NOTES[0] }];
    const DROPS: &[Migration] = &[NOTES[0], MORE[1], Migration { room: "notes", number: 3, sql: "DROP TABLE draft" }];
    let (desk, vault) = with_notes();
    vault.migrate(NOTES).unwrap();
    assert!(matches!(vault.migrate(OTHER), Err(VaultFault::MigrationChanged { room: "notes", number: 1 })));
    assert!(matches!(vault.migrate(GAP), Err(VaultFault::MigrationOrder { room: "notes", number: 3 })));
    vault.lock();
    let vault = desk.unlock().unwrap();
    vault.migrate(MORE).unwrap();
    assert_eq!((count(&vault, "note"), count(&vault, "tag")), (1, 0));
    assert!(matches!(vault.migrate(DROPS), Err(VaultFault::Forbidden)));
    assert_eq!(count(&vault, "draft"), 1);
    vault.lock();
    let vault = desk.unlock().unwrap();
    assert!(matches!(vault.migrate(NOTES), Err(VaultFault::MigrationNewer { room: "notes", number: 2 })));
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    const BROKEN: &[Migration] = &[Migration {
        room: "broken",
        number: 1,
        sql: "CREATE TABLE first_half (x INTEGER) STRICT; CREATE TABLE first_half (x INTEGER) STRICT;",
    }];
    let (_desk, vault) = with_notes();
    assert!(vault.migrate(BROKEN).is_err());
    assert_eq!(vault.schema_differences().unwrap(), []);
}

/// Changes a vault's layout with other tools and opens it again.
#[track_caller]
fn check_layout(change: &str, kind: &str, name: &str, difference: Difference) {
    let (desk, vault) = with_notes();
    let key = tamper::key(&vault).unwrap();
    vault.lock();
    tamper::open(&desk.vault, &key).unwrap().execute_batch(change).unwrap();
    let expected = SchemaDifference { kind: kind.to_owned(), name: name.to_owned(), difference };
    let found = match desk.unlock().and_then(|vault| vault.migrate(NOTES)) {
        Err(VaultFault::Schema(found)) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(found, expected);
}

#[test]
fn a_layout_changed_with_other_tools_is_found_and_named() {
    check_layout("DROP TRIGGER note_stays", "trigger", "note_stays", Difference::Missing);
    check_layout(
        "DROP TRIGGER note_stays; CREATE TRIGGER note_stays BEFORE UPDATE ON note BEGIN SELECT 1; END",
        "trigger",
        "note_stays",
        Difference::Changed,
    );
    check_layout("ALTER TABLE note ADD COLUMN more TEXT", "table", "note", Difference::Changed);
    check_layout("DROP TABLE draft", "table", "draft", Difference::Missing);
    check_layout(
        "CREATE TRIGGER \"swallow\n\" BEFORE INSERT ON note BEGIN SELECT RAISE(IGNORE); END",
        "trigger",
        "swallow\\n",
        Difference::Unexpected,
    );
    check_layout("DROP TRIGGER person_key_stays", "trigger", "person_key_stays", Difference::Missing);
}

#[test]
fn a_table_nobody_asked_for_is_found_by_the_check() {
    let (desk, vault) = with_notes();
    let key = tamper::key(&vault).unwrap();
    vault.lock();
    tamper::open(&desk.vault, &key).unwrap().execute_batch("CREATE TABLE stowaway (x)").unwrap();
    let vault = desk.unlock().unwrap();
    vault.migrate(NOTES).unwrap();
    let report = vault.check().unwrap();
    assert!(!report.whole());
    assert_eq!(report.schema[0].to_string(), "the table stowaway does not belong there");
}

#[test]
fn triggers_hold_for_other_tools_too() {
    let (desk, vault) = with_notes();
    let key = tamper::key(&vault).unwrap();
    vault.lock();
    let raw: Connection = tamper::open(&desk.vault, &key).unwrap();
    for sql in ["UPDATE note SET text = 'x'", "DELETE FROM person_key", "UPDATE vault_fact SET value = 'x'"] {
        assert!(raw.execute_batch(sql).is_err(), "{sql}");
    }
}
