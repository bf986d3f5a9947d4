//! SSHSIG: signatures made with `ssh-keygen -Y sign` (OpenSSH, PROTOCOL.sshsig).
//!
//! Keys are Ed25519 or RSA; what else SSH knows is told apart from a bad signature. Ed25519 is verified as strictly as
//! everywhere else, RSA by `ring` and with the limits of [`crate::keys`].

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg, SshSig};

use crate::keys::{KeyFault, check_rsa};
use crate::signature::Checked;

/// Most bytes of a signature file.
pub const SSHSIG_BYTES_MAX: usize = 64 << 10;
/// The namespace of a signature over the tag manifest of an audit bundle (formats 1.1).
pub const BUNDLE_NAMESPACE: &str = "audit-bundle-1";
/// The only version of the format.
const VERSION: u32 = 1;

/// Why a signature file says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SshsigFault {
    /// Not an SSHSIG file.
    #[error("the file is not an SSH signature (-----BEGIN SSH SIGNATURE-----)")]
    Malformed,
    /// A key or algorithm that is not supported.
    #[error("the SSH signature is of a kind that is not supported; Ed25519 and RSA with SHA-2 are")]
    Unsupported,
    /// An RSA key that is too weak or too long.
    #[error("the key of the SSH signature cannot be used: {0}")]
    Key(KeyFault),
    /// Made for another purpose.
    #[error("the SSH signature was made for another purpose")]
    Namespace,
    /// It does not fit the message.
    #[error("the SSH signature does not fit")]
    Invalid,
}

/// A signature that was read.
#[derive(Clone, Debug)]
pub struct SshSignature(SshSig);

impl SshSignature {
    /// Reads a signature file as `ssh-keygen` writes it.
    pub fn read(bytes: &[u8]) -> Result<Self, SshsigFault> {
        if bytes.len() > SSHSIG_BYTES_MAX {
            return Err(SshsigFault::Malformed);
        }
        let signature = SshSig::from_pem(bytes).map_err(|_| SshsigFault::Malformed)?;
        // The version is not part of what is signed, and the library takes any below its own.
        if signature.version() == VERSION { Ok(Self(signature)) } else { Err(SshsigFault::Malformed) }
    }

    /// The fingerprint of its key as `ssh-keygen -l` shows it: `SHA256:` and base64.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint(HashAlg::Sha256).to_string()
    }

    /// Verifies it over a message, for one purpose.
    pub fn verify(&self, namespace: &str, message: &[u8]) -> Result<Checked, SshsigFault> {
        if self.0.namespace() != namespace {
            return Err(SshsigFault::Namespace);
        }
        let signed =
            SshSig::signed_data(namespace, self.0.hash_alg(), message).map_err(|_| SshsigFault::Unsupported)?;
        let signature = self.0.signature();
        let fits = match (self.0.public_key(), signature.algorithm()) {
            (KeyData::Ed25519(key), Algorithm::Ed25519) => ed25519(&key.0, &signed, signature.as_bytes())?,
            (KeyData::Rsa(key), Algorithm::Rsa { hash: Some(hash) }) => {
                let (n, e) = (key.n().as_positive_bytes(), key.e().as_positive_bytes());
                let (Some(n), Some(e)) = (n, e) else { return Err(SshsigFault::Malformed) };
                check_rsa(n, e).map_err(SshsigFault::Key)?;
                let parameters = match hash {
                    HashAlg::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
                    HashAlg::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
                    _ => return Err(SshsigFault::Unsupported),
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, &signed, signature.as_bytes()).is_ok()
            }
            _ => return Err(SshsigFault::Unsupported),
        };
        if fits { Ok(Checked::new()) } else { Err(SshsigFault::Invalid) }
    }
}

fn ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> Result<bool, SshsigFault> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| SshsigFault::Key(KeyFault::Ed25519Point))?;
    if key.is_weak() {
        return Err(SshsigFault::Key(KeyFault::Ed25519LowOrder));
    }
    let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| SshsigFault::Malformed)?;
    Ok(key.verify_strict(message, &signature).is_ok())
}
