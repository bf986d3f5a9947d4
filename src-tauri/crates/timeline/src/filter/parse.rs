//! Reads the text form of a filter.
//!
//! A fault names the place and the way out, and never repeats what was typed: that may name a person.

use std::ops::Range;

use model::{Action, Outcome};

use super::{AnyOf, Condition, Field, Filter, Pattern, Term, Word};
use crate::{Edge, Integrity, Moment, MomentFault, Zone};

/// The longest text that is read, in bytes.
pub const FILTER_BYTES_MAX: usize = 64 * 1024;
/// The most terms in one filter.
pub const FILTER_TERMS_MAX: usize = 100;
/// The most values in one term.
pub const FILTER_VALUES_MAX: usize = 1000;

/// Where a text is no filter, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {character} of the filter: {problem}")]
pub struct FilterFault {
    /// The bytes of the text that are meant.
    pub span: Range<usize>,
    /// The first of them as a character of the text, counted from 1.
    pub character: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a text, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than [`FILTER_BYTES_MAX`].
    #[error("longer than 64 KiB; ask in several steps")]
    TooLong,
    /// More than [`FILTER_TERMS_MAX`] terms.
    #[error("more than 100 terms; ask in several steps")]
    TooManyTerms,
    /// More than [`FILTER_VALUES_MAX`] values in one term.
    #[error("more than 1000 values; ask in several steps")]
    TooManyValues,
    /// The text ends inside quotes.
    #[error("this quote is not closed; add \" at its end")]
    QuoteOpen,
    /// Something follows a closing quote directly.
    #[error("put a space, a comma or a * after a closing quote")]
    AfterQuote,
    /// A quote inside a word.
    #[error("a quote begins inside a word; put the whole value in quotes, and write \\\" for a quote in it")]
    QuoteInside,
    /// `\` before something else than `"` or `\` inside quotes.
    #[error("inside quotes write \\\\ for a backslash and \\\" for a quote")]
    Escape,
    /// A term without a value.
    #[error("a value is missing; write * for any value")]
    ValueMissing,
    /// `-` alone.
    #[error("a term is missing after the -")]
    TermMissing,
    /// A star that is not at the end.
    #[error("a * may only stand at the end; put the value in quotes if the star is part of it")]
    StarInside,
    /// `name:` with a name that is no term.
    #[error(
        "no such term; the terms are user, patient, action, type, resource, outcome, session, ip, system, role, \
         policy, class, bundle, emergency, from, to and integrity; put the word in quotes to look for it in the records"
    )]
    TermUnknown,
    /// `action:` with something else.
    #[error(
        "no such action; the actions are read, create, update, delete, query, print, export, copy, disclose, login, \
         logout, login_failed, mfa, password_change, permission_change, config_change, break_glass, infer, render, \
         override, execute and other"
    )]
    ActionUnknown,
    /// `outcome:` with something else.
    #[error("no such outcome; the outcomes are success, failure, partial, denied, error and unknown")]
    OutcomeUnknown,
    /// `emergency:` with something else.
    #[error("write emergency:yes, or -emergency:yes for all other events")]
    EmergencyUnknown,
    /// `integrity:` with something else.
    #[error("write stands, altered or not_verified")]
    IntegrityUnknown,
    /// `from:` or `to:` with something that is no time.
    #[error("{0}")]
    Time(MomentFault),
    /// `from:` or `to:` with several values or a star.
    #[error("one time, without a *")]
    TimeNotOne,
}

impl Filter {
    /// Reads the text form. Dates and times without a zone are wall-clock times in `zone`.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, FilterFault> {
        let fault = |problem, span: Range<usize>| FilterFault {
            character: text.get(..span.start).map_or(0, |before| before.chars().count()) + 1,
            span,
            problem,
        };
        if text.len() > FILTER_BYTES_MAX {
            return Err(fault(Problem::TooLong, 0..text.len()));
        }
        let mut reader = Reader { text, at: 0, zone };
        let mut terms = Vec::new();
        while reader.skip_spaces() {
            let from = reader.at;
            let term = reader.term().map_err(|(problem, span)| fault(problem, span))?;
            if terms.len() == FILTER_TERMS_MAX {
                return Err(fault(Problem::TooManyTerms, from..text.len()));
            }
            terms.push(term);
        }
        Ok(Self { terms })
    }
}

type Placed<T> = Result<T, (Problem, Range<usize>)>;

/// One value as read, with its place.
struct Value {
    pattern: Pattern,
    span: Range<usize>,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    zone: Zone,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    /// Goes on to the next term; false at the end.
    fn skip_spaces(&mut self) -> bool {
        while let Some(c) = self.peek() {
            if !c.is_whitespace() {
                return true;
            }
            self.step(c);
        }
        false
    }

    fn term(&mut self) -> Placed<Term> {
        let start = self.at;
        let negated = self.peek() == Some('-');
        if negated {
            self.step('-');
            if self.peek().is_none_or(char::is_whitespace) {
                return Err((Problem::TermMissing, start..self.at));
            }
        }
        let condition = if let Some(name) = self.term_name()? {
            self.named(name)?
        } else {
            // A word is found anywhere, so more may follow it with or without a star.
            let values = self.values()?;
            let words = values.into_iter().map(|value| Word::new(value.pattern.text())).collect();
            Condition::Text(any_of(words, start..self.at)?)
        };
        Ok(Term { negated, condition })
    }

