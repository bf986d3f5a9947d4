//! The desk: one vault, at most one person signed in, and everything they have open.
//!
//! Commands live in rooms of their own beside this file (`account`, `intake`, `looks`, …) as further `impl Desk` blocks;
//! here is only what they share.
//!
//! # Invariants
//! * Whatever concerns the content of a vault goes through [`Desk::session`]: locked means that nothing answers.
//! * Locking waits until no job holds the vault; after it the keys are gone from this process.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::intake::Choices;
use crate::outlets::Outlets;
use crate::session::Session;
use crate::wire::{Fault, Nothing};

/// How a desk is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of the vault, existing or to be made.
    pub vault_dir: PathBuf,
    /// What a passphrase costs when a vault is made.
    pub cost: vault::KdfCost,
}

impl Options {
    /// The usual way: the standard cost.
    #[must_use]
    pub fn at(vault_dir: PathBuf) -> Self {
        Self { vault_dir, cost: vault::KdfCost::DEFAULT }
    }
}

/// Everything the program can do with one vault. Shared between threads.
pub struct Desk {
    options: Options,
    pub(crate) outlets: Box<dyn Outlets>,
    /// Where the vault lies; may be chosen before it is made.
    place: Mutex<PathBuf>,
    session: RwLock<Option<Arc<Session>>>,
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
            session: RwLock::new(None),
            choices: Mutex::default(),
            revision: Arc::default(),
        }
    }

    /// Locks the vault, as when the window closes or nobody did anything for a while.
    pub fn lock(&self, _: Nothing) -> Result<Nothing, Fault> {
        let session = self.session.write().unwrap_or_else(PoisonError::into_inner).take();
        self.outlets.clear_clipboard();
        if let Some(session) = session {
            // What is named before anybody has signed in waits for whoever does.
            self.forget_choices();
            session.close();
        }
        Ok(Nothing {})
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
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner).clone();
        match session {
            Some(session) if session.idle_too_long() => {
                drop(session);
                self.lock(Nothing {})?;
                Err(Fault::locked())
            }
            Some(session) => Ok(session),
            None => Err(Fault::locked()),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.session.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn sign_in(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&session));
        session.tidy_behind();
        session
    }

    /// A counter that tells the page to ask again for bundles and verdicts.
    pub(crate) fn revision(&self) -> &Arc<AtomicU32> {
        &self.revision
    }

    pub(crate) fn revision_now(&self) -> u32 {
        self.revision.load(Ordering::Relaxed)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Ends the jobs and writes the closing entries; there is nobody left to tell if that fails.
        drop(self.lock(Nothing {}));
    }
}
