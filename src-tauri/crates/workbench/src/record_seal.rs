//! What may be said of one record: its badge with the reason, and what was recomputed, in sentences.
//!
//! Read from the verdict of its bundle as of today, and from what the report says of this very record. Nothing here
//! judges; `verify` did.
//!
//! # Invariants
//! * The badge says what the mark of the record's row says: *Verified* where the row is proven and nowhere else. That the
//!   bundle as a whole is not, stands beside it. *Unsigned* only where nothing that was found is signed.
//! * A record of a kind that carries no evidence is not called unchecked: there is nothing in it to check.

use bundle::Profile;
use event_store::Mark;
use verify::Code;

use crate::meaning::{Concerns, Meaning};
use crate::verdicts::Document;
use crate::wire::{Badge, Seal};

/// The sentence of a record whose hash agrees.
const STANDS: &str =
    "Its hash was recomputed when the bundle was checked and agrees with the record and with its neighbors.";

/// Who vouches for a record whose bundle's verdict is history.
const OUTDATED: &str = "Who vouches for it today is open: its bundle was checked with other keys and anchors than this \
                        office vouches for now. To know, check the bundle again.";

/// A record, and what its bundle's report says of it.
pub(crate) struct Judged<'a> {
    /// How its row is marked.
    pub(crate) mark: Mark,
    pub(crate) profile: Profile,
    /// The report of its bundle as of today; `None` while the check still runs.
    pub(crate) document: Option<&'a Document>,
    /// What the errors of the report mean for it, the worst first.
    pub(crate) standing: &'a [Meaning],
    pub(crate) stream: Option<&'a str>,
    pub(crate) seq: Option<u64>,
}

/// A badge, and the sentences that stand under what was recomputed.
pub(crate) struct Told {
    pub(crate) badge: Badge,
    pub(crate) proof: Vec<String>,
}

/// Who vouches for a record that agrees with its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voucher {
    Anchor,
    PinnedKey,
    UnpinnedKey,
    RevokedKey,
    /// A key that is revoked, or one that nobody has pinned: the bundle has both.
    OtherKey,
    /// Something is signed in a way that is not checked.
    Unchecked,
    /// Something is signed, and what is signed does not hold.
    Broken,
    /// Something is signed, and it does not reach this record or does not count.
    Short,
    Nobody,
}

impl Judged<'_> {
    /// What may be said of it.
    pub(crate) fn told(&self) -> Told {
        match (self.mark, self.document) {
            (Mark::Proven, Some(document)) => self.of_proven(document),
            (Mark::Stands, Some(document)) => self.of_standing(document),
            (Mark::NotVerified, Some(document)) => self.of_unverified(document),
            (Mark::Altered, _) => self.of_named("Altered or damaged", &[Concerns::Record]),
            (Mark::Misplaced | Mark::Beside, _) => {
                self.of_named("Named in a finding", &[Concerns::Place, Concerns::Neighborhood])
            }
            (Mark::Proven | Mark::Stands | Mark::NotVerified, None) => {
                open("The check of its bundle has not ended: nothing has been verified yet.".to_owned())
            }
        }
    }

    /// Of a record that an error names, and what the error is about.
    fn of_named(&self, word: &str, about: &[Concerns]) -> Told {
        let worst = self.standing.iter().find(|meaning| about.contains(&meaning.concerns));
        let reason = match worst {
            Some(worst) => worst.sentence.clone(),
            None if self.document.is_some_and(Document::is_cut) => {
                "More was found than is listed one by one: whether this record is altered cannot be told.".to_owned()
            }
            None => "A finding names this record.".to_owned(),
        };
        let badge = Badge { seal: Seal::Altered, word: word.to_owned(), reason };
        Told { proof: self.proof_or(&badge.reason), badge }
    }

    fn of_unverified(&self, document: &Document) -> Told {
        let reason = match self.standing.first() {
            Some(worst) => worst.sentence.clone(),
            None if self.profile != Profile::AuditBundle1 => without_evidence(document),
            None if document.marks_records() => {
                "It lies in a part of the log that could not be linked: a file or line beside it is missing or cannot \
                 be read."
                    .to_owned()
            }
            None => "Nothing in its bundle can show whether it stands.".to_owned(),
        };
        let told = open(reason);
        Told { proof: self.proof_or(&told.badge.reason), badge: told.badge }
    }

    /// The findings about it, or why there is none.
    fn proof_or(&self, reason: &str) -> Vec<String> {
        if self.standing.is_empty() {
            return vec![reason.to_owned()];
        }
        self.standing.iter().map(Meaning::told).collect()
    }

    /// Of a record that somebody outside the bundle vouches for. Its bundle may be less than that.
    fn of_proven(&self, document: &Document) -> Told {
        let whole = match document.badge().seal {
            Seal::Verified => None,
            Seal::Altered => Some("Elsewhere in its bundle something is altered or damaged."),
            Seal::NotVerified | Seal::Unsigned => {
                Some("Not everything in its bundle is vouched for: the bundle as a whole is not verified.")
            }
        };
        let voucher = self.voucher(document);
        let who = if voucher.is_proof() { voucher.sentence() } else { "A pinned key or an anchor vouches for it." };
        matching(Seal::Verified, "Verified", who, whole)
    }

    fn of_standing(&self, document: &Document) -> Told {
        if document.history().is_some() {
            return matching(Seal::NotVerified, "Not verified", OUTDATED, None);
        }
        let voucher = self.voucher(document);
        let (seal, word) = match voucher {
            Voucher::Nobody => (Seal::Unsigned, "Unsigned"),
            _ => (Seal::NotVerified, "Not verified"),
        };
        let unmarked = "There are more stretches of such records than are marked one by one.";
        matching(seal, word, voucher.sentence(), voucher.is_proof().then_some(unmarked))
    }

    fn voucher(&self, document: &Document) -> Voucher {
        let evidence = &document.evidence;
        let reached = evidence.reach.iter().find(|reached| {
            self.stream == Some(&*reached.stream_id)
                && self.seq.is_some_and(|seq| (reached.from_seq..=reached.to_seq).contains(&seq))
        });
        match reached.map(|reached| reached.by.as_str()) {
            Some("anchored") => Voucher::Anchor,
            Some("pinned") => Voucher::PinnedKey,
            Some("signed") => key_that_is_not_good(document),
            _ if document.has(&[Code::SignaturesNotChecked]) => Voucher::Unchecked,
            _ if document.has(&BROKEN) => Voucher::Broken,
            _ if !evidence.signed_by.is_empty() => Voucher::Short,
            _ => Voucher::Nobody,
        }
    }
}

