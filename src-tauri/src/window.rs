//! The one window, built here so that its guards stand before its page exists.
//!
//! The page may load its own files and give the commands. It may not go anywhere else, open another window, download, be
//! inspected, or leave anything on the disk. What a content security policy does not stop (a `preconnect`, the lookup of
//! a name), the proxy of `tauri.conf.json` does: nobody can listen at port 0, so the engine reaches nobody.

use std::sync::Arc;

use tauri::webview::{Color, NewWindowResponse};
use tauri::{App, DragDropEvent, Emitter as _, Manager as _, Theme, Url, Webview, WebviewEvent, WebviewWindowBuilder};
use workbench::Desk;

/// The only event the page hears from us. Its payload says what a drag does; a path is never in it.
const DRAG_EVENT: &str = "drag";

/// Sets the theme before anything is painted; the person's own setting follows once the vault is open.
const THEME_BEFORE_FIRST_PAINT: &str = "\
    document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';";

/// What a dark window shows until its page is painted: `--bg` of the page's dark theme.
const DARK_GROUND: Color = Color(0x11, 0x14, 0x1A, 0xFF);

/// Opens the window that `tauri.conf.json` describes, with its guards.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        let window = WebviewWindowBuilder::from_config(app.handle(), config)?
            .initialization_script(THEME_BEFORE_FIRST_PAINT)
            // A content security policy does not stop top-level navigation.
            .on_navigation(is_ours)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            // Without this, what the page puts into its storage lands in clear on the disk. The exception is a build that
            // never leaves the workshop: an ephemeral page cannot be driven.
            .incognito(cfg!(not(feature = "e2e")));
        #[cfg(feature = "e2e")]
        let window = crate::shown::watched(window);
        let window = window.build()?;
        if window.theme()? == Theme::Dark {
            window.set_background_color(Some(DARK_GROUND))?;
        }
    }
    Ok(())
}

/// Whether an address is one of the program's own files.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Hands what was dropped to the desk; the page only hears that something was.
pub(crate) fn on_webview_event(webview: &Webview, event: &WebviewEvent) {
    let WebviewEvent::DragDrop(event) = event else { return };
    match event {
        DragDropEvent::Enter { .. } => tell(webview, "over"),
        DragDropEvent::Leave => tell(webview, "left"),
        DragDropEvent::Drop { paths, .. } => {
            if let Some(path) = paths.first() {
                webview.state::<Arc<Desk>>().dropped(path.clone());
            }
            tell(webview, "dropped");
        }
        _ => {}
    }
}

fn tell(webview: &Webview, drag: &str) {
    // A page that is gone need not be told.
    drop(webview.emit_to(webview.label(), DRAG_EVENT, drag));
}

/// GTK's chooser would write the path of everything opened into the desktop's list of recent files.
#[cfg(target_os = "linux")]
pub(crate) fn forget_recent_files() {
    use gtk::prelude::GtkSettingsExt as _;
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_recent_files_enabled(false);
    }
}

/// Elsewhere the system's chooser is asked not to by its own call.
#[cfg(not(target_os = "linux"))]
pub(crate) fn forget_recent_files() {}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_files() {
        for ours in ["tauri://localhost/", "tauri://localhost/#/timeline", "http://tauri.localhost/index.html"] {
            assert!(is_ours(&ours.parse().unwrap()), "{ours} is a file of the program");
        }
        for other in [
            "http://localhost/",
            "https://example.org/",
            "tauri://example.org/",
            "http://tauri.localhost.example.org/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "javascript:alert(1)",
        ] {
            assert!(!is_ours(&other.parse().unwrap()), "{other} is not a file of the program");
        }
    }
}
