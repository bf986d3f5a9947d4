//! Fingerprints: by what a key, an SSH signer or a certificate is known, and that a person has compared one.
//!
//! # Invariants
//! * A fingerprint has one spelling for each kind, and the kinds cannot be taken for each other.
//! * A [`Confirmed`] is made by [`confirms`] alone, from what a person typed; nothing is pinned without one.

use std::fmt;

use base64ct::{Base64Unpadded, Encoding as _};
use integrity::Digest;
use serde::{Deserialize, Serialize};

/// How much of a fingerprint a person types at least, in characters of its hexadecimal or Base64 part.
pub const TYPED_CHARACTERS_MIN: usize = 8;

const KEY: &str = "sha256:";
const SIGNER: &str = "SHA256:";
const CERTIFICATE: &str = "certificate-sha256:";

/// By what something that signs is known: a SHA-256, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Fingerprint {
    /// A key of an audit bundle (formats 1.8, `kid`): over its `SubjectPublicKeyInfo` in DER (RFC 5280 section 4.1).
    Key(Digest),
    /// A signer of SSH signatures: over the public key blob (RFC 4253 section 6.6), as OpenSSH shows it.
    Signer(Digest),
    /// A time stamp authority: over its certificate in DER.
    Certificate(Digest),
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fingerprint is `sha256:` with 64 lowercase hexadecimal digits, `SHA256:` with 43 characters as OpenSSH shows \
     them, or `certificate-sha256:` with 64 lowercase hexadecimal digits"
)]
pub struct FingerprintFault;

impl Fingerprint {
    /// The fingerprint of a key, from its `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn of_key(spki_der: &[u8]) -> Self {
        Self::Key(Digest::of(spki_der))
    }

    /// The fingerprint of an SSH signer, from the line of its public key (`ssh-ed25519 AAAA… comment`); `None` if
    /// that is no such line.
    #[must_use]
    pub fn of_signer(openssh_line: &str) -> Option<Self> {
        let mut parts = openssh_line.split_ascii_whitespace();
        let algorithm = parts.next()?;
        let blob = base64ct::Base64::decode_vec(parts.next()?).ok()?;
        // The blob begins with the same name (RFC 4253 section 6.6), so the line cannot claim another algorithm.
        let length = usize::try_from(u32::from_be_bytes(*blob.first_chunk()?)).ok()?;
        let named = blob.get(4..)?.get(..length)?;
        (named == algorithm.as_bytes()).then(|| Self::Signer(Digest::of(&blob)))
    }

    /// The fingerprint of a certificate, from its DER.
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Self {
        Self::Certificate(Digest::of(der))
    }

    /// Reads a whole fingerprint in its one spelling, which `Display` writes.
    pub fn parse(text: &str) -> Result<Self, FingerprintFault> {
        let read = if let Some(hex) = text.strip_prefix(KEY) {
            Digest::from_hex(hex).map(Self::Key)
        } else if let Some(hex) = text.strip_prefix(CERTIFICATE) {
            Digest::from_hex(hex).map(Self::Certificate)
        } else if let Some(base64) = text.strip_prefix(SIGNER) {
            Base64Unpadded::decode_vec(base64).ok().and_then(|bytes| Digest::from_slice(&bytes)).map(Self::Signer)
        } else {
            None
        };
        read.ok_or(FingerprintFault)
    }

    /// What it is the fingerprint of, in one word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::Signer(_) => "ssh_signer",
            Self::Certificate(_) => "tsa_certificate",
        }
    }

    const fn prefix(&self) -> &'static str {
        match self {
            Self::Key(_) => KEY,
            Self::Signer(_) => SIGNER,
            Self::Certificate(_) => CERTIFICATE,
        }
    }

    /// How many characters a person compares.
    pub(crate) const fn length(&self) -> usize {
        match self {
            Self::Key(_) | Self::Certificate(_) => 64,
            Self::Signer(_) => 43,
        }
    }

    /// The part that a person compares.
    fn characters(&self) -> String {
        match self {
            Self::Key(digest) | Self::Certificate(digest) => digest.to_hex(),
            Self::Signer(digest) => Base64Unpadded::encode_string(digest.as_bytes()),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix(), self.characters())
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = FingerprintFault;

    fn try_from(text: String) -> Result<Self, FingerprintFault> {
        Self::parse(&text)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

/// That a person has typed a fingerprint, or enough of its end. It serves one pin.
///
/// ```compile_fail
/// fn a_second_pin(confirmed: &trust_store::Confirmed) -> trust_store::Confirmed {
///     confirmed.clone()
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed {
    fingerprint: Fingerprint,
    typed_characters: usize,
}

impl Confirmed {
    /// Which fingerprint.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// How many of its characters were typed.
    #[must_use]
    pub const fn typed_characters(&self) -> usize {
        self.typed_characters
    }

    /// Whether all of it was typed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.typed_characters == self.fingerprint.length()
    }
}

/// Why what was typed does not confirm a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    /// Too little of it.
    #[error("type at least the last {TYPED_CHARACTERS_MIN} characters of the fingerprint; these are {typed}")]
    Short {
        /// How many characters were typed.
        typed: usize,
    },
    /// A character that no fingerprint of this kind has.
    #[error("this is not part of a fingerprint: one of its characters does not occur in any")]
    Stray,
    /// The fingerprint ends differently.
    #[error("the fingerprint does not end like this; do not pin it before you know why")]
    Different,
}

/// Whether a person typed a fingerprint, or at least its last [`TYPED_CHARACTERS_MIN`] characters.
///
/// In hexadecimal, spaces, colons and capitals do not matter. In Base64 every character does.
pub fn confirms(fingerprint: &Fingerprint, typed: &str) -> Result<Confirmed, NotConfirmed> {
    let typed = match fingerprint {
        Fingerprint::Key(_) | Fingerprint::Certificate(_) => {
            let typed = typed.trim().to_ascii_lowercase();
            let digits = typed.strip_prefix(fingerprint.prefix()).or_else(|| typed.strip_prefix(KEY)).unwrap_or(&typed);
            let digits: String = digits.chars().filter(|digit| *digit != ':' && !digit.is_whitespace()).collect();
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(NotConfirmed::Stray);
            }
            digits
        }
        Fingerprint::Signer(_) => {
            let typed = typed.trim();
            let typed = typed.strip_prefix(SIGNER).unwrap_or(typed);
            if !typed.bytes().all(|digit| digit.is_ascii_alphanumeric() || matches!(digit, b'+' | b'/')) {
                return Err(NotConfirmed::Stray);
            }
            typed.to_owned()
        }
    };
    if typed.len() < TYPED_CHARACTERS_MIN {
        return Err(NotConfirmed::Short { typed: typed.len() });
    }
    if !fingerprint.characters().ends_with(&typed) {
        return Err(NotConfirmed::Different);
    }
    Ok(Confirmed { fingerprint: *fingerprint, typed_characters: typed.len() })
}
