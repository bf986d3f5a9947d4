//! Benchmarks: ratios measured in one run on this machine, never single timings.
//!
//! `cargo xtask bench verify|signed|bags|import|looks|waits|window` builds what it needs in release and calls this. Each verb makes
//! its own sample, measures the yardstick and the program alternately, and prints the ratio with the machine's facts.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark talks to the person at the terminal")]

mod bags;
mod bare;
mod checking;
mod child;
mod duck;
mod facts;
mod inside;
mod looks;
mod parts;
mod waits;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, in words: a bench is run by a person at a terminal.
type Outcome<T> = Result<T, String>;

/// Repetitions of each measurement; the median counts.
const ROUNDS: usize = 3;
/// Events of the standard sample.
const EVENTS: u64 = 1_000_000;
/// Events of the large sample, for memory and for looks.
const EVENTS_LARGE: u64 = 5_000_000;
/// Events of the sample in which each is signed.
const EVENTS_SIGNED: u64 = 200_000;
/// Events of the small sample, for somebody to look at while a large one is imported.
const EVENTS_SMALL: u64 = 5_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let events = words.get(1).and_then(|word| word.parse().ok());
    facts::print();
    let result = match words.first().map(String::as_str) {
        Some("verify") => checking::verify(events.unwrap_or(EVENTS)),
        Some("signed") => checking::signed(events.unwrap_or(EVENTS_SIGNED)),
        Some("bags") => bags::measure(),
        Some("import") => import(events),
        Some("looks") => looks(events),
        Some("waits") => waits(events),
        Some("window") => fresh_vault().and_then(|vault| window::measure(&vault)),
        _ => Err("usage: bench verify|signed|import|looks|waits [EVENTS], or bench bags|window".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("bench: {what}");
            ExitCode::FAILURE
        }
    }
}

/// Import (check, encrypt, store, searchable) against DuckDB loading the same lines and sorting two copies.
fn import(events: Option<u64>) -> Outcome<()> {
    let bag = sample(events.unwrap_or(EVENTS))?;
    let (mut duck, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        duck.push(duck::load(&bag, &work()?)?);
        let vault = fresh_vault()?;
        let run = import_of(&bag, &vault)?;
        run.expect_code(0)?;
        ours.push(run);
    }
    let wall = |runs: &[child::Run]| median(&mut runs.iter().map(|run| run.wall_seconds).collect::<Vec<_>>());
    let processor = |runs: &[child::Run]| median(&mut runs.iter().map(|run| run.processor_seconds).collect::<Vec<_>>());
    let peak_mib = ours.iter().map(|run| run.peak_mib).max().unwrap_or(0);
    println!(
        "DuckDB load, two sorts   {:8.2} s (median of {ROUNDS}), processors {:.2} s",
        wall(&duck),
        processor(&duck)
    );
    println!(
        "chartproof import        {:8.2} s, processors {:.2} s, peak {peak_mib} MiB",
        wall(&ours),
        processor(&ours)
    );
    println!("ratio                    {:8.2}   (goal: at most 2)", wall(&ours) / wall(&duck));
    Ok(())
}

/// Pages of patients and users in a large vault: measured inside the program, without start-up and unlocking.
fn looks(events: Option<u64>) -> Outcome<()> {
    let bag = sample(events.unwrap_or(EVENTS_LARGE))?;
    let vault = fresh_vault()?;
    let run = import_of(&bag, &vault)?;
    run.expect_code(0)?;
    println!("import of the sample     {:8.2} s, peak {} MiB", run.wall_seconds, run.peak_mib);
    looks::measure(&vault, &passphrase_file()?)
}

/// How long looks wait for an import.
fn waits(events: Option<u64>) -> Outcome<()> {
    let (small, large) = (sample(EVENTS_SMALL)?, sample(events.unwrap_or(EVENTS))?);
    waits::measure(&fresh_vault()?, &passphrase_file()?, &small, &large)
}

fn import_of(bag: &Path, vault: &Path) -> Outcome<child::Run> {
    let pass = passphrase_file()?;
    let (bag, vault, pass) = (text(bag)?, text(vault)?, text(&pass)?);
    let words = ["import", bag, "--vault", vault, "--passphrase-file", pass, "--reason", "Benchmark of the import"];
    child::run(&program()?, &words)
}

fn passphrase_file() -> Outcome<PathBuf> {
    let file = work()?.join("passphrase.txt");
    std::fs::write(&file, "a passphrase for benchmarks\n").map_err(|error| error.to_string())?;
    Ok(file)
}

fn fresh_vault() -> Outcome<PathBuf> {
    let dir = work()?.join("vault");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(|error| error.to_string())?;
    }
    let pass = passphrase_file()?;
    let words = ["vault", "create", text(&dir)?, "--user", "bench", "--passphrase-file", text(&pass)?];
    child::run(&program()?, &words)?.expect_code(0)?;
    Ok(dir)
}

/// The sample of so many events as a folder, made once and kept for the next run.
fn sample(events: u64) -> Outcome<PathBuf> {
    sample_with(&format!("sample-{events}"), events, &[])
}

/// The same with further words for `chartproof sample`, under a name of its own.
fn sample_with(name: &str, events: u64, further: &[&str]) -> Outcome<PathBuf> {
    let bag = work()?.join(name);
    if !bag.join("tagmanifest-sha256.txt").exists() {
        println!("making a sample of {events} events …");
        let count = events.to_string();
        let words = [&["sample", text(&bag)?, "--events", &count, "--seed", "7"], further].concat();
        child::run(&program()?, &words)?.expect_code(0)?;
    }
    Ok(bag)
}

/// Where samples and vaults of the bench lie: inside the build folder.
fn work() -> Outcome<PathBuf> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = here.parent().and_then(Path::parent).ok_or("the bench has to lie in a build folder")?;
    let dir = target.join("bench");
    std::fs::create_dir_all(&dir).map_err(|error| error.to_string())?;
    Ok(dir)
}

/// The command line program: named by `CHARTPROOF_CLI`, else the one beside this.
fn program() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("CHARTPROOF_CLI") {
        return Ok(named.into());
    }
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = here.with_file_name("chartproof");
    if program.exists() { Ok(program) } else { Err("build chartproof-cli in release first".to_owned()) }
}

fn text(path: &Path) -> Outcome<&str> {
    path.to_str().ok_or_else(|| "the build folder's path is not Unicode".to_owned())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
