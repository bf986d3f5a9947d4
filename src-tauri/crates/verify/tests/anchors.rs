//! Heads from outside the bundle, and what is said where they agree and where they do not.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, OTHER_STREAM, STREAM, codes, joined, parsed};
use integrity::{Digest, merkle};
use serde_json::json;
use verify::{Anchor, Assurance, Badge, Code, CoverageState, Integrity, Origin, Remembered, Report};

/// The head of the first stream at one of its records.
fn head(draft: &Draft, seq: u64) -> Anchor {
    let (segment, line) = draft.place(seq);
    let record = parsed(&draft.segments[segment].lines[line]);
    Anchor {
        stream_id: STREAM.to_owned(),
        last_seq: seq,
        last_hash: Digest::from_hex(record["hash"].as_str().unwrap()).unwrap(),
        last_event_id: Some(record["event"]["event_id"].as_str().unwrap().to_owned()),
        origin: Origin::File,
    }
}

/// What an import of this report's bundle leaves behind.
fn left_behind(report: &Report) -> Vec<Anchor> {
    let heads = report.evidence().heads.iter();
    heads
        .map(|head| Anchor {
            stream_id: head.stream_id.clone(),
            last_seq: head.last_seq,
            last_hash: Digest::from_hex(&head.last_hash).unwrap(),
            last_event_id: Some(head.last_event_id.clone()),
            origin: Origin::Remembered(Remembered {
                on: "2026-04-01".to_owned(),
                export: report.export().unwrap(),
                bundle_id: None,
                first: Some((head.first_seq, Digest::from_hex(&head.first_prev_hash).unwrap())),
                came_later: false,
            }),
        })
        .collect()
}

fn checked(draft: &Draft, anchors: &[Anchor]) -> Report {
    let mut bag = draft.bag();
    bag.anchors = anchors.to_vec();
    bag.check()
}

fn told(report: &Report) -> (Vec<&'static str>, &'static str) {
    (codes(report), report.assurance().map_or("none", Assurance::word))
}

fn outcomes(report: &Report) -> Vec<&'static str> {
    report.evidence().anchors.iter().map(|used| used.outcome).collect()
}

/// The log with a record changed and everything computed anew.
fn rewritten(draft: &Draft, seq: u64) -> Draft {
    let mut draft = draft.clone();
    draft.change(seq, |record| record["event"]["action"] = json!("print"));
    draft.rechain(STREAM);
    draft.checkpoint_every(20);
    draft.restate();
    draft
}

/// The records from `first` to `last` as a bundle of their own.
fn part(draft: &Draft, first: u64, last: u64) -> Draft {
    let mut part = draft.clone();
    part.segments.retain_mut(|segment| {
        segment.lines.retain(|line| (first..=last).contains(&parsed(line)["seq"].as_u64().unwrap()));
        !segment.lines.is_empty()
    });
    part.checkpoints.clear();
    part.restate();
    part
}

#[test]
fn an_anchor_at_the_head_proves_all_before_it() {
    let draft = Draft::new(40, 20);
    let report = checked(&draft, &[head(&draft, 40)]);
    assert_eq!((told(&report), report.badge().name()), ((vec![], "ANCHORED"), "verified"));
    let proves = report.proves().join(" ");
    assert!(
        proves.contains("Records 1 to 40 are as they were when the head at record 40 was noted outside of this bundle"),
        "{proves}"
    );
    assert!(report.does_not_prove().join(" ").contains("What happened after the anchor was taken"));
}

