//! What an event records beyond the ordinary: why something failed, what changed, to whom something was disclosed.

use crate::chance::Chance;
use crate::deeds::Deed;
use crate::draft::Extras;

/// What a deed records beyond the ordinary.
pub(crate) fn extras(deed: Deed, emergency: bool, chance: &mut Chance) -> Extras {
    let mut extras = Extras { break_glass: emergency && deed != Deed::Login, ..Extras::default() };
    if extras.break_glass {
        extras.purpose = Some("BTG");
    }
    match deed {
        Deed::Login => extras.user_agent = Some(chance.pick(USER_AGENTS)),
        Deed::LoginFailed => {
            extras.outcome = Some("failure");
            extras.detail = Some(chance.pick(&["wrong password", "wrong password", "badge not read"]));
        }
        Deed::Timeout => extras.detail = Some("idle timeout"),
        Deed::ChartClose => extras.detail = Some("chart_close"),
        Deed::Refused => {
            extras.outcome = Some("failure");
            extras.detail = Some("not on the care team");
        }
        Deed::BreakGlass => extras.reason = Some(chance.pick(EMERGENCIES)),
        Deed::Psychiatry => extras.label = Some("mental_health"),
        Deed::ReleaseRecords | Deed::ClaimBatch => {
            let released = deed == Deed::ReleaseRecords;
            extras.disclosure = Some(if released { chance.pick(RELEASES) } else { CLAIMS });
        }
        Deed::Search if chance.per_mille(20) => extras.outcome = Some("partial"),
        Deed::VerifyOrder => extras.changes = Some(VERIFIED),
        Deed::Register => extras.changes = Some(MOVED),
        Deed::GrantRole => extras.changes = Some(GRANTED),
        Deed::ChangeSetting => extras.changes = Some(SET),
        Deed::Imaging if chance.per_mille(8) => {
            extras.outcome = Some("failure");
            extras.detail = Some("archive did not answer");
        }
        _ => {}
    }
    extras
}

const USER_AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edge/121.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/122.0",
    "EHR-Mobile/8.3 (iPad; iPadOS 17.3)",
];

const EMERGENCIES: &[&str] = &[
    "Emergency: patient unresponsive",
    "Emergency: rapid response on another ward",
    "Emergency: covering nurse called away",
    "other",
];

const CLAIMS: &str = concat!(
    r#"{"description":"claims of discharged patients","legal_basis":"45 CFR 164.506(c)","purpose":"payment","#,
    r#""recipient":"Example Health Plan","recipient_address":"PO Box 1, Albany, NY"}"#
);

const RELEASES: &[&str] = &[
    concat!(
        r#"{"description":"discharge summary","legal_basis":"45 CFR 164.508","purpose":"patient authorization","#,
        r#""recipient":"Hudson Law Office","recipient_address":"12 Pier Street, Albany, NY"}"#
    ),
    concat!(
        r#"{"description":"reportable condition","legal_basis":"45 CFR 164.512(b)","purpose":"public health","#,
        r#""recipient":"County Health Department","recipient_address":"1 County Plaza, Albany, NY"}"#
    ),
    concat!(
        r#"{"description":"referral records","legal_basis":"45 CFR 164.506(c)","purpose":"treatment","#,
        r#""recipient":"Dr. José Núñez, Example Cardiology","recipient_address":"7 Elm Street, Troy, NY"}"#
    ),
];

const VERIFIED: &str = r#"[{"field":"status","new":"active","old":"draft"}]"#;
const MOVED: &str = r#"[{"field":"coverage","new":"Example Health Plan","old":"self-pay"}]"#;
const GRANTED: &str = r#"[{"field":"member","new":"float pool","old":"none"}]"#;
const SET: &str = r#"[{"field":"session_timeout_minutes","new":"15","old":"20"}]"#;
