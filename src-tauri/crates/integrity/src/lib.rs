//! The arithmetic of trust: digests, canonical JSON, hash chains and their heads, Merkle trees, keys, signatures, time
//! stamps.
//!
//! This room never reads a file, a clock, randomness or the environment, and it never judges: it says what the hash
//! of some bytes is, whether a line is in canonical form and whether a signature fits a key. What that means for a
//! bundle, and whose key it is, is `verify`'s business.
//!
//! # Invariants
//! * Same bytes in, same answer out, on every machine.
//! * No input makes a function here panic or overflow the stack.
//! * A canonical line is recognized in one pass without building a tree of values and without allocating.
//! * [`signature::Checked`] exists only where a signature was verified.

pub mod canonical;
pub mod chain;
pub mod checksum;
pub mod digest;
pub mod head;
pub mod keys;
pub mod merkle;
mod pem;
pub mod signature;
pub mod sshsig;
pub mod timestamp;

pub use digest::{Digest, Digest512, Hasher, Hasher512};
pub use pem::{PEM_BYTES_MAX, PemFault};
