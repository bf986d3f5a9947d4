//! The result of a comparison: `chartproof-compare/1`. What is said in words is put together in [`super::tell`].

use serde::Serialize;

use crate::hands::HowFar;
use crate::report::Integrity;

use super::{Export, tell};

/// The format's id.
pub const COMPARE_FORMAT: &str = "chartproof-compare/1";
/// Most differences that one stream tells; all of them are counted.
pub(super) const DIFFERENCES_MAX: usize = 100;

/// What may be said about two exports. Ordered from worst to best: the worst stream decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something that the earlier export holds is not, or not like that, in the later one.
    Rewritten,
    /// Not all of it could be compared, and what could agrees.
    NotComparable,
    /// Everything that the earlier export holds within the reach of the later one is there, the same.
    Extends,
}

/// Which of the two was taken for the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As the caller gave them.
    AsGiven,
    /// The other way round: the one given as later ends earlier, and also states that it was made earlier.
    Reversed,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The later export holds other content under the same identity.
    Rewritten,
    /// The later export does not hold it.
    Removed,
    /// The later export holds it within the earlier one's reach, and the earlier one does not.
    Inserted,
    /// The later export holds it once more, byte for byte alike in what is hashed.
    Repeated,
    /// Both hold it, at other places among the others.
    Reordered,
    /// What stands in its place in the later export cannot be read.
    Unreadable,
    /// The later export begins right behind the earlier one and names another record as its predecessor.
    NotLinked,
}

/// Why exports, or one stream of them, could not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The comparison was stopped.
    Stopped,
    /// A container was refused, so nothing of it is read.
    Refused,
    /// The exports are of different kinds.
    OtherProfile,
    /// Nothing is known that would identify a record.
    NoIdentity,
    /// The later export does not hold this stream.
    OnlyInEarlier,
    /// No record in common: the later export begins right behind the earlier one, and names its last record as the one
    /// before.
    GoesOn,
    /// No record in common: the later export ends before the earlier one begins.
    DisjointSpans,
    /// No record in common: the later export begins after the earlier one ended, and something lies between.
    Hole,
    /// Records of the stream lie among those of another, so they were not all seen.
    MixedStreams,
    /// A part of an export is packed or laid out in a way that cannot be read yet.
    NotReadYet,
    /// The container is damaged, so a part of it was not read.
    Damaged,
    /// More records than can be held against each other.
    TooMany,
    /// There is no readable record.
    NoRecords,
}

/// Where one version of a record lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordPlace {
    /// The file, with hidden characters made visible.
    pub file: String,
    /// The file by the name it is opened with.
    #[serde(skip)]
    pub entry: String,
    /// The line, from 1, where records are lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Where it begins in the unpacked file, in bytes from 0.
    pub byte_offset: u64,
    /// Its length in bytes, without the line's end.
    pub length_bytes: u64,
    /// What it comes to when it is hashed; absent where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// One thing that differs: a record, or several one behind the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What happened.
    pub kind: DifferenceKind,
    /// Number of the first record, by the earlier export; absent in FHIR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Number of the last record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_seq: Option<u64>,
    /// The resource's id, and its version where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// How many records.
    pub count: u64,
    /// The first record in the earlier export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<RecordPlace>,
    /// The first record in the later export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<RecordPlace>,
    /// Members whose values differ, by their paths. Only looked up for a stream's first difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// A sentence.
    pub message: String,
}

/// How many records differ in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DifferenceCounts {
    /// Records with other content.
    pub rewritten: u64,
    /// Records that are gone.
    pub removed: u64,
    /// Records that came in between.
    pub inserted: u64,
    /// Records that stand there once more.
    pub repeated: u64,
    /// Records at other places.
    pub reordered: u64,
    /// Records that can no longer be read.
    pub unreadable: u64,
}

/// Some records of a stream, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SeqSpan {
    /// The first number; absent in FHIR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// The last number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// How many records.
    pub count: u64,
}

/// The records that both exports hold, the same; of a rewritten stream those before the first difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Common {
    /// The first number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// The last number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// How many records.
    pub count: u64,
    /// The hash of the last one, computed from its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// One stream held against itself; all of a FHIR export counts as one stream.
#[derive(Clone, Debug, Serialize)]
pub struct StreamComparison {
    /// The stream; absent in FHIR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<String>,
    /// What may be said.
    pub outcome: Outcome,
    /// Why it, or a part of it, could not be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Obstacle>,
    /// What both hold.
    pub common: Common,
    /// What the later export holds behind the end of the earlier one; all of it, where the earlier one does not hold the
    /// stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<SeqSpan>,
    /// What the earlier export holds before the beginning of the later one. Nothing was held against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in_earlier: Option<SeqSpan>,
    /// What the later export holds before the beginning of the earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in_later: Option<SeqSpan>,
    /// Records within the reach of both that one export declares to be archived elsewhere, or does not hold readably.
    /// Nothing was held against them.
    pub not_held: u64,
    /// Of those, the records of the later export that stand where the earlier one has nothing that can be read.
    pub not_held_in_earlier: u64,
    /// Records with the same content and another signature, or none.
    pub resigned: u64,
    /// The first differences, in the order of the log.
    pub differences: Vec<Difference>,
    /// All differences, counted.
    pub counts: DifferenceCounts,
    /// There were more differences than could be followed one by one; the counts are not exact.
    pub is_cut: bool,
    /// A sentence.
    pub message: String,
}

