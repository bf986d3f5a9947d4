//! Everything about one bundle except its rows: which chunks there are, what codes mean, what was verified.
//!
//! A catalog is read whole, from one moment, and never changes; when the bundle does, a new one is read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use model::BundleId;
use timeline::Zone;
use vault::rusqlite::{OptionalExtension, Transaction};

use crate::chunk::Kind;
use crate::columns::{Frame, Unreadable};
use crate::import::NO_DAY;
use crate::import::rows::action_of;
use crate::people::Counts;
use crate::repeats::Elsewhere;
use crate::standing::{Marks, Standing};
use crate::words::{LABELS_BETWEEN, WORD_FIELDS, WordField, Words};
use crate::{BundleState, BundleSummary, DayCount, Overview, SourceBins, StoreFault};

/// No list of words unpacks to more.
const WORDS_BYTES_MAX: usize = 1 << 30;

/// A chunk without its columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkInfo {
    pub(crate) id: i64,
    pub(crate) run: u32,
    pub(crate) key_min: i64,
    pub(crate) key_max: i64,
    pub(crate) time_min: i64,
    pub(crate) time_max: i64,
    pub(crate) rows: u64,
}

/// Events by day, system and action.
pub(crate) type Days = BTreeMap<(i64, u32, u32), u64>;

/// One bundle as it was at one moment.
pub(crate) struct Catalog {
    pub(crate) number: i64,
    pub(crate) id: BundleId,
    pub(crate) state: BundleState,
    pub(crate) revision: i64,
    pub(crate) numbered: bool,
    pub(crate) paths: Vec<String>,
    pub(crate) marks: Marks,
    chunks: [Vec<ChunkInfo>; Kind::ALL.len()],
    words: [Words; WORD_FIELDS],
    days: Days,
    emergencies: u64,
    pub(crate) patients: OnceLock<Counts>,
    pub(crate) users: OnceLock<Counts>,
    elsewhere: OnceLock<Elsewhere>,
    /// The zone and the number of bins in which sources were counted last, and what was found.
    sources: Mutex<Option<(Zone, usize, Arc<SourceBins>)>>,
}

/// The row of a bundle.
pub(crate) struct Head {
    pub(crate) number: i64,
    pub(crate) state: String,
    pub(crate) revision: i64,
}

