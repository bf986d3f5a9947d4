//! Looks through the headers of a Parquet file before the library does: Thrift's compact protocol, walked and not kept.
//!
//! The library makes room for what headers promise. So promises are looked at first: how many children a node of the
//! schema has, how large a page gets, how many values it holds, and how these are encoded.

use crate::fault::Damage;
use crate::limits::{PARQUET_PAGE_BYTES_MAX, TABLE_COLUMNS_MAX};

/// Deepest nesting of a header; honest ones have five.
const DEPTH_MAX: u8 = 16;
/// Encodings that are read (parquet-format, `Encoding`): plain, dictionaries, and run lengths of truth values. What the
/// others unpack to is only known once it is unpacked.
const ENCODINGS: [i64; 4] = [0, 2, 3, 8];
/// Kinds of values in the compact protocol.
mod kind {
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const BYTE: u8 = 3;
    pub(super) const I16: u8 = 4;
    pub(super) const I64: u8 = 6;
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const BINARY: u8 = 8;
    pub(super) const LIST: u8 = 9;
    pub(super) const SET: u8 = 10;
    pub(super) const STRUCT: u8 = 12;
}

/// Bytes that are being walked. `None` of its methods means that they are no Thrift.
struct Walk<'a> {
    rest: &'a [u8],
    depth: u8,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, depth: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number of 16, 32 or 64 bits.
    fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ (value & 1).cast_signed().wrapping_neg())
    }

    /// Hands over number and kind of each field of a struct, of which the value has to be taken. Numbers have to ascend,
    /// as in whatever honest programs write: of a field that stands twice, two readers could take different ones.
    fn fields(&mut self, mut each: impl FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEPTH_MAX)?;
        let mut last = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                self.depth = self.depth.saturating_sub(1);
                return Some(());
            }
            let id = match head >> 4 {
                0 => self.number()?,
                step => last.checked_add(i64::from(step))?,
            };
            if id <= last {
                return None;
            }
            last = id;
            each(self, id, head & 0x0f)?;
        }
    }

    /// Kind and number of the elements of a list.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        // Each takes a byte at least.
        (count <= u64::try_from(self.rest.len()).ok()?).then_some((head & 0x0f, count))
    }

    fn skip(&mut self, kind: u8) -> Option<()> {
        match kind {
            kind::TRUE | kind::FALSE => Some(()),
            _ => self.skip_element(kind),
        }
    }

    /// Skips a value as it stands in a list, where truth values take a byte.
    fn skip_element(&mut self, kind: u8) -> Option<()> {
        match kind {
            kind::TRUE | kind::FALSE | kind::BYTE => self.pass(1),
            kind::I16..=kind::I64 => self.varint().map(drop),
            kind::DOUBLE => self.pass(8),
            kind::BINARY => {
                let length = self.varint()?;
                self.pass(length)
            }
            kind::LIST | kind::SET => {
                self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEPTH_MAX)?;
                let (kind, count) = self.list()?;
                for _ in 0..count {
                    self.skip_element(kind)?;
                }
                self.depth = self.depth.saturating_sub(1);
                Some(())
            }
            kind::STRUCT => self.fields(Self::skip_field),
            // Maps among them, which no header of Parquet has.
            _ => None,
        }
    }

    fn skip_field(&mut self, _: i64, kind: u8) -> Option<()> {
        self.skip(kind)
    }
}

/// Whether no node of the schema in a footer promises more children than a table may have columns.
pub(super) fn has_bearable_schema(footer: &[u8]) -> bool {
    const SCHEMA: i64 = 2;
    const CHILDREN: i64 = 5;
    let most = i64::try_from(TABLE_COLUMNS_MAX).unwrap_or(i64::MAX);
    let node = |walk: &mut Walk<'_>, id: i64, kind: u8| match id {
        CHILDREN => walk.number().filter(|children| (0..=most).contains(children)).map(drop),
        _ => walk.skip(kind),
    };
    let top = |walk: &mut Walk<'_>, id: i64, kind: u8| {
        if id != SCHEMA {
            return walk.skip(kind);
        }
        let (kind::STRUCT, count) = walk.list()? else { return None };
        (0..count).try_for_each(|_| walk.fields(node))
    };
    Walk::new(footer).fields(top).is_some()
}

/// What the header of a page promises.
#[derive(Default)]
struct Page {
    unpacked: i64,
    packed: i64,
    values: i64,
    /// Values of a dictionary.
    entries: i64,
    encoding: i64,
    header_bytes: usize,
}

/// Reads the header of a page at the beginning of some bytes.
fn page(bytes: &[u8]) -> Option<Page> {
    let mut page = Page::default();
    let mut walk = Walk::new(bytes);
    walk.fields(|walk, id, kind| {
        // Where the encoding stands in the header of a data page, a dictionary, a data page of the second version.
        let encoding_id = match id {
            2 | 3 => {
                let number = walk.number()?;
                *(if id == 2 { &mut page.unpacked } else { &mut page.packed }) = number;
                return Some(());
            }
            5 | 7 => 2,
            8 => 4,
            _ => return walk.skip(kind),
        };
        let is_dictionary = id == 7;
        walk.fields(|walk, id, kind| {
            if id == 1 {
                let values = if is_dictionary { &mut page.entries } else { &mut page.values };
                *values = walk.number()?;
            } else if id == encoding_id {
                let encoding = walk.number()?;
                page.encoding = if ENCODINGS.contains(&encoding) { page.encoding } else { encoding };
            } else {
                walk.skip(kind)?;
            }
            Some(())
        })
    })?;
    page.header_bytes = bytes.len().checked_sub(walk.rest.len())?;
    Some(page)
}

/// Looks through the pages of a column of `rows` rows: how many bytes they unpack to in all.
pub(super) fn unpacked_bytes(mut chunk: &[u8], rows: i64) -> Result<u64, Damage> {
    let mut unpacked = 0_u64;
    while !chunk.is_empty() {
        let page = page(chunk).ok_or(Damage::TableUnreadable)?;
        if !ENCODINGS.contains(&page.encoding) {
            return Err(Damage::TableUnfit);
        }
        let bytes = u64::try_from(page.unpacked).map_err(|_| Damage::TableUnreadable)?;
        if bytes > PARQUET_PAGE_BYTES_MAX {
            return Err(Damage::TableTooLarge);
        }
        // In a page each value is a row, be it nothing; in a dictionary each takes four bytes at least.
        if !(0..=rows).contains(&page.values) || !(0..=page.unpacked / 4).contains(&page.entries) {
            return Err(Damage::TableUnreadable);
        }
        unpacked = unpacked.saturating_add(bytes);
        let packed = usize::try_from(page.packed).ok();
        let length = packed.and_then(|packed| packed.checked_add(page.header_bytes)).ok_or(Damage::TableUnreadable)?;
        chunk = chunk.get(length..).ok_or(Damage::TableUnreadable)?;
    }
    Ok(unpacked)
}
