//! `trust`, `anchor`, `bundle`: what this office vouches for, and checking stored bundles with it.

use workbench::wire::{
    AnchorCard, AnchorState, BundleAsk, Fault, FaultCode, HeadCard, JobState, PastVerdict, PinAsk, PinCard, RevokeAsk,
    WithdrawAsk,
};
use workbench::{AnchorWish, Desk, grouped};

use crate::args::{Account, AnchorCommand, BundleCommand, Format, TrustCommand};
use crate::code::Code;
use crate::documents::{Anchored, Changed, Past, Pin, Rechecked};
use crate::output::{Output, note};
use crate::progress;
use crate::vaults::open;

/// `trust …`
pub(crate) fn trust(command: &TrustCommand, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open(account)?;
    match command {
        TrustCommand::List => list_pins(&desk, format),
        TrustCommand::Pin { kid, by, how, note, file } => {
            let ask = PinAsk {
                fingerprint: kid.clone(),
                typed: kid.clone(),
                vouched_by: by.clone(),
                how: how.clone(),
                note: note.clone(),
                bundle: None,
                file: None,
            };
            desk.pin_from(&ask, file.as_deref())?;
            changed("Pinned. Bundles that it concerns are to be checked again: bundle check ID.", format)
        }
        TrustCommand::Revoke { kid, from, why } => {
            desk.revoke_key(RevokeAsk { fingerprint: kid.clone(), from: from.clone(), why: why.clone() })?;
            changed("Revoked. Verdicts that relied on it are history: bundle check ID.", format)
        }
    }
}

/// `anchor …`
pub(crate) fn anchor(command: &AnchorCommand, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open(account)?;
    match command {
        AnchorCommand::List => list_anchors(&desk, format),
        AnchorCommand::Add { file, stamp, by, written_on, received_on } => {
            desk.add_anchor_from(&AnchorWish {
                file: file.clone(),
                stamp: stamp.clone(),
                from_whom: by.clone(),
                written_on: written_on.clone(),
                received_on: received_on.clone(),
            })?;
            changed("Added. Bundles of this log are to be checked again: bundle check ID.", format)
        }
        AnchorCommand::Withdraw { number, why } => {
            desk.withdraw_anchor(WithdrawAsk { number: *number, why: why.clone() })?;
            changed("Withdrawn. Verdicts that relied on it are history: bundle check ID.", format)
        }
    }
}

/// `bundle …`
pub(crate) fn bundle(command: &BundleCommand, account: &Account, format: Format) -> Result<Code, Fault> {
    let desk = open(account)?;
    match command {
        BundleCommand::Check { id } => check(&desk, &desk.bundle_named(id)?, format),
        BundleCommand::History { id } => history(&desk, id, format),
    }
}

fn check(desk: &Desk, bundle: &str, format: Format) -> Result<Code, Fault> {
    let number = desk.check_again(BundleAsk { bundle: bundle.to_owned() })?.job;
    let gauge = desk.gauge(number)?;
    let job = progress::show("Checking again", &gauge, || desk.wait_for(number))?;
    if job.state != JobState::Done {
        return Err(job.fault.unwrap_or_else(|| Fault::new(FaultCode::Internal, "The check ended without a reason.")));
    }
    let verdict = desk.overview(BundleAsk { bundle: bundle.to_owned() })?.verdict;
    // Behind the verdict, the job says where it went on, if it did.
    if let Some(more) = job.sentence.as_deref().and_then(|said| said.strip_prefix(verdict.sentence.as_str()))
        && !more.is_empty()
    {
        note(more.trim_start());
    }
    let (integrity, assurance) = (verdict.integrity.as_deref(), verdict.assurance.as_deref());
    let (badge, sentence, word) = (&verdict.badge, verdict.sentence.as_str(), &verdict.badge.word);
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&Rechecked {
            bundle,
            integrity,
            assurance,
            badge,
            sentence,
            errors: verdict.errors,
            warnings: verdict.warnings,
        })?,
        Format::Csv => {
            output.csv(&["bundle", "badge", "integrity", "assurance"])?;
            output.csv(&[bundle, word, integrity.unwrap_or_default(), assurance.unwrap_or_default()])?;
        }
        Format::Text => {
            output.line(&format!("{word}. {sentence}"))?;
            let words: Vec<&str> = [integrity, assurance].into_iter().flatten().collect();
            output.line(&words.join(", "))?;
        }
    }
    output.finish()?;
    Ok(match integrity {
        Some("PASS" | "PASS_WITH_NOTES") => Code::Done,
        Some("FAIL") => Code::Bad,
        _ => Code::NotEvaluable,
    })
}

fn history(desk: &Desk, id: &str, format: Format) -> Result<Code, Fault> {
    let history = desk.verdicts_of(id)?;
    let mut output = Output::new();
    if format == Format::Csv {
        output.csv(&["number", "reached", "by", "badge", "integrity", "assurance", "program", "current"])?;
    }
    for past in &history {
        let PastVerdict { number, reached, by, word, integrity, assurance, program, current, .. } = past;
        let assurance = assurance.as_deref().unwrap_or_default();
        match format {
            Format::Json => output.json(&Past::from(past))?,
            Format::Csv => {
                let (number, current) = (number.to_string(), current.to_string());
                output.csv(&[&number, &reached.recorded, by, word, integrity, assurance, program, &current])?;
            }
            Format::Text => {
                let today = if *current { "" } else { "  (history: what is vouched for has changed since)" };
                output.line(&format!("{number}  {}  {word}{today}", reached.recorded))?;
                output.line(&format!("  {integrity} {assurance}, {by}, {program}"))?;
            }
        }
    }
    output.finish()?;
    Ok(Code::Done)
}

