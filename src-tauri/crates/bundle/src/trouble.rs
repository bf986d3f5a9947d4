//! What a container did wrong while its entries were listed: data for a report, never an error.

/// One thing a container did wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Trouble {
    /// Which rule it broke.
    pub code: TroubleCode,
    /// The entry, with hidden characters made visible; `None` where it is the container as a whole.
    pub file: Option<String>,
    /// A sentence for people.
    pub message: String,
}

/// The rules of formats 5 for containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TroubleCode {
    /// The container is cut short, contradicts itself, or holds bytes that belong to no entry.
    ArchiveLayout,
    /// It asks for more than the [`Limits`](crate::Limits) allow.
    ArchiveLimitExceeded,
    /// An entry is neither a regular file nor a directory.
    ArchiveEntryType,
    /// Two entries have one name.
    ArchiveDuplicateEntry,
    /// Two names are one name on some systems: equal after NFC and case folding, or a file where a directory is.
    ArchiveNameCollision,
    /// A name could reach outside the bundle or means something special to some system.
    PathUnsafe,
    /// An entry is a link.
    LinkForbidden,
    /// A table of records has no column of records.
    SchemaInvalid,
    /// A table of records cannot be taken apart.
    RecordUnparseable,
    /// A name hides characters or mixes look-alike scripts. A warning.
    NameSuspicious,
}

impl TroubleCode {
    /// The finding code on the command line and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ArchiveLayout => "ARCHIVE_LAYOUT",
            Self::ArchiveLimitExceeded => "ARCHIVE_LIMIT_EXCEEDED",
            Self::ArchiveEntryType => "ARCHIVE_ENTRY_TYPE",
            Self::ArchiveDuplicateEntry => "ARCHIVE_DUPLICATE_ENTRY",
            Self::ArchiveNameCollision => "ARCHIVE_NAME_COLLISION",
            Self::PathUnsafe => "PATH_UNSAFE",
            Self::LinkForbidden => "LINK_FORBIDDEN",
            Self::SchemaInvalid => "SCHEMA_INVALID",
            Self::RecordUnparseable => "RECORD_UNPARSEABLE",
            Self::NameSuspicious => "NAME_SUSPICIOUS",
        }
    }

    /// Whether the container is refused because of it; the others are warnings.
    #[must_use]
    pub const fn refuses(self) -> bool {
        !matches!(self, Self::NameSuspicious)
    }
}

/// Most troubles of one code that are told one by one; further ones are counted.
const TROUBLES_PER_CODE_MAX: usize = 50;

/// Collects troubles, so that a quarter of a million bad names make one page and not a quarter of a million lines.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    told: Vec<Trouble>,
    untold: Vec<(TroubleCode, u64)>,
}

impl Troubles {
    pub(crate) fn add(&mut self, code: TroubleCode, file: Option<String>, message: impl Into<String>) {
        let same = self.told.iter().filter(|trouble| trouble.code == code).count();
        if same < TROUBLES_PER_CODE_MAX {
            self.told.push(Trouble { code, file, message: message.into() });
        } else if let Some((_, count)) = self.untold.iter_mut().find(|(other, _)| *other == code) {
            *count = count.saturating_add(1);
        } else {
            self.untold.push((code, 1));
        }
    }

    pub(crate) fn push(&mut self, trouble: Trouble) {
        self.add(trouble.code, trouble.file, trouble.message);
    }

    pub(crate) fn into_list(self) -> Vec<Trouble> {
        let mut list = self.told;
        for (code, count) in self.untold {
            list.push(Trouble { code, file: None, message: format!("And {count} more of the same kind.") });
        }
        list
    }
}
