//! The file that holds an anchor: what is read, and what is refused with its line.

use std::path::PathBuf;

use integrity::head::{ANCHOR_FILE_BYTES_MAX, AnchorFileFault, read_anchor_file};

const HASH: &str = "b866c5c3acdcffbf3a65f671aedc64ae6aa6cb170dd5fb893b2193c8d26a7e54";

fn anchor_file() -> String {
    format!(
        "{{\n  \"stream_id\": \"2fa91425-cb00\",\n  \"last_seq\": 36,\n  \"last_hash\": \"{HASH}\",\n  \
         \"last_event_id\": \"48b988aa\"\n}}\n"
    )
}

#[test]
fn an_anchor_file_is_read_whatever_the_order_of_its_members() {
    let read = read_anchor_file(anchor_file().as_bytes()).unwrap();
    assert_eq!((read.stream_id.as_str(), read.last_seq), ("2fa91425-cb00", 36));
    assert_eq!((read.last_event_id.as_str(), read.last_hash.to_hex().as_str()), ("48b988aa", HASH));
    let line =
        format!(r#"{{"last_event_id":"48b988aa","last_seq":36,"stream_id":"2fa91425-cb00","last_hash":"{HASH}"}}"#);
    assert_eq!(read_anchor_file(line.as_bytes()).unwrap(), read);
}

#[test]
fn the_anchors_of_the_development_bundles_are_read() {
    let root = std::env::var_os("CHARTPROOF_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data")), PathBuf::from);
    let Ok(cases) = std::fs::read_dir(root.join("native-bundle/dev")) else {
        return println!("skipped: no conformance data (native-bundle)");
    };
    let files = cases.map(|case| case.unwrap().path().join("anchor.json")).filter(|file| file.exists());
    let heads: Vec<_> = files.map(|file| read_anchor_file(&std::fs::read(file).unwrap()).unwrap()).collect();
    assert!(heads.len() >= 3 && heads.iter().all(|head| head.last_seq == 36), "{heads:?}");
}

#[test]
fn a_file_that_is_no_anchor_is_refused_with_its_line() {
    let file = anchor_file();
    let with = |from: &str, to: &str| {
        assert!(file.contains(from));
        file.replacen(from, to, 1)
    };
    let hash_line = "line 4: last_hash is not 64 lowercase hexadecimal digits";
    let one_object = "; an anchor file holds one JSON object";
    for (text, expected) in [
        (with(HASH, &HASH.to_uppercase()), hash_line.to_owned()),
        (with(HASH, &HASH[1..]), hash_line.to_owned()),
        (with("36", "0"), "line 3: last_seq is a whole number from 1 to 9007199254740991".to_owned()),
        (with("36", "-36"), "line 3: last_seq is a whole number from 1 to 9007199254740991".to_owned()),
        (with("36", "\"36\""), "line 3: last_seq is not a whole number without quotes".to_owned()),
        (with("36", "null"), "line 3: last_seq is not a whole number without quotes".to_owned()),
        (with("36", "36.5"), format!("line 3: number that is not an integer{one_object}")),
        (with("36", "9007199254740992"), format!("line 3: integer out of range{one_object}")),
        (with("\"48b988aa\"", "48"), "line 5: last_event_id is not a text in quotes".to_owned()),
        (with("48b988aa", ""), "line 5: last_event_id has 1 to 1024 bytes and no control characters".to_owned()),
        (with("2fa91425", "a\\u0007"), "line 2: stream_id has 1 to 1024 bytes and no control characters".to_owned()),
        (with("last_event_id", "last_hash"), format!("line 5: duplicate member{one_object}")),
        (with("last_event_id", "l\\u0061st_hash"), format!("line 5: duplicate member{one_object}")),
        (
            with("\"last_seq\"", "\"until\": 1,\n  \"last_seq\""),
            "line 3: an anchor has stream_id, last_seq, last_event_id and last_hash, and no other member".to_owned(),
        ),
        (with("  \"last_seq\": 36,\n", ""), "last_seq is missing".to_owned()),
        (with("36,", "36"), format!("line 4: unexpected byte{one_object}")),
        (format!("{file}{file}"), format!("line 7: unexpected byte{one_object}")),
        (format!("\u{feff}{file}"), format!("line 1: unexpected byte{one_object}")),
        (format!("[{file}]"), format!("line 1: not an object{one_object}")),
        (String::new(), format!("line 1: unexpected end{one_object}")),
        ("[".repeat(20_000), format!("line 1: nested too deep{one_object}")),
    ] {
        let refusal = read_anchor_file(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.to_string(), expected, "{text}");
    }
    assert_eq!(
        read_anchor_file(&[b'{', b'\n', 0xff]).unwrap_err().to_string(),
        format!("line 2: bytes that are not UTF-8{one_object}")
    );
    let bytes = ANCHOR_FILE_BYTES_MAX + 1;
    assert_eq!(read_anchor_file(&vec![b' '; bytes]), Err(AnchorFileFault::Large { bytes }));
}
