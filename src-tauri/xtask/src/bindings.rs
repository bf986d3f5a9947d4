//! `cargo xtask bindings`: writes what follows from the command table.
//!
//! The TypeScript side is written by tests of the workbench (`tests/bindings.rs` and those that ts-rs makes); the
//! window's permissions are written here. Both are committed, and `check` compares.

use std::fs;
use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::program::{DRIVABLE, SELECTION};
use crate::stop::Stop;
use crate::{place, stamp};

/// Permissions of Tauri's own that the page needs: to hear that something was dropped or that the vault locked.
const CORE_PERMISSIONS: &[&str] = &["core:event:allow-listen", "core:event:allow-unlisten"];

/// What the tests that write are called: those that ts-rs makes, and the one of the command table.
const WRITERS: &[&str] = &["export_bindings", "the_page_knows"];

/// Writes types and permissions.
pub(crate) fn bindings() -> Result<(), Stop> {
    // Compiled before anything is removed: a table that does not compile must not cost the page its types.
    cargo_test().args(["--no-run"]).run()?;
    let old = take_away(&types())?;
    let written = cargo_test().args(["--"]).args(WRITERS).run();
    if written.is_err() {
        for (file, content) in &old {
            fs::write(file, content).map_err(Stop::file(file))?;
        }
    }
    written?;
    let file = capabilities().join("main.json");
    let table = place::root().join("src-tauri/crates/workbench/src/table.rs");
    let text = capability(&commands(&fs::read_to_string(&table).map_err(Stop::file(&table))?));
    fs::create_dir_all(capabilities()).map_err(Stop::file(capabilities()))?;
    fs::write(&file, text).map_err(Stop::file(&file))
}

/// The whole workspace is asked for, so that what `test` has built serves here too; only libraries are built for it.
fn cargo_test() -> Call {
    Call::cargo().args(["test", "--quiet", "--lib", "--test", "bindings"]).args(SELECTION).args(DRIVABLE)
}

/// Where the TypeScript types are.
pub(crate) fn types() -> PathBuf {
    place::ui().join("src/host/generated")
}

/// Where the window's permissions are.
pub(crate) fn capabilities() -> PathBuf {
    place::root().join("src-tauri/capabilities")
}

/// Removes every generated type, so that one that follows from nothing anymore does not stay. Gives what was there.
fn take_away(dir: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, Stop> {
    let mut old = Vec::new();
    if dir.is_dir() {
        for file in stamp::files(dir, &[])? {
            let content = fs::read(&file).map_err(Stop::file(&file))?;
            fs::remove_file(&file).map_err(Stop::file(&file))?;
            old.push((file, content));
        }
    }
    Ok(old)
}

/// The commands of the table's text: lines like `unlock(UnlockAsk) -> Unlocked;`.
fn commands(table: &str) -> Vec<&str> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && line.ends_with(';') && line.contains(") -> "))
        .filter_map(|line| line.split_once('(').map(|(name, _)| name))
        .collect()
}

/// The capability of the one window: these commands and nothing else.
fn capability(commands: &[&str]) -> String {
    let own = commands.iter().map(|command| format!("allow-{}", command.replace('_', "-")));
    let permissions: Vec<String> = CORE_PERMISSIONS
        .iter()
        .map(|name| (*name).to_owned())
        .chain(own)
        .map(|name| format!("    \"{name}\""))
        .collect();
    format!(
        "{{\n  \"identifier\": \"main\",\n  \"description\": \"Written by `cargo xtask bindings` from the command table. \
         Do not edit.\",\n  \"local\": true,\n  \"windows\": [\"main\"],\n  \"permissions\": [\n{}\n  ]\n}}\n",
        permissions.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::{capability, commands};

    const TABLE: &str = "\
        //! `name(AskType) -> AnswerType;`\n\
        ($callback:ident) => {\n\
        // The vault.\n\
        start(Nothing) -> Start;\n\
        weigh_passphrase(PassphraseAsk) -> Strength;\n\
        }";

    #[test]
    fn the_table_is_read_as_text() {
        assert_eq!(commands(TABLE), ["start", "weigh_passphrase"]);
    }

    #[test]
    fn the_window_may_give_these_commands_and_no_others() {
        let text = capability(&commands(TABLE));
        assert!(text.contains("\"allow-start\",\n    \"allow-weigh-passphrase\"\n  ]"));
        assert!(!text.contains("core:default"));
    }
}
