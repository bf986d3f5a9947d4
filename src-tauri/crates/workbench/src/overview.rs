//! Bundles in lists and summed up, and the integrity report. Counts only; nothing here names a person.

use event_store::{BundleState, BundleSummary, EventQuestions};
use model::{Action, BundleId, Instant};
use timeline::Zone;
use trust_store::Concluded;

use crate::desk::Desk;
use crate::importing::Handover;
use crate::portion::{brief, brief_facts, fitting};
use crate::session::Session;
use crate::verdicts::{BundleFacts, Document, badge_while_checking};
use crate::wire::{
    BundleAsk, BundleCard, Bundles, CoverageMap, Fault, FaultCode, Finding, IntegrityReport, Nothing, Overview,
    Received, Verdict,
};
use crate::words::{when, when_text};
use crate::{coverage, failure, tree};

impl Desk {
    /// Every bundle of the vault, newest import first.
    pub fn bundles(&self, _: Nothing) -> Result<Bundles, Fault> {
        let session = self.session()?;
        let bundles = session.store.bundles()?;
        let newest = session.verdicts_today()?;
        let cards: Result<Vec<_>, Fault> = bundles
            .iter()
            .rev()
            .map(|summary| Ok(Stored::read(summary, newest.get(&summary.id), session.zone())?.card))
            .collect();
        Ok(Bundles { bundles: fitting(cards?) })
    }

    /// A bundle summed up.
    pub fn overview(&self, ask: BundleAsk) -> Result<Overview, Fault> {
        let session = self.session()?;
        let id = BundleId::new(ask.bundle);
        let stored = session.stored(&id)?;
        let inside = session.store.overview(&id)?;
        let by_action = |wanted: &[Action]| {
            let days = inside.days.iter().filter(|day| wanted.contains(&day.action));
            days.map(|day| day.events).sum()
        };
        let instant = |nanos: i64| when(&Instant::from_utc_nanos(nanos));
        Ok(Overview {
            users: inside.users,
            patients: inside.patients,
            undated: inside.undated,
            break_glass: inside.emergencies,
            exports: by_action(&[Action::Export, Action::Print, Action::Disclose, Action::Copy]),
            failed_logins: by_action(&[Action::LoginFailed]),
            first: inside.period.map(|(first, _)| instant(first)),
            last: inside.period.map(|(_, last)| instant(last)),
            coverage: session.coverage(&id, stored.document.as_ref())?,
            source_zone: stored.facts.source_zone.clone().map(brief),
            others: session.others_of(&id)?,
            received: stored.received(&id),
            verdict: stored.verdict(),
            card: stored.card,
        })
    }

    /// The integrity report of a bundle.
    pub fn integrity(&self, ask: BundleAsk) -> Result<IntegrityReport, Fault> {
        let session = self.session()?;
        let id = BundleId::new(ask.bundle);
        let stored = session.stored(&id)?;
        let files: Vec<String> = session.store.files(&id)?.into_iter().map(|file| file.path).collect();
        let document = stored.document.as_ref();
        let findings = document.map(|document| document.findings(Some((&id, &files)))).unwrap_or_default();
        let coverage = session.coverage(&id, document)?;
        let mut checks = document.map(tree::checks).unwrap_or_default();
        let mut failure = document.and_then(|document| failure::of(document, &checks, coverage.totals));
        let findings_total = findings.len() as u64;
        let findings = fitting(findings.into_iter().map(shortened));
        // What is not listed is not pointed at.
        let is_listed = |number: &u32| (*number as usize) < findings.len();
        for check in &mut checks {
            check.findings.retain(is_listed);
        }
        if let Some(failure) = &mut failure {
            failure.finding = failure.finding.filter(is_listed);
        }
        Ok(IntegrityReport {
            findings_total,
            findings,
            checks,
            failure,
            coverage,
            verdict: stored.verdict(),
            card: stored.card,
        })
    }
}

impl Session {
    /// The coverage map of a bundle, in the zone that times are shown in.
    pub(crate) fn coverage(&self, id: &BundleId, document: Option<&Document>) -> Result<CoverageMap, Fault> {
        let zone = self.zone();
        let counted = self.store.sources(id, zone, coverage::BINS_MAX)?;
        let spans = document.map(|document| document.coverage.as_slice()).unwrap_or_default();
        Ok(coverage::map(&counted, spans, zone))
    }

