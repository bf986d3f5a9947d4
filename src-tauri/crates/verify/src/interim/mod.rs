//! What a check had come to when it was stopped, as a value that can be kept, so that a later check goes on behind the
//! last whole segment instead of beginning again.
//!
//! Everything before the records is read again on going on: container, lists of files, manifests, checkpoints, archives,
//! signatures over the whole. Only segments that were passed are skipped, with their checksums and what their records
//! came to taken from the state. Exports without evidence of their own are not gone on with.
//!
//! # Invariants
//! * A state is only gone on from by the same program, with the same inputs, on the same bundle as far as that can be
//!   seen without reading the segments again (see `basis`); any other is dropped without a word, and the check begins at
//!   the start.
//! * The report of a check that was stopped and gone on with, however often, is that of one that was not.
//! * A state holds verified signatures as facts. Who keeps it keeps it where nobody else can write; what lies in the
//!   segments that are skipped must not have changed since, which the caller sees to.

mod basis;
mod form;

use integrity::Digest;
use serde::{Deserialize, Serialize};

use crate::check::check_leg;
use crate::claims::Claims;
use crate::fault::{Halt, VerifyFault};
use crate::hands::{HowFar, NoOnlooker, Options, Print, Progress, Spill};
use crate::pass::{Noted, Notes, Taken};
use crate::record::Judge;
use crate::report::Report;
use crate::source::Source;
use crate::spill::MemorySpill;
use crate::work::Work;

/// Most fingerprints of event ids that a state holds: 384 MiB. A check of more records than that begins again, because
/// nobody would wait until it is written.
const PRINTS_MAX: usize = 16 << 20;

/// What a check had come to at the end of a segment.
pub struct Interim {
    body: Body,
    /// The fingerprints of event ids so far, in runs.
    prints: Vec<Vec<Print>>,
}

/// All of it but the fingerprints.
#[derive(Serialize, Deserialize)]
struct Body {
    /// What keyed the fingerprints.
    fingerprint_key: [u8; 16],
    /// Digest of what it was reached with.
    basis: Digest,
    noted: Noted,
}

impl Interim {
    /// How far the check had come.
    #[must_use]
    pub fn how_far(&self) -> HowFar {
        self.body.noted.how_far
    }
}

// What it holds says who signed what and when; a debug print says how far it is.
impl std::fmt::Debug for Interim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Interim({} records)", self.how_far().records)
    }
}

/// What one stint of a check came to.
#[derive(Debug)]
pub struct Stint {
    /// The report. If the check was stopped again it is no verdict.
    pub report: Report,
    /// How far the check had come before, if it went on from there.
    pub went_on: Option<HowFar>,
    /// What a check that was stopped can be gone on from. `None` if it was not stopped, or has passed no whole segment
    /// since it began or went on; a state from before is then as good as it was.
    pub interim: Option<Interim>,
}

/// Checks a bundle like [`check`](crate::check), and goes on from an earlier check if that fits.
///
/// Nobody looks on: an onlooker would miss what is skipped. The fingerprints of event ids stay in memory, 24 bytes for
/// each record, and where the check goes on they are keyed as before. `program` is the name and version of the program:
/// no other goes on from what it leaves.
pub fn check_resumably(
    source: &dyn Source,
    options: &Options,
    program: &str,
    progress: &dyn Progress,
    from: Option<Interim>,
) -> Result<Stint, VerifyFault> {
    let key = from.as_ref().map_or(options.fingerprint_key, |from| from.body.fingerprint_key);
    let program = program.to_owned();
    let mut leg = Leg { program, fingerprint_key: key, from, basis: None, went_on: None, notes: Notes::default() };
    let mut spill = MemorySpill::new();
    let report = check_leg(source, options, &NoOnlooker, progress, &mut spill, Some(&mut leg))?;
    let went_on = leg.went_on;
    let interim = report.stopped().and_then(|_| leg.leave(spill));
    Ok(Stint { report, went_on, interim })
}

/// One stint of a check, from within.
pub(crate) struct Leg {
    program: String,
    fingerprint_key: [u8; 16],
    from: Option<Interim>,
    basis: Option<Digest>,
    went_on: Option<HowFar>,
    pub(crate) notes: Notes,
}

impl Leg {
    /// What keys the fingerprints of event ids.
    pub(crate) fn fingerprint_key(&self) -> [u8; 16] {
        self.fingerprint_key
    }

    /// Before the first segment is read: takes over what was passed earlier, if it fits, and gives the index of the
    /// segment to begin with. `known_at` is a time at which the bundle is known to have existed.
    pub(crate) fn begin(
        &mut self,
        work: &mut Work<'_>,
        claims: &Claims,
        judge: &Judge<'_>,
        known_at: Option<i64>,
        taken: &mut Taken,
        spill: &mut dyn Spill,
    ) -> Result<usize, Halt> {
        self.basis = basis::digest(&self.program, work, claims, judge, known_at, taken);
        let fits = |from: &Interim| self.basis == Some(from.body.basis);
        let Some(Interim { body, prints }) = self.from.take().filter(fits) else { return Ok(0) };
        for mut run in prints {
            spill.add(&mut run).map_err(|fault| Halt::Fault(VerifyFault::Spill(fault)))?;
        }
        let Noted { taken: before, next, how_far } = body.noted;
        self.notes = Notes::behind(before.lines());
        self.went_on = Some(how_far);
        work.how_far = how_far;
        *taken = before;
        Ok(usize::try_from(next).unwrap_or(usize::MAX))
    }

    /// What can be gone on from.
    fn leave(self, spill: MemorySpill) -> Option<Interim> {
        let (noted, basis) = self.notes.last.zip(self.basis)?;
        let prints = spill.into_first(noted.next);
        let count: usize = prints.iter().map(Vec::len).sum();
        let body = Body { fingerprint_key: self.fingerprint_key, basis, noted };
        (count <= PRINTS_MAX).then_some(Interim { body, prints })
    }
}
