//! Says on standard error when the first screen is painted, for the benchmark of the window.
//!
//! Only in the build that journeys drive, and only when asked. The page says it by its title, which nobody sees: a window's
//! own title does not follow it.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::WebviewWindowBuilder;

/// Asks for it.
const TELL_SHOWN: &str = "CHARTPROOF_TELL_SHOWN";

/// The title that says it.
const TITLE: &str = "chartproof-shown";

/// Waits for the field that takes the passphrase, lets it be painted, and turns the title there and back.
const WATCH: &str = r"
addEventListener('DOMContentLoaded', () => {
  const tell = () => {
    const title = document.title;
    document.title = 'chartproof-shown';
    setTimeout(() => { document.title = title; }, 100);
  };
  const look = () => {
    if (!document.querySelector('input[type=password]')?.getClientRects().length) return false;
    requestAnimationFrame(() => requestAnimationFrame(tell));
    return true;
  };
  if (look()) return;
  const watch = new MutationObserver(() => { if (look()) watch.disconnect(); });
  watch.observe(document.documentElement, { childList: true, subtree: true });
});";

/// Adds the watch to a window that is being built, if it was asked for.
pub(crate) fn watched<R: tauri::Runtime, M: tauri::Manager<R>>(
    window: WebviewWindowBuilder<'_, R, M>,
) -> WebviewWindowBuilder<'_, R, M> {
    if std::env::var_os(TELL_SHOWN).is_none() {
        return window;
    }
    let told = AtomicBool::new(false);
    window.initialization_script(WATCH).on_document_title_changed(move |_, title| {
        if title == TITLE && !told.swap(true, Ordering::Relaxed) {
            crate::say(std::io::stderr(), "shown");
        }
    })
}
