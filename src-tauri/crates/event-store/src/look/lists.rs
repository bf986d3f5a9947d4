//! Lists of patients and users, sorted and cut to a page.

use model::Instant;
use vault::Vault;

use crate::catalog::Catalog;
use crate::people::{self, Counts, Side};
use crate::{BundleState, EventStore, PAGE_ROWS_MAX, People, PeopleAsked, PeopleBy, PersonRow, StoreFault};

impl EventStore {
    pub(crate) fn list(&self, asked: PeopleAsked<'_>) -> Result<People, StoreFault> {
        let PeopleAsked { bundle, side, beginning, order, offset, limit } = asked;
        let catalog = self.catalog(bundle)?;
        let counts = counts(self.vault(), &catalog, side)?;
        let words = catalog.words(side.words());
        let all = (1..).take(words.count());
        let mut codes: Vec<u32> = all.filter(|code| words.text(*code).starts_with(beginning)).collect();
        // Those who lack what is sorted by come last in both directions.
        let key = |code: &u32| {
            let (events, others, first, last) = counts.of(*code);
            let value = match order.by {
                PeopleBy::Id => Some(0),
                PeopleBy::Events => Some(events),
                PeopleBy::Others => Some(others),
                PeopleBy::First => first,
                PeopleBy::Last => last,
            };
            let turned = value.map(|value| if order.descending { !value } else { value });
            (turned.is_none(), turned)
        };
        let id_descending = order.by == PeopleBy::Id && order.descending;
        codes.sort_by(|a, b| {
            let by_id = words.text(*a).cmp(words.text(*b));
            key(a).cmp(&key(b)).then(if id_descending { by_id.reverse() } else { by_id })
        });
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let page = codes.iter().skip(offset).take(limit.min(PAGE_ROWS_MAX));
        let people = page.map(|code| {
            let (events, others, first, last) = counts.of(*code);
            PersonRow {
                id: words.text(*code).to_owned(),
                events: events.unsigned_abs(),
                others: others.unsigned_abs(),
                first: first.map(Instant::from_utc_nanos),
                last: last.map(Instant::from_utc_nanos),
            }
        });
        Ok(People { total: codes.len() as u64, people: people.collect() })
    }
}

/// The counts of everybody: as stored when the bundle is here, else from what can be seen of it.
fn counts<'c>(vault: &Vault, catalog: &'c Catalog, side: Side) -> Result<&'c Counts, StoreFault> {
    let kept = match side {
        Side::Patients => &catalog.patients,
        Side::Users => &catalog.users,
    };
    if let Some(counts) = kept.get() {
        return Ok(counts);
    }
    let counts = match catalog.state {
        BundleState::Here => vault.read(|database| people::read(database, catalog.number, side))?,
        BundleState::Coming => people::tally(vault, catalog.number, side)?,
    };
    // Somebody else may have been faster; both counted the same.
    Ok(kept.get_or_init(|| counts))
}
