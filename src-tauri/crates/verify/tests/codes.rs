//! Every code that a report can hold is produced once, with its locators.

#![expect(clippy::unwrap_used, clippy::format_collect, reason = "tests may stop at the first surprise")]

mod bag;

use std::collections::BTreeSet;

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, STREAM, hashed, parsed, retag, time};
use bundle::{Trouble, TroubleCode};
use serde_json::json;
use verify::{Anchor, Code, Origin, Remembered, Severity};

type Make = fn() -> Bag;

fn tampered(tamper: impl FnOnce(&mut Draft)) -> Bag {
    let mut draft = Draft::new(40, 20);
    tamper(&mut draft);
    draft.restate_segments();
    draft.bag()
}

/// As [`tampered`], with the chain and every statement made anew.
fn remade(tamper: impl FnOnce(&mut Draft)) -> Bag {
    let mut draft = Draft::new(40, 20);
    tamper(&mut draft);
    draft.rechain(STREAM);
    draft.checkpoint_every(20);
    draft.restate();
    draft.bag()
}

fn stated(tamper: impl FnOnce(&mut Draft)) -> Bag {
    let mut draft = Draft::new(40, 20);
    tamper(&mut draft);
    draft.bag()
}

fn bagged(tamper: impl FnOnce(&mut Bag)) -> Bag {
    let mut bag = Draft::new(40, 20).bag();
    tamper(&mut bag);
    bag
}

fn troubled(code: TroubleCode) -> Bag {
    bagged(|bag| bag.troubles.push(Trouble { code, file: Some("x".to_owned()), message: "A sentence.".to_owned() }))
}

/// A bag of another profile than ours, whose lists may be written as stock tools write them.
fn plain(change: impl FnOnce(&mut Bag)) -> Bag {
    bagged(|bag| {
        bag.profile = bundle::Profile::Unknown;
        change(bag);
    })
}

/// Tables of records, of which one column says something else in the third row.
fn contradicted() -> Bag {
    let write = |lines: &[Vec<u8>]| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["actor_id", "record"]).unwrap();
        for (row, line) in lines.iter().enumerate() {
            let id: &[u8] = if row == 2 { b"u-7" } else { b"u-1041" };
            writer.write_record([id, line]).unwrap();
        }
        writer.into_inner().unwrap()
    };
    bag::table_bag(&Draft::new(40, 20), ".csv", "text/csv", &write)
}

