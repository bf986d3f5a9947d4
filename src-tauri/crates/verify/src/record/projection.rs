//! Which member of a record a column repeats, and whether a cell does.
//!
//! A column bears the name of a member (formats 1.3, 1.5): of the record, or of its event; of an inner member with a dot
//! or an underscore between the names, with or without `event` before them. A cell repeats a member if it says the same:
//! a text as it is, a number in digits, a truth value in a word, a time as the same moment, a list as JSON or with
//! semicolons between its texts. A member that is absent, null or empty is an empty cell, since CSV has nothing else.

use bundle::table::Cell;
use integrity::canonical::{Kind, Scan, Value};

use super::{clock, schema};

/// Members of a record.
const RECORD: [&str; 9] =
    ["audit_log_version", "stream_id", "seq", "prev_hash", "nonce", "event", "source_ref", "hash", "sig"];
/// Members with members of their own, and which these are, as columns name them with an underscore between.
const INNER: [(&str, &[&str]); 6] = [
    ("sig", &["alg", "kid", "value"]),
    ("source_ref", &["profile", "file", "line", "byte_offset", "raw_sha256"]),
    ("actor", &["id", "display", "role", "type", "alt_id", "on_behalf_of"]),
    ("resource", &["type", "id", "system", "version", "display"]),
    ("source", &["system", "site", "ip", "device", "user_agent", "location"]),
    ("disclosure", &["recipient", "recipient_address", "purpose", "legal_basis", "description"]),
];
/// Nanoseconds in a second.
const SECOND_NANOS: i128 = 1_000_000_000;

/// The member that a column repeats.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Projection {
    path: Vec<String>,
}

impl Projection {
    /// The member that a column of this name repeats; `None` if it is none that the format knows.
    pub(super) fn of_column(name: &str) -> Option<Self> {
        let names: Vec<&str> = match inner_of(name) {
            Some(pair) => pair.to_vec(),
            None => name.split('.').collect(),
        };
        let path = match names.first() {
            Some(first) if RECORD.contains(first) => names,
            Some(first) if schema::is_member(first) => [&["event"], names.as_slice()].concat(),
            _ => return None,
        };
        Some(Self { path: path.into_iter().map(str::to_owned).collect() })
    }

    /// The member, as findings name it.
    pub(super) fn member(&self) -> String {
        self.path.join(".")
    }

    /// Whether a cell says what the record says.
    pub(super) fn repeats(&self, record: &Scan<'_>, cell: Cell<'_>) -> bool {
        let (first, rest) = self.path.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let value = rest.iter().try_fold(record.member(first), |value, name| Some(value?.member(name)));
        match value.flatten() {
            Some(value) => says(value, cell),
            None => cell == Cell::Nothing,
        }
    }
}

/// `actor_id` as `actor` and `id`.
fn inner_of(name: &str) -> Option<[&str; 2]> {
    INNER.iter().find_map(|(outer, inner)| {
        let rest = name.strip_prefix(outer)?.strip_prefix('_')?;
        inner.contains(&rest).then_some([*outer, rest])
    })
}

fn says(value: Value<'_>, cell: Cell<'_>) -> bool {
    match cell {
        Cell::Nothing => matches!(value.text(), b"null" | b"\"\"" | b"[]" | b"{}"),
        Cell::Moment { units, per_second } => value.string().is_some_and(|text| is_moment(&text, units, per_second)),
        Cell::Text(cell) => match value.kind() {
            Kind::String => value.string().is_some_and(|text| text.as_bytes() == cell || is_same_time(&text, cell)),
            Kind::Array => is_same_json(value, cell) || is_joined(value, cell),
            Kind::Object => is_same_json(value, cell),
            Kind::Boolean => value.text().eq_ignore_ascii_case(cell),
            Kind::Integer | Kind::Null => value.text() == cell,
        },
    }
}

/// Whether two times are the same moment, however they are written.
fn is_same_time(text: &str, cell: &[u8]) -> bool {
    let cell = std::str::from_utf8(cell).ok().and_then(|cell| clock::nanos(cell).ok());
    cell.is_some() && cell == clock::nanos(text).ok()
}

/// Whether a time is the moment that a column keeps in coarser units.
fn is_moment(text: &str, units: i64, per_second: i64) -> bool {
    let unit_nanos = SECOND_NANOS / i128::from(per_second.max(1));
    clock::nanos(text).is_ok_and(|nanos| i128::from(nanos).div_euclid(unit_nanos.max(1)) == i128::from(units))
}

fn is_same_json(value: Value<'_>, cell: &[u8]) -> bool {
    let parsed = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
    value.text() == cell || parsed(cell).is_some_and(|cell| parsed(value.text()) == Some(cell))
}

/// Whether a list of texts stands in the cell with semicolons between.
fn is_joined(value: Value<'_>, cell: &[u8]) -> bool {
    let texts: Option<Vec<String>> = serde_json::from_slice(value.text()).ok();
    texts.is_some_and(|texts| texts.iter().all(|text| !text.contains(';')) && texts.join(";").as_bytes() == cell)
}
