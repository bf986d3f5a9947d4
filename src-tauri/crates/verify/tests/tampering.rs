//! What somebody did to a log, and what is said about it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use bag::{Draft, OTHER_STREAM, STREAM, codes, hashed, parsed, time};
use serde_json::json;
use verify::{Badge, Code, Finding, Integrity, Report};

/// The one finding with a code.
#[track_caller]
fn only(report: &Report, code: Code) -> &Finding {
    let mut found = report.findings().iter().filter(|finding| finding.code == code);
    let first = found.next().unwrap_or_else(|| panic!("no {} in {:?}", code.name(), codes(report)));
    assert!(found.next().is_none(), "{} more than once", code.name());
    first
}

#[track_caller]
fn check(draft: &Draft, expected: &[&str]) -> Report {
    let report = draft.bag().check();
    assert_eq!(codes(&report), expected, "{:#?}", report.findings());
    report
}

fn sealed(mut draft: Draft, tamper: impl FnOnce(&mut Draft)) -> Draft {
    tamper(&mut draft);
    draft.restate_segments();
    draft
}

#[test]
fn an_untouched_log_passes_and_nothing_vouches_for_it() {
    let report = check(&Draft::new(40, 13), &[]);
    assert_eq!(report.integrity(), Integrity::Pass);
    assert_eq!(report.badge(), Badge::Unsigned);
    assert_eq!(report.counts().records, 40);
    assert_eq!(report.counts().events, 40);
    assert_eq!(report.coverage().len(), 1);
}

#[test]
fn an_altered_record_is_placed_at_either_end_and_in_the_middle() {
    for seq in [1, 2, 13, 14, 20, 39, 40] {
        let draft =
            sealed(Draft::new(40, 13), |draft| draft.change(seq, |record| record["event"]["action"] = json!("print")));
        let report = check(&draft, &["EVENT_MODIFIED"]);
        let finding = only(&report, Code::EventModified);
        let (segment, line) = draft.place(seq);
        assert_eq!(finding.seq, Some(seq));
        assert_eq!(finding.line, Some(u64::try_from(line).unwrap() + 1));
        assert_eq!(finding.file.as_deref(), Some(draft.segments[segment].path.as_str()));
        let both_sides = (2..=39).contains(&seq);
        assert_eq!(finding.message.contains("before and after it agree"), both_sides, "{}", finding.message);
    }
}

/// When the records with these numbers were made, as they say themselves.
fn times(draft: &Draft, seqs: (u64, u64)) -> (String, String) {
    let of = |seq: u64| {
        let lines = draft.lines_of(STREAM);
        let line = &lines[usize::try_from(seq).unwrap() - 1];
        parsed(line)["event"]["timestamp"].as_str().unwrap().to_owned()
    };
    (of(seqs.0), of(seqs.1))
}

#[test]
fn a_span_begins_and_ends_when_its_own_records_were_made() {
    for (seq, spans) in [(20, vec![(1, 19), (20, 20), (21, 40)]), (13, vec![(1, 12), (13, 13), (14, 40)])] {
        let draft =
            sealed(Draft::new(40, 13), |draft| draft.change(seq, |record| record["event"]["action"] = json!("print")));
        let report = draft.bag().check();
        let told: Vec<_> = report.coverage().iter().map(|span| (span.from_seq, span.to_seq)).collect();
        assert_eq!(told, spans);
        for span in report.coverage() {
            let expected = times(&draft, (span.from_seq, span.to_seq));
            assert_eq!((span.from.clone(), span.to.clone()), expected, "{} to {}", span.from_seq, span.to_seq);
        }
    }
    let rehashed = |draft: &mut Draft| draft.rehash(20, |record| record["event"]["action"] = json!("print"));
    let draft = sealed(Draft::new(40, 13), rehashed);
    let report = draft.bag().check();
    assert!(report.coverage().len() > 1);
    for span in report.coverage() {
        let expected = times(&draft, (span.from_seq, span.to_seq));
        assert_eq!((span.from.clone(), span.to.clone()), expected, "{} to {}", span.from_seq, span.to_seq);
    }
}

