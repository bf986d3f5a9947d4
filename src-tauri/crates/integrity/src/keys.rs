//! Public keys: what is accepted as one, its `kid`, and the one algorithm it is bound to (formats 1.4 and 1.8).
//!
//! A key is a `SubjectPublicKeyInfo` (RFC 5280), as DER or as a PEM file; its `kid` follows from those bytes alone, so
//! nobody can claim another's. What is too weak or ambiguous is refused with a reason here, once, so that nothing later
//! has to think about it. Whose key it is, and whether to trust it, is not this room's business.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode as _, Sequence};
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::digest::Digest;
use crate::pem::{self, PemFault};

/// Fewest bits of an RSA modulus.
pub const RSA_BITS_MIN: usize = 2048;
/// Most bits of an RSA modulus.
pub const RSA_BITS_MAX: usize = 8192;

const LABEL: &str = "PUBLIC KEY";
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// 65537, big-endian.
const EXPONENT: &[u8] = &[1, 0, 1];

/// The algorithms of audit-bundle/1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032), verified strictly.
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017).
    RsaPkcs1v15Sha256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of exactly 32 bytes (RFC 8017).
    RsaPssSha256,
}

impl Algorithm {
    /// The name in bundles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::RsaPkcs1v15Sha256 => "rsa-pkcs1v15-sha256",
            Self::RsaPssSha256 => "rsa-pss-sha256",
        }
    }

    /// The algorithm with exactly this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ed25519, Self::RsaPkcs1v15Sha256, Self::RsaPssSha256].into_iter().find(|known| known.name() == name)
    }
}

/// The fingerprint of a key: SHA-256 of its `SubjectPublicKeyInfo`, written `sha256:` and 64 lowercase hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(Digest);

impl Kid {
    /// Reads it exactly as it is written.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Digest::from_hex(text.strip_prefix("sha256:")?).map(Self)
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0.to_hex())
    }
}

/// Why something is not a key that signatures can be checked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The PEM file is not one public key.
    #[error(transparent)]
    Pem(#[from] PemFault),
    /// The bytes inside are no `SubjectPublicKeyInfo`.
    #[error("the bytes in the file are not a public key (SubjectPublicKeyInfo)")]
    NotAKey,
    /// Neither Ed25519 nor RSA.
    #[error("the key is for another algorithm than Ed25519 or RSA (object identifier {oid})")]
    Algorithm {
        /// Which one, as a dotted object identifier.
        oid: String,
    },
    /// An RSA modulus that is too short.
    #[error("the RSA key has {bits} bits; fewer than {RSA_BITS_MIN} can be forged")]
    RsaTooShort {
        /// Its length.
        bits: usize,
    },
    /// An RSA modulus that is too long.
    #[error("the RSA key has {bits} bits; more than {RSA_BITS_MAX} are not checked")]
    RsaTooLong {
        /// Its length.
        bits: usize,
    },
    /// The RSA exponent 1, under which every message signs itself.
    #[error("the RSA key has the exponent e = 1, so anybody can sign with it")]
    RsaExponentOne,
    /// Another RSA exponent than 65537.
    #[error("the RSA key has another exponent than e = 65537")]
    RsaExponent,
    /// An even RSA modulus.
    #[error("the RSA key has an even modulus, which no honest key has")]
    RsaModulus,
    /// The 32 bytes are no point of the curve.
    #[error("the Ed25519 key is not a point of the curve")]
    Ed25519Point,
    /// A point under which one signature fits many messages.
    #[error("the Ed25519 key is a point of low order, so anybody can sign with it")]
    Ed25519LowOrder,
    /// The key is bound to an algorithm of the other family.
    #[error("a key of this kind cannot be used with {}", algorithm.name())]
    Binding {
        /// The algorithm it was to be bound to.
        algorithm: Algorithm,
    },
}

impl KeyFault {
    /// The line of the file that is at fault, where one is.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Pem(
                PemFault::Certificate { line }
                | PemFault::PrivateKey { line }
                | PemFault::OtherBlock { line, .. }
                | PemFault::Several { line }
                | PemFault::Junk { line }
                | PemFault::Base64 { line }
                | PemFault::NoEnd { line },
            ) => Some(*line),
            _ => None,
        }
    }

    /// Whether the key is one, but outside what audit-bundle/1.0 supports (formats 1.4).
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        !matches!(self, Self::Pem(_) | Self::NotAKey)
    }
}