/// A code, how to get it, and the locators it must have.
const TABLE: &[(Code, Make, &[&str])] = &[
    (Code::ProjectionMismatch, contradicted, &["file", "row", "column", "member"]),
    (
        Code::ManifestIrregular,
        || plain(|bag| bag.edit("manifest-sha256.txt", "  data/", " *data/")),
        &["file", "line", "count"],
    ),
    (
        Code::FetchNotFollowed,
        || plain(|bag| bag.set("fetch.txt", "http://127.0.0.1/x - data/keys/keys.json\n")),
        &["file", "count"],
    ),
    (
        Code::AlgorithmWeak,
        || plain(|bag| bag.set("manifest-md5.txt", "d41d8cd98f00b204e9800998ecf8427e  data/keys/keys.json\n")),
        &["file"],
    ),
    (Code::PathUnsafe, || troubled(TroubleCode::PathUnsafe), &["file"]),
    (Code::LinkForbidden, || troubled(TroubleCode::LinkForbidden), &["file"]),
    (Code::ArchiveLayout, || troubled(TroubleCode::ArchiveLayout), &["file"]),
    (Code::ArchiveLimitExceeded, || troubled(TroubleCode::ArchiveLimitExceeded), &["file"]),
    (Code::ArchiveEntryType, || troubled(TroubleCode::ArchiveEntryType), &["file"]),
    (Code::ArchiveDuplicateEntry, || troubled(TroubleCode::ArchiveDuplicateEntry), &["file"]),
    (Code::ArchiveNameCollision, || troubled(TroubleCode::ArchiveNameCollision), &["file"]),
    (Code::NameSuspicious, || troubled(TroubleCode::NameSuspicious), &["file"]),
    (Code::BagDeclarationMissing, || bagged(|bag| bag.remove("bagit.txt")), &["file"]),
    (Code::BagDeclarationInvalid, || bagged(|bag| bag.edit("bagit.txt", "1.0", "9.9")), &["file"]),
    (Code::FetchForbidden, || bagged(|bag| bag.set("fetch.txt", "http://x 1 data/x\n")), &["file"]),
    (Code::ManifestMalformed, uppercase_digest, &["file", "line"]),
    (
        Code::ManifestDuplicatePath,
        || {
            bagged(|bag| {
                let text = bag.get("manifest-sha256.txt").repeat(2);
                bag.set("manifest-sha256.txt", text);
            })
        },
        &["file", "line"],
    ),
    (
        Code::ManifestIncomplete,
        || {
            bagged(|bag| {
                let text = String::from_utf8(bag.get("manifest-sha512.txt").to_vec()).unwrap();
                bag.set(
                    "manifest-sha512.txt",
                    text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>(),
                );
                retag(bag);
            })
        },
        &["file", "count"],
    ),
    (
        Code::OxumMismatch,
        || {
            bagged(|bag| {
                bag.edit("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: 9");
                retag(bag);
            })
        },
        &["file", "expected", "actual"],
    ),
    (Code::FileMissing, || bagged(|bag| bag.remove("data/keys/keys.json")), &["file", "expected"]),
    (Code::FileExtra, || bagged(|bag| bag.set("data/x", "x")), &["file"]),
    (Code::FileHashMismatch, || bagged(|bag| bag.set("data/keys/keys.json", "{}")), &["file", "expected", "actual"]),
    (
        Code::TagFileHashMismatch,
        || bagged(|bag| bag.edit("bag-info.txt", "Clinic", "Hospital")),
        &["file", "expected", "actual"],
    ),
    (Code::TagFileUnlisted, || bagged(|bag| bag.set("README.html", "x")), &["file"]),
    (Code::AuditManifestMissing, without_audit_manifest, &["file"]),
    (Code::AuditManifestInvalid, || stated(|draft| draft.manifest["format"] = json!("x")), &["file", "field"]),
    (
        Code::SegmentHashMismatch,
        || stated(|draft| draft.manifest["segments"][0]["sha256"] = json!("0".repeat(64))),
        &["file", "field", "expected", "actual", "stream_id"],
    ),
    (
        Code::SegmentCountMismatch,
        || stated(|draft| draft.manifest["segments"][0]["rows"] = json!(21)),
        &["file", "field", "expected", "actual", "stream_id"],
    ),
    (
        Code::SegmentBoundaryMismatch,
        || stated(|draft| draft.manifest["segments"][1]["last_event_id"] = json!("x")),
        &["file", "field", "expected", "actual", "stream_id"],
    ),
    (
        Code::MerkleRootMismatch,
        || stated(|draft| draft.manifest["segments"][1]["merkle_root"] = json!("0".repeat(64))),
        &["file", "field", "expected", "actual", "stream_id"],
    ),
    (
        Code::RecordUnparseable,
        || tampered(|draft| *draft.line_mut(7) = b"{".to_vec()),
        &["file", "line", "byte_offset"],
    ),
    (Code::DuplicateMember, duplicate_member, &["file", "line", "byte_offset", "member"]),
    (
        Code::SchemaInvalid,
        || remade(|draft| draft.change(7, |record| record["event"]["patient_ids"] = json!("MRN-1"))),
        &["file", "line", "byte_offset", "seq", "member", "stream_id"],
    ),
    (
        Code::LineTooLong,
        || tampered(|draft| *draft.line_mut(7) = vec![b'x'; (1 << 20) + 1]),
        &["file", "line", "byte_offset"],
    ),
    (Code::LastLineIncomplete, cut_short, &["file", "line", "byte_offset"]),
    (
        Code::RecordNotCanonical,
        || tampered(|draft| draft.line_mut(7).insert(1, b' ')),
        &["file", "line", "byte_offset", "seq", "stream_id"],
    ),
    (
        Code::SchemaUnknownMember,
        || remade(|draft| draft.change(7, |record| record["color"] = json!("red"))),
        &["file", "line", "seq", "member", "count"],
    ),
    (
        Code::VersionUnknown,
        || remade(|draft| draft.change(7, |record| record["audit_log_version"] = json!("7"))),
        &["file", "line", "seq", "count", "versions", "stream_id"],
    ),
    (
        Code::VersionMixed,
        || remade(|draft| draft.change(7, |record| record["audit_log_version"] = json!("1.1"))),
        &["versions", "stream_id"],
    ),
    (
        Code::TimestampNoZone,
        || remade(|draft| draft.change(7, |record| record["event"]["timestamp"] = json!("2026-03-02T01:10:00"))),
        &["file", "line", "seq", "member", "stream_id"],
    ),
    (
        Code::TimestampOutOfRange,
        || remade(|draft| draft.change(7, |record| record["event"]["timestamp"] = json!("1026-03-02T01:10:00Z"))),
        &["file", "line", "seq", "member", "stream_id"],
    ),
    (
        Code::EventModified,
        || tampered(|draft| draft.change(7, |record| record["event"]["action"] = json!("print"))),
        &["file", "line", "byte_offset", "seq", "event_id", "expected", "actual", "stream_id"],
    ),
    (
        Code::ChainBreak,
        || tampered(|draft| draft.rehash(7, |record| record["event"]["action"] = json!("print"))),
        &["file", "line", "between", "expected", "actual", "stream_id"],
    ),
    (
        Code::EventsDeleted,
        || tampered(|draft| draft.delete(7..=8)),
        &["file", "line", "missing_from", "missing_to", "count", "between", "stream_id"],
    ),
    (Code::EventInserted, inserted, &["file", "line", "byte_offset", "seq", "event_id", "stream_id"]),
    (Code::EventDuplicated, duplicated, &["file", "line", "byte_offset", "seq", "event_id", "stream_id"]),
    (
        Code::EventsReordered,
        || tampered(|draft| draft.segments[0].lines.swap(3, 9)),
        &["file", "line", "moved", "count", "stream_id"],
    ),
    (
        Code::HeadTruncated,
        || tampered(|draft| draft.delete(1..=2)),
        &["file", "line", "missing_from", "missing_to", "count", "stream_id"],
    ),
    (
        Code::GenesisMismatch,
        || remade(|draft| draft.change(1, |record| record["prev_hash"] = json!("0".repeat(64)))),
        &["file", "line", "seq", "expected", "actual", "stream_id"],
    ),
    (
        Code::TailTruncated,
        || tampered(|draft| draft.delete(39..=40)),
        &["file", "line", "missing_from", "missing_to", "count", "source", "stream_id"],
    ),
    (Code::SequenceGap, skipped, &["file", "line", "skipped_from", "skipped_to", "stream_id"]),
    (
        Code::UnverifiableSpan,
        || tampered(|draft| *draft.line_mut(7) = b"{".to_vec()),
        &["file", "line", "missing_from", "missing_to", "count", "stream_id"],
    ),
    (Code::ArchiveAbsent, archived, &["missing_from", "missing_to", "count", "stream_id"]),
    (Code::ChainStartUnverified, continued, &["file", "line", "seq", "stream_id"]),
    (Code::EventIdDuplicate, duplicated, &["file", "line", "seq", "event_id", "places", "count", "stream_id"]),
    (
        Code::ClockRegression,
        || remade(|draft| draft.change(7, |record| record["event"]["timestamp"] = json!(time(0)))),
        &["file", "line", "seq", "times", "stream_id"],
    ),
    (
        Code::TimestampAfterSeal,
        || stated(|draft| draft.manifest["created"] = json!(time(30 * 600))),
        &["file", "line", "seq", "count", "times", "stream_id"],
    ),
    (
        Code::CheckpointUnparseable,
        || stated(|draft| draft.checkpoints[0] = b"{}".to_vec()),
        &["file", "line", "byte_offset"],
    ),
    (
        Code::CheckpointModified,
        || stated(|draft| edit_checkpoint(draft, |checkpoint| checkpoint["verifier"] = json!({}))),
        &["file", "line", "byte_offset", "seq", "expected", "actual", "stream_id"],
    ),
    (
        Code::CheckpointChainBreak,
        || stated(|draft| draft.checkpoints.swap(0, 1)),
        &["file", "line", "byte_offset", "seq", "expected", "actual", "stream_id"],
    ),
    (
        Code::CheckpointMismatch,
        || stated(|draft| draft.recheckpoint(1, |checkpoint| checkpoint["last_hash"] = json!("0".repeat(64)))),
        &["file", "line", "byte_offset", "seq", "altered_within", "field", "expected", "actual", "stream_id"],
    ),
    (
        Code::CheckpointReportedFailure,
        || stated(|draft| draft.recheckpoint(1, |checkpoint| checkpoint["result"] = json!("fail"))),
        &["file", "line", "seq", "stream_id"],
    ),
    (
        Code::CheckpointDayMissing,
        || {
            stated(|draft| {
                let day_before = json!(time(-bag::DAY_SECONDS));
                draft.recheckpoint(0, |checkpoint| checkpoint["timestamp"] = day_before.clone());
                draft.recheckpoint(1, |checkpoint| checkpoint["timestamp"] = day_before);
            })
        },
        &["file", "days", "count", "stream_id"],
    ),
    (Code::CheckpointsNotChecked, overlapping_checkpoints, &["file"]),
    (
        Code::AnchorMismatch,
        || anchored(|anchor| anchor.last_hash = integrity::Digest::of(b"other")),
        &["seq", "altered_within", "field", "expected", "actual", "source", "stream_id"],
    ),
    (
        Code::BundleRollback,
        || {
            anchored(|anchor| {
                anchor.last_seq = 50;
                anchor.origin = remembered();
            })
        },
        &["seq", "missing_from", "missing_to", "count", "source", "expected", "actual", "stream_id"],
    ),
    (Code::TokenNotChecked, || bagged(|bag| bag.set("signatures/tagmanifest-sha256.txt.tsr", "x")), &["file"]),
    (
        Code::SignatureInvalid,
        || signed(|draft| draft.change(7, |record| record["sig"]["value"] = json!("AAAA"))),
        &["file", "line", "byte_offset", "seq", "kid", "stream_id"],
    ),
    (
        Code::SignatureMissing,
        || signed(|draft| draft.change(7, |record| drop(record.as_object_mut().unwrap().remove("sig")))),
        &["file", "line", "byte_offset", "seq", "stream_id"],
    ),
    (
        Code::SignatureAlgorithmUnsupported,
        || signed(|draft| draft.change(7, |record| record["sig"]["alg"] = json!("none"))),
        &["file", "line", "byte_offset", "seq", "kid", "stream_id"],
    ),
    (
        Code::KeyUnknown,
        || signed(|draft| draft.keys = json!({"keys": []})),
        &["file", "line", "byte_offset", "seq", "kid", "count", "altered_within", "stream_id"],
    ),
    (Code::KeyUntrusted, || signed(|_| {}), &["file", "line", "byte_offset", "seq", "kid", "count", "stream_id"]),
    (
        Code::KeyNotValidAtTime,
        || signed(|draft| draft.keys["keys"][0]["not_after"] = json!(time(0))),
        &["file", "line", "seq", "kid", "count", "times", "stream_id"],
    ),
    (
        Code::KeyRevoked,
        || signed(|draft| draft.keys["keys"][0]["revoked_at"] = json!("2026-04-01T00:00:00Z")),
        &["file", "line", "seq", "kid", "count", "times", "stream_id"],
    ),
    (Code::SignaturesNotChecked, || bagged(|bag| bag.set("signatures/x.p7s", "x")), &["file", "count"]),
    (Code::ChecksumNotChecked, || stated(|draft| draft.manifest["row_checksum"] = json!({"recipe": "jcs"})), &["file"]),
];

