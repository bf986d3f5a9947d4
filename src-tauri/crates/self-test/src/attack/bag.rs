//! Damage to the container: files, manifests, tag files. Unless a kind says otherwise, what it touches is not listed anew.

use std::collections::BTreeSet;

use bundle::ReadFault;
use bundle::ab1::AUDIT_MANIFEST_NAME;
use serde_json::{Value, json};
use verify::Source as _;

use crate::fault::Halt;
use crate::packing::packed_bytes;
use crate::rebag::{edit_bag_info, retag};
use crate::survey::Segment;

use super::chain::edit_manifest;
use super::{Scene, Unfit, Wound};

/// A file that is listed and was never there.
const NEVER_THERE: &str = "data/events/segment-999999.ndjson";
const FOREIGN_DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000aa";
const LIST: &str = "manifest-sha256.txt";
const LIST_512: &str = "manifest-sha512.txt";
const LIST_BYTES_MAX: u64 = 256 << 20;
const NOT_THERE: Unfit = Unfit::NotHere("The file that it would happen to is not there.");

fn segment(scene: &mut Scene<'_, '_>) -> Result<Segment, Unfit> {
    let stream = scene.stream(1)?;
    let place = scene.chance.index(stream.segments.len());
    stream.segments.get(place).cloned().ok_or(NOT_THERE)
}

pub(crate) fn segment_missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let segment = segment(scene)?;
    scene.overlay.remove(&segment.path);
    Ok(Wound::of_file(&segment.path))
}

pub(crate) fn file_missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let name = some_file(scene, |name| name.starts_with("data/"))?;
    scene.overlay.remove(&name);
    Ok(Wound::of_file(&name))
}

fn some_file(scene: &mut Scene<'_, '_>, fits: impl Fn(&str) -> bool) -> Result<String, Unfit> {
    let entries = scene.overlay.entries().iter().filter(|entry| fits(&entry.name) && entry.size_bytes > 0);
    let names: Vec<String> = entries.map(|entry| entry.name.clone()).collect();
    names.get(scene.chance.index(names.len())).cloned().ok_or(NOT_THERE)
}

pub(crate) fn segment_extra(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let name = format!("data/events/added-{:06}.ndjson", scene.chance.between(0, 999_999));
    if scene.overlay.entry(&name).is_some() {
        return Err(Unfit::NotHere("There is a file of that name already."));
    }
    scene.overlay.put(&name, b"{}\n".to_vec());
    Ok(Wound::of_file(&name))
}

/// Any byte of any file that is listed: nothing is renewed.
pub(crate) fn byte_flipped(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    // Detached signatures are never listed; whether they are right is told by checking them.
    let name = some_file(scene, |name| !name.starts_with("signatures/"))?;
    let size = scene.overlay.entry(&name).map_or(1, |entry| entry.size_bytes);
    let at = scene.chance.between(0, size - 1);
    let bits = 1 << scene.chance.index(8);
    scene.overlay.flip(&name, at, bits);
    Ok(Wound::of_file(&name))
}

/// Something stands behind the end of a segment, in a packed one as a further member: nothing is renewed.
pub(crate) fn appended(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let segment = segment(scene)?;
    let line = scene.survey.lines(&segment, segment.lines, 1)?.pop().unwrap_or_default();
    let bytes = packed_bytes(&super::ended(line), segment.packing).map_err(|error| Halt::from(ReadFault::of(error)))?;
    scene.overlay.append(&segment.path, bytes);
    Ok(Wound::of_file(&segment.path))
}

/// Changes the lines of a payload manifest, then renews the tag manifests.
fn edit_list(
    scene: &mut Scene<'_, '_>,
    list: &str,
    change: impl FnOnce(&mut Scene<'_, '_>, &mut Vec<String>) -> Option<()>,
) -> Result<Wound, Unfit> {
    let text = scene.overlay.small(list, LIST_BYTES_MAX).and_then(|bytes| String::from_utf8(bytes).ok());
    let mut lines: Vec<String> = text.ok_or(NOT_THERE)?.split_inclusive('\n').map(str::to_owned).collect();
    if lines.is_empty() {
        return Err(Unfit::NotHere("The manifest lists nothing."));
    }
    change(scene, &mut lines).ok_or(Unfit::NotHere("No line of the manifest is fit for it."))?;
    scene.overlay.put(list, lines.concat().into_bytes());
    retag(&mut scene.overlay, scene.gauge)?;
    Ok(Wound::of_file(list))
}

pub(crate) fn uppercase(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit_list(scene, LIST, |scene, lines| {
        let is_lettered = |line: &&mut String| line.bytes().take(64).any(|digit| digit.is_ascii_lowercase());
        let mut lettered: Vec<&mut String> = lines.iter_mut().filter(is_lettered).collect();
        let place = scene.chance.index(lettered.len());
        lettered.get_mut(place)?.get_mut(..64)?.make_ascii_uppercase();
        Some(())
    })
}

pub(crate) fn absent_file_listed(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit_list(scene, LIST, |_, lines| {
        lines.push(format!("{FOREIGN_DIGEST}  {NEVER_THERE}\n"));
        Some(())
    })?;
    if scene.overlay.entry(LIST_512).is_some() {
        edit_list(scene, LIST_512, |_, lines| {
            lines.push(format!("{FOREIGN_DIGEST}{FOREIGN_DIGEST}  {NEVER_THERE}\n"));
            Some(())
        })?;
    }
    Ok(Wound::of_file(NEVER_THERE))
}

