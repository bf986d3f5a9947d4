//! Event ids that occur more than once in a stream.
//!
//! The pass leaves only fingerprints. Those that repeat are traced back to their records, which are read again: only
//! ids that are the same text are reported.

use std::collections::BTreeMap;

use crate::claims::Claims;
use crate::fault::{Halt, VerifyFault};
use crate::finding::{Code, Finding, Place};
use crate::hands::Spill;
use crate::words::number;
use crate::work::Work;

use super::detail::Lines;
use super::trace::Spot;

/// Most repeated ids that are traced back; a report tells 500 of them.
const GROUPS_MAX: usize = 1000;
/// Most records of one repeated id that are traced back.
const PLACES_MAX: usize = 20;

/// Reports every event id that several records of one stream share.
pub(crate) fn duplicate_ids(work: &mut Work<'_>, claims: &Claims, spill: &mut dyn Spill) -> Result<(), Halt> {
    let mut groups: Vec<(Vec<Spot>, u64)> = Vec::new();
    let mut untold = 0_u64;
    let each = &mut |prints: &[crate::hands::Print]| {
        if groups.len() < GROUPS_MAX {
            let spots = prints.iter().take(PLACES_MAX).map(|print| Spot::unpacked(print.place)).collect();
            groups.push((spots, u64::try_from(prints.len()).unwrap_or(u64::MAX)));
        } else {
            untold += 1;
        }
    };
    spill.repeats(each).map_err(|fault| Halt::Fault(VerifyFault::Spill(fault)))?;
    groups.sort();
    let mut lines = Lines::default();
    for spot in groups.iter().flat_map(|(spots, _)| spots) {
        lines.want(*spot);
    }
    lines.fetch(work, claims)?;
    for (spots, count) in groups {
        tell(work, claims, &spots, count, &lines);
    }
    if untold > 0 {
        let message = format!("And {} more event ids are used by several records.", number(untold));
        work.find(Finding::new(Code::EventIdDuplicate, message).count(untold));
    }
    Ok(())
}

fn tell(work: &mut Work<'_>, claims: &Claims, spots: &[Spot], count: u64, lines: &Lines) {
    let mut same: BTreeMap<(&str, &str), Vec<(u64, Spot)>> = BTreeMap::new();
    for spot in spots {
        if let Some(detail) = lines.get(*spot)
            && let Some(id) = &detail.event_id
        {
            same.entry((&detail.stream_id, id)).or_default().push((detail.seq, *spot));
        }
    }
    for ((stream_id, event_id), mut records) in same {
        records.sort_unstable();
        let [(first, _), (second, spot), ..] = records.as_slice() else { continue };
        let places: Vec<_> = records
            .iter()
            .map(|(seq, spot)| Place {
                file: bundle::escape::visible(claims.path(spot.segment)).into_owned(),
                line: spot.line,
                seq: *seq,
            })
            .collect();
        let message = if first == second {
            format!("The event id of record {} occurs twice under that number.", number(*second))
        } else {
            format!("Record {} has the same event id as record {}.", number(*second), number(*first))
        };
        let finding = Finding::new(Code::EventIdDuplicate, message)
            .stream_id(stream_id)
            .seq(*second)
            .event_id(bundle::escape::visible(event_id))
            .at_file(claims.path(spot.segment))
            .line(spot.line)
            .count(count)
            .places(places);
        work.find(finding);
    }
}
