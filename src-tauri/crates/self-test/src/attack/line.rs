//! Damage to single records: their content, their hash, their bytes.

use serde_json::json;

use crate::lines::Reseal;
use crate::restate::Restate;
use crate::survey::Stream;

use super::{Pick, Scene, Unfit, Wound, ended};

/// How deep a hostile event is nested.
const DEPTH: usize = 10_000;
/// The longest line of the format, in bytes (formats 1.4).
const LINE_BYTES_MAX: usize = 1 << 20;

/// A record in the middle, with its stream and its place.
fn inner<'s>(scene: &mut Scene<'_, 's>) -> Result<(&'s Stream, u64, Pick), Unfit> {
    let stream = scene.stream(5)?;
    let (place, pick) = scene.pick(stream, 2, stream.lines - 1)?;
    Ok((stream, place, pick))
}

pub(crate) fn modified(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let mut record = pick.record.clone();
    record.blame();
    scene.replace(&pick, Pick::made(record, false));
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq))
}

pub(crate) fn rehashed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let mut record = pick.record.clone();
    record.blame();
    scene.replace(&pick, Pick::made(record, true));
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq))
}

pub(crate) fn inserted(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let mut record = pick.record.clone();
    record.blame();
    let id = scene.chance.uuid_text();
    record.edit_event(|event| drop(event.insert("event_id".to_owned(), id.into())));
    let both = [ended(pick.bytes.clone()), Pick::made(record, true)].concat();
    scene.replace(&pick, both);
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq))
}

pub(crate) fn duplicated(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let both = [ended(pick.bytes.clone()), ended(pick.bytes.clone())].concat();
    scene.replace(&pick, both);
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq))
}

pub(crate) fn reordered(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    // Files are read in the order of what they hold, so only neighbors in one file can change places.
    let mut before = 0;
    let mut fit = Vec::new();
    for segment in &stream.segments {
        if segment.lines >= 2 {
            fit.push((before + 1, before + segment.lines - 1));
        }
        before += segment.lines;
    }
    let Some((from, to)) = fit.get(scene.chance.index(fit.len())).copied() else {
        return Err(Unfit::NotHere("No segment holds two records."));
    };
    let (place, pick) = scene.pick(stream, from, to)?;
    let next = scene.at(stream, place + 1)?;
    scene.replace(&pick, ended(next.bytes.clone()));
    scene.replace(&next, ended(pick.bytes.clone()));
    scene.renew(stream, Restate::SEGMENTS)?;
    Ok(Wound::of_records(stream, pick.seq, next.seq))
}

/// The record's own bytes are changed and what the files come to is stated anew.
fn bytes(scene: &mut Scene<'_, '_>, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let text = change(&pick.bytes);
    scene.replace(&pick, text);
    scene.renew(stream, Restate::FILES)?;
    let wound = Wound::of_records(stream, pick.seq, pick.seq);
    Ok(Wound { file: Some(pick.segment.path), ..wound })
}

/// The line with a member before all others.
fn with_first(line: &[u8], member: &[u8]) -> Vec<u8> {
    ended([b"{", member, b",", line.get(1..).unwrap_or_default()].concat())
}

pub(crate) fn not_canonical(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| ended([b"{ ", line.get(1..).unwrap_or_default()].concat()))
}

pub(crate) fn duplicate_member(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| with_first(line, b"\"seq\":1"))
}

pub(crate) fn cut_in_half(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| ended(line.get(..line.len() / 2).unwrap_or_default().to_vec()))
}

pub(crate) fn fraction(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| with_first(line, b"\"aa_score\":0.5"))
}

pub(crate) fn bad_utf8(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| with_first(line, b"\"aa_note\":\"\xff\""))
}

pub(crate) fn deep(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    bytes(scene, |line| with_first(line, &[b"\"aa_deep\":".to_vec(), vec![b'['; DEPTH], vec![b']'; DEPTH]].concat()))
}

