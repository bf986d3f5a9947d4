//! Bringing a bundle in: events and bytes in any order, from several threads, in runs that become visible one by one.
//!
//! Rows are made in the thread that hands events over; a run that is full is sorted and encoded on all processors and
//! written by one thread of its own, in transactions of about a megabyte. A run is visible when all of it is written. If the program is
//! killed, what was written is removed the next time the store is opened.
//!
//! # Invariants
//! * Importing the same content twice changes nothing.
//! * Nothing of a broken-off import can ever be seen once it is broken off.
//! * Memory is bounded by constants, whatever the size of the bundle; only the different ids of people grow with it.

mod encoding;
mod pieces;
mod places;
pub(crate) mod rows;
mod runs;
pub(crate) mod stretches;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use model::{BundleId, Event};
use vault::rusqlite::Transaction;
use vault::{Vault, VaultFault};

use self::pieces::Pieces;
use self::rows::Rows;
use self::runs::FullRun;
pub(crate) use self::runs::NO_DAY;
use crate::chunk::Sizes;
use crate::people::{self, Side};
use crate::standing::Standing;
use crate::store::{EventStore, Live, Told};
use crate::words::Dictionary;
use crate::{BundleSummary, StoreFault};

/// A run is full when it has as many events as [`Sizes`] says, or its texts have so many bytes.
const RUN_TEXT_BYTES: usize = 96 * 1024 * 1024;
/// Full runs that may wait to be encoded, besides the one being encoded and the one being filled.
const RUNS_WAITING_MAX: usize = 1;
/// Files that are noted in one transaction.
const NOTES_AT_ONCE: usize = 2000;
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
    encoder: Option<JoinHandle<()>>,
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
    pieces: Pieces,
    failure: Arc<Failure>,
}

/// The run that is being filled, and where it goes when it is full.
struct Filling {
    rows: Rows,
    dictionary: Dictionary,
    runs: u32,
    full: Option<SyncSender<FullRun>>,
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
        let (vault, bundle, sizes) = (Arc::clone(self.vault()), live.bundle(), self.sizes());
        let (full, runs) = sync_channel(RUNS_WAITING_MAX);
        let filling = Filling { rows: Rows::default(), dictionary: Dictionary::default(), runs: 0, full: Some(full) };
        let failure = Arc::new(Failure::default());
        let shared = Shared {
            vault: Arc::clone(&vault),
            bundle,
            sizes,
            filling: Mutex::new(filling),
            pieces: Pieces::default(),
            failure: Arc::clone(&failure),
        };
        let encoder = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || encode_all(&vault, bundle, sizes, &runs, &failure))
            .map_err(|_| StoreFault::Thread)?;
        Ok(Begun::New(Import { shared: Arc::new(shared), encoder: Some(encoder), files, _live: live }))
    }
}

/// Encodes and writes one run after the other, until no more can come or something fails.
fn encode_all(vault: &Vault, bundle: i64, sizes: Sizes, runs: &Receiver<FullRun>, failure: &Failure) {
    while let Ok(run) = runs.recv() {
        if let Err(fault) = run.write(vault, bundle, sizes, failure) {
            // Nobody waits for the answer: the reason is given to whoever hands over next.
            drop(failure.fail(fault));
            return;
        }
    }
}

impl Intake {
    /// Hands events over, in any order and from any thread.
    ///
    /// Waits while the runs before cannot be written as fast as they come. Whatever fails ends the import: every
    /// further call gives the first reason again.
    pub fn events(&self, events: &[StoredEvent]) -> Result<(), StoreFault> {
        self.shared.failure.check()?;
        // Runs must go on in the order of their numbers: a later one uses words that an earlier one brings.
        let mut filling = unpoisoned(&self.shared.filling);
        events
            .iter()
            .try_for_each(|stored| self.push(&mut filling, stored))
            .map_err(|fault| self.shared.failure.fail(fault))
    }

    fn push(&self, filling: &mut Filling, stored: &StoredEvent) -> Result<(), StoreFault> {
        if stored.file >= self.files {
            return Err(StoreFault::PlaceUnknown { file: stored.file, line: stored.line });
        }
        filling.rows.push(stored, &mut filling.dictionary)?;
        let full = filling.rows.len() >= self.shared.sizes.run_events || filling.rows.text_bytes() >= RUN_TEXT_BYTES;
        if full { filling.hand_on() } else { Ok(()) }
    }

    /// Hands some bytes of a file over, in any order and from any thread. They are kept as they are.
    ///
    /// Whatever fails ends the import: every further call gives the first reason again.
    pub fn bytes(&self, file: u32, first_byte: u64, bytes: &[u8]) -> Result<(), StoreFault> {
        let Shared { vault, bundle, pieces, failure, .. } = &*self.shared;
        failure.check()?;
        let kept = if file < self.files {
            pieces.keep(vault, *bundle, file, first_byte, bytes)
        } else {
            Err(StoreFault::SourceIncomplete { file, first_byte })
        };
        kept.map_err(|fault| failure.fail(fault))
    }
}

