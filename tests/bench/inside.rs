//! The program from inside: a vault that is open and has its purpose, without start-up and command line.

use std::path::Path;
use std::time::Duration;

use workbench::wire::{Fault, Nothing, PurposeAsk, UnlockAsk};
use workbench::{Desk, NoWindow, Options};

use crate::Outcome;

/// Opens the bench's vault and says why.
pub(crate) fn open(vault: &Path, passphrase_file: &Path) -> Outcome<Desk> {
    let desk = Desk::new(Options::at(vault.to_owned()), Box::new(NoWindow));
    let passphrase = std::fs::read_to_string(passphrase_file).map_err(|error| error.to_string())?;
    let ask = UnlockAsk { user: "bench".to_owned(), passphrase: passphrase.trim().to_owned() };
    desk.unlock(ask).map_err(in_words)?;
    desk.give_purpose(PurposeAsk { text: "Benchmark of looks".to_owned() }).map_err(in_words)?;
    Ok(desk)
}

/// The newest bundle of the vault.
pub(crate) fn newest_bundle(desk: &Desk) -> Outcome<String> {
    let bundles = desk.bundles(Nothing {}).map_err(in_words)?.bundles;
    Ok(bundles.into_iter().next().ok_or("the vault is empty")?.bundle)
}

pub(crate) fn in_words(fault: Fault) -> String {
    fault.what
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The value below which so many of a hundred lie.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}
