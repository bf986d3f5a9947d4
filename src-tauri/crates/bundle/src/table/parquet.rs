//! Parquet: columns of texts, whole numbers, truth values and times, without nesting.
//!
//! The library takes the file apart; what its headers promise is looked at before (`pages`). A Parquet file can only be
//! read from its end, so all of it is held, up to a limit that is far above what one segment needs.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::reader::SerializedPageReader;
use parquet::schema::types::ColumnDescriptor;

use super::pages::{has_bearable_schema, unpacked_bytes};
use super::{Building, Cell, Cells, RECORD_COLUMN, RowCause, RowRun, RowTrouble};
use crate::fault::{Damage, ReadFault};
use crate::limits::{Limits, PARQUET_FILE_BYTES_MAX, PARQUET_FOOTER_BYTES_MAX, TABLE_COLUMNS_MAX};
use crate::lines::LineRun;

/// Rows taken out of each column at a time.
const BATCH_ROWS: usize = 256;
/// At the end: the length of the footer in four bytes, and the name of the format.
const TAIL_BYTES: usize = 8;
const MAGIC: &[u8] = b"PAR1";

/// Reads a table run by run. After an error it is over.
pub(crate) struct Rows<R> {
    reader: Option<R>,
    name: String,
    table: Option<Table>,
    ordinal: u64,
    next_row: u64,
    next_byte_offset: u64,
}

/// A file that was read and found bearable.
struct Table {
    bytes: Arc<Bytes>,
    metadata: ParquetMetaData,
    /// The columns that are read, with their places in the file.
    columns: Vec<(usize, Kind)>,
    /// Which of them holds the records.
    record: usize,
    names: Arc<[String]>,
    unfit: Vec<String>,
    next_group: usize,
    /// Readers of the columns of the row group that is being read.
    readers: Vec<ColumnReader>,
    rows_left: usize,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Whole numbers without a sign, in 32 bits and in 64.
    Unsigned32,
    Unsigned64,
    Moment {
        per_second: i64,
    },
}

/// Where a column has something.
enum Value {
    Text(ByteArray),
    Number(i64),
    Truth(bool),
}

/// The next values of a column, one for each row.
type Column = Vec<Option<Value>>;

fn unreadable(_: ParquetError) -> Damage {
    Damage::TableUnreadable
}

/// What a column holds; `None` where that is not read.
fn kind_of(column: &ColumnDescriptor) -> Option<Kind> {
    if column.path().parts().len() != 1 || column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return None;
    }
    let moment = |unit: &TimeUnit| Kind::Moment {
        per_second: match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        },
    };
    let logical = column.logical_type_ref();
    match (column.physical_type(), logical, column.converted_type()) {
        (Type::BYTE_ARRAY, None | Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), converted) => {
            (converted != ConvertedType::DECIMAL).then_some(Kind::Plain)
        }
        (Type::INT64, Some(LogicalType::Timestamp(time)), _) if time.is_adjusted_to_u_t_c => Some(moment(&time.unit)),
        (Type::INT64, None, ConvertedType::TIMESTAMP_MILLIS) => Some(moment(&TimeUnit::MILLIS)),
        (Type::INT64, None, ConvertedType::TIMESTAMP_MICROS) => Some(moment(&TimeUnit::MICROS)),
        (Type::INT32, Some(LogicalType::Integer(number)), _) if !number.is_signed => Some(Kind::Unsigned32),
        (Type::INT64, Some(LogicalType::Integer(number)), _) if !number.is_signed => Some(Kind::Unsigned64),
        (Type::INT32 | Type::INT64, Some(LogicalType::Integer(_)), _)
        | (Type::INT32 | Type::INT64, None, ConvertedType::NONE)
        | (Type::BOOLEAN, None, _) => Some(Kind::Plain),
        _ => None,
    }
}