pub(crate) fn too_long(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let filler = [b"\"aa_filler\":\"".to_vec(), vec![b'x'; LINE_BYTES_MAX], b"\"".to_vec()].concat();
    bytes(scene, |line| with_first(line, &filler))
}

pub(crate) fn last_incomplete(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(3)?;
    let pick = scene.at(stream, stream.lines)?;
    let half = pick.bytes.get(..pick.bytes.len() / 2).unwrap_or_default().to_vec();
    scene.replace(&pick, half);
    scene.renew(stream, Restate::FILES)?;
    let wound = Wound::of_records(stream, pick.seq, pick.seq);
    Ok(Wound { file: Some(pick.segment.path), ..wound })
}

/// The record is changed as its producer might have written it, and everything behind it is computed anew.
fn produced(
    scene: &mut Scene<'_, '_>,
    stream: &Stream,
    pick: &Pick,
    change: impl FnOnce(&mut Pick),
) -> Result<Wound, Unfit> {
    let mut changed = pick.clone();
    change(&mut changed);
    scene.replace(pick, Pick::made(changed.record, true));
    scene.reseal_from(stream, pick, &Reseal::default());
    scene.renew(stream, Restate::EVERYTHING)?;
    Ok(Wound::of_records(stream, pick.seq, pick.seq))
}

pub(crate) fn id_twice(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let stream = scene.stream(5)?;
    let (place, pick) = scene.pick(stream, 3, stream.lines - 1)?;
    let (_, other) = scene.pick(stream, 1, place - 1)?;
    let Some(id) = other.record.event_text("event_id") else {
        return Err(Unfit::NotHere("Its records have no event ids."));
    };
    produced(scene, stream, &pick, |pick| {
        pick.record.edit_event(|event| drop(event.insert("event_id".to_owned(), id.into())));
    })
}

/// The members that say when a record was made.
fn set_time(pick: &mut Pick, time: &str) {
    pick.record.edit_event(|event| {
        if event.contains_key("recorded_at") {
            event.insert("recorded_at".to_owned(), time.into());
        }
        event.insert("timestamp".to_owned(), time.into());
    });
}

pub(crate) fn clock_back(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    produced(scene, stream, &pick, |pick| set_time(pick, "1990-01-01T00:00:00Z"))
}

pub(crate) fn after_seal(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if scene.survey.manifest.as_ref().is_none_or(|manifest| manifest["created"].as_str().is_none()) {
        return Err(Unfit::NotHere("The bundle does not say when it was made."));
    }
    let stream = scene.stream(3)?;
    let pick = scene.at(stream, stream.lines)?;
    produced(scene, stream, &pick, |pick| set_time(pick, "2199-01-01T00:00:00Z"))
}

pub(crate) fn version_unknown(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    produced(scene, stream, &pick, |pick| pick.record.set_text("audit_log_version", "9.0"))
}

pub(crate) fn unknown_member(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let name = format!("site_note_{}", scene.chance.between(100, 999));
    produced(scene, stream, &pick, |pick| pick.record.set(&name, &json!("migrated")))
}

pub(crate) fn schema_invalid(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    produced(scene, stream, &pick, |pick| pick.record.edit_event(|event| drop(event.remove("outcome"))))
}

/// The lowest bit of a letter inside a record: nothing is renewed.
pub(crate) fn bit_rotten(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let (stream, _, pick) = inner(scene)?;
    let letters: Vec<usize> =
        (0..pick.bytes.len()).filter(|at| pick.bytes.get(*at).is_some_and(u8::is_ascii_lowercase)).collect();
    let Some(at) = letters.get(scene.chance.index(letters.len())).copied() else {
        return Err(Unfit::NotHere("The record has no letters."));
    };
    let mut rotten = pick.bytes.clone();
    if let Some(byte) = rotten.get_mut(at) {
        *byte ^= 1;
    }
    scene.replace(&pick, ended(rotten));
    let wound = Wound::of_records(stream, pick.seq, pick.seq);
    Ok(Wound { file: Some(pick.segment.path), ..wound })
}
