//! Segments that are CSV: the record is the evidence, as a line is; the other columns have to repeat it.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use std::io::Write as _;

use bag::{Bag, Draft, codes, parsed, table_bag, wrapped};
use integrity::Digest;
use integrity::canonical::to_canonical;
use serde_json::{Value as Json, json};
use verify::Report;

/// The columns of the tables that these tests write.
const COLUMNS: [&str; 8] =
    ["seq", "event_id", "event.timestamp", "actor_id", "patient_ids", "record", "reason", "hash"];

/// The cells of a row under these columns.
fn cells(line: &[u8]) -> Vec<Vec<u8>> {
    let record = serde_json::from_slice::<Json>(line).unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().as_bytes().to_vec();
    let event = &record["event"];
    vec![
        record["seq"].as_u64().map(|seq| seq.to_string()).unwrap_or_default().into_bytes(),
        text(&event["event_id"]),
        text(&event["timestamp"]),
        text(&event["actor"]["id"]),
        event["patient_ids"].as_array().map(|_| event["patient_ids"].to_string()).unwrap_or_default().into_bytes(),
        line.to_vec(),
        text(&event["reason"]),
        text(&record["hash"]),
    ]
}

fn table(rows: impl IntoIterator<Item = Vec<Vec<u8>>>, terminator: csv::Terminator) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn csv_of(lines: &[Vec<u8>]) -> Vec<u8> {
    table(lines.iter().map(|line| cells(line)), csv::Terminator::Any(b'\n'))
}

fn csv_bag(draft: &Draft, write: &dyn Fn(&[Vec<u8>]) -> Vec<u8>) -> Bag {
    table_bag(draft, ".csv", "text/csv", write)
}

fn found<'r>(report: &'r Report, code: &str) -> &'r verify::Finding {
    let mut of_code = report.findings().iter().filter(|finding| finding.code.name() == code);
    let finding = of_code.next();
    assert!(finding.is_some() && of_code.next().is_none(), "one {code}: {:?}", codes(report));
    finding.unwrap()
}

/// A report in which rows stand as lines, to be compared with that of the bundle of lines.
fn as_of_lines(report: &Report) -> Json {
    let text = serde_json::to_string(report).unwrap().replace(".csv", ".ndjson").replace("Row ", "Line ");
    let mut report: Json = serde_json::from_str(&text).unwrap();
    for finding in report["findings"].as_array_mut().unwrap() {
        let finding = finding.as_object_mut().unwrap();
        if let Some(row) = finding.remove("row") {
            finding.insert("line".to_owned(), row);
        }
    }
    report
}

type Tamper = fn(&mut Draft);

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
        let mut record = parsed(&draft.segments[segment].lines[line]);
        record["event"]["outcome"] = json!("failure");
        draft.segments[segment].lines.insert(line, bag::hashed(record));
    }),
    ("another order", |draft| {
        let (segment, line) = draft.place(220);
        draft.segments[segment].lines.swap(line, line + 1);
    }),
    ("an unreadable record", |draft| draft.line_mut(77).truncate(40)),
];

#[test]
fn a_table_gets_the_report_of_the_lines() {
    for (what, tamper) in TAMPERS {
        let mut draft = Draft::new(400, 150);
        tamper(&mut draft);
        draft.restate_segments();
        let mut plain = serde_json::to_value(draft.bag().check()).unwrap();
        for finding in plain["findings"].as_array_mut().unwrap() {
            // Where a record lies in the file of lines says nothing of a table, whose places are rows.
            let is_in_segment = finding["line"].is_u64() && finding["file"].as_str().unwrap().ends_with(".ndjson");
            let is_record = is_in_segment && finding["file"].as_str().unwrap().contains("/events/");
            if is_record {
                finding.as_object_mut().unwrap().remove("byte_offset");
            }
        }
        for terminator in [csv::Terminator::CRLF, csv::Terminator::Any(b'\n')] {
            let write = |lines: &[Vec<u8>]| table(lines.iter().map(|line| cells(line)), terminator);
            let mut report = as_of_lines(&csv_bag(&draft, &write).check());
            report["counts"]["bytes"] = plain["counts"]["bytes"].clone();
            report["evidence"]["export"] = plain["evidence"]["export"].clone();
            assert_eq!(report, plain, "{what}");
        }
    }
}

