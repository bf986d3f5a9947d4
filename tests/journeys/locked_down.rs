//! The page can reach nothing but its own files and the commands: every way out that a script knows is tried.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use chartproof_tests::app::Home;
use chartproof_tests::sample::files;
use serde_json::{Value, json};

/// Each is the body of an async function of `trap`, an address that nobody may reach. `true` means that it got through.
const WAYS_OUT: &[(&str, &str)] = &[
    ("fetch", "await fetch(trap + '/fetch'); return true;"),
    ("fetch without CORS", "await fetch(trap + '/no-cors', { mode: 'no-cors' }); return true;"),
    (
        "XMLHttpRequest",
        "return await new Promise((done) => { const x = new XMLHttpRequest(); x.onload = () => done(true); \
        x.onerror = () => done(false); x.open('GET', trap + '/xhr'); x.send(); });",
    ),
    ("beacon", "return navigator.sendBeacon(trap + '/beacon', 'x') && false;"),
    (
        "WebSocket",
        "return await new Promise((done) => { const s = new WebSocket(trap.replace('http', 'ws')); \
        s.onopen = () => done(true); s.onerror = () => done(false); });",
    ),
    (
        "EventSource",
        "return await new Promise((done) => { const s = new EventSource(trap + '/events'); \
        s.onopen = () => done(true); s.onerror = () => { s.close(); done(false); }; });",
    ),
    ("image", "return await element('img', { src: trap + '/image' });"),
    ("script", "return await element('script', { src: trap + '/script' });"),
    ("style sheet", "return await element('link', { rel: 'stylesheet', href: trap + '/style' });"),
    ("prefetch", "return await element('link', { rel: 'prefetch', href: trap + '/prefetch' });"),
    ("preconnect", "await element('link', { rel: 'preconnect', href: trap }); return false;"),
    ("frame", "await element('iframe', { src: trap + '/frame' }); return false;"),
    ("object", "return await element('object', { data: trap + '/object' });"),
    ("embed", "await element('embed', { src: trap + '/embed' }); return false;"),
    ("video", "return await element('video', { src: trap + '/video', preload: 'auto' });"),
    (
        "background",
        "const div = document.createElement('div'); div.style.backgroundImage = `url(${trap}/background)`; \
        div.textContent = 'x'; document.body.append(div); await pause(300); div.remove(); return false;",
    ),
    ("font", "const font = new FontFace('trap', `url(${trap}/font)`); await font.load(); return true;"),
    ("module", "await import(trap + '/module.js'); return true;"),
    (
        "worker",
        "const worker = new Worker(URL.createObjectURL(new Blob([`fetch('${trap}/worker')`]))); \
        return await new Promise((done) => { worker.onmessage = () => done(true); worker.onerror = () => done(false); \
        setTimeout(() => done(false), 500); });",
    ),
    (
        "form",
        "const form = document.createElement('form'); form.action = trap + '/form'; form.method = 'post'; \
        document.body.append(form); form.submit(); await pause(300); form.remove(); return false;",
    ),
    ("window", "return window.open(trap + '/window') !== null;"),
    ("link to a new window", "await click({ href: trap + '/blank', target: '_blank' }); return false;"),
    ("link", "await click({ href: trap + '/link' }); return false;"),
    ("ping", "await click({ href: '#', ping: trap + '/ping' }); return false;"),
    ("download", "await click({ href: trap + '/download', download: 'x' }); return false;"),
    (
        "download of a blob",
        "await click({ href: URL.createObjectURL(new Blob(['x'])), download: 'leak.txt' }); return false;",
    ),
    ("navigation", "location.href = trap + '/location'; await pause(500); return false;"),
    ("navigation to data", "location.href = 'data:text/html,<h1>gone</h1>'; await pause(300); return false;"),
    ("navigation to a file", "location.href = 'file:///etc/hostname'; await pause(300); return false;"),
    ("file", "await fetch('file:///etc/hostname'); return true;"),
    ("asset protocol", "await fetch('asset://localhost/etc/hostname'); return true;"),
    ("asset protocol over HTTP", "await fetch('http://asset.localhost/etc/hostname'); return true;"),
    (
        "WebRTC",
        "if (!window.RTCPeerConnection) return false; \
        const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + trap.slice(7) }] }); \
        peer.createDataChannel('x'); await peer.setLocalDescription(await peer.createOffer()); await pause(300); return false;",
    ),
    ("eval", "return eval('1 + 1') === 2;"),
    ("Function", "return new Function('return true')();"),
    (
        "timer with text",
        "window.fell = false; setTimeout('window.fell = true', 0); await pause(100); return window.fell;",
    ),
    (
        "inline script",
        "window.fell = false; const s = document.createElement('script'); s.textContent = 'window.fell = true'; \
        document.body.append(s); s.remove(); return window.fell;",
    ),
    (
        "inline handler",
        "window.fell = false; document.body.setAttribute('onclick', 'window.fell = true'); \
        document.body.click(); document.body.removeAttribute('onclick'); return window.fell;",
    ),
    (
        "address with script",
        "window.fell = false; await click({ href: 'javascript:window.fell = true' }); return window.fell;",
    ),
    ("service worker", "await navigator.serviceWorker.register('/sw.js'); return true;"),
    ("global Tauri", "return window.__TAURI__ !== undefined;"),
];

