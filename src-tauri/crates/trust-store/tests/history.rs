//! The history of verdicts: newest first, with reports, and whether the trust store has changed since.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use desk::{Desk, bundle, concern, head, kid, on_paper, second, seen, typed, verified, vouched};
use trust_store::{Concern, Conclusion, Der, Material, NewPin, REPORT_BYTES_MAX, Reached, TrustFault, Word};
use vault::rusqlite::Transaction;

impl Desk {
    /// Concludes on a bundle with one stream, with what is vouched for now.
    fn conclude(&self, name: &str, of: &str, integrity: &str, report: &str) -> u64 {
        let basis = self.store.trust().unwrap().basis(concern(name, [of])).unwrap();
        let reached = Reached {
            integrity,
            assurance: (integrity != "FAIL").then_some("SIGNED_PINNED"),
            badge: "verified",
            program: "Chartproof 0.1.0",
            fingerprints: vec![kid("a")],
            anchors: vec![2],
        };
        let conclusion = Conclusion::new(basis, reached, report).unwrap();
        let act = |transaction: &Transaction<'_>| self.store.conclude_in(transaction, &conclusion, &second(20));
        self.log.act::<_, TrustFault>(&self.vault, verified(), None, &second(20), act).unwrap().0
    }

    fn current(&self, name: &str) -> Vec<bool> {
        self.store.history(&bundle(name)).unwrap().iter().map(|verdict| verdict.current).collect()
    }
}

#[test]
fn verdicts_are_listed_newest_first_with_what_they_relied_on() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    assert_eq!(desk.conclude("one", "s", "FAIL", "{}"), 1);
    assert_eq!(desk.conclude("two", "s", "PASS", "{}"), 2);
    assert_eq!(desk.conclude("one", "s", "PASS", "{}"), 3);
    let history = desk.store.history(&bundle("one")).unwrap();
    let told: Vec<_> = history.iter().map(|verdict| (verdict.mark.number, verdict.integrity.as_str())).collect();
    assert_eq!(told, [(3, "PASS"), (1, "FAIL")]);
    let newest = &history[0];
    assert_eq!(newest.assurance.as_ref().unwrap().as_str(), "SIGNED_PINNED");
    assert_eq!(history[1].assurance, None);
    assert_eq!((newest.mark.author.as_str(), newest.mark.at.text()), (desk::USER, "2026-03-01T12:00:20Z"));
    assert_eq!(
        (newest.program.as_str(), &newest.fingerprints, &newest.anchors),
        ("Chartproof 0.1.0", &vec![kid("a")], &vec![2])
    );
    assert_eq!(desk.store.history(&bundle("three")).unwrap(), []);
    let each = desk.store.newest().unwrap();
    let each: Vec<_> = each.iter().map(|(id, verdict)| (id.clone(), verdict.mark.number, verdict.current)).collect();
    let mut expected = [(bundle("one"), 3, true), (bundle("two"), 2, true)];
    expected.sort();
    assert_eq!(each, expected);
    assert_eq!(desk.logged("verify").len(), 3);
}

#[test]
fn reports_come_back_as_they_were_stored() {
    let desk = Desk::new();
    let long = format!("{{\"findings\":[{}0]}}", "{\"code\":\"EVENT_MODIFIED\",\"é\":\"…\"},".repeat(50_000));
    for report in ["", "{\"findings\":[]}", &"x".repeat(4_096), &long] {
        let number = desk.conclude("one", "s", "PASS", report);
        assert_eq!(desk.store.report(number).unwrap(), *report);
    }
    assert!(matches!(desk.store.report(5), Err(TrustFault::ConclusionUnknown { number: 5 })));
    assert!(matches!(desk.store.report(u64::MAX), Err(TrustFault::ConclusionUnknown { .. })));
    let basis = desk.store.trust().unwrap().basis(concern("one", [])).unwrap();
    let reached = Reached {
        integrity: "PASS",
        assurance: None,
        badge: "unsigned",
        program: "p",
        fingerprints: Vec::new(),
        anchors: Vec::new(),
    };
    let refused = Conclusion::new(basis, reached, &"x".repeat(REPORT_BYTES_MAX + 1));
    assert!(matches!(refused, Err(TrustFault::ReportLarge { .. })));
}

#[test]
fn a_verdict_is_history_once_what_it_relied_on_has_changed() {
    let desk = Desk::new();
    desk.conclude("one", "s", "PASS", "{}");
    assert_eq!(desk.current("one"), [true]);
    let changes: [&dyn Fn() -> Result<u64, TrustFault>; 6] = [
        &|| desk.pin_key("a"),
        &|| desk.revoke(kid("a"), &second(5)),
        &|| desk.add_anchor(head("s", 36), on_paper()),
        &|| desk.withdraw(3),
        &|| desk.remember("PASS", &[seen("s", "two", 1, 36)]),
        &|| desk.revoke(kid("a"), &second(4)),
    ];
    for (number, change) in changes.iter().enumerate() {
        change().unwrap();
        assert!(!desk.current("one")[0], "change {number}");
        desk.conclude("one", "s", "PASS", "{}");
        assert!(desk.current("one")[0], "change {number}");
    }
}

