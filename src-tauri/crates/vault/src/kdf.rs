//! What a passphrase has to pass through: Argon2id (RFC 9106), with a floor and a ceiling.
//!
//! The floor keeps a doctored `vault.json` from making guesses cheap, the ceiling from eating the machine. Both hold
//! for every vault that is made or opened.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::passphrase::Normalized;

/// The most memory one derivation may take: 1 GiB.
pub(crate) const MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// The most passes.
pub(crate) const PASSES_MAX: u32 = 16;
/// The most lanes.
pub(crate) const LANES_MAX: u32 = 8;
/// The least memory with two or more passes (OWASP): 19 MiB.
pub(crate) const MEMORY_KIB_MIN: u32 = 19 * 1024;
/// The least memory with a single pass (OWASP): 46 MiB.
pub(crate) const MEMORY_KIB_MIN_SINGLE_PASS: u32 = 46 * 1024;

/// How much one guess costs. A value of this type is always within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct KdfCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Why a cost is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfCostFault {
    /// A guess would be too cheap.
    #[error("the passphrase hash is below its floor (19 MiB with 2 passes, or 46 MiB with 1)")]
    BelowFloor,
    /// Opening would exhaust the machine.
    #[error("the passphrase hash is above its ceiling (1 GiB, 16 passes, 8 lanes)")]
    AboveCeiling,
    /// Not Argon2id version 1.3.
    #[error("the passphrase hash is not Argon2id version 19")]
    UnknownAlgorithm,
}

/// As it stands in `vault.json` and in what the wraps authenticate.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    pub(crate) algorithm: String,
    pub(crate) version: u32,
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

const ALGORITHM: &str = "argon2id";

impl KdfCost {
    /// RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
    /// The least that is accepted: 19 MiB, 2 passes, 1 lane.
    pub const FLOOR: Self = Self { memory_kib: MEMORY_KIB_MIN, passes: 2, lanes: 1 };

    /// A cost of one's own.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfCostFault> {
        let enough = match passes {
            0 => false,
            1 => memory_kib >= MEMORY_KIB_MIN_SINGLE_PASS,
            _ => memory_kib >= MEMORY_KIB_MIN,
        };
        if !enough || lanes == 0 {
            return Err(KdfCostFault::BelowFloor);
        }
        if memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
            return Err(KdfCostFault::AboveCeiling);
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// The default, with more memory as long as this machine takes less than half a second for it.
    ///
    /// Takes up to about two seconds. The result is never below [`KdfCost::DEFAULT`].
    #[must_use]
    pub fn calibrated() -> Self {
        Self::calibrated_by(|cost| {
            let begun = Instant::now();
            drop(derive(&Normalized::of("how long does this take?"), &[0; 16], cost));
            begun.elapsed()
        })
    }

    /// As [`calibrated`](Self::calibrated), with the measuring handed in.
    pub fn calibrated_by(mut measure: impl FnMut(Self) -> Duration) -> Self {
        const WANTED: Duration = Duration::from_millis(500);
        let mut cost = Self::DEFAULT;
        while measure(cost) < WANTED {
            let more = Self { memory_kib: cost.memory_kib * 2, ..cost };
            if more.memory_kib > MEMORY_KIB_MAX / 2 {
                break;
            }
            cost = more;
        }
        cost
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    #[must_use]
    pub const fn lanes(self) -> u32 {
        self.lanes
    }
}

impl Default for KdfCost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<Written> for KdfCost {
    type Error = KdfCostFault;

    fn try_from(written: Written) -> Result<Self, KdfCostFault> {
        if written.algorithm != ALGORITHM || written.version != Version::V0x13 as u32 {
            return Err(KdfCostFault::UnknownAlgorithm);
        }
        Self::new(written.memory_kib, written.passes, written.lanes)
    }
}

impl From<KdfCost> for Written {
    fn from(cost: KdfCost) -> Self {
        Self {
            algorithm: ALGORITHM.to_owned(),
            version: Version::V0x13 as u32,
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
        }
    }
}

/// Argon2id over the passphrase; `None` only if the library refuses parameters that are within our limits.
pub(crate) fn derive(passphrase: &Normalized, salt: &[u8; 16], cost: KdfCost) -> Option<Zeroizing<[u8; 32]>> {
    #[cfg(test)]
    runs::count();
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.bytes(), salt, out.as_mut_slice())
        .ok()?;
    Some(out)
}

/// How often this thread has derived: what makes attempts take the same time is counted, not timed.
#[cfg(test)]
pub(crate) mod runs {
    use std::cell::Cell;

    thread_local!(static RUNS: Cell<u32> = const { Cell::new(0) });

    pub(super) fn count() {
        RUNS.set(RUNS.get() + 1);
    }

    pub(crate) fn so_far() -> u32 {
        RUNS.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_and_the_ceiling_hold() {
        assert_eq!(KdfCost::new(19 * 1024, 2, 1), Ok(KdfCost::FLOOR));
        assert!(KdfCost::new(46 * 1024, 1, 1).is_ok());
        for (memory, passes, lanes) in [(19 * 1024 - 1, 2, 1), (45 * 1024, 1, 1), (64 * 1024, 0, 1), (64 * 1024, 3, 0)]
        {
            assert_eq!(KdfCost::new(memory, passes, lanes), Err(KdfCostFault::BelowFloor));
        }
        for (memory, passes, lanes) in [(1024 * 1024 + 1, 2, 1), (64 * 1024, 17, 1), (64 * 1024, 3, 9)] {
            assert_eq!(KdfCost::new(memory, passes, lanes), Err(KdfCostFault::AboveCeiling));
        }
        assert!(KdfCost::new(1024 * 1024, 16, 8).is_ok());
    }

    #[test]
    fn a_fast_machine_gets_more_memory_and_a_slow_one_the_default() {
        let per_mebibyte =
            |millis: u32| move |cost: KdfCost| Duration::from_millis((cost.memory_kib() / 1024 * millis).into());
        assert_eq!(KdfCost::calibrated_by(per_mebibyte(10)), KdfCost::DEFAULT);
        assert_eq!(KdfCost::calibrated_by(per_mebibyte(3)).memory_kib(), 256 * 1024);
        assert_eq!(KdfCost::calibrated_by(|_| Duration::ZERO).memory_kib(), 512 * 1024);
    }

    #[test]
    fn the_derivation_is_the_reference_implementations() {
        // Made with argon2-cffi 25.1, which wraps the reference implementation of RFC 9106.
        let passphrase = Normalized::of("correct horse battery staple");
        for (cost, expected) in [
            (KdfCost::FLOOR, "eb641d1b946edf14c62d7dca0578e4dc9236cb4aaf2bfe103e9751bc8ac66242"),
            (KdfCost::DEFAULT, "78c931611fc9fecc98be09535af9c8e3e6049755cb69f25b25ac0fefb60e2390"),
        ] {
            let key = derive(&passphrase, &[1; 16], cost).unwrap();
            assert_eq!(crate::hex::text_of(key.as_slice()), expected);
        }
    }
}
