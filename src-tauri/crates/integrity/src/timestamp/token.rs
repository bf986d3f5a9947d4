//! One token: what it says, and whether a pinned certificate signed it (RFC 3161, RFC 5652 section 5.4).

use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{AnyRef, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::asn1::{self, MessageImprint, Response, Status, TstInfo};
use super::certificate::TsaCertificate;
use super::time::{self, Time};
use crate::keys::{RsaNumbers, check_rsa};
use crate::signature::Checked;

/// Most bytes of a token with its certificates.
pub const TOKEN_BYTES_MAX: usize = 1 << 20;

/// Why a token says nothing, or not what it ought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not a time stamp.
    #[error("the file is not a time stamp (RFC 3161)")]
    Malformed,
    /// The authority refused to give one.
    #[error("the file holds the refusal of a time stamp, not a time stamp")]
    Refused,
    /// Another certificate signed it.
    #[error("the time stamp is not signed with this certificate")]
    OtherSigner,
    /// A digest or a signature algorithm that is not supported.
    #[error("the time stamp uses an algorithm that is not supported")]
    Unsupported,
    /// Its signature does not fit.
    #[error("the signature of the time stamp does not fit")]
    Invalid,
    /// Its time lies outside the validity of the certificate.
    #[error("the time of the time stamp lies outside the validity of the certificate")]
    Expired,
}

/// A token that was read. What it says is a claim until [`Token::verify`] has passed.
#[derive(Clone)]
pub struct Token {
    content: Vec<u8>,
    imprint: MessageImprint,
    time: Time,
    signer: SignerInfo,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({})", self.time.text)
    }
}

impl Token {
    /// Reads a response of a time stamp authority (`.tsr`), or the token alone.
    pub fn read(bytes: &[u8]) -> Result<Self, TokenFault> {
        if bytes.len() > TOKEN_BYTES_MAX {
            return Err(TokenFault::Malformed);
        }
        let content = if let Ok(content) = ContentInfo::from_der(bytes) {
            content
        } else {
            let response = Response::from_der(bytes).map_err(|_| TokenFault::Malformed)?;
            match (response.status.status, response.token) {
                (Status::Granted | Status::GrantedWithMods, Some(token)) => token,
                _ => return Err(TokenFault::Refused),
            }
        };
        Self::of(&content).ok_or(TokenFault::Malformed)
    }

    fn of(content: &ContentInfo) -> Option<Self> {
        if content.content_type != asn1::SIGNED_DATA {
            return None;
        }
        let data: SignedData = content.content.decode_as().ok()?;
        if data.encap_content_info.econtent_type != asn1::TST_INFO {
            return None;
        }
        let content: OctetString = data.encap_content_info.econtent?.decode_as().ok()?;
        let info = TstInfo::from_der(content.as_bytes()).ok()?;
        // RFC 3161 section 2.4.2: one signer, version 1, nothing critical that we do not know.
        let knows_all = info.extensions.as_ref().is_none_or(|all| all.iter().all(|extension| !extension.critical));
        let [signer] = data.signer_infos.0.as_slice() else { return None };
        if info.version != 1 || !knows_all || info.time.tag() != Tag::GeneralizedTime {
            return None;
        }
        Some(Self {
            time: time::read(info.time.value())?,
            imprint: info.imprint,
            content: content.as_bytes().to_vec(),
            signer: signer.clone(),
        })
    }

    /// When it says the message existed: RFC 3339, UTC.
    #[must_use]
    pub fn time(&self) -> &str {
        &self.time.text
    }

    /// The digest of the message that it speaks of, in hex.
    #[must_use]
    pub fn imprint(&self) -> String {
        hex(self.imprint.digest.as_bytes())
    }

    /// The digest of `message` with the token's own algorithm, in hex; equal to [`Token::imprint`] if the token is
    /// about this message.
    pub fn imprint_of(&self, message: &[u8]) -> Result<String, TokenFault> {
        let digest = digest(&self.imprint.algorithm, message).ok_or(TokenFault::Unsupported)?;
        Ok(hex(digest.as_ref()))
    }

