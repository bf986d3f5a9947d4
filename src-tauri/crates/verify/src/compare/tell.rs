//! What a comparison says in words. No sentence names a person or quotes a record.

use crate::report::Integrity;
use crate::words::{are, count_of, number, records};

use super::extending::{counted_in, extended, in_all_streams};
use super::outcome::{
    Common, Comparison, Difference, DifferenceKind, ExportName, Obstacle, Order, Outcome, SeqSpan, StreamComparison,
};

/// What happened to a record, or to several one behind the other.
pub(super) fn of_difference(difference: &Difference) -> String {
    let (subject, was, is) = match (difference.seq, difference.to_seq, &difference.event_id) {
        (Some(from), to, _) => {
            let to = to.unwrap_or(from);
            (records(from, to), if from == to { "was" } else { "were" }, are(from, to))
        }
        (None, _, Some(id)) => (format!("Event {id}"), "was", "is"),
        (None, _, None) => ("An event without an id".to_owned(), "was", "is"),
    };
    let identity = if difference.seq.is_some() { "number" } else { "id and version" };
    match difference.kind {
        DifferenceKind::Rewritten => {
            format!("{subject} {was} rewritten: the later export holds other content under the same {identity}.")
        }
        DifferenceKind::Removed => format!("{subject} {is} in the earlier export and not in the later one."),
        DifferenceKind::Inserted => {
            format!("{subject} {is} in the later export, besides what the earlier one holds there.")
        }
        DifferenceKind::Repeated => {
            let once = if difference.count == 1 { "is" } else { "are" };
            format!("{subject} {once} in the later export once more than in the earlier one, and each time the same.")
        }
        DifferenceKind::Reordered => format!("{subject} {was} moved: both exports hold the events, in another order."),
        DifferenceKind::Unreadable => {
            format!("{subject} {is} readable in the earlier export and cannot be read in the later one.")
        }
        DifferenceKind::NotLinked => format!(
            "{subject} of the later export comes right after the last record of the earlier one, but names another \
             record as its predecessor."
        ),
    }
}

/// What a stream came to.
pub(super) fn of_stream(stream: &StreamComparison) -> String {
    match (stream.outcome, stream.obstacle) {
        (Outcome::Rewritten, _) => rewritten(stream),
        (_, Some(obstacle)) => format!("{} {}", why(obstacle), agreed(stream)).trim_end().to_owned(),
        _ if stream.common.count == 0 => {
            format!("Only the later export holds this stream, with {}.", count_of(counted_in(stream.new), "record"))
        }
        _ => extended(stream),
    }
}

fn rewritten(stream: &StreamComparison) -> String {
    let first = stream.differences.first().map(|first| first.message.clone());
    let mut sentences = if stream.is_cut {
        more_than_listed(stream)
    } else {
        vec![first.unwrap_or_else(|| "The later export does not agree with the earlier one.".to_owned())]
    };
    if let Some(to) = stream.common.to.filter(|_| stream.common.count > 0) {
        sentences.push(format!("The exports agree up to record {}.", number(to)));
    }
    let counted = counted(stream);
    if !stream.is_cut && counted.iter().map(|(count, _)| count).sum::<u64>() > 1 {
        let list: Vec<_> = counted.iter().map(|(count, word)| format!("{} {word}", number(*count))).collect();
        sentences.push(format!("All in all: {}.", list.join(", ")));
    }
    sentences.join(" ")
}

/// How many records differ in which way; the ways in which some do.
fn counted(stream: &StreamComparison) -> Vec<(u64, &'static str)> {
    let counts = stream.counts;
    let counted = [
        (counts.rewritten, "rewritten"),
        (counts.removed, "removed"),
        (counts.inserted, "inserted"),
        (counts.repeated, "repeated"),
        (counts.reordered, "moved"),
        (counts.unreadable, "no longer readable"),
    ];
    counted.into_iter().filter(|(count, _)| *count > 0).collect()
}

