//! Draws the verdict from everything that the check came to. The only place that makes a [`Report`].

use integrity::Digest;

use crate::anchors::Used;
use crate::finding::Code;
use crate::hands::HowFar;
use crate::listed::Listed;
use crate::reach::{self, Reach};
use crate::record::clock;
use crate::report::{
    self, Basis, BundleName, Claimed, Counts, CoverageSpan, Done, Evidence, Grounds, Head, Integrity, Period, Report,
    SignedBy,
};
use crate::seals::Detached;
use crate::work::Work;

/// What the check has come to besides findings.
#[derive(Default)]
pub(crate) struct Outcome<'a> {
    pub(crate) bundle_id: Option<String>,
    pub(crate) counts: Counts,
    /// The earliest and the latest time of a record, in nanoseconds since 1970.
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) coverage: Vec<CoverageSpan>,
    pub(crate) checkpoints_agreeing: u64,
    pub(crate) last_seq: Option<u64>,
    pub(crate) has_unread: bool,
    /// What the lists of a bag came to whose records have no evidence of their own.
    pub(crate) listed: Option<Listed>,
    /// Which export it is.
    pub(crate) export: Option<Digest>,
    pub(crate) detached: Detached,
    pub(crate) anchors: Vec<Used<'a>>,
    pub(crate) reaches: Vec<Reach>,
    pub(crate) heads: Vec<Head>,
    pub(crate) signed_by: Vec<SignedBy>,
    /// Keys that the bundle brings.
    pub(crate) claimed: Claimed,
    /// Whether a stream goes on from a head that was given.
    pub(crate) goes_on: bool,
}

/// Draws the verdict from what was found.
pub(crate) fn conclude(work: Work<'_>, outcome: Outcome<'_>, has_evidence: bool, stopped: Option<HowFar>) -> Report {
    let grounds = Grounds {
        worst: work.tally.worst(),
        stopped: stopped.is_some(),
        evaluable: match &outcome.listed {
            Some(listed) => listed.is_evidence(),
            None => has_evidence && outcome.counts.events > 0 && !outcome.has_unread,
        },
        signatures_open: work.tally.has(Code::SignaturesNotChecked),
        vouched: reach::weakest(&outcome.reaches),
        has_signatures: !outcome.signed_by.is_empty(),
        has_unseen: work.tally.has(Code::ArchiveAbsent),
    };
    let (integrity, assurance, badge) = report::conclude(grounds);
    let basis = Basis {
        tally: &work.tally,
        counts: outcome.counts,
        badge,
        stopped,
        has_evidence: has_evidence || outcome.listed.is_some(),
        has_unread: outcome.has_unread,
        checkpoints_agreeing: outcome.checkpoints_agreeing,
        last_seq: outcome.last_seq,
        tolerance_seconds: work.options.clock_tolerance.as_secs_f64(),
        reaches: &outcome.reaches,
        anchors: &outcome.anchors,
        signed_by: &outcome.signed_by,
        stamp: outcome.detached.stamp.as_ref(),
        goes_on: outcome.goes_on,
        has_trust: !work.options.trust.is_empty(),
    };
    let (proves, does_not_prove, summary) = match &outcome.listed {
        Some(listed) if stopped.is_none() => listed.words(&basis),
        _ => (report::proves(&basis), report::does_not_prove(&basis), report::summary(&basis)),
    };
    let holds = matches!(integrity, Integrity::Pass | Integrity::PassWithNotes);
    let evidence = Evidence::of(&outcome, holds);
    let done = Done {
        signatures: evidence.signed_by.iter().map(|key| key.signatures).sum(),
        anchors: u64::try_from(outcome.anchors.iter().filter(|used| used.is_compared()).count()).unwrap_or(u64::MAX),
        ..work.done
    };
    Report {
        bundle: BundleName {
            path: None,
            profile: work.source.profile().name().to_owned(),
            bundle_id: outcome.bundle_id,
        },
        integrity,
        assurance,
        badge,
        summary,
        stopped,
        counts: outcome.counts,
        period: outcome.times.map(|(from, to)| Period { from: clock::text(from), to: clock::text(to) }),
        done,
        findings: work.tally.into_list(),
        coverage: outcome.coverage,
        proves,
        does_not_prove,
        evidence,
    }
}
