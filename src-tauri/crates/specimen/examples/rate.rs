//! Prints how fast bundles are written: `cargo run --release --example rate -p chartproof-specimen [-- EVENTS]`.

#![allow(clippy::print_stdout, reason = "an example that measures has to say what it measured")]

use std::time::Instant;

use specimen::{CountingSink, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events = std::env::args().nth(1).map_or(Ok(500_000), |text| text.parse())?;
    for sha512 in [false, true] {
        let plan = Options { events, sha512, ..Options::default() }.plan()?;
        let mut sink = CountingSink::default();
        let begin = Instant::now();
        let made = plan.write(&mut sink)?;
        let seconds = begin.elapsed().as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "a rate is printed to three digits")]
        let (rate, size) = (made.records as f64 / seconds, sink.bytes as f64 / made.records as f64);
        println!("sha512 {sha512}: {events} events in {seconds:.2} s, {rate:.0} events/s, {size:.0} bytes per event");
    }
    Ok(())
}
