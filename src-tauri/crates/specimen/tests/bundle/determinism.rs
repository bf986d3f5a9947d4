//! The same options give the same bytes, here and everywhere.

use expect_test::expect;
use integrity::Hasher;
use specimen::{Options, Scenario};

use crate::{Files, made};

fn fingerprint(files: &Files) -> String {
    let mut hasher = Hasher::new();
    for (path, bytes) in files {
        hasher.update(path.as_bytes());
        hasher.update(&[0]);
        hasher.update(bytes);
    }
    hasher.finish().to_hex()
}

/// If one of these changes, every sample anybody ever made can no longer be made: raise `PRODUCER_VERSION` and say so.
#[test]
fn bundles_have_the_bytes_they_always_had() {
    let base = Options { events: 2_000, ..Options::default() };
    let ordinary = fingerprint(&made(&base).1);
    expect!["266e1981e73c403729c8fce2ecf661fc70160d4ceeefa1333a4c3ffc52ba20c7"].assert_eq(&ordinary);
    let incident = fingerprint(&made(&Options { scenario: Scenario::S01, ..base }).1);
    expect!["5e32eebf2985a5c4fa5fb7e20141fee5a1fe23dfa6a5f342edec58c4b6366371"].assert_eq(&incident);
}

#[test]
fn another_seed_gives_another_bundle() {
    let (_, one) = made(&Options { events: 50, ..Options::default() });
    let (_, two) = made(&Options { events: 50, seed: 2, ..Options::default() });
    assert_ne!(one, two);
}

#[test]
fn segments_and_manifests_do_not_move_the_records() {
    let lines = |options: &Options| {
        let (_, files) = made(options);
        let segments = files.into_iter().filter(|(path, _)| path.starts_with("data/events/"));
        segments.flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>()
    };
    let base = Options { events: 400, ..Options::default() };
    let split = Options { rows_per_segment: 7, sha512: true, ..base.clone() };
    assert_eq!(lines(&base), lines(&split));
}
