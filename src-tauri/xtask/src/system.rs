//! What Debian has to bring, and bringing it.
//!
//! Packages that are missing are named first. As root they are installed at once; otherwise a person is asked before
//! sudo is used, and without a person only a sudo that needs no password is. On systems without `dpkg` nothing is
//! installed: what is needed is named once.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use crate::call::Call;
use crate::place;
use crate::stop::Stop;

/// What the machine is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Building and opening the program.
    Build,
    /// Testing it in its window, without a screen.
    Test,
}

/// Debian packages, what for, and why.
const PACKAGES: &[(&str, Need, &str)] = &[
    ("build-essential", Need::Build, "a C compiler for SQLCipher and zstd, and the linker"),
    ("pkg-config", Need::Build, "how their build scripts find libraries"),
    ("libssl-dev", Need::Build, "the ciphers that SQLCipher uses"),
    ("libwebkit2gtk-4.1-dev", Need::Build, "the window"),
    ("git", Need::Test, "whether a check leaves the tree as it was"),
    ("xvfb", Need::Test, "a screen for the journeys"),
    ("xauth", Need::Test, "what xvfb-run asks for"),
    ("webkit2gtk-driver", Need::Test, "WebDriver for the window"),
    ("poppler-utils", Need::Test, "reads what the window prints"),
    ("jq", Need::Test, "stock tools have to agree with our samples"),
    ("unzip", Need::Test, "the commands that a report prints are tried"),
    ("zstd", Need::Test, "the commands that a report prints are tried"),
    ("python3-pip", Need::Test, "brings bagit.py, the stock tool for bags"),
];

/// The stock tool for bags, as Python's registry knows it.
const BAGIT: &str = "bagit==1.9.0";

/// Oldest Node.js that the front-end's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Sees to it that the machine has what is needed; `Need::Test` includes `Need::Build`.
pub(crate) fn provide(need: Need) -> Result<(), Stop> {
    node()?;
    let wanted = PACKAGES.iter().filter(|(_, of, _)| *of == Need::Build || need == Need::Test);
    if !Call::new("dpkg-query").args(["--version"]).succeeds() {
        let names: Vec<&str> = wanted.map(|(name, ..)| *name).collect();
        println!("This is not Debian: make sure that the likes of {} are installed.", names.join(", "));
        return Ok(());
    }
    let missing: Vec<_> = wanted.filter(|(name, ..)| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("This machine lacks {} Debian packages:", missing.len());
    for (name, _, why) in &missing {
        println!("  {name:24} {why}");
    }
    let names: Vec<&str> = missing.iter().map(|(name, ..)| *name).collect();
    let sudo = permission(&names)?;
    let apt = |args: &[&str]| {
        Call::new(sudo.first().copied().unwrap_or("env"))
            .args(sudo.iter().skip(1))
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"])
            .args(args)
            .run()
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-q", "-y", "--no-install-recommends"], names.as_slice()].concat())
}

fn installed(package: &str) -> bool {
    Call::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .output()
        .is_ok_and(|status| status == "installed")
}

/// How to begin a command that root has to run, or why it may not be run.
fn permission(names: &[&str]) -> Result<&'static [&'static str], Stop> {
    if Call::new("id").args(["-u"]).output()?.trim() == "0" {
        return Ok(&["env"]);
    }
    let refused = |what: &str| Stop::Lacking {
        what: what.to_owned(),
        remedy: format!("Type: sudo apt-get install --no-install-recommends {}", names.join(" ")),
    };
    let alone = std::env::var_os("CI").is_some() || !std::io::stdin().is_terminal();
    if alone {
        let free = Call::new("sudo").args(["-n", "true"]).succeeds();
        return if free { Ok(&["sudo", "-n", "env"]) } else { Err(refused("packages, and sudo wants a password")) };
    }
    print!("Install them with sudo? [Y/n] ");
    let _shown = std::io::stdout().flush();
    let mut answer = String::new();
    let _bytes = std::io::stdin().read_line(&mut answer);
    match answer.trim().to_lowercase().as_str() {
        "" | "y" | "yes" => Ok(&["sudo", "env"]),
        _ => Err(refused("packages that were not to be installed")),
    }
}

/// The stock tool for bags (RFC 8493) that our samples have to satisfy: its folder for `PYTHONPATH`, below the target
/// folder. Where it cannot be had, its test says that it is skipped.
pub(crate) fn bagit() -> PathBuf {
    let folder = place::target().join("tools/python");
    if !folder.join("bagit.py").is_file() {
        let pip = Call::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"])
            .args([folder.as_os_str()])
            .args([BAGIT]);
        if let Err(stop) = pip.run() {
            println!("bagit.py is not to be had: {stop}");
        }
    }
    folder
}

fn node() -> Result<(), Stop> {
    let version = Call::new("node").args(["--version"]).output().unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE_MAJOR_MIN) {
        return Ok(());
    }
    Err(Stop::Lacking {
        what: format!("Node.js {NODE_MAJOR_MIN} or newer"),
        remedy: "See https://nodejs.org/en/download, then try again.".to_owned(),
    })
}
