//! Checked rows on the clipboard: those and no others, as the table shows them, with a line of their own.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod office;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use workbench::wire::{CopyRowsAsk, FaultCode, LogEntry, Look, LookAsk, PurposeAsk, RevealAsk, Row, RowMark, RowsAsk};
use workbench::{Desk, ImportWish, Outlets};

/// What lies on the clipboard.
#[derive(Clone, Default)]
struct Clipboard(Arc<Mutex<String>>);

impl Outlets for Clipboard {
    fn choose_bundle(&self, _: bool) -> Option<PathBuf> {
        None
    }
    fn choose_file(&self, _: &str, _: &[&str]) -> Option<PathBuf> {
        None
    }
    fn choose_folder(&self) -> Option<PathBuf> {
        None
    }
    fn save_file(&self, _: &str) -> Option<PathBuf> {
        None
    }
    fn set_clipboard(&self, text: &str) -> bool {
        text.clone_into(&mut self.0.lock().unwrap());
        true
    }
    fn print(&self) -> bool {
        false
    }
    fn clear_clipboard(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// A row with two patients, and a user whose id a spreadsheet would take for a formula.
fn line(number: usize) -> String {
    format!(
        r#"{{"resourceType":"AuditEvent","id":"e{number}","recorded":"2026-03-02T08:00:{:02}Z","action":"R","agent":[{{"requestor":true,"name":"Dana Whitfield","who":{{"reference":"=cmd/{number}"}}}}],"entity":[{{"what":{{"reference":"Patient/pat-1"}}}},{{"what":{{"reference":"Patient/pat-2"}}}}]}}"#,
        number % 60
    )
}

fn ready() -> (tempfile::TempDir, Desk, Clipboard, Look) {
    let clipboard = Clipboard::default();
    let outlets = clipboard.clone();
    let (dir, desk) = office::open_with(move |_| Box::new(outlets));
    let look = look_at(&dir, &desk);
    (dir, desk, clipboard, look)
}

/// Imports forty events and looks at those of a patient.
fn look_at(dir: &tempfile::TempDir, desk: &Desk) -> Look {
    desk.give_purpose(PurposeAsk { text: "Complaint of 12 March".into() }).unwrap();
    let path = dir.path().join("log.ndjson");
    let lines: String = (0..40).map(|number| line(number) + "\n").collect();
    std::fs::write(&path, lines).unwrap();
    let started = desk.import_path(&path, &ImportWish::default()).unwrap();
    let bundle = desk.wait_for(started.job.unwrap()).unwrap().bundle.unwrap();
    let filter = "patient:pat-1".to_owned();
    desk.look(LookAsk { bundle, filter, and: Vec::new(), sort: "time".into(), descending: false }).unwrap()
}

fn rows(desk: &Desk, look: &Look) -> Vec<Row> {
    desk.rows(RowsAsk { look: look.look, offset: 0, limit: 500 }).unwrap().rows
}

fn marks(rows: &[Row], of: &[u64]) -> Vec<RowMark> {
    let mark =
        |index: &u64| RowMark { index: *index, event_ref: rows[usize::try_from(*index).unwrap()].event_ref.clone() };
    of.iter().map(mark).collect()
}

fn copies(desk: &Desk) -> Vec<LogEntry> {
    let mut copies = Vec::new();
    desk.each_log_entry(&mut |entry| {
        copies.extend(Some(entry).filter(|entry| entry.action == "copy"));
        Ok(())
    })
    .unwrap();
    copies
}

#[test]
fn the_checked_rows_are_copied_as_shown_and_one_line_tells_how_many() {
    let (_dir, desk, clipboard, look) = ready();
    let all = rows(&desk, &look);
    let ask = CopyRowsAsk { look: look.look, all: false, rows: marks(&all, &[3, 4, 17]) };
    assert_eq!(desk.copy_rows(ask).unwrap().rows, 3);
    let text = clipboard.0.lock().unwrap().clone();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|cells| cells.len() == lines[0].len()), "{text}");
    let column = |name: &str| lines[0].iter().position(|title| *title == name).unwrap();
    for (line, index) in lines[1..].iter().zip([3, 4, 17]) {
        assert_eq!(line[column("Reference")], all[index].event_ref);
        assert_eq!(line[column("User")], format!("'=cmd/{index}"), "no spreadsheet runs it");
        assert_eq!(line[column("State")], "Not verified", "how a row is marked goes with it");
        assert_eq!((line[column("Patients")], line[column("Other patients")]), ("pat-1", "1"));
    }
    assert!(!text.contains("Whitfield") && !text.contains("pat-2"), "what is covered stays covered: {text}");
    let copies = copies(&desk);
    assert_eq!(copies.len(), 1);
    assert!(copies[0].object.starts_with("3 rows of the look in entry "), "{:?}", copies[0]);
    assert_eq!(copies[0].result.as_deref(), Some("3 rows"));
}

#[test]
fn all_but_some_are_copied_and_what_was_revealed_with_them() {
    let (_dir, desk, clipboard, look) = ready();
    desk.reveal(RevealAsk { look: look.look }).unwrap();
    let all = rows(&desk, &look);
    let ask = CopyRowsAsk { look: look.look, all: true, rows: marks(&all, &[0, 39]) };
    assert_eq!(desk.copy_rows(ask).unwrap().rows, 38);
    let text = clipboard.0.lock().unwrap().clone();
    assert_eq!(text.lines().count(), 39);
    let has = |row: &Row| text.lines().any(|line| line.ends_with(&format!("\t{}", row.event_ref)));
    assert!(has(&all[1]) && !has(&all[0]) && !has(&all[39]), "{text}");
    assert!(text.contains("Dana Whitfield · =cmd/1\t") && text.contains("pat-1, pat-2"), "{text}");
}

#[test]
fn nothing_is_copied_in_place_of_what_was_checked() {
    let (_dir, desk, clipboard, look) = ready();
    let all = rows(&desk, &look);
    let refused = |all_rows, rows| {
        let fault = desk.copy_rows(CopyRowsAsk { look: look.look, all: all_rows, rows }).unwrap_err();
        assert_eq!(fault.code, FaultCode::BadInput);
        fault.what
    };
    let mut moved = marks(&all, &[3, 4]);
    moved[1].index = 5;
    assert!(refused(false, moved).contains("have moved"));
    let mut beyond = marks(&all, &[39]);
    beyond[0].index = 40;
    assert!(refused(false, beyond.clone()).contains("have moved"));
    beyond[0].index = 38;
    assert!(refused(true, beyond).contains("have moved"));
    assert!(refused(false, Vec::new()).contains("No row is checked"));
    assert!(clipboard.0.lock().unwrap().is_empty() && copies(&desk).is_empty());
}

#[test]
fn where_the_system_takes_no_text_it_is_said_and_the_line_stands() {
    let (dir, desk) = office::open();
    let look = look_at(&dir, &desk);
    let rows = marks(&rows(&desk, &look), &[0]);
    let fault = desk.copy_rows(CopyRowsAsk { look: look.look, all: false, rows }).unwrap_err();
    assert_eq!(fault.code, FaultCode::Internal);
    assert_eq!(copies(&desk).len(), 1, "the line comes before the act");
}
