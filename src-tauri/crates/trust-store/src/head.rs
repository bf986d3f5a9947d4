//! Where a stream ended: the four facts of an anchor (formats 1.7), and what an import saw of a stream.
//!
//! # Invariants
//! * A [`StreamHead`] has a record number from 1 to 2^53 − 1 and ids within their limits.
//! * An [`ImportedHead`] is of a stored bundle and begins no later than it ends.

use integrity::Digest;
use integrity::head::{Head, check_id, check_seq};
use model::{BundleId, EventId, StreamId};
use serde::{Deserialize, Serialize};

use crate::form;

/// Which record a stream ended with, according to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct StreamHead {
    stream_id: StreamId,
    last_seq: u64,
    last_event_id: EventId,
    last_hash: Digest,
}

/// Why these are not the facts of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    /// An id or a number outside its limits.
    #[error(transparent)]
    Facts(#[from] integrity::head::HeadFault),
    /// A hash of the wrong length, or with something else in it.
    #[error("last_hash is 64 hexadecimal digits; these are {digits}")]
    Hash {
        /// How many digits there are.
        digits: usize,
    },
    /// A stream that begins after it ends.
    #[error("first_seq is behind last_seq")]
    Backwards,
    /// A bundle's id that is not the digest of its content.
    #[error("a bundle's id is the SHA-256 of its content: 64 lowercase hexadecimal digits")]
    BundleId,
}

impl StreamHead {
    /// The four facts.
    pub fn new(
        stream_id: StreamId,
        last_seq: u64,
        last_event_id: EventId,
        last_hash: Digest,
    ) -> Result<Self, HeadFault> {
        check_id("stream_id", stream_id.as_str())?;
        check_seq("last_seq", last_seq)?;
        check_id("last_event_id", last_event_id.as_str())?;
        Ok(Self { stream_id, last_seq, last_event_id, last_hash })
    }

    /// The four facts as somebody types them from paper: spaces, colons and capitals in the hash do not matter, nor do
    /// spaces and commas between the digits of the number.
    pub fn typed(stream_id: &str, last_seq: &str, last_event_id: &str, last_hash: &str) -> Result<Self, HeadFault> {
        let last_seq: String = last_seq.chars().filter(|digit| *digit != ',' && !digit.is_whitespace()).collect();
        let only_digits = last_seq.bytes().all(|digit| digit.is_ascii_digit());
        // No record has the number 0: what is no number is refused as that.
        let last_seq = last_seq.parse().ok().filter(|_| only_digits).unwrap_or(0);
        check_seq("last_seq", last_seq)?;
        let hash: String = last_hash.chars().filter(|digit| *digit != ':' && !digit.is_whitespace()).collect();
        let last_hash = Digest::from_hex(&hash.to_ascii_lowercase());
        let last_hash = last_hash.ok_or(HeadFault::Hash { digits: hash.chars().count() })?;
        Self::new(StreamId::new(stream_id.trim()), last_seq, EventId::new(last_event_id.trim()), last_hash)
    }

    /// The four facts as a file holds them.
    pub fn of(head: Head) -> Result<Self, HeadFault> {
        let Head { stream_id, last_seq, last_event_id, last_hash } = head;
        Self::new(StreamId::new(stream_id), last_seq, EventId::new(last_event_id), last_hash)
    }

    /// The stream.
    #[must_use]
    pub const fn stream_id(&self) -> &StreamId {
        &self.stream_id
    }

    /// Number of the last record.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Id of the event in the last record.
    #[must_use]
    pub const fn last_event_id(&self) -> &EventId {
        &self.last_event_id
    }

    /// Hash of the last record.
    #[must_use]
    pub const fn last_hash(&self) -> &Digest {
        &self.last_hash
    }
}

/// What an import saw of one stream: where it ended, and where it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ImportedForm", into = "ImportedForm")]
pub struct ImportedHead {
    bundle_id: BundleId,
    export: Digest,
    head: StreamHead,
    first_seq: u64,
    first_prev_hash: Digest,
}

impl ImportedHead {
    /// A stream of a bundle that was stored under its content's digest, with the number of its first record and the
    /// hash which that record names as the one before it. `export` is the digest of the bundle's list of payload files:
    /// the same export in another container has it too.
    pub fn new(
        bundle_id: BundleId,
        export: Digest,
        head: StreamHead,
        first_seq: u64,
        first_prev_hash: Digest,
    ) -> Result<Self, HeadFault> {
        check_bundle(&bundle_id)?;
        check_seq("first_seq", first_seq)?;
        if first_seq > head.last_seq {
            return Err(HeadFault::Backwards);
        }
        Ok(Self { bundle_id, export, head, first_seq, first_prev_hash })
    }

    /// The bundle.
    #[must_use]
    pub const fn bundle_id(&self) -> &BundleId {
        &self.bundle_id
    }

    /// Which export it is, whatever container it lies in.
    #[must_use]
    pub const fn export(&self) -> &Digest {
        &self.export
    }

    /// Where the stream ended.
    #[must_use]
    pub const fn head(&self) -> &StreamHead {
        &self.head
    }

    /// Number of the first record.
    #[must_use]
    pub const fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// What the first record names as the hash before it.
    #[must_use]
    pub const fn first_prev_hash(&self) -> &Digest {
        &self.first_prev_hash
    }
}

/// A stored bundle's id is the digest of its content: only so can a second import of it be told from another export.
pub(crate) fn check_bundle(bundle: &BundleId) -> Result<(), HeadFault> {
    Digest::from_hex(bundle.as_str()).map(drop).ok_or(HeadFault::BundleId)
}

/// How a head is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    stream_id: StreamId,
    last_seq: u64,
    last_event_id: EventId,
    #[serde(with = "form::hex")]
    last_hash: Digest,
}

impl TryFrom<Form> for StreamHead {
    type Error = HeadFault;

    fn try_from(form: Form) -> Result<Self, HeadFault> {
        Self::new(form.stream_id, form.last_seq, form.last_event_id, form.last_hash)
    }
}

impl From<StreamHead> for Form {
    fn from(head: StreamHead) -> Self {
        let StreamHead { stream_id, last_seq, last_event_id, last_hash } = head;
        Self { stream_id, last_seq, last_event_id, last_hash }
    }
}

/// How an imported head is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportedForm {
    bundle_id: BundleId,
    #[serde(with = "form::hex")]
    export: Digest,
    head: StreamHead,
    first_seq: u64,
    #[serde(with = "form::hex")]
    first_prev_hash: Digest,
}

impl TryFrom<ImportedForm> for ImportedHead {
    type Error = HeadFault;

    fn try_from(form: ImportedForm) -> Result<Self, HeadFault> {
        Self::new(form.bundle_id, form.export, form.head, form.first_seq, form.first_prev_hash)
    }
}

impl From<ImportedHead> for ImportedForm {
    fn from(seen: ImportedHead) -> Self {
        let ImportedHead { bundle_id, export, head, first_seq, first_prev_hash } = seen;
        Self { bundle_id, export, head, first_seq, first_prev_hash }
    }
}
