//! Compares what the manifests list with what is there.
//!
//! One file gives at most one finding: a file that is missing has no hash to be wrong, and a difference in one list
//! is not told again for the other.

use std::collections::BTreeSet;

use bundle::escape::visible;
use integrity::{Digest, Digest512};

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::sums::FileSum;
use crate::words::number;
use crate::work::Work;

use super::declaration::{BagInfo, oxum_mismatch};
use super::listing::{self, Listing};

/// Name of the required payload manifest.
pub(super) const MANIFEST: &str = "manifest-sha256.txt";
const MANIFEST_512: &str = "manifest-sha512.txt";
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
const TAG_MANIFEST_512: &str = "tagmanifest-sha512.txt";
/// Where payload files lie.
pub(crate) const PAYLOAD: &str = "data/";
/// Where detached signatures lie; never listed, so that they can be added later.
pub(crate) const SIGNATURES: &str = "signatures/";

/// What the payload manifests say.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    sha256: Option<Listing>,
    sha512: Option<Listing>,
}

impl Payload {
    /// Reads the payload manifests.
    pub(crate) fn read(work: &mut Work<'_>) -> Result<Self, Halt> {
        let sha256 = listing::read(work, MANIFEST, Digest::BYTES)?;
        let sha512 = listing::read(work, MANIFEST_512, Digest512::BYTES)?;
        if sha256.is_none() && work.source.entry(MANIFEST).is_none() {
            let message = format!("{MANIFEST} is missing: no list says which files belong to the bundle.");
            work.find(Finding::new(Code::FileMissing, message).at_file(MANIFEST));
        }
        Ok(Self { sha256, sha512 })
    }

    fn listings(&self) -> impl Iterator<Item = &Listing> {
        self.sha256.iter().chain(&self.sha512)
    }

    /// Whether a file needs a SHA-512 as well.
    pub(crate) fn wants_sha512(&self, name: &str) -> bool {
        self.sha512.as_ref().is_some_and(|listing| listing.digests.contains_key(name))
    }

    /// Whether any list names the file.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.listings().any(|listing| listing.digests.contains_key(name))
    }

    /// Compares names: what is listed and absent, present and not listed, listed here and not there.
    pub(crate) fn compare_names(&self, work: &mut Work<'_>) {
        let mut listed = BTreeSet::new();
        for listing in self.listings() {
            for (path, digest) in &listing.digests {
                if !path.starts_with(PAYLOAD) {
                    let message = format!("{} lists a file that is not part of the content.", visible(&listing.name));
                    work.find(
                        Finding::new(Code::ManifestMalformed, message).at_file(&listing.name).field(visible(path)),
                    );
                } else if listed.insert(path.as_str()) && work.source.entry(path).is_none() {
                    let message = format!("{} is listed but missing.", visible(path));
                    let finding = Finding::new(Code::FileMissing, message).at_file(path);
                    work.find(match digest {
                        Some(digest) => finding.expected(digest.as_str()),
                        None => finding,
                    });
                }
            }
        }
        // Without a list every file would be extra; the missing list is the finding.
        let Some(_) = self.listings().next() else { return };
        let entries = work.source.entries();
        for entry in entries.iter().filter(|entry| entry.name.starts_with(PAYLOAD)) {
            if !listed.contains(entry.name.as_str()) && !self.listings().any(|listing| listing.has_lost_lines) {
                let message = format!("{} is in the bundle but in none of its lists.", visible(&entry.name));
                work.find(Finding::new(Code::FileExtra, message).at_file(&entry.name));
            }
        }
        self.compare_lists(work);
    }

    fn compare_lists(&self, work: &mut Work<'_>) {
        let (Some(sha256), Some(sha512)) = (&self.sha256, &self.sha512) else { return };
        for (one, other) in [(sha256, sha512), (sha512, sha256)] {
            if one.has_lost_lines {
                continue;
            }
            let mut absent = other.digests.keys().filter(|path| !one.digests.contains_key(*path));
            let Some(first) = absent.next() else { continue };
            let count = 1 + u64::try_from(absent.count()).unwrap_or(u64::MAX);
            let message = format!(
                "{} does not list {} that {} lists, the first one {}.",
                one.name,
                crate::words::count_of(count, "file"),
                other.name,
                visible(first)
            );
            work.find(
                Finding::new(Code::ManifestIncomplete, message).at_file(&one.name).count(count).field(visible(first)),
            );
        }
    }

    /// Compares the digests of one file with what is listed. At most one finding.
    pub(crate) fn compare_sum(&self, work: &mut Work<'_>, name: &str, sum: &FileSum) {
        let listed = |listing: &Option<Listing>| listing.as_ref()?.digests.get(name)?.clone();
        let pairs = [
            (listed(&self.sha256), Some(sum.sha256.to_hex())),
            (listed(&self.sha512), sum.sha512.map(|digest| digest.to_hex())),
        ];
        for (expected, actual) in pairs {
            let (Some(expected), Some(actual)) = (expected, actual) else { continue };
            if expected != actual {
                let message = format!("{} is not the file that was listed: its bytes have changed.", visible(name));
                let finding = Finding::new(Code::FileHashMismatch, message).at_file(name);
                work.find(finding.expected(expected).actual(actual));
                return;
            }
        }
    }

    /// Compares the stated size of the payload, where no file explains the difference.
    pub(crate) fn compare_oxum(work: &mut Work<'_>, info: &BagInfo) {
        let explained = [Code::FileMissing, Code::FileExtra, Code::FileHashMismatch, Code::TagFileHashMismatch];
        if explained.iter().any(|code| work.tally.has(*code)) {
            return;
        }
        let payload = || work.source.entries().iter().filter(|entry| entry.name.starts_with(PAYLOAD));
        let bytes = payload().map(|entry| entry.size_bytes).fold(0, u64::saturating_add);
        let files = u64::try_from(payload().count()).unwrap_or(u64::MAX);
        let mismatch = info.oxum.as_deref().and_then(|stated| oxum_mismatch(stated, bytes, files));
        if let Some(finding) = mismatch {
            work.find(finding);
        }
    }
}

