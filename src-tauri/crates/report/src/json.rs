//! The form for programs: the check's own document with members added. A contract; members may be added.
//!
//! | member | what |
//! |---|---|
//! | `report` | `format` (`chartproof-report/1`), `program`, `written_at` |
//! | `checked_at` | when the verdict was reached |
//! | `subject` | `name`, `sha256`, `says` (of itself: claims), `known` (from elsewhere) |
//! | `checks`, `compared` | the checks one by one; what was really compared |
//! | `inputs` | `pins`, `limits`: what the check was handed |
//! | `self_test` | the document of a self-test, or `null` |
//! | `self_tested_at` | when it ended, where it was not made together with the check; else `null` |
//! | `check_again` | steps with `title`, `about`, `run` (lines for bash), `prints` |

use bundle::Limits;
use serde_json::{Map, Value, json};

use crate::again::Step;
use crate::fault::ReportFault;
use crate::particulars::Particulars;

/// The format's id.
pub const REPORT_FORMAT: &str = "chartproof-report/1";

pub(crate) fn object(document: Value, particulars: &Particulars, steps: &[Step]) -> Result<Vec<u8>, ReportFault> {
    let Value::Object(mut members) = document else { return Err(ReportFault::NotADocument) };
    members.extend(added(particulars, steps));
    let mut bytes = serde_json::to_vec_pretty(&members).map_err(|_| ReportFault::Unwritable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn added(particulars: &Particulars, steps: &[Step]) -> Map<String, Value> {
    let Particulars { program, checked_at, written_at, subject, limits, pins, checks, compared, self_test, .. } =
        particulars;
    let says: Map<String, Value> =
        subject.says.iter().map(|(label, value)| (label.clone(), value.as_str().into())).collect();
    let known: Map<String, Value> =
        subject.known.iter().map(|(label, value)| (label.clone(), value.as_str().into())).collect();
    let checks = checks.iter().map(|check| {
        let result = check.result.name();
        json!({"what": check.what, "how": check.how, "result": result})
    });
    let pins = pins.iter().map(|pin| json!({"fingerprint": pin.fingerprint, "by": pin.by, "on": pin.on}));
    let members = [
        ("report", json!({"format": REPORT_FORMAT, "program": program, "written_at": written_at})),
        ("checked_at", json!(checked_at)),
        ("subject", json!({"name": subject.name, "sha256": subject.sha256, "says": says, "known": known})),
        ("checks", checks.collect()),
        ("compared", json!(compared)),
        ("inputs", json!({"pins": pins.collect::<Value>(), "limits": limits.as_ref().map(limits_out)})),
        ("self_test", self_test.clone().unwrap_or_default()),
        ("self_tested_at", json!(particulars.self_tested_at)),
        ("check_again", steps.iter().map(step_out).collect()),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn limits_out(limits: &Limits) -> Value {
    json!({
        "entry_bytes_max": limits.entry_bytes_max,
        "total_bytes_max": limits.total_bytes_max,
        "entries_max": limits.entries_max,
        "ratio_max": limits.ratio_max,
        "ratio_free_bytes": limits.ratio_free_bytes,
        "path_components_max": limits.path_components_max,
        "listing_seconds_max": limits.listing_time_max.as_secs(),
    })
}

fn step_out(step: &Step) -> Value {
    json!({"title": step.title, "about": step.about, "run": step.run, "prints": step.prints})
}
