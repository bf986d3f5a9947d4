//! What identifies the content of a bundle, and keeping its files so that what was checked is what is kept.
//!
//! The content is hashed in each of its readings: before anything is stored, which gives its identity; when the check
//! reads it; when it is kept. Files are read again and again, and somebody may write to them meanwhile.
//!
//! # Invariants
//! * What is kept has the identity that the bundle was entered under.
//! * A file that the check has read to its end is the one that is kept, byte for byte.

use std::collections::BTreeMap;
use std::io::Read;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use bundle::records::{Records, content};
use bundle::{Bundle, ContainerKind, Damage, Entry, Limits, Profile, ReadFault, Trouble};
use event_store::Intake;
use integrity::digest::{Digest, Hasher};
use verify::Source;

use crate::apart::Apart;
use crate::intake::{hash_of_container, hash_of_stream};
use crate::jobs::Gauge;
use crate::wire::Fault;

/// Bytes of a source file handed over at a time.
const SOURCE_BYTES: usize = 1 << 20;
/// Files hashed at once at most: a disk gives no more.
const THREADS_MAX: usize = 4;

/// What identifies the content of a bundle: the hash of the file, or of the list of a folder's files with their hashes.
pub(crate) fn identity_of(bundle: &Bundle, goes_on: &(impl Fn(u64) -> bool + Sync)) -> Result<Digest, Fault> {
    match hash_of_container(bundle, goes_on)? {
        Some(digest) => Ok(digest),
        None => Ok(identity_of_list(bundle, &digests_of(bundle, goes_on)?)),
    }
}

fn identity_of_list(bundle: &Bundle, digests: &[Digest]) -> Digest {
    let mut list = Hasher::new();
    for (entry, digest) in bundle.entries().iter().zip(digests) {
        list.update(format!("{digest}  {}\n", entry.name).as_bytes());
    }
    list.finish()
}

/// The digest of every file, in the order of the entries; whoever is free takes the next file.
fn digests_of(bundle: &Bundle, goes_on: &(impl Fn(u64) -> bool + Sync)) -> Result<Vec<Digest>, Fault> {
    let next = AtomicUsize::new(0);
    let hash_some = || -> Result<Vec<(usize, Digest)>, Fault> {
        let mut hashed = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(entry) = bundle.entries().get(at) else { return Ok(hashed) };
            let digest = hash_of_stream(bundle.stream(&entry.name)?, goes_on)?;
            hashed.push((at, digest));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    let mut hashed = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(hash_some)).collect();
        let mut hashed = hash_some()?;
        for other in others {
            hashed.extend(other.join().map_err(|_| Fault::internal("Hashing the files failed."))??);
        }
        Ok::<_, Fault>(hashed)
    })?;
    hashed.sort_unstable_by_key(|(at, _)| *at);
    Ok(hashed.into_iter().map(|(_, digest)| digest).collect())
}

/// How an entry of a bundle was kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptEntry {
    /// Of what was kept of it.
    pub(crate) digest: Digest,
    /// How its packed content was damaged.
    pub(crate) damage: Option<Damage>,
    /// Under which index the bytes lie that the bundle holds: the own index of a packed segment, or of a table, is
    /// that of its records.
    pub(crate) file: u32,
}

/// Keeps every file as it is, byte for byte, and besides what a packed segment unpacks to, or the records of a table.
/// Tells how, in the order of the entries.
///
/// Of what is damaged, as much is kept as can be read; the report says where and how.
pub(crate) fn keep(bundle: &Bundle, apart: &Apart, intake: &Intake, gauge: &Gauge) -> Result<Vec<KeptEntry>, Fault> {
    let entries = bundle.entries();
    let sequence = bundle.sequence().unwrap_or_else(|| (0..entries.len()).collect());
    let mut kept = vec![KeptEntry { digest: Digest::of(b""), damage: None, file: 0 }; entries.len()];
    for index in sequence {
        let (Some(entry), Ok(file)) = (entries.get(index), u32::try_from(index)) else { continue };
        let stream = bundle.stream(&entry.name)?;
        let own = match apart.find(&entry.name, entries.len()) {
            None => keep_stream(file, stream, intake, gauge)?,
            Some((stored, form)) => {
                let own = keep_stream(stored, stream, intake, gauge)?;
                let content = content(bundle, &entry.name, form)?;
                keep_stream(file, content, intake, gauge)?;
                own
            }
        };
        if let Some(place) = kept.get_mut(index) {
            *place = own;
        }
    }
    Ok(kept)
}

fn keep_stream(file: u32, mut stream: impl Read, intake: &Intake, gauge: &Gauge) -> Result<KeptEntry, Fault> {
    let mut buffer = vec![0; SOURCE_BYTES];
    let mut hasher = Hasher::new();
    let mut first_byte = 0;
    loop {
        if gauge.stopped() {
            return Err(Fault::cancelled());
        }
        let (filled, end) = fill(&mut stream, &mut buffer);
        let bytes = buffer.get(..filled).unwrap_or_default();
        if !bytes.is_empty() {
            hasher.update(bytes);
            intake.bytes(file, first_byte, bytes)?;
            first_byte += filled as u64;
        }
        match end {
            End::Not => {}
            End::Reached => return Ok(KeptEntry { digest: hasher.finish(), damage: None, file }),
            End::Fault(ReadFault::Damaged { damage, .. }) => {
                return Ok(KeptEntry { digest: hasher.finish(), damage: Some(damage), file });
            }
            End::Fault(fault) => return Err(fault.into()),
        }
    }
}

/// Whether a stream has come to its end.
enum End {
    Not,
    Reached,
    Fault(ReadFault),
}

