//! My access log: its entries in words, its check, its export.
//!
//! Reading it is written into it as well. While it does not stand, its entries are not shown (they name people); the
//! check and the export still work, because they are what helps.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use access_log::{Body, Depth, Entry, LogFilter, LogReport, LoggedEntry, PAGE_ENTRIES_MAX};
use event_store::EventQuestions as _;
use integrity::digest::{Digest, Hasher};
use model::{BundleId, Instant};
use tempfile::NamedTempFile;
use timeline::{Edge, Moment};

use crate::clock;
use crate::desk::Desk;
use crate::direct::named;
use crate::portion::{brief, cut, fitting};
use crate::samples::{check_free, disk_fault, exists_already};
use crate::session::Session;
use crate::verdicts::bundle_name;
use crate::wire::{AccessLogAsk, AccessLogPage, Fault, LogCheck, LogEntry, MaybeExported, Nothing};
use crate::words::{counted, grouped, when_text};

/// Bytes of a text of an entry on the page: a reason of 2,000 characters fits.
const ENTRY_TEXT_BYTES_MAX: usize = 8 << 10;
/// Name that an export is offered under.
const EXPORT_NAME: &str = "chartproof-access-log.ndjson";

impl Desk {
    /// A page of the log, newest first: as many of the entries asked for as one answer holds, and never none.
    pub fn access_log(&self, ask: AccessLogAsk) -> Result<AccessLogPage, Fault> {
        let session = self.session()?;
        session.may_look()?;
        let filter = session.log_filter(&ask)?;
        let page = session.log_page(&filter, ask.offset, ask.limit as usize)?;
        let actors = session.vault.people()?.into_iter().map(|person| person.name).collect();
        let names = session.bundle_names()?;
        Ok(AccessLogPage {
            entries: fitting(page.0.iter().map(|entry| shortened(entry_out(entry, &names)))),
            total: page.1,
            actors,
        })
    }

    /// Hands over every entry, oldest first.
    pub fn each_log_entry(&self, each: &mut dyn FnMut(LogEntry) -> Result<(), Fault>) -> Result<(), Fault> {
        let session = self.session()?;
        session.may_look()?;
        let filter = LogFilter::default();
        let mut pages = Vec::new();
        let mut offset = 0;
        // The log is read newest first; its own reading adds to it, so the first page fixes where it ends.
        loop {
            let (entries, total) = session.log_page(&filter, offset, PAGE_ENTRIES_MAX)?;
            offset += entries.len() as u64;
            let over = entries.is_empty() || offset >= total;
            pages.push(entries);
            if over {
                break;
            }
        }
        let names = session.bundle_names()?;
        pages.iter().rev().flat_map(|page| page.iter().rev()).try_for_each(|entry| each(entry_out(entry, &names)))
    }

    /// Checks the whole log.
    pub fn check_log(&self, _: Nothing) -> Result<LogCheck, Fault> {
        let session = self.session()?;
        let report = session.log.verify(&session.vault, Depth::Full, &[])?;
        session.judge_log(&report);
        // A log that does not stand is not written to any more than it has to be.
        if report.intact() {
            session.note(Entry::LogChecked { entries: report.entries, intact: true })?;
        }
        Ok(check_out(&report))
    }

    /// Lets the person choose where to, and exports the log there.
    pub fn export_log(&self, _: Nothing) -> Result<MaybeExported, Fault> {
        self.session()?;
        match self.outlets.save_file(EXPORT_NAME) {
            Some(path) => self.export_log_to(&path),
            None => Ok(MaybeExported { file: None, sha256: None, entries: 0 }),
        }
    }

    /// Exports the log to a file that does not exist yet.
    pub fn export_log_to(&self, path: &Path) -> Result<MaybeExported, Fault> {
        let session = self.session()?;
        check_free(path)?;
        // Readable for its owner alone, and under its name only when it is whole: it names people.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(|error| disk_fault(path, &error))?;
        let (entries, digest) = session.write_export(path, file.as_file())?;
        file.persist_noclobber(path).map_err(|kept| match kept.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists_already(path),
            _ => disk_fault(path, &kept.error),
        })?;
        let (file, sha256) = (Some(named(path)), Some(digest.to_hex()));
        Ok(MaybeExported { file, sha256, entries })
    }
}

