//! Bags of anything: what their lists prove, however they are written, and what they do not.

#![expect(clippy::unwrap_used, clippy::format_collect, reason = "tests may stop at the first surprise")]

mod bag;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};

use bag::{Bag, codes};
use bundle::Profile;
use integrity::checksum::{Algorithm, Summer};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use verify::{HowFar, MemorySpill, NoOnlooker, NoProgress, Options, Proceed, Progress, Report};

fn hex(algorithm: Algorithm, bytes: &[u8]) -> String {
    let mut summer = Summer::new(algorithm);
    summer.update(bytes);
    summer.finish().hex
}

const FILES: [(&str, &[u8]); 3] = [("data/a.txt", b"one"), ("data/b/c.txt", b"two"), ("data/d.bin", b"\0three")];

/// A bag of these files with a manifest in each algorithm.
fn wrapped(files: &[(&str, &[u8])], version: &str, algorithms: &[Algorithm]) -> Bag {
    let mut all: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    for algorithm in algorithms {
        let lines = files.iter().map(|(name, bytes)| format!("{}  {name}\n", hex(*algorithm, bytes)));
        all.insert(format!("manifest-{}.txt", algorithm.word()), lines.collect::<String>().into_bytes());
    }
    let declaration = format!("BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n");
    all.insert("bagit.txt".to_owned(), declaration.into_bytes());
    let mut bag = Bag::new(all);
    bag.profile = Profile::Unknown;
    bag
}

fn plain() -> Bag {
    wrapped(&FILES, "1.0", &[Algorithm::Sha256])
}

/// The codes of a bag whose manifest was changed.
fn listed_as(version: &str, change: impl Fn(&str) -> String) -> Vec<&'static str> {
    let mut bag = wrapped(&FILES, version, &[Algorithm::Sha256]);
    let manifest = String::from_utf8(bag.get("manifest-sha256.txt").to_vec()).unwrap();
    bag.set("manifest-sha256.txt", change(&manifest));
    codes(&bag.check())
}

#[test]
fn a_whole_bag_is_consistent_and_no_more() {
    let report = serde_json::to_value(plain().check()).unwrap();
    assert_eq!((&report["integrity"], &report["assurance"]), (&json!("PASS"), &json!("CONSISTENT")));
    assert_eq!(report["badge"], json!("unsigned"));
    assert_eq!(report["summary"][0], json!("The 3 files in the bag agree with its lists."));
    assert!(report["proves"][0].as_str().unwrap().contains("nothing was changed by accident"));
    let limits = report["does_not_prove"].to_string();
    assert!(limits.contains("on purpose") && limits.contains("complete"), "{limits}");
}

#[test]
fn every_algorithm_finds_a_changed_byte() {
    for algorithm in Algorithm::ALL {
        let mut bag = wrapped(&FILES, "1.0", &[*algorithm]);
        let weak: &[&str] = if algorithm.is_weak() { &["ALGORITHM_WEAK"] } else { &[] };
        let report = bag.check();
        assert_eq!(codes(&report), weak, "{algorithm:?}");
        let limits = serde_json::to_string(report.does_not_prove()).unwrap();
        assert_eq!(limits.contains("MD5 or SHA-1 alone"), algorithm.is_weak());
        bag.set("data/b/c.txt", "twp");
        let report = bag.check();
        let found = report.findings().iter().find(|found| found.code.name() == "FILE_HASH_MISMATCH").unwrap();
        assert_eq!(found.file.as_deref(), Some("data/b/c.txt"));
        assert_eq!(found.expected.as_deref(), Some(hex(*algorithm, b"two").as_str()));
        assert_eq!(found.actual.as_deref(), Some(hex(*algorithm, b"twp").as_str()));
    }
}

#[test]
fn all_manifests_that_are_there_are_checked() {
    let mut bag = wrapped(&FILES, "1.0", Algorithm::ALL);
    assert_eq!(codes(&bag.check()), ["ALGORITHM_WEAK"]);
    // Only the MD5 manifest is wrong about a file.
    let manifest = String::from_utf8(bag.get("manifest-md5.txt").to_vec()).unwrap();
    bag.set("manifest-md5.txt", manifest.replace(&hex(Algorithm::Md5, b"one"), &hex(Algorithm::Md5, b"two")));
    assert_eq!(codes(&bag.check()), ["ALGORITHM_WEAK", "FILE_HASH_MISMATCH"]);
}

