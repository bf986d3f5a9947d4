//! The text of tag files: lines in the encoding that `bagit.txt` declares.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The byte-order mark of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The encoding of tag files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagEncoding {
    Utf8,
    /// UTF-16 whose byte order only a mark can tell.
    Utf16Marked,
    Other(&'static Encoding),
}

impl TagEncoding {
    /// The encoding of this name, if it is known.
    pub(super) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("UTF-16") {
            return Some(Self::Utf16Marked);
        }
        let encoding = Encoding::for_label_no_replacement(name.as_bytes())?;
        Some(if encoding == UTF_8 { Self::Utf8 } else { Self::Other(encoding) })
    }

    /// The same text as UTF-8. Bytes that are said to be UTF-8 are left as they are, to be judged line by line; of any
    /// other encoding `None` means that they are not what they are said to be.
    pub(super) fn to_utf8(self, bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
        let encoding = match self {
            Self::Utf8 => return Some(Cow::Borrowed(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))),
            Self::Utf16Marked if bytes.starts_with(b"\xFE\xFF") => UTF_16BE,
            Self::Utf16Marked if bytes.starts_with(b"\xFF\xFE") => UTF_16LE,
            Self::Utf16Marked => return None,
            Self::Other(encoding) => encoding,
        };
        let (text, has_errors) = encoding.decode_with_bom_removal(bytes);
        (!has_errors).then(|| Cow::Owned(text.into_owned().into_bytes()))
    }
}

/// Splits text into lines that end with LF, or with CR or CR LF too. The last one need not end.
pub(super) fn lines(text: &[u8], only_lf: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.iter().position(|byte| *byte == b'\n' || (!only_lf && *byte == b'\r'));
        let Some(end) = end else {
            rest = None;
            return Some(text);
        };
        let (line, behind) = text.split_at(end);
        let width = if behind.starts_with(b"\r\n") { 2 } else { 1 };
        rest = behind.get(width..).filter(|behind| !behind.is_empty());
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_their_system_ends_them() {
        let all = |text: &'static str, only_lf| {
            lines(text.as_bytes(), only_lf).map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(all("a\nb\r\nc\rd", false), ["a", "b", "c", "d"]);
        assert_eq!(all("a\r\n\r\nb\n", false), ["a", "", "b"]);
        assert_eq!(all("a\r\nb\n", true), ["a\r", "b"]);
        assert_eq!(all("", false), [""; 0]);
    }

    #[test]
    fn text_is_what_it_is_said_to_be_or_nothing() {
        let utf8 = |name: &str, bytes: &'static [u8]| {
            let text = TagEncoding::named(name).unwrap().to_utf8(bytes)?;
            Some(String::from_utf8(text.into_owned()).unwrap())
        };
        assert_eq!(utf8("UTF-16", b"\xFE\xFF\0a\0\xE9").as_deref(), Some("aé"));
        assert_eq!(utf8("utf-16", b"\xFF\xFEa\0").as_deref(), Some("a"));
        assert_eq!(utf8("UTF-16LE", b"a\0").as_deref(), Some("a"));
        assert_eq!(utf8("ISO-8859-1", b"a\xE9").as_deref(), Some("aé"));
        assert_eq!(utf8("UTF-8", b"\xEF\xBB\xBFa").as_deref(), Some("a"));
        // Without a mark nobody knows the order; half a character is none.
        assert_eq!(utf8("UTF-16", b"\0a"), None);
        assert_eq!(utf8("UTF-16", b"\xFE\xFF\0"), None);
        assert_eq!(TagEncoding::named("EBCDIC"), None);
    }
}
