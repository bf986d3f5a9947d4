//! Two exports of one log: what is said when the later one extends the earlier, and when it does not.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::io::Write as _;
use std::path::Path;

use bag::{Bag, Draft, OTHER_STREAM, STREAM, Segment, hashed, parsed};
use integrity::canonical::to_canonical;
use proptest::prelude::*;
use serde_json::json;
use verify::{
    Comparison, DifferenceKind, Export, HowFar, Integrity, NoProgress, Obstacle, Options, Order, Outcome, Proceed,
    Progress, Source,
};

/// The lines of one log of so many records.
fn log(count: u64) -> Vec<Vec<u8>> {
    Draft::new(count, 50).lines_of(STREAM)
}

/// An export of some lines of one stream.
fn export(lines: &[Vec<u8>], per_segment: usize) -> Draft {
    let mut draft =
        Draft { segments: Vec::new(), checkpoints: Vec::new(), keys: json!({"keys": []}), manifest: json!(null) };
    add(&mut draft, STREAM, lines, per_segment);
    draft.restate();
    draft
}

fn add(draft: &mut Draft, stream_id: &str, lines: &[Vec<u8>], per_segment: usize) {
    for lines in lines.chunks(per_segment) {
        let path = format!("data/events/segment-{:06}.ndjson", draft.segments.len() + 1);
        draft.segments.push(Segment { path, stream_id: stream_id.to_owned(), lines: lines.to_vec() });
    }
}

fn compare(earlier: &dyn Source, later: &dyn Source) -> Comparison {
    let of = |source| Export { source, path: None, own_check: None };
    verify::compare(&of(earlier), &of(later), &Options::new([3; 16]), &NoProgress).unwrap()
}

#[track_caller]
fn extends(earlier: &Draft, later: &Draft) -> Comparison {
    let comparison = compare(&earlier.bag(), &later.bag());
    assert_eq!(comparison.outcome, Outcome::Extends, "{comparison:#?}");
    comparison
}

/// The kind and number of the first difference.
#[track_caller]
fn first(earlier: &Draft, later: &Draft) -> (DifferenceKind, u64) {
    let comparison = compare(&earlier.bag(), &later.bag());
    assert_eq!(comparison.outcome, Outcome::Rewritten, "{comparison:#?}");
    let first = comparison.streams[0].first_difference().unwrap();
    (first.kind, first.seq.unwrap())
}

#[test]
fn a_longer_export_extends_a_shorter_one_whatever_its_segments() {
    let lines = log(90);
    for cut in [1, 2, 49, 50, 51, 89, 90] {
        for (before, after) in [(50, 7), (7, 50), (1, 90)] {
            let comparison = extends(&export(&lines[..cut], before), &export(&lines, after));
            let stream = &comparison.streams[0];
            let last = parsed(&lines[cut - 1]);
            assert_eq!((stream.common.from, stream.common.to), (Some(1), last["seq"].as_u64()));
            assert_eq!(stream.common.hash.as_deref(), last["hash"].as_str());
            assert_eq!(stream.new.map_or(0, |span| span.count), 90 - u64::try_from(cut).unwrap());
            assert_eq!(comparison.order, Order::AsGiven);
        }
    }
}

#[test]
fn a_newer_export_may_begin_later_and_says_what_it_does_not_reach() {
    let lines = log(60);
    let comparison = extends(&export(&lines[..40], 13), &export(&lines[19..], 9));
    let stream = &comparison.streams[0];
    assert_eq!((stream.common.from, stream.common.to, stream.common.count), (Some(20), Some(40), 21));
    assert_eq!(stream.only_in_earlier.map(|span| (span.from, span.to)), Some((Some(1), Some(19))));
    assert!(comparison.does_not_prove.iter().any(|limit| limit.contains("19 records of the earlier export")));
    let [told, caveat] = &comparison.summary;
    assert!(told.contains("21 of the 40 records of the earlier one, 20 to 40"), "{told}");
    assert!(told.contains("19 records (1 to 19) of the earlier one lie before"), "{told}");
    assert!(!told.contains("extends") && caveat.contains("in what both exports hold"), "{told} {caveat}");
}

