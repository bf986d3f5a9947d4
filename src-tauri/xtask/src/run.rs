//! `cargo xtask run`: from a fresh clone to an open window.
//!
//! Without arguments the window opens at the unlock screen of a sample vault, made by the program itself in the target
//! folder; the program prints its passphrase. `--new` shows the first run, in a folder that is emptied before. A path
//! is opened in a vault of the target folder, never in the vault of an office.

use std::fs;

use crate::call::Call;
use crate::program::{DESKTOP, Profile};
use crate::stop::Stop;
use crate::system::Need;
use crate::{page, place, program, system};

const USAGE: &str = "cargo xtask run [-- --new | --release | PATH]";

/// Builds the program and opens it.
pub(crate) fn run(words: &[String]) -> Result<(), Stop> {
    let mut profile = Profile::Dev;
    let mut first_run = false;
    let mut path = None;
    for word in words {
        match word.as_str() {
            "--release" => profile = Profile::Release,
            "--new" => first_run = true,
            word if word.starts_with('-') => return Err(Stop::Usage(USAGE)),
            word if path.is_none() => {
                path = Some(fs::canonicalize(word).map_err(Stop::file(word))?);
            }
            _ => return Err(Stop::Usage(USAGE)),
        }
    }
    if first_run && path.is_some() {
        return Err(Stop::Usage(USAGE));
    }

    system::provide(Need::Build)?;
    page::build()?;
    program::build(profile, &[DESKTOP], &[])?;
    display()?;

    let window = Call::new(program::built(DESKTOP, profile));
    if first_run {
        let vault = place::target().join("first-run-vault");
        if vault.exists() {
            fs::remove_dir_all(&vault).map_err(Stop::file(&vault))?;
        }
        window.args(["--vault".as_ref(), vault.as_os_str()]).run()
    } else if let Some(path) = path {
        let vault = place::target().join("vault");
        window.args(["--vault".as_ref(), vault.as_os_str(), path.as_os_str()]).run()
    } else {
        let vault = place::target().join("sample-vault");
        window.args(["--sample"]).args(["--vault".as_ref(), vault.as_os_str()]).run()
    }
}

/// GTK ends a program without a screen by a message that explains little.
fn display() -> Result<(), Stop> {
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if screen || !cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(Stop::Lacking {
        what: "a screen: neither DISPLAY nor WAYLAND_DISPLAY is set. The program is built, though".to_owned(),
        remedy: "Type it within a desktop session, or under xvfb-run.".to_owned(),
    })
}
