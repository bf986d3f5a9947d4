//! Turns what a room could not do into what a person reads: one sentence, a code, a next step.
//!
//! The only place where faults of rooms become words. None of them names a person.

use bundle::{OpenFault, ReadFault};
use vault::VaultFault;

use crate::session::REASON_CHARACTERS_MIN;
use crate::wire::{Fault, FaultCode, Next};

impl Fault {
    /// A fault of this kind in these words.
    #[must_use]
    pub fn new(code: FaultCode, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), next: None }
    }

    /// The same with a next step.
    #[must_use]
    pub fn with(mut self, next: Next) -> Self {
        self.next = Some(next);
        self
    }

    pub(crate) fn locked() -> Self {
        Self::new(FaultCode::Locked, "The vault is locked.").with(Next::Unlock)
    }

    pub(crate) fn purpose_needed() -> Self {
        let what = format!(
            "Say why you look before anything about a person is shown. A reason has at least {REASON_CHARACTERS_MIN} \
             characters; it goes into the access log."
        );
        Self::new(FaultCode::PurposeNeeded, what).with(Next::GivePurpose)
    }

    pub(crate) fn bad_input(what: impl Into<String>) -> Self {
        Self::new(FaultCode::BadInput, what).with(Next::Correct)
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::new(FaultCode::NotFound, what)
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(FaultCode::Cancelled, "Cancelled. Nothing half-made was kept.")
    }

    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::new(FaultCode::Internal, what)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

impl From<VaultFault> for Fault {
    fn from(fault: VaultFault) -> Self {
        let said = fault.to_string();
        match fault {
            VaultFault::NotOpened => {
                let what = "The name or the passphrase is not right. Passphrases tell capital letters apart.";
                Self::new(FaultCode::WrongPassphrase, what).with(Next::Correct)
            }
            VaultFault::Missing => Self::new(FaultCode::VaultState, "There is no vault in this folder."),
            VaultFault::Occupied => {
                let what = "The folder for the vault exists already and is not empty. Choose another name.";
                Self::new(FaultCode::BadInput, what).with(Next::ChooseAnother)
            }
            VaultFault::Held(_) => {
                Self::new(FaultCode::Held, sentence(&said, "Close it there, then try again.")).with(Next::Retry)
            }
            VaultFault::MigrationNewer { .. } => {
                let what = "This vault was used by a newer version of Chartproof. Open it with that version.";
                Self::new(FaultCode::VaultNewer, what)
            }
            VaultFault::Header(vault::HeaderFault::Newer { .. }) => {
                let what = "vault.json was written by a newer version of Chartproof. Open it with that version.";
                Self::new(FaultCode::VaultNewer, what)
            }
            VaultFault::Header(_) | VaultFault::KdfCost(_) => {
                let next = "Put back vault.json from a backup of the vault's folder; vault.db is untouched.";
                Self::new(FaultCode::VaultDamaged, sentence(&said, next))
            }
            VaultFault::DatabaseMissing
            | VaultFault::DatabaseDamaged
            | VaultFault::Mismatch
            | VaultFault::Schema(_)
            | VaultFault::MigrationChanged { .. }
            | VaultFault::MigrationOrder { .. } => {
                let next = "Keep this folder as it is, and put back a backup in another one.";
                Self::new(FaultCode::VaultDamaged, sentence(&said, next))
            }
            VaultFault::PassphraseShort
            | VaultFault::PassphraseLong
            | VaultFault::UserName
            | VaultFault::RecoveryKey(_) => Self::bad_input(sentence(&said, "")),
            VaultFault::Full => {
                let what = "The disk is full. Nothing of this step was kept; what was there before is whole. Make room \
                            where the vault lies.";
                Self::new(FaultCode::DiskFull, what).with(Next::FreeSpace)
            }
            VaultFault::RoomKept { .. } => {
                let next = "Nothing of this was kept; what was there before is whole. Make room where the vault lies.";
                Self::new(FaultCode::DiskFull, sentence(&said, next)).with(Next::FreeSpace)
            }
            VaultFault::File { .. } => Self::new(FaultCode::Unreadable, named(&said, "")),
            VaultFault::ReadOnly => {
                let next =
                    "Every look is written down in it. Let this account write to the vault's folder, then try again.";
                Self::new(FaultCode::Unreadable, sentence(&said, next)).with(Next::Retry)
            }
            VaultFault::Forbidden | VaultFault::Nested | VaultFault::Randomness | VaultFault::Database { .. } => {
                Self::internal(sentence(&said, ""))
            }
        }
    }
}

