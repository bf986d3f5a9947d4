//! Segments that are Parquet: read as CSV is, with what only Parquet can do wrong.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

mod bag;

use std::sync::Arc;

use bag::{Bag, Draft, codes, table_bag};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value as Json, json};
use verify::{Finding, Report};

const MEDIA_TYPE: &str = "application/vnd.apache.parquet";
/// What honest exports have: texts, a number, a time, a truth value that few records state.
const SCHEMA: &str = "message log {
    required int64 seq;
    optional binary actor_id (STRING);
    required int64 timestamp (TIMESTAMP(MICROS,true));
    required binary record (STRING);
    optional boolean break_glass;
    optional binary patient_ids (STRING);
}";

/// A cell that a test writes.
#[derive(Clone)]
enum Cell {
    Null,
    Text(Vec<u8>),
    Number(i64),
}

fn cells(line: &[u8]) -> Vec<Cell> {
    let record: Json = serde_json::from_slice(line).unwrap();
    let event = &record["event"];
    let time = model::Instant::parse(event["timestamp"].as_str().unwrap()).unwrap();
    vec![
        Cell::Number(record["seq"].as_i64().unwrap()),
        Cell::Text(event["actor"]["id"].as_str().unwrap().as_bytes().to_vec()),
        Cell::Number(time.utc_nanos().unwrap() / 1_000),
        Cell::Text(line.to_vec()),
        Cell::Null,
        Cell::Text(event["patient_ids"].to_string().into_bytes()),
    ]
}

/// Writes rows, a row group for each `per_group` of them.
fn written(schema: &str, properties: WriterProperties, rows: &[Vec<Cell>], per_group: usize) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let optional: Vec<bool> = schema.get_fields().iter().map(|field| field.is_optional()).collect();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in rows.chunks(per_group) {
        let mut group = writer.next_row_group().unwrap();
        let mut place = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            let cells: Vec<Cell> = rows.iter().map(|row| row[place].clone()).collect();
            let levels: Vec<i16> = cells.iter().map(|cell| i16::from(!matches!(cell, Cell::Null))).collect();
            let levels = optional[place].then_some(levels.as_slice());
            let texts = cells.iter().filter_map(|cell| match cell {
                Cell::Text(text) => Some(ByteArray::from(text.clone())),
                _ => None,
            });
            let numbers =
                cells.iter().filter_map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None });
            match column.untyped() {
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    writer.write_batch(&texts.collect::<Vec<_>>(), levels, None).unwrap();
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    writer.write_batch(&numbers.collect::<Vec<_>>(), levels, None).unwrap();
                }
                ColumnWriter::BoolColumnWriter(writer) => {
                    writer.write_batch(&[], levels, None).unwrap();
                }
                _ => panic!("no such column is written here"),
            }
            column.close().unwrap();
            place += 1;
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn packed_as(compression: Compression) -> WriterProperties {
    WriterProperties::builder().set_compression(compression).set_data_page_row_count_limit(7).build()
}

fn plain() -> WriterProperties {
    packed_as(Compression::UNCOMPRESSED)
}

fn parquet_bag(draft: &Draft, write: &dyn Fn(&[Vec<u8>]) -> Vec<u8>) -> Bag {
    table_bag(draft, ".parquet", MEDIA_TYPE, write)
}

/// The report of 20 records in one file that `write` makes of their rows.
fn report_of(write: &dyn Fn(Vec<Vec<Cell>>) -> Vec<u8>) -> Report {
    parquet_bag(&Draft::new(20, 20), &|lines| write(lines.iter().map(|line| cells(line)).collect())).check()
}

fn found<'r>(report: &'r Report, code: &str) -> &'r Finding {
    let mut of_code = report.findings().iter().filter(|finding| finding.code.name() == code);
    let finding = of_code.next();
    assert!(finding.is_some() && of_code.next().is_none(), "one {code}: {:?}", report.findings());
    finding.unwrap()
}

