//! Runs a program and measures its wall time and its peak resident memory (Linux: `VmHWM`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chartproof_tests::memory;

use crate::Outcome;

/// How often the peak is read.
const PEAK_READ_EVERY: Duration = Duration::from_millis(10);

/// What a run took.
pub(crate) struct Run {
    pub(crate) wall_seconds: f64,
    pub(crate) peak_mib: u64,
    code: Option<i32>,
    words: String,
}

impl Run {
    /// Fails unless the program ended with this code.
    pub(crate) fn expect_code(&self, code: i32) -> Outcome<()> {
        if self.code == Some(code) {
            return Ok(());
        }
        Err(format!("`{}` ended with {:?}, expected {code}", self.words, self.code))
    }
}

/// Runs the program to its end.
pub(crate) fn run(program: &Path, words: &[&str]) -> Outcome<Run> {
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let mut peak_kib = 0;
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            let wall_seconds = started.elapsed().as_secs_f64();
            return Ok(Run { wall_seconds, peak_mib: peak_kib / 1024, code: status.code(), words: words.join(" ") });
        }
        peak_kib = peak_kib.max(memory::peak_kib(child.id()).unwrap_or(0));
        std::thread::sleep(PEAK_READ_EVERY);
    }
}