    /// Whether the token names this certificate as its signer's.
    #[must_use]
    pub fn names(&self, certificate: &TsaCertificate) -> bool {
        match &self.signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(sid) => {
                let named = sid.issuer.to_der().ok().zip(sid.serial_number.to_der().ok());
                named.is_some() && named == certificate.issuer_and_serial()
            }
            SignerIdentifier::SubjectKeyIdentifier(sid) => {
                certificate.key_identifier().is_some_and(|own| own == sid.0.as_bytes())
            }
        }
    }

    /// Checks the token's signature under a certificate, and that the time lies within its validity. What the token
    /// is about is for [`Token::imprint`] to tell.
    pub fn verify(&self, certificate: &TsaCertificate) -> Result<Checked, TokenFault> {
        if !self.names(certificate) {
            return Err(TokenFault::OtherSigner);
        }
        let attributes = self.signer.signed_attrs.as_ref().ok_or(TokenFault::Invalid)?;
        let content_type: ObjectIdentifier = self.attribute(asn1::CONTENT_TYPE)?.decode_as().map_err(invalid)?;
        let stated: OctetString = self.attribute(asn1::MESSAGE_DIGEST)?.decode_as().map_err(invalid)?;
        let actual = digest(&self.signer.digest_alg, &self.content).ok_or(TokenFault::Unsupported)?;
        if content_type != asn1::TST_INFO || stated.as_bytes() != actual.as_ref() || !self.binds(certificate)? {
            return Err(TokenFault::Invalid);
        }
        let spki = &certificate.inner.tbs_certificate.subject_public_key_info;
        let key = spki.subject_public_key.as_bytes().ok_or(TokenFault::Unsupported)?;
        let algorithm = self.algorithm(certificate).ok_or(TokenFault::Unsupported)?;
        // RFC 5652 section 5.4: what is signed is the DER of the attributes as a SET.
        let signed = attributes.to_der().map_err(invalid)?;
        let signature = self.signer.signature.as_bytes();
        UnparsedPublicKey::new(algorithm, key).verify(&signed, signature).map_err(|_| TokenFault::Invalid)?;
        let validity = &certificate.inner.tbs_certificate.validity;
        let (from, to) = (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
        if !(from..=to).contains(&self.time.since_1970) {
            return Err(TokenFault::Expired);
        }
        Ok(Checked::new())
    }

    /// The single value of the signed attribute that must be there once.
    fn attribute(&self, oid: ObjectIdentifier) -> Result<AnyRef<'_>, TokenFault> {
        let attributes = self.signer.signed_attrs.iter().flat_map(|all| all.iter());
        let mut found = attributes.filter(|attribute| attribute.oid == oid);
        match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
            (Some([value]), None) => Ok(AnyRef::from(value)),
            _ => Err(TokenFault::Invalid),
        }
    }

    /// Whether the signed attributes name this very certificate (RFC 2634 and RFC 5035): otherwise another certificate
    /// with the same key could be put in its place.
    fn binds(&self, certificate: &TsaCertificate) -> Result<bool, TokenFault> {
        if let Ok(value) = self.attribute(asn1::SIGNING_CERTIFICATE_V2) {
            let value: asn1::SigningCertificateV2 = value.decode_as().map_err(invalid)?;
            let Some(first) = value.certificates.first() else { return Ok(false) };
            let (algorithm, hash) = match first.first.tag() {
                Tag::OctetString => (sha256(), Some(&first.first)),
                _ => (first.first.decode_as().map_err(invalid)?, first.second.as_ref()),
            };
            let hash: Option<OctetString> = hash.and_then(|hash| hash.decode_as().ok());
            let actual = digest(&algorithm, &certificate.der).ok_or(TokenFault::Unsupported)?;
            return Ok(hash.is_some_and(|hash| hash.as_bytes() == actual.as_ref()));
        }
        let value: asn1::SigningCertificate =
            self.attribute(asn1::SIGNING_CERTIFICATE)?.decode_as().map_err(invalid)?;
        let actual = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate.der);
        Ok(value.certificates.first().is_some_and(|first| first.hash.as_bytes() == actual.as_ref()))
    }

    /// The way to verify, from the signature's algorithm, its digest and the kind of key.
    fn algorithm(&self, certificate: &TsaCertificate) -> Option<&'static dyn VerificationAlgorithm> {
        let spki = &certificate.inner.tbs_certificate.subject_public_key_info;
        let hash = self.signer.digest_alg.oid;
        let signature = self.signer.signature_algorithm.oid;
        if spki.algorithm.oid == asn1::RSA_ENCRYPTION {
            let key = RsaNumbers::from_der(spki.subject_public_key.as_bytes()?).ok()?;
            check_rsa(key.modulus.as_bytes(), key.exponent.as_bytes()).ok()?;
            return Some(match (signature, hash) {
                (asn1::RSA_SHA256, _) | (asn1::RSA_ENCRYPTION, asn1::SHA256) => &signature::RSA_PKCS1_2048_8192_SHA256,
                (asn1::RSA_SHA384, _) | (asn1::RSA_ENCRYPTION, asn1::SHA384) => &signature::RSA_PKCS1_2048_8192_SHA384,
                (asn1::RSA_SHA512, _) | (asn1::RSA_ENCRYPTION, asn1::SHA512) => &signature::RSA_PKCS1_2048_8192_SHA512,
                _ => return None,
            });
        }
        if spki.algorithm.oid != asn1::EC_KEY {
            return None;
        }
        let curve: ObjectIdentifier = spki.algorithm.parameters.as_ref()?.decode_as().ok()?;
        Some(match (curve, signature) {
            (asn1::P256, asn1::ECDSA_SHA256) => &signature::ECDSA_P256_SHA256_ASN1,
            (asn1::P256, asn1::ECDSA_SHA384) => &signature::ECDSA_P256_SHA384_ASN1,
            (asn1::P384, asn1::ECDSA_SHA256) => &signature::ECDSA_P384_SHA256_ASN1,
            (asn1::P384, asn1::ECDSA_SHA384) => &signature::ECDSA_P384_SHA384_ASN1,
            _ => return None,
        })
    }
}

fn invalid<E>(_: E) -> TokenFault {
    TokenFault::Invalid
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: asn1::SHA256, parameters: None }
}

fn digest(algorithm: &AlgorithmIdentifierOwned, message: &[u8]) -> Option<ring::digest::Digest> {
    let algorithm = match algorithm.oid {
        asn1::SHA256 => &ring::digest::SHA256,
        asn1::SHA384 => &ring::digest::SHA384,
        asn1::SHA512 => &ring::digest::SHA512,
        _ => return None,
    };
    Some(ring::digest::digest(algorithm, message))
}
