//! What the vault says about records of foreign profiles after their import, against what their files say.
//!
//! What is expected is read from the raw files here, without a line of the product.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test stops at the first surprise")]

/// Every published example of an R4 `AuditEvent`.
mod fhir_r4;
/// One R4 `AuditEvent` by the table of the profile.
mod stated;
