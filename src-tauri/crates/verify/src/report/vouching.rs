//! The sentences about who vouches for which records, and for which nobody does (formats 1.12).

use crate::anchors::{Origin, Outcome, Used};
use crate::finding::Code;
use crate::reach::{Stretch, Vouched};
use crate::words::{count_of, number, records};

use super::sentences::Basis;
use super::{KeyStanding, SignedBy};

/// Most stretches that are told one by one.
const STRETCHES_MAX: usize = 5;

/// Whose records a stretch holds: `Records 1 to 36`, with the stream where there are several.
fn whose(basis: &Basis<'_>, stream_id: &str, stretch: &Stretch) -> String {
    let range = records(stretch.from, stretch.to);
    if basis.reaches.len() > 1 { format!("{range} of stream {stream_id}") } else { range }
}

/// A range in the middle of a sentence.
fn lowered(range: &str) -> String {
    range.replacen("Record", "record", 1)
}

/// All stretches that fit, with their streams.
fn stretches<'a>(basis: &Basis<'a>, fits: impl Fn(Vouched) -> bool) -> impl Iterator<Item = (&'a str, &'a Stretch)> {
    let all = basis.reaches.iter().flat_map(|reach| reach.stretches.iter().map(|one| (reach.stream_id.as_str(), one)));
    all.filter(move |(_, stretch)| fits(stretch.vouched))
}

/// What signatures and anchors prove.
pub(super) fn proves(basis: &Basis<'_>, sentences: &mut Vec<String>) {
    if let Some(stamp) = basis.stamp {
        sentences.push(format!(
            "The whole bundle existed as it is now at {}: {} has stamped it, under a certificate that is pinned.",
            stamp.time, stamp.authority
        ));
    }
    for (stream_id, stretch) in stretches(basis, |by| matches!(by, Vouched::Anchored(_))).take(STRETCHES_MAX) {
        if let Some(why) = anchored(basis, stream_id, stretch) {
            sentences.push(format!("{} {why}.", whose(basis, stream_id, stretch)));
        }
    }
    let pinned: Vec<_> = basis.signed_by.iter().filter(|key| key.standing == KeyStanding::Pinned).collect();
    // What an anchor covers may be signed as well; the signature is worth a sentence of its own there too.
    for (stream_id, stretch) in stretches(basis, |by| matches!(by, Vouched::Pinned(_))).take(STRETCHES_MAX) {
        sentences.push(format!(
            "{} are what the holder of {} signed: nobody without that key could have written or changed them.",
            whose(basis, stream_id, stretch),
            keys(&pinned)
        ));
    }
    let unpinned: Vec<_> = basis.signed_by.iter().filter(|key| key.standing != KeyStanding::Pinned).collect();
    for (stream_id, stretch) in stretches(basis, |by| matches!(by, Vouched::Signed(_))).take(STRETCHES_MAX) {
        sentences.push(format!(
            "{} are what the holder of {} signed, whoever that is.",
            whose(basis, stream_id, stretch),
            keys(&unpinned)
        ));
    }
    if basis.goes_on {
        sentences.push("The log goes on from the head that was known of its earlier part.".to_owned());
    }
}

/// Why a stretch is anchored: the anchor that reaches farthest into it.
fn anchored(basis: &Basis<'_>, stream_id: &str, stretch: &Stretch) -> Option<String> {
    let agreeing = basis.anchors.iter().filter(|used| used.anchor.stream_id == stream_id);
    let within = agreeing.filter_map(|used| match used.outcome {
        Outcome::Agrees { to, .. } if (stretch.from..=stretch.to).contains(&to) => Some((to, used.anchor)),
        _ => None,
    });
    let (to, anchor) = within.max_by_key(|(to, _)| *to)?;
    Some(match &anchor.origin {
        Origin::Remembered(remembered) => {
            format!("have not changed since our import on {}", bundle::escape::visible(&remembered.on))
        }
        Origin::Stamped { at } => format!(
            "are as they were when a time stamp was put on the head at record {}, at {}",
            number(to),
            bundle::escape::visible(at)
        ),
        Origin::Typed | Origin::File => {
            format!("are as they were when the head at record {} was noted outside of this bundle", number(to))
        }
    })
}

