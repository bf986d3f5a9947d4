//! Lists of checksums that lie beside the files of a foreign export, as `sha256sum` writes them: `SHA256SUMS`,
//! `SHA512SUMS` and the like, with or without `.txt`.
//!
//! They prove what the lists of a bag prove (formats 1.12, first row) and no more: of the files that they name. A file
//! that no list names is told, and where it holds records there is no evidence for the whole.

use std::collections::{BTreeMap, BTreeSet};

use bundle::escape::visible;
use bundle::fhir;
use integrity::checksum::{Algorithm, Checksum};

use crate::container::{MANIFEST_BYTES_MAX, is_unsafe};
use crate::fault::Halt;
use crate::finding::{Code, Finding};
use crate::foreign::is_detached;
use crate::hashing::{Wish, sum_files};
use crate::listed::{Kind, Listed};
use crate::sums::Algorithms;
use crate::words::number;
use crate::work::Work;

/// How the names of lists end behind the algorithm: `SHA256SUMS`.
const ENDINGS: [&str; 2] = ["SUMS", "SUMS.TXT"];

/// What the lists say of one file.
type Expected = Vec<(Algorithm, String)>;

/// Compares the files with the lists beside them; `None` if there is no list.
pub(crate) fn check(work: &mut Work<'_>) -> Result<Option<Listed>, Halt> {
    let lists = lists_of(work);
    if lists.is_empty() {
        return Ok(None);
    }
    let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
    for (name, algorithm) in &lists {
        read(work, name, *algorithm, &mut expected)?;
        tell_weak(work, name, *algorithm);
    }
    for (path, sums) in expected.iter().filter(|(path, _)| work.source.entry(path).is_none()).collect::<Vec<_>>() {
        let finding =
            Finding::new(Code::FileMissing, format!("{} is listed but missing.", visible(path))).at_file(path);
        work.find(match sums.first() {
            Some((_, sum)) => finding.expected(sum.as_str()),
            None => finding,
        });
    }
    let files = compare(work, &expected)?;
    let names: BTreeSet<&str> = lists.iter().map(|(name, _)| name.as_str()).collect();
    let has_unlisted_records = tell_unlisted(work, &names, &expected);
    let is_weak = lists.iter().all(|(_, algorithm)| algorithm.is_weak());
    Ok(Some(Listed { kind: Kind::Loose { has_unlisted_records }, files, is_weak }))
}

/// The lists, with their algorithms.
fn lists_of(work: &Work<'_>) -> Vec<(String, Algorithm)> {
    let entries = work.source.entries().iter();
    entries.filter_map(|entry| Some((entry.name.clone(), algorithm_of(&entry.name)?))).collect()
}

/// Whether a file's name is that of a list.
pub(crate) fn is_list(name: &str) -> bool {
    algorithm_of(name).is_some()
}

/// The algorithm of a list, by its name.
fn algorithm_of(name: &str) -> Option<Algorithm> {
    let name = name.rsplit('/').next()?.to_ascii_uppercase();
    let word = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?.to_ascii_lowercase();
    Algorithm::from_word(&word)
}

fn read(
    work: &mut Work<'_>,
    list: &str,
    algorithm: Algorithm,
    expected: &mut BTreeMap<String, Expected>,
) -> Result<(), Halt> {
    let Some(bytes) = work.small_file(list, MANIFEST_BYTES_MAX)? else { return Ok(()) };
    let folder = list.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
    for (line, bytes) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() || bytes.starts_with(b"#") {
            continue;
        }
        let tell = |work: &mut Work<'_>, code, what: &str| {
            let message = format!("Line {} of {} {what}.", number(line), visible(list));
            work.find(Finding::new(code, message).at_file(list).line(line));
        };
        let parsed = std::str::from_utf8(bytes).ok().and_then(|line| parse(line, algorithm));
        let Some((digits, path)) = parsed else {
            let what = format!("is not a checksum of {} digits in hex and a path", algorithm.hex_digits());
            tell(work, Code::ManifestMalformed, &what);
            continue;
        };
        let inner = path.strip_prefix("./").unwrap_or(&path);
        if is_unsafe(inner) {
            tell(work, Code::PathUnsafe, "names a path that is not allowed");
            continue;
        }
        let path = format!("{folder}{inner}");
        // A shell makes the list before the tool runs, so that it may name itself. It cannot know its own checksum.
        if path == list {
            continue;
        }
        let sums = expected.entry(path).or_default();
        let sum = (algorithm, digits.to_ascii_lowercase());
        if sums.iter().any(|known| known.0 == sum.0 && known.1 != sum.1) {
            tell(work, Code::ManifestDuplicatePath, "lists a file again with another checksum");
        } else if !sums.contains(&sum) {
            sums.push(sum);
        }
    }
    Ok(())
}

