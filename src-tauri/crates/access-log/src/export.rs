//! Writes the log as NDJSON with everything a stranger needs to check it again. README.md says how, with stock tools.
//!
//! ```text
//! {"format":"chartproof-access-log/1", "vault_id", "genesis", "people":[{"user_id","name","role","keys":[hex]}]}
//! {"seq", "prev_hash", "salt", "body", "body_hash", "hash", "actor_key", "sig"}      one line per entry, oldest first
//! {"entries", "head", "root"}                                                        at the end
//! ```
//! Every line is canonical JSON (RFC 8785). `body` is a text: exactly the bytes that were hashed.

use std::io::Write;

use integrity::canonical::to_canonical;
use integrity::merkle::Tree;
use serde::Serialize;
use vault::{Person, Vault};

use crate::entry::Entry;
use crate::rows::{self, StoredEntry};
use crate::{AccessLog, Head, LogFault, Witnessed, chain};

/// Format of the export.
const FORMAT: &str = "chartproof-access-log/1";

#[derive(Serialize)]
struct First<'a> {
    format: &'static str,
    vault_id: &'a str,
    genesis: String,
    people: Vec<ExportedPerson<'a>>,
}

#[derive(Serialize)]
struct ExportedPerson<'a> {
    user_id: &'a str,
    name: &'a str,
    role: &'static str,
    keys: Vec<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    prev_hash: String,
    salt: String,
    body: &'a str,
    body_hash: String,
    hash: String,
    actor_key: String,
    sig: String,
}

#[derive(Serialize)]
struct Last {
    entries: u64,
    head: String,
    root: String,
}

impl AccessLog {
    /// Writes the whole log and gives the head it ends with. It holds the entry of the export itself.
    ///
    /// `seen` has to be an [`Entry::LogExported`].
    pub fn export(&self, vault: &Vault, seen: &Witnessed, out: &mut dyn Write) -> Result<Option<Head>, LogFault> {
        seen.stands(vault)?;
        if !matches!(seen.entry(), Entry::LogExported { .. }) {
            return Err(LogFault::NotWitnessed(crate::NotWitnessed::OtherQuestion));
        }
        let people = vault.people()?;
        let first = First {
            format: FORMAT,
            vault_id: vault.vault_id(),
            genesis: chain::genesis(vault.vault_id()).to_hex(),
            people: people.iter().map(exported).collect(),
        };
        write(out, &first)?;
        let (mut tree, mut head) = (Tree::new(), None);
        vault.read(|database| {
            rows::for_each_from(database, 1, |entry| {
                write(out, &line(&entry))?;
                tree.push(entry.hash.as_bytes());
                head = Some(Head { vault_id: vault.vault_id().to_owned(), seq: entry.seq, hash: entry.hash });
                Ok(true)
            })
        })?;
        let hash = head.as_ref().map_or_else(|| chain::genesis(vault.vault_id()), |head| head.hash);
        write(out, &Last { entries: tree.len(), head: hash.to_hex(), root: tree.root().to_hex() })?;
        out.flush().map_err(|error| LogFault::Export { kind: error.kind() })?;
        Ok(head)
    }
}

fn exported(person: &Person) -> ExportedPerson<'_> {
    ExportedPerson {
        user_id: &person.user_id,
        name: &person.name,
        role: person.role.word(),
        keys: person.keys.iter().map(|key| chain::hex(&key.public_key)).collect(),
    }
}

fn line(entry: &StoredEntry) -> Line<'_> {
    Line {
        seq: entry.seq,
        prev_hash: entry.prev_hash.to_hex(),
        salt: chain::hex(&entry.salt),
        body: &entry.body,
        body_hash: entry.body_hash.to_hex(),
        hash: entry.hash.to_hex(),
        actor_key: chain::hex(&entry.actor_key),
        sig: chain::hex(&entry.sig),
    }
}

fn write<T: Serialize>(out: &mut dyn Write, value: &T) -> Result<(), LogFault> {
    let mut line = to_canonical(value).map_err(|_| LogFault::Unwritable)?;
    line.push(b'\n');
    out.write_all(&line).map_err(|error| LogFault::Export { kind: error.kind() })
}
