//! A record taken apart into the strings, member names and numbers it is made of, each with its place and what can be
//! told from where it stands.
//!
//! The text is checked to be JSON before it is taken apart, so that only whole literals are ever found.

use serde::de::IgnoredAny;

/// Members that hold somebody's name, or something that may repeat it: a narrative, the text of a query.
const NAME_MEMBERS: [&str; 7] = ["display", "name", "given", "family", "div", "query", "valuebase64binary"];
/// A member whose name says "name" and one of these holds a person's name, as far as can be told.
const PERSON_WORDS: [&str; 11] =
    ["user", "patient", "person", "full", "first", "last", "middle", "staff", "clinician", "display", "subject"];
/// What stands below or in these is a word of a vocabulary, or a thing.
const CODED_MEMBERS: [&str; 22] = [
    "coding",
    "code",
    "type",
    "subtype",
    "role",
    "policy",
    "securitylabel",
    "lifecycle",
    "purposeofuse",
    "purposeofevent",
    "purpose_of_use",
    "observer",
    "meta",
    "category",
    "ai",
    "model",
    "outcome",
    "action",
    "event_type",
    "version",
    "audit_log_version",
    "resourcetype",
];
/// Objects in these describe one thing or person each.
const GROUP_MEMBERS: [&str; 6] = ["entity", "patient", "patients", "subject", "resource", "resources"];

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The name of a member.
    Name,
    /// A string.
    Text,
    /// A number.
    Number,
}

/// One literal of a record.
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// Its first byte; of a string the first between the quotes.
    pub(super) start: usize,
    /// The byte behind its last.
    pub(super) end: usize,
    /// What it says, with escapes resolved.
    pub(super) said: String,
    /// Whether it stands where vocabularies do.
    pub(super) is_coded: bool,
    /// Whether its member is one that holds names.
    pub(super) names_somebody: bool,
    /// The description it is part of.
    pub(super) group: Option<usize>,
}

/// An object or array that is open.
#[derive(Default)]
struct Level {
    is_object: bool,
    awaits_name: bool,
    /// The member that is being read; the elements of an array belong to the member that the array is.
    member: String,
    is_coded: bool,
    group: Option<usize>,
}

/// The pieces of a record in their order; `None` if it is not JSON.
pub(super) fn of(bytes: &[u8]) -> Option<Vec<Piece>> {
    serde_json::from_slice::<IgnoredAny>(bytes).ok()?;
    let text = std::str::from_utf8(bytes).ok()?;
    let mut reader = Reader { text, pieces: Vec::new(), levels: vec![Level::default()], groups: 0 };
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        at = match byte {
            b'"' => reader.string(at)?,
            b'-' | b'0'..=b'9' => reader.number(at)?,
            byte => {
                reader.mark(*byte);
                at + 1
            }
        };
    }
    Some(reader.pieces)
}

struct Reader<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    levels: Vec<Level>,
    groups: usize,
}

impl Reader<'_> {
    fn mark(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => self.open(byte == b'{'),
            b'}' | b']' => drop(self.levels.pop()),
            b',' => self.top(|level| level.awaits_name = level.is_object),
            b':' => self.top(|level| level.awaits_name = false),
            // White space, `true`, `false`, `null`.
            _ => {}
        }
    }

    fn top(&mut self, change: impl FnOnce(&mut Level)) {
        if let Some(level) = self.levels.last_mut() {
            change(level);
        }
    }

    fn open(&mut self, is_object: bool) {
        let Some(outer) = self.levels.last() else { return };
        let starts_group = is_object && outer.group.is_none() && GROUP_MEMBERS.contains(&outer.member.as_str());
        let group = if starts_group { Some(self.groups) } else { outer.group };
        let is_coded = outer.is_coded || CODED_MEMBERS.contains(&outer.member.as_str());
        let member = if is_object { String::new() } else { outer.member.clone() };
        self.groups += usize::from(starts_group);
        self.levels.push(Level { is_object, awaits_name: is_object, member, is_coded, group });
    }

    /// Takes the string whose quote is at `at`; gives the place behind its other quote.
    fn string(&mut self, at: usize) -> Option<usize> {
        let mut end = at + 1;
        loop {
            match self.text.as_bytes().get(end)? {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let said: String = serde_json::from_str(self.text.get(at..=end)?).ok()?;
        let is_name = self.levels.last().is_some_and(|level| level.awaits_name);
        if is_name {
            self.top(|level| level.member = said.to_ascii_lowercase());
        }
        self.add(if is_name { Kind::Name } else { Kind::Text }, at + 1, end, said);
        Some(end + 1)
    }

    fn number(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let length = rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')).unwrap_or(rest.len());
        let said = rest.get(..length)?.to_owned();
        self.add(Kind::Number, at, at + length, said);
        Some(at + length)
    }

    fn add(&mut self, kind: Kind, start: usize, end: usize, said: String) {
        let Some(level) = self.levels.last() else { return };
        let is_coded = level.is_coded || CODED_MEMBERS.contains(&level.member.as_str());
        let names_somebody = kind == Kind::Text && !is_coded && holds_names(&level.member);
        self.pieces.push(Piece { kind, start, end, said, is_coded, names_somebody, group: level.group });
    }
}

fn holds_names(member: &str) -> bool {
    NAME_MEMBERS.contains(&member)
        || (member.contains("name") && PERSON_WORDS.iter().any(|person| member.contains(person)))
}
