//! Pages of a search result: whether an export holds all of what a server found, as far as its Bundles say so.
//!
//! A page states how many resources the search found (`Bundle.total`), and links to the next page. What the links say is
//! compared and never kept: a search may name a person.

use std::collections::BTreeMap;

use integrity::Digest;
use serde_json::value::RawValue;

use crate::escape::visible;
use crate::json::{self, Text};

/// Most links of one Bundle that are looked at; a page has a handful.
const LINKS_MAX: usize = 64;

/// What a Bundle says of itself as one page of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many resources the search found.
    total: Option<u64>,
    /// How many of them are entries here.
    present: u64,
    /// SHA-256 of the page's own address.
    own: Option<Digest>,
    /// SHA-256 of the address of the page after it.
    next: Option<Digest>,
}

impl Page {
    /// A page with so many entries that the search found; `None` if nothing says that the Bundle is one.
    pub(super) fn of(total: Option<&RawValue>, link: Option<&RawValue>, present: u64) -> Option<Self> {
        let total = total.and_then(|total| serde_json::from_str(total.get()).ok());
        let links: Vec<Link<'_>> = link.and_then(|link| serde_json::from_str(link.get()).ok()).unwrap_or_default();
        let address = |relation: &str| {
            let named = |link: &&Link<'_>| link.relation.as_ref().is_some_and(|known| known.as_str() == relation);
            let link = links.iter().take(LINKS_MAX).find(named)?;
            Some(Digest::of(link.url.as_ref()?.as_str().as_bytes()))
        };
        let (own, next) = (address("self"), address("next"));
        (total.is_some() || own.is_some() || next.is_some()).then_some(Self { total, present, own, next })
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
struct Link<'a> {
    relation: Option<Text<'a>>,
    url: Option<Text<'a>>,
}

json::objects_only!(Link<'a>);

/// Some pages of which others are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPages {
    /// The first file that is such a page.
    pub file: String,
    /// How many files are.
    pub files: u64,
    /// How many resources the search found; `None` if only a link says that there are more.
    pub total: Option<u64>,
    /// How many of them are here.
    pub present: u64,
}

impl MissingPages {
    /// How many resources are not here, where that is stated.
    #[must_use]
    pub fn missing(&self) -> Option<u64> {
        Some(self.total?.saturating_sub(self.present))
    }

    /// The same in a sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        let file = visible(&self.file);
        let (is, hold) = match self.files {
            1 => (format!("{file} is one page of a search result"), "it holds"),
            files => (format!("{files} files, the first is {file}, are pages of a search result"), "they hold"),
        };
        match self.total {
            Some(total) => format!(
                "{is}: {hold} {} of the {total} resources that were found. Events are missing from this export.",
                self.present
            ),
            None => format!(
                "{is}: {hold} {} resources, and what comes after is not here. Events are missing from this export.",
                self.present
            ),
        }
    }
}

/// The pages of an export.
#[derive(Debug, Default)]
pub struct Pages(Vec<(String, Page)>);

impl Pages {
    /// Takes the page that a file is.
    pub fn add(&mut self, file: &str, page: &Page) {
        self.0.push((file.to_owned(), page.clone()));
    }

    /// Which are parts of something of which the rest is not here. Pages that state one total are taken for one search.
    #[must_use]
    pub fn missing(&self) -> Vec<MissingPages> {
        let mut searches: BTreeMap<Option<u64>, MissingPages> = BTreeMap::new();
        for (file, page) in self.0.iter().filter(|(_, page)| page.total.is_some() || self.breaks_off(page)) {
            let (total, fresh) =
                (page.total, || MissingPages { file: file.clone(), files: 0, total: page.total, present: 0 });
            let search = searches.entry(total).or_insert_with(fresh);
            search.files = search.files.saturating_add(1);
            search.present = search.present.saturating_add(page.present);
        }
        searches.into_values().filter(|search| search.missing() != Some(0)).collect()
    }

    /// Whether it names a page after it that is not here.
    fn breaks_off(&self, page: &Page) -> bool {
        page.next.is_some_and(|next| !self.0.iter().any(|(_, other)| other.own == Some(next)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, split};
    use super::*;

    fn missing(pages: &[&str]) -> Vec<(String, u64, Option<u64>, u64)> {
        let mut all = Pages::default();
        for (number, members) in pages.iter().enumerate() {
            let text = format!(r#"{{"resourceType":"Bundle","type":"searchset",{members}}}"#);
            let Ok(Document::Resources { page, .. }) = split(text.as_bytes()) else { panic!("{text}") };
            if let Some(page) = page {
                all.add(&format!("{number}.json"), &page);
            }
        }
        let told = all.missing().into_iter();
        told.map(|missing| (missing.file, missing.files, missing.total, missing.present)).collect()
    }

    const TWO: &str = r#""entry":[{"resource":{}},{"resource":{},"search":{"mode":"match"}},{"resource":{},"search":{"mode":"include"}}]"#;

    #[test]
    fn a_page_without_the_rest_is_told() {
        let next = r#""link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}]"#;
        let file = || "0.json".to_owned();
        assert_eq!(missing(&[&format!(r#""total":250,{TWO}"#)]), [(file(), 1, Some(250), 2)]);
        assert_eq!(missing(&[&format!(r#""total":250,{next},{TWO}"#)]), [(file(), 1, Some(250), 2)]);
        assert_eq!(missing(&[&format!("{next},{TWO}")]), [(file(), 1, None, 2)]);
        let both = format!(r#""total":5,{TWO}"#);
        assert_eq!(missing(&[&both, &both]), [(file(), 2, Some(5), 4)]);
    }

    #[test]
    fn pages_that_are_all_here_and_bundles_that_are_none_are_not() {
        let (first, last) = (r#""link":[{"relation":"next","url":"b"}]"#, r#""link":[{"relation":"self","url":"b"}]"#);
        assert_eq!(missing(&[first, last]), []);
        assert_eq!(missing(&[&format!(r#""total":2,{first},{TWO}"#)]), []);
        let half = format!(r#""total":4,{TWO}"#);
        assert_eq!(missing(&[&half, &half]), []);
        for odd in
            [TWO, r#""total":"many""#, r#""total":-1,"link":{"relation":"next"}"#, r#""link":[{"relation":"next"}]"#]
        {
            assert_eq!(missing(&[odd]), [], "{odd}");
        }
    }
}
