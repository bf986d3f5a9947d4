//! Choosers and printing for journeys, which cannot click the system's dialogs: answers come from a file, one per line,
//! `-` for "closed"; what is printed becomes `printed.pdf` beside it.
//!
//! Only in the build that journeys drive. The clipboard stays the system's.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tauri::{AppHandle, Manager as _};
use workbench::Outlets;

/// Names the file with the answers.
const ANSWERS: &str = "CHARTPROOF_CHOOSER_ANSWERS";

/// What was printed last, beside the answers.
const PRINTED: &str = "printed.pdf";

/// Answers from a file.
struct Scripted {
    app: AppHandle,
    system: Box<dyn Outlets>,
    answers: PathBuf,
    given: AtomicUsize,
}

/// Puts scripted choosers over the system's outlets, if a file with answers is named.
pub(crate) fn over(app: &AppHandle, system: Box<dyn Outlets>) -> Box<dyn Outlets> {
    match std::env::var_os(ANSWERS) {
        Some(answers) => {
            Box::new(Scripted { app: app.clone(), system, answers: answers.into(), given: AtomicUsize::new(0) })
        }
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

    fn choose_file(&self, _title: &str, _endings: &[&str]) -> Option<PathBuf> {
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

    fn print(&self) -> bool {
        let Some(window) = self.app.get_webview_window("main") else { return false };
        let file = self.answers.with_file_name(PRINTED);
        window.with_webview(move |webview| print_into(&webview.inner(), &file)).is_ok()
    }
}

/// Prints the page into a file, as the system's printer of that kind does.
#[cfg(target_os = "linux")]
fn print_into(page: &webkit2gtk::WebView, file: &Path) {
    use webkit2gtk::PrintOperationExt as _;
    let Ok(address) = gtk::glib::filename_to_uri(file, None) else { return };
    let settings = gtk::PrintSettings::new();
    settings.set_printer("Print to File");
    settings.set("output-file-format", Some("pdf"));
    settings.set("output-uri", Some(&address));
    let printing = webkit2gtk::PrintOperation::new(page);
    printing.set_print_settings(&settings);
    printing.print();
}