#[test]
fn what_makes_no_difference_to_a_bundle_leaves_its_verdict() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    desk.conclude("one", "s", "PASS", "{}");
    desk.add_anchor(head("other", 36), on_paper()).unwrap();
    desk.remember("PASS", &[seen("other", "two", 1, 36)]).unwrap();
    // A later export that goes further: an older log ends earlier.
    desk.remember("PASS", &[seen("s", "three", 1, 99), seen("s", "four", 37, 99)]).unwrap();
    // A key that it does not name.
    desk.pin_key("b").unwrap();
    // Its own head: a bundle anchors nothing for itself.
    desk.remember("PASS", &[seen("s", "one", 1, 36)]).unwrap();
    assert_eq!(desk.current("one"), [true]);
    // Revoked and pinned again: the same as before, by other steps.
    desk.revoke(kid("a"), &second(5)).unwrap();
    assert_eq!(desk.current("one"), [false]);
    desk.pin_key("a").unwrap();
    assert_eq!(desk.current("one"), [true]);
    // The same key for another algorithm is not the same: its signatures are checked in another way.
    let material = Material::Key { alg: Word::new("rsa-pss-sha256").unwrap(), spki: Der::new(b"a").unwrap() };
    desk.revoke(kid("a"), &second(5)).unwrap();
    desk.store.pin(&desk.log, NewPin::of(typed(&kid("a")), material).unwrap(), vouched(), &second(21)).unwrap();
    assert_eq!(desk.current("one"), [false]);
    // A second witness of the same head changes nothing, the first one did.
    desk.add_anchor(head("s", 36), on_paper()).unwrap();
    desk.conclude("one", "s", "PASS", "{}");
    let file = trust_store::Origin::File { from_whom: None, on: None, sha256: integrity::Digest::of(b"file") };
    desk.add_anchor(head("s", 36), file).unwrap();
    assert_eq!(desk.current("one"), [true, false]);
}

#[test]
fn heads_that_were_there_before_a_bundle_count_however_far_they_reach() {
    let desk = Desk::new();
    desk.remember("PASS", &[seen("s", "two", 1, 99)]).unwrap();
    let digest = |arrived, export: Option<&str>| {
        let export = export.map(|name| integrity::Digest::of(name.as_bytes()));
        let concern = Concern { arrived, export, ..concern("one", ["s"]) };
        *desk.store.trust().unwrap().basis(concern).unwrap().digest()
    };
    assert_ne!(digest(0, None), digest(1, None), "only of one that was there before can it be an older version");
    assert_eq!(digest(0, None), digest(1, Some("two")), "the same export in another container");
}

#[test]
fn what_changed_while_a_bundle_was_verified_is_seen_when_the_verdict_is_kept() {
    let desk = Desk::new();
    let basis = desk.store.trust().unwrap().basis(concern("one", ["s"])).unwrap();
    let reached = Reached {
        integrity: "PASS",
        assurance: None,
        badge: "unsigned",
        program: "p",
        fingerprints: Vec::new(),
        anchors: Vec::new(),
    };
    let conclusion = Conclusion::new(basis, reached, "{}").unwrap();
    let stands = || desk.vault.read(|database| desk.store.stands_in(database, &conclusion)).unwrap();
    assert!(stands());
    desk.pin_key("a").unwrap();
    assert!(!stands());
}

#[test]
fn when_a_bundle_came_is_known_from_its_first_verdict() {
    let desk = Desk::new();
    assert_eq!(desk.store.arrived(&bundle("one")).unwrap(), None);
    desk.conclude("one", "s", "PASS", "{}");
    desk.pin_key("a").unwrap();
    desk.conclude("one", "s", "PASS", "{}");
    assert_eq!(desk.store.arrived(&bundle("one")).unwrap(), Some(0));
}

#[test]
fn the_digest_does_not_depend_on_the_order_of_steps() {
    let (one, other) = (Desk::new(), Desk::new());
    one.pin_key("a").unwrap();
    one.pin_key("b").unwrap();
    one.add_anchor(head("s", 36), on_paper()).unwrap();
    one.add_anchor(head("t", 9), on_paper()).unwrap();
    other.add_anchor(head("t", 9), on_paper()).unwrap();
    other.pin_key("b").unwrap();
    other.add_anchor(head("s", 36), on_paper()).unwrap();
    let digest = |desk: &Desk, streams: [&str; 2]| {
        *desk.store.trust().unwrap().basis(Concern { keys: None, ..concern("one", streams) }).unwrap().digest()
    };
    assert_ne!(digest(&one, ["s", "t"]), digest(&other, ["s", "t"]));
    other.pin_key("a").unwrap();
    assert_eq!(digest(&one, ["s", "t"]), digest(&other, ["t", "s"]));
    assert_ne!(digest(&one, ["s", "t"]), digest(&one, ["s", "u"]));
}

#[test]
fn a_verdict_and_its_entry_are_kept_together() {
    let desk = Desk::new();
    let basis = desk.store.trust().unwrap().basis(concern("one", [])).unwrap();
    let reached = Reached {
        integrity: "PASS",
        assurance: None,
        badge: "unsigned",
        program: "p",
        fingerprints: Vec::new(),
        anchors: Vec::new(),
    };
    let conclusion = Conclusion::new(basis, reached, "{}").unwrap();
    let failed = desk.log.act(&desk.vault, verified(), None, &second(20), |transaction| {
        desk.store.conclude_in(transaction, &conclusion, &second(20))?;
        desk.store.remember_in(transaction, "FAIL", &[seen("s", "one", 1, 2)], &second(20))
    });
    assert!(failed.is_err());
    assert_eq!((desk.store.history(&bundle("one")).unwrap().len(), desk.logged("verify").len()), (0, 0));
}
