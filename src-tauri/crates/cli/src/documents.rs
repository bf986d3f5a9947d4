//! The JSON documents of the command line: what `--format json` prints, command by command. A contract.
//!
//! One command prints one document, or one object a line where there are rows, and nothing else on standard output.
//! Members are in `snake_case`; instants are texts as recorded. Members may be added, none changes its meaning. On a
//! refusal or a fault nothing is printed and the exit code tells.
//!
//! | command | document |
//! |---|---|
//! | `verify` | the report, `chartproof-verify/1`; with `--report FILE.json` members of `chartproof-report/1` in the file |
//! | `inspect` | what the bundle says of itself |
//! | `sample` | `bundle_id`, `stream_id`, `events`, `files`, `bytes`, `expected`; with `list`: lines of `name`, `what` |
//! | `sample-vault` | [`SampleVault`] |
//! | `vault create`, `info`, `passwd`, `check` | [`Created`], `workbench::VaultInfo`, [`Changed`], [`Checked`] |
//! | `import` | [`Imported`] |
//! | `bundles` | lines of [`StoredBundle`] |
//! | `bundle check`, `bundle history` | [`Rechecked`], lines of [`Past`] |
//! | `trust list`, `anchor list` | lines of [`Pin`], lines of [`Anchored`] |
//! | `trust pin`, `trust revoke`, `anchor add`, `anchor withdraw` | [`Changed`] |
//! | `patient`, `user-activity`, `search` | lines of `workbench::PlainRow`, then one of totals |
//! | `event` | [`Event`] |
//! | `access-log show`, `verify`, `export` | lines of [`Entry`], the check, [`Exported`] |

use serde::Serialize;
use workbench::wire::{
    AnchorCard, AnchorState, Badge, BundleCard, HeadCard, LogEntry, OtherExport, PastVerdict, PinCard,
};
use workbench::{PlainEvent, PlainRow};

/// A sample's vault was made.
#[derive(Serialize)]
pub(crate) struct SampleVault<'a> {
    pub(crate) dir: &'a str,
    pub(crate) user: &'a str,
    pub(crate) passphrase: &'a str,
}

/// A vault was made.
#[derive(Serialize)]
pub(crate) struct Created<'a> {
    pub(crate) dir: &'a str,
    /// Shown this once and kept nowhere.
    pub(crate) recovery_key: &'a str,
    /// What speaks against the place, if anything.
    pub(crate) warning: Option<&'a str>,
}

/// What was asked to change was changed.
#[derive(Serialize)]
pub(crate) struct Changed {
    pub(crate) changed: bool,
}

/// What a check of the whole vault found.
#[derive(Serialize)]
pub(crate) struct Checked<'a> {
    pub(crate) whole: bool,
    pub(crate) lines: &'a [String],
}

/// A bundle is in the vault.
#[derive(Serialize)]
pub(crate) struct Imported<'a> {
    pub(crate) bundle: &'a str,
    /// `stored` or `already stored`.
    pub(crate) result: &'a str,
    /// How the hash that was quoted with it compares, in a sentence; `null` if none was quoted.
    pub(crate) quoted: Option<&'a str>,
    /// Whether that hash is the bundle's; `null` if none was quoted.
    pub(crate) quoted_agrees: Option<bool>,
    /// Bundles that hold some of the same records, contradict some, or state the same id; `null` while the vault has not
    /// compared all of them.
    pub(crate) others: Option<Vec<Other<'a>>>,
}

/// Another bundle that one has something to do with.
#[derive(Serialize)]
pub(crate) struct Other<'a> {
    bundle: &'a str,
    /// Events that it holds too, with the same content.
    same: u64,
    /// Events whose stream and number, or system and id, have other content there.
    contradicted: u64,
    /// Whether both state the same bundle id.
    same_stated_id: bool,
}

impl<'a> From<&'a OtherExport> for Other<'a> {
    fn from(other: &'a OtherExport) -> Self {
        let OtherExport { bundle, same, contradicted, same_stated_id, .. } = other;
        Self { bundle, same: *same, contradicted: *contradicted, same_stated_id: *same_stated_id }
    }
}

/// The access log was exported.
#[derive(Serialize)]
pub(crate) struct Exported<'a> {
    pub(crate) file: &'a str,
    pub(crate) entries: u64,
    pub(crate) sha256: Option<&'a str>,
}

