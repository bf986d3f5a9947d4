//! Tidiness: rules of this tree that no other tool knows. Each rule is a file; each break is a line that says where.

mod docs;
mod edges;
mod names;
mod purity;
mod rooms;
mod sizes;
mod words;

use std::fs;
use std::path::Path;

use crate::stop::Stop;
use crate::{place, stamp};

/// What is made, not written. Dotfiles are looked at: some of them are ours.
const MADE: &[&str] =
    &["target", "node_modules", "dist", "dist-rehearsal", ".svelte-kit", "coverage", ".git", "generated"];

/// Breaks of rules, each with its place.
#[derive(Default)]
pub(super) struct Breaks(Vec<String>);

impl Breaks {
    /// Notes that a rule is broken at `place`.
    pub(super) fn note(&mut self, place: &str, what: impl AsRef<str>) {
        self.0.push(format!("{place}: {}", what.as_ref()));
    }
}

/// A text file of the tree.
pub(super) struct Source {
    /// Its path from the root, with `/`.
    pub(super) path: String,
    /// Its content.
    pub(super) text: String,
}

impl Source {
    /// Whether its name ends in `.extension`.
    pub(super) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|actual| actual == extension)
    }

    /// Whether it is a test, in one of the places tests are in.
    pub(super) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    /// Its lines, with their numbers from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// Its lines before `#[cfg(test)] mod`, with their numbers from 1: what is shipped.
    pub(super) fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        let shipped = self.text.get(..tests).unwrap_or_default();
        (1..).zip(shipped.lines())
    }
}

/// Looks at the whole tree.
pub(super) fn tidy() -> Result<(), Stop> {
    let sources = sources()?;
    let mut breaks = Breaks::default();
    rooms::look(&sources, &mut breaks)?;
    sizes::look(&sources, &mut breaks);
    docs::look(&sources, &mut breaks);
    names::look(&sources, &mut breaks);
    purity::look(&sources, &mut breaks);
    words::look(&sources, &mut breaks);
    edges::look(&sources, &mut breaks);
    if breaks.0.is_empty() { Ok(()) } else { Err(Stop::NotGreen { what: breaks.0 }) }
}

/// Every text file that is ours.
fn sources() -> Result<Vec<Source>, Stop> {
    let mut sources = Vec::new();
    for file in stamp::files(&place::root(), MADE)? {
        // Icons and fonts are no text, and no rule is about them.
        if let Ok(text) = String::from_utf8(fs::read(&file).map_err(Stop::file(&file))?) {
            sources.push(Source { path: place::shown(&file).replace('\\', "/"), text });
        }
    }
    Ok(sources)
}

#[cfg(test)]
fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}
