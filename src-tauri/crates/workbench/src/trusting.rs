//! Pinning, revoking, anchors: a person's acts on what this office vouches for. Each is a step and a line of the access log.
//!
//! Whoever is signed in may do so; nothing here knows roles. Signatures of time stamps are checked before they are handed
//! to the trust store, keys are read and refused before they are pinned.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use base64ct::{Base64, Encoding as _};
use model::{BundleId, Instant};
use timeline::{Edge, Moment};
use trust_store::{
    Day, Fingerprint, Material, NewPin, Origin, StreamHead, Text, TextFault, TrustFault, Vouched, confirms,
};

use crate::clock;
use crate::desk::Desk;
use crate::faults::sentence;
use crate::session::Session;
use crate::trust_files::{self, AnchorFile, Content, Stamp, key_material, material_of};
use crate::wire::{AnchorAsk, Fault, Nothing, PinAsk, RevokeAsk, TrustFileKind, WithdrawAsk};

/// An anchor from a file, for a program without a window.
#[derive(Clone, Debug)]
pub struct AnchorWish {
    /// The anchor file.
    pub file: PathBuf,
    /// A time stamp over that file.
    pub stamp: Option<PathBuf>,
    /// Who gave it; may be empty.
    pub from_whom: String,
    /// The day it was written, `YYYY-MM-DD`; may be empty.
    pub written_on: String,
    /// The day it came to this office, `YYYY-MM-DD`; today where it is empty.
    pub received_on: String,
}

impl Desk {
    /// Pins a key, a signer or a certificate whose fingerprint a person has compared and typed.
    pub fn pin_key(&self, ask: PinAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        let fingerprint = Fingerprint::parse(ask.fingerprint.trim()).map_err(TrustFault::from)?;
        let material = match (ask.file, &ask.bundle) {
            (Some(token), _) => Some(material_of(session.trust_file(token)?)?),
            (None, Some(bundle)) => session.claimed(&BundleId::new(&**bundle), &fingerprint)?,
            (None, None) => None,
        };
        session.pin(fingerprint, &ask, material)
    }

    /// The same without a window: the key or the certificate may lie in a file.
    pub fn pin_from(&self, ask: &PinAsk, file: Option<&Path>) -> Result<(), Fault> {
        let session = self.session()?;
        let fingerprint = Fingerprint::parse(ask.fingerprint.trim()).map_err(TrustFault::from)?;
        let kind = match fingerprint {
            Fingerprint::Certificate(_) => TrustFileKind::Certificate,
            Fingerprint::Key(_) | Fingerprint::Signer(_) => TrustFileKind::Key,
        };
        let material = file.map(|path| material_of(trust_files::read(kind, path)?)).transpose()?;
        session.pin(fingerprint, ask, material).map(drop)
    }

    /// Sees to it that keys are pinned, before an import that is to rely on them. What is pinned already stays as it is;
    /// what was revoked is not pinned again in passing.
    pub fn rely_on(&self, fingerprints: &[String], vouched_by: &str) -> Result<(), Fault> {
        let session = self.session()?;
        for text in fingerprints {
            let fingerprint = Fingerprint::parse(text.trim()).map_err(TrustFault::from)?;
            match session.trust.trust()?.pin(&fingerprint) {
                Some(pin) if pin.revoked.is_some() => {
                    let what = "This key was revoked. If it is to be relied on again, pin it with `trust pin`.";
                    return Err(Fault::bad_input(what));
                }
                Some(_) => {}
                None => {
                    let vouched_by = if vouched_by.trim().is_empty() { session.vault.user() } else { vouched_by };
                    let ask = PinAsk {
                        fingerprint: text.clone(),
                        typed: text.clone(),
                        vouched_by: vouched_by.to_owned(),
                        how: "with an import, on the command line".to_owned(),
                        note: String::new(),
                        bundle: None,
                        file: None,
                    };
                    session.pin(fingerprint, &ask, None)?;
                }
            }
        }
        Ok(())
    }

