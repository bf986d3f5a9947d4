//! The inside of JSON strings: how far plain text goes, what an escape means, how a string is written canonically.

use super::fault::FaultKind;

/// Every byte 0x01.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
/// The highest bit of every byte.
const HIGHS: u64 = ONES << 7;

/// How many bytes at the start are neither a quote nor a backslash nor a control character.
///
/// Eight bytes at a time. A byte that is found may make a higher one look found as well, never a lower one, and only
/// the lowest counts.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & HIGHS;
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + rest.iter().take_while(|byte| is_plain(**byte)).count()
}

fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

/// What an escape stands for.
pub(super) struct Escape {
    /// The character.
    pub(super) scalar: char,
    /// How many bytes it takes, the backslash included.
    pub(super) length: usize,
    /// Whether RFC 8785 writes that character so.
    pub(super) canonical: bool,
}

/// Reads the escape that `bytes` begin with.
pub(super) fn escape(bytes: &[u8]) -> Result<Escape, FaultKind> {
    let simple = |scalar, canonical| Ok(Escape { scalar, length: 2, canonical });
    match bytes.get(1) {
        None => Err(FaultKind::UnexpectedEnd),
        Some(b'"') => simple('"', true),
        Some(b'\\') => simple('\\', true),
        Some(b'b') => simple('\u{8}', true),
        Some(b'f') => simple('\u{c}', true),
        Some(b'n') => simple('\n', true),
        Some(b'r') => simple('\r', true),
        Some(b't') => simple('\t', true),
        Some(b'/') => simple('/', false),
        Some(b'u') => unicode_escape(bytes),
        Some(_) => Err(FaultKind::UnexpectedByte),
    }
}

/// Reads `\uXXXX`, or two of them that make a surrogate pair.
fn unicode_escape(bytes: &[u8]) -> Result<Escape, FaultKind> {
    let high = code_unit(bytes)?;
    if let Some(scalar) = char::from_u32(high) {
        let mut written = String::new();
        write_escaped(scalar, &mut written);
        let canonical = bytes.get(..6) == Some(written.as_bytes());
        return Ok(Escape { scalar, length: 6, canonical });
    }
    let low = match bytes.get(6..) {
        Some([b'\\', b'u', ..]) if high < 0xDC00 => code_unit(bytes.get(6..).unwrap_or_default())?,
        _ => return Err(FaultKind::LoneSurrogate),
    };
    if !(0xDC00..0xE000).contains(&low) {
        return Err(FaultKind::LoneSurrogate);
    }
    let scalar = char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    let scalar = scalar.ok_or(FaultKind::LoneSurrogate)?;
    Ok(Escape { scalar, length: 12, canonical: false })
}

/// The four hex digits behind `\u`.
fn code_unit(bytes: &[u8]) -> Result<u32, FaultKind> {
    let digits = bytes.get(2..6).ok_or(FaultKind::UnexpectedEnd)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16).ok_or(FaultKind::UnexpectedByte)?;
        Ok(unit << 4 | digit)
    })
}

/// Writes one character as RFC 8785 does (section 3.2.2.2).
fn write_escaped(scalar: char, out: &mut String) {
    match scalar {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' => {
            let code = u32::from(scalar);
            out.push_str("\\u00");
            for digit in [code >> 4, code & 0xf] {
                out.extend(char::from_digit(digit, 16));
            }
        }
        plain => out.push(plain),
    }
}

/// Writes a string with its quotes as RFC 8785 does.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for scalar in text.chars() {
        write_escaped(scalar, out);
    }
    out.push('"');
}

/// The text of a string that has passed the scanner, from its inside (without quotes).
pub(super) fn unescaped(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        let (plain, tail) = rest.split_at(at);
        text.push_str(plain);
        let Ok(escape) = escape(tail.as_bytes()) else {
            break;
        };
        text.push(escape.scalar);
        rest = tail.get(escape.length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}