#[test]
fn the_next_part_of_a_log_continues_it_and_a_foreign_one_does_not() {
    let lines = log(60);
    let comparison = compare(&export(&lines[..40], 13).bag(), &export(&lines[40..], 9).bag());
    assert_eq!((comparison.outcome, comparison.streams[0].obstacle), (Outcome::NotComparable, Some(Obstacle::GoesOn)));
    assert!(!comparison.summary.join(" ").contains("nothing was changed"), "{:?}", comparison.summary);
    assert!(comparison.proves.iter().any(|proven| proven.contains("as it ended in the earlier one")));
    // Every log of the tests has its own event ids, so that its hashes are others.
    assert_eq!(first(&export(&lines[..40], 13), &export(&log(60)[40..], 9)), (DifferenceKind::NotLinked, 41));
}

#[test]
fn a_rewritten_record_is_named_with_both_places_and_what_differs() {
    let lines = log(60);
    let earlier = export(&lines, 13);
    let mut later = export(&lines, 20);
    later.change(31, |record| record["event"]["actor"]["id"] = json!("u-9"));
    later.rechain(STREAM);
    later.restate();
    let (earlier, later) = (earlier.bag(), later.bag());
    let comparison = compare(&earlier, &later);
    assert_eq!(comparison.outcome, Outcome::Rewritten);
    let stream = &comparison.streams[0];
    assert_eq!((stream.common.to, stream.common.count), (Some(30), 30));
    let first = stream.first_difference().unwrap();
    assert_eq!((first.kind, first.seq, first.to_seq), (DifferenceKind::Rewritten, Some(31), Some(60)));
    assert_eq!(first.members, ["event.actor.id", "hash"]);
    let (was, is) = (first.earlier.as_ref().unwrap(), first.later.as_ref().unwrap());
    assert_eq!((was.file.as_str(), was.line), ("data/events/segment-000003.ndjson", Some(5)));
    assert_eq!((is.file.as_str(), is.line), ("data/events/segment-000002.ndjson", Some(11)));
    assert_eq!(verify::record_bytes(&earlier, was).unwrap(), lines[30]);
    let shown = parsed(&verify::record_bytes(&later, is).unwrap());
    assert_eq!(shown["hash"].as_str(), is.hash.as_deref());
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["format"], "chartproof-compare/1");
    assert_eq!(json["streams"][0]["differences"][0]["kind"], "rewritten");
    assert!(!json.to_string().contains("u-9"), "values are never told");
}

#[test]
fn stored_hashes_are_never_believed() {
    let lines = log(30);
    let mut later = export(&lines, 13);
    later.change(9, |record| record["event"]["action"] = json!("print"));
    later.restate();
    assert_eq!(first(&export(&lines, 13), &later), (DifferenceKind::Rewritten, 9));
    // A wrong stored hash over the same content is the business of the export's own check.
    let mut odd = export(&lines, 13);
    odd.change(9, |record| record["hash"] = json!("00".repeat(32)));
    extends(&odd, &export(&lines, 13));
}

#[test]
fn records_taken_out_put_in_and_moved_are_told_apart() {
    let lines = log(40);
    let earlier = export(&lines, 13);
    let mut gone = export(&lines, 13);
    gone.delete(20..=22);
    gone.restate();
    assert_eq!(first(&earlier, &gone), (DifferenceKind::Removed, 20));
    assert_eq!(first(&gone, &earlier), (DifferenceKind::Inserted, 20));

    let mut twice = lines.clone();
    twice.insert(10, lines[9].clone());
    assert_eq!(first(&earlier, &export(&twice, 13)), (DifferenceKind::Repeated, 10));
    extends(&export(&twice, 13), &earlier);

    let mut swapped = lines.clone();
    swapped.swap(14, 17);
    assert_eq!(first(&earlier, &export(&swapped, 13)).0, DifferenceKind::Reordered);
    extends(&export(&swapped, 13), &export(&swapped, 7));
}

