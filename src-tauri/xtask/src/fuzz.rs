//! `cargo xtask fuzz [TARGET] [SECONDS]`: feeds a reader of hostile input with mutations, guided by coverage.
//!
//! libFuzzer on the stable compiler: everything is compiled with counters at its branches (LLVM's `sancov`, which needs
//! no nightly), in a folder of its own. There is no address sanitizer; our rooms forbid unsafe code.

use std::fs;
use std::path::PathBuf;

use crate::call::Call;
use crate::place;
use crate::program::{self, Profile};
use crate::stop::Stop;
use crate::system::{self, Need};

const USAGE: &str = "cargo xtask fuzz [TARGET] [SECONDS]   (without TARGET: each in turn; 300 seconds each)";

/// Writes the sound inputs of a target, and names the targets.
const SEEDS: &str = "fuzz-seeds";
/// The program with counters.
const FUZZ: &str = "fuzz";

/// Seconds for a target where nobody says how many.
const SECONDS: u32 = 300;

/// What a single input may take before it counts as one that does not end, in seconds.
const SECONDS_OF_ONE: u32 = 20;
/// What a target may take of memory, in MiB.
const MEMORY_MIB: u32 = 2048;

/// Counters at every edge and at every comparison, and the checks of arithmetic that come with assertions.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
                        -Cdebug-assertions -Ccodegen-units=1";

/// Builds the fuzzer and runs the targets that `words` ask for.
pub(crate) fn fuzz(words: &[String]) -> Result<(), Stop> {
    system::provide(Need::Build)?;
    program::build(Profile::Dev, &[SEEDS], &[])?;
    let seeds = program::built(SEEDS, Profile::Dev);
    let known = Call::new(&seeds).output()?;
    let known: Vec<&str> = known.lines().collect();
    let (targets, seconds) = match words {
        [] => (known.clone(), SECONDS),
        [target] => (vec![target.as_str()], SECONDS),
        [target, seconds] => (vec![target.as_str()], seconds.parse().map_err(|_| Stop::Usage(USAGE))?),
        _ => return Err(Stop::Usage(USAGE)),
    };
    if !targets.iter().all(|target| known.contains(target)) {
        println!("The targets are {}.", known.join(", "));
        return Err(Stop::Usage(USAGE));
    }
    let fuzzer = build()?;
    targets.iter().try_for_each(|target| run(&fuzzer, &seeds, target, seconds))
}

/// Builds the program with counters; gives its path.
fn build() -> Result<PathBuf, Stop> {
    let host = Call::new("rustc").args(["--print", "host-tuple"]).output()?.trim().to_owned();
    let folder = place::target().join("fuzz/build");
    // With a target named, build scripts and macros are compiled without counters.
    Call::cargo()
        .args(["build", "--release", "--package", "chartproof-fuzz", "--features", "libfuzzer", "--bin", FUZZ])
        .args(["--target", &host, "--target-dir"])
        .args([&folder])
        .env("RUSTFLAGS", COUNTERS)
        .run()?;
    Ok(folder.join(host).join("release").join(FUZZ))
}

/// Feeds one target. What it learns stays below the target folder, so that the next run begins with it.
fn run(fuzzer: &PathBuf, seeds: &PathBuf, target: &str, seconds: u32) -> Result<(), Stop> {
    let folder = place::target().join("fuzz").join(target);
    let (learned, sound, found) = (folder.join("learned"), folder.join("sound"), folder.join("found"));
    for place in [&learned, &sound, &found] {
        fs::create_dir_all(place).map_err(Stop::file(place))?;
    }
    Call::new(seeds).args([target]).args([&sound]).run()?;
    let kept = place::root().join("tests/fuzz/corpus").join(target);
    let corpora = [&learned, &sound, &kept];
    let done = Call::new(fuzzer)
        .args([
            format!("-max_total_time={seconds}"),
            format!("-timeout={SECONDS_OF_ONE}"),
            format!("-rss_limit_mb={MEMORY_MIB}"),
            format!("-artifact_prefix={}/", found.display()),
            "-print_final_stats=1".to_owned(),
        ])
        .args(corpora.into_iter().filter(|folder| folder.is_dir()))
        .env("CHARTPROOF_FUZZ_TARGET", target)
        .run();
    if done.is_err() {
        println!("The input lies in {}. Once it is understood, it belongs to {}.", found.display(), kept.display());
    }
    done
}
