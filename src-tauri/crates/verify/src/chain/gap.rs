//! Why numbers are missing: an archive, a lost file, lines that cannot be read, or records that were taken out.

use std::collections::BTreeMap;

use bundle::ab1::Archive;
use integrity::Digest;

use crate::archives::ArchiveState;
use crate::claims::{Claims, SegmentState};
use crate::finding::{Code, Finding};
use crate::pass::SegmentTrace;
use crate::record::BEHIND_ALL_LINES;
use crate::spans::Spans;
use crate::words::{are, count_of, number, records};

use super::link::Linked;
use super::pieces::Piece;
use super::trace::Spot;

/// Where numbers are missing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    /// Before the first record.
    Head,
    /// Between two records.
    Middle,
    /// After the last record; the word is the statement that says so.
    Tail(&'static str),
}

/// Numbers that no record has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap<'p> {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) edge: Edge,
    pub(crate) before: Option<&'p Piece>,
    pub(crate) after: Option<&'p Piece>,
    /// The hash that the first missing record ought to name.
    pub(crate) left: Option<Digest>,
    /// The hash that the last missing record ought to have.
    pub(crate) right: Option<Digest>,
}

/// Numbers that lie in a file which cannot be looked into.
struct Lost<'a> {
    from: u64,
    to: u64,
    path: &'a str,
    state: SegmentState,
}

