//! Reads a manifest or tag manifest: lines of lowercase hex, two spaces, a path, LF.

use std::collections::BTreeMap;

use bundle::escape::visible;

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::words::number;
use crate::work::Work;

use super::MANIFEST_BYTES_MAX;

/// What a manifest lists.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The manifest's own name.
    pub(crate) name: String,
    /// The digest of each path in lowercase hex; `None` where its line is malformed but names the path.
    pub(crate) digests: BTreeMap<String, Option<String>>,
    /// Whether a line could not be read at all, so that a path may be listed that we do not know of.
    pub(crate) has_lost_lines: bool,
}

/// Reads a listing whose digests have `digest_bytes` bytes; `None` if it is not there or damaged.
pub(crate) fn read(work: &mut Work<'_>, name: &str, digest_bytes: usize) -> Result<Option<Listing>, Halt> {
    let Some(text) = work.small_file(name, MANIFEST_BYTES_MAX)? else { return Ok(None) };
    let mut listing = Listing { name: name.to_owned(), ..Listing::default() };
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    for (line, bytes) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        // A file without lines is a listing of nothing.
        if bytes.is_empty() && text.is_empty() {
            break;
        }
        let parsed = parse(bytes, 2 * digest_bytes);
        let malformed = match &parsed {
            Ok(_) => None,
            Err(Flaw::Digest(_)) => Some("has a checksum that is not written in lowercase hex"),
            Err(Flaw::Path) => Some("names a path that is not allowed"),
            Err(Flaw::Line) => Some("is not a checksum, two spaces and a path"),
        };
        if let Some(what) = malformed {
            let code = if matches!(parsed, Err(Flaw::Path)) { Code::PathUnsafe } else { Code::ManifestMalformed };
            let message = format!("Line {} of {} {what}.", number(line), visible(name));
            work.find(Finding::new(code, message).at_file(name).line(line));
        }
        let (path, digest) = match parsed {
            Ok((path, digest)) => (path, Some(digest)),
            Err(Flaw::Digest(path)) => (path, None),
            Err(Flaw::Path) => continue,
            Err(Flaw::Line) => {
                listing.has_lost_lines = true;
                continue;
            }
        };
        if listing.digests.contains_key(&path) {
            let message = format!("{} lists {} twice, in line {} again.", visible(name), visible(&path), number(line));
            work.find(Finding::new(Code::ManifestDuplicatePath, message).at_file(name).line(line));
            continue;
        }
        listing.digests.insert(path, digest);
    }
    Ok(Some(listing))
}

/// What is wrong with a line.
enum Flaw {
    /// The digest, while the path can be read.
    Digest(String),
    Path,
    Line,
}

fn parse(line: &[u8], hex_digits: usize) -> Result<(String, String), Flaw> {
    let line = std::str::from_utf8(line).map_err(|_| Flaw::Line)?;
    let (digest, path) = line.split_once("  ").ok_or(Flaw::Line)?;
    let path = decoded(path).ok_or(Flaw::Line)?;
    if path.is_empty() || path.starts_with([' ', '*', '/', '~']) || path.contains('\r') {
        return Err(Flaw::Line);
    }
    if path.split('/').any(|component| matches!(component, "" | "." | "..")) || path.contains(['\\', '\0']) {
        return Err(Flaw::Path);
    }
    let is_hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if digest.len() != hex_digits || !digest.bytes().all(is_hex) {
        return Err(Flaw::Digest(path));
    }
    Ok((path, digest.to_owned()))
}

/// Undoes the percent-encoding of CR, LF and `%`, the only one there is (RFC 8493 2.1.3).
fn decoded(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let mut text = String::with_capacity(path.len());
    let mut parts = path.split('%');
    text.push_str(parts.next()?);
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        text.push(match code {
            "0A" | "0a" => '\n',
            "0D" | "0d" => '\r',
            "25" => '%',
            _ => return None,
        });
        text.push_str(rest);
    }
    Some(text)
}
