//! Events as numbers: the rows of a run while it fills, one list per column.

use model::{Action, Event, MappingNote, Outcome};

use super::StoredEvent;
use crate::StoreFault;
use crate::event_id;
use crate::time_form;
use crate::words::{Dictionary, LABELS_BETWEEN, WORD_FIELDS, WordField};

/// The time of an undated event: later than any.
pub(crate) const UNDATED: i64 = i64::MAX;
/// Bits of a place that hold the number of the record in its file.
pub(crate) const LINE_BITS: u32 = 40;

/// File and line in one number, in the order of the bundle.
pub(crate) fn place(file: u32, line: u64) -> Option<i64> {
    let file = i64::from(file);
    let line = i64::try_from(line).ok().filter(|line| (1..1 << LINE_BITS).contains(line))?;
    (file < 1 << (62 - LINE_BITS)).then_some((file << LINE_BITS) | line)
}

/// File and line of a place.
pub(crate) fn spot(place: i64) -> (u32, u64) {
    let file = u32::try_from(place >> LINE_BITS).unwrap_or_default();
    let line = u64::try_from(place & ((1 << LINE_BITS) - 1)).unwrap_or_default();
    (file, line)
}

/// Texts one behind the other.
#[derive(Default)]
pub(crate) struct TextList {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl TextList {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    pub(crate) fn bytes(&self, row: u32) -> &[u8] {
        let row = row as usize;
        let end = self.ends.get(row).copied().unwrap_or(0);
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start as usize..end as usize).unwrap_or(b"")
    }

    pub(crate) fn text(&self, row: u32) -> &str {
        // Only texts are read as texts.
        str::from_utf8(self.bytes(row)).unwrap_or("")
    }
}

/// The rows of one run.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) time: Vec<i64>,
    pub(crate) place: Vec<i64>,
    /// 0 where the record has no number.
    pub(crate) seq: Vec<i64>,
    pub(crate) offset: Vec<i64>,
    pub(crate) length: Vec<u32>,
    pub(crate) form: Vec<u32>,
    pub(crate) deed: Vec<u32>,
    pub(crate) codes: [Vec<u32>; WORD_FIELDS],
    /// The patients after the first, each as four bytes.
    pub(crate) others: TextList,
    pub(crate) event_id: TextList,
    pub(crate) session: TextList,
    pub(crate) resource_id: TextList,
    pub(crate) time_text: TextList,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    /// How many bytes of texts are held: a run is also cut when these become many.
    pub(crate) fn text_bytes(&self) -> usize {
        [&self.others, &self.event_id, &self.session, &self.resource_id, &self.time_text]
            .iter()
            .map(|list| list.bytes.len())
            .sum()
    }

    pub(crate) fn column(&self, field: WordField) -> &[u32] {
        self.codes.get(field as usize).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn push(&mut self, stored: &StoredEvent, dictionary: &mut Dictionary) -> Result<(), StoreFault> {
        let event = &stored.event;
        let unknown = || StoreFault::PlaceUnknown { file: stored.file, line: stored.line };
        let place = place(stored.file, stored.line).ok_or_else(unknown)?;
        let offset = i64::try_from(stored.byte_offset).map_err(|_| unknown())?;
        let seq = event.seq.map_or(Ok(0), i64::try_from).map_err(|_| unknown())?;
        let codes = codes(event, dictionary)?;
        let others = other_patients(event, dictionary)?;

        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.push(code);
        }
        self.others.push(&others);
        self.place.push(place);
        self.offset.push(offset);
        self.length.push(stored.byte_length);
        self.seq.push(seq);
        self.deed.push(deed(event));
        self.event_id.push(&event_id::pack(event.event_id.as_str()));
        self.session.push(event.session_id.as_ref().map_or("", |id| id.as_str()).as_bytes());
        self.resource_id.push(event.resource_id.as_deref().unwrap_or("").as_bytes());
        let time = event.occurred_at.utc_nanos().filter(|nanos| *nanos != UNDATED);
        let form = time.map_or(time_form::KEPT, |nanos| time_form::form_of(event.occurred_at.text(), nanos));
        self.time.push(time.unwrap_or(UNDATED));
        self.form.push(form);
        self.time_text.push(if form == time_form::KEPT { event.occurred_at.text().as_bytes() } else { b"" });
        Ok(())
    }
}

