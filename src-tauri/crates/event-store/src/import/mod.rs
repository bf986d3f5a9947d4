//! Bringing a bundle in: events and bytes in any order, from several threads, in runs that become visible one by one.
//!
//! Rows are made in the thread that hands events over; a run that is full is sorted and encoded by one thread of its
//! own and written in transactions of a few megabytes. A run is visible when all of it is written. If the program is
//! killed, what was written is removed the next time the store is opened.
//!
//! # Invariants
//! * Importing the same content twice changes nothing.
//! * Nothing of a broken-off import can ever be seen once it is broken off.
//! * Memory is bounded by constants, whatever the size of the bundle; only the different ids of people grow with it.

mod pieces;
mod places;
pub(crate) mod rows;
mod runs;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use model::{BundleId, Event};
use vault::Vault;

use self::pieces::Pieces;
use self::rows::Rows;
use self::runs::FullRun;
pub(crate) use self::runs::NO_DAY;
use crate::chunk::Sizes;
use crate::standing::Standing;
use crate::store::{EventStore, Live};
use crate::words::Dictionary;
use crate::{BundleSummary, StoreFault, people};

/// A run is full when it has as many events as [`Sizes`] says, or its texts have so many bytes.
const RUN_TEXT_BYTES: usize = 96 * 1024 * 1024;
/// Full runs that may wait to be encoded, besides the one being encoded and the one being filled.
const RUNS_WAITING_MAX: usize = 1;
/// The longest file list.
const FILES_MAX: usize = 1 << 20;

/// A bundle that is to be stored.
#[derive(Clone, Debug)]
pub struct NewBundle {
    /// SHA-256 of its content, 64 lowercase hexadecimal digits: the same content has the same id.
    pub id: BundleId,
    /// Facts about it (JSON), kept as they are.
    pub facts: String,
    /// How it came (JSON), kept as it is.
    pub handover: String,
    /// Paths of its files; their indexes are what events and bytes refer to.
    pub files: Vec<String>,
}

/// An event and where its record stands.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The event.
    pub event: Event,
    /// Index of the file.
    pub file: u32,
    /// Number of the record in its file, from 1, below 2^40. No two records of a file share one: where a file has no
    /// lines, records are counted.
    pub line: u64,
    /// Its first byte in the file.
    pub byte_offset: u64,
    /// How many bytes it has.
    pub byte_length: u32,
}

/// What is known when a bundle has been read to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The report of its verification (JSON), kept as it is; `None` if it was not verified.
    pub report: Option<String>,
    /// What verification said about single records.
    pub standing: Standing,
}

/// What beginning an import gives.
pub enum Begun {
    /// It can be handed over.
    New(Import),
    /// It is here already; nothing was changed.
    Already(Box<BundleSummary>),
}

/// An import that is under way.
///
/// Dropping it without [`finish`](Self::finish) or [`abandon`](Self::abandon) is like being killed: what was written
/// stays out of sight and is removed when the store is opened the next time.
pub struct Import {
    shared: Arc<Shared>,
    encoder: Option<JoinHandle<Result<(), StoreFault>>>,
    files: u32,
    /// Out of sight for others while it lives.
    _live: Live,
}

/// What hands events and bytes over; one for each thread.
#[derive(Clone)]
pub struct Intake {
    shared: Arc<Shared>,
    files: u32,
}

struct Shared {
    vault: Arc<Vault>,
    bundle: i64,
    sizes: Sizes,
    filling: Mutex<Filling>,
    full: Mutex<Option<SyncSender<FullRun>>>,
    pieces: Pieces,
}

/// The run that is being filled.
#[derive(Default)]
struct Filling {
    rows: Rows,
    dictionary: Dictionary,
    runs: u32,
    failed: bool,
}

impl EventStore {
    /// Begins to import a bundle, unless it is here already.
    pub fn begin_import(&self, new: &NewBundle) -> Result<Begun, StoreFault> {
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if new.id.as_str().len() != 64 || !new.id.as_str().bytes().all(hexadecimal) {
            return Err(StoreFault::BundleIdMalformed);
        }
        let files = u32::try_from(new.files.len()).ok().filter(|files| *files as usize <= FILES_MAX);
        let files = files.ok_or(StoreFault::TooManyValues { field: "file", most: FILES_MAX as u64 })?;
        let live = match self.admit(new)? {
            Ok(live) => live,
            Err(summary) => return Ok(Begun::Already(Box::new(summary))),
        };
        let sizes = self.sizes();
        let (send, receive) = sync_channel(RUNS_WAITING_MAX);
        let shared = Arc::new(Shared {
            vault: Arc::clone(self.vault()),
            bundle: live.bundle(),
            sizes,
            filling: Mutex::default(),
            full: Mutex::new(Some(send)),
            pieces: Pieces::default(),
        });
        let (vault, bundle) = (Arc::clone(self.vault()), live.bundle());
        let encoder = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || encode_all(&vault, bundle, sizes, &receive))
            .map_err(|_| StoreFault::Thread)?;
        Ok(Begun::New(Import { shared, encoder: Some(encoder), files, _live: live }))
    }
}

