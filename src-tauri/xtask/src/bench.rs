//! `cargo xtask bench NAME`: one benchmark of `tests/bench`, in release.

use crate::call::Call;
use crate::program::{self, CLI, DESKTOP, DRIVABLE, Profile};
use crate::stop::Stop;
use crate::system::Need;
use crate::test::SCREEN;
use crate::{page, system};

/// The program of `tests/bench`.
const BENCH: &str = "bench";
/// The benchmark that calls the stock tool for bags.
const BAGS: &str = "bags";
/// The benchmark that starts the window; the others need neither the page nor a screen.
const WINDOW: &str = "window";

const USAGE: &str = "cargo xtask bench NAME [ARGS]   (`cargo xtask bench list` names them)";

/// Builds what is needed in release and runs the benchmark that `words` names.
pub(crate) fn bench(words: &[String]) -> Result<(), Stop> {
    let Some(name) = words.first() else { return Err(Stop::Usage(USAGE)) };
    let bench = program::built(BENCH, Profile::Release);
    let call = if name == WINDOW {
        // The journeys' tools: they bring the screen.
        system::provide(Need::Test)?;
        page::build()?;
        program::build(Profile::Release, &[BENCH, CLI, DESKTOP], DRIVABLE)?;
        Call::new("xvfb-run").args(["-a", "-s", SCREEN]).args([bench])
    } else {
        system::provide(Need::Build)?;
        program::build(Profile::Release, &[BENCH, CLI], &[])?;
        Call::new(bench)
    };
    let call = if name == BAGS { call.env("PYTHONPATH", system::bagit()) } else { call };
    call.args(words)
        .env("CHARTPROOF_CLI", program::built(CLI, Profile::Release))
        .env("CHARTPROOF_APP", program::built(DESKTOP, Profile::Release))
        .run()
}
