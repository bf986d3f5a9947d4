//! What is said about signatures and keys: one finding for one cause.

use integrity::signature::Purpose;

use super::gather::{KeyUse, Seals, Spot, Trouble};
use super::keyring::{Key, Keyring, Wrong, shown};
use crate::finding::{Code, Finding};
use crate::record::clock;
use crate::words::{count_of, number};
use crate::work::Work;

/// A finding with the places of its first subject.
fn at(finding: Finding, spot: &Spot) -> Finding {
    let mut finding = finding;
    if !spot.stream_id.is_empty() {
        finding = finding.stream_id(spot.stream_id.as_str());
    }
    if !spot.file.is_empty() {
        finding = finding.at_file(&spot.file);
    }
    finding.seq = spot.seq;
    finding.line = spot.line;
    finding.byte_offset = spot.byte_offset;
    finding.field.clone_from(&spot.field);
    finding
}

/// What a signature is about, as the beginning of a sentence: `Record 19`, `The segment …`.
fn subject(trouble: &Trouble) -> String {
    let (first, last) = (trouble.spot.seq.unwrap_or_default(), trouble.last_seq.unwrap_or_default());
    match trouble.purpose {
        Purpose::Event if trouble.count == 1 => format!("record {}", number(first)),
        Purpose::Event if trouble.in_a_row => {
            format!("each of the records {} to {}", number(first), number(last))
        }
        Purpose::Event => format!("{}, the first one record {}", count_of(trouble.count, "record"), number(first)),
        Purpose::Segment => format!("the entry of {}", bundle::escape::visible(&trouble.spot.file)),
        Purpose::Checkpoint => match trouble.spot.line {
            Some(line) => format!("the checkpoint in line {}", number(line)),
            None => "the log by a checkpoint".to_owned(),
        },
    }
}

/// A trouble as a finding.
pub(super) fn trouble(trouble: &Trouble) -> Finding {
    let subject = subject(trouble);
    let message = match trouble.wrong {
        Wrong::Signature => {
            format!("The signature of {subject} does not fit what stands there: one of the two is not as it was made.")
        }
        Wrong::OtherAlgorithm => {
            format!("The signature of {subject} names another algorithm than its key is bound to.")
        }
        Wrong::Unsupported => format!(
            "The signature of {subject} was not checked: its algorithm or its key is outside what the format allows."
        ),
        Wrong::UnknownKey => format!(
            "The signature of {subject} is made with a key that is not there: neither the bundle nor the trust store \
             has it."
        ),
        Wrong::Missing => {
            format!("The signature of {subject} is missing, although the bundle says that there is one.")
        }
    };
    let finding = at(Finding::new(trouble.wrong.code(), message), &trouble.spot);
    let finding = if trouble.kid.is_empty() { finding } else { finding.kid(trouble.kid.as_str()) };
    match (trouble.spot.seq, trouble.last_seq) {
        (Some(first), Some(last)) if trouble.count > 1 => {
            let finding = finding.count(trouble.count);
            if trouble.in_a_row { finding.altered_within([first, last]) } else { finding }
        }
        _ if trouble.count > 1 => finding.count(trouble.count),
        _ => finding,
    }
}

pub(super) fn untold_strangers(count: u64) -> Finding {
    let message = format!("And {} by still other keys that are not there.", count_of(count, "signature"));
    Finding::new(Code::KeyUnknown, message).count(count)
}

/// Reports everything about signatures and keys.
pub(crate) fn tell(work: &mut Work<'_>, keyring: &Keyring, seals: &mut Seals) {
    let named = seals.strange_kids();
    let mut tally = seals.finish();
    for (index, key) in keyring.keys.iter().enumerate() {
        let field = key.entry.map(|place| format!("keys[{place}]"));
        match (seals.uses.get(&index), key.unfit_entry()) {
            (Some(used), why) => {
                if let Some(why) = why {
                    // A pin must not hide that the list lies: without the key in the pin nothing would fit.
                    let message = format!(
                        "The list of keys has something else under the fingerprint of a pinned key: {why}. The \
                         signatures were checked with the key that was pinned."
                    );
                    let finding = Finding::new(Code::KeyUnknown, message).at_file(&keyring.path).kid(shown(&key.kid));
                    work.find(match field {
                        Some(field) => finding.field(field),
                        None => finding,
                    });
                }
                key_findings(work, keyring, key, used);
            }
            (None, Some(why)) if named.contains(&shown(&key.kid)) => {
                for code in [Code::KeyUnknown, Code::SignatureAlgorithmUnsupported] {
                    tally.amend(code, |finding| {
                        if finding.kid.as_ref() == Some(&shown(&key.kid)) {
                            finding.message += " The key in the list cannot be used: ";
                            finding.message += why;
                            finding.message.push('.');
                        }
                    });
                }
            }
            // A key that cannot be used and that nothing uses weakens nothing but the list.
            (None, Some(why)) => {
                let message =
                    format!("A key in the list of keys cannot be used: {why}. No signature was made with it.");
                let finding = Finding::new(Code::KeyUntrusted, message).at_file(&keyring.path).kid(shown(&key.kid));
                work.find(match field {
                    Some(field) => finding.field(field),
                    None => finding,
                });
            }
            (None, None) => {}
        }
    }
    work.tally.absorb(tally);
}

fn key_findings(work: &mut Work<'_>, keyring: &Keyring, key: &Key, used: &KeyUse) {
    let about =
        |code, message: String| at(Finding::new(code, message), &used.first).kid(shown(&key.kid)).count(used.count);
    let signed = count_of(used.count, "signature");
    if keyring.is_revoked(key) {
        let from = key.revoked_from.filter(|from| *from != i64::MIN).map(clock::text);
        let since = from.as_ref().map(|from| format!(" from {from} on")).unwrap_or_default();
        let message = format!(
            "{signed} {} made with a key that is revoked{since}. Whoever has the key can date a signature as they like, \
             so none of them vouches for anything.",
            if used.count == 1 { "was" } else { "were" }
        );
        let finding = about(Code::KeyRevoked, message);
        work.find(match from {
            Some(from) => finding.times(vec![from]),
            None => finding,
        });
    }
    if !key.is_pinned {
        let message = format!(
            "{signed} {} a key that the bundle itself brings. Nobody has compared its fingerprint with the producer's, \
             so anybody may have made it.",
            if used.count == 1 { "fits" } else { "fit" }
        );
        work.find(about(Code::KeyUntrusted, message));
    } else if let Some(purpose) = used.purposes.iter().find(|purpose| !key.is_for(**purpose)) {
        let message = format!("A key was used for a {}, which its entry does not allow.", purpose.word());
        work.find(about(Code::KeyUntrusted, message).field("usage"));
    }
    if let Some((spot, time, count)) = &used.outside {
        let message = format!(
            "{} over something dated outside the validity that the bundle states for the key. The dates are the \
             signer's own.",
            count_of(*count, "signature")
        );
        let [from, to] = key.validity();
        let finding = at(Finding::new(Code::KeyNotValidAtTime, message), spot).kid(shown(&key.kid)).count(*count);
        work.find(finding.times(vec![clock::text(*time), from, to]));
    }
}
