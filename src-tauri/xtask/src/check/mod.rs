//! `cargo xtask check`: whatever can be judged without running the product.
//!
//! Every check runs even if an earlier one did not hold; the list at the end says which.

mod bound;
mod deny;
mod tidy;

use crate::call::Call;
use crate::program::{DRIVABLE, SELECTION};
use crate::stop::Stop;
use crate::system::Need;
use crate::{page, system};

/// A check: what it is called, and what it does.
type Check = (&'static str, fn() -> Result<(), Stop>);

/// All of them, the quick ones first. Since the shell embeds the page, nothing after `page` compiles without it.
const CHECKS: &[Check] = &[
    ("tidy", tidy::tidy),
    ("format", || Call::cargo().args(["fmt", "--all", "--check"]).run()),
    ("page", page::build),
    ("lints", || lints(&[])),
    ("drivable-lints", || lints(DRIVABLE)),
    ("documentation", documentation),
    ("bindings", bound::bound),
    ("dependencies", deny::deny),
];

const USAGE: &str = "\
cargo xtask check [NAME]…
names: tidy, format, page, lints, drivable-lints, documentation, bindings, dependencies";

/// Judges the tree: by the checks that are named, or by all of them.
pub(crate) fn check(names: &[String]) -> Result<(), Stop> {
    if names.iter().any(|name| !CHECKS.iter().any(|(known, _)| known == name)) {
        return Err(Stop::Usage(USAGE));
    }
    if names.is_empty() {
        system::provide(Need::Test)?;
    }
    let changes_before = changes()?;
    let mut failures = Vec::new();
    for (name, judge) in CHECKS.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name))
    {
        match judge() {
            Ok(()) => println!("holds: {name}"),
            Err(stop) => failures.push(format!("{name}: {stop}")),
        }
    }
    if changes_before.is_empty() {
        failures.extend(changes()?.lines().map(|line| format!("checking left behind: {line}")));
    }
    if failures.is_empty() { Ok(()) } else { Err(Stop::NotGreen { what: failures }) }
}

fn lints(features: &[&str]) -> Result<(), Stop> {
    Call::cargo().args(["clippy", "--all-targets"]).args(SELECTION).args(features).args(["--", "-D", "warnings"]).run()
}

fn documentation() -> Result<(), Stop> {
    Call::cargo().args(["doc", "--no-deps"]).args(SELECTION).env("RUSTDOCFLAGS", "-D warnings").run()
}

/// What git sees as changed or new. Empty as well where git does not know the tree.
fn changes() -> Result<String, Stop> {
    if Call::new("git").args(["rev-parse", "--git-dir"]).succeeds() {
        Call::new("git").args(["status", "--porcelain"]).output()
    } else {
        Ok(String::new())
    }
}
