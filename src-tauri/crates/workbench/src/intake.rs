//! Choosing a bundle: from the chooser, dropped, or made as a sample; what it says of itself, and its hash.
//!
//! The page gets a token, never a path. Nothing is stored here; that is `importing`.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use bundle::{Bundle, ContainerKind, Inspection, Limits};
use integrity::digest::{Digest, Hasher};

use crate::clock;
use crate::desk::Desk;
use crate::direct;
use crate::portion::{brief, brief_facts};
use crate::samples::{self, SampleWish};
use crate::wire::{ChooseAsk, Chosen, Fault, FaultCode, MaybeChosen, Next, Nothing, SampleAsk};

/// Choices remembered at most; the oldest go first.
const CHOICES_MAX: usize = 16;
/// Troubles of a container that are told before it is imported; the check tells all.
const TROUBLES_MAX: usize = 50;
/// Bytes hashed at a time.
const HASH_BYTES: usize = 1 << 20;
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
        let bundle = bundle::open(&path, &Limits::standard()).map_err(|fault| fault.named_from(&path))?;
        let mut chosen = describe(&path, &bundle, self.session()?.zone())?;
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

fn describe(path: &Path, bundle: &Bundle, zone: timeline::Zone) -> Result<Chosen, Fault> {
    let inspection = bundle::inspect(bundle);
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
        sha256: hash_of_container(bundle, || false)?.map(|digest| digest.to_hex()),
        troubles: bundle.troubles().iter().take(TROUBLES_MAX).map(|trouble| brief(&*trouble.message)).collect(),
    })
}

/// SHA-256 of the file that the bundle is, from the very file that is read; `None` for a folder.
pub(crate) fn hash_of_container(bundle: &Bundle, stop: impl Fn() -> bool) -> Result<Option<Digest>, Fault> {
    bundle.container_file().map(|file| hash_of_stream(file, &stop)).transpose()
}

/// SHA-256 of what a stream gives.
pub(crate) fn hash_of_stream(mut stream: impl Read, stop: &impl Fn() -> bool) -> Result<Digest, Fault> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; HASH_BYTES];
    loop {
        if stop() {
            return Err(Fault::cancelled());
        }
        let read = stream.read(&mut buffer).map_err(|error| Fault::from(bundle::ReadFault::of(error)))?;
        if read == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

/// Compares a quoted hash with the file, or with the manifests of a folder.
pub(crate) fn compare_quoted(bundle: &Bundle, quoted: &str) -> Result<(bool, String), Fault> {
    let quoted = quoted.trim().to_ascii_lowercase();
    if Digest::from_hex(&quoted).is_none() {
        return Err(Fault::bad_input("A quoted SHA-256 has 64 hexadecimal digits."));
    }
    let Some(actual) = hash_of_container(bundle, || false)?.map(|digest| digest.to_hex()) else {
        return Ok(compare_with_manifests(bundle, &quoted));
    };
    Ok(if actual == quoted {
        (true, "The quoted hash is that of the file.".to_owned())
    } else {
        (false, format!("The quoted hash is not that of the file. The file's is {actual}."))
    })
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

/// Whether a bundle says that `sample` made it.
pub(crate) fn says_sample(inspection: &Inspection) -> bool {
    let name = inspection.producer.as_deref().and_then(|producer| producer.split_whitespace().next());
    name.is_some_and(specimen::is_sample)
}