#[test]
fn what_is_missing_lies_between_the_times_known_around_it() {
    let whole = Draft::new(40, 13);
    let report = sealed(Draft::new(40, 13), |draft| draft.delete(20..=22)).bag().check();
    let missing = report.coverage().iter().find(|span| span.state == verify::CoverageState::Missing).unwrap();
    assert_eq!((missing.from.clone(), missing.to.clone()), times(&whole, (19, 23)));
}

#[test]
fn a_record_with_a_new_hash_is_found_by_its_successor() {
    for seq in [1, 13, 20, 39] {
        let draft =
            sealed(Draft::new(40, 13), |draft| draft.rehash(seq, |record| record["event"]["action"] = json!("print")));
        let report = check(&draft, &["CHAIN_BREAK"]);
        assert_eq!(only(&report, Code::ChainBreak).between, Some([seq, seq + 1]));
    }
}

#[test]
fn the_last_record_with_a_new_hash_is_found_by_the_checkpoint() {
    let mut draft = Draft::new(40, 13);
    draft.rehash(40, |record| record["event"]["action"] = json!("print"));
    let checkpoints = std::mem::take(&mut draft.checkpoints);
    draft.restate();
    draft.checkpoints = checkpoints;
    draft.manifest["checkpoints"]["count"] = json!(draft.checkpoints.len());
    let report = check(&draft, &["CHECKPOINT_MISMATCH"]);
    assert_eq!(only(&report, Code::CheckpointMismatch).altered_within, Some([40, 40]));
}

#[test]
fn the_last_record_with_a_new_hash_and_no_checkpoint_contradicts_the_manifest() {
    let mut draft = Draft::new(40, 13);
    draft.checkpoints.clear();
    draft.restate();
    draft.rehash(40, |record| record["event"]["action"] = json!("print"));
    draft.restate_segments();
    let report = check(&draft, &["SEGMENT_BOUNDARY_MISMATCH"]);
    assert_eq!(only(&report, Code::SegmentBoundaryMismatch).field.as_deref(), Some("last_hash"));
}

#[test]
fn records_taken_out_are_counted_wherever_they_were() {
    for (from, to) in [(2, 2), (13, 14), (5, 30), (39, 39)] {
        let draft = sealed(Draft::new(40, 13), |draft| draft.delete(from..=to));
        let report = check(&draft, &["EVENTS_DELETED"]);
        let finding = only(&report, Code::EventsDeleted);
        assert_eq!((finding.missing_from, finding.missing_to), (Some(from), Some(to)));
        assert_eq!(finding.count, Some(to - from + 1));
        assert_eq!(finding.between, Some([from - 1, to + 1]));
    }
}

#[test]
fn a_cut_head_and_a_cut_tail_are_told_apart() {
    let draft = sealed(Draft::new(40, 13), |draft| draft.delete(1..=14));
    let report = check(&draft, &["HEAD_TRUNCATED"]);
    assert_eq!(only(&report, Code::HeadTruncated).missing_to, Some(14));

    let draft = sealed(Draft::new(40, 13), |draft| draft.delete(25..=40));
    let report = check(&draft, &["TAIL_TRUNCATED"]);
    let finding = only(&report, Code::TailTruncated);
    assert_eq!((finding.missing_from, finding.missing_to), (Some(25), Some(40)));
    assert_eq!(finding.source.as_deref(), Some("audit-manifest"));

    let mut draft = Draft::new(40, 13);
    draft.delete(36..=40);
    let checkpoints = draft.checkpoints.clone();
    draft.restate();
    draft.checkpoints = checkpoints;
    let report = check(&draft, &["TAIL_TRUNCATED"]);
    assert_eq!(only(&report, Code::TailTruncated).source.as_deref(), Some("checkpoint"));
}

