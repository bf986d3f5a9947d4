//! What is done to the container: manifests, tag files, checkpoints, missing and foreign files.

use serde_json::{Value, json};

use super::{Attack, Tamper};
use crate::bag::{Lists, Tags};
use crate::bundle::{AUDIT_MANIFEST_PATH, Names};
use crate::calendar::{DAY, rfc3339_seconds};
use crate::checkpoints::Facts;

/// A file that is listed and was never there.
const NEVER_THERE: &str = "data/events/segment-999999.ndjson";
/// A digest of nothing in this bundle.
const FOREIGN_DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

impl Attack {
    /// The segment that is left out although it is listed.
    pub(crate) fn withheld_segment(&mut self) -> Option<u64> {
        (self.kind == Some(Tamper::FileMissing)).then(|| {
            let number = self.chance.between(2, self.segments.max(2));
            self.seen.path = Some(self.segment_path(number));
            number
        })
    }

    /// Changes what checkpoints say before they are chained; `Err` holds how many there must be and are.
    pub(crate) fn checkpoint_facts(&mut self, facts: &mut Vec<Facts>) -> Result<(), (usize, usize)> {
        let needed = match self.kind {
            Some(Tamper::CheckpointRemoved) => 2,
            Some(Tamper::CheckpointDayMissing) => 3,
            _ => 0,
        };
        if facts.len() < needed {
            return Err((needed, facts.len()));
        }
        match self.kind {
            Some(Tamper::CheckpointDayMissing) => {
                let place = self.chance.index(facts.len() - 2) + 1;
                self.seen.days.push(facts.remove(place).day);
            }
            Some(Tamper::CheckpointReportedFailure) => {
                let place = self.chance.index(facts.len());
                if let Some(facts) = facts.get_mut(place) {
                    facts.failed = true;
                }
                self.seen.line = Some(place as u64 + 1);
            }
            Some(Tamper::ChainRecomputedVsCheckpoint) => {
                let before = facts.iter().rev().find(|facts| facts.last_seq < self.at);
                let before = before.map_or(0, |facts| facts.last_seq);
                let after = facts.iter().find(|facts| facts.last_seq >= self.at);
                self.seen.checkpoint = after.map(|facts| (facts.last_seq, before));
            }
            _ => {}
        }
        Ok(())
    }

    /// Changes the checkpoint file; says how many lines the audit manifest is to state.
    pub(crate) fn checkpoint_lines(&mut self, lines: &mut Vec<Vec<u8>>, facts: &[Facts]) -> usize {
        match self.kind {
            Some(Tamper::CheckpointModified) => {
                let place = self.chance.index(lines.len());
                if let (Some(line), Some(facts)) = (lines.get_mut(place), facts.get(place)) {
                    let old = facts.last_hash.to_hex();
                    *line = String::from_utf8_lossy(line).replacen(&old, FOREIGN_DIGEST, 1).into_bytes();
                }
                self.seen.line = Some(place as u64 + 1);
            }
            Some(Tamper::CheckpointRemoved) => {
                let place = self.chance.index(lines.len() - 1);
                lines.remove(place);
                self.seen.line = Some(place as u64 + 1);
            }
            Some(Tamper::CheckpointUnparseable) => {
                self.seen.line = Some(lines.len() as u64);
                if let Some(line) = lines.last_mut() {
                    line.truncate(line.len() / 2);
                }
            }
            _ => {}
        }
        lines.len()
    }

    /// Changes what the audit manifest says.
    pub(crate) fn audit_manifest(&mut self, manifest: &mut Value, names: &Names) {
        match self.kind {
            Some(Tamper::ChainStartUnverified) => {
                manifest["streams"][0]["previous_bundle_id"] = names.previous_bundle.clone().into();
            }
            Some(Tamper::ArchiveAbsent) => self.declare_archive(manifest),
            Some(Tamper::SegmentCount) => {
                let segment = self.some_segment(manifest);
                segment["rows"] = json!(segment["rows"].as_u64().unwrap_or_default() + 1);
                self.stale_entry();
            }
            Some(Tamper::SegmentBoundary) => {
                self.some_segment(manifest)["last_hash"] = FOREIGN_DIGEST.into();
                self.stale_entry();
            }
            Some(Tamper::MerkleRoot) => {
                self.some_segment(manifest)["merkle_root"] = FOREIGN_DIGEST.into();
                self.stale_entry();
            }
            _ => {}
        }
    }

