//! Who signed what, and what is said about it.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;
#[path = "../../integrity/tests/tools/mod.rs"]
mod tools;

use bag::signing::{Policy, Producer};
use bag::{Bag, Draft, OTHER_STREAM, STREAM, codes, parsed, time};
use integrity::keys::Algorithm;
use integrity::signature::Purpose;
use integrity::sshsig::BUNDLE_NAMESPACE;
use integrity::timestamp::TsaCertificate;
use serde_json::json;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use verify::{
    Assurance, Badge, Code, CoverageState, Integrity, KeyStanding, PinnedKey, PinnedSshKey, PinnedTsa, Report, Vouching,
};

/// Checks a bag that somebody has pinned these producers for.
fn checked(mut bag: Bag, pins: &[&Producer]) -> Report {
    bag.trust.keys = pins.iter().map(|producer| producer.pin()).collect();
    bag.check()
}

fn word(report: &Report) -> &'static str {
    report.assurance().map_or("none", Assurance::word)
}

fn reach(report: &Report) -> Vec<(u64, u64, &'static str)> {
    report.evidence().reach.iter().map(|reached| (reached.from_seq, reached.to_seq, reached.by)).collect()
}

const SIGNED: [Policy; 3] = [Policy::Event, Policy::Segment, Policy::Checkpoint];

#[test]
fn each_policy_is_verified_and_only_a_pin_makes_it_more() {
    let (ours, other) = (Producer::new(1), Producer::new(2));
    for policy in SIGNED {
        let bag = Draft::signed(40, 20, policy, &ours).bag();
        let report = checked(bag.clone(), &[&other, &ours]);
        assert_eq!((codes(&report), word(&report)), (vec![], "SIGNED_PINNED"), "{policy:?}");
        assert_eq!((report.integrity(), report.badge().name()), (Integrity::Pass, "verified"));
        assert_eq!(reach(&report), [(1, 40, "pinned")], "{policy:?}");
        assert!(report.coverage().iter().all(|span| span.state == CoverageState::Proven));
        let proves = report.proves().join(" ");
        assert!(proves.contains("Records 1 to 40 are what the holder of the key sha256:"), "{proves}");
        assert_eq!(report.evidence().signed_by[0].standing, KeyStanding::Pinned);

        for pins in [&[][..], &[&other]] {
            let report = checked(bag.clone(), pins);
            assert_eq!((codes(&report), word(&report)), (vec!["KEY_UNTRUSTED"], "SIGNED_UNPINNED"), "{policy:?}");
            assert_eq!((report.integrity(), report.badge()), (Integrity::PassWithNotes, Badge::NotVerified));
            assert!(report.coverage().iter().all(|span| span.state == CoverageState::NotCovered));
            assert!(report.summary()[1].contains("compare its fingerprint"), "{:?}", report.summary());
        }
    }
}

#[test]
fn a_pin_that_holds_the_key_serves_bundles_that_do_not_carry_it() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.keys = json!({"keys": []});
    let mut bag = draft.bag();
    bag.trust.keys = vec![producer.pin()];
    assert_eq!(codes(&bag.check()), ["KEY_UNKNOWN"], "a fingerprint alone verifies nothing");
    bag.trust.keys = vec![PinnedKey::by_key(producer.key(), None)];
    assert_eq!((codes(&bag.check()), word(&bag.check())), (vec![], "SIGNED_PINNED"));
}

#[test]
fn a_pin_that_holds_the_key_does_not_hide_another_key_under_its_fingerprint() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    let mut entry = producer.entry();
    entry["public_key_pem"] = json!(Producer::new(2).pem());
    draft.keys = json!({"keys": [entry]});
    let mut bag = draft.bag();
    for pin in [producer.pin(), PinnedKey::by_key(producer.key(), None)] {
        bag.trust.keys = vec![pin];
        let report = bag.check();
        assert_eq!((report.integrity(), codes(&report)), (Integrity::Fail, vec!["KEY_UNKNOWN"]));
        let [key] = report.evidence().keys.as_slice() else { panic!("{:?}", report.evidence().keys) };
        assert_eq!(
            (&key.spki, key.unfit.as_deref()),
            (&None, Some("its fingerprint is another one than the list says"))
        );
    }
    let report = bag.check();
    let finding = &report.findings()[0];
    assert_eq!((finding.file.as_deref(), finding.field.as_deref()), (Some("data/keys/keys.json"), Some("keys[0]")));
    assert!(finding.message.contains("checked with the key that was pinned"), "{}", finding.message);
}

