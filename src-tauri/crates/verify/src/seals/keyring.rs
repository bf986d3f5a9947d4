//! The keys that a bundle carries and those that are pinned, and whether a signature fits one of them.
//!
//! Keys in a bundle are claims. A key's fingerprint is computed, never believed; the algorithm is the key's, never the
//! signature's; and a pin outvotes the bundle.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bundle::escape::visible;
use integrity::keys::{Algorithm, Kid, PublicKey};
use integrity::signature::{Purpose, VerifyingKey};
use integrity::{Digest, canonical};
use serde::{Deserialize, Serialize};

use super::Seal;
use crate::claims::Claims;
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::proof::Pinned;
use crate::record::clock;
use crate::trust::Trust;
use crate::words::number;
use crate::work::Work;

/// Where keys lie if no audit manifest says otherwise.
const USUAL_PATH: &str = "data/keys/keys.json";
/// Most bytes of the file with keys.
const KEYS_BYTES_MAX: u64 = 4 << 20;
/// Most keys that are read from a bundle.
const KEYS_MAX: usize = 10_000;

/// A signature as it stands in a bundle.
#[derive(Clone, Debug)]
pub(crate) struct Signed<'s> {
    pub(crate) algorithm: Cow<'s, str>,
    pub(crate) kid: Cow<'s, str>,
    pub(crate) value: Cow<'s, str>,
}

impl Signed<'_> {
    pub(crate) fn into_owned(self) -> Signed<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Signed { algorithm: owned(self.algorithm), kid: owned(self.kid), value: owned(self.value) }
    }
}

/// What checking a signature came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    /// It fits the key with this index.
    Fits { key: usize, seal: Seal },
    /// It does not.
    Wrong(Wrong),
}

/// Why a signature says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Wrong {
    /// It does not fit what is there.
    Signature,
    /// It names another algorithm than its key is bound to.
    OtherAlgorithm,
    /// Its algorithm or its key is outside what the format supports.
    Unsupported,
    /// Its key is not there.
    UnknownKey,
    /// There is none, although there ought to be.
    Missing,
}

impl Wrong {
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::Signature | Self::OtherAlgorithm => Code::SignatureInvalid,
            Self::Unsupported => Code::SignatureAlgorithmUnsupported,
            Self::UnknownKey => Code::KeyUnknown,
            Self::Missing => Code::SignatureMissing,
        }
    }
}

/// A key by its fingerprint.
#[derive(Debug)]
pub(crate) struct Key {
    /// As the bundle writes it.
    pub(crate) kid: String,
    /// The key, or why it cannot be used, in words.
    ready: Result<VerifyingKey, Unfit>,
    /// Why the bundle's own entry cannot be used, where the key that was pinned is used instead.
    outvoted: Option<String>,
    /// What it is for; `None` for everything.
    usage: Option<Vec<String>>,
    /// Nanoseconds since 1970.
    not_before: Option<i64>,
    not_after: Option<i64>,
    /// When it was revoked according to the bundle, as written there.
    claimed_revoked_at: Option<String>,
    /// From when on it is revoked, by the bundle or by the pin.
    pub(crate) revoked_from: Option<i64>,
    pub(crate) is_pinned: bool,
    /// Who pinned it, for the report.
    pub(crate) vouching: crate::trust::Vouching,
    /// Its place among the bundle's keys, from 0.
    pub(crate) entry: Option<usize>,
}

#[derive(Debug)]
enum Unfit {
    /// It is a key, but none that is supported.
    Unsupported(String),
    /// It is no key, or another one than it says.
    NoKey(String),
}

impl Key {
    /// Why it cannot be used.
    pub(crate) fn unfit(&self) -> Option<&str> {
        match &self.ready {
            Ok(_) => None,
            Err(Unfit::Unsupported(why) | Unfit::NoKey(why)) => Some(why),
        }
    }

    /// Why what the bundle lists under its fingerprint cannot be used, whether or not a pin brought the key.
    pub(crate) fn unfit_entry(&self) -> Option<&str> {
        self.unfit().or(self.outvoted.as_deref())
    }

    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        self.ready.as_ref().ok().map(VerifyingKey::algorithm)
    }

    /// The key itself, DER, if it is fit for use.
    pub(crate) fn spki(&self) -> Option<&[u8]> {
        self.ready.as_ref().ok().map(|ready| ready.key().spki())
    }

    /// What it is for, as the bundle says; empty where it does not.
    pub(crate) fn usage(&self) -> &[String] {
        self.usage.as_deref().unwrap_or_default()
    }

    pub(crate) fn claimed_revoked_at(&self) -> Option<&str> {
        self.claimed_revoked_at.as_deref()
    }

    pub(crate) fn is_for(&self, purpose: Purpose) -> bool {
        self.usage.as_ref().is_none_or(|usage| usage.iter().any(|word| word == purpose.word()))
    }

    /// Whether a time lies outside the validity that the bundle states for it.
    pub(crate) fn is_outside(&self, time: i64) -> bool {
        self.not_before.is_some_and(|from| time < from) || self.not_after.is_some_and(|to| time > to)
    }

    /// The validity as text, for findings.
    pub(crate) fn validity(&self) -> [String; 2] {
        [self.not_before, self.not_after].map(|time| time.map(clock::text).unwrap_or_default())
    }
}