/// Compares every tag file with the tag manifests.
pub(crate) fn check_tag_files(work: &mut Work<'_>) -> Result<(), Halt> {
    let sha256 = listing::read(work, TAG_MANIFEST, Digest::BYTES)?;
    let sha512 = listing::read(work, TAG_MANIFEST_512, Digest512::BYTES)?;
    if sha256.is_none() && work.source.entry(TAG_MANIFEST).is_none() {
        let message = format!("{TAG_MANIFEST} is missing: nothing vouches for the bundle's own lists.");
        work.find(Finding::new(Code::FileMissing, message).at_file(TAG_MANIFEST));
    }
    let listings: Vec<_> = sha256.iter().chain(&sha512).collect();
    let mut listed = BTreeSet::new();
    for listing in &listings {
        for path in listing.digests.keys() {
            if listed.insert(path.clone()) && work.source.entry(path).is_none() {
                let message = format!("{} is listed but missing.", visible(path));
                work.find(Finding::new(Code::FileMissing, message).at_file(path));
            }
        }
    }
    let is_tag = |name: &str| {
        !name.starts_with(PAYLOAD) && !name.starts_with(SIGNATURES) && name != TAG_MANIFEST && name != TAG_MANIFEST_512
    };
    let lost_lines = listings.iter().any(|listing| listing.has_lost_lines);
    for entry in work.source.entries().iter().filter(|entry| is_tag(&entry.name)) {
        if !listed.contains(&entry.name) {
            // fetch.txt has a finding of its own, and a list that is missing or torn explains the rest.
            if entry.name != "fetch.txt" && !listings.is_empty() && !lost_lines {
                let message =
                    format!("{} is in none of the bundle's lists: it may come from anybody.", visible(&entry.name));
                work.find(Finding::new(Code::TagFileUnlisted, message).at_file(&entry.name));
            }
            continue;
        }
        let Some(sum) = work.sum_of(&entry.name, sha512.is_some())? else { continue };
        compare_tag(work, &entry.name, &sum, sha256.as_ref(), sha512.as_ref());
    }
    Ok(())
}

fn compare_tag(work: &mut Work<'_>, name: &str, sum: &FileSum, sha256: Option<&Listing>, sha512: Option<&Listing>) {
    let listed = |listing: Option<&Listing>| listing?.digests.get(name)?.clone();
    let pairs =
        [(listed(sha256), Some(sum.sha256.to_hex())), (listed(sha512), sum.sha512.map(|digest| digest.to_hex()))];
    for (expected, actual) in pairs {
        let (Some(expected), Some(actual)) = (expected, actual) else { continue };
        if expected != actual {
            let message =
                format!("{} is not the file that was listed: its {} bytes differ.", visible(name), number(sum.bytes));
            let finding = Finding::new(Code::TagFileHashMismatch, message).at_file(name);
            work.find(finding.expected(expected).actual(actual));
            return;
        }
    }
}
