//! Signatures and time stamps, one of each kind that the bundle has.

use verify::Finding;

use crate::document::Document;
use crate::layout::{Layout, SignedWith};

use super::Step;
use super::shell::quoted;

/// What is signed in which way (formats 1.4).
struct Kind {
    what: &'static str,
    /// Gives the signed objects one a line.
    objects: String,
    /// Gives the hash that is signed of the one in `$work/signed.json`.
    hash: &'static str,
    prefix: &'static str,
    /// How the audit manifest says that all of them are signed.
    policy: &'static str,
    /// What jq prints of one that is not signed.
    unsigned: &'static str,
    /// How jq finds the one that a finding is about.
    at: fn(&Finding, &str) -> Option<String>,
    signed: Option<SignedWith>,
}

/// Most signatures with findings that are tried one by one.
const FAILING_MAX: usize = 3;

pub(super) fn add(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    let mut at_hand = None;
    for kind in kinds(layout) {
        every_one(document, layout, &kind, steps);
        let (Some(signed), Some(keys)) = (&kind.signed, &layout.keys) else { continue };
        // A key that nothing fits is a finding; no command can be promised for it.
        if document.evidence.signed_by.iter().any(|key| key.kid == signed.kid && key.algorithm == signed.alg) {
            if at_hand.as_ref() != Some(&signed.kid) {
                at_hand = Some(signed.kid.clone());
                steps.push(key(signed, keys));
            }
            steps.extend(first_signature(signed, &kind));
        }
        steps.extend(failing(document, layout, &kind, keys, steps));
    }
    whole(document, layout, steps);
}

fn kinds(layout: &Layout) -> [Kind; 3] {
    let carried = "jq -r .hash \"$work/signed.json\"";
    [
        Kind {
            what: "record",
            objects: "\"$work/records.ndjson\"".to_owned(),
            hash: carried,
            prefix: "event",
            policy: "per-event",
            unsigned: "\"record \\(.seq) of \\(.stream_id)\"",
            at: |finding, _| {
                let (stream, seq) = (finding.stream_id.as_deref()?, finding.seq?);
                Some(format!(
                    "--arg at {} 'first(inputs | select(.stream_id == $at and .seq == {seq}))'",
                    quoted(stream)
                ))
            },
            signed: layout.records_signed.clone(),
        },
        Kind {
            what: "segment",
            objects: "<(jq -c '.segments[]' data/audit-manifest.json)".to_owned(),
            hash: "sums sig < \"$work/signed.json\"",
            prefix: "segment",
            policy: "per-segment",
            unsigned: ".path",
            at: |finding, _| {
                let file = finding.file.as_deref().filter(|_| finding.line.is_none())?;
                Some(format!("--arg at {} 'first(inputs | select(.path == $at))'", quoted(file)))
            },
            signed: layout.segments_signed.clone(),
        },
        Kind {
            what: "checkpoint",
            objects: layout.checkpoints.as_deref().map(quoted).unwrap_or_default(),
            hash: carried,
            prefix: "checkpoint",
            policy: "per-checkpoint",
            unsigned: "\"the checkpoint at record \\(.last_seq) of \\(.stream_id)\"",
            at: |finding, path| {
                let line = finding.line.filter(|_| finding.file.as_deref() == Some(path))?;
                Some(format!("--argjson at {line} 'first(inputs | select(input_line_number == $at))'"))
            },
            signed: layout.checkpoints_signed.clone(),
        },
    ]
}

/// Whether all are signed that the audit manifest says are, and by keys that the bundle brings.
fn every_one(document: &Document, layout: &Layout, kind: &Kind, steps: &mut Vec<Step>) {
    let Kind { what, objects, unsigned, .. } = kind;
    let is_here = match kind.prefix {
        "event" => layout.has_records,
        "checkpoint" => layout.checkpoints.is_some(),
        _ => true,
    };
    if !is_here || layout.policy.as_deref() != Some(kind.policy) {
        return;
    }
    let about = format!("Silent if each {what} has a signature, as the audit manifest says.");
    let run = format!("jq -r 'select(.sig == null) | {unsigned}' {objects}");
    steps.push(Step::new(&format!("Is every {what} signed?"), &about, [run]).silent());
    let Some(keys) = &layout.keys else { return };
    // A key may have come with a pin and not with the bundle.
    let is_brought = |kid: &String| document.evidence.keys.iter().any(|key| key.kid == *kid);
    let signed_by = document.evidence.signed_by.iter().filter(|key| key.kid.starts_with("sha256:"));
    if signed_by.map(|key| &key.kid).all(is_brought) {
        let about = format!("Silent if the bundle brings every key that a signature of a {what} names.");
        let named = format!("jq -r '.sig.kid // empty' {objects} | LC_ALL=C sort -u");
        let brought = format!("jq -r '.keys[].kid' {} | LC_ALL=C sort -u", quoted(keys));
        let run = format!("LC_ALL=C comm -23 <({named}) <({brought})");
        steps.push(Step::new("Are the keys there?", &about, [run]).silent());
    }
}

/// The signatures of this kind that the check found wanting, tried by hand.
fn failing(document: &Document, layout: &Layout, kind: &Kind, keys: &str, before: &[Step]) -> Vec<Step> {
    let is_there = kind.prefix != "event" || layout.has_records;
    let wrong = document.findings.iter().filter(|finding| is_there && finding.code == verify::Code::SignatureInvalid);
    let path = layout.checkpoints.as_deref().unwrap_or_default();
    let found = wrong.filter_map(|finding| Some((finding, (kind.at)(finding, path)?)));
    // The kinds of spots overlap in what a finding tells; each belongs to the first that it fits.
    let is_told = |finding: &&Finding| before.iter().any(|step| step.about.starts_with(&finding.message));
    let found = found.filter(|(finding, _)| !is_told(finding)).take(FAILING_MAX);
    found.filter_map(|(finding, select)| failing_one(finding, &select, kind, keys)).collect()
}

