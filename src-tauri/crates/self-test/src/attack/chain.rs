//! Damage to the chain: records and segments taken out, cut off, renumbered, the whole computed anew.

use integrity::chain;
use serde_json::{Value, json};

use crate::lines::Reseal;
use crate::restate::{Checkpoints, Restate, current_manifest, put_manifest};
use crate::survey::Stream;

use super::{Pick, Scene, Unfit, Wound};

const NOT_FROM_THE_START: Unfit = Unfit::NotHere("The log does not begin with its first record here.");
const NO_CHECKPOINTS: Unfit = Unfit::NotHere("There are no checkpoints.");

/// Takes some records out of the middle; gives back the first and the last.
fn take_some(scene: &mut Scene<'_, '_>, stream: &Stream) -> Result<(Pick, Pick), Unfit> {
    let count = scene.chance.between(1, 5.min(stream.lines - 3));
    let from = scene.chance.between(2, stream.lines - count);
    scene.take_out(stream, from, from + count - 1)
}

pub(crate) fn deleted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let (first, last) = take_some(scene, stream)?;
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound { is_exact: true, ..Wound::of_records(stream, first.seq, last.seq) })
}

pub(crate) fn head_cut(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    if stream.first_seq != 1 {
        return Err(NOT_FROM_THE_START);
    }
    let (first, last) = scene.take_out(stream, 1, 2)?;
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound { is_exact: true, ..Wound::of_records(stream, first.seq, last.seq) })
}

/// Cuts off the last few records, at least those from the number `reach` on.
fn cut_tail(scene: &mut Scene<'_, '_>, stream: &Stream, reach: u64, how: Restate) -> Result<Wound, Unfit> {
    let count = scene.chance.between(1, 3.min(stream.lines - 2));
    // Numbers and places are the same but for an offset, unless something is missing.
    let place = reach.saturating_sub(stream.first_seq).saturating_add(1);
    let from = (stream.lines - count + 1).min(place).max(2);
    if scene.at(stream, from)?.seq > reach {
        return Err(Unfit::NotHere("The last checkpoint comes too early in the log."));
    }
    let (first, last) = scene.take_out(stream, from, stream.lines)?;
    scene.renew(stream, how)?;
    Ok(Wound::of_records(stream, first.seq, last.seq))
}

/// Checkpoints that are damaged are not held against the records.
fn sound_checkpoints(scene: &Scene<'_, '_>) -> Result<(), Unfit> {
    if scene.survey.has_trouble("CHECKPOINT_") {
        return Err(Unfit::NotHere("The checkpoints are damaged already."));
    }
    Ok(())
}

pub(crate) fn tail_cut_against_checkpoint(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    sound_checkpoints(scene)?;
    let stream = scene.stream(5)?;
    let Some(last) = stream.checkpoints.last().copied() else { return Err(NO_CHECKPOINTS) };
    cut_tail(scene, stream, last, Restate::MANIFEST)
}

pub(crate) fn tail_cut_against_manifest(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let streams = scene.survey.manifest.as_ref().and_then(|manifest| manifest["streams"].as_array());
    let stated = streams.into_iter().flatten().find(|entry| entry["stream_id"].as_str() == Some(&stream.id));
    if stated.is_none_or(|entry| entry["last_seq"].as_u64().is_none()) {
        return Err(Unfit::NotHere("The audit manifest does not say where the log ends."));
    }
    cut_tail(scene, stream, u64::MAX, Restate { checkpoints: Checkpoints::Renew, ..Restate::SEGMENTS })
}

pub(crate) fn tail_cut(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    cut_tail(scene, stream, u64::MAX, Restate::EVERYTHING)
}