/// A stored bundle.
#[derive(Serialize)]
pub(crate) struct StoredBundle<'a> {
    bundle: &'a str,
    name: &'a str,
    period: &'a str,
    profile: &'a str,
    badge: &'a Badge,
    events: u64,
    /// Whether the import still runs; then the counts are not all.
    importing: bool,
    imported: &'a str,
    /// When it was last checked.
    checked: Option<&'a str>,
}

impl<'a> From<&'a BundleCard> for StoredBundle<'a> {
    fn from(card: &'a BundleCard) -> Self {
        Self {
            bundle: &card.bundle,
            name: &card.name,
            period: &card.period,
            profile: &card.profile,
            badge: &card.badge,
            events: card.events,
            importing: card.importing,
            imported: &card.imported.recorded,
            checked: card.checked.as_ref().map(|when| when.recorded.as_str()),
        }
    }
}

/// A stored bundle was checked again.
#[derive(Serialize)]
pub(crate) struct Rechecked<'a> {
    pub(crate) bundle: &'a str,
    pub(crate) integrity: Option<&'a str>,
    pub(crate) assurance: Option<&'a str>,
    pub(crate) badge: &'a Badge,
    pub(crate) sentence: &'a str,
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
}

/// A verdict of the history.
#[derive(Serialize)]
pub(crate) struct Past<'a> {
    number: u64,
    reached: &'a str,
    by: &'a str,
    badge: &'a str,
    integrity: &'a str,
    assurance: Option<&'a str>,
    program: &'a str,
    /// Fingerprints of pinned keys that made a difference.
    keys: &'a [String],
    /// Numbers of the anchors and remembered heads it was held against.
    anchors: &'a [u64],
    /// Whether it was reached with what is vouched for today.
    current: bool,
}

impl<'a> From<&'a PastVerdict> for Past<'a> {
    fn from(past: &'a PastVerdict) -> Self {
        Self {
            number: past.number,
            reached: &past.reached.recorded,
            by: &past.by,
            badge: &past.word,
            integrity: &past.integrity,
            assurance: past.assurance.as_deref(),
            program: &past.program,
            keys: &past.keys,
            anchors: &past.anchors,
            current: past.current,
        }
    }
}

/// Something that is or was pinned.
#[derive(Serialize)]
pub(crate) struct Pin<'a> {
    fingerprint: &'a str,
    kind: &'a str,
    subject: Option<&'a str>,
    vouched_by: &'a str,
    how: Option<&'a str>,
    note: Option<&'a str>,
    pinned_by: &'a str,
    pinned: &'a str,
    /// From when on it is not relied on; `null` while it is.
    revoked_from: Option<&'a str>,
    revoked_why: Option<&'a str>,
    /// Revocations before it was pinned again, oldest first.
    overruled: Vec<Overruled<'a>>,
}

/// A revocation that somebody set aside by pinning again.
#[derive(Serialize)]
struct Overruled<'a> {
    /// From when on it was revoked.
    from: &'a str,
    why: &'a str,
    by: &'a str,
}

impl<'a> From<&'a PinCard> for Pin<'a> {
    fn from(pin: &'a PinCard) -> Self {
        Self {
            fingerprint: &pin.fingerprint,
            kind: &pin.kind,
            subject: pin.subject.as_deref(),
            vouched_by: &pin.vouched_by,
            how: pin.how.as_deref(),
            note: pin.note.as_deref(),
            pinned_by: &pin.pinned_by,
            pinned: &pin.pinned.recorded,
            revoked_from: pin.revoked.as_ref().map(|revoked| revoked.from.recorded.as_str()),
            revoked_why: pin.revoked.as_ref().map(|revoked| revoked.why.as_str()),
            overruled: pin
                .overruled
                .iter()
                .map(|revoked| Overruled { from: &revoked.from.recorded, why: &revoked.why, by: &revoked.by })
                .collect(),
        }
    }
}

