//! Sums up many files, or one large one, with all cores.
//!
//! Several files are read side by side, one by each worker. A large file is read ahead on its worker's thread while
//! every algorithm has a thread of its own, so that one reading serves all of them and no core waits for the disk.
//! Outcomes are handed over in the order of the files, whatever order they were finished in.
//!
//! A container that is cheap to read only from front to back is read by one worker, in its own order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

use bundle::ReadFault;
use integrity::checksum::{Checksum, Summer};

use crate::fault::Halt;
use crate::source::Source;
use crate::sums::Algorithms;
use crate::work::Work;

/// Bytes read at once. All buffers of a file together fit into a cache that cores share.
const CHUNK_BYTES: usize = 256 << 10;
/// Buffers between the reading of a file and its summing.
const BUFFERS: usize = 4;
/// A file of at least this many bytes is worth threads of its own.
const LARGE_BYTES_MIN: u64 = 4 << 20;

/// What comes of one file.
pub(crate) type Outcome = Result<Vec<Checksum>, ReadFault>;

/// A file and the checksums that are wanted of it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) wanted: Algorithms,
}

enum Message {
    /// So many bytes were read.
    Came(u64),
    /// A file is done.
    Done(usize, Outcome),
}

/// Sums up the files and hands over what comes of each, in their order.
pub(crate) fn sum_files(
    work: &mut Work<'_>,
    mut wishes: Vec<Wish>,
    mut each: impl FnMut(&mut Work<'_>, &str, Outcome) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut workers = work.options.workers.clamp(1, wishes.len().max(1));
    if let Some(sequence) = work.source.sequence() {
        workers = 1;
        let names = sequence.into_iter().filter_map(|index| work.source.entries().get(index));
        let places: BTreeMap<_, _> = names.zip(0_usize..).map(|(entry, place)| (entry.name.as_str(), place)).collect();
        wishes.sort_by_key(|wish| places.get(wish.name.as_str()).copied());
    }
    let crew =
        Crew { source: work.source, wishes: &wishes, next: AtomicUsize::new(0), is_over: AtomicBool::new(false) };
    let (sender, messages) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (crew, sender) = (&crew, sender.clone());
            scope.spawn(move || crew.work(&sender));
        }
        drop(sender);
        let outcome = hand_over(work, &wishes, &messages, &mut each);
        // Whoever is still reading stops at the next chunk.
        crew.is_over.store(true, Ordering::Relaxed);
        outcome
    })
}

fn hand_over(
    work: &mut Work<'_>,
    wishes: &[Wish],
    messages: &Receiver<Message>,
    each: &mut impl FnMut(&mut Work<'_>, &str, Outcome) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for message in messages {
        match message {
            Message::Came(bytes) => work.came(0, bytes)?,
            Message::Done(index, outcome) => drop(early.insert(index, outcome)),
        }
        while let Some(outcome) = early.remove(&next) {
            each(work, wishes.get(next).map_or("", |wish| wish.name.as_str()), outcome)?;
            next += 1;
        }
    }
    Ok(())
}

/// What the workers share.
struct Crew<'c> {
    source: &'c dyn Source,
    wishes: &'c [Wish],
    next: AtomicUsize,
    is_over: AtomicBool,
}

impl Crew<'_> {
    /// Takes one file after the other until none is left.
    fn work(&self, sender: &Sender<Message>) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(wish) = self.wishes.get(index) else { return };
            let outcome = self.sum(wish, sender);
            if self.is_over.load(Ordering::Relaxed) || sender.send(Message::Done(index, outcome)).is_err() {
                return;
            }
        }
    }

    fn sum(&self, wish: &Wish, sender: &Sender<Message>) -> Outcome {
        let reader = self.source.stream(&wish.name)?;
        let mut reading = Reading { reader, sender, is_over: &self.is_over };
        if wish.size_bytes >= LARGE_BYTES_MIN { sum_apart(wish, &mut reading) } else { sum_here(wish, &mut reading) }
    }
}

/// A file on the way to being summed up.
struct Reading<'r> {
    reader: Box<dyn Read + Send + 'r>,
    sender: &'r Sender<Message>,
    is_over: &'r AtomicBool,
}

impl Reading<'_> {
    /// Fills the buffer as far as it goes; nothing is left of a check that was stopped.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ReadFault> {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            if self.is_over.load(Ordering::Relaxed) {
                return Ok(0);
            }
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadFault::of(error)),
            }
        }
        // Whoever listened has stopped the check.
        let _sent = self.sender.send(Message::Came(u64::try_from(filled).unwrap_or(u64::MAX)));
        Ok(filled)
    }
}

/// Sums up a small file on this thread.
fn sum_here(wish: &Wish, reading: &mut Reading<'_>) -> Outcome {
    let mut summers: Vec<_> = wish.wanted.iter().map(Summer::new).collect();
    let room = usize::try_from(wish.size_bytes.saturating_add(1)).unwrap_or(usize::MAX).min(CHUNK_BYTES);
    let mut buffer = vec![0; room];
    loop {
        let count = reading.fill(&mut buffer)?;
        if count == 0 {
            return Ok(summers.into_iter().map(Summer::finish).collect());
        }
        for summer in &mut summers {
            summer.update(buffer.get(..count).unwrap_or_default());
        }
    }
}

/// A full buffer on its way to a summing thread.
struct Chunk {
    buffer: Arc<Vec<u8>>,
    length: usize,
}

/// Sums up a large file: this thread reads, each algorithm has one of its own.
fn sum_apart(wish: &Wish, reading: &mut Reading<'_>) -> Outcome {
    std::thread::scope(|scope| {
        let (done, used) = mpsc::channel::<()>();
        let mut ways: Vec<SyncSender<Chunk>> = Vec::new();
        let mut threads = Vec::new();
        for algorithm in wish.wanted.iter() {
            let (way, chunks) = mpsc::sync_channel::<Chunk>(BUFFERS);
            let done = done.clone();
            ways.push(way);
            threads.push(scope.spawn(move || {
                let mut summer = Summer::new(algorithm);
                for Chunk { buffer, length } in chunks {
                    summer.update(buffer.get(..length).unwrap_or_default());
                    drop(buffer);
                    // The reader may have failed and gone.
                    let _sent = done.send(());
                }
                summer.finish()
            }));
        }
        drop(done);
        let outcome = read_ahead(reading, &ways, &used);
        drop(ways);
        // A thread that panicked is a defect of ours; the scope passes it on.
        let sums = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        outcome.map(|()| sums)
    })
}

/// Reads into buffers that go round: one is filled again when every algorithm is done with it.
fn read_ahead(reading: &mut Reading<'_>, ways: &[SyncSender<Chunk>], used: &Receiver<()>) -> Result<(), ReadFault> {
    let mut ring: Vec<_> = (0..BUFFERS).map(|_| Arc::new(vec![0; CHUNK_BYTES])).collect();
    for turn in 0.. {
        let Some(slot) = ring.get_mut(turn % BUFFERS) else { return Ok(()) };
        let buffer = loop {
            match Arc::get_mut(slot) {
                Some(buffer) => break buffer,
                // Somebody still sums it up and says so when it is done.
                None => drop(used.recv()),
            }
        };
        let length = reading.fill(buffer)?;
        if length == 0 {
            return Ok(());
        }
        for way in ways {
            // The other end lives until this function has returned.
            let _sent = way.send(Chunk { buffer: Arc::clone(slot), length });
        }
    }
    Ok(())
}
