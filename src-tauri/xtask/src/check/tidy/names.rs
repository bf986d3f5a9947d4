//! Names are nouns of the trade. A name that would fit anything tells nothing.

use super::{Breaks, Source};

/// No folder, file or module is called this.
const BANNED_FILES: &[&str] = &[
    "util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "common", "core", "misc",
    "shared",
];

/// No type's name ends in this.
const BANNED_ENDINGS: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils", "Processor"];

/// Looks at paths and at the names of types.
pub(super) fn look(sources: &[Source], breaks: &mut Breaks) {
    for source in sources {
        let stem = source.path.rsplit_once('.').map_or(source.path.as_str(), |(stem, _)| stem);
        for part in stem.split('/').filter(|part| BANNED_FILES.contains(part)) {
            breaks.note(&source.path, format!("`{part}` is a name that fits anything"));
        }
        if source.is("rs") || source.is("ts") {
            types(source, breaks);
        }
    }
}

fn types(source: &Source, breaks: &mut Breaks) {
    for (number, line) in source.shipped() {
        let mut words = line.split_whitespace();
        let introduced = words.by_ref().any(|word| ["struct", "enum", "trait", "class", "interface"].contains(&word));
        let Some(name) = words.next().filter(|_| introduced && !line.trim_start().starts_with("//")) else { continue };
        let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if BANNED_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            breaks.note(&format!("{}:{number}", source.path), format!("`{name}` is a name that fits anything"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::{Breaks, look};

    #[test]
    fn names_that_fit_anything_are_found() {
        let mut breaks = Breaks::default();
        look(
            &[
                source("src-tauri/crates/a/src/utils.rs", ""),
                source("ui/src/common/b.ts", "export class BundleManager {}"),
                source("src-tauri/crates/a/src/score.rs", "/// A struct Manager, in words.\nstruct Bundle;"),
            ],
            &mut breaks,
        );
        assert_eq!(
            breaks.0,
            [
                "src-tauri/crates/a/src/utils.rs: `utils` is a name that fits anything",
                "ui/src/common/b.ts: `common` is a name that fits anything",
                "ui/src/common/b.ts:1: `BundleManager` is a name that fits anything",
            ]
        );
    }
}
