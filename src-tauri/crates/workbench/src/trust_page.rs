//! Keys, anchors, remembered heads and past verdicts of a bundle, as the page and the command line show them.

use std::collections::{BTreeMap, BTreeSet};

use event_store::EventQuestions as _;
use model::BundleId;
use trust_store::{Anchor, Concluded, Fingerprint, Head, Material, Origin, Pin, Trust};

use crate::desk::Desk;
use crate::evidence::{AnchorOutcome, ClaimedKey, Evidence, Signer};
use crate::portion::{brief, brief_facts, fitting};
use crate::session::Session;
use crate::verdicts::{bundle_name, seal_named};
use crate::wire::{
    AnchorCard, AnchorState, BundleAsk, Fault, HeadCard, KeyClaim, PastVerdict, PinCard, PinState, Revoked, TrustPage,
};
use crate::words::{when, when_text};

/// Cards of each list on the page. The command line shows all.
const CARDS_MAX: usize = 500;

impl Desk {
    /// What this office vouches for, beside what a bundle claims.
    pub fn trust(&self, ask: BundleAsk) -> Result<TrustPage, Fault> {
        let session = self.session()?;
        let id = BundleId::new(ask.bundle);
        let stored = session.stored(&id)?;
        let none = Evidence::default();
        let evidence = stored.document.as_ref().map_or(&none, |document| &document.evidence);
        let trust = session.trust.trust()?;
        let view = View { trust: &trust, evidence, bundle: &id, names: session.names()? };
        let history = session.trust.history(&id)?;
        Ok(TrustPage {
            claims: fitting(view.claims().into_iter().take(CARDS_MAX)),
            claims_untold: evidence.keys_untold,
            pins: view.pins().take(CARDS_MAX).collect(),
            anchors: view.anchors().into_iter().take(CARDS_MAX).collect(),
            heads: view.heads().into_iter().take(CARDS_MAX).collect(),
            history: history.iter().take(CARDS_MAX).map(past).collect(),
        })
    }

    /// Everything that is or was pinned.
    pub fn each_pin(&self) -> Result<Vec<PinCard>, Fault> {
        self.session()?.with_view(|view| view.pins().collect())
    }

    /// Every anchor and every remembered head.
    pub fn each_anchor(&self) -> Result<(Vec<AnchorCard>, Vec<HeadCard>), Fault> {
        self.session()?.with_view(|view| {
            let heads = view.trust.heads().map(|head| view.head_out(head)).collect();
            (view.anchors(), heads)
        })
    }

    /// The verdicts that were reached on a bundle, newest first. The id may be cut short as long as it is one's alone.
    pub fn verdicts_of(&self, bundle: &str) -> Result<Vec<PastVerdict>, Fault> {
        let session = self.session()?;
        let id = self.bundle_named(bundle)?;
        Ok(session.trust.history(&BundleId::new(id))?.iter().map(past).collect())
    }
}

impl Session {
    fn names(&self) -> Result<BTreeMap<String, String>, Fault> {
        let bundles = self.store.bundles()?.into_iter();
        Ok(bundles.map(|summary| (summary.id.as_str().to_owned(), bundle_name(&summary.facts))).collect())
    }

    fn with_view<T>(&self, show: impl FnOnce(&View<'_>) -> T) -> Result<T, Fault> {
        let (trust, evidence, bundle) = (self.trust.trust()?, Evidence::default(), BundleId::new(""));
        Ok(show(&View { trust: &trust, evidence: &evidence, bundle: &bundle, names: self.names()? }))
    }
}

/// The trust store as seen from one bundle.
struct View<'v> {
    trust: &'v Trust,
    evidence: &'v Evidence,
    bundle: &'v BundleId,
    names: BTreeMap<String, String>,
}

