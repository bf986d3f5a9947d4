//! Pure rooms are pure: files, clocks, randomness and the environment are handed in, so that every test is exact.

use super::{Breaks, Source};

/// The pure rooms.
const ROOMS: &[&str] = &["model", "integrity", "timeline", "verify", "specimen", "self-test", "report"];

/// What gives impurity away.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "File::open",
    "File::create",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "getrandom",
    "rand::",
    "Uuid::new_v4",
    "env!(",
];

/// Looks at what the pure rooms ship; their tests may do as they like.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    for source in sources.iter().filter(|source| source.is("rs") && !source.is_test()) {
        let pure = ROOMS.iter().any(|room| source.path.starts_with(&format!("src-tauri/crates/{room}/src/")));
        if !pure {
            continue;
        }
        for (number, line) in source.shipped().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if let Some(what) = IMPURE.iter().find(|what| line.contains(*what)) {
                breaks
                    .note(&format!("{}:{number}", source.path), format!("`{what}` in a pure room: have it handed in"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::{Breaks, look};

    #[test]
    fn a_clock_in_a_pure_room_is_found_but_not_in_its_tests() {
        let text = "//! Judges; never reads std::fs.\nlet now = SystemTime::now();\n#[cfg(test)]\nmod tests {\nInstant::now();\n}";
        let mut breaks = Breaks::default();
        look(
            &[source("src-tauri/crates/verify/src/a.rs", text), source("src-tauri/crates/vault/src/a.rs", text)],
            &mut breaks,
        );
        assert_eq!(breaks.0, ["src-tauri/crates/verify/src/a.rs:2: `SystemTime` in a pure room: have it handed in"]);
    }
}
