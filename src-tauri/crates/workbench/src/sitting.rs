//! Who sits at the desk: nobody, one person, or nobody while an import of the last one goes on.
//!
//! An import of a hospital's log takes minutes, and nobody sits there to watch it. Locking covers everything at once and
//! voids every look; what was begun is neither lost nor does it keep anything open for anybody.
//!
//! # Invariants
//! * Only [`Sitting::Open`] answers anything.
//! * Behind a lock the vault's keys stay in this process as long as an import is at work, and no longer. Getting back
//!   in takes the passphrase all the same.
//! * When [`Seat::end`] returns, no job is at work, and the keys are gone.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use access_log::LockCause;

use crate::jobs::Ended;
use crate::session::Session;
use crate::wire::Fault;

/// How often somebody who waits looks again.
pub(crate) const ASK_EVERY: Duration = Duration::from_millis(20);
/// How long locking waits for what has to stop or to be put away, before it goes on without.
pub(crate) const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Who sits there.
enum Sitting {
    /// Nobody. What ended behind the lock is told to whoever comes next.
    Locked(Vec<Ended>),
    /// A person.
    Open(Arc<Session>),
    /// Nobody; an import of the last person goes on.
    Behind(Arc<Session>),
    /// Nobody; the vault is being closed.
    Leaving,
}

/// The one place at the desk. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Seat(Arc<RwLock<Sitting>>);

impl Default for Seat {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(Sitting::Locked(Vec::new()))))
    }
}

impl Seat {
    /// The session of whoever sits there.
    pub(crate) fn open(&self) -> Option<Arc<Session>> {
        match &*self.now() {
            Sitting::Open(session) => Some(Arc::clone(session)),
            _ => None,
        }
    }

    /// The session whose import goes on behind the lock.
    pub(crate) fn behind(&self) -> Option<Arc<Session>> {
        match &*self.now() {
            Sitting::Behind(session) => Some(Arc::clone(session)),
            _ => None,
        }
    }

    /// Whether this process has the vault open, whoever sits there.
    pub(crate) fn is_taken(&self) -> bool {
        !matches!(&*self.now(), Sitting::Locked(_))
    }

    /// Somebody sits down.
    pub(crate) fn sit_down(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        let before = std::mem::replace(&mut *self.change(), Sitting::Open(Arc::clone(&session)));
        if let Sitting::Locked(ended) = before {
            session.jobs.adopt(ended);
        }
        session
    }

    /// Whoever gave the right passphrase goes on where an import is still at work; false if it ended meanwhile.
    pub(crate) fn come_back(&self, session: &Arc<Session>) -> Result<bool, Fault> {
        let mut sitting = self.change();
        if !matches!(&*sitting, Sitting::Behind(behind) if Arc::ptr_eq(behind, session)) {
            return Ok(false);
        }
        session.resume()?;
        *sitting = Sitting::Open(Arc::clone(session));
        Ok(true)
    }

    /// Covers everything at once. An import goes on, and the vault is closed when it has ended.
    pub(crate) fn lock(&self) {
        let Some(session) = self.take(|sitting| matches!(sitting, Sitting::Open(_))) else { return };
        session.cover();
        if !session.jobs.busy() {
            return self.close(session, None);
        }
        *self.change() = Sitting::Behind(session);
        let seat = self.clone();
        if std::thread::Builder::new().name("lock".to_owned()).spawn(move || seat.close_when_done()).is_err() {
            // Without a thread that closes the vault, the import is not worth the keys.
            self.end();
        }
    }

    /// Stops whatever is at work, and closes the vault: the program ends.
    pub(crate) fn end(&self) {
        if let Some(session) = self.take(|sitting| matches!(sitting, Sitting::Open(_))) {
            session.stop_jobs();
            session.cover();
            self.close(session, None);
        } else if let Some(session) = self.take(|sitting| matches!(sitting, Sitting::Behind(_))) {
            self.close(session, Some(LockCause::WorkEnded));
        }
        self.settle();
    }

    /// Waits until a vault that is being closed is closed.
    pub(crate) fn settle(&self) {
        let patience = Instant::now();
        while matches!(&*self.now(), Sitting::Leaving) && patience.elapsed() < STOP_WITHIN {
            std::thread::sleep(ASK_EVERY);
        }
    }

    /// Closes the vault when no import is at work behind the lock; somebody may have come back before.
    fn close_when_done(&self) {
        loop {
            std::thread::sleep(ASK_EVERY);
            let is_done = match &*self.now() {
                Sitting::Behind(session) => !session.jobs.busy(),
                _ => return,
            };
            let done = |sitting: &Sitting| matches!(sitting, Sitting::Behind(session) if !session.jobs.busy());
            if is_done && let Some(session) = self.take(done) {
                return self.close(session, Some(LockCause::WorkEnded));
            }
        }
    }

    /// The session, if the seat is as wished; from then on nobody sits there.
    fn take(&self, wished: impl FnOnce(&Sitting) -> bool) -> Option<Arc<Session>> {
        let mut sitting = self.change();
        if !wished(&sitting) {
            return None;
        }
        match std::mem::replace(&mut *sitting, Sitting::Leaving) {
            Sitting::Open(session) | Sitting::Behind(session) => Some(session),
            other => {
                *sitting = other;
                None
            }
        }
    }

    /// Closes the vault of a session that is covered; `cause` is written if there was work behind the lock.
    fn close(&self, session: Arc<Session>, cause: Option<LockCause>) {
        let ended = session.leave(cause);
        let patience = Instant::now();
        // Whoever is about to answer a last question holds it too; the keys go with the last of them.
        while Arc::strong_count(&session) > 1 && patience.elapsed() < STOP_WITHIN {
            std::thread::sleep(ASK_EVERY);
        }
        drop(session);
        *self.change() = Sitting::Locked(ended);
    }

    fn now(&self) -> RwLockReadGuard<'_, Sitting> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Sitting> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
