//! How long a line of the access log waits while a bundle comes in: nobody should wait for a screen because of that.

use std::path::Path;
use std::time::{Duration, Instant};

use workbench::wire::{CopyAsk, JobState, LookAsk, StatusAsk};
use workbench::{Desk, ImportWish};

use crate::Outcome;
use crate::inside::{self, in_words, millis, percentile};

/// Lines written while nothing else happens, for comparison.
const LINES_IN_QUIET: usize = 300;
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks at a small bundle while a large one is imported.
pub(crate) fn measure(vault: &Path, passphrase_file: &Path, small: &Path, large: &Path) -> Outcome<()> {
    let desk = inside::open(vault, passphrase_file)?;
    let import = |bag: &Path| -> Outcome<u32> {
        let started = desk.import_path(bag, &ImportWish::default()).map_err(in_words)?;
        started.job.ok_or_else(|| "the sample is in the vault already".to_owned())
    };
    desk.wait_for(import(small)?).map_err(in_words)?;
    let bundle = inside::newest_bundle(&desk)?;
    let all = LookAsk { bundle, filter: String::new(), and: Vec::new(), sort: String::new(), descending: false };
    let look = desk.look(all).map_err(in_words)?.look;

    let mut quiet = Vec::new();
    for _ in 0..LINES_IN_QUIET {
        quiet.push(line(&desk, look));
    }
    let number = import(large)?;
    let mut busy = Vec::new();
    while is_at_work(&desk, number)? {
        busy.push(line(&desk, look));
    }
    let end = desk.wait_for(number).map_err(in_words)?;
    if end.state != JobState::Done {
        return Err(end.sentence.unwrap_or_else(|| "the import did not end well".to_owned()));
    }
    println!("{:<24} {:>8} {:>10} {:>10} {:>10}", "ms", "lines", "median", "99 of 100", "worst");
    tell("nothing else", &mut quiet);
    tell("while importing", &mut busy);
    println!("(goal: none above 50 ms on a quiet machine)");
    Ok(())
}

/// One line of the access log: that something of the look is copied. Nothing is read for it.
fn line(desk: &Desk, look: u32) -> Duration {
    std::thread::sleep(PAUSE);
    let copied = CopyAsk { look: Some(look), event_ref: None, what: "cell".to_owned(), text: "read".to_owned() };
    let started = Instant::now();
    // Without a window there is no clipboard; the line is written before that is found.
    drop(desk.copy(copied));
    started.elapsed()
}

fn is_at_work(desk: &Desk, number: u32) -> Outcome<bool> {
    let jobs = desk.status(StatusAsk { active: true }).map_err(in_words)?.jobs;
    Ok(jobs.iter().any(|job| job.job == number && matches!(job.state, JobState::Running | JobState::Stopping)))
}

fn tell(what: &str, times: &mut [Duration]) {
    let [median, late, worst] = [50, 99, 100].map(|percent| millis(percentile(times, percent)));
    println!("{what:<24} {:>8} {median:>10.1} {late:>10.1} {worst:>10.1}", times.len());
}
