//! The token without which nothing about a person is shown.
//!
//! Only a durable entry of the access log yields one; there is no other constructor, and it cannot be cloned. It serves
//! the act it was given for, in the opening of the vault it was given in, until the purpose changes or the vault locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use vault::Vault;

use crate::entry::{Entry, Question};
use crate::fault::NotWitnessed;
use crate::{LogFault, Purpose};

/// Proof that an entry was durably written before what it tells of.
///
/// ```compile_fail
/// fn a_second_one(seen: &access_log::Witnessed) -> access_log::Witnessed {
///     seen.clone()
/// }
/// ```
pub struct Witnessed {
    pub(crate) vault_id: String,
    pub(crate) session: [u8; 16],
    pub(crate) seq: u64,
    pub(crate) entry: Entry,
    pub(crate) purpose: Option<Purpose>,
    /// Which stretch between two purposes it belongs to, and which one it is now.
    pub(crate) stretch: u64,
    pub(crate) now: Arc<AtomicU64>,
}

impl Witnessed {
    /// Whether this token covers exactly `asked`, in this vault, now. What shows anything calls this first.
    pub fn admits(&self, vault: &Vault, asked: &Entry) -> Result<(), LogFault> {
        self.stands(vault)?;
        if self.entry == *asked { Ok(()) } else { Err(LogFault::NotWitnessed(NotWitnessed::OtherQuestion)) }
    }

    /// As [`admits`](Self::admits), for anything that answers the same question: pages, facets, histograms, counts.
    pub fn admits_question(&self, vault: &Vault, asked: &Question) -> Result<(), LogFault> {
        self.stands(vault)?;
        if self.entry.question() == Some(asked) {
            Ok(())
        } else {
            Err(LogFault::NotWitnessed(NotWitnessed::OtherQuestion))
        }
    }

    /// Whether this token still serves in this vault, whatever it was given for.
    pub fn stands(&self, vault: &Vault) -> Result<(), LogFault> {
        if self.vault_id != vault.vault_id() || self.session != vault.session() {
            return Err(LogFault::NotWitnessed(NotWitnessed::OtherOpening));
        }
        if self.stretch != self.now.load(Ordering::SeqCst) {
            return Err(LogFault::NotWitnessed(NotWitnessed::Over));
        }
        Ok(())
    }

    /// Number of the entry.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What was written.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Why.
    #[must_use]
    pub fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }
}

impl std::fmt::Debug for Witnessed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Witnessed({} as entry {})", self.entry.action(), self.seq)
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Witnessed>();
    shared::<crate::AccessLog>();
};