#[test]
fn a_log_signed_anew_with_another_key_is_never_pinned() {
    let (ours, thief) = (Producer::new(1), Producer::new(2));
    for policy in SIGNED {
        let mut draft = Draft::new(40, 20);
        draft.change(7, |record| record["event"]["action"] = json!("print"));
        draft.rechain(STREAM);
        draft.checkpoint_every(20);
        draft.sign(policy, &thief);
        assert_eq!(word(&checked(draft.bag(), &[&ours])), "SIGNED_UNPINNED", "{policy:?}");
        // Under the name of the pinned key it is worse.
        draft.keys["keys"][0]["kid"] = json!(ours.kid().to_string());
        let report = checked(draft.bag(), &[&ours]);
        assert_eq!(report.integrity(), Integrity::Fail, "{policy:?}");
        assert!(codes(&report).contains(&"KEY_UNKNOWN"), "{:?}", codes(&report));
    }
}

#[test]
fn what_is_wrong_with_signatures_is_one_finding_for_each_cause() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    for seq in [5, 6, 7, 30] {
        draft.change(seq, |record| record["sig"] = producer.sig(Purpose::Event, &integrity::Digest::of(b"x")));
    }
    for seq in 11..=13 {
        draft.change(seq, |record| drop(record.as_object_mut().unwrap().remove("sig")));
    }
    for seq in [20, 21, 22, 35] {
        let hash = integrity::Digest::from_hex(parsed(draft.line_mut(seq))["hash"].as_str().unwrap()).unwrap();
        draft.change(seq, |record| record["sig"] = Producer::new(9).sig(Purpose::Event, &hash));
    }
    draft.restate_segments();
    let report = checked(draft.bag(), &[&producer]);
    let told: Vec<_> = report.findings().iter().map(|f| (f.code, f.seq.unwrap(), f.count.unwrap_or(1))).collect();
    let expected = [
        (Code::SignatureInvalid, 5, 3),
        (Code::SignatureInvalid, 30, 1),
        (Code::SignatureMissing, 11, 3),
        (Code::KeyUnknown, 20, 4),
    ];
    assert_eq!(told, expected);
    let within: Vec<_> = report.findings().iter().filter_map(|finding| finding.altered_within).collect();
    assert_eq!(within, [[5, 7], [11, 13]]);
}

#[test]
fn a_signature_fits_its_key_its_algorithm_and_its_purpose_alone() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    let hash = integrity::Digest::from_hex(parsed(draft.line_mut(7))["hash"].as_str().unwrap()).unwrap();
    let check = |draft: &Draft| codes(&checked(draft.bag(), &[&producer])).join(" ");
    for purpose in [Purpose::Segment, Purpose::Checkpoint] {
        draft.change(7, |record| record["sig"] = producer.sig(purpose, &hash));
        draft.restate_segments();
        assert_eq!(check(&draft), "SIGNATURE_INVALID", "{purpose:?}");
    }
    draft.change(7, |record| {
        record["sig"] = producer.sig(Purpose::Event, &hash);
        record["sig"]["alg"] = json!("rsa-pss-sha256");
    });
    draft.restate_segments();
    assert_eq!(check(&draft), "SIGNATURE_INVALID", "the key is bound to another algorithm");
    draft.change(7, |record| record["sig"]["alg"] = json!("hmac-sha256"));
    draft.restate_segments();
    assert_eq!(check(&draft), "SIGNATURE_ALGORITHM_UNSUPPORTED");
    draft.change(7, |record| record["sig"] = json!({"alg": "ed25519"}));
    draft.restate_segments();
    assert_eq!(check(&draft), "SCHEMA_INVALID");
}