#[test]
fn a_log_whose_every_statement_was_rewritten_passes_with_the_caveat() {
    let mut draft = Draft::new(40, 13);
    draft.delete(36..=40);
    draft.change(20, |record| record["event"]["action"] = json!("print"));
    draft.rechain(STREAM);
    draft.checkpoint_every(13);
    draft.restate();
    let report = check(&draft, &[]);
    assert_eq!(report.badge(), Badge::Unsigned);
    assert!(report.does_not_prove()[0].contains("records after number 35 may have been cut off"));
}

#[test]
fn an_inserted_record_loses_against_the_one_that_the_chain_names() {
    for at_front in [true, false] {
        let draft = sealed(Draft::new(40, 13), |draft| {
            let (segment, line) = draft.place(20);
            let mut forged = parsed(&draft.segments[segment].lines[line]);
            forged["event"]["event_id"] = json!("00000000-0000-4000-8000-000000000001");
            draft.segments[segment].lines.insert(line + usize::from(!at_front), hashed(forged));
        });
        let report = check(&draft, &["EVENT_INSERTED"]);
        let finding = only(&report, Code::EventInserted);
        assert_eq!(finding.seq, Some(20));
        assert_eq!(finding.event_id.as_deref(), Some("00000000-0000-4000-8000-000000000001"));
        assert_eq!(report.counts().events, 40);
        assert_eq!(report.counts().records, 41);
    }
}

#[test]
fn a_duplicate_is_found_at_either_end_and_across_files() {
    for seq in [1, 13, 14, 25, 40] {
        let draft = sealed(Draft::new(40, 13), |draft| {
            let (segment, line) = draft.place(seq);
            let copy = draft.segments[segment].lines[line].clone();
            draft.segments[segment].lines.insert(line + 1, copy);
        });
        let report = check(&draft, &["EVENT_DUPLICATED", "EVENT_ID_DUPLICATE"]);
        assert_eq!(only(&report, Code::EventDuplicated).seq, Some(seq));
        assert_eq!(only(&report, Code::EventIdDuplicate).seq, Some(seq));
    }
}

#[test]
fn a_whole_block_that_stands_twice_is_one_finding() {
    let draft = sealed(Draft::new(40, 40), |draft| {
        let copy = draft.segments[0].lines[9..19].to_vec();
        draft.segments[0].lines.extend(copy);
    });
    let report = check(&draft, &["EVENTS_REORDERED", "EVENT_DUPLICATED", "EVENT_ID_DUPLICATE"]);
    let finding = only(&report, Code::EventDuplicated);
    assert_eq!((finding.seq, finding.count, finding.line), (Some(10), Some(10), Some(41)));
    assert_eq!(only(&report, Code::EventsReordered).count, Some(10));
    assert_eq!(report.findings().iter().filter(|finding| finding.code == Code::EventIdDuplicate).count(), 10);
}

#[test]
fn a_duplicate_does_not_hide_a_deletion() {
    let draft = sealed(Draft::new(40, 40), |draft| {
        let copy = draft.segments[0].lines[9].clone();
        draft.segments[0].lines.insert(10, copy);
        draft.delete(20..=20);
    });
    let report = check(&draft, &["EVENTS_DELETED", "EVENT_DUPLICATED", "EVENT_ID_DUPLICATE"]);
    assert_eq!(only(&report, Code::EventsDeleted).missing_from, Some(20));
}

#[test]
fn swapped_and_reversed_records_are_moved_and_nothing_else() {
    let draft = sealed(Draft::new(40, 40), |draft| draft.segments[0].lines.swap(18, 19));
    assert_eq!(only(&check(&draft, &["EVENTS_REORDERED"]), Code::EventsReordered).count, Some(1));
    let draft = sealed(Draft::new(40, 40), |draft| draft.segments[0].lines.reverse());
    let report = check(&draft, &["EVENTS_REORDERED"]);
    let finding = only(&report, Code::EventsReordered);
    assert_eq!(finding.count, Some(39));
    assert_eq!(finding.moved.as_ref().unwrap().len(), 39);
}

