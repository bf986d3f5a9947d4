//! Pins, revocations, anchors, withdrawals: what they make, what is refused, and what the access log says of them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use access_log::LogFault;
use desk::{Desk, head, key, kid, on_paper, second, seen, stream, text, typed, typed_whole, vouched};
use integrity::Digest;
use model::Instant;
use trust_store::{Change, Der, Fingerprint, NewPin, Origin, Refusal, TrustFault, Vouched};
use vault::VaultFault;

#[track_caller]
fn refused(asked: Result<u64, TrustFault>, expected: Refusal) {
    let asked = asked.map(drop);
    assert!(matches!(&asked, Err(TrustFault::Refused(why)) if *why == expected), "{asked:?}");
}

#[test]
fn a_pin_says_who_vouched_when_and_how_much_was_typed() {
    let desk = Desk::new();
    assert_eq!(desk.store.trust().unwrap().pins().count(), 0);
    assert_eq!(desk.pin_key("a").unwrap(), 1);
    let trust = desk.store.trust().unwrap();
    let pin = trust.pin(&kid("a")).unwrap();
    assert_eq!((pin.mark.number, pin.mark.at.text(), pin.typed_characters), (1, "2026-03-01T12:00:10Z", 8));
    assert_eq!((pin.mark.author.as_str(), pin.mark.author_id.as_str()), (desk::USER, desk.vault.user_id()));
    assert_eq!((pin.vouched.by.as_str(), &pin.vouched.note), ("R. Lindqvist", &None));
    assert_eq!((pin.material.as_ref(), pin.revoked.as_ref()), (Some(&key("a")), None));
    assert!(trust.pin(&kid("b")).is_none());
}

#[test]
fn a_key_nobody_has_seen_yet_is_pinned_by_its_whole_fingerprint() {
    let desk = Desk::new();
    desk.store.pin(&desk.log, NewPin::unseen(typed_whole(&kid("a"))).unwrap(), vouched(), &second(1)).unwrap();
    let trust = desk.store.trust().unwrap();
    let pin = trust.pin(&kid("a")).unwrap();
    assert_eq!((pin.typed_characters, pin.material.as_ref()), (64, None));
}

#[test]
fn what_was_revoked_can_be_pinned_again_by_a_new_step() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    let from = Instant::zoned("2026-02-10", second(-5).utc_nanos().unwrap());
    assert_eq!(desk.revoke(kid("a"), &from).unwrap(), 2);
    let trust = desk.store.trust().unwrap();
    let revoked = trust.pin(&kid("a")).unwrap().revoked.clone().unwrap();
    assert_eq!((&revoked.from, revoked.why.as_str(), revoked.mark.number), (&from, "the laptop was stolen", 2));
    assert_eq!(desk.pin_key("a").unwrap(), 3);
    let trust = desk.store.trust().unwrap();
    let pin = trust.pin(&kid("a")).unwrap();
    assert_eq!((pin.mark.number, pin.revoked.as_ref()), (3, None));
    assert_eq!(desk.kinds(), ["pin", "revoke", "pin"]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    refused(desk.pin_key("a"), Refusal::PinnedAlready { step: 1 });
    refused(desk.revoke(kid("b"), &second(0)), Refusal::NotPinned);
    desk.revoke(kid("a"), &second(0)).unwrap();
    refused(desk.revoke(kid("a"), &second(0)), Refusal::RevokedAlready { step: 2 });
    refused(desk.revoke(kid("a"), &second(1)), Refusal::RevokedAlready { step: 2 });
    refused(desk.withdraw(2), Refusal::AnchorUnknown);
    refused(desk.withdraw(99), Refusal::AnchorUnknown);
    let undated = Instant::undated("soon");
    assert!(matches!(desk.revoke(kid("a"), &undated), Err(TrustFault::Undated)));
    let new = NewPin::of(typed(&kid("c")), key("c")).unwrap();
    assert!(matches!(desk.store.pin(&desk.log, new, vouched(), &undated), Err(TrustFault::Undated)));
    assert!(matches!(Vouched::new(" ", "", ""), Err(TrustFault::Text { field: "who vouched", .. })));
    let unsaid = desk.store.revoke(&desk.log, kid("a"), &second(-9), " ", &second(1));
    assert!(matches!(unsaid, Err(TrustFault::Text { field: "the reason", .. })));
    assert_eq!(desk.kinds(), ["pin", "revoke"]);
    assert_eq!((desk.logged("key_pinned").len(), desk.logged("key_revoked").len()), (1, 1));
    // A leak that turns out to be older reaches further back.
    desk.revoke(kid("a"), &second(-1)).unwrap();
    let trust = desk.store.trust().unwrap();
    assert_eq!(trust.pin(&kid("a")).unwrap().revoked.as_ref().unwrap().from, second(-1));
}

