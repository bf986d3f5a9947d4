//! Finds the resources in a file, by their exact bytes.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::event::resource_type;
use super::pages::Page;
use crate::fault::MapFault;
use crate::json::{self, Text};
use crate::sniff::BYTE_ORDER_MARK;

/// Most entries of one FHIR Bundle.
const BUNDLE_ENTRIES_MAX: usize = 1_000_000;

/// What a file of JSON is.
#[derive(Debug, PartialEq, Eq)]
pub enum Document {
    /// One resource, or a Bundle of them.
    Resources {
        /// Where each lies.
        found: Vec<Found>,
        /// Whether the Bundle has a signature. It is present and was not checked.
        is_signed: bool,
        /// What the Bundle says of itself as one page of a search result.
        page: Option<Page>,
    },
    /// One resource per line, whatever the file is called.
    Lines,
}

/// Where one resource lies in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number in the Bundle, from 0; `None` for a single resource.
    pub index: Option<u64>,
    /// Its bytes in the file; empty for an entry without a resource.
    pub range: Range<usize>,
}

/// Takes a file of JSON apart without looking into its resources.
pub fn split(bytes: &[u8]) -> Result<Document, MapFault> {
    let content = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let base = bytes.len().saturating_sub(content.len());
    let text = json::utf8(content).map_err(|trouble| trouble.moved(base))?;
    match serde_json::from_str::<Wrapper<'_>>(text) {
        Ok(Wrapper { resource_type: Some(kind), entry, signature, total, link }) if kind.as_str() == "Bundle" => {
            let entries = entry.unwrap_or_default().0;
            let present = entries.iter().filter(|entry| entry.is_match()).count();
            let page = Page::of(total, link, u64::try_from(present).unwrap_or(u64::MAX));
            let found = (0_u64..).zip(entries).map(|(index, entry)| Found {
                index: Some(index),
                range: entry.resource.map_or(0..0, |raw| range_in(text, raw.get(), base)),
            });
            Ok(Document::Resources { found: found.collect(), is_signed: signature.is_some(), page })
        }
        Ok(_) => Ok(single(text, base)),
        Err(_) if first_line_is_whole(text) => Ok(Document::Lines),
        // Some other resource whose `entry` means something else.
        Err(error) if error.is_data() && resource_type(text).is_some_and(|kind| kind.as_str() != "Bundle") => {
            Ok(single(text, base))
        }
        Err(error) => Err(json::trouble_of(text, &error).moved(base).into()),
    }
}

fn single(text: &str, base: usize) -> Document {
    let found = Found { index: None, range: range_in(text, text.trim_ascii(), base) };
    Document::Resources { found: vec![found], is_signed: false, page: None }
}

/// Where a part of a text lies in the file that the text begins in at `base`.
fn range_in(text: &str, part: &str, base: usize) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr()).saturating_add(base);
    start..start.saturating_add(part.len())
}

/// Whether the first of several lines is a JSON value of its own.
fn first_line_is_whole(text: &str) -> bool {
    let Some((first, rest)) = text.split_once('\n') else { return false };
    !rest.trim_ascii().is_empty() && serde_json::from_str::<IgnoredAny>(first).is_ok()
}

#[derive(Default, serde::Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Wrapper<'a> {
    resource_type: Option<Text<'a>>,
    entry: Option<Entries<'a>>,
    signature: Option<IgnoredAny>,
    /// Of whatever shape: it must not keep the entries from being read.
    total: Option<&'a RawValue>,
    /// The same.
    link: Option<&'a RawValue>,
}

#[derive(Default, serde::Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
struct BundleEntry<'a> {
    resource: Option<&'a RawValue>,
    /// Of whatever shape.
    search: Option<&'a RawValue>,
}

impl BundleEntry<'_> {
    /// Whether it is among what a search found: what else a page brings is not counted in its total.
    fn is_match(&self) -> bool {
        #[derive(Default, serde::Deserialize)]
        #[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
        struct Search<'a> {
            mode: Option<Text<'a>>,
        }
        json::objects_only!(Search<'a>);
        let search = self.search.and_then(|search| serde_json::from_str::<Search<'_>>(search.get()).ok());
        let mode = search.and_then(|search| search.mode);
        mode.is_none_or(|mode| !matches!(mode.as_str(), "include" | "outcome"))
    }
}

json::objects_only!(Wrapper<'a>, BundleEntry<'a>);

/// The entries of a Bundle, no more than [`BUNDLE_ENTRIES_MAX`].
#[derive(Default)]
struct Entries<'a>(Vec<BundleEntry<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;

        impl<'de> Visitor<'de> for Counting {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = elements.next_element()? {
                    if entries.len() >= BUNDLE_ENTRIES_MAX {
                        return Err(A::Error::custom("too many entries"));
                    }
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_seq(Counting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Option<u64>, &str)> {
        let Document::Resources { found, .. } = split(text.as_bytes()).unwrap() else { panic!("lines") };
        found.into_iter().map(|found| (found.index, &text[found.range])).collect()
    }

    #[test]
    fn resources_keep_their_exact_bytes() {
        let text = "\u{feff} {\"resourceType\":\"Bundle\", \"entry\":[ {\"resource\": {\"a\" : 1.50} }, {}]} ";
        assert_eq!(found(text), [(Some(0), "{\"a\" : 1.50}"), (Some(1), "")]);
        assert_eq!(found(" {\"resourceType\":\"AuditEvent\"}\n"), [(None, "{\"resourceType\":\"AuditEvent\"}")]);
    }

    #[test]
    fn a_bundle_may_state_its_type_last() {
        assert_eq!(found(r#"{"entry":[{"resource":{}}],"resourceType":"Bundle"}"#), [(Some(0), "{}")]);
    }

    #[test]
    fn another_resource_with_entries_is_a_single_resource() {
        assert_eq!(found(r#"{"resourceType":"X","entry":{"a":1}}"#).len(), 1);
    }

    #[test]
    fn lines_are_recognized_in_a_file_of_any_name() {
        assert_eq!(split(b"{\"a\":1}\n{\"a\":2}\n"), Ok(Document::Lines));
        assert!(split(b"{\"a\":1\n}{").is_err());
    }

    #[test]
    fn a_signature_is_noticed() {
        let signed = split(br#"{"resourceType":"Bundle","signature":{"data":"x"}}"#).unwrap();
        assert_eq!(signed, Document::Resources { found: Vec::new(), is_signed: true, page: None });
    }
}