fn codes(event: &Event, dictionary: &mut Dictionary) -> Result<[u32; WORD_FIELDS], StoreFault> {
    let mut codes = [0; WORD_FIELDS];
    let labels;
    let class = match event.data_classification.as_slice() {
        [] => "",
        [one] => one,
        several => {
            labels = several.join(&LABELS_BETWEEN.to_string());
            &labels
        }
    };
    for (code, field) in codes.iter_mut().zip(WordField::ALL) {
        let text = match field {
            WordField::User => event.user_id.as_str(),
            WordField::Patient => event.patient_ids.first().map_or("", |id| id.as_str()),
            WordField::Type => &event.event_type,
            WordField::System => event.source_system.as_deref().unwrap_or(""),
            WordField::Role => event.role.as_deref().unwrap_or(""),
            WordField::Policy => event.access_policy.as_deref().unwrap_or(""),
            WordField::Class => class,
            WordField::Ip => event.source_ip.as_deref().unwrap_or(""),
            WordField::Device => event.device.as_deref().unwrap_or(""),
            WordField::ResourceType => event.resource_type.as_deref().unwrap_or(""),
            WordField::DisplayName => event.user_display_name.as_deref().unwrap_or(""),
            WordField::ActionRecorded => &event.action_recorded,
            WordField::Stream => event.stream_id.as_ref().map_or("", |id| id.as_str()),
        };
        *code = dictionary.code(field, text)?;
    }
    Ok(codes)
}

fn other_patients(event: &Event, dictionary: &mut Dictionary) -> Result<Vec<u8>, StoreFault> {
    let mut others = Vec::new();
    for id in event.patient_ids.iter().skip(1) {
        others.extend_from_slice(&dictionary.code(WordField::Patient, id.as_str())?.to_le_bytes());
    }
    Ok(others)
}

/// The patients after the first.
pub(crate) fn patient_codes(others: &[u8]) -> impl Iterator<Item = u32> {
    others.chunks_exact(4).map(|code| code.try_into().map_or(0, u32::from_le_bytes))
}

/// Action, outcome, emergency access and notes in one number.
fn deed(event: &Event) -> u32 {
    let action = position(Action::ALL, &event.action);
    let outcome = position(Outcome::ALL, &event.outcome);
    let glass = event.break_glass.map_or(0, |broken| 1 + u32::from(broken));
    let notes = event.notes.iter().fold(0, |notes, note| notes | (1 << position(&NOTES, note)));
    action | outcome << 8 | glass << 12 | notes << 16
}

/// What [`deed`] packed.
#[derive(Clone, Copy)]
pub(crate) struct Deed(pub(crate) u32);

impl Deed {
    pub(crate) fn action(self) -> Action {
        action_of(self.action_number())
    }

    /// The action's place in the vocabulary.
    pub(crate) fn action_number(self) -> u32 {
        self.0 & 0xff
    }

    /// The outcome's place in the vocabulary.
    pub(crate) fn outcome_number(self) -> u32 {
        self.0 >> 8 & 0xf
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::ALL.get(self.outcome_number() as usize).copied().unwrap_or(Outcome::Unknown)
    }

    pub(crate) fn break_glass(self) -> Option<bool> {
        match self.0 >> 12 & 0x3 {
            1 => Some(false),
            2 => Some(true),
            _ => None,
        }
    }

    /// As [`Event::is_emergency`] says.
    pub(crate) fn is_emergency(self) -> bool {
        self.break_glass() == Some(true) || action_of(self.action_number()) == Action::BreakGlass
    }

    pub(crate) fn notes(self) -> Vec<MappingNote> {
        let bits = self.0 >> 16;
        NOTES.iter().zip(0..).filter(|(_, bit)| bits >> bit & 1 == 1).map(|(note, _)| *note).collect()
    }
}

/// The action at a place in the vocabulary. Stored chunks hold these numbers: the vocabulary may only grow at its end.
pub(crate) fn action_of(number: u32) -> Action {
    Action::ALL.get(number as usize).copied().unwrap_or(Action::Other)
}

/// Mapping notes by their bit; the order is part of the stored format.
const NOTES: [MappingNote; 10] = [
    MappingNote::ActorUnclear,
    MappingNote::ActionUnknown,
    MappingNote::OutcomeUnknown,
    MappingNote::TimestampNoZone,
    MappingNote::TimestampOutOfRange,
    MappingNote::TimestampUnreadable,
    MappingNote::VersionUnknown,
    MappingNote::TimestampZoneChosen,
    MappingNote::TimestampTwice,
    MappingNote::TimestampNever,
];

fn position<T: PartialEq>(all: &[T], one: &T) -> u32 {
    all.iter().position(|each| each == one).and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_numbers_keep_their_meaning() {
        let actions: Vec<_> = Action::ALL.iter().map(|action| action.word()).collect();
        let known = "read create update delete query print export copy disclose login logout login_failed mfa \
                     password_change permission_change config_change break_glass infer render override execute other";
        assert!(
            actions.join(" ").starts_with(known),
            "new actions go to the end, or stored bundles change their meaning"
        );
        let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        assert!(outcomes.join(" ").starts_with("success failure partial denied error unknown"));
    }

    #[test]
    fn a_place_is_file_and_line() {
        let largest = (1 << LINE_BITS) - 1;
        for (file, line) in [(0, 1), (7, 184_206), (4_194_303, largest)] {
            assert_eq!(spot(place(file, line).unwrap()), (file, line));
        }
        for (file, line) in [(0, 0), (0, largest + 1), (4_194_304, 1)] {
            assert_eq!(place(file, line), None);
        }
    }
}