/// A log whose records are signed, with something done to it before it is stated again.
fn signed(tamper: impl FnOnce(&mut Draft)) -> Bag {
    let mut draft = Draft::signed(40, 20, Policy::Event, &Producer::new(1));
    tamper(&mut draft);
    draft.restate_segments();
    draft.bag()
}

/// An unsigned log with an anchor at its head.
fn anchored(change: impl FnOnce(&mut Anchor)) -> Bag {
    let draft = Draft::new(40, 20);
    let last = parsed(&draft.segments[1].lines[19]);
    let mut anchor = Anchor {
        stream_id: STREAM.to_owned(),
        last_seq: 40,
        last_hash: integrity::Digest::from_hex(last["hash"].as_str().unwrap()).unwrap(),
        last_event_id: None,
        origin: Origin::Typed,
    };
    change(&mut anchor);
    let mut bag = draft.bag();
    bag.anchors.push(anchor);
    bag
}

fn remembered() -> Origin {
    Origin::Remembered(Remembered {
        on: "2026-04-01".to_owned(),
        export: integrity::Digest::of(b"another export"),
        bundle_id: None,
        first: None,
        came_later: false,
    })
}

fn uppercase_digest() -> Bag {
    bagged(|bag| {
        let text = String::from_utf8(bag.get("manifest-sha256.txt").to_vec()).unwrap();
        let (first, rest) = text.split_at(64);
        bag.set("manifest-sha256.txt", first.to_uppercase() + rest);
        retag(bag);
    })
}

