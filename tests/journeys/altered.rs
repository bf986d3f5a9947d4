//! An altered bundle: a band on every screen, the finding with its place, the record marked, and reading not prevented.

use chartproof_tests::PATIENCE;
use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::Sample;
use chartproof_tests::webdriver::key::{ENTER, ESCAPE};

use crate::steps;

/// The screens of a bundle, as the rail names them.
const SCREENS: &[&str] = &["Overview", "Timeline", "Patients", "Users", "Integrity", "My access log", "Settings"];

const BAND: &str = "This bundle is altered or damaged.";

#[test]
fn an_altered_bundle_says_so_on_every_screen_and_shows_what_failed() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 2_000, Some("event-modified"));
    home.answer_choosers(&[Some(&sample.path)]);
    let Some(page) = home.open(&[]) else { return };

    steps::make_vault(&page);
    page.click("button", "Open a folder…");
    steps::import_chosen(&page);
    page.read(BAND);

    for screen in SCREENS {
        page.click("link", screen);
        page.see("heading", screen);
        page.see("alert", BAND);
        for word in ["Unsigned", "Verified"] {
            assert!(!page.text().contains(word), "{screen} does not say {word} of an altered bundle");
        }
    }

    page.click("button", "Show what failed");
    page.see("heading", "Integrity");
    page.read("EVENT_MODIFIED");
    page.read("Hash that is stored");
    page.read("Hash that was computed");
    page.read("What rests on it");
    page.see("grid", "Coverage by source");

    // The record itself, beside the finding, with its own verdict; and Esc leads back to the finding.
    page.click("button", "Open the record");
    page.see("complementary", "Record");
    let panel = || page.evaluate("return document.querySelector('aside[aria-label=Record]')?.innerText ?? '';");
    page.wait("the record", PATIENCE, || {
        panel().as_str().is_some_and(|text| text.contains("As recorded")).then_some(())
    });
    assert!(panel().as_str().is_some_and(|text| text.contains("Altered or damaged")), "{}", panel());
    page.press(&[ESCAPE]);
    page.wait("the finding", PATIENCE, || (page.focused() == "Open the record").then_some(()));
    assert!(!page.has("complementary", "Record"));

    // In the table it is marked.
    page.click("link", "Timeline");
    page.fill("Filter in text form", "integrity:altered");
    page.press(&[ENTER]);
    let marked = "return document.querySelectorAll('[role=grid] .body .row.altered').length;";
    page.wait("the altered record, marked", PATIENCE, || (page.evaluate(marked) == serde_json::json!(1)).then_some(()));

    // Opening it was a look, and is in my own record with its purpose.
    page.click("link", "My access log");
    page.see("grid", "Entries of the access log");
    let rows = steps::log_rows(&page);
    let opened: Vec<_> = rows.iter().filter(|row| row.iter().any(|cell| cell == "Opened an event")).collect();
    assert!(!opened.is_empty(), "{rows:?}");
    assert!(opened.iter().all(|row| row.iter().any(|cell| cell == steps::PURPOSE)), "{opened:?}");
}