#[test]
fn missing_and_foreign_files_are_found() {
    let mut bag = plain();
    bag.remove("data/a.txt");
    bag.set("data/new", "x");
    let report = bag.check();
    let found: Vec<_> = report.findings().iter().map(|found| (found.code.name(), found.file.as_deref())).collect();
    assert_eq!(found, [("FILE_MISSING", Some("data/a.txt")), ("FILE_EXTRA", Some("data/new"))]);
    assert_eq!(report.assurance(), None);
}

type Rewrite = fn(&str) -> String;

#[test]
fn lists_are_read_as_stock_tools_write_them() {
    let harmless: [(&str, Rewrite); 8] = [
        ("CR LF", |text| text.replace('\n', "\r\n")),
        ("CR", |text| text.replace('\n', "\r")),
        ("no last line end", |text| text.trim_end().to_owned()),
        ("blank lines", |text| text.replace('\n', "\n\n")),
        ("one space", |text| text.replace("  ", " ")),
        ("a tab", |text| text.replace("  ", "\t")),
        ("capitals", |text| {
            text.lines().map(|line| format!("{}{}\n", line[..64].to_uppercase(), &line[64..])).collect()
        }),
        ("another order", |text| text.lines().rev().map(|line| format!("{line}\n")).collect()),
    ];
    for (what, change) in harmless {
        assert_eq!(listed_as("1.0", change), [""; 0], "{what}");
    }
    assert_eq!(listed_as("1.0", |text| text.replace("  ", " *")), ["MANIFEST_IRREGULAR"]);
    assert_eq!(listed_as("1.0", |text| text.replace("  ", "  ./")), ["MANIFEST_IRREGULAR"]);
}

#[test]
fn lines_that_are_none_are_found() {
    assert_eq!(listed_as("1.0", |text| text.replacen("  ", "", 1)), ["MANIFEST_MALFORMED"]);
    assert_eq!(listed_as("1.0", |text| text.replacen("  ", "0  ", 1)), ["MANIFEST_MALFORMED"]);
    assert_eq!(listed_as("1.0", |text| format!("{text}{}  bagit.txt\n", "0".repeat(64))), ["MANIFEST_MALFORMED"]);
    for path in ["../x", "/etc/passwd", "~/x", "C:\\x", "data//x", "data/./x"] {
        let codes = listed_as("1.0", |text| format!("{text}{}  {path}\n", "0".repeat(64)));
        assert_eq!(codes, ["PATH_UNSAFE"], "{path}");
    }
}

#[test]
fn a_file_may_be_listed_twice_only_by_old_bags_and_with_one_checksum() {
    let twice = |text: &str| format!("{text}{text}");
    assert_eq!(listed_as("0.97", twice), ["MANIFEST_IRREGULAR"]);
    assert_eq!(listed_as("1.0", twice), ["MANIFEST_DUPLICATE_PATH"]);
    let other = |text: &str| format!("{text}{}  data/a.txt\n", "0".repeat(64));
    assert_eq!(listed_as("0.97", other), ["MANIFEST_DUPLICATE_PATH"]);
}

#[test]
fn lists_may_differ_only_in_old_bags() {
    for (version, expected) in [("0.97", &[][..]), ("1.0", &["MANIFEST_INCOMPLETE"][..])] {
        let mut bag = wrapped(&FILES, version, &[Algorithm::Sha256, Algorithm::Sha512]);
        let manifest = String::from_utf8(bag.get("manifest-sha512.txt").to_vec()).unwrap();
        bag.set("manifest-sha512.txt", manifest.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>());
        assert_eq!(codes(&bag.check()), expected, "{version}");
    }
}

#[test]
fn percent_signs_stand_for_what_their_version_says() {
    for (version, listed) in [("1.0", "data/50%25 off"), ("1.0", "data/50% off"), ("0.97", "data/50% off")] {
        let mut bag = wrapped(&[("data/50% off", b"x")], version, &[Algorithm::Sha256]);
        bag.set("manifest-sha256.txt", format!("{}  {listed}\n", hex(Algorithm::Sha256, b"x")));
        assert_eq!(codes(&bag.check()), [""; 0], "{version} {listed}");
    }
}

