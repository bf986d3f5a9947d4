//! What somebody has pinned: keys, SSH keys and the certificates of time stamp authorities (formats 1.8).
//!
//! Whatever a bundle says of its own keys is a claim. A pin is the decision of a person who has compared a fingerprint
//! with one that came another way. This module keeps such decisions as values; where they are stored, and who may make
//! them, is the caller's business.

use integrity::keys::{Algorithm, Kid, PublicKey};
use integrity::timestamp::TsaCertificate;

/// Who pinned something and when, as texts for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vouching {
    /// The account that pinned it.
    pub by: Option<String>,
    /// The day or time on which it was pinned.
    pub on: Option<String>,
}

/// A pinned key of a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedKey {
    /// Its fingerprint.
    pub kid: Kid,
    /// The key itself, for bundles that do not carry it. Without it, the bundle must.
    pub key: Option<PublicKey>,
    /// The one algorithm that it signs with. It outvotes what a bundle says.
    pub algorithm: Option<Algorithm>,
    /// Who vouches for it.
    pub vouching: Vouching,
    /// From when on it is revoked, in nanoseconds since 1970. A revoked key vouches for nothing, whatever the signer
    /// says about the time, unless a time stamp under a pinned certificate shows that the bundle is older.
    pub revoked_from: Option<i64>,
}

impl PinnedKey {
    /// A pin by fingerprint alone.
    #[must_use]
    pub fn by_kid(kid: Kid) -> Self {
        Self { kid, key: None, algorithm: None, vouching: Vouching::default(), revoked_from: None }
    }

    /// A pin that holds the key.
    #[must_use]
    pub fn by_key(key: PublicKey, algorithm: Option<Algorithm>) -> Self {
        let (kid, algorithm) = (key.kid(), algorithm.or(key.only_algorithm()));
        Self { key: Some(key), algorithm, ..Self::by_kid(kid) }
    }
}

/// A pinned SSH key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedSshKey {
    /// Its fingerprint as `ssh-keygen -l` shows it: `SHA256:` and base64 without padding.
    pub fingerprint: String,
    /// Who vouches for it.
    pub vouching: Vouching,
    /// From when on it is revoked, as for [`PinnedKey`].
    pub revoked_from: Option<i64>,
}

/// The pinned certificate of a time stamp authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedTsa {
    /// The certificate.
    pub certificate: TsaCertificate,
    /// Who vouches for it.
    pub vouching: Vouching,
    /// From when on it is revoked, in nanoseconds since 1970. Stamps that state an earlier time stand.
    pub revoked_from: Option<i64>,
}

/// Everything that is pinned. Empty by default: then nothing is ever better than signed by somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Keys of producers.
    pub keys: Vec<PinnedKey>,
    /// SSH keys for signatures over a whole bundle.
    pub ssh_keys: Vec<PinnedSshKey>,
    /// Time stamp authorities.
    pub authorities: Vec<PinnedTsa>,
}

/// That something stands in the [`Trust`]. Only it makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pin<'t> {
    pub(crate) vouching: &'t Vouching,
    /// From when on it is revoked, in nanoseconds since 1970.
    pub(crate) revoked_from: Option<i64>,
}

impl Trust {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.ssh_keys.is_empty() && self.authorities.is_empty()
    }

    pub(crate) fn key(&self, kid: Kid) -> Option<(&PinnedKey, Pin<'_>)> {
        let key = self.keys.iter().find(|pinned| pinned.kid == kid)?;
        Some((key, Pin { vouching: &key.vouching, revoked_from: key.revoked_from }))
    }

    pub(crate) fn ssh_key(&self, fingerprint: &str) -> Option<Pin<'_>> {
        let key = self.ssh_keys.iter().find(|pinned| pinned.fingerprint == fingerprint)?;
        Some(Pin { vouching: &key.vouching, revoked_from: key.revoked_from })
    }

    pub(crate) fn authorities(&self) -> impl Iterator<Item = (&TsaCertificate, Pin<'_>)> {
        self.authorities
            .iter()
            .map(|pinned| (&pinned.certificate, Pin { vouching: &pinned.vouching, revoked_from: pinned.revoked_from }))
    }
}
