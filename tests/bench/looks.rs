//! How long screens take in a large vault: the first time after unlocking, and again.

use std::path::Path;
use std::time::{Duration, Instant};

use workbench::Desk;
use workbench::wire::{LookAsk, PeopleAsk, PersonAsk, PersonKind, RowsAsk};

use crate::Outcome;
use crate::inside::{self, in_words, millis, percentile};

/// Times that a screen is asked for again; the median counts.
const AGAIN: usize = 9;
/// Rows of a page: as many as the window asks for at most.
const PAGE_ROWS: u32 = 500;

/// A screen that somebody opens.
struct Screen {
    what: String,
    events: u64,
    filter: String,
    person: Option<(PersonKind, String)>,
}

/// Opens each screen in a vault that was just unlocked, then again and again. What the system keeps of the file in its
/// memory is not thrown away: cold means that the program has read nothing yet.
pub(crate) fn measure(vault: &Path, passphrase_file: &Path) -> Outcome<()> {
    let desk = inside::open(vault, passphrase_file)?;
    let screens = screens(&desk, &inside::newest_bundle(&desk)?)?;
    drop(desk);
    println!(
        "{:<28} {:>9} {:>10} {:>10} {:>12} {:>12}",
        "ms", "events", "page cold", "page warm", "person cold", "person warm"
    );
    for screen in screens {
        let desk = inside::open(vault, passphrase_file)?;
        let bundle = inside::newest_bundle(&desk)?;
        let (cold, warm) = cold_and_warm(|| page(&desk, &bundle, &screen.filter))?;
        drop(desk);
        print!("{:<28} {:>9} {:>10.1} {:>10.1}", screen.what, screen.events, millis(cold), millis(warm));
        if let Some((kind, id)) = &screen.person {
            let desk = inside::open(vault, passphrase_file)?;
            let ask = || PersonAsk { bundle: bundle.clone(), kind: *kind, id: id.clone() };
            let (cold, warm) = cold_and_warm(|| desk.person(ask()).map(drop).map_err(in_words))?;
            print!(" {:>12.1} {:>12.1}", millis(cold), millis(warm));
        }
        println!();
    }
    println!(
        "page: the look with its line in the access log, and its first {PAGE_ROWS} rows; person: everything about one"
    );
    println!("(goal: a warm page of a patient within 50 ms)");
    Ok(())
}

/// A patient and a user with few events and with the most, and everything in time order.
fn screens(desk: &Desk, bundle: &str) -> Outcome<Vec<Screen>> {
    let mut screens = Vec::new();
    for (kind, word) in [(PersonKind::Patient, "patient"), (PersonKind::User, "user")] {
        for (share, much) in [(2, "a middling"), (u64::MAX, "the busiest")] {
            let ask = |offset, limit| PeopleAsk {
                bundle: bundle.to_owned(),
                kind,
                prefix: String::new(),
                sort: "events".to_owned(),
                descending: true,
                offset,
                limit,
            };
            let total = desk.people(ask(0, 1)).map_err(in_words)?.total;
            let found = desk.people(ask(total / share, 1)).map_err(in_words)?.people;
            let person = found.into_iter().next().ok_or("the bundle has no people")?;
            let filter = match kind {
                PersonKind::Patient => workbench::patient_filter(&person.id),
                PersonKind::User => workbench::user_filter(&person.id),
            };
            let filter = filter.map_err(in_words)?;
            let what = format!("{much} {word}");
            screens.push(Screen { what, events: person.events, filter, person: Some((kind, person.id)) });
        }
    }
    let all = LookAsk { bundle: bundle.to_owned(), ..asked("") };
    let events = desk.look(all).map_err(in_words)?.total;
    screens.push(Screen { what: "timeline".to_owned(), events, filter: String::new(), person: None });
    Ok(screens)
}

fn asked(filter: &str) -> LookAsk {
    let filter = filter.to_owned();
    LookAsk { bundle: String::new(), filter, and: Vec::new(), sort: "time".to_owned(), descending: false }
}

/// What the window does to show rows: open the look, get the first page.
fn page(desk: &Desk, bundle: &str, filter: &str) -> Outcome<()> {
    let look = desk.look(LookAsk { bundle: bundle.to_owned(), ..asked(filter) }).map_err(in_words)?.look;
    let rows = desk.rows(RowsAsk { look, offset: 0, limit: PAGE_ROWS }).map_err(in_words)?;
    std::hint::black_box(rows);
    Ok(())
}

fn cold_and_warm(act: impl Fn() -> Outcome<()>) -> Outcome<(Duration, Duration)> {
    let time = || -> Outcome<Duration> {
        let started = Instant::now();
        act()?;
        Ok(started.elapsed())
    };
    let cold = time()?;
    let mut again = (0..AGAIN).map(|_| time()).collect::<Outcome<Vec<_>>>()?;
    Ok((cold, percentile(&mut again, 50)))
}
