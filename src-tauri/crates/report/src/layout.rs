//! How a bundle is put together, as far as somebody has to know it who checks it with tools of the system.
//!
//! Read once, when the bundle is at hand, and kept with the report. Small files are read, never records beyond the
//! first of each stream, and nothing is judged.

use bundle::ab1::{AUDIT_MANIFEST_NAME, Archive, Manifest, Segment, Stream};
use bundle::limits::AB1_LINE_BYTES_MAX;
use bundle::segment::Form;
use bundle::unpack::{Packing, unpack};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use verify::Source;

/// Most bytes of a list of files that is looked at; a larger one is left to the tools that know bags.
const LIST_BYTES_MAX: u64 = 64 << 20;
/// Most bytes of an audit manifest.
const MANIFEST_BYTES_MAX: u64 = bundle::limits::AUDIT_MANIFEST_BYTES_MAX;
/// Most streams whose beginnings are told.
const STREAMS_MAX: usize = 4;
/// The signature and the time stamp over the tag manifest (formats 1.1).
const SSH_SIGNATURE: &str = "signatures/tagmanifest-sha256.txt.sig";
const STAMP: &str = "signatures/tagmanifest-sha256.txt.tsr";

/// How a bundle is put together.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// `directory`, `zip`, `tar`, `tar.gz`, `tar.zst` or `file`.
    pub container: String,
    /// The folder inside the archive, or inside the folder that was chosen, in which the bundle lies.
    pub top: Option<String>,
    /// Whether it is a bag (RFC 8493).
    pub is_bag: bool,
    /// Lists of files that `sha256sum -c` and its kin read as they are.
    pub plain_lists: Vec<String>,
    /// Whether there are lists that only tools for bags read.
    pub has_odd_lists: bool,
    /// Whether there are segments, all of lines of JSON and all packed alike.
    pub has_records: bool,
    /// How all segments are packed: `gzip` or `zstd`.
    pub packing: Option<String>,
    /// First links of streams whose first record is here.
    pub starts: Vec<Link>,
    /// Whether every stream begins with its record 1.
    pub is_from_start: bool,
    /// Batches that were archived, in or outside of the bundle, as the audit manifest says.
    pub archives: Vec<ArchiveLaid>,
    /// Whether the audit manifest states count and end of every stream.
    pub has_stream_totals: bool,
    /// Whether it states count and ends of every segment.
    pub has_segment_totals: bool,
    /// What the audit manifest says is signed: `none`, `per-event`, `per-segment` or `per-checkpoint`.
    pub policy: Option<String>,
    /// The checkpoint file, if there is one.
    pub checkpoints: Option<String>,
    /// How many checkpoints the audit manifest says there are.
    pub checkpoints_stated: Option<u64>,
    /// The file of public keys, if there is one.
    pub keys: Option<String>,
    /// A key that signed a record, an entry of a segment, a checkpoint.
    pub records_signed: Option<SignedWith>,
    /// The same for segments.
    pub segments_signed: Option<SignedWith>,
    /// The same for checkpoints.
    pub checkpoints_signed: Option<SignedWith>,
    /// Whether there is an SSH signature over the whole bundle.
    pub has_ssh_signature: bool,
    /// Whether there is a time stamp over the whole bundle.
    pub has_stamp: bool,
}

/// What a stream's first record names as its predecessor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The stream.
    pub stream_id: String,
    /// The hash that stands before its record 1.
    pub genesis: String,
    /// Whether record 1 lies in an archive.
    #[serde(default)]
    pub is_archived: bool,
}

/// A batch that was archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveLaid {
    /// Number of its first record.
    pub first_seq: u64,
    /// Number of its last record.
    pub last_seq: u64,
    /// Where it lies in the bundle; `None` where it is not there, or not as lines of JSON.
    pub path: Option<String>,
}

/// The key of a signature, as the signature says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedWith {
    /// Its fingerprint.
    pub kid: String,
    /// The algorithm.
    pub alg: String,
}

