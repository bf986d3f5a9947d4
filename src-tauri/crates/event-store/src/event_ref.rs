//! The short name of an event: which bundle, and where in it.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use model::BundleId;

/// The short name of one event: `<first 12 digits of the bundle's id>:<seq>` or `<…>:L<file index>.<line>`.
///
/// Both forms name an event for ever. The first is used in bundles of one stream whose numbers ascend from record to
/// record, once the import is complete; the second always works. It names no person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventRef {
    bundle: String,
    spot: Spot,
}

/// Where in its bundle an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    /// The producer's number of the record, from 1.
    Seq(u64),
    /// Index of the file, from 0 in the order of the import, and number of the record in it, from 1.
    Line {
        /// Index of the file.
        file: u32,
        /// Number of the record.
        line: u64,
    },
}

/// The text is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reference to an event: 12 digits of the bundle's id, a colon, then a number or L<file>.<line>")]
pub struct EventRefFault;

impl EventRef {
    /// The reference to a spot of a bundle.
    #[must_use]
    pub fn new(bundle: &BundleId, spot: Spot) -> Self {
        Self { bundle: bundle.short(), spot }
    }

    /// The first digits of the bundle's id.
    #[must_use]
    pub fn bundle_digits(&self) -> &str {
        &self.bundle
    }

    /// Where in the bundle.
    #[must_use]
    pub fn spot(&self) -> Spot {
        self.spot
    }
}

impl Display for EventRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.spot {
            Spot::Seq(seq) => write!(f, "{}:{seq}", self.bundle),
            Spot::Line { file, line } => write!(f, "{}:L{file}.{line}", self.bundle),
        }
    }
}

impl FromStr for EventRef {
    type Err = EventRefFault;

    fn from_str(text: &str) -> Result<Self, EventRefFault> {
        let (bundle, spot) = text.split_once(':').ok_or(EventRefFault)?;
        let digits = bundle.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if bundle.len() != BundleId::SHORT_DIGITS || !digits {
            return Err(EventRefFault);
        }
        let spot = match spot.strip_prefix('L') {
            Some(place) => {
                let (file, line) = place.split_once('.').ok_or(EventRefFault)?;
                let file = u32::try_from(number(file)?).map_err(|_| EventRefFault)?;
                Spot::Line { file, line: number(line)? }
            }
            None => Spot::Seq(number(spot)?),
        };
        Ok(Self { bundle: bundle.to_owned(), spot })
    }
}

/// Digits only, and no zero before them: one spot has one text.
fn number(text: &str) -> Result<u64, EventRefFault> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().map_err(|_| EventRefFault) } else { Err(EventRefFault) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_and_its_text_are_one() {
        for text in ["0123456789ab:7", "0123456789ab:L0.1", "0123456789ab:L12.184206"] {
            assert_eq!(text.parse::<EventRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ":",
            "7",
            "0123456789ab",
            "0123456789ab:",
            "0123456789ab:07",
            "0123456789ab:+7",
            "0123456789AB:7",
            "0123456789abc:7",
            "0123456789ab:L1",
            "0123456789ab:L1.",
            "0123456789ab:L1.2.3",
            "0123456789ab:l1.2",
            "0123456789ab:7 ",
            "0123456789ab:99999999999999999999",
            "0123456789ab:L4294967296.1",
        ] {
            assert_eq!(text.parse::<EventRef>(), Err(EventRefFault), "{text}");
        }
    }
}
