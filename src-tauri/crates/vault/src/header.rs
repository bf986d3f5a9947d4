//! `vault.json`: which vault this is, who may try to open it, and the sealed keys. No PHI.
//!
//! Anybody who can reach the folder can read and change this file, so it is read as if an enemy had written it: its
//! size, its version, every member and the cost of the passphrase hash are checked before anything else happens. What
//! it claims (label, users) is compared with the encrypted database once that is open.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::VaultFault;
use crate::disk::{self, HEADER_FILE};
use crate::hex::Hex;
use crate::kdf::{KdfCost, KdfCostFault, Written};
use crate::person::{same_name, valid_name};
use crate::wrap::Sealed;

/// The longest `vault.json` that is read, in bytes.
pub const HEADER_BYTES_MAX: u64 = 256 * 1024;
/// The most users one vault may have.
pub const USERS_MAX: usize = 128;
/// Version 1 of the format.
pub(crate) const FORMAT: &str = "chartproof-vault/1";
const FORMAT_FAMILY: &str = "chartproof-vault/";

/// What a vault is for. A sample vault takes made-up bundles only and is marked on every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultLabel {
    /// Real work.
    Office,
    /// Trying things out.
    Sample,
}

impl VaultLabel {
    /// The word in `vault.json` and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Sample => "sample",
        }
    }
}

/// What can be said about a vault without any key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which vault it is: a random UUID.
    pub vault_id: String,
    /// What it is for, as the file claims.
    pub label: VaultLabel,
    /// When it was made, as RFC 3339.
    pub created: String,
    /// Names of the users, as they are typed to open it.
    pub users: Vec<String>,
    /// What one guess at a passphrase costs.
    pub kdf: KdfCost,
}

/// Why `vault.json` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// It ends in the middle.
    #[error("it is cut short")]
    Truncated,
    /// Not JSON.
    #[error("it is damaged at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but a member is unknown, missing, or not what it should be.
    #[error("it holds something this version does not write, at line {line}, column {column}")]
    Content {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A newer program wrote it.
    #[error("a newer version of Chartproof wrote it (format {version})")]
    Newer {
        /// The version it names.
        version: u32,
    },
    /// Some other JSON file.
    #[error("it is not the header of a vault")]
    Foreign,
    /// Longer than [`HEADER_BYTES_MAX`].
    #[error("it is longer than {HEADER_BYTES_MAX} bytes")]
    TooLong,
    /// No user, too many, two with the same name or id, or a name that is not allowed.
    #[error("its list of users is not valid")]
    Users,
    /// The vault's id is not a UUID.
    #[error("its vault_id is not valid")]
    VaultId,
    /// The passphrase hash is too cheap, too dear or unknown.
    #[error(transparent)]
    Kdf(#[from] KdfCostFault),
}

/// The file as it is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderFile {
    format: String,
    pub(crate) vault_id: String,
    pub(crate) label: VaultLabel,
    pub(crate) created: String,
    pub(crate) kdf: KdfCost,
    pub(crate) database: DatabaseFacts,
    pub(crate) users: Vec<HeaderUser>,
    pub(crate) recovery: Sealed,
}

/// What the database needs beside its key.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseFacts {
    /// `SQLCipher`'s salt; not secret.
    pub(crate) salt: Hex<16>,
}

/// One user's wraps.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderUser {
    pub(crate) user_id: String,
    pub(crate) name: String,
    /// Salt of the passphrase hash.
    pub(crate) salt: Hex<16>,
    /// The master key.
    pub(crate) master: Sealed,
    /// The user's own signing key.
    pub(crate) signing: Sealed,
}

impl HeaderFile {
    pub(crate) fn new(
        vault_id: String,
        label: VaultLabel,
        created: String,
        kdf: KdfCost,
        salt: [u8; 16],
        user: HeaderUser,
        recovery: Sealed,
    ) -> Self {
        let database = DatabaseFacts { salt: Hex(salt) };
        Self { format: FORMAT.to_owned(), vault_id, label, created, kdf, database, users: vec![user], recovery }
    }