#[test]
fn several_faults_at_once_are_told_one_by_one() {
    let draft = sealed(Draft::new(60, 20), |draft| {
        draft.change(5, |record| record["event"]["action"] = json!("print"));
        draft.rehash(15, |record| record["event"]["action"] = json!("print"));
        draft.delete(30..=32);
        *draft.line_mut(45) = b"{\"half\":".to_vec();
    });
    let report =
        check(&draft, &["CHAIN_BREAK", "EVENTS_DELETED", "EVENT_MODIFIED", "RECORD_UNPARSEABLE", "UNVERIFIABLE_SPAN"]);
    assert_eq!(only(&report, Code::EventModified).seq, Some(5));
    assert_eq!(only(&report, Code::ChainBreak).between, Some([15, 16]));
    assert_eq!(only(&report, Code::EventsDeleted).missing_from, Some(30));
    assert_eq!(only(&report, Code::UnverifiableSpan).missing_from, Some(45));
}

#[test]
fn an_unreadable_line_does_not_excuse_records_it_has_no_room_for() {
    let draft = sealed(Draft::new(60, 60), |draft| {
        draft.delete(30..=49);
        *draft.line_mut(50) = b"{\"half\":".to_vec();
    });
    let report = check(&draft, &["EVENTS_DELETED", "RECORD_UNPARSEABLE"]);
    assert_eq!(only(&report, Code::EventsDeleted).missing_to, Some(50));
}

#[test]
fn a_missing_tail_that_an_unreadable_line_explains_is_not_a_cut() {
    let whole = Draft::new(40, 20);
    let mut draft = sealed(whole.clone(), |draft| *draft.line_mut(40) = b"{\"half\":".to_vec());
    for member in ["last_seq", "last_event_id", "last_hash"] {
        draft.manifest["segments"][1][member] = whole.manifest["segments"][1][member].clone();
    }
    let report = check(&draft, &["RECORD_UNPARSEABLE", "UNVERIFIABLE_SPAN"]);
    assert_eq!(only(&report, Code::UnverifiableSpan).missing_from, Some(40));
}

#[test]
fn lost_files_account_for_their_records_and_for_no_others() {
    let mut draft = Draft::new(40, 10);
    draft.delete(9..=10);
    draft.restate_segments();
    let mut files = draft.files();
    let path = "data/events/segment-000002.ndjson";
    files.remove(path).unwrap();
    let mut bag = bag::wrapped(files);
    let report = bag.check();
    assert_eq!(codes(&report), ["EVENTS_DELETED", "FILE_MISSING", "UNVERIFIABLE_SPAN"]);
    assert_eq!(only(&report, Code::EventsDeleted).missing_to, Some(10));
    let span = only(&report, Code::UnverifiableSpan);
    assert_eq!((span.missing_from, span.missing_to, span.file.as_deref()), (Some(11), Some(20), Some(path)));

    // Every file lost: nothing is left to judge but the loss. No file ever held records 9 and 10.
    for segment in &draft.segments {
        if segment.path != path {
            bag.remove(&segment.path);
        }
    }
    let report = bag.check();
    assert_eq!(codes(&report), ["FILE_MISSING", "TAIL_TRUNCATED", "UNVERIFIABLE_SPAN"]);
    assert_eq!(only(&report, Code::TailTruncated).missing_to, Some(10));
    assert_eq!(report.integrity(), Integrity::Fail);
}

