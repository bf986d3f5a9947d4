//! A whole file as somebody hands it over: opened, listed, every entry read to its end, and checked.

use std::io::Read as _;
use std::time::Duration;

use bundle::Limits;
use verify::{Assurance, Badge, MemorySpill, NoOnlooker, NoProgress, Options};

const MIB: u64 = 1 << 20;

/// Small limits, so that an input that meets them is found soon.
const LIMITS: Limits = Limits {
    entry_bytes_max: 4 * MIB,
    total_bytes_max: 16 * MIB,
    entries_max: 1_000,
    ratio_max: 200,
    ratio_free_bytes: MIB,
    path_components_max: 32,
    listing_time_max: Duration::from_mins(1),
};

pub(crate) fn feed(bytes: &[u8]) {
    let folder = crate::memory::folder();
    let path = folder.path().join("input");
    std::fs::write(&path, bytes).unwrap();
    let Ok(bundle) = bundle::open(&path, &LIMITS) else { return };
    let mut total = 0;
    for entry in bundle.entries() {
        let Ok(mut stream) = bundle.stream(&entry.name) else { continue };
        let (mut read, mut buffer) = (0_u64, [0; 8 << 10]);
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            read += count as u64;
        }
        assert!(read <= LIMITS.entry_bytes_max, "an entry gave {read} bytes");
        total += read;
    }
    assert!(total <= LIMITS.total_bytes_max, "all entries gave {total} bytes");
    assert!(bundle.entries().len() as u64 <= LIMITS.entries_max);
    assert!(!bundle.is_refused() || bundle.entries().is_empty(), "a refused container is not read");
    let report = verify::check(&bundle, &Options::new([7; 16]), &NoOnlooker, &NoProgress, &mut MemorySpill::new());
    let Ok(report) = report else { return };
    // Nothing is pinned and no anchor is given, so nobody can vouch for anything.
    assert!(!matches!(report.badge(), Badge::Verified(_)), "verified without anybody who vouches");
    assert!(!matches!(report.assurance(), Some(Assurance::SignedPinned(_) | Assurance::Anchored(_))));
    assert!(!bundle.is_refused() || report.badge() == Badge::Altered, "a refused container is altered or damaged");
    drop(bundle::inspect(&bundle));
}
