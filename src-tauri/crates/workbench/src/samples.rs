//! Samples on disk: a folder or a zip of what `specimen` makes, and the sample's vault with an incident waiting in it.
//!
//! A sample is written beside its place under another name and then moved there: what is at the place is whole, and what
//! was there before is never touched.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use specimen::{Compression, Options as Specification, Refusal, Scenario, Signing, Specimen, Tamper, WriteFault};

use crate::desk::{Desk, Options};
use crate::direct::named;
use crate::intake::ImportWish;
use crate::outlets::NoWindow;
use crate::sinks::{FolderSink, ZipSink};
use crate::wire::{Fault, FaultCode, JobState, Next, PurposeAsk};

/// Events of the sample that waits in the sample's vault.
const WAITING_EVENTS: u64 = 24_000;
/// Its seed.
const WAITING_SEED: u64 = 2026;

/// What a sample shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleWish {
    /// How many events.
    pub events: u64,
    /// Where chance begins; same seed, same bytes.
    pub seed: u64,
    /// Days of traffic.
    pub days: Option<u32>,
    /// Word of a scenario.
    pub scenario: Option<String>,
    /// Word of a way to damage it.
    pub tamper: Option<String>,
    /// Whether to write a SHA-512 manifest too.
    pub sha512: bool,
    /// Word of the form in which segments are packed; `None` leaves them as they are.
    pub compression: Option<String>,
    /// Word of what is signed; `None` signs nothing.
    pub signing: Option<String>,
}

/// A sample that was made.
#[derive(Clone, Debug)]
pub struct MadeSample {
    /// Records in it.
    pub events: u64,
    /// Files of it.
    pub files: u64,
    /// Bytes of them, before packing.
    pub bytes: u64,
    /// For programs: ids, counts, and what a verifier has to report.
    pub json: serde_json::Value,
}

/// Makes a sample at `out`; a name ending in `.zip` gives a zip.
pub(crate) fn make(out: &Path, wish: &SampleWish) -> Result<MadeSample, Fault> {
    let specification = specification(wish)?;
    let plan = specification.plan().map_err(refused)?;
    check_free(out)?;
    let partial = partial_name(out)?;
    let zipped = out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    let written = if zipped { write_zip(&plan, &partial, out) } else { write_folder(&plan, &partial, out) };
    let specimen = written.and_then(|specimen| {
        fs::rename(&partial, out).map_err(|error| disk_fault(out, &error))?;
        Ok(specimen)
    });
    if specimen.is_err() {
        // Nothing half-made stays under any name.
        drop(if zipped { fs::remove_file(&partial) } else { fs::remove_dir_all(&partial) });
    }
    let specimen = specimen?;
    Ok(MadeSample {
        events: specimen.records,
        files: specimen.files,
        bytes: specimen.bytes,
        json: serde_json::json!({
            "bundle_id": specimen.bundle_id,
            "stream_id": specimen.stream_id,
            "events": specimen.records,
            "files": specimen.files,
            "bytes": specimen.bytes,
            "kid": specimen.kid,
            "head": {
                "stream_id": specimen.stream_id,
                "last_seq": specimen.head.last_seq,
                "last_hash": specimen.head.last_hash,
                "last_event_id": specimen.head.last_event_id,
            },
            "expected": specimen.expectation.to_json(),
            "expected_if_pinned": specimen.if_pinned.to_json(),
        }),
    })
}

/// Makes the sample's vault with a bundle in it that holds the incident of scenario S02.
pub fn prepare_sample_vault(dir: &Path) -> Result<(), Fault> {
    let desk = Desk::new(Options::at(dir.to_owned()), Box::new(NoWindow));
    desk.create_sample_vault()?;
    let bag = dir.join("incident.zip");
    let wish = SampleWish {
        events: WAITING_EVENTS,
        seed: WAITING_SEED,
        days: None,
        scenario: Some(Scenario::S02.word().to_owned()),
        tamper: None,
        sha512: false,
        compression: None,
        signing: None,
    };
    make(&bag, &wish)?;
    desk.give_purpose(PurposeAsk { text: "Setting up the sample".to_owned() })?;
    let facts = ImportWish {
        received_from: "Chartproof (invented data)".to_owned(),
        received_on: "2026-03-12".to_owned(),
        channel: "made on this computer".to_owned(),
        ..ImportWish::default()
    };
    let started = desk.import_path(&bag, &facts)?;
    let job = desk.wait_for(started.job.unwrap_or_default())?;
    drop(fs::remove_file(&bag));
    match job.state {
        JobState::Done => Ok(()),
        _ => Err(job.fault.unwrap_or_else(|| Fault::internal("The sample could not be imported."))),
    }
}