#[test]
fn a_signature_over_an_altered_record_does_not_save_it() {
    let producer = Producer::new(1);
    let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
    draft.change(7, |record| record["event"]["action"] = json!("print"));
    draft.restate_segments();
    let report = checked(draft.bag(), &[&producer]);
    assert_eq!(codes(&report), ["EVENT_MODIFIED"]);
    assert_eq!(reach(&report), [(1, 6, "pinned"), (8, 40, "pinned")]);
    let states: Vec<_> = report.coverage().iter().map(|span| (span.from_seq, span.to_seq, span.state)).collect();
    let expected = [(1, 6, CoverageState::Proven), (7, 7, CoverageState::Altered), (8, 40, CoverageState::Proven)];
    assert_eq!(states, expected);
}

#[test]
fn what_comes_after_the_last_signed_checkpoint_is_vouched_for_by_nobody() {
    let producer = Producer::new(1);
    let mut draft = Draft::new(40, 20);
    draft.checkpoints.pop();
    draft.sign(Policy::Checkpoint, &producer);
    let report = checked(draft.bag(), &[&producer]);
    assert_eq!((codes(&report), word(&report), report.badge()), (vec![], "CONSISTENT", Badge::NotVerified));
    assert_eq!(reach(&report), [(1, 20, "pinned"), (21, 40, "nobody")]);
    let limits = report.does_not_prove().join(" ");
    assert!(
        limits.contains("Anything about records 21 to 40: no pinned key and no anchor stands for them"),
        "{limits}"
    );
    assert_eq!(report.summary()[1], "A pinned key has signed records 1 to 20; nobody vouches for records 21 to 40.");

    draft.checkpoints.clear();
    draft.sign(Policy::Checkpoint, &producer);
    assert_eq!(codes(&checked(draft.bag(), &[&producer])), ["SIGNATURE_MISSING"], "no checkpoint at all");
}

#[test]
fn what_is_no_signature_is_no_signature_whatever_kind_it_is() {
    let producer = Producer::new(1);
    for odd in
        [json!("x"), json!(""), json!(7), json!([]), json!({}), json!({"alg": "ed25519", "kid": "k"}), json!(null)]
    {
        let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
        draft.change(7, |record| record["sig"] = odd.clone());
        draft.restate_segments();
        let report = checked(draft.bag(), &[&producer]);
        assert_eq!((codes(&report), word(&report)), (vec!["SCHEMA_INVALID"], "none"), "{odd}");
        let finding = &report.findings()[0];
        assert_eq!((finding.seq, finding.member.as_deref()), (Some(7), Some("sig")), "{odd}");
        assert_eq!(reach(&report), [(1, 6, "pinned"), (7, 7, "nobody"), (8, 40, "pinned")], "{odd}");
    }
}

#[test]
fn a_record_that_its_own_signature_does_not_fit_is_not_called_proven() {
    let (producer, other) = (Producer::new(1), Producer::new(2));
    let states = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut draft = Draft::signed(40, 20, Policy::Event, &producer);
        draft.change(7, change);
        let report = checked(draft.bag(), &[&producer]);
        assert_eq!(report.integrity(), Integrity::Fail);
        let proves = report.proves().join(" ");
        assert!(proves.contains("Records 1 to 6 are what") && !proves.contains("1 to 40"), "{proves}");
        let spans = report.coverage().iter().map(|span| (span.from_seq, span.to_seq, span.state));
        spans.collect::<Vec<_>>()
    };
    let with = |middle| [(1, 6, CoverageState::Proven), (7, 7, middle), (8, 40, CoverageState::Proven)];
    let eighth = parsed(Draft::signed(40, 20, Policy::Event, &producer).line_mut(8))["sig"].clone();
    assert_eq!(states(&|record| record["sig"] = eighth.clone()), with(CoverageState::Altered), "another record's");
    let strange = json!({"alg": "ed25519", "kid": other.kid().to_string(), "value": eighth["value"]});
    assert_eq!(states(&|record| record["sig"] = strange.clone()), with(CoverageState::NotCovered), "an unknown key's");
    let none = |record: &mut serde_json::Value| drop(record.as_object_mut().unwrap().remove("sig"));
    assert_eq!(states(&none), with(CoverageState::NotCovered), "none");
}

