//! Files fit in a head: a Rust file has at most 600 lines without its tests, a component at most 350. An exception is a
//! flat table, and says so on its first line.

use super::{Breaks, Source};

const RUST_LINES_MAX: usize = 600;
const SVELTE_LINES_MAX: usize = 350;

/// How a file that is one long table begins.
const TABLE: &str = "//! A table:";

/// Counts lines.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    for source in sources {
        let (lines, max) = if source.is("rs") && !source.is_test() && !source.text.starts_with(TABLE) {
            (source.shipped().count(), RUST_LINES_MAX)
        } else if source.is("svelte") {
            (source.text.lines().count(), SVELTE_LINES_MAX)
        } else {
            continue;
        };
        if lines > max {
            breaks.note(&source.path, format!("{lines} lines; more than {max} do not fit in a head"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::{Breaks, RUST_LINES_MAX, look};

    #[test]
    fn tests_and_tables_may_be_long_and_nothing_else() {
        let long = "a\n".repeat(RUST_LINES_MAX + 1);
        let fits = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}", "a\n".repeat(RUST_LINES_MAX));
        let mut breaks = Breaks::default();
        look(
            &[
                source("src-tauri/crates/a/src/lib.rs", &long),
                source("src-tauri/crates/a/tests/behavior.rs", &long),
                source("src-tauri/crates/a/src/codes.rs", &format!("//! A table: codes.\n{long}")),
                source("src-tauri/crates/a/src/fits.rs", &fits),
            ],
            &mut breaks,
        );
        assert_eq!(breaks.0, ["src-tauri/crates/a/src/lib.rs: 601 lines; more than 600 do not fit in a head"]);
    }
}