fn specification(wish: &SampleWish) -> Result<Specification, Fault> {
    let scenario = match wish.scenario.as_deref() {
        None => Scenario::Ordinary,
        Some(word) => Scenario::from_word(word)
            .ok_or_else(|| Fault::bad_input("There is no such scenario; `--scenario list` prints them."))?,
    };
    let tamper = match wish.tamper.as_deref() {
        None => None,
        Some(word) => {
            let kind = Tamper::from_word(word);
            Some(kind.ok_or_else(|| Fault::bad_input("There is no such damage; `--tamper list` prints the kinds."))?)
        }
    };
    let compression = match wish.compression.as_deref() {
        None => Compression::None,
        Some(word) => Compression::from_word(word)
            .ok_or_else(|| Fault::bad_input("Segments are compressed with `zstd` or `gzip`, or not at all: `none`."))?,
    };
    let (events, seed, days, sha512) = (wish.events, wish.seed, wish.days, wish.sha512);
    let signing = match wish.signing.as_deref() {
        None => Signing::None,
        Some(word) => Signing::from_word(word).ok_or_else(|| {
            Fault::bad_input("Signed is each `event`, each `segment` or each `checkpoint`, or nothing: `none`.")
        })?,
    };
    Ok(Specification { events, seed, days, sha512, compression, scenario, signing, tamper, ..Specification::default() })
}

fn refused(refusal: Refusal) -> Fault {
    Fault::bad_input(crate::faults::sentence(&refusal.to_string(), ""))
}

fn partial_name(out: &Path) -> Result<PathBuf, Fault> {
    let name = out.file_name().ok_or_else(|| Fault::bad_input("Name the file or folder to make."))?;
    let mut partial = std::ffi::OsString::from(".");
    partial.push(name);
    // What a run that was stopped left behind is in nobody's way.
    partial.push(format!(".{}.partial", std::process::id()));
    Ok(out.with_file_name(partial))
}

fn write_folder(plan: &specimen::Plan, root: &Path, out: &Path) -> Result<Specimen, Fault> {
    fs::create_dir(root).map_err(|error| disk_fault(out, &error))?;
    let mut sink = FolderSink::new(root);
    plan.write(&mut sink).map_err(|fault| write_fault(out, fault))
}

fn write_zip(plan: &specimen::Plan, file: &Path, out: &Path) -> Result<Specimen, Fault> {
    let top = out.file_stem().and_then(|stem| stem.to_str()).unwrap_or("sample");
    let inner = File::create_new(file).map_err(|error| disk_fault(out, &error))?;
    let mut sink = ZipSink::new(top, inner);
    let written = plan.write(&mut sink).map_err(|fault| write_fault(out, fault));
    // What went wrong while it was written is only told at its end.
    sink.end().map_err(|error| disk_fault(out, &error))?;
    written
}

fn write_fault(place: &Path, fault: WriteFault<io::Error>) -> Fault {
    match fault {
        WriteFault::Sink(error) => disk_fault(place, &error),
        WriteFault::Packing(_) => Fault::internal("The segments could not be compressed."),
        fault @ WriteFault::TooFewDays { .. } => Fault::bad_input(crate::faults::sentence(&fault.to_string(), "")),
    }
}

/// What the file system refused, in words.
pub(crate) fn disk_fault(place: &Path, error: &io::Error) -> Fault {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    if full {
        let what = "The disk is full. Nothing half-made was kept.";
        return Fault::new(FaultCode::DiskFull, what).with(Next::FreeSpace);
    }
    if let Some(folder) = missing_folder(place).filter(|_| error.kind() == io::ErrorKind::NotFound) {
        let what = format!(
            "{} cannot be written: there is no folder {}. Make it first, or choose another place.",
            named(place),
            named(folder)
        );
        return Fault::new(FaultCode::Unreadable, what).with(Next::ChooseAnother);
    }
    Fault::new(FaultCode::Unreadable, format!("{} cannot be written: {}.", named(place), error.kind()))
}

/// The folder that a file was to be written to, if it is not there.
fn missing_folder(place: &Path) -> Option<&Path> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    (!folder.exists()).then_some(folder)
}

/// Refuses a place where something lies already, before any work is done.
pub(crate) fn check_free(to: &Path) -> Result<(), Fault> {
    if fs::symlink_metadata(to).is_ok() { Err(exists_already(to)) } else { Ok(()) }
}

/// Something lies there already, and nothing is written over anything.
pub(crate) fn exists_already(to: &Path) -> Fault {
    let what = format!("{} exists already. Choose another name.", named(to));
    Fault::new(FaultCode::BadInput, what).with(Next::ChooseAnother)
}
