//! What fuzzing has found, and sound inputs with small damage, fed to every target.

use std::fs;
use std::path::Path;

use fuzz::{Target, seeds};
use specimen::Chance;

/// Damaged copies of each sound input.
const COPIES: usize = 40;

#[test]
fn what_was_found_once_is_held_against_every_property() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for folder in fs::read_dir(corpus).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let target = Target::of_name(&name).unwrap();
        let files = fs::read_dir(folder.path()).unwrap();
        let inputs: Vec<_> = files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
        assert!(!inputs.is_empty(), "{name} has no input");
        for input in &inputs {
            target.feed(input);
        }
    }
}

#[test]
fn sound_inputs_hold_and_so_do_damaged_copies() {
    for target in Target::ALL {
        for (number, seed) in seeds(target).iter().enumerate() {
            target.feed(seed);
            let mut chance = Chance::new(7, &format!("{}/{number}", target.name()));
            for _ in 0..COPIES {
                target.feed(&damaged(seed, &mut chance));
            }
        }
    }
}

/// A copy with a byte changed, some taken out, or some written twice.
fn damaged(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut copy = seed.to_vec();
    let at = chance.index(copy.len());
    let end = (at + 1 + chance.index(16)).min(copy.len());
    match chance.index(3) {
        0 => copy[at] ^= 1 << chance.index(8),
        1 => drop(copy.drain(at..end)),
        _ => {
            let again = copy[at..end].to_vec();
            copy.splice(at..at, again);
        }
    }
    copy
}
