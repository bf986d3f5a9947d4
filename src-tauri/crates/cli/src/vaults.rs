//! `vault`, `import`, `bundles`: what changes or lists the content of a vault without showing a person.

use std::io::{ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};

use workbench::wire::{
    BundleAsk, ChangePassphraseAsk, CreateVaultAsk, Created, Fault, FaultCode, ImportStarted, JobState, Nothing,
    RecoverAsk, UnlockAsk,
};
use workbench::{Desk, Gauge, ImportWish, NoWindow, Options, counted, usual_vault_dir};

use crate::args::{Account, Format, ImportArguments, VaultCommand};
use crate::code::Code;
use crate::documents;
use crate::output::{self, Output, note};
use crate::progress;

/// A passphrase file is at most so long, in bytes.
const PASSPHRASE_FILE_BYTES_MAX: u64 = 16 * 1024;

/// `vault …`
pub(crate) fn vault(command: &VaultCommand, account: &Account, format: Format) -> Result<Code, Fault> {
    match command {
        VaultCommand::Create { dir } => create(dir.clone(), account, format),
        VaultCommand::Info => info(account, format),
        VaultCommand::Passwd { recovery_file: None } => change_passphrase(account, format),
        VaultCommand::Passwd { recovery_file: Some(file) } => recover(file, account, format),
        VaultCommand::Check => check(account, format),
    }
}

fn create(dir: PathBuf, account: &Account, format: Format) -> Result<Code, Fault> {
    let user = account.user.clone().ok_or_else(|| usage("Name the first account with --user."))?;
    let [passphrase] = passphrases::<1>(account)?;
    let desk = Desk::new(Options::at(dir), Box::new(NoWindow));
    let warning = desk.vault_place(workbench::wire::VaultPlaceAsk { choose: false })?.warning;
    if let Some(warning) = &warning {
        note(warning);
    }
    let created = desk.create_vault(CreateVaultAsk { user, passphrase })?;
    if let Err(fault) = created_out(&created, warning.as_deref(), format) {
        // A reader that went away is no good end here: a key that nobody has seen can open nothing.
        output::heed_reader();
        desk.give_up_vault(&created)?;
        let what = format!("{} So nobody has seen the recovery key, and the vault was removed again.", fault.what);
        return Err(Fault::new(FaultCode::Unreadable, what));
    }
    Ok(Code::Done)
}

/// Shows the recovery key, this once.
fn created_out(created: &Created, warning: Option<&str>, format: Format) -> Result<(), Fault> {
    let (dir, recovery_key) = (created.dir.as_str(), created.recovery_key.as_str());
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::Created { dir, recovery_key, warning })?,
        Format::Text | Format::Csv => {
            output.line(&format!("Vault made in {dir}"))?;
            output.line("Recovery key, shown this once; keep it on paper, away from this computer:")?;
            output.line(&format!("  {recovery_key}"))?;
        }
    }
    output.finish()
}

fn info(account: &Account, format: Format) -> Result<Code, Fault> {
    let info = desk(account)?.vault_info()?;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&info)?,
        Format::Csv => info.facts().iter().try_for_each(|(label, value)| output.csv(&[label, value]))?,
        Format::Text => {
            info.facts().iter().try_for_each(|(label, value)| output.line(&format!("{label:<16} {value}")))?;
        }
    }
    output.finish()?;
    Ok(Code::Done)
}

fn change_passphrase(account: &Account, format: Format) -> Result<Code, Fault> {
    let [old, new] = passphrases::<2>(account)?;
    let desk = desk(account)?;
    desk.unlock(UnlockAsk { user: user(&desk, account)?, passphrase: old.clone() })?;
    desk.change_passphrase(ChangePassphraseAsk { old, new })?;
    changed_out(format)
}

/// Opens the vault with the recovery key, and sets the passphrase of the account anew.
fn recover(file: &Path, account: &Account, format: Format) -> Result<Code, Fault> {
    let [recovery_key] = first_lines::<1>("recovery file", "--recovery-file", file)?;
    let [passphrase] = passphrases::<1>(account)?;
    let desk = desk(account)?;
    desk.recover(RecoverAsk { user: user(&desk, account)?, recovery_key, passphrase })?;
    changed_out(format)
}

