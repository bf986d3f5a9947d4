//! Holds a stream against the anchors that speak of it.

use std::collections::BTreeMap;

use integrity::Digest;

use super::{Anchor, Origin, Remembered};
use crate::chain::{Linked, Mark, Trace};
use crate::finding::{Code, Finding};
use crate::proof::Agreed;
use crate::words::number;
use crate::work::Work;

/// What became of an anchor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// It agrees with the log up to a record.
    Agrees { to: u64, agreed: Agreed },
    /// The log goes on from it.
    GoesOn,
    /// It names something else than stands there.
    Differs,
    /// It names a record beyond the end of the log.
    Beyond,
    /// It says nothing about the records that are here.
    Elsewhere,
    /// It comes from an import of this very export.
    SameExport,
    /// It agrees, and vouches for nothing: it comes from the same bundle in another make, or from an import that was
    /// made after this bundle had come here.
    AgreesOnly,
    /// Something else that was found keeps it from being compared.
    Open,
}

impl Outcome {
    /// The word in reports.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Agrees { .. } => "agrees",
            Self::GoesOn => "goes_on",
            Self::Differs => "differs",
            Self::Beyond => "beyond",
            Self::Elsewhere => "elsewhere",
            Self::SameExport => "same_export",
            Self::AgreesOnly => "agrees_only",
            Self::Open => "not_compared",
        }
    }
}

/// An anchor and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Used<'a> {
    pub(crate) anchor: &'a Anchor,
    pub(crate) outcome: Outcome,
}

impl Used<'_> {
    /// Whether it says something about the records that are here.
    pub(crate) fn is_compared(&self) -> bool {
        match self.outcome {
            Outcome::Agrees { .. } | Outcome::GoesOn | Outcome::Differs | Outcome::Beyond => true,
            Outcome::Elsewhere | Outcome::SameExport | Outcome::AgreesOnly | Outcome::Open => false,
        }
    }

    /// The record that it agrees with.
    pub(crate) fn agreed(&self) -> Option<(u64, Agreed)> {
        match self.outcome {
            Outcome::Agrees { to, agreed } => Some((to, agreed)),
            _ => None,
        }
    }
}

/// What a single record says about an anchor at its number.
enum Found {
    Same(Agreed),
    /// The field that differs, what the anchor says, what is there.
    Other(&'static str, String, String),
    Open,
}

/// The record numbers whose hashes are needed, by stream.
pub(crate) fn marked(anchors: &[Anchor], marked: &mut BTreeMap<String, Vec<u64>>) {
    for anchor in anchors {
        let ends = marked.entry(anchor.stream_id.clone()).or_default();
        if let Err(place) = ends.binary_search(&anchor.last_seq) {
            ends.insert(place, anchor.last_seq);
        }
    }
}

/// The last record of a stream that an anchor names which was not remembered from an import.
pub(crate) fn ends(anchors: &[Anchor], stream_id: &str) -> Option<u64> {
    let of_stream = anchors.iter().filter(|anchor| anchor.stream_id == stream_id);
    let given = of_stream.filter(|anchor| !matches!(anchor.origin, Origin::Remembered(_)));
    given.map(|anchor| anchor.last_seq).max()
}

/// The head that a stream ended with before its record `first_seq`.
pub(crate) fn head_before(
    anchors: &[Anchor],
    export: Option<Digest>,
    stream_id: &str,
    first_seq: u64,
) -> Option<Digest> {
    let is_it = |anchor: &&Anchor| {
        anchor.stream_id == stream_id && anchor.last_seq.checked_add(1) == Some(first_seq) && !anchor.is_of(export)
    };
    anchors.iter().find(is_it).map(|anchor| anchor.last_hash)
}

/// Anchors about streams that the bundle does not hold. Remembered ones are about other logs and not listed.
pub(crate) fn other_streams<'a>(anchors: &'a [Anchor], traces: &[Trace]) -> Vec<Used<'a>> {
    let is_here = |anchor: &Anchor| traces.iter().any(|trace| trace.id == anchor.stream_id && trace.records > 0);
    let others = anchors.iter().filter(|anchor| !is_here(anchor));
    let given = others.filter(|anchor| !matches!(anchor.origin, Origin::Remembered(_)));
    given.map(|anchor| Used { anchor, outcome: Outcome::Elsewhere }).collect()
}

/// What a bundle is known by; it cannot vouch for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Itself<'a> {
    pub(crate) export: Option<Digest>,
    /// The id that it states.
    pub(crate) bundle_id: Option<&'a str>,
}

