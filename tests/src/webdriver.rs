//! A client for WebDriver (W3C recommendation of 2018): the dozen calls the journeys need, over plain HTTP to this machine.
//!
//! It talks to `WebKitWebDriver` directly. No library for it: they bring an HTTP client, and this tree has none.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::{Value, json};

use crate::{LOOK_EVERY, PATIENCE, wait_for};

/// The member that stands for an element in WebDriver's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Longest that one answer may take: the program starts within it.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(90);

/// Largest answer, in bytes: a screenshot has a few million.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// A running driver with one session: a program in its window.
pub struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(Value);

/// What WebDriver says when it refuses: its error code and its message.
#[derive(Clone, Debug)]
pub struct Refused {
    /// "stale element reference", "element not interactable", …
    pub error: String,
    /// In words.
    pub message: String,
}

/// Keys that are not characters, as WebDriver writes them.
pub mod key {
    #![allow(missing_docs, reason = "each is named after what is printed on it")]
    pub const TAB: char = '\u{E004}';
    pub const ENTER: char = '\u{E007}';
    pub const SHIFT: char = '\u{E008}';
    pub const CONTROL: char = '\u{E009}';
    pub const ALT: char = '\u{E00A}';
    pub const ESCAPE: char = '\u{E00C}';
    pub const PAGE_DOWN: char = '\u{E00F}';
    pub const END: char = '\u{E010}';
    pub const HOME: char = '\u{E011}';
    pub const LEFT: char = '\u{E012}';
    pub const UP: char = '\u{E013}';
    pub const RIGHT: char = '\u{E014}';
    pub const DOWN: char = '\u{E015}';
    pub const F6: char = '\u{E036}';
}

impl Driver {
    /// Starts the driver and, by it, `program` with `arguments` and `environment`.
    pub fn start(program: &Path, arguments: &[OsString], environment: &[(&str, OsString)]) -> Self {
        // Nobody else takes the port in between: the system hands out others first.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed (Debian: webkit2gtk-driver)");
        let mut driver = Self { process, port, session: None };
        wait_for("the driver's port", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        let arguments: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap()).collect();
        let options = json!({ "binary": program.to_str().unwrap(), "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = driver.call("POST", "/session", &wanted).expect("the driver starts the program");
        driver.session = Some(session["sessionId"].as_str().expect("a session has an id").to_owned());
        driver
    }

    /// Ends the program and the driver.
    pub fn end(mut self) {
        self.close();
    }

    fn close(&mut self) {
        if let Some(session) = self.session.take() {
            let programs = self.programs();
            // As a person closes the window, so that the program can lock its vault; the session ends with it. Either may
            // be gone already, and what is left is ended below.
            drop(self.exchange("DELETE", &format!("/session/{session}/window"), &Value::Null));
            let begun = Instant::now();
            while programs.iter().any(|program| runs(*program)) && begun.elapsed() < PATIENCE {
                thread::sleep(LOOK_EVERY);
            }
            for program in programs.into_iter().filter(|program| runs(*program)) {
                drop(Command::new("kill").args(["-KILL", &program.to_string()]).status());
            }
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }

    /// The programs that the driver has started.
    fn programs(&self) -> Vec<u32> {
        let driver = self.process.id();
        let children = fs::read_to_string(format!("/proc/{driver}/task/{driver}/children")).unwrap_or_default();
        children.split_whitespace().filter_map(|process| process.parse().ok()).collect()
    }

    /// Calls `path` below the session.
    pub fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let session = self.session.as_deref().expect("the session runs");
        self.call(method, &format!("/session/{session}{path}"), body)
    }

    /// Runs `script` in the page, as the body of a function of `arguments`, and gives what it returns.
    pub fn execute(&self, script: &str, arguments: &Value) -> Result<Value, Refused> {
        self.command("POST", "/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// The same for a script that calls its last argument when it is done.
    pub fn execute_async(&self, script: &str, arguments: &Value) -> Result<Value, Refused> {
        self.command("POST", "/execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// Clicks an element as a person would: it has to be visible, and nothing may cover it.
    pub fn click(&self, element: &Element) -> Result<(), Refused> {
        self.command("POST", &format!("/element/{}/click", element.id()), &json!({})).map(drop)
    }

    /// Types into an element.
    pub fn type_into(&self, element: &Element, text: &str) -> Result<(), Refused> {
        self.command("POST", &format!("/element/{}/value", element.id()), &json!({ "text": text })).map(drop)
    }

    /// Empties a field.
    pub fn clear(&self, element: &Element) -> Result<(), Refused> {
        self.command("POST", &format!("/element/{}/clear", element.id()), &json!({})).map(drop)
    }

    /// Presses keys together, the last one within the others, and lets go of them.
    pub fn press(&self, chord: &[char]) -> Result<(), Refused> {
        let down = chord.iter().map(|key| json!({ "type": "keyDown", "value": key.to_string() }));
        let up = chord.iter().rev().map(|key| json!({ "type": "keyUp", "value": key.to_string() }));
        let actions: Vec<Value> = down.chain(up).collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.command("POST", "/actions", &keyboard).map(drop)
    }

    /// A picture of the window's content, as PNG in base64.
    pub fn screenshot(&self) -> Result<String, Refused> {
        let picture = self.command("GET", "/screenshot", &Value::Null)?;
        Ok(picture.as_str().expect("a screenshot is text").to_owned())
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let (status, answer) = self.exchange(method, path, body).unwrap_or_else(|fault| {
            panic!("the driver does not answer {method} {path}: {fault}");
        });
        let value = answer["value"].clone();
        if status == 200 {
            return Ok(value);
        }
        let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refused { error: word("error"), message: word("message") })
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, Value)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json; charset=utf-8\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let mut answer = BufReader::new(stream.take(ANSWER_BYTES_MAX));
        let mut line = String::new();
        answer.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut length = None;
        loop {
            line.clear();
            answer.read_line(&mut line)?;
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            length = header.strip_prefix("content-length:").and_then(|length| length.trim().parse().ok()).or(length);
        }
        let mut bytes = Vec::new();
        match length {
            Some(length) => answer.take(length).read_to_end(&mut bytes)?,
            None => answer.read_to_end(&mut bytes)?,
        };
        Ok((status, serde_json::from_slice(&bytes)?))
    }
}

/// Whether a process is there and has not ended; one that its parent has not looked after yet has.
fn runs(process: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.close();
    }
}

impl Element {
    /// The element within an answer of a script, if it is one.
    pub fn from_value(value: &Value) -> Option<Self> {
        value.get(ELEMENT).is_some().then(|| Self(value.clone()))
    }

    /// As an argument for a script.
    pub fn value(&self) -> Value {
        self.0.clone()
    }

    fn id(&self) -> &str {
        self.0[ELEMENT].as_str().expect("an element has an id")
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}
