//! First run, unlock, recovery, passphrase, and the status every screen shows.

use std::path::PathBuf;

use vault::{KdfCost, NewUser, Vault, VaultFault, VaultLabel, location};

use crate::clock;
use crate::desk::Desk;
use crate::settings;
use crate::wire::{
    ChangePassphraseAsk, CreateVaultAsk, Created, Fault, FaultCode, Holder, Next, Nothing, PassphraseAsk, RecoverAsk,
    SampleAccount, Settings, Stage, Start, Status, StatusAsk, Strength, UnlockAsk, Unlocked, VaultPlace, VaultPlaceAsk,
    Zones,
};

/// The account of every sample vault. It protects nothing but invented data.
pub const SAMPLE_USER: &str = "sample";
/// Its passphrase, printed in the README and at its unlock screen.
pub const SAMPLE_PASSPHRASE: &str = "chartproof sample vault";

/// Where a vault lies unless somebody says otherwise: local, non-roaming application data.
#[must_use]
pub fn usual_vault_dir() -> Option<PathBuf> {
    location::default_dir(|name| std::env::var_os(name))
}

impl From<vault::Holder> for Holder {
    fn from(holder: vault::Holder) -> Self {
        let vault::Holder { process_id, host, account, since } = holder;
        Self { process: process_id, computer: host, account, since }
    }
}

impl Desk {
    /// Where the program stands when its window opens.
    pub fn start(&self, _: Nothing) -> Result<Start, Fault> {
        let dir = self.place();
        let mut start = Start {
            stage: Stage::Locked,
            sample: false,
            sample_account: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            vault_dir: dir.display().to_string(),
            users: Vec::new(),
            holder: None,
            damage: None,
        };
        match Vault::header(&dir) {
            Ok(header) => {
                start.sample = header.label == VaultLabel::Sample;
                start.users = header.users;
                if start.sample {
                    let passphrase = SAMPLE_PASSPHRASE.to_owned();
                    start.sample_account = Some(SampleAccount { user: SAMPLE_USER.to_owned(), passphrase });
                }
                if self.seat.open().is_some() {
                    start.stage = Stage::Open;
                } else if !self.seat.is_taken()
                    && let Ok(Some(holder)) = Vault::held_by(&dir)
                {
                    // If that cannot be told, unlocking tells it.
                    start.stage = Stage::Held;
                    start.holder = Some(holder.into());
                }
            }
            Err(VaultFault::Missing) => start.stage = Stage::FirstRun,
            Err(fault) => {
                start.stage = Stage::Damaged;
                start.damage = Some(fault.into());
            }
        }
        Ok(start)
    }

    /// How well a passphrase would stand, while it is typed.
    pub fn weigh_passphrase(&self, ask: PassphraseAsk) -> Result<Strength, Fault> {
        let strength = vault::strength(&ask.passphrase, &ask.user);
        Ok(Strength { score: strength.score, enough: strength.enough, sentence: strength.sentence.to_owned() })
    }

    /// Where the vault will lie, and whether that is a good place; lets the person choose another.
    pub fn vault_place(&self, ask: VaultPlaceAsk) -> Result<VaultPlace, Fault> {
        if ask.choose
            && let Some(folder) = self.outlets.choose_folder()
        {
            // A folder with other things in it gets one of its own for the vault.
            let occupied = std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
            self.set_place(if occupied { folder.join("Chartproof vault") } else { folder });
        }
        let dir = self.place();
        let warning = location::warning(&dir).map(location::Warning::sentence);
        Ok(VaultPlace { dir: dir.display().to_string(), warning })
    }

    /// Makes the vault with its first account and opens it.
    pub fn create_vault(&self, ask: CreateVaultAsk) -> Result<Created, Fault> {
        self.create_labelled(&ask, VaultLabel::Office)
    }

    /// Gives up the vault that this desk has just made, where its recovery key could be shown to nobody.
    pub fn give_up_vault(&self, created: &Created) -> Result<(), Fault> {
        self.seat.end();
        Ok(Vault::give_up(std::path::Path::new(&created.dir))?)
    }

