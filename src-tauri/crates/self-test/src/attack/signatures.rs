//! Signatures taken away, or made anew by somebody else.

use std::sync::Arc;

use integrity::canonical::to_canonical;
use serde_json::{Value, json};
use verify::Source as _;

use crate::forger::Forger;
use crate::lines::{Reseal, Signatures};
use crate::record::Record;
use crate::restate::{Restate, current_checkpoints, current_manifest, write_checkpoints};

use super::chain::edit_manifest;
use super::{Pick, Scene, Unfit, Wound};

/// Most bytes of a list of keys that is rewritten.
const KEYS_BYTES_MAX: u64 = 1 << 20;

/// Puts other signatures, or none, in the place of those of all events.
fn events(scene: &mut Scene<'_, '_>, signatures: &Signatures, how: Restate) -> Result<(), Unfit> {
    for stream in &scene.survey.streams {
        for segment in &stream.segments {
            scene.overlay.lines_mut(segment).signatures = signatures.clone();
        }
        scene.renew(stream, how)?;
    }
    Ok(())
}

/// Does something to every checkpoint that can be read.
fn checkpoints(scene: &mut Scene<'_, '_>, change: impl Fn(&mut Record)) {
    let mut lines = current_checkpoints(scene.survey, &scene.overlay);
    for line in &mut lines {
        if let Some(mut checkpoint) = Record::read(line) {
            change(&mut checkpoint);
            *line = checkpoint.line();
        }
    }
    if !lines.is_empty() {
        write_checkpoints(scene.survey, &mut scene.overlay, &lines);
    }
}

/// Takes away the signatures that lie beside the bag.
fn detached(scene: &mut Scene<'_, '_>) {
    let entries = scene.overlay.entries().iter().map(|entry| entry.name.clone());
    for name in entries.filter(|name| name.starts_with("signatures/")).collect::<Vec<_>>() {
        scene.overlay.remove(&name);
    }
}

fn entries(manifest: &mut Value) -> impl Iterator<Item = &mut Value> {
    manifest["segments"].as_array_mut().into_iter().flatten()
}

/// Takes every signature off: of events, segments, checkpoints and of the whole.
fn strip(scene: &mut Scene<'_, '_>, is_denied: bool) -> Result<Wound, Unfit> {
    let signed = scene.survey.signed;
    if !signed.is_any() && !scene.survey.is_sealed {
        return Err(Unfit::NotHere("Nothing is signed in a way that the check accepts."));
    }
    if signed.events {
        events(scene, &Signatures::Stripped, Restate::SEGMENTS)?;
    }
    if signed.checkpoints {
        checkpoints(scene, |checkpoint| {
            checkpoint.remove("sig");
        });
    }
    detached(scene);
    edit_manifest(scene, |manifest| {
        for segment in entries(manifest).filter_map(Value::as_object_mut) {
            segment.remove("sig");
        }
        if is_denied {
            manifest["signature_policy"] = json!("none");
        }
    })?;
    Ok(Wound::default())
}

pub(crate) fn removed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    strip(scene, false)
}

pub(crate) fn denied(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    strip(scene, true)
}

/// The list of keys: its path and its content.
fn list_of_keys(scene: &Scene<'_, '_>) -> Result<(String, Value), Unfit> {
    let manifest = current_manifest(scene.survey, &scene.overlay);
    let path = manifest.as_ref().and_then(|manifest| manifest["keys"]["path"].as_str()).map(str::to_owned);
    let keys = path.as_ref().and_then(|path| scene.overlay.small(path, KEYS_BYTES_MAX));
    let keys: Option<Value> = keys.and_then(|keys| serde_json::from_slice(&keys).ok());
    path.zip(keys).ok_or(Unfit::NotHere("The bundle has no list of keys."))
}

/// Changes one signature of the kind that the bundle says it has, and renews what lists it.
fn one(scene: &mut Scene<'_, '_>, change: impl Fn(&mut Record, Kind)) -> Result<Wound, Unfit> {
    let survey = scene.survey;
    let policy = survey.manifest.as_ref().and_then(|manifest| manifest["signature_policy"].as_str());
    match policy {
        Some("per-event") if survey.signed.events => {
            let stream = scene.stream(3)?;
            let (_, pick) = scene.pick(stream, 1, stream.lines)?;
            let mut record = pick.record.clone();
            change(&mut record, Kind::Event);
            scene.replace(&pick, Pick::made(record, false));
            scene.renew(stream, Restate::FILES)?;
            Ok(Wound::of_records(stream, pick.seq, pick.seq))
        }
        Some("per-segment") if survey.signed.segments => {
            let stream = scene.stream(1)?;
            let place = scene.chance.index(stream.segments.len());
            let path = stream.segments.get(place).map(|segment| segment.path.clone()).unwrap_or_default();
            edit_manifest(scene, |manifest| {
                for segment in entries(manifest).filter(|segment| segment["path"].as_str() == Some(&path)) {
                    let entry = to_canonical(segment).ok().and_then(|text| Record::read(&text));
                    if let Some(mut entry) = entry {
                        change(&mut entry, Kind::Segment);
                        *segment = serde_json::from_slice(&entry.line()).unwrap_or_default();
                    }
                }
            })?;
            Ok(Wound::of_file(&path))
        }
        Some("per-checkpoint") if survey.signed.checkpoints => {
            let mut lines = survey.checkpoints.clone();
            let place = scene.chance.index(lines.len());
            let line = lines.get_mut(place);
            let read = line.as_ref().and_then(|line| Record::read(line));
            if let (Some(line), Some(mut checkpoint)) = (line, read) {
                change(&mut checkpoint, Kind::Checkpoint);
                *line = checkpoint.line();
            }
            write_checkpoints(survey, &mut scene.overlay, &lines);
            scene.rebag()?;
            Ok(Wound::of_file(&survey.checkpoint_path))
        }
        _ => Err(Unfit::NotHere("The bundle does not say that it is signed, or the check does not accept that it is.")),
    }
}

