//! Packed segments hold what plain ones hold, and say so.

use std::io::Read as _;

use integrity::Digest;
use serde_json::Value;
use specimen::{Compression, Options, Refusal, Tamper};

use crate::{Files, made};

fn unpacked(compression: Compression, packed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    match compression {
        Compression::None => content.extend(packed),
        Compression::Gzip => drop(flate2::read::GzDecoder::new(packed).read_to_end(&mut content).unwrap()),
        Compression::Zstd => content = zstd::decode_all(packed).unwrap(),
    }
    content
}

fn manifest(files: &Files) -> Value {
    serde_json::from_slice(&files["data/audit-manifest.json"]).unwrap()
}

#[test]
fn packed_segments_hold_what_plain_ones_hold() {
    let options = Options { events: 300, rows_per_segment: 120, sha512: true, ..Options::default() };
    let plain = made(&options).1;
    for compression in [Compression::Gzip, Compression::Zstd] {
        let files = made(&Options { compression, ..options.clone() }).1;
        let segments = manifest(&files)["segments"].as_array().unwrap().clone();
        assert_eq!(segments.len(), 3);
        for (segment, of_plain) in segments.iter().zip(manifest(&plain)["segments"].as_array().unwrap()) {
            let packed = &files[segment["path"].as_str().unwrap()];
            let content = unpacked(compression, packed);
            assert!(content == plain[of_plain["path"].as_str().unwrap()] && packed.len() < content.len());
            assert_eq!(segment["compression"], compression.word());
            assert_eq!(segment["sha256"], Digest::of(packed).to_hex());
            assert_eq!(segment["bytes"], packed.len());
            assert_eq!(segment["content_sha256"], of_plain["sha256"]);
            let listed = format!("{}  {}\n", Digest::of(packed).to_hex(), segment["path"].as_str().unwrap());
            assert!(String::from_utf8_lossy(&files["manifest-sha256.txt"]).contains(&listed));
        }
    }
}

#[test]
fn damage_to_single_bytes_needs_plain_segments() {
    let options =
        Options { compression: Compression::Zstd, tamper: Some(Tamper::ManifestMismatch), ..Options::default() };
    assert_eq!(options.plan().unwrap_err(), Refusal::DamageInCompressed);
}
