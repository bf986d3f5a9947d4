//! Texts that occur again and again, as codes: one numbering per field and bundle.
//!
//! Code 0 is the absent text. Codes are given in the order in which texts are met and mean nothing by themselves.

use std::collections::HashMap;

use crate::StoreFault;

/// The fields whose texts are kept as codes. Their order is part of the stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordField {
    User,
    Patient,
    Type,
    System,
    Role,
    Policy,
    /// All labels of an event, with [`LABELS_BETWEEN`] between them.
    Class,
    Ip,
    Device,
    ResourceType,
    DisplayName,
    ActionRecorded,
    Stream,
}

/// How many there are.
pub(crate) const WORD_FIELDS: usize = 13;

/// Stands between the labels of one event; the unit separator of ASCII.
pub(crate) const LABELS_BETWEEN: char = '\u{1f}';

/// The most different patients of one bundle.
const PATIENTS_MAX: usize = 16_000_000;
/// The most different values of any other field.
const VALUES_MAX: usize = 4_000_000;
/// Longer texts are not remembered as the last of their field.
const REPEATED_BYTES_MAX: usize = 64;
/// The most bytes that all different values of one bundle may have together.
const BYTES_MAX: usize = 256 * 1024 * 1024;

impl WordField {
    pub(crate) const ALL: [Self; WORD_FIELDS] = [
        Self::User,
        Self::Patient,
        Self::Type,
        Self::System,
        Self::Role,
        Self::Policy,
        Self::Class,
        Self::Ip,
        Self::Device,
        Self::ResourceType,
        Self::DisplayName,
        Self::ActionRecorded,
        Self::Stream,
    ];

    /// Its name as a column.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Patient => "patient",
            Self::Type => "type",
            Self::System => "system",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Class => "class",
            Self::Ip => "ip",
            Self::Device => "device",
            Self::ResourceType => "resource_type",
            Self::DisplayName => "display_name",
            Self::ActionRecorded => "action_recorded",
            Self::Stream => "stream",
        }
    }
}

/// Gives codes to texts while a bundle is imported.
#[derive(Default)]
pub(crate) struct Dictionary {
    fields: [HashMap<Box<str>, u32>; WORD_FIELDS],
    /// The last text of each field with its code: most fields repeat themselves.
    last: [(String, u32); WORD_FIELDS],
    /// Texts that were met since they were last taken.
    fresh: [Vec<Box<str>>; WORD_FIELDS],
    bytes: usize,
}

/// Texts that one run met first.
pub(crate) struct FreshWords {
    pub(crate) field: WordField,
    pub(crate) first_code: u32,
    pub(crate) texts: Vec<Box<str>>,
}

impl Dictionary {
    /// The code of a text.
    pub(crate) fn code(&mut self, field: WordField, text: &str) -> Result<u32, StoreFault> {
        if text.is_empty() {
            return Ok(0);
        }
        let Some((codes, last)) = self.fields.get_mut(field as usize).zip(self.last.get_mut(field as usize)) else {
            return Ok(0);
        };
        if last.0 == text {
            return Ok(last.1);
        }
        if let Some(code) = codes.get(text) {
            last.0.clear();
            // Only short texts are worth a copy; the empty one never gets here.
            if text.len() <= REPEATED_BYTES_MAX {
                last.0.push_str(text);
                last.1 = *code;
            }
            return Ok(*code);
        }
        let most = if field == WordField::Patient { PATIENTS_MAX } else { VALUES_MAX };
        self.bytes += text.len();
        if codes.len() >= most || self.bytes > BYTES_MAX {
            return Err(StoreFault::TooManyValues { field: field.name(), most: most as u64 });
        }
        let code = u32::try_from(codes.len() + 1).unwrap_or(u32::MAX);
        codes.insert(text.into(), code);
        if let Some(fresh) = self.fresh.get_mut(field as usize) {
            fresh.push(text.into());
        }
        Ok(code)
    }

    /// How many texts of a field have a code.
    pub(crate) fn count(&self, field: WordField) -> usize {
        self.fields.get(field as usize).map_or(0, HashMap::len)
    }

    /// Takes the texts that were met since the last time.
    pub(crate) fn take_fresh(&mut self) -> Vec<FreshWords> {
        let mut taken = Vec::new();
        for field in WordField::ALL {
            let Some(texts) = self.fresh.get_mut(field as usize).map(std::mem::take) else { continue };
            if !texts.is_empty() {
                let first = self.count(field) + 1 - texts.len();
                taken.push(FreshWords { field, first_code: u32::try_from(first).unwrap_or(u32::MAX), texts });
            }
        }
        taken
    }
}

/// All texts of one field of a stored bundle.
#[derive(Default)]
pub(crate) struct Words {
    bytes: String,
    /// Where the text of each code ends, from code 1.
    ends: Vec<u32>,
}

impl Words {
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        // `BYTES_MAX` keeps this far below 4 GiB.
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// How many codes there are; they go from 1 to this.
    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The text of a code; empty for 0 and for codes that were never given.
    pub(crate) fn text(&self, code: u32) -> &str {
        let Some(at) = (code as usize).checked_sub(1) else { return "" };
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start as usize..*end as usize).unwrap_or("")
    }

    /// The text of a code, or `None` where there is none.
    pub(crate) fn some(&self, code: u32) -> Option<String> {
        Some(self.text(code)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Every code with its text.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..).take(self.count()).map(|code| (code, self.text(code)))
    }

    /// For each code what `test` says of its text; code 0 is the empty text.
    pub(crate) fn table(&self, test: impl Fn(&str) -> bool) -> Vec<bool> {
        std::iter::once(test("")).chain(self.all().map(|(_, text)| test(text))).collect()
    }

    /// For each code its place among all texts in the order of their bytes, from 1; 0 for the absent text.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut codes: Vec<u32> = (1..).take(self.count()).collect();
        codes.sort_unstable_by(|a, b| self.text(*a).cmp(self.text(*b)));
        let mut ranks = vec![0; self.count() + 1];
        for (rank, code) in (1..).zip(codes) {
            if let Some(place) = ranks.get_mut(code as usize) {
                *place = rank;
            }
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_texts() {
        let mut dictionary = Dictionary::default();
        let mut words = Words::default();
        let mut store = |dictionary: &mut Dictionary| {
            for fresh in dictionary.take_fresh() {
                assert_eq!(fresh.first_code as usize, words.count() + 1);
                fresh.texts.iter().for_each(|text| words.push(text));
            }
        };
        let b = dictionary.code(WordField::User, "b").unwrap();
        store(&mut dictionary);
        let a = dictionary.code(WordField::User, "a").unwrap();
        assert_eq!(dictionary.code(WordField::User, "b").unwrap(), b);
        assert_eq!(dictionary.code(WordField::User, "").unwrap(), 0);
        store(&mut dictionary);
        assert_eq!((words.text(a), words.text(b), words.text(0), words.text(99)), ("a", "b", "", ""));
        assert_eq!(words.ranks(), [0, 2, 1]);
        assert_eq!(words.table(|text| text == "a"), [false, false, true]);
    }
}