impl From<OpenFault> for Fault {
    fn from(fault: OpenFault) -> Self {
        let said = fault.to_string();
        match fault {
            OpenFault::NotABundle { .. } => {
                Self::new(FaultCode::NotABundle, named(&said, "")).with(Next::ChooseAnother)
            }
            OpenFault::Missing { .. } => {
                let next = "Check where it was put, and that the drive it is on is connected.";
                Self::new(FaultCode::Unreadable, sentence(&said, next)).with(Next::ChooseAnother)
            }
            OpenFault::Unreadable { source, .. } => match ReadFault::of(source) {
                ReadFault::Stream { source } => unreadable(&said, &source),
                fault => fault.into(),
            },
        }
    }
}

impl From<ReadFault> for Fault {
    fn from(fault: ReadFault) -> Self {
        let said = fault.to_string();
        match fault {
            ReadFault::Changed { .. } | ReadFault::Vanished { .. } => {
                Self::new(FaultCode::Unreadable, named(&said, UNSTEADY)).with(Next::Retry)
            }
            ReadFault::Unreadable { source, .. } => unreadable(&said, &source),
            ReadFault::Stream { source } => unreadable("The stream cannot be read", &source),
            ReadFault::NoSuchEntry { .. } => {
                Self::new(FaultCode::Unreadable, sentence(&said, "Ask for another copy.")).with(Next::ChooseAnother)
            }
            _ => Self::new(FaultCode::Unreadable, named(&said, "Ask for another copy.")).with(Next::ChooseAnother),
        }
    }
}

/// What to do where a bundle did not stay what it was.
const UNSTEADY: &str = "Copy the bundle to a place where nothing writes to it, and try again with the copy.";

/// What the system would not let us read, why, and what to do about it.
fn unreadable(said: &str, source: &std::io::Error) -> Fault {
    let next = match source.kind() {
        std::io::ErrorKind::PermissionDenied => {
            "Ask whoever looks after it for the right to read it, or for a copy of your own."
        }
        // It was there a moment ago.
        std::io::ErrorKind::NotFound => UNSTEADY,
        _ => "Try again with a copy on another drive.",
    };
    let said = format!("{}: {}", said.trim_end_matches('.'), source.kind());
    Fault::new(FaultCode::Unreadable, named(&said, next)).with(Next::ChooseAnother)
}

/// Makes a sentence of a fault's text: a capital letter, a full stop, and what to do. A file keeps its name as it is.
pub(crate) fn sentence(said: &str, next: &str) -> String {
    let first_word = said.split(' ').next().unwrap_or_default();
    if first_word.contains(['.', '/', '\\']) {
        return named(said, next);
    }
    let mut characters = said.chars();
    let capital = characters.next().map(char::to_uppercase).into_iter().flatten();
    named(&capital.chain(characters).collect::<String>(), next)
}

/// The same for a text that begins with a name.
fn named(said: &str, next: &str) -> String {
    let mut text = said.to_owned();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    if !next.is_empty() {
        text.push(' ');
        text.push_str(next);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_a_sentence_with_a_next_step() {
        let fault = Fault::from(VaultFault::Full);
        assert_eq!((fault.code, fault.next), (FaultCode::DiskFull, Some(Next::FreeSpace)));
        assert_eq!(sentence("the disk is full", "Make room."), "The disk is full. Make room.");
        assert_eq!(sentence("vault.json cannot be used", ""), "vault.json cannot be used.");
    }

    #[test]
    fn the_name_of_a_file_is_written_as_it_is() {
        let name = "bundle".to_owned();
        let said = Fault::from(ReadFault::Vanished { name: name.clone() }).what;
        assert!(said.starts_with("bundle vanished"), "{said}");
        let said = Fault::from(ReadFault::NoSuchEntry { name }).what;
        assert!(said.starts_with("The bundle has no file bundle."), "{said}");
    }
}
