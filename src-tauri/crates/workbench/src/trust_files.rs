//! Files that trust comes in: keys, certificates, anchors, time stamps. Chosen by a person, read here, refused with the line.
//!
//! The page gets a token for what was read, never a path; what was read is forgotten when the vault locks.

use std::collections::BTreeMap;
use std::path::Path;

use integrity::Digest;
use integrity::head::Head;
use integrity::keys::{KeyFault, PublicKey};
use integrity::timestamp::{CertificateFault, Token, TsaCertificate};
use model::Instant;
use trust_store::{DER_BYTES_MAX, Der, Fingerprint, Material, Text, Trust, Word};

use crate::desk::Desk;
use crate::direct::{head_of, named, small_file};
use crate::portion::brief_facts;
use crate::wire::{Fault, MaybeTrustFile, Next, TrustFile, TrustFileAsk, TrustFileKind};
use crate::words::grouped;

/// Files remembered at most; the oldest go first.
const FILES_MAX: usize = 16;

/// What was read so far.
#[derive(Default)]
pub(crate) struct TrustFiles {
    next: u32,
    read: BTreeMap<u32, Content>,
}

/// What a file held.
#[derive(Clone)]
pub(crate) enum Content {
    Key(PublicKey),
    /// The line of an SSH public key, and its fingerprint.
    Signer(Text, Fingerprint),
    Certificate(TsaCertificate),
    Anchor(AnchorFile),
    Token(Vec<u8>),
}

/// An anchor with the file it came in.
#[derive(Clone)]
pub(crate) struct AnchorFile {
    pub(crate) head: Head,
    pub(crate) bytes: Vec<u8>,
}

impl TrustFiles {
    fn add(&mut self, content: Content) -> u32 {
        self.next += 1;
        self.read.insert(self.next, content);
        while self.read.len() > FILES_MAX {
            self.read.pop_first();
        }
        self.next
    }

    /// What a token stands for.
    pub(crate) fn content(&self, token: u32) -> Result<Content, Fault> {
        let found = self.read.get(&token).cloned();
        found.ok_or_else(|| Fault::not_found("Choose the file again.").with(Next::ChooseAnother))
    }
}

impl Desk {
    /// Lets the person choose a file that trust comes in, and reads it.
    pub fn choose_trust_file(&self, ask: TrustFileAsk) -> Result<MaybeTrustFile, Fault> {
        let session = self.session()?;
        let (title, endings): (_, &[&str]) = match ask.kind {
            TrustFileKind::Key => ("Choose a public key", &["pem", "pub", "key"]),
            TrustFileKind::Certificate => ("Choose a certificate", &["pem", "crt", "cer", "der"]),
            TrustFileKind::Anchor => ("Choose an anchor", &["json"]),
            TrustFileKind::Token => ("Choose a time stamp", &["tsr", "tst"]),
        };
        let Some(path) = self.outlets.choose_file(title, endings) else { return Ok(MaybeTrustFile { file: None }) };
        let content = read(ask.kind, &path)?;
        let (fingerprint, says) = describe(&content)?;
        let mut files = session.trust_files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let token = files.add(content);
        Ok(MaybeTrustFile { file: Some(TrustFile { token, name: named(&path), fingerprint, says: brief_facts(says) }) })
    }
}

/// Reads a file of a kind. A refusal names the file and, where there is one, the line.
pub(crate) fn read(kind: TrustFileKind, path: &Path) -> Result<Content, Fault> {
    let name = named(path);
    match kind {
        TrustFileKind::Key => {
            let bytes = small_file(path, "key file", DER_BYTES_MAX)?;
            if let Some((line, fingerprint)) = signer_of(&bytes) {
                return Ok(Content::Signer(line, fingerprint));
            }
            let key = key_of(&bytes).map_err(|fault| Fault::bad_input(format!("{name} is no usable key: {fault}.")))?;
            Ok(Content::Key(key))
        }
        TrustFileKind::Certificate => {
            let bytes = small_file(path, "certificate", DER_BYTES_MAX)?;
            let refused = |fault| Fault::bad_input(format!("{name} is no usable certificate: {fault}."));
            Ok(Content::Certificate(certificate_of(&bytes).map_err(refused)?))
        }
        TrustFileKind::Anchor => head_of(path).map(|(head, bytes)| Content::Anchor(AnchorFile { head, bytes })),
        TrustFileKind::Token => {
            let bytes = small_file(path, "time stamp", DER_BYTES_MAX)?;
            if bytes.len() > DER_BYTES_MAX {
                let what = format!(
                    "{name} is larger than {} bytes, more than a time stamp needs.",
                    grouped(DER_BYTES_MAX as u64)
                );
                return Err(Fault::bad_input(what));
            }
            Token::read(&bytes).map_err(|fault| Fault::bad_input(format!("{name}: {fault}.")))?;
            Ok(Content::Token(bytes))
        }
    }
}

/// A key as PEM. Anything else is told by what it is not.
fn key_of(bytes: &[u8]) -> Result<PublicKey, KeyFault> {
    PublicKey::from_pem(&String::from_utf8_lossy(bytes))
}

/// The one line of an SSH public key file, as `ssh-keygen` writes it; `None` if it is none.
fn signer_of(bytes: &[u8]) -> Option<(Text, Fingerprint)> {
    let line = std::str::from_utf8(bytes).ok()?.trim();
    let fingerprint = Fingerprint::of_signer(line).filter(|_| !line.contains('\n'))?;
    Some((Text::new(line).ok()?, fingerprint))
}

