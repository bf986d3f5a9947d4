//! The published vectors: JSON canonicalization (cyberphone) and Merkle trees (transparency-dev).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::path::{Path, PathBuf};

use integrity::canonical::{self, FaultKind};
use integrity::{Digest, merkle};
use serde_json::Value as Json;

/// The conformance data, or `None` (said once) where it is absent.
fn data(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let path = root.join(what);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no conformance data ({what})");
    None
}

#[test]
fn published_canonical_forms_within_the_limits_agree_and_the_others_are_refused() {
    let Some(jcs) = data("vectors/jcs") else { return };
    let read = |folder: &str, name: &str| std::fs::read(jcs.join(folder).join(name)).unwrap();
    assert_eq!(canonical::canonicalize(&read("input", "arrays.json")), Ok(read("output", "arrays.json")));
    for (name, kind) in [
        ("french.json", FaultKind::NameNotAllowed),
        ("structures.json", FaultKind::NotAnInteger),
        ("unicode.json", FaultKind::NameNotAllowed),
        ("values.json", FaultKind::NotAnInteger),
        ("weird.json", FaultKind::NameNotAllowed),
    ] {
        assert_eq!(canonical::canonicalize(&read("input", name)).unwrap_err().kind, kind, "{name}");
        assert!(canonical::canonicalize(&read("output", name)).is_err(), "{name}");
    }
    // The strings of the refused files are within the limits, and so is their canonical spelling.
    for name in ["french.json", "unicode.json", "values.json", "weird.json"] {
        let (input, output) = (read("input", name), read("output", name));
        let input: Json = serde_json::from_slice(&input).unwrap();
        let output = String::from_utf8(output).unwrap();
        for text in input.as_object().unwrap().values().filter(|value| value.is_string()) {
            let written = String::from_utf8(canonical::to_canonical(text).unwrap()).unwrap();
            assert!(output.contains(&written), "{name}: {written}");
        }
    }
}

fn digest(text: &Json) -> Option<Digest> {
    Digest::from_slice(&base64(text.as_str().unwrap()))
}

/// `None` if one of the steps is not 32 bytes long.
fn proof(steps: &Json) -> Option<Vec<Digest>> {
    steps.as_array().map_or(Some(Vec::new()), |steps| steps.iter().map(digest).collect())
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        let value = DIGITS.iter().position(|known| *known == digit).unwrap();
        bits = bits << 6 | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

fn cases(what: &str) -> Vec<(String, Json)> {
    let Some(folder) = data(what) else { return Vec::new() };
    let mut cases = Vec::new();
    for set in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(set.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let case = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            cases.push((path.display().to_string(), case));
        }
    }
    cases
}

#[test]
fn published_inclusion_proofs_hold_or_fail_as_they_should() {
    for (name, case) in cases("vectors/rfc6962/inclusion") {
        let holds = || {
            let (leaf, root) = (digest(&case["leafHash"])?, digest(&case["root"])?);
            let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
            Some(merkle::inclusion_holds(&leaf, index, size, &proof(&case["proof"])?, &root))
        };
        assert_eq!(holds().unwrap_or(false), !case["wantErr"].as_bool().unwrap(), "{name}");
    }
}

#[test]
fn published_consistency_proofs_hold_or_fail_as_they_should() {
    for (name, case) in cases("vectors/rfc6962/consistency") {
        let holds = || {
            let (older, newer) = (digest(&case["root1"])?, digest(&case["root2"])?);
            let (from, to) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
            Some(merkle::consistency_holds(from, &older, to, &newer, &proof(&case["proof"])?))
        };
        assert_eq!(holds().unwrap_or(false), !case["wantErr"].as_bool().unwrap(), "{name}");
    }
}
