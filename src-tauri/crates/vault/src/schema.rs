//! Whether the database has exactly the tables, indexes and triggers that this program makes.
//!
//! What is expected is not read from anywhere: the migrations are run once more in an empty database in memory, and the
//! two are compared object by object. So a doctored file cannot vouch for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rusqlite::Connection;

use crate::VaultFault;
use crate::migration::Migration;

/// One way in which the database differs from what this program makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaDifference {
    /// What kind of object: `table`, `index`, `trigger` or `view`.
    pub kind: String,
    /// Its name, with control characters escaped.
    pub name: String,
    /// What is different.
    pub difference: Difference,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It should be there and is not.
    Missing,
    /// It is there with another text.
    Changed,
    /// Nobody here made it.
    Unexpected,
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.difference {
            Difference::Missing => "is missing",
            Difference::Changed => "was changed",
            Difference::Unexpected => "does not belong there",
        };
        write!(f, "the {} {} {how}", self.kind, self.name)
    }
}

/// The longest name that is shown, in characters.
const SHOWN_CHARACTERS_MAX: usize = 64;

/// Objects by kind and name, with the table they belong to and their text.
type Objects = BTreeMap<(String, String), (String, Option<String>)>;

/// How much of a database is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The expected objects, and whatever hangs on their tables; other rooms may not have handed in theirs yet.
    Known,
    /// Everything: what is not expected does not belong there.
    Everything,
}

/// Compares a database with what the migrations make.
pub(crate) fn differences(
    database: &Connection,
    rooms: &[&'static [Migration]],
    reach: Reach,
) -> Result<Vec<SchemaDifference>, VaultFault> {
    let expected = expected(rooms)?;
    let found = objects(database)?;
    let tables: BTreeSet<String> = expected.values().map(|(table, _)| table.to_ascii_lowercase()).collect();
    let mut differences = Vec::new();
    let mut note = |(kind, name): &(String, String), difference| {
        let name = name.chars().take(SHOWN_CHARACTERS_MAX).flat_map(char::escape_debug).collect();
        differences.push(SchemaDifference { kind: kind.clone(), name, difference });
    };
    for (key, object) in &expected {
        match found.get(key) {
            None => note(key, Difference::Missing),
            Some(other) if other != object => note(key, Difference::Changed),
            Some(_) => {}
        }
    }
    for (key, (table, _)) in &found {
        let ours = reach == Reach::Everything || tables.contains(&table.to_ascii_lowercase());
        if ours && !expected.contains_key(key) {
            note(key, Difference::Unexpected);
        }
    }
    Ok(differences)
}

/// The objects that the migrations of these rooms make.
fn expected(rooms: &[&'static [Migration]]) -> Result<Objects, VaultFault> {
    let scratch = Connection::open_in_memory()?;
    for migration in rooms.iter().copied().flatten() {
        scratch.execute_batch(migration.sql)?;
    }
    objects(&scratch)
}

fn objects(database: &Connection) -> Result<Objects, VaultFault> {
    let mut statement = database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
