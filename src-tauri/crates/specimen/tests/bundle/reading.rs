//! A second opinion: reads a bundle back and says in short lines what in it does not fit together.
//!
//! It shares nothing with the generator but the arithmetic of `integrity`, and judges nothing: a verifier says what a
//! disagreement means, this only says that there is one.

use std::collections::{BTreeMap, BTreeSet};

use integrity::canonical::{Scan, scan, to_canonical};
use integrity::keys::{Algorithm, PublicKey};
use integrity::signature::{Purpose, VerifyingKey};
use integrity::{Digest, Digest512, chain, merkle};
use serde_json::Value;

use crate::Files;

/// A record that could be read.
struct Row {
    segment: usize,
    seq: u64,
    prev: String,
    hash: String,
    leaf: Digest,
    event_id: String,
    timestamp: String,
    version: String,
}

/// Everything that does not fit, in a fixed order.
pub(crate) fn disagreements(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    container(files, &mut found);
    let manifest = files.get("data/audit-manifest.json").map(|bytes| serde_json::from_slice::<Value>(bytes));
    let Some(Ok(manifest)) = manifest else {
        found.push("audit manifest: not readable".to_owned());
        return found;
    };
    let rows = segments(files, &manifest, &mut found);
    links(&rows, &manifest, &mut found);
    content(&rows, &manifest, &mut found);
    checkpoints(files, &rows, &manifest, &mut found);
    signatures(files, &manifest, &mut found);
    found
}

/// Signatures that do not fit the key in the list of keys, or that the policy wants and that are not there.
fn signatures(files: &Files, manifest: &Value, found: &mut Vec<String>) {
    let keys: Value = serde_json::from_slice(&files["data/keys/keys.json"]).unwrap();
    let policy = manifest["signature_policy"].as_str().unwrap();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".ndjson")) {
        let (purpose, wanted) = if path.starts_with("data/events/") {
            (Purpose::Event, "per-event")
        } else {
            (Purpose::Checkpoint, "per-checkpoint")
        };
        let mut whys = BTreeMap::new();
        for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let Ok(line) = serde_json::from_slice::<Value>(line) else { continue };
            let Some(hash) = line["hash"].as_str().and_then(Digest::from_hex) else { continue };
            if let Some(why) = unfit(&line["sig"], purpose, &hash, &keys, policy == wanted) {
                whys.entry(why).or_insert((place + 1, 0_usize)).1 += 1;
            }
        }
        for (why, (line, count)) in whys {
            found.push(format!("signature: {why} {count} in {path}, first line {line}"));
        }
    }
    for (place, entry) in manifest["segments"].as_array().unwrap().iter().enumerate() {
        let mut unsigned = entry.clone();
        let sig = unsigned.as_object_mut().unwrap().remove("sig").unwrap_or_default();
        let hash = Digest::of(&to_canonical(&unsigned).unwrap());
        if let Some(why) = unfit(&sig, Purpose::Segment, &hash, &keys, policy == "per-segment") {
            found.push(format!("signature: {why} segment {}", place + 1));
        }
    }
}

fn unfit(sig: &Value, purpose: Purpose, hash: &Digest, keys: &Value, is_wanted: bool) -> Option<&'static str> {
    if sig.is_null() {
        return is_wanted.then_some("none for");
    }
    let Some(entry) = keys["keys"].as_array().unwrap().iter().find(|entry| entry["kid"] == sig["kid"]) else {
        return Some("no key for");
    };
    let key = PublicKey::from_pem(entry["public_key_pem"].as_str().unwrap()).unwrap();
    if key.kid().to_string() != entry["kid"].as_str().unwrap() {
        return Some("another key for");
    }
    let Some(algorithm) = Algorithm::from_name(sig["alg"].as_str().unwrap()) else { return Some("no algorithm for") };
    let key = VerifyingKey::new(key, algorithm).unwrap();
    let fits = key.verify_text(&purpose.message(hash), sig["value"].as_str().unwrap());
    fits.is_none().then_some("does not fit")
}

fn container(files: &Files, found: &mut Vec<String>) {
    if files.get("bagit.txt").is_none_or(|text| !text.starts_with(b"BagIt-Version: 1.0\n")) {
        found.push("bagit.txt: wrong".to_owned());
    }
    let payload = files.keys().filter(|path| path.starts_with("data/")).map(String::as_str);
    listed(files, "manifest-sha256.txt", payload.clone(), |bytes| Digest::of(bytes).to_hex(), found);
    if files.contains_key("manifest-sha512.txt") {
        listed(files, "manifest-sha512.txt", payload, |bytes| Digest512::of(bytes).to_hex(), found);
    }
    let tags = files.keys().filter(|path| !path.starts_with("data/") && *path != "tagmanifest-sha256.txt");
    listed(files, "tagmanifest-sha256.txt", tags.map(String::as_str), |bytes| Digest::of(bytes).to_hex(), found);
    let payload = files.iter().filter(|(path, _)| path.starts_with("data/")).map(|(_, bytes)| bytes.len());
    let oxum = format!("Payload-Oxum: {}.{}\n", payload.clone().sum::<usize>(), payload.count());
    if !String::from_utf8_lossy(&files["bag-info.txt"]).contains(&oxum) {
        found.push("oxum: differs".to_owned());
    }
}

