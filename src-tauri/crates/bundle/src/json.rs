//! Reads JSON that somebody else wrote: borrowed texts, and a guard against what readers disagree about.
//!
//! Duplicate members are refused, because "last one wins" is a choice that another program may make differently; so is
//! nesting beyond a limit. Texts of the library's own errors are never passed on: they can quote the record.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Most values of any kind in one guarded record: what a small text can blow up to in memory is bounded by it.
const VALUES_MAX: u32 = 250_000;
/// Members up to which a list is searched faster than a set.
const SMALL_OBJECT_MEMBERS: usize = 16;

/// A text that is borrowed from the record where it holds no escapes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0.into_owned()
    }
}

// Texts of a record name people; a panic message must not.
impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text(…{} bytes)", self.0.len())
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

impl<'de: 'a, 'a> serde::Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

/// Makes structs readable from JSON objects only.
///
/// A derived reader also takes an array and fills the members by position, so that `"actor":["u-1"]` would name a user.
/// The structs carry `#[serde(remote = "Self")]`, which makes the derived reader a plain function, and this is the trait.
macro_rules! objects_only {
    ($($name:ident $(<$life:lifetime>)?),+ $(,)?) => {$(
        impl<'de $(: $life, $life)?> serde::Deserialize<'de> for $name $(<$life>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members<T>(std::marker::PhantomData<T>);

                impl<'de $(: $life, $life)?> serde::de::Visitor<'de> for Members<$name $(<$life>)?> {
                    type Value = $name $(<$life>)?;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                        $name::deserialize(serde::de::value::MapAccessDeserializer::new(members))
                    }
                }

                deserializer.deserialize_map(Members(std::marker::PhantomData))
            }
        }
    )+};
}
pub(crate) use objects_only;

/// Why a record cannot be read as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonTrouble {
    /// Not UTF-8 from this byte on.
    NotUtf8 { byte_offset: usize },
    /// Not JSON at about this byte.
    Malformed { byte_offset: usize },
    /// Two members of one object have one name.
    DuplicateMember { byte_offset: usize },
    /// Nested deeper, or made of more values, than the limit.
    TooComplex { byte_offset: usize },
    /// JSON, but not of the expected shape, at about this byte.
    OtherShape { byte_offset: usize },
}

impl JsonTrouble {
    /// The same trouble in something that begins so many bytes before the text.
    pub(crate) const fn moved(self, by: usize) -> Self {
        match self {
            Self::NotUtf8 { byte_offset } => Self::NotUtf8 { byte_offset: byte_offset.saturating_add(by) },
            Self::Malformed { byte_offset } => Self::Malformed { byte_offset: byte_offset.saturating_add(by) },
            Self::DuplicateMember { byte_offset } => {
                Self::DuplicateMember { byte_offset: byte_offset.saturating_add(by) }
            }
            Self::TooComplex { byte_offset } => Self::TooComplex { byte_offset: byte_offset.saturating_add(by) },
            Self::OtherShape { byte_offset } => Self::OtherShape { byte_offset: byte_offset.saturating_add(by) },
        }
    }
}

/// The record as text.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, JsonTrouble> {
    std::str::from_utf8(bytes).map_err(|error| JsonTrouble::NotUtf8 { byte_offset: error.valid_up_to() })
}

/// Where in the text the library stopped, without what it says about it.
pub(crate) fn place(text: &str, error: &serde_json::Error) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let line_start = match lines_before.checked_sub(1) {
        None => 0,
        Some(nth) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(nth).map_or(0, |lf| lf.saturating_add(1)),
    };
    line_start.saturating_add(error.column().saturating_sub(1)).min(text.len())
}

/// What kind of trouble the library's error is.
pub(crate) fn trouble_of(text: &str, error: &serde_json::Error) -> JsonTrouble {
    let byte_offset = place(text, error);
    if error.is_data() { JsonTrouble::OtherShape { byte_offset } } else { JsonTrouble::Malformed { byte_offset } }
}

