//! A signed bundle: its key is a claim until somebody has compared it; pinned and checked again the bundle is verified, and
//! when the key is revoked, that verdict is history.

use chartproof_tests::PATIENCE_FOR_WORK;
use chartproof_tests::app::Home;
use chartproof_tests::cli;
use serde_json::Value;

use crate::steps;

#[test]
fn a_key_that_somebody_compared_makes_a_signed_bundle_verified_until_it_is_revoked() {
    let home = Home::default();
    let Some(program) = cli::cli() else { return };
    let folder = home.path("signed");
    let words = ["--events", "600", "--seed", "12", "--sign", "segment", "--format", "json"].map(str::to_owned);
    let made = cli::done(&program, &home, ["sample".to_owned(), folder.display().to_string()].into_iter().chain(words));
    let made: Value = serde_json::from_str(&made).unwrap();
    let kid = made["kid"].as_str().unwrap();
    home.answer_choosers(&[Some(&folder)]);
    let Some(page) = home.open(&[]) else { return };

    steps::make_vault(&page);
    page.click("button", "Open a folder…");
    steps::import_chosen(&page);
    page.click("link", "Integrity");
    page.see("heading", "Keys and anchors");
    page.read(kid);
    page.read("A claim");

    // Another end than the one of this key pins nothing.
    page.click("button", "Pin…");
    page.fill("Type its last 8 characters", "00000000");
    page.fill("Who vouched for it", "R. Patel, Health Information Management");
    page.click("button", "Pin");
    page.read("do not pin it before you know why");
    assert_eq!(page.accessibility_faults(), [""; 0]);
    page.fill("Type its last 8 characters", &kid[kid.len() - 8..]);
    page.click("button", "Pin");
    page.read("8 characters of the fingerprint were typed");
    page.read("What this office vouches for has changed since: check again.");

    page.click("button", "Check again");
    let verified = || page.text().contains("SIGNED_PINNED").then_some(());
    page.wait("the verdict with the pinned key", PATIENCE_FOR_WORK, verified);
    page.read("With what is vouched for today");
    assert_eq!(page.accessibility_faults(), [""; 0]);

    page.click("button", "Revoke…");
    page.fill("Not relied on from", "2026-01-01");
    page.fill("Why", "The laptop with the key was stolen");
    page.click("button", "Revoke");
    page.read("with the keys and anchors of that day");
    page.read("The laptop with the key was stolen");

    page.click("link", "My access log");
    page.see("grid", "Entries of the access log");
    let rows = steps::log_rows(&page);
    for act in ["Pinned a key", "Began to check a bundle again", "Revoked a key"] {
        assert!(rows.iter().any(|row| row.iter().any(|cell| cell == act)), "{act}: {rows:?}");
    }
}
