//! Every screen in the real engine, light and dark: axe-core finds nothing, and where `CHARTPROOF_SHOTS` names a folder,
//! a picture of each is put there.

use chartproof_tests::PATIENCE_FOR_WORK;
use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::sample::Sample;
use chartproof_tests::webdriver::key::{CONTROL, ENTER, ESCAPE, F6};

use crate::steps;
use crate::tour::{THEMES, Tour};

#[test]
fn the_entrance_is_accessible_in_both_themes() {
    for (theme, gtk_theme) in THEMES {
        let home = Home::default();
        let Some(page) = home.open_with(&[], &[("GTK_THEME", gtk_theme)]) else { return };
        let tour = Tour::new(&page, theme);
        page.see("heading", "Make your vault");
        page.read(&home.path("vault").display().to_string());
        tour.look("first-run");
        page.fill("Your name", steps::USER);
        page.fill("Passphrase", "short");
        page.fill("Passphrase, once more", "shorter");
        page.read("The two passphrases differ.");
        tour.look("first-run-differs");
        page.fill("Passphrase", steps::PASSPHRASE);
        page.fill("Passphrase, once more", steps::PASSPHRASE);
        page.click("button", "Make the vault");
        page.see_within(PATIENCE_FOR_WORK, "heading", "Your recovery key");
        tour.look("recovery-key");
        let group = page.evaluate("return [...document.querySelectorAll('main .key span')].pop().textContent;");
        page.fill("Type the last group of the key", group.as_str().unwrap());
        page.click("button", "I have it; open the vault");
        page.see("heading", "Bundles");
        tour.look("bundles-empty");

        // A second program at the same door is told who is in.
        if let Some(second) = home.open_with(&[], &[("GTK_THEME", gtk_theme)]) {
            second.see("heading", "The vault is in use");
            second.read("Open since");
            let tour = Tour::new(&second, theme);
            tour.look("held");
            tour.end();
            page.press(&[CONTROL, 'l']);
            page.see("heading", "Unlock the vault");
            second.click("button", "Try again");
            second.see("heading", "Unlock the vault");
            second.end();
        }

        page.see("heading", "Unlock the vault");
        tour.look("unlock");
        page.fill("Passphrase", "wrong");
        page.click("button", "Unlock");
        page.see("alert", "");
        tour.look("unlock-wrong");
        page.click("button", "Use the recovery key");
        tour.look("recover");
        tour.end();
    }
}

#[test]
fn every_screen_of_a_bundle_is_accessible_in_both_themes() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let whole = Sample::make(&program, &home, "whole", 3_000, None);
    let altered = Sample::make(&program, &home, "altered", 1_000, Some("event-modified"));
    home.answer_choosers(&[Some(&whole.path), Some(&altered.path)]);
    for (theme, gtk_theme) in THEMES {
        let Some(page) = home.open_with(&[], &[("GTK_THEME", gtk_theme)]) else { return };
        let tour = Tour::new(&page, theme);
        if *theme == "light" {
            steps::make_vault(&page);
            page.click("button", "Open a folder…");
            page.see("heading", "Import");
            tour.look("import");
            steps::import_chosen(&page);
            page.press(&[CONTROL, 'o']);
            steps::import_chosen(&page);
            page.press(&[CONTROL, 'l']);
        }
        steps::unlock(&page, steps::PASSPHRASE);
        page.see("heading", "Bundles");
        page.read("Unsigned");
        tour.look("bundles");
        screens_of_bundles(&tour, &whole);
        tour.end();
    }
}

/// From the list of bundles through everything there is about them.
fn screens_of_bundles(tour: &Tour<'_>, whole: &Sample) {
    let page = tour.page;
    let (patient, touched) = whole.patient();
    // The whole one was imported first and stands last.
    page.evaluate("[...document.querySelectorAll('main tbody a')].pop().click();");
    page.see("heading", "Overview");
    page.read("Reached ");
    tour.look("overview");
    page.click("link", "Timeline");
    page.see("heading", "Why are you looking?");
    tour.look("purpose");
    steps::give_purpose(page);
    page.see("grid", "Events");
    page.read("As recorded");
    tour.look("timeline");
    page.click("button", "Add filter");
    page.see("heading", "Values of");
    tour.look("facet");
    page.press(&[ESCAPE]);
    page.fill("Filter in text form", "action:login -action:login");
    page.press(&[ENTER]);
    page.read("No events match");
    tour.look("timeline-nothing");
    tour.visit("Patients", "grid", "Patients", "patients");
    tour.visit("Users", "grid", "Users", "users");
    page.click("link", "Overview");
    steps::open_chart(page, patient);
    page.see("heading", &format!("Patient {patient}"));
    page.see("grid", "Events");
    tour.look("patient");
    page.click("button", touched.users.first().unwrap());
    page.see("heading", "User ");
    page.see("grid", "Events");
    tour.look("user");
    tour.visit("Integrity", "heading", "What was checked", "integrity");
    page.click("link", "My access log");
    page.click("button", "Check the log");
    page.read("The log stands");
    tour.look("access-log");
    tour.visit("Settings", "heading", "Settings", "settings");
    page.press(&[CONTROL, 'k']);
    page.see("combobox", "Search or run a command");
    tour.look("palette");
    page.press(&[ESCAPE]);
    page.press(&[F6]);
    page.press(&['?']);
    page.see("heading", "Keys");
    tour.look("keys");
    page.press(&[ESCAPE]);

    page.click("link", "All bundles");
    page.see("heading", "Bundles");
    page.evaluate("document.querySelector('main tbody a').click();");
    page.see("heading", "Overview");
    page.see("alert", "This bundle is altered or damaged.");
    page.read("Reached ");
    tour.look("overview-altered");
    page.click("link", "Integrity");
    page.read("EVENT_MODIFIED");
    tour.look("integrity-altered");
    page.click("button", "Open the record");
    page.see("complementary", "Record");
    page.read("As recorded");
    tour.look("integrity-record");
    page.click("link", "Timeline");
    page.fill("Filter in text form", "integrity:altered");
    page.press(&[ENTER]);
    page.read("1 of 1,000 events");
    page.read("As recorded");
    tour.look("timeline-altered");
}

#[test]
fn the_samples_vault_says_that_it_is_one_everywhere() {
    let home = Home::default();
    let Some(page) = home.open(&["--sample"]) else { return };
    let tour = Tour::new(&page, "light");
    page.see("heading", "Unlock the vault");
    tour.look("sample-unlock");
    page.click("button", "Fill in");
    page.click("button", "Unlock");
    page.see("heading", "Bundles");
    for screen in ["Bundles", "My access log", "Settings"] {
        if screen != "Bundles" {
            page.click("link", screen);
        }
        page.see("heading", screen);
        page.read("SAMPLE");
    }
    tour.look("sample-settings");
    tour.end();
}
