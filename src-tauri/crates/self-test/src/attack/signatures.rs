//! Signatures taken away, or made anew by somebody else.

use std::sync::Arc;

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

pub(crate) fn stripped(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    strip(scene, false)
}

pub(crate) fn denied(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    strip(scene, true)
}

pub(crate) fn keys_replaced(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if !scene.survey.signed.is_any() {
        return Err(Unfit::NotHere("No record, segment or checkpoint is signed in a way that the check accepts."));
    }
    let manifest = current_manifest(scene.survey, &scene.overlay);
    let path = manifest.as_ref().and_then(|manifest| manifest["keys"]["path"].as_str()).map(str::to_owned);
    let keys = path.as_ref().and_then(|path| scene.overlay.small(path, KEYS_BYTES_MAX));
    let keys: Option<Value> = keys.and_then(|keys| serde_json::from_slice(&keys).ok());
    let Some((path, keys)) = path.zip(keys) else {
        return Err(Unfit::NotHere("The bundle has no list of keys."));
    };
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
