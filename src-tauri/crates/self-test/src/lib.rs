//! Damages copies of a bundle in every known way and counts how many the check finds.
//!
//! No copy is made: a damaged bundle is the original read through edits (`overlay`), in bounded memory, so that a
//! bundle of any size from any producer can be tested. What is damaged, and where, follows from the bundle and a seed.
//! The check is handed in; this room neither judges evidence nor knows keys.
//!
//! # Invariants
//! * What the evidence of a bundle cannot show is decided from the bundle, before its report is looked at. So a check
//!   that says nothing is counted as missing, never as excused.
//! * The original is only read.
//! * A test that was stopped says so, and its counts are of what was done.

mod attack;
mod fault;
mod forger;
mod gauge;
mod kinds;
mod lines;
mod overlay;
mod packing;
mod rebag;
mod record;
mod restate;
mod score;
mod survey;

use specimen::Chance;
use verify::{Progress, Report, Source, VerifyFault};

use attack::{Scene, Unfit, Wound};
use fault::Halt;
use gauge::Gauge;
use kinds::{KINDS, Kind};
use overlay::Overlay;
use score::{is_sore, judge};
use survey::Survey;

pub use fault::SelfTestFault;
pub use score::{Counts, FORMAT, Fate, KindScore, Run, Score, Strength};

/// How often another place is looked for where the bundle is damaged already.
const ATTEMPTS: u32 = 6;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Ask {
    /// How often every kind of damage is done, each time in another place; at least once.
    pub runs: u32,
    /// Where chance begins.
    pub seed: u64,
    /// Anchors that the check is handed: stream and number of the record. They decide what must be found.
    pub anchors: Vec<(String, u64)>,
}

/// How a bundle is checked: with the caller's keys, anchors and limits, always the same.
pub type Check<'c> = &'c dyn Fn(&dyn Source, &dyn Progress) -> Result<Report, VerifyFault>;

/// Damages copies of a bundle and has each of them checked.
///
/// The rounds come one behind the other, each with every kind, so that a test that is stopped has tried as many kinds
/// as it could. `progress` is told of all copies together: each counts as the bytes of the bundle.
pub fn run(source: &dyn Source, ask: &Ask, check: Check<'_>, progress: &dyn Progress) -> Result<Score, SelfTestFault> {
    let copies = u64::from(ask.runs.max(1)).saturating_mul(u64::try_from(KINDS.len()).unwrap_or(u64::MAX));
    let bytes = source.entries().iter().map(|entry| entry.size_bytes).fold(0, u64::saturating_add);
    // The undamaged bundle is checked first.
    let mut gauge = Gauge::new(progress, bytes, copies.saturating_add(1));
    let before = check(source, &gauge.of_copy())?;
    let mut score = Score::new(ask.seed, ask.runs.max(1), &before, KINDS);
    score.stopped = before.stopped().is_some();
    if !score.stopped {
        gauge.copy_done(before.counts().records);
        match rounds(source, ask, check, &before, &mut gauge, &mut score) {
            Ok(()) => {}
            Err(Halt::Stopped) => score.stopped = true,
            Err(Halt::Fault(fault)) => return Err(fault),
        }
    }
    score.conclude();
    Ok(score)
}

fn rounds(
    source: &dyn Source,
    ask: &Ask,
    check: Check<'_>,
    before: &Report,
    gauge: &mut Gauge<'_>,
    score: &mut Score,
) -> Result<(), Halt> {
    let survey = Survey::of(source, before, &ask.anchors, gauge)?;
    for round in 1..=score.runs {
        for (place, kind) in KINDS.iter().enumerate() {
            let run = copy(&survey, ask.seed, kind, round, check, before, gauge)?;
            gauge.copy_done(if run.integrity.is_some() { before.counts().records } else { 0 });
            if let Some(of_kind) = score.kinds.get_mut(place) {
                of_kind.runs.push(run);
            }
        }
    }
    Ok(())
}

/// Damages one copy and judges its report.
fn copy(
    survey: &Survey<'_>,
    seed: u64,
    kind: &Kind,
    round: u32,
    check: Check<'_>,
    before: &Report,
    gauge: &Gauge<'_>,
) -> Result<Run, Halt> {
    gauge.pulse()?;
    if survey.streams.is_empty() {
        let reason = if survey.has_tables {
            "The records stand in tables (CSV, Parquet), and this test damages records only where they are lines."
        } else {
            "No stream of the bundle lies whole and readable in segments that an audit manifest names."
        };
        return Ok(Run::not_applicable(round, reason));
    }
    let mut reason = "What it would happen to is damaged already.";
    for attempt in 0..ATTEMPTS {
        let chance = Chance::new(seed, &format!("{}/{round}/{attempt}", kind.word));
        let mut scene = Scene { survey, overlay: Overlay::new(survey.source), chance, gauge };
        match (kind.attack)(&mut scene) {
            Ok(wound) if is_sore(&wound, survey) => {}
            Ok(wound) => return checked(scene, kind, round, &wound, check, before),
            Err(Unfit::NotHere(why)) => {
                reason = why;
                break;
            }
            Err(Unfit::Halt(halt)) => return Err(halt),
        }
    }
    Ok(Run::not_applicable(round, reason))
}

/// Has a damaged copy checked.
fn checked(
    mut scene: Scene<'_, '_>,
    kind: &Kind,
    round: u32,
    wound: &Wound,
    check: Check<'_>,
    before: &Report,
) -> Result<Run, Halt> {
    scene.overlay.settle_sizes()?;
    let after = check(&scene.overlay, &scene.gauge.of_copy())?;
    if after.stopped().is_some() {
        return Err(Halt::Stopped);
    }
    Ok(judge(kind, round, wound, scene.overlay.touched(), scene.survey, before, &after))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use specimen::MemorySink;
    use verify::{MemorySpill, NoOnlooker, NoProgress};

    use super::*;

    fn check(source: &dyn Source, progress: &dyn Progress) -> Result<Report, VerifyFault> {
        verify::check(source, &verify::Options::new([9; 16]), &NoOnlooker, progress, &mut MemorySpill::new())
    }

    #[test]
    fn a_flipped_bit_is_caught_in_whatever_file_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let mut sink = MemorySink::new();
        specimen::Options { events: 40, ..specimen::Options::default() }.plan().unwrap().write(&mut sink).unwrap();
        for (name, bytes) in sink.into_files() {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let source = bundle::open(dir.path(), &bundle::Limits::default()).unwrap();
        let before = check(&source, &NoProgress).unwrap();
        let gauge = Gauge::new(&NoProgress, 1, 1);
        let survey = Survey::of(&source, &before, &[], &gauge).unwrap();
        let kind = KINDS.iter().find(|kind| kind.word == "byte-flipped").unwrap();
        let mut files = BTreeSet::new();
        for round in 1..=300 {
            let run = copy(&survey, 1, kind, round, &check, &before, &gauge).unwrap();
            assert_eq!(run.fate, Fate::Caught, "{run:?}");
            files.extend(run.file);
        }
        let all: BTreeSet<String> = source.entries().iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(files, all);
    }
}
