//! The report of a check: `chartproof-verify/1`. Only a check makes one, and its verdict follows from its findings.

mod claimed;
mod coverage;
mod evidence;
mod sentences;
mod verdict;
mod vouching;

use integrity::Digest;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::finding::Finding;
use crate::hands::HowFar;

pub(crate) use claimed::Claimed;
pub use claimed::ClaimedKey;
pub(crate) use coverage::spans_of;
pub use coverage::{CoverageSpan, CoverageState};
pub use evidence::{AnchorUsed, Evidence, Head, KeyStanding, Reached, SignedBy, Stamped};
pub(crate) use evidence::{head_of, signed_by};
pub(crate) use sentences::{Basis, does_not_prove, proves, summary};
pub use verdict::{Assurance, Badge, Integrity};
pub(crate) use verdict::{Grounds, conclude};

/// The format's id.
pub const FORMAT: &str = "chartproof-verify/1";

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files in the bundle.
    pub files: u64,
    /// Their bytes, unpacked.
    pub bytes: u64,
    /// Lines that hold a record or ought to.
    pub records: u64,
    /// Records that can be read, each once: what is listed twice counts once.
    pub events: u64,
}

/// What was really compared, whatever came of it. What is 0 was not there or was not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Files whose checksum was compared with a list of checksums.
    pub files: u64,
    /// Segments that were compared with what the audit manifest says of them, counts, ends and root included.
    pub segments: u64,
    /// Segments that the audit manifest speaks of.
    pub segments_stated: u64,
    /// Records that were hashed and compared with their own hash.
    pub records: u64,
    /// Records that were linked with their neighbors.
    pub links: u64,
    /// Checkpoints that were compared with the records.
    pub checkpoints: u64,
    /// Checkpoints that are there, and those that the audit manifest says ought to be.
    pub checkpoints_stated: u64,
    /// Signatures that fit their key. Those that do not are findings.
    pub signatures: u64,
    /// Anchors that say something about the records.
    pub anchors: u64,
}

/// The times that the records themselves state, whatever the bundle says of its period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The earliest, RFC 3339 in UTC.
    pub from: String,
    /// The latest.
    pub to: String,
}

/// Which bundle was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BundleName {
    /// Where it lies; set by the caller, who knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The profile that read it.
    pub profile: String,
    /// Its id as stated by itself.
    pub bundle_id: Option<String>,
}

/// What a check found. The verdict cannot be set from outside.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) bundle: BundleName,
    pub(crate) integrity: Integrity,
    pub(crate) assurance: Option<Assurance>,
    pub(crate) badge: Badge,
    pub(crate) summary: [String; 2],
    pub(crate) stopped: Option<HowFar>,
    pub(crate) counts: Counts,
    pub(crate) period: Option<Period>,
    pub(crate) done: Done,
    pub(crate) findings: Vec<Finding>,
    pub(crate) coverage: Vec<CoverageSpan>,
    pub(crate) proves: Vec<String>,
    pub(crate) does_not_prove: Vec<String>,
    pub(crate) evidence: Evidence,
}

impl Report {
    /// Whether the evidence holds together.
    #[must_use]
    pub fn integrity(&self) -> Integrity {
        self.integrity
    }

    /// Who vouches for it; `None` if it failed.
    #[must_use]
    pub fn assurance(&self) -> Option<Assurance> {
        self.assurance
    }

    /// The one mark that is shown.
    #[must_use]
    pub fn badge(&self) -> Badge {
        self.badge
    }

    /// Two sentences: what was found, and what it does not mean.
    #[must_use]
    pub fn summary(&self) -> &[String; 2] {
        &self.summary
    }

    /// How far the check came, if it was stopped before its end.
    #[must_use]
    pub fn stopped(&self) -> Option<HowFar> {
        self.stopped
    }

    /// Which bundle was checked.
    #[must_use]
    pub fn bundle(&self) -> &BundleName {
        &self.bundle
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The times of the records of an audit bundle that could be read; `None` where there are none.
    #[must_use]
    pub fn period(&self) -> Option<&Period> {
        self.period.as_ref()
    }

    /// What was really compared.
    #[must_use]
    pub fn done(&self) -> Done {
        self.done
    }

    /// What was found, in the order of the check: container, records, chains, checkpoints.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What the evidence covers, stream by stream.
    #[must_use]
    pub fn coverage(&self) -> &[CoverageSpan] {
        &self.coverage
    }

    /// What the evidence proves.
    #[must_use]
    pub fn proves(&self) -> &[String] {
        &self.proves
    }

    /// What it does not prove.
    #[must_use]
    pub fn does_not_prove(&self) -> &[String] {
        &self.does_not_prove
    }

    /// What the verdict rests on: keys, anchors, how far they reach, heads to remember.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Which export the bundle is: SHA-256 of the list of its payload files. Goes with remembered heads.
    #[must_use]
    pub fn export(&self) -> Option<Digest> {
        self.evidence.export.as_deref().and_then(Digest::from_hex)
    }

    /// With the path that the caller opened.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.bundle.path = Some(path.into());
        self
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 15)?;
        report.serialize_field("format", FORMAT)?;
        report.serialize_field("bundle", &self.bundle)?;
        report.serialize_field("integrity", &self.integrity)?;
        report.serialize_field("assurance", &self.assurance)?;
        report.serialize_field("badge", &self.badge)?;
        report.serialize_field("summary", &self.summary)?;
        report.serialize_field("stopped", &self.stopped)?;
        report.serialize_field("counts", &self.counts)?;
        report.serialize_field("period", &self.period)?;
        report.serialize_field("done", &self.done)?;
        report.serialize_field("findings", &self.findings)?;
        report.serialize_field("coverage", &self.coverage)?;
        report.serialize_field("proves", &self.proves)?;
        report.serialize_field("does_not_prove", &self.does_not_prove)?;
        report.serialize_field("evidence", &self.evidence)?;
        report.end()
    }
}
