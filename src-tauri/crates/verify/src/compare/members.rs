//! Which members of two versions of one record differ, by their paths. Values are never told.

use std::collections::BTreeMap;

use bundle::{ReadFault, escape::visible};
use integrity::canonical;
use serde_json::value::RawValue;

use crate::fault::Halt;
use crate::source::Source;

use super::outcome::StreamComparison;
use super::record_bytes;

/// Most paths that are told.
const MEMBERS_MAX: usize = 50;
/// Longest path that is told, in bytes.
const PATH_BYTES_MAX: usize = 200;
/// How deep objects are looked into; below, the object as a whole differs.
const DEPTH_MAX: usize = 16;

/// Looks up the differing members of a stream's first difference. `sources` are the earlier and the later export.
pub(super) fn look_up(sources: [&dyn Source; 2], stream: &mut StreamComparison) -> Result<(), Halt> {
    let Some(first) = stream.differences.first_mut() else { return Ok(()) };
    let Some((earlier, later)) = first.earlier.as_ref().zip(first.later.as_ref()) else { return Ok(()) };
    if earlier.hash.is_none() || later.hash.is_none() {
        return Ok(());
    }
    let read = |source, place| match record_bytes(source, place) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(fault) if fault.trouble().is_some() || matches!(fault, ReadFault::TooLarge { .. }) => Ok(None),
        Err(fault) => Err(fault),
    };
    if let (Some(one), Some(other)) = (read(sources[0], earlier)?, read(sources[1], later)?) {
        first.members = differing(&one, &other);
    }
    Ok(())
}

/// The paths of the members whose values differ between two records of one profile.
fn differing(one: &[u8], other: &[u8]) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some((one, other)) = canonical_text(one).zip(canonical_text(other)) {
        walk("", &one, &other, DEPTH_MAX, &mut paths);
    }
    paths
}

/// The record in one spelling, by the rules of the profile that it keeps.
fn canonical_text(record: &[u8]) -> Option<String> {
    let text = match canonical::canonicalize(record) {
        Ok(text) => text,
        Err(_) => bundle::fhir::identity_of(record).ok()?.canonical,
    };
    String::from_utf8(text).ok()
}

fn walk(path: &str, one: &str, other: &str, depth: usize, paths: &mut Vec<String>) {
    if one == other || paths.len() >= MEMBERS_MAX {
        return;
    }
    let members = |text| serde_json::from_str::<BTreeMap<String, &RawValue>>(text).ok().filter(|_| depth > 0);
    let (Some(ones), Some(others)) = (members(one), members(other)) else {
        return paths.push(path.to_owned());
    };
    let missing = others.keys().filter(|name| !ones.contains_key(*name));
    for name in ones.keys().chain(missing) {
        let below = if path.is_empty() { visible(name).into_owned() } else { format!("{path}.{}", visible(name)) };
        let text = |members: &BTreeMap<String, &RawValue>| members.get(name).map(|value| value.get().to_owned());
        match (text(&ones), text(&others)) {
            (Some(one), Some(other)) if below.len() <= PATH_BYTES_MAX => walk(&below, &one, &other, depth - 1, paths),
            (one, other) if one != other && paths.len() < MEMBERS_MAX => {
                let is_short = below.len() <= PATH_BYTES_MAX;
                paths.push(if is_short { below } else { path.to_owned() });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differing_members_are_told_by_their_paths() {
        let one = br#"{"event":{"actor":{"id":"a","role":"r"},"x":[1,2]},"hash":"h","seq":1}"#;
        let other = br#"{"event":{"actor":{"id":"b","role":"r"},"x":[1,3],"y":{"z":1}},"hash":"h","seq":1}"#;
        assert_eq!(differing(one, other), ["event.actor.id", "event.x", "event.y"]);
        assert_eq!(differing(one, one), [""; 0]);
    }

    #[test]
    fn a_number_is_what_it_is_written_as() {
        let one = br#"{"resourceType":"AuditEvent","a":1.50,"b":"\u0041"}"#;
        let other = br#"{ "b" : "A", "a" : 1.5, "resourceType" : "AuditEvent" }"#;
        assert_eq!(differing(one, other), ["a"]);
    }
}
