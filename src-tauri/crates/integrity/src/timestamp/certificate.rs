//! The certificate of a time stamp authority: what somebody pins.

use std::fmt;

use der::{Decode as _, Encode as _};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};

use crate::digest::Digest;
use crate::pem::{self, PemFault};

const LABEL: &str = "CERTIFICATE";
/// id-kp-timeStamping (RFC 3161).
const TIME_STAMPING: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Why something is not a certificate that time stamps can be checked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The PEM file is not one certificate.
    #[error(transparent)]
    Pem(#[from] PemFault),
    /// The bytes inside are no certificate.
    #[error("the bytes in the file are not a certificate")]
    NotACertificate,
    /// It may not sign time stamps.
    #[error("the certificate is not for time stamps alone (critical extended key usage timeStamping, RFC 3161)")]
    Usage,
}

/// A certificate that may sign time stamps.
#[derive(Clone, PartialEq, Eq)]
pub struct TsaCertificate {
    pub(super) der: Vec<u8>,
    pub(super) inner: Box<Certificate>,
}

impl fmt::Debug for TsaCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TsaCertificate({})", self.fingerprint())
    }
}

impl TsaCertificate {
    /// Reads a PEM file that holds one certificate and nothing else.
    pub fn from_pem(text: &str) -> Result<Self, CertificateFault> {
        Self::from_der(&pem::read(text, LABEL)?)
    }

    /// Reads a certificate, DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let inner = Certificate::from_der(der).map_err(|_| CertificateFault::NotACertificate)?;
        // RFC 3161 section 2.3: critical, and no other purpose.
        let usage = inner.tbs_certificate.get::<ExtendedKeyUsage>();
        match usage {
            Ok(Some((true, ExtendedKeyUsage(purposes)))) if purposes == [TIME_STAMPING] => {}
            _ => return Err(CertificateFault::Usage),
        }
        Ok(Self { der: der.to_vec(), inner: Box::new(inner) })
    }

    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// Whom it names, as RFC 4514 writes names. Not escaped: it is text from the certificate.
    #[must_use]
    pub fn subject(&self) -> String {
        self.inner.tbs_certificate.subject.to_string()
    }

    pub(super) fn key_identifier(&self) -> Option<Vec<u8>> {
        let found = self.inner.tbs_certificate.get::<SubjectKeyIdentifier>().ok().flatten();
        found.map(|(_, identifier)| identifier.0.as_bytes().to_vec())
    }

    /// The issuer and the serial number, each as DER.
    pub(super) fn issuer_and_serial(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let tbs = &self.inner.tbs_certificate;
        Some((tbs.issuer.to_der().ok()?, tbs.serial_number.to_der().ok()?))
    }
}
