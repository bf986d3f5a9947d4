//! What an audit bundle holds of which stream, by its content: the audit manifest says which files are segments, their
//! first readable records say whose they are and where they belong.

use std::collections::{BTreeMap, BTreeSet};

use bundle::ab1::{AUDIT_MANIFEST_NAME, Manifest};
use bundle::limits::AUDIT_MANIFEST_BYTES_MAX;
use bundle::lines::{LineLimits, runs};
use bundle::{ReadFault, escape::visible};
use integrity::canonical;

use crate::claims::{EVENTS, form_of};
use crate::fault::Halt;
use crate::source::Source;

use super::outcome::RecordPlace;
use super::reading::{self, Spot};

/// Why records that the manifest speaks of are not there to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// Declared as archived elsewhere.
    Archived,
    /// Their file is listed and missing.
    FileMissing,
    /// Their file is of a form that is not read yet.
    OtherForm,
}

/// Records that are said to exist and cannot be compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absent {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) why: Absence,
}

/// What an export holds of one stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Holding {
    /// Its files, in the order of their first records.
    pub(super) files: Vec<String>,
    pub(super) absent: Vec<Absent>,
}

impl Holding {
    /// Why a record is not there, if the export says so.
    pub(super) fn absence(&self, seq: u64) -> Option<Absence> {
        self.absent.iter().find(|absent| (absent.from..=absent.to).contains(&seq)).map(|absent| absent.why)
    }

    /// A place as the result tells it.
    pub(super) fn place(&self, spot: &Spot, hash: Option<String>) -> RecordPlace {
        let entry = self.files.get(spot.file as usize).cloned().unwrap_or_default();
        let file = visible(&entry).into_owned();
        let Spot { line, byte_offset, length_bytes, .. } = *spot;
        RecordPlace { file, entry, line: Some(line), byte_offset, length_bytes, hash }
    }
}

/// What an export holds.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    pub(super) bundle_id: Option<String>,
    pub(super) created: Option<String>,
    pub(super) streams: BTreeMap<String, Holding>,
}

impl Holdings {
    /// Looks which files are segments and what stands first in each.
    pub(super) fn of(source: &dyn Source) -> Result<Self, Halt> {
        let manifest = manifest(source)?;
        let mut streams: BTreeMap<String, Holding> = BTreeMap::new();
        let mut placed: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        let segments = manifest.as_ref().map_or(&[][..], |manifest| &manifest.segments);
        for segment in segments {
            let span = segment.first_seq.zip(segment.last_seq);
            let absent = |why| span.map(|(from, to)| Absent { from, to, why });
            let why = if source.entry(&segment.path).is_none() {
                Absence::FileMissing
            } else if form_of(segment).is_some() {
                continue;
            } else {
                Absence::OtherForm
            };
            streams.entry(segment.stream_id.clone()).or_default().absent.extend(absent(why));
        }
        for archive in manifest.iter().flat_map(|manifest| &manifest.archives) {
            if let Some((from, to)) = archive.first_seq.zip(archive.last_seq) {
                let absent = Absent { from, to, why: Absence::Archived };
                streams.entry(archive.stream_id.clone()).or_default().absent.push(absent);
            }
        }
        for name in names(source, manifest.as_ref()) {
            let stated = segments.iter().find(|segment| segment.path == name);
            let stated = stated.map(|segment| (segment.stream_id.clone(), segment.first_seq.unwrap_or_default()));
            if let Some((stream_id, seq)) = first_record(source, &name)?.or(stated) {
                placed.entry(stream_id).or_default().push((seq, name));
            }
        }
        for (stream_id, mut files) in placed {
            files.sort();
            streams.entry(stream_id).or_default().files = files.into_iter().map(|(_, name)| name).collect();
        }
        let (bundle_id, created) = manifest.map(|manifest| (manifest.bundle_id, manifest.created)).unzip();
        Ok(Self { bundle_id, created: created.flatten(), streams })
    }
}

/// The audit manifest, if there is one that can be read.
fn manifest(source: &dyn Source) -> Result<Option<Manifest>, Halt> {
    if source.entry(AUDIT_MANIFEST_NAME).is_none() {
        return Ok(None);
    }
    match source.read(AUDIT_MANIFEST_NAME, AUDIT_MANIFEST_BYTES_MAX) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(fault) => passable(fault).map(|()| None),
    }
}

/// Damage of a container is no fault of looking; its own check reports it.
fn passable(fault: ReadFault) -> Result<(), Halt> {
    if fault.trouble().is_some() || matches!(fault, ReadFault::TooLarge { .. }) { Ok(()) } else { Err(fault.into()) }
}

/// The files that are read, each once.
fn names(source: &dyn Source, manifest: Option<&Manifest>) -> BTreeSet<String> {
    let is_there = |name: &&str| source.entry(name).is_some();
    if let Some(manifest) = manifest {
        let lines = manifest.segments.iter().filter(|segment| form_of(segment).is_some());
        return lines.map(|segment| segment.path.as_str()).filter(is_there).map(str::to_owned).collect();
    }
    let names = source.entries().iter().map(|entry| entry.name.as_str());
    names.filter(|name| name.starts_with(EVENTS)).map(str::to_owned).collect()
}

/// Stream and number of the first readable record of a file.
fn first_record(source: &dyn Source, name: &str) -> Result<Option<(String, u64)>, Halt> {
    let content = match reading::content(source, name) {
        Ok(content) => content,
        Err(fault) => return passable(fault).map(|()| None),
    };
    for run in runs(content, &LineLimits::audit_bundle()) {
        let run = match run {
            Ok(run) => run,
            Err(fault) => return passable(fault).map(|()| None),
        };
        for line in run.lines() {
            let Ok(scan) = canonical::scan(line.bytes) else { continue };
            let seq = scan.member("seq").and_then(|seq| u64::try_from(seq.integer()?).ok());
            let stream_id = scan.member("stream_id").and_then(|id| Some(id.string()?.into_owned()));
            if let Some(found) = stream_id.zip(seq) {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}
