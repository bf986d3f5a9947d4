//! A vault with one whole bundle in it, and what must be true of it after each surprise: nothing about a person was told,
//! nothing panicked, vault and log stand, and the vault lists what it listed before.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use chartproof_tests::app::Home;
use chartproof_tests::cli;
use chartproof_tests::memory;
use chartproof_tests::sample::{Sample, files};
use serde_json::Value;

/// Events of the bundle that lies in the vault.
const EVENTS: usize = 400;
/// What a check may take, in MiB, whatever it is given: less than the longest line that is handed over.
pub(crate) const VERIFY_PEAK_MIB: u64 = 100;
/// What an import may take, in MiB; deriving the key of the vault alone takes some 70 of it.
pub(crate) const IMPORT_PEAK_MIB: u64 = 300;
/// How often a program's memory is looked at.
const WEIGH_EVERY: Duration = Duration::from_millis(5);
/// Shorter identifiers turn up in hashes by chance.
const IDENTIFIER_BYTES_MIN: usize = 6;

const PASSPHRASE: &str = "seven quiet harbors in march";
pub(crate) const REASON: &str = "PO-2026-014 complaint of a patient";

/// A vault that tests copy instead of making one each.
struct Template {
    home: Home,
    /// The bundle in it.
    sample: Sample,
    /// What the vault lists.
    listed: String,
}

/// Lives as long as some test uses it, so that nothing of it stays behind.
static TEMPLATE: Mutex<Weak<Template>> = Mutex::new(Weak::new());

/// A desk of its own for one test.
pub(crate) struct Office {
    home: Home,
    program: PathBuf,
    template: Arc<Template>,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Office {
    /// An office; without a command line to run, says so.
    pub(crate) fn new() -> Option<Self> {
        let program = cli::cli()?;
        let mut template = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
        let made = template.upgrade().unwrap_or_else(|| Arc::new(Template::make(&program)));
        *template = Arc::downgrade(&made);
        drop(template);
        let home = Home::default();
        fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
        let office = Self { home, program, template: made };
        office.renew_vault();
        Some(office)
    }

    /// Makes the vault again as it was in the beginning.
    pub(crate) fn renew_vault(&self) {
        let vault = self.path("vault");
        drop(fs::remove_dir_all(&vault));
        fs::create_dir(&vault).unwrap();
        for file in files(&self.template.home.path("vault")) {
            fs::copy(&file, vault.join(file.file_name().unwrap())).unwrap();
        }
    }

    /// Bytes of all files of the vault.
    pub(crate) fn vault_bytes(&self) -> u64 {
        let sizes = fs::read_dir(self.path("vault")).unwrap().flatten();
        sizes.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path(name)
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn program(&self) -> &PathBuf {
        &self.program
    }

    /// The bundle that lies in the vault, as a folder.
    pub(crate) fn sample(&self) -> &Sample {
        &self.template.sample
    }

    /// Runs the command line.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = A>) -> Ended {
        self.ended(&cli::run(&self.program, &self.home, words))
    }

    /// Runs a look, which tells about people; it has to end well.
    pub(crate) fn look<A: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = A>) -> String {
        cli::done(&self.program, &self.home, words)
    }

    /// Runs it on the vault.
    pub(crate) fn call(&self, words: &[&str]) -> Ended {
        self.run(account(words))
    }

    pub(crate) fn verify(&self, bundle: &Path) -> Ended {
        self.run(verify_words(bundle))
    }

    pub(crate) fn import(&self, bundle: &Path) -> Ended {
        self.run(import_words(bundle))
    }

    /// Runs words and watches how much memory that takes, in MiB.
    pub(crate) fn weighed(&self, words: &[OsString]) -> (Ended, u64) {
        let mut command = cli::command(&self.program, &self.home, words);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let process = child.id();
        thread::scope(|scope| {
            let output = scope.spawn(|| child.wait_with_output().unwrap());
            let mut peak_kib = 0;
            while !output.is_finished() {
                peak_kib = memory::peak_kib(process).unwrap_or(0).max(peak_kib);
                thread::sleep(WEIGH_EVERY);
            }
            println!("peak {} MiB", peak_kib / 1024);
            (self.ended(&output.join().unwrap()), peak_kib / 1024)
        })
    }

