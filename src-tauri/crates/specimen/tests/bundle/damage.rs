//! Each kind of damage does what it says, and nothing else.

use std::fmt::Write as _;

use expect_test::expect_file;
use specimen::{Options, Signing, TAMPER_EVENTS_MIN, Tamper};

use crate::made;
use crate::reading::disagreements;

fn small(tamper: Option<Tamper>) -> Options {
    Options { seed: 7, events: 300, rows_per_segment: 120, tamper, ..Options::default() }
}

#[test]
fn an_untouched_bundle_agrees_with_itself() {
    for (seed, events, rows, sha512) in
        [(1, 1, 50_000, false), (2, 2, 1, true), (3, 700, 33, true), (4, 3_000, 50_000, false)]
    {
        let (specimen, files) = made(&Options { seed, events, rows_per_segment: rows, sha512, ..Options::default() });
        assert_eq!(disagreements(&files), Vec::<String>::new(), "seed {seed}");
        assert_eq!(specimen.records, events);
        assert_eq!(specimen.files, files.len() as u64);
        assert_eq!(specimen.bytes, files.values().map(|bytes| bytes.len() as u64).sum::<u64>());
        assert_eq!(specimen.expectation.integrity, "PASS");
    }
}

#[test]
fn a_signed_bundle_agrees_with_itself_and_its_keys_follow_from_the_seed() {
    let base = Options { events: 300, rows_per_segment: 120, ..Options::default() };
    let (unsigned, _) = made(&base);
    assert_eq!(unsigned.kid, None);
    let mut kids = std::collections::BTreeSet::new();
    for signing in Signing::ALL.iter().copied().filter(|signing| *signing != Signing::None) {
        assert_eq!(Signing::from_word(signing.word()), Some(signing));
        let (specimen, files) = made(&Options { signing, ..base.clone() });
        assert_eq!(disagreements(&files), Vec::<String>::new(), "{signing:?}");
        assert_eq!(
            (specimen.expectation.assurance, specimen.if_pinned.assurance),
            (Some("SIGNED_UNPINNED"), Some("SIGNED_PINNED"))
        );
        assert_eq!(specimen.head, unsigned.head, "a signature changes no hash");
        let again = made(&Options { signing, ..base.clone() }).1;
        assert_eq!(files, again);
        kids.insert(specimen.kid);
    }
    assert_eq!(kids.len(), 1);
}

#[test]
fn each_damage_shows_where_it_was_done_and_is_announced() {
    let mut text = String::new();
    for kind in Tamper::ALL {
        let (specimen, files) = made(&small(Some(*kind)));
        writeln!(text, "# {}\n{}", kind.word(), specimen.expectation.to_json()).unwrap();
        // The roots of later checkpoints follow from the first that differs.
        for line in disagreements(&files).iter().filter(|line| !follows(line)) {
            writeln!(text, "  {line}").unwrap();
        }
    }
    expect_file!["damage.txt"].assert_eq(&text);
}

fn follows(line: &str) -> bool {
    line.starts_with("checkpoint ") && line.ends_with(": merkle_root")
}

#[test]
fn every_damage_changes_the_bundle_at_any_seed() {
    for seed in 0..3 {
        let options =
            |tamper| Options { seed, events: 90, rows_per_segment: 40, sha512: true, tamper, ..Options::default() };
        let (_, clean) = made(&options(None));
        for kind in Tamper::ALL {
            let (_, files) = made(&options(Some(*kind)));
            assert_ne!(files, clean, "{} at seed {seed}", kind.word());
        }
    }
}

#[test]
fn the_smallest_bundle_can_take_any_damage_or_says_why_not() {
    for seed in 0..10 {
        for kind in Tamper::ALL {
            let options = Options { seed, events: TAMPER_EVENTS_MIN, tamper: Some(*kind), ..Options::default() };
            let mut sink = specimen::MemorySink::new();
            match options.plan().unwrap().write(&mut sink) {
                Ok(specimen) => assert_eq!(
                    specimen.expectation.integrity == "FAIL",
                    specimen.expectation.assurance.is_none(),
                    "{}",
                    kind.word()
                ),
                Err(fault) => {
                    assert!(matches!(fault, specimen::WriteFault::TooFewDays { .. }), "{}: {fault}", kind.word());
                }
            }
        }
    }
}

#[test]
fn words_lead_back_to_their_kinds() {
    for kind in Tamper::ALL {
        assert_eq!(Tamper::from_word(kind.word()), Some(*kind));
        assert!(kind.word().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        assert!(kind.sentence().ends_with('.'));
    }
    assert_eq!(Tamper::from_word("nothing"), None);
}
