//! Times without a zone, read in one that was chosen: the row has an instant, the record's note says how it came to it.

use workbench::ImportWish;
use workbench::wire::{BinsAsk, BundleAsk, EventDetail};

use crate::bench::Bench;

fn line(id: &str, recorded: &str) -> String {
    format!(
        r#"{{"resourceType":"AuditEvent","id":"{id}","type":{{"code":"rest"}},"action":"R","recorded":"{recorded}","outcome":"0","agent":[{{"altId":"u-rn-204","requestor":true}}],"source":{{"observer":{{"display":"EHR"}}}}}}"#
    )
}

/// The events of a log with these times, in its order, imported with `zone`.
fn read_in(zone: Option<&str>, times: &[&str]) -> (Option<String>, Vec<EventDetail>) {
    let bench = Bench::open();
    let lines: Vec<String> = times.iter().enumerate().map(|(n, time)| line(&format!("e{n}"), time)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let wish = ImportWish { zone: zone.map(str::to_owned), ..ImportWish::default() };
    let bundle = bench.log_with(&lines, &wish);
    let look = bench.look(&bundle, "");
    let mut rows = bench.rows(&look);
    rows.sort_by_key(|row| row.number);
    let events = rows.iter().map(|row| bench.event(&look, row)).collect();
    (bench.desk.overview(BundleAsk { bundle }).unwrap().received.zone_for_bare_times, events)
}

#[test]
fn a_bare_time_says_how_it_was_read() {
    let times = ["2026-05-01T10:00:00", "2026-11-01T01:30:00", "2026-03-08T02:30:00", "2026-05-01T10:00:00Z"];
    let (zone, events) = read_in(Some("America/New_York"), &times);
    assert_eq!(zone.as_deref(), Some("America/New_York"));
    let read: Vec<_> = events.iter().map(|event| event.row.time.epoch_ms).collect();
    let instants = ["2026-05-01T14:00:00Z", "2026-11-01T05:30:00Z", "2026-03-08T07:00:00Z", "2026-05-01T10:00:00Z"];
    assert_eq!(read, instants.map(|text| Some(model::Instant::parse(text).unwrap().utc_nanos().unwrap() / 1_000_000)));
    let said = ["read in the zone that was chosen", "showed it twice that day", "the clocks jumped over it"];
    for (event, said) in events.iter().zip(said) {
        assert_eq!(event.notes.len(), 1, "{:?}", event.notes);
        assert!(event.notes[0].contains(said), "{:?}", event.notes);
    }
    assert!(events[3].notes.is_empty(), "{:?}", events[3].notes);
}

#[test]
fn a_bare_time_stays_undated_without_a_zone() {
    let (zone, events) = read_in(None, &["2026-05-01T10:00:00"]);
    assert_eq!((zone, events[0].row.time.epoch_ms), (None, None));
    assert!(events[0].notes[0].contains("shown without a time"), "{:?}", events[0].notes);
}

#[test]
fn a_log_without_any_usable_time_has_no_axis() {
    let bench = Bench::open();
    let bins = |lines: &[&str]| {
        let look = bench.look(&bench.log(lines), "").look;
        bench.desk.bins(BinsAsk { look, bins_max: 100, fit: false }).unwrap()
    };
    let (bare, timed) = (line("e1", "2026-05-01T10:00:00"), line("e2", "2026-05-01T10:00:00Z"));
    let without = bins(&[&bare]);
    assert_eq!((without.bins.len(), without.ticks.len(), without.undated), (0, 0, 1));
    let with = bins(&[&bare, &timed]);
    assert!(!with.bins.is_empty() && with.undated == 1);
}
