//! Containers: files that are no bundle, and zips that are cut short, reach outside, or claim more than they are.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use chartproof_tests::sample::files;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::office::{IMPORT_PEAK_MIB, Office, VERIFY_PEAK_MIB, codes, import_words, refused, reported, verify_words};
use crate::parcel::{Parcel, SEGMENT};
use crate::zip::{self, Member};

#[test]
fn what_is_no_bundle_is_refused_with_what_it_is_and_what_to_do() {
    let Some(office) = Office::new() else { return };
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"minutes of the privacy committee\n").unwrap();
    let packed = packed.finish().unwrap();
    let cases: [(&str, &[u8], &str); 6] = [
        (
            "minutes.txt",
            b"minutes of the privacy committee\n",
            "it is a text file; open a bundle's directory or archive",
        ),
        ("letter.pdf", b"%PDF-1.7\n", "it is a PDF document; ask for the exported log itself"),
        ("notes.gz", &packed, "it is packed with gzip and holds no tar archive"),
        ("list.json", b"{\"total\": 3}\n", "it is JSON without FHIR AuditEvents"),
        ("events.ndjson", b"", "the file is empty"),
        ("database", b"SQLite format 3\0", "it is a binary file"),
    ];
    for (name, content, told) in cases {
        fs::write(office.path(name), content).unwrap();
        office.verify(&office.path(name)).refused(5, &[name, told]);
    }
    fs::create_dir(office.path("holiday")).unwrap();
    office.verify(&office.path("holiday")).refused(5, &["holiday", "the directory has no bagit.txt"]);
    office.verify(&office.path("nowhere")).refused(5, &["There is nothing at", "nowhere", "Check where it was put"]);
    refused(&office, &office.path("minutes.txt"), &["minutes.txt is not an audit bundle"]);
}

#[test]
fn a_zip_that_was_cut_short_gets_a_report() {
    let Some(office) = Office::new() else { return };
    let whole = office.path("whole.zip");
    Parcel::new(&office, "folder").packed(&whole);
    let bytes = fs::read(&whole).unwrap();
    for length in [4, 100, bytes.len() / 2, bytes.len() - 22, bytes.len() - 1] {
        fs::write(office.path("cut.zip"), &bytes[..length]).unwrap();
        let errors = office.verify(&office.path("cut.zip")).errors();
        assert_eq!(codes(&errors), ["ARCHIVE_LAYOUT"], "{length} bytes: {errors:#?}");
    }
    let told = office.run(["verify".as_ref(), office.path("cut.zip").as_os_str()]);
    assert!(!told.out.contains("against the manifests"), "nothing of it was checked: {}", told.out);
    reported(&office, &office.path("cut.zip"), &["ARCHIVE_LAYOUT"]);
}

#[test]
fn a_zip_that_reaches_outside_is_refused_and_writes_nothing() {
    let Some(office) = Office::new() else { return };
    let honest = Parcel::new(&office, "folder").members("bundle");
    let path = office.path("slip.zip");
    for name in ["../evil.txt", "bundle/../../evil.txt", "/evil.txt", "bundle\\..\\evil.txt", "C:/evil.txt"] {
        let evil = Member::deflated(name, b"evil".to_vec());
        zip::write(&path, &[&honest[..], &[evil]].concat());
        let errors = office.verify(&path).errors();
        assert_eq!(codes(&errors), ["PATH_UNSAFE"], "{name}: {errors:#?}");
    }
    reported(&office, &path, &["PATH_UNSAFE"]);
    let outside = [office.home().root().parent().unwrap(), Path::new("/")].map(|folder| folder.join("evil.txt"));
    let written = files(office.home().root()).into_iter().chain(outside.into_iter().filter(|file| file.exists()));
    let evil: Vec<_> = written.filter(|file| file.ends_with("evil.txt")).collect();
    assert!(evil.is_empty(), "{evil:?}");
}

#[test]
fn a_link_in_a_zip_is_refused_and_not_followed() {
    let Some(office) = Office::new() else { return };
    let path = office.path("link.zip");
    let link = Member::link("bundle/data/events/link.ndjson", "/etc/passwd");
    zip::write(&path, &[&Parcel::new(&office, "folder").members("bundle")[..], &[link]].concat());
    let errors = office.verify(&path).errors();
    assert_eq!(errors[0]["file"], "bundle/data/events/link.ndjson");
    reported(&office, &path, &["LINK_FORBIDDEN"]);
}

