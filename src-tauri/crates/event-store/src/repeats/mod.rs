//! Records that several bundles hold: the same log exported twice, or two exports that overlap.
//!
//! Two bundles are held against each other once, when the later one is here. A record is known by its stream and
//! number; where it has none, by the system that wrote it and its id. What was found is kept as stretches of places, can
//! be found out again at any time, and goes with either bundle.
//!
//! # Invariants
//! * The same means the same content: what its canonical form says, signed or not. A record that has the name of another one and says
//!   something else is never left out.
//! * No bundle loses a row by this: rows are marked, and only who asks several bundles at once has each record once.
//! * While two bundles were not compared, nothing is said about what they share.

mod kept;
mod pairing;
mod reading;
mod together;

use std::sync::Arc;

use model::BundleId;

pub use self::kept::Shared;
pub(crate) use self::kept::{Elsewhere, RowName, forget_some, touch_others};
use self::pairing::{Matches, Named, by_name, keep_named, pair};
use self::reading::{By, Keys, Side};
pub use self::together::{Asked, Together};
use crate::catalog::{Catalog, ChunkInfo};
use crate::import::unpoisoned;
use crate::{EventStore, StoreFault};

/// Records of one bundle that are held in memory at once, 64 bytes each.
const HELD_RECORDS: usize = 1 << 21;
/// Records of the other bundle with the name of one that is held: more are there only where names are repeated without
/// end, and the further ones are nobody's like.
const FOUND_RECORDS_MAX: usize = 2 * HELD_RECORDS;

impl EventStore {
    /// Holds every two bundles against each other that were not yet. `go_on` is told how many records were read; if it
    /// says no, this ends with [`StoreFault::Stopped`], and what was not compared stays so.
    pub fn compare_bundles(&self, go_on: &(dyn Fn(u64) -> bool + Sync)) -> Result<(), StoreFault> {
        let _alone = unpoisoned(&self.comparing);
        let mut read = 0;
        while let Some((left, right)) = self.not_compared()? {
            let (left, right) = match (self.catalog(&left), self.catalog(&right)) {
                (Ok(left), Ok(right)) => (left, right),
                // One of them went meanwhile.
                (Err(StoreFault::BundleUnknown), _) | (_, Err(StoreFault::BundleUnknown)) => continue,
                (Err(fault), _) | (_, Err(fault)) => return Err(fault),
            };
            self.compare(&left, &right, &mut |records| {
                read += records;
                if go_on(read) { Ok(()) } else { Err(StoreFault::Stopped) }
            })?;
        }
        Ok(())
    }

    /// Whether every two bundles were compared.
    pub fn all_compared(&self) -> Result<bool, StoreFault> {
        Ok(self.not_compared()?.is_none())
    }

    /// What a bundle shares with each other one; `None` while not every bundle was compared with it.
    pub fn shared(&self, bundle: &BundleId) -> Result<Option<Vec<Shared>>, StoreFault> {
        let catalog = self.catalog(bundle)?;
        self.vault().read(|database| {
            let elsewhere = catalog.elsewhere(database)?;
            Ok(elsewhere.is_complete().then(|| elsewhere.shared()))
        })
    }

    fn not_compared(&self) -> Result<Option<(BundleId, BundleId)>, StoreFault> {
        use vault::rusqlite::OptionalExtension as _;
        self.vault().read(|database| {
            let mut statement = database.prepare_cached(
                "SELECT earlier.bundle_id, later.bundle_id FROM stored_bundle earlier
                 JOIN stored_bundle later ON earlier.number < later.number
                 WHERE earlier.state = 'here' AND later.state = 'here' AND NOT EXISTS
                     (SELECT 1 FROM stored_comparison WHERE bundle = later.number AND other = earlier.number)
                 ORDER BY later.number, earlier.number LIMIT 1",
            )?;
            let pair = statement.query_row([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
            Ok(pair.optional()?.map(|(earlier, later)| (BundleId::new(earlier), BundleId::new(later))))
        })
    }

    fn compare(
        &self,
        left: &Arc<Catalog>,
        right: &Arc<Catalog>,
        read: &mut dyn FnMut(u64) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let keys = Keys::new();
        // The smaller one is held in memory, part by part.
        let (held, other) = if left.events() <= right.events() { (left, right) } else { (right, left) };
        let (held, other) = (Side::of(held, other, &keys), Side::of(other, held, &keys));
        let mut found = Matches::default();
        for by in [By::Number, By::Id] {
            self.match_all(by, &held, &other, &mut found, read)?;
        }
        let counts = [kept::counts(&found.left), kept::counts(&found.right)];
        let bundles = [held.catalog.number, other.catalog.number];
        kept::keep(self.vault(), bundles[0], bundles[1], found.left)?;
        kept::keep(self.vault(), bundles[1], bundles[0], found.right)?;
        kept::conclude(self.vault(), bundles, counts)
    }

    fn match_all(
        &self,
        by: By,
        held: &Side<'_>,
        other: &Side<'_>,
        found: &mut Matches,
        read: &mut dyn FnMut(u64) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let mut whole = Reach::default();
        other.chunks(by).iter().for_each(|chunk| whole.take_in(chunk));
        let mut chunks = held.chunks(by).iter().filter(|chunk| by == By::Id || whole.meets(chunk)).peekable();
        while chunks.peek().is_some() && !other.chunks(by).is_empty() {
            let mut records = Vec::new();
            let mut reach = Reach::default();
            while let Some(chunk) = chunks.next_if(|_| records.len() < HELD_RECORDS) {
                read(chunk.rows)?;
                reach.take_in(chunk);
                records.extend(self.vault().read(|database| held.records(database, by, chunk))?);
            }
            by_name(&mut records);
            let mut theirs = self.with_names_of(by, &records, &reach, other, read)?;
            by_name(&mut theirs);
            keep_named(&mut records, &theirs);
            for (side, records) in [(held, &mut records), (other, &mut theirs)] {
                self.vault().read(|database| side.print(database, records, || read(0)))?;
                by_name(records);
            }
            pair(&records, &theirs, found);
        }
        Ok(())
    }

    /// The records of the other bundle that have a name of these.
    fn with_names_of(
        &self,
        by: By,
        records: &[Named],
        reach: &Reach,
        other: &Side<'_>,
        read: &mut dyn FnMut(u64) -> Result<(), StoreFault>,
    ) -> Result<Vec<Named>, StoreFault> {
        let mut theirs = Vec::new();
        for chunk in other.chunks(by).iter().filter(|chunk| by == By::Id || reach.meets(chunk)) {
            read(chunk.rows)?;
            let named = self.vault().read(|database| other.records(database, by, chunk))?;
            let is_wanted = |record: &Named| records.binary_search_by_key(&record.name, |held| held.name).is_ok();
            theirs.extend(named.into_iter().filter(is_wanted));
            if theirs.len() >= FOUND_RECORDS_MAX {
                break;
            }
        }
        Ok(theirs)
    }
}

/// The producer's numbers of some chunks in the order of places.
#[derive(Default)]
struct Reach(Option<(i64, i64)>);

impl Reach {
    fn take_in(&mut self, chunk: &ChunkInfo) {
        let (min, max) = self.0.unwrap_or((chunk.time_min, chunk.time_max));
        self.0 = Some((min.min(chunk.time_min), max.max(chunk.time_max)));
    }

    fn meets(&self, chunk: &ChunkInfo) -> bool {
        self.0.is_some_and(|(min, max)| chunk.time_min <= max && min <= chunk.time_max)
    }
}
