//! Renews what the bag says of its files: the manifests, the size of the payload, the tag manifests. Stock tools then
//! find nothing wrong.

use std::collections::BTreeMap;
use std::io::Read as _;

use bundle::ReadFault;
use integrity::{Hasher, Hasher512};
use verify::Source;

use crate::fault::Halt;
use crate::gauge::Gauge;
use crate::overlay::Overlay;

/// Most bytes of a manifest that is rewritten.
const LIST_BYTES_MAX: u64 = 256 << 20;
const PAYLOAD: &str = "data/";
const BAG_INFO: &str = "bag-info.txt";
const CHUNK_BYTES: usize = 256 << 10;

/// A list of files: its name, and whether its digests are SHA-512.
type List = (&'static str, bool);
const MANIFESTS: [List; 2] = [("manifest-sha256.txt", false), ("manifest-sha512.txt", true)];
const TAG_MANIFESTS: [List; 2] = [("tagmanifest-sha256.txt", false), ("tagmanifest-sha512.txt", true)];

/// Renews everything: manifests, size, tag manifests.
pub(crate) fn rebag(overlay: &mut Overlay<'_>, gauge: &Gauge<'_>) -> Result<(), Halt> {
    relist(overlay, gauge)?;
    resize(overlay);
    retag(overlay, gauge)
}

/// Renews the payload manifests for the files that were touched.
fn relist(overlay: &mut Overlay<'_>, gauge: &Gauge<'_>) -> Result<(), Halt> {
    overlay.settle_sizes()?;
    let touched: Vec<String> = overlay.touched().iter().filter(|name| name.starts_with(PAYLOAD)).cloned().collect();
    for (list, is_sha512) in MANIFESTS {
        renew(overlay, list, is_sha512, &touched, gauge)?;
    }
    Ok(())
}

/// Renews the tag manifests for the tag files that were touched.
pub(crate) fn retag(overlay: &mut Overlay<'_>, gauge: &Gauge<'_>) -> Result<(), Halt> {
    let is_tag = |name: &&String| {
        !name.starts_with(PAYLOAD) && !name.starts_with("signatures/") && !name.starts_with("tagmanifest-")
    };
    let touched: Vec<String> = overlay.touched().iter().filter(is_tag).cloned().collect();
    for (list, is_sha512) in TAG_MANIFESTS {
        renew(overlay, list, is_sha512, &touched, gauge)?;
    }
    Ok(())
}

/// Renews the lines of one list, if there is one.
fn renew(
    overlay: &mut Overlay<'_>,
    list: &str,
    is_sha512: bool,
    touched: &[String],
    gauge: &Gauge<'_>,
) -> Result<(), Halt> {
    let Some(text) = overlay.small(list, LIST_BYTES_MAX) else { return Ok(()) };
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    for name in touched.iter().filter(|name| overlay.entry(name).is_some()) {
        digests.insert(listed(name), digest(overlay, name, is_sha512, gauge)?);
    }
    let gone: Vec<String> = touched.iter().map(|name| listed(name)).collect();
    let mut lines = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let path = path_of(line);
        match path.and_then(|path| digests.remove(path).map(|digest| format!("{digest}  {path}\n"))) {
            Some(renewed) => lines.extend_from_slice(renewed.as_bytes()),
            None if path.is_some_and(|path| gone.iter().any(|gone| gone == path)) => {}
            None => lines.extend_from_slice(line),
        }
    }
    for (path, digest) in digests {
        lines.extend_from_slice(format!("{digest}  {path}\n").as_bytes());
    }
    overlay.put(list, lines);
    Ok(())
}

/// The path in a line of a list, as it is written.
fn path_of(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.trim_end_matches(['\n', '\r']);
    Some(line.split_once([' ', '\t'])?.1.trim_start())
}

/// A path as lists write it: CR, LF and `%` are percent-encoded.
fn listed(name: &str) -> String {
    name.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

fn digest(overlay: &Overlay<'_>, name: &str, is_sha512: bool, gauge: &Gauge<'_>) -> Result<String, Halt> {
    let mut reader = overlay.stream(name)?;
    let (mut sha256, mut sha512) = (Hasher::new(), Hasher512::new());
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReadFault::of(error).into()),
        };
        gauge.pulse()?;
        let read = chunk.get(..count).unwrap_or_default();
        if is_sha512 {
            sha512.update(read);
        } else {
            sha256.update(read);
        }
    }
    Ok(if is_sha512 { sha512.finish().to_hex() } else { sha256.finish().to_hex() })
}

/// Renews `Payload-Oxum`, if `bag-info.txt` states one.
fn resize(overlay: &mut Overlay<'_>) {
    let payload = overlay.entries().iter().filter(|entry| entry.name.starts_with(PAYLOAD));
    let (bytes, files) = payload.fold((0_u64, 0_u64), |(bytes, files), entry| (bytes + entry.size_bytes, files + 1));
    edit_bag_info(overlay, "Payload-Oxum:", &format!("Payload-Oxum: {bytes}.{files}\n"));
}

/// Writes another line in the place of the one that begins with `label`; says whether there was one.
pub(crate) fn edit_bag_info(overlay: &mut Overlay<'_>, label: &str, line: &str) -> bool {
    let Some(text) = overlay.small(BAG_INFO, LIST_BYTES_MAX).and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return false;
    };
    let is_there = text.lines().any(|old| old.starts_with(label));
    let renewed: String =
        text.split_inclusive('\n').map(|old| if old.starts_with(label) { line } else { old }).collect();
    if renewed != text {
        overlay.put(BAG_INFO, renewed.into_bytes());
    }
    is_there
}