/// Compares one stream with its anchors, from the lowest to the highest. The first that differs stands for the later
/// ones.
pub(crate) fn compare<'a>(work: &mut Work<'a>, trace: &Trace, linked: &Linked, this: Itself<'_>) -> Vec<Used<'a>> {
    let options: &'a crate::hands::Options = work.options;
    let mut of_stream: Vec<_> = options.anchors.iter().filter(|anchor| anchor.stream_id == trace.id).collect();
    of_stream.sort_by_key(|anchor| anchor.last_seq);
    let (Some(first), Some(last)) = (linked.kept.first(), linked.kept.last()) else { return Vec::new() };
    let (first, end) = (first.first_seq, last.last_seq);
    let (mut agreed_to, mut differed, mut rolled_back) = (None, false, false);
    let mut used = Vec::with_capacity(of_stream.len());
    for (place, anchor) in of_stream.iter().copied().enumerate() {
        let outcome = if anchor.is_of(this.export) {
            Outcome::SameExport
        } else if anchor.last_seq.saturating_add(1) < first || (anchor.came_later() && anchor.last_seq > end) {
            Outcome::Elsewhere
        } else if anchor.last_seq > end {
            beyond(work, trace, linked, anchor, &mut rolled_back)
        } else {
            match at_record(anchor, trace, linked, first) {
                Found::Same(_) if anchor.last_seq < first => Outcome::GoesOn,
                Found::Same(_) if anchor.came_later() || is_remade(anchor, this, first, end) => Outcome::AgreesOnly,
                Found::Same(agreed) => {
                    agreed_to = Some(anchor.last_seq);
                    Outcome::Agrees { to: anchor.last_seq, agreed }
                }
                Found::Other(field, expected, actual) => {
                    if !differed {
                        let within = [agreed_to.map_or(first, |to| to + 1).min(anchor.last_seq), anchor.last_seq];
                        let mut later = of_stream.iter().skip(place + 1).filter(|later| !later.came_later());
                        let contradicts = if field == "last_event_id" {
                            Contradicts::Itself
                        } else if later.any(|later| later.last_seq <= end && agrees(later, trace, linked, first)) {
                            Contradicts::LaterOnes
                        } else {
                            Contradicts::Log
                        };
                        let finding = mismatch(anchor, first, within, contradicts);
                        work.find(finding.field(field).expected(expected).actual(actual));
                    }
                    differed = true;
                    Outcome::Differs
                }
                Found::Open => Outcome::Open,
            }
        };
        used.push(Used { anchor, outcome });
    }
    used
}

fn agrees(anchor: &Anchor, trace: &Trace, linked: &Linked, first: u64) -> bool {
    matches!(at_record(anchor, trace, linked, first), Found::Same(_))
}

/// What an anchor that differs contradicts.
#[derive(Clone, Copy)]
enum Contradicts {
    /// The log.
    Log,
    /// The log, with which an anchor at a later record agrees.
    LaterOnes,
    /// Its own hash: that one is the log's.
    Itself,
}

/// Whether an anchor comes from this bundle in another make: it stated the same id and held the same records.
fn is_remade(anchor: &Anchor, this: Itself<'_>, first: u64, end: u64) -> bool {
    anchor.is_named(this.bundle_id) && (anchor.first_seq(), anchor.last_seq) == (first, end)
}

/// An anchor at a number that the log has reached, or right before its first record.
fn at_record(anchor: &Anchor, trace: &Trace, linked: &Linked, first: u64) -> Found {
    let seq = anchor.last_seq;
    if seq < first {
        let Some(prev) = linked.kept.first().and_then(|piece| piece.first_prev) else { return Found::Open };
        return match Agreed::with(anchor, prev) {
            Some(agreed) => Found::Same(agreed),
            None => Found::Other("last_hash", anchor.last_hash.to_hex(), prev.to_hex()),
        };
    }
    let Some(piece) = linked.piece_of(seq) else {
        return if linked.skipped.meets(seq, seq) {
            Found::Other("last_seq", seq.to_string(), "no such record".to_owned())
        } else {
            Found::Open
        };
    };
    let spot = piece.spot.down(seq - piece.first_seq);
    let at = trace.marks.binary_search_by_key(&spot, |mark| mark.spot).ok();
    let mark = at.and_then(|at| trace.marks.get(at)).filter(|_| !linked.suspect.meets(seq, seq));
    let Some(Mark { hash, event_id, altered, .. }) = mark else { return Found::Open };
    let Some(agreed) = Agreed::with(anchor, *hash) else {
        return Found::Other("last_hash", anchor.last_hash.to_hex(), hash.to_hex());
    };
    match &anchor.last_event_id {
        Some(stated) if stated != event_id && !altered => {
            let shown = |id: &str| bundle::escape::visible(id).into_owned();
            Found::Other("last_event_id", shown(stated), shown(event_id))
        }
        _ => Found::Same(agreed),
    }
}