fn listed<'f>(
    files: &'f Files,
    manifest: &str,
    there: impl Iterator<Item = &'f str>,
    digest: impl Fn(&[u8]) -> String,
    found: &mut Vec<String>,
) {
    let text = String::from_utf8_lossy(&files[manifest]).into_owned();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        let (expected, path) = line.split_once("  ").unwrap();
        if !seen.insert(path.to_owned()) {
            found.push(format!("{manifest}: twice {path}"));
        }
        match files.get(path) {
            None => found.push(format!("{manifest}: absent {path}")),
            Some(bytes) if digest(bytes) != expected => found.push(format!("{manifest}: differs {path}")),
            Some(_) => {}
        }
    }
    for path in there.filter(|path| !seen.contains(*path)) {
        found.push(format!("{manifest}: not listed {path}"));
    }
}

fn segments(files: &Files, manifest: &Value, found: &mut Vec<String>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, entry) in manifest["segments"].as_array().unwrap().iter().enumerate() {
        let segment = number + 1;
        let Some(bytes) = files.get(entry["path"].as_str().unwrap()) else {
            found.push(format!("segment {segment}: absent"));
            continue;
        };
        let first = rows.len();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for (place, line) in lines.iter().enumerate() {
            match row(segment, line) {
                Ok((row, note)) => {
                    found.extend(note.map(|note| format!("record {}: {note}", row.seq)));
                    rows.push(row);
                }
                Err(why) => found.push(format!("segment {segment} line {}: {why}", place + 1)),
            }
        }
        let own = &rows[first..];
        let leaves: Vec<Digest> = own.iter().map(|row| row.leaf).collect();
        let min = own.iter().map(|row| row.timestamp.as_str()).min();
        let max = own.iter().map(|row| row.timestamp.as_str()).max();
        let facts: [(&str, Value); 12] = [
            ("rows", lines.len().into()),
            ("bytes", bytes.len().into()),
            ("sha256", Digest::of(bytes).to_hex().into()),
            ("first_seq", own[0].seq.into()),
            ("last_seq", own[own.len() - 1].seq.into()),
            ("first_event_id", own[0].event_id.clone().into()),
            ("last_event_id", own[own.len() - 1].event_id.clone().into()),
            ("first_prev_hash", own[0].prev.clone().into()),
            ("last_hash", own[own.len() - 1].hash.clone().into()),
            ("merkle_root", merkle::root(&leaves).to_hex().into()),
            ("min_timestamp", min.into()),
            ("max_timestamp", max.into()),
        ];
        for (member, fact) in facts {
            if entry[member] != fact {
                found.push(format!("segment {segment}: {member}"));
            }
        }
    }
    rows
}

