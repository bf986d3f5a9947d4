//! A folder of a bundle that is changed by hand. Its manifests can be renewed afterwards with stock tools, as somebody
//! would who knows the format, so that what is found is found in the content.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chartproof_tests::sample::files;
use serde_json::Value;

use crate::office::Office;
use crate::zip::{self, Member};

/// The file that most rows change.
pub(crate) const SEGMENT: &str = "data/events/segment-000001.ndjson";
const AUDIT_MANIFEST: &str = "data/audit-manifest.json";

pub(crate) struct Parcel {
    pub(crate) path: PathBuf,
}

impl Parcel {
    /// A copy of the office's bundle under this name.
    pub(crate) fn new(office: &Office, name: &str) -> Self {
        let path = office.path(name);
        let from = &office.sample().path;
        for file in files(from) {
            let to = path.join(file.strip_prefix(from).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, to).unwrap();
        }
        Self { path }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Changes a file's bytes.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.file(name)).unwrap();
        change(&mut bytes);
        fs::write(self.file(name), bytes).unwrap();
    }

    /// Changes the record on a line of the first segment, from 1, and renews the manifests.
    pub(crate) fn change_line(&self, number: usize, change: impl FnOnce(&str) -> Vec<u8>) {
        self.change(SEGMENT, |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
            lines[number - 1] = change(text.lines().nth(number - 1).unwrap());
            *bytes = lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect();
        });
        self.renew();
    }

    /// Where the first byte of a line of the first segment lies.
    pub(crate) fn offset(&self, number: usize) -> u64 {
        let bytes = fs::read(self.file(SEGMENT)).unwrap();
        bytes.split_inclusive(|byte| *byte == b'\n').take(number - 1).map(|line| line.len() as u64).sum()
    }

    /// States sizes and hashes of all files again.
    pub(crate) fn renew(&self) {
        self.change(AUDIT_MANIFEST, |bytes| {
            let mut manifest: Value = serde_json::from_slice(bytes).unwrap();
            for segment in manifest["segments"].as_array_mut().unwrap() {
                let file = self.file(segment["path"].as_str().unwrap());
                segment["bytes"] = fs::metadata(&file).unwrap().len().into();
                segment["sha256"] = sha256(&file).into();
            }
            // Names in order, nothing but whole numbers: canonical as it is.
            *bytes = serde_json::to_vec(&manifest).unwrap();
        });
        let payload = files(&self.path.join("data"));
        let total: u64 = payload.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        self.restate("manifest-sha256.txt", &payload);
        self.change("bag-info.txt", |bytes| {
            let oxum = format!("Payload-Oxum: {total}.{}", payload.len());
            let text = std::str::from_utf8(bytes).unwrap();
            let lines = text.lines().map(|line| if line.starts_with("Payload-Oxum:") { &oxum } else { line });
            *bytes = lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes();
        });
        self.restate_tags();
    }

    /// States the hashes of the tag files again.
    pub(crate) fn restate_tags(&self) {
        let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"].map(|name| self.file(name));
        self.restate("tagmanifest-sha256.txt", &tags);
    }

    fn restate(&self, manifest: &str, listed: &[PathBuf]) {
        let lines = listed.iter().map(|file| {
            let name = file.strip_prefix(&self.path).unwrap().display();
            format!("{}  {name}\n", sha256(file))
        });
        fs::write(self.file(manifest), lines.collect::<String>()).unwrap();
    }

    /// The files as members of a zip, below `top`.
    pub(crate) fn members(&self, top: &str) -> Vec<Member> {
        let member = |file: PathBuf| {
            let name = file.strip_prefix(&self.path).unwrap().display().to_string();
            Member::deflated(format!("{top}/{name}"), fs::read(&file).unwrap())
        };
        files(&self.path).into_iter().map(member).collect()
    }

    /// Packs the folder.
    pub(crate) fn packed(&self, to: &Path) {
        zip::write(to, &self.members("bundle"));
    }
}

fn sha256(file: &Path) -> String {
    let output = Command::new("sha256sum").arg("--").arg(file).output().expect("sha256sum (coreutils) is installed");
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}
