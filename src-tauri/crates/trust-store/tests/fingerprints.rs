//! Fingerprints in their one spelling, and what of them a person has to type.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use trust_store::{Der, Fingerprint, Material, NewPin, NotConfirmed, Refusal, Text, TrustFault, Word, confirms};

// As `ssh-keygen -lf` and `openssl pkey -pubin -outform DER | sha256sum` show them.
const SSH_LINE: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f producer@records";
const SPKI: [u8; 44] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
];
const KID: &str = "sha256:9408457aefd071cec127c1f98539930861ad1ba94c940db975c972c09fc68b68";
const SSH: &str = "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA";

#[test]
fn fingerprints_are_those_of_stock_tools() {
    assert_eq!(Fingerprint::of_key(&SPKI).to_string(), KID);
    assert_eq!(Fingerprint::of_signer(SSH_LINE).unwrap().to_string(), SSH);
    assert!(Fingerprint::of_certificate(&SPKI).to_string().starts_with("certificate-sha256:"));
}

#[test]
fn a_fingerprint_has_one_spelling() {
    for text in [KID, SSH, &format!("certificate-{KID}")] {
        assert_eq!(Fingerprint::parse(text).unwrap().to_string(), text);
    }
    let hex = KID.strip_prefix("sha256:").unwrap();
    for wrong in [
        hex.to_owned(),
        KID.to_uppercase(),
        KID.replace("sha256", "SHA256"),
        KID[..KID.len() - 1].to_owned(),
        format!("{KID}0"),
        format!(" {KID}"),
        format!("{SSH}="),
        SSH[..SSH.len() - 1].to_owned(),
        SSH.replace("SHA256", "sha256"),
        // The last character of 43 carries four bits; another one with the same four would be a second spelling.
        format!("{}{}", &SSH[..SSH.len() - 1], next_letter(SSH)),
        String::new(),
    ] {
        assert!(Fingerprint::parse(&wrong).is_err(), "{wrong}");
    }
}

fn next_letter(base64: &str) -> char {
    char::from(base64.bytes().last().unwrap() + 1)
}

#[test]
fn the_end_of_a_fingerprint_confirms_it_however_it_is_spaced() {
    let kid = Fingerprint::parse(KID).unwrap();
    let hex = KID.strip_prefix("sha256:").unwrap();
    let pairs: Vec<_> = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    for (typed, characters) in [
        (hex[56..].to_owned(), 8),
        (hex[55..].to_uppercase(), 9),
        (format!("  {} {}\n", &hex[54..60], &hex[60..]), 10),
        (pairs.join(":"), 64),
        (KID.to_owned(), 64),
        (KID.to_uppercase(), 64),
    ] {
        let confirmed = confirms(&kid, &typed).unwrap();
        assert_eq!((confirmed.fingerprint(), confirmed.typed_characters()), (&kid, characters), "{typed}");
        assert_eq!(confirmed.is_whole(), characters == 64);
    }
    let ssh = Fingerprint::parse(SSH).unwrap();
    assert_eq!(confirms(&ssh, &SSH[SSH.len() - 8..]).unwrap().typed_characters(), 8);
    assert!(confirms(&ssh, SSH).unwrap().is_whole());
}

#[test]
fn anything_else_is_refused_with_a_sentence() {
    let kid = Fingerprint::parse(KID).unwrap();
    let ssh = Fingerprint::parse(SSH).unwrap();
    let hex = KID.strip_prefix("sha256:").unwrap();
    let end = &SSH[SSH.len() - 8..];
    for (fingerprint, typed, expected) in [
        (kid, &hex[57..], NotConfirmed::Short { typed: 7 }),
        (kid, "", NotConfirmed::Short { typed: 0 }),
        (kid, "sha256:", NotConfirmed::Short { typed: 0 }),
        // Its beginning, its middle, and more than there is.
        (kid, &hex[..8], NotConfirmed::Different),
        (kid, &hex[20..40], NotConfirmed::Different),
        (kid, &format!("0{hex}"), NotConfirmed::Different),
        (kid, "yes, it is", NotConfirmed::Stray),
        (kid, "12345678-", NotConfirmed::Stray),
        (kid, "१२३४५६७८", NotConfirmed::Stray),
        (ssh, &end[1..], NotConfirmed::Short { typed: 7 }),
        (ssh, &swapped_capitals(end), NotConfirmed::Different),
        (ssh, &format!("{} {}", &end[..4], &end[4..]), NotConfirmed::Stray),
        (ssh, KID, NotConfirmed::Stray),
    ] {
        assert_eq!(confirms(&fingerprint, typed), Err(expected), "{typed}");
    }
    let sentence = NotConfirmed::Short { typed: 7 }.to_string();
    assert_eq!(sentence, "type at least the last 8 characters of the fingerprint; these are 7");
}

