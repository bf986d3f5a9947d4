//! Runs the tools that others check with, in a folder of their own.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::must_use_candidate,
    reason = "each test file uses its part, and tests may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that goes away when the test ends.
pub struct Tools(tempfile::TempDir);

/// A folder to work in, or `None`, said aloud, where one of the programs is not there.
pub fn tools(needed: &[&str]) -> Option<Tools> {
    for name in needed {
        let is_there = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(name).is_file() || folder.join(format!("{name}.exe")).is_file());
        if !is_there {
            println!("skipped: no {name}");
            return None;
        }
    }
    Some(Tools(tempfile::tempdir().unwrap()))
}

impl Tools {
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// Whether a program ends well.
    pub fn succeeds(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<String, String> {
        self.write(".input", input);
        let input = std::fs::File::open(self.path(".input")).unwrap();
        let output = Command::new(program).args(arguments).current_dir(self.folder()).stdin(input).output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&both).into_owned();
        if output.status.success() { Ok(text) } else { Err(text) }
    }

    pub fn openssl(&self, arguments: &str) {
        let arguments: Vec<_> = arguments.split(' ').collect();
        if let Err(text) = self.succeeds("openssl", &arguments, b"") {
            panic!("openssl {arguments:?}: {text}");
        }
    }

    /// SHA-256 of a public key's DER, as openssl writes it.
    pub fn spki_digest(&self, pem: &str) -> String {
        self.openssl(&format!("pkey -pubin -in {pem} -outform DER -out .spki"));
        integrity::Digest::of(&self.read(".spki")).to_hex()
    }
}
