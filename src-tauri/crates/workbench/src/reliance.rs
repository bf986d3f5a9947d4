//! What this office vouches for, as `verify` takes it for one bundle; and what is kept of the verdict that comes of it.
//!
//! A [`Reliance`] is read once, before a check, and the verdict is concluded with the very same: what changed meanwhile
//! makes the verdict history, it never slips into it.
//!
//! # Invariants
//! * Only what stands is handed on: no anchor that was withdrawn, no head of the bundle itself.
//! * Heads are remembered only of a verdict that passed and still stands when it is kept.

use std::collections::{BTreeMap, BTreeSet};

use access_log::LogFault;
use event_store::{EventQuestions as _, StoreFault};
use integrity::Digest;
use integrity::keys::{Algorithm, Kid, PublicKey};
use integrity::timestamp::TsaCertificate;
use model::{BundleId, EventId, Instant, StreamId};
use trust_store::{
    Concern, Conclusion, Fingerprint, Head, ImportedHead, Material, Origin, Pin, Reached, StreamHead, StreamSpan,
    Trust, TrustFault, TrustStore,
};
use vault::rusqlite::Transaction;
use verify::{Anchor, Code, KeyStanding, PinnedKey, PinnedSshKey, PinnedTsa, Remembered, Report};

use crate::others::stated_id;
use crate::session::Session;
use crate::verdicts::Vouching;
use crate::wire::{Fault, FaultCode};

/// What is vouched for, for one bundle.
pub(crate) struct Reliance {
    trust: Trust,
    bundle: BundleId,
    arrived: u64,
    /// The ids that stored bundles state of themselves.
    stated: BTreeMap<BundleId, String>,
}

/// A verdict that is ready to be kept.
pub(crate) struct Concluding {
    conclusion: Conclusion,
    integrity: &'static str,
    heads: Vec<ImportedHead>,
}

impl Reliance {
    /// What is vouched for now. A bundle that comes for the first time comes now.
    pub(crate) fn of(session: &Session, bundle: &BundleId) -> Result<Self, Fault> {
        let trust = session.trust.trust()?;
        let arrived = session.trust.arrived(bundle)?.unwrap_or(trust.steps());
        let stored = session.store.bundles()?.into_iter();
        let stated = stored.filter_map(|summary| Some((summary.id.clone(), stated_id(&summary)?))).collect();
        Ok(Self { trust, bundle: bundle.clone(), arrived, stated })
    }

    /// The same for a check.
    pub(crate) fn vouching(&self) -> Vouching {
        let mut vouching = Vouching::default();
        for (fingerprint, pin) in self.trust.pins() {
            add_pin(&mut vouching.trust, fingerprint, pin);
        }
        let standing = self.trust.anchors().filter(|anchor| self.trust.stands(anchor));
        vouching.anchors.extend(standing.map(|anchor| Anchor {
            origin: match &anchor.origin {
                Origin::Typed { .. } => verify::Origin::Typed,
                Origin::File { .. } => verify::Origin::File,
                Origin::Token { gen_time, .. } => verify::Origin::Stamped { at: gen_time.text().to_owned() },
            },
            ..anchor_at(&anchor.head)
        }));
        let heads = self.trust.other_heads(&self.bundle);
        vouching.anchors.extend(heads.map(|head| Anchor {
            origin: verify::Origin::Remembered(self.remembered(head)),
            ..anchor_at(head.seen.head())
        }));
        vouching
    }

    fn remembered(&self, head: &Head) -> Remembered {
        Remembered {
            on: day_of(&head.mark.at),
            export: *head.seen.export(),
            bundle_id: self.stated.get(head.seen.bundle_id()).cloned(),
            first: Some((head.seen.first_seq(), *head.seen.first_prev_hash())),
            came_later: head.came_after(self.arrived),
        }
    }

    /// What is to be kept of a report; `json` is the report as it is stored.
    pub(crate) fn conclude(&self, report: &Report, json: &str) -> Result<Concluding, Fault> {
        let integrity = report.integrity();
        let reached = Reached {
            integrity: integrity.word(),
            assurance: report.assurance().map(verify::Assurance::word),
            badge: report.badge().name(),
            program: concat!("Chartproof ", env!("CARGO_PKG_VERSION")),
            fingerprints: relied_on(report),
            anchors: self.held_against(report),
        };
        let basis = self.trust.basis(self.concern(report))?;
        Ok(Concluding {
            conclusion: Conclusion::new(basis, reached, json)?,
            integrity: integrity.word(),
            heads: self.heads_of(report),
        })
    }