#[test]
fn two_streams_are_judged_apart() {
    let mut draft = Draft::new(30, 15);
    draft.add_stream(OTHER_STREAM, 30, 15);
    draft.checkpoint_every(15);
    draft.restate();
    check(&draft, &[]);
    draft.delete(10..=11);
    let (segment, line) = (3, 4);
    let mut record = parsed(&draft.segments[segment].lines[line]);
    record["event"]["outcome"] = json!("failure");
    draft.segments[segment].lines[line] = hashed(record);
    draft.restate_segments();
    let report = check(&draft, &["CHAIN_BREAK", "EVENTS_DELETED"]);
    assert_eq!(only(&report, Code::EventsDeleted).stream_id.as_deref(), Some(STREAM));
    let finding = only(&report, Code::ChainBreak);
    assert_eq!((finding.stream_id.as_deref(), finding.between), (Some(OTHER_STREAM), Some([20, 21])));
}

#[test]
fn a_stream_that_was_taken_out_whole_is_missed_by_its_checkpoints() {
    let mut draft = Draft::new(30, 15);
    draft.add_stream(OTHER_STREAM, 30, 15);
    draft.checkpoint_every(15);
    draft.segments.truncate(2);
    draft.restate();
    let report = check(&draft, &["TAIL_TRUNCATED"]);
    let finding = only(&report, Code::TailTruncated);
    assert_eq!(finding.stream_id.as_deref(), Some(OTHER_STREAM));
    assert_eq!((finding.missing_from, finding.missing_to), (Some(1), Some(30)));
}

#[test]
fn an_empty_log_is_no_verdict_and_an_emptied_one_is_a_loss() {
    let mut draft = Draft::new(10, 10);
    draft.segments[0].lines.clear();
    draft.restate_segments();
    let report = check(&draft, &["TAIL_TRUNCATED"]);
    assert_eq!(only(&report, Code::TailTruncated).count, Some(10));
    draft.checkpoints.clear();
    draft.restate();
    let report = check(&draft, &[]);
    assert_eq!((report.integrity(), report.badge()), (Integrity::NotEvaluable, Badge::NotVerified));
}

#[test]
fn numbers_that_were_never_given_take_nothing_away() {
    let mut draft = Draft::new(40, 20);
    for segment in &mut draft.segments {
        for line in &mut segment.lines {
            let mut record = parsed(line);
            let seq = record["seq"].as_u64().unwrap();
            record["seq"] = json!(if seq > 30 { seq + 5 } else { seq });
            *line = hashed(record);
        }
    }
    draft.rechain(STREAM);
    draft.checkpoints.clear();
    draft.restate();
    let report = check(&draft, &["SEQUENCE_GAP"]);
    let finding = only(&report, Code::SequenceGap);
    assert_eq!((finding.skipped_from, finding.skipped_to), (Some(31), Some(35)));
    assert_eq!(report.integrity(), Integrity::PassWithNotes);
}

#[test]
fn a_repeated_event_id_names_the_later_record_in_whichever_file() {
    for (first, second) in [(1, 40), (5, 6), (13, 14)] {
        let mut draft = Draft::new(40, 13);
        let id = parsed(draft.line_mut(first))["event"]["event_id"].clone();
        draft.change(second, |record| record["event"]["event_id"] = id);
        draft.rechain(STREAM);
        draft.checkpoint_every(13);
        draft.restate();
        let report = check(&draft, &["EVENT_ID_DUPLICATE"]);
        let finding = only(&report, Code::EventIdDuplicate);
        assert_eq!(finding.seq, Some(second));
        assert_eq!(finding.places.as_ref().unwrap()[0].seq, first);
    }
}

#[test]
fn the_same_event_id_in_two_streams_is_no_repetition() {
    let mut draft = Draft::new(10, 10);
    draft.add_stream(OTHER_STREAM, 10, 10);
    let id = parsed(&draft.segments[0].lines[0])["event"]["event_id"].clone();
    let mut record = parsed(&draft.segments[1].lines[0]);
    record["event"]["event_id"] = id;
    draft.segments[1].lines[0] = hashed(record);
    draft.rechain(OTHER_STREAM);
    draft.checkpoint_every(10);
    draft.restate();
    check(&draft, &[]);
}