#[test]
fn keys_out_of_their_time_are_told_and_revoked_ones_vouch_for_nothing() {
    let producer = Producer::new(1);
    let draft = Draft::signed(40, 20, Policy::Event, &producer);
    let with = |member: &str, value: serde_json::Value| {
        let mut draft = draft.clone();
        draft.keys["keys"][0][member] = value;
        checked(draft.bag(), &[&producer])
    };
    let late = with("not_before", json!(time(10 * 600)));
    assert_eq!((codes(&late), word(&late)), (vec!["KEY_NOT_VALID_AT_TIME"], "SIGNED_PINNED"));
    assert_eq!(late.findings()[0].count, Some(9));
    let revoked = with("revoked_at", json!("2026-12-01T00:00:00Z"));
    assert_eq!((codes(&revoked), word(&revoked)), (vec!["KEY_REVOKED"], "SIGNED_UNPINNED"));
    assert!(revoked.summary()[1].contains("a key that is revoked"), "{:?}", revoked.summary());
    for (member, codes_of) in [
        ("revoked_at", &["AUDIT_MANIFEST_INVALID", "KEY_REVOKED"][..]),
        ("not_before", &["AUDIT_MANIFEST_INVALID"]),
        ("not_after", &["AUDIT_MANIFEST_INVALID"]),
    ] {
        let odd = with(member, json!("some day"));
        assert_eq!((codes(&odd), word(&odd)), (codes_of.to_vec(), "none"), "{member}");
        assert_eq!(odd.findings()[0].field.as_deref(), Some(&*format!("keys[0].{member}")));
    }
    let misused = with("usage", json!(["segment"]));
    assert_eq!((codes(&misused), word(&misused)), (vec!["KEY_UNTRUSTED"], "SIGNED_UNPINNED"));
    let mut bag = draft.bag();
    bag.trust.keys = vec![PinnedKey { revoked_from: Some(0), ..producer.pin() }];
    assert_eq!((codes(&bag.check()), word(&bag.check())), (vec!["KEY_REVOKED"], "SIGNED_UNPINNED"));
    bag.trust.keys = vec![PinnedKey { algorithm: Some(Algorithm::RsaPssSha256), ..producer.pin() }];
    let report = bag.check();
    assert_eq!(codes(&report), ["SIGNATURE_ALGORITHM_UNSUPPORTED"], "the pin decides");
    assert!(report.findings()[0].message.contains("cannot be used with rsa-pss-sha256"));
}

#[test]
fn a_list_of_keys_that_cannot_be_read_is_told_with_its_place() {
    let producer = Producer::new(1);
    let signed = Draft::signed(40, 20, Policy::Event, &producer);
    let with = |keys: serde_json::Value| {
        let mut draft = signed.clone();
        draft.keys = keys;
        checked(draft.bag(), &[&producer])
    };
    assert_eq!(codes(&with(json!({"keys": {}}))), ["AUDIT_MANIFEST_INVALID", "KEY_UNKNOWN"]);
    let entry = producer.entry();
    let twice = with(json!({"keys": [entry, entry]}));
    assert_eq!(codes(&twice), ["AUDIT_MANIFEST_INVALID"]);
    assert_eq!(twice.findings()[0].field.as_deref(), Some("keys[1]"));
    // A key that nothing uses and that cannot be used is worth a warning.
    let mut broken = Producer::new(2).entry();
    broken["public_key_pem"] = json!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let report = with(json!({"keys": [entry, broken]}));
    assert_eq!((codes(&report), word(&report)), (vec!["KEY_UNTRUSTED"], "SIGNED_PINNED"));
    assert!(report.findings()[0].message.contains("line 1 begins a certificate"), "{}", report.findings()[0].message);
    let mut bag = signed.bag();
    bag.set("data/keys/keys.json", "{\"keys\":[],\"keys\":[]}");
    assert!(codes(&bag.check()).contains(&"AUDIT_MANIFEST_INVALID"), "members that stand there twice");
}

