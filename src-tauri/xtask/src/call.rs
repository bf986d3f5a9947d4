//! Running other programs: every call is printed as it could be typed, and a failure stops the verb.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::place;
use crate::stop::Stop;

/// A program about to be run, in the workspace's root unless told otherwise.
pub(crate) struct Call {
    command: Command,
    line: String,
}

impl Call {
    /// Prepares `program`.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(place::root());
        let line = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        Self { command, line }
    }

    /// Prepares cargo: the one that runs us.
    pub(crate) fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        for arg in args {
            let arg = arg.as_ref();
            self.command.arg(arg);
            self.line.push(' ');
            self.line.push_str(&quoted(&arg.to_string_lossy()));
        }
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in `dir`.
    pub(crate) fn within(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it with our terminal.
    pub(crate) fn run(mut self) -> Result<(), Stop> {
        println!("$ {}", self.line);
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Stop::Failed { line: self.line, code: status.code() }),
            Err(fault) => Err(Stop::Unstarted { line: self.line, fault }),
        }
    }

    /// Runs it and hands each line of its standard output to `each` as it comes.
    pub(crate) fn lines(mut self, mut each: impl FnMut(&str)) -> Result<(), Stop> {
        println!("$ {}", self.line);
        let mut child = match self.command.stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(fault) => return Err(Stop::Unstarted { line: self.line, fault }),
        };
        if let Some(stdout) = child.stdout.take() {
            for bytes in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                each(String::from_utf8_lossy(&bytes).trim_end_matches('\r'));
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Stop::Failed { line: self.line, code: status.code() }),
            Err(fault) => Err(Stop::Unstarted { line: self.line, fault }),
        }
    }

    /// Runs it silently and gives its standard output.
    pub(crate) fn output(mut self) -> Result<String, Stop> {
        match self.command.stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Ok(output) => Err(Stop::Failed { line: self.line, code: output.status.code() }),
            Err(fault) => Err(Stop::Unstarted { line: self.line, fault }),
        }
    }

    /// Whether it runs and succeeds; says nothing.
    pub(crate) fn succeeds(mut self) -> bool {
        let quiet = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }
}

fn quoted(arg: &str) -> String {
    let plain = !arg.is_empty() && !arg.contains(|c: char| c.is_whitespace() || "\"'$`\\*?;&|<>()".contains(c));
    if plain { arg.to_owned() } else { format!("'{}'", arg.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::{Call, quoted};

    #[test]
    fn a_call_is_printed_as_it_could_be_typed() {
        let call = Call::new("/usr/bin/xvfb-run").args(["-s", "-screen 0 800x600x24", "it's"]);
        assert_eq!(call.line, r"xvfb-run -s '-screen 0 800x600x24' 'it'\''s'");
        assert_eq!(quoted("--locked"), "--locked");
    }

    #[test]
    fn a_failing_program_is_told_by_its_line_and_code() {
        let stop = Call::new("sh").args(["-c", "exit 7"]).run().unwrap_err();
        assert_eq!(stop.to_string(), "`sh -c 'exit 7'` ended with exit code 7");
    }

    #[test]
    fn lines_come_one_by_one() {
        let mut seen = Vec::new();
        Call::new("printf").args(["a\\nb\\r\\nc"]).lines(|line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["a", "b", "c"]);
    }
}
