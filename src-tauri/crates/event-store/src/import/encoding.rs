//! Encoding a run on all processors: whoever is free takes the next stretch; chunks are handed on in their order.
//!
//! # Invariants
//! * Chunks come out in the order of [`Stretches`], whoever was faster.
//! * Of chunks that are ready, only as many wait as other stretches of the same run take.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::rows::Rows;
use super::stretches::Stretches;
use super::unpoisoned;
use crate::StoreFault;
use crate::chunk::{NewChunk, Sizes};

/// More threads would wait for the one that writes.
const THREADS_MAX: usize = 4;

/// A chunk with its place in the order.
type Encoded = (u64, Result<NewChunk, StoreFault>);

/// Encodes a run in every order and hands the chunks to `sink`, which runs on the thread of the caller.
pub(crate) fn encode(
    rows: &Rows,
    sizes: Sizes,
    sink: impl FnMut(NewChunk) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    let stretches = Mutex::new((0..).zip(Stretches::of(rows, sizes)));
    thread::scope(|scope| {
        let (give, encoded) = sync_channel(threads);
        for _ in 0..threads {
            let (give, stretches) = (give.clone(), &stretches);
            scope.spawn(move || {
                loop {
                    let Some((turn, stretch)) = unpoisoned(stretches).next() else { return };
                    // Nobody receives any more if writing failed.
                    if give.send((turn, stretch.encode())).is_err() {
                        return;
                    }
                }
            });
        }
        drop(give);
        in_order(encoded, sink)
    })
}

/// The receiver is gone when this returns, early or not, so that nobody waits for it.
fn in_order(
    encoded: Receiver<Encoded>,
    mut sink: impl FnMut(NewChunk) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    for (at, chunk) in encoded {
        early.insert(at, chunk);
        while let Some(chunk) = early.remove(&turn) {
            turn += 1;
            sink(chunk?)?;
        }
    }
    Ok(())
}
