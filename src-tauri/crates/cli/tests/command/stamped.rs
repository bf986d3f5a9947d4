//! An anchor with a time stamp (RFC 3161) of an authority that the real `openssl ts` plays.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::office::{Office, REASON};

const CONFIGURATION: &str = "\
[req]\ndistinguished_name = name\nprompt = no\n[name]\nO = Example Time\nCN = Example TSA
[stamps]\nextendedKeyUsage = critical,timeStamping
[tsa]\ndefault_tsa = ts1
[ts1]\nserial = ./serial\ncrypto_device = builtin\nsigner_cert = ./tsa.pem\nsigner_key = ./tsa.key
signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n";

fn openssl(office: &Office, words: &str) -> String {
    let output = Command::new("openssl").args(words.split(' ')).current_dir(office.path("")).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes an authority anew; gives what its certificate is pinned by.
fn authority(office: &Office) -> String {
    fs::write(office.path("c"), CONFIGURATION).unwrap();
    fs::write(office.path("serial"), "01\n").unwrap();
    openssl(office, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out tsa.key");
    openssl(office, "req -new -x509 -key tsa.key -config c -extensions stamps -days 30 -out tsa.pem");
    let printed = openssl(office, "x509 -in tsa.pem -noout -fingerprint -sha256");
    let digits = printed.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase();
    format!("certificate-sha256:{digits}")
}

/// Has the authority stamp a file.
fn stamp(office: &Office, file: &str, out: &str) {
    openssl(office, &format!("ts -query -data {file} -sha256 -cert -config c -out q"));
    openssl(office, &format!("ts -reply -queryfile q -config c -out {out}"));
}

/// An unsigned sample in the vault, and its head in `head.json`: nothing but the head can vouch for it.
fn unsigned(office: &Office) -> String {
    let made = office.json(&["sample", "plain", "--events", "400", "--seed", "12"]).remove(0);
    fs::write(office.path("head.json"), made["head"].to_string()).unwrap();
    let bundle = office.json(&["import", "plain", "--reason", REASON]).remove(0);
    bundle["bundle"].as_str().unwrap().to_owned()
}

fn assurance(office: &Office, bundle: &str) -> Value {
    office.json(&["bundle", "check", &bundle[..12]]).remove(0)["assurance"].clone()
}

fn anchors(office: &Office) -> Vec<Value> {
    let all = office.json(&["anchor", "list"]);
    all.into_iter().filter(|anchor| anchor["kind"] == "anchor").collect()
}

#[test]
fn a_stamp_under_a_pinned_certificate_is_taken_and_rests_on_that_pin() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl");
        return;
    }
    let office = Office::open();
    let bundle = unsigned(&office);
    let tsa = authority(&office);
    stamp(&office, "head.json", "head.tsr");
    let add =
        ["anchor", "add", "head.json", "--by", "R. Lindqvist", "--written-on", "2026-04-01", "--stamp", "head.tsr"];

    let (code, complaint) = office.refused(&add);
    assert_eq!(code, Some(2), "{complaint}");
    assert!(complaint.contains("pin that one first"), "{complaint}");
    assert_eq!(anchors(&office), Vec::<Value>::new());

    office.done(&["trust", "pin", &tsa, "--by", "R. Lindqvist", "--file", "tsa.pem"]);
    let pin = office.json(&["trust", "list"]).remove(0);
    assert_eq!((&pin["fingerprint"], &pin["subject"]), (&tsa.as_str().into(), &"CN=Example TSA,O=Example Time".into()));
    assert_eq!(assurance(&office, &bundle), "CONSISTENT");
    office.done(&add);
    let anchor = anchors(&office).remove(0);
    let told = ["state", "from_whom", "written_on"].map(|member| anchor[member].as_str().unwrap());
    assert_eq!(told, ["stands", "R. Lindqvist", "2026-04-01"]);
    assert!(anchor["origin"].as_str().unwrap().contains("stamp"), "{anchor}");
    assert_eq!(assurance(&office, &bundle), "ANCHORED");
    let actions: Vec<Value> = office.log().into_iter().map(|entry| entry["action"].clone()).collect();
    assert!(actions.contains(&"anchor_added".into()), "{actions:?}");

    office.done(&["trust", "revoke", &tsa, "--from", "2026-01-01", "--why", "its key was copied"]);
    assert_eq!(anchors(&office).remove(0)["state"], "unbacked");
    assert_eq!(assurance(&office, &bundle), "CONSISTENT");
}

#[test]
fn a_stamp_over_something_else_or_of_somebody_else_is_refused() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl");
        return;
    }
    let office = Office::open();
    unsigned(&office);
    let tsa = authority(&office);
    office.done(&["trust", "pin", &tsa, "--by", "R. Lindqvist", "--file", "tsa.pem"]);
    stamp(&office, "head.json", "head.tsr");
    fs::write(office.path("other.txt"), "another file\n").unwrap();
    stamp(&office, "other.txt", "other.tsr");
    let mut flipped = fs::read(office.path("head.tsr")).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(office.path("flipped.tsr"), flipped).unwrap();
    fs::write(office.path("words.tsr"), "no time stamp\n").unwrap();
    authority(&office);
    stamp(&office, "head.json", "stranger.tsr");
    for (name, said) in [
        ("other.tsr", "another file than this anchor"),
        ("flipped.tsr", "The time stamp is not taken"),
        ("words.tsr", "time stamp"),
        ("stranger.tsr", "pin that one first"),
    ] {
        let (code, complaint) = office.refused(&["anchor", "add", "head.json", "--by", "R. L.", "--stamp", name]);
        assert_eq!(code, Some(2), "{name}: {complaint}");
        assert!(complaint.contains(said), "{name}: {complaint}");
    }
    assert_eq!(anchors(&office), Vec::<Value>::new());
}
