//! Records and manifests that break a rule. Each is found, placed, and leaves its neighbours readable.

use std::fs;
use std::io::{BufWriter, Write as _};

use serde_json::Value;

use crate::office::{
    IMPORT_PEAK_MIB, Office, REASON, VERIFY_PEAK_MIB, account, codes, import_words, reported, verify_words,
};
use crate::parcel::{Parcel, SEGMENT};

/// The line that rows break, from 1.
pub(crate) const LINE: usize = 7;
/// Breaks one line, with the manifests renewed: exactly this finding, at exactly this line.
#[track_caller]
fn broken_line(code: &str, change: impl FnOnce(&str) -> Vec<u8>) -> Option<Value> {
    let office = Office::new()?;
    let parcel = Parcel::new(&office, "broken");
    parcel.change_line(LINE, change);
    let errors = reported(&office, &parcel.path, &[code]);
    let placed = (&errors[0]["file"], &errors[0]["line"], &errors[0]["byte_offset"]);
    let offset = errors[0]["byte_offset"].as_u64().unwrap();
    assert_eq!((placed.0.as_str(), placed.1.as_u64()), (Some(SEGMENT), Some(LINE as u64)), "{errors:#?}");
    assert!((parcel.offset(LINE)..parcel.offset(LINE + 1)).contains(&offset), "byte {offset}");
    errors.into_iter().next()
}

/// Puts a member into the record's event.
pub(crate) fn with_member(line: &str, member: &str) -> Vec<u8> {
    line.replacen("\"event\":{", &format!("\"event\":{{{member},"), 1).into_bytes()
}

/// Writes a hundred million bytes.
fn write_long(out: &mut impl std::io::Write) {
    let part = vec![b'x'; 1_000_000];
    (0..100).for_each(|_| out.write_all(&part).unwrap());
}

#[test]
fn bytes_that_are_no_text_are_found_where_they_are() {
    broken_line("RECORD_UNPARSEABLE", |line| {
        let mut bytes = line.as_bytes().to_vec();
        let at = line.find("\"action\":\"").unwrap() + 10;
        bytes[at] = 0xFF;
        bytes
    });
}

#[test]
fn a_member_that_stands_there_twice_is_found_and_named() {
    let finding = broken_line("DUPLICATE_MEMBER", |line| with_member(line, "\"action\":\"print\""));
    if let Some(finding) = finding {
        assert_eq!(finding["member"], "action", "{finding:#}");
    }
}

#[test]
fn a_number_with_a_fraction_is_found() {
    broken_line("RECORD_UNPARSEABLE", |line| with_member(line, "\"a\":1.5"));
}

#[test]
fn ten_thousand_levels_are_found_and_not_climbed_down() {
    let nested = format!("\"a\":{}{}", "[".repeat(10_000), "]".repeat(10_000));
    broken_line("RECORD_UNPARSEABLE", |line| with_member(line, &nested));
}

#[test]
fn a_line_of_a_hundred_megabytes_is_skipped_and_reading_goes_on() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "long");
    let text = fs::read_to_string(parcel.file(SEGMENT)).unwrap();
    let mut out = BufWriter::new(fs::File::create(parcel.file(SEGMENT)).unwrap());
    for (number, line) in (1..).zip(text.lines()) {
        if number == LINE {
            let (before, after) = line.split_once("\"event\":{").unwrap();
            write!(out, "{before}\"event\":{{\"a\":\"").unwrap();
            write_long(&mut out);
            writeln!(out, "\",{after}").unwrap();
        } else {
            writeln!(out, "{line}").unwrap();
        }
    }
    drop(out);
    parcel.renew();
    let (ended, peak_mib) = office.weighed(&verify_words(&parcel.path));
    let errors = ended.errors();
    assert_eq!(codes(&errors), ["LINE_TOO_LONG"], "{errors:#?}");
    assert_eq!((errors[0]["line"].as_u64(), errors[0]["file"].as_str()), (Some(LINE as u64), Some(SEGMENT)));
    assert!(peak_mib <= VERIFY_PEAK_MIB, "{peak_mib} MiB");
    let (ended, peak_mib) = office.weighed(&import_words(&parcel.path));
    ended.done();
    assert!(peak_mib <= IMPORT_PEAK_MIB, "{peak_mib} MiB");
    let stored = office.has_one_more();
    assert_eq!(stored["events"], office.sample().events - 1, "all but that one are there");
}