#[test]
fn a_name_may_be_spelled_in_another_unicode_form() {
    let decomposed = "data/Nu\u{301}n\u{303}ez";
    let mut bag = wrapped(&[(decomposed, b"x")], "1.0", &[Algorithm::Sha256]);
    let sum = hex(Algorithm::Sha256, b"x");
    bag.set("manifest-sha256.txt", format!("{sum}  data/Núñez\n"));
    assert_eq!(codes(&bag.check()), ["MANIFEST_IRREGULAR"]);
    bag.set("manifest-sha256.txt", format!("{sum}  data/Núñez\n{sum}  {decomposed}\n"));
    assert!(codes(&bag.check()).contains(&"MANIFEST_DUPLICATE_PATH"));
}

#[test]
fn tag_files_are_read_in_the_encoding_that_is_declared() {
    let name = "data/Zoë";
    let sum = hex(Algorithm::Sha256, b"x");
    let line = format!("{sum}  {name}\n");
    let utf16: Vec<u8> = [0xFE, 0xFF].into_iter().chain(line.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let latin: Vec<u8> = line.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let check = |encoding: &str, manifest: &[u8]| {
        let mut bag = wrapped(&[(name, b"x")], "1.0", &[Algorithm::Sha256]);
        bag.edit("bagit.txt", "UTF-8", encoding);
        bag.set("manifest-sha256.txt", manifest);
        codes(&bag.check())
    };
    assert_eq!(check("UTF-16", &utf16), [""; 0]);
    assert_eq!(check("ISO-8859-1", &latin), [""; 0]);
    assert_eq!(check("UTF-8", line.as_bytes()), [""; 0]);
    assert_eq!(check("UTF-16", line.as_bytes()), ["MANIFEST_MALFORMED"]);
    assert_eq!(check("UTF-8", &latin), ["MANIFEST_MALFORMED"]);
    assert_eq!(check("KLINGON", line.as_bytes()), ["BAG_DECLARATION_INVALID"]);
}

#[test]
fn a_declaration_is_two_exact_lines() {
    for (text, is_valid) in [
        ("BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8", true),
        ("BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", true),
        ("BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n", false),
        ("BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n", false),
        ("\u{feff}BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", false),
        ("BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n", false),
        ("BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n", false),
        ("BagIt-Version: 1.0\n", false),
        ("Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n", false),
        ("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nx: y\n", false),
    ] {
        let mut bag = plain();
        bag.set("bagit.txt", text);
        assert_eq!(codes(&bag.check()).is_empty(), is_valid, "{text:?}");
    }
}

#[test]
fn nothing_is_fetched_and_a_bag_that_needs_it_is_incomplete() {
    let mut bag = plain();
    bag.set("fetch.txt", "https://example.org/a 3 data/a.txt\nhttps://example.org/c -\tdata/b/c.txt\n");
    let report = bag.check();
    assert_eq!(codes(&report), ["FETCH_NOT_FOLLOWED"]);
    assert_eq!(report.integrity().word(), "PASS_WITH_NOTES");
    bag.remove("data/a.txt");
    assert_eq!(codes(&bag.check()), ["FETCH_NOT_FOLLOWED", "FILE_MISSING"]);
    for (line, code) in [
        ("https://example.org/x - data/unlisted", "MANIFEST_INCOMPLETE"),
        ("https://example.org/x - ../x", "PATH_UNSAFE"),
        ("https://example.org/x - bagit.txt", "MANIFEST_MALFORMED"),
        ("https://example.org/x", "MANIFEST_MALFORMED"),
    ] {
        let mut bag = plain();
        bag.set("fetch.txt", line);
        assert!(codes(&bag.check()).contains(&code), "{line}");
    }
}

#[test]
fn tag_manifests_are_checked_in_every_algorithm() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha512] {
        let mut bag = plain();
        bag.set("bag-info.txt", "Source-Organization: x\n");
        let names = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
        let lines = names.map(|name| format!("{}  {name}\n", hex(algorithm, bag.get(name))));
        let list = format!("tagmanifest-{}.txt", algorithm.word());
        bag.set(&list, lines.concat());
        assert_eq!(codes(&bag.check()), [""; 0]);
        bag.set("bag-info.txt", "Source-Organization: y\n");
        bag.set("notes.txt", "x");
        assert_eq!(codes(&bag.check()), ["TAG_FILE_HASH_MISMATCH", "TAG_FILE_UNLISTED"]);
        bag.set(&list, format!("{}{}  data/a.txt\n", lines.concat(), hex(algorithm, b"one")));
        assert!(codes(&bag.check()).contains(&"MANIFEST_MALFORMED"));
    }
}

