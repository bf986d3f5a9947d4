//! The words of the command line. A contract: other programs rely on the names.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Opens an exported audit bundle, says what can be proved about it, and shows who looked.
#[derive(Parser)]
#[command(name = "chartproof", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Form of the output: text for people, json (one object; rows: one object a line) or csv for programs.
    #[arg(long, global = true, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) account: Account,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which vault, who, and why.
#[derive(Args)]
pub(crate) struct Account {
    /// Folder of the vault (default: the one the window uses).
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) vault: Option<PathBuf>,
    /// Account to unlock it with; may be left out where there is only one.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// File whose first line is the passphrase; - reads standard input.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Why you look. Every look and every import needs one; it is written into the access log.
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

/// An id. A variable of a script that is empty must not look like a question about everybody.
fn id(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("the id is empty".to_owned()) } else { filter(text) }
}

/// A filter or an id may begin with a hyphen. What begins with two is a misspelt option.
fn filter(text: &str) -> Result<String, String> {
    if text.starts_with("--") {
        return Err("there is no such option; an id that begins so is found with search, in quotes".to_owned());
    }
    Ok(text.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Csv,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a bundle. Needs no vault, so a check that is interrupted is kept nowhere and begins again.
    Verify {
        /// Folder, zip, tar or FHIR file; it is only read.
        bundle: PathBuf,
        /// Fingerprint of a key that you have compared and vouch for: sha256:HEX, or SHA256:… of an SSH key.
        #[arg(long, value_name = "KID")]
        trust: Vec<String>,
        /// File with a head of the log from elsewhere: `{"stream_id","last_seq","last_hash","last_event_id"}`.
        #[arg(long, value_name = "FILE")]
        anchor: Vec<PathBuf>,
        /// Write the report to a file that does not exist: .html for people, .json for programs.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Put the score of a self-test of so many rounds into the report.
        #[arg(long, value_name = "N", requires = "report", value_parser = clap::value_parser!(u32).range(1..))]
        self_test: Option<u32>,
        /// Raise the limits on size and count.
        #[arg(long)]
        allow_large: bool,
    },
    /// Hold two exports of one log against each other: the newer extends the older, or the first difference.
    Compare {
        /// The export that was made first.
        older: PathBuf,
        /// The one that was made later.
        newer: PathBuf,
        /// Raise the limits on size and count.
        #[arg(long)]
        allow_large: bool,
    },
    /// Damage copies of a bundle in every known way and say how many the check finds. The bundle is only read.
    SelfTest {
        /// Folder, zip, tar or FHIR file; it is only read.
        bundle: PathBuf,
        /// How often every kind of damage is done, each time in another place.
        #[arg(long, default_value_t = 1)]
        runs: u32,
        /// Where chance begins: the same seed damages the same places.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Fingerprint of a key that every check is to rely on, as for verify.
        #[arg(long, value_name = "KID")]
        trust: Vec<String>,
        /// File with a head of the log from elsewhere, as for verify.
        #[arg(long, value_name = "FILE")]
        anchor: Vec<PathBuf>,
        /// Raise the limits on size and count.
        #[arg(long)]
        allow_large: bool,
    },
    /// Say what a bundle is and holds, without checking it. Needs no vault.
    Inspect {
        /// Folder, zip, tar or FHIR file; it is only read.
        bundle: PathBuf,
        /// Raise the limits on size and count.
        #[arg(long)]
        allow_large: bool,
    },
    /// Make a believable bundle of invented people; OUT ending in .zip gives a zip.
    Sample(SampleArguments),
    /// Make a sample's vault with its known account and an incident waiting in it.
    SampleVault {
        /// Folder; must be empty or absent.
        dir: PathBuf,
    },
    /// Make a vault, or look after one.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Check a bundle and store it in the vault.
    Import(ImportArguments),
    /// List the bundles of the vault.
    Bundles,
    /// One bundle of the vault.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// What this office vouches for: producers' keys, signers, time stamp authorities.
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Where logs ended, according to somebody other than a bundle's author.
    #[command(subcommand)]
    Anchor(AnchorCommand),
    /// Who opened this patient's chart.
    Patient {
        #[arg(allow_hyphen_values = true, value_parser = id)]
        id: String,
        #[command(flatten)]
        range: Range,
    },
    /// What this user opened.
    UserActivity {
        #[arg(allow_hyphen_values = true, value_parser = id)]
        id: String,
        #[command(flatten)]
        range: Range,
    },
    /// Events that match a filter, such as `user:u-77 -action:login from:2026-03-02`.
    Search {
        #[arg(allow_hyphen_values = true, value_parser = filter)]
        filter: String,
        #[command(flatten)]
        range: Range,
    },
    /// One event with its record as written.
    Event {
        /// An event reference as printed in rows, or an event id if it is unique.
        #[arg(allow_hyphen_values = true, value_parser = id)]
        id: String,
        /// Uncover names and the patients of an event that has several. A line of its own in the access log.
        #[arg(long)]
        reveal: bool,
    },
    /// Our own record of who looked at what.
    #[command(subcommand)]
    AccessLog(AccessLogCommand),
}

/// Part of the timeline.
#[derive(Args, Default)]
pub(crate) struct Range {
    /// From this instant or day (RFC 3339 or YYYY-MM-DD).
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// To this instant or the end of this day.
    #[arg(long, value_name = "WHEN")]
    pub(crate) to: Option<String>,
    /// Only this bundle (default: all, one after the other).
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) bundle: Option<String>,
    /// Print at most so many rows; totals stay exact.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

#[derive(Args)]
pub(crate) struct SampleArguments {
    /// Folder or .zip to make; must not exist.
    pub(crate) out: PathBuf,
    /// Events to make.
    #[arg(long, default_value_t = 5_000)]
    pub(crate) events: u64,
    /// Same seed, same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days of traffic.
    #[arg(long)]
    pub(crate) days: Option<u32>,
    /// An incident to put into the traffic.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// Damage it on purpose; `list` prints the kinds.
    #[arg(long, value_name = "KIND")]
    pub(crate) tamper: Option<String>,
    /// Also write a SHA-512 manifest.
    #[arg(long)]
    pub(crate) sha512: bool,
    /// Compress the segments: `zstd` unless `gzip` is asked for.
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "zstd")]
    pub(crate) compress: Option<String>,
    /// Sign each event, segment or checkpoint with a key that follows from the seed.
    #[arg(long, value_name = "WHAT")]
    pub(crate) sign: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum VaultCommand {
    /// Make a vault with its first account.
    Create {
        /// Folder; must be empty or absent.
        dir: PathBuf,
    },
    /// What the vault is, without its content.
    Info,
    /// Change the passphrase: the file holds the present one on its first line and the new one on its second.
    Passwd {
        /// File whose first line is the recovery key; - reads standard input. The passphrase file then holds only the
        /// new passphrase.
        #[arg(long, value_name = "FILE")]
        recovery_file: Option<PathBuf>,
    },
    /// Check every page of the database, its schema, and the access log.
    Check,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// Folder, zip, tar or FHIR file; it is only read.
    pub(crate) bundle: PathBuf,
    /// Who handed it over.
    #[arg(long, value_name = "TEXT")]
    pub(crate) received_from: Option<String>,
    /// When, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(crate) received_on: Option<String>,
    /// By which channel.
    #[arg(long, value_name = "TEXT")]
    pub(crate) channel: Option<String>,
    /// The SHA-256 quoted beside it; compared before anything is stored.
    #[arg(long, value_name = "HEX")]
    pub(crate) expected_sha256: Option<String>,
    /// Zone for times that have none (IANA name).
    #[arg(long, value_name = "TZ")]
    pub(crate) zone: Option<String>,
    /// Fingerprint of a key that you have compared: it is pinned in the vault first, if it is not yet.
    #[arg(long, value_name = "KID")]
    pub(crate) trust: Vec<String>,
    /// Who vouched for those keys (default: the account).
    #[arg(long, value_name = "NAME", requires = "trust")]
    pub(crate) vouched_by: Option<String>,
    /// Raise the limits on size and count.
    #[arg(long)]
    pub(crate) allow_large: bool,
}