/// What is known about a stream besides its readable records.
pub(crate) struct Ground<'a> {
    pub(crate) stream_id: &'a str,
    claims: &'a Claims,
    /// Archives of the stream by the number they begin at.
    archives: BTreeMap<u64, Vec<(usize, &'a Archive)>>,
    /// Sorted by where they begin.
    lost: Vec<Lost<'a>>,
    lost_numbers: Spans,
    /// Unreadable lines: where, and how many records may have stood there.
    holes: Vec<(Spot, u64)>,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(stream_id: &'a str, claims: &'a Claims, segments: &[SegmentTrace]) -> Self {
        let mut archives: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        let of_stream = claims.archives().iter().enumerate().filter(|(_, archive)| archive.stream_id == stream_id);
        for (place, archive) in of_stream {
            if let Some(first) = archive.first_seq {
                archives.entry(first).or_default().push((place, archive));
            }
        }
        let (lost, lost_numbers, holes) = (Vec::new(), Spans::default(), Vec::new());
        let mut ground = Self { stream_id, claims, archives, lost, lost_numbers, holes };
        for (index, (claim, trace)) in (0_u32..).zip(claims.segments.iter().zip(segments)) {
            let stated = claim.stated.as_ref();
            if stated.is_some_and(|stated| stated.stream_id != stream_id) {
                continue;
            }
            let range = stated.and_then(|stated| stated.first_seq.zip(stated.last_seq));
            if let Some((from, to)) = range.filter(|_| claim.state != SegmentState::Present) {
                ground.lost.push(Lost { from, to, path: &claim.path, state: claim.state });
                ground.lost_numbers.add(from, to);
            }
            let spots = trace.holes.iter();
            ground.holes.extend(spots.map(|hole| (Spot { segment: index, line: hole.first_line }, hole.records)));
        }
        ground.lost.sort_by_key(|lost| lost.from);
        ground
    }

    /// The last number that a lost file is said to hold.
    pub(crate) fn last_lost(&self) -> Option<u64> {
        self.lost.iter().map(|lost| lost.to).max()
    }

    /// Says why the numbers of a gap are missing.
    pub(crate) fn explain(&self, gap: &Gap<'_>, linked: &mut Linked) {
        linked.explained = true;
        if self.archived(gap, linked) {
            return;
        }
        for (from, to, is_lost) in self.lost_numbers.split(gap.from, gap.to) {
            let part = Gap { from, to, ..*gap };
            if is_lost {
                self.lost_in_file(&part, linked);
            } else if let Some(spot) = self.unreadable(&part) {
                self.lost_in_line(&part, spot, linked);
            } else {
                self.taken_out(&part, linked);
            }
        }
    }

    /// Archives that lead from one side of the gap to the other by their boundary hashes.
    fn archived(&self, gap: &Gap<'_>, linked: &mut Linked) -> bool {
        let (Some(left), Some(right)) = (gap.left, gap.right) else { return false };
        let (mut hash, mut seq, mut found) = (left.to_hex(), gap.from, Vec::new());
        while seq <= gap.to {
            let mut candidates = self.archives.get(&seq).into_iter().flatten();
            let next = candidates.find(|(_, archive)| {
                archive.first_prev_hash.as_deref() == Some(&hash)
                    && archive.last_seq.is_some_and(|last| (seq..=gap.to).contains(&last))
            });
            let Some((place, archive)) = next else { return false };
            let Some((last_seq, last_hash)) = archive.last_seq.zip(archive.last_hash.clone()) else { return false };
            found.push((seq, last_seq, self.claims.archive_states.get(place).copied()));
            (hash, seq) = (last_hash, last_seq + 1);
        }
        if hash != right.to_hex() {
            return false;
        }
        for (from, to, state) in found {
            let which = match state {
                Some(ArchiveState::Sound) => {
                    linked.bridged.add(from, to);
                    continue;
                }
                Some(ArchiveState::Unsound) => {
                    "an archive of this bundle that does not hold. The chain fits on both sides"
                }
                Some(ArchiveState::OtherForm) => {
                    "an archive of this bundle in a form that is not read. The chain fits on both sides; what the \
                     archive holds was not looked at"
                }
                None => {
                    "an archive that is not part of this bundle. The chain fits on both sides; what the archive holds \
                     was not looked at"
                }
            };
            let message = format!("{} lie in {which}.", records(from, to));
            linked.archived.add(from, to);
            linked.find(Finding::new(Code::ArchiveAbsent, message).missing(from, to));
        }
        true
    }

    fn lost_in_file(&self, gap: &Gap<'_>, linked: &mut Linked) {
        // Files that are said to hold the same numbers are told by the one that begins last.
        let at = self.lost.partition_point(|lost| lost.from <= gap.from);
        let Some(lost) = at.checked_sub(1).and_then(|at| self.lost.get(at)) else { return };
        let why = if lost.state == SegmentState::Missing { "is missing" } else { "has a form that is not read yet" };
        let message =
            format!("{} cannot be checked: the file that ought to hold them {why}.", records(gap.from, gap.to));
        if lost.state == SegmentState::Missing {
            linked.missing.add(gap.from, gap.to);
        } else {
            linked.unverifiable.add(gap.from, gap.to);
        }
        linked.find(Finding::new(Code::UnverifiableSpan, message).missing(gap.from, gap.to).at_file(lost.path));
    }

    /// The first unreadable line between the gap's neighbors, if such lines may hold all that is missing.
    fn unreadable(&self, gap: &Gap<'_>) -> Option<Spot> {
        let after = gap.before.map(Piece::last_spot);
        let before = gap.after.map(|piece| piece.spot);
        let first = after.map_or(0, |after| self.holes.partition_point(|(spot, _)| *spot <= after));
        let end = before.map_or(self.holes.len(), |before| self.holes.partition_point(|(spot, _)| *spot < before));
        let between = self.holes.get(first..end).unwrap_or_default().iter();
        let room = between.clone().map(|(_, records)| *records).fold(0, u64::saturating_add);
        let is_enough = room > gap.to - gap.from;
        between.map(|(spot, _)| *spot).next().filter(|_| is_enough)
    }

    fn lost_in_line(&self, gap: &Gap<'_>, spot: Spot, linked: &mut Linked) {
        let whose = if gap.from == gap.to { "it" } else { "they" };
        let message = format!(
            "{} cannot be checked: where {whose} ought to stand, the file cannot be read.",
            records(gap.from, gap.to)
        );
        linked.unverifiable.add(gap.from, gap.to);
        let finding = Finding::new(Code::UnverifiableSpan, message).missing(gap.from, gap.to);
        let finding = finding.at_file(self.claims.path(spot.segment));
        linked.find(if spot.line == BEHIND_ALL_LINES { finding } else { finding.line(spot.line) });
    }

    fn taken_out(&self, gap: &Gap<'_>, linked: &mut Linked) {
        let Gap { from, to, .. } = *gap;
        let missing = format!("{} {} missing", records(from, to), are(from, to));
        let finding = match gap.edge {
            Edge::Head => {
                let message = format!("{missing} at the beginning: the audit manifest says that the log starts there.");
                Finding::new(Code::HeadTruncated, message)
            }
            Edge::Middle => {
                let count = count_of(to - from + 1, "record");
                let message = format!(
                    "{missing}: {count} that the chain needs {} taken out.",
                    if from == to { "was" } else { "were" }
                );
                Finding::new(Code::EventsDeleted, message).between([from - 1, to + 1])
            }
            Edge::Tail(source) => {
                let who = match source {
                    "checkpoint" => "a checkpoint",
                    "anchor" => "a head that was given from outside",
                    _ => "the audit manifest",
                };
                let message =
                    format!("{missing} at the end: {who} says that the log goes on to record {}.", number(to));
                Finding::new(Code::TailTruncated, message).source(source)
            }
        };
        linked.missing.add(from, to);
        let finding = finding.missing(from, to);
        linked.find(match (gap.after, gap.before) {
            (Some(after), _) => finding.at_file(self.claims.path(after.spot.segment)).line(after.spot.line),
            (None, Some(before)) => {
                let spot = before.last_spot();
                finding.at_file(self.claims.path(spot.segment)).line(spot.line)
            }
            (None, None) => finding,
        });
    }
}