impl View<'_> {
    fn state_of(&self, fingerprint: &str) -> PinState {
        let pin = Fingerprint::parse(fingerprint).ok().and_then(|fingerprint| self.trust.pin(&fingerprint));
        match pin {
            None => PinState::Claim,
            Some(pin) if pin.revoked.is_some() => PinState::Revoked,
            Some(_) => PinState::Pinned,
        }
    }

    /// The keys that the bundle brings, and signers that it does not list.
    fn claims(&self) -> Vec<KeyClaim> {
        let signed: BTreeMap<&str, &Signer> =
            self.evidence.signed_by.iter().map(|signer| (signer.kid.as_str(), signer)).collect();
        let listed: BTreeSet<&str> = self.evidence.keys.iter().map(|key| key.kid.as_str()).collect();
        let own = self.evidence.keys.iter().map(|key| self.claim_of(key, signed.get(key.kid.as_str()).copied()));
        let others = self.evidence.signed_by.iter().filter(|signer| !listed.contains(signer.kid.as_str()));
        own.chain(others.map(|signer| self.signer_of(signer))).collect()
    }

    fn claim_of(&self, key: &ClaimedKey, signer: Option<&Signer>) -> KeyClaim {
        let [from, to] = &key.valid;
        let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let facts = [
            ("Algorithm", key.algorithm.clone()),
            ("For", said(&key.usage.join(", "))),
            ("Valid from", said(from)),
            ("Valid to", said(to)),
            ("Revoked at", key.revoked_at.clone()),
        ];
        let says = facts.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect();
        KeyClaim {
            fingerprint: brief(&*key.kid),
            kind: "Key".to_owned(),
            says: brief_facts(says),
            signatures: signer.map_or(0, |signer| signer.signatures),
            unfit: key.unfit.clone(),
            state: self.state_of(&key.kid),
            at_hand: key.spki.is_some() && key.unfit.is_none(),
        }
    }

    fn signer_of(&self, signer: &Signer) -> KeyClaim {
        let kind = kind_of(Fingerprint::parse(&signer.kid).ok().as_ref());
        KeyClaim {
            fingerprint: signer.kid.clone(),
            kind: kind.to_owned(),
            says: vec![("Algorithm".to_owned(), signer.algorithm.clone())],
            signatures: signer.signatures,
            unfit: None,
            state: self.state_of(&signer.kid),
            at_hand: false,
        }
    }

    fn pins(&self) -> impl Iterator<Item = PinCard> {
        let keys = self.evidence.keys.iter().map(|key| key.kid.as_str());
        let named: BTreeSet<&str> = keys.chain(self.evidence.signed_by.iter().map(|key| key.kid.as_str())).collect();
        self.trust.pins().map(move |(fingerprint, pin)| pin_out(fingerprint, pin, &named))
    }

    /// The anchors of the bundle's streams, then the others; the newest of each first.
    fn anchors(&self) -> Vec<AnchorCard> {
        let mut cards: Vec<AnchorCard> = self.trust.anchors().map(|anchor| self.anchor_out(anchor)).collect();
        cards.sort_by_key(|card| (!card.here, std::cmp::Reverse(card.number)));
        cards
    }

    fn anchor_out(&self, anchor: &Anchor) -> AnchorCard {
        let head = &anchor.head;
        let origin = match &anchor.origin {
            Origin::Typed { .. } => "Typed".to_owned(),
            Origin::File { .. } => "From a file".to_owned(),
            Origin::Token { gen_time, .. } => format!("From a file with a time stamp of {}", gen_time.text()),
        };
        let stream = head.stream_id().as_str();
        let outcome = self.evidence.anchors.iter().find(|used| {
            used.stream_id == stream && used.last_seq == head.last_seq() && used.origin == anchor.origin.word()
        });
        let state = match &anchor.withdrawn {
            Some(_) => AnchorState::Withdrawn,
            None if self.trust.stands(anchor) => AnchorState::Stands,
            None => AnchorState::Unbacked,
        };
        AnchorCard {
            number: anchor.mark.number,
            stream: brief(stream),
            last_seq: head.last_seq(),
            last_event_id: brief(head.last_event_id().as_str()),
            last_hash: head.last_hash().to_hex(),
            origin,
            from_whom: anchor.origin.from_whom().map(|whom| whom.as_str().to_owned()),
            written_on: anchor.origin.on().map(|day| day.as_str().to_owned()),
            received_on: anchor.received_on.as_str().to_owned(),
            added_by: anchor.mark.author.clone(),
            added: when(&anchor.mark.at),
            why: anchor.withdrawn.as_ref().map(|withdrawn| withdrawn.why.as_str().to_owned()),
            here: self.holds(stream),
            outcome: outcome.filter(|_| state == AnchorState::Stands).map(|used| outcome_words(used).to_owned()),
            state,
        }
    }

    fn holds(&self, stream: &str) -> bool {
        self.evidence.reach.iter().any(|reach| reach.stream_id == stream)
    }

    /// What is remembered of the bundle's streams, newest first.
    fn heads(&self) -> Vec<HeadCard> {
        let of_bundle = self.trust.heads().filter(|head| self.holds(head.seen.head().stream_id().as_str()));
        let mut cards: Vec<HeadCard> = of_bundle.map(|head| self.head_out(head)).collect();
        cards.sort_by_key(|card| std::cmp::Reverse(card.number));
        cards
    }

    fn head_out(&self, head: &Head) -> HeadCard {
        let (seen, end) = (&head.seen, head.seen.head());
        let bundle = seen.bundle_id().as_str();
        HeadCard {
            number: head.mark.number,
            bundle: bundle.to_owned(),
            bundle_name: self.names.get(bundle).map(|name| brief(&**name)),
            own: seen.bundle_id() == self.bundle,
            stream: brief(end.stream_id().as_str()),
            first_seq: seen.first_seq(),
            last_seq: end.last_seq(),
            last_hash: end.last_hash().to_hex(),
            remembered: when(&head.mark.at),
            withdrawn: head.withdrawn.is_some(),
            why: head.withdrawn.as_ref().map(|withdrawn| withdrawn.why.as_str().to_owned()),
        }
    }
}

