//! What the first failing check of a report means: what stands all the same, what rests on what failed, what cannot be
//! verified and why. Sentences that hold for this report, put together from its findings and from counts of its records.

use verify::{Code, Severity};

use crate::verdicts::Document;
use crate::wire::{Check, CheckResult, CoverageCounts, Failure};
use crate::words::counted;

/// Sentences of one kind that are told one by one.
const TOLD_MAX: usize = 6;

/// What the first failing check means; `None` where none failed.
pub(crate) fn of(report: &Document, checks: &[Check], counts: CoverageCounts) -> Option<Failure> {
    let number = checks.iter().position(|check| check.result == CheckResult::Differs)?;
    let check = checks.get(number)?;
    let sorted = report.sorted();
    let is_error =
        |number: &&u32| sorted.get(**number as usize).is_some_and(|finding| finding.severity == Severity::Error);
    let first = check.findings.iter().find(is_error).copied();
    let finding = first.and_then(|number| sorted.get(number as usize).copied());
    Some(Failure {
        check: u32::try_from(number).unwrap_or(u32::MAX),
        finding: first,
        stands: stands(checks, counts),
        rests: rests(finding, counts),
        not_verifiable: not_verifiable(report, checks, counts),
    })
}

fn stands(checks: &[Check], counts: CoverageCounts) -> Vec<String> {
    let mut stands = Vec::new();
    let agree = |count: u64| if count == 1 { "agrees with its" } else { "agree with their" };
    if counts.proven > 0 {
        stands.push(format!(
            "{} {} own hash and neighbors, and a pinned key or an anchor vouches for {}.",
            counted(counts.proven, "record"),
            agree(counts.proven),
            if counts.proven == 1 { "it" } else { "them" },
        ));
    }
    if counts.stands > 0 {
        stands.push(format!(
            "{} {} own hash and neighbors. Nobody outside the bundle vouches for {}.",
            counted(counts.stands, "record"),
            agree(counts.stands),
            if counts.stands == 1 { "it" } else { "them" },
        ));
    }
    let agreeing = checks.iter().filter(|check| matches!(check.result, CheckResult::Agrees | CheckResult::Notes));
    stands.extend(agreeing.map(|check| format!("{}: {}, and nothing differs.", check.what, check.done)));
    if stands.is_empty() {
        stands.push("Nothing that was compared.".to_owned());
    }
    stands
}

fn rests(finding: Option<&verify::Finding>, counts: CoverageCounts) -> Vec<String> {
    let mut rests: Vec<String> = finding.map(|finding| rests_on(finding.code).to_owned()).into_iter().collect();
    if counts.altered > 0 {
        let are = if counts.altered == 1 { "is" } else { "are" };
        rests.push(format!(
            "{} {are} marked as altered or damaged in every table, and so is what is counted from {}.",
            counted(counts.altered, "record"),
            if counts.altered == 1 { "it" } else { "them" },
        ));
    }
    if counts.missing > 0 {
        let are = if counts.missing == 1 { "is" } else { "are" };
        rests.push(format!("{} {are} missing: no list and no count can hold them.", counted(counts.missing, "record")));
    }
    rests
}

/// What rests on what an error is about.
const fn rests_on(code: Code) -> &'static str {
    match code {
        Code::EventModified => {
            "Whatever that record says. The records behind it name its stored hash, so the chain goes on past it."
        }
        Code::ChainBreak => "What lies before the break: it is tied to what comes after by that link alone.",
        Code::EventsDeleted | Code::HeadTruncated | Code::TailTruncated => {
            "Every count, every list and every first or last look that reaches into the missing span."
        }
        Code::EventInserted | Code::EventDuplicated => "Every count and every list that holds what was added.",
        Code::EventsReordered => "The order of what happened, as far as it is told by the order of the records.",
        Code::GenesisMismatch => "Where the log begins, and that nothing came before it.",
        Code::EventIdDuplicate => "Whatever refers to an event by that id: more than one record has it.",
        Code::RecordUnparseable
        | Code::DuplicateMember
        | Code::SchemaInvalid
        | Code::LineTooLong
        | Code::LastLineIncomplete => {
            "The record at that place. Where it cannot be read as an event, it is in no count and no list."
        }
        Code::FileMissing => "Everything that the file held: it is in no count and no list.",
        Code::FileHashMismatch | Code::SegmentHashMismatch => {
            "The content of that file: it is not the one that was listed. What it holds is still checked line by line."
        }
        Code::FileExtra => "What is in that file: no list says that it belongs to the export.",
        Code::AuditManifestMissing | Code::AuditManifestInvalid => {
            "What the bundle says of itself: its period, its segments, who made it."
        }
        Code::SegmentCountMismatch | Code::SegmentBoundaryMismatch | Code::MerkleRootMismatch => {
            "What the audit manifest says of that segment: how many records it holds, where it begins and ends."
        }
        Code::CheckpointMismatch => {
            "Everything between the last checkpoint that agrees and this one: it contradicts what was noted at the time."
        }
        Code::CheckpointUnparseable | Code::CheckpointModified | Code::CheckpointChainBreak => {
            "What that checkpoint says about the log."
        }
        Code::AnchorMismatch | Code::BundleRollback => {
            "The whole log: it is not the one that was known before, or not all of it."
        }
        Code::SignatureInvalid | Code::SignatureMissing | Code::SignatureAlgorithmUnsupported | Code::KeyUnknown => {
            "Who vouches for what was to be signed: without that signature nobody does."
        }
        Code::PathUnsafe
        | Code::LinkForbidden
        | Code::ArchiveLayout
        | Code::ArchiveLimitExceeded
        | Code::ArchiveEntryType
        | Code::ArchiveDuplicateEntry
        | Code::ArchiveNameCollision => "All of it: nothing is read from a container that breaks this rule.",
        _ => "What the lists of the bundle say about its files.",
    }
}

fn not_verifiable(report: &Document, checks: &[Check], counts: CoverageCounts) -> Vec<String> {
    let said = |finding: &&verify::Finding| {
        matches!(finding.code, Code::UnverifiableSpan | Code::ArchiveAbsent | Code::ChainStartUnverified)
    };
    let spans: Vec<String> = report.findings.iter().filter(said).map(|finding| finding.message.clone()).collect();
    let untold = spans.len().saturating_sub(TOLD_MAX);
    let mut lines: Vec<String> = spans.into_iter().take(TOLD_MAX).collect();
    if untold > 0 {
        lines.push(format!("And {} of the same kind.", counted(untold as u64, "more span")));
    }
    if counts.not_verified > 0 {
        lines.push(format!("{} could not be verified.", counted(counts.not_verified, "record")));
    }
    let open = checks.iter().filter(|check| matches!(check.result, CheckResult::NotChecked | CheckResult::Partly));
    lines.extend(open.map(|check| format!("{}. {}", check.what, check.how)));
    lines
}
