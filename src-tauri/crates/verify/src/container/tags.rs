//! Compares the tag files with the tag manifests.

use std::collections::BTreeSet;

use bundle::escape::visible;

use super::declaration::BagInfo;
use super::listing::{self, Listing};
use super::paths::Names;
use super::payload::PAYLOAD;
use super::{FETCH, lists_of};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::sums::{Algorithms, FileSum};
use crate::words::number;
use crate::work::Work;

/// How the names of tag manifests begin.
pub(super) const TAG_MANIFEST: &str = "tagmanifest-";
/// Where detached signatures lie; never listed, so that they can be added later.
pub(crate) const SIGNATURES: &str = "signatures/";

/// Compares every tag file with the tag manifests.
pub(crate) fn check_tag_files(work: &mut Work<'_>, info: &BagInfo) -> Result<(), Halt> {
    let names = Names::of(work.source.entries());
    let mut listings = Vec::new();
    for (name, algorithm) in lists_of(work, TAG_MANIFEST) {
        listings.extend(listing::read(work, info, &names, &name, algorithm)?);
    }
    miss_required(work, info);
    let mut listed = BTreeSet::new();
    for listing in &listings {
        for path in listing.sums.keys() {
            if path.starts_with(PAYLOAD) || path.starts_with(TAG_MANIFEST) {
                let message = format!("{} lists a file that is no tag file.", visible(&listing.name));
                work.find(Finding::new(Code::ManifestMalformed, message).at_file(&listing.name).field(visible(path)));
            } else if listed.insert(path.clone()) && work.source.entry(path).is_none() {
                let message = format!("{} is listed but missing.", visible(path));
                work.find(Finding::new(Code::FileMissing, message).at_file(path));
            }
        }
    }
    let is_tag = |name: &str| !name.starts_with(PAYLOAD) && !name.starts_with(TAG_MANIFEST);
    let lost_lines = listings.iter().any(|listing| listing.has_lost_lines);
    for entry in work.source.entries().iter().filter(|entry| is_tag(&entry.name)) {
        if listed.contains(&entry.name) {
            compare(work, &entry.name, &listings)?;
            continue;
        }
        // fetch.txt has a finding of its own, and a list that is missing or torn explains the rest.
        let is_explained = entry.name == FETCH || entry.name.starts_with(SIGNATURES);
        if !is_explained && !listings.is_empty() && !lost_lines {
            let message =
                format!("{} is in none of the bundle's lists: it may come from anybody.", visible(&entry.name));
            work.find(Finding::new(Code::TagFileUnlisted, message).at_file(&entry.name));
        }
    }
    Ok(())
}

fn miss_required(work: &mut Work<'_>, info: &BagInfo) {
    let Some(required) = info.rules.manifest.filter(|_| info.rules.needs_tag_manifest) else { return };
    let name = format!("{TAG_MANIFEST}{}.txt", required.word());
    if work.source.entry(&name).is_none() {
        let message = format!("{name} is missing: nothing vouches for the bundle's own lists.");
        work.find(Finding::new(Code::FileMissing, message).at_file(&name));
    }
}

/// Compares one tag file with every list that names it. At most one finding.
fn compare(work: &mut Work<'_>, name: &str, listings: &[Listing]) -> Result<(), Halt> {
    let of_file = || listings.iter().filter_map(|listing| Some((listing.algorithm, listing.sums.get(name)?.as_ref()?)));
    let wanted = of_file().fold(Algorithms::NONE, |wanted, (algorithm, _)| wanted.with(algorithm));
    let Some(sum) = work.sum_of(name, wanted)? else { return Ok(()) };
    let differing = |sum: &FileSum| {
        of_file().find_map(|(algorithm, expected)| {
            let actual = sum.hex(algorithm)?;
            (*expected != actual).then(|| (expected.clone(), actual))
        })
    };
    if let Some((expected, actual)) = differing(&sum) {
        let message =
            format!("{} is not the file that was listed: its {} bytes differ.", visible(name), number(sum.bytes));
        let finding = Finding::new(Code::TagFileHashMismatch, message).at_file(name);
        work.find(finding.expected(expected).actual(actual));
    }
    Ok(())
}