/// Makes sure that a text is one JSON value without duplicate members, nested no deeper than `depth_max`, and of no more
/// values than a record can honestly have.
pub(crate) fn guard(text: &str, depth_max: u32) -> Result<(), JsonTrouble> {
    let reason = Cell::new(Reason::Malformed);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let values_left = Cell::new(VALUES_MAX);
    let guard = Guard { depth_left: depth_max, values_left: &values_left, reason: &reason };
    guard.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|error| {
        let byte_offset = place(text, &error);
        match reason.get() {
            Reason::Malformed => JsonTrouble::Malformed { byte_offset },
            Reason::DuplicateMember => JsonTrouble::DuplicateMember { byte_offset },
            Reason::TooComplex => JsonTrouble::TooComplex { byte_offset },
        }
    })
}

#[derive(Clone, Copy)]
enum Reason {
    Malformed,
    DuplicateMember,
    TooComplex,
}

/// Walks a value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Guard<'g> {
    depth_left: u32,
    values_left: &'g Cell<u32>,
    reason: &'g Cell<Reason>,
}

impl Guard<'_> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| self.too_complex())?;
        Ok(Self { depth_left, ..self })
    }

    fn too_complex<E: serde::de::Error>(self) -> E {
        self.reason.set(Reason::TooComplex);
        E::custom("too complex")
    }
}

impl<'de> DeserializeSeed<'de> for Guard<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let values_left = self.values_left.get().checked_sub(1).ok_or_else(|| self.too_complex())?;
        self.values_left.set(values_left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Guard<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while elements.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut names = Names::default();
        while let Some(name) = members.next_key::<Text<'de>>()? {
            if !names.insert(name) {
                self.reason.set(Reason::DuplicateMember);
                return Err(A::Error::custom("duplicate member"));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// The names of one object so far.
#[derive(Default)]
struct Names<'de> {
    few: Vec<Text<'de>>,
    many: HashSet<Text<'de>>,
}

impl<'de> Names<'de> {
    /// `false` if the name is there already.
    fn insert(&mut self, name: Text<'de>) -> bool {
        if self.many.is_empty() {
            if self.few.contains(&name) {
                return false;
            }
            self.few.push(name);
            if self.few.len() > SMALL_OBJECT_MEMBERS {
                self.many.extend(self.few.drain(..));
            }
            true
        } else {
            self.many.insert(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_are_found_at_any_depth_and_in_large_objects() {
        let duplicate = |text: &str| matches!(guard(text, 64), Err(JsonTrouble::DuplicateMember { .. }));
        assert!(duplicate(r#"{"a":1,"a":1}"#));
        assert!(duplicate(r#"{"a":[{"b":1,"b":2}]}"#));
        assert!(duplicate(r#"{"a":1,"\u0061":2}"#));
        let many: Vec<String> = (0..1000).map(|n| format!("\"m{n}\":0")).collect();
        assert!(guard(&format!("{{{}}}", many.join(",")), 64).is_ok());
        assert!(duplicate(&format!("{{{},\"m7\":0}}", many.join(","))));
    }

    #[test]
    fn depth_meets_its_limit_and_not_the_stack() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(guard(&nested(64), 64).is_ok());
        assert!(matches!(guard(&nested(65), 64), Err(JsonTrouble::TooComplex { byte_offset: 64..=65 })));
        assert!(matches!(guard(&nested(100_000), 64), Err(JsonTrouble::TooComplex { .. })));
        assert!(guard(&"[".repeat(100_000), 64).is_err());
    }

    #[test]
    fn a_small_text_of_very_many_values_is_refused() {
        let many = format!("[{}0]", "{},".repeat(300_000));
        assert!(matches!(guard(&many, 64), Err(JsonTrouble::TooComplex { .. })));
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        assert_eq!(guard("{\"a\":\n NaN}", 64), Err(JsonTrouble::Malformed { byte_offset: 7 }));
        for text in ["", "{", "{}{}", "{} x", "01", "\"\u{1}\"", "\"\\ud800\"", "\u{feff}{}"] {
            assert!(matches!(guard(text, 64), Err(JsonTrouble::Malformed { .. })), "{text:?}");
        }
        assert_eq!(utf8(b"ab\xffc"), Err(JsonTrouble::NotUtf8 { byte_offset: 2 }));
    }
}
