//! The front-end: its packages and its build, each done again only when what it is made from has changed.

use std::path::PathBuf;

use crate::call::Call;
use crate::stop::Stop;
use crate::{place, stamp};

/// What npm and Vite write; never a source.
const MADE: &[&str] = &["node_modules", "dist", "dist-rehearsal", ".svelte-kit", "coverage"];

/// Installs exactly what `package-lock.json` names, unless that is what is installed.
pub(crate) fn install() -> Result<(), Stop> {
    let lock = place::ui().join("package-lock.json");
    let note = place::ui().join("node_modules/.chartproof-stamp");
    let stamp = stamp::of(&[lock, place::ui().join("package.json")], MADE)?;
    if stamp::stands(&note, &stamp) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund"])?;
    stamp::set(&note, &stamp)
}

/// Builds `ui/dist`, unless it was built from these very sources. The build fails over the budget for scripts and styles.
pub(crate) fn build() -> Result<(), Stop> {
    install()?;
    let sources: Vec<PathBuf> = vec![place::ui(), place::root().join("assets")];
    let stamp = stamp::of(&sources, MADE)?;
    // Beside the result, so that deleting one deletes the other; not inside it, or it would be built into the program.
    let note = place::ui().join("node_modules/.chartproof-dist-stamp");
    if place::ui().join("dist/index.html").is_file() && stamp::stands(&note, &stamp) {
        return Ok(());
    }
    npm(&["run", "build"])?;
    stamp::set(&note, &stamp)
}

/// Runs npm in the front-end's folder, without colors, so that its output can be read by a program.
pub(crate) fn npm(args: &[&str]) -> Result<(), Stop> {
    npm_call(args).run()
}

/// The same, not yet run.
pub(crate) fn npm_call(args: &[&str]) -> Call {
    Call::new("npm").args(args).within(&place::ui()).env("NO_COLOR", "1").env("npm_config_update_notifier", "false")
}
