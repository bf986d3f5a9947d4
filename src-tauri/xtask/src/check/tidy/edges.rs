//! Who leans on whom: the manifests say what the list in `src-tauri/README.md` says.

use std::collections::{BTreeMap, BTreeSet};

use super::{Breaks, Source};

/// Where the list is.
const MAP: &str = "src-tauri/README.md";

/// What our packages' names begin with.
const OURS: &str = "chartproof-";

/// Each room with those it leans on.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// Compares the list with the manifests. `tests` and `fuzz` may lean on everything, and xtask on nothing.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    let Some(map) = sources.iter().find(|source| source.path == MAP) else {
        breaks.note(MAP, "is missing, and with it the list of edges");
        return;
    };
    let listed = listed(&map.text);
    let mut actual = Edges::new();
    for manifest in sources.iter().filter(|source| source.path.ends_with("Cargo.toml")) {
        let (name, edges) = manifest_edges(&manifest.text);
        match name.as_deref() {
            Some("xtask") if !edges.is_empty() => breaks.note(&manifest.path, "xtask leans on nothing"),
            Some(name) => {
                if let Some(room) = name.strip_prefix(OURS).filter(|room| !["tests", "fuzz"].contains(room)) {
                    actual.insert(room.to_owned(), edges);
                }
            }
            None => {}
        }
    }
    for room in actual.keys().chain(listed.keys()).collect::<BTreeSet<_>>() {
        match (actual.get(room), listed.get(room)) {
            (Some(actual), Some(listed)) => {
                for edge in actual.difference(listed) {
                    breaks.note(MAP, format!("`{room} → {edge}` is in the manifest but not in the list"));
                }
                for edge in listed.difference(actual) {
                    breaks.note(MAP, format!("`{room} → {edge}` is in the list but not in the manifest"));
                }
            }
            (Some(_), None) => breaks.note(MAP, format!("`{room}` is not in the list of edges")),
            _ => breaks.note(MAP, format!("`{room}` is in the list of edges but is no package")),
        }
    }
}

/// The list: lines `room → a, b` below the heading "Edges".
fn listed(map: &str) -> Edges {
    let section = map.split_once("\n## Edges").map_or("", |(_, rest)| rest.split("\n## ").next().unwrap_or_default());
    section
        .lines()
        .filter_map(|line| line.split_once('→'))
        .map(|(room, edges)| {
            let edges = edges.split(',').map(str::trim).filter(|edge| !edge.is_empty()).map(str::to_owned).collect();
            (room.trim().to_owned(), edges)
        })
        .collect()
}

/// A manifest's package name and those of ours it depends on to be built. Tests may lean on whom they like.
fn manifest_edges(manifest: &str) -> (Option<String>, BTreeSet<String>) {
    let mut name = None;
    let mut edges = BTreeSet::new();
    let mut section = "";
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[package]" && name.is_none() {
            name = line.strip_prefix("name = ").map(|name| name.trim_matches('"').to_owned());
        } else if section.ends_with("dependencies]") && !section.contains("dev-") && !section.contains("workspace") {
            let edge = line.strip_prefix(OURS).and_then(|edge| edge.split(['.', ' ', '=']).next());
            edges.extend(edge.map(str::to_owned));
        }
    }
    (name, edges)
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::{Breaks, MAP, look};

    #[test]
    fn an_edge_that_is_not_listed_is_found_and_one_that_is_gone_too() {
        let map = "# Rooms\n\n## Edges\n\n```\nvault → integrity, model\nmodel →\n```\n\n## More\n\na → b\n";
        let vault = "[package]\nname = \"chartproof-vault\"\n[dependencies]\nchartproof-model.workspace = true\n\
            chartproof-bundle = { workspace = true }\n[dev-dependencies]\nchartproof-specimen.workspace = true\n";
        let model = "[package]\nname = \"chartproof-model\"\n";
        let mut breaks = Breaks::default();
        look(&[source(MAP, map), source("v/Cargo.toml", vault), source("m/Cargo.toml", model)], &mut breaks);
        assert_eq!(
            breaks.0,
            [
                "src-tauri/README.md: `vault → bundle` is in the manifest but not in the list",
                "src-tauri/README.md: `vault → integrity` is in the list but not in the manifest",
            ]
        );
    }
}
