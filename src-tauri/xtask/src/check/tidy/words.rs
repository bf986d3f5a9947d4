//! Words that may not stand in this tree: unfinished code, sleeping tests, paths of a machine, registries in lock files,
//! and messages that could carry a person's identifier.

use super::{Breaks, Source};
use crate::place;

/// Calls that must not be shipped or committed, with why.
const BANNED: &[(&str, &str)] = &[
    ("todo!(", "unfinished"),
    ("unimplemented!(", "unfinished"),
    ("dbg!(", "left over from debugging"),
    ("#[ignore", "a test runs, or says why it skips"),
    ("#[should_panic", "name what fails instead"),
];

/// Types of `model` that name a person. `Display` ends up in messages, so they must not have it.
const PERSONAL: &[&str] = &["UserId", "PatientId", "SessionId", "Event", "Instant"];

/// What the placeholders of an error's text must not be called.
const PERSONAL_FIELDS: &[&str] =
    &["patient", "user", "actor", "query", "reason", "purpose", "passphrase", "filter", "name"];

/// This file has to name what it bans.
const HERE: &str = "src-tauri/xtask/src/check/tidy/words.rs";

/// Looks at every line.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    let machine = machine_paths();
    for source in sources.iter().filter(|source| source.path != HERE) {
        for (number, line) in source.lines() {
            let place = format!("{}:{number}", source.path);
            if let Some(path) = machine.iter().find(|path| line.contains(path.as_str())) {
                breaks.note(&place, format!("`{path}` is a path of one machine"));
            }
            if source.path.ends_with("package-lock.json") && line.contains("\"resolved\":") {
                breaks.note(&place, "names a registry; .npmrc asks npm not to");
            }
            if source.path.ends_with("Cargo.lock")
                && line.starts_with("source = ")
                && !line.contains("//github.com/rust-lang/crates.io-index")
            {
                breaks.note(&place, "is not from crates.io");
            }
            if source.is("rs") && !line.trim_start().starts_with("//") {
                rust(line, &place, breaks);
            }
        }
    }
}

fn rust(line: &str, place: &str, breaks: &mut Breaks) {
    for (what, why) in BANNED.iter().filter(|(what, _)| line.contains(what)) {
        breaks.note(place, format!("`{what}…`: {why}"));
    }
    let shown = line.split_once("Display for ").map(|(_, name)| name.split([' ', '{', '<']).next().unwrap_or_default());
    if let Some(name) = shown.filter(|name| PERSONAL.contains(name)) {
        breaks.note(place, format!("`{name}` must not have `Display`: it would end up in messages"));
    }
    if line.trim_start().starts_with("#[error(\"") {
        for field in line.split('{').skip(1).filter_map(|rest| rest.split(['}', ':', '.']).next()) {
            if PERSONAL_FIELDS.iter().any(|personal| field == *personal || field.starts_with(&format!("{personal}_"))) {
                breaks.note(place, format!("`{{{field}}}` in an error's text could name a person"));
            }
        }
    }
}

/// Where this tree and its owner's files lie on this machine; nobody else has them there.
fn machine_paths() -> Vec<String> {
    let root = place::root();
    let around = root.parent().filter(|parent| parent.parent().is_some()).unwrap_or(&root).display().to_string();
    let home = std::env::var("HOME").unwrap_or_default();
    [around, home].into_iter().filter(|path| path.len() > 1).map(|path| format!("{path}/")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::{Breaks, look};
    use crate::place;

    #[track_caller]
    fn check(path: &str, text: &str, expected: &[&str]) {
        let mut breaks = Breaks::default();
        look(&[source(path, text)], &mut breaks);
        assert_eq!(breaks.0, expected);
    }

    #[test]
    fn a_person_cannot_be_displayed() {
        check(
            "a.rs",
            "impl fmt::Display for PatientId {\nimpl fmt::Display for Digest {\n#[error(\"no {patient_id} at {offset}\")]",
            &[
                "a.rs:1: `PatientId` must not have `Display`: it would end up in messages",
                "a.rs:3: `{patient_id}` in an error's text could name a person",
            ],
        );
    }

    #[test]
    fn a_path_of_this_machine_is_found() {
        let path = place::root().join("x").display().to_string();
        let mut breaks = Breaks::default();
        look(&[source("README.md", &format!("See {path}."))], &mut breaks);
        assert_eq!(breaks.0.len(), 1);
    }

    #[test]
    fn lock_files_name_no_other_registry() {
        check(
            "ui/package-lock.json",
            "  \"resolved\": \"https://a.example/b.tgz\",",
            &["ui/package-lock.json:1: names a registry; .npmrc asks npm not to"],
        );
        check("Cargo.lock", "source = \"git+https://a.example/b\"", &["Cargo.lock:1: is not from crates.io"]);
    }
}
