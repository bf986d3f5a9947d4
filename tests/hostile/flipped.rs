//! One bit of a zip's content flipped, wherever it is: found, and never called anything but altered or damaged.
//!
//! Checked within this process, through what `verify` calls, since there are thousands of bits. The last bits of deflated
//! content are there to fill a byte and mean nothing (RFC 1951): with one of those flipped the content is still the same,
//! and it would be wrong to say otherwise.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use workbench::Gauge;
use workbench::direct::{self, VerifyWish};

use crate::office::Office;
use crate::parcel::Parcel;
use crate::zip::{self, Member};

/// Records of the bundle.
const EVENTS: &str = "10";

/// Flips a bit in every byte of every member's content, one after the other.
fn every_byte(path: &Path, members: &[Member]) -> u64 {
    let begins = zip::write(path, members);
    let file = File::options().read(true).write(true).open(path).unwrap();
    let mut flipped = 0;
    for (member, begin) in members.iter().zip(begins) {
        for at in begin..begin + member.packed_bytes() {
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).unwrap();
            // Which of the eight is as good as chance, and the same each time (Knuth's multiplicative hash).
            let bit = (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61) & 7;
            file.write_all_at(&[byte[0] ^ (1 << bit)], at).unwrap();
            let verified = direct::verify(path, &VerifyWish::default(), &Gauge::default());
            file.write_all_at(&byte, at).unwrap();
            let place = format!("bit {bit} of byte {} of {}", at - begin, member.name());
            let verified = verified.unwrap_or_else(|fault| panic!("{place}: {}", fault.what));
            let is_same = member.unpacks_the_same(usize::try_from(at - begin).unwrap(), byte[0] ^ (1 << bit));
            assert_eq!(verified.integrity(), if is_same { "PASS" } else { "FAIL" }, "{place}");
            flipped += u64::from(!is_same);
        }
    }
    assert_eq!(
        direct::verify(path, &VerifyWish::default(), &Gauge::default()).unwrap().integrity(),
        "PASS",
        "and back"
    );
    flipped
}

#[test]
fn a_flipped_bit_anywhere_in_a_zip_is_found() {
    let Some(office) = Office::new() else { return };
    office.run(["sample", "small", "--events", EVENTS, "--seed", "31"]).done();
    let parcel = Parcel { path: office.path("small") };
    let deflated = parcel.members("bundle");
    let stored: Vec<Member> = deflated
        .iter()
        .map(|member| {
            let name = member.name();
            let content = fs::read(parcel.file(name.split_once('/').unwrap().1)).unwrap();
            Member::stored(name, content)
        })
        .collect();
    let counts = std::thread::scope(|scope| {
        let office = &office;
        let [one, two] = [("deflated.zip", deflated), ("stored.zip", stored)]
            .map(|(name, members)| scope.spawn(move || every_byte(&office.path(name), &members)));
        [one.join().unwrap(), two.join().unwrap()]
    });
    println!("{counts:?} bits flipped, all found");
}