fn without_audit_manifest() -> Bag {
    let mut files = Draft::new(40, 20).files();
    files.remove("data/audit-manifest.json").unwrap();
    bag::wrapped(files)
}

fn duplicate_member() -> Bag {
    tampered(|draft| {
        let line = draft.line_mut(7);
        let text = String::from_utf8(line.clone()).unwrap();
        *line = text.replacen("\"action\":\"read\"", "\"action\":\"read\",\"action\":\"print\"", 1).into_bytes();
    })
}

fn cut_short() -> Bag {
    let mut files = Draft::new(40, 20).files();
    let segment = files.get_mut("data/events/segment-000002.ndjson").unwrap();
    segment.truncate(segment.len() - 9);
    bag::wrapped(files)
}

fn inserted() -> Bag {
    tampered(|draft| {
        let mut forged = parsed(draft.line_mut(7));
        forged["event"]["event_id"] = json!("00000000-0000-4000-8000-000000000001");
        draft.segments[0].lines.insert(7, hashed(forged));
    })
}

fn duplicated() -> Bag {
    tampered(|draft| {
        let copy = draft.line_mut(7).clone();
        draft.segments[0].lines.insert(7, copy);
    })
}

fn skipped() -> Bag {
    remade(|draft| {
        for seq in (31..=40).rev() {
            draft.change(seq, |record| record["seq"] = json!(seq + 3));
        }
    })
}

