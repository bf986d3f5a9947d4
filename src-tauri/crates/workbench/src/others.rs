//! What a bundle has to do with the others of the vault: records that both hold, records that contradict each other, the
//! same stated id. Counts and sentences; nothing here names a person.

use event_store::{BundleState, BundleSummary, EventQuestions, Row, Shared, StoreFault};
use model::BundleId;
use serde::Deserialize;
use timeline::Integrity;

use crate::jobs::{Gauge, Outcome};
use crate::portion::brief;
use crate::session::Session;
use crate::verdicts::{BundleFacts, bundle_name};
use crate::wire::{Fault, OtherExport};
use crate::words::counted;

/// As many digits of a bundle's id as references to its events begin with.
pub(crate) const BUNDLE_DIGITS: usize = 12;
/// Bundles that are told of at most; more would be read by nobody.
const OTHERS_MAX: usize = 50;

/// What a stored report says of the bundle itself.
#[derive(Default, Deserialize)]
struct Stated {
    #[serde(default)]
    bundle: StatedBundle,
}

#[derive(Default, Deserialize)]
struct StatedBundle {
    #[serde(default)]
    bundle_id: Option<String>,
}

impl Session {
    /// The bundles that this one has something to do with; `None` while it was not compared with all of them.
    pub(crate) fn others_of(&self, id: &BundleId) -> Result<Option<Vec<OtherExport>>, Fault> {
        let Some(shared) = self.store.shared(id)? else { return Ok(None) };
        let here: Vec<_> = self.store.bundles()?.into_iter().filter(|known| known.state == BundleState::Here).collect();
        let stated = here.iter().find(|known| known.id == *id).and_then(stated_id);
        let others = here.iter().filter(|known| known.id != *id).filter_map(|other| {
            let shared = shared.iter().find(|shared| shared.other == other.id);
            let same_stated_id = stated.is_some() && stated_id(other) == stated;
            (shared.is_some() || same_stated_id).then(|| told(other, shared, same_stated_id))
        });
        Ok(Some(others.take(OTHERS_MAX).collect()))
    }

    /// Compares bundles with each other that were not yet, and says in the end what the new one has to do with others.
    pub(crate) fn compare_for(&self, id: &BundleId, gauge: &Gauge) -> Result<Vec<String>, Fault> {
        // Behind a lock nobody waits for the answer, and the keys do not stay for it.
        match self.store.compare_bundles(&|_| !gauge.stopped() && !self.is_covered()) {
            Ok(()) => {}
            Err(StoreFault::Stopped) => {
                return Ok(vec![
                    "It will be compared with the other bundles when the vault is unlocked again.".to_owned(),
                ]);
            }
            Err(fault) => return Err(fault.into()),
        }
        let others = self.others_of(id)?.unwrap_or_default();
        Ok(others.into_iter().flat_map(|other| other.sentences).collect())
    }

    /// Compares bundles that were not yet, as a job, if there are any: what an import was not given the time for.
    pub(crate) fn compare_behind(self: &std::sync::Arc<Self>) {
        if self.is_covered() || !matches!(self.store.all_compared(), Ok(false)) {
            return;
        }
        self.job("Comparing bundles", |session, gauge| {
            let go_on = |records| {
                gauge.advance(records, 0);
                !gauge.stopped()
            };
            match session.store.compare_bundles(&go_on) {
                Ok(()) => {
                    Ok(Outcome { sentence: "Every bundle was compared with the others.".to_owned(), badge: None })
                }
                Err(StoreFault::Stopped) => Err(Fault::cancelled()),
                Err(fault) => Err(fault.into()),
            }
        });
    }

    /// Where else the vault has the record of a row, or another one under its name.
    pub(crate) fn elsewhere_of(&self, row: &Row) -> Result<Vec<String>, Fault> {
        if row.twins.is_empty() {
            return Ok(Vec::new());
        }
        let bundles = self.store.bundles()?;
        let name = |id: &BundleId| bundles.iter().find(|known| known.id == *id).map(named).unwrap_or_default();
        let sentences = row.twins.iter().map(|twin| {
            let (name, event_ref) = (name(&twin.bundle), &twin.event_ref);
            if twin.same {
                let there = if twin.integrity == Integrity::Altered { " A finding names it there." } else { "" };
                format!("The same record is in {name}: {event_ref}{there}")
            } else {
                format!("{name} has another content for this record: {event_ref}")
            }
        });
        Ok(sentences.take(OTHERS_MAX).collect())
    }
}

/// The id that a bundle states of itself, if its report says one.
pub(crate) fn stated_id(summary: &BundleSummary) -> Option<String> {
    let stated: Stated = serde_json::from_str(summary.report.as_deref()?).ok()?;
    stated.bundle.bundle_id.filter(|id| !id.is_empty())
}

/// A bundle as a sentence names it: its name, the digits of its id, when it was imported.
fn named(summary: &BundleSummary) -> String {
    let facts: BundleFacts = serde_json::from_str(&summary.facts).unwrap_or_default();
    let digits: String = summary.id.as_str().chars().take(BUNDLE_DIGITS).collect();
    let day = facts.imported_at.get(..10).unwrap_or_default();
    format!("{} ({digits}, imported {day})", brief(bundle_name(&summary.facts)))
}

fn told(other: &BundleSummary, shared: Option<&Shared>, same_stated_id: bool) -> OtherExport {
    let (same, contradicted) = shared.map_or((0, 0), |shared| (shared.same, shared.differing));
    let name = named(other);
    let mut sentences = Vec::new();
    if same_stated_id {
        sentences.push(format!("It states the same bundle id as {name}, and is not the same file."));
    }
    if same > 0 {
        let (verb, what) = if same == 1 { ("is", "record") } else { ("are", "records") };
        sentences.push(format!("{} {verb} also in {name}: the same {what}.", counted(same, "event")));
    }
    if contradicted > 0 {
        let verb = if contradicted == 1 { "has" } else { "have" };
        let what = counted(contradicted, "event");
        sentences.push(format!("{what} {verb} other content in {name}: the two contradict each other there."));
    }
    OtherExport { bundle: other.id.as_str().to_owned(), same, contradicted, same_stated_id, sentences }
}