#[test]
fn an_anchor_below_the_head_proves_no_more_than_it_reaches() {
    let draft = Draft::new(40, 20);
    let report = checked(&draft, &[head(&draft, 25)]);
    assert_eq!((told(&report), report.badge()), ((vec![], "CONSISTENT"), Badge::Unsigned));
    let states: Vec<_> = report.coverage().iter().map(|span| (span.from_seq, span.to_seq, span.state)).collect();
    assert_eq!(states, [(1, 25, CoverageState::Proven), (26, 40, CoverageState::NotCovered)]);
    assert_eq!(
        report.summary()[1],
        "Records 1 to 25 are as they were when the head at record 25 was noted outside of this bundle; nobody vouches for \
         records 26 to 40."
    );
    // Above it anything can be rewritten; below it nothing.
    assert_eq!(told(&checked(&rewritten(&draft, 30), &[head(&draft, 25)])), (vec![], "CONSISTENT"));
    let report = checked(&rewritten(&draft, 7), &[head(&draft, 5), head(&draft, 25), head(&draft, 40)]);
    assert_eq!(told(&report), (vec!["ANCHOR_MISMATCH"], "none"));
    let finding = &report.findings()[0];
    assert_eq!((finding.seq, finding.altered_within), (Some(25), Some([6, 25])));
    assert_eq!(outcomes(&report), ["agrees", "differs", "differs"]);
}

#[test]
fn a_tail_cut_below_an_anchor_is_missed() {
    let draft = Draft::new(40, 20);
    let report = checked(&part(&draft, 1, 37), &[head(&draft, 40)]);
    assert_eq!(told(&report), (vec!["TAIL_TRUNCATED"], "none"));
    let finding = &report.findings()[0];
    assert_eq!(
        (finding.missing_from, finding.missing_to, finding.source.as_deref()),
        (Some(38), Some(40), Some("anchor"))
    );
    assert_eq!(report.coverage().last().unwrap().state, CoverageState::Missing);
}

#[test]
fn an_anchor_with_another_event_id_or_of_another_log_anchors_nothing() {
    let draft = Draft::new(40, 20);
    let anchor = Anchor { last_event_id: Some("x".to_owned()), ..head(&draft, 40) };
    let report = checked(&draft, &[anchor]);
    assert_eq!(
        (told(&report).0, report.findings()[0].field.as_deref()),
        (vec!["ANCHOR_MISMATCH"], Some("last_event_id"))
    );
    let other = Anchor { stream_id: OTHER_STREAM.to_owned(), ..head(&draft, 40) };
    let report = checked(&draft, &[other]);
    assert_eq!((told(&report), outcomes(&report)), ((vec![], "CONSISTENT"), vec!["elsewhere"]));
    assert!(report.does_not_prove().join(" ").contains("Agreement with the head that was given for stream 1111"));
}

#[test]
fn a_remembered_head_anchors_only_another_export() {
    let draft = Draft::new(40, 20);
    let first = checked(&part(&draft, 1, 30), &[]);
    let memory = left_behind(&first);
    assert_eq!(memory.len(), 1);
    let again = checked(&part(&draft, 1, 30), &memory);
    assert_eq!((told(&again), outcomes(&again)), ((vec![], "CONSISTENT"), vec!["same_export"]));
    let later = checked(&draft, &memory);
    assert_eq!((told(&later), outcomes(&later)), ((vec![], "CONSISTENT"), vec!["agrees"]));
    let proves = later.proves().join(" ");
    assert!(proves.contains("Records 1 to 30 have not changed since our import on 2026-04-01."), "{proves}");
    let rewritten = checked(&rewritten(&draft, 7), &memory);
    assert_eq!(told(&rewritten).0, ["ANCHOR_MISMATCH"]);
    assert!(rewritten.findings()[0].message.contains("the import of 2026-04-01"));
}

#[test]
fn an_older_export_than_one_already_imported_is_a_rollback() {
    let draft = Draft::new(40, 20);
    let memory = left_behind(&checked(&draft, &[]));
    let report = checked(&part(&draft, 1, 30), &memory);
    assert_eq!(told(&report), (vec!["BUNDLE_ROLLBACK"], "none"));
    let finding = &report.findings()[0];
    assert_eq!((finding.seq, finding.missing_from, finding.missing_to), (Some(30), Some(31), Some(40)));
}