    /// Revokes what is pinned, from a time on.
    pub fn revoke_key(&self, ask: RevokeAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        let fingerprint = Fingerprint::parse(ask.fingerprint.trim()).map_err(TrustFault::from)?;
        let text = ask.from.trim();
        let from = Moment::parse(text, session.zone(), Edge::From)
            .map_err(|_| Fault::bad_input("From when on is written as a day, YYYY-MM-DD, or as RFC 3339."))?;
        let from = Instant::zoned(text, from.nanos());
        session.trust.revoke(&session.log, fingerprint, &from, &ask.why, &clock::now())?;
        session.trust_changed()
    }

    /// Adds an anchor: from a chosen file, or as it was typed.
    pub fn add_anchor(&self, ask: AnchorAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        let source = match ask.file {
            Some(token) => match session.trust_file(token)? {
                Content::Anchor(anchor) => Some(anchor),
                _ => return Err(Fault::bad_input("This file holds no anchor.")),
            },
            None => None,
        };
        let stamp = match ask.stamp.map(|token| session.trust_file(token)).transpose()? {
            Some(Content::Token(bytes)) => Some(bytes),
            Some(_) => return Err(Fault::bad_input("This file holds no time stamp.")),
            None => None,
        };
        let from = Said { from_whom: &ask.from_whom, written_on: &ask.written_on, received_on: &ask.received_on };
        match source {
            Some(anchor) => session.add_anchor_of(&anchor, stamp.as_deref(), &from),
            None if stamp.is_some() => {
                Err(Fault::bad_input("A time stamp is put on an anchor file. Choose that file as well."))
            }
            None => {
                let head = StreamHead::typed(&ask.stream, &ask.last_seq, &ask.last_event_id, &ask.last_hash);
                let origin = Origin::Typed { from_whom: from.whom()?, on: from.written()? };
                session.add_anchor(head.map_err(TrustFault::from)?, origin, &from)
            }
        }
    }

    /// The same without a window.
    pub fn add_anchor_from(&self, wish: &AnchorWish) -> Result<(), Fault> {
        let session = self.session()?;
        let Content::Anchor(anchor) = trust_files::read(TrustFileKind::Anchor, &wish.file)? else {
            return Err(Fault::internal("An anchor file was read as something else."));
        };
        let stamp = match wish.stamp.as_deref().map(|path| trust_files::read(TrustFileKind::Token, path)).transpose()? {
            Some(Content::Token(bytes)) => Some(bytes),
            _ => None,
        };
        let from = Said { from_whom: &wish.from_whom, written_on: &wish.written_on, received_on: &wish.received_on };
        session.add_anchor_of(&anchor, stamp.as_deref(), &from).map(drop)
    }

    /// Withdraws an anchor or a remembered head.
    pub fn withdraw_anchor(&self, ask: WithdrawAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        session.trust.withdraw(&session.log, ask.number, &ask.why, &clock::now())?;
        session.trust_changed()
    }
}

/// What was said of an anchor.
struct Said<'a> {
    from_whom: &'a str,
    written_on: &'a str,
    received_on: &'a str,
}

impl Said<'_> {
    fn whom(&self) -> Result<Option<Text>, Fault> {
        Text::optional(self.from_whom).map_err(|why| TrustFault::Text { field: "who gave it", why }.into())
    }

    fn written(&self) -> Result<Option<Day>, Fault> {
        let day = Some(self.written_on.trim()).filter(|day| !day.is_empty());
        day.map(|day| parse_day("the day it was written", day)).transpose()
    }

    /// Today, where it was not said. What was written came here afterwards, and neither lies ahead.
    fn received(&self, session: &Session) -> Result<Day, Fault> {
        let today = parse_day("today", &day_of(clock::epoch_ms(), session))?;
        let received = match self.received_on.trim() {
            "" => today.clone(),
            day => parse_day("the day it came here", day)?,
        };
        if received.as_str() > today.as_str() {
            return Err(Fault::bad_input("The day it came here lies ahead. Say the day on which it really came."));
        }
        match self.written()? {
            Some(written) if written.as_str() > today.as_str() => {
                Err(Fault::bad_input("The day it was written lies ahead. An anchor was written before it is added."))
            }
            Some(written) if written.as_str() > received.as_str() => {
                Err(Fault::bad_input("It came here before the day it was written. One of the two days is wrong."))
            }
            _ => Ok(received),
        }
    }
}