#[test]
fn a_list_in_an_unknown_algorithm_proves_nothing() {
    let mut bag = plain();
    bag.set("manifest-blake9.txt", "00  data/a.txt\n");
    assert_eq!(codes(&bag.check()), ["CHECKSUM_NOT_CHECKED"]);
    bag.remove("manifest-sha256.txt");
    let report = bag.check();
    assert_eq!(codes(&report), ["CHECKSUM_NOT_CHECKED"]);
    assert_eq!(report.integrity().word(), "NOT_EVALUABLE");
    assert!(report.proves().is_empty());
}

#[test]
fn a_bag_of_nothing_is_no_evidence() {
    let report = wrapped(&[], "1.0", &[Algorithm::Sha256]).check();
    assert_eq!(report.integrity().word(), "NOT_EVALUABLE");
    assert_eq!(report.summary()[0], "The bag lists no file that could be checked.");
    let mut bag = plain();
    bag.remove("manifest-sha256.txt");
    assert_eq!(codes(&bag.check()), ["FILE_MISSING"]);
}

#[test]
fn the_size_of_the_payload_is_compared_where_it_is_stated() {
    let mut bag = plain();
    bag.set("bag-info.txt", "payload-oxum: 12.3\n");
    assert_eq!(codes(&bag.check()), [""; 0]);
    bag.set("bag-info.txt", "Payload-Oxum: 13.3\n");
    assert_eq!(codes(&bag.check()), ["OXUM_MISMATCH"]);
}

fn checked(bag: &Bag, workers: usize, progress: &dyn Progress) -> Report {
    let options = Options { workers, ..Options::new([1; 16]) };
    verify::check(bag, &options, &NoOnlooker, progress, &mut MemorySpill::new()).unwrap()
}

