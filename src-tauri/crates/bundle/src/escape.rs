//! Makes visible what a text could hide: names of files are written by the one who made the bundle.
//!
//! A right-to-left override turns `fdp.exe` round on the screen, a zero-width space makes two names look like one. In
//! messages each such character is shown as `⟦U+202E⟧`. Stored bytes are never altered.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with bidi controls, zero-width, control and tag characters as visible escapes; other text is unchanged.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len().saturating_mul(2));
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a String does not fail.
            let _ = write!(shown, "⟦U+{:04X}⟧", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// As [`visible`], for a name that need not be UTF-8: bytes that are none are shown as `⟦0xFF⟧`.
#[must_use]
pub fn visible_bytes(name: &[u8]) -> String {
    let mut shown = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(shown, "⟦0x{byte:02X}⟧");
        }
    }
    shown
}

/// Whether a character is invisible or moves others about.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_to_left_override_is_shown() {
        assert_eq!(visible("report\u{202e}fdp.exe"), "report⟦U+202E⟧fdp.exe");
    }

    #[test]
    fn zero_width_tag_and_control_characters_are_shown() {
        assert_eq!(visible("a\u{200b}b\u{e0041}c\u{1b}[31m\n"), "a⟦U+200B⟧b⟦U+E0041⟧c⟦U+001B⟧[31m⟦U+000A⟧");
    }

    #[test]
    fn ordinary_names_in_any_script_are_left_alone() {
        for name in ["data/events/segment-000001.ndjson", "Übersicht 2026.json", "日本語/ملف", "👩‍⚕️"] {
            let plain = name.replace('\u{200d}', "");
            assert!(matches!(visible(&plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_numbers() {
        assert_eq!(visible_bytes(b"a\xff\xfeb"), "a⟦0xFF⟧⟦0xFE⟧b");
    }
}
