//! Counting what test runners print.
//!
//! A test that cannot run says `skipped: why` and returns; its harness takes that for a pass. Here it counts as
//! skipped, once for each reason it gives.

use crate::stop::Stop;

/// What a test says, first thing in a line, when it cannot do its work here.
const SKIPPED: &str = "skipped: ";

/// Numbers of one runner.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that ran and held.
    pub(crate) passed: usize,
    /// Tests that did not hold, by name where the runner tells it.
    pub(crate) failed: usize,
    /// Reasons why something was not tested.
    pub(crate) skipped: Vec<String>,
}

/// Numbers of all runners.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Counts,
    /// What failed, in words, one entry for each stage.
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// Takes up a stage that holds or does not, as one test.
    pub(crate) fn stage(&mut self, name: &str, done: &Result<(), Stop>) {
        let counts = Counts { passed: usize::from(done.is_ok()), failed: 0, skipped: Vec::new() };
        self.add(name, done, counts);
    }

    /// Takes up what a runner counted. A runner that failed without counting a failure counts as one.
    pub(crate) fn add(&mut self, name: &str, done: &Result<(), Stop>, counts: Counts) {
        self.counts.passed += counts.passed;
        self.counts.failed += counts.failed.max(usize::from(done.is_err()));
        self.counts.skipped.extend(counts.skipped);
        match done {
            Err(stop) => self.failures.push(format!("{name}: {stop}")),
            Ok(()) if counts.failed > 0 => self.failures.push(format!("{name}: {} failed", counts.failed)),
            Ok(()) => {}
        }
    }

    /// Prints the reasons for skips, with how often each was given, and the closing line.
    pub(crate) fn print(&self) {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for reason in &self.counts.skipped {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, times)) => *times += 1,
                None => reasons.push((reason, 1)),
            }
        }
        println!();
        for (reason, times) in reasons {
            println!("skipped {times} × {reason}");
        }
        let Counts { passed, failed, skipped } = &self.counts;
        println!("{passed} passed, {failed} failed, {} skipped", skipped.len());
    }
}

/// Reads the output of `cargo test -- --show-output`.
#[derive(Debug, Default)]
pub(crate) struct RustTally {
    counts: Counts,
    place: Place,
    /// Tests that told a skip; their harness counts them as passed.
    skipping: usize,
    /// Whether the block of output being read has told a skip already.
    told: bool,
}

/// Where in the harness's output we are.
#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Results,
    /// Below `successes:`: output of tests that passed.
    Successes,
    /// Below `failures:`.
    Failures,
}

impl RustTally {
    /// Takes up a line; tells whether a person wants to see it. Output of tests that passed is not shown.
    pub(crate) fn read(&mut self, line: &str) -> bool {
        match line {
            "successes:" => self.place = Place::Successes,
            "failures:" => self.place = Place::Failures,
            _ if line.starts_with("test result: ") => {
                self.place = Place::Results;
                self.counts.passed += number_before(line, " passed");
                self.counts.failed += number_before(line, " failed");
                let ignored = number_before(line, " ignored");
                self.counts.skipped.extend((0..ignored).map(|_| "ignored by its attribute".to_owned()));
                return true;
            }
            _ if self.place == Place::Successes => self.success(line),
            _ => {}
        }
        self.place != Place::Successes
    }

    fn success(&mut self, line: &str) {
        if line.starts_with("---- ") {
            self.told = false;
        } else if let Some(reason) = line.strip_prefix(SKIPPED) {
            self.counts.skipped.push(reason.to_owned());
            self.skipping += usize::from(!self.told);
            self.told = true;
        }
    }

    /// The numbers so far.
    pub(crate) fn counts(self) -> Counts {
        Counts { passed: self.counts.passed.saturating_sub(self.skipping), ..self.counts }
    }
}

/// Reads the last lines of Vitest: `      Tests  1 failed | 12 passed | 2 skipped (15)`.
#[derive(Debug, Default)]
pub(crate) struct VitestTally {
    counts: Counts,
}

impl VitestTally {
    /// Takes up a line.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(numbers) = line.trim_start().strip_prefix("Tests  ") else { return };
        self.counts.passed += number_before(numbers, " passed");
        self.counts.failed += number_before(numbers, " failed");
        let skipped = number_before(numbers, " skipped") + number_before(numbers, " todo");
        self.counts.skipped.extend((0..skipped).map(|_| "by the front-end's tests".to_owned()));
    }

    /// The numbers so far.
    pub(crate) fn counts(self) -> Counts {
        self.counts
    }
}

/// The number that stands right before `word` in `line`; 0 if there is none.
fn number_before(line: &str, word: &str) -> usize {
    let digits = |text: &str| text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    line.split_once(word).and_then(|(before, _)| digits(before)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Counts, RustTally, Tally, VitestTally, number_before};
    use crate::stop::Stop;

    #[test]
    fn a_test_that_says_skipped_is_not_counted_as_passed() {
        let output = "running 3 tests\ntest a ... ok\ntest b ... ok\ntest c ... ok\n\nsuccesses:\n\n---- b stdout ----\n\
            skipped: no conformance data (dev bundles)\nskipped: no conformance data (vectors)\n\n\n\
            successes:\n    a\n    b\n    c\n\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let mut tally = RustTally::default();
        let shown: Vec<&str> = output.lines().filter(|line| tally.read(line)).collect();
        let reasons = ["no conformance data (dev bundles)", "no conformance data (vectors)"].map(str::to_owned);
        assert_eq!(tally.counts(), Counts { passed: 2, failed: 0, skipped: reasons.to_vec() });
        assert!(shown.contains(&"test b ... ok"));
        assert!(!shown.iter().any(|line| line.contains("conformance")), "told once, at the end");
    }

    #[test]
    fn failures_are_counted_and_shown() {
        let output = "failures:\n\n---- x stdout ----\nassertion failed\n\nfailures:\n    x\n\n\
            test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out";
        let mut tally = RustTally::default();
        assert!(output.lines().all(|line| tally.read(line)), "everything about a failure is shown");
        let counts = tally.counts();
        assert_eq!((counts.passed, counts.failed, counts.skipped.len()), (4, 1, 2));
    }

    #[test]
    fn vitest_is_read_by_its_last_lines() {
        let mut tally = VitestTally::default();
        for line in [" Test Files  2 passed (2)", "      Tests  1 failed | 12 passed | 2 skipped (15)"] {
            tally.read(line);
        }
        let counts = tally.counts();
        assert_eq!((counts.passed, counts.failed, counts.skipped.len()), (12, 1, 2));
    }

    #[test]
    fn a_runner_that_dies_without_counting_is_one_failure() {
        let mut tally = Tally::default();
        tally.add("rust", &Err(Stop::Failed { line: "cargo".to_owned(), code: None }), Counts::default());
        assert_eq!(tally.counts.failed, 1);
        assert_eq!(tally.failures, ["rust: `cargo` was ended by a signal"]);
    }

    #[test]
    fn numbers_are_found_before_their_word() {
        assert_eq!(number_before("ok. 12 passed; 3 failed", " failed"), 3);
        assert_eq!(number_before("nothing", " failed"), 0);
    }
}
