//! Two exports of one log held against each other, and the check held against damage done on purpose. Neither needs a
//! vault, and neither leaves a trace.
//!
//! Nothing here judges: `verify` compares, `self-test` counts. What is shown is what they came to.

use std::path::{Path, PathBuf};

use bundle::Bundle;
use self_test::{Ask, Score, SelfTestFault};
use verify::{Comparison, Export, Integrity, Progress, Report, Source, VerifyFault};

use crate::direct::{self, limits};
use crate::jobs::Gauge;
use crate::verdicts::{self, Vouching, Watch};
use crate::wire::Fault;

/// What a self-test is to do.
#[derive(Clone, Debug)]
pub struct SelfTestWish {
    /// Fingerprints of keys that the caller vouches for, as for a check.
    pub trust: Vec<String>,
    /// Files that hold an anchor each.
    pub anchors: Vec<PathBuf>,
    /// How often every kind of damage is done, at least once.
    pub runs: u32,
    /// Where chance begins.
    pub seed: u64,
    /// Raises the limits on size and count.
    pub allow_large: bool,
}

/// Something found out, for people and for programs.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// For people: read as it is.
    pub found: T,
    /// For programs: the document of `--format json`.
    pub json: serde_json::Value,
}

impl<T: serde::Serialize> Answer<T> {
    fn of(found: T) -> Result<Self, Fault> {
        let json = serde_json::to_value(&found).map_err(|_| Fault::internal("The answer cannot be written."))?;
        Ok(Self { found, json })
    }
}

/// Compares two exports of one log. Each is checked by itself first, so that the result can say whether it stands.
pub fn compare(older: &Path, newer: &Path, allow_large: bool, gauge: &Gauge) -> Result<Answer<Comparison>, Fault> {
    let limits = limits(allow_large);
    let (earlier, later) = (bundle::open(older, &limits)?, bundle::open(newer, &limits)?);
    let paths = [older, newer].map(|path| path.display().to_string());
    let [older, newer] = &paths;
    let earlier = Export { source: &earlier, path: Some(older), own_check: Some(own_check(&earlier, gauge)?) };
    let later = Export { source: &later, path: Some(newer), own_check: Some(own_check(&later, gauge)?) };
    let options = verdicts::options(Vouching::default())?;
    let comparison = verify::compare(&earlier, &later, &options, &Watch { gauge })?;
    if comparison.stopped.is_some() { Err(Fault::cancelled()) } else { Answer::of(comparison) }
}

fn own_check(bundle: &Bundle, gauge: &Gauge) -> Result<Integrity, Fault> {
    Ok(verdicts::check(bundle, Vouching::default(), gauge, &verify::NoOnlooker)?.integrity())
}

/// Damages copies of a bundle in every known way and counts how many the check finds.
pub fn self_test(path: &Path, wish: &SelfTestWish, gauge: &Gauge) -> Result<Answer<Score>, Fault> {
    let vouching = direct::vouching_of(&wish.trust, &wish.anchors)?;
    let bundle = bundle::open(path, &limits(wish.allow_large))?;
    Answer::of(score(&bundle, vouching, wish.runs, wish.seed, gauge)?)
}

/// The score of a bundle, checked with these keys and anchors.
pub(crate) fn score(bundle: &Bundle, vouching: Vouching, runs: u32, seed: u64, gauge: &Gauge) -> Result<Score, Fault> {
    let vouching = vouching.spelled_as_in(bundle);
    let anchors = vouching.anchors.iter().map(|anchor| (anchor.stream_id.clone(), anchor.last_seq)).collect();
    let options = verdicts::options(vouching)?;
    let check = |source: &dyn Source, progress: &dyn Progress| -> Result<Report, VerifyFault> {
        verify::check(source, &options, &verify::NoOnlooker, progress, &mut verify::MemorySpill::new())
    };
    let ask = Ask { runs, seed, anchors };
    let score = self_test::run(bundle, &ask, &check, &Watch { gauge })?;
    if score.stopped { Err(Fault::cancelled()) } else { Ok(score) }
}

impl From<SelfTestFault> for Fault {
    fn from(fault: SelfTestFault) -> Self {
        match fault {
            SelfTestFault::Check(fault) => fault.into(),
            SelfTestFault::Read(fault) => fault.into(),
        }
    }
}
