//! How numbers and ranges of records are said in sentences.

/// A number with commas: 184,218.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `Record 19` or `Records 19 to 21`, as the beginning of a sentence.
pub(crate) fn records(from: u64, to: u64) -> String {
    if from == to { format!("Record {}", number(from)) } else { format!("Records {} to {}", number(from), number(to)) }
}

/// `1 record` or `3 records`.
pub(crate) fn count_of(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(count), if count == 1 { "" } else { "s" })
}

/// The verb `is` or `are` for a range.
pub(crate) fn are(from: u64, to: u64) -> &'static str {
    if from == to { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (184_218, "184,218"), (1_000_000, "1,000,000")] {
            assert_eq!(number(value), text);
        }
        assert_eq!(records(19, 19), "Record 19");
        assert_eq!(records(1999, 2001), "Records 1,999 to 2,001");
    }
}
