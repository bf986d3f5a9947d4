//! The arithmetic of trust: digests, canonical JSON, hash chains, Merkle trees.
//!
//! This room never reads a file, a clock, randomness or the environment, and it never judges: it says what the hash
//! of some bytes is and whether a line is in canonical form. What that means for a bundle is `verify`'s business.
//!
//! # Invariants
//! * Same bytes in, same answer out, on every machine.
//! * No input makes a function here panic or overflow the stack.
//! * A canonical line is recognized in one pass without building a tree of values and without allocating.

pub mod canonical;
pub mod chain;
pub mod digest;
pub mod merkle;

pub use digest::{Digest, Digest512, Hasher, Hasher512};
