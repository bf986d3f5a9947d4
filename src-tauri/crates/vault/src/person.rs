//! Who works with this vault: users, their roles, and the public keys their signatures are checked with.
//!
//! Names and wraps stand in `vault.json` too, but what counts is what the encrypted database says. A public key is never
//! removed: what it signed has to stay checkable.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::VaultFault;

/// How long a user's name may be, in characters.
pub const USER_NAME_CHARACTERS_MAX: usize = 128;

/// What a user may do (formats 4.2). Enforced by the program, not by cryptography: whoever can open the vault has the
/// key to all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything but approving their own work; manages users.
    PrivacyOfficer,
    /// Reads, annotates, opens cases, drafts.
    Reviewer,
    /// Reads cases, signs.
    Approver,
    /// Reads only: the access log and the verification.
    Auditor,
    /// Accounts, backup, settings; no PHI.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::PrivacyOfficer, Self::Reviewer, Self::Approver, Self::Auditor, Self::Administrator];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PrivacyOfficer => "privacy_officer",
            Self::Reviewer => "reviewer",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role with exactly this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Somebody who is to get an account. No `Debug`: it holds a passphrase.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// What they type to open the vault: 1 to 128 characters.
    pub name: &'a str,
    /// At least 12 characters after NFC.
    pub passphrase: &'a str,
}

/// A user as the database knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// A random UUID.
    pub user_id: String,
    /// The name they type.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Every public key they ever signed with, oldest first.
    pub keys: Vec<PersonKey>,
}

/// One public key of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonKey {
    /// The Ed25519 key.
    pub public_key: [u8; 32],
    /// Since when, as RFC 3339.
    pub since: String,
    /// How the user came by it.
    pub cause: KeyCause,
}

/// How a user came by a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyCause {
    /// With their account.
    Created,
    /// By the recovery key, which makes a new signing key: it opens the vault, it does not sign in anybody's place.
    Recovered,
}

impl KeyCause {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Recovered => "recovered",
        }
    }
}

/// A name as it is kept: trimmed and composed.
pub(crate) fn kept_name(typed: &str) -> Result<String, VaultFault> {
    let name: String = typed.trim().nfc().take(USER_NAME_CHARACTERS_MAX + 1).collect();
    if valid_name(&name) { Ok(name) } else { Err(VaultFault::UserName) }
}

pub(crate) fn valid_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=USER_NAME_CHARACTERS_MAX).contains(&length) && !name.chars().any(char::is_control)
}

/// Whether two names mean the same user: nobody should fail to get in over a capital letter.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let folded = |name: &str| name.trim().nfc().flat_map(char::to_lowercase).collect::<String>();
    folded(one) == folded(other)
}

/// Adds a person with their first key.
pub(crate) fn add(database: &Connection, person: &Person) -> Result<(), VaultFault> {
    let created = person.keys.first().map_or("", |key| &key.since);
    database.execute(
        "INSERT INTO person (user_id, name, role, created) VALUES (?1, ?2, ?3, ?4)",
        (&person.user_id, &person.name, person.role.word(), created),
    )?;
    for key in &person.keys {
        add_key(database, &person.user_id, key)?;
    }
    Ok(())
}

/// Adds a key to a person.
pub(crate) fn add_key(database: &Connection, user_id: &str, key: &PersonKey) -> Result<(), VaultFault> {
    database.execute(
        "INSERT INTO person_key (public_key, user_id, since, cause) VALUES (?1, ?2, ?3, ?4)",
        (key.public_key, user_id, &key.since, key.cause.word()),
    )?;
    Ok(())
}

/// Everybody, by name, with all their keys.
pub(crate) fn everybody(database: &Connection) -> Result<Vec<Person>, VaultFault> {
    let mut people = Vec::new();
    let mut statement = database.prepare("SELECT user_id, name, role FROM person ORDER BY name, user_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let user_id: String = row.get(0)?;
        let role: String = row.get(2)?;
        let role = Role::from_word(&role).ok_or(VaultFault::DatabaseDamaged)?;
        let keys = keys_of(database, &user_id)?;
        people.push(Person { user_id, name: row.get(1)?, role, keys });
    }
    Ok(people)
}

fn keys_of(database: &Connection, user_id: &str) -> Result<Vec<PersonKey>, VaultFault> {
    let mut statement = database
        .prepare_cached("SELECT public_key, since, cause FROM person_key WHERE user_id = ?1 ORDER BY number")?;
    let keys = statement.query_map([user_id], |row| {
        let cause: String = row.get(2)?;
        let cause = if cause == KeyCause::Created.word() { KeyCause::Created } else { KeyCause::Recovered };
        Ok(PersonKey { public_key: row.get(0)?, since: row.get(1)?, cause })
    })?;
    Ok(keys.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_words_that_lead_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }

    #[test]
    fn names_are_compared_as_people_read_them() {
        assert!(same_name("J. Okafor", " j. okafor "));
        assert!(same_name("Jos\u{e9}", "jose\u{301}"));
        assert!(!same_name("Jose", "Jos\u{e9}"));
        assert!(kept_name("  ").is_err());
        assert!(kept_name("a\u{7}b").is_err());
        assert!(kept_name(&"x".repeat(129)).is_err());
        assert_eq!(kept_name(" J. Okafor ").unwrap(), "J. Okafor");
    }
}
