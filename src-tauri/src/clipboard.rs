//! The clipboard: what is copied asks clipboard histories not to keep it, and is taken back when the vault locks.
//!
//! Taking back never touches what another program has put there since.

use tauri::AppHandle;

/// Puts text on the clipboard; `false` when the system refuses.
#[cfg(target_os = "linux")]
pub(crate) fn set(app: &AppHandle, text: &str) -> bool {
    linux::set(app, text.to_owned())
}

/// Takes away what [`set`] put there, if it is still there.
#[cfg(target_os = "linux")]
pub(crate) fn clear(app: &AppHandle) {
    linux::clear(app);
}

/// GTK's clipboard hands text over only when somebody pastes, so it can be taken back for good.
#[cfg(target_os = "linux")]
mod linux {
    use std::sync::mpsc;
    use std::time::Duration;

    use gtk::{TargetEntry, TargetFlags, gdk};
    use tauri::AppHandle;

    /// Names under which text is asked for; then the one by which clipboard histories know a secret.
    const TEXT_TARGETS: &[&str] = &["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"];
    const SECRET_TARGET: &str = "x-kde-passwordManagerHint";
    const SECRET_INFO: u32 = 1;

    /// How long the main thread may take until we give up on it.
    const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

    fn clipboard() -> gtk::Clipboard {
        gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD)
    }

    pub(super) fn set(app: &AppHandle, text: String) -> bool {
        let (answer, answered) = mpsc::channel();
        let asked = app.run_on_main_thread(move || {
            let mut targets: Vec<TargetEntry> =
                TEXT_TARGETS.iter().map(|name| TargetEntry::new(name, TargetFlags::empty(), 0)).collect();
            targets.push(TargetEntry::new(SECRET_TARGET, TargetFlags::empty(), SECRET_INFO));
            let set = clipboard().set_with_data(&targets, move |_, selection, info| {
                if info == SECRET_INFO {
                    selection.set(&selection.target(), 8, b"secret");
                } else {
                    selection.set_text(&text);
                }
            });
            // Nobody waits anymore: then nobody needs the answer.
            let _answered = answer.send(set);
        });
        asked.is_ok() && answered.recv_timeout(ANSWER_TIME_MAX).unwrap_or(false)
    }

    pub(super) fn clear(app: &AppHandle) {
        // GTK gives up the clipboard only if it is ours.
        let cleared = app.run_on_main_thread(|| clipboard().clear());
        // The window is gone, and the clipboard with it.
        drop(cleared);
    }
}

/// What we put there last, to recognize it.
#[cfg(not(target_os = "linux"))]
static OURS: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// Puts text on the clipboard; `false` when the system refuses.
#[cfg(not(target_os = "linux"))]
pub(crate) fn set(_: &AppHandle, text: &str) -> bool {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple as _;
    #[cfg(windows)]
    use arboard::SetExtWindows as _;
    let Ok(mut clipboard) = arboard::Clipboard::new() else { return false };
    let asked = clipboard.set().exclude_from_history();
    #[cfg(windows)]
    let asked = asked.exclude_from_cloud().exclude_from_monitoring();
    let set = asked.text(text).is_ok();
    *OURS.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = set.then(|| text.to_owned());
    set
}

/// Takes away what [`set`] put there, if it is still there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn clear(_: &AppHandle) {
    let Some(ours) = OURS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() else { return };
    let Ok(mut clipboard) = arboard::Clipboard::new() else { return };
    if clipboard.get_text().is_ok_and(|text| text == ours) {
        // Refused: then it is not ours to clear anymore.
        drop(clipboard.clear());
    }
}
