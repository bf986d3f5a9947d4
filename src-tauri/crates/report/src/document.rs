//! A table: what the report reads of a check's document (`chartproof-verify/1`). Members that are not shown are left
//! where they are.

use serde::Deserialize;
use serde_json::Value;
use verify::{Finding, Severity};

use crate::fault::ReportFault;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Document {
    format: String,
    pub(crate) bundle: Bundle,
    pub(crate) integrity: String,
    pub(crate) assurance: Option<String>,
    pub(crate) badge: String,
    pub(crate) summary: [String; 2],
    pub(crate) stopped: Option<Came>,
    pub(crate) counts: Counts,
    #[serde(default)]
    pub(crate) period: Option<Period>,
    pub(crate) findings: Vec<Finding>,
    #[serde(default)]
    pub(crate) coverage: Vec<Span>,
    pub(crate) proves: Vec<String>,
    pub(crate) does_not_prove: Vec<String>,
    #[serde(default)]
    pub(crate) evidence: Evidence,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Bundle {
    pub(crate) profile: String,
    pub(crate) bundle_id: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Came {
    pub(crate) bytes: u64,
    pub(crate) bytes_total: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Counts {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) records: u64,
    pub(crate) events: u64,
}

/// The times of the records themselves.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Period {
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Span {
    pub(crate) source: String,
    pub(crate) stream_id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) from_seq: u64,
    pub(crate) to_seq: u64,
    pub(crate) state: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Evidence {
    #[serde(default)]
    pub(crate) keys: Vec<Brought>,
    #[serde(default)]
    pub(crate) signed_by: Vec<SignedBy>,
    #[serde(default)]
    pub(crate) anchors: Vec<AnchorUsed>,
    pub(crate) stamped: Option<Stamped>,
    #[serde(default)]
    pub(crate) reach: Vec<Reached>,
    #[serde(default)]
    pub(crate) heads: Vec<Head>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Brought {
    pub(crate) kid: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SignedBy {
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) signatures: u64,
    pub(crate) standing: String,
    pub(crate) pinned_by: Option<String>,
    pub(crate) pinned_on: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AnchorUsed {
    pub(crate) stream_id: String,
    pub(crate) last_seq: u64,
    pub(crate) last_hash: Option<String>,
    pub(crate) last_event_id: Option<String>,
    pub(crate) origin: String,
    pub(crate) since: Option<String>,
    pub(crate) outcome: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stamped {
    pub(crate) at: String,
    pub(crate) by: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reached {
    pub(crate) stream_id: String,
    pub(crate) from_seq: u64,
    pub(crate) to_seq: u64,
    pub(crate) by: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Head {
    pub(crate) stream_id: String,
    pub(crate) last_seq: u64,
    pub(crate) last_hash: String,
}

impl Document {
    pub(crate) fn read(document: &Value) -> Result<Self, ReportFault> {
        let read = Self::deserialize(document).map_err(|_| ReportFault::NotADocument)?;
        if read.format == verify::FORMAT { Ok(read) } else { Err(ReportFault::NotADocument) }
    }

    /// How many findings weigh so much.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    pub(crate) fn is_audit_bundle(&self) -> bool {
        self.bundle.profile == bundle::Profile::AuditBundle1.name()
    }
}