/// Of a stream in which more differs than was followed one by one: from where on, how much at least, and how much of it
/// is listed.
fn more_than_listed(stream: &StreamComparison) -> Vec<String> {
    let listed = stream.differences.iter().map(|difference| difference.count).sum();
    let counted = counted(stream);
    let listed = match listed {
        0 => "none of them is listed".to_owned(),
        1 => "1 of them is listed".to_owned(),
        count if counted.len() == 1 => format!("the first {} of them are listed", number(count)),
        count => format!("{} of them are listed", number(count)),
    };
    let mut ways = counted.into_iter();
    let (count, word) = ways.next().unwrap_or((0, "rewritten"));
    let mut differ = format!("{} {} {word}", count_of(count, "record"), if count == 1 { "was" } else { "were" });
    for (count, word) in ways {
        differ = format!("{differ}, {} {word}", number(count));
    }
    let first = stream.differences.first().and_then(|first| first.seq);
    let least = match first.or(stream.common.to.map(|to| to.saturating_add(1))) {
        Some(seq) => format!("From record {} on, at least {differ}; {listed}.", number(seq)),
        None => format!("At least {differ}; {listed}."),
    };
    vec![least, "A rewritten record has other content under the same number in the later export.".to_owned()]
}

/// From which number to which. Where numbers between the ends are not among them, they are not told as if they were.
pub(super) fn between(common: &Common) -> String {
    let Some((from, to)) = common.from.zip(common.to) else { return String::new() };
    let is_whole = to.saturating_sub(from).saturating_add(1) == common.count;
    let (from, to) = (number(from), number(to));
    if is_whole { format!(", {from} to {to}") } else { format!(", not all between {from} and {to}") }
}

/// What both exports hold.
fn agreed(stream: &StreamComparison) -> String {
    let common = &stream.common;
    match (common.count, common.from, common.to) {
        (0, ..) => String::new(),
        (count, Some(_), Some(_)) => {
            format!("Both hold {}{}, the same.", count_of(count, "record"), between(common))
        }
        (count, ..) => format!("Both hold {}, the same.", count_of(count, "event")),
    }
}

fn why(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Stopped => "The comparison was stopped before its end.",
        Obstacle::Refused => "The container of an export was refused, so nothing in it was read.",
        Obstacle::OtherProfile => "The exports are of different kinds, so no record of one can be found in the other.",
        Obstacle::NoIdentity => "Nothing is known that would identify a record in files of this kind.",
        Obstacle::OnlyInEarlier => "Only the earlier export holds this stream.",
        Obstacle::GoesOn => {
            "The exports have no record in common. The later one begins right behind the earlier one and names its last \
             record as the one before its own first."
        }
        Obstacle::DisjointSpans => {
            "The exports have no record in common: the one given as later ends before the other begins."
        }
        Obstacle::Hole => {
            "The exports have no record in common: the later one begins after the earlier one ended, and what lies \
             between them is in neither."
        }
        Obstacle::MixedStreams => {
            "Records of this stream lie among those of another, where they were not held against the other export."
        }
        Obstacle::NotReadYet => "A part of an export is of a form that cannot be read yet.",
        Obstacle::Damaged => "A part of an export could not be read.",
        Obstacle::TooMany => "There is more than can be held against each other; not all of it was compared.",
        Obstacle::NoRecords => "An export holds no readable record to compare.",
    }
}

/// Puts the summary and the lists of what is proven into a comparison.
pub(super) fn of_all(comparison: &mut Comparison) {
    comparison.summary = [headline(comparison), caveat(comparison)];
    comparison.proves = proves(comparison);
    comparison.does_not_prove = does_not_prove(comparison);
}

