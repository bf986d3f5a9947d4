//! The bag (`BagIt`, RFC 8493): declaration, tag files, manifests, payload. One reader for every profile; what a profile
//! demands beyond the standard is a table, [`rules`].
//!
//! What stock tools check is checked here with the same outcome, and a few things that they pass over: tag files that
//! no manifest lists, lists that differ from each other, files to be fetched from elsewhere. Nothing is ever fetched.

mod declaration;
mod fetch;
mod listing;
mod paths;
mod payload;
mod rules;
mod tags;
mod text;

use bundle::TroubleCode;
use bundle::escape::visible;
use integrity::Digest;
use integrity::checksum::Algorithm;

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::source::Source;
use crate::sums::Algorithms;
use crate::work::Work;

pub(crate) use declaration::{BagInfo, check as check_declaration};
pub(crate) use paths::is_unsafe;
pub(crate) use payload::{PAYLOAD, Payload};
pub(crate) use tags::{SIGNATURES, check_tag_files};

/// Most bytes of a manifest or tag manifest: a quarter of a million lines of the longest names.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 256 << 20;
/// The list of what is to be loaded from elsewhere.
const FETCH: &str = "fetch.txt";

/// The list whose digest says which export a bundle is: the one that the format demands.
const EXPORT_LIST: &str = "manifest-sha256.txt";

/// How the names of manifests and tag manifests end.
const LIST_ENDING: &str = ".txt";

/// Whether a container is a bag, if perhaps a broken one.
pub(crate) fn is_bag(source: &dyn Source) -> bool {
    let is_list = |name: &str| {
        let starts = name.starts_with(payload::MANIFEST) || name.starts_with(tags::TAG_MANIFEST);
        starts && name.ends_with(LIST_ENDING)
    };
    source.entries().iter().any(|entry| entry.name == "bagit.txt" || is_list(&entry.name))
}

/// The manifests whose names begin so, in known algorithms; one in another algorithm is reported as not checked.
fn lists_of(work: &mut Work<'_>, beginning: &str) -> Vec<(String, Algorithm)> {
    let mut lists = Vec::new();
    for entry in work.source.entries() {
        let rest = entry.name.strip_prefix(beginning).and_then(|rest| rest.strip_suffix(LIST_ENDING));
        let Some(algorithm) = rest.map(Algorithm::from_word) else { continue };
        if let Some(algorithm) = algorithm {
            lists.push((entry.name.clone(), algorithm));
        } else {
            let shown = visible(&entry.name);
            let message = format!("{shown} is written in an algorithm that is not known; it was not checked.");
            work.find(Finding::new(Code::ChecksumNotChecked, message).at_file(&entry.name));
        }
    }
    // The strongest is compared first, and is the one that a finding quotes; SHA-256 is what everybody can check.
    lists.sort_by_key(|(_, algorithm)| (*algorithm != Algorithm::Sha256, std::cmp::Reverse(*algorithm)));
    lists
}

/// Which export a bundle is: the digest of the list of its payload files. The same files are the same export, however
/// they are packed.
pub(crate) fn export(work: &mut Work<'_>) -> Result<Option<Digest>, Halt> {
    if work.source.entry(EXPORT_LIST).is_none() {
        return Ok(None);
    }
    Ok(work.sum_of(EXPORT_LIST, Algorithms::NONE)?.map(|sum| sum.sha256))
}

/// What the container did wrong while it was listed, as findings.
pub(crate) fn troubles(source: &dyn Source) -> Vec<Finding> {
    let finding = |trouble: &bundle::Trouble| {
        let finding = Finding::new(code_of(trouble.code), trouble.message.clone());
        match &trouble.file {
            Some(file) => finding.file(file.clone()),
            None => finding,
        }
    };
    source.troubles().iter().map(finding).collect()
}

/// The finding's code for a rule that a container broke.
pub(crate) const fn code_of(code: TroubleCode) -> Code {
    match code {
        TroubleCode::ArchiveLayout => Code::ArchiveLayout,
        TroubleCode::ArchiveLimitExceeded => Code::ArchiveLimitExceeded,
        TroubleCode::ArchiveEntryType => Code::ArchiveEntryType,
        TroubleCode::ArchiveDuplicateEntry => Code::ArchiveDuplicateEntry,
        TroubleCode::ArchiveNameCollision => Code::ArchiveNameCollision,
        TroubleCode::PathUnsafe => Code::PathUnsafe,
        TroubleCode::LinkForbidden => Code::LinkForbidden,
        TroubleCode::SchemaInvalid => Code::SchemaInvalid,
        TroubleCode::RecordUnparseable => Code::RecordUnparseable,
        TroubleCode::NameSuspicious => Code::NameSuspicious,
    }
}

/// Whether the container was refused, so that nothing of it is read.
pub(crate) fn is_refused(source: &dyn Source) -> bool {
    source.troubles().iter().any(|trouble| trouble.code.refuses())
}