#[test]
fn a_history_that_was_renumbered_tells_what_was_taken_out() {
    let lines = log(40);
    for (from, count) in [(1, 1), (20, 1), (20, 3), (39, 1)] {
        let mut kept = lines.clone();
        kept.drain(from - 1..from - 1 + count);
        let mut later = export(&kept, 13);
        renumber(&mut later);
        let comparison = compare(&export(&lines, 13).bag(), &later.bag());
        let told = comparison.streams[0].first_difference().unwrap();
        assert_eq!((told.kind, told.seq), (DifferenceKind::Removed, u64::try_from(from).ok()), "{comparison:#?}");
        assert_eq!(told.count, u64::try_from(count).unwrap());
        assert_eq!(comparison.streams[0].counts.removed, told.count);
    }
    let mut added = lines.clone();
    added.insert(20, log(1).remove(0));
    let mut later = export(&added, 13);
    renumber(&mut later);
    assert_eq!(first(&export(&lines, 13), &later), (DifferenceKind::Inserted, 21));
}

/// Gives the records numbers and a chain as they stand, as somebody does who can rewrite everything.
fn renumber(draft: &mut Draft) {
    let mut seq = 0;
    for line in draft.segments.iter_mut().flat_map(|segment| &mut segment.lines) {
        seq += 1;
        let mut record = parsed(line);
        record["seq"] = json!(seq);
        if seq == 1 {
            record["prev_hash"] = json!(integrity::chain::genesis(STREAM).to_hex());
        }
        *line = to_canonical(&record).unwrap();
    }
    draft.rechain(STREAM);
    draft.restate();
}

#[test]
fn a_cut_tail_is_not_an_older_export_unless_its_date_says_so_too() {
    let lines = log(40);
    let (full, mut cut) = (export(&lines, 13), export(&lines[..35], 13));
    assert_eq!(first(&full, &cut), (DifferenceKind::Removed, 36));
    cut.manifest["created"] = json!("2026-05-01T00:00:00Z");
    let comparison = compare(&full.bag(), &cut.bag());
    assert_eq!((comparison.outcome, comparison.order), (Outcome::Extends, Order::Reversed));
    assert_eq!(comparison.later.created.as_deref(), Some("2026-06-01T00:00:00Z"));
    assert!(comparison.summary[0].contains("wrong order"));
}

#[test]
fn what_has_no_record_in_common_cannot_be_compared() {
    let lines = log(60);
    let check = |earlier: &Draft, later: &Draft, obstacle| {
        let comparison = compare(&earlier.bag(), &later.bag());
        assert_eq!(comparison.outcome, Outcome::NotComparable);
        assert_eq!(comparison.streams[0].obstacle, Some(obstacle), "{comparison:#?}");
    };
    check(&export(&lines[..20], 13), &export(&lines[30..], 13), Obstacle::Hole);
    check(&export(&lines[30..], 13), &export(&lines[..20], 13), Obstacle::DisjointSpans);
    let mut other =
        Draft { segments: Vec::new(), checkpoints: Vec::new(), keys: json!({"keys": []}), manifest: json!(null) };
    other.add_stream(OTHER_STREAM, 20, 9);
    other.restate();
    let comparison = compare(&export(&lines, 13).bag(), &other.bag());
    assert_eq!(comparison.outcome, Outcome::NotComparable);
    assert!(comparison.streams.iter().any(|stream| stream.obstacle == Some(Obstacle::OnlyInEarlier)));
}

#[test]
fn an_archived_part_is_not_a_removed_one() {
    let lines = log(60);
    let mut later = export(&[&lines[..20], &lines[30..]].concat(), 13);
    assert_eq!(first(&export(&lines, 13), &later), (DifferenceKind::Removed, 21));
    later.manifest["archives"] = json!([{"stream_id": STREAM, "first_seq": 21, "last_seq": 30, "present": false}]);
    let comparison = extends(&export(&lines, 13), &later);
    assert_eq!(comparison.streams[0].not_held, 10);
}