fn headline(comparison: &Comparison) -> String {
    let worst = comparison.streams.iter().find(|stream| stream.outcome == comparison.outcome);
    let told = match (comparison.obstacle, worst) {
        (Some(obstacle), _) => why(obstacle).to_owned(),
        (None, Some(stream)) if comparison.streams.len() == 1 => stream.message.clone(),
        (None, Some(_)) if comparison.outcome == Outcome::Extends => in_all_streams(comparison),
        (None, Some(stream)) => {
            let alike = comparison.streams.iter().filter(|stream| stream.outcome == comparison.outcome).count();
            let id =
                stream.stream_id.as_deref().map_or_else(|| "further streams".to_owned(), |id| format!("stream {id}"));
            format!("In {alike} of {} streams, first in {id}: {}", comparison.streams.len(), stream.message)
        }
        (None, None) => why(Obstacle::NoRecords).to_owned(),
    };
    match comparison.order {
        Order::AsGiven => told,
        Order::Reversed => format!("The two were given in the wrong order, by their content and their dates. {told}"),
    }
}

fn caveat(comparison: &Comparison) -> String {
    match comparison.outcome {
        Outcome::Extends => {
            "This says that nothing was changed in what both exports hold. It does not say that the earlier one was true."
                .to_owned()
        }
        Outcome::Rewritten => {
            "One of the two exports does not show the log as it was. The comparison cannot say which, or who did it."
                .to_owned()
        }
        Outcome::NotComparable => "Nothing is said about what could not be compared.".to_owned(),
    }
}

fn proves(comparison: &Comparison) -> Vec<String> {
    let mut proves = Vec::new();
    for stream in comparison.streams.iter().filter(|stream| stream.common.count > 0) {
        let hash =
            stream.common.hash.as_deref().map_or_else(String::new, |hash| format!(" The last one hashes to {hash}."));
        proves.push(format!("{}{hash}", agreed(stream)));
    }
    for stream in comparison.streams.iter().filter(|stream| stream.obstacle == Some(Obstacle::GoesOn)) {
        let id = stream.stream_id.as_deref().unwrap_or_default();
        proves.push(format!("The later export was made of stream {id} as it ended in the earlier one."));
    }
    if comparison.outcome == Outcome::Rewritten {
        proves.push("The two exports contradict each other in the places that are told.".to_owned());
    }
    proves
}

fn does_not_prove(comparison: &Comparison) -> Vec<String> {
    let mut limits = vec![
        "That the log was true or complete when the earlier export was made.".to_owned(),
        "Anything about records that only one of the exports reaches.".to_owned(),
    ];
    for stream in &comparison.streams {
        if let Some(SeqSpan { count, .. }) = stream.only_in_earlier {
            limits.push(format!(
                "That {} of the earlier export before the beginning of the later one {} still what {}.",
                count_of(count, "record"),
                if count == 1 { "is" } else { "are" },
                if count == 1 { "it was" } else { "they were" },
            ));
        }
        if stream.not_held > 0 {
            limits.push(format!(
                "Anything about {} that one of the exports does not hold readably.",
                count_of(stream.not_held, "record")
            ));
        }
        if stream.resigned > 0 {
            limits.push(format!(
                "Who signed: {} {} the same content and another signature, or none.",
                count_of(stream.resigned, "record"),
                if stream.resigned == 1 { "has" } else { "have" },
            ));
        }
    }
    for (which, export) in [("earlier", &comparison.earlier), ("later", &comparison.later)] {
        limits.extend(of_own_check(which, export));
    }
    limits
}

fn of_own_check(which: &str, export: &ExportName) -> Option<String> {
    match export.own_check {
        Some(Integrity::Fail) => {
            Some(format!("That the {which} export is sound: its own check failed. See its report."))
        }
        Some(Integrity::NotEvaluable) => Some(format!("That the {which} export is sound: it could not be checked.")),
        Some(Integrity::Pass | Integrity::PassWithNotes) => None,
        None => Some(format!("That the {which} export is sound: it was not checked.")),
    }
}