fn changed_out(format: Format) -> Result<Code, Fault> {
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::Changed { changed: true })?,
        Format::Text | Format::Csv => output.line("The passphrase was changed.")?,
    }
    output.finish()?;
    Ok(Code::Done)
}

fn check(account: &Account, format: Format) -> Result<Code, Fault> {
    let check = open(account)?.check_vault()?;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::Checked { whole: check.whole, lines: &check.lines })?,
        Format::Csv => {
            output.csv(&["fact", "value"])?;
            output.csv(&["whole", if check.whole { "yes" } else { "no" }])?;
            check.lines.iter().try_for_each(|line| output.csv(&["checked", line]))?;
        }
        Format::Text => check.lines.iter().try_for_each(|line| output.line(line))?,
    }
    output.finish()?;
    Ok(if check.whole { Code::Done } else { Code::Bad })
}

/// `import`
pub(crate) fn import(ask: &ImportArguments, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open_for(account, "import")?;
    let wish = ImportWish {
        received_from: ask.received_from.clone().unwrap_or_default(),
        received_on: ask.received_on.clone().unwrap_or_default(),
        channel: ask.channel.clone().unwrap_or_default(),
        expected_sha256: ask.expected_sha256.clone(),
        zone: ask.zone.clone(),
        allow_large: ask.allow_large,
    };
    desk.rely_on(&ask.trust, ask.vouched_by.as_deref().unwrap_or_default())?;
    let gauge = Gauge::default();
    let started = progress::show("Reading and hashing", &gauge, || desk.import_shown(&ask.bundle, &wish, &gauge))?;
    if let Some(sentence) = &started.quoted {
        note(sentence);
    }
    if let Some(already) = &started.already {
        note("This bundle is already in the vault; nothing was changed.");
        return imported(&desk, already, "already stored", &started, format);
    }
    let number = started.job.unwrap_or_default();
    let job = progress::show("Checking and storing", &gauge, || desk.wait_for(number))?;
    if job.state != JobState::Done {
        return Err(job.fault.unwrap_or_else(|| Fault::new(FaultCode::Internal, "The import ended without a reason.")));
    }
    if let Some(sentence) = &job.sentence {
        note(sentence);
    }
    imported(&desk, &job.bundle.unwrap_or_default(), "stored", &started, format)
}

fn imported(desk: &Desk, bundle: &str, result: &str, started: &ImportStarted, format: Format) -> Result<Code, Fault> {
    let (quoted, quoted_agrees) = (started.quoted.as_deref(), started.quoted_agrees);
    let mut output = Output::new();
    match format {
        Format::Json => {
            let others = desk.overview(BundleAsk { bundle: bundle.to_owned() })?.others;
            let others = others.as_ref().map(|others| others.iter().map(documents::Other::from).collect());
            output.json(&documents::Imported { bundle, result, quoted, quoted_agrees, others })?;
        }
        Format::Text | Format::Csv => output.line(bundle)?,
    }
    output.finish()?;
    Ok(Code::Done)
}

/// `bundles`
pub(crate) fn bundles(account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open(account)?;
    let bundles = desk.bundles(Nothing {})?.bundles;
    let mut output = Output::new();
    if format == Format::Csv {
        output.csv(&["bundle", "name", "period", "profile", "badge", "events", "imported"])?;
    }
    for card in &bundles {
        let (badge, when) = (&card.badge.word, &card.imported.recorded);
        match format {
            Format::Json => output.json(&documents::StoredBundle::from(card))?,
            Format::Csv => {
                let events = card.events.to_string();
                output.csv(&[&card.bundle, &card.name, &card.period, &card.profile, badge, &events, when])?;
            }
            Format::Text => {
                output.line(&format!("{}  {badge}", card.bundle))?;
                output.line(&format!("  {}, {}", card.name, card.period))?;
                let events = counted(card.events, "event");
                output.line(&format!("  {}, {events}, imported {when}", card.profile))?;
            }
        }
    }
    if format == Format::Text {
        output.line(&format!("Days of periods are read in {}; times are in UTC.", desk.zone_name()?))?;
    }
    output.finish()?;
    Ok(Code::Done)
}

