//! `cargo xtask sample OUT …`: passes everything on to `chartproof sample`.

use crate::call::Call;
use crate::program::{CLI, Profile};
use crate::stop::Stop;
use crate::system::Need;
use crate::{program, system};

/// Builds the command line if needed, and makes a sample.
pub(crate) fn sample(words: &[String]) -> Result<(), Stop> {
    system::provide(Need::Build)?;
    program::build(Profile::Dev, &[CLI], &[])?;
    let here = std::env::current_dir().map_err(Stop::file("."))?;
    Call::new(program::built(CLI, Profile::Dev)).args(["sample"]).args(words).within(&here).run()
}