/// The newest revision of a bundle that is not being removed.
pub(crate) fn head(database: &Transaction<'_>, bundle: &BundleId) -> Result<Option<Head>, StoreFault> {
    let mut statement = database.prepare_cached(
        "SELECT number, state, revision FROM stored_bundle WHERE bundle_id = ?1 AND state <> 'leaving'",
    )?;
    let found = statement.query_row([bundle.as_str()], |row| {
        Ok(Head { number: row.get(0)?, state: row.get(1)?, revision: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// The summary of a bundle by its number.
pub(crate) fn summary(database: &Transaction<'_>, number: i64) -> Result<BundleSummary, StoreFault> {
    let mut statement = database.prepare_cached(
        "SELECT bundle_id, state, facts, handover, report,
                (SELECT coalesce(sum(row_count), 0) FROM stored_chunk
                 WHERE bundle = ?1 AND kind = ?2 AND run IN (SELECT run FROM stored_run WHERE bundle = ?1)),
                coalesce(json_extract(standing, '$.outdated'), 0)
         FROM stored_bundle WHERE number = ?1",
    )?;
    let found = statement.query_row((number, Kind::Time.number()), |row| {
        Ok(BundleSummary {
            id: BundleId::new(row.get::<_, String>(0)?),
            state: state(&row.get::<_, String>(1)?),
            facts: row.get(2)?,
            handover: row.get(3)?,
            report: row.get(4)?,
            events: row.get::<_, i64>(5)?.unsigned_abs(),
            outdated: row.get(6)?,
        })
    });
    found.optional()?.ok_or(StoreFault::BundleUnknown)
}

fn state(word: &str) -> BundleState {
    if word == "here" { BundleState::Here } else { BundleState::Coming }
}

impl Catalog {
    pub(crate) fn read(database: &Transaction<'_>, bundle: &BundleId) -> Result<Self, StoreFault> {
        let Head { number, state: word, revision } = head(database, bundle)?.ok_or(StoreFault::BundleUnknown)?;
        let (standing, numbered): (String, bool) =
            database.query_row("SELECT standing, numbered FROM stored_bundle WHERE number = ?1", [number], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let standing: Standing =
            serde_json::from_str(&standing).map_err(|_| StoreFault::Damaged { id: number, part: "standing" })?;
        let state = state(&word);
        let (days, emergencies) = days(database, number)?;
        Ok(Self {
            number,
            id: bundle.clone(),
            state,
            revision,
            numbered: numbered && state == BundleState::Here,
            paths: paths(database, number)?,
            marks: Marks::of(&standing),
            chunks: chunks(database, number)?,
            words: words(database, number)?,
            days,
            emergencies,
            patients: OnceLock::new(),
            users: OnceLock::new(),
            elsewhere: OnceLock::new(),
            sources: Mutex::default(),
        })
    }

    /// The chunks of a kind, by run and then in their order.
    pub(crate) fn chunks(&self, kind: Kind) -> &[ChunkInfo] {
        let at = Kind::ALL.iter().position(|each| *each == kind).unwrap_or_default();
        self.chunks.get(at).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn words(&self, field: WordField) -> &Words {
        // There is a list for every field.
        &self.words[field as usize]
    }

    /// What it shares with other bundles.
    pub(crate) fn elsewhere(&self, database: &Transaction<'_>) -> Result<&Elsewhere, StoreFault> {
        if let Some(known) = self.elsewhere.get() {
            return Ok(known);
        }
        let read = Elsewhere::read(database, self.number, self.state == BundleState::Here)?;
        // Somebody else may have been faster, and read the same.
        Ok(self.elsewhere.get_or_init(|| read))
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> u64 {
        self.chunks(Kind::Time).iter().map(|chunk| chunk.rows).sum()
    }

    /// How many events have no time.
    pub(crate) fn undated(&self) -> u64 {
        self.days.iter().filter(|((day, _, _), _)| *day == NO_DAY).map(|(_, events)| *events).sum()
    }

    /// First and last dated event.
    pub(crate) fn period(&self) -> Option<(i64, i64)> {
        let dated = || self.chunks(Kind::Time).iter().filter(|chunk| chunk.time_min != i64::MAX);
        let first = dated().map(|chunk| chunk.time_min).min()?;
        let last = dated().map(|chunk| chunk.time_max).max()?;
        Some((first, last))
    }

    /// What was counted by source in this zone and so many bins, if it was.
    pub(crate) fn sources_known(&self, zone: Zone, bins_max: usize) -> Option<Arc<SourceBins>> {
        let known = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, bins, sources) = known.as_ref()?;
        (*of == zone && *bins == bins_max).then(|| Arc::clone(sources))
    }

    /// Keeps what was counted by source.
    pub(crate) fn know_sources(&self, zone: Zone, bins_max: usize, sources: Arc<SourceBins>) {
        *self.sources.lock().unwrap_or_else(PoisonError::into_inner) = Some((zone, bins_max, sources));
    }

    /// Events by day, system and action.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    pub(crate) fn overview(&self, source_bytes: u64) -> Overview {
        let days = self.days.iter().map(|((day, system, action), events)| DayCount {
            day: Some(*day).filter(|day| *day != NO_DAY),
            system: self.words(WordField::System).some(*system),
            action: action_of(*action),
            events: *events,
        });
        Overview {
            state: self.state,
            events: self.events(),
            users: self.words(WordField::User).count() as u64,
            patients: self.words(WordField::Patient).count() as u64,
            undated: self.undated(),
            emergencies: self.emergencies,
            period: self.period(),
            days: days.collect(),
            source_bytes,
        }
    }

    /// The labels that a code of `Class` stands for.
    pub(crate) fn labels(text: &str) -> impl Iterator<Item = &str> {
        text.split(LABELS_BETWEEN).filter(|label| !label.is_empty())
    }
}

fn paths(database: &Transaction<'_>, bundle: i64) -> Result<Vec<String>, StoreFault> {
    let mut statement = database.prepare_cached("SELECT path FROM stored_file WHERE bundle = ?1 ORDER BY file")?;
    let rows = statement.query_map([bundle], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn chunks(database: &Transaction<'_>, bundle: i64) -> Result<[Vec<ChunkInfo>; Kind::ALL.len()], StoreFault> {
    let mut chunks: [Vec<ChunkInfo>; Kind::ALL.len()] = Default::default();
    let mut statement = database.prepare_cached(
        "SELECT id, run, key_min, key_max, time_min, time_max, row_count FROM stored_chunk
         WHERE bundle = ?1 AND kind = ?2 AND run IN (SELECT run FROM stored_run WHERE bundle = ?1)",
    )?;
    for (kind, list) in Kind::ALL.iter().zip(&mut chunks) {
        let rows = statement.query_map((bundle, kind.number()), |row| {
            Ok(ChunkInfo {
                id: row.get(0)?,
                run: row.get(1)?,
                key_min: row.get(2)?,
                key_max: row.get(3)?,
                time_min: row.get(4)?,
                time_max: row.get(5)?,
                rows: row.get::<_, i64>(6)?.unsigned_abs(),
            })
        })?;
        *list = rows.collect::<Result<_, _>>()?;
        list.sort_unstable_by_key(|chunk| (chunk.run, chunk.id));
    }
    Ok(chunks)
}

fn words(database: &Transaction<'_>, bundle: i64) -> Result<[Words; WORD_FIELDS], StoreFault> {
    let damaged = || StoreFault::Damaged { id: bundle, part: "words" };
    let mut words: [Words; WORD_FIELDS] = Default::default();
    let mut statement = database.prepare_cached(
        "SELECT field, first_code, words FROM stored_words WHERE bundle = ?1 ORDER BY field, first_code",
    )?;
    let mut rows = statement.query([bundle])?;
    while let Some(row) = rows.next()? {
        let (field, first_code): (u32, u32) = (row.get(0)?, row.get(1)?);
        let packed = row.get_ref(2)?.as_blob().map_err(|_| damaged())?;
        let list = words.get_mut(field as usize).ok_or_else(damaged)?;
        if list.count() + 1 != first_code as usize {
            return Err(damaged());
        }
        let reader = zstd::Decoder::new(packed).map_err(|_| damaged())?;
        let limited = std::io::Read::take(reader, WORDS_BYTES_MAX as u64);
        let texts: Vec<String> = serde_json::from_reader(limited).map_err(|_| damaged())?;
        for text in &texts {
            list.push(text);
        }
    }
    Ok(words)
}

/// Events by day, system and action, and how many were emergencies.
fn days(database: &Transaction<'_>, bundle: i64) -> Result<(Days, u64), StoreFault> {
    let mut days = Days::new();
    let mut emergencies = 0;
    let mut statement = database.prepare_cached("SELECT days FROM stored_run WHERE bundle = ?1")?;
    let mut rows = statement.query([bundle])?;
    while let Some(row) = rows.next()? {
        let mut add = || -> Result<(), Unreadable> {
            let blob = row.get_ref(0).ok().and_then(|value| value.as_blob().ok()).ok_or(Unreadable)?;
            let frame = Frame::decode(blob, &["day", "system", "action", "events", "emergencies"])?;
            let keys = frame.numbers("day")?.iter().zip(frame.codes("system")?).zip(frame.codes("action")?);
            for (((day, system), action), events) in keys.zip(frame.numbers("events")?) {
                *days.entry((*day, *system, *action)).or_default() += events.unsigned_abs();
            }
            emergencies += frame.numbers("emergencies")?.iter().map(|events| events.unsigned_abs()).sum::<u64>();
            Ok(())
        };
        add().map_err(|_| StoreFault::Damaged { id: bundle, part: "days" })?;
    }
    Ok((days, emergencies))
}
