//! Patients and users of a bundle with exact counts.
//!
//! Counting passes once over the order of patients and once over that of users; what has to be held is the pairs of one
//! stretch of keys, and four numbers per person.

use vault::Vault;
use vault::rusqlite::{Transaction, params};

use crate::StoreFault;
use crate::chunk::{Kind, name};
use crate::columns::{Frame, Packing, Unreadable};
use crate::import::rows::{UNDATED, patient_codes};
use crate::sweep::sweep;
use crate::words::WordField;

/// People of one stored blob.
const PEOPLE_ROWS: usize = 131_072;
/// Stands for "no dated event".
const NO_TIME: i64 = i64::MAX;

/// Numbers of all people of one kind, by code: the first is code 1.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) events: Vec<i64>,
    /// Different people on the other side.
    pub(crate) others: Vec<i64>,
    pub(crate) first: Vec<i64>,
    pub(crate) last: Vec<i64>,
}

/// Who is counted and listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those whose records were touched.
    Patients = 0,
    /// Those who did so.
    Users = 1,
}

impl Side {
    pub(crate) const fn words(self) -> WordField {
        match self {
            Self::Patients => WordField::Patient,
            Self::Users => WordField::User,
        }
    }
}

/// Counts the patients or the users and stores what was found.
pub(crate) fn count(vault: &Vault, bundle: i64, side: Side) -> Result<(), StoreFault> {
    let counts = tally(vault, bundle, side)?;
    let mut first_code = 1_i64;
    for start in (0..counts.events.len()).step_by(PEOPLE_ROWS) {
        let part = |column: &[i64]| column.iter().skip(start).take(PEOPLE_ROWS).copied().collect::<Vec<_>>();
        let frame = Frame::default()
            .with_numbers("events", part(&counts.events))
            .with_numbers("others", part(&counts.others))
            .with_numbers("first", part(&counts.first))
            .with_numbers("last", part(&counts.last));
        let rows = i64::try_from(frame.rows()).unwrap_or(i64::MAX);
        let blob = frame.encode(Packing::ByColumn)?;
        vault.write_behind(|transaction| -> Result<(), StoreFault> {
            transaction.execute(
                "INSERT INTO stored_people (bundle, kind, first_code, people) VALUES (?1, ?2, ?3, ?4)",
                params![bundle, side as i64, first_code, blob],
            )?;
            Ok(())
        })?;
        first_code += rows;
    }
    Ok(())
}

/// Reads what [`count`] stored.
pub(crate) fn read(database: &Transaction<'_>, bundle: i64, side: Side) -> Result<Counts, StoreFault> {
    let mut counts = Counts::default();
    let mut statement = database
        .prepare_cached("SELECT people FROM stored_people WHERE bundle = ?1 AND kind = ?2 ORDER BY first_code")?;
    let mut rows = statement.query((bundle, side as i64))?;
    while let Some(row) = rows.next()? {
        let mut add = || -> Result<(), Unreadable> {
            let blob = row.get_ref(0).ok().and_then(|value| value.as_blob().ok()).ok_or(Unreadable)?;
            let frame = Frame::decode(blob, &["events", "others", "first", "last"])?;
            counts.events.extend_from_slice(frame.numbers("events")?);
            counts.others.extend_from_slice(frame.numbers("others")?);
            counts.first.extend_from_slice(frame.numbers("first")?);
            counts.last.extend_from_slice(frame.numbers("last")?);
            Ok(())
        };
        add().map_err(|_| StoreFault::Damaged { id: bundle, part: "people" })?;
    }
    Ok(counts)
}

/// Who, when, and with whom: one event of one person. `with` is 0 for nobody.
type Touch = (u32, u32, i64, bool);

/// Counts from the runs that can be seen.
pub(crate) fn tally(vault: &Vault, bundle: i64, side: Side) -> Result<Counts, StoreFault> {
    let (kind, columns): (_, &[&str]) = match side {
        Side::Patients => (Kind::Patient, &[name::KEY, "user", name::TIME]),
        Side::Users => (Kind::User, &["user", "patient", name::OTHERS, name::TIME]),
    };
    let mut counts = Counts::default();
    let take = |frame: &Frame, touches: &mut Vec<Touch>| match side {
        Side::Patients => patient_touches(frame, touches),
        Side::Users => user_touches(frame, touches),
    };
    sweep(
        vault,
        bundle,
        kind,
        columns,
        |touch: &Touch| i64::from(touch.0),
        take,
        |touches| {
            counts.add(touches);
            Ok(())
        },
    )?;
    Ok(counts)
}

fn patient_touches(frame: &Frame, touches: &mut Vec<Touch>) -> Result<(), Unreadable> {
    let people = frame.codes(name::KEY)?.iter().zip(frame.codes("user")?);
    let rows = people.zip(frame.numbers(name::TIME)?);
    touches.extend(rows.map(|((patient, user), time)| (*patient, *user, *time, true)));
    Ok(())
}

fn user_touches(frame: &Frame, touches: &mut Vec<Touch>) -> Result<(), Unreadable> {
    let others = frame.bytes(name::OTHERS)?;
    let people = frame.codes("user")?.iter().zip(frame.codes("patient")?);
    for (row, ((user, patient), time)) in people.zip(frame.numbers(name::TIME)?).enumerate() {
        touches.push((*user, *patient, *time, true));
        // The event itself is counted once, whatever the number of its patients.
        touches.extend(patient_codes(others.at(row)).map(|other| (*user, other, *time, false)));
    }
    Ok(())
}

impl Counts {
    /// Adds touches that are sorted by person and partner; all touches of a person come in one call.
    fn add(&mut self, touches: &[Touch]) {
        let mut before: Option<(u32, u32)> = None;
        for (person, with, time, counts) in touches {
            let Some(at) = (*person as usize).checked_sub(1) else { continue };
            self.grow_to(at + 1);
            let new = before != Some((*person, *with)) && *with != 0;
            before = Some((*person, *with));
            let mut add = |column: fn(&mut Self) -> &mut Vec<i64>, change: &dyn Fn(i64) -> i64| {
                if let Some(value) = column(self).get_mut(at) {
                    *value = change(*value);
                }
            };
            add(|counts| &mut counts.events, &|events| events + i64::from(*counts));
            add(|counts| &mut counts.others, &|others| others + i64::from(new));
            if *time != UNDATED {
                add(|counts| &mut counts.first, &|first| first.min(*time));
                add(|counts| &mut counts.last, &|last| if last == NO_TIME { *time } else { last.max(*time) });
            }
        }
    }

    fn grow_to(&mut self, people: usize) {
        if self.events.len() < people {
            self.events.resize(people, 0);
            self.others.resize(people, 0);
            self.first.resize(people, NO_TIME);
            self.last.resize(people, NO_TIME);
        }
    }

    /// Numbers of a person: events, others, first and last dated event.
    pub(crate) fn of(&self, code: u32) -> (i64, i64, Option<i64>, Option<i64>) {
        let at = (code as usize).wrapping_sub(1);
        let number = |column: &[i64]| column.get(at).copied().unwrap_or(0);
        let time = |column: &[i64]| column.get(at).copied().filter(|time| *time != NO_TIME);
        (number(&self.events), number(&self.others), time(&self.first), time(&self.last))
    }
}
