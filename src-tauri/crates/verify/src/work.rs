//! The check in progress: what it looks at, what it has found, how far it has come.

use std::collections::BTreeMap;
use std::io::Read as _;

use bundle::ReadFault;
use integrity::checksum::Algorithm;

use crate::container;
use crate::fault::Halt;
use crate::finding::{Code, Finding, Tally};
use crate::hands::{HowFar, Options, Proceed, Progress};
use crate::report::Done;
use crate::source::Source;
use crate::sums::{Algorithms, FileSum, Summing};

/// Bytes read at once from files that are only hashed.
const CHUNK_BYTES: usize = 256 << 10;

pub(crate) struct Work<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) options: &'a Options,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) tally: Tally,
    pub(crate) how_far: HowFar,
    /// What was compared so far.
    pub(crate) done: Done,
    /// Digests of the small files that were read whole, so that none is read twice.
    sums: BTreeMap<String, FileSum>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(source: &'a dyn Source, options: &'a Options, progress: &'a dyn Progress) -> Self {
        let bytes_total = source.entries().iter().map(|entry| entry.size_bytes).fold(0, u64::saturating_add);
        let how_far = HowFar { bytes_total, ..HowFar::default() };
        Self {
            source,
            options,
            progress,
            tally: Tally::default(),
            how_far,
            done: Done::default(),
            sums: BTreeMap::new(),
        }
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.tally.add(finding);
    }

    /// Digests of the files that were read whole, by name.
    pub(crate) fn sums(&self) -> &BTreeMap<String, FileSum> {
        &self.sums
    }

    /// Counts what was done and asks whether to go on.
    pub(crate) fn came(&mut self, records: u64, bytes: u64) -> Result<(), Halt> {
        self.how_far.records += records;
        self.how_far.bytes = self.how_far.bytes.saturating_add(bytes).min(self.how_far.bytes_total);
        match self.progress.came(self.how_far) {
            Proceed::GoOn => Ok(()),
            Proceed::Stop => Err(Halt::Stopped),
        }
    }

    /// A whole small file; `None` if it is not there or damaged, which is then reported.
    pub(crate) fn small_file(&mut self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, Halt> {
        if self.source.entry(name).is_none() {
            return Ok(None);
        }
        match self.source.read(name, max_bytes) {
            Ok(bytes) => {
                let sum = FileSum::of(&bytes, Algorithms::NONE.with(Algorithm::Sha512));
                self.came(0, sum.bytes)?;
                self.sums.insert(name.to_owned(), sum);
                Ok(Some(bytes))
            }
            Err(fault) => self.damaged(fault).map(|()| None),
        }
    }

    /// Sums up a whole file, in SHA-256 and what else is wanted; `None` if the container is damaged there, which is then
    /// reported.
    pub(crate) fn sum_of(&mut self, name: &str, wanted: Algorithms) -> Result<Option<FileSum>, Halt> {
        let known = self.sums.get(name);
        if let Some(sum) = known.filter(|sum| sum.has(wanted)) {
            return Ok(Some(sum.clone()));
        }
        // What was read before is not counted twice.
        let is_known = known.is_some();
        let mut reader = match self.source.stream(name) {
            Ok(reader) => Summing::new(reader, wanted),
            Err(fault) => return self.damaged(fault).map(|()| None),
        };
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match reader.read(&mut chunk) {
                Ok(0) => return Ok(Some(reader.finish())),
                Ok(_) if is_known => self.came(0, 0)?,
                Ok(count) => self.came(0, u64::try_from(count).unwrap_or(u64::MAX))?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return self.damaged(ReadFault::of(error)).map(|()| None),
            }
        }
    }

    /// Reports damage of the container; anything else that keeps a file from being read ends the check.
    pub(crate) fn damaged(&mut self, fault: ReadFault) -> Result<(), Halt> {
        if let Some(trouble) = fault.trouble() {
            let finding = Finding::new(container::code_of(trouble.code), trouble.message);
            self.find(match trouble.file {
                Some(file) => finding.file(file),
                None => finding,
            });
            return Ok(());
        }
        if let ReadFault::TooLarge { name, limit_bytes } = &fault {
            let limit = crate::words::number(*limit_bytes);
            let message = format!("This file is larger than {limit} bytes, more than any such file may need.");
            self.find(Finding::new(Code::ArchiveLimitExceeded, message).at_file(name));
            return Ok(());
        }
        Err(fault.into())
    }
}
