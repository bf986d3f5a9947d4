//! What the desk needs from the system: choosers, the clipboard, the printer. The paths chosen here never reach the page.

use std::path::PathBuf;

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use workbench::Outlets;

use crate::clipboard;

/// The system's choosers, clipboard and printer.
struct System {
    app: AppHandle,
}

/// The outlets of this build: the system's, with choosers and printing that journeys can follow.
pub(crate) fn outlets(app: &AppHandle) -> Box<dyn Outlets> {
    let system = System { app: app.clone() };
    #[cfg(feature = "e2e")]
    return crate::scripted::over(app, Box::new(system));
    #[cfg(not(feature = "e2e"))]
    Box::new(system)
}

impl System {
    /// A chooser that belongs to the window.
    fn chooser(&self, title: &str) -> FileDialogBuilder<tauri::Wry> {
        use tauri::Manager as _;
        let chooser = self.app.dialog().file().set_title(title);
        match self.app.get_webview_window("main") {
            Some(window) => chooser.set_parent(&window),
            None => chooser,
        }
    }
}

// Commands run on threads that may block, never on the main one, which has to draw the chooser.
impl Outlets for System {
    fn choose_bundle(&self, folder: bool) -> Option<PathBuf> {
        let chooser = self.chooser("Open bundle");
        path(if folder { chooser.blocking_pick_folder() } else { chooser.blocking_pick_file() })
    }

    fn choose_file(&self, title: &str, endings: &[&str]) -> Option<PathBuf> {
        path(self.chooser(title).add_filter(title, endings).add_filter("All files", &["*"]).blocking_pick_file())
    }

    fn choose_folder(&self) -> Option<PathBuf> {
        path(self.chooser("Choose a folder for the vault").blocking_pick_folder())
    }

    fn save_file(&self, suggested: &str) -> Option<PathBuf> {
        path(self.chooser("Save").set_file_name(suggested).blocking_save_file())
    }

    fn set_clipboard(&self, text: &str) -> bool {
        clipboard::set(&self.app, text)
    }

    fn clear_clipboard(&self) {
        clipboard::clear(&self.app);
    }

    fn print(&self) -> bool {
        use tauri::Manager as _;
        // The page's own `window.print()` does nothing in some of the systems' engines.
        self.app.get_webview_window("main").is_some_and(|window| window.print().is_ok())
    }
}

fn path(chosen: Option<FilePath>) -> Option<PathBuf> {
    chosen.and_then(|chosen| chosen.into_path().ok())
}
