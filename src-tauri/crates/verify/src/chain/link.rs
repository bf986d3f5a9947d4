//! Works out, from the stretches of one stream, where its chain is off and what happened there.

use integrity::{Digest, chain};

use crate::anchors::Anchor;
use crate::claims::Claims;
use crate::fault::Halt;
use crate::finding::{Code, Finding, Place, Tally};
use crate::pass::SegmentTrace;
use crate::spans::Spans;
use crate::words::{count_of, number, records};
use crate::work::Work;

use super::detail::Lines;
use super::gap::{Edge, Gap, Ground};
use super::pieces::{self, Piece};
use super::resolve::{self, Extra};
use super::trace::{Spot, Trace};
use super::{heads, order};

/// Most places that a finding about moved records lists.
const MOVED_MAX: usize = 100;

/// What the chain of a stream came to.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    stream_id: String,
    /// The records of the chain in the order of their numbers, as pieces.
    pub(crate) kept: Vec<Piece>,
    /// Records that stand in the bundle but not in the chain.
    pub(crate) extra_records: u64,
    /// Numbers whose records were taken out or cut off.
    pub(crate) missing: Spans,
    /// Numbers that something unreadable or lost accounts for.
    pub(crate) unverifiable: Spans,
    /// Numbers that lie in an archive which was not looked into.
    pub(crate) archived: Spans,
    /// Numbers that lie in an archive which is here and holds.
    pub(crate) bridged: Spans,
    /// Whether it goes on from a head that was given from outside.
    pub(crate) goes_on: bool,
    /// Numbers that were never given.
    pub(crate) skipped: Spans,
    /// Records at which the chain is off: neighbors of a break, rivals, moved ones.
    pub(crate) suspect: Spans,
    /// Whether something was found that explains differing counts and heads.
    pub(crate) explained: bool,
    pub(crate) tally: Tally,
}

impl Linked {
    pub(crate) fn find(&mut self, finding: Finding) {
        self.tally.add(finding.stream_id(self.stream_id.as_str()));
    }

    /// Whether any number in a range has a finding of its own.
    pub(crate) fn is_off(&self, from: u64, to: u64) -> bool {
        [&self.missing, &self.unverifiable, &self.archived, &self.bridged, &self.skipped, &self.suspect]
            .iter()
            .any(|spans| spans.meets(from, to))
    }

    /// The kept piece that holds a number.
    pub(crate) fn piece_of(&self, seq: u64) -> Option<&Piece> {
        let at = self.kept.partition_point(|piece| piece.last_seq < seq);
        self.kept.get(at).filter(|piece| piece.first_seq <= seq)
    }

    /// Whether the chain leads from one kept piece to the next.
    pub(crate) fn leads_on(&self, before: &Piece, after: &Piece) -> bool {
        let is_linked = before.last_hash.is_some() && before.last_hash == after.first_prev;
        let (from, to) = (before.last_seq.saturating_add(1), after.first_seq.saturating_sub(1));
        let is_bridged = || from <= to && self.bridged.split(from, to).iter().all(|(_, _, is_in)| *is_in);
        is_linked || before.runs_on_in(after) || is_bridged()
    }

    /// Records of the chain that are there.
    pub(crate) fn records(&self) -> u64 {
        self.kept.iter().map(Piece::count).sum()
    }
}

/// What is said about a stream from elsewhere than its records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elsewhere<'a> {
    /// The last number that a sound checkpoint names.
    pub(crate) checkpoint_end: Option<u64>,
    /// The last number that an anchor names which somebody gave.
    pub(crate) anchor_end: Option<u64>,
    /// All anchors, for the head that the stream may go on from.
    pub(crate) anchors: &'a [Anchor],
    /// Which export the bundle is.
    pub(crate) export: Option<Digest>,
}

/// Links the records of one stream.
pub(crate) fn link(
    work: &mut Work<'_>,
    claims: &Claims,
    segments: &[SegmentTrace],
    trace: &mut Trace,
    elsewhere: Elsewhere<'_>,
) -> Result<Linked, Halt> {
    let id = trace.id.clone();
    let mut linked = Linked { stream_id: id.clone(), ..Linked::default() };
    let ground = Ground::new(&id, claims, segments);
    let mut pieces = pieces::cut(&trace.stretches);
    let mut sorted = pieces.clone();
    sorted.sort_by_key(|piece| (piece.first_seq, piece.order));
    let mut lines = Lines::default();
    pieces::want_unknown(&sorted, &mut lines);
    resolve::want_rivals(&sorted, &mut lines);
    lines.fetch(work, claims)?;
    pieces::fill_unknown(&mut pieces, &lines);
    pieces::fill_unknown(&mut sorted, &lines);

    tell_moved(claims, &pieces, &mut linked);
    let beginning = beginning(claims, &id, sorted.first());
    let (kept, extras) = resolve::keep_one_each(&sorted, beginning, &lines);
    for extra in &extras {
        tell_extra(claims, extra, &lines, &mut linked);
    }
    let tolerance = work.options.clock_tolerance_nanos();
    for pair in kept.windows(2) {
        let [p, r] = pair else { continue };
        link_pair(claims, &ground, p, r, &mut linked);
        if !p.runs_on_in(r) {
            trace.step(r.first_seq, r.spot, p.last_time, r.first_time, tolerance);
        }
    }
    heads::head(claims, &ground, kept.first(), elsewhere, &mut linked);
    heads::tail(claims, &ground, &kept, elsewhere, &mut linked);
    linked.kept = kept;
    if trace.overfull {
        let message = "The chain is off at so many places that not all of them were followed.";
        linked.explained = true;
        linked.find(Finding::new(Code::ChainBreak, message));
    }
    Ok(linked)
}