#[test]
fn a_line_that_can_no_longer_be_read_is_a_difference() {
    let lines = log(30);
    let mut later = export(&lines, 13);
    let line = later.line_mut(17);
    line.truncate(line.len() / 2);
    later.restate_segments();
    let comparison = compare(&export(&lines, 13).bag(), &later.bag());
    let told = comparison.streams[0].first_difference().unwrap();
    assert_eq!((told.kind, told.seq), (DifferenceKind::Unreadable, Some(17)));
    assert_eq!(told.later.as_ref().and_then(|place| place.line), Some(4));
    // The other way round nothing is held against the export that can be read.
    let comparison = extends(&later, &export(&lines, 13));
    assert_eq!((comparison.streams[0].not_held, comparison.streams[0].not_held_in_earlier), (1, 1));
    let told = &comparison.summary[0];
    assert!(told.contains("29 records of it, not all between 1 and 30"), "{told}");
    assert!(told.contains("1 record of the later one stands where the earlier one has nothing"), "{told}");
}

#[test]
fn what_a_lost_segment_of_the_earlier_export_held_is_not_told_as_nothing() {
    let lines = log(60);
    let mut bag = export(&lines, 30).bag();
    bag.remove("data/events/segment-000002.ndjson");
    let comparison = compare(&bag, &export(&lines, 60).bag());
    let told = &comparison.summary[0];
    assert!(told.contains("30 records of the later one stand where the earlier one has nothing"), "{told}");
    assert!(!told.contains("Nothing is new"), "{told}");
}

#[test]
fn a_record_that_stands_there_once_more_is_told_as_a_repeat() {
    let lines = log(30);
    let twice = [&lines[..20], &lines[19..]].concat();
    let comparison = compare(&export(&lines, 13).bag(), &export(&twice, 13).bag());
    assert_eq!(comparison.outcome, Outcome::Rewritten);
    let told = comparison.streams[0].first_difference().unwrap();
    assert_eq!((told.kind, told.seq, told.count), (DifferenceKind::Repeated, Some(20), 1));
    assert!(told.message.contains("each time the same"), "{}", told.message);
    assert_eq!(comparison.streams[0].counts.inserted, 0);
}

#[test]
fn a_stream_that_vanished_was_removed_and_one_that_came_is_told_apart() {
    let lines = log(30);
    let mut both = export(&lines, 13);
    both.add_stream(OTHER_STREAM, 25, 10);
    both.restate();
    let one = export(&lines, 13);
    let comparison = compare(&both.bag(), &one.bag());
    assert_eq!(comparison.outcome, Outcome::Rewritten, "{comparison:#?}");
    let gone = comparison.streams.iter().find(|stream| stream.stream_id.as_deref() == Some(OTHER_STREAM)).unwrap();
    assert_eq!(gone.counts.removed, 25);
    let first = gone.first_difference().unwrap();
    assert_eq!((first.kind, first.seq, first.to_seq), (DifferenceKind::Removed, Some(1), Some(25)));

    let comparison = extends(&one, &both);
    let told = &comparison.summary[0];
    assert!(told.contains("All 30 records of the earlier export, in 1 of 2 streams"), "{told}");
    assert!(told.contains(&format!("Only the later one holds stream {OTHER_STREAM}. 25 records are new.")), "{told}");
}

#[test]
fn several_streams_are_compared_each_and_the_worst_decides() {
    let lines = log(30);
    let mut earlier = export(&lines[..20], 13);
    earlier.add_stream(OTHER_STREAM, 25, 10);
    let other = earlier.lines_of(OTHER_STREAM);
    earlier.restate();
    let mut later =
        Draft { segments: Vec::new(), checkpoints: Vec::new(), keys: json!({"keys": []}), manifest: json!(null) };
    add(&mut later, OTHER_STREAM, &other, 7);
    add(&mut later, STREAM, &lines, 7);
    later.restate();
    assert_eq!(extends(&earlier, &later).streams.len(), 2);
    later.rechain(OTHER_STREAM);
    later.segments[0].lines[3] = {
        let mut record = parsed(&other[3]);
        record["event"]["outcome"] = json!("failure");
        hashed(record)
    };
    later.restate();
    let comparison = compare(&earlier.bag(), &later.bag());
    assert_eq!(comparison.outcome, Outcome::Rewritten);
    assert_eq!(comparison.streams.iter().filter(|stream| stream.outcome == Outcome::Extends).count(), 1);
}

