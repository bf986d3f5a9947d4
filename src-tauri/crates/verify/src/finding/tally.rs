//! Collects findings and keeps a report readable: of each code so many are told one by one, the rest is counted.

use std::collections::BTreeMap;

use bundle::segment::Layout;
use serde::{Deserialize, Serialize};

use super::{Code, Finding, Severity};
use crate::words::number;

/// Most findings of one code that are told one by one. A log whose every record was altered gives a page, not a
/// gigabyte.
pub const FINDINGS_PER_CODE_MAX: u64 = 500;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    // A finding leaves out what does not apply, which only a form that names its members can read back.
    #[serde(with = "as_json")]
    told: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.code).or_default();
        if *count < FINDINGS_PER_CODE_MAX {
            self.told.push(finding);
        }
        *count += 1;
    }

    /// Adds what another tally holds, behind what is here.
    pub(crate) fn absorb(&mut self, other: Self) {
        let mut counts = other.counts;
        for finding in other.told {
            if let Some(count) = counts.get_mut(&finding.code) {
                *count -= 1;
            }
            self.add(finding);
        }
        for (code, untold) in counts {
            *self.counts.entry(code).or_default() += untold;
        }
    }

    pub(crate) fn has(&self, code: Code) -> bool {
        self.counts.contains_key(&code)
    }

    /// The heaviest severity found.
    pub(crate) fn worst(&self) -> Option<Severity> {
        self.counts.keys().map(|code| code.severity()).max()
    }

    /// Changes what was told of one code.
    pub(crate) fn amend(&mut self, code: Code, mut each: impl FnMut(&mut Finding)) {
        self.told.iter_mut().filter(|finding| finding.code == code).for_each(&mut each);
    }

    /// Names rows instead of lines in segments that are tables.
    pub(crate) fn place_in_tables(&mut self) {
        let is_table =
            |finding: &&mut Finding| finding.file.as_deref().is_some_and(|name| Layout::of_name(name).is_table());
        self.told.iter_mut().filter(is_table).for_each(Finding::in_table);
    }

    /// What has been told so far.
    pub(crate) fn told(&self) -> &[Finding] {
        &self.told
    }

    /// The findings in the order they were made; what was only counted comes last, one sentence per code.
    pub(crate) fn into_list(self) -> Vec<Finding> {
        let mut list = self.told;
        for (code, count) in self.counts {
            let told = list.iter().filter(|finding| finding.code == code).count();
            let untold = count.saturating_sub(u64::try_from(told).unwrap_or(u64::MAX));
            if untold > 0 {
                let message = format!("And {} more of the same kind.", number(untold));
                list.push(Finding::new(code, message).count(untold));
            }
        }
        list
    }
}

/// Findings as the text in which a report holds them.
mod as_json {
    use serde::{Deserialize as _, Deserializer, Serializer, de, ser};

    use super::Finding;

    pub(super) fn serialize<S: Serializer>(told: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(told).map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Finding>, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_to_tell_is_counted() {
        let mut whole = Tally::default();
        for _ in 0..3 {
            let mut part = Tally::default();
            for _ in 0..400 {
                part.add(Finding::new(Code::EventModified, "x"));
            }
            whole.absorb(part);
        }
        let list = whole.into_list();
        assert_eq!(list.len(), 501);
        assert_eq!(list.last().unwrap().count, Some(700));
    }

    #[test]
    fn absent_members_are_not_written() {
        let finding = Finding::new(Code::FileMissing, "gone").at_file("a\u{202e}b");
        let json = serde_json::to_string(&finding).unwrap();
        assert_eq!(json, r#"{"code":"FILE_MISSING","severity":"error","message":"gone","file":"a⟦U+202E⟧b"}"#);
    }
}