    /// Prints the recovery key, which only the page knows by now. It says nothing about a person, so it is no look.
    pub fn print_recovery_key(&self, _: Nothing) -> Result<Nothing, Fault> {
        self.session()?;
        self.print()
    }

    /// Makes a sample's vault, with its known account.
    pub fn create_sample_vault(&self) -> Result<Created, Fault> {
        let ask = CreateVaultAsk { user: SAMPLE_USER.to_owned(), passphrase: SAMPLE_PASSPHRASE.to_owned() };
        self.create_labelled(&ask, VaultLabel::Sample)
    }

    fn create_labelled(&self, ask: &CreateVaultAsk, label: VaultLabel) -> Result<Created, Fault> {
        let dir = self.place();
        let first = NewUser { name: &ask.user, passphrase: &ask.passphrase };
        let cost = if label == VaultLabel::Sample { KdfCost::FLOOR } else { self.options().cost };
        let (vault, recovery) = Vault::create(&dir, &first, cost, label, &clock::now())?;
        let session = self.sign_in(vault)?;
        Ok(Created {
            recovery_key: recovery.text().to_string(),
            dir: dir.display().to_string(),
            unlocked: session.unlocked(),
        })
    }

    /// Opens the vault; or goes on where an import is at work behind the lock.
    pub fn unlock(&self, ask: UnlockAsk) -> Result<Unlocked, Fault> {
        self.lock(Nothing {})?;
        if let Some(behind) = self.seat.behind() {
            behind.vault.admit(&ask.user, &ask.passphrase)?;
            if self.seat.come_back(&behind)? {
                behind.compare_behind();
                return Ok(behind.unlocked());
            }
        }
        self.seat.settle();
        let vault = Vault::unlock(&self.place(), &ask.user, &ask.passphrase)?;
        Ok(self.sign_in(vault)?.unlocked())
    }

    /// Opens the vault with the recovery key and sets a new passphrase.
    pub fn recover(&self, ask: RecoverAsk) -> Result<Unlocked, Fault> {
        self.lock(Nothing {})?;
        if self.seat.behind().is_some() {
            let what = "An import is still at work behind the lock. The recovery key can be used when it has ended.";
            return Err(Fault::new(FaultCode::Held, what).with(Next::Retry));
        }
        self.seat.settle();
        let vault = Vault::unlock_with_recovery(&self.place(), &ask.recovery_key, &ask.user, &ask.passphrase)?;
        Ok(self.sign_in(vault)?.unlocked())
    }

    /// Changes the passphrase of whoever is signed in.
    pub fn change_passphrase(&self, ask: ChangePassphraseAsk) -> Result<Nothing, Fault> {
        let session = self.session()?;
        session.vault.change_passphrase(&ask.old, &ask.new)?;
        session.note(access_log::Entry::PassphraseChange)?;
        Ok(Nothing {})
    }

    /// How things stand; puts the automatic lock off when the person did something.
    pub fn status(&self, ask: StatusAsk) -> Result<Status, Fault> {
        let Ok(session) = self.session() else {
            return Ok(Status {
                locked: true,
                user: None,
                purpose: None,
                locks_in_seconds: None,
                log_trouble: None,
                jobs: self.seat.behind().map(|behind| behind.jobs.list_in_numbers()).unwrap_or_default(),
                revision: self.revision_now(),
            });
        };
        if ask.active {
            session.touch();
        }
        Ok(Status {
            locked: false,
            user: Some(session.vault.user().to_owned()),
            purpose: session.purpose(),
            locks_in_seconds: Some(session.locks_in_seconds()),
            log_trouble: session.log_trouble(),
            jobs: session.jobs.list(),
            revision: self.revision_now(),
        })
    }

    /// What is set.
    pub fn settings(&self, _: Nothing) -> Result<Settings, Fault> {
        Ok(self.session()?.settings())
    }

    /// Sets it.
    pub fn change_settings(&self, ask: Settings) -> Result<Settings, Fault> {
        settings::check(&ask)?;
        let session = self.session()?;
        session.change_settings(&ask)?;
        Ok(ask)
    }

    /// Time zones to choose from.
    pub fn zones(&self, _: Nothing) -> Result<Zones, Fault> {
        Ok(Zones { zones: settings::zones() })
    }
}
