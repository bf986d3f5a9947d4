//! A thousand random edits of valid logs of each signature policy, by somebody who knows the format and has another
//! key: the verdict is never better than what the evidence can carry (formats 1.12).
//!
//! What is allowed is worked out from the records alone, by comparing them with the ones the producer sealed:
//! whatever is called proven must be the producer's own record, *Verified* takes a log without a hole from its first
//! record on, and an anchor at the head takes all of it. A log whose beginning was left out and that says so is a
//! continuation; it may be proven from there on.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::collections::BTreeMap;

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, STREAM, hashed, parsed};
use integrity::Digest;
use integrity::canonical::scan;
use integrity::signature::Purpose;
use serde_json::{Value as Json, json};
use verify::{Anchor, Badge, CoverageState, Integrity, Origin, Remembered, Report};

const EDITS: u64 = 1000;
const RECORDS: u64 = 30;

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn seq(&mut self) -> u64 {
        1 + self.below(RECORDS)
    }
}

/// The number of some record that is there.
fn some(draft: &Draft, chance: &mut Chance) -> u64 {
    let lines = draft.lines_of(STREAM);
    parsed(&lines[chance.index(lines.len())])["seq"].as_u64().unwrap()
}

/// Takes out all records from `from` to `to`, and the segments that held nothing else.
fn take_out(draft: &mut Draft, from: u64, to: u64) {
    for segment in &mut draft.segments {
        segment.lines.retain(|line| !(from..=to).contains(&parsed(line)["seq"].as_u64().unwrap()));
    }
    draft.segments.retain(|segment| !segment.lines.is_empty());
}

fn blame(record: &mut Json) {
    record["event"]["action"] = json!("print");
}

type Edit = fn(&mut Draft, &mut Chance, &Producer);

/// Ways to change a log before it is put into a bag.
const EDITS_OF_LOGS: [(&str, Edit); 17] = [
    ("field", |draft, chance, _| draft.change(some(draft, chance), blame)),
    ("re-hash", |draft, chance, _| draft.rehash(some(draft, chance), blame)),
    ("re-chain", |draft, chance, _| {
        draft.change(some(draft, chance), blame);
        draft.rechain(STREAM);
    }),
    ("line gone", |draft, chance, _| {
        let seq = some(draft, chance);
        take_out(draft, seq, seq);
    }),
    ("line gone and re-chained", |draft, chance, _| {
        let seq = some(draft, chance);
        take_out(draft, seq, seq);
        draft.rechain(STREAM);
    }),
    ("line twice", |draft, chance, _| {
        let (segment, line) = draft.place(some(draft, chance));
        let copy = draft.segments[segment].lines[line].clone();
        draft.segments[segment].lines.insert(line, copy);
    }),
    ("line inserted", |draft, chance, thief| {
        let (segment, line) = draft.place(some(draft, chance));
        let mut foreign = parsed(&draft.segments[segment].lines[line]);
        foreign["event"]["event_id"] = json!("00000000-0000-4000-8000-000000000001");
        foreign.as_object_mut().unwrap().remove("sig");
        let foreign = thief.signed(Purpose::Event, &hashed(foreign));
        draft.segments[segment].lines.insert(line + 1, foreign);
    }),
    ("order", |draft, chance, _| {
        let (segment, line) = draft.place(some(draft, chance));
        let lines = &mut draft.segments[segment].lines;
        let other = chance.index(lines.len());
        lines.swap(line, other);
    }),
    ("tail", |draft, chance, _| take_out(draft, RECORDS - chance.below(12), RECORDS)),
    ("tail with its checkpoints", |draft, chance, _| {
        let last = RECORDS - 1 - chance.below(25);
        take_out(draft, last + 1, RECORDS);
        draft.checkpoints.retain(|line| parsed(line)["last_seq"].as_u64().unwrap() <= last);
    }),
    ("head", |draft, chance, _| take_out(draft, 1, 1 + chance.below(5))),
    ("segment gone", |draft, chance, _| {
        let (segment, _) = draft.place(some(draft, chance));
        draft.segments.remove(segment);
    }),
    ("checkpoint gone", |draft, chance, _| {
        if !draft.checkpoints.is_empty() {
            let checkpoint = chance.index(draft.checkpoints.len());
            draft.checkpoints.remove(checkpoint);
        }
    }),
    ("signature of another record", |draft, chance, _| {
        let (from, to) = (some(draft, chance), some(draft, chance));
        let sig = parsed(draft.line_mut(from))["sig"].clone();
        draft.change(to, |record| record["sig"] = sig);
    }),
    ("signature gone", |draft, chance, _| {
        draft.change(some(draft, chance), |record| drop(record.as_object_mut().unwrap().remove("sig")));
    }),
    ("re-signed", |draft, chance, thief| {
        let seq = some(draft, chance);
        draft.rehash(seq, |record| {
            blame(record);
            record.as_object_mut().unwrap().remove("sig");
        });
        let line = draft.line_mut(seq);
        *line = thief.signed(Purpose::Event, line);
    }),
    ("hidden in an archive", |draft, chance, _| {
        let lines = draft.lines_of(STREAM);
        if lines.len() < 6 {
            return;
        }
        let from = 1 + chance.index(lines.len() - 4);
        let (first, last) = (parsed(&lines[from]), parsed(&lines[from + 2]));
        let (from, to) = (first["seq"].as_u64().unwrap(), last["seq"].as_u64().unwrap());
        take_out(draft, from, to);
        draft.manifest["archives"] = json!([{
            "stream_id": STREAM, "location": "nowhere", "present": false, "first_seq": from, "last_seq": to,
            "first_prev_hash": first["prev_hash"], "last_hash": last["hash"],
        }]);
    }),
];