fn list_pins(desk: &Desk, format: Format) -> Result<Code, Fault> {
    let pins = desk.each_pin()?;
    let mut output = Output::new();
    if format == Format::Csv {
        output.csv(&["fingerprint", "kind", "vouched_by", "pinned_by", "pinned", "revoked_from", "revoked_why"])?;
    }
    for pin in &pins {
        match format {
            Format::Json => output.json(&Pin::from(pin))?,
            Format::Csv => {
                let (from, why) = revoked(pin);
                let PinCard { fingerprint, kind, vouched_by, pinned_by, pinned, .. } = pin;
                output.csv(&[fingerprint, kind, vouched_by, pinned_by, &pinned.recorded, from, why])?;
            }
            Format::Text => {
                output.line(&pin.fingerprint)?;
                let named = pin.subject.as_ref().map(|subject| format!(", names {subject}")).unwrap_or_default();
                output.line(&format!("  {}{named}, {} vouched for it", pin.kind, pin.vouched_by))?;
                output.line(&format!("  pinned {} by {}", pin.pinned.recorded, pin.pinned_by))?;
                for before in &pin.overruled {
                    output.line(&format!(
                        "  was revoked from {}: {} (by {}); pinned again after that",
                        before.from.recorded, before.why, before.by
                    ))?;
                }
                if pin.revoked.is_some() {
                    let (from, why) = revoked(pin);
                    output.line(&format!("  REVOKED from {from}: {why}"))?;
                }
            }
        }
    }
    if pins.is_empty() && format == Format::Text {
        output.line("Nothing is pinned. Keys in bundles are claims until you pin them.")?;
    }
    output.finish()?;
    Ok(Code::Done)
}

fn revoked(pin: &PinCard) -> (&str, &str) {
    pin.revoked.as_ref().map(|revoked| (revoked.from.recorded.as_str(), revoked.why.as_str())).unwrap_or_default()
}

fn list_anchors(desk: &Desk, format: Format) -> Result<Code, Fault> {
    let (anchors, heads) = desk.each_anchor()?;
    let mut output = Output::new();
    if format == Format::Csv {
        output.csv(&["number", "kind", "stream", "last_seq", "last_hash", "added", "state"])?;
    }
    for card in &anchors {
        let AnchorCard { number, stream, last_seq, last_hash, added, state, .. } = card;
        match format {
            Format::Json => output.json(&Anchored::from(card))?,
            Format::Csv => {
                let (number, seq) = (number.to_string(), last_seq.to_string());
                let state = if *state == AnchorState::Stands { "stands" } else { "does not stand" };
                output.csv(&[&number, "anchor", stream, &seq, last_hash, &added.recorded, state])?;
            }
            Format::Text => {
                let whom = card.from_whom.as_ref().map(|whom| format!(", by {whom}")).unwrap_or_default();
                output.line(&format!("{number}  {stream} record {}{}", grouped(*last_seq), standing(*state)))?;
                output.line(&format!("  {last_hash}"))?;
                let written = card.written_on.as_ref().map(|day| format!(", written {day}")).unwrap_or_default();
                output.line(&format!("  {}{whom}{written}, received {}", card.origin, card.received_on))?;
            }
        }
    }
    for card in &heads {
        let HeadCard { number, stream, last_seq, last_hash, remembered, withdrawn, .. } = card;
        let state = if *withdrawn { AnchorState::Withdrawn } else { AnchorState::Stands };
        match format {
            Format::Json => output.json(&Anchored::from(card))?,
            Format::Csv => {
                let (number, seq) = (number.to_string(), last_seq.to_string());
                let state = if *withdrawn { "does not stand" } else { "stands" };
                output.csv(&[&number, "remembered", stream, &seq, last_hash, &remembered.recorded, state])?;
            }
            Format::Text => {
                output.line(&format!("{number}  {stream} record {}{}", grouped(*last_seq), standing(state)))?;
                output.line(&format!("  {last_hash}"))?;
                output.line(&format!("  remembered from the import of {}, {}", card.bundle, remembered.recorded))?;
            }
        }
    }
    if anchors.is_empty() && heads.is_empty() && format == Format::Text {
        output.line("There is no anchor, and no import is remembered.")?;
    }
    output.finish()?;
    Ok(Code::Done)
}

const fn standing(state: AnchorState) -> &'static str {
    match state {
        AnchorState::Stands => "",
        AnchorState::Unbacked => "  (its certificate is not relied on)",
        AnchorState::Withdrawn => "  (withdrawn)",
    }
}

fn changed(sentence: &str, format: Format) -> Result<Code, Fault> {
    let mut output = Output::new();
    match format {
        Format::Json => {
            note(sentence);
            output.json(&Changed { changed: true })?;
        }
        Format::Text | Format::Csv => output.line(sentence)?,
    }
    output.finish()?;
    Ok(Code::Done)
}
