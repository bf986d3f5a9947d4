//! Every kind of damage under every way of signing: what `specimen` says must be reported, and nothing worse or better,
//! by a verifier that knows nothing, by one that has pinned the producer's key, and by one that knows the head.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod bag;

use bag::Bag;
use integrity::Digest;
use integrity::keys::Kid;
use serde_json::Value as Json;
use specimen::{Expectation, MemorySink, Options, Signing, Specimen, Tamper};
use verify::{Anchor, Origin, PinnedKey, Report};

fn made(signing: Signing, tamper: Option<Tamper>, seed: u64) -> (Specimen, Bag) {
    let options =
        Options { seed, events: 260, days: Some(5), rows_per_segment: 90, signing, tamper, ..Options::default() };
    let mut sink = MemorySink::new();
    let specimen = options.plan().unwrap().write(&mut sink).unwrap();
    (specimen, Bag::new(sink.into_files()))
}

/// In what a report differs from what it must say.
fn differences(report: &Report, expected: &Expectation) -> Vec<String> {
    let (report, expected) = (serde_json::to_value(report).unwrap(), expected.to_json());
    let mut differences = Vec::new();
    for member in ["integrity", "assurance"] {
        if report[member] != expected[member] {
            differences.push(format!("{member} is {}, not {}", report[member], expected[member]));
        }
    }
    let findings = report["findings"].as_array().unwrap();
    let must = expected["must_report"].as_array().unwrap();
    for wanted in must.iter().map(|wanted| wanted.as_object().unwrap()) {
        let is_it = |finding: &&Json| wanted.iter().all(|(name, value)| finding[name] == *value);
        if !findings.iter().any(|finding| is_it(&finding)) {
            differences.push(format!("not reported: {wanted:?}"));
        }
    }
    let also = expected["also_reported_by_reference"].as_array().unwrap();
    let known = |code: &Json| must.iter().any(|wanted| wanted["code"] == *code) || also.contains(code);
    for finding in findings.iter().filter(|finding| finding["severity"] == "error" && !known(&finding["code"])) {
        differences.push(format!("beyond it: {} {}", finding["code"], finding["message"]));
    }
    differences
}

#[test]
fn every_damage_to_every_signed_log_is_reported_as_it_must_be() {
    let mut wrong = Vec::new();
    for signing in Signing::ALL.iter().copied() {
        for kind in [None].into_iter().chain(Tamper::ALL.iter().copied().map(Some)) {
            for seed in [1, 2] {
                let (specimen, mut bag) = made(signing, kind, seed);
                let mut hold = |what: &str, bag: &Bag, expected: &Expectation| {
                    let name = kind.map_or("whole", Tamper::word);
                    for difference in differences(&bag.check(), expected) {
                        wrong.push(format!("{} {name} (seed {seed}, {what}): {difference}", signing.word()));
                    }
                };
                hold("nothing known", &bag, &specimen.expectation);
                let kid = specimen.kid.as_deref().and_then(Kid::from_text);
                bag.trust.keys = kid.map(PinnedKey::by_kid).into_iter().collect();
                hold("pinned", &bag, &specimen.if_pinned);
                if let Some(expected) = &specimen.if_head_is_known {
                    bag.anchors = vec![Anchor {
                        stream_id: specimen.stream_id.clone(),
                        last_seq: specimen.head.last_seq,
                        last_hash: Digest::from_hex(&specimen.head.last_hash).unwrap(),
                        last_event_id: Some(specimen.head.last_event_id.clone()),
                        origin: Origin::Typed,
                    }];
                    hold("head known", &bag, expected);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
