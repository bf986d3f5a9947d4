//! Canonical JSON: RFC 8785 (JCS) with the limits of audit-bundle/1.0 (formats 1.4).
//!
//! The limits make every common implementation agree byte for byte: member names match `[A-Za-z0-9_.-]{1,64}` and are
//! unique, numbers are integers within ±(2^53−1), strings hold no lone surrogates, nesting is at most
//! [`DEPTH_MAX`] deep. What breaks a limit is refused with its place; it is never read as "probably that".
//!
//! # Invariants
//! * [`scan`] goes over the bytes once, builds no tree and allocates nothing when the line is canonical already.
//! * No input recurses: depth is counted before anything is descended into.
//! * A [`Value`] only ever points into text that has passed a scan, so walking it needs no error path.

mod fault;
mod members;
mod preimage;
mod rewrite;
mod scanner;
mod strings;
mod value;

use std::borrow::Cow;

pub use fault::{CanonicalFault, FaultKind, MemberName, WriteFault};
pub use preimage::Preimage;
pub use rewrite::{canonicalize, to_canonical};
pub use value::{Elements, Kind, MemberIter, Value};

use members::Members;

/// How deep objects and arrays may be nested; the outermost counts as 1.
pub const DEPTH_MAX: usize = 16;
/// The largest absolute value of a number: 2^53 − 1, the last integer every JSON reader agrees on.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;
/// How long a member name may be, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// A line that is a JSON object within the limits, in canonical form, with its top-level members found.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    text: Cow<'a, [u8]>,
    members: Members,
    was_canonical: bool,
}

/// Checks one line (without its line feed) and finds its top-level members.
///
/// A line that is valid but written otherwise is rewritten; [`Scan::was_canonical`] tells. Anything that is not a
/// JSON object within the limits is a fault with the offset of the first byte that does not fit.
pub fn scan(line: &[u8]) -> Result<Scan<'_>, CanonicalFault> {
    let pass = scanner::pass(line)?;
    if !pass.is_object {
        return Err(CanonicalFault { offset: 0, kind: FaultKind::NotAnObject });
    }
    if pass.canonical {
        return Ok(Scan { text: Cow::Borrowed(line), members: pass.members, was_canonical: true });
    }
    let text = rewrite::rewritten(line)?;
    // The rewritten text is canonical by construction; this pass only finds where its members now stand.
    let members = scanner::pass(&text)?.members;
    Ok(Scan { text: Cow::Owned(text), members, was_canonical: false })
}

impl Scan<'_> {
    /// Whether the line's own bytes were the canonical form.
    #[must_use]
    pub fn was_canonical(&self) -> bool {
        self.was_canonical
    }

    /// The canonical form.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The value of a top-level member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value<'_>> {
        self.members().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The top-level members in canonical (ascending) order.
    pub fn members(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.members.iter().filter_map(|span| {
            let name = std::str::from_utf8(self.text.get(span.name())?).ok()?;
            Some((name, Value::new(self.text.get(span.value())?)))
        })
    }

    /// What the record's hash is taken over: the canonical form without `hash` and `sig`, as up to three slices.
    #[must_use]
    pub fn preimage(&self) -> Preimage<'_> {
        Preimage::cut(&self.text, &self.members)
    }

    /// The whole object as a value.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        Value::new(&self.text)
    }
}