/// Reads a line; beside the row comes what is odd about it.
fn row(segment: usize, line: &[u8]) -> Result<(Row, Option<&'static str>), &'static str> {
    let line = line.strip_suffix(b"\n").ok_or("no line feed")?;
    if line.len() >= 1 << 20 {
        return Err("too long");
    }
    let scanned: Scan<'_> = scan(line).map_err(|_| "refused")?;
    let text = |name: &str| scanned.member(name).and_then(|value| value.string().map(std::borrow::Cow::into_owned));
    let event: Value =
        serde_json::from_slice(scanned.member("event").ok_or("no event")?.text()).map_err(|_| "event")?;
    let row = Row {
        segment,
        seq: scanned.member("seq").and_then(|value| value.integer()).ok_or("no seq")?.unsigned_abs(),
        prev: text("prev_hash").ok_or("no prev_hash")?,
        hash: text("hash").ok_or("no hash")?,
        leaf: scanned.preimage().leaf_hash(),
        event_id: event["event_id"].as_str().ok_or("no event_id")?.to_owned(),
        timestamp: event["timestamp"].as_str().ok_or("no timestamp")?.to_owned(),
        version: text("audit_log_version").ok_or("no version")?,
    };
    let note = if chain::event_hash(&scanned).to_hex() != row.hash {
        Some("own hash")
    } else if !scanned.was_canonical() {
        Some("not canonical")
    } else if event["outcome"].is_null() {
        Some("no outcome")
    } else if scanned.members().filter(|(name, _)| *name != "sig").count() != 7 {
        Some("unknown member")
    } else {
        None
    };
    Ok((row, note))
}

fn links(rows: &[Row], manifest: &Value, found: &mut Vec<String>) {
    let stream = &manifest["streams"][0];
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    let genesis = chain::genesis(stream["stream_id"].as_str().unwrap()).to_hex();
    if first.seq == 1 && first.prev != genesis {
        found.push("chain: genesis".to_owned());
    }
    for (a, b) in rows.iter().zip(&rows[1..]) {
        match (a.hash == b.prev, a.seq + 1 == b.seq) {
            (true, true) => {}
            (linked, _) => {
                let word = if linked { "linked" } else { "not linked" };
                found.push(format!("chain: {} to {} {word}", a.seq, b.seq));
            }
        }
    }
    let facts: [(&str, Value); 6] = [
        ("genesis_hash", genesis.into()),
        ("first_seq", first.seq.into()),
        ("last_seq", last.seq.into()),
        ("first_prev_hash", first.prev.clone().into()),
        ("last_hash", last.hash.clone().into()),
        ("record_count", rows.len().into()),
    ];
    for (member, fact) in facts {
        if stream[member] != fact {
            found.push(format!("stream: {member} states {}, is {fact}", short(&stream[member])));
        }
    }
    if !stream["previous_bundle_id"].is_null() {
        found.push(format!("stream: continues another bundle at {}", first.seq));
    }
    for archive in manifest["archives"].as_array().into_iter().flatten() {
        found.push(format!("archive: {} to {}", archive["first_seq"], archive["last_seq"]));
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.len() > 20 { "a hash".to_owned() } else { text }
}

fn content(rows: &[Row], manifest: &Value, found: &mut Vec<String>) {
    let mut ids = BTreeMap::new();
    for row in rows {
        if let Some(before) = ids.insert(&row.event_id, row.seq) {
            found.push(format!("event id: {before} and {}", row.seq));
        }
        if row.timestamp.as_str() > manifest["created"].as_str().unwrap() {
            found.push(format!("clock: {} after the bundle was made", row.seq));
        }
    }
    for (a, b) in rows.iter().zip(&rows[1..]) {
        if a.timestamp > b.timestamp {
            found.push(format!("clock: {} before {}", b.seq, a.seq));
        }
        if a.version != b.version {
            found.push(format!("version: {} from {} in segment {}", b.version, b.seq, b.segment));
        }
    }
}

fn checkpoints(files: &Files, rows: &[Row], manifest: &Value, found: &mut Vec<String>) {
    let by_seq: BTreeMap<u64, &Row> = rows.iter().rev().map(|row| (row.seq, row)).collect();
    let text = String::from_utf8_lossy(&files["data/checkpoints/checkpoints.ndjson"]).into_owned();
    let stream_id = manifest["streams"][0]["stream_id"].as_str().unwrap();
    let mut before = chain::checkpoint_genesis(stream_id).to_hex();
    let mut days = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let number = place + 1;
        let Ok(scanned) = scan(line.as_bytes()) else {
            found.push(format!("checkpoint {number}: refused"));
            continue;
        };
        let object: Value = serde_json::from_str(line).unwrap();
        let mut note = |what: &str| found.push(format!("checkpoint {number}: {what}"));
        if object["hash"] != chain::event_hash(&scanned).to_hex() {
            note("own hash");
        }
        if object["prev_checkpoint_hash"] != before {
            note("link");
        }
        if object["result"] != "pass" {
            note("reports a failure");
        }
        object["hash"].as_str().unwrap().clone_into(&mut before);
        days.push(object["timestamp"].as_str().unwrap()[..10].to_owned());
        let last = by_seq.get(&object["last_seq"].as_u64().unwrap());
        if last.is_none_or(|row| object["last_hash"] != row.hash || object["last_event_id"] != row.event_id) {
            note("last record");
            continue;
        }
        let upto = object["last_seq"].as_u64().unwrap();
        let leaves: Vec<Digest> = by_seq.range(..=upto).map(|(_, row)| row.leaf).collect();
        if object["merkle_root"] != merkle::root(&leaves).to_hex() {
            note("merkle_root");
        }
    }
    if manifest["checkpoints"]["count"] != text.lines().count() {
        found.push("checkpoints: count".to_owned());
    }
    let mut with_events: Vec<&str> = rows.iter().map(|row| &row.timestamp[..10]).collect();
    with_events.sort_unstable();
    with_events.dedup();
    for day in with_events.into_iter().filter(|day| !days.is_empty() && !days.iter().any(|known| known == day)) {
        found.push(format!("checkpoints: none for {day}"));
    }
}