    /// Reads the file of a vault's folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, VaultFault> {
        let path = folder.join(HEADER_FILE);
        let content = match disk::read_small(&path, HEADER_BYTES_MAX) {
            Ok(content) => content.ok_or(HeaderFault::TooLong)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultFault::Missing),
            Err(error) => return Err(VaultFault::file(&path, &error)),
        };
        Ok(Self::parse(&content)?)
    }

    /// Reads bytes that anybody may have written.
    pub(crate) fn parse(content: &[u8]) -> Result<Self, HeaderFault> {
        check_format(content)?;
        // The cost is read by itself first: what is wrong with it has a name of its own.
        let Costly { kdf } = serde_json::from_slice(content).map_err(|error| fault_of(&error))?;
        KdfCost::try_from(kdf)?;
        let file: Self = serde_json::from_slice(content).map_err(|error| fault_of(&error))?;
        if uuid::Uuid::parse_str(&file.vault_id).is_err() {
            return Err(HeaderFault::VaultId);
        }
        file.check_users()?;
        Ok(file)
    }

    /// Replaces the file of a vault's folder, whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), VaultFault> {
        let path = folder.join(HEADER_FILE);
        let mut content = serde_json::to_vec_pretty(self)
            .map_err(|error| VaultFault::file(&path, &io::Error::new(io::ErrorKind::InvalidData, error)))?;
        content.push(b'\n');
        disk::replace(&path, &content)
    }

    /// The user with this name, however it is capitalized.
    pub(crate) fn user(&self, name: &str) -> Option<&HeaderUser> {
        self.users.iter().find(|user| same_name(&user.name, name))
    }

    /// Puts a user's new wraps in the place of the old ones.
    pub(crate) fn with_user(mut self, renewed: &HeaderUser) -> Self {
        for user in &mut self.users {
            if user.user_id == renewed.user_id {
                user.clone_from(renewed);
            }
        }
        self
    }

    fn check_users(&self) -> Result<(), HeaderFault> {
        let fits = (1..=USERS_MAX).contains(&self.users.len());
        let named =
            self.users.iter().all(|user| valid_name(&user.name) && uuid::Uuid::parse_str(&user.user_id).is_ok());
        let unique = self.users.iter().enumerate().all(|(place, user)| {
            let before = self.users.iter().take(place);
            before.into_iter().all(|other| other.user_id != user.user_id && !same_name(&other.name, &user.name))
        });
        if fits && named && unique { Ok(()) } else { Err(HeaderFault::Users) }
    }
}

impl From<HeaderFile> for Header {
    fn from(file: HeaderFile) -> Self {
        let users = file.users.into_iter().map(|user| user.name).collect();
        Self { vault_id: file.vault_id, label: file.label, created: file.created, users, kdf: file.kdf }
    }
}

#[derive(Deserialize)]
struct Named {
    format: String,
}

#[derive(Deserialize)]
struct Costly {
    kdf: Written,
}

/// Settles whose file this is before judging what is in it: a newer version may hold anything.
fn check_format(content: &[u8]) -> Result<(), HeaderFault> {
    let named: Named = serde_json::from_slice(content).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => HeaderFault::Foreign,
        _ => fault_of(&error),
    })?;
    let version = named.format.strip_prefix(FORMAT_FAMILY).ok_or(HeaderFault::Foreign)?;
    match version.parse() {
        Ok(1) => Ok(()),
        Ok(version) => Err(HeaderFault::Newer { version }),
        Err(_) => Err(HeaderFault::Foreign),
    }
}

fn fault_of(error: &serde_json::Error) -> HeaderFault {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => HeaderFault::Truncated,
        serde_json::error::Category::Data => HeaderFault::Content { line, column },
        _ => HeaderFault::Malformed { line, column },
    }
}
