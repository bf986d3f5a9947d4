//! Reads an anchor from a file: `{"stream_id", "last_seq", "last_hash", "last_event_id"}`.

use integrity::Digest;
use integrity::canonical::{self, Kind};

use super::{Anchor, Origin};

/// Most bytes of an anchor file.
pub const ANCHOR_BYTES_MAX: usize = 64 << 10;

/// Why a file is not an anchor. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFault {
    /// More than [`ANCHOR_BYTES_MAX`] bytes.
    #[error("this file is larger than {ANCHOR_BYTES_MAX} bytes, more than an anchor needs")]
    TooLarge,
    /// Not one JSON object, or one that can be read in two ways.
    #[error("line {line} cannot be read: an anchor is one JSON object whose members stand there once")]
    NotJson {
        /// Where.
        line: u64,
    },
    /// A member is not there.
    #[error("the anchor does not say {member}")]
    Missing {
        /// Which one.
        member: &'static str,
    },
    /// A member is of another kind.
    #[error("line {line}: {member} is not {expected}")]
    Wrong {
        /// Which one.
        member: &'static str,
        /// What it ought to be.
        expected: &'static str,
        /// Where.
        line: u64,
    },
}

impl Anchor {
    /// Reads an anchor file.
    pub fn from_json(text: &[u8]) -> Result<Self, AnchorFault> {
        if text.len() > ANCHOR_BYTES_MAX {
            return Err(AnchorFault::TooLarge);
        }
        let scan = canonical::scan(text).map_err(|fault| AnchorFault::NotJson { line: line_at(text, fault.offset) })?;
        let wrong = |member: &'static str, expected| {
            let quoted = format!("\"{member}\"");
            let at = text.windows(quoted.len()).position(|window| window == quoted.as_bytes());
            AnchorFault::Wrong { member, expected, line: line_at(text, at.unwrap_or_default()) }
        };
        let member = |name: &'static str| scan.member(name).ok_or(AnchorFault::Missing { member: name });
        let stream_id = member("stream_id")?.string().filter(|id| !id.is_empty());
        let last_seq = member("last_seq")?.integer().and_then(|seq| u64::try_from(seq).ok()).filter(|seq| *seq >= 1);
        let last_hash = member("last_hash")?.string().and_then(|hex| Digest::from_hex(&hex));
        let last_event_id = match scan.member("last_event_id") {
            None => None,
            Some(value) if value.kind() == Kind::Null => None,
            Some(value) => Some(value.string().ok_or_else(|| wrong("last_event_id", "a text"))?.into_owned()),
        };
        Ok(Self {
            stream_id: stream_id.ok_or_else(|| wrong("stream_id", "a text"))?.into_owned(),
            last_seq: last_seq.ok_or_else(|| wrong("last_seq", "a whole number from 1 on"))?,
            last_hash: last_hash.ok_or_else(|| wrong("last_hash", "64 lowercase hex digits"))?,
            last_event_id,
            origin: Origin::File,
        })
    }
}

/// The line that holds a byte.
fn line_at(text: &[u8], offset: usize) -> u64 {
    let before = text.get(..offset.min(text.len())).unwrap_or_default();
    u64::try_from(before.split(|byte| *byte == b'\n').count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_file_is_refused_with_its_line() {
        let hash = "a".repeat(64);
        let good = format!("{{\n \"stream_id\": \"s\",\n \"last_seq\": 36,\n \"last_hash\": \"{hash}\"\n}}\n");
        let anchor = Anchor::from_json(good.trim_end().as_bytes()).unwrap();
        assert_eq!((anchor.last_seq, anchor.last_event_id, anchor.origin), (36, None, Origin::File));
        let fault = |from: &str, to: &str| {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good);
            Anchor::from_json(text.as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(fault("36", "0"), "line 3: last_seq is not a whole number from 1 on");
        assert_eq!(fault("36", "\"36\""), "line 3: last_seq is not a whole number from 1 on");
        assert_eq!(fault(&hash, &"A".repeat(64)), "line 4: last_hash is not 64 lowercase hex digits");
        assert_eq!(fault("stream_id", "stream"), "the anchor does not say stream_id");
        assert_eq!(
            fault("last_hash", "last_seq"),
            "line 4 cannot be read: an anchor is one JSON object whose members stand there once"
        );
        assert!(Anchor::from_json(b"").is_err() && Anchor::from_json(&vec![b' '; ANCHOR_BYTES_MAX + 1]).is_err());
    }
}