impl Session {
    fn bundle_names(&self) -> Result<BundleNames, Fault> {
        let bundles = self.store.bundles()?.into_iter();
        Ok(bundles.map(|bundle| (bundle.id.as_str().to_owned(), bundle_name(&bundle.facts))).collect())
    }

    fn log_filter(&self, ask: &AccessLogAsk) -> Result<LogFilter, Fault> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut filter = LogFilter { actor: given(&ask.actor), purpose: given(&ask.purpose), ..LogFilter::default() };
        if let Some(day) = given(&ask.day) {
            let edge = |edge| {
                Moment::parse(&day, self.zone(), edge).map_err(|_| Fault::bad_input("A day is written YYYY-MM-DD."))
            };
            filter.from = Some(Instant::from_utc_nanos(edge(Edge::From)?.nanos()));
            filter.to = Some(Instant::from_utc_nanos(edge(Edge::To)?.nanos().saturating_add(1)));
        }
        Ok(filter)
    }

    fn log_page(&self, filter: &LogFilter, offset: u64, limit: usize) -> Result<(Vec<LoggedEntry>, u64), Fault> {
        let viewed = Entry::LogViewed { filter: filter.text() };
        // One line for one reading: the pages after the first belong to it.
        let seen = self.log_view_token(viewed, offset == 0)?;
        let page = self.log.entries(&self.vault, &seen, filter, offset, limit)?;
        Ok((page.entries, page.total))
    }

    fn write_export(&self, path: &Path, file: &File) -> Result<(u64, Digest), Fault> {
        let entry = Entry::LogExported { destination: named(path) };
        let seen = self.log.append(&self.vault, entry, None, &clock::now())?;
        let mut out = HashingWriter { inner: BufWriter::new(file), hasher: Hasher::new() };
        let head = self.log.export(&self.vault, &seen, &mut out)?;
        let HashingWriter { inner, hasher } = out;
        let file = inner.into_inner().map_err(|error| disk_fault(path, error.error()))?;
        file.sync_all().map_err(|error| disk_fault(path, &error))?;
        Ok((head.map_or(0, |head| head.seq), hasher.finish()))
    }
}

/// An entry as one of many; its texts are whole in the export.
fn shortened(entry: LogEntry) -> LogEntry {
    LogEntry {
        actor: brief(entry.actor),
        what: cut(entry.what, ENTRY_TEXT_BYTES_MAX),
        object: cut(entry.object, ENTRY_TEXT_BYTES_MAX),
        purpose: entry.purpose.map(|purpose| cut(purpose, ENTRY_TEXT_BYTES_MAX)),
        result: entry.result.map(|result| cut(result, ENTRY_TEXT_BYTES_MAX)),
        ..entry
    }
}

/// Hashes what goes through it.
struct HashingWriter<'a> {
    inner: BufWriter<&'a File>,
    hasher: Hasher,
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// What a check found, for the screen.
pub(crate) fn check_out(report: &LogReport) -> LogCheck {
    let mut lines = vec![
        format!("{} with their numbers, links, texts and hashes", counted(report.entries, "entry")),
        format!("{} over them", counted(report.signatures, "signature")),
        format!("{} written when the vault was locked", counted(report.roots, "root")),
    ];
    if let Some(first_break) = &report.first_break {
        lines.push(format!("First break: entry {}", grouped(first_break.seq)));
        lines.push(first_break.advice().to_owned());
    }
    LogCheck {
        stands: report.intact(),
        sentence: sentence_of(report),
        entries: report.entries,
        lines,
        head: report.head.as_ref().map(|head| head.hash.to_hex()).unwrap_or_default(),
    }
}

/// Whether the log stands, in a sentence.
pub(crate) fn sentence_of(report: &LogReport) -> String {
    match &report.first_break {
        None => format!("The access log stands: {} agree with each other.", counted(report.entries, "entry")),
        Some(first_break) => first_break.to_string(),
    }
}