#[test]
fn checkpoints_bound_where_a_rewritten_chain_begins() {
    let mut draft = Draft::new(40, 10);
    draft.change(17, |record| record["event"]["outcome"] = json!("failure"));
    draft.rechain(STREAM);
    let checkpoints = draft.checkpoints.clone();
    draft.restate();
    draft.checkpoints = checkpoints;
    let report = check(&draft, &["CHECKPOINT_MISMATCH"]);
    let finding = only(&report, Code::CheckpointMismatch);
    assert_eq!((finding.seq, finding.altered_within), (Some(20), Some([11, 20])));
}

#[test]
fn a_checkpoint_with_another_fingerprint_over_a_clean_span_disagrees() {
    let mut draft = Draft::new(40, 10);
    draft.recheckpoint(1, |checkpoint| checkpoint["merkle_root"] = json!("0".repeat(64)));
    let report = check(&draft, &["CHECKPOINT_MISMATCH"]);
    assert_eq!(only(&report, Code::CheckpointMismatch).field.as_deref(), Some("merkle_root"));
}

#[test]
fn times_are_compared_in_the_order_of_numbers_and_by_the_tolerance() {
    let mut draft = Draft::new(40, 13);
    draft.change(20, |record| record["event"]["timestamp"] = json!(time(19 * 600 - 5)));
    draft.rechain(STREAM);
    draft.checkpoint_every(13);
    draft.restate();
    let report = check(&draft, &["CLOCK_REGRESSION"]);
    assert_eq!(only(&report, Code::ClockRegression).seq, Some(20));

    let options =
        verify::Options { clock_tolerance: std::time::Duration::from_secs(5), ..verify::Options::new([0; 16]) };
    let spill = &mut verify::MemorySpill::new();
    let report = verify::check(&draft.bag(), &options, &verify::NoOnlooker, &verify::NoProgress, spill).unwrap();
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert!(report.does_not_prove().iter().any(|sentence| sentence.contains("5 s")));
}

#[test]
fn when_it_was_recorded_counts_for_the_clock_before_when_it_happened() {
    let mut draft = Draft::new(10, 10);
    draft.change(5, |record| {
        record["event"]["timestamp"] = json!(time(0));
        record["event"]["recorded_at"] = json!(time(5 * 600));
    });
    draft.rechain(STREAM);
    draft.checkpoint_every(10);
    draft.restate();
    check(&draft, &[]);
}

#[test]
fn a_time_that_nobody_can_count_is_noted_and_the_segment_may_state_it() {
    for (text, code) in [
        ("2026-03-01T00:00:00", "TIMESTAMP_NO_ZONE"),
        ("2026-12-31T00:00:00", "TIMESTAMP_NO_ZONE"),
        ("9999-12-31T23:59:59Z", "TIMESTAMP_OUT_OF_RANGE"),
        ("2200-06-01T00:00:00Z", "TIMESTAMP_OUT_OF_RANGE"),
        ("1601-01-01T00:00:00Z", "TIMESTAMP_OUT_OF_RANGE"),
    ] {
        let mut draft = Draft::new(40, 20);
        draft.change(7, |record| record["event"]["timestamp"] = json!(text));
        draft.rechain(STREAM);
        draft.checkpoint_every(20);
        draft.restate();
        let report = check(&draft, &[code]);
        assert_eq!(report.integrity(), Integrity::PassWithNotes, "{text}");
        // The times that can be counted are still held against what is stated.
        let first = time(0);
        let mut bag = draft.bag();
        let manifest = String::from_utf8(bag.get("data/audit-manifest.json").to_vec()).unwrap();
        let stated: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let latest = stated["segments"][1]["max_timestamp"].as_str().unwrap();
        bag.edit(
            "data/audit-manifest.json",
            &format!("\"max_timestamp\":\"{latest}\""),
            &format!("\"max_timestamp\":\"{first}\""),
        );
        assert!(codes(&bag.check()).contains(&"SEGMENT_BOUNDARY_MISMATCH"), "{text}");
    }
}
