//! Judges the raw name of an entry before anything is done with it (design: formats 5).
//!
//! The name is looked at as the bytes that the container holds. It is never normalized, cut or rewritten into
//! something harmless: a name that breaks a rule refuses the container.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::escape::is_hidden;

/// Most bytes of one component of a name.
const COMPONENT_BYTES_MAX: usize = 255;
/// Most bytes of a whole name.
const NAME_BYTES_MAX: usize = 1024;

/// Why a name is unsafe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameFlaw {
    NotUtf8,
    TooLong,
    Absolute,
    EmptyComponent,
    DotComponent,
    Forbidden,
    TrailingDotOrSpace,
    Device,
}

impl NameFlaw {
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::NotUtf8 => "The name is not UTF-8.",
            Self::TooLong => "The name is longer than 255 bytes in a component or 1024 in all.",
            Self::Absolute => "The name begins with / or ~ and would not stay inside the bundle.",
            Self::EmptyComponent => "The name has an empty component.",
            Self::DotComponent => "The name has a component . or .. and could lead outside the bundle.",
            Self::Forbidden => "The name holds \\, :, NUL or a control character.",
            Self::TrailingDotOrSpace => "A component of the name ends in a dot or a space.",
            Self::Device => "A component of the name is reserved for a device on Windows.",
        }
    }
}

/// The name as text, if every component is safe on every system.
pub(crate) fn check(raw: &[u8]) -> Result<&str, NameFlaw> {
    let name = std::str::from_utf8(raw).map_err(|_| NameFlaw::NotUtf8)?;
    if name.len() > NAME_BYTES_MAX {
        return Err(NameFlaw::TooLong);
    }
    if name.starts_with(['/', '~']) {
        return Err(NameFlaw::Absolute);
    }
    if name.contains(|c: char| matches!(c, '\\' | ':') || c.is_control()) {
        return Err(NameFlaw::Forbidden);
    }
    name.split('/').try_for_each(check_component)?;
    Ok(name)
}

fn check_component(component: &str) -> Result<(), NameFlaw> {
    match component {
        "" => Err(NameFlaw::EmptyComponent),
        "." | ".." => Err(NameFlaw::DotComponent),
        _ if component.len() > COMPONENT_BYTES_MAX => Err(NameFlaw::TooLong),
        _ if component.ends_with(['.', ' ']) => Err(NameFlaw::TrailingDotOrSpace),
        _ if is_device(component) => Err(NameFlaw::Device),
        _ => Ok(()),
    }
}

/// Windows takes `NUL.txt` and `nul .txt` for the device `NUL`, and superscript digits for digits.
fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or(component).trim_end_matches(' ');
    let stem = stem.to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut digits = number.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    })
}

/// The form in which two names that are one name on some system are equal: NFC and folded case.
///
/// Folding goes through upper case so that `ß` meets `SS`; it may join more than Unicode's own table does (`ı` and `i`),
/// which refuses a container that no honest producer writes.
pub(crate) fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// Why a safe name may still deceive its reader, if it may.
pub(crate) fn suspicion(name: &str) -> Option<&'static str> {
    if name.is_ascii() {
        return None;
    }
    if name.chars().any(is_hidden) {
        return Some("The name holds characters that are invisible or change the order of others.");
    }
    if !is_nfc(name) {
        return Some("The name is not in Unicode's composed form, so that two spellings of it look alike.");
    }
    name.split('/').any(mixes_scripts).then_some("The name mixes letters of scripts that look alike.")
}

fn mixes_scripts(component: &str) -> bool {
    let latin = component.chars().any(|c| c.is_ascii_alphabetic());
    let alike = component.chars().any(|c| {
        matches!(c,
            '\u{0370}'..='\u{03FF}' | '\u{0400}'..='\u{052F}' | '\u{0530}'..='\u{058F}' | '\u{13A0}'..='\u{13FF}'
            | '\u{FF01}'..='\u{FF5E}')
    });
    latin && alike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_bundle_are_refused() {
        for (raw, flaw) in [
            (&b"/etc/passwd"[..], NameFlaw::Absolute),
            (b"~/x", NameFlaw::Absolute),
            (b"a/../b", NameFlaw::DotComponent),
            (b"..", NameFlaw::DotComponent),
            (b"a/./b", NameFlaw::DotComponent),
            (b"a//b", NameFlaw::EmptyComponent),
            (b"", NameFlaw::EmptyComponent),
            (b"a\\b", NameFlaw::Forbidden),
            (b"C:/x", NameFlaw::Forbidden),
            (b"x.txt:hidden", NameFlaw::Forbidden),
            (b"a\0b", NameFlaw::Forbidden),
            (b"a\x1b[0m", NameFlaw::Forbidden),
            ("a\u{85}".as_bytes(), NameFlaw::Forbidden),
            (b"a./b", NameFlaw::TrailingDotOrSpace),
            (b"a ", NameFlaw::TrailingDotOrSpace),
            (b"a\xff", NameFlaw::NotUtf8),
            (&[b'a'; 256], NameFlaw::TooLong),
        ] {
            assert_eq!(check(raw), Err(flaw), "{}", crate::escape::visible_bytes(raw));
        }
        assert_eq!(check("a/".repeat(600).as_bytes()), Err(NameFlaw::TooLong));
    }

    #[test]
    fn device_names_of_windows_are_refused_in_every_spelling() {
        for name in ["CON", "con.txt", "d/NUL", "aux .log", "COM1", "lpt9.x", "COM¹", "CONIN$"] {
            assert_eq!(check(name.as_bytes()), Err(NameFlaw::Device), "{name}");
        }
        for name in ["console", "COM10", "COM", "nulls", "x.con"] {
            assert!(check(name.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_are_one_on_some_system_fold_to_one() {
        for (one, other) in [("A", "a"), ("é", "e\u{301}"), ("STRASSE", "straße"), ("Σίσυφος", "ΣΊΣΥΦΟΣ")]
        {
            assert_eq!(folded(one), folded(other));
        }
    }

    #[test]
    fn look_alike_and_hidden_characters_are_suspicious() {
        assert!(suspicion("data/report\u{202e}fdp.exe").is_some());
        assert!(suspicion("p\u{0430}tient.json").is_some());
        assert!(suspicion("e\u{301}.json").is_some());
        assert!(suspicion("données/Übersicht.json").is_none());
        assert!(suspicion("журнал/events.ndjson").is_none());
    }
}
