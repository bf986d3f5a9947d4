//! The command line program, run as a person would.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::app::Home;

/// Names the built command line.
const PROGRAM: &str = "CHARTPROOF_CLI";

/// The command line; without one, says why the test is skipped.
pub fn cli() -> Option<PathBuf> {
    let program = std::env::var_os(PROGRAM).map(PathBuf::from);
    if program.is_none() {
        println!("skipped: no command line to run ({PROGRAM} is not set; `cargo xtask test` sets it)");
    }
    program
}

/// The command line in a home, ready to run.
pub fn command<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    home: &Home,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).envs(home.environment()).current_dir(home.root()).stdin(Stdio::null());
    command
}

/// Runs the command line in a home and gives what it did.
pub fn run<A: AsRef<OsStr>>(program: &PathBuf, home: &Home, arguments: impl IntoIterator<Item = A>) -> Output {
    command(program, home, arguments).output().expect("the command line runs")
}

/// Runs it and insists that it ends well; gives its standard output.
#[track_caller]
pub fn done<A: AsRef<OsStr>>(program: &PathBuf, home: &Home, arguments: impl IntoIterator<Item = A>) -> String {
    let output = run(program, home, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ended with {:?}: {complaint}", output.status.code());
    String::from_utf8(output.stdout).expect("output is text")
}
