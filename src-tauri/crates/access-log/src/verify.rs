//! Checks the whole log: numbers, links, hashes, who signed, signatures, roots, the table itself.
//!
//! Memory is bounded: entries are read one by one, signatures checked in batches over all processors.
//!
//! A signature covers a hash that covers everything before it. So if the newest signature of every key holds, whoever
//! lacks one of the keys has not rewritten anything under it; [`Depth::Quick`] relies on that. Which entry was changed,
//! and whether each single signature is still there to be shown to others, only [`Depth::Full`] tells.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::PoisonError;
use std::thread;

use integrity::Digest;
use integrity::merkle::Tree;
use vault::rusqlite::Connection;
use vault::{Signature, Vault, VaultFault, VerifyingKey};

use crate::body::Body;
use crate::report::{Break, BreakKind, HeadFinding, LogReport};
use crate::rows::{self, StoredEntry};
use crate::{AccessLog, Head, LogFault, chain};

/// How many signatures are held before they are checked together.
const BATCH_ENTRIES: usize = 4_096;
/// How many threads check signatures at most.
const THREADS_MAX: usize = 8;

/// How much of the signatures is checked. Everything else is always checked in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The newest signature of every key; if one fails, all of them, to find the first. For every unlock.
    Quick,
    /// Every signature.
    Full,
}

impl AccessLog {
    /// Checks the log, and compares it with heads that were kept elsewhere.
    ///
    /// A log that does not stand is a report with a break, not a fault. A fault means that the log could not be read.
    pub fn verify(&self, vault: &Vault, depth: Depth, heads: &[Head]) -> Result<LogReport, LogFault> {
        let people = vault.people()?;
        let owners =
            people.iter().flat_map(|person| person.keys.iter().map(|key| (key.public_key, person.user_id.as_str())));
        let owners: BTreeMap<_, _> = owners.collect();
        let mut pass = Pass::new(vault.vault_id(), &owners, depth, heads);
        vault.read(|database| pass.run(database))?;
        if depth == Depth::Quick && pass.broken.as_ref().is_some_and(|broken| broken.kind == BreakKind::SignatureWrong)
        {
            pass = Pass::new(vault.vault_id(), &owners, Depth::Full, heads);
            vault.read(|database| pass.run(database))?;
        }
        match vault.check_layout() {
            Err(VaultFault::Schema(difference)) if pass.broken.is_none() => {
                // A table that was open to changes vouches for none of its rows.
                pass.broken = Some(Break { seq: 1, kind: BreakKind::Schema(difference) });
            }
            Err(fault) if !matches!(fault, VaultFault::Schema(_)) => return Err(fault.into()),
            _ => {}
        }
        if pass.broken.is_none() {
            *self.tree.lock().unwrap_or_else(PoisonError::into_inner) = pass.tree.clone();
        }
        Ok(pass.report(heads))
    }
}

/// One going over the log.
struct Pass<'a> {
    vault_id: &'a str,
    /// Whose each key is.
    owners: &'a BTreeMap<[u8; 32], &'a str>,
    depth: Depth,
    introduced: BTreeSet<[u8; 32]>,
    /// Number and hash of the entry before.
    before: (u64, Digest),
    tree: Tree,
    pending: Vec<Signed>,
    newest_of_key: BTreeMap<[u8; 32], Signed>,
    noted: BTreeMap<u64, Vec<Digest>>,
    found: BTreeMap<u64, Digest>,
    signatures: u64,
    roots: u64,
    broken: Option<Break>,
}

/// A signature to be checked.
#[derive(Clone)]
struct Signed {
    seq: u64,
    hash: Digest,
    key: [u8; 32],
    sig: [u8; 64],
}

impl<'a> Pass<'a> {
    fn new(vault_id: &'a str, owners: &'a BTreeMap<[u8; 32], &'a str>, depth: Depth, heads: &[Head]) -> Self {
        let mut noted = BTreeMap::<_, Vec<_>>::new();
        for head in heads {
            noted.entry(head.seq).or_default().push(head.hash);
        }
        Self {
            vault_id,
            owners,
            depth,
            introduced: BTreeSet::new(),
            before: (0, chain::genesis(vault_id)),
            tree: Tree::new(),
            pending: Vec::new(),
            newest_of_key: BTreeMap::new(),
            noted,
            found: BTreeMap::new(),
            signatures: 0,
            roots: 0,
            broken: None,
        }
    }

    fn run(&mut self, database: &Connection) -> Result<(), LogFault> {
        rows::for_each_from(database, i64::MIN, |entry| {
            match self.look_at(&entry) {
                Ok(signed) => self.keep(&entry, signed),
                Err(kind) => self.broken = Some(Break { seq: self.before.0 + 1, kind }),
            }
            Ok(self.broken.is_none())
        })?;
        // Signatures that were still waiting may break the log earlier than what ended the pass.
        let waiting = std::mem::take(&mut self.pending);
        self.check(&waiting);
        let newest: Vec<_> = std::mem::take(&mut self.newest_of_key).into_values().collect();
        self.check(&newest);
        Ok(())
    }

