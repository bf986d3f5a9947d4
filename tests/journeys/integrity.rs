//! Integrity of a signed bundle, light and dark: what the coverage map calls proven once its key is pinned, the self-test
//! and its score in the saved report, and another export of the same log held against it.

use std::fs;
use std::path::PathBuf;

use chartproof_tests::PATIENCE_FOR_WORK;
use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::page::Page;
use serde_json::Value;

use crate::steps;
use crate::tour::{THEMES, Tour};

/// An export of one and the same log of 400 events, damaged if `tamper` says how; with the fingerprint of its key.
fn export(program: &PathBuf, home: &Home, name: &str, tamper: Option<&str>) -> (PathBuf, String) {
    let folder = home.path(name);
    let mut words = vec!["sample".to_owned(), folder.display().to_string()];
    words.extend("--events 400 --seed 12 --sign segment --format json".split(' ').map(str::to_owned));
    words.extend(tamper.into_iter().flat_map(|tamper| ["--tamper".to_owned(), tamper.to_owned()]));
    let made: Value = serde_json::from_str(&cli::done(program, home, words)).unwrap();
    (folder, made["kid"].as_str().unwrap().to_owned())
}

/// How many stretches of the coverage map are in this state.
fn stretches(page: &Page, state: &str) -> usize {
    let cells = format!("return document.querySelectorAll('[role=grid] [role=gridcell].{state}').length;");
    usize::try_from(page.evaluate(&cells).as_u64().unwrap()).unwrap()
}

#[test]
fn a_pin_makes_the_coverage_proven_and_other_exports_and_damage_are_held_against_it() {
    for (theme, gtk_theme) in THEMES {
        let home = Home::default();
        let Some(program) = cli::cli() else { return };
        let (signed, kid) = export(&program, &home, "signed", None);
        let (rewritten, _) = export(&program, &home, "rewritten", Some("history-recomputed-undetectable"));
        let (shorter, _) = export(&program, &home, "shorter", Some("tail-truncated-undetectable"));
        let report = home.path("report.html");
        home.answer_choosers(&[Some(&signed), Some(&report), Some(&rewritten), Some(&shorter)]);
        let Some(page) = home.open_with(&[], &[("GTK_THEME", gtk_theme)]) else { return };
        let tour = Tour::new(&page, theme);
        steps::make_vault(&page);
        page.click("button", "Open a folder…");
        steps::import_chosen(&page);
        page.click("link", "Integrity");
        page.see("grid", "Coverage by source");
        assert_eq!(stretches(&page, "proven"), 0, "a key that nobody compared proves nothing");
        let covered = stretches(&page, "not_covered");
        assert!(covered > 0);

        pin_and_check(&tour, &kid);
        page.wait("every stretch to be proven", PATIENCE_FOR_WORK, || {
            (stretches(&page, "proven") == covered && stretches(&page, "not_covered") == 0).then_some(())
        });
        tour.look_at("What was checked", "integrity-checks");
        page.read("a pinned key or an anchor vouches for all of it");
        tour.look_at("Coverage", "integrity-proven");
        tour.look_at("Keys and anchors", "integrity-trust");

        damage(&tour);
        page.click("button", "Save report…");
        page.read("The report is saved as report.html.");
        assert!(fs::read_to_string(&report).unwrap().contains("0 were missed"), "the score is in the report");

        compare(&tour);
        page.click("link", "My access log");
        page.see("grid", "Entries of the access log");
        let rows = steps::log_rows(&page);
        for act in ["Compared two exports", "Ended a self-test", "Opened an event", "Revealed names"] {
            assert!(rows.iter().any(|row| row.iter().any(|cell| cell == act)), "{act}: {rows:?}");
        }
        tour.end();
    }
}

/// Pins the key of the bundle and has it checked again.
fn pin_and_check(tour: &Tour<'_>, kid: &str) {
    let page = tour.page;
    page.click("button", "Pin…");
    page.fill("Type its last 8 characters", &kid[kid.len() - 8..]);
    page.fill("Who vouched for it", "R. Patel, Health Information Management");
    tour.look("integrity-pin");
    page.click("button", "Pin");
    page.read("check again.");
    tour.look("integrity-outdated");
    page.click("button", "Check again");
    let verified = || page.text().contains("SIGNED_PINNED").then_some(());
    page.wait("the verdict with the pinned key", PATIENCE_FOR_WORK, verified);
}

/// Has copies of the bundle damaged, each kind once.
fn damage(tour: &Tour<'_>) {
    let page = tour.page;
    page.read("This bundle has not been tested yet.");
    page.click("button", "Run the self-test");
    page.wait("the score", PATIENCE_FOR_WORK, || page.text().contains("0 were missed").then_some(()));
    tour.look_at("Self-test", "self-test");
    page.click("button", "Show every kind");
    page.see("table", "Kinds of damage");
    tour.look_at("Self-test", "self-test-kinds");
}

/// Holds two other exports against the bundle: a rewritten one, and one that ends earlier.
fn compare(tour: &Tour<'_>) {
    let page = tour.page;
    page.click("button", "Compare with another export…");
    page.see("heading", "Compare two exports");
    tour.look("compare");
    for (folder, outcome) in [("rewritten", "Rewritten"), ("shorter", "Extends")] {
        page.click("button", "Choose a folder…");
        page.wait("the chosen export", PATIENCE_FOR_WORK, || {
            let earlier = "return document.querySelector('main select').selectedOptions[0].textContent;";
            let chosen = format!("{folder} · not in the vault");
            page.evaluate(earlier).as_str().is_some_and(|earlier| earlier.trim() == chosen).then_some(())
        });
        page.click("button", "Compare");
        page.see_within(PATIENCE_FOR_WORK, "heading", "Stream by stream");
        page.read(outcome);
        tour.look(&format!("compare-{folder}"));
        if folder == "rewritten" {
            page.click("button", "Show both versions");
            page.read("⟦covered⟧");
            tour.look_at("Stream by stream", "compare-versions");
            page.click("button", "Reveal names");
            page.read_no_more("⟦covered⟧");
        }
    }
}
