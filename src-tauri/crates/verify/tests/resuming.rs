//! A check that was stopped and gone on with says what one says that was not: for whole and for damaged bundles, at
//! every segment, however often it was stopped, and whatever became of the state that was kept.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

mod bag;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, OTHER_STREAM, packed_bag};
use integrity::head::read_anchor_file;
use integrity::keys::Kid;
use serde_json::{Value as Json, json};
use specimen::{Compression, MemorySink, Signing, Tamper};
use verify::{
    Anchor, HowFar, Interim, MemorySpill, NoOnlooker, NoProgress, Options, Origin, PinnedKey, Proceed, Progress,
    Source, Stint, Trust, check_resumably,
};

const PROGRAM: &str = "Chartproof 0.1.0";

/// Stops when it has been asked so often; at 0 never.
struct StopAt(AtomicU64);

impl Progress for StopAt {
    fn came(&self, how_far: HowFar) -> Proceed {
        assert!(how_far.bytes <= how_far.bytes_total);
        if self.0.fetch_sub(1, Ordering::Relaxed) == 1 { Proceed::Stop } else { Proceed::GoOn }
    }
}

/// A bundle and what it is checked with.
struct Case<'s> {
    source: &'s dyn Source,
    trust: Trust,
    anchors: Vec<Anchor>,
}

impl<'s> Case<'s> {
    fn of(bag: &'s Bag) -> Self {
        Self { source: bag, trust: bag.trust.clone(), anchors: bag.anchors.clone() }
    }