#[test]
fn a_failed_or_unfinished_check_leaves_no_head_behind() {
    let mut draft = Draft::new(40, 20);
    draft.change(7, |record| record["event"]["action"] = json!("print"));
    let report = checked(&draft, &[]);
    assert_eq!(report.integrity(), Integrity::Fail);
    assert!(report.evidence().heads.is_empty());
}

#[test]
fn bundle_after_bundle_the_beginning_is_proven_by_the_one_before() {
    let draft = Draft::new(60, 20);
    let parts = [part(&draft, 1, 20), part(&draft, 21, 40), part(&draft, 41, 60)];
    let first = left_behind(&checked(&parts[0], &[]));
    assert_eq!(codes(&checked(&parts[1], &[])), ["CHAIN_START_UNVERIFIED"]);
    let second = checked(&parts[1], &first);
    assert_eq!((told(&second), outcomes(&second)), ((vec![], "CONSISTENT"), vec!["goes_on"]));
    assert!(second.proves().iter().any(|sentence| sentence.starts_with("The log goes on from the head")));
    // The later one, imported first, anchors the earlier one; with one between them nothing is said.
    let later = left_behind(&second);
    let earlier = checked(&parts[0], &later);
    assert_eq!((told(&earlier), outcomes(&earlier)), ((vec![], "ANCHORED"), vec!["agrees"]));
    let third = left_behind(&checked(&parts[2], &[]));
    assert_eq!(
        (told(&checked(&parts[0], &third)), outcomes(&checked(&parts[0], &third))),
        ((vec![], "CONSISTENT"), vec!["elsewhere"])
    );

    let forged = part(&rewritten(&draft, 7), 1, 20);
    assert_eq!(told(&checked(&forged, &later)).0, ["ANCHOR_MISMATCH"], "another end than the later one names");
    let forged = part(&rewritten(&draft, 7), 21, 40);
    let report = checked(&forged, &first);
    assert_eq!(told(&report).0, ["ANCHOR_MISMATCH"], "another beginning than the earlier one's end");
    assert_eq!(report.findings()[0].seq, Some(20));
}

/// A log of which records 15 to 26 lie in an archive, which may be in the bag.
fn archived(present: bool) -> (Draft, Bag) {
    archived_as(present, "a.ndjson", "application/x-ndjson", |content| content)
}

/// The same with an archive of any name and kind, packed in any way.
fn archived_as(present: bool, name: &str, kind: &str, pack: impl Fn(Vec<u8>) -> Vec<u8>) -> (Draft, Bag) {
    let draft = Draft::new(40, 20);
    let lines: Vec<_> = draft.lines_of(STREAM)[14..26].to_vec();
    let (first, last) = (parsed(&lines[0]), parsed(&lines[11]));
    let leaves: Vec<_> =
        lines.iter().map(|line| integrity::canonical::scan(line).unwrap().preimage().leaf_hash()).collect();
    let mut rest = draft.clone();
    rest.delete(15..=26);
    rest.restate();
    let content = pack(joined(&lines));
    let path = format!("data/archives/{name}");
    rest.manifest["archives"] = json!([{
        "stream_id": STREAM, "location": "tape 7", "present": present, "path": path,
        "media_type": kind, "sha256": Digest::of(&content).to_hex(), "rows": 12,
        "first_seq": 15, "last_seq": 26, "first_prev_hash": first["prev_hash"], "last_hash": last["hash"],
        "merkle_root": merkle::root(&leaves).to_hex(),
    }]);
    let mut files = rest.files();
    if present {
        files.insert(path, content);
    }
    (draft, bag::wrapped(files))
}

