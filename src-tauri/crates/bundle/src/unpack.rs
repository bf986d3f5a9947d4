//! Unpacks gzip (RFC 1952) and Zstandard (RFC 8878) as streams, in bounded memory and with a limit on how much may come
//! out of how little.
//!
//! Both formats say that a file is a series of members (gzip) or frames (Zstandard), and stock tools unpack all of them
//! one behind the other; so does this. What stock tools pass over in silence is not passed over here: bytes behind the
//! last member that begin no further one, and content that ends in the middle.
//!
//! # Invariants
//! * The end of the stream is reached without an error only if every member was whole, of the checksum that it states
//!   (gzip always does, a Zstandard frame may), and nothing is left behind the last one.
//! * Memory is one decoder: a window of at most [`ZSTD_WINDOW_LOG_MAX`] for Zstandard, 32 KiB for gzip.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use crate::fault::{Damage, ReadFault};
use crate::limits::{Limits, ZSTD_WINDOW_LOG_MAX};

/// Bytes of packed content that are read at once.
const BUFFER_BYTES: usize = 128 << 10;
/// Most members in a row that hold nothing. Honest writers end with one; a million of them is a way to keep us busy.
const EMPTY_MEMBERS_MAX: u32 = 1_000;
/// Bytes that tell a member from anything else.
const MAGIC_BYTES: usize = 4;
const GZIP_MAGIC: &[u8] = b"\x1f\x8b";
const ZSTD_MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";
/// The last three bytes of the magic number of a skippable frame, behind one of `0x50` to `0x5F`.
const ZSTD_SKIPPABLE_MAGIC: &[u8] = b"\x2a\x4d\x18";

/// How something is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// Recognizes packed content by its first bytes.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        [Self::Gzip, Self::Zstd].into_iter().find(|packing| packing.begins(head))
    }

    /// The packing that an audit manifest names (formats 1.6); `None` for `none` and for words that are not known.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "gzip" => Some(Self::Gzip),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The packing that the ending of a file's name speaks of, where nothing else does.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Whether a member begins here.
    fn begins(self, head: &[u8]) -> bool {
        match self {
            Self::Gzip => head.starts_with(GZIP_MAGIC),
            Self::Zstd => head.starts_with(ZSTD_MAGIC) || is_skippable(head),
        }
    }
}

fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5F, rest @ ..] if rest.starts_with(ZSTD_SKIPPABLE_MAGIC))
}

/// Unpacks all that `reader` has. `name` is what the content is called in a [`ReadFault::Damaged`].
///
/// An error of `reader` itself passes through unchanged.
pub fn unpack<R: Read>(reader: R, packing: Packing, name: &str, limits: &Limits) -> Unpacked<R> {
    Unpacked {
        state: State::Between(Packed::new(reader)),
        packing,
        name: name.to_owned(),
        ratio_max: limits.ratio_max,
        ratio_free_bytes: limits.ratio_free_bytes,
        content_bytes_max: u64::MAX,
        content_bytes: 0,
        member_bytes: 0,
        members: 0,
        empty_members: 0,
    }
}

/// A reader over unpacked content.
pub struct Unpacked<R: Read> {
    state: State<R>,
    packing: Packing,
    name: String,
    ratio_max: u64,
    ratio_free_bytes: u64,
    content_bytes_max: u64,
    content_bytes: u64,
    member_bytes: u64,
    members: u64,
    empty_members: u32,
}

impl<R: Read> std::fmt::Debug for Unpacked<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unpacked({:?} at {})", self.packing, self.content_bytes)
    }
}

