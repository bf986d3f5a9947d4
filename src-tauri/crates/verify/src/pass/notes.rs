//! What the pass had come to at the end of a segment, noted so that a check that is stopped can be gone on with.
//!
//! A note is a copy. For an undamaged log that is next to nothing; a log that is off everywhere is a large one, and is
//! noted only once enough records have gone by. So notes cost a check no more than a small part of what judging the
//! records does, however its segments are cut.

use serde::{Deserialize, Serialize};

use crate::hands::HowFar;

use super::intake::Taken;

/// Pieces that may be copied for each record that has gone by: copying one takes a hundredth of judging a record.
const PIECES_PER_RECORD: u64 = 4;

/// What was taken in up to the end of a segment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) taken: Taken,
    /// Index of the segment to go on with.
    pub(crate) next: u32,
    pub(crate) how_far: HowFar,
}

/// The newest note.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) last: Option<Noted>,
    /// Lines taken in when it was made, or before the first.
    lines: u64,
}

impl Notes {
    /// Goes on where so many lines have been taken in.
    pub(crate) fn behind(lines: u64) -> Self {
        Self { last: None, lines }
    }

    /// A segment was taken in to its end. `stops` says that there will be no other.
    pub(super) fn segment_ended(&mut self, segment: u32, taken: &Taken, how_far: HowFar, stops: bool) {
        let since = taken.lines().saturating_sub(self.lines);
        let room = since.saturating_mul(PIECES_PER_RECORD);
        let is_worth = |pieces: usize| u64::try_from(pieces).is_ok_and(|pieces| pieces <= room);
        if stops || is_worth(taken.pieces_min()) && is_worth(taken.pieces()) {
            self.lines = taken.lines();
            self.last = Some(Noted { taken: taken.clone(), next: segment.saturating_add(1), how_far });
        }
    }
}