/// The desk for the vault that was named, or the usual one. Nothing is unlocked.
pub(crate) fn desk(account: &Account) -> Result<Desk, Fault> {
    let dir = account.vault.clone().or_else(usual_vault_dir);
    let dir = dir.ok_or_else(|| usage("Name the vault's folder with --vault."))?;
    Ok(Desk::new(Options::at(dir), Box::new(NoWindow)))
}

/// The same, unlocked.
pub(crate) fn open(account: &Account) -> Result<Desk, Fault> {
    let desk = desk(account)?;
    let [passphrase] = passphrases::<1>(account)?;
    desk.unlock(UnlockAsk { user: user(&desk, account)?, passphrase })?;
    Ok(desk)
}

/// The same with a purpose. Without one that is worth the name the refusal is written into the access log.
pub(crate) fn open_for(account: &Account, asked: &'static str) -> Result<Desk, Fault> {
    let desk = open(account)?;
    desk.give_purpose_for(asked, account.reason.as_deref().unwrap_or_default())?;
    Ok(desk)
}

/// Which folder was looked into, and what to do.
fn no_vault(account: &Account) -> Fault {
    let folder = account.vault.clone().or_else(workbench::usual_vault_dir).unwrap_or_default();
    let what = if folder.join("vault.db").exists() {
        format!(
            "{0} has a vault.db, but no vault.json. Put back vault.json from a backup of that folder.",
            folder.display()
        )
    } else {
        format!(
            "There is no vault in {}. Name its folder with --vault, or make one with `chartproof vault create`.",
            folder.display()
        )
    };
    Fault::new(FaultCode::VaultState, what)
}

fn user(desk: &Desk, account: &Account) -> Result<String, Fault> {
    if let Some(user) = &account.user {
        return Ok(user.clone());
    }
    let start = desk.start(Nothing {})?;
    if let Some(damage) = start.damage {
        return Err(damage);
    }
    match start.users.as_slice() {
        [] => Err(no_vault(account)),
        [only] => Ok(only.clone()),
        _ => Err(usage("This vault has several accounts: name yours with --user.")),
    }
}

/// The first lines of the passphrase file; `-` is standard input.
fn passphrases<const N: usize>(account: &Account) -> Result<[String; N], Fault> {
    let Some(file) = &account.passphrase_file else {
        return Err(usage("Give the passphrase with --passphrase-file FILE (- reads standard input)."));
    };
    first_lines("passphrase file", "--passphrase-file", file)
}

/// The first lines of a file with secrets, which an option names; `-` is standard input.
fn first_lines<const N: usize>(what: &str, option: &str, file: &Path) -> Result<[String; N], Fault> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        if std::io::stdin().is_terminal() {
            note(&format!("First line of the {what} (it will be visible):"));
        }
        std::io::stdin().lock().take(PASSPHRASE_FILE_BYTES_MAX).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(PASSPHRASE_FILE_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| {
        let name = file.display();
        let wrong = match error.kind() {
            ErrorKind::NotFound => format!("There is no {what} {name}."),
            ErrorKind::PermissionDenied => format!("The {what} {name} may not be read by you."),
            ErrorKind::IsADirectory => format!("{name} is a folder and no {what}."),
            ErrorKind::InvalidData => format!("The {what} {name} is not UTF-8 text."),
            kind => format!("The {what} {name} cannot be read: {kind}."),
        };
        Fault::new(FaultCode::Unreadable, format!("{wrong} Name another one with {option}; - reads standard input."))
    })?;
    let mut lines = text.lines().map(str::to_owned);
    let mut found = [const { String::new() }; N];
    for slot in &mut found {
        *slot = lines.next().ok_or_else(|| usage(&format!("The {what} needs {}.", counted(N as u64, "line"))))?;
    }
    Ok(found)
}

fn usage(what: &str) -> Fault {
    Fault::new(FaultCode::BadInput, what)
}
