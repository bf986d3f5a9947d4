//! Walks over a tar archive from entry to entry and checks that they are all there is.
//!
//! # Invariants
//! * Headers, content, zero padding and two zero blocks tile the archive; behind them lie zeros only.
//! * An extended header or a long name belongs to the one entry behind it, and stands once.

use super::header::{self, BLOCK_BYTES, Header, Kind, OCTAL_SIZE_MAX, is_zero};
use super::records;
use super::tape::{Tape, cut_short};
use super::{Stop, layout};
use crate::escape::visible_bytes;
use crate::trouble::{Trouble, TroubleCode};

/// Most bytes of a long name or of an extended header.
const EXTENSION_BYTES_MAX: u64 = 1 << 20;
/// Most headers in a row that are about other headers.
const EXTENSIONS_MAX: u32 = 16;
/// Most zeros behind the end: the largest record that a tape was ever written in, and then some.
const END_ZEROS_MAX: u64 = 16 << 20;

/// One entry: where its content lies and what it claims to be.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) raw_name: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) size_bytes: u64,
}

/// What was said of the next entry so far.
#[derive(Default)]
struct Ahead {
    long_name: Option<Vec<u8>>,
    has_long_link: bool,
    records: Option<records::Records>,
    headers: u32,
}

/// Finds the next entry and stops at the beginning of its content; `None` at the sound end of the archive.
pub(super) fn next(tape: &mut Tape) -> Result<Option<Found>, Stop> {
    let mut ahead = Ahead::default();
    loop {
        let block = tape.block()?.ok_or_else(cut_short)?;
        if is_zero(&block) {
            if ahead.headers > 0 {
                return Err(layout(None, "The archive ends behind a header that announces another entry."));
            }
            return end(tape).map(|()| None);
        }
        let found = header::read(&block).map_err(|sentence| layout(None, sentence))?;
        if !matches!(found.kind, Kind::LongName | Kind::LongLink | Kind::Extended | Kind::Global) {
            return entry(found, ahead).map(Some);
        }
        ahead.take(&found, tape)?;
    }
}

impl Ahead {
    /// Reads a header that is about others.
    fn take(&mut self, header: &Header, tape: &mut Tape) -> Result<(), Stop> {
        self.headers = self.headers.saturating_add(1);
        if header.size_bytes > EXTENSION_BYTES_MAX || self.headers > EXTENSIONS_MAX {
            let message = "The archive has a name or an extended header that is far too long.".to_owned();
            return Err(Stop::Trouble(Trouble { code: TroubleCode::ArchiveLimitExceeded, file: None, message }));
        }
        let content = tape.take(header.size_bytes)?;
        skip_padding(tape, header.size_bytes)?;
        let is_repeated = match header.kind {
            Kind::LongLink => std::mem::replace(&mut self.has_long_link, true),
            Kind::LongName => {
                let end = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
                self.long_name.replace(content.get(..end).unwrap_or_default().to_vec()).is_some()
            }
            Kind::Global => {
                let records = records::read(&content).map_err(|sentence| layout(None, sentence))?;
                // Programs differ in how long such a word holds; comments and owners may stand there.
                records != records::Records::default()
            }
            _ => {
                let records = records::read(&content).map_err(|sentence| layout(None, sentence))?;
                self.records.replace(records).is_some()
            }
        };
        if is_repeated {
            return Err(layout(None, "The archive says twice, or for all entries, what one entry is called."));
        }
        Ok(())
    }
}

/// Puts together what the headers say of one entry.
fn entry(header: Header, ahead: Ahead) -> Result<Found, Stop> {
    let Header { name, mut kind, mut size_bytes } = header;
    let records = ahead.records.unwrap_or_default();
    let raw_name = match (records.name, ahead.long_name) {
        (Some(_), Some(_)) => return Err(layout(Some(visible_bytes(&name)), "The entry has two long names.")),
        (Some(long), None) | (None, Some(long)) => {
            if kind == Kind::File && long.ends_with(b"/") {
                kind = Kind::Directory;
            }
            long
        }
        (None, None) => name,
    };
    if let Some(stated) = records.size_bytes {
        // The octal field is there for programs that do not read records, and must not tell them another story.
        if stated != size_bytes && stated <= OCTAL_SIZE_MAX {
            return Err(layout(Some(visible_bytes(&raw_name)), "The entry states two sizes."));
        }
        size_bytes = stated;
    }
    if records.is_sparse {
        kind = Kind::Sparse;
    }
    if kind != Kind::File && size_bytes != 0 && kind != Kind::Sparse {
        let message = "The entry states a size that only a file may have.";
        return Err(layout(Some(visible_bytes(&raw_name)), message));
    }
    Ok(Found { raw_name, kind, size_bytes })
}

/// Passes over what fills the last block of content, which has to be zeros: nothing may lie there unlisted.
pub(super) fn skip_padding(tape: &mut Tape, size_bytes: u64) -> Result<(), Stop> {
    let padding = size_bytes.checked_next_multiple_of(BLOCK_BYTES).map_or(0, |end| end.saturating_sub(size_bytes));
    if is_zero(&tape.take(padding)?) {
        Ok(())
    } else {
        Err(layout(None, "Bytes that belong to no entry lie between two entries of the archive."))
    }
}

/// The second zero block and the zeros behind it.
fn end(tape: &mut Tape) -> Result<(), Stop> {
    let has_second = tape.block()?.ok_or_else(cut_short)?;
    let beginning = tape.at();
    let mut chunk = vec![0; 1 << 16];
    let mut is_clean = is_zero(&has_second);
    while is_clean {
        let count = tape.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        let zeros = tape.at().saturating_sub(beginning);
        is_clean = is_zero(chunk.get(..count).unwrap_or_default()) && zeros <= END_ZEROS_MAX;
    }
    Err(layout(None, "Bytes that belong to no entry lie behind the end of the archive."))
}
