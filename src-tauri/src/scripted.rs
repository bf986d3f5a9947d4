//! Choosers for journeys, which cannot click the system's: answers come from a file, one per line, `-` for "closed".
//!
//! Only in the build that journeys drive. The clipboard stays the system's.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use workbench::Outlets;

/// Names the file with the answers.
const ANSWERS: &str = "CHARTPROOF_CHOOSER_ANSWERS";

/// Answers from a file.
struct Scripted {
    system: Box<dyn Outlets>,
    answers: PathBuf,
    given: AtomicUsize,
}

/// Puts scripted choosers over the system's outlets, if a file with answers is named.
pub(crate) fn over(system: Box<dyn Outlets>) -> Box<dyn Outlets> {
    match std::env::var_os(ANSWERS) {
        Some(answers) => Box::new(Scripted { system, answers: answers.into(), given: AtomicUsize::new(0) }),
        None => system,
    }
}

impl Scripted {
    /// The next answer. The file is read each time, so that a journey can add to it.
    fn next(&self) -> Option<PathBuf> {
        let given = self.given.fetch_add(1, Ordering::SeqCst);
        let answers = fs::read_to_string(&self.answers).ok()?;
        answers.lines().nth(given).filter(|answer| *answer != "-").map(PathBuf::from)
    }
}

impl Outlets for Scripted {
    fn choose_bundle(&self, _folder: bool) -> Option<PathBuf> {
        self.next()
    }

    fn choose_folder(&self) -> Option<PathBuf> {
        self.next()
    }

    fn save_file(&self, _suggested: &str) -> Option<PathBuf> {
        self.next()
    }

    fn set_clipboard(&self, text: &str) -> bool {
        self.system.set_clipboard(text)
    }

    fn clear_clipboard(&self) {
        self.system.clear_clipboard();
    }
}
