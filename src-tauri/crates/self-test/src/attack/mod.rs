//! What is done to a copy. Each kind of damage is a function that puts its edits into the overlay and says where the
//! wound is; why it cannot be done to this bundle is a sentence.

pub(crate) mod bag;
pub(crate) mod chain;
pub(crate) mod checkpoints;
pub(crate) mod line;
pub(crate) mod signatures;

use specimen::Chance;

use crate::fault::Halt;
use crate::gauge::Gauge;
use crate::lines::Reseal;
use crate::overlay::Overlay;
use crate::rebag::rebag;
use crate::record::Record;
use crate::restate::{Restate, restate};
use crate::survey::{Segment, Stream, Survey};

/// How often another record is looked for where one cannot be read.
const TRIES: usize = 8;

/// Why a kind of damage does not come about.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It cannot be done to this bundle, and why.
    NotHere(&'static str),
    Halt(Halt),
}

impl From<Halt> for Unfit {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// Where the damage is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wound {
    pub(crate) stream: Option<String>,
    /// The records, by the numbers they had.
    pub(crate) seqs: Option<(u64, u64)>,
    /// A whole range is gone: a finding has to name exactly these numbers.
    pub(crate) is_exact: bool,
    /// The file, where it is about one.
    pub(crate) file: Option<String>,
}

impl Wound {
    pub(crate) fn of_file(name: &str) -> Self {
        Self { file: Some(name.to_owned()), ..Self::default() }
    }

    pub(crate) fn of_records(stream: &Stream, from: u64, to: u64) -> Self {
        Self { stream: Some(stream.id.clone()), seqs: Some((from, to)), ..Self::default() }
    }
}

/// What a kind of damage does.
pub(crate) type Attack = fn(&mut Scene<'_, '_>) -> Result<Wound, Unfit>;

/// A copy while it is being damaged.
pub(crate) struct Scene<'a, 's> {
    pub(crate) survey: &'s Survey<'a>,
    pub(crate) overlay: Overlay<'a>,
    pub(crate) chance: Chance,
    pub(crate) gauge: &'s Gauge<'s>,
}

/// A record that was picked, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Pick {
    pub(crate) segment: Segment,
    /// Its line in the segment, from 1.
    pub(crate) line: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) record: Record,
    pub(crate) seq: u64,
}

impl Pick {
    /// Its line with its end, as somebody makes it.
    pub(crate) fn made(mut record: Record, is_sealed: bool) -> Vec<u8> {
        if is_sealed {
            record.seal();
        }
        ended(record.line())
    }
}

/// A line with its end.
pub(crate) fn ended(mut line: Vec<u8>) -> Vec<u8> {
    line.push(b'\n');
    line
}

impl<'s> Scene<'_, 's> {
    /// A stream of at least so many records; the larger a stream, the more likely.
    pub(crate) fn stream(&mut self, least: u64) -> Result<&'s Stream, Unfit> {
        let survey: &'s Survey<'_> = self.survey;
        let fit: Vec<&'s Stream> = survey.streams.iter().filter(|stream| stream.lines >= least).collect();
        let total: u64 = fit.iter().map(|stream| stream.lines).sum();
        let mut left = if total == 0 { 0 } else { self.chance.between(0, total - 1) };
        for stream in fit {
            if left < stream.lines {
                return Ok(stream);
            }
            left -= stream.lines;
        }
        Err(Unfit::NotHere("There are too few records in segments that can be read."))
    }

    /// The record at a place in its stream, from 1.
    pub(crate) fn at(&self, stream: &Stream, place: u64) -> Result<Pick, Unfit> {
        self.read_at(stream, place)?.ok_or(Unfit::NotHere("The record that it would happen to cannot be read."))
    }

    fn read_at(&self, stream: &Stream, place: u64) -> Result<Option<Pick>, Unfit> {
        let mut before = 0;
        for segment in &stream.segments {
            if place <= before + segment.lines {
                let line = place - before;
                let bytes = self.survey.lines(segment, line, 1)?.pop().unwrap_or_default();
                let record = Record::read(&bytes);
                let seq = record.as_ref().and_then(Record::seq);
                let made = |(record, seq)| Pick { segment: segment.clone(), line, bytes, record, seq };
                return Ok(record.zip(seq).map(made));
            }
            before += segment.lines;
        }
        Ok(None)
    }

    /// A readable record from the `from`th to the `to`th of its stream, and its place.
    pub(crate) fn pick(&mut self, stream: &Stream, from: u64, to: u64) -> Result<(u64, Pick), Unfit> {
        if to < from {
            return Err(Unfit::NotHere("There are too few records."));
        }
        for _ in 0..TRIES {
            let place = self.chance.between(from, to);
            if let Some(pick) = self.read_at(stream, place)? {
                return Ok((place, pick));
            }
        }
        Err(Unfit::NotHere("No record was found that can be read."))
    }

    /// Puts other bytes in the place of a record's line.
    pub(crate) fn replace(&mut self, pick: &Pick, text: Vec<u8>) {
        self.overlay.lines_mut(&pick.segment).replaced.insert(pick.line, text);
    }

    /// Takes out the records from the `from`th to the `to`th of a stream; gives back the first and the last.
    pub(crate) fn take_out(&mut self, stream: &Stream, from: u64, to: u64) -> Result<(Pick, Pick), Unfit> {
        let ends = (self.at(stream, from)?, self.at(stream, to)?);
        let mut before = 0;
        for segment in &stream.segments {
            let (first, last) = (from.saturating_sub(before).max(1), to.saturating_sub(before).min(segment.lines));
            if to > before && first <= last {
                self.overlay.lines_mut(segment).dropped = Some((first, last));
            }
            before += segment.lines;
        }
        Ok(ends)
    }

    /// Computes the chain anew from a record to the end of its stream.
    pub(crate) fn reseal_from(&mut self, stream: &Stream, pick: &Pick, reseal: &Reseal) {
        let mut is_behind = false;
        for segment in &stream.segments {
            let is_here = segment.path == pick.segment.path;
            if is_here || is_behind {
                let from_line = if is_here { pick.line } else { 1 };
                let reseal = Reseal { from_line, prev: None, ..reseal.clone() };
                self.overlay.lines_mut(segment).reseal = Some(reseal);
            }
            is_behind |= is_here;
        }
    }

    /// States the stream anew and renews the bag.
    pub(crate) fn renew(&mut self, stream: &Stream, how: Restate) -> Result<(), Unfit> {
        restate(self.survey, &mut self.overlay, stream, how, self.gauge)?;
        self.rebag()
    }

    pub(crate) fn rebag(&mut self) -> Result<(), Unfit> {
        Ok(rebag(&mut self.overlay, self.gauge)?)
    }
}
