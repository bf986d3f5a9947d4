//! What a row is marked with is what may be said of that very record.

use workbench::wire::RowState;

use crate::bench::Bench;

#[test]
fn a_row_says_whether_it_was_altered_or_only_stands_beside_a_gap() {
    let bench = Bench::open();
    for (tamper, state, count) in [
        ("event-modified", RowState::Altered, 1),
        ("events-deleted", RowState::Beside, 2),
        ("events-reordered", RowState::Misplaced, 1),
        ("head-truncated", RowState::Beside, 1),
    ] {
        let bundle = bench.tampered(tamper);
        let named = bench.rows(&bundle, "integrity:altered");
        assert_eq!(named.len(), count, "{tamper}");
        assert!(named.iter().all(|row| row.state == state && row.integrity == "altered"), "{tamper}");
        let rest = bench.rows(&bundle, "integrity:stands");
        assert!(!rest.is_empty() && rest.iter().all(|row| row.state == RowState::Stands), "{tamper}");
    }
}