/// How much of what the bundle says of itself is made to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effort {
    /// The lists of files alone.
    Container,
    /// And what is said of segments.
    Segments,
    /// And everything else, signatures left as they are.
    All,
    /// And everything signed with the editor's own key, in place of the producer's.
    Signed,
    /// And nothing signed any more.
    Stripped,
}

const EFFORTS: [Effort; 5] = [Effort::Container, Effort::Segments, Effort::All, Effort::Signed, Effort::Stripped];

fn make_fit(draft: &mut Draft, effort: Effort, policy: Policy, thief: &Producer, chance: &mut Chance) {
    let (old, archives) = (draft.manifest.clone(), draft.manifest["archives"].clone());
    match effort {
        Effort::Container => {}
        Effort::Segments => draft.restate_segments(),
        Effort::All => {
            if chance.yes() {
                draft.checkpoint_every(10);
            }
            draft.restate();
            draft.manifest["signature_policy"] = old["signature_policy"].clone();
            keep_signatures(draft, &old);
        }
        Effort::Signed => {
            draft.rechain(STREAM);
            draft.checkpoint_every(10);
            draft.sign(policy, thief);
        }
        Effort::Stripped => {
            let all = draft.segments.iter_mut().flat_map(|segment| &mut segment.lines).chain(&mut draft.checkpoints);
            for line in all {
                let mut record = parsed(line);
                record.as_object_mut().unwrap().remove("sig");
                *line = integrity::canonical::to_canonical(&record).unwrap();
            }
            draft.restate();
        }
    }
    if !archives.is_null() {
        draft.manifest["archives"] = archives;
    }
}

/// Puts the old signatures under the new entries about segments.
fn keep_signatures(draft: &mut Draft, old: &Json) {
    let old: BTreeMap<_, _> =
        old["segments"].as_array().unwrap().iter().map(|entry| (entry["path"].clone().to_string(), entry)).collect();
    for entry in draft.manifest["segments"].as_array_mut().unwrap() {
        if let Some(before) = old.get(&entry["path"].to_string()) {
            // What was signed about this file, if the file is still the same; else the signature alone.
            if before["sha256"] == entry["sha256"] {
                *entry = (*before).clone();
            } else if !before["sig"].is_null() {
                entry["sig"] = before["sig"].clone();
            }
        }
    }
}

/// Ways to change a finished bag, without making anything fit.
fn edit_bag(bag: &mut Bag, chance: &mut Chance) -> &'static str {
    let names = bag.names();
    let name = names[chance.index(names.len())].clone();
    match chance.below(4) {
        0 => {
            bag.remove(&name);
            "file gone"
        }
        1 => {
            bag.set("data/events/segment-000099.ndjson", "{}\n");
            "file added"
        }
        _ => {
            let mut bytes = bag.get(&name).to_vec();
            let at = chance.index(bytes.len());
            bytes[at] ^= 1 << chance.below(7);
            bag.set(&name, bytes);
            "byte"
        }
    }
}

