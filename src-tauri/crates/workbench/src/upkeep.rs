//! Looking after a vault: what it is, and whether all of it is whole.

use access_log::{Depth, Entry};
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

impl Desk {
    /// What the vault is, as label and value, without unlocking it.
    pub fn vault_info(&self) -> Result<Vec<(String, String)>, Fault> {
        let dir = self.place();
        let header = Vault::header(&dir)?;
        let label = if header.label == VaultLabel::Sample { "sample" } else { "office" };
        let cost = format!(
            "Argon2id, {} KiB, {} passes, {} lanes",
            grouped(u64::from(header.kdf.memory_kib())),
            header.kdf.passes(),
            header.kdf.lanes()
        );
        let size = std::fs::metadata(dir.join("vault.db")).map(|file| grouped(file.len()));
        Ok([
            ("Folder", dir.display().to_string()),
            ("Vault id", header.vault_id),
            ("Kind", label.to_owned()),
            ("Made on", header.created),
            ("Accounts", header.users.join(", ")),
            ("Passphrase", cost),
            ("Bytes", size.unwrap_or_else(|_| "vault.db is missing".to_owned())),
        ]
        .into_iter()
        .map(|(label, value)| (label.to_owned(), value))
        .collect())
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
