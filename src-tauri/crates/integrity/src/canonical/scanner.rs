//! The one pass: JSON grammar, limits and canonical form checked over bytes, with a fixed stack of frames.
//!
//! Members in strictly ascending order are both sorted and unique, so the good path needs no memory of names beyond
//! the last one per level. Members out of order make the line non-canonical, and whether one of them is a duplicate is
//! then settled by `rewrite`, which has to build the values anyway.

use super::fault::{CanonicalFault, FaultKind, MemberName};
use super::members::{Members, Span};
use super::strings::{escape, plain_length};
use super::{DEPTH_MAX, INTEGER_MAX, NAME_BYTES_MAX};

/// What the pass found.
pub(super) struct Pass {
    pub(super) canonical: bool,
    pub(super) is_object: bool,
    pub(super) members: Members,
}

/// One open object or array.
#[derive(Clone, Copy, Default)]
struct Frame {
    is_object: bool,
    /// The last name seen in it; for the outermost object also where its value began.
    last: Span,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    canonical: bool,
    frames: [Frame; DEPTH_MAX],
    depth: usize,
    members: Members,
}

/// Goes over the bytes once.
pub(super) fn pass(bytes: &[u8]) -> Result<Pass, CanonicalFault> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(CanonicalFault { offset: 0, kind: FaultKind::TooLong });
    }
    if let Err(bad) = std::str::from_utf8(bytes) {
        return Err(CanonicalFault { offset: bad.valid_up_to(), kind: FaultKind::BadUtf8 });
    }
    let frames = [Frame::default(); DEPTH_MAX];
    let members = Members::default();
    let mut scanner = Scanner { bytes, at: 0, canonical: true, frames, depth: 0, members };
    scanner.space();
    let is_object = scanner.peek() == Some(b'{');
    scanner.document()?;
    Ok(Pass { canonical: scanner.canonical, is_object, members: scanner.members })
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), CanonicalFault> {
        loop {
            // A container that just opened and is not empty leads to another value; anything else ends one.
            if self.value_begins()? {
                continue;
            }
            if !self.value_ends()? {
                break;
            }
        }
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { self.fault(FaultKind::UnexpectedByte) }
    }

    /// Reads a whole scalar or the opening of a container. True if a value inside the container comes next.
    fn value_begins(&mut self) -> Result<bool, CanonicalFault> {
        self.space();
        if self.depth == 1
            && let Some(frame) = self.frames.first_mut()
        {
            frame.last.value_start = offset(self.at);
        }
        match self.peek() {
            Some(open @ (b'{' | b'[')) => return self.open(open == b'{'),
            Some(b'"') => self.string().map(|_| ())?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word(b"true")?,
            Some(b'f') => self.word(b"false")?,
            Some(b'n') => self.word(b"null")?,
            Some(_) => return self.fault(FaultKind::UnexpectedByte),
            None => return self.fault(FaultKind::UnexpectedEnd),
        }
        Ok(false)
    }

    /// After a value: closes what ends here. True if another value comes, false at the end of the document.
    fn value_ends(&mut self) -> Result<bool, CanonicalFault> {
        loop {
            let Some(level) = self.depth.checked_sub(1) else {
                return Ok(false);
            };
            let Some(frame) = self.frames.get_mut(level) else {
                return Ok(false);
            };
            let is_object = frame.is_object;
            if level == 0 && is_object {
                frame.last.value_end = offset(self.at);
                self.members.push(frame.last);
            }
            self.space();
            match (self.peek(), is_object) {
                (Some(b','), _) => {
                    self.at += 1;
                    if is_object {
                        self.name(false)?;
                    }
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    self.depth = level;
                }
                (Some(_), _) => return self.fault(FaultKind::UnexpectedByte),
                (None, _) => return self.fault(FaultKind::UnexpectedEnd),
            }
        }
    }

    fn open(&mut self, is_object: bool) -> Result<bool, CanonicalFault> {
        let Some(frame) = self.frames.get_mut(self.depth) else {
            return self.fault(FaultKind::TooDeep);
        };
        *frame = Frame { is_object, last: Span::default() };
        self.depth += 1;
        self.at += 1;
        self.space();
        let close = if is_object { b'}' } else { b']' };
        if self.peek() == Some(close) {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if is_object {
            self.name(true)?;
        }
        Ok(true)
    }

    /// Reads a member's name and the colon behind it.
    fn name(&mut self, first: bool) -> Result<(), CanonicalFault> {
        self.space();
        let quote = self.at;
        match self.peek() {
            Some(b'"') => {}
            Some(_) => return self.fault(FaultKind::UnexpectedByte),
            None => return self.fault(FaultKind::UnexpectedEnd),
        }
        let start = quote + 1;
        let length = name_length(self.bytes.get(start..).unwrap_or_default());
        let end = start + length;
        let mut escaped = false;
        if (1..=NAME_BYTES_MAX).contains(&length) && self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
        } else {
            // An allowed name needs no escape, so an escaped one is not canonical; `rewrite` looks at what it means.
            escaped = self.string()?;
            self.canonical = false;
            if !escaped {
                return Err(CanonicalFault { offset: quote, kind: FaultKind::NameNotAllowed });
            }
        }
        let end = self.at - 1;
        let name = self.bytes.get(start..end).unwrap_or_default();
        if let Some(frame) = self.frames.get_mut(self.depth.wrapping_sub(1)) {
            let before = self.bytes.get(frame.last.name()).unwrap_or_default();
            if !first && name <= before {
                if name == before && !escaped {
                    let name = MemberName::new(std::str::from_utf8(name).unwrap_or_default());
                    let kind = FaultKind::DuplicateMember { name };
                    return Err(CanonicalFault { offset: quote, kind });
                }
                self.canonical = false;
            }
            frame.last.name_start = offset(start);
            frame.last.name_end = offset(end);
        }
        self.space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return self.fault(FaultKind::UnexpectedByte),
            None => return self.fault(FaultKind::UnexpectedEnd),
        }
        Ok(())
    }

    /// Reads a string from its opening quote; true if it holds an escape.
    fn string(&mut self) -> Result<bool, CanonicalFault> {
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at += plain_length(rest);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    match escape(rest) {
                        Ok(escape) => {
                            escaped = true;
                            self.canonical &= escape.canonical;
                            self.at += escape.length;
                        }
                        Err(kind) => return self.fault(kind),
                    }
                }
                Some(_) => return self.fault(FaultKind::UnexpectedByte),
                None => return self.fault(FaultKind::UnexpectedEnd),
            }
        }
    }

    fn number(&mut self) -> Result<(), CanonicalFault> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let digits = self.at;
        let mut magnitude = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            magnitude = magnitude.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let refuse = |kind| Err(CanonicalFault { offset: start, kind });
        let leading_zero = self.bytes.get(digits) == Some(&b'0');
        match (self.at - digits, self.peek()) {
            (0, None) => return self.fault(FaultKind::UnexpectedEnd),
            (0, _) => return self.fault(FaultKind::UnexpectedByte),
            (2.., _) if leading_zero => {
                return Err(CanonicalFault { offset: digits, kind: FaultKind::UnexpectedByte });
            }
            (_, Some(b'.' | b'e' | b'E')) => return refuse(FaultKind::NotAnInteger),
            _ => {}
        }
        if negative && magnitude == 0 {
            return refuse(FaultKind::NegativeZero);
        }
        if magnitude > INTEGER_MAX { refuse(FaultKind::IntegerOutOfRange) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), CanonicalFault> {
        for expected in word {
            match self.peek() {
                Some(found) if found == *expected => self.at += 1,
                Some(_) => return self.fault(FaultKind::UnexpectedByte),
                None => return self.fault(FaultKind::UnexpectedEnd),
            }
        }
        Ok(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
            self.canonical = false;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault<T>(&self, kind: FaultKind) -> Result<T, CanonicalFault> {
        Err(CanonicalFault { offset: self.at, kind })
    }
}

/// Which bytes a member name may hold, by byte.
const NAME_BYTES: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        allowed[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || byte == b'-';
        byte += 1;
    }
    allowed
};

/// How many bytes at the start may stand in a member name.
fn name_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| NAME_BYTES[usize::from(**byte)]).count()
}

/// Whether a name is within `[A-Za-z0-9_.-]{1,64}`.
pub(super) fn is_name(name: &[u8]) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name_length(name) == name.len()
}

/// A place within a text whose length was checked to fit 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "`pass` refuses texts longer than 32 bits")]
fn offset(at: usize) -> u32 {
    at as u32
}
