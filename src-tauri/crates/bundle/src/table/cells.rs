//! The cells of a run of rows besides the records, in one piece of memory.

use std::sync::Arc;

/// What a cell says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing: null, or an empty text, which CSV cannot tell apart.
    Nothing,
    /// A text, or a number or truth value as text.
    Text(&'r [u8]),
    /// A moment: so many units since 1970-01-01T00:00:00Z, of which a second has so many.
    Moment {
        /// Units since 1970.
        units: i64,
        /// Units in a second: 1,000, 1,000,000 or 1,000,000,000.
        per_second: i64,
    },
}

// Cells repeat what records say of people.
impl std::fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Text(_) => "Text",
            Self::Moment { .. } => "Moment",
        })
    }
}

#[derive(Clone, Copy)]
enum Kept {
    Nothing,
    Text { start: usize, end: usize },
    Moment { units: i64, per_second: i64 },
}

/// The cells of the rows of a run, without the records.
#[derive(Default)]
pub struct Cells {
    columns: Arc<[String]>,
    /// Of each row where its cells begin; `None` where they cannot be told apart.
    rows: Vec<Option<usize>>,
    kept: Vec<Kept>,
    text: Vec<u8>,
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cells({} rows of {} columns)", self.rows.len(), self.columns.len())
    }
}

impl Cells {
    pub(crate) fn new(columns: Arc<[String]>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// The names of the columns besides the records, as they stand in the table.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The cells of a row of the run, from 0, in the order of the columns; `None` where they cannot be told apart.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<impl Iterator<Item = Cell<'_>>> {
        let start = (*self.rows.get(index)?)?;
        let kept = self.kept.get(start..start.checked_add(self.columns.len())?)?;
        Some(kept.iter().map(|kept| match *kept {
            Kept::Nothing => Cell::Nothing,
            Kept::Text { start, end } => Cell::Text(self.text.get(start..end).unwrap_or_default()),
            Kept::Moment { units, per_second } => Cell::Moment { units, per_second },
        }))
    }

    /// Bytes that they take.
    pub(crate) fn bytes(&self) -> usize {
        self.kept.len().saturating_mul(size_of::<Kept>()).saturating_add(self.text.len())
    }

    /// Begins the next row. Its cells have to follow, one for each column.
    pub(crate) fn begin_row(&mut self) {
        self.rows.push(Some(self.kept.len()));
    }

    /// The next row is one whose cells cannot be told apart.
    pub(crate) fn skip_row(&mut self) {
        self.rows.push(None);
    }

    pub(crate) fn push(&mut self, cell: Cell<'_>) {
        let kept = match cell {
            Cell::Nothing | Cell::Text(b"") => Kept::Nothing,
            Cell::Text(text) => {
                let start = self.text.len();
                self.text.extend_from_slice(text);
                Kept::Text { start, end: self.text.len() }
            }
            Cell::Moment { units, per_second } => Kept::Moment { units, per_second },
        };
        self.kept.push(kept);
    }
}
