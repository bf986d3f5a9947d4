//! Heads of streams: the four facts of an anchor (formats 1.7), their limits, and the file that holds them.
//!
//! Pure: bytes in, a head or the line that is wrong out. Whatever can be read in two ways is refused: a member that is
//! there twice, one that an anchor does not have, a hash in capitals. Nothing of the content is in a refusal. Who says
//! that a stream ended so, and whether to believe it, is not this room's business.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::canonical::{FaultKind, INTEGER_MAX, scan};
use crate::digest::Digest;

/// The longest id of a stream or an event, in bytes.
pub const ID_BYTES_MAX: usize = 1024;

/// The longest anchor file, in bytes.
pub const ANCHOR_FILE_BYTES_MAX: usize = 64 * 1024;

/// Which record a stream ended with, according to somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream_id: String,
    /// Number of its last record, from 1 to 2^53 − 1.
    pub last_seq: u64,
    /// Id of the event in that record.
    pub last_event_id: String,
    /// Hash of that record.
    pub last_hash: Digest,
}

// Producers put anything into ids.
impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Head(record {})", self.last_seq)
    }
}

/// Why these are not the facts of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    /// An id that is empty, too long or holds control characters.
    #[error("{field} has 1 to {ID_BYTES_MAX} bytes and no control characters")]
    Id {
        /// Which one.
        field: &'static str,
    },
    /// A record number that no record has.
    #[error("{field} is a whole number from 1 to {INTEGER_MAX}")]
    Seq {
        /// Which one.
        field: &'static str,
    },
}

/// Checks an id of a stream or an event against its limits.
pub fn check_id(field: &'static str, id: &str) -> Result<(), HeadFault> {
    let fits = (1..=ID_BYTES_MAX).contains(&id.len()) && !id.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(HeadFault::Id { field }) }
}

/// Checks the number of a record against its limits.
pub fn check_seq(field: &'static str, seq: u64) -> Result<(), HeadFault> {
    if (1..=INTEGER_MAX).contains(&seq) { Ok(()) } else { Err(HeadFault::Seq { field }) }
}

/// Why a file is not an anchor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFileFault {
    /// Longer than any anchor.
    #[error("an anchor file has at most {ANCHOR_FILE_BYTES_MAX} bytes; this one has {bytes}")]
    Large {
        /// How long it is.
        bytes: usize,
    },
    /// Not a JSON object that has one meaning only.
    #[error("line {line}: {kind}; an anchor file holds one JSON object")]
    Json {
        /// Where.
        line: usize,
        /// Why.
        kind: FaultKind,
    },
    /// A member that an anchor does not have. It might qualify the anchor in a way that would be missed.
    #[error("line {line}: an anchor has stream_id, last_seq, last_event_id and last_hash, and no other member")]
    MemberUnknown {
        /// Where its value stands.
        line: usize,
    },
    /// A member that an anchor needs.
    #[error("{member} is missing")]
    MemberMissing {
        /// Which one.
        member: &'static str,
    },
    /// A member with a value of another kind.
    #[error("line {line}: {member} is not a {expected}")]
    Kind {
        /// Where.
        line: usize,
        /// Which one.
        member: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A hash in another spelling.
    #[error("line {line}: last_hash is not 64 lowercase hexadecimal digits")]
    Hash {
        /// Where.
        line: usize,
    },
    /// A value outside its limits.
    #[error("line {line}: {why}")]
    Value {
        /// Where.
        line: usize,
        /// Which, and its limits.
        why: HeadFault,
    },
}

/// Reads an anchor file: one JSON object with `stream_id`, `last_seq`, `last_event_id` and `last_hash`, and nothing else.
pub fn read_anchor_file(bytes: &[u8]) -> Result<Head, AnchorFileFault> {
    if bytes.len() > ANCHOR_FILE_BYTES_MAX {
        return Err(AnchorFileFault::Large { bytes: bytes.len() });
    }
    let at_line = |offset: usize| line_of(bytes, offset);
    scan(bytes).map_err(|fault| AnchorFileFault::Json { line: at_line(fault.offset), kind: fault.kind })?;
    // What has passed the scan is an object with unique names; this only finds where its values stand.
    let not_an_object = |_| AnchorFileFault::Json { line: 1, kind: FaultKind::NotAnObject };
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).map_err(not_an_object)?;
    let file = File { bytes, members };
    if let Some(stray) = file.members.iter().find(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        return Err(AnchorFileFault::MemberUnknown { line: file.line(stray.1) });
    }
    let [stream_id, last_seq, last_event_id, last_hash] = MEMBERS;
    let head = Head {
        stream_id: file.text(stream_id)?,
        last_seq: file.number(last_seq)?,
        last_event_id: file.text(last_event_id)?,
        last_hash: Digest::from_hex(&file.text(last_hash)?)
            .ok_or_else(|| AnchorFileFault::Hash { line: file.line_of(last_hash) })?,
    };
    let within = check_id(stream_id, &head.stream_id)
        .and_then(|()| check_seq(last_seq, head.last_seq))
        .and_then(|()| check_id(last_event_id, &head.last_event_id));
    within.map_err(|why| {
        let (HeadFault::Id { field } | HeadFault::Seq { field }) = why;
        AnchorFileFault::Value { line: file.line_of(field), why }
    })?;
    Ok(head)
}

/// What an anchor has.
const MEMBERS: [&str; 4] = ["stream_id", "last_seq", "last_event_id", "last_hash"];

/// A file that is a JSON object.
struct File<'a> {
    bytes: &'a [u8],
    members: BTreeMap<String, &'a RawValue>,
}

impl File<'_> {
    fn value(&self, member: &'static str) -> Result<&str, AnchorFileFault> {
        self.members.get(member).map(|value| value.get()).ok_or(AnchorFileFault::MemberMissing { member })
    }

    fn text(&self, member: &'static str) -> Result<String, AnchorFileFault> {
        let text = serde_json::from_str(self.value(member)?);
        text.map_err(|_| AnchorFileFault::Kind { line: self.line_of(member), member, expected: "text in quotes" })
    }

    fn number(&self, member: &'static str) -> Result<u64, AnchorFileFault> {
        let value = self.value(member)?;
        let expected = "whole number without quotes";
        let line = self.line_of(member);
        if !value.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Err(AnchorFileFault::Kind { line, member, expected });
        }
        // A negative number is a number all the same: it is refused for being below 1.
        Ok(value.parse().unwrap_or(0))
    }

    fn line_of(&self, member: &str) -> usize {
        self.members.get(member).map_or(1, |value| self.line(value))
    }

    fn line(&self, value: &RawValue) -> usize {
        line_of(self.bytes, (value.get().as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize))
    }
}

/// Number of the line, from 1, that a byte stands in.
fn line_of(bytes: &[u8], offset: usize) -> usize {
    let before = bytes.get(..offset).unwrap_or(bytes);
    before.split(|byte| *byte == b'\n').count()
}
