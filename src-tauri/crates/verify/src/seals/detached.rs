//! Signatures beside the payload, over the tag manifest and so over everything (formats 1.1, 1.7): an SSH signature and
//! a time stamp.
//!
//! Both speak of the whole bundle, because the tag manifest holds the digest of the list of all payload files. They are
//! checked before the pass: a time stamp says since when the bundle exists, which a revoked key may be measured by.

use bundle::escape::visible;
use integrity::signature::Checked;
use integrity::sshsig::{BUNDLE_NAMESPACE, SSHSIG_BYTES_MAX, SshSignature, SshsigFault};
use integrity::timestamp::{TOKEN_BYTES_MAX, Token, TokenFault};

use super::Seal;
use crate::container::{MANIFEST_BYTES_MAX, SIGNATURES};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::proof::{Agreed, Pinned};
use crate::record::clock;
use crate::sums::Algorithms;
use crate::trust::Vouching;
use crate::words::count_of;
use crate::work::Work;

const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
const MANIFEST: &str = "manifest-sha256.txt";
const SSHSIG: &str = "signatures/tagmanifest-sha256.txt.sig";
const STAMP: &str = "signatures/tagmanifest-sha256.txt.tsr";

/// A verified time stamp over the whole bundle.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) agreed: Agreed,
    /// When, RFC 3339.
    pub(crate) time: String,
    /// Nanoseconds since 1970.
    pub(crate) nanos: Option<i64>,
    /// Whom the certificate names, fit to be shown.
    pub(crate) authority: String,
}

/// An SSH signature over the whole bundle that fits.
#[derive(Clone, Debug)]
pub(crate) struct SshSeal {
    pub(crate) fingerprint: String,
    pub(crate) seal: Seal,
    pub(crate) is_revoked: bool,
    pub(crate) vouching: Vouching,
}

/// What stands beside the payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Detached {
    pub(crate) ssh: Option<SshSeal>,
    pub(crate) stamp: Option<Stamp>,
}

/// Checks the signatures that lie beside the payload.
pub(crate) fn check(work: &mut Work<'_>) -> Result<Detached, Halt> {
    let mut detached = Detached::default();
    let names = |work: &Work<'_>, name: &str| work.source.entry(name).is_some();
    if names(work, SSHSIG) || names(work, STAMP) {
        let tag_manifest = work.small_file(TAG_MANIFEST, MANIFEST_BYTES_MAX)?.unwrap_or_default();
        let covers = covers_payload(work, &tag_manifest)?;
        if names(work, STAMP) {
            detached.stamp = stamp(work, &tag_manifest)?.filter(|_| covers);
        }
        if names(work, SSHSIG) {
            let known_at = detached.stamp.as_ref().and_then(|stamp| stamp.nanos);
            detached.ssh = ssh(work, &tag_manifest, known_at)?.filter(|_| covers);
        }
        if !covers {
            let message = "The list of tag files does not name the list of content files as it is: what is signed or \
                           stamped beside the content says nothing about the records.";
            work.find(Finding::new(Code::SignaturesNotChecked, message).at_file(TAG_MANIFEST));
        }
    }
    let is_other = |name: &str| name.starts_with(SIGNATURES) && name != SSHSIG && name != STAMP;
    let others: Vec<_> = work.source.entries().iter().filter(|entry| is_other(&entry.name)).collect();
    if let Some(first) = others.first() {
        let count = u64::try_from(others.len()).unwrap_or(u64::MAX);
        let message = format!(
            "{} beside the content {} of a kind that is not known and was not checked.",
            count_of(count, "signature"),
            if count == 1 { "is" } else { "are" }
        );
        let finding = Finding::new(Code::SignaturesNotChecked, message).at_file(&first.name).count(count);
        work.find(finding);
    }
    Ok(detached)
}

/// Whether the tag manifest names the list of payload files as it is. Otherwise a signature over it says nothing of
/// the payload.
fn covers_payload(work: &mut Work<'_>, tag_manifest: &[u8]) -> Result<bool, Halt> {
    if work.source.entry(MANIFEST).is_none() {
        return Ok(false);
    }
    let Some(sum) = work.sum_of(MANIFEST, Algorithms::NONE)? else { return Ok(false) };
    let line = format!("{}  {MANIFEST}", sum.sha256.to_hex());
    Ok(tag_manifest.split(|byte| *byte == b'\n').any(|listed| listed == line.as_bytes()))
}

