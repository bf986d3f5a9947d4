//! A file with the records of an audit bundle, in whatever form it lies there: lines or a table, packed or not.
//!
//! Whatever the form is, a segment is read as lines. Of packed content and of a table these are not the bytes of the
//! file: offsets are then those of what it unpacks to, and of the records of a table one behind the other.

use std::io::Read;

use crate::bundle::Bundle;
use crate::fault::ReadFault;
use crate::limits::Limits;
use crate::lines::{self, LineLimits, LineRun};
use crate::table::{CsvRows, ParquetRows, RowRun, Text};
use crate::unpack::{Packing, unpack};

/// How records are laid out in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// NDJSON: one record in each line.
    #[default]
    Lines,
    /// CSV with a column `record`.
    Csv,
    /// Parquet with a column `record`.
    Parquet,
}

impl Layout {
    /// The layout that a file's name speaks of.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let inner = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let tables = [(".csv", Self::Csv), (".parquet", Self::Parquet)];
        tables.into_iter().find(|(ending, _)| inner.ends_with(ending)).map_or(Self::Lines, |(_, layout)| layout)
    }

    /// Whether it is a table: places in it are rows.
    #[must_use]
    pub const fn is_table(self) -> bool {
        !matches!(self, Self::Lines)
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Lines => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// In what form a segment lies in its bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// How its records are laid out.
    pub layout: Layout,
    /// How the file is packed.
    pub packing: Option<Packing>,
}

impl Form {
    /// The form that an audit manifest states for a file; `None` if it is not known, or contradicts the file's name.
    #[must_use]
    pub fn stated(name: &str, media_type: Option<&str>, compression: Option<&str>) -> Option<Self> {
        let layout = Layout::of_name(name);
        if media_type.is_some_and(|stated| stated != layout.media_type()) {
            return None;
        }
        let packing = match compression {
            None | Some("" | "none") => None,
            Some(word) => Some(Packing::named(word)?),
        };
        Some(Self { layout, packing })
    }

    /// The form that a file's name speaks of, where no manifest does; `None` if it is none of a segment.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let form = Self { layout: Layout::of_name(name), packing: Packing::of_name(name) };
        let endings = [".ndjson", ".ndjson.gz", ".ndjson.zst"];
        (form.layout.is_table() || endings.iter().any(|ending| name.ends_with(ending))).then_some(form)
    }

    /// Whether the lines of the segment are the bytes of its file.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        matches!(self, Self { layout: Layout::Lines, packing: None })
    }
}

/// Where files lie that segments are read from.
pub trait Files {
    /// A reader over a file from its beginning.
    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault>;
    /// What packed content may unpack to.
    fn limits(&self) -> Limits;
}

impl Files for Bundle {
    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        Bundle::stream(self, name)
    }

    fn limits(&self) -> Limits {
        Bundle::limits(self).clone()
    }
}

/// Some records of a segment, one behind the other.
#[derive(Debug)]
pub enum Run {
    /// Lines as they stand in the file.
    Lines(LineRun),
    /// Rows of a table.
    Rows(RowRun),
}

impl Run {
    /// The records, each in a line.
    #[must_use]
    pub fn lines(&self) -> &LineRun {
        match self {
            Self::Lines(lines) => lines,
            Self::Rows(rows) => &rows.lines,
        }
    }

    /// The same without what a table says besides.
    pub(crate) fn into_lines(self) -> LineRun {
        match self {
            Self::Lines(lines) => lines,
            Self::Rows(rows) => rows.lines,
        }
    }

    /// What else a table says of them.
    #[must_use]
    pub fn rows(&self) -> Option<&RowRun> {
        match self {
            Self::Lines(_) => None,
            Self::Rows(rows) => Some(rows),
        }
    }
}

/// Reads a segment run by run. After an error it is over.
pub struct Runs<R>(Reading<R>);

enum Reading<R> {
    Lines(lines::Runs<R>),
    Csv(Box<CsvRows<R>>),
    Parquet(Box<ParquetRows<R>>),
}

impl<R> std::fmt::Debug for Runs<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Reading::Lines(_) => "Runs(lines)",
            Reading::Csv(_) => "Runs(csv)",
            Reading::Parquet(_) => "Runs(parquet)",
        })
    }
}

impl<R: Read> Iterator for Runs<R> {
    type Item = Result<Run, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Reading::Lines(runs) => runs.next().map(|run| run.map(Run::Lines)),
            Reading::Csv(rows) => rows.next().map(|run| run.map(Run::Rows)),
            Reading::Parquet(rows) => rows.next().map(|run| run.map(Run::Rows)),
        }
    }
}

/// The records in content that is unpacked already. `name` is what the file is called in faults.
pub fn runs<R: Read>(content: R, layout: Layout, name: &str) -> Runs<R> {
    Runs(match layout {
        Layout::Lines => Reading::Lines(lines::runs(content, &LineLimits::audit_bundle())),
        Layout::Csv => Reading::Csv(Box::new(CsvRows::new(content, name))),
        Layout::Parquet => Reading::Parquet(Box::new(ParquetRows::new(content, name))),
    })
}

/// The records of a segment as lines, whatever its form is.
pub fn text<'f, F: Files + ?Sized>(
    files: &'f F,
    name: &str,
    form: Form,
) -> Result<Box<dyn Read + Send + 'f>, ReadFault> {
    let stored = files.stream(name)?;
    let content: Box<dyn Read + Send + 'f> = match form.packing {
        None => stored,
        Some(packing) => Box::new(unpack(stored, packing, name, &files.limits())),
    };
    Ok(if form.layout.is_table() { Box::new(Text::new(runs(content, form.layout, name))) } else { content })
}