#[test]
fn an_archive_in_the_bundle_is_checked_and_leads_the_chain_on() {
    let (draft, mut bag) = archived(true);
    bag.anchors = vec![head(&draft, 40)];
    assert_eq!(told(&bag.check()), (vec![], "ANCHORED"));
    assert!(bag.check().coverage().iter().all(|span| span.state == CoverageState::Proven));
    // A changed record in it, with everything about it stated anew by somebody without the chain.
    let text = String::from_utf8(bag.get("data/archives/a.ndjson").to_vec()).unwrap();
    let mut files = std::collections::BTreeMap::new();
    for name in bag.names().into_iter().filter(|name| name.starts_with("data/")) {
        files.insert(name.clone(), bag.get(&name).to_vec());
    }
    files.insert("data/archives/a.ndjson".to_owned(), text.replacen("\"read\"", "\"print\"", 1).into_bytes());
    let report = bag::wrapped(files).check();
    for code in ["EVENT_MODIFIED", "SEGMENT_HASH_MISMATCH", "MERKLE_ROOT_MISMATCH", "ARCHIVE_ABSENT"] {
        assert!(codes(&report).contains(&code), "{code} is not among {:?}", codes(&report));
    }
    let absent = report.findings().iter().find(|finding| finding.code == Code::ArchiveAbsent).unwrap();
    assert!(absent.message.contains("an archive of this bundle that does not hold"), "{}", absent.message);
}

#[test]
fn a_packed_archive_is_read_and_one_of_another_kind_is_said_to_be_here() {
    let gzip = |content: Vec<u8>| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, &content).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |content: Vec<u8>| zstd::encode_all(&*content, 3).unwrap();
    let packed = |name, pack: &dyn Fn(Vec<u8>) -> Vec<u8>| archived_as(true, name, "application/x-ndjson", pack).1;
    for bag in [packed("a.ndjson.gz", &gzip), packed("a.ndjson.zst", &zstd)] {
        assert_eq!(told(&bag.check()), (vec![], "CONSISTENT"));
    }
    let cut = |content: Vec<u8>| gzip(content)[..60].to_vec();
    let report = packed("a.ndjson.gz", &cut).check();
    assert!(codes(&report).len() <= 3 && codes(&report).contains(&"ARCHIVE_LAYOUT"), "{:?}", codes(&report));
    let other = archived_as(true, "a.tape", "application/x-tape", |content| content).1.check();
    assert_eq!(told(&other).0, ["ARCHIVE_ABSENT"]);
    assert!(other.findings()[0].message.contains("in a form that is not read"), "{:?}", other.findings());
}

#[test]
fn over_an_archive_that_is_not_here_no_anchor_reaches() {
    let (draft, mut bag) = archived(false);
    bag.anchors = vec![head(&draft, 40)];
    let report = bag.check();
    assert_eq!(told(&report), (vec!["ARCHIVE_ABSENT"], "CONSISTENT"));
    let reach: Vec<_> =
        report.evidence().reach.iter().map(|reached| (reached.from_seq, reached.to_seq, reached.by)).collect();
    assert_eq!(reach, [(1, 14, "nobody"), (27, 40, "anchored")]);
}

#[test]
fn a_pinned_log_with_an_unseen_archive_is_not_called_verified() {
    let producer = Producer::new(1);
    let mut draft = Draft::new(40, 20);
    let (first, last) = (parsed(draft.line_mut(15)), parsed(draft.line_mut(26)));
    draft.delete(15..=26);
    draft.sign(Policy::Event, &producer);
    draft.manifest["archives"] = json!([{
        "stream_id": STREAM, "location": "tape 7", "present": false, "first_seq": 15, "last_seq": 26,
        "first_prev_hash": first["prev_hash"], "last_hash": last["hash"],
    }]);
    let mut bag = draft.bag();
    bag.trust.keys = vec![producer.pin()];
    let report = bag.check();
    assert_eq!((told(&report), report.badge()), ((vec!["ARCHIVE_ABSENT"], "SIGNED_PINNED"), Badge::NotVerified));
    assert!(report.summary()[1].contains("archive"), "{:?}", report.summary());
    assert_eq!(report.findings()[0].code, Code::ArchiveAbsent);
}