/// An anchor at a number that the log does not reach. What was cut off below a head that somebody gave is told by the
/// chain; what an earlier import knew is told here.
fn beyond(work: &mut Work<'_>, trace: &Trace, linked: &Linked, anchor: &Anchor, rolled_back: &mut bool) -> Outcome {
    let Origin::Remembered(Remembered { on, .. }) = &anchor.origin else { return Outcome::Beyond };
    let Some(last) = linked.kept.last() else { return Outcome::Open };
    let next = last.last_seq.saturating_add(1);
    if anchor.first_seq() > next {
        return Outcome::Elsewhere;
    }
    if anchor.first_seq() == next {
        let Some(hash) = last.last_hash else { return Outcome::Open };
        if let Some(agreed) = Agreed::with_successor(anchor, hash) {
            return Outcome::Agrees { to: last.last_seq, agreed };
        }
        let named = anchor.first_prev_hash().map(|hash| hash.to_hex()).unwrap_or_default();
        let message = format!(
            "The bundle that goes on from here, imported on {}, names another end of this log than record {}.",
            bundle::escape::visible(on),
            number(last.last_seq)
        );
        let finding = Finding::new(Code::AnchorMismatch, message).stream_id(trace.id.as_str()).seq(last.last_seq);
        let first = linked.kept.first().map_or(1, |piece| piece.first_seq);
        let finding = finding.altered_within([first, last.last_seq]).field("first_prev_hash").source("anchor");
        work.find(finding.expected(named).actual(hash.to_hex()));
        return Outcome::Differs;
    }
    if !*rolled_back {
        let message = format!(
            "This bundle ends with record {}, but the import of {} already held record {}: it is older, or its end \
             was cut off.",
            number(last.last_seq),
            bundle::escape::visible(on),
            number(anchor.last_seq)
        );
        let finding = Finding::new(Code::BundleRollback, message).stream_id(trace.id.as_str()).source("anchor");
        let finding = finding.missing(next, anchor.last_seq).expected(anchor.last_hash.to_hex());
        work.find(match last.last_hash {
            Some(hash) => finding.seq(last.last_seq).actual(hash.to_hex()),
            None => finding.seq(last.last_seq),
        });
    }
    *rolled_back = true;
    Outcome::Beyond
}

/// One sentence, which accuses nobody of more than is shown.
fn mismatch(anchor: &Anchor, first: u64, within: [u64; 2], contradicts: Contradicts) -> Finding {
    let seq = anchor.last_seq;
    let whose = match &anchor.origin {
        Origin::Typed => "that was typed in".to_owned(),
        Origin::File => "in the file that was given".to_owned(),
        Origin::Stamped { at } => format!("in the file that was stamped at {}", bundle::escape::visible(at)),
        Origin::Remembered(Remembered { on, .. }) => {
            format!("that the import of {} left behind", bundle::escape::visible(on))
        }
    };
    let finding = Finding::new(Code::AnchorMismatch, String::new()).stream_id(anchor.stream_id.as_str()).seq(seq);
    let mut finding = finding.source("anchor");
    let [from, at] = [number(within[0]), number(seq)];
    finding.message = match contradicts {
        _ if seq < first => {
            format!("The log does not go on from the head {whose}: record {} names another predecessor.", number(first))
        }
        Contradicts::Log => {
            finding = finding.altered_within(within);
            format!(
                "The log does not agree with the head {whose}, at record {at}: something between record {from} and \
                 record {at} was changed and the chain computed anew."
            )
        }
        Contradicts::LaterOnes => format!(
            "The log does not agree with the head {whose}, at record {at}, though it does with one at a later record: \
             the two heads contradict each other. Find out which of them was noted from this log."
        ),
        Contradicts::Itself => format!(
            "The head {whose} names the log's own hash at record {at}, but another event id: it was noted wrongly, or \
             changed since."
        ),
    };
    finding
}
