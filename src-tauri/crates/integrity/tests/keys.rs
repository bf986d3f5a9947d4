//! What is accepted as a public key, and the reason where it is not.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod tools;

use base64ct::{Base64, Encoding as _};
use integrity::keys::{Algorithm, KeyFault, Kid, PublicKey};
use integrity::signature::{Purpose, VerifyingKey};
use integrity::{Digest, PemFault};

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(u8::try_from(length).unwrap()),
        0x80..=0xff => out.extend([0x81, u8::try_from(length).unwrap()]),
        _ => {
            out.push(0x82);
            out.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tlv(0x30, algorithm), tlv(0x03, &[&[0], key].concat())].concat())
}

const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// An RSA key with an odd modulus of so many bits.
fn rsa(bits: usize, exponent: &[u8]) -> Vec<u8> {
    let mut modulus = vec![0xff; bits / 8];
    modulus.insert(0, 0);
    spki(RSA, &tlv(0x30, &[tlv(2, &modulus), tlv(2, exponent)].concat()))
}

fn pem(der: &[u8]) -> String {
    let body = Base64::encode_string(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn fault(der: &[u8]) -> KeyFault {
    PublicKey::from_pem(&pem(der)).unwrap_err()
}

#[test]
fn keys_that_anybody_could_sign_with_are_refused_with_the_reason() {
    assert_eq!(fault(&rsa(512, &[1, 0, 1])), KeyFault::RsaTooShort { bits: 512 });
    assert_eq!(fault(&rsa(2040, &[1, 0, 1])), KeyFault::RsaTooShort { bits: 2040 });
    assert_eq!(fault(&rsa(16_384, &[1, 0, 1])), KeyFault::RsaTooLong { bits: 16_384 });
    assert_eq!(fault(&rsa(2048, &[1])), KeyFault::RsaExponentOne);
    assert_eq!(fault(&rsa(2048, &[3])), KeyFault::RsaExponent);
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(fault(&spki(ED25519, &identity)), KeyFault::Ed25519LowOrder);
    let off_curve = (0..=255).find(|first| {
        let mut bytes = [0; 32];
        bytes[0] = *first;
        PublicKey::from_spki(&spki(ED25519, &bytes)) == Err(KeyFault::Ed25519Point)
    });
    assert!(off_curve.is_some(), "about half of all numbers are no point");
    assert!(PublicKey::from_spki(&rsa(2048, &[1, 0, 1])).is_ok(), "the one above differs in its exponent alone");
}

#[test]
fn what_is_no_key_is_refused() {
    assert_eq!(fault(&spki(EC, &[4; 65])), KeyFault::Algorithm { oid: "1.2.840.10045.2.1".to_owned() });
    let mut good = spki(ED25519, &[0x66; 32]);
    assert!(!matches!(fault_or_key(&good), Some(KeyFault::NotAKey)));
    good.push(0);
    assert_eq!(fault(&good), KeyFault::NotAKey, "a byte behind the key");
    assert_eq!(fault(&spki(ED25519, &[7; 31])), KeyFault::NotAKey, "a byte too few");
    assert_eq!(fault(&spki(&[ED25519, &[5, 0]].concat(), &[7; 32])), KeyFault::NotAKey, "parameters where none belong");
    let two = pem(&rsa(2048, &[1, 0, 1])).repeat(2);
    let fault = PublicKey::from_pem(&two).unwrap_err();
    assert!(matches!(fault, KeyFault::Pem(PemFault::Several { line: 9.. })), "{fault}");
    assert!(fault.line().is_some());
}

fn fault_or_key(der: &[u8]) -> Option<KeyFault> {
    PublicKey::from_spki(der).err()
}

#[test]
fn sentences_name_the_line_and_no_content() {
    let fault = PublicKey::from_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "line 1 begins a certificate; a public key is expected (`openssl x509 -in FILE -noout -pubkey` prints it)"
    );
    assert_eq!(fault.line(), Some(1));
    let secret = PublicKey::from_pem("-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n").unwrap_err();
    assert!(!secret.to_string().contains("SECRET"), "{secret}");
}

#[test]
fn a_fingerprint_is_read_only_as_it_is_written() {
    let text = format!("sha256:{}", Digest::of(b"x").to_hex());
    assert_eq!(Kid::from_text(&text).unwrap().to_string(), text);
    for wrong in [text.to_uppercase(), text.replace(':', ""), format!("{text}0"), format!(" {text}")] {
        assert_eq!(Kid::from_text(&wrong), None, "{wrong}");
    }
}

#[test]
fn a_key_is_bound_to_the_algorithms_of_its_kind() {
    let key = PublicKey::from_spki(&rsa(2048, &[1, 0, 1])).unwrap();
    assert_eq!(
        VerifyingKey::new(key.clone(), Algorithm::Ed25519).unwrap_err(),
        KeyFault::Binding { algorithm: Algorithm::Ed25519 }
    );
    assert!(VerifyingKey::new(key, Algorithm::RsaPssSha256).is_ok());
    for name in ["ed25519", "rsa-pkcs1v15-sha256", "rsa-pss-sha256"] {
        assert_eq!(Algorithm::from_name(name).unwrap().name(), name);
    }
    assert_eq!(Algorithm::from_name("ES256"), None);
}

#[test]
fn openssl_signs_and_we_verify_each_algorithm() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    let message = Purpose::Event.message(&Digest::of(b"a record"));
    tools.write("m", message.as_bytes());
    let rsa = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048";
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen";
    let cases = [
        (
            "genpkey -algorithm ed25519",
            "pkeyutl -sign -rawin -inkey k -in m -out s".to_owned(),
            Algorithm::Ed25519,
            true,
        ),
        (rsa, "dgst -sha256 -sign k -out s m".to_owned(), Algorithm::RsaPkcs1v15Sha256, true),
        (rsa, format!("dgst -sha256 -sign k {pss}:32 -out s m"), Algorithm::RsaPssSha256, true),
        (rsa, format!("dgst -sha256 -sign k {pss}:0 -out s m"), Algorithm::RsaPssSha256, false),
        (rsa, format!("dgst -sha256 -sign k {pss}:20 -out s m"), Algorithm::RsaPssSha256, false),
        (rsa, "dgst -sha512 -sign k -out s m".to_owned(), Algorithm::RsaPkcs1v15Sha256, false),
    ];
    for (make, sign, algorithm, fits) in cases {
        tools.openssl(&format!("{make} -out k"));
        tools.openssl("pkey -in k -pubout -out p");
        tools.openssl(&sign);
        let key = PublicKey::from_pem(&tools.text("p")).unwrap();
        assert_eq!(key.kid().to_string(), format!("sha256:{}", tools.spki_digest("p")));
        let key = VerifyingKey::new(key, algorithm).unwrap();
        let signature = Base64::encode_string(&tools.read("s"));
        assert_eq!(key.verify_text(&message, &signature).is_some(), fits, "{sign}");
        let other = Purpose::Checkpoint.message(&Digest::of(b"a record"));
        assert!(key.verify_text(&other, &signature).is_none(), "a signature for one purpose fits no other");
        assert!(key.verify_text(&message, signature.trim_end_matches('=')).is_none(), "without its padding");
    }
    tools.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512 -out k");
    tools.openssl("pkey -in k -pubout -out p");
    assert_eq!(PublicKey::from_pem(&tools.text("p")).unwrap_err(), KeyFault::RsaTooShort { bits: 512 });
    assert!(matches!(PublicKey::from_pem(&tools.text("k")), Err(KeyFault::Pem(PemFault::PrivateKey { line: 1 }))));
}
