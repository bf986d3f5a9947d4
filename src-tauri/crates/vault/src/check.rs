//! Looks over the whole of `vault.db`: every page's seal, `SQLite`'s own structure, the layout, the references.

use rusqlite::Connection;

use crate::VaultFault;
use crate::schema::SchemaDifference;
use crate::vault::Vault;

/// More problems than this are counted, not listed.
const LISTED_MAX: usize = 100;

/// What a check of the database found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How many pages the database has.
    pub pages: u32,
    /// Pages whose seal is broken, from 1; at most 100 of them.
    pub damaged_pages: Vec<u32>,
    /// What `SQLite` says about its structure; names tables and pages, never values. At most 100 lines.
    pub structure: Vec<String>,
    /// Tables, indexes and triggers that are not what this program makes.
    pub schema: Vec<SchemaDifference>,
    /// Rows that refer to rows that are not there.
    pub dangling_references: u64,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.damaged_pages.is_empty()
            && self.structure.is_empty()
            && self.schema.is_empty()
            && self.dangling_references == 0
    }
}

impl Vault {
    /// Checks the whole database. Reads every page; every room has to have handed in its migrations before, or its
    /// tables are reported as not belonging there.
    pub fn check(&self) -> Result<CheckReport, VaultFault> {
        // What is still in the write-ahead log would not be looked at.
        self.pool.with_writer(|writer| {
            writer.upkeep(|database| Ok(database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?))
        })?;
        let mut report = self.pool.with_reader(|reader| reader.upkeep(pages))?;
        if report.damaged_pages.is_empty() {
            report = self.pool.with_reader(|reader| reader.upkeep(|database| structure(database, report)))?;
            report.schema = self.schema_differences()?;
        }
        Ok(report)
    }
}

/// Turns the first difference into a fault.
pub(crate) fn refuse_first(differences: Vec<SchemaDifference>) -> Result<(), VaultFault> {
    differences.into_iter().next().map_or(Ok(()), |difference| Err(VaultFault::Schema(difference)))
}

fn pages(database: &Connection) -> Result<CheckReport, VaultFault> {
    let pages: u32 = database.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let lines = lines(database, "PRAGMA cipher_integrity_check")?;
    let numbers = lines.iter().map(|line| {
        let words = line.split(' ').skip_while(|word| *word != "page");
        // A line without a number is about the file as a whole.
        words.skip(1).find_map(|word| word.parse().ok()).unwrap_or(0)
    });
    Ok(CheckReport { pages, damaged_pages: numbers.collect(), ..CheckReport::default() })
}

fn structure(database: &Connection, report: CheckReport) -> Result<CheckReport, VaultFault> {
    let structure = lines(database, "PRAGMA quick_check(100)")?;
    let structure = structure.into_iter().filter(|line| line != "ok").collect();
    let mut dangling = database.prepare("PRAGMA foreign_key_check")?;
    let mut rows = dangling.query([])?;
    let mut dangling_references = 0;
    while rows.next()?.is_some() {
        dangling_references += 1;
    }
    Ok(CheckReport { structure, dangling_references, ..report })
}

fn lines(database: &Connection, pragma: &str) -> Result<Vec<String>, VaultFault> {
    let mut statement = database.prepare(pragma)?;
    let lines = statement.query_map([], |row| row.get(0))?.take(LISTED_MAX);
    Ok(lines.collect::<Result<_, _>>()?)
}
