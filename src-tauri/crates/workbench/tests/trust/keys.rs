//! Keys: claims until they are pinned, and what their pins and revocations make of verdicts.

use workbench::wire::{CoverageState, FaultCode, Nothing, PinState, RevokeAsk, Seal, UnlockAsk};

use crate::bench::bag::signing::{Policy, Producer};
use crate::bench::bag::{Bag, Draft};
use crate::bench::{Bench, office, signed};

fn revoke(bench: &Bench, fingerprint: &str, from: &str) -> Result<Nothing, workbench::wire::Fault> {
    let why = "the laptop with the key was stolen".to_owned();
    bench.desk.revoke_key(RevokeAsk { fingerprint: fingerprint.to_owned(), from: from.to_owned(), why })
}

#[test]
fn a_key_is_a_claim_until_it_is_pinned_and_the_bundle_checked_again() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    let bundle = bench.import_bag("april", &bag);
    assert_eq!(bench.seal(&bundle), Seal::NotVerified);
    let page = bench.trust(&bundle);
    let [claim] = page.claims.as_slice() else { panic!("{:?}", page.claims) };
    assert_eq!((claim.fingerprint.as_str(), claim.state, claim.at_hand), (&*kid, PinState::Claim, true));
    assert!(claim.signatures >= 40, "{claim:?}");
    assert!(page.pins.is_empty());

    bench.pin(&kid, 8, Some(&bundle)).unwrap();
    let verdict = bench.verdict(&bundle);
    assert_eq!(verdict.badge.seal, Seal::NotVerified);
    assert!(verdict.badge.reason.contains("check again"), "{}", verdict.badge.reason);
    assert_eq!((verdict.integrity, verdict.assurance, verdict.proves.len()), (None, None, 0));

    assert_eq!(bench.check_well(&bundle).seal, Seal::Verified);
    let verdict = bench.verdict(&bundle);
    assert_eq!((verdict.badge.seal, verdict.assurance.as_deref()), (Seal::Verified, Some("SIGNED_PINNED")));
    assert_eq!(verdict.history, None);
    assert!(verdict.proves.join(" ").contains("pinned by okafor"), "{:?}", verdict.proves);
    let page = bench.trust(&bundle);
    assert_eq!(page.claims[0].state, PinState::Pinned);
    let [pin] = page.pins.as_slice() else { panic!("{:?}", page.pins) };
    assert_eq!((pin.vouched_by.as_str(), pin.typed, pin.named_here), ("R. Lindqvist", 8, true));
    let history: Vec<_> = page.history.iter().map(|past| (past.word.as_str(), past.current)).collect();
    assert_eq!(history, [("Verified", true), ("Not verified", false)]);
    assert_eq!(page.history[0].keys, [kid]);
    let actions = bench.actions();
    let told: Vec<_> = actions.iter().map(String::as_str).collect();
    assert!(told.ends_with(&["import", "verify", "key_pinned", "verify_begun", "verify"]), "{told:?}");
}

#[test]
fn a_revocation_makes_the_verdict_history_at_once_and_the_next_check_says_why() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    let bundle = bench.import_bag("april", &bag);
    bench.pin(&kid, 64, None).unwrap();
    bench.check_well(&bundle);
    assert_eq!(bench.marks(&bundle), ["stands"]);

    revoke(&bench, &kid, "2026-01-01").unwrap();
    let verdict = bench.verdict(&bundle);
    assert_eq!(verdict.badge.seal, Seal::NotVerified);
    let history = verdict.history.unwrap();
    assert!(history.starts_with("Verified on ") && history.contains("with the keys and anchors of that day"));
    assert_eq!(bench.marks(&bundle), ["stands"], "what was recomputed is not taken back");
    let cards = bench.desk.bundles(Nothing {}).unwrap().bundles;
    assert_eq!(cards[0].badge.seal, Seal::NotVerified);

    assert_eq!(bench.check_well(&bundle).seal, Seal::NotVerified);
    assert!(bench.codes(&bundle).contains(&"KEY_REVOKED".to_owned()), "{:?}", bench.codes(&bundle));
    assert_eq!(bench.verdict(&bundle).history, None);
    assert_eq!(bench.marks(&bundle), ["stands"]);
    let words: Vec<_> = bench.trust(&bundle).history.into_iter().map(|past| past.word).collect();
    assert_eq!(words, ["Not verified", "Verified", "Not verified"]);

    // It can be revoked from further back only, and pinned again by a new act.
    assert_eq!(revoke(&bench, &kid, "2026-02-01").unwrap_err().code, FaultCode::BadInput);
    revoke(&bench, &kid, "2025-01-01T00:00:00Z").unwrap();
    bench.pin(&kid, 64, None).unwrap();
    assert_eq!(bench.check_well(&bundle).seal, Seal::Verified);
}

