//! The part of a canonical line that its hash is taken over.

use crate::digest::{Digest, Hasher};

use super::members::Members;

/// Members that are not part of what is hashed.
const CUT: [&[u8]; 2] = [b"hash", b"sig"];

/// The canonical form without `hash` and `sig`: up to three slices of it, in order.
#[derive(Clone, Copy, Debug)]
pub struct Preimage<'a> {
    pieces: [&'a [u8]; 3],
}

impl<'a> Preimage<'a> {
    pub(super) fn cut(text: &'a [u8], members: &Members) -> Self {
        // The opening brace is kept; each kept member brings the comma before it, except the first one.
        let mut ranges = [0..1, 0..0, 0..0];
        let (mut piece, mut first) = (0, true);
        let mut keep = |start: usize, end: usize, piece: &mut usize| {
            if ranges.get(*piece).is_some_and(|range| range.end != start) {
                *piece += 1;
                if let Some(range) = ranges.get_mut(*piece) {
                    range.start = start;
                }
            }
            if let Some(range) = ranges.get_mut(*piece) {
                range.end = end;
            }
        };
        for span in members.iter() {
            if text.get(span.name()).is_some_and(|name| CUT.contains(&name)) {
                continue;
            }
            let whole = span.whole();
            let start = if first { whole.start } else { whole.start.saturating_sub(1) };
            keep(start, whole.end, &mut piece);
            first = false;
        }
        keep(text.len().saturating_sub(1), text.len(), &mut piece);
        Self { pieces: ranges.map(|range| text.get(range).unwrap_or_default()) }
    }

    /// The slices, in order; empty ones at the end mean nothing.
    #[must_use]
    pub fn pieces(&self) -> [&'a [u8]; 3] {
        self.pieces
    }

    /// SHA-256 of the preimage: the hash of the record.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of_parts(&self.pieces)
    }

    /// The record as a leaf of a Merkle tree: SHA-256 of 0x00 and the preimage.
    #[must_use]
    pub fn leaf_hash(&self) -> Digest {
        let mut hasher = Hasher::new();
        hasher.update(&[0]);
        for piece in self.pieces {
            hasher.update(piece);
        }
        hasher.finish()
    }

    /// The preimage as one text.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.pieces.concat()
    }
}
