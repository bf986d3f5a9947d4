//! How far a self-test has come: every damaged copy counts as the bytes of the bundle, whatever it takes.

use verify::{HowFar, Proceed, Progress};

use crate::fault::Halt;

/// Tells the caller how far all copies together have come.
pub(crate) struct Gauge<'a> {
    progress: &'a dyn Progress,
    copy_bytes: u64,
    copies: u64,
    done: u64,
    records: u64,
}

impl<'a> Gauge<'a> {
    /// For so many copies of a bundle of so many bytes.
    pub(crate) fn new(progress: &'a dyn Progress, copy_bytes: u64, copies: u64) -> Self {
        Self { progress, copy_bytes, copies, done: 0, records: 0 }
    }

    fn how_far(&self) -> HowFar {
        let bytes_total = self.copy_bytes.saturating_mul(self.copies);
        HowFar { records: self.records, bytes: self.copy_bytes.saturating_mul(self.done).min(bytes_total), bytes_total }
    }

    /// Asks whether to go on, without having come further.
    pub(crate) fn pulse(&self) -> Result<(), Halt> {
        match self.progress.came(self.how_far()) {
            Proceed::GoOn => Ok(()),
            Proceed::Stop => Err(Halt::Stopped),
        }
    }

    /// A copy is done with, checked or not.
    pub(crate) fn copy_done(&mut self, records: u64) {
        self.done += 1;
        self.records = self.records.saturating_add(records);
    }

    /// What the check of one copy is handed.
    pub(crate) fn of_copy(&self) -> CopyGauge<'_> {
        CopyGauge { progress: self.progress, before: self.how_far(), copy_bytes: self.copy_bytes }
    }
}

/// Tells how far the check of one copy has come, behind all copies before it.
pub(crate) struct CopyGauge<'a> {
    progress: &'a dyn Progress,
    before: HowFar,
    copy_bytes: u64,
}

impl Progress for CopyGauge<'_> {
    fn came(&self, how_far: HowFar) -> Proceed {
        let HowFar { records, bytes, bytes_total } = self.before;
        let bytes = bytes.saturating_add(how_far.bytes.min(self.copy_bytes)).min(bytes_total);
        self.progress.came(HowFar { records: records.saturating_add(how_far.records), bytes, bytes_total })
    }
}
