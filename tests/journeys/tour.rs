//! A walk in one theme: a picture of what is shown, and what axe-core finds on it.

use std::cell::RefCell;

use chartproof_tests::page::Page;
use serde_json::json;

/// A theme, and what makes GTK say that the desktop has it.
pub(crate) const THEMES: &[(&str, &str)] = &[("light", "Adwaita"), ("dark", "Adwaita:dark")];

/// Pictures of one theme, and what axe-core found on the way.
pub(crate) struct Tour<'a> {
    pub(crate) page: &'a Page,
    theme: &'a str,
    faults: RefCell<Vec<String>>,
}

impl<'a> Tour<'a> {
    pub(crate) fn new(page: &'a Page, theme: &'a str) -> Self {
        Self { page, theme, faults: RefCell::default() }
    }

    /// Looks at what is shown now.
    #[track_caller]
    pub(crate) fn look(&self, name: &str) {
        for waiting in ["Working…", "Reading the"] {
            self.page.read_no_more(waiting);
        }
        assert_eq!(self.page.evaluate("return document.documentElement.dataset.theme;"), self.theme, "at {name}");
        self.page.photograph(&format!("{name}-{}", self.theme));
        let faults = self.page.accessibility_faults().into_iter();
        self.faults.borrow_mut().extend(faults.map(|fault| format!("{name}, {}: {fault}", self.theme)));
    }

    /// The same with this heading at the top, of a screen that is longer than the window.
    #[track_caller]
    pub(crate) fn look_at(&self, heading: &str, name: &str) {
        let found = self.page.see("heading", heading);
        let script = "arguments[0].scrollIntoView({ block: 'start' });";
        self.page.driver().execute(script, &json!([found.value()])).unwrap();
        self.look(name);
    }

    /// Goes to a screen by the rail and looks at it once this is there.
    #[track_caller]
    pub(crate) fn visit(&self, screen: &str, role: &str, seen: &str, name: &str) {
        self.page.click("link", screen);
        self.page.see(role, seen);
        self.look(name);
    }

    /// Insists that nothing was found.
    #[track_caller]
    pub(crate) fn end(self) {
        let faults = self.faults.into_inner();
        assert!(faults.is_empty(), "axe found:\n{}", faults.join("\n"));
    }
}