/// Names of the bundles that are in the vault, by their ids.
type BundleNames = BTreeMap<String, String>;

fn entry_out(logged: &LoggedEntry, names: &BundleNames) -> LogEntry {
    let body = &logged.body;
    let bundle_name = body.bundle.as_ref().and_then(|bundle| names.get(bundle));
    LogEntry {
        seq: logged.seq,
        time: when_text(&body.ts),
        actor: body.actor.clone(),
        role: body.role.replace('_', " "),
        what: what_of(&body.action).to_owned(),
        action: body.action.clone(),
        bundle: body.bundle.clone(),
        bundle_name: bundle_name.cloned(),
        object: object_of(body, bundle_name),
        purpose: body.purpose.as_ref().map(|purpose| purpose.text().to_owned()),
        result: result_of(body),
        hash: logged.hash.to_hex(),
    }
}

/// What an entry is about. A bundle is told by its name and by the digits that references to its events begin with.
fn object_of(body: &Body, bundle_name: Option<&String>) -> String {
    let all = match body.action.as_str() {
        "log_viewed" => "all entries",
        "patients_list" | "users_list" => "everybody",
        _ => "all events",
    };
    let query = body.query.clone().map(|query| if query.is_empty() { all.to_owned() } else { query });
    let bundle = body.bundle.as_ref().map(|id| {
        let short = BundleId::new(id.clone()).short();
        bundle_name.map_or_else(|| format!("bundle {short}"), |name| format!("{name} ({short})"))
    });
    [bundle, body.object.clone(), query].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn result_of(body: &Body) -> Option<String> {
    let counts = body.results.iter().map(|(name, count)| count_of(name, *count));
    let details = body.details.iter().map(|(name, value)| format!("{}: {value}", name.replace('_', " ")));
    let all: Vec<String> = counts.chain(details).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// A count with its name: nouns are counted, numbers of entries are named.
fn count_of(name: &str, count: u64) -> String {
    match name.strip_suffix("ies").map(|stem| format!("{stem}y")).or_else(|| name.strip_suffix('s').map(str::to_owned))
    {
        Some(noun) => counted(count, &noun.replace('_', " ")),
        None => format!("{} {}", name.replace('_', " "), grouped(count)),
    }
}

/// An action in words.
fn what_of(action: &str) -> &str {
    match action {
        "create_vault" => "Made the vault",
        "unlock" => "Unlocked the vault",
        "failed_unlocks" => "Failed attempts to unlock",
        "recovery_used" => "Used the recovery key",
        "lock" => "Locked the vault",
        "import" => "Imported a bundle",
        "import_repeated" => "Was handed a bundle that is stored already",
        "import_undone" => "Gave up an import",
        "verify" => "Reached a verdict",
        "compare" => "Began to compare two exports",
        "compared" => "Compared two exports",
        "self_test" => "Began a self-test",
        "self_tested" => "Ended a self-test",
        "verify_begun" => "Began to check a bundle again",
        "verify_undone" => "Gave up a check",
        "look" => "Looked at events",
        "look_closed" => "Ended a look",
        "view_event" => "Opened an event",
        "event_sought" => "Looked for an event by its id",
        "patients_list" => "Listed patients",
        "users_list" => "Listed users",
        "reveal" => "Revealed names",
        "copy" => "Copied",
        "print" => "Printed",
        "export" => "Exported",
        "settings" => "Changed a setting",
        "passphrase_change" => "Changed the passphrase",
        "purpose_given" => "Gave a purpose",
        "refused" => "Was refused",
        "log_viewed" => "Read the access log",
        "log_checked" => "Checked the access log",
        "log_exported" => "Exported the access log",
        "report_saved" => "Saved a verification report",
        "key_pinned" => "Pinned a key",
        "key_revoked" => "Revoked a key",
        "anchor_added" => "Added an anchor",
        "anchor_withdrawn" => "Withdrew an anchor",
        "clock_jump" => "The clock was set back",
        other => other,
    }
}
