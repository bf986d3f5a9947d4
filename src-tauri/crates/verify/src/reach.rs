//! How far signatures and anchors reach: which records somebody outside the bundle vouches for.
//!
//! A record's hash covers the hash of the record before it, so whoever vouches for one record vouches for the whole
//! run of the chain that leads to it. A run ends where the chain is off, where a record does not match its hash, and at
//! an archive that was not looked into: nothing shows that what stands before it leads to what stands behind it.
//! What comes after the last record that somebody vouches for is vouched for by nobody; neither is a record whose own
//! signature is missing or cannot be judged, unless an anchor reaches it.

use crate::chain::{Linked, Trace};
use crate::proof::{Agreed, Fitting, Pinned};
use crate::seals::Sealed;

/// Who vouches for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vouched {
    /// Nobody.
    Nobody,
    /// A key that nobody has vouched for.
    Signed(Fitting),
    /// A pinned key.
    Pinned(Pinned),
    /// An anchor.
    Anchored(Agreed),
}

impl Vouched {
    const fn rank(self) -> u8 {
        match self {
            Self::Nobody => 0,
            Self::Signed(_) => 1,
            Self::Pinned(_) => 2,
            Self::Anchored(_) => 3,
        }
    }

    /// Whether somebody outside the bundle vouches.
    pub(crate) const fn is_proven(self) -> bool {
        matches!(self, Self::Pinned(_) | Self::Anchored(_))
    }
}

/// Records in a row with the same voucher.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) vouched: Vouched,
}

/// The records of one stream with who vouches for them, in order.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pub(crate) stream_id: String,
    pub(crate) stretches: Vec<Stretch>,
}

/// Works out the reach of signatures and of anchors (record numbers in ascending order) in one stream.
pub(crate) fn reach(trace: &Trace, linked: &Linked, sealed: Option<&Sealed>, agreed: &[(u64, Agreed)]) -> Reach {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (from, to) in runs(trace, linked) {
        let anchored = agreed.iter().rev().find(|(seq, _)| (from..=to).contains(seq)).copied();
        let pinned = sealed.and_then(|sealed| sealed.pinned_within(from, to));
        let signed = sealed.and_then(|sealed| sealed.unpinned_within(from, to));
        let levels = [
            anchored.map(|(seq, by)| (seq, Vouched::Anchored(by))),
            pinned.map(|(seq, by)| (seq, Vouched::Pinned(by))),
            signed.map(|(seq, by)| (seq, Vouched::Signed(by))),
            Some((to, Vouched::Nobody)),
        ];
        let mut next = from;
        for (seq, vouched) in levels.into_iter().flatten() {
            if seq >= next {
                let open = sealed.filter(|_| matches!(vouched, Vouched::Signed(_) | Vouched::Pinned(_)));
                let parts = open.map_or_else(|| vec![(next, seq, false)], |sealed| sealed.open.split(next, seq));
                for (from, to, is_open) in parts {
                    push(
                        &mut stretches,
                        Stretch { from, to, vouched: if is_open { Vouched::Nobody } else { vouched } },
                    );
                }
                next = seq.saturating_add(1);
            }
        }
    }
    Reach { stream_id: trace.id.clone(), stretches }
}

fn push(stretches: &mut Vec<Stretch>, stretch: Stretch) {
    match stretches.last_mut() {
        Some(last) if last.vouched == stretch.vouched && last.to.checked_add(1) == Some(stretch.from) => {
            last.to = stretch.to;
        }
        _ => stretches.push(stretch),
    }
}

/// The runs of the chain in which each record leads to the next.
fn runs(trace: &Trace, linked: &Linked) -> Vec<(u64, u64)> {
    let mut off = trace.altered.clone();
    for (from, to) in linked.suspect.ranges() {
        off.add(from, to);
    }
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut before: Option<&crate::chain::Piece> = None;
    for piece in &linked.kept {
        let leads = before.is_some_and(|before| linked.leads_on(before, piece));
        for (from, to, is_off) in off.split(piece.first_seq, piece.last_seq) {
            if is_off {
                continue;
            }
            match runs.last_mut() {
                // The run before reaches to the end of the piece before, and this part begins its piece.
                Some(run) if leads && from == piece.first_seq && before.is_some_and(|b| run.1 == b.last_seq) => {
                    run.1 = to;
                }
                _ => runs.push((from, to)),
            }
        }
        before = Some(piece);
    }
    runs
}

/// The weakest voucher of all records decides.
pub(crate) fn weakest(reaches: &[Reach]) -> Vouched {
    let all = reaches.iter().flat_map(|reach| &reach.stretches).map(|stretch| stretch.vouched);
    all.min_by_key(|vouched| vouched.rank()).unwrap_or(Vouched::Nobody)
}