#[test]
fn records_hidden_in_another_streams_files_keep_the_comparison_from_passing() {
    let lines = log(20);
    let mut earlier = export(&lines, 13);
    earlier.add_stream(OTHER_STREAM, 5, 10);
    let other = earlier.lines_of(OTHER_STREAM);
    earlier.restate();
    let mut later = export(&[&lines[..10], &other[4..], &lines[10..]].concat(), 40);
    add(&mut later, OTHER_STREAM, &other[..4], 10);
    later.restate();
    assert_ne!(compare(&earlier.bag(), &later.bag()).outcome, Outcome::Extends);
}

struct Stop;

impl Progress for Stop {
    fn came(&self, _: HowFar) -> Proceed {
        Proceed::Stop
    }
}

#[test]
fn what_the_own_checks_came_to_is_repeated_and_a_stop_is_no_result() {
    let bag = export(&log(40), 13).bag();
    let of = |own_check| Export { source: &bag, path: Some("a"), own_check };
    let (sound, failed) = (of(Some(Integrity::Pass)), of(Some(Integrity::Fail)));
    let comparison = verify::compare(&sound, &failed, &Options::new([3; 16]), &NoProgress).unwrap();
    assert_eq!((comparison.outcome, comparison.later.own_check), (Outcome::Extends, Some(Integrity::Fail)));
    assert!(comparison.does_not_prove.iter().any(|limit| limit.contains("its own check failed")));

    let comparison = verify::compare(&sound, &sound, &Options::new([3; 16]), &Stop).unwrap();
    assert_eq!((comparison.outcome, comparison.obstacle), (Outcome::NotComparable, Some(Obstacle::Stopped)));
    assert!(comparison.stopped.is_some());
}

#[test]
fn a_history_that_was_rewritten_from_its_first_record_on_is_not_followed_for_ever() {
    let lines = log(3_000);
    let mut later = export(&lines, 1_000);
    later.change(1, |record| record["nonce"] = json!("AAAAAAAAAAAAAAAAAAAAAA"));
    later.rechain(STREAM);
    later.checkpoints.clear();
    later.restate();
    let comparison = compare(&export(&lines, 1_000).bag(), &later.bag());
    let stream = &comparison.streams[0];
    assert_eq!(stream.first_difference().unwrap().seq, Some(1));
    assert!(stream.is_cut);
    assert_eq!(stream.counts.rewritten, 3_000);
    let told = "From record 1 on, at least 3,000 records were rewritten; the first 2,000 of them are listed. A rewritten \
                record has other content under the same number in the later export.";
    assert_eq!(stream.message, told);
    assert_eq!(comparison.summary[0], told);

    later.segments.last_mut().unwrap().lines.pop();
    later.restate();
    let comparison = compare(&export(&lines, 1_000).bag(), &later.bag());
    let told = "at least 2,999 records were rewritten, 1 removed; 2,001 of them are listed.";
    assert!(comparison.summary[0].contains(told), "{}", comparison.summary[0]);
}

/// Somebody's edit of a log, and the number of the record it happens at.
#[derive(Clone, Debug)]
enum Edit {
    Content,
    ContentAndHash,
    ContentAndChain,
    Delete,
    Duplicate,
    Swap,
    Insert,
    Garble,
    DeleteAndRenumber,
}

fn edits() -> impl Strategy<Value = Edit> {
    use Edit::*;
    proptest::sample::select(vec![
        Content,
        ContentAndHash,
        ContentAndChain,
        Delete,
        Duplicate,
        Swap,
        Insert,
        Garble,
        DeleteAndRenumber,
    ])
}

