//! `bagit.txt` and `bag-info.txt`.

use bundle::escape::visible;

use super::rules::{self, Rules, VERSIONS};
use super::text::{TagEncoding, lines};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::words::number;
use crate::work::Work;

/// Most bytes of `bagit.txt` and `bag-info.txt`.
const TAG_FILE_BYTES_MAX: u64 = 1 << 20;

/// What the bag declares, as far as later steps need it.
#[derive(Clone, Debug)]
pub(crate) struct BagInfo {
    pub(super) rules: &'static Rules,
    /// Whether the declared version is older than 1.0.
    pub(super) is_old: bool,
    pub(super) encoding: TagEncoding,
    /// Bytes and files of the payload as stated.
    pub(crate) oxum: Option<String>,
    /// `urn:uuid:` and the bundle's id.
    pub(crate) identifier: Option<String>,
}

/// Checks the files that declare the bag.
pub(crate) fn check(work: &mut Work<'_>) -> Result<BagInfo, Halt> {
    let mut info = BagInfo {
        rules: rules::of(work.source.profile()),
        is_old: false,
        encoding: TagEncoding::Utf8,
        oxum: None,
        identifier: None,
    };
    check_bagit(work, &mut info)?;
    read_info(work, &mut info)?;
    Ok(info)
}

fn check_bagit(work: &mut Work<'_>, info: &mut BagInfo) -> Result<(), Halt> {
    let finding = match work.small_file("bagit.txt", TAG_FILE_BYTES_MAX)? {
        None if work.source.entry("bagit.txt").is_some() => return Ok(()),
        None => Finding::new(Code::BagDeclarationMissing, "bagit.txt is missing: this is not a complete bag."),
        Some(text) => match declared(&text).and_then(|(version, encoding)| info.take(version, encoding)) {
            Ok(()) => return Ok(()),
            Err(what) => Finding::new(Code::BagDeclarationInvalid, format!("bagit.txt {what}.")),
        },
    };
    work.find(finding.at_file("bagit.txt"));
    Ok(())
}

/// Version and encoding: exactly two lines, a colon and one space in each (RFC 8493 2.1.1). The error is the rest of a
/// sentence.
fn declared(text: &[u8]) -> Result<(&str, &str), &'static str> {
    let mut lines = lines(text, false).map(|line| std::str::from_utf8(line).unwrap_or_default());
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
    let is_word = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let version = value("BagIt-Version").filter(is_word).ok_or("does not say which version of BagIt it is")?;
    let encoding =
        value("Tag-File-Character-Encoding").filter(is_word).ok_or("does not say how its tag files are encoded")?;
    if lines.next().is_some() { Err("says more than version and encoding") } else { Ok((version, encoding)) }
}

impl BagInfo {
    fn take(&mut self, version: &str, encoding: &str) -> Result<(), &'static str> {
        if !self.rules.versions.contains(&version) {
            let is_known = VERSIONS.contains(&version);
            return Err(if is_known {
                "declares another version of BagIt than audit bundles have: 1.0"
            } else {
                "declares a version of BagIt that is not known"
            });
        }
        self.is_old = version != "1.0";
        self.encoding = TagEncoding::named(encoding).ok_or("declares an encoding that is not known")?;
        if self.rules.only_utf8 && self.encoding != TagEncoding::Utf8 {
            self.encoding = TagEncoding::Utf8;
            return Err("declares another encoding than UTF-8");
        }
        Ok(())
    }
}

fn read_info(work: &mut Work<'_>, info: &mut BagInfo) -> Result<(), Halt> {
    let Some(bytes) = work.small_file("bag-info.txt", TAG_FILE_BYTES_MAX)? else {
        if work.source.entry("bag-info.txt").is_none() && !info.rules.tags.is_empty() {
            let message = "bag-info.txt is missing: the bundle does not say where it comes from.";
            work.find(Finding::new(Code::BagDeclarationMissing, message).at_file("bag-info.txt"));
        }
        return Ok(());
    };
    let Some(text) = info.encoding.to_utf8(&bytes) else {
        let message = "bag-info.txt is not written in the encoding that bagit.txt declares.";
        work.find(Finding::new(Code::BagDeclarationInvalid, message).at_file("bag-info.txt"));
        return Ok(());
    };
    let tags = Tags::read(&text);
    for (name, only) in info.rules.tags {
        let wrong = match (tags.get(name), only) {
            (None | Some(""), _) => "does not say",
            (Some(value), Some(only)) if value != *only => "has another value for",
            _ => continue,
        };
        let message = format!("bag-info.txt {wrong} {name}.");
        work.find(Finding::new(Code::BagDeclarationInvalid, message).at_file("bag-info.txt").field(*name));
    }
    info.oxum = tags.get("Payload-Oxum").map(str::to_owned);
    info.identifier = tags.get("External-Identifier").map(str::to_owned);
    Ok(())
}

/// `Name: value` lines in their order.
struct Tags(Vec<(String, String)>);

impl Tags {
    /// Reads the lines. One that begins with white space belongs to the one before.
    fn read(text: &[u8]) -> Self {
        let mut tags: Vec<(String, String)> = Vec::new();
        for line in lines(text, false).map(String::from_utf8_lossy) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = tags.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                tags.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Self(tags)
    }

    /// The first value of this name, whose letters may be large or small (RFC 8493 2.2.2).
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
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
    Some(finding.expected(visible(stated)).actual(actual))
}