#[derive(Subcommand)]
pub(crate) enum BundleCommand {
    /// Check it again from its kept source, with what is vouched for today. A check that was interrupted is gone on with.
    Check {
        /// Its id, or how it begins.
        #[arg(value_parser = id)]
        id: String,
    },
    /// The verdicts that were reached on it, newest first.
    History {
        /// Its id, or how it begins.
        #[arg(value_parser = id)]
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum TrustCommand {
    /// Everything that is or was pinned.
    List,
    /// Pin what you have compared with somebody who can vouch for it.
    Pin {
        /// Its whole fingerprint: sha256:HEX, SHA256:… of an SSH key, certificate-sha256:HEX.
        kid: String,
        /// Who vouched for it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// How they were reached: in person, by telephone under a known number, on paper.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        how: String,
        /// What else is worth knowing.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        note: String,
        /// The public key (PEM, or an SSH public key) or the certificate itself. A certificate needs it.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Do not rely on it from a time on.
    Revoke {
        /// Its whole fingerprint.
        kid: String,
        /// From when on: RFC 3339, or a day in the zone of the vault.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum AnchorCommand {
    /// Every anchor, and what imports remember.
    List,
    /// Add the head that a file holds: `{"stream_id","last_seq","last_event_id","last_hash"}`.
    Add {
        /// The anchor file (JSON).
        file: PathBuf,
        /// A time stamp (RFC 3161) over that file, under a pinned certificate.
        #[arg(long, value_name = "FILE")]
        stamp: Option<PathBuf>,
        /// Who gave it.
        #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
        by: String,
        /// The day it was written, YYYY-MM-DD.
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        written_on: String,
        /// The day it came here, YYYY-MM-DD (default: today).
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        received_on: String,
    },
    /// Do not hold bundles against an anchor or a remembered head any more.
    Withdraw {
        /// Its number.
        number: u64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum AccessLogCommand {
    /// Print the entries, oldest first.
    Show,
    /// Check chain, signatures and roots.
    Verify,
    /// Write the whole log to a file that can be checked elsewhere.
    Export {
        /// File to write; must not exist.
        out: PathBuf,
    },
}
