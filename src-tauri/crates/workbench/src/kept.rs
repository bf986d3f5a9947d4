//! A stored bundle as a container again: its kept files under the names they came with, for holding it against another
//! export or checking it anew.
//!
//! What the container itself did wrong is not kept with the files; it is taken from the stored report, so that a kept
//! bundle is never in better order than the one that was handed over.

use std::collections::BTreeSet;
use std::io::{self, Read};

use access_log::Witnessed;
use bundle::{Damage, Entry, Limits, Profile, ReadFault, Trouble, TroubleCode};
use event_store::{BundleSummary, KeptFiles};
use verify::Source;

use crate::packed::AS_STORED;
use crate::session::Session;
use crate::verdicts::{self, BundleFacts, Document};
use crate::wire::Fault;

/// The codes of what a container can do wrong.
const CONTAINER_CODES: [TroubleCode; 8] = [
    TroubleCode::ArchiveLayout,
    TroubleCode::ArchiveLimitExceeded,
    TroubleCode::ArchiveEntryType,
    TroubleCode::ArchiveDuplicateEntry,
    TroubleCode::ArchiveNameCollision,
    TroubleCode::PathUnsafe,
    TroubleCode::LinkForbidden,
    TroubleCode::NameSuspicious,
];

/// A stored bundle, to be read as a container.
pub(crate) struct KeptSource {
    files: KeptFiles,
    profile: Profile,
    entries: Vec<Entry>,
    /// For each entry the kept file that holds its bytes as they lay in the bundle.
    kept: Vec<u32>,
    troubles: Vec<Trouble>,
    /// Entries of which only a part could be read when they came.
    damaged: BTreeSet<String>,
    limits: Limits,
}

impl KeptSource {
    /// Opens the kept files of a bundle. `seen` is of whatever act reads them.
    pub(crate) fn open(session: &Session, seen: &Witnessed, summary: &BundleSummary) -> Result<Self, Fault> {
        let files = session.store.kept(seen, &summary.id)?;
        let facts: BundleFacts = serde_json::from_str(&summary.facts).unwrap_or_default();
        let (entries, kept) = entries_of(&files, facts.own_files);
        let document = summary.report.as_deref().map(Document::read).transpose()?;
        let told = document.map(|document| troubles_of(&document)).unwrap_or_default();
        // What kept the whole container from being read left no file; what damaged one entry left the others.
        let (troubles, damaged) = if entries.is_empty() {
            (told, BTreeSet::new())
        } else {
            (Vec::new(), told.into_iter().filter_map(|trouble| trouble.file).collect())
        };
        let profile = verdicts::profile_named(&summary.facts);
        Ok(Self { files, profile, entries, kept, troubles, damaged, limits: Limits::large() })
    }
}

/// The entries as they lay in the bundle, of which there are `own`. Of a packed segment there are two kept files: what
/// it unpacks to under its own name, and its bytes as they lay there behind all others.
fn entries_of(files: &KeptFiles, own: Option<u64>) -> (Vec<Entry>, Vec<u32>) {
    let names: Vec<&str> = files.files().iter().map(|file| file.path.as_str()).collect();
    // Imports of earlier versions did not say how many there were.
    let is_added = |name: &&&str| name.strip_suffix(AS_STORED).is_some_and(|packed| names.contains(&packed));
    let own = own.and_then(|own| usize::try_from(own).ok());
    let own = own.unwrap_or_else(|| names.len() - names.iter().filter(is_added).count());
    let packed = |name: &str| {
        let stored = format!("{name}{AS_STORED}");
        (own..names.len()).find(|at| names.get(*at) == Some(&stored.as_str()))
    };
    let entries = files.files().iter().take(own).enumerate().map(|(index, file)| {
        let at = packed(&file.path).unwrap_or(index);
        let size_bytes = files.files().get(at).map_or(0, |file| file.bytes);
        (Entry { name: file.path.clone(), size_bytes }, u32::try_from(at).unwrap_or(u32::MAX))
    });
    entries.unzip()
}

fn troubles_of(report: &Document) -> Vec<Trouble> {
    let troubles = report.findings.iter().filter_map(|finding| {
        let code = CONTAINER_CODES.into_iter().find(|code| code.code() == finding.code.name())?;
        Some(Trouble { code, file: finding.file.clone(), message: finding.message.clone() })
    });
    troubles.collect()
}

impl Source for KeptSource {
    fn profile(&self) -> Profile {
        self.profile
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let at = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name));
        let found = at.ok().and_then(|at| self.kept.get(at));
        let kept = found.ok_or_else(|| ReadFault::NoSuchEntry { name: name.to_owned() })?;
        let reader = self.files.reader(*kept);
        if self.damaged.contains(&*bundle::escape::visible(name)) {
            return Ok(Box::new(reader.chain(Cut(name.to_owned()))));
        }
        Ok(Box::new(reader))
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let mut content = Vec::new();
        self.stream(name)?.take(max_bytes.saturating_add(1)).read_to_end(&mut content).map_err(ReadFault::of)?;
        if content.len() as u64 > max_bytes {
            return Err(ReadFault::TooLarge { name: name.to_owned(), limit_bytes: max_bytes });
        }
        Ok(content)
    }
}

/// The end of a file that could not be read to its own end when it came.
struct Cut(String);

impl Read for Cut {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        Err(io::Error::other(ReadFault::Damaged { name: self.0.clone(), damage: Damage::CutShort }))
    }
}