#[test]
fn an_events_file_without_a_line_is_no_empty_log() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "empty");
    fs::write(parcel.file(SEGMENT), "").unwrap();
    parcel.renew();
    let errors = reported(&office, &parcel.path, &["MERKLE_ROOT_MISMATCH", "SEGMENT_COUNT_MISMATCH", "TAIL_TRUNCATED"]);
    let events = office.sample().events;
    assert_eq!((&errors[1]["expected"], &errors[1]["actual"]), (&events.to_string().into(), &"0".into()));
    assert_eq!((&errors[2]["missing_from"], &errors[2]["missing_to"]), (&1.into(), &events.into()));
}

#[test]
fn a_manifest_that_names_an_absent_file_is_found() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "absent");
    parcel.change("manifest-sha256.txt", |bytes| {
        bytes.extend(format!("{}  data/events/never.ndjson\n", "0".repeat(64)).into_bytes());
    });
    parcel.restate_tags();
    let errors = reported(&office, &parcel.path, &["FILE_MISSING"]);
    assert_eq!(errors[0]["file"], "data/events/never.ndjson");
}

#[test]
fn capitals_in_a_manifest_are_found_at_their_line() {
    let Some(office) = Office::new() else { return };
    let parcel = Parcel::new(&office, "capitals");
    parcel.change("manifest-sha256.txt", |bytes| {
        let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        bytes[second..second + 64].make_ascii_uppercase();
    });
    parcel.restate_tags();
    let errors = reported(&office, &parcel.path, &["MANIFEST_MALFORMED"]);
    let place = (errors[0]["file"].as_str(), errors[0]["line"].as_u64());
    assert_eq!(place, (Some("manifest-sha256.txt"), Some(2)), "{errors:#?}");
}

/// FHIR resources are read line by line as well: what is no record is told with its line, the others are imported.
#[test]
fn foreign_lines_that_break_a_rule_are_told_and_the_others_are_kept() {
    let Some(office) = Office::new() else { return };
    let path = office.path("bulk.ndjson");
    let event = |id: &str| {
        format!(
            "{{\"resourceType\":\"AuditEvent\",\"id\":\"{id}\",\"recorded\":\"2026-03-02T08:00:00Z\",\"action\":\"R\"}}\n"
        )
    };
    let mut out = BufWriter::new(fs::File::create(&path).unwrap());
    out.write_all(event("a1").as_bytes()).unwrap();
    out.write_all(b"{\"resourceType\":\"AuditEvent\",\"text\":\"").unwrap();
    write_long(&mut out);
    out.write_all(b"\"}\n").unwrap();
    out.write_all(event("a3").replace("AuditEvent", "Audit\u{fffd}Event").as_bytes()).unwrap();
    out.write_all(b"{\"resourceType\":\"AuditEvent\",\"id\":\"\xFF\"}\n").unwrap();
    out.write_all(format!("{{\"a\":{}{}}}\n", "[".repeat(10_000), "]".repeat(10_000)).as_bytes()).unwrap();
    out.write_all(b"{\"resourceType\":\"AuditEvent\",\"id\":\"a\",\"id\":\"b\"}\n").unwrap();
    out.write_all(event("a7").as_bytes()).unwrap();
    drop(out);
    let (ended, peak_mib) = office.weighed(&verify_words(&path));
    assert!(peak_mib <= VERIFY_PEAK_MIB, "{peak_mib} MiB");
    let errors = ended.errors();
    let places: Vec<_> = errors.iter().map(|error| (error["code"].as_str().unwrap(), error["line"].as_u64())).collect();
    let expected = [
        ("DUPLICATE_MEMBER", Some(6)),
        ("LINE_TOO_LONG", Some(2)),
        ("RECORD_UNPARSEABLE", Some(4)),
        ("RECORD_UNPARSEABLE", Some(5)),
    ];
    assert_eq!(places, expected, "{errors:#?}");
    let (ended, peak_mib) = office.weighed(&import_words(&path));
    ended.done();
    assert!(peak_mib <= IMPORT_PEAK_MIB, "{peak_mib} MiB");
    let stored = office.has_one_more();
    assert_eq!((stored["events"].as_u64(), stored["badge"]["word"].as_str()), (Some(2), Some("Altered or damaged")));
    let words = ["search", "", "--bundle", stored["bundle"].as_str().unwrap(), "--format", "json", "--reason", REASON];
    let rows = office.look(account(&words));
    assert_eq!(rows.matches("\"integrity\":\"not_verified\"").count(), 2, "no evidence stands for them: {rows}");
}
