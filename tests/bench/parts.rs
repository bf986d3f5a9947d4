//! The parts of checking one by one, with the functions that the program itself uses: what each takes, on one thread.
//!
//! A part counts as its share of all the processor time of a run; what none of them explains (fields of the records,
//! order, findings, the report) is the rest.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use integrity::canonical::scan;
use integrity::keys::{Algorithm, PublicKey};
use integrity::signature::{Message, Purpose, VerifyingKey};
use serde_json::Value;

use crate::bare::{files, hash_file, lines};
use crate::{Outcome, child};

const THIS_THREAD: &str = "/proc/thread-self/stat";
const UNFIT: &str = "a signature of the sample does not fit";

/// Seconds of one thread for each part.
pub(crate) struct Parts {
    reading: f64,
    canonical: f64,
    hashing: f64,
    signatures: f64,
}

impl Parts {
    /// Does each part of checking the bag, one behind the other.
    pub(crate) fn of(bag: &Path) -> Outcome<Self> {
        let mut parts = Self { reading: 0.0, canonical: 0.0, hashing: 0.0, signatures: 0.0 };
        let keys = keys(bag)?;
        let has_512 = bag.join("manifest-sha512.txt").exists();
        for segment in files(&bag.join("data/events"))? {
            let mut bytes = Vec::new();
            let mut read = Ok(());
            parts.reading += seconds(|| read = read_into(&mut bytes, &segment));
            read?;
            let lines: Vec<&[u8]> = lines(&bytes).collect();
            parts.canonical += seconds(|| {
                for line in &lines {
                    black_box(scan(line).is_ok());
                }
            });
            parts.hashing += hash_seconds(&bytes, &lines, has_512);
            let signed = Signed::all(&lines, &keys);
            let mut fit = true;
            parts.signatures += seconds(|| fit = signed.iter().all(Signed::fits));
            if !fit {
                return Err(UNFIT.to_owned());
            }
        }
        Ok(parts)
    }

    /// Prints the share of each in so many seconds of processors.
    pub(crate) fn print(&self, of_seconds: f64) {
        let named = [
            ("reading", self.reading),
            ("canonical form", self.canonical),
            ("hashing", self.hashing),
            ("signatures", self.signatures),
        ];
        let rest = of_seconds - named.iter().map(|(_, seconds)| seconds).sum::<f64>();
        println!("of {of_seconds:.2} s of both processors:");
        for (name, seconds) in named.into_iter().chain([("fields, order, findings", rest)]) {
            println!("  {name:<23}{:6.1} %", seconds / of_seconds * 100.0);
        }
    }
}

/// How many signatures the bag holds, and the seconds for verifying them alone: nothing is read or hashed meanwhile.
pub(crate) fn bare_signatures(bag: &Path, threads: usize) -> Outcome<(usize, f64)> {
    let keys = keys(bag)?;
    let (mut count, mut took) = (0, 0.0);
    for segment in files(&bag.join("data/events"))? {
        let bytes = read(&segment)?;
        let signed = Signed::all(&lines(&bytes).collect::<Vec<_>>(), &keys);
        count += signed.len();
        let started = Instant::now();
        let fit = all_fit(&signed, threads);
        took += started.elapsed().as_secs_f64();
        if !fit {
            return Err(UNFIT.to_owned());
        }
    }
    if count == 0 { Err("the sample holds no signatures".to_owned()) } else { Ok((count, took)) }
}

fn all_fit(signed: &[Signed<'_>], threads: usize) -> bool {
    std::thread::scope(|scope| {
        let parts = signed.chunks(signed.len().div_ceil(threads).max(1));
        let runs: Vec<_> = parts.map(|part| scope.spawn(|| part.iter().all(Signed::fits))).collect();
        runs.into_iter().all(|run| run.join().unwrap_or(false))
    })
}

/// A signature, ready to be verified.
struct Signed<'a> {
    key: &'a VerifyingKey,
    message: Message,
    signature: String,
}

impl<'a> Signed<'a> {
    /// Those of the lines that name one of the keys.
    fn all(lines: &[&[u8]], keys: &'a [VerifyingKey]) -> Vec<Self> {
        let each = lines.iter().filter_map(|line| {
            let record = scan(line).ok()?;
            let sig = record.member("sig")?;
            let kid = sig.member("kid")?.string()?;
            let key = keys.iter().find(|key| key.kid().to_string() == kid)?;
            let signature = sig.member("value")?.string()?.into_owned();
            Some(Self { key, message: Purpose::Event.message(&record.preimage().digest()), signature })
        });
        each.collect()
    }

    fn fits(&self) -> bool {
        self.key.verify_text(&self.message, &self.signature).is_some()
    }
}

/// The keys of the bag, each with its algorithm.
fn keys(bag: &Path) -> Outcome<Vec<VerifyingKey>> {
    let file = bag.join("data/keys/keys.json");
    if !file.exists() {
        return Ok(Vec::new());
    }
    let keys: Value = serde_json::from_slice(&read(&file)?).map_err(|error| error.to_string())?;
    let each = keys["keys"].as_array().into_iter().flatten();
    each.map(|key| {
        let word = |name: &str| key[name].as_str().unwrap_or_default();
        let algorithm = Algorithm::from_name(word("alg")).ok_or("an unknown algorithm")?;
        let key = PublicKey::from_pem(word("public_key_pem")).map_err(|fault| fault.to_string())?;
        VerifyingKey::new(key, algorithm).map_err(|fault| fault.to_string())
    })
    .collect()
}

fn hash_seconds(bytes: &[u8], lines: &[&[u8]], has_512: bool) -> f64 {
    let records: Vec<_> = lines.iter().filter_map(|line| scan(line).ok()).collect();
    seconds(|| {
        hash_file(bytes, has_512);
        for record in &records {
            black_box((record.preimage().digest(), record.preimage().leaf_hash()));
        }
    })
}

/// Processor time of this thread: what else the machine does is not in it.
fn seconds(work: impl FnOnce()) -> f64 {
    let before = child::processor_of(THIS_THREAD).unwrap_or_default();
    work();
    child::processor_of(THIS_THREAD).unwrap_or_default() - before
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    read_into(&mut bytes, path).map(|()| bytes)
}

fn read_into(bytes: &mut Vec<u8>, path: &Path) -> Outcome<()> {
    *bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}
