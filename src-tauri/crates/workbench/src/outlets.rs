//! What the workbench needs from the window around it: choosers, the clipboard, the printer.
//!
//! A path is always chosen on this side; the page never names one.

use std::path::PathBuf;

/// The window's side of the desk.
pub trait Outlets: Send + Sync {
    /// Lets the person choose a bundle; `None` when they close the chooser.
    fn choose_bundle(&self, folder: bool) -> Option<PathBuf>;
    /// Lets the person choose a file: `title` says which, `endings` how its name may end (without the dot).
    fn choose_file(&self, title: &str, endings: &[&str]) -> Option<PathBuf>;
    /// Lets the person choose a folder for the vault.
    fn choose_folder(&self) -> Option<PathBuf>;
    /// Lets the person choose where to save a file.
    fn save_file(&self, suggested: &str) -> Option<PathBuf>;
    /// Puts text on the clipboard; `false` when the system refuses.
    fn set_clipboard(&self, text: &str) -> bool;
    /// Lets the person print what the page shows in print; `false` when the system cannot.
    fn print(&self) -> bool;
    /// Takes away what [`set_clipboard`](Self::set_clipboard) put there, if it is still there.
    fn clear_clipboard(&self);
}

/// Outlets for programs without a window: nothing can be chosen, copied or printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWindow;

impl Outlets for NoWindow {
    fn choose_bundle(&self, _folder: bool) -> Option<PathBuf> {
        None
    }

    fn choose_file(&self, _title: &str, _endings: &[&str]) -> Option<PathBuf> {
        None
    }

    fn choose_folder(&self) -> Option<PathBuf> {
        None
    }

    fn save_file(&self, _suggested: &str) -> Option<PathBuf> {
        None
    }

    fn set_clipboard(&self, _text: &str) -> bool {
        false
    }

    fn clear_clipboard(&self) {}

    fn print(&self) -> bool {
        false
    }
}
