//! The hashing that checking an unsigned bundle cannot do without, and nothing else: each manifest over its files, one
//! SHA-256 per record, leaves and nodes of the segment trees. Same functions, same two cores.

use std::path::{Path, PathBuf};
use std::time::Instant;

use integrity::digest::{Digest, Digest512, Hasher, Hasher512};
use integrity::merkle::{Tree, leaf_hash};

use crate::Outcome;

/// Seconds for the mandatory hashing of the bag.
pub(crate) fn mandatory_hashing(bag: &Path) -> Outcome<f64> {
    let started = Instant::now();
    let has_512 = bag.join("manifest-sha512.txt").exists();
    let segments = files(&bag.join("data/events"))?;
    for segment in &segments {
        let bytes = std::fs::read(segment).map_err(|error| error.to_string())?;
        let (whole, records) = std::thread::scope(|scope| {
            let whole = scope.spawn(|| hash_file(&bytes, has_512));
            let records = records_on_two_cores(&bytes);
            (whole.join(), records)
        });
        whole.map_err(|_| "hashing stopped")?;
        std::hint::black_box(records);
    }
    Ok(started.elapsed().as_secs_f64())
}

/// The hashes of a whole file that its manifests state.
pub(crate) fn hash_file(bytes: &[u8], has_512: bool) {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    std::hint::black_box(hasher.finish());
    if has_512 {
        let mut hasher = Hasher512::new();
        hasher.update(bytes);
        let digest: Digest512 = hasher.finish();
        std::hint::black_box(digest);
    }
}

/// One hash and one leaf per record, and the tree over the leaves. Halves in parallel, so that both cores stay busy.
fn records_on_two_cores(bytes: &[u8]) -> Digest {
    let middle = bytes.iter().skip(bytes.len() / 2).position(|byte| *byte == b'\n');
    let (first, second) = bytes.split_at(middle.map_or(bytes.len(), |at| bytes.len() / 2 + at + 1));
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| leaves(second));
        (leaves(first), second.join().unwrap_or_default())
    });
    let mut tree = Tree::new();
    first.into_iter().chain(second).for_each(|leaf| tree.push_leaf_hash(leaf));
    tree.root()
}

fn leaves(bytes: &[u8]) -> Vec<Digest> {
    lines(bytes)
        .map(|line| {
            std::hint::black_box(Digest::of(line));
            leaf_hash(line)
        })
        .collect()
}

/// The lines of a segment.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The files of a folder, by name.
pub(crate) fn files(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    Ok(files)
}
