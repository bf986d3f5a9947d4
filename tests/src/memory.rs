//! How much memory a program takes.

use std::fs;

/// The peak of a running process's resident memory so far, in KiB (Linux: `VmHWM`; elsewhere nothing tells it).
pub fn peak_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
