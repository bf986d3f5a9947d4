//! Long work: named, counted, cancellable.
//!
//! A job runs on a thread of its own and reports through a [`Gauge`]. The list is what the status bar shows; it never
//! names a person or a path.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock;
use crate::wire::{Badge, Fault, FaultCode, Job, JobState};

/// How long a finished job stays in the list, in milliseconds. One that failed stays until somebody has read why.
const LINGER_MS: i64 = 60_000;
/// Finished jobs kept at most.
const FINISHED_MAX: usize = 20;
/// No estimate before this much of the work is done, in percent: early ones mislead.
const ESTIMATE_FROM_PERCENT: u64 = 3;

/// What a running job writes to and its list reads from. Cheap to clone.
#[derive(Clone, Default)]
pub struct Gauge(Arc<Dials>);

#[derive(Default)]
struct Dials {
    records_done: AtomicU64,
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    stop: AtomicBool,
    bundle: Mutex<Option<String>>,
}

impl Gauge {
    /// Says how many bytes there are in all.
    pub fn expect_bytes(&self, total: u64) {
        self.0.bytes_total.store(total, Ordering::Relaxed);
    }

    /// Says how far it is.
    pub fn advance(&self, records: u64, bytes: u64) {
        self.0.records_done.store(records, Ordering::Relaxed);
        self.0.bytes_done.store(bytes, Ordering::Relaxed);
    }

    /// Names the bundle once it has an id.
    pub fn name_bundle(&self, bundle: &str) {
        *self.0.bundle.lock().unwrap_or_else(PoisonError::into_inner) = Some(bundle.to_owned());
    }

    /// Asks the job to stop at the next good place.
    pub fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// Records done, bytes done, bytes in all.
    #[must_use]
    pub fn read(&self) -> (u64, u64, u64) {
        let dials = &self.0;
        (
            dials.records_done.load(Ordering::Relaxed),
            dials.bytes_done.load(Ordering::Relaxed),
            dials.bytes_total.load(Ordering::Relaxed),
        )
    }

    fn bundle(&self) -> Option<String> {
        self.0.bundle.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How a job ended well.
pub(crate) struct Outcome {
    pub(crate) sentence: String,
    pub(crate) badge: Option<Badge>,
}

struct Entry {
    number: u32,
    what: &'static str,
    gauge: Gauge,
    started_ms: i64,
    ended: Option<(i64, Result<Outcome, Fault>)>,
}

/// The list of jobs.
#[derive(Default)]
pub(crate) struct Jobs {
    next: AtomicU32,
    entries: Mutex<VecDeque<Entry>>,
}

impl Jobs {
    /// Enters a job and gives its number.
    pub(crate) fn begin(&self, what: &'static str, gauge: &Gauge) -> u32 {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.with(|entries| {
            entries.push_back(Entry { number, what, gauge: gauge.clone(), started_ms: clock::epoch_ms(), ended: None });
        });
        number
    }

