//! Chunks: some rows of one run in one order, as columns.
//!
//! Every order holds whole rows, so that an answer never has to gather its rows from many chunks of another order. An
//! event with several patients stands once per patient in the order of patients, and once everywhere else.

use crate::StoreFault;
use crate::columns::{Frame, Packing};
use crate::import::rows::Rows;
use crate::import::stretches::Placed;
use crate::words::WordField;

/// How much is written at once. Bundles written with different sizes can be read together; smaller ones than the
/// default are for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Events of one run. Fewer runs make looks faster, larger ones take more memory.
    pub run_events: usize,
    /// Rows of a chunk in time order. Larger ones would make scans a little faster, and pages much slower.
    pub time_rows: usize,
    /// Rows of a chunk in the order of a key: one patient's or user's events should lie in one or two.
    pub key_rows: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { run_events: 262_144, time_rows: 32_768, key_rows: 4096 }
    }
}

/// An order of rows. The numbers are part of the stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By time, then place; undated rows in chunks of their own. Keys are the places of first and last row.
    Time = 1,
    /// By patient, then time. Keys are codes; rows without a patient have key 0.
    Patient = 2,
    /// By user, then time. Keys are codes; rows without a user have key 0.
    User = 3,
    /// By resource, then time. Keys are hashes; rows without a resource are left out.
    Resource = 4,
    /// By place, with little more than where the bytes are. Keys are places, and in place of times there are the least
    /// and the greatest of the producer's numbers.
    Place = 5,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Time, Self::Patient, Self::User, Self::Resource, Self::Place];

    pub(crate) const fn number(self) -> i64 {
        self as i64
    }
}

/// Names of columns that are not codes of words.
pub(crate) mod name {
    pub(crate) const KEY: &str = "key";
    pub(crate) const TIME: &str = "time";
    pub(crate) const PLACE: &str = "place";
    pub(crate) const SEQ: &str = "seq";
    pub(crate) const DEED: &str = "deed";
    pub(crate) const OTHERS: &str = "other_patients";
    pub(crate) const SESSION: &str = "session";
    pub(crate) const OFFSET: &str = "offset";
    pub(crate) const LENGTH: &str = "length";
    pub(crate) const FORM: &str = "form";
    pub(crate) const TIME_TEXT: &str = "time_text";
    pub(crate) const EVENT_ID: &str = "event_id";
    pub(crate) const RESOURCE_ID: &str = "resource_id";
}

/// Codes that questions are answered from.
const SCAN_WORDS: [WordField; 11] = [
    WordField::User,
    WordField::Patient,
    WordField::Type,
    WordField::System,
    WordField::Role,
    WordField::Policy,
    WordField::Class,
    WordField::Ip,
    WordField::Device,
    WordField::ResourceType,
    WordField::Stream,
];

/// Codes that rows only show.
const REST_WORDS: [WordField; 2] = [WordField::DisplayName, WordField::ActionRecorded];

/// Columns of `rest`; all others are in `scan`.
const REST: [&str; 8] = [
    name::OFFSET,
    name::LENGTH,
    name::FORM,
    name::TIME_TEXT,
    name::EVENT_ID,
    name::RESOURCE_ID,
    WordField::DisplayName.name(),
    WordField::ActionRecorded.name(),
];

/// Whether a column lies in the second part of a chunk.
pub(crate) fn in_rest(column: &str) -> bool {
    REST.contains(&column)
}

/// The columns of a whole row.
pub(crate) fn row_columns() -> Vec<&'static str> {
    const SCAN: [&str; 6] = [name::TIME, name::PLACE, name::SEQ, name::DEED, name::OTHERS, name::SESSION];
    let words = SCAN_WORDS.iter().map(|field| field.name());
    SCAN.into_iter().chain(words).chain(REST).collect()
}

/// An encoded chunk.
pub(crate) struct NewChunk {
    pub(crate) kind: Kind,
    pub(crate) key_min: i64,
    pub(crate) key_max: i64,
    pub(crate) time_min: i64,
    pub(crate) time_max: i64,
    pub(crate) rows: usize,
    pub(crate) scan: Vec<u8>,
    pub(crate) rest: Option<Vec<u8>>,
}