/// An anchor, or a head that an import remembers.
#[derive(Serialize)]
pub(crate) struct Anchored<'a> {
    number: u64,
    /// `anchor` or `remembered`.
    kind: &'a str,
    stream: &'a str,
    last_seq: u64,
    last_hash: &'a str,
    /// The event in the last record; only of an anchor.
    last_event_id: Option<&'a str>,
    /// How an anchor came here.
    origin: Option<&'a str>,
    from_whom: Option<&'a str>,
    written_on: Option<&'a str>,
    received_on: Option<&'a str>,
    /// The bundle that a head was seen in.
    bundle: Option<&'a str>,
    added: &'a str,
    /// `stands`, `unbacked` or `withdrawn`.
    state: AnchorState,
    why: Option<&'a str>,
}

impl<'a> From<&'a AnchorCard> for Anchored<'a> {
    fn from(card: &'a AnchorCard) -> Self {
        Self {
            number: card.number,
            kind: "anchor",
            stream: &card.stream,
            last_seq: card.last_seq,
            last_hash: &card.last_hash,
            last_event_id: Some(&card.last_event_id),
            origin: Some(&card.origin),
            from_whom: card.from_whom.as_deref(),
            written_on: card.written_on.as_deref(),
            received_on: Some(&card.received_on),
            bundle: None,
            added: &card.added.recorded,
            state: card.state,
            why: card.why.as_deref(),
        }
    }
}

impl<'a> From<&'a HeadCard> for Anchored<'a> {
    fn from(card: &'a HeadCard) -> Self {
        Self {
            number: card.number,
            kind: "remembered",
            stream: &card.stream,
            last_seq: card.last_seq,
            last_hash: &card.last_hash,
            last_event_id: None,
            origin: None,
            from_whom: None,
            written_on: None,
            received_on: None,
            bundle: Some(&card.bundle),
            added: &card.remembered.recorded,
            state: if card.withdrawn { AnchorState::Withdrawn } else { AnchorState::Stands },
            why: card.why.as_deref(),
        }
    }
}

/// One event: the members of its row, and what is told of one event alone.
#[derive(Serialize)]
pub(crate) struct Event<'a> {
    #[serde(flatten)]
    row: &'a PlainRow,
    /// The user's display name; `null` until revealed.
    user_name: Option<&'a str>,
    /// Whether names and other patients were uncovered.
    revealed: bool,
    facts: Vec<Fact<'a>>,
    /// The record exactly as written, but for what is covered.
    as_recorded: &'a str,
    /// Whether something in it is covered.
    covered: bool,
    file: &'a str,
    /// In a table the row, headings not counted.
    line: u64,
    /// What was recomputed, in sentences.
    proof: &'a [String],
    /// Where else the vault has this record, or another one under its name, in sentences.
    elsewhere: &'a [String],
    badge: &'a Badge,
}

/// A label and its value.
#[derive(Serialize)]
struct Fact<'a> {
    label: &'a str,
    value: &'a str,
}

impl<'a> From<&'a PlainEvent> for Event<'a> {
    fn from(event: &'a PlainEvent) -> Self {
        let detail = &event.detail;
        Self {
            row: &event.row,
            user_name: detail.row.user_name.as_deref(),
            revealed: event.revealed,
            facts: detail.facts.iter().map(|(label, value)| Fact { label, value }).collect(),
            as_recorded: &detail.as_recorded,
            covered: detail.covered,
            file: &detail.file,
            line: detail.line,
            proof: &detail.proof,
            elsewhere: &detail.elsewhere,
            badge: &detail.badge,
        }
    }
}

/// One entry of the access log.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    seq: u64,
    time: &'a str,
    actor: &'a str,
    role: &'a str,
    what: &'a str,
    action: &'a str,
    /// The bundle it was about, by its whole id.
    bundle: Option<&'a str>,
    /// Its name, while it is in the vault.
    bundle_name: Option<&'a str>,
    object: &'a str,
    purpose: Option<&'a str>,
    result: Option<&'a str>,
    hash: &'a str,
}

impl<'a> From<&'a LogEntry> for Entry<'a> {
    fn from(entry: &'a LogEntry) -> Self {
        Self {
            seq: entry.seq,
            time: &entry.time.recorded,
            actor: &entry.actor,
            role: &entry.role,
            what: &entry.what,
            action: &entry.action,
            bundle: entry.bundle.as_deref(),
            bundle_name: entry.bundle_name.as_deref(),
            object: &entry.object,
            purpose: entry.purpose.as_deref(),
            result: entry.result.as_deref(),
            hash: &entry.hash,
        }
    }
}