fn pin_out(fingerprint: &Fingerprint, pin: &Pin, named: &BTreeSet<&str>) -> PinCard {
    let text = fingerprint.to_string();
    let written = |text: &Option<trust_store::Text>| text.as_ref().map(|text| text.as_str().to_owned());
    PinCard {
        kind: kind_of(Some(fingerprint)).to_owned(),
        subject: match &pin.material {
            Some(Material::Certificate { subject, .. }) => Some(brief(subject.as_str())),
            _ => None,
        },
        vouched_by: pin.vouched.by.as_str().to_owned(),
        how: written(&pin.vouched.how),
        note: written(&pin.vouched.note),
        typed: pin.typed_characters,
        pinned_by: pin.mark.author.clone(),
        pinned: when(&pin.mark.at),
        revoked: pin.revoked.as_ref().map(revoked_out),
        overruled: pin.overruled.iter().map(revoked_out).collect(),
        named_here: named.contains(text.as_str()),
        fingerprint: text,
    }
}

fn revoked_out(revoked: &trust_store::Revocation) -> Revoked {
    Revoked {
        from: when_text(&revoked.from.utc_text().unwrap_or_default()),
        why: revoked.why.as_str().to_owned(),
        by: revoked.mark.author.clone(),
    }
}

const fn kind_of(fingerprint: Option<&Fingerprint>) -> &'static str {
    match fingerprint {
        Some(Fingerprint::Signer(_)) => "SSH signer",
        Some(Fingerprint::Certificate(_)) => "Time stamp authority",
        Some(Fingerprint::Key(_)) | None => "Key",
    }
}

/// What became of an anchor, in a few words.
fn outcome_words(used: &AnchorOutcome) -> &'static str {
    match used.outcome.as_str() {
        "agrees" => "agrees with the log",
        "goes_on" => "the log goes on from it",
        "differs" => "the log says something else",
        "beyond" => "the log ends before it",
        "elsewhere" => "says nothing about the records that are here",
        "same_export" => "comes from this very export",
        "agrees_only" => "agrees, and vouches for nothing: it came from the same bundle, or came later",
        _ => "was not compared",
    }
}

fn past(concluded: &Concluded) -> PastVerdict {
    let (seal, word) = seal_named(concluded.badge.as_str());
    PastVerdict {
        number: concluded.mark.number,
        reached: when(&concluded.mark.at),
        by: concluded.mark.author.clone(),
        seal,
        word: word.to_owned(),
        integrity: concluded.integrity.as_str().to_owned(),
        assurance: concluded.assurance.as_ref().map(|assurance| assurance.as_str().to_owned()),
        program: concluded.program.as_str().to_owned(),
        keys: concluded.fingerprints.iter().map(ToString::to_string).collect(),
        anchors: concluded.anchors.clone(),
        current: concluded.current,
    }
}
