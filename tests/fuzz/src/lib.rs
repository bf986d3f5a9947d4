//! Readers of hostile input, each as a function of bytes that must hold whatever the bytes are.
//!
//! A property that does not hold is a panic, which is what a fuzzer looks for. What must hold everywhere: no panic, an
//! end, memory that constants bound (the fuzzer watches time and memory), and no better verdict than the evidence allows.

#![expect(clippy::unwrap_used, reason = "a property that does not hold stops the fuzzer")]

mod container;
mod evidence;
mod memory;
mod readers;
mod seeds;

pub use seeds::seeds;

/// What is fed with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A whole file: zip, tar, packed tar, or FHIR; opened, listed, read and checked.
    Container,
    /// A line of an audit bundle.
    Record,
    /// A table of records in CSV.
    Table,
    /// A FHIR resource.
    Fhir,
    /// The file that a vault's keys are wrapped in.
    Header,
    /// Keys, certificates, signatures and time stamps.
    Keys,
    /// A head of a log out of a file.
    Anchor,
    /// One file of a signed bundle replaced, and every list around it written anew.
    Evidence,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 8] = [
        Self::Container,
        Self::Record,
        Self::Table,
        Self::Fhir,
        Self::Header,
        Self::Keys,
        Self::Anchor,
        Self::Evidence,
    ];

    /// The name to ask for it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Record => "record",
            Self::Table => "table",
            Self::Fhir => "fhir",
            Self::Header => "header",
            Self::Keys => "keys",
            Self::Anchor => "anchor",
            Self::Evidence => "evidence",
        }
    }

    /// The target of exactly that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Feeds it.
    ///
    /// # Panics
    /// If something does not hold that must hold for any bytes.
    pub fn feed(self, bytes: &[u8]) {
        match self {
            Self::Container => container::feed(bytes),
            Self::Record => readers::record(bytes),
            Self::Table => readers::table(bytes),
            Self::Fhir => readers::fhir(bytes),
            Self::Header => readers::header(bytes),
            Self::Keys => readers::keys(bytes),
            Self::Anchor => readers::anchor(bytes),
            Self::Evidence => evidence::feed(bytes),
        }
    }
}
