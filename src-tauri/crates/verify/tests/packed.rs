//! Segments packed with gzip and Zstandard: as plain ones, with one checksum more and some ways more to be damaged.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::io::Write as _;

use bag::{Bag, Draft, codes, packed_bag};
use serde_json::{Value as Json, json};

type Pack = fn(&[u8]) -> Vec<u8>;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 3).unwrap()
}

const BOTH: [(&str, Pack); 2] = [("gzip", gzip), ("zstd", zstd)];

fn report_of(bag: &Bag) -> Json {
    serde_json::to_value(bag.check()).unwrap()
}

fn packed(draft: &Draft, word: &str, pack: Pack) -> Bag {
    packed_bag(draft, word, &pack, |_| {})
}

type Tamper = fn(&mut Draft);

/// Some of these are only told apart by reading a record again.
const TAMPERS: [(&str, Tamper); 8] = [
    ("nothing", |_| {}),
    ("a change", |draft| draft.change(200, |record| record["event"]["action"] = json!("print"))),
    ("a change with a new hash", |draft| draft.rehash(200, |record| record["event"]["action"] = json!("print"))),
    ("a deletion", |draft| draft.delete(210..=214)),
    ("a duplicate", |draft| {
        let (segment, line) = draft.place(201);
        let record = draft.segments[segment].lines[line].clone();
        draft.segments[segment].lines.insert(line, record);
    }),
    ("an insertion", |draft| {
        let (segment, line) = draft.place(201);
        let mut record = bag::parsed(&draft.segments[segment].lines[line]);
        record["event"]["outcome"] = json!("failure");
        draft.segments[segment].lines.insert(line, bag::hashed(record));
    }),
    ("another order", |draft| {
        let (segment, line) = draft.place(220);
        draft.segments[segment].lines.swap(line, line + 1);
    }),
    ("an unreadable line", |draft| draft.line_mut(77).truncate(40)),
];

#[test]
fn a_packed_bundle_gets_the_report_of_the_plain_one() {
    for (what, tamper) in TAMPERS {
        let mut draft = Draft::new(400, 150);
        tamper(&mut draft);
        draft.restate_segments();
        let plain = report_of(&draft.bag());
        for (word, pack) in BOTH {
            let report = report_of(&packed(&draft, word, pack));
            let ending = if word == "gzip" { ".ndjson.gz" } else { ".ndjson.zst" };
            let text = serde_json::to_string(&report).unwrap().replace(ending, ".ndjson");
            let mut report: Json = serde_json::from_str(&text).unwrap();
            report["counts"]["bytes"] = plain["counts"]["bytes"].clone();
            // Another file is another export, whatever it holds.
            report["evidence"]["export"] = plain["evidence"]["export"].clone();
            // Places are those of the content: same line, same byte offset.
            assert_eq!(report, plain, "{what}, {word}");
        }
    }
}

#[test]
fn several_members_are_one_segment() {
    let halves = |pack: Pack| {
        move |content: &[u8]| {
            let (one, other) = content.split_at(content.len() / 3);
            [pack(one), pack(b""), pack(other)].concat()
        }
    };
    for (word, pack) in BOTH {
        let bag = packed_bag(&Draft::new(40, 20), word, &halves(pack), |_| {});
        assert_eq!(codes(&bag.check()), [""; 0], "{word}");
    }
}

#[test]
fn a_content_other_than_stated_is_a_mismatch() {
    for (word, pack) in BOTH {
        let mut draft = Draft::new(40, 20);
        draft.manifest["segments"][0]["rows"] = json!(20);
        let mut bag = packed(&draft, word, pack);
        let manifest = String::from_utf8(bag.get("data/audit-manifest.json").to_vec()).unwrap();
        let stated: Json = serde_json::from_str(&manifest).unwrap();
        let right = stated["segments"][1]["content_sha256"].as_str().unwrap().to_owned();
        let files = bag.names().into_iter().filter(|name| name.starts_with("data/"));
        let mut files: std::collections::BTreeMap<_, _> =
            files.map(|name| (name.clone(), bag.get(&name).to_vec())).collect();
        let wrong = "00".repeat(32);
        files.insert("data/audit-manifest.json".to_owned(), manifest.replace(&right, &wrong).into_bytes());
        bag = bag::wrapped(files);
        let report = report_of(&bag);
        let finding = &report["findings"][0];
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
        assert_eq!((&finding["code"], &finding["field"]), (&json!("SEGMENT_HASH_MISMATCH"), &json!("content_sha256")));
        assert_eq!((&finding["expected"], &finding["actual"]), (&json!(wrong), &json!(right)));
    }
}