/// The file with keys.
#[derive(Deserialize)]
struct File<'f> {
    #[serde(borrow)]
    keys: Vec<Entry<'f>>,
}

#[derive(Deserialize)]
struct Entry<'f> {
    #[serde(borrow)]
    kid: Cow<'f, str>,
    #[serde(borrow)]
    alg: Cow<'f, str>,
    usage: Option<Vec<String>>,
    not_before: Option<String>,
    not_after: Option<String>,
    revoked_at: Option<String>,
    #[serde(borrow)]
    public_key_pem: Cow<'f, str>,
}

impl Entry<'_> {
    /// The members that are times.
    fn dates(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("not_before", self.not_before.as_deref()),
            ("not_after", self.not_after.as_deref()),
            ("revoked_at", self.revoked_at.as_deref()),
        ]
    }
}

/// All keys, by fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Keyring {
    pub(crate) keys: Vec<Key>,
    by_kid: BTreeMap<String, usize>,
    pub(crate) path: String,
    /// A time at which the bundle is known to have existed, in nanoseconds since 1970.
    known_at: Option<i64>,
}

impl Keyring {
    /// Reads the bundle's keys and adds the pinned ones.
    pub(crate) fn read(work: &mut Work<'_>, claims: &Claims, known_at: Option<i64>) -> Result<Self, Halt> {
        let stated = claims.manifest.as_ref().and_then(|manifest| manifest.keys.as_ref());
        let path = stated.map_or(USUAL_PATH, |stated| stated.path.as_str());
        let mut ring = Self { path: path.to_owned(), known_at, ..Self::default() };
        if work.source.entry(path).is_none() && stated.is_some() && !work.tally.has(Code::FileMissing) {
            let message = format!("{} is missing: the audit manifest names it as the list of keys.", visible(path));
            work.find(Finding::new(Code::FileMissing, message).at_file(path));
        }
        let options = work.options;
        if let Some(text) = work.small_file(path, KEYS_BYTES_MAX)? {
            ring.read_file(work, &options.trust, &text);
        }
        ring.add_pinned(&options.trust);
        Ok(ring)
    }

    fn read_file(&mut self, work: &mut Work<'_>, trust: &Trust, text: &[u8]) {
        let invalid = |message: &str| Finding::new(Code::AuditManifestInvalid, message).at_file(&self.path);
        // Canonical form refuses what can be read in two ways.
        let canonical = match canonical::canonicalize(text) {
            Ok(canonical) => canonical,
            Err(fault) => {
                let offset = u64::try_from(fault.offset).unwrap_or(u64::MAX);
                work.find(invalid("The list of keys cannot be read.").byte_offset(offset));
                return;
            }
        };
        let Ok(File { keys }) = serde_json::from_slice(&canonical) else {
            work.find(invalid("The list of keys lacks a required member or has one of another kind."));
            return;
        };
        for (place, entry) in keys.iter().enumerate().take(KEYS_MAX) {
            if self.by_kid.contains_key(&*entry.kid) {
                let message = "In the list of keys, one key stands twice.";
                let finding = Finding::new(Code::AuditManifestInvalid, message).at_file(&self.path);
                work.find(finding.field(format!("keys[{place}]")).kid(shown(&entry.kid)));
                continue;
            }
            for (member, text) in entry.dates() {
                if text.is_some_and(|text| clock::nanos(text).is_err()) {
                    let message =
                        format!("In the list of keys, {member} is not a time: when the key is valid is open.");
                    let finding = Finding::new(Code::AuditManifestInvalid, message).at_file(&self.path);
                    work.find(finding.field(format!("keys[{place}].{member}")).kid(shown(&entry.kid)));
                }
            }
            let key = key_of(entry, place, trust);
            self.add(key);
        }
        if keys.len() > KEYS_MAX {
            let message = format!("Only the first {} keys were read.", number(KEYS_MAX as u64));
            work.find(Finding::new(Code::ArchiveLimitExceeded, message).at_file(&self.path));
        }
    }