impl Table {
    fn read(reader: impl Read) -> Result<Self, Result<Damage, ReadFault>> {
        let mut bytes = Vec::new();
        let most = PARQUET_FILE_BYTES_MAX.saturating_add(1);
        reader.take(most).read_to_end(&mut bytes).map_err(|error| Err(ReadFault::of(error)))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length >= most) {
            return Err(Ok(Damage::TableTooLargeToHold));
        }
        Self::of(Bytes::from(bytes)).map_err(Ok)
    }

    fn of(bytes: Bytes) -> Result<Self, Damage> {
        let metadata = ParquetMetaDataReader::decode_metadata(footer(&bytes)?).map_err(unreadable)?;
        let schema = metadata.file_metadata().schema_descr();
        if schema.num_columns() > TABLE_COLUMNS_MAX {
            return Err(Damage::TableTooLarge);
        }
        let (mut columns, mut names, mut unfit) = (Vec::new(), Vec::new(), Vec::new());
        let mut record = None;
        for (place, column) in schema.columns().iter().enumerate() {
            let root = column.path().parts().first().cloned().unwrap_or_default();
            let kind = kind_of(column);
            if root == RECORD_COLUMN {
                if record.is_some() || kind != Some(Kind::Plain) || column.physical_type() != Type::BYTE_ARRAY {
                    return Err(Damage::RecordColumn);
                }
                record = Some(columns.len());
            } else if kind.is_some() {
                names.push(root);
            } else if unfit.last() != Some(&root) {
                unfit.push(root);
            }
            columns.extend(kind.map(|kind| (place, kind)));
        }
        let record = record.ok_or(Damage::RecordColumn)?;
        let (names, bytes) = (names.into(), Arc::new(bytes));
        let table =
            Self { bytes, metadata, columns, record, names, unfit, next_group: 0, readers: Vec::new(), rows_left: 0 };
        table.check_promises()?;
        Ok(table)
    }

    /// Looks at what the columns that are read promise, before anything of them is unpacked.
    fn check_promises(&self) -> Result<(), Damage> {
        let packed = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        let Limits { ratio_max, ratio_free_bytes, .. } = Limits::standard();
        let (mut unpacked, mut rows) = (0_u64, 0_u64);
        for group in self.metadata.row_groups() {
            // A row without a byte is none that anybody wrote.
            rows = rows.saturating_add(u64::try_from(group.num_rows()).map_err(|_| Damage::TableUnreadable)?);
            if rows > packed {
                return Err(Damage::TableUnreadable);
            }
            for (place, _) in &self.columns {
                let chunk = self.chunk(group, *place)?;
                unpacked = unpacked.saturating_add(unpacked_bytes(chunk, group.num_rows())?);
                if unpacked > ratio_free_bytes && unpacked > packed.saturating_mul(ratio_max) {
                    return Err(Damage::UnpacksTooFar);
                }
            }
        }
        Ok(())
    }

    /// The bytes of a column in a row group.
    fn chunk(&self, group: &RowGroupMetaData, place: usize) -> Result<&[u8], Damage> {
        let column = group.columns().get(place).ok_or(Damage::TableUnreadable)?;
        let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let start = usize::try_from(first).map_err(|_| Damage::TableUnreadable)?;
        let length = usize::try_from(column.compressed_size()).map_err(|_| Damage::TableUnreadable)?;
        let end = start.checked_add(length).ok_or(Damage::TableUnreadable)?;
        if column.file_path().is_some() {
            return Err(Damage::TableUnfit);
        }
        self.bytes.get(start..end).ok_or(Damage::TableUnreadable)
    }

    /// Opens the next row group; false if there is none.
    fn open_group(&mut self) -> Result<bool, Damage> {
        let Some(group) = self.metadata.row_groups().get(self.next_group) else { return Ok(false) };
        let rows = usize::try_from(group.num_rows()).map_err(|_| Damage::TableUnreadable)?;
        let open = |place: usize| {
            let column = group.columns().get(place).ok_or(Damage::TableUnreadable)?;
            // It fails for a packing that is not built in.
            let pages = SerializedPageReader::new(Arc::clone(&self.bytes), column, rows, None);
            let pages = pages.map_err(|_| Damage::TableUnfit)?;
            Ok(get_column_reader(column.column_descr_ptr(), Box::new(pages)))
        };
        self.readers = self.columns.iter().map(|(place, _)| open(*place)).collect::<Result<_, _>>()?;
        self.rows_left = rows;
        self.next_group = self.next_group.saturating_add(1);
        Ok(true)
    }

    /// Some rows, column by column, and how many; none at the end.
    fn next_batch(&mut self) -> Result<(usize, Vec<Column>), Damage> {
        while self.rows_left == 0 {
            if !self.open_group()? {
                return Ok((0, Vec::new()));
            }
        }
        let rows = self.rows_left.min(BATCH_ROWS);
        self.rows_left = self.rows_left.saturating_sub(rows);
        let columns = self.readers.iter_mut().map(|reader| values(reader, rows)).collect::<Result<_, _>>()?;
        Ok((rows, columns))
    }
}