fn edited(lines: &[Vec<u8>], at: usize, edit: &Edit, per_segment: usize) -> Draft {
    let mut lines = lines.to_vec();
    let changed = |line: &[u8]| {
        let mut record = parsed(line);
        record["event"]["action"] = json!("print");
        record
    };
    match edit {
        Edit::Content => lines[at] = to_canonical(&changed(&lines[at])).unwrap(),
        Edit::ContentAndHash | Edit::ContentAndChain => lines[at] = hashed(changed(&lines[at])),
        Edit::Delete | Edit::DeleteAndRenumber => drop(lines.remove(at)),
        Edit::Duplicate => lines.insert(at, lines[at].clone()),
        Edit::Swap => lines.swap(at, at + 1),
        Edit::Insert => lines.insert(at, hashed(changed(&lines[at]))),
        Edit::Garble => lines[at].truncate(5),
    }
    let mut draft = export_unstated(&lines, per_segment);
    match edit {
        Edit::ContentAndChain => draft.rechain(STREAM),
        Edit::DeleteAndRenumber => renumber(&mut draft),
        _ => {}
    }
    draft.manifest = export(&lines[..1], 1).manifest;
    draft.restate_segments();
    draft
}

fn export_unstated(lines: &[Vec<u8>], per_segment: usize) -> Draft {
    let mut draft =
        Draft { segments: Vec::new(), checkpoints: Vec::new(), keys: json!({"keys": []}), manifest: json!(null) };
    add(&mut draft, STREAM, lines, per_segment);
    draft
}

/// Writes a bag to the disk, as a folder or as a zip, and opens it.
fn opened(bag: &Bag, folder: &Path, zipped: bool) -> bundle::Bundle {
    let path = if zipped {
        let path = folder.join("bag.zip");
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for name in bag.names() {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(format!("bag/{name}"), options).unwrap();
            archive.write_all(bag.get(&name)).unwrap();
        }
        archive.finish().unwrap();
        path
    } else {
        let path = folder.join("bag");
        for name in bag.names() {
            let file = path.join(&name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bag.get(&name)).unwrap();
        }
        path
    };
    bundle::open(&path, &bundle::Limits::standard()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_is_extended(
        count in 1_u64..80, cut in 0.0..1.0_f64, skip in 0.0..1.0_f64, segments in (1_usize..30, 1_usize..30),
        zipped in (any::<bool>(), any::<bool>()),
    ) {
        let lines = log(count);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of 80")]
        let share = |share: f64, of: usize| (share * of as f64) as usize;
        let cut = 1 + share(cut, lines.len() - 1);
        let skip = share(skip, cut - 1);
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let earlier = opened(&export(&lines[..cut], segments.0).bag(), folders[0].path(), zipped.0);
        let later = opened(&export(&lines[skip..], segments.1).bag(), folders[1].path(), zipped.1);
        let comparison = compare(&earlier, &later);
        prop_assert_eq!(comparison.outcome, Outcome::Extends, "{:#?}", comparison);
        prop_assert_eq!(comparison.streams[0].common.count, u64::try_from(cut - skip).unwrap());
    }

    #[test]
    fn any_edit_names_its_record(
        count in 8_u64..80, at in 0.0..1.0_f64, edit in edits(), segments in (1_usize..30, 1_usize..30),
        zipped in (any::<bool>(), any::<bool>()),
    ) {
        // In files of one line each, two neighbors swapped are two files renamed: the log is the same.
        prop_assume!(!matches!(edit, Edit::Swap) || segments.1 > 1);
        let lines = log(count);
        // Not the first one, which a later beginning could explain; the one that is swapped has a successor.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of 80")]
        let at = 1 + (at * (lines.len() - 2) as f64) as usize;
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let earlier = opened(&export(&lines, segments.0).bag(), folders[0].path(), zipped.0);
        let later = opened(&edited(&lines, at, &edit, segments.1).bag(), folders[1].path(), zipped.1);
        let comparison = compare(&earlier, &later);
        prop_assert_eq!(comparison.outcome, Outcome::Rewritten, "{:#?}", comparison);
        let seq = u64::try_from(at).unwrap() + 1;
        let told = comparison.streams[0].first_difference().unwrap();
        let last_told = told.seq.unwrap() + told.count - 1;
        let near = if matches!(edit, Edit::Swap) { seq..=seq + 1 } else { seq..=seq };
        prop_assert!(
            near.contains(&told.seq.unwrap()) || (told.seq.unwrap()..=last_told).contains(&seq),
            "{:?} at {}: {:?}", edit, seq, told
        );
    }
}