#[test]
fn anchors_are_withdrawn_and_never_deleted() {
    let desk = Desk::new();
    assert_eq!(desk.add_anchor(head("s", 36), on_paper()).unwrap(), 1);
    let file = Origin::File { from_whom: None, on: None, sha256: Digest::of(b"file") };
    assert_eq!(desk.add_anchor(head("s", 36), file).unwrap(), 2);
    assert_eq!(desk.add_anchor(head("other", 5), on_paper()).unwrap(), 3);
    refused(desk.add_anchor(head("s", 36), on_paper()), Refusal::AnchorKnown { number: 1 });
    let standing = |desk: &Desk| -> Vec<u64> {
        let trust = desk.store.trust().unwrap();
        trust.standing_anchors(&stream("s")).map(|anchor| anchor.mark.number).collect()
    };
    assert_eq!(standing(&desk), [1, 2]);
    assert_eq!(desk.withdraw(1).unwrap(), 4);
    assert_eq!(standing(&desk), [2]);
    refused(desk.withdraw(1), Refusal::WithdrawnAlready { step: 4 });
    let trust = desk.store.trust().unwrap();
    let first = trust.anchors().next().unwrap();
    assert_eq!((first.mark.number, first.received_on.as_str()), (1, "2026-03-01"));
    assert_eq!(first.withdrawn.as_ref().unwrap().why.as_str(), "typed wrongly");
    // What was withdrawn may be added again, as a new one.
    assert_eq!(desk.add_anchor(head("s", 36), on_paper()).unwrap(), 5);
}

#[test]
fn a_time_stamp_stands_with_its_certificate() {
    let desk = Desk::new();
    let authority = Fingerprint::of_certificate(b"tsa");
    let token = |authority, at| {
        let (from_whom, token) = (Some(text("R. Lindqvist")), Der::new(b"token").unwrap());
        Origin::Token { from_whom, on: None, authority, gen_time: second(at), token }
    };
    refused(desk.add_anchor(head("s", 36), token(authority, 5)), Refusal::AuthorityNotPinned);
    desk.pin_authority("tsa").unwrap();
    desk.pin_key("a").unwrap();
    // A key is no certificate, even if it is pinned.
    refused(desk.add_anchor(head("s", 36), token(kid("a"), 5)), Refusal::AuthorityNotPinned);
    desk.add_anchor(head("s", 36), token(authority, 5)).unwrap();
    desk.add_anchor(head("s", 40), token(authority, 8)).unwrap();
    let standing = || {
        let trust = desk.store.trust().unwrap();
        trust.standing_anchors(&stream("s")).map(|anchor| anchor.head.last_seq()).collect::<Vec<_>>()
    };
    assert_eq!(standing(), [36, 40]);
    desk.revoke(authority, &second(8)).unwrap();
    assert_eq!(standing(), [36]);
    refused(desk.add_anchor(head("s", 50), token(authority, 9)), Refusal::AuthorityNotPinned);
    desk.pin_authority("tsa").unwrap();
    assert_eq!(standing(), [36, 40]);
}

#[test]
fn every_change_is_in_the_access_log_with_the_step_it_made() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    let from = Instant::zoned("2026-02-10", second(-5).utc_nanos().unwrap());
    desk.revoke(kid("a"), &from).unwrap();
    desk.add_anchor(head("s", 36), on_paper()).unwrap();
    desk.withdraw(3).unwrap();
    let bodies = desk.bodies();
    for (number, action) in (1..).zip(["key_pinned", "key_revoked", "anchor_added", "anchor_withdrawn"]) {
        let [entry] = desk.logged(action).try_into().unwrap();
        assert_eq!(entry.results["step"], number, "{action}");
        let digest = Digest::of(bodies[usize::try_from(number).unwrap() - 1].as_bytes()).to_hex();
        assert_eq!(entry.details["step_sha256"], digest, "{action}");
        assert_eq!((entry.actor.as_str(), entry.purpose.as_ref()), (desk::USER, None));
    }
    let pinned = desk.logged("key_pinned").remove(0);
    assert_eq!(pinned.object, Some(kid("a").to_string()));
    assert_eq!((pinned.details["kind"].as_str(), pinned.details["vouched_by"].as_str()), ("key", "R. Lindqvist"));
    assert_eq!(desk.logged("key_revoked")[0].details["from"], "2026-03-01T11:59:55Z");
    let anchor = desk.logged("anchor_added").remove(0);
    assert_eq!((anchor.object.as_deref(), anchor.results["last_seq"]), (Some("s"), 36));
    assert_eq!(anchor.details["origin"], "typed");
    assert_eq!(desk.logged("anchor_withdrawn")[0].results["anchor"], 3);
    assert!(desk.log_stands());
}

