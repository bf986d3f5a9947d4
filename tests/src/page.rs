//! The page as a person meets it: things are found by their role and name, and every look waits until it sees.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::webdriver::{Driver, Element, Refused};
use crate::{PATIENCE, wait_for};

/// Names a folder into which every journey puts pictures of what it sees.
const SHOTS: &str = "CHARTPROOF_SHOTS";

/// Names the file with axe-core.
const AXE: &str = "CHARTPROOF_AXE";

/// Finds visible elements by role and accessible name: `arguments` are role, name, and whether the name may be a part.
/// A name is what a screen reader says, as far as this page uses it: label, labelled-by, its text, its title.
const FIND: &str = r"
const [role, name, part] = arguments;
const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const INPUTS = { checkbox: 'checkbox', radio: 'radio', submit: 'button', button: 'button' };
const TAGS = { BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', DIALOG: 'dialog', NAV: 'navigation', MAIN: 'main', ASIDE: 'complementary',
  H1: 'heading', H2: 'heading', H3: 'heading', TABLE: 'table', TR: 'row', TD: 'cell', TH: 'columnheader' };
const roleOf = (el) => el.getAttribute('role')
  ?? (el.tagName === 'INPUT' ? INPUTS[el.type] ?? 'textbox' : el.tagName === 'A' && el.href ? 'link' : TAGS[el.tagName]);
const shownText = (el) => {
  const copy = el.cloneNode(true);
  for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove();
  return squeeze(copy.textContent);
};
const nameOf = (el) => {
  const by = el.getAttribute('aria-labelledby');
  if (by) return squeeze(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' '));
  if (el.getAttribute('aria-label')) return squeeze(el.getAttribute('aria-label'));
  if (el.labels?.length) return squeeze([...el.labels].map(shownText).join(' '));
  return shownText(el) || squeeze(el.title);
};
const seen = (el) => el.getClientRects().length > 0 && getComputedStyle(el).visibility === 'visible' && !el.closest('[inert]');
const candidates = [...document.querySelectorAll('*')].filter((el) => roleOf(el) === role && seen(el));
// What lies below an open dialog cannot be reached.
const modal = [...document.querySelectorAll('dialog[open]')].pop();
const reachable = modal ? candidates.filter((el) => modal.contains(el)) : candidates;
const exact = reachable.filter((el) => nameOf(el) === name);
return exact.length > 0 || !part ? exact : reachable.filter((el) => nameOf(el).includes(name));
";