    /// One stored bundle.
    pub(crate) fn summary(&self, id: &BundleId) -> Result<BundleSummary, Fault> {
        let found = self.store.bundles()?.into_iter().find(|summary| summary.id == *id);
        found.ok_or_else(|| Fault::new(FaultCode::NotFound, "There is no such bundle in this vault."))
    }

    /// The id of a bundle that is here whole.
    pub(crate) fn store_holds(&self, id: &BundleId) -> Result<Option<String>, Fault> {
        let bundles = self.store.bundles()?;
        let here = bundles.iter().any(|summary| summary.id == *id && summary.state == BundleState::Here);
        Ok(here.then(|| id.as_str().to_owned()))
    }
}

/// A stored bundle with its documents read.
pub(crate) struct Stored {
    pub(crate) card: BundleCard,
    facts: BundleFacts,
    handover: Handover,
    pub(crate) document: Option<Document>,
}

impl Session {
    /// A stored bundle, with its verdict as of today.
    pub(crate) fn stored(&self, id: &BundleId) -> Result<Stored, Fault> {
        let summary = self.summary(id)?;
        Stored::read(&summary, self.verdicts_today()?.get(id), self.zone())
    }

    /// The report of a stored bundle as of today; `None` while its check still runs.
    pub(crate) fn document_today(&self, summary: &BundleSummary) -> Result<Option<Document>, Fault> {
        document_of(summary, self.verdicts_today()?.get(&summary.id), self.zone())
    }
}

/// The report of a bundle as of today. `newest` is the newest verdict in the history: a report without one was reached
/// nobody knows with what.
fn document_of(summary: &BundleSummary, newest: Option<&Concluded>, zone: Zone) -> Result<Option<Document>, Fault> {
    let outdated = (!newest.is_some_and(|newest| newest.current)).then_some(zone);
    let document = summary.report.as_deref().map(Document::read).transpose()?;
    Ok(document.map(|document| document.outdated(outdated)))
}

impl Stored {
    fn read(summary: &BundleSummary, newest: Option<&Concluded>, zone: Zone) -> Result<Self, Fault> {
        let facts: BundleFacts = serde_json::from_str(&summary.facts).unwrap_or_default();
        let handover: Handover = serde_json::from_str(&summary.handover).unwrap_or_default();
        let document = document_of(summary, newest, zone)?;
        let checked = document.as_ref().and_then(|document| document.checked_at.as_deref()).map(when_text);
        let card = BundleCard {
            bundle: summary.id.as_str().to_owned(),
            name: brief(&*facts.name),
            period: brief(facts.period_in(zone)),
            profile: facts.profile.clone(),
            badge: document.as_ref().map_or_else(badge_while_checking, Document::badge),
            events: summary.events,
            importing: summary.state == BundleState::Coming,
            imported: when_text(&facts.imported_at),
            checked,
        };
        Ok(Self { card, facts, handover, document })
    }

    fn verdict(&self) -> Verdict {
        self.document.as_ref().map_or_else(no_verdict, Document::verdict)
    }

    fn received(&self, id: &BundleId) -> Received {
        Received {
            handed_by: brief(&*self.handover.handed_by),
            handed_on: brief(&*self.handover.handed_on),
            channel: brief(&*self.handover.channel),
            imported_by: self.facts.imported_by.clone(),
            quoted: self.handover.quoted.clone(),
            quoted_agrees: self.handover.quoted_agrees,
            zone_for_bare_times: self.handover.zone.clone(),
            sha256: id.as_str().to_owned(),
        }
    }
}

/// A finding as one of many; the whole report is kept as it was made.
fn shortened(finding: Finding) -> Finding {
    let Finding { message, places, .. } = finding;
    Finding { message: brief(message), places: brief_facts(places), ..finding }
}

fn no_verdict() -> Verdict {
    let badge = badge_while_checking();
    Verdict {
        sentence: badge.reason.clone(),
        badge,
        integrity: None,
        assurance: None,
        checked: Vec::new(),
        proves: Vec::new(),
        does_not_prove: vec!["Anything, until the check has ended.".to_owned()],
        errors: 0,
        warnings: 0,
        history: None,
    }
}