/// Some small files and two that are read ahead, by as many threads as algorithms.
fn large() -> Bag {
    let big: Vec<u8> = (0..9_000_000_u32).map(|number| u8::try_from(number * 7 % 251).unwrap()).collect();
    let names: Vec<String> = (0..40).map(|number| format!("data/{number:02}")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    files[3].1 = &big;
    files[30].1 = &big[..5_000_001];
    wrapped(&files, "1.0", &[Algorithm::Sha256, Algorithm::Sha512, Algorithm::Md5])
}

#[test]
fn the_number_of_workers_changes_nothing() {
    let mut bag = large();
    assert_eq!(codes(&checked(&bag, 2, &NoProgress)), ["ALGORITHM_WEAK"]);
    for name in ["data/03", "data/30", "data/17"] {
        let mut bytes = bag.get(name).to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        bag.set(name, bytes);
    }
    let reports = [1, 2, 5, 64].map(|workers| serde_json::to_value(checked(&bag, workers, &NoProgress)).unwrap());
    assert!(reports.iter().all(|report| *report == reports[0]));
    let changed =
        reports[0]["findings"].as_array().unwrap().iter().filter(|found| found["code"] == "FILE_HASH_MISMATCH");
    let files: Vec<_> = changed.map(|found| found["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["data/03", "data/17", "data/30"]);
}

#[test]
fn a_stopped_check_is_no_verdict() {
    struct StopAt(u64);
    impl Progress for StopAt {
        fn came(&self, how_far: HowFar) -> Proceed {
            if how_far.bytes > self.0 { Proceed::Stop } else { Proceed::GoOn }
        }
    }
    let bag = large();
    for at in [0, 20_000, 3_000_000] {
        let report = checked(&bag, 2, &StopAt(at));
        assert_eq!(report.integrity().word(), "NOT_EVALUABLE");
        assert!(report.stopped().is_some() && report.proves().is_empty());
    }
}

const EVENT: &str = r#"{"resourceType":"AuditEvent","id":"1","recorded":"2026-03-02T08:00:00Z","action":"R","outcome":"0",
    "type":{"code":"rest"},"agent":[{"who":{"identifier":{"value":"u-1"}},"requestor":true}],
    "source":{"observer":{"display":"ehr"}}}"#;

/// Files in a folder, opened and checked.
fn folder(files: &[(&str, &str)]) -> Json {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let bundle = bundle::open(folder.path(), &bundle::Limits::standard()).unwrap();
    serde_json::to_value(report_of(&bundle)).unwrap()
}

fn report_of(bundle: &bundle::Bundle) -> Report {
    assert_eq!(bundle.profile(), Profile::FhirAuditEvent);
    let options = Options { workers: 2, ..Options::new([1; 16]) };
    verify::check(bundle, &options, &NoOnlooker, &NoProgress, &mut MemorySpill::new()).unwrap()
}

#[test]
fn fhir_in_a_bag_is_as_good_as_its_lists() {
    let (line, other) = (EVENT.replace('\n', ""), EVENT.replace('\n', "").replace("\"id\":\"1\"", "\"id\":\"2\""));
    let events = format!("{line}\n{other}\n{{\"resourceType\":\"Patient\"}}\n");
    let manifest = format!("{}  data/events.ndjson\n", hex(Algorithm::Sha256, events.as_bytes()));
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    let files =
        [("data/events.ndjson", events.as_str()), ("manifest-sha256.txt", &manifest), ("bagit.txt", declaration)];
    let report = folder(&files);
    assert_eq!((&report["integrity"], &report["assurance"]), (&json!("PASS"), &json!("CONSISTENT")));
    assert_eq!((&report["counts"]["records"], &report["counts"]["events"]), (&json!(2), &json!(2)));
    assert!(report["does_not_prove"][0].as_str().unwrap().contains("no evidence of their own"));

    let altered = events.replacen("u-1", "u-2", 1);
    let report = folder(&[("data/events.ndjson", altered.as_str()), files[1], files[2]]);
    assert_eq!((&report["integrity"], &report["assurance"]), (&json!("FAIL"), &Json::Null));
    assert_eq!(report["findings"][0]["code"], json!("FILE_HASH_MISMATCH"));
}

#[test]
fn fhir_in_a_bag_whose_lists_agree_may_still_hold_what_cannot_be_read() {
    let (line, other) = (EVENT.replace('\n', ""), EVENT.replace('\n', "").replace("\"id\":\"1\"", "\"id\":\"2\""));
    let events = format!("{line}\n{{\"resourceType\":\"AuditEvent\",\n{other}\n");
    let manifest = format!("{}  data/events.ndjson\n", hex(Algorithm::Sha256, events.as_bytes()));
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    let report = folder(&[
        ("data/events.ndjson", events.as_str()),
        ("manifest-sha256.txt", &manifest),
        ("bagit.txt", declaration),
    ]);
    assert_eq!((&report["integrity"], &report["assurance"]), (&json!("FAIL"), &Json::Null));
    assert_eq!((&report["counts"]["records"], &report["counts"]["events"]), (&json!(3), &json!(2)));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let place = (&findings[0]["code"], &findings[0]["file"], &findings[0]["line"]);
    assert_eq!(place, (&json!("RECORD_UNPARSEABLE"), &json!("data/events.ndjson"), &json!(2)));
    assert!(findings[0]["byte_offset"].is_u64() && report["proves"][0].as_str().unwrap().contains("The 1 file"));
}

#[test]
fn damage_of_fhir_in_a_bag_is_told_once_whether_or_not_a_list_names_the_file() {
    let line = EVENT.replace('\n', "");
    let sum = hex(Algorithm::Sha256, line.as_bytes());
    let manifest = format!("{sum}  data/0.ndjson\n{sum}  data/a.ndjson\n");
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let files = [
        ("bagit.txt", declaration),
        ("data/0.ndjson", &line),
        ("data/a.ndjson", &line),
        ("data/b.ndjson", &line),
        ("manifest-sha256.txt", &manifest),
    ];
    for (name, content) in files {
        writer.start_file(format!("bag/{name}"), stored).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    let mut archive = writer.finish().unwrap().into_inner();
    let person: Vec<_> = archive.windows(3).enumerate().filter(|(_, part)| part == b"u-1").map(|(at, _)| at).collect();
    assert_eq!(person.len(), 3);
    // The first file stays whole, so that the profile is recognized.
    for at in &person[1..] {
        archive[at + 2] = b'2';
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bag.zip");
    fs::write(&path, archive).unwrap();
    let report = serde_json::to_value(report_of(&bundle::open(&path, &bundle::Limits::standard()).unwrap())).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let about = |file: &str| -> Vec<_> {
        findings
            .iter()
            .filter(|finding| finding["file"] == json!(file))
            .map(|finding| finding["code"].clone())
            .collect()
    };
    assert_eq!(about("data/a.ndjson"), [json!("ARCHIVE_LAYOUT")]);
    assert_eq!(about("data/b.ndjson"), [json!("FILE_EXTRA"), json!("ARCHIVE_LAYOUT")]);
}

#[test]
fn signatures_that_are_not_checked_are_told_and_never_called_unsigned() {
    for name in ["data/a.txt.asc", "signatures/manifest-sha256.txt.P7S", "tagmanifest-sha256.txt.tsr"] {
        let mut bag = plain();
        bag.set(name, "a signature");
        if name.starts_with("data/") {
            let list = String::from_utf8(bag.get("manifest-sha256.txt").to_vec()).unwrap();
            let line = format!("{}  {name}\n", hex(Algorithm::Sha256, b"a signature"));
            bag.set("manifest-sha256.txt", list + &line);
        }
        let report = bag.check();
        assert_eq!(codes(&report), ["SIGNATURES_NOT_CHECKED"], "{name}");
        assert_eq!(report.findings()[0].file.as_deref(), Some(name));
        let report = serde_json::to_value(&report).unwrap();
        assert_eq!((&report["badge"], &report["assurance"]), (&json!("not_verified"), &json!("CONSISTENT")), "{name}");
        assert!(report["summary"][1].as_str().unwrap().contains("not checked"), "{name}");
        assert!(report["does_not_prove"].to_string().contains("signatures say"), "{name}");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signed.json");
    fs::write(&path, r#"{"resourceType":"Bundle","signature":{"data":"x"},"entry":[]}"#).unwrap();
    let report = report_of(&bundle::open(&path, &bundle::Limits::standard()).unwrap());
    assert_eq!(codes(&report), ["SIGNATURES_NOT_CHECKED"]);
    assert!(report.findings()[0].message.contains("signed.json is signed"));
}

#[test]
fn fhir_without_a_bag_has_no_evidence_and_is_counted() {
    let line = EVENT.replace('\n', "");
    let report = folder(&[("a.json", EVENT), ("b.ndjson", &format!("{line}\n{line}\n"))]);
    assert_eq!((&report["integrity"], &report["assurance"]), (&json!("NOT_EVALUABLE"), &json!("NO_EVIDENCE")));
    assert_eq!((&report["counts"]["records"], &report["counts"]["events"]), (&json!(3), &json!(3)));
    assert!(report["does_not_prove"][0].as_str().unwrap().contains("no evidence of its own"));
}

#[test]
fn fhir_records_that_cannot_be_read_are_named_by_their_place() {
    let line = EVENT.replace('\n', "");
    let report = folder(&[("a.ndjson", &format!("{line}\n{{\"resourceType\":\"AuditEvent\",\n{line}\n"))]);
    assert_eq!((&report["counts"]["records"], &report["counts"]["events"]), (&json!(3), &json!(2)));
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["file"], &finding["line"]),
        (&json!("RECORD_UNPARSEABLE"), &json!("a.ndjson"), &json!(2))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_list_and_no_declaration_makes_it_panic(list in ".{0,200}", declaration in ".{0,100}", fetch in ".{0,100}") {
        let mut bag = plain();
        bag.set("manifest-sha256.txt", list);
        bag.set("fetch.txt", fetch);
        drop(bag.check());
        bag.set("bagit.txt", declaration);
        drop(bag.check());
    }
}
