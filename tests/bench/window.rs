//! How long it takes from starting the program until its first screen is painted.
//!
//! The build that journeys drive says so itself: its page waits for the field that takes the passphrase, and two frames.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chartproof_tests::app::Home;

use crate::inside::{millis, percentile};
use crate::{Outcome, text};

/// Starts; the first one also reads the program from the disk.
const STARTS: usize = 5;
/// Makes the program say when its first screen is painted (feature `e2e`).
const TELL_SHOWN: (&str, &str) = ("CHARTPROOF_TELL_SHOWN", "1");
/// What it says then.
const SHOWN: &str = "shown";
/// For pictures only: the product's own way to the screen is the one to be measured.
const WAY_FOR_PICTURES: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts the program on a locked vault, again and again.
pub(crate) fn measure(vault: &Path) -> Outcome<()> {
    let program: PathBuf = std::env::var_os("CHARTPROOF_APP").ok_or("CHARTPROOF_APP names no program")?.into();
    let mut times = (0..STARTS).map(|_| start(&program, vault)).collect::<Outcome<Vec<_>>>()?;
    println!("first start              {:8.0} ms", millis(times.first().copied().unwrap_or_default()));
    println!("median of {STARTS}              {:8.0} ms   (goal: at most 1500)", millis(percentile(&mut times, 50)));
    Ok(())
}

fn start(program: &Path, vault: &Path) -> Outcome<Duration> {
    let home = Home::default();
    let environment = home.environment().into_iter().filter(|(name, _)| *name != WAY_FOR_PICTURES);
    let started = Instant::now();
    let child = Command::new(program)
        .args(["--vault", text(vault)?])
        .envs(environment)
        .env(TELL_SHOWN.0, TELL_SHOWN.1)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let mut child = Ended(child);
    let said = BufReader::new(child.0.stderr.take().ok_or("the program has no standard error")?);
    let shown = said.lines().map_while(Result::ok).any(|line| line == SHOWN);
    let taken = started.elapsed();
    if shown { Ok(taken) } else { Err("the program ended before its first screen was painted".to_owned()) }
}

/// A program that is ended with this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