#[test]
fn records_are_proven_only_while_a_pin_stands_behind_a_verdict_of_today() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    let bundle = bench.import_bag("april", &bag);
    let proven = ([40, 0, 0], vec![CoverageState::Proven]);
    let only_stands = ([0, 40, 0], vec![CoverageState::NotCovered]);
    assert_eq!(bench.covered(&bundle), only_stands, "a key that nobody compared proves nothing");

    bench.pin(&kid, 8, Some(&bundle)).unwrap();
    assert_eq!(bench.covered(&bundle), only_stands, "nothing was checked with the pin yet");
    bench.check_well(&bundle);
    assert_eq!(bench.covered(&bundle), proven);
    let unlock = || UnlockAsk { user: "okafor".into(), passphrase: office::PASSPHRASE.into() };
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(unlock()).unwrap();
    assert_eq!(bench.covered(&bundle), proven);

    revoke(&bench, &kid, "2026-01-01").unwrap();
    assert_eq!(bench.covered(&bundle), only_stands, "it is lost at once");
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(unlock()).unwrap();
    assert_eq!(bench.covered(&bundle), only_stands);
    bench.check_well(&bundle);
    assert_eq!(bench.covered(&bundle), only_stands);

    bench.pin(&kid, 64, None).unwrap();
    assert_eq!(bench.covered(&bundle), only_stands);
    bench.check_well(&bundle);
    assert_eq!(bench.covered(&bundle), proven);
}

#[test]
fn a_pin_that_was_there_before_verifies_the_import_itself() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    bench.desk.rely_on(std::slice::from_ref(&kid), "R. Lindqvist").unwrap();
    bench.desk.rely_on(std::slice::from_ref(&kid), "somebody else").unwrap();
    let bundle = bench.import_bag("april", &bag);
    assert_eq!(bench.seal(&bundle), Seal::Verified);
    // Trust belongs to the vault: it is there after the next unlock, and so is the verdict.
    bench.desk.lock(Nothing {}).unwrap();
    bench.desk.unlock(UnlockAsk { user: "okafor".into(), passphrase: office::PASSPHRASE.into() }).unwrap();
    assert_eq!(bench.seal(&bundle), Seal::Verified);
    assert_eq!(bench.trust(&bundle).pins.len(), 1);
    revoke(&bench, &kid, "2026-01-01").unwrap();
    let refused = bench.desk.rely_on(std::slice::from_ref(&kid), "").unwrap_err();
    assert!(refused.what.contains("was revoked"), "{}", refused.what);
}

#[test]
fn another_producers_key_leaves_a_verdict_alone() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    bench.pin(&kid, 64, None).unwrap();
    let bundle = bench.import_bag("april", &bag);
    bench.pin(&Producer::new(8).kid().to_string(), 64, None).unwrap();
    assert_eq!((bench.seal(&bundle), bench.verdict(&bundle).history), (Seal::Verified, None));
}

#[test]
fn too_little_something_else_or_the_wrong_end_of_a_fingerprint_pins_nothing() {
    let bench = Bench::open();
    let (bag, kid) = signed();
    let bundle = bench.import_bag("april", &bag);
    let refused = |fingerprint: &str, typed, of: Option<&str>| bench.pin(fingerprint, typed, of).unwrap_err().what;
    assert!(refused(&kid, 7, Some(&bundle)).contains("at least the last 8 characters"));
    assert!(refused(&kid, 8, None).contains("whole fingerprint"), "nothing at hand");
    assert!(refused("sha256:abc", 3, None).contains("64 lowercase hexadecimal digits"));
    let other = Producer::new(8).kid().to_string();
    assert!(refused(&other, 8, Some(&bundle)).contains("whole fingerprint"), "the bundle does not bring it");
    bench.pin(&kid, 8, Some(&bundle)).unwrap();
    assert!(refused(&kid, 8, Some(&bundle)).contains("pinned already"));
    assert_eq!(bench.trust(&bundle).pins.len(), 1);
    assert_eq!(bench.actions().iter().filter(|action| *action == "key_pinned").count(), 1);
}

#[test]
fn what_is_altered_stays_altered_whatever_is_pinned() {
    let bench = Bench::open();
    let producer = Producer::new(7);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.change(9, |record| record["event"]["action"] = "print".into());
    draft.restate();
    let bag: Bag = draft.bag();
    let bundle = bench.import_bag("april", &bag);
    assert_eq!(bench.seal(&bundle), Seal::Altered);
    bench.pin(&producer.kid().to_string(), 8, Some(&bundle)).unwrap();
    let verdict = bench.verdict(&bundle);
    assert_eq!((verdict.badge.seal, verdict.integrity.as_deref()), (Seal::Altered, Some("FAIL")));
    assert!(verdict.history.is_some(), "{verdict:?}");
    assert!(bench.marks(&bundle).contains(&"altered".to_owned()));
    assert_eq!(bench.check_well(&bundle).seal, Seal::Altered);
    assert_eq!(bench.verdict(&bundle).history, None);
}