    /// Pinned keys that the bundle does not carry, or not as a key.
    fn add_pinned(&mut self, trust: &Trust) {
        for pinned in &trust.keys {
            let (Some(key), Some(algorithm)) = (&pinned.key, pinned.algorithm) else { continue };
            let known = self.by_kid.get(&pinned.kid.to_string()).and_then(|index| self.keys.get_mut(*index));
            let Ok(ready) = VerifyingKey::new(key.clone(), algorithm) else { continue };
            if let Some(known) = known {
                if let Some(why) = known.unfit().map(str::to_owned) {
                    (known.ready, known.outvoted) = (Ok(ready), Some(why));
                }
                continue;
            }
            self.add(Key {
                kid: pinned.kid.to_string(),
                ready: Ok(ready),
                outvoted: None,
                usage: None,
                not_before: None,
                not_after: None,
                claimed_revoked_at: None,
                revoked_from: pinned.revoked_from,
                is_pinned: true,
                vouching: pinned.vouching.clone(),
                entry: None,
            });
        }
    }

    fn add(&mut self, key: Key) {
        self.by_kid.insert(key.kid.clone(), self.keys.len());
        self.keys.push(key);
    }

    /// Whether a revocation of this key counts: it does unless the bundle is known to be older.
    pub(crate) fn is_revoked(&self, key: &Key) -> bool {
        key.revoked_from.is_some_and(|from| self.known_at.is_none_or(|known| known >= from))
    }

    /// Checks a signature over a hash.
    pub(crate) fn check(&self, trust: &Trust, purpose: Purpose, hash: &Digest, signed: &Signed<'_>) -> Said {
        let Some(algorithm) = Algorithm::from_name(&signed.algorithm) else { return Said::Wrong(Wrong::Unsupported) };
        let Some((index, key)) = self.by_kid.get(&*signed.kid).and_then(|index| Some((*index, self.keys.get(*index)?)))
        else {
            return Said::Wrong(Wrong::UnknownKey);
        };
        let ready = match &key.ready {
            Ok(ready) => ready,
            Err(Unfit::Unsupported(_)) => return Said::Wrong(Wrong::Unsupported),
            Err(Unfit::NoKey(_)) => return Said::Wrong(Wrong::UnknownKey),
        };
        if ready.algorithm() != algorithm {
            return Said::Wrong(Wrong::OtherAlgorithm);
        }
        let Some(checked) = ready.verify_text(&purpose.message(hash), &signed.value) else {
            return Said::Wrong(Wrong::Signature);
        };
        // What the bundle itself says against its key counts as well as what the pin says.
        let is_fit = key.is_pinned && key.is_for(purpose) && !self.is_revoked(key);
        let pin = trust.key(ready.kid()).filter(|_| is_fit);
        let pinned = pin.and_then(|(_, pin)| Pinned::by(checked, pin, self.known_at));
        Said::Fits { key: index, seal: pinned.map_or(Seal::Unpinned(checked.into()), Seal::Pinned) }
    }
}

/// A fingerprint or what stands in its place, fit to be shown.
pub(crate) fn shown(kid: &str) -> String {
    const LONGEST: usize = 71;
    if kid.len() <= LONGEST { visible(kid).into_owned() } else { "(too long)".to_owned() }
}

fn key_of(entry: &Entry<'_>, place: usize, trust: &Trust) -> Key {
    let time = |text: &Option<String>| text.as_deref().and_then(|text| clock::nanos(text).ok());
    let kid = Kid::from_text(&entry.kid);
    let pin = kid.and_then(|kid| trust.key(kid));
    let ready = ready(entry, kid, pin.and_then(|(pinned, _)| pinned.algorithm));
    // A revocation without a time that can be read is one from the beginning.
    let claimed = entry.revoked_at.as_ref().map(|text| clock::nanos(text).unwrap_or(i64::MIN));
    let pinned = pin.and_then(|(_, pin)| pin.revoked_from);
    Key {
        kid: entry.kid.clone().into_owned(),
        ready,
        outvoted: None,
        usage: entry.usage.clone(),
        not_before: time(&entry.not_before),
        not_after: time(&entry.not_after),
        claimed_revoked_at: entry.revoked_at.clone(),
        revoked_from: claimed.into_iter().chain(pinned).min(),
        is_pinned: pin.is_some(),
        vouching: pin.map(|(_, pin)| pin.vouching.clone()).unwrap_or_default(),
        entry: Some(place),
    }
}

fn ready(entry: &Entry<'_>, kid: Option<Kid>, pinned: Option<Algorithm>) -> Result<VerifyingKey, Unfit> {
    let key = PublicKey::from_pem(&entry.public_key_pem).map_err(|fault| {
        let why = fault.to_string();
        if fault.is_unsupported() { Unfit::Unsupported(why) } else { Unfit::NoKey(why) }
    })?;
    if kid != Some(key.kid()) {
        return Err(Unfit::NoKey("its fingerprint is another one than the list says".to_owned()));
    }
    let stated = Algorithm::from_name(&entry.alg);
    let Some(algorithm) = pinned.or(stated) else {
        return Err(Unfit::Unsupported("its algorithm is none of the format's".to_owned()));
    };
    VerifyingKey::new(key, algorithm).map_err(|fault| Unfit::Unsupported(fault.to_string()))
}
