//! `cargo xtask`: the one entrance to building, running, testing and checking Chartproof.
//!
//! Each verb is a module. None of them knows how the product works: they call cargo, npm and the product itself, and
//! judge by what these answer.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a build tool talks to a terminal")]

mod bench;
mod bindings;
mod call;
mod check;
mod fuzz;
mod page;
mod place;
mod program;
mod run;
mod sample;
mod stamp;
mod stop;
mod system;
mod test;

use std::process::ExitCode;

use stop::Stop;

const USAGE: &str = "\
cargo xtask run [-- --new | --release | PATH]   build the program and open it on a sample vault
cargo xtask test                                run every test, in the real window too
cargo xtask check [NAME]…                       format, lints, documentation, bindings, tidiness, licences
cargo xtask bench NAME [ARGS]                   run one benchmark in release
cargo xtask fuzz [TARGET] [SECONDS]             feed readers of hostile input, guided by coverage
cargo xtask bindings                            write the TypeScript types and the permissions
cargo xtask sample OUT [OPTIONS]                make a sample bundle (chartproof sample)";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| word != "--");
    let verb = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match verb.as_str() {
        "run" => run::run(&rest),
        "test" => test::test(),
        "check" => check::check(&rest),
        "bench" => bench::bench(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "bindings" => bindings::bindings(),
        "sample" => sample::sample(&rest),
        "" | "help" | "--help" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Stop::Usage(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("\nxtask: {stop}");
            ExitCode::from(stop.exit_code())
        }
    }
}