fn swapped_capitals(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

#[test]
fn only_what_has_the_confirmed_fingerprint_can_be_pinned() {
    let alg = || Word::new("ed25519").unwrap();
    let kid = Fingerprint::of_key(&SPKI);
    let typed = || confirms(&kid, &KID[KID.len() - 8..]).unwrap();
    let der = || Der::new(&SPKI).unwrap();
    NewPin::of(typed(), Material::Key { alg: alg(), spki: der() }).unwrap();
    let other = Material::Key { alg: alg(), spki: Der::new(b"another key").unwrap() };
    let as_certificate = Material::Certificate { certificate: der(), subject: Text::new("CN=A").unwrap() };
    for material in [other, as_certificate] {
        let refused = NewPin::of(typed(), material);
        assert!(matches!(refused, Err(TrustFault::Refused(Refusal::OtherFingerprint))), "{refused:?}");
    }
    let ssh = Fingerprint::parse(SSH).unwrap();
    let line = |line: &str| Material::Signer { line: Text::new(line).unwrap() };
    NewPin::of(confirms(&ssh, SSH).unwrap(), line(SSH_LINE)).unwrap();
    // No comment is needed; another algorithm than the key's own, or no key at all, is refused.
    NewPin::of(confirms(&ssh, SSH).unwrap(), line(SSH_LINE.rsplit_once(' ').unwrap().0)).unwrap();
    for wrong in [SSH_LINE.replace("ssh-ed25519", "ssh-rsa"), SSH_LINE.replace("AAAA", "AAAB"), "ssh-ed25519".into()] {
        let refused = NewPin::of(confirms(&ssh, SSH).unwrap(), line(&wrong));
        assert!(matches!(refused, Err(TrustFault::Refused(Refusal::OtherFingerprint))), "{wrong}");
    }
}

#[test]
fn what_is_not_at_hand_is_typed_whole() {
    let kid = Fingerprint::of_key(&SPKI);
    NewPin::unseen(confirms(&kid, KID).unwrap()).unwrap();
    let refused = NewPin::unseen(confirms(&kid, &KID[KID.len() - 63..]).unwrap());
    assert!(matches!(refused, Err(TrustFault::Refused(Refusal::WholeFingerprint))), "{refused:?}");
    let certificate = Fingerprint::of_certificate(&SPKI);
    let refused = NewPin::unseen(confirms(&certificate, &certificate.to_string()).unwrap());
    assert!(matches!(refused, Err(TrustFault::Refused(Refusal::CertificateMissing))), "{refused:?}");
}

#[test]
fn texts_words_and_keys_have_limits() {
    assert!(Text::new(" \n ").is_err());
    assert!(Text::new("a\u{7}b").is_err());
    assert!(Text::new(&"x".repeat(2_001)).is_err());
    assert_eq!(Text::new(" two\nlines ").unwrap().as_str(), "two\nlines");
    assert!(Word::new("rsa-pss-sha256").is_ok());
    assert!(Word::new("rsa pss").is_err() && Word::new("").is_err() && Word::new(&"x".repeat(65)).is_err());
    assert!(Der::new(&[]).is_err() && Der::new(&vec![0; 65_537]).is_err() && Der::new(&vec![0; 65_536]).is_ok());
    let not_days = ["2026-02-30", "2026-3-01", "2026-03-01T00:00:00Z", "0026-03-01", "tomorrow", ""];
    assert!(not_days.iter().all(|text| trust_store::Day::parse(text).is_err()));
}