/// Encodes and writes one run after the other, until no more can come.
fn encode_all(vault: &Vault, bundle: i64, sizes: Sizes, full: &Receiver<FullRun>) -> Result<(), StoreFault> {
    while let Ok(run) = full.recv() {
        run.write(vault, bundle, sizes)?;
    }
    Ok(())
}

impl Intake {
    /// Hands events over, in any order and from any thread.
    ///
    /// Waits while the runs before cannot be written as fast as they come.
    pub fn events(&self, events: &[StoredEvent]) -> Result<(), StoreFault> {
        if events.is_empty() {
            return Ok(());
        }
        let full = {
            let mut filling = unpoisoned(&self.shared.filling);
            if filling.failed {
                return Err(StoreFault::ImportFailed);
            }
            let pushed = self.push(&mut filling, events);
            filling.failed |= pushed.is_err();
            pushed?
        };
        full.into_iter().try_for_each(|run| self.shared.hand_on(run))
    }

    fn push(&self, filling: &mut Filling, events: &[StoredEvent]) -> Result<Vec<FullRun>, StoreFault> {
        let mut full = Vec::new();
        for stored in events {
            if stored.file >= self.files {
                return Err(StoreFault::PlaceUnknown { file: stored.file, line: stored.line });
            }
            let Filling { rows, dictionary, .. } = &mut *filling;
            rows.push(stored, dictionary)?;
            if filling.rows.len() >= self.shared.sizes.run_events.max(1) || filling.rows.text_bytes() >= RUN_TEXT_BYTES
            {
                full.push(filling.take());
            }
        }
        Ok(full)
    }

    /// Hands some bytes of a file over, in any order and from any thread. They are kept as they are.
    pub fn bytes(&self, file: u32, first_byte: u64, bytes: &[u8]) -> Result<(), StoreFault> {
        if file >= self.files {
            return Err(StoreFault::SourceIncomplete { file, first_byte });
        }
        if unpoisoned(&self.shared.filling).failed {
            return Err(StoreFault::ImportFailed);
        }
        let kept = self.shared.pieces.keep(&self.shared.vault, self.shared.bundle, file, first_byte, bytes);
        if kept.is_err() {
            unpoisoned(&self.shared.filling).failed = true;
        }
        kept
    }
}

impl Filling {
    fn take(&mut self) -> FullRun {
        let run =
            FullRun { number: self.runs, rows: std::mem::take(&mut self.rows), fresh: self.dictionary.take_fresh() };
        self.runs += 1;
        run
    }
}

impl Shared {
    fn hand_on(&self, run: FullRun) -> Result<(), StoreFault> {
        let sender = unpoisoned(&self.full).clone();
        // Nobody receives any more only if writing has failed; `finish` gives the reason.
        let sent = sender.is_some_and(|sender| sender.send(run).is_ok());
        if sent {
            return Ok(());
        }
        unpoisoned(&self.filling).failed = true;
        Err(StoreFault::ImportFailed)
    }
}

impl Import {
    /// What hands events and bytes over. Clone it for every thread, and drop all of them before finishing.
    #[must_use]
    pub fn intake(&self) -> Intake {
        Intake { shared: Arc::clone(&self.shared), files: self.files }
    }

    /// Writes what is left, counts people, and makes the bundle one that is here.
    ///
    /// If anything failed, now or before, everything of this import is removed, as far as the disk allows, and the
    /// first reason is given.
    pub fn finish(mut self, store: &EventStore, finished: &Finished) -> Result<BundleSummary, StoreFault> {
        let done = self.complete(store, finished);
        if done.is_err() {
            store.drop_bundle(self.shared.bundle);
        }
        done
    }

    fn complete(&mut self, store: &EventStore, finished: &Finished) -> Result<BundleSummary, StoreFault> {
        let last = {
            let mut filling = unpoisoned(&self.shared.filling);
            (!filling.failed && filling.rows.len() > 0).then(|| filling.take())
        };
        let handed = last.map_or(Ok(()), |run| self.shared.hand_on(run));
        self.stop()?;
        handed?;
        if unpoisoned(&self.shared.filling).failed {
            return Err(StoreFault::ImportFailed);
        }
        let (vault, bundle) = (&self.shared.vault, self.shared.bundle);
        self.shared.pieces.complete(vault, bundle)?;
        let numbered = places::check(vault, bundle)?;
        people::count(vault, bundle)?;
        store.arrive(bundle, finished, numbered)
    }

    /// Removes everything that was written. What a full disk does not let go is removed at the next opening.
    pub fn abandon(mut self, store: &EventStore) {
        // Whatever the encoder says, all of it is removed.
        drop(self.stop());
        store.drop_bundle(self.shared.bundle);
    }

    /// Lets the encoder write what it has, and waits for it.
    fn stop(&mut self) -> Result<(), StoreFault> {
        *unpoisoned(&self.shared.full) = None;
        match self.encoder.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(done)) => done,
            Some(Err(_panicked)) => Err(StoreFault::ImportFailed),
        }
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        drop(self.stop());
    }
}

/// A panic in another thread leaves a run half filled; the import has failed then and nothing of it will be seen.
pub(crate) fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
