//! How far a long run is: one line on standard error, rewritten in place, and only where a person sits there.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use workbench::Gauge;

use crate::interrupts;

/// How often the line is rewritten.
const REWRITE_EVERY: Duration = Duration::from_millis(200);

/// Runs `work` and shows its gauge meanwhile.
pub(crate) fn show<T>(what: &str, gauge: &Gauge, work: impl FnOnce() -> T) -> T {
    let work = || interrupts::heed(gauge, work);
    if !io::stderr().is_terminal() {
        return work();
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                write_line(what, gauge);
                std::thread::park_timeout(REWRITE_EVERY);
            }
            drop(write!(io::stderr(), "\r\x1b[2K"));
        });
        let result = work();
        over.store(true, Ordering::Relaxed);
        result
    })
}

fn write_line(what: &str, gauge: &Gauge) {
    let (records, done, total) = gauge.read();
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(0);
    drop(write!(io::stderr(), "\r\x1b[2K{what}: {records} records, {percent} %"));
    drop(io::stderr().flush());
}
