//! The one pass over all segments: one thread reads and hashes files, several judge runs of lines, one links.
//!
//! Runs are numbered when they are read and linked in that order, whatever order they are judged in. A fixed number of
//! tokens goes round: who reads a run takes one, who has linked it gives it back. So memory holds that many runs,
//! however slow an onlooker is, and no channel needs a limit of its own.

mod intake;
mod notes;
mod reader;
mod segment;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};

use bundle::ReadFault;
use bundle::segment::Run;

use crate::claims::Claims;
use crate::container::Payload;
use crate::fault::{Halt, VerifyFault};
use crate::hands::{HowFar, Onlooker, Proceed, Progress, RecordRun, Spill};
use crate::record::{Judge, RunFacts};
use crate::source::Source;
use crate::sums::FileSum;

use reader::Reader;

pub(crate) use intake::{Intake, STREAMS_MAX, Taken};
pub(crate) use notes::{Noted, Notes};
pub(crate) use segment::SegmentTrace;

/// Runs under way for each worker, besides two for reading and linking.
const RUNS_PER_WORKER: usize = 3;

/// A run on its way to a worker.
struct Read {
    /// Place in the order of everything that the reader sends.
    turn: u64,
    /// Number among all runs.
    ordinal: u64,
    segment: usize,
    run: Run,
    /// Bytes of the file that were read for it.
    bytes: u64,
}

/// What arrives at the linker.
enum Arrival {
    Run { segment: u32, facts: Box<RunFacts>, bytes: u64 },
    End { segment: u32, sum: FileSum },
    Damaged { segment: u32, fault: ReadFault, sum: Option<FileSum> },
    Failed(ReadFault),
}

impl Arrival {
    /// The segment that it ends.
    const fn ends(&self) -> Option<u32> {
        match self {
            Self::End { segment, .. } | Self::Damaged { segment, .. } => Some(*segment),
            Self::Run { .. } | Self::Failed(_) => None,
        }
    }
}

/// What the pass needs besides the claims.
pub(crate) struct Crew<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) payload: &'a Payload,
    pub(crate) judge: &'a Judge<'a>,
    pub(crate) onlooker: &'a dyn Onlooker,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) workers: usize,
    /// Index of the first segment that is read; those before it were passed earlier.
    pub(crate) first: usize,
}

/// Reads, judges and links every segment that is present. On a stop the intake holds what was linked so far, and the
/// notes, if any are taken, what had been linked at the end of a segment.
pub(crate) fn run(
    crew: &Crew<'_>,
    claims: &Claims,
    intake: &mut Intake<'_>,
    spill: &mut dyn Spill,
    how_far: &mut HowFar,
    notes: Option<&mut Notes>,
) -> Result<(), Halt> {
    let workers = crew.workers.max(1);
    let (to_workers, work) = mpsc::channel::<Read>();
    let work = Mutex::new(work);
    let (to_linker, arrivals) = mpsc::channel::<(u64, Arrival)>();
    let (give_back, tokens) = mpsc::channel::<()>();
    for _ in 0..workers * RUNS_PER_WORKER + 2 {
        // The receiver lives in this function; sending cannot fail.
        let _sent = give_back.send(());
    }
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (work, to_linker) = (&work, to_linker.clone());
            scope.spawn(move || judge_runs(crew, claims, work, &to_linker));
        }
        scope.spawn(move || Reader::new(crew, tokens, to_workers, to_linker).read_all(claims));
        // Both ends belong to the linker: when it returns, early or not, reading and judging find nobody left.
        let (arrivals, give_back) = (arrivals, give_back);
        link_in_order(crew, &arrivals, &give_back, intake, spill, (how_far, notes))
    })
}

fn judge_runs(crew: &Crew<'_>, claims: &Claims, work: &Mutex<Receiver<Read>>, to_linker: &Sender<(u64, Arrival)>) {
    loop {
        // A poisoned lock means that another worker panicked; the scope passes that on.
        let next = match work.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return,
        };
        let Ok(Read { turn, ordinal, segment, run, bytes }) = next else { return };
        let file = claims.segments.get(segment).map_or("", |segment| segment.path.as_str());
        let (facts, records) = crew.judge.run(file, &run);
        crew.onlooker.see(&RecordRun { ordinal, file, records: &records });
        let arrival = Arrival::Run { segment: number(segment), facts: Box::new(facts), bytes };
        if to_linker.send((turn, arrival)).is_err() {
            return;
        }
    }
}

fn link_in_order(
    crew: &Crew<'_>,
    arrivals: &Receiver<(u64, Arrival)>,
    give_back: &Sender<()>,
    intake: &mut Intake<'_>,
    spill: &mut dyn Spill,
    (how_far, mut notes): (&mut HowFar, Option<&mut Notes>),
) -> Result<(), Halt> {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    let mut prints = Vec::new();
    while let Ok((at, arrival)) = arrivals.recv() {
        early.insert(at, arrival);
        while let Some(arrival) = early.remove(&turn) {
            turn += 1;
            let ended = arrival.ends();
            match arrival {
                Arrival::Run { segment, facts, bytes } => {
                    how_far.records += facts.lines;
                    how_far.bytes = how_far.bytes.saturating_add(bytes).min(how_far.bytes_total);
                    intake.take_run(segment, *facts, &mut prints);
                    spill.add(&mut prints).map_err(|fault| Halt::Fault(VerifyFault::Spill(fault)))?;
                }
                Arrival::End { segment, sum } => intake.end(segment, sum),
                Arrival::Damaged { segment, fault, sum } => intake.damaged(segment, &fault, sum),
                Arrival::Failed(fault) => return Err(fault.into()),
            }
            // The reader may have finished and gone.
            let _given = give_back.send(());
            let stops = crew.progress.came(*how_far) == Proceed::Stop;
            if let (Some(segment), Some(notes)) = (ended, notes.as_deref_mut()) {
                notes.segment_ended(segment, &intake.taken, *how_far, stops);
            }
            if stops {
                return Err(Halt::Stopped);
            }
        }
    }
    Ok(())
}

/// Segments are numbered in 32 bits: a container has far fewer entries.
fn number(segment: usize) -> u32 {
    u32::try_from(segment).unwrap_or(u32::MAX)
}