    fn concern(&self, report: &Report) -> Concern {
        let mut spans: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
        for reached in &report.evidence().reach {
            let span = spans.entry(&reached.stream_id).or_insert([reached.from_seq, reached.to_seq]);
            *span = [span[0].min(reached.from_seq), span[1].max(reached.to_seq)];
        }
        let streams = spans.into_iter().map(|(stream, [first_seq, last_seq])| StreamSpan {
            stream: StreamId::new(stream),
            first_seq,
            last_seq,
        });
        Concern {
            bundle: self.bundle.clone(),
            export: report.export(),
            arrived: self.arrived,
            streams: streams.collect(),
            keys: named_keys(report),
        }
    }

    /// The numbers of the anchors and heads that the log was held against.
    fn held_against(&self, report: &Report) -> Vec<u64> {
        let used = report.evidence().anchors.iter();
        let told = used.filter(|used| matches!(used.outcome, "agrees" | "goes_on" | "differs" | "beyond"));
        let told: BTreeSet<(&str, u64)> = told.map(|used| (used.stream_id.as_str(), used.last_seq)).collect();
        let is_told = |head: &StreamHead| told.contains(&(head.stream_id().as_str(), head.last_seq()));
        let anchors = self.trust.anchors().filter(|anchor| self.trust.stands(anchor) && is_told(&anchor.head));
        let heads = self.trust.other_heads(&self.bundle).filter(|head| is_told(head.seen.head()));
        let mut numbers: Vec<u64> =
            anchors.map(|anchor| anchor.mark.number).chain(heads.map(|head| head.mark.number)).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Where the streams of a bundle that passed end. A stream whose ids are beyond the limits of an anchor is left out:
    /// no anchor could name it either.
    fn heads_of(&self, report: &Report) -> Vec<ImportedHead> {
        let Some(export) = report.export() else { return Vec::new() };
        let head = |head: &verify::Head| {
            let last_hash = Digest::from_hex(&head.last_hash)?;
            let (stream, event) = (StreamId::new(&*head.stream_id), EventId::new(&*head.last_event_id));
            let end = StreamHead::new(stream, head.last_seq, event, last_hash).ok()?;
            let before = Digest::from_hex(&head.first_prev_hash)?;
            ImportedHead::new(self.bundle.clone(), export, end, head.first_seq, before).ok()
        };
        report.evidence().heads.iter().filter_map(head).collect()
    }
}

impl Concluding {
    /// Keeps the verdict, and where the streams ended, in the transaction of the act that is logged.
    pub(crate) fn keep(
        &self,
        store: &TrustStore,
        transaction: &Transaction<'_>,
        now: &Instant,
    ) -> Result<(), StoreFault> {
        let stands = store.stands_in(transaction, &self.conclusion).map_err(beside)?;
        if stands && !self.heads.is_empty() {
            store.remember_in(transaction, self.integrity, &self.heads, now).map_err(beside)?;
        }
        store.conclude_in(transaction, &self.conclusion, now).map_err(beside)?;
        Ok(())
    }
}

fn add_pin(trust: &mut verify::Trust, fingerprint: &Fingerprint, pin: &Pin) {
    let vouching = verify::Vouching { by: Some(pin.mark.author.clone()), on: Some(day_of(&pin.mark.at)) };
    // A revocation whose time cannot be counted is one from the beginning.
    let revoked_from = pin.revoked.as_ref().map(|revoked| revoked.from.utc_nanos().unwrap_or(i64::MIN));
    match (fingerprint, &pin.material) {
        (Fingerprint::Key(_), material) => {
            let Some(kid) = Kid::from_text(&fingerprint.to_string()) else { return };
            let (key, algorithm) = match material {
                Some(Material::Key { alg, spki }) => {
                    (PublicKey::from_spki(spki.as_bytes()).ok(), Algorithm::from_name(alg.as_str()))
                }
                _ => (None, None),
            };
            trust.keys.push(PinnedKey { kid, key, algorithm, vouching, revoked_from });
        }
        (Fingerprint::Signer(_), _) => {
            trust.ssh_keys.push(PinnedSshKey { fingerprint: fingerprint.to_string(), vouching, revoked_from });
        }
        (Fingerprint::Certificate(_), Some(Material::Certificate { certificate, .. })) => {
            let Ok(certificate) = TsaCertificate::from_der(certificate.as_bytes()) else { return };
            trust.authorities.push(PinnedTsa { certificate, vouching, revoked_from });
        }
        (Fingerprint::Certificate(_), _) => {}
    }
}

fn anchor_at(head: &StreamHead) -> Anchor {
    Anchor {
        stream_id: head.stream_id().as_str().to_owned(),
        last_seq: head.last_seq(),
        last_hash: *head.last_hash(),
        last_event_id: Some(head.last_event_id().as_str().to_owned()),
        origin: verify::Origin::Typed,
    }
}

/// The day of an instant in UTC, `YYYY-MM-DD`.
fn day_of(instant: &Instant) -> String {
    let text = instant.utc_text().unwrap_or_default();
    text.get(.."YYYY-MM-DD".len()).unwrap_or_default().to_owned()
}

/// The keys and signers that a bundle names, whether or not they are there or fit; `None` if they are too many to tell.
fn named_keys(report: &Report) -> Option<BTreeSet<Fingerprint>> {
    let evidence = report.evidence();
    let mut listed: BTreeMap<Code, usize> = BTreeMap::new();
    report.findings().iter().for_each(|finding| *listed.entry(finding.code).or_default() += 1);
    let is_cut = listed.values().any(|listed| *listed as u64 >= verify::FINDINGS_PER_CODE_MAX);
    let about_keys = |code| matches!(code, Code::KeyUnknown | Code::SignatureAlgorithmUnsupported);
    let is_nameless = report.findings().iter().any(|finding| about_keys(finding.code) && finding.kid.is_none());
    if evidence.keys_untold > 0 || is_cut || is_nameless {
        return None;
    }
    let claimed = evidence.keys.iter().map(|key| key.kid.as_str());
    let signed = evidence.signed_by.iter().map(|key| key.kid.as_str());
    let found = report.findings().iter().filter_map(|finding| finding.kid.as_deref());
    Some(claimed.chain(signed).chain(found).filter_map(|kid| Fingerprint::parse(kid).ok()).collect())
}

/// What is or was pinned and made a difference.
fn relied_on(report: &Report) -> Vec<Fingerprint> {
    let pinned = report.evidence().signed_by.iter().filter(|key| key.standing != KeyStanding::Unpinned);
    pinned.filter_map(|key| Fingerprint::parse(&key.kid).ok()).collect()
}

/// A fault of the trust store, where an act of the event store is to fail with it.
fn beside(fault: TrustFault) -> StoreFault {
    match fault {
        TrustFault::Vault(fault) => StoreFault::Vault(fault),
        TrustFault::Log(fault) => StoreFault::Log(fault),
        fault => StoreFault::Beside(Box::new(fault)),
    }
}

impl From<TrustFault> for Fault {
    fn from(fault: TrustFault) -> Self {
        let said = crate::faults::sentence(&fault.to_string(), "");
        match fault {
            TrustFault::Vault(fault) => fault.into(),
            TrustFault::Log(LogFault::TextLong { .. }) => Self::bad_input("A text is too long for the access log."),
            TrustFault::Log(fault) => fault.into(),
            TrustFault::Refused(_)
            | TrustFault::Text { .. }
            | TrustFault::Head(_)
            | TrustFault::Fingerprint(_)
            | TrustFault::Undated => Self::bad_input(said),
            TrustFault::ConclusionUnknown { .. } => Self::not_found(said),
            TrustFault::StepMissing { .. } | TrustFault::StepFlawed { .. } | TrustFault::ConclusionFlawed { .. } => {
                Self::new(FaultCode::VaultDamaged, said)
            }
            TrustFault::ReportLarge { .. } | TrustFault::Unwritable => Self::internal(said),
        }
    }
}
