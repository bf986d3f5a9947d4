//! A step as it stands in the vault: one canonical JSON text with its number, when, who, and what it changes.

use integrity::canonical::{scan, to_canonical};
use model::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vault::Vault;
use vault::rusqlite::{Row, Transaction};

use crate::change::Change;
use crate::fault::{Flaw, TrustFault};
use crate::form;

/// One step: what was changed, when and by whom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which step, and whose.
    pub mark: Mark,
    /// What it changes.
    pub change: Change,
}

/// Which step, when, and whose it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// 1, 2, 3, …
    pub number: u64,
    /// When.
    #[serde(with = "form::utc")]
    pub at: Instant,
    /// Name of the user in this vault.
    pub author: String,
    /// Their id in this vault.
    pub author_id: String,
}

impl Mark {
    /// The mark of something that the user who has the vault open adds now.
    pub(crate) fn new(vault: &Vault, number: u64, now: &Instant) -> Result<Self, TrustFault> {
        if now.utc_nanos().is_none() {
            return Err(TrustFault::Undated);
        }
        let (author, author_id) = (vault.user().to_owned(), vault.user_id().to_owned());
        Ok(Self { number, at: now.clone(), author, author_id })
    }
}

// The author is a person.
impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mark({}, {})", self.number, self.at.text())
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Step({:?}, {:?})", self.mark, self.change)
    }
}

/// Goes over all steps, from the first.
pub(crate) fn for_each(
    database: &Transaction<'_>,
    mut each: impl FnMut(Step) -> Result<(), TrustFault>,
) -> Result<(), TrustFault> {
    let mut statement = database.prepare_cached("SELECT number, body FROM trust_step ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut expected = 1;
    while let Some(row) = rows.next()? {
        let found = number_of(row)?;
        if found != expected {
            return Err(TrustFault::StepMissing { step: expected });
        }
        each(read(row, found).map_err(|flaw| TrustFault::StepFlawed { step: found, flaw })?)?;
        expected += 1;
    }
    Ok(())
}

/// Adds a step and gives its text.
pub(crate) fn add(database: &Transaction<'_>, step: &Step) -> Result<String, TrustFault> {
    let body = text_of(step)?;
    let number = i64::try_from(step.mark.number).map_err(|_| TrustFault::Unwritable)?;
    let mut statement = database.prepare_cached("INSERT INTO trust_step (number, body) VALUES (?1, ?2)")?;
    statement.execute((number, &body))?;
    Ok(body)
}

fn read(row: &Row<'_>, number: u64) -> Result<Step, Flaw> {
    let body: String = row.get(1).map_err(|_| Flaw::Malformed)?;
    let step: Step = value_of(&body)?;
    if step.mark.number == number { Ok(step) } else { Err(Flaw::Misplaced) }
}

/// The number that a row stands under.
pub(crate) fn number_of(row: &Row<'_>) -> Result<u64, TrustFault> {
    Ok(row.get::<_, i64>(0)?.unsigned_abs())
}

/// The canonical text of a value of ours.
pub(crate) fn text_of(value: &impl Serialize) -> Result<String, TrustFault> {
    let bytes = to_canonical(value).map_err(|_| TrustFault::Unwritable)?;
    String::from_utf8(bytes).map_err(|_| TrustFault::Unwritable)
}

/// Reads a canonical text back. Another spelling of the same value is not what was written.
pub(crate) fn value_of<T: DeserializeOwned>(text: &str) -> Result<T, Flaw> {
    if !scan(text.as_bytes()).is_ok_and(|scan| scan.was_canonical()) {
        return Err(Flaw::Malformed);
    }
    serde_json::from_str(text).map_err(|_| Flaw::Malformed)
}