/// The producer's records by number.
fn originals(draft: &Draft) -> BTreeMap<u64, Digest> {
    let lines = draft.lines_of(STREAM);
    lines.iter().map(|line| (parsed(line)["seq"].as_u64().unwrap(), leaf(line).unwrap())).collect()
}

fn leaf(line: &[u8]) -> Option<Digest> {
    Some(scan(line).ok()?.preimage().leaf_hash())
}

/// The records that stand in a bag, by number.
fn standing(bag: &Bag) -> BTreeMap<u64, Vec<Option<Digest>>> {
    let mut records: BTreeMap<u64, Vec<Option<Digest>>> = BTreeMap::new();
    for name in bag.names().iter().filter(|name| name.starts_with("data/events/")) {
        for line in bag.get(name).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let seq = serde_json::from_slice::<Json>(line).ok().and_then(|record| record["seq"].as_u64());
            records.entry(seq.unwrap_or(0)).or_default().push(leaf(line));
        }
    }
    records
}

/// What the report says too much; nothing if it is not better than it may be.
fn too_good(report: &Report, bag: &Bag, truth: &BTreeMap<u64, Digest>) -> Vec<String> {
    let mut wrong = Vec::new();
    let standing = standing(bag);
    let is_true = |seq: u64| standing.get(&seq).is_some_and(|found| *found == [truth.get(&seq).copied()]);
    let is_verified = matches!(report.badge(), Badge::Verified(_));
    let says_it_continues = bag::codes(report).contains(&"CHAIN_START_UNVERIFIED");
    let first = if says_it_continues { standing.keys().next().copied().unwrap_or(1) } else { 1 };
    let word = report.assurance().map_or("none", verify::Assurance::word);
    for span in report.coverage().iter().filter(|span| span.state == CoverageState::Proven) {
        for seq in (span.from_seq..=span.to_seq).filter(|seq| !is_true(*seq)) {
            wrong.push(format!("record {seq} is called proven and is not the producer's"));
        }
    }
    if is_verified {
        let last = standing.keys().next_back().copied().unwrap_or_default();
        wrong.extend((first..=last).filter(|seq| !is_true(*seq)).map(|seq| format!("verified without record {seq}")));
    }
    if bag.trust.keys.is_empty() && word == "SIGNED_PINNED" {
        wrong.push("pinned although nothing is".to_owned());
    }
    let whole = || (first..=RECORDS).all(is_true);
    if word == "ANCHORED" && bag.anchors.iter().any(|anchor| anchor.last_seq == RECORDS) && !whole() {
        wrong.push("anchored at a head that is not reached".to_owned());
    }
    let knows_head = bag.anchors.iter().any(|anchor| anchor.last_seq == RECORDS);
    // Of an archive that is declared and not here nothing can be said but that.
    let says_it_is_archived = bag::codes(report).contains(&"ARCHIVE_ABSENT");
    if knows_head && !says_it_is_archived && !whole() && report.integrity() > Integrity::NotEvaluable {
        wrong.push("the head was known and nothing is missed".to_owned());
    }
    wrong
}

fn anchor(draft: &Draft, seq: u64, is_remembered: bool) -> Anchor {
    let (segment, line) = draft.place(seq);
    let record = parsed(&draft.segments[segment].lines[line]);
    let export = Digest::of(b"an earlier export");
    let remembered =
        Remembered { on: "2026-04-01".to_owned(), export, bundle_id: None, first: None, came_later: false };
    Anchor {
        stream_id: STREAM.to_owned(),
        last_seq: seq,
        last_hash: Digest::from_hex(record["hash"].as_str().unwrap()).unwrap(),
        last_event_id: None,
        origin: if is_remembered { Origin::Remembered(remembered) } else { Origin::Typed },
    }
}

