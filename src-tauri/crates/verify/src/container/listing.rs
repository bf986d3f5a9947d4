//! Reads a manifest or tag manifest: lines of a checksum and a path (RFC 8493 2.1.3).
//!
//! Where the rules of a profile want exact lines they are lowercase hex, two spaces, a path and LF. Elsewhere what
//! stock tools write and read is read too, and what is odd about it is noted once for the whole list.

use std::collections::BTreeMap;

use bundle::escape::visible;
use integrity::checksum::Algorithm;

use super::MANIFEST_BYTES_MAX;
use super::declaration::BagInfo;
use super::paths::{Decoding, Names, is_unsafe, resolve};
use super::rules::Lines;
use super::text::lines;
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::words::{count_of, number};
use crate::work::Work;

/// What a manifest lists.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The manifest's own name.
    pub(crate) name: String,
    pub(crate) algorithm: Algorithm,
    /// The checksum of each path in lowercase hex; `None` where its line is malformed but names the path.
    pub(crate) sums: BTreeMap<String, Option<String>>,
    /// Whether a line could not be read at all, so that a path may be listed that we do not know of.
    pub(crate) has_lost_lines: bool,
}

/// What is odd about lines that can be read all the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Oddity {
    BinaryMark,
    FromHere,
    Repeated,
    SpelledOtherwise,
}

impl Oddity {
    /// The end of a sentence that begins with a number of lines.
    const fn sentence(self) -> &'static str {
        match self {
            Self::BinaryMark => "with the * of md5sum before the path, which is not part of the name",
            Self::FromHere => "with ./ before the path, which other programs may take for a part of the name",
            Self::Repeated => "that list a file again, with the same checksum",
            Self::SpelledOtherwise => "that spell a name otherwise than the file is called, in the same letters",
        }
    }
}

/// Reads one manifest; `None` if it is not there or damaged.
pub(super) fn read(
    work: &mut Work<'_>,
    info: &BagInfo,
    names: &Names,
    name: &str,
    algorithm: Algorithm,
) -> Result<Option<Listing>, Halt> {
    let Some(bytes) = work.small_file(name, MANIFEST_BYTES_MAX)? else { return Ok(None) };
    let listing = Listing { name: name.to_owned(), algorithm, sums: BTreeMap::new(), has_lost_lines: false };
    let mut reading = Reading { info, names, listing, odd: BTreeMap::new() };
    if let Some(text) = info.encoding.to_utf8(&bytes) {
        for (line, bytes) in (1..).zip(lines(&text, reading.is_exact())) {
            reading.take(work, line, bytes);
        }
    } else {
        let message = format!("{} is not written in the encoding that bagit.txt declares.", visible(name));
        work.find(Finding::new(Code::ManifestMalformed, message).at_file(name));
        reading.listing.has_lost_lines = true;
    }
    for (oddity, (count, line)) in &reading.odd {
        let message = format!("{} has {} {}.", visible(name), count_of(*count, "line"), oddity.sentence());
        work.find(Finding::new(Code::ManifestIrregular, message).at_file(name).line(*line).count(*count));
    }
    Ok(Some(reading.listing))
}

struct Reading<'r> {
    info: &'r BagInfo,
    names: &'r Names,
    listing: Listing,
    /// How many lines have each oddity, and the first of them.
    odd: BTreeMap<Oddity, (u64, u64)>,
}

