//! Compares what the payload manifests list with what is there.
//!
//! One file gives at most one finding: a file that is missing has no checksum to be wrong, and a difference in one list
//! is not told again for the other.

use std::collections::BTreeSet;

use bundle::escape::visible;
use integrity::checksum::{Algorithm, Checksum};

use super::declaration::{BagInfo, oxum_mismatch};
use super::listing::{self, Listing};
use super::paths::Names;
use super::{fetch, lists_of};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::sums::{Algorithms, FileSum};
use crate::work::Work;

/// How the names of payload manifests begin.
pub(super) const MANIFEST: &str = "manifest-";
/// Where payload files lie.
pub(crate) const PAYLOAD: &str = "data/";

/// What the payload manifests say.
#[derive(Debug)]
pub(crate) struct Payload {
    listings: Vec<Listing>,
    /// Whether each list must name every file (`BagIt` 1.0), and not only all of them together.
    each_is_complete: bool,
}

impl Payload {
    /// Reads the payload manifests, in every algorithm that is known, and `fetch.txt`.
    pub(crate) fn read(work: &mut Work<'_>, info: &BagInfo) -> Result<Self, Halt> {
        let names = Names::of(work.source.entries());
        let mut listings = Vec::new();
        for (name, algorithm) in lists_of(work, MANIFEST) {
            listings.extend(listing::read(work, info, &names, &name, algorithm)?);
        }
        Self::miss_required(work, info);
        let payload = Self { listings, each_is_complete: !info.is_old };
        payload.tell_weak(work);
        fetch::check(work, info, &names, &payload)?;
        Ok(payload)
    }

    /// Reports that there is no list to go by.
    fn miss_required(work: &mut Work<'_>, info: &BagInfo) {
        let mut names = work.source.entries().iter().map(|entry| entry.name.as_str());
        let required = info.rules.manifest.map(|required| format!("{MANIFEST}{}.txt", required.word()));
        let is_there = match &required {
            Some(required) => names.any(|name| name == required),
            // One in an algorithm that is not known has a finding of its own.
            None => names.any(|name| name.starts_with(MANIFEST)),
        };
        if !is_there {
            let name = required.unwrap_or_else(|| "manifest-sha512.txt".to_owned());
            let message = format!("{name} is missing: no list says which files belong to the bundle.");
            work.find(Finding::new(Code::FileMissing, message).at_file(&name));
        }
    }

    /// Reports lists that somebody could have made to fit another content.
    fn tell_weak(&self, work: &mut Work<'_>) {
        for listing in self.listings.iter().filter(|listing| listing.algorithm.is_weak()) {
            let message = format!(
                "{} is written in {}, for which two different files of one checksum can be made on purpose. It still \
                 tells what was changed by accident.",
                visible(&listing.name),
                listing.algorithm.word()
            );
            work.find(Finding::new(Code::AlgorithmWeak, message).at_file(&listing.name));
        }
    }

    /// The checksums that the lists have of a file.
    pub(crate) fn wants(&self, name: &str) -> Algorithms {
        let of_file = self.listings.iter().filter(|listing| listing.sums.contains_key(name));
        of_file.fold(Algorithms::NONE, |wanted, listing| wanted.with(listing.algorithm))
    }

    /// Whether any list names the file.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.listings.iter().any(|listing| listing.sums.contains_key(name))
    }

    /// The algorithms of the lists.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.listings.iter().map(|listing| listing.algorithm)
    }

    /// Compares names: what is listed and absent, present and not listed, listed here and not there.
    pub(crate) fn compare_names(&self, work: &mut Work<'_>) {
        let mut listed = BTreeSet::new();
        for listing in &self.listings {
            for (path, sum) in &listing.sums {
                if !path.starts_with(PAYLOAD) {
                    let message = format!("{} lists a file that is not part of the content.", visible(&listing.name));
                    work.find(
                        Finding::new(Code::ManifestMalformed, message).at_file(&listing.name).field(visible(path)),
                    );
                } else if listed.insert(path.as_str()) && work.source.entry(path).is_none() {
                    let message = format!("{} is listed but missing.", visible(path));
                    let finding = Finding::new(Code::FileMissing, message).at_file(path);
                    work.find(match sum {
                        Some(sum) => finding.expected(sum.as_str()),
                        None => finding,
                    });
                }
            }
        }
        // Without a list every file would be extra; the missing list is the finding.
        if self.listings.is_empty() {
            return;
        }
        let entries = work.source.entries();
        for entry in entries.iter().filter(|entry| entry.name.starts_with(PAYLOAD)) {
            if !listed.contains(entry.name.as_str()) && !self.listings.iter().any(|listing| listing.has_lost_lines) {
                let message = format!("{} is in the bundle but in none of its lists.", visible(&entry.name));
                work.find(Finding::new(Code::FileExtra, message).at_file(&entry.name));
            }
        }
        if self.each_is_complete {
            self.compare_lists(work);
        }
    }

    /// Every list must name what any list names.
    fn compare_lists(&self, work: &mut Work<'_>) {
        for one in self.listings.iter().filter(|listing| !listing.has_lost_lines) {
            let mut absent = BTreeSet::new();
            let mut fuller = None;
            for other in &self.listings {
                let before = absent.len();
                absent.extend(other.sums.keys().filter(|path| !one.sums.contains_key(*path)));
                if absent.len() > before {
                    fuller.get_or_insert(&other.name);
                }
            }
            let (Some(first), Some(other)) = (absent.first(), fuller) else { continue };
            let count = u64::try_from(absent.len()).unwrap_or(u64::MAX);
            let message = format!(
                "{} does not list {} that {} lists, the first one {}.",
                visible(&one.name),
                crate::words::count_of(count, "file"),
                visible(other),
                visible(first)
            );
            work.find(
                Finding::new(Code::ManifestIncomplete, message).at_file(&one.name).count(count).field(visible(first)),
            );
        }
    }

    /// Compares the checksums of one file with what is listed. At most one finding.
    pub(crate) fn compare_sum(&self, work: &mut Work<'_>, name: &str, sum: &FileSum) {
        self.compare(work, name, |algorithm| sum.hex(algorithm));
    }

    /// As [`compare_sum`](Self::compare_sum), for the checksums that the lists want and no others.
    pub(crate) fn compare_sums(&self, work: &mut Work<'_>, name: &str, sums: &[Checksum]) {
        let hex = |sum: &Checksum| sum.hex.clone();
        self.compare(work, name, |algorithm| sums.iter().find(|sum| sum.algorithm == algorithm).map(hex));
    }

    fn compare(&self, work: &mut Work<'_>, name: &str, actual: impl Fn(Algorithm) -> Option<String>) {
        let pairs = self.listings.iter().filter_map(|listing| {
            let expected = listing.sums.get(name)?.clone()?;
            Some((expected, actual(listing.algorithm)?))
        });
        let pairs: Vec<(String, String)> = pairs.collect();
        work.done.files += u64::from(!pairs.is_empty());
        let different = pairs.into_iter().find(|(expected, actual)| expected != actual);
        if let Some((expected, actual)) = different {
            let message = format!("{} is not the file that was listed: its bytes have changed.", visible(name));
            let finding = Finding::new(Code::FileHashMismatch, message).at_file(name);
            work.find(finding.expected(expected).actual(actual));
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
