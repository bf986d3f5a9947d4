//! `fuzz-seeds TARGET FOLDER`: writes the sound inputs of a target, one a file. Without arguments it names the targets.

#![expect(clippy::print_stdout, reason = "xtask reads the names")]

use std::path::PathBuf;
use std::process::ExitCode;

use fuzz::Target;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.as_slice() {
        [] => {
            for target in Target::ALL {
                println!("{}", target.name());
            }
            ExitCode::SUCCESS
        }
        [name, folder] => write(name, &PathBuf::from(folder)),
        _ => ExitCode::from(2),
    }
}

fn write(name: &str, folder: &std::path::Path) -> ExitCode {
    let Some(target) = Target::of_name(name) else { return ExitCode::from(2) };
    let written = fuzz::seeds(target).iter().enumerate().try_for_each(|(at, seed)| {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(format!("seed-{at:03}")), seed)
    });
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
