//! A table: the kinds of damage, how strong the hand is that does them, what a check has to say, and what limits it.
//!
//! Every word of `specimen` is here with the same meaning, done to a bundle that exists; the others are the attacks that
//! were run against other verifiers (a byte of any file, whole files and segments, signatures taken away).

use specimen::Tamper;

use crate::attack::{Attack, bag, chain, checkpoints, line, signatures};
use crate::score::Strength::{self, AllButKeys, Bytes, Chain, Hash, Manifests};

/// What a check has to say about a kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    /// The evidence fails.
    Fails,
    /// A warning: the verdict is no longer clean.
    Noted,
    /// It is mentioned; nothing need be wrong.
    Told,
}
use Grade::{Fails, Noted, Told};

/// What the evidence of a bundle has to hold for the damage to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Nothing in particular: every bundle shows it.
    Always,
    /// Something that knows how far the log went.
    End,
    /// Something that an attacker without keys cannot compute anew.
    History,
    /// The statement that it is signed; when signatures are gone, the assurance must fall.
    Signature,
    /// Nothing in the bundle: but the assurance must fall.
    Denial,
    /// A key that somebody outside vouches for.
    Keys,
}
use Bound::{Always, Denial, End, History, Keys, Signature};

/// Changes that a producer may make of right: nothing is wrong with such a bundle.
const HARMLESS: [&str; 4] = ["chain-start-unverified", "archive-absent", "version-mixed", "unknown-member"];

/// One kind of damage.
pub(crate) struct Kind {
    pub(crate) word: &'static str,
    /// What is done, where `specimen` has no sentence for it.
    own_sentence: &'static str,
    pub(crate) strength: Strength,
    pub(crate) grade: Grade,
    pub(crate) bound: Bound,
    /// Findings that name it.
    pub(crate) codes: &'static [&'static str],
    pub(crate) attack: Attack,
}

impl Kind {
    /// What is done, in a sentence for a person. What `specimen` says of its own samples need not be true of this bundle.
    pub(crate) fn sentence(&self) -> &'static str {
        let of_specimen = || Tamper::from_word(self.word).map_or("", Tamper::sentence);
        if self.own_sentence.is_empty() { of_specimen() } else { self.own_sentence }
    }

    /// Whether it damages anything. What is no damage has to be told all the same.
    pub(crate) fn is_damage(&self) -> bool {
        !HARMLESS.contains(&self.word)
    }
}

macro_rules! kinds {
    ($($word:literal $strength:ident $grade:ident $bound:ident [$($code:literal),*] $attack:path $(, $sentence:literal)?;)*) => {
        /// Every kind.
        pub(crate) const KINDS: &[Kind] = &[$(Kind {
            word: $word,
            own_sentence: concat!("" $(, $sentence)?),
            strength: $strength,
            grade: $grade,
            bound: $bound,
            codes: &[$($code),*],
            attack: $attack,
        },)*];
    };
}