#[test]
fn no_edit_makes_a_verdict_better_than_its_evidence() {
    let (ours, thief) = (Producer::new(1), Producer::new(2));
    let bases: Vec<_> = Policy::ALL.map(|policy| Draft::signed(RECORDS, 10, policy, &ours)).into();
    let truths: Vec<_> = bases.iter().map(originals).collect();
    let repeat = std::env::var("CHARTPROOF_SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
    let mut verdicts: BTreeMap<String, u64> = BTreeMap::new();
    for seed in repeat.map_or(0..EDITS, |seed| seed..seed + 1) {
        let mut chance = Chance(seed);
        let which = chance.index(bases.len());
        let (policy, base) = (Policy::ALL[which], &bases[which]);
        let mut draft = base.clone();
        let mut what = Vec::new();
        let mut bag = if chance.below(4) == 0 {
            let mut bag = draft.bag();
            what.push(edit_bag(&mut bag, &mut chance));
            bag
        } else {
            for _ in 0..=chance.below(2) {
                let (name, edit) = EDITS_OF_LOGS[chance.index(EDITS_OF_LOGS.len())];
                // An edit may have left nothing for the next one.
                if !draft.lines_of(STREAM).is_empty() {
                    edit(&mut draft, &mut chance, &thief);
                    what.push(name);
                }
            }
            let effort = EFFORTS[chance.index(EFFORTS.len())];
            make_fit(&mut draft, effort, policy, &thief, &mut chance);
            if chance.below(5) == 0 {
                draft.keys = json!({"keys": [thief.entry()]});
                if chance.yes() {
                    draft.keys["keys"][0]["kid"] = json!(ours.kid().to_string());
                }
                what.push("keys swapped");
            }
            what.push(match effort {
                Effort::Container => "container",
                Effort::Segments => "segments",
                Effort::All => "all",
                Effort::Signed => "signed anew",
                Effort::Stripped => "stripped",
            });
            draft.bag()
        };
        if chance.below(3) > 0 {
            bag.trust.keys = vec![ours.pin()];
        }
        if chance.below(3) == 0 {
            let seq = if chance.yes() { RECORDS } else { chance.seq() };
            bag.anchors = vec![anchor(base, seq, chance.yes())];
        }
        let report = bag.check();
        let wrong = too_good(&report, &bag, &truths[which]);
        let codes = bag::codes(&report);
        assert!(wrong.is_empty(), "CHARTPROOF_SEED={seed} ({policy:?}, {what:?}): {wrong:?} beside {codes:?}");
        let is_bag_edit = what.len() == 1 && ["byte", "file gone", "file added"].contains(&what[0]);
        assert!(!is_bag_edit || report.integrity() == Integrity::Fail, "CHARTPROOF_SEED={seed} ({what:?}) passed");
        let word = report.assurance().map_or(report.integrity().word(), verify::Assurance::word);
        *verdicts.entry(format!("{word}, {}", report.badge().name())).or_default() += 1;
    }
    println!("{verdicts:?}");
    // A test that sees one verdict only tests nothing.
    assert!(repeat.is_some() || verdicts.len() >= 5, "{verdicts:?}");
}

#[test]
fn an_older_bundle_in_place_of_a_newer_one_is_known_by_its_head_alone() {
    let ours = Producer::new(1);
    for policy in Policy::ALL {
        let whole = Draft::signed(RECORDS, 10, policy, &ours);
        let mut older = Draft::new(RECORDS, 10);
        older.segments.clone_from(&whole.segments);
        older.segments.pop();
        older.checkpoints = whole.checkpoints[..2].to_vec();
        older.restate();
        older.manifest["signature_policy"] = json!(policy.word());
        older.keys.clone_from(&whole.keys);
        if policy == Policy::Segment {
            for (entry, signed) in older.manifest["segments"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .zip(whole.manifest["segments"].as_array().unwrap())
            {
                *entry = signed.clone();
            }
        }
        let mut bag = older.bag();
        bag.trust.keys = vec![ours.pin()];
        let alone = bag.check();
        let word = alone.assurance().map(verify::Assurance::word);
        assert_eq!(word, Some(if policy == Policy::None { "CONSISTENT" } else { "SIGNED_PINNED" }), "{policy:?}");
        assert!(alone.does_not_prove()[0].contains("records after number 20 may have been cut off"));
        bag.anchors = vec![anchor(&whole, RECORDS, true)];
        assert_eq!(bag::codes(&bag.check()), ["BUNDLE_ROLLBACK"], "{policy:?}");
        bag.anchors = vec![anchor(&whole, RECORDS, false)];
        assert_eq!(bag::codes(&bag.check()), ["TAIL_TRUNCATED"], "{policy:?}");
    }
}
