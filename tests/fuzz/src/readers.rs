//! Small readers: a line, a resource, a vault's header, keys, anchors.

use bundle::Profile;
use bundle::records::event_of;
use bundle::segment::{Layout, runs};
use integrity::canonical::{canonicalize, scan};
use integrity::head::{ANCHOR_FILE_BYTES_MAX, read_anchor_file};
use integrity::keys::{Algorithm, Kid, PublicKey};
use integrity::sshsig::SshSignature;
use integrity::timestamp::{Token, TsaCertificate};

/// A line that can be read has one canonical form, and that is its own.
pub(crate) fn record(line: &[u8]) {
    drop(event_of(Profile::AuditBundle1, line).map(|event| event.occurred_at.utc_text()));
    let Ok(found) = scan(line) else {
        let is_object = canonicalize(line).is_ok_and(|text| text.starts_with(b"{"));
        assert!(!is_object, "an object that cannot be scanned has no canonical form");
        return;
    };
    let text = canonicalize(line).unwrap();
    assert_eq!(found.was_canonical(), text == line);
    let again = scan(&text).unwrap();
    assert!(again.was_canonical(), "a canonical form is canonical");
    assert_eq!(found.preimage().digest(), again.preimage().digest(), "spelling does not change the hash");
    // Whatever else reads JSON agrees about the value.
    let ours: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let theirs: serde_json::Value = serde_json::from_slice(line).unwrap();
    assert_eq!(ours, theirs);
}

/// Every row is one line, told as it is or with what is wrong with it; places follow each other without a gap.
pub(crate) fn table(bytes: &[u8]) {
    let mut rows = 0;
    for run in runs(bytes, Layout::Csv, "t.csv").map_while(Result::ok) {
        let table = run.rows().unwrap();
        assert_eq!(table.lines.first_line, rows + 1);
        for (index, line) in table.lines.lines().enumerate() {
            let of_row = table.troubles.iter().filter(|trouble| trouble.row == Some(line.number));
            let is_hidden = of_row.clone().any(|trouble| trouble.hides_record);
            assert_eq!(line.bytes.is_empty(), is_hidden, "a record is there, or it is said why not");
            let is_told = table.cells.row(index).is_some() || of_row.count() > 0;
            assert!(is_told, "cells can be compared, or it is said why not");
            rows += 1;
        }
    }
}

pub(crate) fn fhir(resource: &[u8]) {
    let Ok(event) = event_of(Profile::FhirAuditEvent, resource) else { return };
    assert!(serde_json::from_slice::<serde_json::Value>(resource).is_ok(), "an event out of what is no JSON");
    drop(event.occurred_at.utc_text());
}

pub(crate) fn header(bytes: &[u8]) {
    let folder = crate::memory::folder();
    std::fs::write(folder.path().join("vault.json"), bytes).unwrap();
    let Ok(header) = vault::Vault::header(folder.path()) else { return };
    // A header never asks for less than the floor, or for more than this machine should give.
    assert!(header.kdf.memory_kib() >= 19 << 10 && header.kdf.memory_kib() <= 1 << 20);
    assert!((1..=16).contains(&header.kdf.passes()) && (1..=8).contains(&header.kdf.lanes()));
    assert!(!header.users.is_empty());
}

pub(crate) fn keys(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let by_text = PublicKey::from_pem(&text).ok();
    let by_bytes = PublicKey::from_spki(bytes).ok();
    for key in [by_text, by_bytes].into_iter().flatten() {
        let kid = key.kid();
        assert_eq!(Kid::from_text(&kid.to_string()), Some(kid));
        assert!(key.only_algorithm().is_none_or(|algorithm| Algorithm::from_name(algorithm.name()) == Some(algorithm)));
    }
    assert!(Kid::from_text(&text).is_none_or(|kid| kid.to_string() == text), "a fingerprint has one spelling");
    if let Ok(signature) = SshSignature::read(bytes) {
        drop(signature.fingerprint());
        // Somebody who knows the message could have signed it; nobody has signed this one.
        assert!(signature.verify("audit-bundle-1", b"a message that nobody signs\0").is_err());
    }
    drop(TsaCertificate::from_pem(&text));
    if let (Ok(token), Ok(certificate)) = (Token::read(bytes), TsaCertificate::from_der(bytes)) {
        drop((token.verify(&certificate), token.imprint_of(b"message")));
    }
}

pub(crate) fn anchor(bytes: &[u8]) {
    let Ok(head) = read_anchor_file(bytes) else { return };
    assert!(head.last_seq > 0 && bytes.len() <= ANCHOR_FILE_BYTES_MAX);
}