/// The numbers of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Material {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    /// PKCS#1 `RSAPublicKey`, DER.
    Rsa(Vec<u8>),
}

/// A public key that is fit for use.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kid: Kid,
    spki: Vec<u8>,
    pub(crate) material: Material,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kid)
    }
}

/// `RSAPublicKey` of RFC 8017, appendix A.1.1.
#[derive(Sequence)]
pub(crate) struct RsaNumbers<'a> {
    pub(crate) modulus: UintRef<'a>,
    pub(crate) exponent: UintRef<'a>,
}

impl PublicKey {
    /// Reads a PEM file that holds one public key and nothing else.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        Self::from_spki(&pem::read(text, LABEL)?)
    }

    /// Reads a `SubjectPublicKeyInfo`, DER.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyFault> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyFault::NotAKey)?;
        let bits = spki.subject_public_key.as_bytes().ok_or(KeyFault::NotAKey)?;
        let parameters = spki.algorithm.parameters;
        let material = match spki.algorithm.oid {
            ED25519 if parameters.is_none() => ed25519(bits)?,
            RSA_ENCRYPTION if parameters == Some(AnyRef::NULL) => rsa(bits)?,
            ED25519 | RSA_ENCRYPTION => return Err(KeyFault::NotAKey),
            oid => return Err(KeyFault::Algorithm { oid: oid.to_string() }),
        };
        Ok(Self { kid: Kid(Digest::of(der)), spki: der.to_vec(), material })
    }

    /// Its fingerprint.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.kid
    }

    /// Its `SubjectPublicKeyInfo`, DER: what the fingerprint is of.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The only algorithm that it can be used with, if there is only one.
    #[must_use]
    pub fn only_algorithm(&self) -> Option<Algorithm> {
        matches!(self.material, Material::Ed25519(_)).then_some(Algorithm::Ed25519)
    }
}

/// An Ed25519 key as a PEM file (RFC 8410). It is written as it is, whether or not it is fit for use.
#[must_use]
pub fn ed25519_pem(key: &[u8; 32]) -> String {
    // SEQUENCE { SEQUENCE { OBJECT IDENTIFIER 1.3.101.112 }, BIT STRING } with their lengths, which never differ.
    const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let body = Base64::encode_string(&[PREFIX.as_slice(), key].concat());
    format!("-----BEGIN {LABEL}-----\n{body}\n-----END {LABEL}-----\n")
}

fn ed25519(bytes: &[u8]) -> Result<Material, KeyFault> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyFault::NotAKey)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::Ed25519Point)?;
    if key.is_weak() {
        return Err(KeyFault::Ed25519LowOrder);
    }
    Ok(Material::Ed25519(Box::new(key)))
}

fn rsa(der: &[u8]) -> Result<Material, KeyFault> {
    let key = RsaNumbers::from_der(der).map_err(|_| KeyFault::NotAKey)?;
    check_rsa(key.modulus.as_bytes(), key.exponent.as_bytes())?;
    Ok(Material::Rsa(der.to_vec()))
}

/// Checks the numbers of an RSA key, both big-endian without leading zeros.
pub(crate) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), KeyFault> {
    let leading = modulus.first().map_or(8, |byte| byte.leading_zeros() as usize);
    let bits = (modulus.len() * 8).saturating_sub(leading);
    match bits {
        _ if exponent == [1] => Err(KeyFault::RsaExponentOne),
        _ if exponent != EXPONENT => Err(KeyFault::RsaExponent),
        ..RSA_BITS_MIN => Err(KeyFault::RsaTooShort { bits }),
        RSA_BITS_MIN..=RSA_BITS_MAX if modulus.last().is_some_and(|byte| byte & 1 == 1) => Ok(()),
        RSA_BITS_MIN..=RSA_BITS_MAX => Err(KeyFault::RsaModulus),
        _ => Err(KeyFault::RsaTooLong { bits }),
    }
}