impl Reading<'_> {
    fn is_exact(&self) -> bool {
        self.info.rules.lines == Lines::Exact
    }

    fn note(&mut self, oddity: Oddity, line: u64) {
        self.odd.entry(oddity).or_insert((0, line)).0 += 1;
    }

    fn take(&mut self, work: &mut Work<'_>, line: u64, bytes: &[u8]) {
        if bytes.is_empty() && !self.is_exact() {
            return;
        }
        let name = self.listing.name.clone();
        let parsed = if self.is_exact() { exact(bytes) } else { self.lenient(bytes, line) };
        let Ok((digits, listed)) = parsed else {
            self.malformed(work, line, Code::ManifestMalformed, "is not a checksum and a path");
            self.listing.has_lost_lines = true;
            return;
        };
        let decoding = self.decoding();
        if decoding.decode(listed).is_none() {
            self.malformed(work, line, Code::ManifestMalformed, "has a percent sign that is not encoded");
            self.listing.has_lost_lines = true;
            return;
        }
        let resolved = resolve(listed, decoding, self.names, |path| work.source.entry(path).is_some());
        if is_unsafe(&resolved.path) {
            self.malformed(work, line, Code::PathUnsafe, "names a path that is not allowed");
            return;
        }
        if resolved.is_spelled_otherwise {
            self.note(Oddity::SpelledOtherwise, line);
        }
        let sum = self.sum(digits);
        if sum.is_none() {
            let case = if self.is_exact() { "lowercase hex" } else { "hex" };
            let digits = self.listing.algorithm.hex_digits();
            let what = format!("has a checksum that is not {digits} digits in {case}");
            self.malformed(work, line, Code::ManifestMalformed, &what);
        }
        let path = resolved.path;
        match self.listing.sums.get(&path) {
            None => drop(self.listing.sums.insert(path, sum)),
            // Two spellings of one name may stand there for one file; so may two lines before version 1.0.
            Some(before) if *before == sum && (resolved.is_spelled_otherwise || self.info.is_old) => {
                self.note(Oddity::Repeated, line);
            }
            Some(_) => {
                let shown = (visible(&name), visible(&path));
                let message = format!("{} lists {} twice, in line {} again.", shown.0, shown.1, number(line));
                work.find(Finding::new(Code::ManifestDuplicatePath, message).at_file(&name).line(line));
            }
        }
    }

    fn malformed(&self, work: &mut Work<'_>, line: u64, code: Code, what: &str) {
        let name = &self.listing.name;
        let message = format!("Line {} of {} {what}.", number(line), visible(name));
        work.find(Finding::new(code, message).at_file(name).line(line));
    }

    fn decoding(&self) -> Decoding {
        match self.info {
            _ if self.is_exact() => Decoding::Exact,
            info if info.is_old => Decoding::Old,
            _ => Decoding::Current,
        }
    }

    /// The checksum in lowercase hex, if it is one.
    fn sum(&self, digits: &str) -> Option<String> {
        let is_exact = self.is_exact();
        let is_digit = |digit: u8| digit.is_ascii_hexdigit() && !(is_exact && digit.is_ascii_uppercase());
        let is_sum = digits.len() == self.listing.algorithm.hex_digits() && digits.bytes().all(is_digit);
        is_sum.then(|| digits.to_ascii_lowercase())
    }

    /// Checksum and path with any white space between them, as stock tools write them.
    fn lenient<'l>(&mut self, line: &'l [u8], number: u64) -> Result<(&'l str, &'l str), NoLine> {
        let line = std::str::from_utf8(line).map_err(|_| NoLine)?;
        let (digits, rest) = line.trim_start().split_once([' ', '\t']).ok_or(NoLine)?;
        let mut path = rest.trim_start_matches([' ', '\t']);
        if let Some(unmarked) = path.strip_prefix('*') {
            self.note(Oddity::BinaryMark, number);
            path = unmarked;
        }
        if let Some(from_here) = path.strip_prefix("./") {
            self.note(Oddity::FromHere, number);
            path = from_here;
        }
        if path.is_empty() { Err(NoLine) } else { Ok((digits, path)) }
    }
}

/// A line that is none.
struct NoLine;

/// Checksum, two spaces and a path, so that `sha256sum -c` reads the same.
fn exact(line: &[u8]) -> Result<(&str, &str), NoLine> {
    let line = std::str::from_utf8(line).map_err(|_| NoLine)?;
    let (digits, path) = line.split_once("  ").ok_or(NoLine)?;
    if path.is_empty() || path.starts_with([' ', '*']) || path.contains('\r') {
        Err(NoLine)
    } else {
        Ok((digits, path))
    }
}
