//! The bag (BagIt 1.0, RFC 8493, with the limits of formats 1.1 and 1.2): declaration, tag files, manifests, payload.
//!
//! What stock tools check is checked here with the same outcome, and a few things that they pass over: tag files that
//! no manifest lists, lists that differ from each other, files to be fetched from elsewhere.

mod declaration;
mod listing;
mod payload;

use bundle::TroubleCode;
use integrity::Digest;

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::source::Source;
use crate::work::Work;

pub(crate) use declaration::{BagInfo, check as check_declaration};

pub(crate) use payload::{Payload, SIGNATURES, check_tag_files};

/// Most bytes of a manifest or tag manifest: a quarter of a million lines of the longest names.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 256 << 20;

/// Which export a bundle is: the digest of the list of its payload files. The same files are the same export, however
/// they are packed.
pub(crate) fn export(work: &mut Work<'_>) -> Result<Option<Digest>, Halt> {
    if work.source.entry(payload::MANIFEST).is_none() {
        return Ok(None);
    }
    Ok(work.sum_of(payload::MANIFEST, false)?.map(|sum| sum.sha256))
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
        TroubleCode::NameSuspicious => Code::NameSuspicious,
    }
}

/// Whether the container was refused, so that nothing of it is read.
pub(crate) fn is_refused(source: &dyn Source) -> bool {
    source.troubles().iter().any(|trouble| trouble.code.refuses())
}