/// What the first record of a stream ought to name.
fn beginning(claims: &Claims, id: &str, first: Option<&Piece>) -> Option<Digest> {
    if first.is_some_and(|first| first.first_seq == 1) {
        return Some(chain::genesis(id));
    }
    Digest::from_hex(claims.stream(id)?.first_prev_hash.as_deref()?)
}

fn place(claims: &Claims, spot: Spot, seq: u64) -> Place {
    Place { file: bundle::escape::visible(claims.path(spot.segment)).into_owned(), line: spot.line, seq }
}

fn tell_moved(claims: &Claims, pieces: &[Piece], linked: &mut Linked) {
    let in_run = order::in_longest_run(pieces);
    let moved: Vec<_> = pieces.iter().zip(in_run).filter(|(_, in_run)| !in_run).map(|(piece, _)| piece).collect();
    let Some(first) = moved.first() else { return };
    let count = moved.iter().map(|piece| piece.count()).sum::<u64>();
    let each = |piece: &&Piece| {
        let piece = **piece;
        (piece.first_seq..=piece.last_seq).map(move |seq| (seq, piece.spot.down(seq - piece.first_seq)))
    };
    let places: Vec<_> =
        moved.iter().flat_map(each).take(MOVED_MAX).map(|(seq, spot)| place(claims, spot, seq)).collect();
    for piece in &moved {
        linked.suspect.add(piece.first_seq, piece.last_seq);
    }
    let message = format!(
        "{} {} not stand where {} number{} belong{}; the first one is record {}.",
        count_of(count, "record"),
        if count == 1 { "does" } else { "do" },
        if count == 1 { "its" } else { "their" },
        if count == 1 { "" } else { "s" },
        if count == 1 { "s" } else { "" },
        number(first.first_seq)
    );
    let finding = Finding::new(Code::EventsReordered, message).count(count).moved(places);
    linked.find(finding.at_file(claims.path(first.spot.segment)).line(first.spot.line));
}

fn tell_extra(claims: &Claims, extra: &Extra, lines: &Lines, linked: &mut Linked) {
    let Extra { piece, is_copy } = extra;
    let (from, to) = (piece.first_seq, piece.last_seq);
    linked.explained = true;
    linked.extra_records += piece.count();
    linked.suspect.add(from, to);
    let (code, what) = if *is_copy {
        (Code::EventDuplicated, "stands in the log again, identical to the first time")
    } else {
        (Code::EventInserted, "was added: another record has the same number and belongs to the chain")
    };
    let who = if from == to { records(from, to) } else { format!("Each of {} to {}", number(from), number(to)) };
    let finding = Finding::new(code, format!("{who} {what}.")).seq(from).count(piece.count());
    let finding = finding.at_file(claims.path(piece.spot.segment)).line(piece.spot.line);
    linked.find(match lines.get(piece.spot) {
        Some(detail) => {
            let finding = finding.byte_offset(detail.byte_offset);
            match &detail.event_id {
                Some(id) => finding.event_id(bundle::escape::visible(id)),
                None => finding,
            }
        }
        None => finding,
    });
}

/// Two neighbors in the order of numbers: do they follow each other?
fn link_pair(claims: &Claims, ground: &Ground<'_>, p: &Piece, r: &Piece, linked: &mut Linked) {
    let has_gap = r.first_seq > p.last_seq + 1;
    let (from, to) = (p.last_seq + 1, r.first_seq - 1);
    // Where a cut left a hash unknown because too many lines would have to be read again, the stretch itself says
    // that its records follow each other.
    let is_linked = match (p.last_hash, r.first_prev) {
        (Some(hash), Some(prev)) => hash == prev,
        _ => true,
    };
    match (is_linked, has_gap) {
        (true, false) => {}
        (true, true) => {
            let message = format!(
                "{} were never given: record {} follows record {} in the chain, so nothing was taken out there.",
                if from == to {
                    format!("Number {}", number(from))
                } else {
                    format!("The numbers {} to {}", number(from), number(to))
                },
                number(r.first_seq),
                number(p.last_seq)
            );
            let message = if from == to { message.replacen("were never", "was never", 1) } else { message };
            linked.skipped.add(from, to);
            let finding = Finding::new(Code::SequenceGap, message).skipped_from(from).skipped_to(to);
            linked.find(finding.at_file(claims.path(r.spot.segment)).line(r.spot.line));
        }
        (false, true) => {
            let (left, right) = (p.last_hash, r.first_prev);
            ground.explain(&Gap { from, to, edge: Edge::Middle, before: Some(p), after: Some(r), left, right }, linked);
        }
        (false, false) => {
            let message = format!(
                "Record {} does not follow record {}: record {} was changed and given a new hash, or another record \
                 stood there.",
                number(r.first_seq),
                number(p.last_seq),
                number(p.last_seq)
            );
            linked.suspect.add(p.last_seq, r.first_seq);
            let finding = Finding::new(Code::ChainBreak, message).between([p.last_seq, r.first_seq]);
            let finding = finding.at_file(claims.path(r.spot.segment)).line(r.spot.line).seq(p.last_seq);
            let hex = |digest: Option<Digest>| digest.map(|digest| digest.to_hex()).unwrap_or_default();
            linked.find(finding.expected(hex(r.first_prev)).actual(hex(p.last_hash)));
        }
    }
}
