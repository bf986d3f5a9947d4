//! Looking after a vault: what it is, and whether all of it is whole.

use access_log::{Depth, Entry};
use serde::Serialize;
use vault::{Vault, VaultLabel};

use crate::desk::Desk;
use crate::record::{check_out, sentence_of};
use crate::wire::Fault;
use crate::words::{counted, grouped};

/// What a check of the whole vault found.
#[derive(Clone, Debug)]
pub struct VaultCheck {
    /// Whether nothing is wrong.
    pub whole: bool,
    /// What was checked and what is wrong, line by line.
    pub lines: Vec<String>,
}

/// What a vault is, without its content.
#[derive(Clone, Debug, Serialize)]
pub struct VaultInfo {
    /// Its folder.
    pub folder: String,
    /// Its id.
    pub vault_id: String,
    /// `office` or `sample`.
    pub kind: String,
    /// When it was made, in UTC.
    pub made_on: String,
    /// Names of the accounts.
    pub accounts: Vec<String>,
    /// What a passphrase costs: memory of Argon2id in KiB.
    pub memory_kib: u32,
    /// Its passes.
    pub passes: u32,
    /// Its lanes.
    pub lanes: u32,
    /// Size of the database in bytes; `None` if it is missing.
    pub bytes: Option<u64>,
}

impl VaultInfo {
    /// The same as label and value.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let memory = grouped(u64::from(self.memory_kib));
        vec![
            ("Folder", self.folder.clone()),
            ("Vault id", self.vault_id.clone()),
            ("Kind", self.kind.clone()),
            ("Made on", self.made_on.clone()),
            ("Accounts", self.accounts.join(", ")),
            ("Passphrase", format!("Argon2id, {memory} KiB, {} passes, {} lanes", self.passes, self.lanes)),
            ("Bytes", self.bytes.map_or_else(|| "vault.db is missing".to_owned(), grouped)),
        ]
    }
}

impl Desk {
    /// What the vault is, without unlocking it.
    pub fn vault_info(&self) -> Result<VaultInfo, Fault> {
        let dir = self.place();
        let header = Vault::header(&dir)?;
        let kind = if header.label == VaultLabel::Sample { "sample" } else { "office" };
        Ok(VaultInfo {
            folder: dir.display().to_string(),
            vault_id: header.vault_id,
            kind: kind.to_owned(),
            made_on: header.created,
            accounts: header.users,
            memory_kib: header.kdf.memory_kib(),
            passes: header.kdf.passes(),
            lanes: header.kdf.lanes(),
            bytes: std::fs::metadata(dir.join("vault.db")).ok().map(|file| file.len()),
        })
    }

    /// Checks every page of the database, its layout, and the access log.
    pub fn check_vault(&self) -> Result<VaultCheck, Fault> {
        let session = self.session()?;
        let database = session.vault.check()?;
        let log = session.log.verify(&session.vault, Depth::Full, &[])?;
        session.judge_log(&log);
        let mut lines = vec![format!("{} of the database checked", counted(u64::from(database.pages), "page"))];
        lines.extend(database.damaged_pages.iter().map(|page| format!("Page {page} is damaged.")));
        lines.extend(database.structure.iter().cloned());
        lines.extend(database.schema.iter().map(ToString::to_string));
        if database.dangling_references > 0 {
            lines.push(format!("{} that refer to nothing", counted(database.dangling_references, "row")));
        }
        lines.push(sentence_of(&log));
        lines.extend(check_out(&log).lines);
        if log.intact() {
            session.note(Entry::LogChecked { entries: log.entries, intact: true })?;
        }
        Ok(VaultCheck { whole: database.whole() && log.intact(), lines })
    }
}
