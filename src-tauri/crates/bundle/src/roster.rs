//! Takes names in one after the other while a container is listed, and notes every rule that one breaks.
//!
//! Directories and archives share these rules, so that a bag means the same packed and unpacked. The roster decides
//! nothing about content and never touches a file.

use std::collections::HashMap;
use std::time::Instant;

use crate::escape::{visible, visible_bytes};
use crate::limits::Limits;
use crate::name;
use crate::trouble::{TroubleCode, Troubles};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
}

/// What is known about a path already taken in.
struct Taken {
    exact: String,
    kind: Kind,
    /// A directory may be implied by a file in it and listed once by itself.
    listed: bool,
}

/// The names of one container.
pub(crate) struct Roster<'l> {
    limits: &'l Limits,
    /// What broke a rule so far.
    pub(crate) troubles: Troubles,
    taken: HashMap<String, Taken>,
    entries: u64,
    total_bytes: u64,
    deadline: Option<Instant>,
    exhausted: bool,
}

impl<'l> Roster<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            troubles: Troubles::default(),
            taken: HashMap::new(),
            entries: 0,
            total_bytes: 0,
            deadline: Instant::now().checked_add(limits.listing_time_max),
            exhausted: false,
        }
    }

    /// Whether a limit on the container as a whole was met, so that listing further is pointless.
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// What the container may ask for.
    pub(crate) fn limits(&self) -> &'l Limits {
        self.limits
    }

    /// Until when listing may go on.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes one name in and gives it back as text if it broke no rule.
    pub(crate) fn admit(&mut self, raw: &[u8], kind: Kind, size_bytes: u64) -> Option<String> {
        self.count(size_bytes);
        let name = match name::check(raw) {
            Ok(name) => name,
            Err(flaw) => {
                self.troubles.add(TroubleCode::PathUnsafe, Some(visible_bytes(raw)), flaw.sentence());
                return None;
            }
        };
        let shown = || Some(visible(name).into_owned());
        if let Some(sentence) = name::suspicion(name) {
            self.troubles.add(TroubleCode::NameSuspicious, shown(), sentence);
        }
        if name.split('/').count() > self.limits.path_components_max {
            self.troubles.add(TroubleCode::ArchiveLimitExceeded, shown(), "The path has too many components.");
            return None;
        }
        if size_bytes > self.limits.entry_bytes_max {
            let message = format!("The file is larger than {} bytes.", self.limits.entry_bytes_max);
            self.troubles.add(TroubleCode::ArchiveLimitExceeded, shown(), message);
        }
        self.take(name, kind).then(|| name.to_owned())
    }

    /// Notes a ratio of unpacked to packed bytes that only a bomb has.
    pub(crate) fn weigh(&mut self, shown: Option<String>, packed_bytes: u64, unpacked_bytes: u64) {
        let bearable = packed_bytes.saturating_mul(self.limits.ratio_max);
        if unpacked_bytes > self.limits.ratio_free_bytes && unpacked_bytes > bearable {
            let message = format!("It unpacks to more than {} times its packed size.", self.limits.ratio_max);
            self.troubles.add(TroubleCode::ArchiveLimitExceeded, shown, message);
        }
    }

    fn count(&mut self, size_bytes: u64) {
        self.entries = self.entries.saturating_add(1);
        self.total_bytes = self.total_bytes.saturating_add(size_bytes);
        let message = if self.entries > self.limits.entries_max {
            format!("It holds more than {} entries.", self.limits.entries_max)
        } else if self.total_bytes > self.limits.total_bytes_max {
            format!("Its files are larger than {} bytes together.", self.limits.total_bytes_max)
        } else if self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            format!("Listing it took longer than {} seconds.", self.limits.listing_time_max.as_secs())
        } else {
            return;
        };
        if !self.exhausted {
            self.exhausted = true;
            self.troubles.add(TroubleCode::ArchiveLimitExceeded, None, message);
        }
    }

    /// Notes duplicates and collisions of the name and of every directory above it.
    fn take(&mut self, name: &str, kind: Kind) -> bool {
        for (end, _) in name.match_indices('/') {
            if let Some(above) = name.get(..end)
                && !self.take_one(above, Kind::Directory, false, name)
            {
                return false;
            }
        }
        self.take_one(name, kind, true, name)
    }

    fn take_one(&mut self, path: &str, kind: Kind, listed: bool, whole: &str) -> bool {
        let folded = name::folded(path);
        let Some(taken) = self.taken.get_mut(&folded) else {
            self.taken.insert(folded, Taken { exact: path.to_owned(), kind, listed });
            return true;
        };
        let shown = Some(visible(whole).into_owned());
        if taken.exact != path || taken.kind != kind {
            let message = format!("The name meets {} on some systems.", visible(&taken.exact));
            self.troubles.add(TroubleCode::ArchiveNameCollision, shown, message);
            return false;
        }
        if listed && taken.listed {
            self.troubles.add(TroubleCode::ArchiveDuplicateEntry, shown, "Two entries have this name.");
            return false;
        }
        taken.listed |= listed;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(names: &[(&str, Kind)]) -> Vec<&'static str> {
        let limits = Limits::standard();
        let mut roster = Roster::new(&limits);
        for (name, kind) in names {
            roster.admit(name.as_bytes(), *kind, 1);
        }
        roster.troubles.into_list().iter().map(|trouble| trouble.code.code()).collect()
    }

    #[test]
    fn a_name_twice_is_a_duplicate() {
        assert_eq!(codes(&[("b/x", Kind::File), ("b/x", Kind::File)]), ["ARCHIVE_DUPLICATE_ENTRY"]);
        assert_eq!(codes(&[("b", Kind::Directory), ("b/x", Kind::File), ("b", Kind::Directory)]).len(), 1);
    }

    #[test]
    fn a_directory_may_be_implied_and_listed_once() {
        assert!(codes(&[("b/x", Kind::File), ("b", Kind::Directory), ("b/y", Kind::File)]).is_empty());
    }

    #[test]
    fn names_that_some_system_takes_for_one_collide() {
        assert_eq!(codes(&[("b/X", Kind::File), ("b/x", Kind::File)]), ["ARCHIVE_NAME_COLLISION"]);
        assert_eq!(codes(&[("B/x", Kind::File), ("b/y", Kind::File)]), ["ARCHIVE_NAME_COLLISION"]);
        assert_eq!(codes(&[("é", Kind::File), ("e\u{301}", Kind::File)]).last(), Some(&"ARCHIVE_NAME_COLLISION"));
    }

    #[test]
    fn a_file_where_a_directory_is_collides() {
        assert_eq!(codes(&[("b/x", Kind::File), ("b/x/y", Kind::File)]), ["ARCHIVE_NAME_COLLISION"]);
        assert_eq!(codes(&[("b/x/y", Kind::File), ("b/x", Kind::File)]), ["ARCHIVE_NAME_COLLISION"]);
    }

    #[test]
    fn the_same_trouble_a_thousand_times_is_told_fifty_times_and_counted() {
        let names: Vec<String> = (0..1000).map(|n| format!("b/../{n}")).collect();
        let entries: Vec<(&str, Kind)> = names.iter().map(|name| (name.as_str(), Kind::File)).collect();
        let told = codes(&entries);
        assert_eq!(told.len(), 51);
    }
}