/// Commands of Tauri and of plug-ins that this page has no permission for, with arguments that would work.
const OTHER_COMMANDS: &[(&str, &str)] = &[
    ("plugin:dialog|open", "{ options: {} }"),
    ("plugin:dialog|save", "{ options: {} }"),
    ("plugin:dialog|message", "{ message: 'x' }"),
    ("plugin:fs|read_text_file", "{ path: '/etc/hostname' }"),
    ("plugin:fs|read_file", "{ path: '/etc/hostname' }"),
    ("plugin:event|emit", "{ event: 'drag', payload: 'dropped' }"),
    ("plugin:webview|create_webview_window", "{ options: { label: 'other', url: 'index.html' } }"),
    ("plugin:webview|internal_toggle_devtools", "{}"),
    ("plugin:window|close", "{}"),
    ("plugin:window|set_title", "{ value: 'x' }"),
    ("plugin:app|version", "{}"),
    ("plugin:path|resolve_directory", "{ directory: 1 }"),
    ("plugin:resources|close", "{ rid: 0 }"),
    ("plugin:shell|open", "{ path: 'x' }"),
    ("no_such_command", "{}"),
];

/// Helpers for the ways out, then one of them.
const HARNESS: &str = r"
const [trap, body] = arguments;
const done = arguments[arguments.length - 1];
const pause = (ms) => new Promise((after) => setTimeout(after, ms));
const element = (name, attributes) => new Promise((after) => {
  const el = document.createElement(name);
  const end = (through) => { el.remove(); after(through); };
  el.onload = el.onloadeddata = () => end(true);
  el.onerror = () => end(false);
  Object.assign(el, attributes);
  document.body.append(el);
  setTimeout(() => end(false), 400);
});
const click = async (attributes) => {
  const a = document.createElement('a');
  Object.assign(a, attributes);
  document.body.append(a);
  a.click();
  await pause(300);
  a.remove();
};
";

/// Counts who knocks at a port of this machine.
struct Trap {
    address: String,
    knocks: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let knocks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&knocks);
        // Ends with the test's process.
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(stream.read(&mut [0; 1024]));
            }
        });
        Self { address, knocks }
    }

    fn knocks(&self) -> usize {
        self.knocks.load(Ordering::SeqCst)
    }
}

#[test]
fn no_script_of_the_page_gets_out() {
    let home = Home::default();
    let Some(page) = home.open(&[]) else { return };
    let trap = Trap::set();
    let address = page.evaluate("return location.href;");
    for (way, body) in WAYS_OUT {
        let script = format!("{HARNESS}(async () => {{ {body} }})().then(done, () => done(false));");
        let through = page.driver().execute_async(&script, &json!([trap.address, body]));
        assert_eq!(through.ok(), Some(json!(false)), "by {way}");
        assert_eq!(trap.knocks(), 0, "somebody was reached by {way}");
        let now = page.evaluate("return location.href;");
        assert_eq!(without_fragment(&now), without_fragment(&address), "the window went elsewhere by {way}");
    }
    let windows = page.driver().command("GET", "/window/handles", &Value::Null).unwrap();
    assert_eq!(windows.as_array().map(Vec::len), Some(1), "there is one window");
    let leaks: Vec<_> = files(home.root()).into_iter().filter(|file| file.ends_with("leak.txt")).collect();
    assert!(leaks.is_empty(), "nothing was downloaded");
}

#[test]
fn the_page_may_give_its_commands_and_no_others() {
    let home = Home::default();
    let Some(page) = home.open(&[]) else { return };
    let invoke = |command: &str, arguments: &str| {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             window.__TAURI_INTERNALS__.invoke('{command}', {arguments}).then(() => done('answered'), (why) => done(String(why)));"
        );
        page.driver().execute_async(&script, &json!([])).unwrap().as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(invoke("start", "{ ask: {} }"), "answered", "the page reaches the program");
    for (command, arguments) in OTHER_COMMANDS {
        let answer = invoke(command, arguments);
        assert!(answer.contains("not allowed") || answer.contains("not found"), "{command}: {answer}");
    }
}

fn without_fragment(address: &Value) -> String {
    address.as_str().unwrap_or_default().split('#').next().unwrap_or_default().to_owned()
}
