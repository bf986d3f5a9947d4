//! The stored bundles of one open vault: what is there, what is coming, what is being removed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use model::BundleId;
use vault::rusqlite::{Transaction, params};
use vault::{Migration, Vault};

use crate::catalog::{self, Catalog};
use crate::chunk::Sizes;
use crate::import::unpoisoned;
use crate::import::{Finished, NewBundle};
use crate::look::Looks;
use crate::{BundleSummary, Standing, StoreFault, interim, repeats};

/// The store's tables.
const MIGRATIONS: &[Migration] = &[
    Migration { room: "event-store", number: 1, sql: include_str!("sql/1.sql") },
    Migration { room: "event-store", number: 2, sql: include_str!("sql/2.sql") },
    Migration { room: "event-store", number: 3, sql: include_str!("sql/3.sql") },
    Migration { room: "event-store", number: 4, sql: include_str!("sql/4.sql") },
];
/// Catalogs that are kept: one for each bundle somebody looks at.
const CATALOGS_MAX: usize = 4;
/// Rows of chunks that are removed in one transaction: about 3 MB.
const SWEPT_ROWS: i64 = 65_536;
/// Pieces of files that are removed in one transaction: about 3 MB.
const SWEPT_PIECES: i64 = 16;
/// Pages that are given back to the file system in one transaction: 4 MB.
const GIVEN_BACK_PAGES: i64 = 256;
/// Files that are noted in one transaction.
const FILES_NOTED: usize = 5000;

/// The stored bundles of one open vault. There is one for each opening.
pub struct EventStore {
    vault: Arc<Vault>,
    /// Bundles that an import of this process is writing.
    coming: Arc<Mutex<BTreeSet<i64>>>,
    catalogs: Mutex<Vec<Arc<Catalog>>>,
    pub(crate) looks: Looks,
    /// Bundles are compared by one thread at a time.
    pub(crate) comparing: Mutex<()>,
    sizes: Sizes,
}

/// The right of an import to be seen; ends when dropped.
pub(crate) struct Live {
    bundle: i64,
    coming: Arc<Mutex<BTreeSet<i64>>>,
}

impl Live {
    pub(crate) fn bundle(&self) -> i64 {
        self.bundle
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        unpoisoned(&self.coming).remove(&self.bundle);
    }
}

/// A file of a stored bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its path within the bundle.
    pub path: String,
    /// How many bytes of it are kept.
    pub bytes: u64,
    /// What the import noted of how it came, if it did.
    pub note: Option<String>,
}

/// What writing something down beside an act of the store came to; if it fails, so does the act.
pub type Told = Result<(), StoreFault>;

impl EventStore {
    /// Makes the store's tables if they are not there. What a broken-off import left is out of sight.
    pub fn open(vault: Arc<Vault>) -> Result<Self, StoreFault> {
        vault.migrate(MIGRATIONS)?;
        Ok(Self {
            vault,
            coming: Arc::default(),
            catalogs: Mutex::default(),
            looks: Looks::default(),
            comparing: Mutex::default(),
            sizes: Sizes::default(),
        })
    }

