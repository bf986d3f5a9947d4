//! What somebody could hand over, by mistake or on purpose, and what the command line answers: the place, what to do, the
//! right exit code, and a vault and a log that are as whole as before.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

/// Containers: not a bundle at all, and zips that lie.
mod containers;
/// Single bits of a zip that have turned.
#[cfg(unix)]
mod flipped;
/// Folders: links, pipes, several bundles, and what may not be read.
#[cfg(unix)]
mod folders;
/// A disk that runs full while a bundle is imported.
#[cfg(target_os = "linux")]
mod full_disk;
/// Manifests and records that break a rule.
mod records;
/// Texts and numbers inside records, keys and questions that break a rule.
mod texts;
/// Bundles that do not stay what they were while they are read.
#[cfg(target_os = "linux")]
mod unsteady;
/// What the vault is opened with: the passphrase and `vault.json`.
mod vault_files;
/// The table of threats, held against the tests it names.
mod written_down;

/// A vault with one bundle in it, and what has to be true of it after each surprise.
mod office;
/// A folder of a bundle that is changed by hand, with its manifests renewed.
mod parcel;
/// Zip archives written field by field.
mod zip;
