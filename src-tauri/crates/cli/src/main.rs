//! `chartproof`, the command line: the same program without a window.
//!
//! Words, JSON members and exit codes are a contract that other programs rely on. Results go to standard output;
//! progress and messages go to standard error. Nothing is decided here: every answer comes from `workbench`.

mod args;
mod code;
mod documents;
mod doubting;
mod interrupts;
mod looking;
mod output;
mod progress;
mod records;
mod sampling;
mod trusting;
mod vaults;
mod verifying;

use std::process::ExitCode;

use args::{Account, Arguments, Command};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use code::Code;
use output::complain;
use workbench::direct::{ReportWish, VerifyWish};
use workbench::doubting::SelfTestWish;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let parsed = Arguments::try_parse().and_then(|words| refused_account(&words).map_or(Ok(words), Err));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes.
            let code = if error.use_stderr() { Code::Usage } else { Code::Done };
            drop(error.print());
            return code.into();
        }
    };
    match run(&arguments) {
        Ok(code) => code.into(),
        Err(_) if output::reader_went() => Code::ReaderWent.into(),
        Err(fault) => {
            complain(&fault.what);
            Code::of(&fault).into()
        }
    }
}

/// What looks into no vault is not handed one: whoever names a vault thinks that its keys and anchors are used.
fn refused_account(arguments: &Arguments) -> Option<clap::Error> {
    let name = match arguments.command {
        Command::Verify { .. } => "verify",
        Command::Compare { .. } => "compare",
        Command::SelfTest { .. } => "self-test",
        Command::Inspect { .. } => "inspect",
        _ => return None,
    };
    let Account { vault, user, passphrase_file, .. } = &arguments.account;
    if vault.is_none() && user.is_none() && passphrase_file.is_none() {
        return None;
    }
    let what = format!(
        "{name} needs no vault and looks into none, so --vault, --user and --passphrase-file have no place here. import \
         and bundle check use the keys and anchors of the vault."
    );
    Some(Arguments::command().error(ErrorKind::ArgumentConflict, what))
}

fn run(arguments: &Arguments) -> Result<Code, workbench::wire::Fault> {
    let Arguments { format, account, command } = arguments;
    match command {
        Command::Verify { bundle, trust, anchor, report, self_test, allow_large } => {
            let self_test_runs = self_test.unwrap_or_default();
            let report = report.clone().map(|file| ReportWish { file, self_test_runs });
            let (trust, anchors) = (trust.clone(), anchor.clone());
            let wish = VerifyWish { trust, anchors, allow_large: *allow_large, report };
            verifying::verify(bundle, &wish, *format)
        }
        Command::Compare { older, newer, allow_large } => doubting::compare(older, newer, *allow_large, *format),
        Command::SelfTest { bundle, runs, seed, trust, anchor, allow_large } => {
            let (trust, anchors) = (trust.clone(), anchor.clone());
            let wish = SelfTestWish { trust, anchors, runs: *runs, seed: *seed, allow_large: *allow_large };
            doubting::self_test(bundle, &wish, *format)
        }
        Command::Inspect { bundle, allow_large } => verifying::inspect(bundle, *allow_large, *format),
        Command::Sample(sample) => sampling::sample(sample, *format),
        Command::SampleVault { dir } => sampling::sample_vault(dir, *format),
        Command::Vault(command) => vaults::vault(command, account, *format),
        Command::Import(import) => vaults::import(import, account, *format),
        Command::Bundles => vaults::bundles(account, *format),
        Command::Bundle(command) => trusting::bundle(command, account, *format),
        Command::Trust(command) => trusting::trust(command, account, *format),
        Command::Anchor(command) => trusting::anchor(command, account, *format),
        Command::Patient { id, range } => looking::patient(id, range, account, *format),
        Command::UserActivity { id, range } => looking::user_activity(id, range, account, *format),
        Command::Search { filter, range } => looking::search(filter, range, account, *format),
        Command::Event { id, reveal } => looking::event(id, *reveal, account, *format),
        Command::AccessLog(command) => records::access_log(command, account, *format),
    }
}
