//! The desk: one vault, at most one person signed in, and everything they have open.
//!
//! Commands live in rooms of their own beside this file (`account`, `intake`, `looks`, …) as further `impl Desk` blocks;
//! here is only what they share.
//!
//! # Invariants
//! * Whatever concerns the content of a vault goes through [`Desk::session`]: locked means that nothing answers.
//! * Locking covers everything at once. The keys are gone from this process when it returns, unless an import is at
//!   work: then they go when that has ended (see `sitting`).

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Ticks;
use crate::intake::Choices;
use crate::outlets::Outlets;
use crate::session::Session;
use crate::sitting::Seat;
use crate::wire::{Fault, Nothing};

/// How a desk is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of the vault, existing or to be made.
    pub vault_dir: PathBuf,
    /// What a passphrase costs when a vault is made.
    pub cost: vault::KdfCost,
    /// What idleness is measured with.
    pub ticks: Ticks,
}

impl Options {
    /// The usual way: the standard cost, the system's time.
    #[must_use]
    pub fn at(vault_dir: PathBuf) -> Self {
        Self { vault_dir, cost: vault::KdfCost::DEFAULT, ticks: Ticks::of_system() }
    }
}

/// Everything the program can do with one vault. Shared between threads.
pub struct Desk {
    options: Options,
    pub(crate) outlets: Box<dyn Outlets>,
    /// Where the vault lies; may be chosen before it is made.
    place: Mutex<PathBuf>,
    pub(crate) seat: Seat,
    pub(crate) choices: Mutex<Choices>,
    revision: Arc<AtomicU32>,
}

impl Desk {
    /// A desk for a vault that may not exist yet. Touches nothing.
    #[must_use]
    pub fn new(options: Options, outlets: Box<dyn Outlets>) -> Self {
        Self {
            place: Mutex::new(options.vault_dir.clone()),
            options,
            outlets,
            seat: Seat::default(),
            choices: Mutex::default(),
            revision: Arc::default(),
        }
    }

    /// Locks the vault, because somebody asked for it or nobody did anything for a while. An import goes on.
    pub fn lock(&self, _: Nothing) -> Result<Nothing, Fault> {
        self.outlets.clear_clipboard();
        // What is named before anybody has signed in waits for whoever does.
        if self.seat.open().is_some() {
            self.forget_choices();
        }
        self.seat.lock();
        Ok(Nothing {})
    }

    /// Locks the vault and stops what is at work, as when the program ends.
    pub fn end(&self) {
        self.outlets.clear_clipboard();
        self.forget_choices();
        self.seat.end();
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn place(&self) -> PathBuf {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_place(&self, dir: PathBuf) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = dir;
    }

    /// The open vault, or the fault that it is locked. Locks it first if nobody did anything for too long.
    pub(crate) fn session(&self) -> Result<Arc<Session>, Fault> {
        match self.seat.open() {
            Some(session) if session.idle_too_long() => {
                drop(session);
                self.lock(Nothing {})?;
                Err(Fault::locked())
            }
            Some(session) => Ok(session),
            None => Err(Fault::locked()),
        }
    }

    /// Somebody signs in to a vault that was just opened.
    pub(crate) fn sign_in(&self, vault: vault::Vault) -> Result<Arc<Session>, Fault> {
        let session = Session::open(vault, self.options.ticks.clone(), &self.revision)?;
        let session = self.seat.sit_down(session);
        session.tidy_behind();
        session.compare_behind();
        Ok(session)
    }

    pub(crate) fn revision_now(&self) -> u32 {
        self.revision.load(Ordering::Relaxed)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end();
    }
}
