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
/// How long a search may take before it is shown as a job, in milliseconds.
const SEARCH_SHOWN_AFTER_MS: i64 = 5_000;
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
    /// Of those done, what an earlier job did.
    bytes_before: AtomicU64,
    stop: AtomicBool,
    bundle: Mutex<Option<String>>,
}

impl Gauge {
    /// Says how many bytes there are in all.
    pub fn expect_bytes(&self, total: u64) {
        self.0.bytes_total.store(total, Ordering::Relaxed);
    }

    /// Says that so many bytes were done by an earlier job that this one goes on from.
    pub(crate) fn go_on_behind(&self, bytes: u64) {
        self.0.bytes_before.store(bytes, Ordering::Relaxed);
    }

    /// Says that so many bytes more are done.
    fn add_bytes(&self, bytes: u64) {
        self.0.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts the bytes it is called with, and says whether to go on.
    pub(crate) fn counting(&self) -> impl Fn(u64) -> bool + Sync + '_ {
        |bytes| {
            self.add_bytes(bytes);
            !self.stopped()
        }
    }

    /// Says whether to go on. For a reading that is not counted: what is told has been counted before.
    pub(crate) fn heeding(&self) -> impl Fn(u64) -> bool + Sync + '_ {
        |_| !self.stopped()
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

    /// How long what is left takes, judged by what this job did itself.
    fn seconds_left(&self, elapsed_ms: i64) -> Option<u32> {
        let (_, done, total) = self.read();
        let before = self.0.bytes_before.load(Ordering::Relaxed);
        seconds_left(elapsed_ms, done.saturating_sub(before), total.saturating_sub(before))
    }

    fn bundle(&self) -> Option<String> {
        self.0.bundle.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How a job ended well.
#[derive(Clone)]
pub(crate) struct Outcome {
    pub(crate) sentence: String,
    pub(crate) badge: Option<Badge>,
}

/// A job that has ended, to be told later.
#[derive(Clone)]
pub(crate) struct Ended {
    what: &'static str,
    gauge: Gauge,
    result: Result<Outcome, Fault>,
}

/// What a job is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Stopped when the vault locks.
    Passing,
    /// Goes on behind a lock.
    Lasting,
    /// The search of one look: shown when it takes long, gone when it has ended, stopped when the vault locks.
    Search,
}

struct Entry {
    number: u32,
    what: &'static str,
    kind: Kind,
    gauge: Gauge,
    started_ms: i64,
    ended: Option<(i64, Result<Outcome, Fault>)>,
}

/// The list of jobs.
#[derive(Default)]
pub(crate) struct Jobs {
    next: AtomicU32,
    /// Whether the vault is locked: what is begun now is stopped before it does anything.
    shut: AtomicBool,
    entries: Mutex<VecDeque<Entry>>,
}

impl Jobs {
    /// Enters a job and gives its number. It is stopped when the vault locks.
    pub(crate) fn begin(&self, what: &'static str, gauge: &Gauge) -> u32 {
        self.enter(what, gauge.clone(), Kind::Passing, None)
    }

    /// Enters a job that goes on behind a lock.
    pub(crate) fn begin_lasting(&self, what: &'static str, gauge: &Gauge) -> u32 {
        self.enter(what, gauge.clone(), Kind::Lasting, None)
    }

    /// Enters the search of a look. Any search before it is stopped: its question is outdated.
    pub(crate) fn begin_search(&self, what: &'static str, gauge: &Gauge) -> u32 {
        self.with(|entries| entries.iter().filter(|entry| entry.kind == Kind::Search).for_each(|old| old.gauge.stop()));
        self.enter(what, gauge.clone(), Kind::Search, None)
    }

    /// Takes work off the list that has ended, and whose end is told where it was asked for.
    pub(crate) fn leave(&self, number: u32) {
        self.with(|entries| entries.retain(|entry| entry.number != number));
    }

    /// Does work that is waited for: listed while it goes on, stopped from there, and when the vault locks.
    pub(crate) fn during<T>(&self, what: &'static str, gauge: &Gauge, work: impl FnOnce() -> T) -> T {
        let number = self.begin(what, gauge);
        let result = work();
        self.leave(number);
        result
    }

    /// Enters jobs that ended behind a lock, as if they had ended just now.
    pub(crate) fn adopt(&self, ended: Vec<Ended>) {
        for Ended { what, gauge, result } in ended {
            self.enter(what, gauge, Kind::Lasting, Some((clock::epoch_ms(), result)));
        }
    }

    fn enter(&self, what: &'static str, gauge: Gauge, kind: Kind, ended: Option<(i64, Result<Outcome, Fault>)>) -> u32 {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let started_ms = clock::epoch_ms();
        self.with(|entries| {
            if self.shut.load(Ordering::SeqCst) && ended.is_none() {
                gauge.stop();
            }
            entries.push_back(Entry { number, what, kind, gauge, started_ms, ended });
        });
        number
    }

