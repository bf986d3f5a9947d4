//! Closes doors that the environment could open, and one trap.
//!
//! Must run before any other thread exists and before GTK starts.

/// Variables that let another process drive or inspect the page. Releases of Tauri honor the first one, too.
#[cfg(all(target_os = "linux", not(feature = "e2e")))]
const DOORS: &[&str] =
    &["TAURI_WEBVIEW_AUTOMATION", "TAURI_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];

/// The engine's faster way to the screen leaves the window blank on some drivers (NVIDIA) and some Wayland desktops.
#[cfg(target_os = "linux")]
const TRAP: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Removes the doors and avoids the trap, unless the person has decided about it.
#[cfg(target_os = "linux")]
pub(crate) fn close() {
    #[cfg(not(feature = "e2e"))]
    for door in DOORS {
        gtk::glib::unsetenv(door);
    }
    // A failure leaves the trap open, nothing else.
    drop(gtk::glib::setenv(TRAP, "1", false));
}

/// Elsewhere the webview does not listen to these variables.
#[cfg(not(target_os = "linux"))]
pub(crate) fn close() {}