    /// Gives up imports that were broken off by the end of the program; `tell` writes it down in the same transaction.
    ///
    /// That is one short transaction. The room they take on the disk is given back by [`tidy`](Self::tidy).
    pub fn give_up_broken_off(&self, tell: impl FnOnce(&Transaction<'_>, &[BundleSummary]) -> Told) -> Told {
        self.vault.write(|transaction| {
            let mut statement = transaction.prepare("SELECT number FROM stored_bundle WHERE state = 'coming'")?;
            let coming: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let broken_off = coming.into_iter().filter(|number| !unpoisoned(&self.coming).contains(number));
            let mut given_up = Vec::new();
            for number in broken_off {
                given_up.push(catalog::summary(transaction, number)?);
                leave(transaction, number)?;
            }
            if given_up.is_empty() { Ok(()) } else { tell(transaction, &given_up) }
        })
    }

    /// The same store, writing in other sizes from now on.
    #[must_use]
    pub fn with_sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    pub(crate) fn sizes(&self) -> Sizes {
        self.sizes
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// The summary of one bundle.
    pub fn bundle(&self, bundle: &BundleId) -> Result<BundleSummary, StoreFault> {
        self.vault.read(|database| catalog::summary(database, self.visible(database, bundle)?.number))
    }

    /// Replaces the report and what it says about records, after a later verification; `tell` writes it down in the same
    /// transaction.
    pub fn set_report(
        &self,
        bundle: &BundleId,
        finished: &Finished,
        tell: impl FnOnce(&Transaction<'_>) -> Told,
    ) -> Result<(), StoreFault> {
        let standing = standing_text(&finished.standing)?;
        self.vault.write(|transaction| {
            let number = self.visible(transaction, bundle)?.number;
            transaction.execute(
                "UPDATE stored_bundle SET report = ?2, standing = ?3, revision = revision + 1 WHERE number = ?1",
                params![number, finished.report, standing],
            )?;
            repeats::touch_others(transaction, number)?;
            tell(transaction)
        })
    }

    /// Says whether the verification behind the marks of the records is history. What it said about single ones stays.
    pub fn set_outdated(&self, bundle: &BundleId, outdated: bool) -> Result<(), StoreFault> {
        self.vault.write(|transaction| {
            let number = self.visible(transaction, bundle)?.number;
            transaction.execute(
                "UPDATE stored_bundle SET standing = json_set(standing, '$.outdated', json(?2)), revision = revision + 1
                 WHERE number = ?1 AND coalesce(json_extract(standing, '$.outdated'), 0) <> ?3",
                params![number, if outdated { "true" } else { "false" }, outdated],
            )?;
            Ok(())
        })
    }

    /// Removes a bundle. From the moment this returns nothing of it can be seen; [`tidy`](Self::tidy) gives the room
    /// back.
    pub fn remove_bundle(&self, bundle: &BundleId) -> Result<(), StoreFault> {
        self.vault.write(|transaction| {
            let head = self.visible(transaction, bundle)?;
            if unpoisoned(&self.coming).contains(&head.number) {
                return Err(StoreFault::ImportUnderWay);
            }
            leave(transaction, head.number)
        })
    }

    /// Removes one small part of what is left of removed bundles and broken-off imports; false when nothing is left.
    ///
    /// A transaction of a few milliseconds: call it again and again, as a job.
    pub fn tidy(&self) -> Result<bool, StoreFault> {
        self.vault.remove_behind(|transaction| {
            let mut statement =
                transaction.prepare_cached("SELECT min(number) FROM stored_bundle WHERE state = 'leaving'")?;
            match statement.query_row([], |row| row.get::<_, Option<i64>>(0))? {
                Some(bundle) => sweep_some(transaction, bundle).map(|()| true),
                None => give_back(transaction),
            }
        })
    }

    /// The files of a bundle, by their index.
    pub fn files(&self, bundle: &BundleId) -> Result<Vec<StoredFile>, StoreFault> {
        self.vault.read(|database| {
            let number = self.visible(database, bundle)?.number;
            let mut statement = database.prepare_cached(
                "SELECT path, (SELECT note FROM stored_note
                               WHERE stored_note.bundle = stored_file.bundle AND stored_note.file = stored_file.file),
                        (SELECT coalesce(sum(bytes), 0) FROM stored_piece
                               WHERE stored_piece.bundle = stored_file.bundle AND stored_piece.file = stored_file.file)
                 FROM stored_file WHERE bundle = ?1 ORDER BY file",
            )?;
            let rows = statement.query_map([number], |row| {
                let bytes = row.get::<_, i64>(2)?.unsigned_abs();
                Ok(StoredFile { path: row.get(0)?, bytes, note: row.get(1)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(crate) fn number_of(&self, bundle: &BundleId) -> Result<i64, StoreFault> {
        self.vault.read(|database| self.visible(database, bundle).map(|head| head.number))
    }

    /// The catalog of a bundle as it is now.
    pub(crate) fn catalog(&self, bundle: &BundleId) -> Result<Arc<Catalog>, StoreFault> {
        self.vault.read(|database| {
            let head = self.visible(database, bundle)?;
            let current = |known: &&Arc<Catalog>| known.number == head.number && known.revision == head.revision;
            if let Some(known) = unpoisoned(&self.catalogs).iter().find(current) {
                return Ok(Arc::clone(known));
            }
            let read = Arc::new(Catalog::read(database, bundle)?);
            let mut catalogs = unpoisoned(&self.catalogs);
            catalogs.retain(|known| known.number != head.number);
            catalogs.insert(0, Arc::clone(&read));
            catalogs.truncate(CATALOGS_MAX);
            Ok(read)
        })
    }

    /// The bundle, if it is here or being imported at this moment.
    fn visible(&self, database: &Transaction<'_>, bundle: &BundleId) -> Result<catalog::Head, StoreFault> {
        let head = catalog::head(database, bundle)?.ok_or(StoreFault::BundleUnknown)?;
        let seen = head.state == "here" || unpoisoned(&self.coming).contains(&head.number);
        if seen { Ok(head) } else { Err(StoreFault::BundleUnknown) }
    }

    pub(crate) fn summaries(&self) -> Result<Vec<BundleSummary>, StoreFault> {
        self.vault.read(|database| {
            let mut statement = database
                .prepare_cached("SELECT number, state FROM stored_bundle WHERE state <> 'leaving' ORDER BY number")?;
            let known: Vec<(i64, String)> =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            let seen = |(number, state): &&(i64, String)| state == "here" || unpoisoned(&self.coming).contains(number);
            known.iter().filter(seen).map(|(number, _)| catalog::summary(database, *number)).collect()
        })
    }

    /// Makes the row of a bundle that is coming, or gives the summary of the one that is here.
    pub(crate) fn admit(&self, new: &NewBundle) -> Result<Result<Live, BundleSummary>, StoreFault> {
        let admitted = self.vault.write(|transaction| -> Result<_, StoreFault> {
            if let Some(head) = catalog::head(transaction, &new.id)? {
                if head.state == "here" {
                    return Ok(Err(catalog::summary(transaction, head.number)?));
                }
                if unpoisoned(&self.coming).contains(&head.number) {
                    return Err(StoreFault::ImportUnderWay);
                }
                // An import that was dropped without a word.
                leave(transaction, head.number)?;
            }
            let standing = standing_text(&Standing::default())?;
            transaction.execute(
                "INSERT INTO stored_bundle (bundle_id, state, revision, facts, handover, standing, numbered)
                 VALUES (?1, 'coming', 0, ?2, ?3, ?4, 0)",
                params![new.id.as_str(), new.facts, new.handover, standing],
            )?;
            let bundle = transaction.last_insert_rowid();
            unpoisoned(&self.coming).insert(bundle);
            Ok(Ok(Live { bundle, coming: Arc::clone(&self.coming) }))
        })?;
        if let Ok(live) = &admitted {
            self.note_files(live.bundle, &new.files)?;
        }
        Ok(admitted)
    }

    fn note_files(&self, bundle: i64, files: &[String]) -> Result<(), StoreFault> {
        let mut file: u32 = 0;
        for paths in files.chunks(FILES_NOTED) {
            self.vault.write_behind(|transaction| -> Result<(), StoreFault> {
                let mut statement =
                    transaction.prepare_cached("INSERT INTO stored_file (bundle, file, path) VALUES (?1, ?2, ?3)")?;
                for path in paths {
                    statement.execute(params![bundle, file, path])?;
                    file += 1;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Makes a bundle that is coming one that is here; `tell` writes it down in the same transaction.
    pub(crate) fn arrive(
        &self,
        bundle: i64,
        finished: &Finished,
        numbered: bool,
        tell: impl FnOnce(&Transaction<'_>, &BundleSummary) -> Told,
    ) -> Result<BundleSummary, StoreFault> {
        let standing = standing_text(&finished.standing)?;
        self.vault.write(|transaction| {
            transaction.execute(
                "UPDATE stored_bundle SET state = 'here', revision = revision + 1, report = ?2, standing = ?3,
                        numbered = ?4 WHERE number = ?1 AND state = 'coming'",
                params![bundle, finished.report, standing, numbered],
            )?;
            repeats::touch_others(transaction, bundle)?;
            let summary = catalog::summary(transaction, bundle)?;
            tell(transaction, &summary)?;
            Ok(summary)
        })
    }

    /// Removes what an import wrote, as far as the disk allows; the rest goes when the store is opened again. `tell`
    /// writes it down in the transaction that takes the bundle out of sight; what it cannot write, the next opening tells.
    pub(crate) fn drop_bundle(&self, bundle: i64, tell: impl FnOnce(&Transaction<'_>, &BundleSummary) -> Told) {
        let left = self.vault.write(|transaction| {
            let summary = catalog::summary(transaction, bundle)?;
            leave(transaction, bundle)?;
            tell(transaction, &summary)
        });
        if left.is_ok() {
            while matches!(self.tidy(), Ok(true)) {}
        }
    }
}

fn standing_text(standing: &Standing) -> Result<String, StoreFault> {
    serde_json::to_string(standing).map_err(|_| StoreFault::Encoding)
}

fn leave(transaction: &Transaction<'_>, bundle: i64) -> Result<(), StoreFault> {
    transaction.execute("UPDATE stored_bundle SET state = 'leaving' WHERE number = ?1", [bundle])?;
    repeats::touch_others(transaction, bundle)
}

/// Removes some rows of a bundle; in the end the bundle itself.
fn sweep_some(transaction: &Transaction<'_>, bundle: i64) -> Result<(), StoreFault> {
    if repeats::forget_some(transaction, bundle)? || interim::forget_some(transaction, bundle)? {
        return Ok(());
    }
    let mut statement =
        transaction.prepare_cached("SELECT id, row_count FROM stored_chunk WHERE bundle = ?1 LIMIT 64")?;
    let chunks: Vec<(i64, i64)> =
        statement.query_map([bundle], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    if !chunks.is_empty() {
        let mut swept = 0;
        for (id, rows) in chunks {
            transaction.prepare_cached("DELETE FROM stored_chunk WHERE id = ?1")?.execute([id])?;
            swept += rows;
            if swept >= SWEPT_ROWS {
                break;
            }
        }
        return Ok(());
    }
    let pieces = transaction
        .prepare_cached(
            "DELETE FROM stored_piece WHERE id IN (SELECT id FROM stored_piece WHERE bundle = ?1 LIMIT ?2)",
        )?
        .execute((bundle, SWEPT_PIECES))?;
    if pieces > 0 {
        return Ok(());
    }
    for table in ["stored_words", "stored_people", "stored_run", "stored_note", "stored_file"] {
        if transaction.execute(&format!("DELETE FROM {table} WHERE bundle = ?1"), [bundle])? > 0 {
            return Ok(());
        }
    }
    transaction.execute("DELETE FROM stored_bundle WHERE number = ?1", [bundle])?;
    Ok(())
}

/// Gives some free pages at the end of the file back; false when there are none.
fn give_back(transaction: &Transaction<'_>) -> Result<bool, StoreFault> {
    let free: i64 = transaction.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    if free == 0 {
        return Ok(false);
    }
    transaction.execute_batch(&format!("PRAGMA incremental_vacuum({GIVEN_BACK_PAGES})"))?;
    let left: i64 = transaction.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    Ok(left > 0 && left < free)
}
