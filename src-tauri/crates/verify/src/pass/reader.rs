//! Reads the segments one after the other, hashes their files, unpacks what is packed, takes tables apart, and sends runs
//! of whole records to the workers.
//!
//! A packed segment has two checksums: one of the file as it lies there, which the manifests list, and one of what it
//! unpacks to. Both are made in this one pass. Lines and offsets are those of the unpacked content.

use std::cell::Cell;
use std::io;
use std::sync::mpsc::{Receiver, Sender};

use bundle::ReadFault;
use bundle::segment::runs;
use bundle::unpack::{Packing, unpack};

use super::{Arrival, Crew, Read, number};
use crate::claims::{Claims, SegmentClaim, SegmentState};
use crate::sums::{Algorithms, ContentSum, Summing};

/// The other end of a channel is gone: the check was stopped.
struct Gone;

/// The reading end of the pass.
pub(super) struct Reader<'a> {
    crew: &'a Crew<'a>,
    tokens: Receiver<()>,
    to_workers: Sender<Read>,
    to_linker: Sender<(u64, Arrival)>,
    turn: u64,
    ordinal: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        crew: &'a Crew<'a>,
        tokens: Receiver<()>,
        to_workers: Sender<Read>,
        to_linker: Sender<(u64, Arrival)>,
    ) -> Self {
        Self { crew, tokens, to_workers, to_linker, turn: 0, ordinal: 0 }
    }

    /// Reads every segment that is present and was not passed earlier.
    pub(super) fn read_all(mut self, claims: &Claims) {
        let segments = claims.segments.iter().enumerate().skip(self.crew.first);
        for (segment, claim) in segments.filter(|(_, claim)| claim.state == SegmentState::Present) {
            if self.read(segment, claim).is_err() {
                return;
            }
        }
    }

    fn read(&mut self, segment: usize, claim: &SegmentClaim) -> Result<(), Gone> {
        let reader = match self.crew.source.stream(&claim.path) {
            Ok(reader) => reader,
            Err(fault) => {
                self.take_token()?;
                return self.tell(failed(segment, fault));
            }
        };
        let taken = Cell::new(0);
        let reader = Counting { reader, taken: &taken };
        let mut file = Summing::new(reader, self.crew.payload.wants(&claim.path));
        let outcome = match claim.form.packing {
            None => self.send_runs(segment, &mut file, claim, &taken)?.map(|()| None),
            Some(packing) => self.send_unpacked(segment, &mut file, packing, claim, &taken)?.map(Some),
        };
        let arrival = match outcome {
            Ok(content) => {
                self.take_token()?;
                let mut sum = file.finish();
                sum.content = content;
                Arrival::End { segment: number(segment), sum }
            }
            // What packs the records, or the table they stand in, is damaged: the file can still be held against its lists.
            Err(fault) if !claim.form.is_plain() && fault.trouble().is_some() => {
                let is_whole = io::copy(&mut file, &mut io::sink()).is_ok();
                Arrival::Damaged { segment: number(segment), fault, sum: is_whole.then(|| file.finish()) }
            }
            Err(fault) => failed(segment, fault),
        };
        self.tell(arrival)
    }

    /// Sends the records of a packed segment and gives back the checksum of its content.
    fn send_unpacked(
        &mut self,
        segment: usize,
        file: &mut Summing<impl io::Read>,
        packing: Packing,
        claim: &SegmentClaim,
        taken: &Cell<u64>,
    ) -> Result<Result<ContentSum, ReadFault>, Gone> {
        let unpacked = unpack(file, packing, &claim.path, &self.crew.source.limits());
        let mut content = Summing::new(unpacked, Algorithms::NONE);
        let outcome = self.send_runs(segment, &mut content, claim, taken)?;
        Ok(outcome.map(|()| ContentSum { sha256: content.finish().sha256 }))
    }

    /// Sends the records of a stream in runs. A fault has taken a token, which whoever hears of it gives back.
    fn send_runs(
        &mut self,
        segment: usize,
        reader: &mut impl io::Read,
        claim: &SegmentClaim,
        taken: &Cell<u64>,
    ) -> Result<Result<(), ReadFault>, Gone> {
        let mut told = taken.get();
        for run in runs(reader, claim.form.layout, &claim.path) {
            self.take_token()?;
            let run = match run {
                Ok(run) => run,
                Err(fault) => return Ok(Err(fault)),
            };
            let (turn, ordinal, bytes) = (self.turn, self.ordinal, taken.get() - told);
            told = taken.get();
            self.to_workers.send(Read { turn, ordinal, segment, run, bytes }).map_err(|_| Gone)?;
            self.turn += 1;
            self.ordinal += 1;
        }
        Ok(Ok(()))
    }

    fn take_token(&self) -> Result<(), Gone> {
        self.tokens.recv().map_err(|_| Gone)
    }

    fn tell(&mut self, arrival: Arrival) -> Result<(), Gone> {
        self.turn += 1;
        self.to_linker.send((self.turn - 1, arrival)).map_err(|_| Gone)
    }
}

fn failed(segment: usize, fault: ReadFault) -> Arrival {
    if fault.trouble().is_some() {
        Arrival::Damaged { segment: number(segment), fault, sum: None }
    } else {
        Arrival::Failed(fault)
    }
}

/// Counts what is read of a file, so that progress is told in bytes of files, packed or not.
struct Counting<'c, R> {
    reader: R,
    taken: &'c Cell<u64>,
}

impl<R: io::Read> io::Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.taken.set(self.taken.get() + u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}