/// The log as it was at one of its checkpoints, or at the end of one of its segments.
pub(crate) fn older(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let mut ends: Vec<u64> = stream.checkpoints.clone();
    ends.extend(stream.segments.iter().skip(1).map(|segment| segment.first_seq.saturating_sub(1)));
    ends.retain(|end| (stream.first_seq + 1..stream.last_seq).contains(end));
    let Some(end) = ends.get(scene.chance.index(ends.len())).copied() else {
        return Err(Unfit::NotHere(
            "The log has no earlier end: no checkpoint and no segment ends before its last record.",
        ));
    };
    let from = end.saturating_sub(stream.first_seq).saturating_add(2).min(stream.lines);
    let (first, last) = scene.take_out(stream, from, stream.lines)?;
    scene.renew(stream, Restate::EVERYTHING)?;
    Ok(Wound::of_records(stream, first.seq, last.seq))
}

/// Changes a record and computes the chain anew from there.
fn recompute(scene: &mut Scene<'_, '_>, stream: &Stream, pick: &Pick, how: Restate) -> Result<Wound, Unfit> {
    let mut record = pick.record.clone();
    record.blame();
    scene.replace(pick, Pick::made(record, true));
    scene.reseal_from(stream, pick, &Reseal::default());
    scene.renew(stream, how)?;
    Ok(Wound::of_records(stream, pick.seq, stream.last_seq))
}

pub(crate) fn recomputed_against_checkpoint(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    sound_checkpoints(scene)?;
    let stream = scene.stream(5)?;
    let Some(last) = stream.checkpoints.last().copied() else { return Err(NO_CHECKPOINTS) };
    let reach = last.saturating_sub(stream.first_seq).saturating_add(1).min(stream.lines);
    let (_, pick) = scene.pick(stream, 1, reach)?;
    if pick.seq > last {
        return Err(Unfit::NotHere("No checkpoint follows the record."));
    }
    recompute(scene, stream, &pick, Restate::MANIFEST)
}

pub(crate) fn recomputed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(3)?;
    let (_, pick) = scene.pick(stream, 1, stream.lines)?;
    recompute(scene, stream, &pick, Restate::EVERYTHING)
}

pub(crate) fn other_genesis(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(3)?;
    if stream.first_seq != 1 {
        return Err(NOT_FROM_THE_START);
    }
    let pick = scene.at(stream, 1)?;
    let mut record = pick.record.clone();
    let other: String = stream.id.chars().rev().collect();
    record.set_text("prev_hash", &chain::genesis(&format!("not {other}")).to_hex());
    scene.replace(&pick, Pick::made(record, true));
    scene.reseal_from(stream, &pick, &Reseal::default());
    scene.renew(stream, Restate::EVERYTHING)?;
    Ok(Wound::of_records(stream, 1, 1))
}

/// Takes the beginning away and says that it lies in another bundle.
fn continue_elsewhere(scene: &mut Scene<'_, '_>, stream: &Stream, until: u64) -> Result<Wound, Unfit> {
    let (first, last) = scene.take_out(stream, 1, until)?;
    scene.renew(stream, Restate { checkpoints: Checkpoints::Drop, ..Restate::MANIFEST })?;
    let id = scene.chance.uuid_text();
    edit_manifest(scene, |manifest| {
        let streams = manifest["streams"].as_array_mut().into_iter().flatten();
        for entry in streams.filter(|entry| entry["stream_id"].as_str() == Some(&stream.id)) {
            entry["previous_bundle_id"] = json!(id);
        }
    })?;
    // The first record that is left now stands where the log begins.
    Ok(Wound::of_records(stream, first.seq, last.seq + 1))
}

pub(crate) fn begins_later(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let until = scene.chance.between(1, stream.lines - 2);
    continue_elsewhere(scene, stream, until)
}

pub(crate) fn archived(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let (first, last) = take_some(scene, stream)?;
    scene.renew(stream, Restate { checkpoints: Checkpoints::Keep, ..Restate::MANIFEST })?;
    let archive = json!({
        "archive_id": scene.chance.uuid_text(),
        "stream_id": stream.id,
        "location": "elsewhere",
        "present": false,
        "rows": last.seq - first.seq + 1,
        "first_seq": first.seq,
        "last_seq": last.seq,
        "first_prev_hash": first.record.text("prev_hash"),
        "last_hash": last.record.text("hash"),
    });
    edit_manifest(scene, |manifest| match manifest["archives"].as_array_mut() {
        Some(archives) => archives.push(archive),
        None => manifest["archives"] = json!([archive]),
    })?;
    Ok(Wound::of_records(stream, first.seq, last.seq))
}

