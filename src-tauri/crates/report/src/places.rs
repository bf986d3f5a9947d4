//! A table: where a finding lies, as labels and values that a person reads.

use bundle::segment::Layout;
use verify::{Finding, Place};

/// Most records out of order, or places concerned, that are listed for one finding.
const LISTED_MAX: usize = 20;

/// The locators of a finding, in the order in which somebody would look for the place.
#[must_use]
pub fn places(finding: &Finding) -> Vec<(String, String)> {
    let number = |value: &Option<u64>| value.map(grouped);
    let pair = |pair: &Option<[u64; 2]>| pair.map(|[from, to]| range(from, to));
    let between = |from: &Option<u64>, to: &Option<u64>| Some(range((*from)?, (*to)?));
    let list = |list: &Option<Vec<String>>| list.as_deref().map(|texts| listed(texts.iter().cloned()));
    let records = |list: &Option<Vec<Place>>| list.as_deref().map(|places| listed(places.iter().map(place)));
    let versions = finding
        .versions
        .as_deref()
        .map(|seen| listed(seen.iter().map(|seen| format!("{} from record {}", seen.version, grouped(seen.seq)))));
    let labeled = [
        ("File", finding.file.clone()),
        ("Line", number(&finding.line)),
        ("Row", number(&finding.row)),
        ("Column", finding.column.clone()),
        ("Byte", number(&finding.byte_offset)),
        ("Record", number(&finding.seq)),
        ("Event id", finding.event_id.clone()),
        ("Between records", pair(&finding.between)),
        ("Missing", between(&finding.missing_from, &finding.missing_to)),
        ("How many", number(&finding.count)),
        ("According to", finding.source.clone()),
        ("Altered within", pair(&finding.altered_within)),
        ("Numbers skipped", between(&finding.skipped_from, &finding.skipped_to)),
        ("Member", finding.member.clone()),
        ("Key", finding.kid.clone()),
        ("Field", finding.field.clone()),
        ("Out of order", records(&finding.moved)),
        ("Places", records(&finding.places)),
        ("Times", list(&finding.times)),
        ("Days", list(&finding.days)),
        ("Versions", versions),
        ("Stream", finding.stream_id.clone()),
    ];
    labeled.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
}

fn place(place: &Place) -> String {
    let what = if Layout::of_name(&place.file).is_table() { "row" } else { "line" };
    format!("record {} ({what} {})", grouped(place.seq), grouped(place.line))
}

fn range(from: u64, to: u64) -> String {
    if from == to { grouped(from) } else { format!("{} to {}", grouped(from), grouped(to)) }
}

/// A list in one line, which says how many it leaves out.
fn listed(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = texts.len().saturating_sub(LISTED_MAX);
    let told: Vec<String> = texts.take(LISTED_MAX).collect();
    let told = told.join(", ");
    if more == 0 { told } else { format!("{told} and {} more", grouped(more as u64)) }
}

/// A number with separators: `1,204,118`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use verify::Code;

    use super::*;

    #[test]
    fn a_long_list_says_how_many_it_leaves_out() {
        let places_of = |count: u64| {
            let moved: Vec<Place> = (1..=count).map(|seq| Place { file: "f".to_owned(), line: seq, seq }).collect();
            places(&Finding::new(Code::EventsReordered, "moved").moved(moved))
        };
        assert_eq!(places_of(2), [("Out of order".to_owned(), "record 1 (line 1), record 2 (line 2)".to_owned())]);
        assert!(places_of(1_025)[0].1.ends_with("record 20 (line 20) and 1,005 more"));
    }
}
