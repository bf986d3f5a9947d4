//! Reads little-endian fields out of a slice and never past its end.

/// What is left of a slice of fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

/// The 32-bit sizes and offset of a header, with the 64-bit ones in their place where the header points to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) size_bytes: u64,
    pub(super) packed_bytes: u64,
    pub(super) offset: Option<u64>,
}

/// The id of the extra field that holds 64-bit sizes (APPNOTE 4.5.3).
const EXTRA_ZIP64: u16 = 0x0001;
/// The id of the extra field that holds another name for the entry (APPNOTE 4.6.9).
const EXTRA_UNICODE_PATH: u16 = 0x7075;
/// The ids of extra fields that mean encryption (APPNOTE 4.5.12 and `WinZip`'s AES).
const EXTRA_ENCRYPTION: [u16; 2] = [0x0017, 0x9901];
/// Stands in a 32-bit field whose value is in the extra field.
const IN_EXTRA: u64 = 0xFFFF_FFFF;

/// Reads the extra field of a header.
///
/// `Err` is a sentence: the field is malformed, says something twice, or says something that another program may
/// believe instead of the header.
pub(super) fn read_extra(extra: &[u8], name: &[u8], stated: Sizes) -> Result<Sizes, &'static str> {
    let mut sizes = stated;
    let mut zip64_seen = false;
    let mut rest = Fields(extra);
    while !rest.0.is_empty() {
        // Some writers pad the field with up to three zero bytes.
        if rest.0.len() < 4 && rest.0.iter().all(|byte| *byte == 0) {
            break;
        }
        let (id, mut body) = next_extra(&mut rest).ok_or("An extra field ends in the middle.")?;
        if EXTRA_ENCRYPTION.contains(&id) {
            return Err("The entry is encrypted.");
        }
        if id == EXTRA_UNICODE_PATH && body.0.get(5..) != Some(name) {
            return Err("The entry states a second name that differs from its first.");
        }
        if id == EXTRA_ZIP64 {
            if zip64_seen {
                return Err("The entry states its 64-bit sizes twice.");
            }
            zip64_seen = true;
            sizes = read_zip64(&mut body, stated).ok_or("The entry's 64-bit sizes are cut short.")?;
        }
    }
    Ok(sizes)
}

fn next_extra<'a>(rest: &mut Fields<'a>) -> Option<(u16, Fields<'a>)> {
    let id = rest.u16()?;
    let length = rest.u16()?;
    Some((id, Fields(rest.take(usize::from(length))?)))
}

/// Only the fields whose 32-bit value is all ones are there, in this order.
fn read_zip64(body: &mut Fields<'_>, stated: Sizes) -> Option<Sizes> {
    let mut wide = |narrow: u64| if narrow == IN_EXTRA { body.u64() } else { Some(narrow) };
    Some(Sizes {
        size_bytes: wide(stated.size_bytes)?,
        packed_bytes: wide(stated.packed_bytes)?,
        offset: match stated.offset {
            None => None,
            Some(offset) => Some(wide(offset)?),
        },
    })
}
