//! Lines come out of any stream whole, in order, in bounded memory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

use std::io::{self, Read};

use bundle::lines::{LineLimits, LineTrouble, RUN_BYTES, runs};
use proptest::prelude::*;

/// A stream that gives a few bytes at a time.
struct Trickle<'s> {
    bytes: &'s [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(buffer.len()).min(self.bytes.len());
        buffer[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// A line of `left` bytes and an LF, never in memory as a whole.
struct LongLine {
    left: u64,
    tail: &'static [u8],
}

impl Read for LongLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.tail.read(buffer);
        }
        let count = buffer.len().min(usize::try_from(self.left).unwrap());
        buffer[..count].fill(b'x');
        self.left -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_of_100_mb_is_skipped_in_bounded_memory_and_the_next_one_is_read() {
    let stream = LongLine { left: 100_000_000, tail: b"\n{\"ok\":1}\n" };
    let mut lines = Vec::new();
    for run in runs(stream, &LineLimits::audit_bundle()) {
        let run = run.unwrap();
        assert!(run.bytes().len() as u64 <= 2 * RUN_BYTES);
        lines.extend(run.lines().map(|line| (line.number, line.byte_offset, line.length_bytes, line.trouble)));
    }
    assert_eq!(lines, [(1, 0, 100_000_000, Some(LineTrouble::TooLong)), (2, 100_000_001, 8, None)]);
}

#[test]
fn a_line_of_exactly_the_limit_is_kept_and_one_more_byte_is_too_long() {
    for (length, trouble) in [((1 << 20) - 1, None), (1 << 20, None), ((1 << 20) + 1, Some(LineTrouble::TooLong))] {
        let stream = LongLine { left: length, tail: b"\nnext\n" };
        let lines: Vec<_> = runs(stream, &LineLimits::audit_bundle())
            .flat_map(|run| run.unwrap().lines().map(|line| (line.length_bytes, line.trouble)).collect::<Vec<_>>())
            .collect();
        assert_eq!(lines, [(length, trouble), (4, None)]);
    }
}

#[test]
fn an_over_long_last_line_without_its_end_is_too_long() {
    let stream = LongLine { left: 3 << 20, tail: b"" };
    let lines: Vec<_> = runs(stream, &LineLimits::audit_bundle())
        .flat_map(|run| run.unwrap().lines().map(|line| line.trouble).collect::<Vec<_>>())
        .collect();
    assert_eq!(lines, [Some(LineTrouble::TooLong)]);
}

#[test]
fn an_empty_stream_has_no_lines_and_a_blank_line_is_one() {
    assert_eq!(runs(&b""[..], &LineLimits::audit_bundle()).count(), 0);
    let run = runs(&b"\n"[..], &LineLimits::audit_bundle()).next().unwrap().unwrap();
    assert_eq!(run.lines().map(|line| line.bytes.len()).collect::<Vec<_>>(), [0]);
}

#[test]
fn an_error_ends_the_lines() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::TimedOut))
        }
    }
    let mut runs = runs(b"a\n".chain(Broken), &LineLimits::audit_bundle());
    assert!(matches!(runs.next(), Some(Err(bundle::ReadFault::Stream { .. }))));
    assert!(runs.next().is_none());
}

#[test]
fn the_content_of_a_line_is_not_in_its_debug_text() {
    let run = runs(&b"MRN-SECRET\n"[..], &LineLimits::audit_bundle()).next().unwrap().unwrap();
    let line = run.lines().next().unwrap();
    assert!(!format!("{run:?}{line:?}").contains("SECRET"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_lines_put_together_are_the_stream(
        bytes in prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\n')], 0..3000),
        repeats in 1..700_usize,
        step in 1..100_000_usize,
    ) {
        let bytes = bytes.repeat(repeats);
        let mut together = Vec::new();
        let mut number = 0;
        for (ordinal, run) in (0_u64..).zip(runs(Trickle { bytes: &bytes, step }, &LineLimits::audit_bundle())) {
            let run = run.unwrap();
            prop_assert_eq!(run.ordinal, ordinal);
            prop_assert_eq!(run.first_byte_offset, together.len() as u64);
            prop_assert!(run.bytes().len() as u64 <= RUN_BYTES + (1 << 20));
            for line in run.lines() {
                number += 1;
                prop_assert_eq!(line.number, number);
                prop_assert_eq!(line.byte_offset, together.len() as u64);
                prop_assert_eq!(line.length_bytes, line.bytes.len() as u64);
                prop_assert_ne!(line.trouble, Some(LineTrouble::TooLong));
                together.extend_from_slice(line.bytes);
                if line.trouble.is_none() {
                    together.push(b'\n');
                }
            }
        }
        prop_assert!(together == bytes);
    }

    #[test]
    fn small_limits_hold_wherever_the_runs_end(
        lengths in prop::collection::vec(0..40_usize, 0..200),
        limit in 1..30_u64,
        step in 1..50_usize,
    ) {
        let bytes: Vec<u8> = lengths.iter().flat_map(|length| [vec![b'a'; *length], vec![b'\n']].concat()).collect();
        let limits = LineLimits { line_bytes_max: limit };
        let mut seen = Vec::new();
        for run in runs(Trickle { bytes: &bytes, step }, &limits) {
            for line in run.unwrap().lines() {
                let is_too_long = line.length_bytes > limit;
                prop_assert_eq!(line.trouble == Some(LineTrouble::TooLong), is_too_long);
                prop_assert_eq!(line.bytes.is_empty(), is_too_long || line.length_bytes == 0);
                seen.push(usize::try_from(line.length_bytes).unwrap());
            }
        }
        prop_assert_eq!(seen, lengths);
    }
}
