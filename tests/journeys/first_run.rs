//! The main job on an office's machine: make a vault, open a bundle, read the verdict, see who opened a chart, turn to one
//! of them and back, and find each of these looks in one's own record.

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::Sample;
use chartproof_tests::webdriver::key;

use crate::steps::{self, PASSPHRASE, PURPOSE, USER};

#[test]
fn from_first_run_to_who_opened_the_chart_and_my_own_record() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 4_000, None);
    home.answer_choosers(&[Some(&sample.path)]);
    let Some(page) = home.open(&[]) else { return };

    steps::make_vault(&page);
    page.click("button", "Open a folder…");
    steps::import_chosen(&page);

    // What kind of bundle it is and what that is worth, in words; and no tick that it does not deserve.
    page.read("Unsigned");
    assert!(!page.text().contains("Verified."), "an unsigned bundle is never verified");
    page.read(&grouped(sample.events));
    page.read(&grouped(sample.patients.len()));
    page.read(&grouped(sample.users.len()));

    let (patient, touched) = sample.patient();
    steps::open_chart(&page, patient);

    // Who opened this chart: everybody who did, and nobody else.
    page.see("heading", &format!("Patient {patient}"));
    page.read(&format!("{} users", touched.users.len()));
    page.read(&format!("{} of {} events", grouped(touched.events), grouped(sample.events)));
    for user in &touched.users {
        page.see("button", user);
    }

    // Turn to one of them, and back.
    let user = touched.users.first().unwrap();
    page.click("button", user);
    page.see("heading", &format!("User {user}"));
    page.read(&format!("{} of {} events", grouped(sample.users[user]), grouped(sample.events)));
    page.press(&[key::ALT, key::LEFT]);
    page.see("heading", &format!("Patient {patient}"));

    // A record as it was written.
    page.click("gridcell", patient);
    page.press(&[key::ENTER]);
    page.read("As recorded");
    page.read("\"patient_ids\"");

    // Each of these looks is in my own record, with its reason, and the record stands.
    page.click("link", "My access log");
    page.see("grid", "Entries of the access log");
    let rows = steps::log_rows(&page);
    for wanted in [patient, user.as_str()] {
        let found = rows.iter().find(|row| row.iter().any(|cell| cell.contains(wanted)));
        let row = found.unwrap_or_else(|| panic!("the look at one person is logged: {rows:?}"));
        assert!(row.iter().any(|cell| cell == PURPOSE), "with its purpose");
        assert!(row.iter().any(|cell| cell == USER), "with who looked");
    }
    page.click("button", "Check the log");
    page.read("The log stands");

    // Locked means that nothing is left on the screen; a wrong passphrase says no more than that.
    page.click("button", "Lock");
    page.see("heading", "Unlock the vault");
    assert!(!page.text().contains(patient), "nobody is named at a locked door");
    page.fill("Passphrase", "not the passphrase at all");
    page.click("button", "Unlock");
    page.see("alert", "");
    steps::unlock(&page, PASSPHRASE);
    page.see("heading", "Bundles");
    page.read("1 failed attempt to unlock");

    // Nobody is named before there is a purpose: that of before went with the lock.
    page.click("link", "Hudson Example Hospital");
    page.see("heading", "Overview");
    page.click("link", "Timeline");
    page.see("heading", "Why are you looking?");
    page.click("button", "Not now");
    page.read("Nobody is named before a purpose is given.");
    assert!(!page.has("grid", "Events"), "no row before a purpose");
}

#[test]
fn what_was_said_of_an_import_survives_the_question_for_a_purpose() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let sample = Sample::make(&program, &home, "handed-over", 200, None);
    home.answer_choosers(&[Some(&sample.path)]);
    let Some(page) = home.open(&[]) else { return };
    steps::make_vault(&page);
    page.click("button", "Open a folder…");
    steps::ask_for_import(&page);
    steps::give_purpose(&page);
    page.see("heading", "Import");
    assert_eq!(page.value_of("Who handed it over"), steps::HANDED_BY);
}

/// Four thousand as the window writes it.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let (head, tail) = digits.split_at(head);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (!head.is_empty()).then(|| head.to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}
