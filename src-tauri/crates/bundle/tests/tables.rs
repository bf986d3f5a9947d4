//! Tables of records: what a well-known library wrote is read as it reads it, and nothing whatever makes a panic.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

use bundle::segment::{Form, Layout, Run, runs};
use bundle::table::{Cell, RowRun};
use bundle::unpack::Packing;
use proptest::prelude::*;

fn rows_of(bytes: &[u8]) -> Vec<RowRun> {
    let table = |run: Run| if let Run::Rows(rows) = run { rows } else { panic!("no table") };
    runs(bytes, Layout::Csv, "t.csv").map(|run| table(run.unwrap())).collect()
}

/// Records and other cells, as they are read.
fn read(bytes: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut read = Vec::new();
    for run in rows_of(bytes) {
        assert_eq!(run.troubles, [], "a table that a library wrote");
        for (index, line) in run.lines.lines().enumerate() {
            let cells = run.cells.row(index).unwrap();
            let bytes = |cell| match cell {
                Cell::Nothing => Vec::new(),
                Cell::Text(text) => text.to_vec(),
                Cell::Moment { .. } => panic!("CSV knows no moments"),
            };
            assert_eq!(line.number, read.len() as u64 + 1);
            read.push((line.bytes.to_vec(), cells.map(bytes).collect()));
        }
    }
    read
}

/// A record of one line, and two cells of anything.
fn row() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    let cell = || proptest::collection::vec(any::<u8>(), 0..20);
    let record = cell().prop_map(|bytes| {
        let kept: Vec<u8> = bytes.into_iter().filter(|byte| *byte != b'\n').collect();
        [b"{".to_vec(), kept].concat()
    });
    (cell(), record, prop_oneof![cell(), "[\",\r\n]{0,9}".prop_map(String::into_bytes)])
}

proptest! {
    #[test]
    fn what_a_library_writes_is_read_as_it_was(
        rows in proptest::collection::vec(row(), 0..60),
        is_crlf in any::<bool>(),
        is_quoted in any::<bool>(),
    ) {
        let terminator = if is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let style = if is_quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).quote_style(style).from_writer(Vec::new());
        writer.write_record(["one, \"two\"", "record", ""]).unwrap();
        for (one, record, other) in &rows {
            writer.write_record([one, record, other]).unwrap();
        }
        let expected: Vec<_> = rows.into_iter().map(|(one, record, other)| (record, vec![one, other])).collect();
        prop_assert_eq!(read(&writer.into_inner().unwrap()), expected);
    }

    #[test]
    fn nothing_makes_it_panic_and_no_row_is_lost(text in "(record,x\n)?[\"a,\r\n]{0,60}") {
        let mut rows = 0;
        for run in runs(text.as_bytes(), Layout::Csv, "t.csv") {
            let Ok(run) = run else { return Ok(()) };
            let first = run.lines().first_line;
            prop_assert_eq!(first, rows + 1);
            rows += run.lines().lines().count() as u64;
            let troubles = &run.rows().unwrap().troubles;
            prop_assert!(troubles.iter().all(|trouble| trouble.row.is_some_and(|row| row >= first && row <= rows)));
        }
        // Line feeds within quotation marks end no row; every other one does.
        prop_assert!(text.contains('"') || rows + 1 >= text.matches('\n').count() as u64);
    }
}

#[test]
fn rows_of_nothing_fill_no_memory() {
    let text = [b"record,x\n".to_vec(), b",\n".repeat(100_000)].concat();
    let runs = rows_of(&text);
    assert!(runs.len() > 50 && runs.iter().all(|run| run.troubles.len() <= 1_000), "{}", runs.len());
    assert_eq!(runs.iter().map(|run| run.troubles.len()).sum::<usize>(), 100_000);
}

#[test]
fn more_columns_than_anybody_has_are_refused() {
    let heading = format!("record{}\n", ",c".repeat(1_000));
    let fault = runs(heading.as_bytes(), Layout::Csv, "t.csv").next().unwrap().unwrap_err();
    assert_eq!(fault.trouble().unwrap().code.code(), "ARCHIVE_LIMIT_EXCEEDED");
}

#[test]
fn the_name_and_what_is_stated_have_to_agree() {
    let csv = Form { layout: Layout::Csv, packing: None };
    assert_eq!(Form::stated("e/s.csv", Some("text/csv"), None), Some(csv));
    assert_eq!(Form::stated("e/s.csv", None, Some("none")), Some(csv));
    assert_eq!(
        Form::stated("e/s.csv.zst", Some("text/csv"), Some("zstd")),
        Some(Form { packing: Some(Packing::Zstd), ..csv })
    );
    for (name, media_type, compression) in [
        ("e/s.ndjson", Some("text/csv"), None),
        ("e/s.csv", Some("application/x-ndjson"), None),
        ("e/s.csv", Some("text/csv"), Some("xz")),
    ] {
        assert_eq!(Form::stated(name, media_type, compression), None, "{name}");
    }
}
