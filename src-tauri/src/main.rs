//! The desktop shell: one window, its dialogs, and one thin command per use case.
//!
//! It decides nothing about evidence: what a command does, [`workbench`] knows. What is decided here is what the page may
//! reach (nothing but its own files and the commands), and what the system may keep of it (nothing).

// A console window would open beside ours on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod clipboard;
mod commands;
mod environment;
mod outlets;
#[cfg(feature = "e2e")]
mod scripted;
#[cfg(feature = "e2e")]
mod shown;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tauri::{Manager as _, RunEvent};
use workbench::wire::Nothing;
use workbench::{Desk, Options};

use crate::arguments::{Arguments, Meant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os().skip(1)) {
        Ok(Meant::Open(arguments)) => arguments,
        Ok(Meant::Explain(text)) => {
            say(std::io::stdout(), text);
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            say(std::io::stderr(), &wrong.to_string());
            return ExitCode::from(2);
        }
    };
    // Before anything else: no other thread may be reading the environment, and GTK must not have read it yet.
    environment::close();
    let vault_dir = match vault_dir(&arguments) {
        Ok(vault_dir) => vault_dir,
        Err(why) => {
            say(std::io::stderr(), &why);
            return ExitCode::FAILURE;
        }
    };
    match open(vault_dir, arguments.bundle) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            say(std::io::stderr(), &format!("The window could not be opened: {fault}"));
            ExitCode::FAILURE
        }
    }
}

/// The vault's folder. A sample's is made here, before there is a window that would have to wait for it.
fn vault_dir(arguments: &Arguments) -> Result<PathBuf, String> {
    let usual = || workbench::usual_vault_dir().ok_or("There is no home folder for a vault: name one with --vault.");
    let vault_dir = match &arguments.vault {
        Some(dir) => std::path::absolute(dir).map_err(|fault| format!("The vault's folder: {fault}"))?,
        // Never the vault of an office, but beside it.
        None if arguments.sample => usual()?.with_file_name("sample-vault"),
        None => usual()?,
    };
    if arguments.sample && !vault_dir.join("vault.json").is_file() {
        say(std::io::stdout(), "Making the sample vault …");
        make_sample_vault(&vault_dir)?;
    }
    Ok(vault_dir)
}

/// Makes the sample's vault under another name first: what is at its place is whole.
fn make_sample_vault(vault_dir: &Path) -> Result<(), String> {
    let partial = vault_dir.with_extension("partial");
    let moved = |fault: std::io::Error| format!("The sample vault could not be put at its place: {fault}");
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(moved)?;
    }
    workbench::prepare_sample_vault(&partial).map_err(|fault| fault.what)?;
    std::fs::rename(&partial, vault_dir).map_err(moved)
}

/// Runs the window until it is closed.
fn open(vault_dir: PathBuf, bundle: Option<PathBuf>) -> tauri::Result<u8> {
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(commands::handler())
        .on_webview_event(window::on_webview_event)
        .setup(move |app| {
            window::forget_recent_files();
            let desk = Arc::new(Desk::new(Options::at(vault_dir), outlets::outlets(app.handle())));
            tell_sample(&desk);
            if let Some(bundle) = bundle {
                desk.dropped(bundle);
            }
            app.manage(desk);
            window::open(app)?;
            Ok(())
        })
        .build(context())?;
    let code = app.run_return(|app, event| {
        if let RunEvent::Exit = event {
            // Ends the jobs, writes the closing entries, clears the clipboard. There is nobody left to tell if it fails.
            app.state::<Arc<Desk>>().end();
        }
    });
    Ok(u8::try_from(code).unwrap_or(1))
}

/// `tauri.conf.json`, the permissions and the page, all inside the program.
#[expect(clippy::exit, reason = "Tauri's macro holds one, for systems that are not ours")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Prints the account of the sample's vault. It protects nothing but invented data, and somebody has to know it.
fn tell_sample(desk: &Desk) {
    if let Some(account) = desk.start(Nothing {}).ok().and_then(|start| start.sample_account) {
        let line = format!("Sample vault. Account: {}  Passphrase: {}", account.user, account.passphrase);
        say(std::io::stdout(), &line);
    }
}

/// Says something to a terminal, if there is one; a closed pipe is no reason to stop.
fn say(mut to: impl std::io::Write, what: &str) {
    drop(writeln!(to, "{what}").and_then(|()| to.flush()));
}