#[test]
fn a_packed_table_is_read_and_its_content_compared() {
    let draft = Draft::new(60, 30);
    let mut files = draft.files();
    let mut manifest = draft.manifest.clone();
    for (segment, entry) in draft.segments.iter().zip(manifest["segments"].as_array_mut().unwrap()) {
        files.remove(&segment.path).unwrap();
        let content = csv_of(&segment.lines);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&content).unwrap();
        let (path, packed) = (segment.path.replace(".ndjson", ".csv.gz"), encoder.finish().unwrap());
        entry["path"] = json!(path);
        entry["media_type"] = json!("text/csv");
        entry["compression"] = json!("gzip");
        entry["content_sha256"] = json!(Digest::of(&content).to_hex());
        entry["sha256"] = json!(Digest::of(&packed).to_hex());
        entry["bytes"] = json!(packed.len());
        files.insert(path, packed);
    }
    files.insert("data/audit-manifest.json".to_owned(), to_canonical(&manifest).unwrap());
    let report = wrapped(files).check();
    assert_eq!((codes(&report).len(), report.counts().events), (0, 60), "{:?}", codes(&report));
}

#[test]
fn a_changed_record_is_named_by_its_row() {
    let mut draft = Draft::new(60, 30);
    draft.change(41, |record| record["event"]["action"] = json!("print"));
    draft.restate_segments();
    let report = csv_bag(&draft, &csv_of).check();
    let modified = found(&report, "EVENT_MODIFIED");
    assert_eq!(modified.file.as_deref(), Some("data/events/segment-000002.csv"));
    assert_eq!((modified.row, modified.line, modified.byte_offset, modified.seq), (Some(11), None, None, Some(41)));
}