/// What is wrong with a key that signed and does not vouch. Which one signed a record is not told.
fn key_that_is_not_good(document: &Document) -> Voucher {
    let has = |standing| document.evidence.signed_by.iter().any(|key| key.standing == standing);
    match (has("revoked"), has("unpinned")) {
        (true, false) => Voucher::RevokedKey,
        (true, true) => Voucher::OtherKey,
        (false, _) => Voucher::UnpinnedKey,
    }
}

/// What is found where something is signed and the signature does not hold.
const BROKEN: [Code; 4] =
    [Code::SignatureInvalid, Code::SignatureMissing, Code::SignatureAlgorithmUnsupported, Code::KeyUnknown];

impl Voucher {
    /// Whether somebody outside the bundle vouches.
    const fn is_proof(self) -> bool {
        matches!(self, Self::Anchor | Self::PinnedKey)
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Anchor => "A head of the log that is known from outside the bundle vouches for it.",
            Self::PinnedKey => {
                "A key that this office has pinned vouches for it: it signed this record, or a later one that leads to \
                 it."
            }
            Self::UnpinnedKey => {
                "It is signed, or a later record that leads to it is, and the signature fits; but nobody has pinned the \
                 key, so nothing shows whose it is."
            }
            Self::RevokedKey => {
                "It is signed, or a later record that leads to it is, and the signature fits; but the key is revoked, so \
                 it vouches for nothing."
            }
            Self::OtherKey => {
                "It is signed, or a later record that leads to it is, and the signature fits; but its key is revoked, or \
                 nobody has pinned it."
            }
            Self::Unchecked => {
                "Something in its bundle is signed, of a kind that is not checked: who vouches for it is open."
            }
            Self::Broken => "Its bundle is signed, but signatures in it do not hold, and none vouches for this record.",
            Self::Short => {
                "Its bundle is signed, but no signature reaches this record: what is signed does not lead to it."
            }
            Self::Nobody => "Nothing in its bundle is signed: nothing shows who made it.",
        }
    }
}

/// Why a record that carries no evidence of its own is not verified.
fn without_evidence(document: &Document) -> String {
    let own = "Records of this kind carry no evidence of their own: there is nothing in it to check.";
    let beside = if document.has(&[Code::SignaturesNotChecked]) {
        "The export holds a signature of a kind that is not checked: what it says is open."
    } else if document.agrees_with_lists() {
        "The files that lists of checksums name agree with them: nothing was changed by accident since they were written."
    } else {
        "Only that it has not changed since the import is known."
    };
    format!("{own} {beside}")
}

/// Of a record that agrees with its hash: who vouches for it, and what is to be said beside that.
fn matching(seal: Seal, word: &str, who: &str, beside: Option<&str>) -> Told {
    let told = |first| [first, who].into_iter().chain(beside);
    let reason = told("The record matches its hash.").collect::<Vec<_>>().join(" ");
    let proof = told(STANDS).map(str::to_owned).collect();
    Told { badge: Badge { seal, word: word.to_owned(), reason }, proof }
}

fn open(reason: String) -> Told {
    let badge = Badge { seal: Seal::NotVerified, word: "Not verified".to_owned(), reason };
    Told { proof: vec![badge.reason.clone()], badge }
}
