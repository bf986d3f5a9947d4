//! Licences, bans and sources of everything we depend on: `cargo deny` with the rules of `.deny.toml`.
//!
//! Advisories are left out: they need a database from the network, and a check should say the same thing twice.

use crate::call::Call;
use crate::place;
use crate::stop::Stop;

/// Pinned, so that a check does not change its mind overnight.
const VERSION: &str = "0.20.2";

/// Judges the dependencies; installs `cargo-deny` into the target folder first (minutes, once).
pub(crate) fn deny() -> Result<(), Stop> {
    let tools = place::target().join("tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let current = Call::new(&program).args(["--version"]).output().is_ok_and(|answer| answer.contains(VERSION));
    if !current {
        Call::cargo()
            .args([
                "install",
                "cargo-deny",
                "--locked",
                "--version",
                VERSION,
                "--no-default-features",
                "--force",
                "--root",
            ])
            .args([&tools])
            // Built beside our own work, which its profile and features must not touch.
            .env("CARGO_TARGET_DIR", tools.join("build"))
            .run()?;
    }
    Call::new(&program).args(["--workspace", "--config", ".deny.toml", "check", "bans", "licenses", "sources"]).run()
}
