//! The machine's facts, so that a figure can be read at all.

/// Prints what this was measured on.
pub(crate) fn print() {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let model = read("/proc/cpuinfo").lines().find_map(|line| line.strip_prefix("model name\t: ").map(str::to_owned));
    let memory = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:").map(|rest| rest.trim().to_owned()));
    let load = read("/proc/loadavg");
    println!("{processors} processors ({})", model.unwrap_or_else(|| "model unknown".to_owned()));
    println!("{} memory, load before the run {}", memory.unwrap_or_default(), load.trim());
    println!("compare the ratios; do not quote the seconds\n");
}
