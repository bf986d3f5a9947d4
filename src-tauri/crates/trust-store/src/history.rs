//! Verdicts that were reached, each with what was known then and its whole report. An old verdict is history, not trust.

use std::collections::BTreeMap;

use integrity::Digest;
use model::{BundleId, Instant};
use serde::{Deserialize, Serialize};
use vault::rusqlite::{OptionalExtension, Transaction};

use crate::basis::{Basis, Concern};
use crate::fault::{Flaw, TrustFault};
use crate::fingerprint::Fingerprint;
use crate::form;
use crate::step::{Mark, number_of, text_of, value_of};
use crate::store::{TrustStore, fold};
use crate::text::{Text, Word};
use crate::trust::Trust;

/// The longest report, in bytes.
pub const REPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Reports from this length on are packed, in bytes.
const PACKED_FROM_BYTES: usize = 4 * 1024;
const ZSTD_LEVEL: i32 = 3;

/// What a verification concluded.
pub struct Reached<'a> {
    /// PASS, FAIL, …
    pub integrity: &'a str,
    /// The assurance, where there is one.
    pub assurance: Option<&'a str>,
    /// The name of the badge it gives.
    pub badge: &'a str,
    /// Name and version of the program.
    pub program: &'a str,
    /// What was pinned and made a difference.
    pub fingerprints: Vec<Fingerprint>,
    /// Numbers of the anchors and remembered heads that made a difference.
    pub anchors: Vec<u64>,
}

/// A verdict with its inputs and its report, ready to be stored: the report is packed before the transaction begins.
pub struct Conclusion {
    facts: Facts,
    kept: Vec<u8>,
}

/// A verdict as it stands in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
    /// Its number, when it was reached, and by whom.
    pub mark: Mark,
    /// PASS, FAIL, …
    pub integrity: Word,
    /// The assurance, where there was one.
    pub assurance: Option<Word>,
    /// The name of the badge it had then.
    pub badge: Word,
    /// Name and version of the program.
    pub program: Text,
    /// What was pinned and made a difference.
    pub fingerprints: Vec<Fingerprint>,
    /// Numbers of the anchors and remembered heads that made a difference.
    pub anchors: Vec<u64>,
    /// The digest of what it relied on; see [`Basis`].
    pub trust_digest: Digest,
    /// Whether it relied on what this office vouches for today. If not, the bundle has to be verified again.
    pub current: bool,
}

/// What is written down of a verdict beside its report.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    concern: Concern,
    integrity: Word,
    assurance: Option<Word>,
    badge: Word,
    program: Text,
    #[serde(with = "form::hex")]
    trust_digest: Digest,
    fingerprints: Vec<Fingerprint>,
    anchors: Vec<u64>,
    report_bytes: usize,
    #[serde(with = "form::hex")]
    report_sha256: Digest,
    packed: bool,
}

/// A row's text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    mark: Mark,
    facts: Facts,
}

/// The same, before it is stored.
#[derive(Serialize)]
struct Storing<'a> {
    mark: Mark,
    facts: &'a Facts,
}

impl Conclusion {
    /// A verdict that was reached on a basis, with its report as JSON.
    pub fn new(basis: Basis, reached: Reached<'_>, report: &str) -> Result<Self, TrustFault> {
        let bytes = report.len();
        if bytes > REPORT_BYTES_MAX {
            return Err(TrustFault::ReportLarge { bytes, most: REPORT_BYTES_MAX });
        }
        let packed = bytes >= PACKED_FROM_BYTES;
        let kept = if packed {
            zstd::bulk::compress(report.as_bytes(), ZSTD_LEVEL).map_err(|_| TrustFault::Unwritable)?
        } else {
            report.as_bytes().to_vec()
        };
        let refused = |field| move |why| TrustFault::Text { field, why };
        let assurance = reached.assurance.map(Word::new).transpose().map_err(refused("the assurance"))?;
        let facts = Facts {
            concern: basis.concern,
            integrity: Word::new(reached.integrity).map_err(refused("the integrity"))?,
            assurance,
            badge: Word::new(reached.badge).map_err(refused("the badge"))?,
            program: Text::new(reached.program).map_err(refused("the program"))?,
            trust_digest: basis.digest,
            fingerprints: reached.fingerprints,
            anchors: reached.anchors,
            report_bytes: bytes,
            report_sha256: Digest::of(report.as_bytes()),
            packed,
        };
        Ok(Self { facts, kept })
    }
}

impl TrustStore {
    /// Adds a verdict to the history, in the transaction of the act that is logged as the import or verification, and
    /// gives its number.
    pub fn conclude_in(
        &self,
        transaction: &Transaction<'_>,
        conclusion: &Conclusion,
        now: &Instant,
    ) -> Result<u64, TrustFault> {
        let newest: i64 =
            transaction.query_row("SELECT coalesce(max(number), 0) FROM trust_conclusion", [], |row| row.get(0))?;
        let number = newest.unsigned_abs() + 1;
        let mark = Mark::new(&self.vault, number, now)?;
        let body = text_of(&Storing { mark, facts: &conclusion.facts })?;
        let mut statement = transaction
            .prepare_cached("INSERT INTO trust_conclusion (number, bundle_id, body, report) VALUES (?1, ?2, ?3, ?4)")?;
        statement.execute((newest + 1, conclusion.facts.concern.bundle.as_str(), body, &conclusion.kept))?;
        Ok(number)
    }