/// Fills the buffer as far as the stream goes: how many bytes that are, and why there are no more.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> (usize, End) {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => return (filled, End::Reached),
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, End::Fault(ReadFault::of(error))),
        }
    }
    (filled, End::Not)
}

/// A bundle whose files are hashed whenever somebody reads them to their end.
pub(crate) struct Watched<'b> {
    bundle: &'b Bundle,
    read: Mutex<BTreeMap<String, Digest>>,
    wavered: AtomicBool,
}

impl<'b> Watched<'b> {
    pub(crate) fn over(bundle: &'b Bundle) -> Self {
        Self { bundle, read: Mutex::default(), wavered: AtomicBool::new(false) }
    }

    fn note(&self, name: &str, digest: Digest) {
        let before = self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), digest);
        if before.is_some_and(|before| before != digest) {
            self.wavered.store(true, Ordering::Relaxed);
        }
    }

    /// Whether what was read is what was kept, and what was kept is the bundle of this identity.
    ///
    /// A folder of ours is known by the digests of what was kept. A zip is one file, and the records of other profiles
    /// are read past this watch: both are hashed once more, so that any change between both hashes is seen.
    pub(crate) fn stood_still(self, identity: &str, kept: &[KeptEntry], gauge: &Gauge) -> Result<bool, Fault> {
        let kept: Vec<Digest> = kept.iter().map(|kept| kept.digest).collect();
        let read = self.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let kept_as_read = self
            .bundle
            .entries()
            .iter()
            .zip(&kept)
            .all(|(entry, kept)| read.get(&entry.name).is_none_or(|read| read == kept));
        if self.wavered.into_inner() || !kept_as_read {
            return Ok(false);
        }
        let is_listed = self.bundle.container() == ContainerKind::Directory;
        let now = if is_listed && self.bundle.profile() == Profile::AuditBundle1 {
            identity_of_list(self.bundle, &kept)
        } else {
            identity_of(self.bundle, &gauge.heeding())?
        };
        Ok(now.to_hex() == identity)
    }
}

impl Source for Watched<'_> {
    fn profile(&self) -> Profile {
        self.bundle.profile()
    }

    fn entries(&self) -> &[Entry] {
        self.bundle.entries()
    }

    fn troubles(&self) -> &[Trouble] {
        self.bundle.troubles()
    }

    fn limits(&self) -> Limits {
        Source::limits(self.bundle)
    }

    fn sequence(&self) -> Option<Vec<usize>> {
        Source::sequence(self.bundle)
    }

    fn records(&self) -> Option<Records<'_>> {
        Source::records(self.bundle)
    }

    fn stream(&self, name: &str) -> Result<Box<dyn Read + Send + '_>, ReadFault> {
        let stream = self.bundle.stream(name)?;
        Ok(Box::new(Hashing { stream, name: name.to_owned(), hasher: Some(Hasher::new()), watched: self }))
    }

    fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, ReadFault> {
        let bytes = self.bundle.read(name, max_bytes)?;
        self.note(name, Digest::of(&bytes));
        Ok(bytes)
    }
}

/// Hashes what is read through it, and notes the digest at the end.
struct Hashing<'w> {
    stream: Box<dyn Read + Send + 'w>,
    name: String,
    /// `None` once the end was reached.
    hasher: Option<Hasher>,
    watched: &'w Watched<'w>,
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.stream.read(buffer)?;
        if count > 0 {
            if let Some(hasher) = &mut self.hasher {
                hasher.update(buffer.get(..count).unwrap_or_default());
            }
        } else if !buffer.is_empty()
            && let Some(hasher) = self.hasher.take()
        {
            self.watched.note(&self.name, hasher.finish());
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, SampleWish};

    #[test]
    fn what_is_kept_is_what_was_entered_and_what_was_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bag");
        let (days, scenario, tamper) = (None, None, None);
        samples::make(
            &path,
            &SampleWish {
                events: 50,
                seed: 1,
                days,
                scenario,
                tamper,
                sha512: false,
                compression: None,
                signing: None,
            },
        )
        .unwrap();
        let bundle = bundle::open(&path, &bundle::Limits::standard()).unwrap();
        let identity = identity_of(&bundle, &|_| true).unwrap().to_hex();
        let kept = digests_of(&bundle, &|_| true).unwrap();
        let mut otherwise = kept.clone();
        otherwise[0] = Digest::of(b"another content");
        let name = &bundle.entries()[0].name;
        let read = || {
            let watched = Watched::over(&bundle);
            std::io::copy(&mut watched.stream(name).unwrap(), &mut std::io::sink()).unwrap();
            watched
        };
        let entries = |digests: &[Digest]| -> Vec<KeptEntry> {
            digests.iter().map(|digest| KeptEntry { digest: *digest, damage: None, file: 0 }).collect()
        };
        let stood_still = |watched: Watched<'_>, kept: &[Digest]| {
            watched.stood_still(&identity, &entries(kept), &Gauge::default()).unwrap()
        };

        assert!(stood_still(read(), &kept));
        assert!(!stood_still(Watched::over(&bundle), &otherwise), "kept, but not as entered");
        let other_identity = identity_of_list(&bundle, &otherwise).to_hex();
        let watched = read();
        assert!(
            !watched.stood_still(&other_identity, &entries(&otherwise), &Gauge::default()).unwrap(),
            "kept, but not as read"
        );
        let watched = read();
        watched.note(name, Digest::of(b"another content"));
        watched.note(name, kept[0]);
        assert!(!stood_still(watched, &kept), "once read otherwise");
    }
}
