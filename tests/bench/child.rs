//! Runs a program and measures its wall time, its processor time and its peak resident memory (Linux: `/proc`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chartproof_tests::memory;

use crate::Outcome;

/// How often both are read.
const READ_EVERY: Duration = Duration::from_millis(10);

/// What a run took.
pub(crate) struct Run {
    pub(crate) wall_seconds: f64,
    /// Of all its threads; on a machine that does other things, too, the steadier figure.
    pub(crate) processor_seconds: f64,
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
    let stat_file = format!("/proc/{}/stat", child.id());
    let (mut peak_kib, mut processor_seconds) = (0, 0.0);
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            let wall_seconds = started.elapsed().as_secs_f64();
            let (code, words) = (status.code(), words.join(" "));
            return Ok(Run { wall_seconds, processor_seconds, peak_mib: peak_kib / 1024, code, words });
        }
        peak_kib = peak_kib.max(memory::peak_kib(child.id()).unwrap_or(0));
        processor_seconds = processor_of(&stat_file).unwrap_or(processor_seconds);
        std::thread::sleep(READ_EVERY);
    }
}

/// Seconds of processors that a process or thread took: user and system time, the 14th and 15th field, in ticks of 10 ms.
pub(crate) fn processor_of(stat_file: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(stat_file).ok()?;
    let fields = stat.rsplit(')').next()?.split_whitespace().skip(11).take(2);
    Some(fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}
