//! Journeys through the real window, each a test: what a person does from first run to last line of the log, and what a
//! hostile page may not do.
//!
//! `cargo xtask test` builds the program they drive and gives them a screen. Each says why it is skipped if there is none.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a journey stops at the first surprise")]

mod altered;
mod first_run;
mod integrity;
mod keyboard;
mod locked_down;
mod outward;
mod screens;
mod steps;
mod tour;
mod trusted;
