//! The main job without a pointer: every step by keys, and whatever is wanted is reached by Tab.

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::page::Page;
use chartproof_tests::sample::Sample;
use chartproof_tests::webdriver::key::{self, CONTROL, ENTER, ESCAPE, TAB};
use chartproof_tests::{PATIENCE_FOR_WORK, wait_for};

use crate::steps::{PASSPHRASE, PURPOSE, USER};

/// Nothing on a screen is farther than this many presses of Tab.
const TABS_MAX: usize = 60;

/// Presses Tab until the focus is on what has this name.
#[track_caller]
fn tab_to(page: &Page, name: &str) {
    let mut passed = Vec::new();
    for _ in 0..TABS_MAX {
        let focused = page.focused();
        if focused.starts_with(name) {
            return;
        }
        passed.push(focused);
        page.press(&[TAB]);
    }
    panic!("“{name}” is not reached by Tab, only {passed:?}");
}

/// Tabs to a field and writes into it.
#[track_caller]
fn write(page: &Page, label: &str, text: &str) {
    tab_to(page, label);
    page.press(&[CONTROL, 'a']);
    page.type_text(text);
}

#[test]
fn the_main_job_is_done_with_keys_alone() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 2_000, None);
    home.answer_choosers(&[None, Some(&sample.path)]);
    let Some(page) = home.open(&[]) else { return };
    let (patient, touched) = sample.patient();

    // First run.
    page.see("heading", "Make your vault");
    write(&page, "Your name", USER);
    write(&page, "Passphrase", PASSPHRASE);
    page.press(&[TAB]);
    write(&page, "Passphrase, once more", PASSPHRASE);
    page.see_ready("button", "Make the vault");
    page.press(&[ENTER]);
    page.see_within(PATIENCE_FOR_WORK, "heading", "Your recovery key");
    let group = page.evaluate("return [...document.querySelectorAll('main .key span')].pop().textContent;");
    write(&page, "Type the last group of the key", group.as_str().unwrap());
    page.press(&[ENTER]);
    page.see("heading", "Bundles");

    // Why somebody looks, before it is asked for.
    page.press(&[CONTROL, key::SHIFT, 'P']);
    page.see("heading", "Why are you looking?");
    page.type_text(PURPOSE);
    page.press(&[ENTER]);
    page.read_no_more("Why are you looking?");
    page.read(PURPOSE);

    // A chooser that was closed changes nothing; then the import.
    page.press(&[CONTROL, 'o']);
    page.press(&[CONTROL, 'o']);
    page.see("heading", "Import");
    write(&page, "Who handed it over", "R. Patel");
    write(&page, "When", "2026-04-02");
    write(&page, "By which channel", "E-mail");
    tab_to(&page, "Import");
    page.press(&[ENTER]);
    page.wait("the verdict", PATIENCE_FOR_WORK, || page.text().contains("Reached ").then_some(()));
    page.read("2 Apr 2026");

    // A chart by the palette.
    page.press(&[CONTROL, 'k']);
    page.see("combobox", "Search or run a command");
    page.type_text(patient);
    page.see("option", &format!("Open the chart of {patient}"));
    page.press(&[ENTER]);
    page.see("heading", &format!("Patient {patient}"));
    page.read(&format!("{} users", touched.users.len()));

    // Around the table, into the record and back to the very cell.
    page.see("grid", "Events");
    wait_for("the table by F6", || {
        page.press(&[key::F6]);
        page.evaluate("return !!document.activeElement.closest('.main');").as_bool().filter(|inside| *inside)
    });
    page.evaluate("document.querySelector('[role=gridcell][tabindex=\"0\"]').focus();");
    page.press(&[key::DOWN]);
    page.press(&[key::RIGHT]);
    let cell = page.evaluate("return document.activeElement.id;");
    page.press(&[ENTER]);
    page.read("As recorded");
    page.press(&[ESCAPE]);
    assert_eq!(page.evaluate("return document.activeElement.id;"), cell, "Esc leads back to the row");

    // To its user with one letter, and back.
    page.press(&['u']);
    page.see("heading", "User ");
    page.press(&[key::ALT, key::LEFT]);
    page.see("heading", &format!("Patient {patient}"));

    // My own record, its check, and the lock.
    page.press(&[CONTROL, '6']);
    page.see("heading", "My access log");
    tab_to(&page, "Check the log");
    page.press(&[ENTER]);
    page.read("The log stands");
    page.press(&[CONTROL, 'l']);
    page.see("heading", "Unlock the vault");
    page.type_text(PASSPHRASE);
    page.press(&[ENTER]);
    page.see_within(PATIENCE_FOR_WORK, "navigation", "Screens");
}
