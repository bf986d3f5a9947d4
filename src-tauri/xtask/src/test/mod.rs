//! `cargo xtask test`: sets the machine up and runs everything there is to run, then says how many passed, failed and
//! were skipped, and why they were skipped.
//!
//! A stage that fails does not stop the others: one run tells all.

mod tally;

use crate::call::Call;
use crate::program::{CLI, DESKTOP, DRIVABLE, Profile, SELECTION};
use crate::stop::Stop;
use crate::system::Need;
use crate::{page, place, program, system};
use tally::{RustTally, Tally, VitestTally};

/// The screen the journeys see: the window's 1440×900 and some space, since nobody manages windows there.
pub(crate) const SCREEN: &str = "-screen 0 1600x1000x24";

/// Runs every test.
pub(crate) fn test() -> Result<(), Stop> {
    system::provide(Need::Test)?;
    let mut tally = Tally::default();

    let built = page::build();
    tally.stage("front-end: build within its budget", &built);
    if page::install().is_ok() {
        tally.stage("front-end: types, lints, format", &page::npm(&["run", "check"]));
        vitest(&mut tally);
    }

    let compiled = program::build_drivable();
    tally.stage("everything compiles", &compiled);
    if compiled.is_ok() {
        rust_and_journeys(&mut tally);
    }

    tally.print();
    if tally.failures.is_empty() { Ok(()) } else { Err(Stop::NotGreen { what: tally.failures }) }
}

fn vitest(tally: &mut Tally) {
    let mut counting = VitestTally::default();
    let done = page::npm_call(&["run", "test"]).lines(|line| {
        println!("{line}");
        counting.read(line);
    });
    tally.add("front-end: tests", &done, counting.counts());
}

/// Unit tests, tests in `tests/` of each crate, documentation examples, conformance and journeys: one run of cargo.
fn rust_and_journeys(tally: &mut Tally) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let screen = Call::new("xvfb-run").args(["--help"]).succeeds();
    let call = if screen {
        Call::new("xvfb-run")
            .args(["-a", "-s", SCREEN])
            .args([&cargo])
            .env("CHARTPROOF_APP", program::built(DESKTOP, Profile::Dev))
    } else {
        // Without a screen of their own the journeys skip themselves and say so.
        Call::new(&cargo)
    };
    let mut counting = RustTally::default();
    let done = call
        .args(["test", "--no-fail-fast"])
        .args(SELECTION)
        .args(DRIVABLE)
        // Tests that pass print, too: that is where skips are told.
        .args(["--", "--show-output"])
        .env("CHARTPROOF_CLI", program::built(CLI, Profile::Dev))
        .env("CHARTPROOF_AXE", place::ui().join("node_modules/axe-core/axe.min.js"))
        .env("PYTHONPATH", system::bagit())
        .env("CARGO_TERM_COLOR", "never")
        .lines(|line| {
            if counting.read(line) {
                println!("{line}");
            }
        });
    tally.add("Rust and journeys", &done, counting.counts());
}
