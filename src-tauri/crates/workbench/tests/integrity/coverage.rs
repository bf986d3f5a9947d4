//! The coverage map: every record counts once, what is missing lies between its neighbors, and nothing is proven that
//! nobody vouches for.

use workbench::wire::{BundleAsk, CoverageCounts, CoverageMap, CoverageState};

use crate::bench::{Bench, EVENTS};

fn cells(map: &CoverageMap, state: CoverageState) -> usize {
    map.sources.iter().flat_map(|source| &source.cells).filter(|cell| cell.state == state).count()
}

#[test]
fn an_unsigned_log_is_covered_by_no_proof() {
    let bench = Bench::open();
    let bundle = bench.import(&bench.make("whole", |_| ()));
    let map = bench.report(&bundle).coverage;
    assert_eq!(map.totals, CoverageCounts { stands: EVENTS, ..CoverageCounts::default() });
    assert_eq!(cells(&map, CoverageState::Proven), 0);
    assert!(map.bins.len() > 1 && map.bins.len() <= 92 && !map.ticks.is_empty());
    assert!(map.bins.windows(2).all(|pair| pair[0].to_ms == pair[1].from_ms));
    assert!(map.sources.iter().all(|source| source.cells.len() == map.bins.len()));
    assert_eq!(map.zone, "America/New_York");
    let overview = bench.desk.overview(BundleAsk { bundle }).unwrap().coverage;
    assert_eq!(overview.totals, map.totals);
}

#[test]
fn an_altered_record_marks_its_own_stretch_of_time() {
    let bench = Bench::open();
    let bundle = bench.tampered("event-modified");
    let map = bench.report(&bundle).coverage;
    assert_eq!((map.totals.altered, cells(&map, CoverageState::Altered)), (1, 1));
    let (row, source) = (bench.rows(&bundle, "integrity:altered").remove(0), &map.sources[0]);
    let at = source.cells.iter().position(|cell| cell.state == CoverageState::Altered).unwrap();
    let (bin, time) = (&map.bins[at], row.time.epoch_ms.unwrap());
    assert!((bin.from_ms..bin.to_ms).contains(&time), "the stretch is that of the record");
    // What the page asks for when the stretch is chosen.
    let inside = bench.rows(&bundle, &format!("from:{} to:{}", bin.from, bin.to));
    let counts = source.cells[at].counts;
    assert_eq!(inside.len() as u64, counts.altered + counts.stands);
}

#[test]
fn what_was_taken_out_is_missing_and_its_neighbors_are_not_altered() {
    let bench = Bench::open();
    let bundle = bench.tampered("events-deleted");
    let map = bench.report(&bundle).coverage;
    assert_eq!(map.totals.altered, 0);
    assert_eq!(map.totals.missing + map.totals.stands, EVENTS);
    assert!(map.totals.missing > 0 && cells(&map, CoverageState::Missing) > 0);
    let beside = bench.rows(&bundle, "integrity:altered");
    let at = map.sources[0].cells.iter().position(|cell| cell.state == CoverageState::Missing).unwrap();
    let time = beside[0].time.epoch_ms.unwrap();
    assert!((map.bins[at].from_ms..map.bins[at].to_ms).contains(&time), "the gap begins at the record before it");
}

#[test]
fn a_cut_tail_is_missing_at_the_end() {
    let bench = Bench::open();
    let map = bench.report(&bench.tampered("tail-truncated-vs-manifest")).coverage;
    assert!(map.totals.missing > 0);
    assert_eq!(map.sources[0].cells.last().unwrap().state, CoverageState::Missing);
}
