//! How much crosses to the page at once: no answer is longer than 1 MiB.
//!
//! Lists end where the next item would not fit, and the page asks for the rest; texts that nobody would read to their end
//! are cut, and end in an ellipsis. What is cut here is whole in the vault and on the command line.
//!
//! # Invariants
//! * A list of items that each fit is never empty because of this.
//! * Nothing is cut that was not made visible or covered before: a cut never uncovers.

use serde::Serialize;

/// Bytes of an answer, as JSON.
pub const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Bytes of the list in an answer; the rest is for what stands beside it.
const LIST_BYTES_MAX: usize = ANSWER_BYTES_MAX - (256 << 10);
/// Bytes of a text in a row or a card. As JSON they are at most six times as many.
const TEXT_BYTES_MAX: usize = 512;

/// As many of the first items as one answer holds.
pub(crate) fn fitting<T: Serialize>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut left = LIST_BYTES_MAX;
    let mut taken = Vec::new();
    for item in items {
        let bytes = json_bytes(&item) + 1;
        if bytes > left {
            break;
        }
        left -= bytes;
        taken.push(item);
    }
    taken
}

/// Bytes of something as JSON.
pub(crate) fn json_bytes(value: &impl Serialize) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // What cannot be written as JSON does not fit.
    if serde_json::to_writer(&mut counter, value).is_ok() { counter.0 } else { usize::MAX - 1 }
}

/// A text as rows and cards show it.
pub(crate) fn brief(text: impl Into<String>) -> String {
    cut(text.into(), TEXT_BYTES_MAX)
}

/// Labels and values as lists of facts show them.
pub(crate) fn brief_facts(facts: Vec<(String, String)>) -> Vec<(String, String)> {
    fitting(facts.into_iter().map(|(label, value)| (brief(label), brief(value))))
}

/// A text of at most so many bytes, and an ellipsis where it was longer.
pub(crate) fn cut(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_where_the_next_item_would_not_fit() {
        let items = vec!["\u{1}".repeat(TEXT_BYTES_MAX); 1000];
        let taken = fitting(&items);
        assert!(taken.len() > 1 && taken.len() < items.len());
        assert!(json_bytes(&taken) <= LIST_BYTES_MAX + 2);
        assert_eq!(fitting(["a", "b"]), ["a", "b"]);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("hélas".to_owned(), 2), "h…");
        assert_eq!(cut("hélas".to_owned(), 6), "hélas");
        assert_eq!(json_bytes(&"h\u{1}"), "\"h\\u0001\"".len());
    }
}
