//! What a step changes: a pin, a revocation, an anchor, a withdrawal, a remembered head.
//!
//! Kinds are only ever added; what one means never changes.

use model::Instant;
use serde::{Deserialize, Serialize};

use crate::fault::{Refusal, TrustFault};
use crate::fingerprint::{Confirmed, Fingerprint, TYPED_CHARACTERS_MIN};
use crate::form;
use crate::head::{ImportedHead, StreamHead};
use crate::text::{Day, Der, Text, Word};

/// One change of what this office vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A key, a signer or a certificate is vouched for.
    Pin {
        /// Which one.
        fingerprint: Fingerprint,
        /// How much of the fingerprint a person typed, in characters.
        typed_characters: u64,
        /// The thing itself, if it was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        material: Option<Material>,
        /// Who says so.
        vouched: Vouched,
    },
    /// What was pinned is not relied on from a time on.
    Revoke {
        /// Which one.
        fingerprint: Fingerprint,
        /// From when on.
        #[serde(with = "form::written")]
        from: Instant,
        /// Why.
        why: Text,
    },
    /// Somebody other than a bundle's author says where a stream ended.
    AddAnchor {
        /// Where.
        head: StreamHead,
        /// Who says so, and how.
        origin: Origin,
        /// When it came to this office.
        received_on: Day,
    },
    /// An anchor or a remembered head is not held against bundles any more.
    Withdraw {
        /// The step that added it.
        number: u64,
        /// Why.
        why: Text,
    },
    /// An import that did not fail saw where a stream ended.
    Remember {
        /// Where, and in which bundle.
        seen: ImportedHead,
    },
}

/// What was pinned, as far as it was at hand. Who hands it in has read it; only its fingerprint is checked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Material {
    /// A producer's key.
    Key {
        /// Its one algorithm, in the word of formats 1.4; `rsa` where it came without one: then the bundle says which.
        alg: Word,
        /// Its `SubjectPublicKeyInfo`.
        spki: Der,
    },
    /// An SSH signer's public key.
    Signer {
        /// `ssh-ed25519 AAAA… comment`.
        line: Text,
    },
    /// A time stamp authority's certificate.
    Certificate {
        /// The certificate.
        certificate: Der,
        /// Whose it says it is: what the person saw who pinned it.
        subject: Text,
    },
}

impl Material {
    /// The fingerprint that it has, or `None` if it is not what it should be.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Key { spki, .. } => Some(Fingerprint::of_key(spki.as_bytes())),
            Self::Signer { line } => Fingerprint::of_signer(line.as_str()),
            Self::Certificate { certificate, .. } => Some(Fingerprint::of_certificate(certificate.as_bytes())),
        }
    }
}

/// Who vouched for what is pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vouched {
    /// The person or office the fingerprint was compared with.
    pub by: Text,
    /// How they were reached: in person, by telephone under a known number, on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<Text>,
    /// What else is worth knowing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl Vouched {
    /// From what a person wrote; `how` and `note` may be empty.
    pub fn new(by: &str, how: &str, note: &str) -> Result<Self, TrustFault> {
        let refused = |field| move |why| TrustFault::Text { field, why };
        Ok(Self {
            by: Text::new(by).map_err(refused("who vouched"))?,
            how: Text::optional(how).map_err(refused("how"))?,
            note: Text::optional(note).map_err(refused("the note"))?,
        })
    }
}

/// How an anchor came here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// Typed from paper or read out.
    Typed {
        /// Who gave it; `None` if that was not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_whom: Option<Text>,
        /// The day it was written, if it says one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Day>,
    },
    /// Read from a file.
    File {
        /// Who gave it; `None` if that was not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_whom: Option<Text>,
        /// The day it was written, if it says one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Day>,
        /// SHA-256 of the file.
        #[serde(with = "form::hex")]
        sha256: integrity::Digest,
    },
    /// A time stamp (RFC 3161). Who hands it in has checked its signature under that certificate.
    Token {
        /// Who gave it; `None` if that was not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_whom: Option<Text>,
        /// The day it was written, if it says one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Day>,
        /// The certificate; it has to be pinned, and stay so.
        authority: Fingerprint,
        /// The time it states (`genTime`).
        #[serde(with = "form::utc")]
        gen_time: Instant,
        /// The token itself, so that it can be checked again.
        token: Der,
    },
}

impl Origin {
    /// Who gave it, if that was said.
    #[must_use]
    pub const fn from_whom(&self) -> Option<&Text> {
        let (Self::Typed { from_whom, .. } | Self::File { from_whom, .. } | Self::Token { from_whom, .. }) = self;
        from_whom.as_ref()
    }

    /// The day it was written, if that was said.
    #[must_use]
    pub const fn on(&self) -> Option<&Day> {
        let (Self::Typed { on, .. } | Self::File { on, .. } | Self::Token { on, .. }) = self;
        on.as_ref()
    }

    /// How, in one word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Typed { .. } => "typed",
            Self::File { .. } => "file",
            Self::Token { .. } => "token",
        }
    }
}

/// What is to be pinned, once a person has confirmed its fingerprint.
#[derive(Debug)]
pub struct NewPin {
    pub(crate) confirmed: Confirmed,
    pub(crate) material: Option<Material>,
}

impl NewPin {
    /// Something that is at hand. It has to be what the confirmed fingerprint is of.
    pub fn of(confirmed: Confirmed, material: Material) -> Result<Self, TrustFault> {
        Self::checked(confirmed, Some(material))
    }

    /// A key or signer that is not at hand; whoever pins that has typed the whole fingerprint.
    ///
    /// A certificate has to be at hand: a time stamp need not carry it.
    pub fn unseen(confirmed: Confirmed) -> Result<Self, TrustFault> {
        Self::checked(confirmed, None)
    }

    fn checked(confirmed: Confirmed, material: Option<Material>) -> Result<Self, TrustFault> {
        check_pin(confirmed.fingerprint(), confirmed.typed_characters() as u64, material.as_ref())?;
        Ok(Self { confirmed, material })
    }
}

/// Whether a pin may be made of this.
pub(crate) fn check_pin(
    fingerprint: &Fingerprint,
    typed_characters: u64,
    material: Option<&Material>,
) -> Result<(), Refusal> {
    let whole = fingerprint.length() as u64;
    if !(TYPED_CHARACTERS_MIN as u64..=whole).contains(&typed_characters) {
        return Err(Refusal::NotConfirmed);
    }
    match material {
        Some(material) if material.fingerprint().as_ref() != Some(fingerprint) => Err(Refusal::OtherFingerprint),
        None if matches!(fingerprint, Fingerprint::Certificate(_)) => Err(Refusal::CertificateMissing),
        None if typed_characters != whole => Err(Refusal::WholeFingerprint),
        _ => Ok(()),
    }
}
