//! The Library of Congress's conformance suite: valid bags pass, invalid ones fail, and what deserves a warning gets one.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use verify::{MemorySpill, NoOnlooker, NoProgress, Options, Report};

/// Bags that are not judged as the folder they lie in says, and why.
const EXCEPTIONS: [(&str, &str); 2] = [
    (
        "v0.97/warning/duplicate-file-with-different-case",
        "the manifest lists HELLO.txt, which is not there where large and small letters differ: a file is missing",
    ),
    (
        "v0.97/warning/special-system-files",
        "the manifest lists .DS_Store, which the suite does not hold: a file is missing",
    ),
];

/// The suite's files by the name of their bag.
fn bags() -> BTreeMap<String, Vec<(PathBuf, Vec<u8>)>> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let mut bags: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let Ok(file) = fs::File::open(root.join("vectors/bagit/bagit-conformance-suite.tar")) else {
        println!("skipped: no conformance data (vectors/bagit)");
        return bags;
    };
    let mut archive = tar::Archive::new(file);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        let (["bagit", version, kind, name], inner) = parts.split_at(4.min(parts.len())) else { continue };
        if !entry.header().entry_type().is_file() || inner.is_empty() {
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        bags.entry(format!("{version}/{kind}/{name}")).or_default().push((inner.iter().collect(), content));
    }
    bags
}

fn report_of(files: &[(PathBuf, Vec<u8>)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let bundle = bundle::open(folder.path(), &bundle::Limits::standard()).unwrap();
    let options = Options { workers: 2, ..Options::new([7; 16]) };
    verify::check(&bundle, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
}

#[test]
fn bags_are_judged_as_the_suite_says() {
    let bags = bags();
    let mut wrong = Vec::new();
    for (name, files) in &bags {
        let report = report_of(files);
        let integrity = report.integrity().word();
        let kind = name.split('/').nth(1).unwrap();
        let is_right = match kind {
            "valid" => matches!(integrity, "PASS" | "PASS_WITH_NOTES"),
            "warning" => integrity == "PASS_WITH_NOTES",
            // What one system would take for a place outside of the bag is refused on all of them.
            "invalid" | "linux-only" | "windows-only" => integrity == "FAIL",
            _ => panic!("a new kind of bag: {kind}"),
        };
        let is_exception = EXCEPTIONS.iter().any(|(exception, _)| exception == name);
        if is_right == is_exception {
            let findings: Vec<_> = report.findings().iter().map(|found| (found.code.name(), &found.message)).collect();
            wrong.push(format!("{name}: {integrity} {findings:?}"));
        }
        if is_right && kind != "invalid" && integrity != "FAIL" {
            assert_eq!(report.assurance().unwrap().word(), "CONSISTENT", "{name}");
            assert!(report.proves()[0].contains("by accident"), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(bags.is_empty() || bags.len() > 40, "{}", bags.len());
}
