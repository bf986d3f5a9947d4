//! `fetch.txt`: files that are to be loaded from elsewhere (RFC 8493 2.2.3). Nothing is ever loaded.

use bundle::escape::visible;

use super::declaration::BagInfo;
use super::paths::{Decoding, Names, is_unsafe, resolve};
use super::payload::{PAYLOAD, Payload};
use super::rules::Fetch;
use super::text::lines;
use super::{FETCH, MANIFEST_BYTES_MAX};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::words::{count_of, number};
use crate::work::Work;

/// Reports what is to be loaded. Files that are not there are missing, whatever `fetch.txt` promises.
pub(super) fn check(work: &mut Work<'_>, info: &BagInfo, names: &Names, payload: &Payload) -> Result<(), Halt> {
    if work.source.entry(FETCH).is_none() {
        return Ok(());
    }
    if info.rules.fetch == Fetch::Forbidden {
        let message = "The bundle has a fetch.txt, which asks to load files from elsewhere. Nothing is loaded, and \
                       what it names is not part of the evidence.";
        work.find(Finding::new(Code::FetchForbidden, message).at_file(FETCH));
        return Ok(());
    }
    let Some(bytes) = work.small_file(FETCH, MANIFEST_BYTES_MAX)? else { return Ok(()) };
    let Some(text) = info.encoding.to_utf8(&bytes) else {
        let message = "fetch.txt is not written in the encoding that bagit.txt declares.";
        work.find(Finding::new(Code::ManifestMalformed, message).at_file(FETCH));
        return Ok(());
    };
    let decoding = if info.is_old { Decoding::Old } else { Decoding::Current };
    let (mut count, mut missing) = (0, 0);
    for (line, bytes) in (1..).zip(lines(&text, false)).filter(|(_, bytes)| !bytes.is_empty()) {
        let Some(listed) = path_of(bytes) else {
            let message = format!("Line {} of fetch.txt is not an address, a size and a path.", number(line));
            work.find(Finding::new(Code::ManifestMalformed, message).at_file(FETCH).line(line));
            continue;
        };
        let path = resolve(listed, decoding, names, |path| work.source.entry(path).is_some()).path;
        count += 1;
        missing += u64::from(work.source.entry(&path).is_none());
        let (code, what) = if is_unsafe(&path) {
            (Code::PathUnsafe, "names a path that is not allowed")
        } else if !path.starts_with(PAYLOAD) {
            (Code::ManifestMalformed, "names a file that is not part of the content")
        } else if !payload.lists(&path) {
            (Code::ManifestIncomplete, "names a file that no manifest lists")
        } else {
            continue;
        };
        let message = format!("Line {} of fetch.txt {what}.", number(line));
        work.find(Finding::new(code, message).at_file(FETCH).line(line).field(visible(&path)));
    }
    let message = format!(
        "fetch.txt names {} to be loaded from elsewhere. Nothing is loaded; {}.",
        count_of(count, "file"),
        match missing {
            0 => "all of them are here".to_owned(),
            1 => "1 is not here".to_owned(),
            _ => format!("{} are not here", number(missing)),
        }
    );
    work.find(Finding::new(Code::FetchNotFollowed, message).at_file(FETCH).count(count));
    Ok(())
}

/// The path of a line: behind an address and a size, which are not looked at.
fn path_of(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let blank = [' ', '\t'];
    let (_address, rest) = line.split_once(blank)?;
    let (_size, path) = rest.trim_start_matches(blank).split_once(blank)?;
    Some(path.trim_start_matches(blank)).filter(|path| !path.is_empty())
}