#[test]
fn a_packed_segment_has_to_state_the_checksum_of_its_content() {
    let mut draft = Draft::new(20, 20);
    draft.manifest["segments"][0]["compression"] = json!("gzip");
    let mut files = draft.files();
    let content = files["data/events/segment-000001.ndjson"].clone();
    files.insert("data/events/segment-000001.ndjson".to_owned(), gzip(&content));
    let report = bag::wrapped(files).check();
    assert!(codes(&report).contains(&"AUDIT_MANIFEST_INVALID"), "{:?}", codes(&report));
}

/// What is damaged in a packed segment that all lists describe as it is: a trap laid by its maker.
fn trapped(word: &str, pack: Pack, change: fn(&mut Vec<u8>)) -> Vec<&'static str> {
    codes(&packed_bag(&Draft::new(40, 20), word, &pack, change).check())
}

#[test]
fn bytes_behind_the_content_and_a_cut_end_are_found() {
    for (word, pack) in BOTH {
        let behind = trapped(word, pack, |packed| packed.extend(b"junk"));
        assert_eq!(behind, ["ARCHIVE_LAYOUT", "UNVERIFIABLE_SPAN"], "{word}");
        let cut = trapped(word, pack, |packed| packed.truncate(packed.len() - 3));
        assert!(cut.contains(&"ARCHIVE_LAYOUT"), "{word}: {cut:?}");
    }
}

#[test]
fn a_segment_that_is_not_packed_as_stated_is_found() {
    let found = codes(&packed_bag(&Draft::new(40, 20), "gzip", &zstd, |_| {}).check());
    assert!(found.contains(&"ARCHIVE_LAYOUT"), "{found:?}");
}

#[test]
fn a_bomb_in_a_segment_is_not_unpacked() {
    for (word, pack) in BOTH {
        let line = [vec![b' '; 500 << 10], b"\n".to_vec()].concat();
        let bomb = move |_: &[u8]| pack(&line.repeat(100));
        let report = packed_bag(&Draft::new(20, 20), word, &bomb, |_| {}).check();
        assert!(codes(&report).contains(&"ARCHIVE_LIMIT_EXCEEDED"), "{word}: {:?}", codes(&report));
        let found = report.findings().iter().find(|finding| finding.code.name() == "ARCHIVE_LIMIT_EXCEEDED").unwrap();
        assert!(found.file.as_deref().unwrap().starts_with("data/events/"));
    }
}

#[test]
fn a_rotten_bit_is_a_file_that_is_not_the_one_listed() {
    for (word, pack) in BOTH {
        let mut bag = packed(&Draft::new(40, 20), word, pack);
        let name = bag.names().into_iter().find(|name| name.contains("segment-000002")).unwrap();
        let mut bytes = bag.get(&name).to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        bag.set(&name, bytes);
        let found = codes(&bag.check());
        assert!(found.contains(&"FILE_HASH_MISMATCH") && found.contains(&"SEGMENT_HASH_MISMATCH"), "{word}: {found:?}");
    }
}

#[test]
fn packed_segments_are_found_without_an_audit_manifest() {
    for (word, pack) in BOTH {
        let mut bag = packed(&Draft::new(40, 20), word, pack);
        bag.remove("data/audit-manifest.json");
        let report = bag.check();
        assert_eq!(report.counts().events, 40, "{word}");
    }
}