    fn some_segment<'a>(&mut self, manifest: &'a mut Value) -> &'a mut Value {
        let segments = &mut manifest["segments"];
        let place = self.chance.index(segments.as_array().map_or(0, Vec::len));
        let segment = &mut segments[place];
        self.seen.path = segment["path"].as_str().map(str::to_owned);
        segment
    }

    fn declare_archive(&mut self, manifest: &mut Value) {
        let Some((first, last)) = &self.seen.archived else { return };
        manifest["archives"] = json!([{
            "archive_id": self.chance.uuid_text(),
            "stream_id": self.stream_id,
            "location": "glacier:example-vault/2026-03",
            "media_type": "application/vnd.apache.parquet",
            "present": false,
            "rows": self.span,
            "sha256": FOREIGN_DIGEST,
            "merkle_root": FOREIGN_DIGEST,
            "first_seq": first.record.seq,
            "last_seq": last.record.seq,
            "first_prev_hash": first.record.prev.to_hex(),
            "last_hash": last.hash.to_hex(),
            "archived_at": rfc3339_seconds(self.created - DAY),
            "retention_until": rfc3339_seconds(self.created + 2_190 * DAY),
        }]);
    }

    /// The bytes of the audit manifest as they are stored, if it is there at all.
    pub(crate) fn audit_manifest_bytes(&mut self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        self.seen.path.get_or_insert_with(|| AUDIT_MANIFEST_PATH.to_owned());
        match self.kind {
            Some(Tamper::AuditManifestMissing) => None,
            Some(Tamper::AuditManifestInvalid) => Some(bytes[..bytes.len() / 2].to_vec()),
            _ => Some(bytes),
        }
    }

    /// A payload file that no list knows.
    pub(crate) fn unlisted_payload(&mut self, segments: usize) -> Option<(String, &'static [u8])> {
        (self.kind == Some(Tamper::FileExtra)).then(|| {
            let path = self.segment_path(segments as u64 + 1);
            self.seen.path = Some(path.clone());
            (path, &b"{}\n"[..])
        })
    }

    /// The size of the payload as bag-info.txt states it.
    pub(crate) fn oxum(&self, oxum: String) -> String {
        if self.kind == Some(Tamper::OxumMismatch) { format!("1{oxum}") } else { oxum }
    }

    /// Changes the lines of the payload manifests.
    pub(crate) fn lists(&mut self, lists: &mut Lists) {
        let place = self.chance.index(lists.sha256.len());
        match self.kind {
            Some(Tamper::UppercaseManifest) => {
                // A digest without a letter would not change: look for the next one with letters.
                let count = lists.sha256.len();
                let lettered = (0..count)
                    .map(|step| (place + step) % count)
                    .find(|place| lists.sha256[*place].0.bytes().any(|digit| digit.is_ascii_lowercase()));
                if let Some((digest, path)) = lettered.and_then(|place| lists.sha256.get_mut(place)) {
                    digest.make_ascii_uppercase();
                    self.seen.path = Some(path.clone());
                    self.seen.line = lettered.map(|place| place as u64 + 1);
                }
            }
            Some(Tamper::ManifestAbsentFile) => {
                lists.sha256.push((FOREIGN_DIGEST.to_owned(), NEVER_THERE.to_owned()));
                if let Some(sha512) = &mut lists.sha512 {
                    sha512.push((FOREIGN_DIGEST.repeat(2), NEVER_THERE.to_owned()));
                }
                self.seen.path = Some(NEVER_THERE.to_owned());
            }
            Some(Tamper::ManifestDuplicatePath) => {
                if let Some(line) = lists.sha256.get(place).cloned() {
                    self.seen.path = Some(line.1.clone());
                    lists.sha256.push(line);
                    self.seen.line = Some(lists.sha256.len() as u64);
                }
            }
            Some(Tamper::ManifestIncomplete) => {
                if let Some(sha512) = &mut lists.sha512 {
                    self.seen.path = Some(sha512.remove(place.min(sha512.len() - 1)).1);
                }
            }
            _ => {}
        }
    }

    /// Changes tag files before the tag manifest is made.
    pub(crate) fn before_sealing(&mut self, tags: &mut Tags) {
        match self.kind {
            Some(Tamper::DeclarationMissing) => {
                tags.remove("bagit.txt");
            }
            Some(Tamper::DeclarationInvalid) => {
                let text = b"BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8\n";
                tags.insert("bagit.txt".to_owned(), text.to_vec());
            }
            _ => {}
        }
    }

    /// Changes tag files after the tag manifest was made.
    pub(crate) fn after_sealing(&mut self, tags: &mut Tags) {
        match self.kind {
            Some(Tamper::BagInfoAltered) => {
                if let Some(text) = tags.get_mut("bag-info.txt") {
                    text.extend(b"Contact-Name: nobody\n");
                }
            }
            Some(Tamper::TagFileUnlisted) => {
                tags.insert("README.html".to_owned(), b"<p>Read me first</p>\n".to_vec());
            }
            Some(Tamper::FetchTxt) => {
                tags.insert("fetch.txt".to_owned(), b"http://127.0.0.1/x 1 data/x\n".to_vec());
            }
            _ => {}
        }
    }
}