#[test]
fn a_file_of_whatever_writing_gets_the_verdict_of_the_lines() {
    let draft = Draft::new(400, 150);
    let plainly = draft.bag().check();
    for (what, properties) in [
        ("plain", plain()),
        ("snappy", packed_as(Compression::SNAPPY)),
        ("zstd", packed_as(Compression::ZSTD(ZstdLevel::default()))),
        ("no dictionary", WriterProperties::builder().set_dictionary_enabled(false).build()),
        (
            "version 2",
            WriterProperties::builder()
                .set_writer_version(parquet::file::properties::WriterVersion::PARQUET_2_0)
                .set_encoding(Encoding::PLAIN)
                .set_compression(Compression::SNAPPY)
                .build(),
        ),
    ] {
        let write = |lines: &[Vec<u8>]| {
            let rows: Vec<_> = lines.iter().map(|line| cells(line)).collect();
            written(SCHEMA, properties.clone(), &rows, 60)
        };
        let report = parquet_bag(&draft, &write).check();
        assert_eq!(codes(&report), codes(&plainly), "{what}");
        assert_eq!((report.integrity(), report.assurance()), (plainly.integrity(), plainly.assurance()), "{what}");
        assert_eq!((report.counts().records, report.counts().events), (400, 400), "{what}");
    }
}

#[test]
fn a_changed_record_and_a_changed_column_are_named_by_their_row() {
    let mut draft = Draft::new(60, 30);
    draft.change(41, |record| record["event"]["action"] = json!("print"));
    draft.restate_segments();
    let write = |lines: &[Vec<u8>]| {
        let mut rows: Vec<_> = lines.iter().map(|line| cells(line)).collect();
        if let Some(row) = rows.iter_mut().find(|row| matches!(row[0], Cell::Number(50))) {
            row[1] = Cell::Text(b"u-9".to_vec());
        }
        written(SCHEMA, plain(), &rows, 8)
    };
    let report = parquet_bag(&draft, &write).check();
    let modified = found(&report, "EVENT_MODIFIED");
    assert_eq!(modified.file.as_deref(), Some("data/events/segment-000002.parquet"));
    assert_eq!((modified.row, modified.line, modified.seq), (Some(11), None, Some(41)));
    let mismatch = found(&report, "PROJECTION_MISMATCH");
    assert_eq!((mismatch.row, mismatch.column.as_deref()), (Some(20), Some("actor_id")));
    assert_eq!(codes(&report), ["EVENT_MODIFIED", "PROJECTION_MISMATCH"]);
}

#[test]
fn every_kind_of_column_is_compared() {
    for (place, column, wrong) in [
        (0, "seq", Cell::Number(7)),
        (1, "actor_id", Cell::Null),
        (2, "timestamp", Cell::Number(0)),
        (5, "patient_ids", Cell::Text(b"[]".to_vec())),
    ] {
        let report = report_of(&|mut rows| {
            rows[4][place] = wrong.clone();
            written(SCHEMA, packed_as(Compression::SNAPPY), &rows, 6)
        });
        let mismatch = found(&report, "PROJECTION_MISMATCH");
        assert_eq!((mismatch.row, mismatch.column.as_deref()), (Some(5), Some(column)));
    }
}

#[test]
fn a_record_that_is_null_or_too_long_is_told_with_its_row() {
    let schema = SCHEMA.replace("required binary record", "optional binary record");
    let report = report_of(&|mut rows| {
        rows[4][3] = Cell::Null;
        rows[9][3] = Cell::Text(vec![b'x'; 2 << 20]);
        rows[12][1] = Cell::Text(vec![b'x'; 2 << 20]);
        written(&schema, plain(), &rows, 20)
    });
    assert_eq!(found(&report, "SCHEMA_INVALID").row, Some(5));
    let long = report.findings().iter().filter(|finding| finding.code.name() == "LINE_TOO_LONG");
    let long: Vec<_> = long.map(|finding| (finding.row, finding.column.as_deref())).collect();
    assert_eq!(long, [(Some(10), Some("record")), (Some(13), Some("actor_id"))]);
    assert_eq!(report.counts().events, 18);
}

#[test]
fn a_nested_column_is_told_and_the_records_are_still_checked() {
    // A list of texts for each row: nested, so that its cells cannot be compared.
    let schema = SCHEMA.replace("optional binary patient_ids (STRING);", "repeated binary patient_ids (STRING);");
    let report = report_of(&|rows| written_with_lists(&schema, &rows));
    let unfit = found(&report, "SCHEMA_INVALID");
    assert_eq!((unfit.row, unfit.column.as_deref()), (None, Some("patient_ids")));
    assert_eq!((codes(&report), report.counts().events), (vec!["SCHEMA_INVALID"], 20));
}

