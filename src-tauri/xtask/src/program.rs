//! The Rust programs, and the one selection of packages and features that everything shares.
//!
//! Cargo compiles a dependency once per set of features, and the set depends on which packages are asked for. All verbs
//! therefore select the whole workspace, also where they want one program of it; only the shell itself differs between
//! the product and the build that journeys can drive (feature `e2e`), and that is one small crate.

use std::path::PathBuf;

use crate::call::Call;
use crate::place;
use crate::stop::Stop;

/// What is asked for in every build.
pub(crate) const SELECTION: &[&str] = &["--workspace"];

/// The build that journeys may drive: automation allowed, the chooser answered from a file.
pub(crate) const DRIVABLE: &[&str] = &["--features", "chartproof-desktop/e2e"];

/// Debug or release.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For everything but speed.
    Dev,
    /// For speed.
    Release,
}

impl Profile {
    fn arguments(self) -> &'static [&'static str] {
        if self == Self::Release { &["--release"] } else { &[] }
    }

    fn folder(self) -> &'static str {
        if self == Self::Release { "release" } else { "debug" }
    }
}

/// The window's program.
pub(crate) const DESKTOP: &str = "chartproof-desktop";

/// The command line's program.
pub(crate) const CLI: &str = "chartproof";

/// Builds programs and nothing that they do not need; without `further` features as a person gets them.
pub(crate) fn build(profile: Profile, programs: &[&str], further: &[&str]) -> Result<(), Stop> {
    let wanted = programs.iter().flat_map(|program| ["--bin", program]);
    Call::cargo().args(["build"]).args(SELECTION).args(further).args(wanted).args(profile.arguments()).run()
}

/// Builds the programs for journeys, and every test with them.
pub(crate) fn build_drivable() -> Result<(), Stop> {
    Call::cargo().args(["build", "--all-targets"]).args(SELECTION).args(DRIVABLE).run()
}

/// Where a program lies once it is built.
pub(crate) fn built(name: &str, profile: Profile) -> PathBuf {
    place::target().join(profile.folder()).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
