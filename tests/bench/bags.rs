//! Plain bags (RFC 8493) against the stock tool, `bagit.py --validate`: one large file, and many small ones.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use integrity::digest::Digest;

use crate::{Outcome, ROUNDS, child, median, program, text, work};

/// Bytes of the one large file.
const LARGE_BYTES: u64 = 1 << 30;
/// How many small files.
const SMALL_FILES: u64 = 20_000;
/// Bytes of a small file.
const SMALL_BYTES: u64 = 16 << 10;

/// Validates both bags with both tools, one after the other.
pub(crate) fn measure() -> Outcome<()> {
    compare("one large file", &bag("bag-large", 1, LARGE_BYTES)?, 1.4)?;
    compare("many small files", &bag("bag-small", SMALL_FILES, SMALL_BYTES)?, 1.8)
}

fn compare(what: &str, bag: &Path, goal: f64) -> Outcome<()> {
    let (mut stock, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let run = child::run(Path::new("python3"), &["-m", "bagit", "--quiet", "--validate", text(bag)?])?;
        run.expect_code(0)?;
        stock.push(run.wall_seconds);
        let run = child::run(&program()?, &["verify", text(bag)?, "--format", "json"])?;
        run.expect_code(0)?;
        ours.push(run.wall_seconds);
    }
    let (stock, ours) = (median(&mut stock), median(&mut ours));
    println!("{what}: bagit.py {stock:.2} s, chartproof verify {ours:.2} s (medians of {ROUNDS})");
    println!("times as fast            {:8.2}   (goal: at least {goal})", stock / ours);
    Ok(())
}

/// A bag of so many files, made once by the stock tool with the lists it makes unless told otherwise.
fn bag(name: &str, files: u64, bytes: u64) -> Outcome<PathBuf> {
    let dir = work()?.join(name);
    if dir.join("tagmanifest-sha256.txt").exists() {
        return Ok(dir);
    }
    println!("making a bag of {files} files …");
    let made = || -> std::io::Result<()> {
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir(&dir)?;
        (0..files).try_for_each(|file| write_noise(&dir.join(format!("{file:06}.bin")), file, bytes))
    };
    made().map_err(|error| format!("{}: {error}", dir.display()))?;
    child::run(Path::new("python3"), &["-m", "bagit", "--quiet", text(&dir)?])?.expect_code(0)?;
    Ok(dir)
}

/// Bytes that differ from file to file, the same in each run.
fn write_noise(path: &Path, file: u64, bytes: u64) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let block = Digest::of(&file.to_be_bytes());
    for _ in 0..bytes / 32 {
        out.write_all(block.as_bytes())?;
    }
    out.flush()
}
