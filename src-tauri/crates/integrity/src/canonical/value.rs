//! Values inside a scanned text, without a tree: a value is the slice it was written as, and is walked on demand.
//!
//! Only text that has passed the scanner gets here. Were it otherwise, walking would still end and never panic; it
//! would merely find less.

use std::borrow::Cow;

use super::strings::{plain_length, unescaped};

/// One JSON value of a scanned text.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a [u8]);

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A whole number within ±(2^53−1).
    Integer,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

impl std::fmt::Debug for Value<'_> {
    // The value is a record's content: its kind may be told, what it says may not.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}(…{} bytes)", self.kind(), self.0.len())
    }
}

impl<'a> Value<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'-' | b'0'..=b'9') => Kind::Integer,
            _ => Kind::Null,
        }
    }

    /// The value as it is written.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.0
    }

    /// The text of a string; borrowed unless it holds an escape.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'a, str>> {
        let inside = self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        let inside = std::str::from_utf8(inside).ok()?;
        let plain = plain_length(inside.as_bytes()) == inside.len();
        Some(if plain { Cow::Borrowed(inside) } else { Cow::Owned(unescaped(inside)) })
    }

    /// The value of an integer.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        std::str::from_utf8(self.0).ok()?.parse().ok()
    }

    /// The value of a boolean.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.0 {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// The members of an object as they are written (names still escaped where they were); none for anything else.
    #[must_use]
    pub fn members(&self) -> MemberIter<'a> {
        MemberIter(self.0.strip_prefix(b"{").unwrap_or_default())
    }

    /// A member of an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value<'a>> {
        self.members().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The elements of an array; none for anything else.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        Elements(self.0.strip_prefix(b"[").unwrap_or_default())
    }

    /// How far into this value a slice of it begins.
    pub(super) fn offset_of(&self, part: &[u8]) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize)
    }
}

/// Members of an object, in the order written.
#[derive(Clone, Debug)]
pub struct MemberIter<'a>(&'a [u8]);

impl<'a> Iterator for MemberIter<'a> {
    type Item = (&'a str, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = after_separators(self.0);
        let (name, rest) = rest.split_at_checked(string_length(rest))?;
        let name = std::str::from_utf8(name.strip_prefix(b"\"")?.strip_suffix(b"\"")?).ok()?;
        let rest = after_separators(rest);
        let (value, rest) = rest.split_at_checked(value_length(rest))?;
        self.0 = rest;
        Some((name, Value(value)))
    }
}

/// Elements of an array, in order.
#[derive(Clone, Debug)]
pub struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = after_separators(self.0);
        let (value, rest) = rest.split_at_checked(value_length(rest))?;
        self.0 = rest;
        (!value.is_empty()).then_some(Value(value))
    }
}

/// Skips what stands between values: white space, one comma or one colon.
fn after_separators(bytes: &[u8]) -> &[u8] {
    let is_separator = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':');
    let skip = bytes.iter().take_while(|byte| is_separator(byte)).count();
    bytes.get(skip..).unwrap_or_default()
}

/// How long the value at the start is; 0 where a container closes or the text ends.
fn value_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'"') => string_length(bytes),
        Some(b'{' | b'[') => container_length(bytes),
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
            bytes.iter().take_while(|byte| !ends(byte)).count()
        }
    }
}

/// How long the string at the start is, with both quotes.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += plain_length(rest);
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

/// How long the object or array at the start is.
fn container_length(bytes: &[u8]) -> usize {
    let (mut at, mut open) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += string_length(bytes.get(at..).unwrap_or_default());
                continue;
            }
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if open == 0 {
            return at;
        }
    }
    bytes.len()
}
