//! The command line of the window's program.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

const USAGE: &str = "\
chartproof-desktop [--vault DIR] [--sample] [BUNDLE]

  --vault DIR   the vault's folder; without it the one in your local application data
  --sample      a vault of its own kind, made if needed, that takes nothing but invented data
  BUNDLE        a bundle to be opened once the vault is unlocked";

/// What the program is asked to open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The vault's folder.
    pub(crate) vault: Option<PathBuf>,
    /// Whether it is the sample's.
    pub(crate) sample: bool,
    /// A bundle, as if it had been dropped on the window.
    pub(crate) bundle: Option<PathBuf>,
}

/// What a command line can mean.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Open the window.
    Open(Arguments),
    /// Print this and end.
    Explain(&'static str),
}

/// A command line that means nothing. It is not repeated: a path can hold a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unclear;

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This is not a command line of this program.\n\n{USAGE}")
    }
}

impl Arguments {
    /// Reads the words after the program's name.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Meant, Unclear> {
        let mut words = words.into_iter();
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--help" | "-h") => return Ok(Meant::Explain(USAGE)),
                Some("--version") => {
                    return Ok(Meant::Explain(concat!("chartproof-desktop ", env!("CARGO_PKG_VERSION"))));
                }
                Some("--sample") => arguments.sample = true,
                Some("--vault") if arguments.vault.is_none() => {
                    arguments.vault = Some(words.next().ok_or(Unclear)?.into());
                }
                Some(option) if option.starts_with('-') => return Err(Unclear),
                _ if arguments.bundle.is_none() => arguments.bundle = Some(word.into()),
                _ => return Err(Unclear),
            }
        }
        Ok(Meant::Open(arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Meant, Unclear};

    fn read(words: &[&str]) -> Result<Meant, Unclear> {
        Arguments::read(words.iter().map(Into::into))
    }

    #[test]
    fn a_vault_a_sample_and_a_bundle_are_understood() {
        let meant = read(&["--sample", "--vault", "here", "march.zip"]);
        let expected = Arguments { vault: Some("here".into()), sample: true, bundle: Some("march.zip".into()) };
        assert_eq!(meant, Ok(Meant::Open(expected)));
        assert_eq!(read(&[]), Ok(Meant::Open(Arguments::default())));
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for words in [&["--unknown"][..], &["--vault"], &["a.zip", "b.zip"], &["--vault", "a", "--vault", "b"]] {
            assert_eq!(read(words), Err(Unclear));
        }
        assert!(!Unclear.to_string().contains("a.zip"));
    }
}