/// The keys by their fingerprints, with who pinned them.
fn keys(keys: &[&SignedBy]) -> String {
    const TOLD: usize = 2;
    let told = keys.iter().take(TOLD).map(|key| {
        let by = key.pinned_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let on = key.pinned_on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        match key.standing {
            KeyStanding::Pinned => format!("the key {} (pinned{by}{on})", key.kid),
            KeyStanding::Unpinned | KeyStanding::Revoked => format!("the key {}", key.kid),
        }
    });
    let told: Vec<_> = told.collect();
    let more = match keys.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" or {}", count_of(u64::try_from(more).unwrap_or(u64::MAX), "other key")),
    };
    if told.is_empty() { "a key".to_owned() } else { format!("{}{more}", told.join(" or ")) }
}

/// What they do not.
pub(super) fn does_not_prove(basis: &Basis<'_>, sentences: &mut Vec<String>) {
    let has = |fits: fn(Vouched) -> bool| stretches(basis, fits).next().is_some();
    let has_proven = has(Vouched::is_proven);
    if has_proven {
        let by_anchor = has(|by| matches!(by, Vouched::Anchored(_)));
        sentences.push(if by_anchor {
            "That the log was not made anew before the anchor was taken: whoever held it until then could have computed \
             all of it again."
                .to_owned()
        } else {
            "That the holder of the pinned key did not make the log anew.".to_owned()
        });
        for (stream_id, stretch) in stretches(basis, |by| !by.is_proven()).take(STRETCHES_MAX) {
            sentences.push(format!(
                "Anything about {}{}: no pinned key and no anchor stands for them, so they could have been written or \
                 changed by whoever held the log.",
                lowered(&whose(basis, stream_id, stretch)),
                if matches!(stretch.vouched, Vouched::Signed(_)) {
                    ", beyond a key that nobody has compared"
                } else {
                    ""
                },
            ));
        }
        let anchored = has(|by| matches!(by, Vouched::Anchored(_)));
        let what = if anchored { "the anchor was taken" } else { "the last signed record" };
        sentences.push(format!("What happened after {what}: records that came later may have been left out."));
    } else {
        let is_compared = basis.anchors.iter().any(Used::is_compared);
        let why = if is_compared {
            "nothing from outside the bundle agrees with it"
        } else {
            "nothing that was checked comes from outside the bundle"
        };
        sentences.push(format!(
            "That the log was not made anew as a whole: {why}, so whoever held it could have computed all of it again, \
             checkpoints included."
        ));
    }
    if has(|by| matches!(by, Vouched::Signed(_))) || basis.tally.has(Code::KeyUntrusted) {
        sentences.push(
            "Who signed: a key in the bundle is a claim until its fingerprint has been compared with the producer's."
                .to_owned(),
        );
    }
    if has(|by| matches!(by, Vouched::Pinned(_))) {
        sentences.push(
            "Who used the pinned key, whether it is kept in hardware, and that the times are true: those are the \
             signer's own."
                .to_owned(),
        );
    }
    let has_pinned = basis.signed_by.iter().any(|key| key.standing == KeyStanding::Pinned);
    if basis.has_trust && !has_pinned && basis.stamp.is_none() {
        sentences.push("That anybody you trust signed this bundle: no pinned key has.".to_owned());
    }
    for used in basis.anchors.iter().filter(|used| matches!(used.outcome, Outcome::Elsewhere)).take(STRETCHES_MAX) {
        if !matches!(used.anchor.origin, Origin::Remembered(_)) {
            sentences.push(format!(
                "Agreement with the head that was given for stream {}, record {}: this bundle does not hold it.",
                bundle::escape::visible(&used.anchor.stream_id),
                number(used.anchor.last_seq)
            ));
        }
    }
    if basis.tally.has(Code::TokenNotChecked) {
        sentences.push("Since when the bundle exists: its time stamp was not checked.".to_owned());
    }
}

