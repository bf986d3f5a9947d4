//! Choosing a bundle: from the chooser, dropped, or made as a sample; what it says of itself, and its hash.
//!
//! The page gets a token, never a path. Nothing is stored here; that is `importing`.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use bundle::{Bundle, ContainerKind, Inspection, Limits, Profile};
use integrity::digest::{Digest, Hasher};

use crate::clock;
use crate::desk::Desk;
use crate::direct;
use crate::jobs::Gauge;
use crate::portion::{brief, brief_facts};
use crate::samples::{self, SampleWish};
use crate::wire::{ChooseAsk, Chosen, Fault, FaultCode, MaybeChosen, Next, Nothing, SampleAsk};

/// Choices remembered at most; the oldest go first.
const CHOICES_MAX: usize = 16;
/// Troubles of a container that are told before it is imported; the check tells all.
const TROUBLES_MAX: usize = 50;
/// Bytes hashed at a time.
const HASH_BYTES: usize = 1 << 20;
/// What a job is called that reads a bundle before it is known.
pub(crate) const READING: &str = "Reading and hashing";
/// Events of the sample that a person can ask for.
const SAMPLE_EVENTS: u64 = 6_000;
/// Manifests whose hash somebody may quote beside a folder.
const QUOTABLE: [&str; 3] = ["tagmanifest-sha256.txt", "manifest-sha256.txt", "manifest-sha512.txt"];

/// What was chosen so far.
#[derive(Default)]
pub(crate) struct Choices {
    next: u32,
    chosen: BTreeMap<u32, (PathBuf, Chosen)>,
    /// Dropped on the window and not yet asked for.
    dropped: Option<PathBuf>,
}

/// How a bundle came, for an import without a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportWish {
    /// Who handed it over.
    pub received_from: String,
    /// When, `YYYY-MM-DD`.
    pub received_on: String,
    /// By which channel.
    pub channel: String,
    /// A SHA-256 quoted beside it.
    pub expected_sha256: Option<String>,
    /// IANA zone for times that have none.
    pub zone: Option<String>,
    /// Whether to raise the limits.
    pub allow_large: bool,
}

impl Desk {
    /// Lets the person choose a bundle and looks at it.
    pub fn choose_bundle(&self, ask: ChooseAsk) -> Result<MaybeChosen, Fault> {
        self.session()?;
        let chosen = self.outlets.choose_bundle(ask.folder).map(|path| self.take(path)).transpose()?;
        Ok(MaybeChosen { chosen })
    }

    /// Something was dropped on the window, or named when the program was started. Kept until the page asks, which it
    /// does once the vault is unlocked.
    pub fn dropped(&self, path: PathBuf) {
        self.choices().dropped = Some(path);
    }

    /// What was dropped, or named at the start, since the page last asked.
    pub fn chosen(&self, _: Nothing) -> Result<MaybeChosen, Fault> {
        self.session()?;
        let dropped = self.choices().dropped.take();
        Ok(MaybeChosen { chosen: dropped.map(|path| self.take(path)).transpose()? })
    }

    /// Makes a sample beside the sample's vault and chooses it.
    pub fn sample_bundle(&self, ask: SampleAsk) -> Result<MaybeChosen, Fault> {
        let session = self.session()?;
        if session.vault.label() != vault::VaultLabel::Sample {
            let what = "Samples belong into the sample's vault. Start it with `cargo xtask run`.";
            return Err(Fault::new(FaultCode::SampleOnly, what));
        }
        let name = if ask.altered { "sample-altered.zip" } else { "sample.zip" };
        let path = session.vault.dir().join(name);
        drop(std::fs::remove_file(&path));
        let wish = SampleWish {
            events: SAMPLE_EVENTS,
            seed: u64::try_from(clock::epoch_ms()).unwrap_or(1),
            days: None,
            scenario: None,
            tamper: ask.altered.then(|| specimen::Tamper::EventModified.word().to_owned()),
            sha512: false,
            compression: None,
            signing: None,
        };
        samples::make(&path, &wish)?;
        Ok(MaybeChosen { chosen: Some(self.take(path)?) })
    }

    /// The path behind a token.
    pub(crate) fn path_of(&self, token: u32) -> Result<(PathBuf, Chosen), Fault> {
        let found = self.choices().chosen.get(&token).cloned();
        found.ok_or_else(|| Fault::not_found("Choose the bundle again.").with(Next::ChooseAnother))
    }

    /// Forgets what was chosen and dropped, as at a lock.
    pub(crate) fn forget_choices(&self) {
        *self.choices() = Choices::default();
    }