    /// What a command told, after nothing was told that may not be.
    pub(crate) fn ended(&self, output: &Output) -> Ended {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is text");
        let ended = Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        let told = format!("{}{}", ended.out, ended.err);
        for word in ["panicked", "RUST_BACKTRACE", "unwrap", "Os {", PASSPHRASE] {
            assert!(!told.contains(word), "`{word}` in: {told}");
        }
        let Sample { patients, users, .. } = &self.template.sample;
        let people = patients.keys().chain(users.keys()).filter(|id| id.len() >= IDENTIFIER_BYTES_MIN);
        for person in people {
            assert!(!told.contains(person.as_str()), "a person is named: {told}");
        }
        ended
    }

    /// Vault and log stand, and the vault lists what it listed before.
    #[track_caller]
    pub(crate) fn is_as_before(&self) {
        assert_eq!(self.bundles(), listed(&self.template.listed), "the vault lists something else");
        self.stands();
    }

    /// Vault and log stand, and the vault lists one bundle more than before: gives it.
    #[track_caller]
    pub(crate) fn has_one_more(&self) -> Value {
        let mut bundles = self.bundles();
        for before in listed(&self.template.listed) {
            let at = bundles.iter().position(|bundle| *bundle == before).expect("what was there is still there");
            bundles.remove(at);
        }
        assert_eq!(bundles.len(), 1, "one bundle more");
        self.stands();
        bundles.remove(0)
    }

    fn bundles(&self) -> Vec<Value> {
        listed(&self.call(&["bundles", "--format", "json"]).done())
    }

    #[track_caller]
    pub(crate) fn stands(&self) {
        self.call(&["vault", "check"]).done();
        self.call(&["access-log", "verify"]).done();
    }
}

impl Template {
    fn make(program: &PathBuf) -> Self {
        let home = Home::default();
        let sample = Sample::make(program, &home, "handed-over", EVENTS, None);
        fs::write(home.path("passphrase"), PASSPHRASE).unwrap();
        cli::done(program, &home, account(&["vault", "create", "vault"]));
        cli::done(program, &home, import_words(&sample.path));
        let listed = cli::done(program, &home, account(&["bundles", "--format", "json"]));
        Self { home, sample, listed }
    }
}

impl Ended {
    /// It ended well; gives what it printed.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// It ended with this code, printed no result, and its message holds these words.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "no result");
        assert!(self.err.starts_with("chartproof: "), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
    }

    /// The report of `verify --format json` that ended with this code.
    #[track_caller]
    pub(crate) fn report(self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).expect("one JSON document")
    }

    /// The findings that are errors, of a report that fails, in the order of their codes.
    #[track_caller]
    pub(crate) fn errors(self) -> Vec<Value> {
        let report = self.report(1);
        assert_eq!((report["integrity"].as_str(), report["assurance"].as_str()), (Some("FAIL"), None));
        let findings = report["findings"].as_array().expect("findings").clone();
        let mut errors: Vec<Value> = findings.into_iter().filter(|finding| finding["severity"] == "error").collect();
        errors.sort_by_key(|finding| finding["code"].as_str().map(str::to_owned));
        for error in &errors {
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.ends_with('.') && message.contains(' '), "a sentence: {message}");
        }
        errors
    }
}

/// `verify` reports exactly these errors and ends with 1; `import` stores the verdict, and nothing else changes.
#[track_caller]
pub(crate) fn reported(office: &Office, bundle: &Path, expected: &[&str]) -> Vec<Value> {
    let errors = office.verify(bundle).errors();
    assert_eq!(codes(&errors), expected, "{errors:#?}");
    office.import(bundle).done();
    let stored = office.has_one_more();
    assert_eq!(stored["badge"]["word"], "Altered or damaged", "{stored:#}");
    errors
}

/// `verify` and `import` refuse with 5 and these words, and nothing changes.
#[track_caller]
pub(crate) fn refused(office: &Office, bundle: &Path, words: &[&str]) {
    office.verify(bundle).refused(5, words);
    office.import(bundle).refused(5, words);
    office.is_as_before();
}

/// The codes of findings.
pub(crate) fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Adds the account to words.
pub(crate) fn account(words: &[&str]) -> Vec<OsString> {
    let account = ["--vault", "vault", "--user", "jordan", "--passphrase-file", "passphrase"];
    words.iter().chain(&account).map(OsString::from).collect()
}

pub(crate) fn verify_words(bundle: &Path) -> Vec<OsString> {
    vec!["verify".into(), bundle.into(), "--format".into(), "json".into()]
}

pub(crate) fn import_words(bundle: &Path) -> Vec<OsString> {
    [vec!["import".into(), bundle.into()], account(&["--reason", REASON])].concat()
}

fn listed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
