//! Which events: a filter as a tree, next to its text form (`cli.md`, "Filters").
//!
//! A filter is a list of terms that must all hold. A term names one condition with one or more values of which any may
//! hold, and may be turned round. That is the whole language; it needs no brackets.
//!
//! # What is compared how
//! * Ids (`user`, `patient`, `session`, `resource`) are compared byte for byte, as recorded.
//! * Labels (`type`, `ip`, `system`, `role`, `policy`, `class`, `bundle`) ignore the case of ASCII letters.
//! * `action`, `outcome` and `integrity` take words of the vocabulary only, in any case and with `*`: a misspelt word
//!   must not look like "nothing found". `search` is taken for `query`.
//! * `emergency:yes` is an event whose record says so, by a flag of its own or by `action:break_glass`.
//! * `bundle` takes the id or its first twelve digits, by which references and the access log name a bundle.
//! * A bare word is looked for anywhere in the bytes of the record as written, ignoring the case of ASCII letters.
//! * A field that a record lacks counts as empty: `user:""` finds records that name no user, `user:*` all others.
//! * `resource:TYPE` is any resource of that type, `resource:TYPE/ID` one resource, `resource:TYPE/1*` a prefix.

mod matching;
mod parse;
mod print;

use model::{Action, Outcome};
use serde::{Deserialize, Serialize};

use crate::{Integrity, Moment};

pub use matching::{Circumstances, contains_word};
pub use parse::{FILTER_BYTES_MAX, FILTER_TERMS_MAX, FILTER_VALUES_MAX, FilterFault, Problem};

/// Terms that must all hold. The empty filter matches every event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether the condition must not hold.
    pub negated: bool,
    /// What is asked.
    pub condition: Condition,
}

/// What one term asks of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A field has one of these values.
    Field(Field, AnyOf<Pattern>),
    /// It was one of these actions.
    Action(AnyOf<Action>),
    /// It ended in one of these ways.
    Outcome(AnyOf<Outcome>),
    /// The record marks it as emergency access, by its flag or by its action.
    Emergency,
    /// The record's integrity is one of these.
    Integrity(AnyOf<Integrity>),
    /// It happened at this moment or later; undated events did not.
    From(Moment),
    /// It happened at this moment or earlier; undated events did not.
    To(Moment),
    /// The record's own bytes contain one of these words.
    Text(AnyOf<Word>),
}

/// The fields that hold free values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `user:` the user's id.
    User,
    /// `patient:` any patient of the event.
    Patient,
    /// `type:` the category in the source's word.
    Type,
    /// `resource:` kind, and which one.
    Resource,
    /// `session:` the sign-in, as the source numbered it.
    Session,
    /// `ip:` network address.
    Ip,
    /// `system:` what wrote the record.
    System,
    /// `role:` the role in force.
    Role,
    /// `policy:` the rule that allowed it.
    Policy,
    /// `class:` any sensitivity label.
    Class,
    /// `bundle:` the bundle the event came in.
    Bundle,
}

impl Field {
    /// Every field.
    pub const ALL: &'static [Self] = &[
        Self::User,
        Self::Patient,
        Self::Type,
        Self::Resource,
        Self::Session,
        Self::Ip,
        Self::System,
        Self::Role,
        Self::Policy,
        Self::Class,
        Self::Bundle,
    ];

    /// The name before the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Patient => "patient",
            Self::Type => "type",
            Self::Resource => "resource",
            Self::Session => "session",
            Self::Ip => "ip",
            Self::System => "system",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Class => "class",
            Self::Bundle => "bundle",
        }
    }

    /// Whether values are compared byte for byte; else the case of ASCII letters is ignored.
    #[must_use]
    pub const fn exact(self) -> bool {
        matches!(self, Self::User | Self::Patient | Self::Resource | Self::Session)
    }
}

/// A value, whole or as a prefix.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: String,
    prefix: bool,
}

impl Pattern {
    /// Exactly this text; the empty text stands for a field that has no value.
    #[must_use]
    pub fn whole(text: impl Into<String>) -> Self {
        Self { text: text.into(), prefix: false }
    }

    /// Any text that begins so, but never the empty text: the empty prefix is any value at all.
    #[must_use]
    pub fn prefix(text: impl Into<String>) -> Self {
        Self { text: text.into(), prefix: true }
    }

    /// The text, without the `*`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether more may follow.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.prefix
    }
}

// Typed values name people.
impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern(…{} bytes{})", self.text.len(), if self.prefix { ", prefix" } else { "" })
    }
}

/// A piece of text to look for in the record as written.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Word(String);

impl Word {
    /// Looks for this text; the empty one is in every record.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

// Typed words name people.
impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Word(…{} bytes)", self.0.len())
    }
}

/// One or more values, each once, of which any may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyOf<T>(Vec<T>);

impl<T: PartialEq> AnyOf<T> {
    /// The only value.
    #[must_use]
    pub fn one(value: T) -> Self {
        Self(vec![value])
    }

    /// All of a list without its repeats, or `None` for an empty one.
    #[must_use]
    pub fn of(values: Vec<T>) -> Option<Self> {
        let mut once: Vec<T> = Vec::with_capacity(values.len());
        for value in values {
            if !once.contains(&value) {
                once.push(value);
            }
        }
        if once.is_empty() { None } else { Some(Self(once)) }
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.0
    }
}

impl Filter {
    /// The filter of these terms.
    #[must_use]
    pub fn of(terms: Vec<Term>) -> Self {
        Self { terms }
    }

    /// Exactly this value in a field.
    #[must_use]
    pub fn is(field: Field, value: &str) -> Self {
        Self::default().and(Term::field(field, value))
    }

    /// This filter and one term more.
    #[must_use]
    pub fn and(mut self, term: Term) -> Self {
        self.terms.push(term);
        self
    }

    /// This filter and all terms of another.
    #[must_use]
    pub fn and_all(mut self, other: Self) -> Self {
        self.terms.extend(other.terms);
        self
    }

    /// The terms.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it matches every event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// First and last nanosecond that `from` and `to` leave; `None` where they leave that end open.
    #[must_use]
    pub fn period(&self) -> (Option<i64>, Option<i64>) {
        let mut period = (None, None);
        for term in self.terms.iter().filter(|term| !term.negated) {
            match &term.condition {
                Condition::From(at) => period.0 = Some(period.0.map_or(at.nanos(), |known: i64| known.max(at.nanos()))),
                Condition::To(at) => period.1 = Some(period.1.map_or(at.nanos(), |known: i64| known.min(at.nanos()))),
                _ => {}
            }
        }
        period
    }
}

impl Term {
    /// The condition itself.
    #[must_use]
    pub fn holds(condition: Condition) -> Self {
        Self { negated: false, condition }
    }

    /// The opposite.
    #[must_use]
    pub fn not(condition: Condition) -> Self {
        Self { negated: true, condition }
    }

    /// Exactly this value in a field, as a facet's value or a table's cell gives it.
    #[must_use]
    pub fn field(field: Field, value: &str) -> Self {
        Self::holds(Condition::Field(field, AnyOf::one(Pattern::whole(value))))
    }
}
