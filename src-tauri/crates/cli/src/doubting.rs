//! `compare` and `self-test`: without a vault, without a trace.

use std::path::Path;

use workbench::doubting::{self, Answer, SelfTestWish};
use workbench::wire::Fault;
use workbench::{Gauge, grouped, visible};

use crate::args::Format;
use crate::code::Code;
use crate::output::Output;
use crate::progress;

/// Holds two exports of one log against each other.
pub(crate) fn compare(older: &Path, newer: &Path, allow_large: bool, format: Format) -> Result<Code, Fault> {
    let gauge = Gauge::default();
    let Answer { found, json } =
        progress::show("Comparing", &gauge, || doubting::compare(older, newer, allow_large, &gauge))?;
    let outcome = json["outcome"].as_str().unwrap_or_default().to_owned();
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&json)?,
        Format::Csv => {
            output.csv(&["stream", "seq", "event_id", "count", "what"])?;
            for stream in &found.streams {
                let id = stream.stream_id.clone().unwrap_or_default();
                for difference in &stream.differences {
                    let seq = difference.seq.map(|seq| seq.to_string()).unwrap_or_default();
                    let event_id = difference.event_id.clone().unwrap_or_default();
                    output.csv(&[&id, &seq, &event_id, &difference.count.to_string(), &difference.message])?;
                }
            }
        }
        Format::Text => {
            output.line(&found.summary.join(" "))?;
            for stream in &found.streams {
                if let Some(id) = &stream.stream_id {
                    output.line("")?;
                    output.line(&format!("Stream {}", visible(id)))?;
                    if found.streams.len() > 1 {
                        output.line(&format!("  {}", stream.message))?;
                    }
                }
                for difference in &stream.differences {
                    output.line(&format!("  - {}", difference.message))?;
                    for (whose, place) in [("older", &difference.earlier), ("newer", &difference.later)] {
                        let Some(place) = place else { continue };
                        let line = place.line.map(|line| format!(", line {}", grouped(line))).unwrap_or_default();
                        let hash = place.hash.as_deref().map(|hash| format!(": {hash}")).unwrap_or_default();
                        output.line(&format!("      {whose}: {}{line}{hash}", place.file))?;
                    }
                    if !difference.members.is_empty() {
                        output.line(&format!("      differs in: {}", visible(&difference.members.join(", "))))?;
                    }
                }
            }
            sentences("This proves", &found.proves, &mut output)?;
            sentences("This does not prove", &found.does_not_prove, &mut output)?;
        }
    }
    output.finish()?;
    Ok(match outcome.as_str() {
        "extends" => Code::Done,
        "rewritten" => Code::Bad,
        _ => Code::NotEvaluable,
    })
}

/// Damages copies of a bundle and says how many of them the check found.
pub(crate) fn self_test(bundle: &Path, wish: &SelfTestWish, format: Format) -> Result<Code, Fault> {
    let gauge = Gauge::default();
    let Answer { found: score, json } =
        progress::show("Testing", &gauge, || doubting::self_test(bundle, wish, &gauge))?;
    let mut output = Output::new();
    match format {
        Format::Json => output.json(&json)?,
        Format::Csv => {
            output.csv(&["kind", "caught", "cannot_be_caught", "missed", "not_applicable", "what"])?;
            for kind in &score.kinds {
                let [caught, beyond, missed, unfit] = kind.tally().map(|count| count.to_string());
                output.csv(&[kind.kind, &caught, &beyond, &missed, &unfit, kind.sentence])?;
            }
        }
        Format::Text => {
            output.line(&score.summary)?;
            output.line(score.meaning)?;
            output.line("")?;
            for kind in &score.kinds {
                let [caught, beyond, missed, unfit] = kind.tally();
                // What is no damage is not caught; it is told.
                let caught_word = if kind.is_damage { "caught" } else { "told (no damage)" };
                let fates =
                    [(missed, "missed"), (caught, caught_word), (beyond, "beyond this evidence"), (unfit, "not done")];
                let fates = fates.into_iter().filter(|(count, _)| *count > 0);
                let fates: Vec<String> = fates.map(|(count, fate)| format!("{} {fate}", grouped(count))).collect();
                output.line(&format!("{:<34} {}", kind.kind, fates.join(", ")))?;
            }
        }
    }
    output.finish()?;
    Ok(if score.counts.missed > 0 { Code::Bad } else { Code::Done })
}

fn sentences(title: &str, sentences: &[String], output: &mut Output) -> Result<(), Fault> {
    if sentences.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(title)?;
    sentences.iter().try_for_each(|sentence| output.line(&format!("  - {sentence}")))
}