    /// Every check has a key of its own, as in the program.
    fn options(&self) -> Options {
        static CHECKS: AtomicU64 = AtomicU64::new(1);
        let mut key = [0; 16];
        key[..8].copy_from_slice(&CHECKS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        Options { workers: 2, trust: self.trust.clone(), anchors: self.anchors.clone(), ..Options::new(key) }
    }

    fn whole(&self) -> Json {
        let mut spill = MemorySpill::new();
        let report = verify::check(self.source, &self.options(), &NoOnlooker, &NoProgress, &mut spill);
        serde_json::to_value(report.unwrap()).unwrap()
    }

    fn stint(&self, stop_at: u64, from: Option<Interim>) -> Stint {
        check_resumably(self.source, &self.options(), PROGRAM, &StopAt(AtomicU64::new(stop_at)), from).unwrap()
    }

    /// Goes on to the end.
    fn end(&self, from: Option<Interim>) -> (Json, Option<HowFar>) {
        let Stint { report, went_on, interim } = self.stint(0, from);
        assert!(interim.is_none(), "what has ended is not gone on with");
        (serde_json::to_value(report).unwrap(), went_on)
    }

    /// Stops wherever it can be stopped, goes on behind every segment, and stops once more on the way. Gives the
    /// numbers of records behind which it went on.
    #[track_caller]
    fn hold(&self, what: &str) -> Vec<u64> {
        let whole = self.whole();
        let mut behind: Vec<u64> = Vec::new();
        for stop_at in 1.. {
            let Stint { report, went_on, interim } = self.stint(stop_at, None);
            assert_eq!(went_on, None);
            if report.stopped().is_none() {
                assert_eq!(serde_json::to_value(report).unwrap(), whole, "{what}");
                break;
            }
            let Some(interim) = interim else { continue };
            let how_far = interim.how_far();
            assert!(how_far.records <= report.stopped().unwrap().records, "{what}");
            if behind.contains(&how_far.records) {
                continue;
            }
            behind.push(how_far.records);
            let kept = written(&interim);
            let (report, went_on) = self.end(read(&kept));
            assert_eq!(went_on, Some(how_far), "{what}, stop {stop_at}");
            assert_eq!(report, whole, "{what}, stop {stop_at}");
            let again = self.stint(stop_at + 3, read(&kept));
            if let Some(stopped) = again.report.stopped() {
                assert!(stopped.records >= how_far.records || again.went_on.is_none(), "{what}");
                let later = again.interim.as_ref().map(written).unwrap_or(kept);
                assert_eq!(self.end(read(&later)).0, whole, "{what}, stop {stop_at} and once more");
            }
        }
        behind
    }
}

fn written(interim: &Interim) -> Vec<u8> {
    let mut bytes = Vec::new();
    interim.write(&mut bytes).unwrap();
    bytes
}

fn read(mut bytes: &[u8]) -> Option<Interim> {
    let interim = Interim::read(&mut bytes).unwrap();
    assert!(interim.is_some());
    interim
}

type Damage = fn(&mut Draft);

const DAMAGES: [(&str, Damage); 10] = [
    ("nothing", |_| {}),
    ("a change", |draft| draft.change(25, |record| record["event"]["action"] = json!("print"))),
    ("a new hash", |draft| draft.rehash(25, |record| record["event"]["action"] = json!("print"))),
    ("a deletion over a boundary", |draft| draft.delete(18..=23)),
    ("a copy in a later segment", |draft| {
        let copy = draft.line_mut(12).clone();
        draft.segments[3].lines.insert(2, copy);
    }),
    ("an event id twice", |draft| {
        let id = bag::parsed(draft.line_mut(3))["event"]["event_id"].clone();
        draft.rehash(44, |record| record["event"]["event_id"] = id);
        draft.rechain(bag::STREAM);
    }),
    ("another order", |draft| {
        let moved = draft.segments[1].lines.remove(4);
        draft.segments[4].lines.insert(1, moved);
    }),
    ("unreadable lines", |draft| {
        draft.line_mut(20).truncate(30);
        *draft.line_mut(21) = b"{".to_vec();
    }),
    ("clocks that go back, another version, an unknown member", |draft| {
        draft.change(15, |record| record["event"]["timestamp"] = json!(bag::time(60)));
        draft.change(33, |record| record["audit_log_version"] = json!("1.7"));
        draft.change(34, |record| record["event"]["colour"] = json!("red"));
        draft.rechain(bag::STREAM);
    }),
    ("a segment of another stream", |draft| OTHER_STREAM.clone_into(&mut draft.segments[2].stream_id)),
];

#[test]
fn a_check_that_is_gone_on_with_says_what_one_says_that_was_not_stopped() {
    let producer = Producer::new(5);
    for policy in Policy::ALL {
        for (what, damage) in DAMAGES {
            let mut draft = Draft::new(60, 10);
            draft.add_stream(OTHER_STREAM, 25, 10);
            draft.checkpoint_every(15);
            draft.sign(policy, &producer);
            damage(&mut draft);
            draft.restate_segments();
            if policy == Policy::Segment {
                draft.sign_segments(&producer);
            }
            let mut bag = draft.bag();
            for is_pinned in [false, true] {
                bag.trust.keys = if is_pinned { vec![producer.pin()] } else { Vec::new() };
                let behind = Case::of(&bag).hold(&format!("{what}, {}", policy.word()));
                // Behind every segment of both streams.
                assert_eq!(behind.len(), 9, "{what}, {}: {behind:?}", policy.word());
            }
        }
    }
}

#[test]
fn packed_segments_and_damaged_ones_are_passed_like_others() {
    let gzip = |content: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |content: &[u8]| zstd::encode_all(content, 3).unwrap();
    let draft = Draft::new(50, 10);
    for (word, pack) in [("gzip", &gzip as &dyn Fn(&[u8]) -> Vec<u8>), ("zstd", &zstd)] {
        let mut bag = packed_bag(&draft, word, pack, |_| {});
        assert_eq!(Case::of(&bag).hold(word).len(), 5);
        let name = bag.names().into_iter().find(|name| name.contains("segment-000002")).unwrap();
        let mut bytes = bag.get(&name).to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        bag.set(&name, bytes);
        assert!(Case::of(&bag).hold(word).len() >= 4);
        bag.remove(&name);
        assert_eq!(Case::of(&bag).hold(word).len(), 4);
    }
}

#[test]
fn every_damage_to_every_signed_log_is_told_as_if_nobody_had_stopped() {
    for signing in Signing::ALL.iter().copied() {
        for tamper in [None].into_iter().chain(Tamper::ALL.iter().copied().map(Some)) {
            let packed = (signing == Signing::None).then_some(Compression::Zstd);
            for compression in [Compression::None].into_iter().chain(packed) {
                let options = specimen::Options {
                    events: 100,
                    days: Some(3),
                    rows_per_segment: 40,
                    signing,
                    tamper,
                    compression,
                    ..specimen::Options::default()
                };
                let mut sink = MemorySink::new();
                // Not every damage can be done to every form.
                let Ok(specimen) = options.plan().map(|plan| plan.write(&mut sink).unwrap()) else { continue };
                let mut bag = Bag::new(sink.into_files());
                let kid = specimen.kid.as_deref().and_then(Kid::from_text);
                bag.trust.keys = kid.map(PinnedKey::by_kid).into_iter().collect();
                let what = format!("{} {}", signing.word(), tamper.map_or("whole", Tamper::word));
                let behind = Case::of(&bag).hold(&what);
                assert!(behind.len() >= 2 || tamper.is_some(), "{what}: {behind:?}");
            }
        }
    }
}

fn development_bundles() -> Vec<PathBuf> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(root.join("native-bundle/dev")) else {
        println!("skipped: no conformance data (native-bundle/dev)");
        return Vec::new();
    };
    folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

#[test]
fn development_bundles_are_told_as_if_nobody_had_stopped() {
    for path in development_bundles() {
        let expected: Json = serde_json::from_slice(&std::fs::read(path.join("expected.json")).unwrap()).unwrap();
        let bundle = bundle::open(&path.join("bag"), &bundle::Limits::standard()).unwrap();
        let pins = expected["pins"].as_array().unwrap().iter();
        let keys = pins.map(|kid| PinnedKey::by_kid(Kid::from_text(kid.as_str().unwrap()).unwrap())).collect();
        let anchor = expected["anchor"].as_str().map(|name| std::fs::read(path.join(name)).unwrap());
        let anchors = anchor.iter().map(|text| Anchor::from_file(read_anchor_file(text).unwrap())).collect();
        Case { source: &bundle, trust: Trust { keys, ..Trust::default() }, anchors }.hold(&path.display().to_string());
    }
}

/// A state in the middle of a log of five segments, as it is kept.
fn kept(bag: &Bag) -> Vec<u8> {
    let case = Case::of(bag);
    let interim = (1..).find_map(|stop_at| {
        let interim = case.stint(stop_at, None).interim;
        interim.filter(|interim| interim.how_far().records >= 20)
    });
    written(&interim.unwrap())
}

fn signed() -> Bag {
    let producer = Producer::new(3);
    let mut bag = Draft::signed(50, 10, Policy::Event, &producer).bag();
    bag.trust.keys = vec![producer.pin()];
    bag
}

#[test]
fn a_state_that_is_cut_or_altered_is_dropped() {
    let bag = signed();
    let kept = kept(&bag);
    assert!(Interim::read(&mut kept.as_slice()).unwrap().is_some());
    for end in 0..kept.len() {
        assert!(Interim::read(&mut &kept[..end]).unwrap().is_none(), "cut at {end}");
    }
    for at in 0..kept.len() {
        let mut flipped = kept.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(Interim::read(&mut flipped.as_slice()).unwrap().is_none(), "flipped at {at}");
    }
    let longer = [kept.as_slice(), b"\0"].concat();
    assert!(Interim::read(&mut longer.as_slice()).unwrap().is_none());
}

#[test]
fn a_state_of_other_inputs_or_of_another_bundle_is_dropped() {
    let bag = signed();
    let kept = kept(&bag);
    let (report, went_on) = Case::of(&bag).end(read(&kept));
    assert_eq!((went_on.map(|how_far| how_far.records), &report["badge"]), (Some(20), &json!("verified")));

    let pin = bag.trust.keys[0].clone();
    let mut others: Vec<(&str, Bag)> = Vec::new();
    let mut other = |what, change: &dyn Fn(&mut Bag)| {
        let mut bag = bag.clone();
        change(&mut bag);
        others.push((what, bag));
    };
    other("no pin", &|bag| bag.trust.keys.clear());
    other("a revoked pin", &|bag| bag.trust.keys = vec![PinnedKey { revoked_from: Some(0), ..pin.clone() }]);
    other("one pin more", &|bag| bag.trust.keys.push(Producer::new(8).pin()));
    other("an anchor", &|bag| {
        bag.anchors.push(Anchor {
            stream_id: bag::STREAM.to_owned(),
            last_seq: 17,
            last_hash: integrity::Digest::of(b"another"),
            last_event_id: None,
            origin: Origin::Typed,
        });
    });
    other("another segment size", &|bag| {
        let name = "data/events/segment-000001.ndjson";
        let longer = [bag.get(name), b"{}\n"].concat();
        bag.set(name, longer);
    });
    other("one file more", &|bag| bag.set("data/more.txt", "x"));
    other("another list of keys", &|bag| bag.edit("data/keys/keys.json", "2029-01-01", "2028-01-01"));
    other("another statement", &|bag| bag.edit("data/audit-manifest.json", "Example Clinic", "Example Praxis"));
    other("another checkpoint", &|bag| {
        bag.edit("data/checkpoints/checkpoints.ndjson", "\"last_seq\":20", "\"last_seq\":21");
    });
    other("other limits", &|bag| bag.limits.entry_bytes_max += 1);
    for (what, other) in others {
        let case = Case::of(&other);
        let (report, went_on) = case.end(read(&kept));
        assert_eq!(went_on, None, "{what}");
        assert_eq!(report, case.whole(), "{what}");
    }
    let case = Case::of(&bag);
    let tolerant = Options { clock_tolerance: std::time::Duration::from_secs(1), ..case.options() };
    assert_eq!(check_resumably(&bag, &tolerant, PROGRAM, &NoProgress, read(&kept)).unwrap().went_on, None);
    let stint = check_resumably(&bag, &case.options(), "Chartproof 0.2.0", &NoProgress, read(&kept)).unwrap();
    assert_eq!(stint.went_on, None);
    // The number of threads is none of the inputs.
    let alone = Options { workers: 1, ..case.options() };
    assert!(check_resumably(&bag, &alone, PROGRAM, &NoProgress, read(&kept)).unwrap().went_on.is_some());
}

#[test]
fn a_check_that_is_stopped_before_it_goes_on_leaves_what_was_kept_as_good_as_it_was() {
    let bag = signed();
    let kept = kept(&bag);
    let case = Case::of(&bag);
    let stint = case.stint(1, read(&kept));
    assert!(stint.report.stopped().is_some() && stint.interim.is_none() && stint.went_on.is_none());
    assert_eq!(case.end(read(&kept)).0, case.whole());
}

#[test]
fn a_log_that_is_off_everywhere_is_gone_on_with_all_the_same() {
    let mut draft = Draft::new(1200, 100);
    for segment in &mut draft.segments {
        segment.lines.reverse();
    }
    draft.restate_segments();
    let bag = draft.bag();
    let behind = Case::of(&bag).hold("reversed");
    assert_eq!(behind.len(), 12);
}

#[test]
fn an_export_without_evidence_is_begun_again() {
    let mut bag = Bag::new([("events.ndjson".to_owned(), b"{}\n".to_vec())].into());
    bag.profile = bundle::Profile::FhirAuditEvent;
    assert_eq!(Case::of(&bag).hold("foreign"), [0; 0]);
}