    /// The lasting jobs that have ended.
    pub(crate) fn ended(&self) -> Vec<Ended> {
        self.with(|entries| {
            let ended = entries.iter().filter(|entry| entry.kind == Kind::Lasting).filter_map(|entry| {
                let (_, result) = entry.ended.clone()?;
                Some(Ended { what: entry.what, gauge: entry.gauge.clone(), result })
            });
            ended.collect()
        })
    }

    /// Enters a job for the bundle that its gauge names, unless one of this kind is at work for it already.
    pub(crate) fn begin_once(&self, what: &'static str, gauge: &Gauge) -> Option<u32> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let started_ms = clock::epoch_ms();
        let entry = Entry { number, what, kind: Kind::Passing, gauge: gauge.clone(), started_ms, ended: None };
        self.with(|entries| {
            let at_work =
                |other: &Entry| other.ended.is_none() && other.what == what && other.gauge.bundle() == gauge.bundle();
            if entries.iter().any(at_work) {
                return None;
            }
            entries.push_back(entry);
            Some(number)
        })
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

    /// Asks every job to stop.
    pub(crate) fn stop_all(&self) {
        self.with(|entries| entries.iter().for_each(|entry| entry.gauge.stop()));
    }

    /// Nobody is locked out any more.
    pub(crate) fn unshut(&self) {
        self.with(|_| self.shut.store(false, Ordering::SeqCst));
    }

    /// Asks the jobs to stop that do not go on behind a lock; from now on none can be begun.
    pub(crate) fn stop_passing(&self) {
        self.with(|entries| {
            self.shut.store(true, Ordering::SeqCst);
            entries.iter().filter(|entry| entry.kind != Kind::Lasting).for_each(|entry| entry.gauge.stop());
        });
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

    /// Whether a job is at work that does not go on behind a lock.
    pub(crate) fn busy_passing(&self) -> bool {
        self.with(|entries| entries.iter().any(|entry| entry.kind != Kind::Lasting && entry.ended.is_none()))
    }

    /// The list as shown; jobs that ended well a while ago are dropped.
    pub(crate) fn list(&self) -> Vec<Job> {
        let now = clock::epoch_ms();
        self.with(|entries| {
            entries.retain(|entry| entry.stays(now));
            while entries.len() > FINISHED_MAX && entries.front().is_some_and(|entry| entry.ended.is_some()) {
                entries.pop_front();
            }
            entries.iter().filter(|entry| entry.is_listed(now)).map(|entry| entry.show(now)).collect()
        })
    }

    /// The jobs at work, in numbers alone: what a locked window may show.
    pub(crate) fn list_in_numbers(&self) -> Vec<Job> {
        let at_work = |job: &Job| matches!(job.state, JobState::Running | JobState::Stopping);
        let bare = |job| Job { bundle: None, sentence: None, fault: None, badge: None, ..job };
        self.list().into_iter().filter(at_work).map(bare).collect()
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
    fn is_listed(&self, now_ms: i64) -> bool {
        self.kind != Kind::Search || now_ms - self.started_ms >= SEARCH_SHOWN_AFTER_MS
    }

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
            seconds_left: self.gauge.seconds_left(now_ms - self.started_ms),
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
    fn a_search_is_listed_when_it_takes_long_and_gives_way_to_the_next() {
        let jobs = Jobs::default();
        let (first, second) = (Gauge::default(), Gauge::default());
        let number = jobs.begin_search("Searching", &first);
        assert!(jobs.list().is_empty());
        jobs.with(|entries| entries[0].started_ms -= SEARCH_SHOWN_AFTER_MS);
        assert_eq!(jobs.list()[0].job, number);
        let next = jobs.begin_search("Searching", &second);
        assert!(first.stopped() && !second.stopped());
        jobs.leave(number);
        assert!(jobs.list().is_empty() && jobs.busy_passing(), "the next one is at work");
        jobs.stop_passing();
        assert!(second.stopped(), "locking stops it");
        jobs.leave(next);
        assert!(!jobs.busy());
        let late = Gauge::default();
        jobs.begin_lasting("Importing", &late);
        assert!(late.stopped(), "it was begun a moment too late");
    }

    #[test]
    fn work_that_is_waited_for_is_listed_meanwhile_and_can_be_stopped() {
        let jobs = Jobs::default();
        let gauge = Gauge::default();
        gauge.expect_bytes(100);
        let stopped = jobs.during("Reading and hashing", &gauge, || {
            gauge.add_bytes(10);
            gauge.add_bytes(10);
            let [job] = jobs.list().try_into().unwrap();
            assert_eq!((job.what.as_str(), job.bytes_done, job.bytes_total), ("Reading and hashing", 20, 100));
            assert!(jobs.stop(job.job));
            gauge.stopped()
        });
        assert!(stopped && jobs.list().is_empty() && !jobs.busy());
        jobs.stop_passing();
        assert!(jobs.during("Reading and hashing", &Gauge::default(), || jobs.list()[0].state) == JobState::Stopping);
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
        let gauge = Gauge::default();
        gauge.go_on_behind(60);
        gauge.expect_bytes(100);
        gauge.advance(1, 60);
        assert_eq!(gauge.seconds_left(1000), None);
        gauge.advance(1, 80);
        assert_eq!(gauge.seconds_left(1000), Some(1));
    }
}
