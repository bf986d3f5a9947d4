//! Where a sample is written to: a folder that did not exist, or a zip.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use specimen::Sink;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// One file after the other under a folder that did not exist.
pub(crate) struct FolderSink<'a> {
    root: &'a Path,
    open: Option<BufWriter<File>>,
}

impl<'a> FolderSink<'a> {
    pub(crate) fn new(root: &'a Path) -> Self {
        Self { root, open: None }
    }
}

impl Sink for FolderSink<'_> {
    type Fault = io::Error;

    fn create(&mut self, path: &str) -> io::Result<()> {
        let file = self.root.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        self.open = Some(BufWriter::new(File::create_new(file)?));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.as_mut().ok_or(io::ErrorKind::InvalidInput)?.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        let file = self.open.take().ok_or(io::ErrorKind::InvalidInput)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()
    }
}

/// Members of a zip under its one top directory, with a fixed date: same sample, same bytes.
pub(crate) struct ZipSink {
    top: String,
    zip: ZipWriter<UntilFailed>,
}

impl ZipSink {
    pub(crate) fn new(top: &str, file: File) -> Self {
        Self { top: top.to_owned(), zip: ZipWriter::new(UntilFailed::new(file)) }
    }

    /// Ends the archive, and waits until it is on the disk.
    pub(crate) fn end(self) -> io::Result<()> {
        let mut whole = self.zip.finish()?;
        whole.flush()?;
        match whole.failed {
            Some(error) => Err(error),
            None => whole.inner.get_ref().sync_all(),
        }
    }
}

impl Sink for ZipSink {
    type Fault = io::Error;

    fn create(&mut self, path: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(true);
        Ok(self.zip.start_file(format!("{}/{path}", self.top), options)?)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file of which the first failure counts: what is written after it is thrown away, as if it had been taken.
///
/// A [`ZipWriter`] that is dropped tries to end the archive, and prints to standard error if that fails.
struct UntilFailed {
    inner: BufWriter<File>,
    failed: Option<io::Error>,
    /// Where writing goes on, and where the file ends, in bytes; or would, had it not failed.
    at: u64,
    end: u64,
}

impl UntilFailed {
    fn new(file: File) -> Self {
        Self { inner: BufWriter::new(file), failed: None, at: 0, end: 0 }
    }

    fn unless_failed(&mut self, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = act(&mut self.inner).err();
        }
    }
}

impl Write for UntilFailed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_failed(|inner| inner.write_all(bytes));
        self.at = self.at.saturating_add(bytes.len() as u64);
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_failed(BufWriter::flush);
        Ok(())
    }
}

impl Seek for UntilFailed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        let target = SeekFrom::Start(self.at);
        self.unless_failed(|inner| inner.seek(target).map(drop));
        Ok(self.at)
    }
}