#[test]
fn the_weakest_stream_decides() {
    let producer = Producer::new(1);
    let mut draft = Draft::new(30, 10);
    draft.add_stream(OTHER_STREAM, 12, 6);
    draft.checkpoint_every(10);
    draft.sign(Policy::Segment, &producer);
    assert_eq!(word(&checked(draft.bag(), &[&producer])), "SIGNED_PINNED");
    for entry in draft.manifest["segments"].as_array_mut().unwrap() {
        if entry["stream_id"] == OTHER_STREAM {
            entry.as_object_mut().unwrap().remove("sig");
        }
    }
    draft.manifest["signature_policy"] = json!("none");
    let report = checked(draft.bag(), &[&producer]);
    assert_eq!((codes(&report), word(&report), report.badge()), (vec![], "CONSISTENT", Badge::NotVerified));
    assert_eq!(reach(&report), [(1, 30, "pinned"), (1, 12, "nobody")]);
}

#[test]
fn a_signed_entry_reaches_no_records_but_those_it_speaks_of() {
    let producer = Producer::new(1);
    let draft = Draft::signed(40, 20, Policy::Segment, &producer);
    // An old signed entry under a rewritten segment.
    let mut forged = draft.clone();
    forged.change(30, |record| record["event"]["action"] = json!("print"));
    forged.rechain(STREAM);
    forged.checkpoint_every(20);
    let signed = forged.manifest.clone();
    forged.restate();
    forged.manifest["signature_policy"] = signed["signature_policy"].clone();
    let entries = forged.manifest["segments"].as_array_mut().unwrap();
    for (entry, old) in entries.iter_mut().zip(signed["segments"].as_array().unwrap()) {
        entry["sig"] = old["sig"].clone();
    }
    let report = checked(forged.bag(), &[&producer]);
    assert_eq!(codes(&report), ["SIGNATURE_INVALID"]);
    assert!(report.findings()[0].file.as_deref().unwrap().ends_with("segment-000002.ndjson"));
    assert_eq!(reach(&report), [(1, 20, "pinned"), (21, 40, "nobody")]);
}

fn ssh_key(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&[seed; 32])), "").unwrap()
}

fn with_ssh_signature(mut bag: Bag, key: &PrivateKey) -> Bag {
    let signature = key.sign(BUNDLE_NAMESPACE, HashAlg::Sha512, bag.get("tagmanifest-sha256.txt")).unwrap();
    bag.set("signatures/tagmanifest-sha256.txt.sig", signature.to_pem(LineEnding::LF).unwrap());
    bag
}

#[test]
fn an_ssh_signature_speaks_for_the_whole_bundle() {
    let key = ssh_key(1);
    let pin = |revoked_from| PinnedSshKey {
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        vouching: Vouching { by: Some("A. Reyes".to_owned()), on: Some("2026-03-01".to_owned()) },
        revoked_from,
    };
    let mut bag = with_ssh_signature(Draft::new(40, 20).bag(), &key);
    assert_eq!((codes(&bag.check()), word(&bag.check())), (vec!["KEY_UNTRUSTED"], "SIGNED_UNPINNED"));
    bag.trust.ssh_keys = vec![pin(None)];
    let report = bag.check();
    assert_eq!((codes(&report), word(&report)), (vec![], "SIGNED_PINNED"));
    assert!(report.proves().join(" ").contains("(pinned by A. Reyes on 2026-03-01)"), "{:?}", report.proves());
    bag.trust.ssh_keys = vec![pin(Some(0))];
    assert_eq!((codes(&bag.check()), word(&bag.check())), (vec!["KEY_REVOKED"], "SIGNED_UNPINNED"));

    bag.trust.ssh_keys = vec![pin(None)];
    let mut other = with_ssh_signature(Draft::new(41, 20).bag(), &key);
    let stolen = bag.get("signatures/tagmanifest-sha256.txt.sig").to_vec();
    other.trust = bag.trust.clone();
    other.set("signatures/tagmanifest-sha256.txt.sig", stolen);
    assert_eq!(codes(&other.check()), ["SIGNATURE_INVALID"]);
    other.set("signatures/tagmanifest-sha256.txt.sig", "junk");
    assert_eq!(codes(&other.check()), ["SIGNATURE_INVALID"]);
}