pub(crate) fn numbers_skipped(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let (_, pick) = scene.pick(stream, 2, stream.lines)?;
    let shift = scene.chance.between(1, 5);
    scene.reseal_from(stream, &pick, &Reseal { shift, ..Reseal::default() });
    scene.renew(stream, Restate { shifted: Some((pick.seq, shift)), ..Restate::EVERYTHING })?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq + shift))
}

pub(crate) fn versions_mixed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let (_, pick) = scene.pick(stream, 2, stream.lines)?;
    let now = pick.record.text("audit_log_version");
    let version = if now.as_deref() == Some("1.1") { "1.0" } else { "1.1" };
    scene.reseal_from(stream, &pick, &Reseal { version: Some(version.to_owned()), ..Reseal::default() });
    scene.renew(stream, Restate::EVERYTHING)?;
    Ok(Wound::of_records(stream, pick.seq, stream.last_seq))
}

/// Segments that are taken out, and what is stated about the rest.
fn without_segments(
    scene: &mut Scene<'_, '_>,
    stream: &Stream,
    (from, count): (usize, usize),
    how: Restate,
) -> Result<Wound, Unfit> {
    let before: u64 = stream.segments.iter().take(from).map(|segment| segment.lines).sum();
    let lines: u64 = stream.segments.iter().skip(from).take(count).map(|segment| segment.lines).sum();
    let (first, last) = (scene.at(stream, before + 1)?, scene.at(stream, before + lines)?);
    for segment in stream.segments.iter().skip(from).take(count) {
        scene.overlay.remove(&segment.path);
    }
    scene.renew(stream, how)?;
    Ok(Wound::of_records(stream, first.seq, last.seq))
}

/// The stream with the most segments, if there are enough.
fn segmented<'s>(scene: &Scene<'_, 's>, least: usize) -> Result<&'s Stream, Unfit> {
    let stream = scene.survey.streams.iter().max_by_key(|stream| stream.segments.len());
    stream.filter(|stream| stream.segments.len() >= least).ok_or(Unfit::NotHere("There are too few segments."))
}

pub(crate) fn segment_deleted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = segmented(scene, 3)?;
    let from = 1 + scene.chance.index(stream.segments.len() - 2);
    let wound = without_segments(scene, stream, (from, 1), Restate::MANIFEST)?;
    Ok(Wound { is_exact: true, ..wound })
}

pub(crate) fn segments_deleted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = segmented(scene, 4)?;
    let count = 2 + scene.chance.index((stream.segments.len() - 3).min(3));
    let from = 1 + scene.chance.index(stream.segments.len() - 1 - count);
    let wound = without_segments(scene, stream, (from, count), Restate::MANIFEST)?;
    Ok(Wound { is_exact: true, ..wound })
}

pub(crate) fn last_segments_deleted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = segmented(scene, 2)?;
    let count = 1 + scene.chance.index((stream.segments.len() - 1).min(3));
    without_segments(scene, stream, (stream.segments.len() - count, count), Restate::EVERYTHING)
}

pub(crate) fn first_segments_deleted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = segmented(scene, 2)?;
    let count = 1 + scene.chance.index((stream.segments.len() - 1).min(3));
    let how = Restate { checkpoints: Checkpoints::Drop, ..Restate::MANIFEST };
    let wound = without_segments(scene, stream, (0, count), how)?;
    let seqs = wound.seqs.map(|(from, to)| (from, to + 1));
    Ok(Wound { seqs, ..wound })
}

/// Changes the audit manifest and renews the bag.
pub(crate) fn edit_manifest(scene: &mut Scene<'_, '_>, change: impl FnOnce(&mut Value)) -> Result<(), Unfit> {
    let Some(mut manifest) = current_manifest(scene.survey, &scene.overlay) else {
        return Err(Unfit::NotHere("There is no audit manifest that can be read."));
    };
    change(&mut manifest);
    put_manifest(&mut scene.overlay, &manifest);
    scene.rebag()
}
