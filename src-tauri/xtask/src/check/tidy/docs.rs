//! Every Rust file opens with a paragraph that says what it is.

use super::{Breaks, Source};

/// Looks at first lines.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    for source in sources.iter().filter(|source| source.is("rs")) {
        if !source.text.starts_with("//! ") {
            breaks.note(&source.path, "does not open with a `//!` paragraph");
        }
    }
}
