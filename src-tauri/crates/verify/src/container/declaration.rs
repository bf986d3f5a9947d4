//! `bagit.txt`, `bag-info.txt` and `fetch.txt`.

use std::collections::BTreeMap;

use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::words::number;
use crate::work::Work;

/// Most bytes of `bagit.txt` and `bag-info.txt`.
const TAG_FILE_BYTES_MAX: u64 = 1 << 20;

/// What a bundle's `bag-info.txt` must say (formats 1.2).
const REQUIRED: [&str; 6] = [
    "Source-Organization",
    "External-Identifier",
    "Bagging-Date",
    "Payload-Oxum",
    "Bag-Software-Agent",
    "Audit-Bundle-Format",
];
const FORMAT: &str = "audit-bundle/1.0";

/// What later steps need from `bag-info.txt`.
#[derive(Debug, Default)]
pub(crate) struct BagInfo {
    /// Bytes and files of the payload as stated.
    pub(crate) oxum: Option<String>,
    /// `urn:uuid:` and the bundle's id.
    pub(crate) identifier: Option<String>,
}

/// Checks the files that declare the bag.
pub(crate) fn check(work: &mut Work<'_>) -> Result<BagInfo, Halt> {
    check_bagit(work)?;
    if work.source.entry("fetch.txt").is_some() {
        let message = "The bundle has a fetch.txt, which asks to load files from elsewhere. Nothing is loaded, and \
                       what it names is not part of the evidence.";
        work.find(Finding::new(Code::FetchForbidden, message).at_file("fetch.txt"));
    }
    let Some(text) = work.small_file("bag-info.txt", TAG_FILE_BYTES_MAX)? else {
        if work.source.entry("bag-info.txt").is_none() {
            let message = "bag-info.txt is missing: the bundle does not say where it comes from.";
            work.find(Finding::new(Code::BagDeclarationMissing, message).at_file("bag-info.txt"));
        }
        return Ok(BagInfo::default());
    };
    let tags = tags(&text);
    for name in REQUIRED {
        let wrong = match tags.get(name).map(|value| value.trim()) {
            None | Some("") => "does not say",
            Some(value) if name == "Audit-Bundle-Format" && value != FORMAT => "has another value for",
            Some(_) => continue,
        };
        let message = format!("bag-info.txt {wrong} {name}.");
        work.find(Finding::new(Code::BagDeclarationInvalid, message).at_file("bag-info.txt").field(name));
    }
    Ok(BagInfo { oxum: tags.get("Payload-Oxum").cloned(), identifier: tags.get("External-Identifier").cloned() })
}

fn check_bagit(work: &mut Work<'_>) -> Result<(), Halt> {
    let finding = match work.small_file("bagit.txt", TAG_FILE_BYTES_MAX)? {
        None if work.source.entry("bagit.txt").is_some() => return Ok(()),
        None => Finding::new(Code::BagDeclarationMissing, "bagit.txt is missing: this is not a complete bag."),
        Some(text) => {
            let tags = tags(&text);
            let says = |name: &str, value: &str| tags.get(name).is_some_and(|found| found.trim() == value);
            let is_valid = says("BagIt-Version", "1.0")
                && tags
                    .get("Tag-File-Character-Encoding")
                    .is_some_and(|name| name.trim().eq_ignore_ascii_case("UTF-8"));
            if is_valid {
                return Ok(());
            }
            Finding::new(Code::BagDeclarationInvalid, "bagit.txt does not declare BagIt 1.0 in UTF-8.")
        }
    };
    work.find(finding.at_file("bagit.txt"));
    Ok(())
}

/// Reads `Name: value` lines. A line that begins with white space belongs to the one before; names may repeat, the
/// first counts.
fn tags(text: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(text);
    let mut tags: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = tags.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            tags.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    tags.into_iter().rev().collect()
}

/// Compares the stated size of the payload with what is there. The caller decides whether something else explains it.
pub(crate) fn oxum_mismatch(stated: &str, bytes: u64, files: u64) -> Option<Finding> {
    let actual = format!("{bytes}.{files}");
    if stated.trim() == actual {
        return None;
    }
    let message = format!(
        "bag-info.txt states another size of the content than the {} bytes in {} files that are there.",
        number(bytes),
        number(files)
    );
    let finding = Finding::new(Code::OxumMismatch, message).at_file("bag-info.txt");
    Some(finding.expected(bundle::escape::visible(stated)).actual(actual))
}