impl StreamComparison {
    /// Where the stream was first rewritten, if it was.
    #[must_use]
    pub fn first_difference(&self) -> Option<&Difference> {
        self.differences.first()
    }

    /// One of which nothing is known yet.
    pub(super) fn blank(stream_id: Option<String>) -> Self {
        Self {
            stream_id,
            outcome: Outcome::NotComparable,
            obstacle: None,
            common: Common::default(),
            new: None,
            only_in_earlier: None,
            only_in_later: None,
            not_held: 0,
            not_held_in_earlier: 0,
            resigned: 0,
            differences: Vec::new(),
            counts: DifferenceCounts::default(),
            is_cut: false,
            message: String::new(),
        }
    }

    /// Adds a difference: counted always, told up to a limit.
    pub(super) fn differ(&mut self, difference: Difference) {
        let counts = &mut self.counts;
        let counted = match difference.kind {
            DifferenceKind::Rewritten => Some(&mut counts.rewritten),
            DifferenceKind::Removed => Some(&mut counts.removed),
            DifferenceKind::Inserted => Some(&mut counts.inserted),
            DifferenceKind::Repeated => Some(&mut counts.repeated),
            DifferenceKind::Reordered => Some(&mut counts.reordered),
            DifferenceKind::Unreadable => Some(&mut counts.unreadable),
            DifferenceKind::NotLinked => None,
        };
        if let Some(counted) = counted {
            *counted = counted.saturating_add(difference.count);
        }
        self.outcome = Outcome::Rewritten;
        if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(difference);
        }
    }
}

/// What is known of one export.
#[derive(Clone, Debug, Serialize)]
pub struct ExportName {
    /// What the caller calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its id as stated by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_id: Option<String>,
    /// When it was made, as stated by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Readable records that were looked at.
    pub records: u64,
    /// What its own check came to; absent if it was not checked.
    pub own_check: Option<Integrity>,
}

impl ExportName {
    pub(super) fn of(export: &Export<'_>) -> Self {
        let path = export.path.map(str::to_owned);
        Self { path, bundle_id: None, created: None, records: 0, own_check: export.own_check }
    }
}

/// What came of holding two exports against each other.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// [`COMPARE_FORMAT`].
    pub format: &'static str,
    /// The profile of the exports.
    pub profile: String,
    /// What may be said about all of it: the worst stream decides.
    pub outcome: Outcome,
    /// Why nothing could be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Obstacle>,
    /// Which one was taken for the earlier.
    pub order: Order,
    /// The earlier export.
    pub earlier: ExportName,
    /// The later export.
    pub later: ExportName,
    /// How far the comparison came, if it was stopped.
    pub stopped: Option<HowFar>,
    /// Stream by stream.
    pub streams: Vec<StreamComparison>,
    /// Two sentences: what was found, and what it does not mean.
    pub summary: [String; 2],
    /// What it proves.
    pub proves: Vec<String>,
    /// What it does not prove.
    pub does_not_prove: Vec<String>,
}

impl Comparison {
    /// Puts the result together from its streams.
    pub(super) fn new(profile: &str, order: Order, names: [ExportName; 2], streams: Vec<StreamComparison>) -> Self {
        let outcome = streams.iter().map(|stream| stream.outcome).min().unwrap_or(Outcome::NotComparable);
        let obstacle = streams.is_empty().then_some(Obstacle::NoRecords);
        let [earlier, later] = names;
        let mut comparison = Self {
            format: COMPARE_FORMAT,
            profile: profile.to_owned(),
            outcome,
            obstacle,
            order,
            earlier,
            later,
            stopped: None,
            streams,
            summary: Default::default(),
            proves: Vec::new(),
            does_not_prove: Vec::new(),
        };
        tell::of_all(&mut comparison);
        comparison
    }
}

/// The result where nothing could be compared.
pub(super) fn none(pair: &[Export<'_>; 2], obstacle: Obstacle, stopped: Option<HowFar>) -> Comparison {
    let names = [0, 1].map(|side: usize| ExportName::of(&pair[side]));
    let mut comparison = Comparison::new(pair[0].source.profile().name(), Order::AsGiven, names, Vec::new());
    comparison.obstacle = Some(obstacle);
    comparison.stopped = stopped;
    tell::of_all(&mut comparison);
    comparison
}
