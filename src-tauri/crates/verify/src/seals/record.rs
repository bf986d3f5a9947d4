//! The signature of one record. Runs on the worker threads, in the same pass as hashing.

use integrity::Digest;
use integrity::signature::Purpose;

use super::gather::{RunSeals, Subject};
use super::keyring::{Keyring, Said, Signed, Wrong};
use crate::trust::Trust;

/// What the check of a record's signature needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordSeal<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) trust: &'a Trust,
    /// Whether each record has to be signed.
    pub(crate) is_required: bool,
}

impl RecordSeal<'_> {
    /// Checks the signature of a record over the hash that it carries. A record that does not match its hash is not
    /// sealed by a signature that fits it.
    pub(crate) fn check(
        &self,
        signed: Option<&Signed<'_>>,
        hash: &Digest,
        is_altered: bool,
        subject: Subject,
        seals: &mut RunSeals,
    ) {
        let Some(signed) = signed else {
            if self.is_required {
                seals.wrong(Wrong::Missing, None, subject);
            }
            return;
        };
        match self.keyring.check(self.trust, Purpose::Event, hash, signed) {
            Said::Fits { key, seal } => {
                let is_outside =
                    self.keyring.keys.get(key).zip(subject.time).is_some_and(|(key, time)| key.is_outside(time));
                seals.used(key, subject, is_outside);
                if !is_altered {
                    seals.sealed(subject.stream, subject.seq, seal);
                }
            }
            Said::Wrong(wrong) => seals.wrong(wrong, Some(signed), subject),
        }
    }
}