/// The footer, as long as the end of the file says it is.
fn footer(bytes: &[u8]) -> Result<&[u8], Damage> {
    let body = bytes.len().checked_sub(TAIL_BYTES).ok_or(Damage::TableUnreadable)?;
    let (body, tail) = bytes.split_at_checked(body).ok_or(Damage::TableUnreadable)?;
    let (length, magic) = tail.split_first_chunk().ok_or(Damage::TableUnreadable)?;
    if magic != MAGIC || !bytes.starts_with(MAGIC) {
        return Err(Damage::TableUnreadable);
    }
    let length = u32::from_le_bytes(*length);
    if u64::from(length) > PARQUET_FOOTER_BYTES_MAX {
        return Err(Damage::TableTooLarge);
    }
    let start = usize::try_from(length).ok().and_then(|length| body.len().checked_sub(length));
    let footer = start.and_then(|start| body.get(start..)).ok_or(Damage::TableUnreadable)?;
    if has_bearable_schema(footer) { Ok(footer) } else { Err(Damage::TableUnreadable) }
}

/// The values of the next rows of a column.
fn values(reader: &mut ColumnReader, rows: usize) -> Result<Column, Damage> {
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => taken(reader, rows, Value::Text),
        ColumnReader::Int32ColumnReader(reader) => taken(reader, rows, |number| Value::Number(i64::from(number))),
        ColumnReader::Int64ColumnReader(reader) => taken(reader, rows, Value::Number),
        ColumnReader::BoolColumnReader(reader) => taken(reader, rows, Value::Truth),
        _ => Err(Damage::TableUnfit),
    }
}

fn taken<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    value: impl Fn(T::T) -> Value,
) -> Result<Column, Damage> {
    let (mut levels, mut found) = (Vec::new(), Vec::new());
    let (read, _, _) = reader.read_records(rows, Some(&mut levels), None, &mut found).map_err(unreadable)?;
    if read != rows {
        return Err(Damage::TableUnreadable);
    }
    let mut found = found.into_iter();
    if levels.is_empty() {
        return Ok(found.map(|found| Some(value(found))).collect());
    }
    Ok(levels.into_iter().map(|level| if level > 0 { found.next().map(&value) } else { None }).collect())
}

impl<R: Read> Rows<R> {
    /// `name` is what the table is called in faults.
    pub(crate) fn new(reader: R, name: &str) -> Self {
        let (name, table) = (name.to_owned(), None);
        Self { reader: Some(reader), name, table, ordinal: 0, next_row: 1, next_byte_offset: 0 }
    }

    fn damaged(&self, damage: Damage) -> ReadFault {
        ReadFault::Damaged { name: self.name.clone(), damage }
    }

