//! Signatures and time stamps, one of each kind that the bundle has.

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
}

pub(super) fn add(document: &Document, layout: &Layout, steps: &mut Vec<Step>) {
    let carried = "jq -r .hash \"$work/signed.json\"";
    let kinds = [
        (
            layout.records_signed.as_ref(),
            Kind { what: "record", objects: "\"$work/records.ndjson\"".to_owned(), hash: carried, prefix: "event" },
        ),
        (
            layout.segments_signed.as_ref(),
            Kind {
                what: "segment",
                objects: "<(jq -c '.segments[]' data/audit-manifest.json)".to_owned(),
                hash: "jq -cS 'del(.sig)' \"$work/signed.json\" | tr -d '\\n' | sha256sum | cut -c 1-64",
                prefix: "segment",
            },
        ),
        (
            layout.checkpoints_signed.as_ref(),
            Kind {
                what: "checkpoint",
                objects: layout.checkpoints.as_deref().map(quoted).unwrap_or_default(),
                hash: carried,
                prefix: "checkpoint",
            },
        ),
    ];
    let mut at_hand = None;
    for (signed, kind) in kinds {
        let (Some(signed), Some(keys)) = (signed, &layout.keys) else { continue };
        // A key that nothing fits is a finding; no command can be promised for it.
        if !document.evidence.signed_by.iter().any(|key| key.kid == signed.kid && key.algorithm == signed.alg) {
            continue;
        }
        if at_hand != Some(&signed.kid) {
            at_hand = Some(&signed.kid);
            steps.push(key(signed, keys));
        }
        steps.extend(signature(signed, &kind));
    }
    whole(document, layout, steps);
}

/// The fingerprint of a key out of the bundle.
fn key(signed: &SignedWith, keys: &str) -> Step {
    let about = "The fingerprint of the key that the bundle brings. Compare it with the one that the producer gave you \
                 another way: by telephone, on paper. Without that, the key is a claim.";
    let kid = quoted(&signed.kid);
    let take = format!(
        "jq -r --arg kid {kid} '.keys[] | select(.kid == $kid).public_key_pem' {} > \"$work/key.pem\"",
        quoted(keys)
    );
    let digest = "openssl pkey -pubin -in \"$work/key.pem\" -outform DER | sha256sum | cut -c 1-64".to_owned();
    let prints = signed.kid.trim_start_matches("sha256:").to_owned();
    Step::new("Whose key is it?", about, [take, digest]).printing(prints)
}

/// One signature of a kind; the others go the same way.
fn signature(signed: &SignedWith, kind: &Kind) -> Option<Step> {
    let (verify, prints) = match signed.alg.as_str() {
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
    };
    let Kind { what, objects, hash, prefix } = kind;
    let about = format!("The first {what} signed with that key; every other goes the same way.");
    let pick = format!(
        "jq -cn --arg kid {} 'first(inputs | select(.sig.kid == $kid))' {objects} > \"$work/signed.json\"",
        quoted(&signed.kid)
    );
    let message = format!("printf 'AB1:{prefix}:%s' \"$({hash})\" > \"$work/message\"");
    let value = "jq -r .sig.value \"$work/signed.json\" | base64 -d > \"$work/signature\"".to_owned();
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
