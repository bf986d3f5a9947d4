//! `access-log`: our own record of who looked at what.

use std::path::Path;

use workbench::counted;
use workbench::wire::{Fault, LogCheck, LogEntry, MaybeExported, Nothing};

use crate::args::{AccessLogCommand, Account, Format};
use crate::code::Code;
use crate::documents;
use crate::output::Output;
use crate::vaults::open;

/// `access-log …`
pub(crate) fn access_log(command: &AccessLogCommand, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open(account)?;
    match command {
        AccessLogCommand::Show => {
            let mut output = Output::new();
            if format == Format::Csv {
                output.csv(&["seq", "time", "actor", "action", "bundle", "object", "purpose", "result"])?;
            }
            desk.each_log_entry(&mut |entry| entry_out(&entry, format, &mut output))?;
            if format == Format::Text {
                output.line("Times are in UTC.")?;
            }
            output.finish()?;
            Ok(Code::Done)
        }
        AccessLogCommand::Verify => {
            let check = desk.check_log(Nothing {})?;
            let mut output = Output::new();
            match format {
                Format::Json => output.json(&check)?,
                Format::Csv => check_as_csv(&check, &mut output)?,
                Format::Text => {
                    output.line(&check.sentence)?;
                    check.lines.iter().try_for_each(|line| output.line(&format!("  {line}")))?;
                }
            }
            output.finish()?;
            Ok(if check.stands { Code::Done } else { Code::Bad })
        }
        AccessLogCommand::Export { out } => {
            exported_out(out, &desk.export_log_to(out)?, format)?;
            Ok(Code::Done)
        }
    }
}

fn check_as_csv(check: &LogCheck, output: &mut Output) -> Result<(), Fault> {
    let LogCheck { stands, sentence, entries, lines, head } = check;
    output.csv(&["fact", "value"])?;
    output.csv(&["stands", if *stands { "yes" } else { "no" }])?;
    output.csv(&["verdict", sentence])?;
    output.csv(&["entries", &entries.to_string()])?;
    output.csv(&["head", head])?;
    lines.iter().try_for_each(|line| output.csv(&["checked", line]))
}

fn exported_out(out: &Path, exported: &MaybeExported, format: Format) -> Result<(), Fault> {
    let (file, sha256) = (out.display().to_string(), exported.sha256.as_deref());
    let entries = exported.entries;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::Exported { file: &file, entries, sha256 })?,
        Format::Text | Format::Csv => {
            let digest = sha256.unwrap_or_default();
            output.line(&format!("{}, SHA-256 {digest}: {file}", counted(entries, "entry")))?;
        }
    }
    output.finish()
}

fn entry_out(entry: &LogEntry, format: Format, output: &mut Output) -> Result<(), Fault> {
    let purpose = entry.purpose.as_deref().unwrap_or_default();
    let result = entry.result.as_deref().unwrap_or_default();
    match format {
        Format::Json => output.json(&documents::Entry::from(entry)),
        Format::Csv => {
            let seq = entry.seq.to_string();
            let (time, actor) = (&entry.time.recorded, &entry.actor);
            let bundle = entry.bundle.as_deref().unwrap_or_default();
            output.csv(&[&seq, time, actor, &entry.action, bundle, &entry.object, purpose, result])
        }
        Format::Text => {
            output.line(&format!("{:>6}  {}  {}  {}", entry.seq, entry.time.recorded, entry.actor, entry.what))?;
            for (label, value) in [("about", entry.object.as_str()), ("why", purpose), ("result", result)] {
                if !value.is_empty() {
                    output.line(&format!("        {label}: {value}"))?;
                }
            }
            Ok(())
        }
    }
}
