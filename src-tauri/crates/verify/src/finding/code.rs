//! A table: every code a report can hold, with its name and its weight (formats 1.11).

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; takes nothing away.
    Info,
    /// Something cannot be relied on as far as it seems.
    Warning,
    /// The evidence is damaged or contradicts itself.
    Error,
}

macro_rules! codes {
    ($($variant:ident = $name:literal, $severity:ident;)*) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in reports and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The weight. It belongs to the code and never depends on the case.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    PathUnsafe = "PATH_UNSAFE", Error;
    LinkForbidden = "LINK_FORBIDDEN", Error;
    ArchiveLayout = "ARCHIVE_LAYOUT", Error;
    ArchiveLimitExceeded = "ARCHIVE_LIMIT_EXCEEDED", Error;
    ArchiveEntryType = "ARCHIVE_ENTRY_TYPE", Error;
    ArchiveDuplicateEntry = "ARCHIVE_DUPLICATE_ENTRY", Error;
    ArchiveNameCollision = "ARCHIVE_NAME_COLLISION", Error;
    NameSuspicious = "NAME_SUSPICIOUS", Warning;

    BagDeclarationMissing = "BAG_DECLARATION_MISSING", Error;
    BagDeclarationInvalid = "BAG_DECLARATION_INVALID", Error;
    FetchForbidden = "FETCH_FORBIDDEN", Error;
    ManifestMalformed = "MANIFEST_MALFORMED", Error;
    ManifestDuplicatePath = "MANIFEST_DUPLICATE_PATH", Error;
    ManifestIncomplete = "MANIFEST_INCOMPLETE", Error;
    ManifestIrregular = "MANIFEST_IRREGULAR", Warning;
    FetchNotFollowed = "FETCH_NOT_FOLLOWED", Warning;
    AlgorithmWeak = "ALGORITHM_WEAK", Warning;
    OxumMismatch = "OXUM_MISMATCH", Error;
    FileMissing = "FILE_MISSING", Error;
    FileExtra = "FILE_EXTRA", Error;
    FileNotListed = "FILE_NOT_LISTED", Warning;
    FileNotRead = "FILE_NOT_READ", Warning;
    TimestampUnreadable = "TIMESTAMP_UNREADABLE", Warning;
    FileHashMismatch = "FILE_HASH_MISMATCH", Error;
    TagFileHashMismatch = "TAG_FILE_HASH_MISMATCH", Error;
    TagFileUnlisted = "TAG_FILE_UNLISTED", Warning;

    AuditManifestMissing = "AUDIT_MANIFEST_MISSING", Error;
    AuditManifestInvalid = "AUDIT_MANIFEST_INVALID", Error;
    SegmentHashMismatch = "SEGMENT_HASH_MISMATCH", Error;
    SegmentCountMismatch = "SEGMENT_COUNT_MISMATCH", Error;
    SegmentBoundaryMismatch = "SEGMENT_BOUNDARY_MISMATCH", Error;
    MerkleRootMismatch = "MERKLE_ROOT_MISMATCH", Error;

    RecordUnparseable = "RECORD_UNPARSEABLE", Error;
    DuplicateMember = "DUPLICATE_MEMBER", Error;
    SchemaInvalid = "SCHEMA_INVALID", Error;
    LineTooLong = "LINE_TOO_LONG", Error;
    LastLineIncomplete = "LAST_LINE_INCOMPLETE", Error;
    RecordNotCanonical = "RECORD_NOT_CANONICAL", Warning;
    SchemaUnknownMember = "SCHEMA_UNKNOWN_MEMBER", Info;
    VersionUnknown = "VERSION_UNKNOWN", Warning;
    VersionMixed = "VERSION_MIXED", Info;
    ResourceNotRead = "RESOURCE_NOT_READ", Info;
    ResourceDuplicate = "RESOURCE_DUPLICATE", Warning;
    SearchPagesMissing = "SEARCH_PAGES_MISSING", Warning;
    TimestampNoZone = "TIMESTAMP_NO_ZONE", Warning;
    TimestampOutOfRange = "TIMESTAMP_OUT_OF_RANGE", Warning;

    ProjectionMismatch = "PROJECTION_MISMATCH", Error;

    EventModified = "EVENT_MODIFIED", Error;
    ChainBreak = "CHAIN_BREAK", Error;
    EventsDeleted = "EVENTS_DELETED", Error;
    EventInserted = "EVENT_INSERTED", Error;
    EventDuplicated = "EVENT_DUPLICATED", Error;
    EventsReordered = "EVENTS_REORDERED", Error;
    HeadTruncated = "HEAD_TRUNCATED", Error;
    GenesisMismatch = "GENESIS_MISMATCH", Error;
    TailTruncated = "TAIL_TRUNCATED", Error;
    SequenceGap = "SEQUENCE_GAP", Warning;
    UnverifiableSpan = "UNVERIFIABLE_SPAN", Warning;
    ArchiveAbsent = "ARCHIVE_ABSENT", Info;
    ChainStartUnverified = "CHAIN_START_UNVERIFIED", Info;
    EventIdDuplicate = "EVENT_ID_DUPLICATE", Error;
    ClockRegression = "CLOCK_REGRESSION", Warning;
    TimestampAfterSeal = "TIMESTAMP_AFTER_SEAL", Warning;

    CheckpointUnparseable = "CHECKPOINT_UNPARSEABLE", Error;
    CheckpointModified = "CHECKPOINT_MODIFIED", Error;
    CheckpointChainBreak = "CHECKPOINT_CHAIN_BREAK", Error;
    CheckpointMismatch = "CHECKPOINT_MISMATCH", Error;
    CheckpointReportedFailure = "CHECKPOINT_REPORTED_FAILURE", Warning;
    CheckpointDayMissing = "CHECKPOINT_DAY_MISSING", Warning;
    CheckpointsNotChecked = "CHECKPOINTS_NOT_CHECKED", Info;

    AnchorMismatch = "ANCHOR_MISMATCH", Error;
    BundleRollback = "BUNDLE_ROLLBACK", Error;
    TokenNotChecked = "TOKEN_NOT_CHECKED", Info;

    SignatureInvalid = "SIGNATURE_INVALID", Error;
    SignatureMissing = "SIGNATURE_MISSING", Error;
    SignatureAlgorithmUnsupported = "SIGNATURE_ALGORITHM_UNSUPPORTED", Error;
    KeyUnknown = "KEY_UNKNOWN", Error;
    KeyUntrusted = "KEY_UNTRUSTED", Warning;
    KeyNotValidAtTime = "KEY_NOT_VALID_AT_TIME", Warning;
    KeyRevoked = "KEY_REVOKED", Warning;
    SignaturesNotChecked = "SIGNATURES_NOT_CHECKED", Warning;
    ChecksumNotChecked = "CHECKSUM_NOT_CHECKED", Warning;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_as_it_is_read() {
        for code in Code::ALL {
            let text = serde_json::to_string(code).unwrap();
            assert_eq!(text, format!("\"{}\"", code.name()));
            assert_eq!(serde_json::from_str::<Code>(&text).unwrap(), *code);
        }
    }
}