    /// Notes how a job ended.
    pub(crate) fn end(&self, number: u32, result: Result<Outcome, Fault>) {
        self.with(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.number == number) {
                entry.ended = Some((clock::epoch_ms(), result));
            }
        });
    }

    /// Asks a job to stop; `false` when there is none with this number at work.
    pub(crate) fn stop(&self, number: u32) -> bool {
        self.with(|entries| {
            let entry = entries.iter().find(|entry| entry.number == number && entry.ended.is_none());
            entry.map(|entry| entry.gauge.stop()).is_some()
        })
    }

    /// Asks every job to stop, as before the vault locks.
    pub(crate) fn stop_all(&self) {
        self.with(|entries| entries.iter().for_each(|entry| entry.gauge.stop()));
    }

    /// Takes a job that has ended off the list; `false` when there is none with this number.
    pub(crate) fn dismiss(&self, number: u32) -> bool {
        self.with(|entries| {
            let before = entries.len();
            entries.retain(|entry| entry.number != number || entry.ended.is_none());
            entries.len() < before
        })
    }

    /// Whether any job is at work.
    pub(crate) fn busy(&self) -> bool {
        self.with(|entries| entries.iter().any(|entry| entry.ended.is_none()))
    }

    /// The list as shown; jobs that ended well a while ago are dropped.
    pub(crate) fn list(&self) -> Vec<Job> {
        let now = clock::epoch_ms();
        self.with(|entries| {
            entries.retain(|entry| entry.stays(now));
            while entries.len() > FINISHED_MAX && entries.front().is_some_and(|entry| entry.ended.is_some()) {
                entries.pop_front();
            }
            entries.iter().map(|entry| entry.show(now)).collect()
        })
    }

    /// One job, however long ago it ended within what is kept.
    pub(crate) fn find(&self, number: u32) -> Option<Job> {
        let now = clock::epoch_ms();
        self.with(|entries| entries.iter().find(|entry| entry.number == number).map(|entry| entry.show(now)))
    }

    /// The gauge of a job.
    pub(crate) fn gauge(&self, number: u32) -> Option<Gauge> {
        self.with(|entries| entries.iter().find(|entry| entry.number == number).map(|entry| entry.gauge.clone()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Entry>) -> T) -> T {
        act(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    fn stays(&self, now_ms: i64) -> bool {
        match &self.ended {
            None => true,
            Some((_, Err(fault))) if fault.code != FaultCode::Cancelled => true,
            Some((at, _)) => now_ms - at < LINGER_MS,
        }
    }

    fn show(&self, now_ms: i64) -> Job {
        let (records_done, bytes_done, bytes_total) = self.gauge.read();
        let mut job = Job {
            job: self.number,
            what: self.what.to_owned(),
            bundle: self.gauge.bundle(),
            state: if self.gauge.stopped() { JobState::Stopping } else { JobState::Running },
            records_done,
            bytes_done,
            bytes_total,
            seconds_left: seconds_left(now_ms - self.started_ms, bytes_done, bytes_total),
            sentence: None,
            fault: None,
            badge: None,
        };
        if let Some((_, result)) = &self.ended {
            job.seconds_left = None;
            match result {
                Ok(outcome) => {
                    job.state = JobState::Done;
                    job.sentence = Some(outcome.sentence.clone());
                    job.badge.clone_from(&outcome.badge);
                }
                Err(fault) => {
                    let cancelled = fault.code == FaultCode::Cancelled;
                    job.state = if cancelled { JobState::Cancelled } else { JobState::Failed };
                    job.sentence = Some(fault.what.clone());
                    job.fault = Some(fault.clone());
                }
            }
        }
        job
    }
}

fn seconds_left(elapsed_ms: i64, done: u64, total: u64) -> Option<u32> {
    if total == 0 || done == 0 || done > total || done.saturating_mul(100) / total < ESTIMATE_FROM_PERCENT {
        return None;
    }
    let elapsed_ms = u64::try_from(elapsed_ms).ok()?;
    let left_ms = u128::from(elapsed_ms) * u128::from(total - done) / u128::from(done);
    u32::try_from(left_ms.div_ceil(1000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_listed_until_it_ended_and_says_how() {
        let jobs = Jobs::default();
        let gauge = Gauge::default();
        let number = jobs.begin("Checking", &gauge);
        gauge.expect_bytes(100);
        gauge.advance(3, 50);
        let job = jobs.find(number).unwrap();
        assert_eq!((job.state, job.records_done, job.bytes_done, job.bytes_total), (JobState::Running, 3, 50, 100));
        assert!(jobs.busy() && jobs.stop(number) && gauge.stopped());
        jobs.end(number, Ok(Outcome { sentence: "Done.".to_owned(), badge: None }));
        assert_eq!(jobs.find(number).unwrap().state, JobState::Done);
        assert!(!jobs.busy() && !jobs.stop(number));
    }

    #[test]
    fn why_a_job_failed_is_told_until_it_is_dismissed() {
        let jobs = Jobs::default();
        let [failed, cancelled, done] = [(); 3].map(|()| jobs.begin("Checking", &Gauge::default()));
        let running = jobs.begin("Checking", &Gauge::default());
        jobs.end(failed, Err(Fault::internal("The disk is full.")));
        jobs.end(cancelled, Err(Fault::cancelled()));
        jobs.end(done, Ok(Outcome { sentence: "Done.".to_owned(), badge: None }));
        jobs.with(|entries| {
            for entry in entries.iter_mut() {
                entry.ended = entry.ended.take().map(|(at, result)| (at - LINGER_MS, result));
            }
        });
        let listed: Vec<u32> = jobs.list().iter().map(|job| job.job).collect();
        assert_eq!(listed, [failed, running]);
        assert!(jobs.dismiss(failed) && !jobs.dismiss(failed));
        assert!(!jobs.dismiss(running), "what is at work is cancelled, not dismissed");
        assert_eq!(jobs.list().len(), 1);
    }

    #[test]
    fn time_left_is_told_only_once_it_means_something() {
        assert_eq!(seconds_left(1000, 1, 100), None);
        assert_eq!(seconds_left(1000, 50, 100), Some(1));
        assert_eq!(seconds_left(10_000, 25, 100), Some(30));
        assert_eq!(seconds_left(10_000, 0, 0), None);
    }
}