/// The key of a resource: FNV-1a over the code of its type and its id. Resources that share a key are told apart by
/// their texts.
pub(crate) fn resource_key(kind: i64, id: &[u8]) -> i64 {
    let kind = kind.to_le_bytes();
    let hash = kind
        .iter()
        .chain(id)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    i64::from_le_bytes(hash.to_le_bytes())
}

/// Encodes some rows that stand one behind the other in an order.
pub(crate) fn encode(rows: &Rows, kind: Kind, piece: &[Placed]) -> Result<NewChunk, StoreFault> {
    let ends = |value: fn(&Placed) -> i64| {
        let values = || piece.iter().map(value);
        (values().min().unwrap_or(0), values().max().unwrap_or(0))
    };
    let (key_min, key_max) = match kind {
        Kind::Time => (piece.first().map_or(0, |first| first.place), piece.last().map_or(0, |last| last.place)),
        _ => ends(|placed| placed.key),
    };
    let (time_min, time_max) = ends(|placed| placed.time);
    let numbers = |column: &[i64]| gather(column, piece);
    let codes = |column: &[u32]| gather(column, piece);
    let row_of = || piece.iter().map(|placed| placed.row);

    let scan = Frame::default()
        .with_numbers(name::TIME, numbers(&rows.time))
        .with_numbers(name::PLACE, numbers(&rows.place))
        .with_numbers(name::SEQ, numbers(&rows.seq));
    if kind == Kind::Place {
        let scan = scan
            .with_numbers(name::OFFSET, numbers(&rows.offset))
            .with_codes(name::LENGTH, codes(&rows.length))
            .with_codes(WordField::Stream.name(), codes(rows.column(WordField::Stream)))
            .encode(Packing::ByColumn)?;
        let seqs = numbers(&rows.seq);
        let (time_min, time_max) = (seqs.iter().min().copied().unwrap_or(0), seqs.iter().max().copied().unwrap_or(0));
        return Ok(NewChunk { kind, key_min, key_max, time_min, time_max, rows: piece.len(), scan, rest: None });
    }
    let mut scan = scan
        .with_codes(name::DEED, codes(&rows.deed))
        .with_bytes(name::OTHERS, row_of().map(|row| rows.others.bytes(row)))
        .with_texts(name::SESSION, row_of().map(|row| rows.session.text(row)));
    if kind == Kind::Patient {
        let keys = piece.iter().map(|placed| u32::try_from(placed.key).unwrap_or(0)).collect();
        scan = scan.with_codes(name::KEY, keys);
    }
    for field in SCAN_WORDS {
        scan = scan.with_codes(field.name(), codes(rows.column(field)));
    }
    let mut rest = Frame::default()
        .with_numbers(name::OFFSET, numbers(&rows.offset))
        .with_codes(name::LENGTH, codes(&rows.length))
        .with_codes(name::FORM, codes(&rows.form))
        .with_texts(name::TIME_TEXT, row_of().map(|row| rows.time_text.text(row)))
        .with_bytes(name::EVENT_ID, row_of().map(|row| rows.event_id.bytes(row)))
        .with_texts(name::RESOURCE_ID, row_of().map(|row| rows.resource_id.text(row)));
    for field in REST_WORDS {
        rest = rest.with_codes(field.name(), codes(rows.column(field)));
    }
    let packing = if kind == Kind::Time { Packing::ByColumn } else { Packing::Whole };
    let (scan, rest) = (scan.encode(packing)?, Some(rest.encode(packing)?));
    Ok(NewChunk { kind, key_min, key_max, time_min, time_max, rows: piece.len(), scan, rest })
}

fn gather<T: Copy + Default>(column: &[T], piece: &[Placed]) -> Vec<T> {
    piece.iter().map(|placed| column.get(placed.row as usize).copied().unwrap_or_default()).collect()
}
