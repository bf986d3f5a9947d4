//! Sound inputs to begin with: what `specimen` makes, in every container, and small files of each kind.

use std::io::{Cursor, Write as _};

use specimen::{MemorySink, Options, Signing};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::Target;
use crate::evidence::{SIGNED, unchanged};

const FHIR_R4: &str = r#"{"resourceType":"AuditEvent","id":"a1","meta":{"versionId":"1"},"type":{"system":"s","code":"rest"},"subtype":[{"code":"read"}],"action":"R","period":{"start":"2026-03-02T10:00:00Z"},"recorded":"2026-03-02T10:00:00.123+02:00","outcome":"0","purposeOfEvent":[{"text":"TREAT"}],"agent":[{"requestor":true,"who":{"reference":"Practitioner/77","identifier":{"value":"77"}},"altId":"x","name":"n","network":{"address":"10.0.0.1","type":"2"},"policy":["p"]}],"source":{"site":"s","observer":{"display":"ehr"}},"entity":[{"what":{"reference":"Patient/P-1/_history/2"},"role":{"code":"1"},"query":"YQ=="}]}"#;
const FHIR_R5: &str = r#"{"resourceType":"AuditEvent","id":"b2","category":[{"coding":[{"code":"rest"}]}],"code":{"coding":[{"code":"read"}]},"action":"R","occurredDateTime":"2026-03-02","recorded":"2026-03-02T10:00:00Z","outcome":{"code":{"code":"success"}},"patient":{"reference":"Patient/P-2"},"agent":[{"requestor":true,"who":{"display":"d"},"networkString":"10.0.0.1"}],"source":{"observer":{"display":"o"}}}"#;
const HEADER: &str = include_str!("../corpus/header/whole.json");
const ED25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

/// Inputs that make a target do its usual work.
///
/// # Panics
/// If `specimen` cannot make a bundle.
#[must_use]
pub fn seeds(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::Container => containers(),
        Target::Record => SIGNED.files.values().flat_map(|file| lines(file)).take(24).collect(),
        Target::Table => vec![
            b"seq,record,\"actor, id\"\r\n1,\"{\"\"seq\"\":1}\",u\r\n2,{},\"a\nb\"\r\n".to_vec(),
            b"record\n{}\n\n\"{\"\"a\"\":\n1}\"\nx\"y\n\"z\" \n".to_vec(),
        ],
        Target::Fhir => vec![FHIR_R4.into(), FHIR_R5.into()],
        Target::Header => vec![HEADER.into()],
        Target::Keys => vec![ED25519.into(), SIGNED.files["data/keys/keys.json"].clone()],
        Target::Anchor => {
            let hash = "ab".repeat(32);
            let anchor = format!(r#"{{"stream_id":"s","last_seq":3,"last_hash":"{hash}","last_event_id":"e"}}"#);
            vec![anchor.into_bytes()]
        }
        Target::Evidence => unchanged(),
    }
}

fn lines(file: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    file.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")).map(<[u8]>::to_vec)
}

fn containers() -> Vec<Vec<u8>> {
    let mut all = vec![FHIR_R4.into(), format!("{FHIR_R4}\n{FHIR_R5}\n").into_bytes(), bundle_of(FHIR_R4)];
    for signing in [Signing::None, Signing::Segment] {
        let mut sink = MemorySink::new();
        let options = Options { events: 3, signing, ..Options::default() };
        options.plan().unwrap().write(&mut sink).unwrap();
        let files = sink.into_files();
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, bytes) in &files {
                let how = SimpleFileOptions::default().compression_method(method);
                zip.start_file(format!("b/{name}"), how).unwrap();
                zip.write_all(bytes).unwrap();
            }
            all.push(zip.finish().unwrap().into_inner());
        }
        let tar = tar_of(files.iter().map(|(name, bytes)| (format!("b/{name}"), bytes.as_slice())));
        all.push(tar);
    }
    all
}

fn bundle_of(resource: &str) -> Vec<u8> {
    format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{resource}}},{{}}]}}"#).into_bytes()
}

/// A tar archive (POSIX ustar), field by field.
fn tar_of<'f>(files: impl Iterator<Item = (String, &'f [u8])>) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in files {
        let mut head = [0; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..107].copy_from_slice(b"0000644");
        head[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        head[136..147].copy_from_slice(b"00000000000");
        head[148..156].fill(b' ');
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend_from_slice(&head);
        tar.extend_from_slice(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}
