//! Paths as lists write them, and the files they mean.

use std::collections::BTreeMap;

use bundle::Entry;
use unicode_normalization::UnicodeNormalization as _;

/// Which file of the bag a listed path means.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The composed form of every name that has characters to compose, and the name.
    composed: BTreeMap<String, String>,
}

impl Names {
    /// Knows the files that a bag has.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let names = entries.iter().map(|entry| &entry.name).filter(|name| !name.is_ascii());
        Self { composed: names.map(|name| (name.nfc().collect(), name.clone())).collect() }
    }

    /// The file that is called so in another spelling of the same characters: systems change it when they copy files
    /// (RFC 8493 5.1.4).
    fn spelled_otherwise(&self, path: &str) -> Option<&str> {
        if self.composed.is_empty() || path.is_ascii() {
            return None;
        }
        self.composed.get(&path.nfc().collect::<String>()).map(String::as_str)
    }
}

/// A path as it was found in a list, resolved to the file it means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) path: String,
    /// It is spelled with other characters for the same letters than the file's own name.
    pub(super) is_spelled_otherwise: bool,
}

/// Finds the file that a listed path means. `exists` says whether a file has exactly this name.
pub(super) fn resolve(listed: &str, decoding: Decoding, names: &Names, exists: impl Fn(&str) -> bool) -> Resolved {
    let decoded = decoding.decode(listed);
    // Not every program that encodes line ends encodes the percent sign too.
    let path = match decoded {
        Some(decoded) if exists(&decoded) || !exists(listed) => decoded,
        _ => listed.to_owned(),
    };
    if !exists(&path)
        && let Some(name) = names.spelled_otherwise(&path)
    {
        return Resolved { path: name.to_owned(), is_spelled_otherwise: true };
    }
    Resolved { path, is_spelled_otherwise: false }
}

/// What a percent sign in a list means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoding {
    /// `%0A`, `%0D` and `%25` are LF, CR and `%`; no other may stand there (formats 1.1).
    Exact,
    /// The same three; another percent sign is one (RFC 8493 2.1.3).
    Current,
    /// `%0A` and `%0D` are line ends, any other percent sign is one (`BagIt` before 1.0).
    Old,
}

impl Decoding {
    /// The path with its encoded characters as themselves; `None` if one is encoded in a way that is not allowed.
    pub(super) fn decode(self, path: &str) -> Option<String> {
        let mut text = String::with_capacity(path.len());
        let mut parts = path.split('%');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (code, rest) = part.split_at_checked(2).unwrap_or(("", part));
            let decoded = match code {
                "0A" | "0a" => Some('\n'),
                "0D" | "0d" => Some('\r'),
                "25" if self != Self::Old => Some('%'),
                _ if self == Self::Exact => return None,
                _ => None,
            };
            match decoded {
                Some(character) => text.push(character),
                None => text.push('%'),
            }
            text.push_str(if decoded.is_some() { rest } else { part });
        }
        Some(text)
    }
}

/// Whether a path could lead out of the bag, or on some system means something else than a file in it.
pub(crate) fn is_unsafe(path: &str) -> bool {
    let is_drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    is_drive
        || path.starts_with(['/', '~'])
        || path.contains(['\\', '\0'])
        || path.split('/').any(|component| matches!(component, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_mean_what_the_version_says() {
        use Decoding::{Current, Exact, Old};
        for (decoding, listed, path) in [
            (Exact, "a%0Ab%25c", Some("a\nb%c")),
            (Exact, "a%7Eb", None),
            (Exact, "a%", None),
            (Current, "a%0db%25c%7Ed%", Some("a\rb%c%7Ed%")),
            (Old, "a%0db%25c%test%é", Some("a\rb%25c%test%é")),
            (Old, "plain", Some("plain")),
        ] {
            assert_eq!(decoding.decode(listed).as_deref(), path, "{listed}");
        }
    }

    #[test]
    fn a_percent_sign_that_was_not_encoded_is_one() {
        let names = Names::default();
        let there = |name: &'static str| move |path: &str| path == name;
        let found = |listed: &str, name: &'static str| resolve(listed, Decoding::Current, &names, there(name)).path;
        assert_eq!(found("50%25", "50%"), "50%");
        assert_eq!(found("50%25", "50%25"), "50%25");
        assert_eq!(found("50%25", "other"), "50%");
    }

    #[test]
    fn one_letter_may_be_spelled_in_two_ways() {
        let entry = Entry { name: "data/Nu\u{301}n\u{303}ez".to_owned(), size_bytes: 0 };
        let names = Names::of(std::slice::from_ref(&entry));
        let found = resolve("data/Núñez", Decoding::Old, &names, |path| path == entry.name);
        assert_eq!(found, Resolved { path: entry.name.clone(), is_spelled_otherwise: true });
        assert!(!resolve(&entry.name, Decoding::Old, &names, |path| path == entry.name).is_spelled_otherwise);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_unsafe() {
        for path in ["/x", "~/x", "~root/x", "../x", "a/../b", "a//b", "./a", "C:\\x", "C:/x", "\\\\?\\UNC\\x", "a\\b"]
        {
            assert!(is_unsafe(path), "{path}");
        }
        for path in ["data/x", "data/~x", "data/a:b", "data/%HOME%", "data/..x"] {
            assert!(!is_unsafe(path), "{path}");
        }
    }
}
