//! Whatever is wrong with a name or a passphrase takes one run of Argon2id, and so one time.

use super::*;
use crate::kdf::runs;

#[test]
fn every_attempt_takes_exactly_one_run_of_the_passphrase_hash() {
    let folder = tempfile::tempdir().unwrap();
    let first = NewUser { name: "J. Okafor", passphrase: "gravel lantern ninety otter" };
    let now = Instant::parse("2026-03-01T12:00:00Z").unwrap();
    let made = Vault::create(folder.path(), &first, KdfCost::FLOOR, VaultLabel::Office, &now);
    made.unwrap().0.lock();
    let attempt = |user: &str, passphrase: &str| {
        let before = runs::so_far();
        let opened = Vault::unlock(folder.path(), user, passphrase);
        (runs::so_far() - before, opened.is_ok())
    };
    assert_eq!(attempt(first.name, first.passphrase), (1, true));
    assert_eq!(attempt(first.name, "not the passphrase at all"), (1, false));
    assert_eq!(attempt(first.name, ""), (1, false));
    assert_eq!(attempt(first.name, &"x".repeat(100_000)), (1, false));
    assert_eq!(attempt("nobody", first.passphrase), (1, false));
    let header = HeaderFile::read(folder.path()).unwrap();
    let mut broken = header.users[0].clone();
    // The recovery wrap is a seal like any other, only of something else.
    broken.master = header.recovery;
    header.with_user(&broken).write(folder.path()).unwrap();
    assert_eq!(attempt(first.name, first.passphrase), (1, false));
}
