//! A table: the ways a bundle is damaged, each with a word to ask for it and a sentence for a person.

macro_rules! kinds {
    ($($kind:ident $word:literal $sentence:literal;)*) => {
        /// One way to damage a bundle.
        ///
        /// Unless the sentence says otherwise, whoever does it renews what the container says (manifests, sizes, the
        /// segments' entries), as somebody who knows the format would.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tamper { $(#[doc = $sentence] $kind,)* }

        impl Tamper {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The name to ask for it by.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }

            /// The kind of exactly that name.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$kind),)* _ => None }
            }

            /// What is done, in a sentence for a person.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$kind => $sentence,)* }
            }
        }
    };
}

kinds! {
    EventModified "event-modified" "One event names another user; its old hash is left.";
    EventRehashed "event-rehashed" "One event names another user and has a new hash; the events after it do not know.";
    EventsDeleted "events-deleted" "Some events in the middle are gone.";
    EventInserted "event-inserted" "A foreign event stands in the chain, with the number of a real one.";
    EventDuplicated "event-duplicated" "One event stands there twice, byte for byte.";
    EventsReordered "events-reordered" "Two neighboring events have changed places.";
    HeadTruncated "head-truncated" "The first two events are gone; the manifest still begins at the first.";
    TailTruncatedVsCheckpoint "tail-truncated-vs-checkpoint"
        "The last events are gone and the manifest is renewed; the checkpoints still know them.";
    TailTruncatedVsManifest "tail-truncated-vs-manifest"
        "The last events are gone; the manifest's totals still know them.";
    TailTruncatedUndetectable "tail-truncated-undetectable"
        "The last events are gone and everything is renewed: nothing in the bundle can tell.";
    ChainRecomputedVsCheckpoint "chain-recomputed-vs-checkpoint"
        "One event is changed and the chain computed again from there; the checkpoints are left.";
    HistoryRecomputedUndetectable "history-recomputed-undetectable"
        "One event is changed and chain and checkpoints computed again: nothing in the bundle can tell.";
    GenesisMismatch "genesis-mismatch" "The first event does not begin where its stream begins.";
    ChainStartUnverified "chain-start-unverified"
        "The bundle continues an earlier one that is not there. Nothing is wrong.";
    ArchiveAbsent "archive-absent" "Some events lie in an archive that is declared and not there. Nothing is wrong.";
    EventIdDuplicate "event-id-duplicate" "Two different events have the same id; the chain is whole.";
    ClockRegression "clock-regression" "One event is older than the event before it; the chain is whole.";
    TimestampAfterSeal "timestamp-after-seal" "The last event is younger than the bundle; the chain is whole.";
    SequenceGap "sequence-gap" "Some numbers were never given; the chain is whole.";
    VersionMixed "version-mixed" "The schema version changes in the middle. Nothing is wrong.";
    VersionUnknown "version-unknown" "One event has a schema version of the future; the chain is whole.";
    UnknownMember "unknown-member" "One record has a member the format does not know. Nothing is wrong.";
    RecordNotCanonical "record-not-canonical" "One record is written otherwise than the format wants, with the same content.";
    DuplicateMember "duplicate-member" "One event says twice what was done, differently.";
    RecordUnparseable "record-unparseable" "Of one record only the first half is there.";
    FloatNumber "float-number" "One event holds a number with a fraction, which has no one canonical form.";
    BadUtf8 "bad-utf8" "One record holds a byte that is no UTF-8.";
    Deep "deep" "One event is nested ten thousand levels deep.";
    LineTooLong "line-too-long" "One record is longer than a record may be.";
    LastLineIncomplete "last-line-incomplete" "The last record breaks off.";
    SchemaInvalid "schema-invalid" "One event does not say how it ended; the chain is whole.";
    FileMissing "file-missing" "One segment is gone; the manifests still list it.";
    FileExtra "file-extra" "There is a segment that no manifest lists.";
    ManifestMismatch "manifest-mismatch" "One bit of one record has rotted; nothing is renewed.";
    UppercaseManifest "uppercase-manifest" "One digest in the manifest is in capitals.";
    ManifestAbsentFile "manifest-absent-file" "The manifest lists a file that never was.";
    ManifestDuplicatePath "manifest-duplicate-path" "The manifest lists one file twice.";
    ManifestIncomplete "manifest-incomplete" "The SHA-512 manifest leaves out a file that the SHA-256 manifest lists.";
    OxumMismatch "oxum-mismatch" "The payload is not as large as bag-info.txt says.";
    BagInfoAltered "bag-info-altered" "A line was added to bag-info.txt; the tag manifest is left.";
    TagFileUnlisted "tag-file-unlisted" "There is a tag file that the tag manifest does not list.";
    FetchTxt "fetch-txt" "The bag asks to fetch a file from elsewhere.";
    DeclarationMissing "declaration-missing" "There is no bagit.txt.";
    DeclarationInvalid "declaration-invalid" "bagit.txt declares a version that does not exist.";
    AuditManifestMissing "audit-manifest-missing" "There is no audit-manifest.json.";
    AuditManifestInvalid "audit-manifest-invalid" "audit-manifest.json breaks off.";
    SegmentCount "segment-count" "The manifest states one row too many for a segment.";
    SegmentBoundary "segment-boundary" "The manifest states another last hash for a segment.";
    MerkleRoot "merkle-root" "The manifest states another Merkle root for a segment.";
    CheckpointModified "checkpoint-modified" "One checkpoint states another hash; its own hash is left.";
    CheckpointRemoved "checkpoint-removed" "One checkpoint is gone; the next one still names it.";
    CheckpointUnparseable "checkpoint-unparseable" "The last checkpoint breaks off.";
    CheckpointReportedFailure "checkpoint-reported-failure" "One checkpoint says that the nightly check failed.";
    CheckpointDayMissing "checkpoint-day-missing" "One day with events never got a checkpoint.";
    SignatureInvalid "signature-invalid" "A few bits of one signature are different.";
    SignatureMissing "signature-missing" "One signature is gone.";
    SignatureAlgorithm "signature-algorithm" "One signature names an algorithm that the format does not have.";
    KeyUnknown "key-unknown" "One signature is made with a key that is not in the bundle.";
    KeySwapped "key-swapped" "The list of keys holds another key under the name of the producer's.";
    KeyRevoked "key-revoked" "The list of keys says that the producer's key is revoked.";
    KeyNotValid "key-not-valid" "The list of keys says that the producer's key was not valid any more.";
    Resigned "resigned" "One event is changed, chain and checkpoints computed again and all signed with another key.";
    SignaturesStripped "signatures-stripped" "All signatures are gone, and the bundle does not say that there were any.";
    OlderExport "older-export" "The bundle is an older export of a log that has gone on since. Nothing in it is wrong.";
}

impl Tamper {
    /// Whether there have to be two segments at least.
    pub(crate) const fn needs_two_segments(self) -> bool {
        matches!(self, Self::FileMissing)
    }

    /// Whether the bytes of single records have to lie in the segments.
    pub(crate) const fn needs_plain_segments(self) -> bool {
        matches!(self, Self::ManifestMismatch)
    }

    /// Whether there has to be a SHA-512 manifest.
    pub(crate) const fn needs_sha512(self) -> bool {
        matches!(self, Self::ManifestIncomplete)
    }
}