fn archived() -> Bag {
    let mut draft = Draft::new(40, 20);
    let (first, last) = (parsed(draft.line_mut(7)), parsed(draft.line_mut(9)));
    draft.delete(7..=9);
    draft.restate_segments();
    draft.manifest["archives"] = json!([{
        "stream_id": STREAM, "location": "tape 7", "present": false, "first_seq": 7, "last_seq": 9,
        "first_prev_hash": first["prev_hash"], "last_hash": last["hash"],
    }]);
    draft.bag()
}

fn continued() -> Bag {
    let mut draft = Draft::new(40, 20);
    draft.segments.remove(0);
    draft.checkpoints.clear();
    draft.restate();
    draft.bag()
}

fn edit_checkpoint(draft: &mut Draft, edit: impl FnOnce(&mut serde_json::Value)) {
    let mut checkpoint = parsed(&draft.checkpoints[1]);
    edit(&mut checkpoint);
    draft.checkpoints[1] = integrity::canonical::to_canonical(&checkpoint).unwrap();
}

fn overlapping_checkpoints() -> Bag {
    let mut draft = Draft::new(40, 1);
    for index in 0..draft.checkpoints.len() {
        draft.recheckpoint(index, |checkpoint| {
            checkpoint["from_seq"] = json!(index + 1);
            checkpoint["last_seq"] = json!(40);
            checkpoint["record_count"] = json!(40 - index);
        });
    }
    draft.bag()
}

#[test]
fn every_code_is_produced_with_its_locators() {
    // Of records without evidence: `conduct.rs` and `loose.rs` have their cases, in a container.
    let mut produced = BTreeSet::from([
        Code::ResourceNotRead.name(),
        Code::FileNotListed.name(),
        Code::FileNotRead.name(),
        Code::TimestampUnreadable.name(),
        Code::ResourceDuplicate.name(),
        Code::SearchPagesMissing.name(),
    ]);
    for (code, make, locators) in TABLE {
        let report = make().check();
        let found: Vec<_> = report.findings().iter().filter(|finding| finding.code == *code).collect();
        assert!(!found.is_empty(), "{} is not among {:?}", code.name(), bag::codes(&report));
        let json = serde_json::to_value(found[0]).unwrap();
        for locator in *locators {
            assert!(json.get(locator).is_some(), "{} has no {locator}: {json}", code.name());
        }
        let sentence = found[0].message.as_str();
        assert!(sentence.ends_with('.') && !sentence.contains("MRN") && !sentence.contains("u-1041"), "{sentence}");
        produced.insert(code.name());
    }
    let all: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let absent: Vec<_> = all.difference(&produced).collect();
    assert!(absent.is_empty(), "no case for {absent:?}");
}

#[test]
fn an_error_is_never_better_than_a_failure() {
    for (code, make, _) in TABLE {
        let report = make().check();
        let is_error = report.findings().iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(report.integrity() == verify::Integrity::Fail, is_error, "{}", code.name());
        assert_eq!(report.badge() == verify::Badge::Altered, is_error, "{}", code.name());
        assert_eq!(report.assurance().is_none(), is_error, "{}", code.name());
    }
}
