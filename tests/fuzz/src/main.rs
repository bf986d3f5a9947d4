//! One program for all targets: libFuzzer brings `main`, the environment names the target.

#![no_main]

use std::sync::LazyLock;

use fuzz::Target;

/// Names the target.
const TARGET: &str = "CHARTPROOF_FUZZ_TARGET";

static CHOSEN: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var(TARGET).unwrap_or_default();
    Target::of_name(&name).unwrap_or(Target::Record)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| CHOSEN.feed(bytes));
