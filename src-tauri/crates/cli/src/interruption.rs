//! Ctrl-C and what the system sends to end a program: a check stops at the next good place and says how far it came.

use std::sync::atomic::{AtomicBool, Ordering};

use workbench::Gauge;

/// From now on a signal to end stops what this gauge belongs to; a second one ends the program at once.
pub(crate) fn stops(gauge: &Gauge) {
    let gauge = gauge.clone();
    let was_asked = AtomicBool::new(false);
    let set = ctrlc::set_handler(move || {
        if was_asked.swap(true, Ordering::Relaxed) {
            end_at_once();
        }
        gauge.stop();
    });
    // Where the system does not allow it, such a signal ends the program as it ends any other.
    drop(set);
}

/// Whoever asks twice does not want to wait for a good place.
#[expect(clippy::exit, reason = "there is nothing left to be written and nobody who would wait for it")]
fn end_at_once() {
    // 128 + 2, as shells report a program that was interrupted.
    std::process::exit(130);
}
