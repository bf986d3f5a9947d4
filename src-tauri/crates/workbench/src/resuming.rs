//! Going on with the check of a stored bundle that was stopped: what it had come to, kept in the vault beside the bundle.
//!
//! It is written when a check stops, whoever stopped it, and read when the next one begins. Whether it fits is for
//! `verify` to say; one that does not is dropped without a word.
//!
//! # Invariants
//! * It is a way to be done sooner and nothing else: what cannot be kept or read costs time, never a verdict.
//! * What the segments hold that are skipped cannot have changed: kept files are only written by an import.

use std::io::BufReader;

use model::BundleId;
use timeline::Zone;
use verify::{Interim, Stint};

use crate::clock;
use crate::session::Session;
use crate::words::{counted, moment};

/// Bytes that are read at once from what is kept.
const READ_BYTES: usize = 256 << 10;

/// What an earlier check had come to, and when it was stopped.
pub(crate) struct Earlier {
    pub(crate) interim: Interim,
    at: String,
}

impl Earlier {
    /// The check to go on from, and the words for it if that comes to be.
    pub(crate) fn split(self) -> (Interim, Behind) {
        let Self { interim, at } = self;
        let records = interim.how_far().records;
        (interim, Behind { records, at })
    }
}

/// Where a check goes on.
pub(crate) struct Behind {
    pub(crate) records: u64,
    at: String,
}

impl Behind {
    /// In a sentence, for the job that has ended; the time by the clocks of a zone.
    pub(crate) fn sentence(&self, zone: Zone) -> String {
        let Self { records, at } = self;
        let at = moment(at, zone).map(|at| format!(" on {at}")).unwrap_or_default();
        format!("The check went on behind the first {} of the one that was stopped{at}.", counted(*records, "record"))
    }
}

impl Session {
    /// What an earlier check of a bundle had come to, if that can be read.
    pub(crate) fn earlier_check(&self, bundle: &BundleId) -> Option<Earlier> {
        let kept = self.store.interim(bundle).ok()??;
        let at = kept.at().to_owned();
        let interim = Interim::read(&mut BufReader::with_capacity(READ_BYTES, kept)).ok()??;
        Some(Earlier { interim, at })
    }

    /// Keeps what a check had come to that was stopped, and says how many records the next one need not read again.
    pub(crate) fn keep_for_later(&self, bundle: &BundleId, stopped: &Stint) -> Option<u64> {
        let Some(interim) = &stopped.interim else {
            // Nothing new: what it went on from is still kept.
            return stopped.went_on.map(|how_far| how_far.records);
        };
        let kept = self.store.keep_interim(bundle, clock::now().text(), |to| interim.write(to));
        kept.ok().map(|()| interim.how_far().records)
    }

    /// A check has ended: there is nothing to go on from. What stays because the vault cannot be written would only be
    /// gone on from by a check of the same inputs, and comes to the same.
    pub(crate) fn forget_earlier_check(&self, bundle: &BundleId) {
        drop(self.store.forget_interim(bundle));
    }
}
