//! `cargo xtask bench NAME`: one benchmark of `tests/bench`, in release.

use crate::call::Call;
use crate::program::{CLI, DESKTOP, Profile};
use crate::stop::Stop;
use crate::system::Need;
use crate::{page, program, system};

/// The program of `tests/bench`.
const BENCH: &str = "bench";

const USAGE: &str = "cargo xtask bench NAME [ARGS]   (`cargo xtask bench list` names them)";

/// Builds everything in release and runs the benchmark that `words` names.
pub(crate) fn bench(words: &[String]) -> Result<(), Stop> {
    if words.is_empty() {
        return Err(Stop::Usage(USAGE));
    }
    system::provide(Need::Build)?;
    page::build()?;
    program::build(Profile::Release, &[BENCH, CLI, DESKTOP])?;
    Call::new(program::built(BENCH, Profile::Release))
        .args(words)
        .env("CHARTPROOF_CLI", program::built(CLI, Profile::Release))
        .env("CHARTPROOF_APP", program::built(DESKTOP, Profile::Release))
        .run()
}