    fn next_run(&mut self) -> Result<Option<RowRun>, ReadFault> {
        let mut troubles = Vec::new();
        if let Some(reader) = self.reader.take() {
            let table =
                Table::read(reader).map_err(|why| why.map_or_else(|fault| fault, |damage| self.damaged(damage)))?;
            let unfit = table.unfit.iter().map(|name| RowTrouble {
                row: None,
                column: Some(name.clone()),
                cause: RowCause::ColumnUnfit,
                hides_record: false,
                length_bytes: 0,
            });
            troubles.extend(unfit);
            self.table = Some(table);
        }
        let Some(mut table) = self.table.take() else { return Ok(None) };
        let mut run = Building { lines: Vec::new(), cells: Cells::new(Arc::clone(&table.names)), troubles };
        let (first_row, mut rows) = (self.next_row, 0_usize);
        while run.has_room(rows) {
            let (count, mut columns) = table.next_batch().map_err(|damage| self.damaged(damage))?;
            if count == 0 {
                break;
            }
            for row in 0..count {
                let number = first_row.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
                take(&mut run, &table, &mut columns, row, number);
                rows = rows.saturating_add(1);
            }
        }
        self.next_row = first_row.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        if rows == 0 && run.troubles.is_empty() {
            return Ok(None);
        }
        self.table = Some(table);
        let Building { lines, cells, troubles } = run;
        let lines = LineRun::of_rows(self.ordinal, first_row, self.next_byte_offset, lines);
        self.ordinal = self.ordinal.saturating_add(1);
        self.next_byte_offset =
            self.next_byte_offset.saturating_add(u64::try_from(lines.bytes().len()).unwrap_or(u64::MAX));
        Ok(Some(RowRun { lines, cells, troubles }))
    }
}

/// Takes one row out of the columns.
fn take(run: &mut Building, table: &Table, columns: &mut [Column], row: usize, number: u64) {
    let mut cells = columns.iter_mut().map(|column| column.get_mut(row).and_then(Option::take));
    let mut others = Vec::with_capacity(table.columns.len());
    let mut record = None;
    for (place, (_, kind)) in table.columns.iter().enumerate() {
        let value = cells.next().flatten();
        if place == table.record {
            record = value;
        } else {
            others.push((value, *kind));
        }
    }
    let record = if let Some(Value::Text(text)) = &record { text.data() } else { &[] };
    run.take_record(record, number);
    let is_long = |value: &Option<Value>| matches!(value, Some(Value::Text(text)) if super::is_too_long(text.data()));
    if let Some((_, column)) = others.iter().zip(&*table.names).find(|((value, _), _)| is_long(value)) {
        return run.skip_long_cell(column, number);
    }
    run.cells.begin_row();
    for (value, kind) in others {
        match (value, kind) {
            (None, _) => run.cells.push(Cell::Nothing),
            (Some(Value::Text(text)), _) => run.cells.push(Cell::Text(text.data())),
            (Some(Value::Truth(truth)), _) => run.cells.push(Cell::Text(truth.to_string().as_bytes())),
            (Some(Value::Number(units)), Kind::Moment { per_second }) => {
                run.cells.push(Cell::Moment { units, per_second });
            }
            (Some(Value::Number(number)), Kind::Unsigned32) => {
                run.cells.push(Cell::Text((number.cast_unsigned() & u64::from(u32::MAX)).to_string().as_bytes()));
            }
            (Some(Value::Number(number)), Kind::Unsigned64) => {
                run.cells.push(Cell::Text(number.cast_unsigned().to_string().as_bytes()));
            }
            (Some(Value::Number(number)), Kind::Plain) => run.cells.push(Cell::Text(number.to_string().as_bytes())),
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<RowRun, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        // The library is written for honest files; where it stumbles over another one, that file is damaged.
        let run = catch_unwind(AssertUnwindSafe(|| self.next_run()));
        let run = run.unwrap_or_else(|_| Err(self.damaged(Damage::TableUnreadable)));
        if run.is_err() {
            (self.reader, self.table) = (None, None);
        }
        run.transpose()
    }
}
