//! What tells one `AuditEvent` from another, and one version of it from another: its id and version, and its content in
//! one spelling.
//!
//! Servers write one resource with other blanks, another order of members and other escapes from export to export. The
//! spelling made here has none of that freedom; what a number is written as is kept, since FHIR tells 1.5 from 1.50.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::event::resource_type;
use crate::fault::MapFault;
use crate::json;
use crate::limits::FOREIGN_DEPTH_MAX;

/// An `AuditEvent` as something that can be recognized in another export.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The resource's id.
    pub id: Option<String>,
    /// `meta.versionId`.
    pub version_id: Option<String>,
    /// When it says it was recorded, as it stands there.
    pub recorded: Option<String>,
    /// Its content in one spelling: no blanks, members sorted by their names' bytes, no needless escapes.
    pub canonical: Vec<u8>,
}

// The content names people.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity(…{} bytes)", self.canonical.len())
    }
}

/// Reads what identifies a resource. What is ambiguous (duplicate members) or no `AuditEvent` is refused.
pub fn identity_of(raw: &[u8]) -> Result<Identity, MapFault> {
    let text = json::utf8(raw)?;
    json::guard(text, FOREIGN_DEPTH_MAX)?;
    if resource_type(text).is_none_or(|kind| kind.as_str() != "AuditEvent") {
        return Err(MapFault::NotAnAuditEvent);
    }
    let members = members_of(text);
    let word = |members: &Members<'_>, name: &str| serde_json::from_str(members.get(name)?.get()).ok();
    let meta = members.get("meta").map(|meta| members_of(meta.get())).unwrap_or_default();
    let mut canonical = Vec::with_capacity(text.len());
    spell(text.trim_ascii(), &mut canonical).map_err(|error| MapFault::from(json::trouble_of(text, &error)))?;
    Ok(Identity {
        id: word(&members, "id"),
        version_id: word(&meta, "versionId"),
        recorded: word(&members, "recorded"),
        canonical,
    })
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The members of an object; none of anything else. What else the resource holds, of whatever shape, is no obstacle.
fn members_of(text: &str) -> Members<'_> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Writes a value, whose depth has been checked, in its one spelling.
fn spell(value: &str, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value.as_bytes().first() {
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(value)?;
            to.push(b'{');
            for (place, (name, value)) in members.iter().enumerate() {
                if place > 0 {
                    to.push(b',');
                }
                serde_json::to_writer(&mut *to, name)?;
                to.push(b':');
                spell(value.get(), to)?;
            }
            to.push(b'}');
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(value)?;
            to.push(b'[');
            for (place, value) in elements.iter().enumerate() {
                if place > 0 {
                    to.push(b',');
                }
                spell(value.get(), to)?;
            }
            to.push(b']');
        }
        Some(b'"') => serde_json::to_writer(&mut *to, &serde_json::from_str::<String>(value)?)?,
        _ => to.extend_from_slice(value.as_bytes()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_content_has_one_spelling() {
        let one = identity_of(br#"{"resourceType":"AuditEvent","id":"a","b":[1.50,{"y":"\u0041","x":null}]}"#).unwrap();
        let other = identity_of(
            b" {\n \"b\": [ 1.50, {\"x\": null, \"y\": \"A\"} ], \"id\": \"a\", \"resourceType\": \"AuditEvent\"}\n",
        )
        .unwrap();
        assert_eq!(one, other);
        assert_eq!(one.canonical, br#"{"b":[1.50,{"x":null,"y":"A"}],"id":"a","resourceType":"AuditEvent"}"#);
        let third = identity_of(br#"{"resourceType":"AuditEvent","id":"a","b":[1.5,{"y":"A","x":null}]}"#).unwrap();
        assert_ne!(one, third);
    }

    #[test]
    fn id_version_and_time_are_read_and_other_resources_refused() {
        let text =
            br#"{"resourceType":"AuditEvent","id":"a","meta":{"versionId":"3"},"recorded":"2026-03-02T07:00:00Z"}"#;
        let identity = identity_of(text).unwrap();
        assert_eq!((identity.id.as_deref(), identity.version_id.as_deref()), (Some("a"), Some("3")));
        assert_eq!(identity.recorded.as_deref(), Some("2026-03-02T07:00:00Z"));
        assert_eq!(identity_of(br#"{"resourceType":"Patient"}"#), Err(MapFault::NotAnAuditEvent));
        let twice = identity_of(br#"{"resourceType":"AuditEvent","id":"a","id":"b"}"#);
        assert!(matches!(twice, Err(MapFault::DuplicateMember { .. })));
    }
}