#[test]
fn a_column_that_says_something_else_is_a_mismatch() {
    for (place, column, member, wrong) in [
        (0, "seq", "seq", "7"),
        (1, "event_id", "event.event_id", ""),
        (2, "event.timestamp", "event.timestamp", "2026-03-02T00:00:00Z"),
        (3, "actor_id", "event.actor.id", "U-1041"),
        (4, "patient_ids", "event.patient_ids", r#"["MRN-2"]"#),
        (6, "reason", "event.reason", "emergency"),
        (7, "hash", "hash", "00"),
    ] {
        let write = |lines: &[Vec<u8>]| {
            let mut rows: Vec<_> = lines.iter().map(|line| cells(line)).collect();
            if let Some(row) = rows.iter_mut().find(|row| row[0] == b"5") {
                row[place] = wrong.as_bytes().to_vec();
            }
            table(rows, csv::Terminator::CRLF)
        };
        let report = csv_bag(&Draft::new(20, 20), &write).check();
        let mismatch = found(&report, "PROJECTION_MISMATCH");
        assert_eq!((mismatch.row, mismatch.column.as_deref()), (Some(5), Some(column)), "{mismatch:?}");
        assert_eq!(mismatch.member.as_deref(), Some(member));
        assert_eq!(mismatch.file.as_deref(), Some("data/events/segment-000001.csv"));
        let text = serde_json::to_string(&report).unwrap();
        assert!(wrong.len() < 3 || !text.contains(wrong), "content stands in a report: {column}");
        assert_eq!(codes(&report), ["PROJECTION_MISMATCH"]);
    }
}

#[test]
fn cells_may_say_the_same_in_other_words() {
    let write = |lines: &[Vec<u8>]| {
        let rows = lines.iter().map(|line| {
            let mut row = cells(line);
            let time = String::from_utf8(row[2].clone()).unwrap();
            row[2] = time.replace('Z', "+00:00").into_bytes();
            row[4] = b"MRN-1".to_vec();
            row
        });
        table(rows, csv::Terminator::CRLF)
    };
    let report = csv_bag(&Draft::new(20, 20), &write).check();
    assert_eq!(codes(&report), [""; 0]);
}

#[test]
fn a_column_of_no_known_member_is_told_once_and_not_compared() {
    let write = |lines: &[Vec<u8>]| {
        let content = String::from_utf8(csv_of(lines)).unwrap();
        content.replacen("actor_id", "department", 1).into_bytes()
    };
    let report = csv_bag(&Draft::new(20, 20), &write).check();
    let told = found(&report, "SCHEMA_UNKNOWN_MEMBER");
    assert_eq!((told.column.as_deref(), told.row, told.line), (Some("department"), None, None));
    assert_eq!(codes(&report), ["SCHEMA_UNKNOWN_MEMBER"]);
}

/// The codes of a bundle of 20 records in one table, of which `change` changes the bytes; all lists describe it.
fn changed(change: &dyn Fn(Vec<u8>) -> Vec<u8>) -> Report {
    csv_bag(&Draft::new(20, 20), &|lines| change(csv_of(lines))).check()
}

fn text_changed(change: impl Fn(String) -> String) -> Report {
    changed(&|bytes| change(String::from_utf8(bytes).unwrap()).into_bytes())
}

#[test]
fn a_table_without_the_column_of_records_is_refused_and_no_verdict_comes_of_it() {
    let twice = |text: String| text.replacen("reason", "record", 1);
    for report in [text_changed(|text| text.replacen("record", "Record", 1)), text_changed(twice), changed(&|_| vec![])]
    {
        let refused = found(&report, "SCHEMA_INVALID");
        assert_eq!(refused.file.as_deref(), Some("data/events/segment-000001.csv"));
        assert!(refused.message.contains("`record`"));
        assert!(codes(&report).contains(&"UNVERIFIABLE_SPAN"), "{:?}", codes(&report));
        assert_eq!(report.counts().events, 0);
    }
}

/// The text with its `row`th row (the headings are row 0) changed.
fn with_row(text: &str, row: usize, change: impl Fn(&str) -> String) -> String {
    let rows = text.split_inclusive('\n').enumerate();
    rows.map(|(at, line)| if at == row { change(line) } else { line.to_owned() }).collect()
}

#[test]
fn a_ragged_row_is_found_and_its_record_still_checked() {
    let longer = text_changed(|text| with_row(&text, 3, |row| row.replace('\n', ",more\n")));
    let ragged = found(&longer, "SCHEMA_INVALID");
    assert_eq!(ragged.row, Some(3));
    assert!(ragged.message.contains("9 cells under 8 headings"), "{}", ragged.message);
    assert_eq!((codes(&longer), longer.counts().events), (vec!["SCHEMA_INVALID"], 20));

    let shorter = text_changed(|text| with_row(&text, 3, |_| "3,x\n".to_owned()));
    assert_eq!(codes(&shorter), ["SCHEMA_INVALID", "UNVERIFIABLE_SPAN"]);
    assert_eq!(shorter.counts().events, 19);

    let blank = text_changed(|text| with_row(&text, 3, |row| format!("\n{row}")));
    assert_eq!(codes(&blank), ["SCHEMA_INVALID"]);
    assert!(blank.findings().iter().all(|finding| finding.row == Some(3)), "{:?}", blank.findings());
}

type Change = fn(&str) -> String;

#[test]
fn quotation_marks_are_told_with_their_row() {
    let open_last: Change = |row| {
        let (before, last) = row.rsplit_once(',').unwrap();
        format!("{before},\"{last}")
    };
    let cases: [(&str, usize, Change); 4] = [
        ("inside a cell", 4, |row| row.replacen('4', "4\"", 1)),
        ("behind the closing", 4, |row| row.replacen('4', "\"4\" ", 1)),
        ("carriage return", 4, |row| row.replacen('4', "4\r", 1)),
        ("never closed", 20, open_last),
    ];
    for (words, row, change) in cases {
        let report = text_changed(|text| with_row(&text, row, change));
        let of_row = report.findings().iter().find(|finding| finding.message.contains(words));
        assert!(of_row.is_some(), "{words}: {:?}", report.findings());
        let of_row = of_row.unwrap();
        assert_eq!((of_row.code.name(), of_row.row), ("RECORD_UNPARSEABLE", u64::try_from(row).ok()), "{words}");
    }
}

#[test]
fn a_cell_of_two_mib_is_not_read() {
    let long = "x".repeat(2 << 20);
    let other = text_changed(|text| with_row(&text, 4, |row| row.replacen("u-1041", &long, 1)));
    let found_there = found(&other, "LINE_TOO_LONG");
    assert_eq!((found_there.row, found_there.column.as_deref()), (Some(4), Some("actor_id")));
    assert_eq!((codes(&other), other.counts().events), (vec!["LINE_TOO_LONG"], 20), "its record is read");

    let record =
        text_changed(|text| with_row(&text, 4, |row| row.replacen("{\"\"audit", &format!("{long}{{\"\"audit"), 1)));
    let found_there = found(&record, "LINE_TOO_LONG");
    assert_eq!((found_there.row, found_there.column.as_deref()), (Some(4), Some("record")));
    assert_eq!(record.counts().events, 19);
    assert_eq!(codes(&record), ["LINE_TOO_LONG", "UNVERIFIABLE_SPAN"]);
}

#[test]
fn a_record_of_several_lines_is_no_record() {
    let report = text_changed(|text| with_row(&text, 4, |row| row.replacen("\"{\"\"audit", "\"{\n\"\"audit", 1)));
    let refused = found(&report, "RECORD_UNPARSEABLE");
    assert_eq!((refused.row, refused.column.as_deref()), (Some(4), Some("record")));
    assert_eq!(report.counts().events, 19);
}

#[test]
fn a_mark_of_byte_order_is_no_part_of_the_headings() {
    let report = changed(&|bytes| [b"\xEF\xBB\xBFrecord\n".to_vec(), with_records_alone(&bytes)].concat());
    assert_eq!(codes(&report), [""; 0]);
}

fn with_records_alone(table: &[u8]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for row in csv::Reader::from_reader(table).byte_records() {
        writer.write_record([&row.unwrap()[5]]).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn a_name_that_contradicts_what_is_stated_is_not_read() {
    let mut draft = Draft::new(20, 20);
    draft.manifest["segments"][0]["media_type"] = json!("text/csv");
    let report = draft.bag().check();
    assert_eq!(report.integrity().word(), "NOT_EVALUABLE", "{:?}", codes(&report));
}