/// The two lines for a log that somebody vouches for from beginning to end.
pub(super) fn summary(basis: &Basis<'_>) -> [String; 2] {
    let all = count_of(basis.counts.records, "record");
    let has = |fits: fn(Vouched) -> bool| stretches(basis, fits).next().is_some();
    let signed = has(|by| matches!(by, Vouched::Pinned(_)));
    let anchored = has(|by| matches!(by, Vouched::Anchored(_)));
    let who = match (signed, anchored, basis.stamp) {
        (_, _, Some(stamp)) => format!("a time stamp shows that they existed as they are at {}", stamp.time),
        (true, true, None) => "a pinned key has signed them or an anchor agrees with them".to_owned(),
        (true, false, None) => "a pinned key has signed them".to_owned(),
        (false, _, None) => known_since(basis),
    };
    let end = basis.last_seq.map_or_else(String::new, |seq| format!(" up to record {}", number(seq)));
    let before = match basis.reaches {
        _ if !basis.tally.has(Code::ChainStartUnverified) => String::new(),
        [only] => only.stretches.first().map_or_else(String::new, |first| {
            format!("came before record {}, which this bundle begins with, about what ", number(first.from))
        }),
        _ => "came before the records that this bundle begins with, about what ".to_owned(),
    };
    [
        format!("The {all} agree with each other, and {who}{end}."),
        format!("Nothing is proven about what {before}came after that, or about what was never recorded."),
    ]
}

/// Since when it is known outside of the bundle that the records are as they are.
fn known_since(basis: &Basis<'_>) -> String {
    let agreeing = basis.anchors.iter().filter(|used| matches!(used.outcome, Outcome::Agrees { .. }));
    let imports: Option<Vec<_>> = agreeing
        .map(|used| match &used.anchor.origin {
            Origin::Remembered(remembered) => Some(remembered.on.as_str()),
            Origin::Typed | Origin::File | Origin::Stamped { .. } => None,
        })
        .collect();
    // Of several, the first import shows the most; their days are written so that they sort.
    match imports.and_then(|days| days.into_iter().min()) {
        Some(day) => format!("have not changed since our import on {}", bundle::escape::visible(day)),
        None => "they agree with what was known outside of this bundle".to_owned(),
    }
}

/// The second line for a log of which only a part is vouched for, or by a key that nobody has compared.
pub(super) fn shortfall(basis: &Basis<'_>) -> Option<String> {
    if let Some((stream_id, stretch)) = stretches(basis, Vouched::is_proven).next() {
        let (open_id, open) = stretches(basis, |by| !by.is_proven()).next()?;
        let these = whose(basis, stream_id, stretch);
        let vouched = match stretch.vouched {
            Vouched::Anchored(_) => anchored(basis, stream_id, stretch).map(|why| format!("{these} {why}")),
            _ => None,
        };
        let vouched = vouched.unwrap_or_else(|| format!("A pinned key has signed {}", lowered(&these)));
        return Some(format!("{vouched}; nobody vouches for {}.", lowered(&whose(basis, open_id, open))));
    }
    if basis.signed_by.iter().all(|key| key.standing == KeyStanding::Revoked) && !basis.signed_by.is_empty() {
        return Some("They are signed with a key that is revoked: its signatures vouch for nothing.".to_owned());
    }
    let signed = stretches(basis, |by| matches!(by, Vouched::Signed(_))).next();
    signed.map(|_| {
        "They are signed with a key that only the bundle itself brings: compare its fingerprint with the producer's \
         and pin it."
            .to_owned()
    })
}
