//! What is said where nothing differs: how much of the earlier export was found in the later one, what was not and why,
//! and what is new. No more than that.

use crate::words::{count_of, number};

use super::outcome::{Comparison, SeqSpan, StreamComparison};
use super::tell::between;

pub(super) fn counted_in(span: Option<SeqSpan>) -> u64 {
    span.map_or(0, |span| span.count)
}

/// How many records of the earlier export were found, out of how many; the others were held against nothing.
fn found(stream: &StreamComparison) -> [u64; 2] {
    let not_held = stream.not_held.saturating_sub(stream.not_held_in_earlier);
    let found = stream.common.count;
    [found, found.saturating_add(counted_in(stream.only_in_earlier)).saturating_add(not_held)]
}

/// A stream in which nothing differs: what of the earlier export was found, what was not and why, and what is new.
pub(super) fn extended(stream: &StreamComparison) -> String {
    let what = if stream.common.to.is_some() { "record" } else { "event" };
    let [found, total] = found(stream);
    let whole = if found == total { "The later export extends the earlier one." } else { "" };
    let span = |span: Option<SeqSpan>| match span.and_then(|span| span.from.zip(span.to)) {
        Some((from, to)) => format!(" ({} to {})", number(from), number(to)),
        None => String::new(),
    };
    let is = |count: u64| if count == 1 { "is" } else { "are" };
    let held = match total {
        total if found < total => {
            format!("The later export holds {} of the {} of the earlier one", number(found), count_of(total, what))
        }
        1 => format!("It holds the only {what} of it"),
        total => format!("It holds all {} of it", count_of(total, what)),
    };
    let mut sentences = vec![whole.to_owned(), format!("{held}{}, the same.", between(&stream.common))];
    let before = counted_in(stream.only_in_earlier);
    if before > 0 {
        sentences.push(format!(
            "{}{} of the earlier one {} before the beginning of the later one, and {} held against nothing.",
            count_of(before, what),
            span(stream.only_in_earlier),
            if before == 1 { "lies" } else { "lie" },
            if before == 1 { "was" } else { "were" },
        ));
    }
    let not_held = total.saturating_sub(found).saturating_sub(before);
    if not_held > 0 {
        let is = is(not_held);
        sentences.push(format!(
            "{} of the earlier one {is} not in the later one, which says that {} elsewhere or does not hold them readably.",
            count_of(not_held, what),
            if not_held == 1 { "it lies" } else { "they lie" },
        ));
    }
    if stream.not_held_in_earlier > 0 {
        let count = stream.not_held_in_earlier;
        sentences.push(format!(
            "{} of the later one {} where the earlier one has nothing that can be read.",
            count_of(count, what),
            if count == 1 { "stands" } else { "stand" },
        ));
    }
    if let Some(first) = stream.only_in_later {
        sentences.push(format!(
            "{}{} of the later one {} before the beginning of the earlier one.",
            count_of(first.count, what),
            span(stream.only_in_later),
            if first.count == 1 { "lies" } else { "lie" },
        ));
    }
    let new = counted_in(stream.new);
    sentences.push(match (new, stream.common.to) {
        (0, Some(_)) => "Nothing comes after the end of the earlier one.".to_owned(),
        (0, None) => "Nothing is new.".to_owned(),
        (new, Some(_)) => {
            let come = if new == 1 { "comes" } else { "come" };
            format!("{} {come} after the end of the earlier one.", count_of(new, what))
        }
        (new, None) => format!("{} {} new.", count_of(new, what), is(new)),
    });
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// Several streams in which nothing differs.
pub(super) fn in_all_streams(comparison: &Comparison) -> String {
    let streams = &comparison.streams;
    let sum = |count: &dyn Fn(&StreamComparison) -> u64| streams.iter().map(count).fold(0, u64::saturating_add);
    let [held, total] = [0, 1].map(|place: usize| sum(&|stream| found(stream)[place]));
    let of_both = streams.iter().filter(|stream| stream.common.count > 0).count();
    let are = if held == 1 { "is" } else { "are" };
    let in_both = format!("in {of_both} of {} streams, {are} in the later one, the same.", streams.len());
    let mut told = Vec::new();
    if held == total {
        told.push("The later export extends the earlier one.".to_owned());
        told.push(format!("All {} of the earlier export, {in_both}", count_of(total, "record")));
    } else {
        told.push(format!("{} of {} of the earlier export, {in_both}", number(held), count_of(total, "record")));
        told.push(
            "The others were held against nothing: they lie before its beginning, or it does not hold them readably."
                .to_owned(),
        );
    }
    let open = sum(&|stream| stream.not_held_in_earlier);
    if open > 0 {
        told.push(format!("Of the later one, {} could not be held against anything.", count_of(open, "record")));
    }
    let alone: Vec<_> = streams.iter().filter(|stream| stream.common.count == 0).collect();
    match alone.as_slice() {
        [] => {}
        [one] => {
            told.push(format!("Only the later one holds stream {}.", one.stream_id.as_deref().unwrap_or_default()));
        }
        more => {
            let count = u64::try_from(more.len()).unwrap_or(u64::MAX);
            told.push(format!("Only the later one holds {} of the streams.", number(count)));
        }
    }
    told.push(match sum(&|stream| counted_in(stream.new)) {
        0 => "Nothing is new.".to_owned(),
        1 => "1 record is new.".to_owned(),
        new => format!("{} are new.", count_of(new, "record")),
    });
    told.join(" ")
}