pub(crate) fn listed_twice(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    edit_list(scene, LIST, |scene, lines| {
        let line = lines.get(scene.chance.index(lines.len()))?.clone();
        lines.push(line);
        Some(())
    })
}

pub(crate) fn list_incomplete(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if scene.overlay.entry(LIST_512).is_none() {
        return Err(Unfit::NotHere("There is no SHA-512 manifest."));
    }
    edit_list(scene, LIST_512, |scene, lines| {
        lines.remove(scene.chance.index(lines.len()));
        Some(())
    })
}

pub(crate) fn size_misstated(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if scene.survey.has_trouble("FILE_") {
        return Err(Unfit::NotHere("Files do not agree with their lists already, which explains any size."));
    }
    if !edit_bag_info(&mut scene.overlay, "Payload-Oxum:", "Payload-Oxum: 1.1\n") {
        return Err(Unfit::NotHere("bag-info.txt does not state the size of the payload."));
    }
    retag(&mut scene.overlay, scene.gauge)?;
    Ok(Wound::of_file("bag-info.txt"))
}

pub(crate) fn bag_info_altered(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let text = scene.overlay.small("bag-info.txt", LIST_BYTES_MAX).ok_or(NOT_THERE)?;
    scene.overlay.put("bag-info.txt", [text.as_slice(), b"Contact-Name: somebody else\n"].concat());
    Ok(Wound::of_file("bag-info.txt"))
}

pub(crate) fn tag_file_added(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let name = format!("README-{}.html", scene.chance.between(1000, 9999));
    if scene.overlay.entry(&name).is_some() {
        return Err(Unfit::NotHere("There is a file of that name already."));
    }
    scene.overlay.put(&name, b"<p>Read me first</p>\n".to_vec());
    Ok(Wound::of_file(&name))
}

pub(crate) fn fetch(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if scene.overlay.entry("fetch.txt").is_some() {
        return Err(Unfit::NotHere("There is a fetch.txt already."));
    }
    scene.overlay.put("fetch.txt", b"http://127.0.0.1/x 1 data/x\n".to_vec());
    Ok(Wound::of_file("fetch.txt"))
}

pub(crate) fn declaration_missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    scene.overlay.entry("bagit.txt").ok_or(NOT_THERE)?;
    scene.overlay.remove("bagit.txt");
    retag(&mut scene.overlay, scene.gauge)?;
    Ok(Wound::of_file("bagit.txt"))
}

pub(crate) fn declaration_invalid(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    scene.overlay.put("bagit.txt", b"BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8\n".to_vec());
    retag(&mut scene.overlay, scene.gauge)?;
    Ok(Wound::of_file("bagit.txt"))
}

pub(crate) fn manifest_missing(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    scene.overlay.entry(AUDIT_MANIFEST_NAME).ok_or(NOT_THERE)?;
    scene.overlay.remove(AUDIT_MANIFEST_NAME);
    scene.rebag()?;
    Ok(Wound::of_file(AUDIT_MANIFEST_NAME))
}

pub(crate) fn manifest_cut(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    let mut text = scene.overlay.small(AUDIT_MANIFEST_NAME, LIST_BYTES_MAX).ok_or(NOT_THERE)?;
    text.truncate(text.len() / 2);
    scene.overlay.put(AUDIT_MANIFEST_NAME, text);
    scene.rebag()?;
    Ok(Wound::of_file(AUDIT_MANIFEST_NAME))
}

/// Changes what the audit manifest says of one segment.
fn misstate(scene: &mut Scene<'_, '_>, member: &'static str, change: fn(&Value) -> Value) -> Result<Wound, Unfit> {
    let stated = scene.survey.manifest.as_ref().and_then(|manifest| manifest["segments"].as_array());
    let segments = scene.survey.streams.iter().flat_map(|stream| &stream.segments);
    let known: BTreeSet<&str> = segments.map(|segment| segment.path.as_str()).collect();
    let fits = |segment: &&Value| {
        !segment[member].is_null() && segment["path"].as_str().is_some_and(|path| known.contains(path))
    };
    let fit: Vec<String> = stated
        .into_iter()
        .flatten()
        .filter(fits)
        .filter_map(|segment| segment["path"].as_str().map(str::to_owned))
        .collect();
    let Some(path) = fit.get(scene.chance.index(fit.len())).cloned() else {
        return Err(Unfit::NotHere("The audit manifest does not state that of its segments."));
    };
    edit_manifest(scene, |manifest| {
        let segments = manifest["segments"].as_array_mut().into_iter().flatten();
        for segment in segments.filter(|segment| segment["path"].as_str() == Some(&path)) {
            segment[member] = change(&segment[member]);
        }
    })?;
    Ok(Wound::of_file(&path))
}

pub(crate) fn rows_misstated(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    misstate(scene, "rows", |rows| json!(rows.as_u64().unwrap_or_default() + 1))
}

pub(crate) fn end_misstated(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    if scene.survey.has_trouble("EVENTS_REORDERED") {
        return Err(Unfit::NotHere("Records are out of order already, which explains any end."));
    }
    misstate(scene, "last_hash", |_| json!(FOREIGN_DIGEST))
}

pub(crate) fn root_misstated(scene: &mut Scene<'_, '_>) -> Result<Wound, Unfit> {
    misstate(scene, "merkle_root", |_| json!(FOREIGN_DIGEST))
}
