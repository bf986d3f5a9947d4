//! A single unpacked file as a bundle of one entry.

use std::fs::File;
use std::io::{self, Read};

use crate::steady::{SteadyFile, WholeFile};

/// The open file.
#[derive(Debug)]
pub(crate) struct LoneFile {
    file: SteadyFile,
}

impl LoneFile {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        Ok(Self { file: SteadyFile::new(file)? })
    }

    pub(crate) fn steady(&self) -> &SteadyFile {
        &self.file
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        self.file.size_bytes()
    }

    pub(crate) fn head(&self, count: u64) -> io::Result<Vec<u8>> {
        self.file.bytes_at(0, count)
    }

    pub(crate) fn stream<'b>(&'b self, name: &'b str) -> Box<dyn Read + Send + 'b> {
        Box::new(WholeFile::new(&self.file, name))
    }
}
