//! Rows that somebody with the key and other tools has changed: a fault that says which, and nothing is relied on.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use desk::{Desk, bundle, head, kid, on_paper, second, verified};
use trust_store::{Conclusion, Flaw, Reached, Refusal, TrustFault};
use vault::rusqlite::Transaction;

/// Steps 1 to 4: two pins, an anchor, a revocation.
fn with_steps() -> Desk {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    desk.pin_key("b").unwrap();
    desk.add_anchor(head("s", 36), on_paper()).unwrap();
    desk.revoke(kid("a"), &second(5)).unwrap();
    desk
}

#[track_caller]
fn check(statements: &str, expected: &str) {
    let desk = with_steps().tampered(statements);
    let fault = desk.store.trust().unwrap_err();
    assert_eq!(fault.to_string(), expected, "{statements}");
    assert_eq!(desk.store.steps().unwrap_err().to_string(), expected, "{statements}");
    // Nothing is added to what cannot be relied on, and no verdict counts as one of today.
    assert!(desk.pin_key("c").is_err());
    assert!(desk.store.history(&bundle("one")).is_err());
    assert_eq!(desk.logged("key_pinned").len(), 2);
}

const AFTER: &str = "; the vault was changed with other tools";

#[test]
fn a_step_that_is_gone_is_named() {
    check("DELETE FROM trust_step WHERE number = 2", &format!("step 2 of the trust store is missing: {}", &AFTER[2..]));
    check("DELETE FROM trust_step WHERE number = 1", &format!("step 1 of the trust store is missing: {}", &AFTER[2..]));
}

#[test]
fn a_step_that_was_rewritten_is_named() {
    let flawed = |step: u64, what: &str| format!("step {step} of the trust store cannot be relied on: {what}{AFTER}");
    let malformed = "it is not written as this program writes";
    for (step, change) in [
        (3, "body = ''"),
        (3, "body = '{}'"),
        (2, "body = body || ' '"),
        (2, "body = cast(x'ff' AS TEXT)"),
        (2, "body = replace(body, '\"kind\":\"pin\"', '\"kind\":\"pinned\"')"),
        (3, "body = replace(body, '\"last_seq\":36', '\"last_seq\":0')"),
        (3, "body = replace(body, '\"kind\":\"add_anchor\"', '\"kind\":\"add_anchor\",\"more\":1')"),
        (3, "body = replace(body, '2026-03-01\"', '2026-02-30\"')"),
        (3, "body = replace(body, 'R. Lindqvist', ' R. Lindqvist')"),
        (4, "body = replace(body, '12:00:05Z\"}', '14:00:05+02:00\"}')"),
    ] {
        check(&format!("UPDATE trust_step SET {change} WHERE number = {step}"), &flawed(step, malformed));
    }
    let elsewhere = "UPDATE trust_step SET body = (SELECT body FROM trust_step WHERE number = 1) WHERE number = 2";
    check(elsewhere, &flawed(2, "it names another number or bundle than it stands under"));
}

#[test]
fn a_step_that_contradicts_what_stands_before_it_is_named() {
    let flawed = |step: u64, why: Refusal| {
        format!("step {step} of the trust store cannot be relied on: {}{AFTER}", Flaw::Contradiction(why))
    };
    // The key of a pin exchanged for another, and a pin that nobody confirmed.
    let spki = "UPDATE trust_step SET body = replace(body, '\"spki\":\"YQ==\"', '\"spki\":\"Yg==\"') WHERE number = 1";
    check(spki, &flawed(1, Refusal::OtherFingerprint));
    let typed = "UPDATE trust_step SET body = replace(body, '\"typed_characters\":8', '\"typed_characters\":7') WHERE number = 2";
    check(typed, &flawed(2, Refusal::NotConfirmed));
    // A revocation of something that was never pinned.
    let other =
        format!("UPDATE trust_step SET body = replace(body, '{}', '{}') WHERE number = 4", kid("a"), kid("never"));
    check(&other, &flawed(4, Refusal::NotPinned));
    let twice = "INSERT INTO trust_step SELECT 5, replace(body, '\"number\":2', '\"number\":5') FROM trust_step \
                 WHERE number = 2";
    check(twice, &flawed(5, Refusal::PinnedAlready { step: 2 }));
}

/// Verdicts 1 and 2 of two bundles, with a packed report.
fn with_verdicts() -> Desk {
    let desk = Desk::new();
    for name in ["one", "two"] {
        let basis = desk.store.trust().unwrap().basis(desk::concern(name, ["s"])).unwrap();
        let reached = Reached {
            integrity: "FAIL",
            assurance: None,
            badge: "unsigned",
            program: "p",
            fingerprints: Vec::new(),
            anchors: Vec::new(),
        };
        let conclusion = Conclusion::new(basis, reached, &"{}".repeat(5_000)).unwrap();
        let act = |transaction: &Transaction<'_>| desk.store.conclude_in(transaction, &conclusion, &second(20));
        desk.log.act::<_, TrustFault>(&desk.vault, verified(), None, &second(20), act).unwrap();
    }
    desk
}

#[test]
fn a_verdict_that_was_rewritten_is_named() {
    for (change, flaw) in [
        ("body = replace(body, '\"FAIL\"', '\"P A\"') WHERE number = 2", Flaw::Malformed),
        ("body = replace(body, '\"packed\"', '\"other\"') WHERE number = 2", Flaw::Malformed),
        ("body = (SELECT body FROM trust_conclusion WHERE number = 1) WHERE number = 2", Flaw::Misplaced),
        ("body = replace(body, '\"number\":2', '\"number\":3') WHERE number = 2", Flaw::Misplaced),
    ] {
        let desk = with_verdicts().tampered(&format!("UPDATE trust_conclusion SET {change}"));
        for fault in [desk.store.history(&bundle("two")).map(drop), desk.store.report(2).map(drop)] {
            let named = matches!(fault, Err(TrustFault::ConclusionFlawed { number: 2, flaw: found }) if found == flaw);
            assert!(named, "{change}: {fault:?}");
        }
        assert_eq!(desk.store.history(&bundle("one")).unwrap().len(), 1);
    }
}

#[test]
fn a_report_that_was_exchanged_is_not_shown() {
    for change in [
        "report = x'00'",
        "report = (SELECT report FROM trust_conclusion WHERE number = 1), body = replace(body, '10000', '10001')",
        "report = cast('{}' AS BLOB), body = replace(body, '\"packed\":true', '\"packed\":false')",
        // As long as the one that was stored.
        "report = cast(hex(zeroblob(5000)) AS BLOB), body = replace(body, '\"packed\":true', '\"packed\":false')",
        // What it unpacks to is limited, whatever it says.
        "body = replace(body, '\"report_bytes\":10000', '\"report_bytes\":9000000000')",
    ] {
        let desk = with_verdicts().tampered(&format!("UPDATE trust_conclusion SET {change} WHERE number = 2"));
        let shown = desk.store.report(2);
        assert!(matches!(shown, Err(TrustFault::ConclusionFlawed { number: 2, flaw: Flaw::Report })), "{change}");
        desk.store.report(1).unwrap();
    }
}
