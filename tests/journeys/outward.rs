//! What leaves the window by a person's hand: the clipboard and paper. Each stands in the log before it happens.

use std::fs;
use std::path::Path;
use std::process::Command;

use chartproof_tests::app::Home;
use chartproof_tests::page::Page;
use chartproof_tests::sample::Sample;
use chartproof_tests::webdriver::key::{CONTROL, SHIFT};
use chartproof_tests::{PATIENCE_FOR_WORK, cli, wait_for};

use crate::steps::{self, PASSPHRASE, PURPOSE, USER};

/// An open chart, its home, and whose it is.
fn at_a_chart() -> Option<(Home, Page, Sample)> {
    let home = Home::default();
    let program = cli::cli()?;
    let sample = Sample::make(&program, &home, "handed-over", 2_000, None);
    home.answer_choosers(&[Some(&sample.path)]);
    let page = home.open(&[])?;
    steps::make_vault(&page);
    page.click("button", "Open a folder…");
    steps::import_chosen(&page);
    steps::open_chart(&page, sample.patient().0);
    page.see("grid", "Events");
    Some((home, page, sample))
}

#[test]
fn what_is_copied_is_taken_back_when_the_vault_locks() {
    let Some((_home, page, sample)) = at_a_chart() else { return };
    let (patient, _) = sample.patient();
    page.click("gridcell", patient);
    page.press(&['c']);
    page.read("Copied the");
    page.click("textbox", "Filter in text form");
    page.press(&[CONTROL, 'v']);
    wait_for("the pasted cell", || page.value_of("Filter in text form").contains(patient).then_some(()));

    page.press(&[CONTROL, 'l']);
    steps::unlock(&page, PASSPHRASE);
    page.press(&[CONTROL, '6']);
    page.click("textbox", "Purpose contains");
    page.press(&[CONTROL, 'v']);
    assert_eq!(page.value_of("Purpose contains"), "", "the clipboard is empty after the lock");
}

#[test]
fn a_place_can_be_copied_and_names_nobody() {
    let Some((_home, page, sample)) = at_a_chart() else { return };
    let place = page.evaluate("return location.hash;");
    let place = place.as_str().unwrap();
    assert!(place.starts_with("#/patient?") && !place.contains(sample.patient().0), "{place}");
    page.click("gridcell", sample.patient().0);
    page.press(&[CONTROL, SHIFT, 'c']);
    page.read("Copied the place");
    page.click("textbox", "Filter in text form");
    page.press(&[CONTROL, 'v']);
    wait_for("the pasted place", || page.value_of("Filter in text form").starts_with("#/patient?").then_some(()));
}

#[test]
fn rows_are_printed_as_a_sheet_of_their_own_and_logged() {
    let Some((home, page, sample)) = at_a_chart() else { return };
    let (patient, touched) = sample.patient();
    page.press(&[CONTROL, 'p']);
    let paper = printed(&page, &home, "rows.pdf");
    for expected in ["Events of one look", patient, PURPOSE, USER, touched.users.first().unwrap()] {
        on_paper(paper.as_deref(), expected, true);
    }
    for screen_only in ["Add filter", "Access log on", "My access log"] {
        on_paper(paper.as_deref(), screen_only, false);
    }
    page.click("link", "My access log");
    page.see("grid", "Entries of the access log");
    let rows = steps::log_rows(&page);
    let line = rows.iter().find(|row| row.iter().any(|cell| cell == "Printed")).expect("printing is logged");
    assert!(line.iter().any(|cell| cell == PURPOSE), "{line:?}");
    let counted = format!("{} rows", touched.events);
    assert!(line.iter().any(|cell| cell.contains(&counted)), "{counted}: {line:?}");
}

#[test]
fn the_recovery_key_is_printed_with_how_to_use_it() {
    let home = Home::default();
    let Some(page) = home.open(&[]) else { return };
    let groups = steps::make_vault_up_to_its_key(&page);
    page.click("button", "Print");
    let paper = printed(&page, &home, "recovery-key.pdf");
    for expected in groups.iter().map(String::as_str).chain(["Chartproof recovery key", USER]) {
        on_paper(paper.as_deref(), expected, true);
    }
    on_paper(paper.as_deref(), "Type the last group", false);
}

/// Waits for what was printed and gives its text, or nothing where no program can read it.
fn printed(page: &Page, home: &Home, name: &str) -> Option<String> {
    let file = home.path("printed.pdf");
    page.wait("the printed pages", PATIENCE_FOR_WORK, || whole(&file).then_some(()));
    page.keep(&file, name);
    let read = Command::new("pdftotext").args(["-layout", file.to_str().unwrap(), "-"]).output();
    if let Ok(read) = read {
        return Some(String::from_utf8_lossy(&read.stdout).split_whitespace().collect::<Vec<_>>().join(" "));
    }
    println!("skipped: what is printed is not read (Debian: poppler-utils)");
    None
}

/// Whether a file is a PDF that was written to its end.
fn whole(file: &Path) -> bool {
    let bytes = fs::read(file).unwrap_or_default();
    bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF")
}

#[track_caller]
fn on_paper(paper: Option<&str>, words: &str, wanted: bool) {
    if let Some(paper) = paper {
        assert_eq!(paper.contains(words), wanted, "“{words}” on paper:\n{paper}");
    }
}
