//! Anchors (formats 1.7): heads of streams that were obtained from somewhere the bundle's author could not rewrite.
//!
//! An anchor shows that everything up to it existed unchanged by then, and makes a tail visible that was cut below it.
//! Of what came after it shows nothing. A remembered head is one that an earlier import left behind; it anchors only a
//! different export of the stream, because a bundle cannot vouch for itself.

mod compare;

use integrity::Digest;

pub(crate) use compare::{Itself, Outcome, Used, compare, ends, head_before, marked, other_streams};

/// A head of a stream from outside the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The stream.
    pub stream_id: String,
    /// Number of its last record then.
    pub last_seq: u64,
    /// Hash of that record.
    pub last_hash: Digest,
    /// Its event id, where it is known.
    pub last_event_id: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an anchor comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody typed it, from paper for instance.
    Typed,
    /// A file that somebody kept or was sent.
    File,
    /// A file that a time stamp authority has stamped; the caller has checked the token under a pinned certificate.
    Stamped {
        /// The time that the token states, as text for sentences.
        at: String,
    },
    /// An earlier import that did not fail; the caller sees to that.
    Remembered(Remembered),
}

/// What an earlier import left behind of a stream, besides its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The day of that import, as text for sentences: "unchanged since our import on …".
    pub on: String,
    /// Which export it was ([`Report::export`](crate::Report::export)).
    pub export: Digest,
    /// The id that the bundle stated of itself, where it stated one. The same bundle written anew has another list of
    /// files and the same id: it may contradict what is remembered, and vouches for nothing.
    pub bundle_id: Option<String>,
    /// The first record it held: its number and its `prev_hash`. Where it is not known, the stream's beginning is
    /// assumed.
    pub first: Option<(u64, Digest)>,
    /// Whether that import was made after this bundle had come here. That it agrees or reaches further then shows
    /// nothing: what came first cannot rest on what came after it, and an older log ends earlier.
    pub came_later: bool,
}

impl Anchor {
    /// From what an anchor file says.
    #[must_use]
    pub fn from_file(head: integrity::head::Head) -> Self {
        let integrity::head::Head { stream_id, last_seq, last_event_id, last_hash } = head;
        Self { stream_id, last_seq, last_hash, last_event_id: Some(last_event_id), origin: Origin::File }
    }

    /// Whether it was left behind by an import that was made after this bundle had come here.
    pub(crate) fn came_later(&self) -> bool {
        matches!(&self.origin, Origin::Remembered(remembered) if remembered.came_later)
    }

    /// What the first remembered record names as its predecessor.
    pub(crate) fn first_prev_hash(&self) -> Option<Digest> {
        match &self.origin {
            Origin::Remembered(Remembered { first: Some((_, prev)), .. }) => Some(*prev),
            _ => None,
        }
    }

    /// Number of the first remembered record.
    pub(crate) fn first_seq(&self) -> u64 {
        match &self.origin {
            Origin::Remembered(Remembered { first: Some((seq, _)), .. }) => *seq,
            _ => 1,
        }
    }

    /// Whether it comes from an import of this very export.
    pub(crate) fn is_of(&self, export: Option<Digest>) -> bool {
        matches!(&self.origin, Origin::Remembered(remembered) if Some(remembered.export) == export)
    }

    /// Whether it comes from an import of a bundle that stated this id.
    pub(crate) fn is_named(&self, bundle_id: Option<&str>) -> bool {
        let Origin::Remembered(remembered) = &self.origin else { return false };
        bundle_id.is_some_and(|id| remembered.bundle_id.as_deref() == Some(id))
    }

    /// The word in reports.
    #[must_use]
    pub fn origin_word(&self) -> &'static str {
        match self.origin {
            Origin::Typed => "typed",
            Origin::File => "file",
            Origin::Stamped { .. } => "token",
            Origin::Remembered(_) => "remembered",
        }
    }
}
