//! What was found out about two bundles, as it is kept: stretches of places, for each way; and looking it up.

use vault::rusqlite::{Transaction, params};

use model::BundleId;
use vault::Vault;

use super::pairing::Match;
use crate::columns::{Frame, Packing, Unreadable};
use crate::import::rows::spot;
use crate::standing::{Marks, RecordPlace, Standing};
use crate::{EventRef, Spot, StoreFault, Twin};

/// Stretches of one stored blob.
const PART_STRETCHES: usize = 65_536;

/// Records that follow each other in both bundles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    place: i64,
    other: i64,
    rows: u32,
    same: bool,
}

/// What one bundle shares with all others.
pub(crate) struct Elsewhere {
    others: Vec<Other>,
    /// Whether every other bundle was compared.
    complete: bool,
}

/// What it shares with one of them.
struct Other {
    number: i64,
    id: BundleId,
    /// Whether its records are named by their numbers.
    numbered: bool,
    marks: Marks,
    same: u64,
    differing: u64,
    stretches: Vec<Stretch>,
}

/// What a bundle shares with another one, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The other bundle.
    pub other: BundleId,
    /// Records of this bundle that the other one holds with the same content.
    pub same: u64,
    /// Records of this bundle whose stream and number, or system and id, the other one has with other bytes.
    pub differing: u64,
}

/// What a row is known by.
#[derive(Clone, Copy)]
pub(crate) struct RowName<'a> {
    pub(crate) place: i64,
    pub(crate) seq: Option<u64>,
    pub(crate) stream: &'a str,
}

impl Elsewhere {
    /// Reads what is known of a bundle that is here.
    pub(crate) fn read(database: &Transaction<'_>, bundle: i64, is_here: bool) -> Result<Self, StoreFault> {
        let mut statement = database.prepare_cached(
            "SELECT other, bundle_id, numbered, standing, same, differing
             FROM stored_comparison JOIN stored_bundle ON number = other
             WHERE bundle = ?1 AND state = 'here' ORDER BY other",
        )?;
        let mut others = Vec::new();
        let mut rows = statement.query([bundle])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let damaged = |_| StoreFault::Damaged { id: number, part: "standing" };
            let standing: Standing = serde_json::from_str(&row.get::<_, String>(3)?).map_err(damaged)?;
            others.push(Other {
                number,
                id: BundleId::new(row.get::<_, String>(1)?),
                numbered: row.get(2)?,
                marks: Marks::of(&standing),
                same: row.get::<_, i64>(4)?.unsigned_abs(),
                differing: row.get::<_, i64>(5)?.unsigned_abs(),
                stretches: stretches(database, bundle, number)?,
            });
        }
        let mut here =
            database.prepare_cached("SELECT count(*) FROM stored_bundle WHERE state = 'here' AND number <> ?1")?;
        let here: i64 = here.query_row([bundle], |row| row.get(0))?;
        let complete = is_here && usize::try_from(here).is_ok_and(|here| here == others.len());
        Ok(Self { others, complete })
    }

    /// Whether every other bundle was compared: else nothing can be said about records that are nowhere else.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether it shares nothing with any other bundle.
    pub(crate) fn is_empty(&self) -> bool {
        self.others.iter().all(|other| other.same == 0 && other.differing == 0)
    }

    pub(crate) fn shared(&self) -> Vec<Shared> {
        let touched = self.others.iter().filter(|other| other.same > 0 || other.differing > 0);
        touched.map(|other| Shared { other: other.id.clone(), same: other.same, differing: other.differing }).collect()
    }

    /// Whether another bundle holds this record, and whether one has other bytes under its name.
    pub(crate) fn holds(&self, place: i64) -> (bool, bool) {
        let found = |same| self.partners(place).any(|(_, partner)| partner.same == same);
        (found(true), found(false))
    }

    /// The number of each bundle that holds this record with the same content, with its place there.
    pub(crate) fn copies(&self, place: i64) -> impl Iterator<Item = (i64, i64)> {
        self.partners(place).filter(|(_, partner)| partner.same).map(|(other, partner)| (other.number, partner.other))
    }

    /// The records of other bundles that this one stands beside.
    pub(crate) fn twins(&self, row: RowName<'_>) -> Vec<Twin> {
        let twins = self.partners(row.place).map(|(other, partner)| {
            let (file, line) = spot(partner.other);
            let spot = match row.seq.filter(|_| other.numbered) {
                Some(seq) => Spot::Seq(seq),
                None => Spot::Line { file, line },
            };
            let place = RecordPlace { file, line, seq: row.seq, stream: row.stream };
            Twin {
                event_ref: EventRef::new(&other.id, spot),
                bundle: other.id.clone(),
                same: partner.same,
                integrity: other.marks.mark(place).integrity(),
            }
        });
        twins.collect()
    }

    fn partners(&self, place: i64) -> impl Iterator<Item = (&Other, Match)> {
        self.others.iter().filter_map(move |other| Some((other, partner(&other.stretches, place)?)))
    }
}

fn partner(stretches: &[Stretch], place: i64) -> Option<Match> {
    let after = stretches.partition_point(|stretch| stretch.place <= place);
    let stretch = stretches.get(after.checked_sub(1)?)?;
    let step = place - stretch.place;
    (step < i64::from(stretch.rows)).then(|| Match { place, other: stretch.other + step, same: stretch.same })
}

