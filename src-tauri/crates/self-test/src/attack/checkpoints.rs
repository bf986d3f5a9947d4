//! Damage to the checkpoints.

use serde_json::json;

use crate::record::Record;
use crate::restate::write_checkpoints;

use super::{Scene, Unfit, Wound};

/// A digest of nothing in any bundle.
const FOREIGN_DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

/// Changes the lines of the checkpoint file and renews the bag.
fn edit(
    scene: &mut Scene<'_, '_>,
    least: usize,
    change: impl FnOnce(&mut Scene<'_, '_>, &mut Vec<Vec<u8>>) -> Option<()>,
) -> Result<Wound, Unfit> {
    if scene.survey.has_trouble("CHECKPOINT_") {
        return Err(Unfit::NotHere("The checkpoints are damaged already."));
    }
    let mut lines = scene.survey.checkpoints.clone();
    if lines.len() < least {
        return Err(Unfit::NotHere("There are too few checkpoints."));
    }
    change(scene, &mut lines).ok_or(Unfit::NotHere("The checkpoint that it would happen to cannot be read."))?;
    write_checkpoints(scene.survey, &mut scene.overlay, &lines);
    scene.rebag()?;
    Ok(Wound::of_file(&scene.survey.checkpoint_path))
}

/// Computes the hashes of the checkpoints from one on anew, each in the chain of its stream.
fn reseal(lines: &mut [Vec<u8>], from: usize) -> Option<()> {
    let stream = Record::read(lines.get(from)?)?.text("stream_id")?;
    let mut prev = None;
    for line in lines.iter_mut().skip(from) {
        let Some(mut checkpoint) = Record::read(line) else { continue };
        if checkpoint.text("stream_id").as_ref() != Some(&stream) {
            continue;
        }
        if let Some(prev) = prev {
            checkpoint.set("prev_checkpoint_hash", &json!(prev));
        }
        prev = Some(checkpoint.seal().to_hex());
        *line = checkpoint.line();
    }
    Some(())
}

pub(crate) fn modified(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit(scene, 1, |scene, lines| {
        let place = scene.chance.index(lines.len());
        let mut checkpoint = Record::read(lines.get(place)?)?;
        checkpoint.set_text("last_hash", FOREIGN_DIGEST);
        *lines.get_mut(place)? = checkpoint.line();
        Some(())
    })
}

pub(crate) fn removed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit(scene, 2, |scene, lines| {
        // One whose successor in the same stream still names it.
        let ids: Vec<_> = lines.iter().map(|line| Record::read(line).and_then(|read| read.text("stream_id"))).collect();
        let has_next = |place: &usize| ids.iter().skip(place + 1).any(|id| id.is_some() && Some(id) == ids.get(*place));
        let fit: Vec<usize> = (0..lines.len()).filter(has_next).collect();
        let place = *fit.get(scene.chance.index(fit.len()))?;
        lines.remove(place);
        Some(())
    })
}

pub(crate) fn cut_in_half(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit(scene, 1, |_, lines| {
        let last = lines.last_mut()?;
        last.truncate(last.len() / 2);
        Some(())
    })
}

pub(crate) fn failed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit(scene, 1, |scene, lines| {
        let fit: Vec<usize> = (0..lines.len())
            .filter(|place| {
                let checkpoint = lines.get(*place).and_then(|line| Record::read(line));
                checkpoint.is_some_and(|checkpoint| checkpoint.text("result").as_deref() == Some("pass"))
            })
            .collect();
        let place = *fit.get(scene.chance.index(fit.len()))?;
        let mut checkpoint = Record::read(lines.get(place)?)?;
        checkpoint.set_text("result", "fail");
        *lines.get_mut(place)? = checkpoint.line();
        reseal(lines, place)
    })
}

pub(crate) fn day_missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit(scene, 3, |scene, lines| {
        let read: Vec<Record> = lines.iter().filter_map(|line| Record::read(line)).collect();
        // Between two others of its stream, and the only one of its day.
        let day = |record: &Record| record.text("timestamp").map(|time| time.chars().take(10).collect::<String>());
        let same = |one: &Record, other: &Record| one.text("stream_id") == other.text("stream_id");
        let fit: Vec<usize> = (0..read.len())
            .filter(|place| {
                let Some(one) = read.get(*place) else { return false };
                let others = |range: std::ops::Range<usize>| {
                    read.get(range).unwrap_or_default().iter().filter(|other| same(one, other)).collect::<Vec<_>>()
                };
                let (before, after) = (others(0..*place), others(place + 1..read.len()));
                let is_own_day = !before.iter().chain(&after).any(|other| day(other) == day(one));
                !before.is_empty() && !after.is_empty() && is_own_day
            })
            .collect();
        if read.len() != lines.len() {
            return None;
        }
        let place = *fit.get(scene.chance.index(fit.len()))?;
        let gone = read.get(place)?;
        lines.remove(place);
        let next = (place..lines.len()).find(|next| read.get(next + 1).is_some_and(|other| same(gone, other)))?;
        let mut checkpoint = Record::read(lines.get(next)?)?;
        checkpoint.set("prev_checkpoint_hash", &gone.get("prev_checkpoint_hash")?);
        *lines.get_mut(next)? = checkpoint.line();
        reseal(lines, next)
    })
}