/// Checksum and path of a line, in the forms that `sha256sum` writes and reads: `HEX  PATH`, `HEX *PATH`, both with a
/// backslash before them where the path is escaped, and `SHA256 (PATH) = HEX`.
fn parse(line: &str, algorithm: Algorithm) -> Option<(&str, String)> {
    let is_sum =
        |digits: &str| digits.len() == algorithm.hex_digits() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let (is_escaped, plain) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
    let (digits, path) = match plain.split_once(' ') {
        Some((digits, rest)) if is_sum(digits) => (digits, rest.strip_prefix([' ', '*'])?),
        _ => {
            let (path, digits) = plain.split_once(" (")?.1.rsplit_once(") = ")?;
            (digits, path)
        }
    };
    let path = if is_escaped { unescaped(path) } else { path.to_owned() };
    (is_sum(digits) && !path.is_empty()).then_some((digits, path))
}

fn unescaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            letter => letter,
        });
    }
    text
}

fn tell_weak(work: &mut Work<'_>, list: &str, algorithm: Algorithm) {
    if algorithm.is_weak() {
        let message = format!(
            "{} is written in {}, for which two different files of one checksum can be made on purpose. It still tells \
             what was changed by accident.",
            visible(list),
            algorithm.word()
        );
        work.find(Finding::new(Code::AlgorithmWeak, message).at_file(list));
    }
}

/// Compares what is listed and there. Says how many files that are.
fn compare(work: &mut Work<'_>, expected: &BTreeMap<String, Expected>) -> Result<u64, Halt> {
    let listed = work.source.entries().iter().filter_map(|entry| Some((entry, expected.get(&entry.name)?)));
    let wishes: Vec<Wish> = listed
        .map(|(entry, sums)| Wish {
            name: entry.name.clone(),
            size_bytes: entry.size_bytes,
            wanted: sums.iter().fold(Algorithms::NONE, |wanted, (algorithm, _)| wanted.with(*algorithm)),
        })
        .collect();
    let files = u64::try_from(wishes.len()).unwrap_or(u64::MAX);
    sum_files(work, wishes, |work, name, outcome| match outcome {
        Ok(sums) => {
            compare_one(work, name, expected.get(name).map(Vec::as_slice).unwrap_or_default(), &sums);
            Ok(())
        }
        Err(fault) => work.damaged(fault),
    })?;
    Ok(files)
}

/// At most one finding for a file.
fn compare_one(work: &mut Work<'_>, name: &str, expected: &[(Algorithm, String)], sums: &[Checksum]) {
    work.done.files += 1;
    let actual = |algorithm| sums.iter().find(|sum| sum.algorithm == algorithm).map(|sum| sum.hex.as_str());
    let pairs = expected.iter().filter_map(|(algorithm, expected)| Some((expected.as_str(), actual(*algorithm)?)));
    if let Some((expected, actual)) = pairs.into_iter().find(|(expected, actual)| expected != actual) {
        let message = format!("{} is not the file that was listed: its bytes have changed.", visible(name));
        work.find(Finding::new(Code::FileHashMismatch, message).at_file(name).expected(expected).actual(actual));
    }
}

/// Says which files no list names, and whether any of them may hold records.
fn tell_unlisted(work: &mut Work<'_>, lists: &BTreeSet<&str>, expected: &BTreeMap<String, Expected>) -> bool {
    let is_named = |name: &str| lists.contains(name) || expected.contains_key(name) || is_detached(name);
    let names = work.source.entries().iter().map(|entry| entry.name.clone()).filter(|name| !is_named(name));
    let names: Vec<String> = names.collect();
    let Some(first) = names.first() else { return false };
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let shown = visible(first);
    let message = match count.saturating_sub(1) {
        0 => format!("{shown} is in no list of checksums: nothing shows whether it was changed."),
        others => format!(
            "{shown} and {} more are in no list of checksums: nothing shows whether they were changed.",
            number(others)
        ),
    };
    work.find(Finding::new(Code::FileNotListed, message).at_file(first).count(count));
    names.iter().any(|name| fhir::is_resource_file(name))
}
