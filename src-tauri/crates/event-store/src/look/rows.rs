//! Rows out of columns: what was recorded, as it was recorded.

use model::{EventId, Instant, PatientId, SessionId, UserId};
use vault::rusqlite::Transaction;

use super::matcher::{IntegrityOf, at};
use super::order::Address;
use crate::catalog::Catalog;
use crate::chunk::{Kind, name, row_columns};
use crate::columns::{Frame, Unreadable};
use crate::import::rows::{Deed, UNDATED, patient_codes, spot};
use crate::repeats::{Elsewhere, RowName};
use crate::words::WordField;
use crate::{EventRef, Place, Row, Spot, StoreFault, event_id, shelf, time_form};

/// Reads the rows at some addresses, in their order; every chunk is read once.
pub(crate) fn read(
    database: &Transaction<'_>,
    catalog: &Catalog,
    kind: Kind,
    addresses: &[Address],
) -> Result<Vec<Row>, StoreFault> {
    let mut wanted: Vec<(usize, Address)> = addresses.iter().copied().enumerate().collect();
    wanted.sort_unstable_by_key(|(_, address)| (address.chunk, address.row));
    let mut rows: Vec<Option<Row>> = vec![None; addresses.len()];
    let columns = row_columns();
    let elsewhere = catalog.elsewhere(database)?;
    for same_chunk in wanted.chunk_by(|(_, a), (_, b)| a.chunk == b.chunk) {
        let Some((_, first)) = same_chunk.first() else { continue };
        let Some(chunk) = catalog.chunks(kind).get(first.chunk as usize) else { continue };
        let frame = shelf::read(database, chunk.id, &columns)?;
        let mut build = || -> Result<(), Unreadable> {
            let reader = Reader::new(catalog, elsewhere, &frame)?;
            for (position, address) in same_chunk {
                if let Some(place) = rows.get_mut(*position) {
                    *place = Some(reader.row(address.row));
                }
            }
            Ok(())
        };
        build().map_err(|_| StoreFault::Damaged { id: chunk.id, part: "chunk" })?;
    }
    Ok(rows.into_iter().flatten().collect())
}

struct Reader<'a> {
    catalog: &'a Catalog,
    elsewhere: &'a Elsewhere,
    frame: &'a Frame,
    integrity: IntegrityOf<'a>,
    times: &'a [i64],
    places: &'a [i64],
    seqs: &'a [i64],
    deeds: &'a [u32],
    offsets: &'a [i64],
    lengths: &'a [u32],
    forms: &'a [u32],
}

impl<'a> Reader<'a> {
    fn new(catalog: &'a Catalog, elsewhere: &'a Elsewhere, frame: &'a Frame) -> Result<Self, Unreadable> {
        // What `row` reads by name is looked for here once, so that nothing can be missing later.
        for field in WordField::ALL {
            frame.codes(field.name())?;
        }
        for text in [name::SESSION, name::TIME_TEXT, name::RESOURCE_ID] {
            frame.texts(text)?;
        }
        frame.bytes(name::OTHERS)?;
        frame.bytes(name::EVENT_ID)?;
        Ok(Self {
            catalog,
            elsewhere,
            frame,
            integrity: IntegrityOf::new(catalog, frame)?,
            times: frame.numbers(name::TIME)?,
            places: frame.numbers(name::PLACE)?,
            seqs: frame.numbers(name::SEQ)?,
            deeds: frame.codes(name::DEED)?,
            offsets: frame.numbers(name::OFFSET)?,
            lengths: frame.codes(name::LENGTH)?,
            forms: frame.codes(name::FORM)?,
        })
    }

    fn row(&self, row: u32) -> Row {
        let number = |column: &[i64]| column.get(row as usize).copied().unwrap_or_default();
        let some = |field: WordField| self.catalog.words(field).some(self.code(field, row));
        let text = |field: WordField| some(field).unwrap_or_default();
        let place = self.place(row);
        let seq = u64::try_from(number(self.seqs)).ok().filter(|seq| *seq > 0);
        let deed = Deed(at(self.deeds, row));
        let class = self.catalog.words(WordField::Class).text(self.code(WordField::Class, row));
        Row {
            event_ref: reference(self.catalog, seq, place.file, place.line),
            event_id: EventId::new(event_id::unpack(self.bytes(name::EVENT_ID, row))),
            seq,
            time: self.time(row),
            user_id: UserId::new(text(WordField::User)),
            user_display_name: some(WordField::DisplayName),
            role: some(WordField::Role),
            patient_ids: self.patients(row),
            action: deed.action(),
            action_recorded: text(WordField::ActionRecorded),
            event_type: text(WordField::Type),
            resource_type: some(WordField::ResourceType),
            resource_id: self.text(name::RESOURCE_ID, row),
            outcome: deed.outcome(),
            session_id: self.text(name::SESSION, row).map(SessionId::new),
            source_ip: some(WordField::Ip),
            device: some(WordField::Device),
            source_system: some(WordField::System),
            access_policy: some(WordField::Policy),
            data_classification: Catalog::labels(class).map(str::to_owned).collect(),
            break_glass: deed.break_glass(),
            notes: deed.notes(),
            mark: self.integrity.mark(row),
            twins: self.elsewhere.twins(RowName { place: number(self.places), seq, stream: &text(WordField::Stream) }),
            place,
        }
    }

    fn code(&self, field: WordField, row: u32) -> u32 {
        self.frame.codes(field.name()).map_or(0, |codes| at(codes, row))
    }

    fn text(&self, column: &str, row: u32) -> Option<String> {
        let text = self.frame.texts(column).map_or("", |texts| texts.at(row as usize));
        Some(text).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn bytes(&self, column: &str, row: u32) -> &'a [u8] {
        self.frame.bytes(column).map_or(b"", |bytes| bytes.at(row as usize))
    }

    fn time(&self, row: u32) -> Instant {
        let nanos = self.times.get(row as usize).copied().unwrap_or(UNDATED);
        let form = at(self.forms, row);
        if nanos == UNDATED || form == time_form::KEPT {
            let text = self.text(name::TIME_TEXT, row).unwrap_or_default();
            if nanos == UNDATED {
                return Instant::undated(text);
            }
            // A text without a zone has the number that the zone chosen at the import gave it.
            return Instant::parse(&text).unwrap_or_else(|_| Instant::zoned(text, nanos));
        }
        let text = time_form::render(nanos, form);
        Instant::parse(&text).unwrap_or_else(|_| Instant::from_utc_nanos(nanos))
    }

    fn patients(&self, row: u32) -> Vec<PatientId> {
        let words = self.catalog.words(WordField::Patient);
        let first = self.code(WordField::Patient, row);
        let others = patient_codes(self.bytes(name::OTHERS, row));
        let codes = std::iter::once(first).filter(|code| *code != 0).chain(others);
        codes.map(|code| PatientId::new(words.text(code))).collect()
    }

    fn place(&self, row: u32) -> Place {
        let (file, line) = spot(self.places.get(row as usize).copied().unwrap_or_default());
        Place {
            file,
            path: self.catalog.paths.get(file as usize).cloned().unwrap_or_default(),
            line,
            byte_offset: self.offsets.get(row as usize).copied().unwrap_or_default().unsigned_abs(),
            byte_length: at(self.lengths, row),
        }
    }
}

/// The short name of an event.
pub(crate) fn reference(catalog: &Catalog, seq: Option<u64>, file: u32, line: u64) -> EventRef {
    let spot = match seq {
        Some(seq) if catalog.numbered => Spot::Seq(seq),
        _ => Spot::Line { file, line },
    };
    EventRef::new(&catalog.id, spot)
}
