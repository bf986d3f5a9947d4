//! The keys that a bundle brings, as it describes them: what a person compares with the producer before pinning one.

use base64ct::{Base64, Encoding as _};
use bundle::escape::visible;
use serde::Serialize;

use crate::seals::Keyring;

/// Most keys that are listed.
const LISTED_MAX: usize = 500;

/// A key in a bundle. Whatever is said of it here, the bundle says; only the fingerprint is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimedKey {
    /// Its fingerprint, as the bundle states it; it is that of the key unless `unfit` says otherwise.
    pub kid: String,
    /// The algorithm it is bound to; none if it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// What it is for, in the words of the format; none where nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<String>,
    /// From when to when it is valid, as RFC 3339; empty where nothing is said.
    pub valid: [String; 2],
    /// From when on it is revoked, according to the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// The key itself, as the Base64 of its `SubjectPublicKeyInfo`; none if it is unfit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spki: Option<String>,
    /// Why no signature can be checked with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfit: Option<String>,
}

/// The keys that a bundle brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claimed {
    pub(crate) keys: Vec<ClaimedKey>,
    pub(crate) untold: u64,
}

impl Claimed {
    pub(crate) fn of(keyring: &Keyring) -> Self {
        let own = || keyring.keys.iter().filter(|key| key.entry.is_some());
        let keys = own().take(LISTED_MAX).map(|key| ClaimedKey {
            kid: visible(&key.kid).into_owned(),
            algorithm: key.algorithm().map(|algorithm| algorithm.name().to_owned()),
            usage: key.usage().iter().map(|word| visible(word).into_owned()).collect(),
            valid: key.validity(),
            revoked_at: key.claimed_revoked_at().map(|text| visible(text).into_owned()),
            spki: key.spki().filter(|_| key.unfit_entry().is_none()).map(Base64::encode_string),
            unfit: key.unfit_entry().map(str::to_owned),
        });
        let untold = own().count().saturating_sub(LISTED_MAX);
        Self { keys: keys.collect(), untold: u64::try_from(untold).unwrap_or(u64::MAX) }
    }
}
