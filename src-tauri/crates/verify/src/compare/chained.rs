//! Two audit bundles, stream by stream.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::Halt;
use crate::hands::Options;
use crate::record::clock;

use super::holdings::{Holding, Holdings};
use super::merge::{self, Merged, PLACES_MAX};
use super::outcome::{Comparison, ExportName, Obstacle, Order, Outcome, SeqSpan, StreamComparison};
use super::settle::{removed, settle};
use super::{Export, Meter, members, tell};

/// Most streams that are compared. A bundle has a handful.
const STREAMS_MAX: usize = 10_000;

/// Compares two audit bundles.
pub(super) fn compare(pair: &[Export<'_>; 2], options: &Options, meter: &mut Meter<'_>) -> Result<Comparison, Halt> {
    let sources = [pair[0].source, pair[1].source];
    let holdings = [Holdings::of(sources[0])?, Holdings::of(sources[1])?];
    let mut names = [0, 1].map(|side: usize| ExportName {
        bundle_id: holdings[side].bundle_id.clone(),
        created: holdings[side].created.clone(),
        ..ExportName::of(&pair[side])
    });
    let mut merged: BTreeMap<&str, Merged> = BTreeMap::new();
    let mut room = PLACES_MAX;
    let ids: BTreeSet<&String> = holdings.iter().flat_map(|holdings| holdings.streams.keys()).collect();
    let nothing = Holding::default();
    let held = |id: &str| [0, 1].map(|side: usize| holdings[side].streams.get(id).unwrap_or(&nothing));
    for id in ids.iter().take(STREAMS_MAX) {
        let found = merge::stream(sources, held(id), id, options.fingerprint_key, &mut room, meter)?;
        for (name, records) in names.iter_mut().zip(found.records) {
            name.records += records;
        }
        merged.insert(id, found);
    }
    let order = order(&merged, &holdings);
    let later = usize::from(order == Order::AsGiven);
    if order == Order::Reversed {
        names.swap(0, 1);
    }
    let mixed: BTreeSet<String> =
        merged.values_mut().flat_map(|merged| merged.strangers.iter_mut().flat_map(std::mem::take)).collect();
    let is_one_log = merged.values().any(|found| found.agreed.count > 0);
    let mut streams = Vec::new();
    for (id, mut found) in merged {
        let mut stream = match found.records {
            [0, 0] if !mixed.contains(id) => continue,
            records if records[later] == 0 && records[1 - later] > 0 => {
                // Of one log, as another stream shows, a stream may not vanish; what is said to lie elsewhere may.
                let is_said = !held(id)[later].absent.is_empty() || found.is_damaged[later] || mixed.contains(id);
                if is_one_log && !is_said {
                    removed(id, &found, held(id), later)
                } else {
                    alone(id, Obstacle::OnlyInEarlier)
                }
            }
            records if records[1 - later] == 0 && records[later] > 0 && held(id)[1 - later].absent.is_empty() => {
                new(id, &found, later)
            }
            _ => settle(id, &mut found, held(id), later),
        };
        if mixed.contains(id) {
            stream.obstacle.get_or_insert(Obstacle::MixedStreams);
            stream.outcome = stream.outcome.min(Outcome::NotComparable);
            stream.message = tell::of_stream(&stream);
        }
        members::look_up([sources[1 - later], sources[later]], &mut stream)?;
        streams.push(stream);
    }
    if ids.len() > STREAMS_MAX {
        streams.push(StreamComparison { obstacle: Some(Obstacle::TooMany), ..StreamComparison::blank(None) });
    }
    Ok(Comparison::new(pair[0].source.profile().name(), order, names, streams))
}

fn alone(id: &str, obstacle: Obstacle) -> StreamComparison {
    let mut stream = StreamComparison { obstacle: Some(obstacle), ..StreamComparison::blank(Some(id.to_owned())) };
    stream.message = tell::of_stream(&stream);
    stream
}

/// A stream that only the later export holds: nothing of the earlier one is contradicted by it.
fn new(id: &str, found: &Merged, later: usize) -> StreamComparison {
    let from = found.first[later].as_ref().map(|first| first.seq);
    let to = found.head[later].map(|(seq, _)| seq);
    let new = Some(SeqSpan { from, to, count: found.records[later] });
    let mut stream =
        StreamComparison { outcome: Outcome::Extends, new, ..StreamComparison::blank(Some(id.to_owned())) };
    stream.message = tell::of_stream(&stream);
    stream
}

/// Who is the earlier: as given, unless every stream that tells them apart says otherwise, and so do the times at which
/// the exports say they were made. One of the two alone is not believed: an export whose tail was cut off is shorter too,
/// and a time is quickly written.
fn order(merged: &BTreeMap<&str, Merged>, holdings: &[Holdings; 2]) -> Order {
    let heads = || merged.values().filter_map(|merged| merged.head[0].zip(merged.head[1]));
    let is_shorter = heads().any(|((one, _), (other, _))| other < one);
    let is_longer = heads().any(|((one, _), (other, _))| other > one);
    let made = |side: usize| holdings[side].created.as_deref().and_then(|text| clock::nanos(text).ok());
    let states_reverse = made(0).zip(made(1)).is_some_and(|(one, other)| other < one);
    if is_shorter && !is_longer && states_reverse { Order::Reversed } else { Order::AsGiven }
}
