//! What comes out of the generator, read again by other means than those it was written with.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests stop at the first surprise and say what they skip")]

mod damage;
mod determinism;
mod fhir;
mod packing;
mod reading;
mod scenarios;
mod stock_tools;
mod traffic;

use std::collections::BTreeMap;

use specimen::{MemorySink, Options, Specimen};

type Files = BTreeMap<String, Vec<u8>>;

/// Writes a bundle into memory.
fn made(options: &Options) -> (Specimen, Files) {
    let mut sink = MemorySink::new();
    let specimen = options.plan().unwrap().write(&mut sink).unwrap();
    (specimen, sink.into_files())
}

/// The events of all segments, in order.
fn events(files: &Files) -> Vec<serde_json::Value> {
    files
        .iter()
        .filter(|(path, _)| path.starts_with("data/events/"))
        .flat_map(|(_, bytes)| bytes.split(|byte| *byte == b'\n'))
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap()["event"].take())
        .collect()
}