/// As [`written`], with one element in each row of the last column.
fn written_with_lists(schema: &str, rows: &[Vec<Cell>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(plain())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut place = 0;
    while let Some(mut column) = group.next_column().unwrap() {
        let (levels, repeats) = (vec![1; rows.len()], vec![0; rows.len()]);
        let nulls = vec![0; rows.len()];
        let text = |row: &Vec<Cell>| if let Cell::Text(text) = &row[place] { text.clone() } else { Vec::new() };
        let texts: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(text(row))).collect();
        let number = |row: &Vec<Cell>| if let Cell::Number(number) = row[place] { number } else { 0 };
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let levels = (place != 3).then_some(levels.as_slice());
                let repeats = (place == 5).then_some(repeats.as_slice());
                writer.write_batch(&texts, levels, repeats).unwrap();
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                writer.write_batch(&rows.iter().map(number).collect::<Vec<_>>(), None, None).unwrap();
            }
            ColumnWriter::BoolColumnWriter(writer) => {
                writer.write_batch(&[], Some(&nulls), None).unwrap();
            }
            _ => panic!("no such column is written here"),
        }
        column.close().unwrap();
        place += 1;
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn without_one_column_of_records_nothing_is_read() {
    for (schema, words) in [
        (SCHEMA.replace(" record ", " entry "), "`record`"),
        (SCHEMA.replace("required binary record (STRING)", "required binary record (DECIMAL(9,2))"), "`record`"),
    ] {
        let report = report_of(&|rows| written(&schema, plain(), &rows, 20));
        let refused = found(&report, "SCHEMA_INVALID");
        assert!(refused.message.contains(words), "{}", refused.message);
        assert_eq!(refused.file.as_deref(), Some("data/events/segment-000001.parquet"));
        assert_eq!((report.counts().events, report.integrity().word()), (0, "FAIL"));
    }
}

#[test]
fn an_encoding_that_is_not_read_is_said() {
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .set_column_encoding("seq".into(), Encoding::PLAIN)
        .set_column_encoding("timestamp".into(), Encoding::PLAIN)
        .set_column_encoding("break_glass".into(), Encoding::PLAIN)
        .build();
    let report = report_of(&|rows| written(SCHEMA, properties.clone(), &rows, 20));
    assert!(found(&report, "SCHEMA_INVALID").message.contains("encoded in a way"));
}

/// The code of what is wrong with a file that `change` has bent, which all lists describe.
fn bent(change: impl Fn(&mut Vec<u8>)) -> Report {
    report_of(&|rows| {
        let mut file = written(SCHEMA, packed_as(Compression::SNAPPY), &rows, 20);
        change(&mut file);
        file
    })
}

#[test]
fn a_file_that_is_cut_short_or_lies_about_its_footer_is_refused() {
    let tail = |length: u32| {
        move |file: &mut Vec<u8>| {
            let at = file.len() - 8;
            file[at..at + 4].copy_from_slice(&length.to_le_bytes());
        }
    };
    let half = bent(|file| file.truncate(file.len() / 2));
    let empty = bent(Vec::clear);
    for report in [half, empty, bent(tail(1 << 20)), bent(tail(3)), bent(tail(0))] {
        let refused = found(&report, "RECORD_UNPARSEABLE");
        assert!(refused.message.contains("cut short"), "{}", refused.message);
        assert_eq!((report.counts().events, report.integrity().word()), (0, "FAIL"));
    }
    for length in [u32::MAX, 17 << 20] {
        assert_eq!(found(&bent(tail(length)), "ARCHIVE_LIMIT_EXCEEDED").line, None);
    }
}

#[test]
fn no_flipped_bit_is_passed_over_and_none_makes_a_panic() {
    let rows: Vec<_> = Draft::new(6, 6).segments[0].lines.iter().map(|line| cells(line)).collect();
    let whole = written(SCHEMA, packed_as(Compression::SNAPPY), &rows, 3);
    for at in 0..whole.len() {
        let mut file = whole.clone();
        file[at] ^= 1 << (at % 8);
        let runs = bundle::segment::runs(file.as_slice(), bundle::segment::Layout::Parquet, "t.parquet");
        let rows: u64 = runs.map_while(Result::ok).map(|run| run.lines().lines().count() as u64).sum();
        assert!(rows <= 6, "byte {at}");
    }
}