    /// Looks at a path and remembers it under a token.
    pub(crate) fn take(&self, path: PathBuf) -> Result<Chosen, Fault> {
        let session = self.session()?;
        let gauge = Gauge::default();
        let mut chosen = session.jobs.during(READING, &gauge, || {
            let bundle = bundle::open(&path, &Limits::standard()).map_err(|fault| fault.named_from(&path))?;
            describe(&path, &bundle, session.zone(), &gauge)
        })?;
        // What was chosen before a lock is nobody's after it.
        self.session()?;
        let mut choices = self.choices();
        choices.next += 1;
        chosen.token = choices.next;
        choices.chosen.insert(chosen.token, (path, chosen.clone()));
        while choices.chosen.len() > CHOICES_MAX {
            choices.chosen.pop_first();
        }
        Ok(chosen)
    }

    fn choices(&self) -> MutexGuard<'_, Choices> {
        self.choices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn describe(path: &Path, bundle: &Bundle, zone: timeline::Zone, gauge: &Gauge) -> Result<Chosen, Fault> {
    let counted = if bundle.profile() == Profile::FhirAuditEvent { bundle.unpacked_bytes() } else { 0 };
    let hashed = bundle.container_file().map_or(0, |_| bundle.container_bytes());
    gauge.expect_bytes(counted.saturating_add(hashed));
    let inspection = inspected(bundle, gauge)?;
    let kind = match bundle.container() {
        ContainerKind::Directory => "Folder",
        ContainerKind::Zip => "Zip file",
        ContainerKind::Tar | ContainerKind::TarGzip | ContainerKind::TarZstd => "Tar file",
        ContainerKind::File => "File",
    };
    Ok(Chosen {
        token: 0,
        name: bundle::escape::visible_bytes(path.file_name().unwrap_or_default().as_encoded_bytes()),
        kind: kind.to_owned(),
        bytes: inspection.counts.bytes,
        profile: direct::profile_name(bundle.profile()).to_owned(),
        says: brief_facts(direct::facts_of(&inspection, zone)),
        sha256: hash_of_container(bundle, &gauge.counting())?.map(|digest| digest.to_hex()),
        troubles: bundle.troubles().iter().take(TROUBLES_MAX).map(|trouble| brief(&*trouble.message)).collect(),
    })
}

/// What a bundle says of itself; all of it, or nothing if that was stopped.
pub(crate) fn inspected(bundle: &Bundle, gauge: &Gauge) -> Result<Inspection, Fault> {
    bundle::inspect_while(bundle, &gauge.counting()).ok_or_else(Fault::cancelled)
}

/// SHA-256 of the file that the bundle is, from the very file that is read; `None` for a folder.
pub(crate) fn hash_of_container(bundle: &Bundle, goes_on: &impl Fn(u64) -> bool) -> Result<Option<Digest>, Fault> {
    bundle.container_file().map(|file| hash_of_stream(file, goes_on)).transpose()
}

/// SHA-256 of what a stream gives, as long as it goes on; asked with the bytes of each reading.
pub(crate) fn hash_of_stream(mut stream: impl Read, goes_on: &impl Fn(u64) -> bool) -> Result<Digest, Fault> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; HASH_BYTES];
    loop {
        let read = stream.read(&mut buffer).map_err(|error| Fault::from(bundle::ReadFault::of(error)))?;
        if !goes_on(read as u64) {
            return Err(Fault::cancelled());
        }
        if read == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

/// A quoted hash as it was typed.
pub(crate) fn quoted_hash(quoted: &str) -> Result<Digest, Fault> {
    let quoted = Digest::from_hex(&quoted.trim().to_ascii_lowercase());
    quoted.ok_or_else(|| Fault::bad_input("A quoted SHA-256 has 64 hexadecimal digits."))
}

/// Compares a quoted hash with what identifies the content: that of the file, or else the manifests of a folder.
pub(crate) fn compare_quoted(bundle: &Bundle, identity: &Digest, quoted: &Digest) -> (bool, String) {
    if bundle.container_file().is_none() {
        return compare_with_manifests(bundle, &quoted.to_hex());
    }
    if identity == quoted {
        (true, "The quoted hash is that of the file.".to_owned())
    } else {
        (false, format!("The quoted hash is not that of the file. The file's is {identity}."))
    }
}

fn compare_with_manifests(bundle: &Bundle, quoted: &str) -> (bool, String) {
    for name in QUOTABLE {
        let bytes = bundle.read(name, bundle::limits::AUDIT_MANIFEST_BYTES_MAX);
        if bytes.is_ok_and(|bytes| Digest::of(&bytes).to_hex() == quoted) {
            return (true, format!("The quoted hash is that of {name}."));
        }
    }
    let what = "The quoted hash is that of none of the folder's manifests. A folder has no hash of its own: ask whether \
                the hash was taken of the zip it came in.";
    (false, what.to_owned())
}

/// Whether a bundle says that `sample` made it, which makes bundles of one profile alone.
pub(crate) fn is_sample(bundle: &Bundle) -> bool {
    if bundle.profile() != Profile::AuditBundle1 {
        return false;
    }
    let inspection = bundle::inspect(bundle);
    let name = inspection.producer.as_deref().and_then(|producer| producer.split_whitespace().next());
    name.is_some_and(specimen::is_sample)
}
