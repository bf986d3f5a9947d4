//! Ctrl-C, and being told to end: the work under way is asked to stop, as if it were cancelled in the window, so that
//! the access log says so and what can be gone on with is kept. Asked twice, or between two works, the program ends at
//! once.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use workbench::Gauge;

/// What a shell expects of a program that was interrupted: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

static AT_WORK: Mutex<Option<Gauge>> = Mutex::new(None);

/// Runs `work`, which shows on the gauge whether it was asked to stop.
pub(crate) fn heed<T>(gauge: &Gauge, work: impl FnOnce() -> T) -> T {
    static HEEDING: Once = Once::new();
    // Where interrupts cannot be heeded, they end the program as they always do.
    HEEDING.call_once(|| drop(ctrlc::set_handler(interrupted)));
    *at_work() = Some(gauge.clone());
    let result = work();
    *at_work() = None;
    result
}

#[expect(clippy::exit, reason = "whoever interrupts twice does not want to wait")]
fn interrupted() {
    match &*at_work() {
        Some(gauge) if !gauge.stopped() => gauge.stop(),
        _ => std::process::exit(INTERRUPTED),
    }
}

fn at_work() -> MutexGuard<'static, Option<Gauge>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}