impl Filling {
    /// Hands the run to the encoder and begins another one.
    fn hand_on(&mut self) -> Result<(), StoreFault> {
        let (number, rows) = (self.runs, std::mem::take(&mut self.rows));
        self.runs += 1;
        let run = FullRun { number, rows, fresh: self.dictionary.take_fresh() };
        // Nobody receives any more only if writing has failed or the import is over.
        let sent = self.full.as_ref().is_some_and(|full| full.send(run).is_ok());
        if sent { Ok(()) } else { Err(StoreFault::ImportOver) }
    }
}

/// Whether the import has failed, and why at first.
#[derive(Default)]
pub(crate) struct Failure {
    failed: AtomicBool,
    reason: Mutex<Option<Arc<StoreFault>>>,
}

impl Failure {
    /// Notes a fault unless there was one before, and gives the first one again.
    fn fail(&self, fault: StoreFault) -> StoreFault {
        let first = Arc::clone(unpoisoned(&self.reason).get_or_insert_with(|| Arc::new(fault)));
        self.failed.store(true, Ordering::SeqCst);
        again(first)
    }

    /// The first fault, if there was one.
    pub(crate) fn check(&self) -> Result<(), StoreFault> {
        if !self.failed.load(Ordering::SeqCst) {
            return Ok(());
        }
        Err(unpoisoned(&self.reason).clone().map_or(StoreFault::ImportOver, again))
    }
}

/// A full disk is said as such every time; anything else as what made the import fail.
fn again(first: Arc<StoreFault>) -> StoreFault {
    match *first {
        StoreFault::Vault(VaultFault::Full) => StoreFault::Vault(VaultFault::Full),
        StoreFault::Vault(VaultFault::RoomKept { free }) => StoreFault::Vault(VaultFault::RoomKept { free }),
        _ => StoreFault::ImportFailed(first),
    }
}

impl Import {
    /// What hands events and bytes over. Clone it for every thread, and be done with all of them before finishing.
    #[must_use]
    pub fn intake(&self) -> Intake {
        Intake { shared: Arc::clone(&self.shared), files: self.files }
    }

    /// Notes how files came, in a text of the caller's making, by their indexes.
    pub fn note_files(&self, notes: &[(u32, String)]) -> Result<(), StoreFault> {
        let Shared { vault, bundle, failure, .. } = &*self.shared;
        failure.check()?;
        for some in notes.chunks(NOTES_AT_ONCE) {
            let done = vault.write_behind(|transaction| -> Result<(), StoreFault> {
                let sql = "INSERT INTO stored_note (bundle, file, note) VALUES (?1, ?2, ?3)";
                let mut statement = transaction.prepare_cached(sql)?;
                some.iter().try_for_each(|(file, note)| statement.execute((bundle, file, note)).map(drop))?;
                Ok(())
            });
            done.map_err(|fault| failure.fail(fault))?;
        }
        Ok(())
    }

    /// Writes what is left, counts people, and makes the bundle one that is here; `tell` writes it down in the same
    /// transaction.
    ///
    /// If anything failed, now or before, the first reason is given, and nothing of the bundle is here: then
    /// [`abandon`](Self::abandon) it.
    pub fn finish(
        &mut self,
        store: &EventStore,
        finished: &Finished,
        tell: impl FnOnce(&Transaction<'_>, &BundleSummary) -> Told,
    ) -> Result<BundleSummary, StoreFault> {
        self.shared.failure.check()?;
        let mut filling = unpoisoned(&self.shared.filling);
        let handed = if filling.rows.len() > 0 { filling.hand_on() } else { Ok(()) };
        drop(filling);
        self.wait();
        self.shared.failure.check()?;
        handed?;
        let (vault, bundle) = (&self.shared.vault, self.shared.bundle);
        self.shared.pieces.complete(vault, bundle)?;
        let numbered = counted(vault, bundle)?;
        store.arrive(bundle, finished, numbered, tell)
    }

    /// Removes everything that was written, and lets `tell` write that down. What a full disk does not let go is removed
    /// at the next opening.
    pub fn abandon(mut self, store: &EventStore, tell: impl FnOnce(&Transaction<'_>, &BundleSummary) -> Told) {
        self.stop();
        store.drop_bundle(self.shared.bundle, tell);
    }

    /// Lets the encoder write what it has, and waits for it.
    fn wait(&mut self) {
        unpoisoned(&self.shared.filling).full = None;
        let ended = self.encoder.take().is_none_or(|encoder| encoder.join().is_ok());
        if !ended {
            // It panicked, so a run is missing.
            drop(self.shared.failure.fail(StoreFault::ImportOver));
        }
    }

    /// Lets the encoder stop where it is, and waits for it.
    fn stop(&mut self) {
        drop(self.shared.failure.fail(StoreFault::ImportOver));
        self.wait();
    }
}

/// Counts people, and tells whether the producer's numbers can name events. Each is a passage over one order of its own,
/// so two go on at once.
fn counted(vault: &Vault, bundle: i64) -> Result<bool, StoreFault> {
    std::thread::scope(|scope| {
        let patients = scope.spawn(|| people::count(vault, bundle, Side::Patients));
        let numbered = places::check(vault, bundle);
        let users = people::count(vault, bundle, Side::Users);
        patients.join().map_err(|_| StoreFault::ImportOver)??;
        users?;
        numbered
    })
}

impl Drop for Import {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A panic in another thread leaves a run half filled; the import has failed then and nothing of it will be seen.
pub(crate) fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