    /// All verdicts of a bundle, newest first, each with whether it was reached with what is vouched for today.
    pub fn history(&self, bundle: &BundleId) -> Result<Vec<Concluded>, TrustFault> {
        self.vault.read(|database| {
            let trust = fold(database)?;
            let mut statement = database.prepare_cached(
                "SELECT number, body FROM trust_conclusion WHERE bundle_id = ?1 ORDER BY number DESC",
            )?;
            let mut rows = statement.query([bundle.as_str()])?;
            let mut history = Vec::new();
            while let Some(row) = rows.next()? {
                let number = number_of(row)?;
                let body = row.get::<_, String>(1).map_err(|_| flawed(number, Flaw::Malformed))?;
                history.push(concluded(&trust, read(number, bundle, &body)?)?);
            }
            Ok(history)
        })
    }

    /// The newest verdict of every bundle there is one of, each with whether it was reached with what is vouched for today.
    pub fn newest(&self) -> Result<BTreeMap<BundleId, Concluded>, TrustFault> {
        self.vault.read(|database| {
            let trust = fold(database)?;
            let sql = "SELECT max(number), bundle_id, body FROM trust_conclusion GROUP BY bundle_id";
            let mut statement = database.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut newest = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let number = number_of(row)?;
                let malformed = |_| flawed(number, Flaw::Malformed);
                let bundle = BundleId::new(row.get::<_, String>(1).map_err(malformed)?);
                let body = row.get::<_, String>(2).map_err(malformed)?;
                let concluded = concluded(&trust, read(number, &bundle, &body)?)?;
                newest.insert(bundle, concluded);
            }
            Ok(newest)
        })
    }

    /// Whether a verdict still relies on what this office vouches for, in the transaction that is to keep it: a
    /// verification takes a while, and meanwhile a pin may have been revoked or another export have come.
    pub fn stands_in(&self, transaction: &Transaction<'_>, conclusion: &Conclusion) -> Result<bool, TrustFault> {
        Ok(fold(transaction)?.digest(&conclusion.facts.concern)? == conclusion.facts.trust_digest)
    }

    /// How many steps there were when a bundle first came here, if a verdict was reached on it before.
    pub fn arrived(&self, bundle: &BundleId) -> Result<Option<u64>, TrustFault> {
        self.vault.read(|database| {
            let sql = "SELECT number, body FROM trust_conclusion WHERE bundle_id = ?1 ORDER BY number LIMIT 1";
            let mut statement = database.prepare_cached(sql)?;
            let first = statement.query_row([bundle.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((number, body)): Option<(i64, String)> = first else { return Ok(None) };
            Ok(Some(read(number.unsigned_abs(), bundle, &body)?.facts.concern.arrived))
        })
    }

    /// The report of a verdict, as it was stored.
    pub fn report(&self, number: u64) -> Result<String, TrustFault> {
        let unknown = TrustFault::ConclusionUnknown { number };
        let Ok(key) = i64::try_from(number) else { return Err(unknown) };
        let row = self.vault.read(|database| -> Result<_, TrustFault> {
            let sql = "SELECT bundle_id, body, report FROM trust_conclusion WHERE number = ?1";
            let mut statement = database.prepare_cached(sql)?;
            let row = statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            Ok(row.optional()?)
        })?;
        let (bundle, body, kept): (String, String, Vec<u8>) = row.ok_or(unknown)?;
        let facts = read(number, &BundleId::new(bundle), &body)?.facts;
        unpacked(&facts, kept).ok_or(flawed(number, Flaw::Report))
    }
}

fn concluded(trust: &Trust, Stored { mark, facts }: Stored) -> Result<Concluded, TrustFault> {
    let current = trust.digest(&facts.concern)? == facts.trust_digest;
    Ok(Concluded {
        mark,
        integrity: facts.integrity,
        assurance: facts.assurance,
        badge: facts.badge,
        program: facts.program,
        fingerprints: facts.fingerprints,
        anchors: facts.anchors,
        trust_digest: facts.trust_digest,
        current,
    })
}

/// Reads a row's text, which has to be that of this number and bundle.
fn read(number: u64, bundle: &BundleId, body: &str) -> Result<Stored, TrustFault> {
    let stored: Stored = value_of(body).map_err(|flaw| flawed(number, flaw))?;
    if stored.mark.number != number || stored.facts.concern.bundle != *bundle {
        return Err(flawed(number, Flaw::Misplaced));
    }
    Ok(stored)
}

/// The report, if it is the one that was stored.
fn unpacked(facts: &Facts, kept: Vec<u8>) -> Option<String> {
    let bytes = if facts.packed {
        let length = Some(facts.report_bytes).filter(|length| *length <= REPORT_BYTES_MAX)?;
        zstd::bulk::decompress(&kept, length).ok()?
    } else {
        kept
    };
    let same = bytes.len() == facts.report_bytes && Digest::of(&bytes) == facts.report_sha256;
    String::from_utf8(bytes).ok().filter(|_| same)
}

fn flawed(number: u64, flaw: Flaw) -> TrustFault {
    TrustFault::ConclusionFlawed { number, flaw }
}