#[test]
fn a_full_disk_keeps_neither_the_step_nor_its_entry() {
    let desk = Desk::new();
    desk.pin_key("first").unwrap();
    desk.vault.limit_size(1).unwrap();
    // Small steps may still find room in pages that are there.
    let (kept, fault) =
        (0..2_000).find_map(|number| desk.pin_key(&number.to_string()).err().map(|fault| (number, fault))).unwrap();
    let full = |fault: &TrustFault| {
        matches!(fault, TrustFault::Vault(VaultFault::Full) | TrustFault::Log(LogFault::Vault(VaultFault::Full)))
    };
    assert!(full(&fault), "{fault:?}");
    desk.vault.limit_size(u64::MAX).unwrap();
    let pins = usize::try_from(kept).unwrap() + 1;
    assert_eq!(desk.store.steps().unwrap().len(), pins);
    assert_eq!(desk.logged("key_pinned").len(), pins);
    assert!(desk.log_stands());
    assert_eq!(desk.pin_key("last").unwrap(), pins as u64 + 1);
}

#[test]
fn no_statement_of_the_program_changes_a_step_or_a_verdict() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    desk.pin_key("b").unwrap();
    for sql in [
        "UPDATE trust_step SET body = '{}' WHERE number = 1",
        "DELETE FROM trust_step",
        "DELETE FROM TRUST_STEP WHERE number = 2",
        "INSERT OR REPLACE INTO trust_step SELECT * FROM trust_step WHERE number = 1",
        "INSERT INTO trust_step (number, body) VALUES (4, '{}')",
        "INSERT INTO trust_step (number, body) VALUES (0, '{}')",
        "UPDATE trust_conclusion SET bundle_id = ''",
        "DELETE FROM trust_conclusion",
        "INSERT INTO trust_conclusion (number, bundle_id, body, report) VALUES (2, '', '', x'')",
        "DROP TRIGGER trust_step_stays",
        "DROP TABLE trust_step",
    ] {
        let written = desk.vault.write(|database| -> Result<(), TrustFault> { Ok(database.execute_batch(sql)?) });
        assert!(written.is_err(), "{sql}");
    }
    assert_eq!(desk.kinds(), ["pin", "pin"]);
}

#[test]
fn steps_are_there_after_the_vault_was_locked() {
    let desk = Desk::new();
    desk.pin_key("a").unwrap();
    desk.add_anchor(head("s", 36), on_paper()).unwrap();
    desk.remember("PASS", &[seen("s", "one", 1, 36)]).unwrap();
    let (trust, steps) = (desk.store.trust().unwrap(), desk.store.steps().unwrap());
    let desk = desk.reopened_after(|_| {});
    assert_eq!((desk.store.trust().unwrap(), desk.store.steps().unwrap()), (trust, steps));
}

#[test]
fn nothing_a_person_wrote_is_in_debug_output_or_a_refusal() {
    let desk = Desk::new();
    let vouched = Vouched::new("Abernathy", "met Abernathy", "daughter of Abernathy").unwrap();
    let new = NewPin::of(typed(&kid("a")), key("a")).unwrap();
    let told = format!("{new:?}");
    desk.store.pin(&desk.log, new, vouched, &second(1)).unwrap();
    let origin = Origin::Typed { from_whom: Some(text("Abernathy")), on: None };
    desk.add_anchor(head("MRN-0009", 1), origin.clone()).unwrap();
    let again = desk.add_anchor(head("MRN-0009", 1), origin).unwrap_err();
    let told = format!("{told} {:?} {:?} {again} {again:?}", desk.store.steps(), desk.store.trust());
    for word in ["Abernathy", "MRN", "Okafor", "event-1"] {
        assert!(!told.contains(word), "{told}");
    }
}

#[test]
fn a_step_reads_as_what_it_means() {
    let desk = Desk::new();
    desk.add_anchor(head("s", 36), on_paper()).unwrap();
    let expected = format!(
        concat!(
            r#"{{"change":{{"head":{{"last_event_id":"event-36","last_hash":"{}","last_seq":36,"stream_id":"s"}},"#,
            r#""kind":"add_anchor","origin":{{"by":"typed","from_whom":"R. Lindqvist"}},"received_on":"2026-03-01"}},"#,
            r#""mark":{{"at":"2026-03-01T12:00:13Z","author":"J. Okafor","author_id":"{}","number":1}}}}"#
        ),
        head("s", 36).last_hash(),
        desk.vault.user_id(),
    );
    assert_eq!(desk.bodies(), [expected]);
    assert!(matches!(desk.store.steps().unwrap()[0].change, Change::AddAnchor { .. }));
}