#[test]
fn an_ssh_signature_over_a_tag_manifest_that_leaves_the_payload_out_says_nothing_of_it() {
    let key = ssh_key(1);
    let mut bag = Draft::new(40, 20).bag();
    let listed = String::from_utf8(bag.get("tagmanifest-sha256.txt").to_vec()).unwrap();
    let without: Vec<_> = listed.split_inclusive('\n').filter(|line| !line.contains("  manifest-sha256")).collect();
    bag.set("tagmanifest-sha256.txt", without.concat());
    let mut bag = with_ssh_signature(bag, &key);
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    bag.trust.ssh_keys = vec![PinnedSshKey { fingerprint, vouching: Vouching::default(), revoked_from: None }];
    let report = bag.check();
    assert_eq!((codes(&report), word(&report)), (vec!["SIGNATURES_NOT_CHECKED", "TAG_FILE_UNLISTED"], "CONSISTENT"));
}

#[test]
fn a_time_stamp_under_a_pinned_certificate_anchors_the_whole_bundle() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    tools.write(
        "c",
        "[req]\ndistinguished_name=n\nprompt=no\n[n]\nCN=Example TSA\n[stamps]\nextendedKeyUsage=critical,timeStamping\n\
         [tsa]\ndefault_tsa=t\n[t]\nserial=./serial\ncrypto_device=builtin\nsigner_cert=./p\nsigner_key=./k\n\
         signer_digest=sha256\ndefault_policy=1.2.3\ndigests=sha256\n",
    );
    tools.write("serial", "01\n");
    tools.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k");
    tools.openssl("req -new -x509 -key k -config c -extensions stamps -days 30 -out p");
    let producer = Producer::new(1);
    let mut bag = Draft::signed(40, 20, Policy::Event, &producer).bag();
    tools.write("m", bag.get("tagmanifest-sha256.txt"));
    tools.openssl("ts -query -data m -sha256 -cert -config c -out q");
    tools.openssl("ts -reply -queryfile q -config c -out r");
    bag.set("signatures/tagmanifest-sha256.txt.tsr", tools.read("r"));
    bag.trust.keys = vec![PinnedKey { revoked_from: Some(i64::MAX), ..producer.pin() }];
    let report = bag.check();
    assert_eq!((codes(&report), word(&report)), (vec!["KEY_REVOKED", "TOKEN_NOT_CHECKED"], "SIGNED_UNPINNED"));

    let certificate = TsaCertificate::from_pem(&tools.text("p")).unwrap();
    bag.trust.authorities = vec![PinnedTsa { certificate, vouching: Vouching::default(), revoked_from: None }];
    let report = bag.check();
    assert_eq!((codes(&report), word(&report)), (vec![], "ANCHORED"), "{:?}", report.findings());
    let stamped = report.evidence().stamped.clone().unwrap();
    assert_eq!(stamped.by, "CN=Example TSA");
    assert!(report.proves().join(" ").contains(&stamped.at), "{:?}", report.proves());

    // Revoked: what it stamped before that stands, what it may have stamped after that does not.
    for (revoked_from, expected) in [(i64::MAX, "ANCHORED"), (0, "SIGNED_UNPINNED")] {
        bag.trust.authorities[0].revoked_from = Some(revoked_from);
        assert_eq!(word(&bag.check()), expected);
    }
    bag.trust.authorities[0].revoked_from = None;

    bag.edit("bag-info.txt", "Clinic", "Hospital");
    bag::retag(&mut bag);
    assert!(codes(&bag.check()).contains(&"ANCHOR_MISMATCH"), "stamped in another state");
}

#[test]
fn the_keys_that_a_bundle_brings_are_listed_as_its_claims() {
    let producer = Producer::new(1);
    let report = Draft::signed(40, 20, Policy::Event, &producer).bag().check();
    let [key] = report.evidence().keys.as_slice() else { panic!("{:?}", report.evidence().keys) };
    assert_eq!((key.kid.clone(), key.algorithm.as_deref()), (producer.pin().kid.to_string(), Some("ed25519")));
    assert_eq!((&key.unfit, &key.revoked_at), (&None, &None));
    // A key that only the pin brings is no claim of the bundle.
    let mut bag = Draft::new(40, 20).bag();
    bag.trust.keys = vec![producer.pin()];
    assert_eq!(bag.check().evidence().keys, []);
}