/// What is signed.
#[derive(Clone, Copy)]
enum Kind {
    Event,
    Segment,
    Checkpoint,
}

/// Changes the members of one signature.
fn in_signature(record: &mut Record, change: impl FnOnce(&mut Value)) {
    if let Some(mut signature) = record.get("sig") {
        change(&mut signature);
        record.set("sig", &signature);
    }
}

pub(crate) fn invalid(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    one(scene, |record, _| {
        in_signature(record, |signature| {
            let value = signature["value"].as_str().unwrap_or_default();
            // Another letter in the middle of the base64.
            let middle = value.len() / 2;
            let flipped = |(at, letter)| if at == middle { if letter == 'A' { 'B' } else { 'A' } } else { letter };
            signature["value"] = json!(value.chars().enumerate().map(flipped).collect::<String>());
        });
    })
}

pub(crate) fn missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    one(scene, |record, _| {
        record.remove("sig");
    })
}

pub(crate) fn other_algorithm(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    one(scene, |record, _| in_signature(record, |signature| signature["alg"] = json!("dsa-sha1")))
}

pub(crate) fn foreign(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let forger = Forger::new(&mut scene.chance);
    one(scene, |record, kind| match kind {
        Kind::Event => forger.resign(record, "event"),
        Kind::Checkpoint => forger.resign(record, "checkpoint"),
        Kind::Segment => {
            let mut entry = serde_json::from_slice(&record.line()).unwrap_or_default();
            forger.resign_segment(&mut entry);
            record.set("sig", &entry["sig"]);
        }
    })
}

/// Changes every entry of the list of keys and renews what lists it.
fn keys(scene: &mut Scene<'_, '_>, change: impl Fn(&mut Value)) -> Result<Wound, Unfit> {
    if !scene.survey.signed.is_any() {
        return Err(Unfit::NotHere("No record, segment or checkpoint is signed in a way that the check accepts."));
    }
    let (path, mut list) = list_of_keys(scene)?;
    list["keys"].as_array_mut().into_iter().flatten().for_each(change);
    if let Ok(text) = to_canonical(&list) {
        scene.overlay.put(&path, text);
    }
    scene.rebag()?;
    Ok(Wound::of_file(&path))
}

pub(crate) fn key_swapped(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let forger = Forger::new(&mut scene.chance);
    keys(scene, |entry| entry["public_key_pem"] = json!(forger.pem()))
}

pub(crate) fn key_revoked(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    keys(scene, |entry| entry["revoked_at"] = json!("1990-01-01T00:00:00Z"))
}

pub(crate) fn key_not_valid(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    keys(scene, |entry| {
        entry["not_before"] = json!("1990-01-01T00:00:00Z");
        entry["not_after"] = json!("1990-01-02T00:00:00Z");
    })
}

pub(crate) fn resigned(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if !scene.survey.signed.is_any() {
        return Err(Unfit::NotHere("No record, segment or checkpoint is signed in a way that the check accepts."));
    }
    let (path, keys) = list_of_keys(scene)?;
    let stream = scene.stream(3)?;
    let (_, pick) = scene.pick(stream, 1, stream.lines)?;
    let forger = Arc::new(Forger::new(&mut scene.chance));
    let mut record = pick.record.clone();
    record.blame();
    scene.replace(&pick, Pick::made(record, true));
    scene.reseal_from(stream, &pick, &Reseal::default());
    events(scene, &Signatures::Forged(Arc::clone(&forger)), Restate::EVERYTHING)?;
    checkpoints(scene, |checkpoint| forger.resign(checkpoint, "checkpoint"));
    detached(scene);
    if let Ok(text) = serde_json::to_vec(&forger.keys(&keys)) {
        scene.overlay.put(&path, text);
    }
    edit_manifest(scene, |manifest| entries(manifest).for_each(|segment| forger.resign_segment(segment)))?;
    Ok(Wound::of_records(stream, pick.seq, stream.last_seq))
}
