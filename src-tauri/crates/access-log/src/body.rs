//! What an entry says, as canonical JSON: the text that is hashed, kept and shown.

use std::collections::BTreeMap;

use integrity::canonical::to_canonical;
use model::Instant;
use serde::{Deserialize, Serialize};
use vault::Vault;

use crate::entry::{Entry, Handover, Question, TrustStep};
use crate::{LogFault, Purpose};

/// The longest single text in an entry, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// What an entry says. Later versions may add members; none changes its meaning.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// When, in UTC, as RFC 3339.
    pub ts: String,
    /// Name of the user in this vault.
    pub actor: String,
    /// Their id in this vault.
    pub actor_id: String,
    /// Their role.
    pub role: String,
    /// Their account at the operating system, as its environment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_account: Option<String>,
    /// The machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workstation: Option<String>,
    /// What was done: [`Entry::action`].
    pub action: String,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// In which bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// The exact filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The order of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Counts, where they are known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub results: BTreeMap<String, u64>,
    /// What else belongs to this act.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// A public key (hex) that may sign from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduces: Option<String>,
    /// Version of the program.
    pub app_version: String,
}

impl Body {
    /// The body of an act of the user who has the vault open.
    pub(crate) fn new(
        vault: &Vault,
        entry: &Entry,
        purpose: Option<&Purpose>,
        now: &Instant,
    ) -> Result<Self, LogFault> {
        let holder = vault.holder();
        let mut body = Self {
            ts: now.utc_text().ok_or(LogFault::Undated)?,
            actor: vault.user().to_owned(),
            actor_id: vault.user_id().to_owned(),
            role: vault.role().word().to_owned(),
            os_account: holder.account.clone(),
            workstation: holder.host.clone(),
            action: entry.action().to_owned(),
            object: None,
            bundle: None,
            query: None,
            order: None,
            purpose: purpose.cloned(),
            results: BTreeMap::new(),
            details: BTreeMap::new(),
            introduces: None,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        body.fill_with(entry);
        if matches!(entry, Entry::CreateVault { .. } | Entry::RecoveryUsed) {
            body.introduces = Some(crate::chain::hex(&vault.user_public_key().to_bytes()));
        }
        if matches!(entry, Entry::CreateVault { .. }) {
            body.object = Some(vault.vault_id().to_owned());
        }
        body.check_lengths()?;
        Ok(body)
    }

    /// The canonical text.
    pub(crate) fn text(&self) -> Result<String, LogFault> {
        let bytes = to_canonical(self).map_err(|_| LogFault::Unwritable)?;
        String::from_utf8(bytes).map_err(|_| LogFault::Unwritable)
    }

    /// Reads a body back.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The point in time it names, in nanoseconds since the epoch.
    pub(crate) fn utc_nanos(&self) -> Option<i64> {
        Instant::parse(&self.ts).ok()?.utc_nanos()
    }

    fn fill_with(&mut self, entry: &Entry) {
        match entry {
            Entry::Unlock | Entry::RecoveryUsed | Entry::PassphraseChange | Entry::PurposeGiven => {}
            Entry::CreateVault { label } => self.detail("label", label.word()),
            Entry::FailedUnlocks { count, first, last } => {
                self.result("attempts", *count);
                self.detail("first", first);
                self.detail("last", last);
            }
            Entry::Lock { cause } => self.detail("cause", cause.word()),
            Entry::Import { bundle, handover, profile, records, integrity } => {
                self.bundle = Some(bundle.clone());
                self.handed_over(handover);
                self.result("records", *records);
                self.detail("profile", profile);
                self.detail("integrity", integrity);
            }
            Entry::ImportRepeated { bundle, handover } => {
                self.bundle = Some(bundle.clone());
                self.handed_over(handover);
            }
            Entry::VerifyBegun { bundle } => self.bundle = Some(bundle.clone()),
            Entry::ImportUndone { bundle, records, why } | Entry::VerifyUndone { bundle, records, why } => {
                self.bundle = Some(bundle.clone());
                self.result("records", *records);
                self.detail("why", why.word());
            }
            Entry::Verify { .. }
            | Entry::Compare { .. }
            | Entry::Compared { .. }
            | Entry::SelfTest { .. }
            | Entry::SelfTested { .. } => {
                self.doubt(entry);
            }
            Entry::Look(question) | Entry::PatientsList(question) | Entry::UsersList(question) => self.ask(question),
            Entry::LookClosed { look, rows, patients, users } => {
                for (name, count) in [("look", look), ("rows", rows), ("patients", patients), ("users", users)] {
                    self.result(name, *count);
                }
            }
            Entry::EventSought { event_id } => self.object = Some(event_id.clone()),
            Entry::ViewEvent { event_ref } => self.object = Some(event_ref.clone()),
            Entry::Reveal { object } => self.object = Some(object.clone()),
            Entry::Copy { object, rows } | Entry::Print { object, rows } => self.take(object, *rows),
            Entry::Export { object, rows, destination } => {
                self.take(object, *rows);
                self.detail("destination", destination);
            }
            Entry::Settings { name, before, after } => {
                self.object = Some(name.clone());
                self.detail("before", before);
                self.detail("after", after);
            }
            Entry::Refused { asked, why } => {
                self.object = Some(asked.clone());
                self.detail("why", why);
            }
            Entry::LogViewed { filter } => self.query = Some(filter.clone()),
            Entry::LogChecked { entries, intact } => {
                self.result("entries", *entries);
                self.detail("intact", if *intact { "yes" } else { "no" });
            }
            Entry::LogExported { destination } => self.detail("destination", destination),
            Entry::ReportSaved { bundle, destination } => {
                self.bundle = Some(bundle.clone());
                self.detail("destination", destination);
            }
            Entry::KeyPinned { fingerprint, kind, vouched_by, step } => {
                self.object = Some(fingerprint.clone());
                self.detail("kind", kind);
                self.detail("vouched_by", vouched_by);
                self.step(step);
            }
            Entry::KeyRevoked { fingerprint, from, why, step } => {
                self.object = Some(fingerprint.clone());
                self.detail("from", from);
                self.detail("why", why);
                self.step(step);
            }
            Entry::AnchorAdded { stream, last_seq, last_hash, origin, step } => {
                self.object = Some(stream.clone());
                self.result("last_seq", *last_seq);
                self.detail("last_hash", last_hash);
                self.detail("origin", origin);
                self.step(step);
            }
            Entry::AnchorWithdrawn { anchor, why, step } => {
                self.result("anchor", *anchor);
                self.detail("why", why);
                self.step(step);
            }
            Entry::ClockJump { before, seconds_back } => {
                self.result("seconds_back", *seconds_back);
                self.detail("before", before);
            }
        }
    }

    /// What is done to find out how far a bundle, or its check, can be relied on.
    fn doubt(&mut self, entry: &Entry) {
        match entry {
            Entry::Verify { bundle, integrity, assurance, findings, went_on_behind } => {
                self.bundle = Some(bundle.clone());
                self.result("findings", *findings);
                if let Some(records) = went_on_behind {
                    self.result("went_on_behind_record", *records);
                }
                self.detail("integrity", integrity);
                if let Some(assurance) = assurance {
                    self.detail("assurance", assurance);
                }
            }
            Entry::Compare { earlier, later } => {
                self.object = Some(earlier.clone());
                self.bundle = Some(later.clone());
            }
            Entry::Compared { comparison, outcome, differences } => {
                self.result("comparison", *comparison);
                self.result("differences", *differences);
                self.detail("outcome", outcome);
            }
            Entry::SelfTest { bundle, rounds, seed } => {
                self.bundle = Some(bundle.clone());
                self.result("rounds", *rounds);
                self.result("seed", *seed);
            }
            Entry::SelfTested { test, copies, caught, missed } => {
                for (name, count) in [("test", test), ("copies", copies), ("caught", caught), ("missed", missed)] {
                    self.result(name, *count);
                }
            }
            _ => {}
        }
    }

    fn handed_over(&mut self, handover: &Handover) {
        let Handover { from, on, channel, quoted, zone } = handover;
        let said = [("received_from", from), ("received_on", on), ("channel", channel)];
        for (name, text) in said.into_iter().filter(|(_, text)| !text.is_empty()) {
            self.detail(name, text);
        }
        if let Some((hash, agrees)) = quoted {
            self.detail("quoted_sha256", hash);
            self.detail("quoted_agrees", if *agrees { "yes" } else { "no" });
        }
        if let Some(zone) = zone {
            self.detail("zone", zone);
        }
    }

    fn ask(&mut self, question: &Question) {
        self.query = Some(question.query.clone());
        self.order = Some(question.order.clone());
        self.bundle.clone_from(&question.bundle);
    }

    fn step(&mut self, step: &TrustStep) {
        self.result("step", step.number);
        self.detail("step_sha256", &step.sha256);
    }

    fn take(&mut self, object: &str, rows: u64) {
        self.object = Some(object.to_owned());
        self.result("rows", rows);
    }

    pub(crate) fn detail(&mut self, name: &str, text: &str) {
        self.details.insert(name.to_owned(), text.to_owned());
    }

    pub(crate) fn result(&mut self, name: &str, count: u64) {
        self.results.insert(name.to_owned(), count);
    }

    fn check_lengths(&self) -> Result<(), LogFault> {
        let members =
            [("object", &self.object), ("bundle", &self.bundle), ("query", &self.query), ("order", &self.order)];
        for (member, text) in members {
            if text.as_ref().is_some_and(|text| text.len() > TEXT_BYTES_MAX) {
                return Err(LogFault::TextLong { member });
            }
        }
        if self.details.values().any(|text| text.len() > TEXT_BYTES_MAX) {
            return Err(LogFault::TextLong { member: "details" });
        }
        Ok(())
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({})", self.action)
    }
}
