//! The table of threats names tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("tests/hostile/README.md")).unwrap();
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        Some((code(cells.get(2)?)?, code(cells.get(3)?)?))
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() > 60, "{} rows", rows.len());
    let absent: Vec<_> = rows
        .iter()
        .filter(|(file, test)| {
            let text = fs::read_to_string(root.join(file)).unwrap_or_default();
            !text.contains(&format!("fn {test}(")) && !text.contains(&format!("it('{test}'"))
        })
        .collect();
    assert!(absent.is_empty(), "{absent:#?}");
}