    /// Reads `name:` where the next word begins so.
    fn term_name(&mut self) -> Placed<Option<Name>> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ':' | '"' | ',')).unwrap_or(rest.len());
        let (Some(word), Some(true)) = (rest.get(..end), rest.get(end..).map(|after| after.starts_with(':'))) else {
            return Ok(None);
        };
        let span = self.at..self.at + end;
        self.at += end + 1;
        Name::of(word).map(Some).ok_or((Problem::TermUnknown, span))
    }

    fn named(&mut self, name: Name) -> Placed<Condition> {
        let start = self.at;
        let values = self.values()?;
        let span = start..self.at;
        match name {
            Name::Action => {
                words(&values, span, Action::ALL, Action::word, Problem::ActionUnknown).map(Condition::Action)
            }
            Name::Outcome => {
                words(&values, span, Outcome::ALL, Outcome::word, Problem::OutcomeUnknown).map(Condition::Outcome)
            }
            Name::Integrity => words(&values, span, Integrity::ALL, Integrity::word, Problem::IntegrityUnknown)
                .map(Condition::Integrity),
            Name::Emergency => emergency(&values, span),
            Name::From => self.moment(&values, span, Edge::From).map(Condition::From),
            Name::To => self.moment(&values, span, Edge::To).map(Condition::To),
            Name::Field(field) => {
                let patterns = values.into_iter().map(|value| value.pattern).collect();
                Ok(Condition::Field(field, any_of(patterns, span)?))
            }
        }
    }

    fn moment(&self, values: &[Value], span: Range<usize>, edge: Edge) -> Placed<Moment> {
        match values {
            [one] if !one.pattern.is_prefix() => Moment::parse(one.pattern.text(), self.zone, edge)
                .map_err(|fault| (Problem::Time(fault), one.span.clone())),
            _ => Err((Problem::TimeNotOne, span)),
        }
    }

    /// Values with commas between, up to a space or the end.
    fn values(&mut self) -> Placed<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            let value = if self.peek() == Some('"') { self.quoted()? } else { self.plain()? };
            if values.len() == FILTER_VALUES_MAX {
                return Err((Problem::TooManyValues, start..self.at));
            }
            values.push(value);
            if self.peek() == Some(',') {
                self.step(',');
            } else {
                return Ok(values);
            }
        }
    }

    fn plain(&mut self) -> Placed<Value> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or("");
        self.at += end;
        let span = start..self.at;
        if word.is_empty() {
            return Err((Problem::ValueMissing, span));
        }
        if let Some(at) = word.find('"') {
            return Err((Problem::QuoteInside, start + at..start + at + 1));
        }
        let (text, prefix) = word.strip_suffix('*').map_or((word, false), |text| (text, true));
        if let Some(at) = text.find('*') {
            return Err((Problem::StarInside, start + at..start + at + 1));
        }
        Ok(Value { pattern: if prefix { Pattern::prefix(text) } else { Pattern::whole(text) }, span })
    }

    fn quoted(&mut self) -> Placed<Value> {
        let start = self.at;
        self.step('"');
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err((Problem::QuoteOpen, start..start + 1)) };
            self.step(c);
            match c {
                '"' => break,
                '\\' => {
                    let Some(escaped @ ('"' | '\\')) = self.peek() else {
                        return Err((Problem::Escape, self.at - 1..self.at));
                    };
                    self.step(escaped);
                    text.push(escaped);
                }
                other => text.push(other),
            }
        }
        let prefix = self.peek() == Some('*');
        if prefix {
            self.step('*');
        }
        if self.peek().is_some_and(|c| !c.is_whitespace() && c != ',') {
            return Err((Problem::AfterQuote, self.at - 1..self.at));
        }
        Ok(Value { pattern: if prefix { Pattern::prefix(text) } else { Pattern::whole(text) }, span: start..self.at })
    }
}

/// What may stand before a colon.
#[derive(Clone, Copy)]
enum Name {
    Field(Field),
    Action,
    Outcome,
    Emergency,
    Integrity,
    From,
    To,
}

impl Name {
    fn of(word: &str) -> Option<Self> {
        let others = [Self::Action, Self::Outcome, Self::Emergency, Self::Integrity, Self::From, Self::To];
        Field::ALL.iter().copied().map(Self::Field).chain(others).find(|name| name.text().eq_ignore_ascii_case(word))
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Action => "action",
            Self::Outcome => "outcome",
            Self::Emergency => "emergency",
            Self::Integrity => "integrity",
            Self::From => "from",
            Self::To => "to",
        }
    }
}

fn any_of<T: PartialEq>(values: Vec<T>, span: Range<usize>) -> Placed<AnyOf<T>> {
    AnyOf::of(values).ok_or((Problem::ValueMissing, span))
}

/// There is one word: what a record does not mark it may still have been.
fn emergency(values: &[Value], span: Range<usize>) -> Placed<Condition> {
    match values {
        [one] if !one.pattern.is_prefix() && one.pattern.text().eq_ignore_ascii_case("yes") => Ok(Condition::Emergency),
        _ => Err((Problem::EmergencyUnknown, span)),
    }
}

/// The words of a vocabulary that the values name, in the order they were named.
fn words<T: Copy + PartialEq>(
    values: &[Value],
    span: Range<usize>,
    all: &[T],
    word: fn(T) -> &'static str,
    unknown: Problem,
) -> Placed<AnyOf<T>> {
    let mut named = Vec::new();
    for Value { pattern, span } in values {
        let before = named.len();
        let search = !pattern.is_prefix() && pattern.text().eq_ignore_ascii_case("search");
        // Words of a vocabulary are labels, as `Type` is one.
        let fits =
            |candidate: &T| pattern.matches(Field::Type, word(*candidate)) || (search && word(*candidate) == "query");
        named.extend(all.iter().copied().filter(fits));
        if named.len() == before {
            return Err((unknown, span.clone()));
        }
    }
    any_of(named, span)
}
