//! Checking against what no checker can do without: hashing, and verifying signatures.

use std::path::Path;

use crate::parts::{self, Parts};
use crate::{Outcome, ROUNDS, bare, child, median, program, sample, sample_with, text};

/// Several runs of `chartproof verify`.
#[derive(Default)]
struct Runs {
    walls: Vec<f64>,
    processors: Vec<f64>,
    peak_mib: u64,
}

impl Runs {
    fn add(&mut self, bag: &Path) -> Outcome<()> {
        let run = child::run(&program()?, &["verify", text(bag)?, "--format", "json"])?;
        run.expect_code(0)?;
        self.walls.push(run.wall_seconds);
        self.processors.push(run.processor_seconds);
        self.peak_mib = self.peak_mib.max(run.peak_mib);
        Ok(())
    }

    /// How many processors were busy, on average.
    fn print_share(&mut self, bag: &Path) -> Outcome<()> {
        let (wall, processors) = (median(&mut self.walls), median(&mut self.processors));
        println!("processors busy          {:8.2}", processors / wall);
        Parts::of(bag)?.print(processors);
        Ok(())
    }
}

/// An unsigned bundle against its mandatory hashing.
pub(crate) fn verify(events: u64) -> Outcome<()> {
    let bag = sample(events)?;
    let (mut bare, mut ours) = (Vec::new(), Runs::default());
    for _ in 0..ROUNDS {
        bare.push(bare::mandatory_hashing(&bag)?);
        ours.add(&bag)?;
    }
    let (bare, wall) = (median(&mut bare), median(&mut ours.walls));
    println!("bare mandatory hashing   {bare:8.2} s (median of {ROUNDS})");
    println!("chartproof verify        {wall:8.2} s, peak {} MiB", ours.peak_mib);
    println!("ratio                    {:8.2}   (goal: at most 1.6)", wall / bare);
    ours.print_share(&bag)
}

/// A bundle in which each event is signed, against the same bundle unsigned and the signatures alone.
pub(crate) fn signed(events: u64) -> Outcome<()> {
    let plain = sample(events)?;
    let signed = sample_with(&format!("signed-{events}"), events, &["--sign", "event"])?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (mut bare, mut unsigned, mut ours, mut count) = (Vec::new(), Runs::default(), Runs::default(), 0);
    for _ in 0..ROUNDS {
        let (signatures, seconds) = parts::bare_signatures(&signed, threads)?;
        bare.push(seconds);
        count = signatures;
        unsigned.add(&plain)?;
        ours.add(&signed)?;
    }
    let (bare, plain_wall, wall) = (median(&mut bare), median(&mut unsigned.walls), median(&mut ours.walls));
    println!("{count} bare signatures  {bare:8.2} s on {threads} threads (median of {ROUNDS})");
    println!("the bundle unsigned      {plain_wall:8.2} s");
    println!("the bundle signed        {wall:8.2} s, peak {} MiB", ours.peak_mib);
    println!("ratio to both together   {:8.2}   (goal: at most 1.3)", wall / (bare + plain_wall));
    ours.print_share(&signed)
}