impl Layout {
    /// Reads it off a bundle. What cannot be read is left out: the check says why.
    #[must_use]
    pub fn of(source: &dyn Source, container: &str, top: Option<&str>) -> Self {
        let has = |name: &str| source.entry(name).is_some();
        let mut layout = Self {
            container: container.to_owned(),
            top: top.map(str::to_owned),
            is_bag: has("bagit.txt"),
            has_ssh_signature: has(SSH_SIGNATURE),
            has_stamp: has(STAMP),
            ..Self::default()
        };
        layout.read_lists(source);
        let manifest = source.read(AUDIT_MANIFEST_NAME, MANIFEST_BYTES_MAX).ok();
        if let Some(manifest) = manifest.and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok()) {
            layout.read_manifest(source, &manifest);
        }
        layout
    }

    fn read_lists(&mut self, source: &dyn Source) {
        let lists = source.entries().iter().map(|entry| entry.name.as_str()).filter(|name| list_tool(name).is_some());
        for name in lists {
            let is_plain = source.read(name, LIST_BYTES_MAX).is_ok_and(|bytes| is_plain(&bytes));
            if is_plain {
                self.plain_lists.push(name.to_owned());
            } else {
                self.has_odd_lists = true;
            }
        }
    }

    fn read_manifest(&mut self, source: &dyn Source, manifest: &Manifest) {
        let there = |path: &String| source.entry(path).is_some();
        self.checkpoints = manifest.checkpoints.as_ref().map(|file| file.path.clone()).filter(there);
        self.checkpoints_stated = manifest.checkpoints.as_ref().and_then(|file| file.count);
        self.policy.clone_from(&manifest.signature_policy);
        self.archives = manifest.archives.iter().filter_map(|one| archive_laid(one, source)).collect();
        self.has_stream_totals = manifest.streams.iter().all(has_totals);
        self.has_segment_totals = manifest.segments.iter().all(has_ends);
        self.keys = manifest.keys.as_ref().map(|file| file.path.clone()).filter(there);
        let mut forms = manifest.segments.iter().map(|segment| {
            let form = Form::stated(&segment.path, segment.media_type.as_deref(), segment.compression.as_deref());
            form.filter(|form| !form.layout.is_table() && there(&segment.path)).map(|form| form.packing)
        });
        let form = forms.next().flatten();
        self.has_records = form.is_some() && forms.all(|other| other == form);
        self.is_from_start = manifest.streams.iter().all(|stream| stream.first_seq == Some(1));
        let starts = manifest.streams.iter().filter(|stream| stream.first_seq == Some(1)).take(STREAMS_MAX);
        self.starts = starts
            .map(|stream| Link {
                genesis: integrity::chain::genesis(&stream.stream_id).to_hex(),
                stream_id: stream.stream_id.clone(),
                is_archived: manifest
                    .archives
                    .iter()
                    .any(|one| one.stream_id == stream.stream_id && one.first_seq == Some(1)),
            })
            .collect();
        let mut signed = manifest.segments.iter().filter_map(|segment| segment.sig.as_ref());
        self.segments_signed = signed.next().map(|sig| SignedWith { kid: sig.kid.clone(), alg: sig.alg.clone() });
        self.checkpoints_signed = self.checkpoints.as_ref().and_then(|path| signed_with(source, path, None));
        if let Some(form) = form.filter(|_| self.has_records) {
            self.packing = form.map(|packing| if packing == Packing::Gzip { "gzip" } else { "zstd" }.to_owned());
            let first = manifest.segments.first();
            self.records_signed = first.and_then(|segment| signed_with(source, &segment.path, form));
        }
    }
}

/// An archive, if the audit manifest says which records it holds.
fn archive_laid(archive: &Archive, source: &dyn Source) -> Option<ArchiveLaid> {
    let is_lines = archive.media_type.as_deref().is_none_or(|kind| kind == "application/x-ndjson");
    // The format has no word for how an archive is packed; one that is packed begins with no brace.
    let is_plain = |path: &String| {
        source.entry(path).is_some()
            && source.stream(path).ok().and_then(first_line).is_some_and(|line| line.first() == Some(&b'{'))
    };
    Some(ArchiveLaid {
        first_seq: archive.first_seq?,
        last_seq: archive.last_seq?,
        path: archive.path.clone().filter(|path| is_lines && is_plain(path)),
    })
}

fn has_totals(stream: &Stream) -> bool {
    stream.record_count.is_some() && stream.last_seq.is_some() && stream.last_hash.is_some()
}

/// Whether count and ends are stated, as far as there can be any.
fn has_ends(segment: &Segment) -> bool {
    let ends = [segment.first_seq.is_some(), segment.last_seq.is_some()];
    let hashes = [segment.first_prev_hash.is_some(), segment.last_hash.is_some()];
    segment.rows == Some(0) || segment.rows.is_some() && ends.into_iter().chain(hashes).all(|stated| stated)
}

/// The tool of the system that reads a list of this name.
pub(crate) fn list_tool(name: &str) -> Option<String> {
    let algorithm = name.strip_prefix("tag").unwrap_or(name).strip_prefix("manifest-")?.strip_suffix(".txt")?;
    ["sha256", "sha512", "sha384", "sha224", "sha1", "md5"].contains(&algorithm).then(|| format!("{algorithm}sum"))
}

/// Whether every line is digits, two spaces and a path without escapes: what the tools of the system read alike.
fn is_plain(list: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(list) else { return false };
    let is_line = |line: &str| {
        let Some((digest, path)) = line.split_once("  ") else { return false };
        let is_hex = digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hex && !path.is_empty() && !path.starts_with([' ', '*']) && !path.contains(['%', '\\', '\r'])
    };
    text.ends_with('\n') && text.lines().all(is_line)
}

/// The key that signed the first line of a file.
fn signed_with(source: &dyn Source, path: &str, packing: Option<Packing>) -> Option<SignedWith> {
    let stream = source.stream(path).ok()?;
    let line = match packing {
        None => first_line(stream)?,
        Some(packing) => first_line(unpack(stream, packing, path, &source.limits()))?,
    };
    let record: Value = serde_json::from_slice(&line).ok()?;
    let text = |name: &str| record.pointer(name)?.as_str().map(str::to_owned);
    Some(SignedWith { kid: text("/sig/kid")?, alg: text("/sig/alg")? })
}

/// The first line of a stream, read no further than a line may be long.
fn first_line(stream: impl std::io::Read) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut reader = std::io::BufReader::new(stream.take(AB1_LINE_BYTES_MAX.saturating_add(1)));
    std::io::BufRead::read_until(&mut reader, b'\n', &mut line).ok()?;
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_that_every_tool_reads_alike_are_plain() {
        assert!(is_plain(b"0aff  data/a.json\n0aff  data/b c.json\n"));
        for odd in [&b"0aff data/a\n"[..], b"0AFF  data/a\n", b"0aff  data/a%0Ab\n", b"0aff  data/a", b"0a  \xff\n"] {
            assert!(!is_plain(odd), "{odd:?}");
        }
        assert_eq!(list_tool("tagmanifest-sha512.txt").as_deref(), Some("sha512sum"));
        assert_eq!(list_tool("manifest-sha3-256.txt"), None);
    }
}
