//! A table: what a profile demands of its bag beyond RFC 8493. The reader is the same for all.

use integrity::checksum::Algorithm;

use bundle::Profile;

/// The versions of `BagIt` that are read. The older ones differ from 1.0 in what a list may leave out or repeat, and in
/// what is percent-encoded.
pub(super) const VERSIONS: [&str; 6] = ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"];

/// What is demanded of a bag.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The versions that it may declare.
    pub(super) versions: &'static [&'static str],
    /// Whether its tag files must be UTF-8.
    pub(super) only_utf8: bool,
    /// What `bag-info.txt` must say: names, and the value where only one will do.
    pub(super) tags: &'static [(&'static str, Option<&'static str>)],
    /// The payload manifest that must be there; without one, any will do.
    pub(super) manifest: Option<Algorithm>,
    /// Whether there must be a tag manifest in that algorithm.
    pub(super) needs_tag_manifest: bool,
    pub(super) lines: Lines,
    pub(super) fetch: Fetch,
}

/// How the lines of lists are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Lowercase hex, two spaces, a path, LF, so that `sha256sum -c` reads them.
    Exact,
    /// As stock tools write them.
    Any,
}

/// What is said of a `fetch.txt`. None is ever followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// There must be none.
    Forbidden,
    /// It is worth a warning.
    Reported,
}

/// RFC 8493 and nothing more.
const BAGIT: Rules = Rules {
    versions: &VERSIONS,
    only_utf8: false,
    tags: &[],
    manifest: None,
    needs_tag_manifest: false,
    lines: Lines::Any,
    fetch: Fetch::Reported,
};

/// Formats 1.1 and 1.2.
const AUDIT_BUNDLE: Rules = Rules {
    versions: &["1.0"],
    only_utf8: true,
    tags: &[
        ("Source-Organization", None),
        ("External-Identifier", None),
        ("Bagging-Date", None),
        ("Payload-Oxum", None),
        ("Bag-Software-Agent", None),
        ("Audit-Bundle-Format", Some("audit-bundle/1.0")),
    ],
    manifest: Some(Algorithm::Sha256),
    needs_tag_manifest: true,
    lines: Lines::Exact,
    fetch: Fetch::Forbidden,
};

/// The rules for bags of a profile.
pub(super) const fn of(profile: Profile) -> &'static Rules {
    match profile {
        Profile::AuditBundle1 => &AUDIT_BUNDLE,
        Profile::FhirAuditEvent | Profile::Unknown => &BAGIT,
    }
}