/// The day of an instant in the zone of the vault, `YYYY-MM-DD`.
fn day_of(epoch_ms: i64, session: &Session) -> String {
    let at = chrono::DateTime::from_timestamp_millis(epoch_ms).unwrap_or_default();
    at.with_timezone(&session.zone()).format("%Y-%m-%d").to_string()
}

fn parse_day(field: &'static str, day: &str) -> Result<Day, Fault> {
    Day::parse(day).map_err(|why: TextFault| TrustFault::Text { field, why }.into())
}

impl Session {
    fn trust_file(&self, token: u32) -> Result<Content, Fault> {
        self.trust_files.lock().unwrap_or_else(PoisonError::into_inner).content(token)
    }

    fn pin(&self, fingerprint: Fingerprint, ask: &PinAsk, material: Option<Material>) -> Result<Nothing, Fault> {
        let confirmed =
            confirms(&fingerprint, &ask.typed).map_err(|why| Fault::bad_input(sentence(&why.to_string(), "")))?;
        let new = match material {
            Some(material) => NewPin::of(confirmed, material)?,
            None => NewPin::unseen(confirmed)?,
        };
        let vouched = Vouched::new(&ask.vouched_by, &ask.how, &ask.note)?;
        self.trust.pin(&self.log, new, vouched, &clock::now())?;
        self.trust_changed()
    }

    /// The key behind a fingerprint that a stored bundle brings, if it does.
    fn claimed(&self, bundle: &BundleId, fingerprint: &Fingerprint) -> Result<Option<Material>, Fault> {
        let Some(document) = self.stored(bundle)?.document else { return Ok(None) };
        let text = fingerprint.to_string();
        let Some(claim) = document.evidence.keys.iter().find(|key| key.kid == text) else { return Ok(None) };
        let (Some(spki), Some(algorithm)) = (&claim.spki, &claim.algorithm) else {
            return Err(Fault::bad_input("No signature can be checked with this key, so it cannot be pinned."));
        };
        let spki =
            Base64::decode_vec(spki).map_err(|_| Fault::internal("The key in the stored report cannot be read."))?;
        key_material(algorithm, &spki).map(Some)
    }

    fn add_anchor_of(&self, anchor: &AnchorFile, stamp: Option<&[u8]>, from: &Said<'_>) -> Result<Nothing, Fault> {
        let (from_whom, on) = (from.whom()?, from.written()?);
        let origin = match stamp {
            Some(token) => {
                let Stamp { authority, gen_time, token } = trust_files::stamped(&self.trust.trust()?, anchor, token)?;
                // Whoever stamped it had it already, wherever the day is counted.
                let stamped_ms = gen_time.utc_nanos().unwrap_or_default() / 1_000_000;
                let last = day_of(stamped_ms, self).max(gen_time.text().get(..10).unwrap_or_default().to_owned());
                if on.as_ref().is_some_and(|day| day.as_str() > last.as_str()) {
                    let what = "The time stamp is older than the day it was written. One of the two is wrong.";
                    return Err(Fault::bad_input(what));
                }
                Origin::Token { from_whom, on, authority, gen_time, token }
            }
            None => Origin::File { from_whom, on, sha256: trust_files::digest_of(anchor) },
        };
        let head = StreamHead::of(anchor.head.clone()).map_err(TrustFault::from)?;
        self.add_anchor(head, origin, from)
    }

    fn add_anchor(&self, head: StreamHead, origin: Origin, from: &Said<'_>) -> Result<Nothing, Fault> {
        self.trust.add_anchor(&self.log, head, origin, from.received(self)?, &clock::now())?;
        self.trust_changed()
    }

    /// Verdicts that relied on something else are history from now on.
    fn trust_changed(&self) -> Result<Nothing, Fault> {
        self.settle()?;
        self.changed();
        Ok(Nothing {})
    }
}
