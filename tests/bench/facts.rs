//! The machine's facts, so that a figure can be read at all, and the looks that are measured inside the program.

use std::path::Path;
use std::time::{Duration, Instant};

use workbench::wire::{Nothing, PeopleAsk, PersonKind, PurposeAsk, RowsAsk, UnlockAsk};
use workbench::{Desk, NoWindow, Options};

use crate::Outcome;

/// Patients whose page is asked for: from the one with most events on.
const PATIENTS: u32 = 20;
/// Times that each page is asked for; the first is cold, the median of the others warm.
const ASKED: usize = 9;

/// Prints what this was measured on.
pub(crate) fn print() {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let model = read("/proc/cpuinfo").lines().find_map(|line| line.strip_prefix("model name\t: ").map(str::to_owned));
    let memory = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:").map(|rest| rest.trim().to_owned()));
    let load = read("/proc/loadavg");
    println!("{processors} processors ({})", model.unwrap_or_else(|| "model unknown".to_owned()));
    println!("{} memory, load before the run {}", memory.unwrap_or_default(), load.trim());
    println!("compare the ratios; do not quote the seconds\n");
}

/// Time from asking for a patient's rows to having them, in a vault that is open.
pub(crate) fn patient_pages(vault: &Path, passphrase_file: &Path) -> Outcome<()> {
    let desk = Desk::new(Options::at(vault.to_owned()), Box::new(NoWindow));
    let passphrase = std::fs::read_to_string(passphrase_file).map_err(|error| error.to_string())?;
    let ask = UnlockAsk { user: "bench".to_owned(), passphrase: passphrase.trim().to_owned() };
    desk.unlock(ask).map_err(|fault| fault.what)?;
    desk.give_purpose(PurposeAsk { text: "Benchmark of looks".to_owned() }).map_err(|fault| fault.what)?;
    let bundle = desk.bundles(Nothing {}).map_err(|fault| fault.what)?.bundles.into_iter().next();
    let bundle = bundle.ok_or("the vault is empty")?.bundle;
    let people = PeopleAsk {
        bundle: bundle.clone(),
        kind: PersonKind::Patient,
        prefix: String::new(),
        sort: "events".to_owned(),
        descending: true,
        offset: 0,
        limit: PATIENTS,
    };
    let people = desk.people(people).map_err(|fault| fault.what)?.people;
    println!("{:>10} {:>12} {:>12}", "events", "first ms", "warm ms");
    for person in people {
        let (first, warm) = page_of(&desk, &bundle, &person.id)?;
        println!("{:>10} {:>12.2} {:>12.2}", person.events, millis(first), millis(warm));
    }
    println!("(goal: a warm page within 50 ms)");
    Ok(())
}

fn page_of(desk: &Desk, bundle: &str, id: &str) -> Outcome<(Duration, Duration)> {
    let look = workbench::wire::LookAsk {
        bundle: bundle.to_owned(),
        filter: workbench::patient_filter(id),
        and: Vec::new(),
        sort: "time".to_owned(),
        descending: false,
    };
    let look = desk.look(look).map_err(|fault| fault.what)?.look;
    let mut times = Vec::new();
    for _ in 0..ASKED {
        let started = Instant::now();
        let rows = desk.rows(RowsAsk { look, offset: 0, limit: 500 }).map_err(|fault| fault.what)?;
        times.push(started.elapsed());
        std::hint::black_box(rows);
    }
    let first = times.first().copied().unwrap_or_default();
    let mut warm = times.split_off(1);
    warm.sort();
    Ok((first, warm.get(warm.len() / 2).copied().unwrap_or_default()))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