#[test]
fn a_zip_with_two_roots_is_refused() {
    let Some(office) = Office::new() else { return };
    let path = office.path("roots.zip");
    let parcel = Parcel::new(&office, "folder");
    zip::write(&path, &[parcel.members("one"), parcel.members("two")].concat());
    let errors = office.verify(&path).errors();
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains("exactly one top-level directory") && message.contains("one/, two/"), "{message}");
    reported(&office, &path, &["ARCHIVE_LAYOUT"]);
}

#[test]
fn a_zip_whose_content_rotted_gets_a_report_and_keeps_what_can_be_unpacked() {
    let Some(office) = Office::new() else { return };
    let path = office.path("rotten.zip");
    let members = Parcel::new(&office, "folder").members("bundle");
    let begins = zip::write(&path, &members);
    let place = members.iter().position(|member| member.name() == format!("bundle/{SEGMENT}")).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(begins[place] + members[place].packed_bytes() / 2).unwrap()] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    let report = office.verify(&path).report(1);
    let findings = report["findings"].as_array().unwrap();
    let damaged = findings.iter().any(|finding| finding["code"] == "ARCHIVE_LAYOUT" && finding["file"] == SEGMENT);
    assert!(damaged, "{findings:#?}");
    let events = office.sample().events as u64;
    let lines = findings.iter().filter_map(|finding| finding["line"].as_u64());
    assert!(lines.into_iter().all(|line| line <= events), "a line that there cannot be: {findings:#?}");
    office.import(&path).done();
    let stored = office.has_one_more();
    assert_eq!(stored["badge"]["word"], "Altered or damaged");
    assert!(stored["events"].as_u64().unwrap() < events, "{stored:#}");
}

#[test]
fn a_zip_of_resources_of_which_one_rotted_tells_which() {
    let Some(office) = Office::new() else { return };
    let path = office.path("resources.zip");
    let resource = |id: &str| {
        let text = format!(r#"{{"resourceType":"AuditEvent","id":"{id}","recorded":"2026-03-02T08:00:00Z"}}"#);
        Member::stored(format!("{id}.json"), text.into_bytes())
    };
    let begins = zip::write(&path, &[resource("a1"), resource("a2")]);
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(begins[1]).unwrap() + 50] ^= 1;
    fs::write(&path, bytes).unwrap();
    let errors = reported(&office, &path, &["ARCHIVE_LAYOUT"]);
    assert_eq!(errors[0]["file"], "a2.json", "{errors:#?}");
}

#[test]
fn ten_gigabytes_of_zeros_in_ten_megabytes_are_not_unpacked() {
    let Some(office) = Office::new() else { return };
    let path = office.path("bomb.zip");
    let mut members = Parcel::new(&office, "folder").members("bundle");
    members.push(Member::zeros("bundle/data/zeros", 10 << 10));
    zip::write(&path, &members);
    let packed = fs::metadata(&path).unwrap().len();
    assert!(packed < 12 << 20, "{packed}");
    let (ended, peak_mib) = office.weighed(&verify_words(&path));
    assert!(peak_mib <= VERIFY_PEAK_MIB, "{peak_mib} MiB");
    let messages: Vec<String> = ended.errors().iter().map(|error| error["message"].to_string()).collect();
    assert!(messages.iter().any(|message| message.contains("more than 200 times its packed size")), "{messages:?}");
    // The file by its size and by its ratio, and the archive by its ratio.
    reported(&office, &path, &["ARCHIVE_LIMIT_EXCEEDED"; 3]);
}

#[test]
fn ten_gigabytes_that_claim_to_be_ten_megabytes_end_where_they_claim_to() {
    let Some(office) = Office::new() else { return };
    let path = office.path("liar.zip");
    let parcel = Parcel::new(&office, "folder");
    let mut members = parcel.members("bundle");
    let place = members.iter().position(|member| member.name() == format!("bundle/{SEGMENT}")).unwrap();
    let mut zeros = Member::zeros(format!("bundle/{SEGMENT}"), 10 << 10);
    zeros.size = zeros.packed_bytes();
    members[place] = zeros;
    zip::write(&path, &members);
    let (ended, peak_mib) = office.weighed(&verify_words(&path));
    let errors = ended.errors();
    assert!(codes(&errors).contains(&"ARCHIVE_LAYOUT"), "{errors:#?}");
    assert!(errors.iter().any(|error| error["file"] == SEGMENT), "{errors:#?}");
    assert!(peak_mib <= VERIFY_PEAK_MIB, "{peak_mib} MiB");
    let (ended, peak_mib) = office.weighed(&import_words(&path));
    ended.done();
    assert!(peak_mib <= IMPORT_PEAK_MIB, "{peak_mib} MiB");
    assert_eq!(office.has_one_more()["badge"]["word"], "Altered or damaged");
}