/// A certificate as PEM, or in DER.
fn certificate_of(bytes: &[u8]) -> Result<TsaCertificate, CertificateFault> {
    match std::str::from_utf8(bytes) {
        Ok(text) => TsaCertificate::from_pem(text),
        Err(_) => TsaCertificate::from_der(bytes),
    }
}

/// What a file says, as label and value.
type Says = Vec<(String, String)>;

/// The fingerprint of what a file holds, if that has one, and what it says.
fn describe(content: &Content) -> Result<(Option<String>, Says), Fault> {
    let fact = |label: &str, value: String| (label.to_owned(), value);
    Ok(match content {
        Content::Key(key) => {
            let kind = key.only_algorithm().map_or("RSA", |_| "Ed25519");
            (Some(Fingerprint::of_key(key.spki()).to_string()), vec![fact("Kind", kind.to_owned())])
        }
        Content::Signer(_, fingerprint) => {
            (Some(fingerprint.to_string()), vec![fact("Kind", "SSH public key".to_owned())])
        }
        Content::Certificate(certificate) => {
            let subject = bundle::escape::visible(&certificate.subject()).into_owned();
            (Some(Fingerprint::of_certificate(certificate.der()).to_string()), vec![fact("Names", subject)])
        }
        Content::Anchor(AnchorFile { head, .. }) => {
            let says = vec![
                fact("Stream", bundle::escape::visible(&head.stream_id).into_owned()),
                fact("Last record", grouped(head.last_seq)),
                fact("Its event", bundle::escape::visible(&head.last_event_id).into_owned()),
                fact("Its hash", head.last_hash.to_hex()),
            ];
            (None, says)
        }
        Content::Token(bytes) => {
            let token = Token::read(bytes).map_err(|fault| Fault::bad_input(format!("The time stamp: {fault}.")))?;
            (None, vec![fact("States the time", token.time().to_owned()), fact("Stamps", token.imprint())])
        }
    })
}

/// What is pinned of a file.
pub(crate) fn material_of(content: Content) -> Result<Material, Fault> {
    let unfit = |_| Fault::bad_input("This is longer than any key or certificate.");
    match content {
        Content::Key(key) => key_material(key.only_algorithm().map_or("rsa", |algorithm| algorithm.name()), key.spki()),
        Content::Signer(line, _) => Ok(Material::Signer { line }),
        Content::Certificate(certificate) => {
            let subject = bundle::escape::visible(&certificate.subject()).into_owned();
            let subject = if subject.trim().is_empty() { "(no name)".to_owned() } else { subject };
            let certificate = Der::new(certificate.der()).map_err(unfit)?;
            Ok(Material::Certificate { certificate, subject: Text::new(&subject).map_err(unfit)? })
        }
        Content::Anchor(_) | Content::Token(_) => {
            Err(Fault::bad_input("What is pinned is a key or a certificate; this is neither."))
        }
    }
}

/// A producer's key as it is pinned.
pub(crate) fn key_material(algorithm: &str, spki: &[u8]) -> Result<Material, Fault> {
    let unfit = |_| Fault::bad_input("This is no key that can be pinned.");
    Ok(Material::Key { alg: Word::new(algorithm).map_err(unfit)?, spki: Der::new(spki).map_err(unfit)? })
}

/// A time stamp that was checked.
pub(crate) struct Stamp {
    /// The pinned certificate it was checked under.
    pub(crate) authority: Fingerprint,
    pub(crate) gen_time: Instant,
    pub(crate) token: Der,
}

/// Checks the time stamp over the file of an anchor, under a pinned certificate.
pub(crate) fn stamped(trust: &Trust, anchor: &AnchorFile, token_bytes: &[u8]) -> Result<Stamp, Fault> {
    let refused = |why: &str| Fault::bad_input(format!("The time stamp is not taken: {why}."));
    let token = Token::read(token_bytes).map_err(|fault| refused(&fault.to_string()))?;
    let imprint = token.imprint_of(&anchor.bytes).map_err(|fault| refused(&fault.to_string()))?;
    if imprint != token.imprint() {
        return Err(refused("it was put on another file than this anchor, or the file was changed since"));
    }
    let certificates = trust.pins().filter_map(|(fingerprint, pin)| match &pin.material {
        Some(Material::Certificate { certificate, .. }) => {
            Some((*fingerprint, TsaCertificate::from_der(certificate.as_bytes()).ok()?))
        }
        _ => None,
    });
    let mut named = certificates.filter(|(_, certificate)| token.names(certificate)).peekable();
    if named.peek().is_none() {
        return Err(refused("none of the pinned certificates is the one it names; pin that one first"));
    }
    let checked = named.map(|(fingerprint, certificate)| token.verify(&certificate).map(|_| fingerprint));
    let authority = checked.reduce(Result::or).unwrap_or(Err(integrity::timestamp::TokenFault::OtherSigner));
    let authority = authority.map_err(|fault| refused(&fault.to_string()))?;
    let gen_time = Instant::parse(token.time()).map_err(|_| refused("its time cannot be read"))?;
    let gen_time = Instant::from_utc_nanos(gen_time.utc_nanos().ok_or_else(|| refused("its time cannot be read"))?);
    let token = Der::new(token_bytes).map_err(|_| refused("it is too long"))?;
    Ok(Stamp { authority, gen_time, token })
}

/// The digest of a file, for the step that tells of it.
pub(crate) fn digest_of(anchor: &AnchorFile) -> Digest {
    Digest::of(&anchor.bytes)
}
