//! Steps that several journeys take.

use chartproof_tests::PATIENCE_FOR_WORK;
use chartproof_tests::page::Page;

pub(crate) const USER: &str = "Jordan Okafor";
pub(crate) const PASSPHRASE: &str = "seven quiet harbors in march";
pub(crate) const PURPOSE: &str = "PO-2026-014: complaint of a patient";

/// From the first run to the empty list of bundles. Gives the recovery key.
pub(crate) fn make_vault(page: &Page) -> String {
    let groups = make_vault_up_to_its_key(page);
    page.fill("Type the last group of the key", groups.last().unwrap());
    page.click("button", "I have it; open the vault");
    page.see("heading", "Bundles");
    groups.join("-")
}

/// From the first run to where the recovery key is shown. Gives its groups.
pub(crate) fn make_vault_up_to_its_key(page: &Page) -> Vec<String> {
    page.see("heading", "Make your vault");
    page.fill("Your name", USER);
    page.fill("Passphrase", PASSPHRASE);
    page.fill("Passphrase, once more", PASSPHRASE);
    page.click("button", "Make the vault");
    page.see_within(PATIENCE_FOR_WORK, "heading", "Your recovery key");
    let groups =
        page.evaluate("return [...document.querySelectorAll('main .key span')].map((group) => group.textContent);");
    groups.as_array().unwrap().iter().filter_map(|group| group.as_str().map(str::to_owned)).collect()
}

/// Who handed the bundle over.
pub(crate) const HANDED_BY: &str = "R. Patel, Health Information Management";

/// Says how a chosen bundle came here, imports it, and waits until it has a verdict.
pub(crate) fn import_chosen(page: &Page) {
    ask_for_import(page);
    // The first import of a day is asked for its purpose, too.
    page.wait("the purpose or the import", PATIENCE_FOR_WORK, || {
        (page.has("heading", "Why are you looking?") || !page.has("heading", "Import")).then_some(())
    });
    if page.has("heading", "Why are you looking?") {
        give_purpose(page);
        ask_for_import(page);
    }
    page.see_within(PATIENCE_FOR_WORK, "heading", "Overview");
    page.wait("the verdict", PATIENCE_FOR_WORK, || page.text().contains("Reached ").then_some(()));
}

/// Fills in what an import asks and asks for it.
pub(crate) fn ask_for_import(page: &Page) {
    page.see("heading", "Import");
    page.fill("Who handed it over", HANDED_BY);
    page.set("textbox", "When", "2026-04-02");
    page.fill("By which channel", "Secure transfer");
    page.click("button", "Import");
}

/// Says why, when asked.
pub(crate) fn give_purpose(page: &Page) {
    page.see("heading", "Why are you looking?");
    page.fill("Purpose", PURPOSE);
    page.click("button", "Begin to look");
    page.read_no_more("Why are you looking?");
}

/// Unlocks with the passphrase and waits for the first screen.
pub(crate) fn unlock(page: &Page, passphrase: &str) {
    page.see("heading", "Unlock the vault");
    page.fill("Passphrase", passphrase);
    page.click("button", "Unlock");
    page.see_within(PATIENCE_FOR_WORK, "navigation", "Screens");
}

/// Opens the patient's chart from the overview.
pub(crate) fn open_chart(page: &Page, patient: &str) {
    page.fill("Open a chart", patient);
    page.click("button", "Open");
}

/// The cells of the access log's rows now in view, newest first.
pub(crate) fn log_rows(page: &Page) -> Vec<Vec<String>> {
    let script = "return [...document.querySelectorAll('[role=grid] .body [role=row]')].map((row) => \
        [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim()));";
    let rows = page.evaluate(script);
    let text = |cell: &serde_json::Value| cell.as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().map(text).collect()).collect()
}