fn ssh(work: &mut Work<'_>, tag_manifest: &[u8], known_at: Option<i64>) -> Result<Option<SshSeal>, Halt> {
    let Some(bytes) = work.small_file(SSHSIG, SSHSIG_BYTES_MAX as u64)? else { return Ok(None) };
    let find = |work: &mut Work<'_>, code, message: String, kid: Option<&str>| {
        let finding = Finding::new(code, message).at_file(SSHSIG);
        work.find(match kid {
            Some(kid) => finding.kid(kid),
            None => finding,
        });
    };
    let signature = match SshSignature::read(&bytes) {
        Ok(signature) => signature,
        Err(fault) => {
            find(work, Code::SignatureInvalid, format!("The signature over the bundle cannot be read: {fault}."), None);
            return Ok(None);
        }
    };
    let fingerprint = signature.fingerprint();
    let checked: Checked = match signature.verify(BUNDLE_NAMESPACE, tag_manifest) {
        Ok(checked) => checked,
        Err(fault) => {
            let code = match fault {
                SshsigFault::Unsupported | SshsigFault::Key(_) => Code::SignatureAlgorithmUnsupported,
                SshsigFault::Malformed | SshsigFault::Namespace | SshsigFault::Invalid => Code::SignatureInvalid,
            };
            find(work, code, format!("The signature over the bundle says nothing: {fault}."), Some(&fingerprint));
            return Ok(None);
        }
    };
    let options = work.options;
    let pin = options.trust.ssh_key(&fingerprint);
    let pinned = pin.and_then(|pin| Pinned::by(checked, pin, known_at));
    if pin.is_none() {
        let message = "The signature over the bundle fits a key whose fingerprint nobody has compared with the \
                       producer's, so anybody may have made it.";
        find(work, Code::KeyUntrusted, message.to_owned(), Some(&fingerprint));
    } else if pinned.is_none() {
        let message = "The signature over the bundle was made with a key that is revoked, so it vouches for nothing.";
        find(work, Code::KeyRevoked, message.to_owned(), Some(&fingerprint));
    }
    Ok(Some(SshSeal {
        fingerprint,
        seal: pinned.map_or(Seal::Unpinned(checked.into()), Seal::Pinned),
        is_revoked: pin.is_some() && pinned.is_none(),
        vouching: pin.map(|pin| pin.vouching.clone()).unwrap_or_default(),
    }))
}

fn stamp(work: &mut Work<'_>, tag_manifest: &[u8]) -> Result<Option<Stamp>, Halt> {
    let Some(bytes) = work.small_file(STAMP, TOKEN_BYTES_MAX as u64)? else { return Ok(None) };
    let open = |work: &mut Work<'_>, why: &str| {
        let message = format!("The time stamp over the bundle was not checked: {why}.");
        work.find(Finding::new(Code::TokenNotChecked, message).at_file(STAMP));
    };
    let token = match Token::read(&bytes) {
        Ok(token) => token,
        Err(fault) => {
            open(work, &fault.to_string());
            return Ok(None);
        }
    };
    match token.imprint_of(tag_manifest) {
        Ok(actual) if actual == token.imprint() => {}
        Ok(actual) => {
            let message = "The time stamp is about another state of the bundle: something was changed after it was \
                           stamped.";
            let finding = Finding::new(Code::AnchorMismatch, message).at_file(STAMP).source("token");
            work.find(finding.expected(token.imprint()).actual(actual));
            return Ok(None);
        }
        Err(fault) => {
            open(work, &fault.to_string());
            return Ok(None);
        }
    }
    let options = work.options;
    let Some((certificate, pin)) = options.trust.authorities().find(|(certificate, _)| token.names(certificate)) else {
        let has_any = options.trust.authorities().next().is_some();
        open(
            work,
            if has_any {
                "none of the pinned certificates is the one that it names"
            } else {
                "no certificate of a time stamp authority was given to check it with"
            },
        );
        return Ok(None);
    };
    let nanos = clock::nanos(token.time()).ok();
    if pin.revoked_from.is_some_and(|from| nanos.is_none_or(|nanos| nanos >= from)) {
        open(work, "the pinned certificate that it names is revoked from before the time it states");
        return Ok(None);
    }
    match token.verify(certificate) {
        Ok(checked) => Ok(Some(Stamp {
            agreed: Agreed::stamped(checked, pin),
            time: token.time().to_owned(),
            nanos,
            authority: visible(&certificate.subject()).into_owned(),
        })),
        Err(TokenFault::Invalid) => {
            let message = "The signature of the time stamp does not fit the pinned certificate that it names.";
            work.find(Finding::new(Code::SignatureInvalid, message).at_file(STAMP));
            Ok(None)
        }
        Err(fault) => {
            open(work, &fault.to_string());
            Ok(None)
        }
    }
}
