//! `sample`: bundles of invented people, whole or damaged on purpose.

use std::path::Path;

use workbench::direct;
use workbench::wire::Fault;
use workbench::{SampleWish, account, grouped};

use crate::args::{Format, SampleArguments};
use crate::code::Code;
use crate::documents;
use crate::output::Output;

/// Makes a sample.
pub(crate) fn sample(wish: &SampleArguments, format: Format) -> Result<Code, Fault> {
    let mut output = Output::new();
    if wish.tamper.as_deref() == Some("list") || wish.scenario.as_deref() == Some("list") {
        let list = if wish.tamper.is_some() { direct::tamper_kinds() } else { direct::scenarios() };
        for (word, sentence) in list {
            match format {
                Format::Json => output.json(&serde_json::json!({ "name": word, "what": sentence }))?,
                Format::Csv => output.csv(&[word, sentence])?,
                Format::Text => output.line(&format!("{word:<34} {sentence}"))?,
            }
        }
        output.finish()?;
        return Ok(Code::Done);
    }
    let made = direct::sample(
        &wish.out,
        &SampleWish {
            events: wish.events,
            seed: wish.seed,
            days: wish.days,
            scenario: wish.scenario.clone(),
            tamper: wish.tamper.clone(),
            sha512: wish.sha512,
            compression: wish.compress.clone(),
            signing: wish.sign.clone(),
        },
    )?;
    match format {
        Format::Json => output.json(&made.json)?,
        Format::Text | Format::Csv => output.line(&format!(
            "{} events in {} files, {} bytes: {}",
            grouped(made.events),
            grouped(made.files),
            grouped(made.bytes),
            wish.out.display()
        ))?,
    }
    output.finish()?;
    Ok(Code::Done)
}

/// Makes a sample's vault with an incident waiting in it.
pub(crate) fn sample_vault(dir: &Path, format: Format) -> Result<Code, Fault> {
    workbench::prepare_sample_vault(dir)?;
    let (user, passphrase) = (account::SAMPLE_USER, account::SAMPLE_PASSPHRASE);
    let dir = dir.display().to_string();
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&documents::SampleVault { dir: &dir, user, passphrase })?,
        Format::Text | Format::Csv => {
            output.line(&format!("Sample vault in {dir}: account {user}, passphrase: {passphrase}"))?;
        }
    }
    output.finish()?;
    Ok(Code::Done)
}