kinds! {
    "event-modified" Manifests Fails Always ["EVENT_MODIFIED"] line::modified;
    "event-rehashed" Hash Fails Always ["CHAIN_BREAK"] line::rehashed;
    "events-deleted" Manifests Fails Always ["EVENTS_DELETED"] chain::deleted;
    "event-inserted" Hash Fails Always ["EVENT_INSERTED"] line::inserted;
    "event-duplicated" Manifests Fails Always ["EVENT_DUPLICATED", "EVENT_ID_DUPLICATE"] line::duplicated;
    "events-reordered" Manifests Fails Always ["EVENTS_REORDERED"] line::reordered;
    "head-truncated" Manifests Fails Always ["HEAD_TRUNCATED"] chain::head_cut;
    "tail-truncated-vs-checkpoint" Manifests Fails Always ["TAIL_TRUNCATED"] chain::tail_cut_against_checkpoint;
    "tail-truncated-vs-manifest" Manifests Fails Always ["TAIL_TRUNCATED"] chain::tail_cut_against_manifest;
    "tail-truncated-undetectable" AllButKeys Fails End ["TAIL_TRUNCATED", "ANCHOR_MISMATCH"] chain::tail_cut,
        "The last events are gone, and everything that takes no key is renewed.";
    "chain-recomputed-vs-checkpoint" Chain Fails Always ["CHECKPOINT_MISMATCH"] chain::recomputed_against_checkpoint;
    "history-recomputed-undetectable" AllButKeys Fails History ["ANCHOR_MISMATCH", "SIGNATURE_INVALID"] chain::recomputed,
        "One event is changed, and chain and checkpoints are computed again, as far as that takes no key.";
    "genesis-mismatch" AllButKeys Fails Always ["GENESIS_MISMATCH"] chain::other_genesis;
    "chain-start-unverified" AllButKeys Told Always ["CHAIN_START_UNVERIFIED"] chain::begins_later;
    "archive-absent" AllButKeys Told Always ["ARCHIVE_ABSENT"] chain::archived;
    "event-id-duplicate" AllButKeys Fails Always ["EVENT_ID_DUPLICATE"] line::id_twice;
    "clock-regression" AllButKeys Noted Always ["CLOCK_REGRESSION"] line::clock_back;
    "timestamp-after-seal" AllButKeys Noted Always ["TIMESTAMP_AFTER_SEAL"] line::after_seal;
    "sequence-gap" AllButKeys Noted Always ["SEQUENCE_GAP"] chain::numbers_skipped;
    "version-mixed" AllButKeys Told Always ["VERSION_MIXED"] chain::versions_mixed;
    "version-unknown" AllButKeys Noted Always ["VERSION_UNKNOWN"] line::version_unknown;
    "unknown-member" AllButKeys Told Always ["SCHEMA_UNKNOWN_MEMBER"] line::unknown_member;
    "record-not-canonical" Manifests Noted Always ["RECORD_NOT_CANONICAL"] line::not_canonical;
    "duplicate-member" Manifests Fails Always ["DUPLICATE_MEMBER"] line::duplicate_member;
    "record-unparseable" Manifests Fails Always ["RECORD_UNPARSEABLE"] line::cut_in_half;
    "float-number" Manifests Fails Always ["RECORD_UNPARSEABLE"] line::fraction;
    "bad-utf8" Manifests Fails Always ["RECORD_UNPARSEABLE"] line::bad_utf8;
    "deep" Manifests Fails Always ["RECORD_UNPARSEABLE"] line::deep;
    "line-too-long" Manifests Fails Always ["LINE_TOO_LONG"] line::too_long;
    "last-line-incomplete" Manifests Fails Always ["LAST_LINE_INCOMPLETE"] line::last_incomplete;
    "schema-invalid" AllButKeys Fails Always ["SCHEMA_INVALID"] line::schema_invalid;
    "file-missing" Bytes Fails Always ["FILE_MISSING"] bag::segment_missing;
    "file-extra" Bytes Fails Always ["FILE_EXTRA"] bag::segment_extra;
    "manifest-mismatch" Bytes Fails Always ["FILE_HASH_MISMATCH", "SEGMENT_HASH_MISMATCH"] line::bit_rotten;
    "uppercase-manifest" Manifests Fails Always ["MANIFEST_MALFORMED"] bag::uppercase;
    "manifest-absent-file" Manifests Fails Always ["FILE_MISSING"] bag::absent_file_listed;
    "manifest-duplicate-path" Manifests Fails Always ["MANIFEST_DUPLICATE_PATH"] bag::listed_twice;
    "manifest-incomplete" Manifests Fails Always ["MANIFEST_INCOMPLETE"] bag::list_incomplete;
    "oxum-mismatch" Manifests Fails Always ["OXUM_MISMATCH"] bag::size_misstated;
    "bag-info-altered" Bytes Fails Always ["TAG_FILE_HASH_MISMATCH"] bag::bag_info_altered;
    "tag-file-unlisted" Bytes Noted Always ["TAG_FILE_UNLISTED"] bag::tag_file_added;
    "fetch-txt" Bytes Fails Always ["FETCH_FORBIDDEN"] bag::fetch;
    "declaration-missing" Manifests Fails Always ["BAG_DECLARATION_MISSING"] bag::declaration_missing;
    "declaration-invalid" Manifests Fails Always ["BAG_DECLARATION_INVALID"] bag::declaration_invalid;
    "audit-manifest-missing" Manifests Fails Always ["AUDIT_MANIFEST_MISSING"] bag::manifest_missing;
    "audit-manifest-invalid" Manifests Fails Always ["AUDIT_MANIFEST_INVALID"] bag::manifest_cut;
    "segment-count" Manifests Fails Always ["SEGMENT_COUNT_MISMATCH"] bag::rows_misstated;
    "segment-boundary" Manifests Fails Always ["SEGMENT_BOUNDARY_MISMATCH"] bag::end_misstated;
    "merkle-root" Manifests Fails Always ["MERKLE_ROOT_MISMATCH"] bag::root_misstated;
    "checkpoint-modified" Manifests Fails Always ["CHECKPOINT_MODIFIED"] checkpoints::modified;
    "checkpoint-removed" Manifests Fails Always ["CHECKPOINT_CHAIN_BREAK"] checkpoints::removed;
    "checkpoint-unparseable" Manifests Fails Always ["CHECKPOINT_UNPARSEABLE"] checkpoints::cut_in_half;
    "checkpoint-reported-failure" Chain Noted Always ["CHECKPOINT_REPORTED_FAILURE"] checkpoints::failed;
    "checkpoint-day-missing" Chain Noted Always ["CHECKPOINT_DAY_MISSING"] checkpoints::day_missing;
    "byte-flipped" Bytes Fails Always [] bag::byte_flipped, "One bit of any file has changed; nothing is renewed.";
    "file-deleted" Bytes Fails Always ["FILE_MISSING"] bag::file_missing,
        "Any file of the payload is gone; the manifests still list it.";
    "bytes-appended" Bytes Fails Always ["FILE_HASH_MISMATCH"] bag::appended,
        "A segment goes on behind its end; nothing is renewed.";
    "segment-deleted" Manifests Fails Always ["EVENTS_DELETED"] chain::segment_deleted,
        "A segment in the middle is gone, and every list with it is renewed.";
    "segments-deleted" Manifests Fails Always ["EVENTS_DELETED"] chain::segments_deleted,
        "Several segments one behind the other are gone, and every list is renewed.";
    "last-segments-deleted" AllButKeys Fails End ["TAIL_TRUNCATED", "ANCHOR_MISMATCH"] chain::last_segments_deleted,
        "The last segments are gone with their files, and everything is renewed.";
    "first-segments-deleted" AllButKeys Told Always ["CHAIN_START_UNVERIFIED", "HEAD_TRUNCATED"]
        chain::first_segments_deleted, "The first segments are gone with their files, and everything is renewed.";
    "signature-invalid" Bytes Fails Always ["SIGNATURE_INVALID"] signatures::invalid;
    "signature-missing" Manifests Fails Always ["SIGNATURE_MISSING"] signatures::missing;
    "signature-algorithm" Manifests Fails Always ["SIGNATURE_ALGORITHM_UNSUPPORTED"] signatures::other_algorithm;
    "key-unknown" Manifests Fails Always ["KEY_UNKNOWN"] signatures::foreign;
    "key-swapped" Manifests Fails Always ["KEY_UNKNOWN", "SIGNATURE_INVALID"] signatures::key_swapped;
    "key-revoked" Manifests Noted Always ["KEY_REVOKED"] signatures::key_revoked;
    "key-not-valid" Manifests Noted Always ["KEY_NOT_VALID_AT_TIME"] signatures::key_not_valid;
    "resigned" AllButKeys Noted Keys ["KEY_UNTRUSTED"] signatures::resigned;
    "signatures-stripped" AllButKeys Told Denial [] signatures::denied;
    "signatures-removed" AllButKeys Fails Signature ["SIGNATURE_MISSING"] signatures::removed,
        "Every signature is gone; the bundle still says that it is signed.";
    "older-export" AllButKeys Fails End ["TAIL_TRUNCATED", "ANCHOR_MISMATCH"] chain::older;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_specimen_is_in_the_table_once() {
        for tamper in Tamper::ALL {
            let count = KINDS.iter().filter(|kind| kind.word == tamper.word()).count();
            assert_eq!(count, 1, "{}", tamper.word());
        }
    }

    #[test]
    fn every_kind_has_a_sentence_and_known_codes() {
        for kind in KINDS {
            assert!(kind.sentence().ends_with('.'), "{}", kind.word);
            assert!(!kind.sentence().contains("can tell"), "{}: that depends on the bundle", kind.word);
            assert_eq!(kind.is_damage(), !kind.sentence().ends_with("Nothing is wrong."), "{}", kind.word);
        }
    }
}
