//! The program in its window, driven: started in a home of its own, ended with the test.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::page::Page;
use crate::webdriver::Driver;

/// Names the build that may be driven (feature `e2e`).
const PROGRAM: &str = "CHARTPROOF_APP";

/// A home for programs: files they leave behind can be looked through, and go with it.
pub struct Home {
    dir: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["config", "data", "cache", "state", "run"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("answers"), "").unwrap();
        Self { dir }
    }
}

impl Home {
    /// A folder within it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The whole of it.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Sets what the choosers of the program answer, one after the other; `None` is "closed".
    pub fn answer_choosers(&self, answers: &[Option<&Path>]) {
        let lines: Vec<String> =
            answers.iter().map(|answer| answer.map_or("-".to_owned(), |path| path.display().to_string())).collect();
        fs::write(self.path("answers"), lines.join("\n")).unwrap();
    }

    /// What a program that lives here sees of the machine.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
            ("CHARTPROOF_CHOOSER_ANSWERS", "answers"),
        ]
        .map(|(name, folder)| (name, self.path(folder).into_os_string()))
        .into_iter()
        // The machine's own desktop has no say: no theme, no services.
        .chain([
            ("DBUS_SESSION_BUS_ADDRESS", "disabled:".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("MESA_SHADER_CACHE_DISABLE", "true".into()),
            ("LANG", "C.UTF-8".into()),
            // The program avoids this way to the screen unless told otherwise; without it WebDriver gets no pictures.
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "0".into()),
        ])
        .collect()
    }

    /// Opens the program on a vault in this home and waits for its page. Without a program to drive, says so.
    pub fn open(&self, arguments: &[&str]) -> Option<Page> {
        self.open_with(arguments, &[])
    }

    /// The same with further variables.
    pub fn open_with(&self, arguments: &[&str], further: &[(&'static str, &str)]) -> Option<Page> {
        let program = program()?;
        let mut environment = self.environment();
        environment.extend(further.iter().map(|(name, value)| (*name, OsString::from(*value))));
        let mut words: Vec<OsString> = vec!["--vault".into(), self.path("vault").into_os_string()];
        words.extend(arguments.iter().map(OsString::from));
        Some(Page::new(Driver::start(&program, &words, &environment)))
    }
}

/// The program to be driven; without one, why the test is skipped.
fn program() -> Option<PathBuf> {
    let program = std::env::var_os(PROGRAM).map(PathBuf::from);
    if program.is_none() {
        println!("skipped: no program to drive ({PROGRAM} is not set; `cargo xtask test` sets it)");
    }
    program
}