    /// Everything about an entry but its signature.
    fn look_at(&mut self, entry: &StoredEntry) -> Result<Signed, BreakKind> {
        let (number, hash) = self.before;
        if entry.seq != number + 1 {
            return Err(BreakKind::NumberMissing { found: entry.seq });
        }
        if entry.prev_hash != hash {
            return Err(BreakKind::LinkBroken);
        }
        if entry.body_hash != chain::body_hash(&entry.salt, &entry.body) {
            return Err(BreakKind::BodyChanged);
        }
        if entry.hash != chain::entry_hash(entry.seq, &entry.prev_hash, &entry.body_hash) {
            return Err(BreakKind::HashWrong);
        }
        let body = Body::parse(&entry.body).ok_or(BreakKind::BodyUnreadable)?;
        let owner = self.owners.get(&entry.actor_key).ok_or(BreakKind::KeyUnknown)?;
        if body.actor_id != *owner {
            return Err(BreakKind::SignedByAnother);
        }
        if let Some(key) = body.introduces.as_deref().and_then(Digest::from_hex) {
            self.introduced.insert(*key.as_bytes());
        }
        if !self.introduced.contains(&entry.actor_key) {
            return Err(BreakKind::KeyNotIntroduced);
        }
        if body.action == "lock" {
            self.check_root(&body)?;
        }
        Ok(Signed { seq: entry.seq, hash: entry.hash, key: entry.actor_key, sig: entry.sig })
    }

    /// A root over all entries before the one that carries it.
    fn check_root(&mut self, body: &Body) -> Result<(), BreakKind> {
        let root = body.details.get("root").and_then(|root| Digest::from_hex(root));
        if root != Some(self.tree.root()) || body.results.get("size") != Some(&self.tree.len()) {
            return Err(BreakKind::RootWrong);
        }
        self.roots += 1;
        Ok(())
    }

    fn keep(&mut self, entry: &StoredEntry, signed: Signed) {
        self.before = (entry.seq, entry.hash);
        self.tree.push(entry.hash.as_bytes());
        if self.noted.contains_key(&entry.seq) {
            self.found.insert(entry.seq, entry.hash);
        }
        if self.depth == Depth::Quick {
            self.newest_of_key.insert(signed.key, signed);
            return;
        }
        self.pending.push(signed);
        if self.pending.len() >= BATCH_ENTRIES {
            let batch = std::mem::take(&mut self.pending);
            self.check(&batch);
        }
    }

    /// Checks signatures on all processors; the first wrong one breaks the log, unless it is broken before.
    fn check(&mut self, signed: &[Signed]) {
        self.signatures += signed.len() as u64;
        let Some(seq) = first_wrong(signed) else { return };
        if self.broken.as_ref().is_none_or(|broken| seq < broken.seq) {
            self.broken = Some(Break { seq, kind: BreakKind::SignatureWrong });
        }
    }

    fn report(self, heads: &[Head]) -> LogReport {
        let (seq, hash) = self.before;
        let heads = heads.iter().map(|head| match self.found.get(&head.seq) {
            _ if head.vault_id != self.vault_id => HeadFinding::OtherVault,
            Some(hash) if *hash == head.hash => HeadFinding::OnChain { seq: head.seq },
            Some(_) => HeadFinding::Forked { seq: head.seq },
            None => HeadFinding::RolledBack { known: head.seq, ends: seq },
        });
        let heads = heads.collect();
        let head = (seq > 0).then(|| Head { vault_id: self.vault_id.to_owned(), seq, hash });
        LogReport {
            entries: seq,
            head,
            signatures: self.signatures,
            roots: self.roots,
            first_break: self.broken,
            heads,
        }
    }
}

/// The smallest number among the entries whose signature is wrong.
fn first_wrong(signed: &[Signed]) -> Option<u64> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(THREADS_MAX);
    let share = signed.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let shares: Vec<_> = signed
            .chunks(share)
            .map(|share| {
                scope.spawn(move || share.iter().filter(|signed| !holds(signed)).map(|signed| signed.seq).min())
            })
            .collect();
        // A thread that died has checked nothing: its whole share counts as wrong.
        let wrong = shares
            .into_iter()
            .zip(signed.chunks(share))
            .filter_map(|(handle, share)| handle.join().unwrap_or_else(|_| share.first().map(|signed| signed.seq)));
        wrong.min()
    })
}

fn holds(signed: &Signed) -> bool {
    VerifyingKey::from_bytes(&signed.key).is_ok_and(|key| {
        let message = chain::signed_message(&signed.hash);
        key.verify_strict(message.as_bytes(), &Signature::from_bytes(&signed.sig)).is_ok()
    })
}