enum State<R: Read> {
    /// Before the first member, between two, or behind the last.
    Between(Packed<R>),
    Gzip(Box<GzDecoder<Packed<R>>>),
    Zstd(zstd::stream::read::Decoder<'static, Packed<R>>),
    /// An error was given; nothing more is read.
    Failed,
}

/// The packed bytes, counted as the decoder uses them up.
struct Packed<R> {
    reader: R,
    /// Read and not used up is what lies from `start` to `end`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    used_bytes: u64,
    /// Whether the reader itself failed, so that the decoder's complaint is not about the content.
    has_failed: bool,
}

impl<R: Read> Packed<R> {
    fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, used_bytes: 0, has_failed: false }
    }

    fn ready(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads until `count` bytes are ready or the end is near.
    fn prepare(&mut self, count: usize) -> io::Result<()> {
        if self.ready().len() < count {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end = self.ready().len();
            self.start = 0;
        }
        while self.ready().len() < count {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(read) => self.end = self.end.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.has_failed = true;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.prepare(1)?;
        Ok(self.ready())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
        self.used_bytes = self.used_bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}

impl<R: Read> Unpacked<R> {
    /// The same with a limit on what comes out in all.
    #[must_use]
    pub fn at_most(mut self, content_bytes_max: u64) -> Self {
        self.content_bytes_max = content_bytes_max;
        self
    }

    /// Packed bytes that were used up so far.
    pub(crate) fn packed_bytes(&self) -> u64 {
        match &self.state {
            State::Between(packed) => packed.used_bytes,
            State::Gzip(decoder) => decoder.get_ref().used_bytes,
            State::Zstd(decoder) => decoder.get_ref().used_bytes,
            State::Failed => 0,
        }
    }

    fn damaged(&self, damage: Damage) -> io::Error {
        ReadFault::Damaged { name: self.name.clone(), damage }.into_io()
    }

    /// Opens the next member, or says that there is none.
    fn next_member(&mut self, mut packed: Packed<R>) -> io::Result<State<R>> {
        packed.prepare(MAGIC_BYTES)?;
        let head = packed.ready();
        if head.is_empty() && self.members > 0 {
            return Ok(State::Between(packed));
        }
        if !self.packing.begins(head) {
            return Err(self.damaged(match self.members {
                0 if head.is_empty() => Damage::CutShort,
                0 => Damage::Unpackable,
                _ => Damage::LeftOver,
            }));
        }
        self.members = self.members.saturating_add(1);
        self.member_bytes = 0;
        Ok(match self.packing {
            Packing::Gzip => State::Gzip(Box::new(GzDecoder::new(packed))),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?.single_frame();
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                State::Zstd(decoder)
            }
        })
    }

    /// Goes on behind a member that was read to its end.
    fn end_member(&mut self, packed: Packed<R>) -> io::Result<State<R>> {
        self.empty_members = if self.member_bytes == 0 { self.empty_members.saturating_add(1) } else { 0 };
        if self.empty_members > EMPTY_MEMBERS_MAX {
            return Err(self.damaged(Damage::UnpacksTooFar));
        }
        Ok(State::Between(packed))
    }

    /// What a decoder's error means.
    fn complaint(&self, error: io::Error, has_failed: bool) -> io::Error {
        if has_failed {
            return error;
        }
        self.damaged(match error.kind() {
            io::ErrorKind::UnexpectedEof => Damage::CutShort,
            // The library's only way to say it; a test makes sure that it still does.
            _ if error.to_string().contains("too much memory") => Damage::WindowTooLarge,
            _ => Damage::Unpackable,
        })
    }

    fn count(&mut self, count: usize) -> io::Result<()> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.member_bytes = self.member_bytes.saturating_add(count);
        self.content_bytes = self.content_bytes.saturating_add(count);
        if self.content_bytes > self.content_bytes_max {
            return Err(self.damaged(Damage::UnpacksTooLarge));
        }
        let bearable = self.packed_bytes().saturating_mul(self.ratio_max);
        if self.content_bytes > self.ratio_free_bytes && self.content_bytes > bearable {
            return Err(self.damaged(Damage::UnpacksTooFar));
        }
        Ok(())
    }

    /// Reads on until there are bytes or the content ends.
    fn unpack_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            // While a step fails, nothing is left to be read again by mistake.
            let state = std::mem::replace(&mut self.state, State::Failed);
            self.state = match state {
                State::Failed => return Err(self.damaged(Damage::Unpackable)),
                State::Between(packed) => match self.next_member(packed)? {
                    State::Between(packed) => {
                        self.state = State::Between(packed);
                        return Ok(0);
                    }
                    member => member,
                },
                State::Gzip(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => self.end_member(decoder.into_inner())?,
                    Ok(count) => {
                        self.state = State::Gzip(decoder);
                        return self.count(count).map(|()| count);
                    }
                    Err(error) => return Err(self.complaint(error, decoder.get_ref().has_failed)),
                },
                State::Zstd(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => self.end_member(decoder.finish())?,
                    Ok(count) => {
                        self.state = State::Zstd(decoder);
                        return self.count(count).map(|()| count);
                    }
                    Err(error) => return Err(self.complaint(error, decoder.get_ref().has_failed)),
                },
            };
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() { Ok(0) } else { self.unpack_some(buffer) }
    }
}
