//! Valid JSON that is not canonical, made canonical; and our own values, written canonically.
//!
//! Here a tree of values is built. The scanner has been over the text before, so its depth is bounded and its grammar
//! is right; what is left to refuse are duplicate names and names that only an escape made look allowed.

use serde::Serialize;

use super::fault::{CanonicalFault, FaultKind, MemberName, WriteFault};
use super::scanner::{self, is_name};
use super::strings::{unescaped, write_string};
use super::value::{Kind, Value};

/// The canonical form of any JSON value within the limits, object or not.
pub fn canonicalize(text: &[u8]) -> Result<Vec<u8>, CanonicalFault> {
    if scanner::pass(text)?.canonical { Ok(text.to_vec()) } else { rewritten(text) }
}

/// Writes a value of ours canonically, under the same limits as what is read.
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WriteFault> {
    let text = serde_json::to_vec(value).map_err(WriteFault::Serialize)?;
    Ok(canonicalize(&text)?)
}

/// The canonical form of a text that has passed the scanner.
pub(super) fn rewritten(text: &[u8]) -> Result<Vec<u8>, CanonicalFault> {
    let whole = text.trim_ascii_start();
    let origin = text.len() - whole.len();
    let mut out = String::with_capacity(text.len());
    write(Value::new(whole.trim_ascii_end()), origin, &mut out)?;
    Ok(out.into_bytes())
}

/// Writes one value that begins `origin` bytes into the text. Recursion is bounded by `DEPTH_MAX`.
fn write(value: Value<'_>, origin: usize, out: &mut String) -> Result<(), CanonicalFault> {
    match value.kind() {
        Kind::Object => write_object(value, origin, out),
        Kind::Array => {
            out.push('[');
            for (count, element) in value.elements().enumerate() {
                if count > 0 {
                    out.push(',');
                }
                write(element, origin + value.offset_of(element.text()), out)?;
            }
            out.push(']');
            Ok(())
        }
        Kind::String => {
            write_string(&value.string().unwrap_or_default(), out);
            Ok(())
        }
        // Integers within the limits, `true`, `false` and `null` have only one spelling.
        Kind::Integer | Kind::Boolean | Kind::Null => {
            out.push_str(std::str::from_utf8(value.text()).unwrap_or_default());
            Ok(())
        }
    }
}

fn write_object(object: Value<'_>, origin: usize, out: &mut String) -> Result<(), CanonicalFault> {
    let mut members: Vec<_> =
        object.members().map(|(name, value)| (unescaped(name), object.offset_of(name.as_bytes()), value)).collect();
    // Names are ASCII, so the order of bytes is the order of UTF-16 code units that RFC 8785 wants.
    members.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut before: Option<&str> = None;
    out.push('{');
    for (name, inside, value) in &members {
        // Faults point at the name's opening quote.
        let refuse = |kind| Err(CanonicalFault { offset: (origin + inside).saturating_sub(1), kind });
        if !is_name(name.as_bytes()) {
            return refuse(FaultKind::NameNotAllowed);
        }
        if before == Some(name.as_str()) {
            return refuse(FaultKind::DuplicateMember { name: MemberName::new(name) });
        }
        if before.is_some() {
            out.push(',');
        }
        before = Some(name);
        write_string(name, out);
        out.push(':');
        write(*value, origin + object.offset_of(value.text()), out)?;
    }
    out.push('}');
    Ok(())
}
