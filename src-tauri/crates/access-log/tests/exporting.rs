//! The exported log, checked the way a stranger would: from the lines alone, without this program's own check.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use access_log::{Entry, LogFault};
use desk::{Desk, second};
use integrity::Digest;
use integrity::canonical::canonicalize;
use serde_json::Value;
use vault::{Signature, VerifyingKey};

fn exported(desk: &Desk) -> Vec<u8> {
    let entry = Entry::LogExported { destination: "log.ndjson".to_owned() };
    let seen = desk.log.append(&desk.vault, entry, None, &second(30)).unwrap();
    let mut out = Vec::new();
    let head = desk.log.export(&desk.vault, &seen, &mut out).unwrap();
    assert_eq!(head, desk.log.head(&desk.vault).unwrap());
    out
}

fn bytes<const N: usize>(hex: &Value) -> [u8; N] {
    let hex = hex.as_str().unwrap();
    let bytes = (0..hex.len()).step_by(2).map(|place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap());
    bytes.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn a_stranger_can_check_every_line() {
    let desk = Desk::with_entries();
    let out = exported(&desk);
    let lines: Vec<&[u8]> = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert!(lines.iter().all(|line| canonicalize(line).unwrap() == *line));
    let values: Vec<Value> = lines.iter().map(|line| serde_json::from_slice(line).unwrap()).collect();
    let (first, last) = (&values[0], values.last().unwrap());
    assert_eq!(first["format"], "chartproof-access-log/1");
    let known = first["people"][0]["keys"][0].clone();
    let genesis = format!("ML1:genesis:{}", first["vault_id"].as_str().unwrap());
    let mut before = Digest::of(genesis.as_bytes()).to_hex();
    assert_eq!(first["genesis"], before);
    let entries = &values[1..values.len() - 1];
    for (entry, seq) in entries.iter().zip(1_u64..) {
        assert_eq!(entry["seq"], seq);
        assert_eq!(entry["prev_hash"], before);
        let body_hash = Digest::of_parts(&[&bytes::<16>(&entry["salt"]), entry["body"].as_str().unwrap().as_bytes()]);
        assert_eq!(entry["body_hash"], body_hash.to_hex());
        let link = format!(r#"ML1:{{"body_hash":"{body_hash}","prev_hash":"{before}","seq":{seq}}}"#);
        before = Digest::of(link.as_bytes()).to_hex();
        assert_eq!(entry["hash"], before);
        assert_eq!(entry["actor_key"], known);
        let key = VerifyingKey::from_bytes(&bytes(&entry["actor_key"])).unwrap();
        let sig = Signature::from_bytes(&bytes(&entry["sig"]));
        key.verify_strict(format!("ML1:entry:{before}").as_bytes(), &sig).unwrap();
    }
    assert_eq!((last["entries"].as_u64(), last["head"].as_str()), (Some(entries.len() as u64), Some(before.as_str())));
    assert!(entries.last().unwrap()["body"].as_str().unwrap().contains("log_exported"));
}

#[test]
fn exporting_needs_its_entry() {
    let desk = Desk::with_entries();
    let seen = desk.look(20).unwrap();
    let refused = desk.log.export(&desk.vault, &seen, &mut Vec::new());
    assert!(matches!(refused, Err(LogFault::NotWitnessed(_))));
}

#[test]
fn a_place_that_takes_no_more_is_a_fault_with_its_kind() {
    let desk = Desk::with_entries();
    let entry = Entry::LogExported { destination: "log.ndjson".to_owned() };
    let seen = desk.log.append(&desk.vault, entry, None, &second(30)).unwrap();
    let mut room = [0_u8; 700];
    let refused = desk.log.export(&desk.vault, &seen, &mut room.as_mut_slice());
    assert!(matches!(refused, Err(LogFault::Export { kind: std::io::ErrorKind::WriteZero })), "{refused:?}");
}