fn failing_one(finding: &Finding, select: &str, kind: &Kind, keys: &str) -> Option<Step> {
    let fingerprint = finding.kid.as_deref()?;
    let alg = kind.signed.as_ref()?.alg.as_str();
    let (verify, _) = verify_with(alg)?;
    let about = format!(
        "{} The last command says so too: the signature does not fit. It is tried with the algorithm {alg}.",
        finding.message
    );
    let Kind { what, objects, .. } = kind;
    let pick = format!("jq -cn {select} {objects} > \"$work/signed.json\"");
    let take = take_key(fingerprint, keys);
    let [message, value] = message_and_value(kind);
    // It ends with an exit code that says no; the steps after it are to be run all the same.
    let check = format!("{verify} || true");
    Some(Step::new(&format!("The failing signature of a {what} by hand"), &about, [take, pick, message, value, check]))
}

/// The fingerprint of a key out of the bundle.
fn key(signed: &SignedWith, keys: &str) -> Step {
    let about = "The fingerprint of the key that the bundle brings. Compare it with the one that the producer gave you \
                 another way: by telephone, on paper. Without that, the key is a claim.";
    let take = take_key(&signed.kid, keys);
    let digest = "openssl pkey -pubin -in \"$work/key.pem\" -outform DER | sha256sum | cut -c 1-64".to_owned();
    let prints = signed.kid.trim_start_matches("sha256:").to_owned();
    Step::new("Whose key is it?", about, [take, digest]).printing(prints)
}

/// Writes a key out of the bundle to a file.
fn take_key(kid: &str, keys: &str) -> String {
    format!(
        "jq -r --arg kid {} '.keys[] | select(.kid == $kid).public_key_pem' {} > \"$work/key.pem\"",
        quoted(kid),
        quoted(keys)
    )
}

/// Writes what is signed, and the signature over it, to files.
fn message_and_value(kind: &Kind) -> [String; 2] {
    let Kind { hash, prefix, .. } = kind;
    [
        format!("printf 'AB1:{prefix}:%s' \"$({hash})\" > \"$work/message\""),
        "jq -r .sig.value \"$work/signed.json\" | base64 -d > \"$work/signature\"".to_owned(),
    ]
}

/// The command that checks a signature of an algorithm, and what it prints where it fits.
fn verify_with(algorithm: &str) -> Option<(&'static str, &'static str)> {
    Some(match algorithm {
        "ed25519" => (
            "openssl pkeyutl -verify -rawin -pubin -inkey \"$work/key.pem\" -in \"$work/message\" -sigfile \"$work/signature\"",
            "Signature Verified Successfully",
        ),
        "rsa-pkcs1v15-sha256" => (
            "openssl dgst -sha256 -verify \"$work/key.pem\" -signature \"$work/signature\" \"$work/message\"",
            "Verified OK",
        ),
        "rsa-pss-sha256" => (
            "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -verify \"$work/key.pem\" \
             -signature \"$work/signature\" \"$work/message\"",
            "Verified OK",
        ),
        _ => return None,
    })
}

/// One signature of a kind; the others go the same way.
fn first_signature(signed: &SignedWith, kind: &Kind) -> Option<Step> {
    let (verify, prints) = verify_with(&signed.alg)?;
    let Kind { what, objects, .. } = kind;
    let about =
        format!("The first {what} signed with that key. It stands for itself alone; every other goes the same way.");
    let pick = format!(
        "jq -cn --arg kid {} 'first(inputs | select(.sig.kid == $kid))' {objects} > \"$work/signed.json\"",
        quoted(&signed.kid)
    );
    let [message, value] = message_and_value(kind);
    let title = format!("Does the signature of a {what} fit?");
    Some(Step::new(&title, &about, [pick, message, value, verify.to_owned()]).printing(prints))
}

/// The signature and the time stamp over the whole bundle.
fn whole(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    let ssh = document.evidence.signed_by.iter().find(|key| key.kid.starts_with("SHA256:"));
    if let Some(ssh) = ssh.filter(|_| layout.has_ssh_signature) {
        let about = format!(
            "Good, with the fingerprint {}: that some key signed. Compare the fingerprint with the one that the signer \
             gave you another way.",
            ssh.kid
        );
        let check = "ssh-keygen -Y check-novalidate -n audit-bundle-1 -s signatures/tagmanifest-sha256.txt.sig \
                     < tagmanifest-sha256.txt";
        steps.push(Step::new("Who signed the whole bundle?", &about, [check.to_owned()]));
    }
    if layout.has_stamp && document.evidence.stamped.is_some() {
        let about = "The time of the stamp, and Verification: OK. Put the authority's certificate, as you have it from \
                     the authority itself, into $work/authority.pem first.";
        let stamp = "signatures/tagmanifest-sha256.txt.tsr";
        let show = format!("openssl ts -reply -in {stamp} -text | grep 'Time stamp:'");
        let check = format!(
            "openssl ts -verify -in {stamp} -data tagmanifest-sha256.txt -CAfile \"$work/authority.pem\" -partial_chain"
        );
        steps.push(Step::new("Since when does the bundle exist?", about, [show, check]));
    }
}