/// Runs axe-core with its rules for WCAG 2.x A and AA and its best practices, and tells what it found.
const RUN_AXE: &str = r"
const done = arguments[arguments.length - 1];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.target.join(' ')} ${node.any.concat(node.all).map((c) => c.message).join('; ')}`))),
  (fault) => done([`axe itself failed: ${fault}`]),
);";

/// Ends when what the document says now has been painted, in its own fonts.
const PAINTED: &str = r"
const done = arguments[arguments.length - 1];
const frames = (left) => left === 0 ? done() : requestAnimationFrame(() => frames(left - 1));
document.fonts.ready.then(() => frames(3));";

/// The page in its window.
pub struct Page {
    driver: Driver,
}

impl Page {
    /// The page of a session that has just begun; waits until something is shown.
    pub fn new(driver: Driver) -> Self {
        let page = Self { driver };
        wait_for("the first heading", || page.has("heading", "").then_some(()));
        page
    }

    /// The driver below, for what this type does not know.
    pub fn driver(&self) -> &Driver {
        &self.driver
    }

    /// Every visible element of this role whose name is `name`, or has it as a part where `part` allows and none is it.
    pub fn find(&self, role: &str, name: &str, part: bool) -> Vec<Element> {
        let found = self.driver.execute(FIND, &json!([role, name, part])).unwrap_or_else(|refused| panic!("{refused}"));
        found.as_array().map(|found| found.iter().filter_map(Element::from_value).collect()).unwrap_or_default()
    }

    /// Whether there is such an element now.
    pub fn has(&self, role: &str, name: &str) -> bool {
        !self.find(role, name, true).is_empty()
    }

    /// Waits until `look` sees something, at most `patience`; then says what the page says instead.
    #[track_caller]
    pub fn wait<T>(&self, what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            if begun.elapsed() > patience {
                self.photograph("failed");
                panic!("{what}: not within {} s; the page says:\n{}", patience.as_secs(), self.text());
            }
            std::thread::sleep(crate::LOOK_EVERY);
        }
    }

    /// Waits for an element and gives it.
    #[track_caller]
    pub fn see(&self, role: &str, name: &str) -> Element {
        self.see_within(PATIENCE, role, name)
    }

    /// The same for what takes its time: deriving keys, importing.
    #[track_caller]
    pub fn see_within(&self, patience: Duration, role: &str, name: &str) -> Element {
        self.wait(&format!("{role} “{name}”"), patience, || self.find(role, name, true).into_iter().next())
    }

    /// Waits until the page says this somewhere.
    #[track_caller]
    pub fn read(&self, words: &str) {
        self.wait(&format!("“{words}”"), PATIENCE, || self.text().contains(words).then_some(()));
    }

    /// Waits until the page does not say this anymore.
    #[track_caller]
    pub fn read_no_more(&self, words: &str) {
        self.wait(&format!("no “{words}”"), PATIENCE, || (!self.text().contains(words)).then_some(()));
    }

    /// Everything the page says, without what is hidden.
    pub fn text(&self) -> String {
        self.evaluate("return document.body.innerText;").as_str().unwrap_or_default().to_owned()
    }

    /// Waits for an element that can be used: buttons wait for what they need.
    #[track_caller]
    pub fn see_ready(&self, role: &str, name: &str) -> Element {
        let ready = |element: &Element| {
            let answer = self.driver.execute("return arguments[0].disabled !== true;", &json!([element.value()]));
            answer.is_ok_and(|ready| ready == json!(true))
        };
        self.wait(&format!("{role} “{name}”, ready"), PATIENCE, || {
            self.find(role, name, true).into_iter().find(ready)
        })
    }

    /// Clicks, as soon as that can be done.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        self.retry(&format!("click {role} “{name}”"), || self.driver.click(&self.see_ready(role, name)));
    }

    /// Writes into the field with this label, instead of what stood there.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        self.retry(&format!("fill “{label}”"), || {
            let field = self.see("textbox", label);
            self.driver.clear(&field)?;
            self.driver.type_into(&field, text)
        });
    }

    /// Sets a field whose widget is the system's: a date, a choice.
    #[track_caller]
    pub fn set(&self, role: &str, label: &str, value: &str) {
        let field = self.see(role, label);
        let script = "const [field, value] = arguments; field.value = value; \
            for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
        self.driver.execute(script, &json!([field.value(), value])).unwrap_or_else(|refused| panic!("{refused}"));
    }

    /// What stands in the field with this label.
    #[track_caller]
    pub fn value_of(&self, label: &str) -> String {
        let field = self.see("textbox", label);
        let value = self.driver.execute("return arguments[0].value;", &json!([field.value()]));
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Presses keys together.
    #[track_caller]
    pub fn press(&self, chord: &[char]) {
        self.driver.press(chord).unwrap_or_else(|refused| panic!("{refused}"));
    }

    /// Types characters one after the other, wherever the focus is.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        for character in text.chars() {
            self.press(&[character]);
        }
    }

    /// Role and name of what has the focus, as `role “name”` says it, for keyboard journeys.
    pub fn focused(&self) -> String {
        let script = "const el = document.activeElement; if (!el || el === document.body) return ''; \
            const name = el.getAttribute('aria-label') ?? el.labels?.[0]?.textContent ?? el.textContent ?? ''; \
            return name.replace(/\\s+/g, ' ').trim();";
        self.evaluate(script).as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page and gives what it returns.
    #[track_caller]
    pub fn evaluate(&self, script: &str) -> Value {
        self.driver.execute(script, &json!([])).unwrap_or_else(|refused| panic!("{refused}"))
    }

    /// What axe-core finds on what is shown now, each with where. Without axe-core, says so and finds nothing.
    #[track_caller]
    pub fn accessibility_faults(&self) -> Vec<String> {
        let Some(file) = std::env::var_os(AXE) else {
            println!("skipped: no axe-core ({AXE} is not set; `cargo xtask test` sets it)");
            return Vec::new();
        };
        if self.evaluate("return typeof axe === 'undefined';") == json!(true) {
            let axe = fs::read_to_string(PathBuf::from(file)).expect("axe-core can be read");
            let script = format!("{axe}\nwindow.axe = axe;");
            self.driver.execute(&script, &json!([])).unwrap_or_else(|refused| panic!("{refused}"));
        }
        let found = self.driver.execute_async(RUN_AXE, &json!([])).unwrap_or_else(|refused| panic!("{refused}"));
        let found = found.as_array().expect("a list of faults").iter();
        found.map(|fault| fault.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Puts a picture of the window into the folder that `CHARTPROOF_SHOTS` names, if it names one.
    pub fn photograph(&self, name: &str) {
        let Some(folder) = std::env::var_os(SHOTS).map(PathBuf::from) else { return };
        fs::create_dir_all(&folder).unwrap();
        self.driver.execute_async(PAINTED, &json!([])).unwrap_or_else(|refused| panic!("{refused}"));
        let picture = self.driver.screenshot().unwrap_or_else(|refused| panic!("{refused}"));
        fs::write(folder.join(format!("{name}.png")), base64(&picture)).unwrap();
    }

    /// Puts a copy of a file beside the pictures.
    pub fn keep(&self, file: &Path, name: &str) {
        if let Some(folder) = std::env::var_os(SHOTS).map(PathBuf::from) {
            fs::create_dir_all(&folder).unwrap();
            fs::copy(file, folder.join(name)).unwrap();
        }
    }

    /// Ends the program.
    pub fn end(self) {
        self.driver.end();
    }

    /// Tries again while an element moves, is covered or has just been replaced.
    #[track_caller]
    fn retry(&self, what: &str, mut act: impl FnMut() -> Result<(), Refused>) {
        self.wait(what, PATIENCE, || act().ok());
    }
}

/// Bytes from base64 (RFC 4648, standard alphabet), as WebDriver sends pictures.
fn base64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    });
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for digit in digits {
        held = held << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xFF).unwrap());
        }
    }
    bytes
}