/// Matches as stretches, in the order of places.
fn stretches_of(mut matches: Vec<Match>) -> Vec<Stretch> {
    matches.sort_unstable();
    let mut stretches: Vec<Stretch> = Vec::new();
    for found in matches {
        match stretches.last_mut() {
            Some(last)
                if last.same == found.same
                    && found.place == last.place + i64::from(last.rows)
                    && found.other == last.other + i64::from(last.rows)
                    && last.rows < u32::MAX =>
            {
                last.rows += 1;
            }
            _ => stretches.push(Stretch { place: found.place, other: found.other, rows: 1, same: found.same }),
        }
    }
    stretches
}

/// Keeps what was found of one bundle beside another. It counts only once [`conclude`] has said so.
pub(super) fn keep(vault: &Vault, bundle: i64, other: i64, matches: Vec<Match>) -> Result<(), StoreFault> {
    vault.write_behind(|transaction| -> Result<(), StoreFault> {
        // What an earlier attempt left behind that was broken off.
        transaction.execute("DELETE FROM stored_stretch WHERE bundle = ?1 AND other = ?2", [bundle, other])?;
        Ok(())
    })?;
    let stretches = stretches_of(matches);
    for (part, stretches) in (0_i64..).zip(stretches.chunks(PART_STRETCHES)) {
        let number = |of: fn(&Stretch) -> i64| stretches.iter().map(of).collect::<Vec<_>>();
        let code = |of: fn(&Stretch) -> u32| stretches.iter().map(of).collect::<Vec<_>>();
        let blob = Frame::default()
            .with_numbers("place", number(|stretch| stretch.place))
            .with_numbers("other", number(|stretch| stretch.other))
            .with_codes("rows", code(|stretch| stretch.rows))
            .with_codes("same", code(|stretch| u32::from(stretch.same)))
            .encode(Packing::Whole)?;
        vault.write_behind(|transaction| -> Result<(), StoreFault> {
            transaction.execute(
                "INSERT INTO stored_stretch (bundle, other, part, stretches) VALUES (?1, ?2, ?3, ?4)",
                params![bundle, other, part, blob],
            )?;
            Ok(())
        })?;
    }
    Ok(())
}

fn stretches(database: &Transaction<'_>, bundle: i64, other: i64) -> Result<Vec<Stretch>, StoreFault> {
    let mut stretches = Vec::new();
    let mut statement = database
        .prepare_cached("SELECT stretches FROM stored_stretch WHERE bundle = ?1 AND other = ?2 ORDER BY part")?;
    let mut rows = statement.query([bundle, other])?;
    while let Some(row) = rows.next()? {
        let mut add = || -> Result<(), Unreadable> {
            let blob = row.get_ref(0).ok().and_then(|value| value.as_blob().ok()).ok_or(Unreadable)?;
            let frame = Frame::decode(blob, &["place", "other", "rows", "same"])?;
            let places = frame.numbers("place")?.iter().zip(frame.numbers("other")?);
            let rows = frame.codes("rows")?.iter().zip(frame.codes("same")?);
            stretches.extend(places.zip(rows).map(|((place, other), (rows, same))| Stretch {
                place: *place,
                other: *other,
                rows: *rows,
                same: *same != 0,
            }));
            Ok(())
        };
        add().map_err(|_| StoreFault::Damaged { id: bundle, part: "stretches" })?;
    }
    Ok(stretches)
}

/// How many records were found of both sorts: the same, and differing.
pub(super) fn counts(matches: &[Match]) -> (i64, i64) {
    let same = matches.iter().filter(|found| found.same).count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    (number(same), number(matches.len() - same))
}

/// Says that two bundles were compared, unless one of them went meanwhile. What is known of both changes with that.
pub(super) fn conclude(vault: &Vault, bundles: [i64; 2], counts: [(i64, i64); 2]) -> Result<(), StoreFault> {
    vault.write(|transaction| {
        let [left, right] = bundles;
        let mut here = transaction
            .prepare_cached("SELECT count(*) FROM stored_bundle WHERE number IN (?1, ?2) AND state = 'here'")?;
        if here.query_row([left, right], |row| row.get::<_, i64>(0))? != 2 {
            return Ok(());
        }
        for ((bundle, other), (same, differing)) in [(left, right), (right, left)].into_iter().zip(counts) {
            transaction.execute(
                "INSERT OR REPLACE INTO stored_comparison (bundle, other, same, differing) VALUES (?1, ?2, ?3, ?4)",
                [bundle, other, same, differing],
            )?;
            transaction.execute("UPDATE stored_bundle SET revision = revision + 1 WHERE number = ?1", [bundle])?;
        }
        Ok(())
    })
}

/// What others say of this bundle's records changes with it.
pub(crate) fn touch_others(transaction: &Transaction<'_>, bundle: i64) -> Result<(), StoreFault> {
    let sql = "UPDATE stored_bundle SET revision = revision + 1 WHERE number <> ?1 AND state = 'here'";
    transaction.execute(sql, [bundle])?;
    Ok(())
}

/// Forgets some of what is known of a bundle that goes; false when there is nothing left.
pub(crate) fn forget_some(transaction: &Transaction<'_>, bundle: i64) -> Result<bool, StoreFault> {
    for table in ["stored_comparison", "stored_stretch"] {
        let sql = format!("DELETE FROM {table} WHERE bundle = ?1 OR other = ?1");
        if transaction.execute(&sql, [bundle])? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_match_is_found_again_and_nothing_else() {
        let of = |place, other, same| Match { place, other, same };
        let matches = vec![of(10, 3, true), of(11, 4, true), of(12, 5, false), of(14, 7, true), of(13, 9, true)];
        let stretches = stretches_of(matches.clone());
        assert_eq!(stretches.len(), 4);
        for found in matches {
            assert_eq!(partner(&stretches, found.place), Some(found));
        }
        assert_eq!((partner(&stretches, 9), partner(&stretches, 15)), (None, None));
    }
}
