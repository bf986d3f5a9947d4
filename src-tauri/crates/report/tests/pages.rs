//! Reports put together from documents: equal input gives equal bytes, lists are cut aloud, stamps can be checked again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::Command;

use report::{CheckLine, CheckResult, Form, Layout, Particulars, Subject, write};
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "format": "chartproof-verify/1",
        "bundle": {"path": "march", "profile": "audit-bundle/1.0", "bundle_id": "0b1e9c34-5d0f-4b53-9a0e-1c2d3e4f5a6b"},
        "integrity": "PASS", "assurance": "ANCHORED", "badge": "verified",
        "summary": ["The 3 records agree.", "Nothing is proven about what came after."],
        "stopped": null,
        "counts": {"files": 8, "bytes": 4096, "records": 3, "events": 3},
        "findings": [],
        "coverage": [],
        "proves": ["That."], "does_not_prove": ["This."],
        "evidence": {"stamped": {"at": "2026-03-09T00:00:00Z", "by": "CN=Example TSA"}},
    })
}

fn particulars() -> Particulars {
    let result = CheckResult::Agrees;
    Particulars {
        program: "chartproof 0.0.0".to_owned(),
        checked_at: "2026-03-10T12:00:00.5Z".to_owned(),
        written_at: "2026-03-10T12:00:01.25Z".to_owned(),
        subject: Subject {
            name: Some("march".to_owned()),
            says: Vec::new(),
            known: Vec::new(),
            sha256: "ab".repeat(32),
        },
        layout: Some(Layout { container: "directory".to_owned(), is_bag: true, has_stamp: true, ..Layout::default() }),
        limits: None,
        pins: Vec::new(),
        checks: vec![CheckLine { what: "Container".to_owned(), how: "Names".to_owned(), result }],
        compared: Vec::new(),
        self_test: None,
        self_tested_at: None,
    }
}

fn page(document: &Value, particulars: &Particulars) -> String {
    String::from_utf8(write(Form::Html, document, particulars).unwrap()).unwrap()
}

#[test]
fn equal_input_gives_equal_bytes() {
    for form in [Form::Html, Form::Json] {
        assert_eq!(
            write(form, &document(), &particulars()).unwrap(),
            write(form, &document(), &particulars()).unwrap()
        );
    }
    assert!(page(&document(), &particulars()).contains("2026-03-10T12:00:00Z"));
}

#[test]
fn another_document_is_refused() {
    for other in [json!({}), json!([]), json!({"format": "chartproof-verify/1"})] {
        assert!(write(Form::Html, &other, &particulars()).is_err());
    }
    let mut later = document();
    later["format"] = "chartproof-verify/2".into();
    assert!(write(Form::Json, &later, &particulars()).is_err());
}

#[test]
fn what_does_not_fit_is_counted() {
    let mut full = document();
    let finding = |line: u64| json!({"code": "SEQUENCE_GAP", "severity": "warning", "message": "A gap.", "line": line});
    full["findings"] = (1..=1_777).map(finding).collect();
    let span = |seq: u64| {
        let state = if seq.is_multiple_of(2) { "altered" } else { "not_covered" };
        json!({"source": "ehr", "stream_id": "s", "from": "", "to": "", "from_seq": seq, "to_seq": seq, "state": state})
    };
    full["coverage"] = (1..=1_061).map(span).collect();
    let page = page(&full, &particulars());
    assert!(page.contains("777 more findings do not fit here") && page.contains("1,001 more spans do not fit here"));
    assert_eq!(page.matches("<article").count(), 1_000);
    let object: Value = serde_json::from_slice(&write(Form::Json, &full, &particulars()).unwrap()).unwrap();
    assert_eq!(object["findings"].as_array().unwrap().len(), 1_777);
    assert_eq!(object["coverage"].as_array().unwrap().len(), 1_061);
}

#[test]
fn a_check_that_was_stopped_says_how_far_it_came() {
    let mut stopped = document();
    stopped["badge"] = "not_verified".into();
    stopped["integrity"] = "NOT_EVALUABLE".into();
    stopped["stopped"] = json!({"records": 1, "bytes": 1_024, "bytes_total": 4_096});
    let page = page(&stopped, &particulars());
    assert!(page.contains("Not verified") && page.contains("It came to 1,024 of 4,096 bytes"), "{page}");
}