#[test]
fn an_export_that_came_later_and_goes_further_shows_nothing_about_an_earlier_one() {
    let draft = Draft::new(40, 20);
    let mut whole = left_behind(&checked(&draft, &[]));
    let earlier = part(&draft, 1, 25);
    assert_eq!(told(&checked(&earlier, &whole)), (vec!["BUNDLE_ROLLBACK"], "none"));
    let later = |anchors: &mut [Anchor]| {
        for anchor in anchors {
            let Origin::Remembered(remembered) = &mut anchor.origin else { unreachable!("left by an import") };
            remembered.came_later = true;
        }
    };
    later(&mut whole);
    let report = checked(&earlier, &whole);
    assert_eq!((told(&report), outcomes(&report)), ((vec![], "CONSISTENT"), vec!["elsewhere"]));
    // What came first does not rest on what came after it, even where they agree.
    let mut same = left_behind(&checked(&rewritten(&draft, 7), &[]));
    later(&mut same);
    let report = checked(&rewritten(&draft, 7), &another_export(same));
    assert_eq!((told(&report), outcomes(&report)), ((vec![], "CONSISTENT"), vec!["agrees_only"]));
    // Where it ends within the earlier one, the two are still held against each other.
    let mut part_of = left_behind(&checked(&earlier, &[]));
    later(&mut part_of);
    assert_eq!(told(&checked(&rewritten(&draft, 7), &part_of)), (vec!["ANCHOR_MISMATCH"], "none"));
}

/// The same heads, as another export left them behind.
fn another_export(mut anchors: Vec<Anchor>) -> Vec<Anchor> {
    for anchor in &mut anchors {
        let Origin::Remembered(remembered) = &mut anchor.origin else { unreachable!("left by an import") };
        remembered.export = Digest::of(b"another export");
    }
    anchors
}

#[test]
fn the_same_bundle_in_another_make_vouches_for_nothing_and_may_contradict() {
    let draft = Draft::new(40, 20);
    let before = checked(&draft, &[]);
    let named = |id: Option<String>| {
        let mut anchors = another_export(left_behind(&before));
        for anchor in &mut anchors {
            let Origin::Remembered(remembered) = &mut anchor.origin else { unreachable!("left by an import") };
            remembered.bundle_id.clone_from(&id);
        }
        anchors
    };
    let same = before.bundle().bundle_id.clone();
    assert!(same.is_some());
    let report = checked(&draft, &named(same.clone()));
    assert_eq!((told(&report), outcomes(&report)), ((vec![], "CONSISTENT"), vec!["agrees_only"]));
    assert_eq!(report.badge(), Badge::Unsigned);
    assert_eq!(told(&checked(&rewritten(&draft, 7), &named(same))), (vec!["ANCHOR_MISMATCH"], "none"));
    let report = checked(&draft, &named(Some("another".to_owned())));
    assert_eq!((told(&report), outcomes(&report)), ((vec![], "ANCHORED"), vec!["agrees"]));
    assert!(report.summary()[0].contains("have not changed since our import on 2026-04-01"), "{:?}", report.summary());
}

#[test]
fn a_head_under_a_time_stamp_is_an_anchor_that_says_when() {
    let draft = Draft::new(40, 20);
    let at = "2026-04-02T08:00:00Z".to_owned();
    let stamped = Anchor { origin: Origin::Stamped { at }, ..head(&draft, 40) };
    let report = checked(&draft, std::slice::from_ref(&stamped));
    assert_eq!((told(&report), report.evidence().anchors[0].origin), ((vec![], "ANCHORED"), "token"));
    assert!(report.proves().join(" ").contains("a time stamp was put on the head at record 40, at 2026-04-02T08"));
    let report = checked(&rewritten(&draft, 7), &[stamped]);
    assert!(report.findings()[0].message.contains("stamped at 2026-04-02T08:00:00Z"), "{:?}", report.findings());
}
