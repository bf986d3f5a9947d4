//! The text form of a filter, printed so that [`Filter::parse`] reads the same tree.

use std::fmt::{Display, Formatter, Result, Write};

use super::{AnyOf, Condition, Filter, Pattern, Term};
use crate::Moment;

/// The form that people type. It shows what they typed: it belongs on the screen, in the vault and nowhere else.
impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        print(self, f)
    }
}

impl Filter {
    /// The text form with every time as an instant in UTC, so that it means the same in any zone. For the access log.
    #[must_use]
    pub fn text_in_full(&self) -> String {
        struct InFull<'a>(&'a Filter);
        impl Display for InFull<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                let terms = self.0.terms.iter().map(|term| Term {
                    negated: term.negated,
                    condition: match &term.condition {
                        Condition::From(at) => Condition::From(Moment::at(at.nanos())),
                        Condition::To(at) => Condition::To(Moment::at(at.nanos())),
                        other => other.clone(),
                    },
                });
                print(&Filter::of(terms.collect()), f)
            }
        }
        InFull(self).to_string()
    }
}

fn print(filter: &Filter, f: &mut Formatter<'_>) -> Result {
    for (at, term) in filter.terms.iter().enumerate() {
        if at > 0 {
            f.write_char(' ')?;
        }
        if term.negated {
            f.write_char('-')?;
        }
        match &term.condition {
            Condition::Field(field, patterns) => {
                write!(f, "{}:", field.name())?;
                list(f, patterns, value)?;
            }
            Condition::Action(words) => {
                f.write_str("action:")?;
                list(f, words, |f, word| f.write_str(word.word()))?;
            }
            Condition::Outcome(words) => {
                f.write_str("outcome:")?;
                list(f, words, |f, word| f.write_str(word.word()))?;
            }
            Condition::Emergency => f.write_str("emergency:yes")?,
            Condition::Integrity(words) => {
                f.write_str("integrity:")?;
                list(f, words, |f, word| f.write_str(word.word()))?;
            }
            Condition::From(at) => {
                f.write_str("from:")?;
                text(f, at.text(), Place::AfterColon)?;
            }
            Condition::To(at) => {
                f.write_str("to:")?;
                text(f, at.text(), Place::AfterColon)?;
            }
            Condition::Text(words) => list(f, words, |f, word| text(f, word.text(), Place::Bare))?,
        }
    }
    Ok(())
}

/// Where a value stands: a bare word must not look like a term.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Bare,
    AfterColon,
}

fn list<T: PartialEq>(
    f: &mut Formatter<'_>,
    values: &AnyOf<T>,
    each: impl Fn(&mut Formatter<'_>, &T) -> Result,
) -> Result {
    for (at, value) in values.values().iter().enumerate() {
        if at > 0 {
            f.write_char(',')?;
        }
        each(f, value)?;
    }
    Ok(())
}

fn value(f: &mut Formatter<'_>, pattern: &Pattern) -> Result {
    // The empty prefix is written as a star alone.
    if !(pattern.is_prefix() && pattern.text().is_empty()) {
        text(f, pattern.text(), Place::AfterColon)?;
    }
    if pattern.is_prefix() { f.write_char('*') } else { Ok(()) }
}

fn text(f: &mut Formatter<'_>, text: &str, place: Place) -> Result {
    let plain = |c: char| c.is_alphanumeric() || "._/@+-=".contains(c) || (c == ':' && place == Place::AfterColon);
    let bare = !text.is_empty() && text.chars().all(plain) && !(place == Place::Bare && text.starts_with('-'));
    if bare {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if c == '"' || c == '\\' {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