#[test]
fn values_are_shown_and_never_run() {
    let mut hostile = document();
    hostile["findings"] = json!([{
        "code": "FILE_EXTRA", "severity": "error", "message": "<b onclick=x>&amp;", "file": "</p><script>x</script>",
        "expected": "\"><img src=x>", "actual": "'--><style>"
    }]);
    let page = page(&hostile, &particulars());
    for raw in ["<b onclick", "<script", "<img", "<style>x", "--><"] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains("&#60;script&#62;x"));
}

#[test]
fn the_printed_arithmetic_agrees_about_every_character() {
    use std::io::Write as _;
    if ["bash", "python3"].iter().any(|program| Command::new(program).arg("--version").output().is_err()) {
        println!("skipped: no bash or no python3");
        return;
    }
    let object: Value = serde_json::from_slice(&write(Form::Json, &document(), &particulars()).unwrap()).unwrap();
    let step = object["check_again"].as_array().unwrap().iter().find(|step| step["title"] == "What is hashed").unwrap();
    let script = format!("{}\nsums hash sig", step["run"][0].as_str().unwrap());
    // U+007F, control characters, characters outside of the first plane, and names whose order shows.
    let canonical =
        "{\"B\":\"\u{7f}\\u0001\\n\\\"\",\"a\":[1,-7,9007199254740991,true,null],\"b\":\"\u{e9}\u{2028}\u{1f600}\"}";
    let line = canonical.replacen('{', "{\"sig\":{\"a\":1},\"hash\":\"x\",", 1);
    let mut shell = Command::new("bash");
    let shell = shell.args(["-c", &script]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut run = shell.spawn().unwrap();
    writeln!(run.stdin.take().unwrap(), "{line}").unwrap();
    let printed = String::from_utf8(run.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(printed.trim_end(), integrity::Digest::of(canonical.as_bytes()).to_hex());
}

const CONFIGURATION: &str = "\
[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = Example TSA
[stamps]\nextendedKeyUsage = critical,timeStamping
[tsa]\ndefault_tsa = ts1
[ts1]\nserial = ./serial\ncrypto_device = builtin\nsigner_cert = ./tsa.pem\nsigner_key = ./tsa.key
signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n";

fn openssl(folder: &Path, words: &str) {
    let output = Command::new("openssl").args(words.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_time_stamp_can_be_checked_again_with_openssl() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    std::fs::write(folder.join("c"), CONFIGURATION).unwrap();
    std::fs::write(folder.join("serial"), "01\n").unwrap();
    std::fs::write(folder.join("tagmanifest-sha256.txt"), "0a  bagit.txt\n").unwrap();
    std::fs::create_dir(folder.join("signatures")).unwrap();
    openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out tsa.key");
    openssl(folder, "req -new -x509 -key tsa.key -config c -extensions stamps -days 30 -out tsa.pem");
    openssl(folder, "ts -query -data tagmanifest-sha256.txt -sha256 -cert -config c -out q");
    openssl(folder, "ts -reply -queryfile q -config c -out signatures/tagmanifest-sha256.txt.tsr");

    let object: Value = serde_json::from_slice(&write(Form::Json, &document(), &particulars()).unwrap()).unwrap();
    let steps = object["check_again"].as_array().unwrap();
    let step = steps.iter().find(|step| step["title"] == "Since when does the bundle exist?").unwrap();
    let lines: Vec<&str> = step["run"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let script = format!("set -e; work=$(mktemp -d); cp tsa.pem \"$work/authority.pem\"\n{}\n", lines.join("\n"));
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    let (said, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaint}");
    assert!(
        said.contains("Time stamp: ") && format!("{said}{complaint}").contains("Verification: OK"),
        "{said}{complaint}"
    );

    std::fs::write(folder.join("tagmanifest-sha256.txt"), "0b  bagit.txt\n").unwrap();
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    assert!(!output.status.success(), "another list was stamped");
}
