//! One event before it has a place in a chain, and its canonical JSON.
//!
//! The JSON is written straight into a buffer: members in ascending order, every text either a word from one of our
//! tables (plain ASCII) or a fragment that the canonical writer made. A test scans a whole bundle for canonical form.

use crate::calendar::rfc3339;
use crate::deeds::Deed;

/// How many patients one event names at most.
pub(crate) const PATIENTS_MAX: usize = 24;

/// The patients of one event: sorted by the text of their ids, without repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Patients {
    numbers: [u32; PATIENTS_MAX],
    count: usize,
}

impl Patients {
    /// Puts some patients in order; what is beyond [`PATIENTS_MAX`] is left out.
    pub(crate) fn of(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut patients = Self::default();
        for (slot, number) in patients.numbers.iter_mut().zip(numbers) {
            *slot = number;
            patients.count += 1;
        }
        let filled = &mut patients.numbers[..patients.count];
        filled.sort_unstable_by_key(|number| as_text_sorts(*number));
        let mut kept = 0;
        for place in 0..filled.len() {
            if place == 0 || filled[place] != filled[kept - 1] {
                filled[kept] = filled[place];
                kept += 1;
            }
        }
        patients.count = kept;
        patients
    }

    /// The numbers, in order.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers[..self.count]
    }
}

/// Numbers of up to six digits in the order of their decimal texts.
fn as_text_sorts(number: u32) -> (u32, u32) {
    let mut scaled = number.max(1);
    while scaled < 100_000 {
        scaled *= 10;
    }
    (scaled, number)
}

/// What goes beyond the ordinary in an event.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extras {
    /// Anything but success.
    pub(crate) outcome: Option<&'static str>,
    pub(crate) detail: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) label: Option<&'static str>,
    pub(crate) break_glass: bool,
    /// `changes` array, canonical.
    pub(crate) changes: Option<&'static str>,
    /// `disclosure` object, canonical.
    pub(crate) disclosure: Option<&'static str>,
    /// Instead of the role's.
    pub(crate) purpose: Option<&'static str>,
    /// The name of the client program, with sign-ins.
    pub(crate) user_agent: Option<&'static str>,
    /// The event of the model's answer that this one is about.
    pub(crate) inference: Option<[u8; 36]>,
}

/// One event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) time: i64,
    pub(crate) event_id: [u8; 36],
    pub(crate) deed: Deed,
    /// The `actor` object.
    pub(crate) actor: &'a [u8],
    pub(crate) policy: &'static str,
    pub(crate) purpose: &'static str,
    /// Members of `source` up to the ip, without braces: `"device":"…","ip":"…"`.
    pub(crate) source: &'a [u8],
    pub(crate) system: &'static str,
    pub(crate) session: Option<u32>,
    pub(crate) request: u64,
    pub(crate) patients: Patients,
    pub(crate) encounter: Option<u32>,
    /// Number of the resource, where it is not the patient's own.
    pub(crate) resource: u32,
    pub(crate) extras: Extras,
}

impl Draft<'_> {
    /// Writes the `event` object, canonical.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let form = self.deed.form();
        let extras = &self.extras;
        word(out, "{\"access_policy\":\"", self.policy);
        word(out, "\",\"action\":\"", form.action);
        put(out, "\",\"actor\":");
        out.extend_from_slice(self.actor);
        self.write_model(out);
        if extras.break_glass {
            put(out, ",\"break_glass\":true");
        }
        if let Some(changes) = extras.changes {
            word(out, ",\"changes\":", changes);
        }
        if let Some(label) = extras.label {
            word(out, ",\"data_classification\":[\"", label);
            put(out, "\"]");
        }
        if let Some(disclosure) = extras.disclosure {
            word(out, ",\"disclosure\":", disclosure);
        }
        if let Some(encounter) = self.encounter {
            number(out, ",\"encounter_id\":\"ENC-", u64::from(encounter));
            put(out, "\"");
        }
        put(out, ",\"event_id\":\"");
        out.extend_from_slice(&self.event_id);
        word(out, "\",\"event_type\":\"", form.event_type);
        put(out, "\"");
        for (place, field) in form.fields.iter().enumerate() {
            word(out, if place == 0 { ",\"fields_accessed\":[\"" } else { "\",\"" }, field);
        }
        if !form.fields.is_empty() {
            put(out, "\"]");
        }
        word(out, ",\"outcome\":\"", extras.outcome.unwrap_or("success"));
        if let Some(detail) = extras.detail {
            word(out, "\",\"outcome_detail\":\"", detail);
        }
        put(out, "\",\"patient_ids\":[");
        for (place, patient) in self.patients.numbers().iter().enumerate() {
            number(out, if place == 0 { "\"P-" } else { "\",\"P-" }, u64::from(*patient));
        }
        put(out, if self.patients.numbers().is_empty() { "]" } else { "\"]" });
        word(out, ",\"purpose_of_use\":[\"", extras.purpose.unwrap_or(self.purpose));
        put(out, "\"]");
        if let Some(reason) = extras.reason {
            word(out, ",\"reason\":\"", reason);
            put(out, "\"");
        }
        self.write_end(out);
    }

    /// From `request_id` to the closing brace.
    fn write_end(&self, out: &mut Vec<u8>) {
        let form = self.deed.form();
        put(out, ",\"request_id\":\"r-");
        hex(out, self.request);
        put(out, "\"");
        if !form.resource.0.is_empty() {
            word(out, ",\"resource\":{\"id\":\"", form.resource.1);
            decimal(out, u64::from(self.resource_number()));
            word(out, "\",\"type\":\"", form.resource.0);
            put(out, "\"}");
        }
        if let Some(session) = self.session {
            number(out, ",\"session_id\":\"S-", u64::from(session));
            put(out, "\"");
        }
        put(out, ",\"source\":{");
        out.extend_from_slice(self.source);
        word(out, ",\"system\":\"", self.system);
        if let Some(agent) = self.extras.user_agent {
            word(out, "\",\"user_agent\":\"", agent);
        }
        put(out, "\"},\"timestamp\":\"");
        out.extend_from_slice(&rfc3339(self.time));
        put(out, "\"}");
    }

    /// The number of the resource: a medical record number follows from the patient.
    pub(crate) fn resource_number(&self) -> u32 {
        match self.patients.numbers().first() {
            Some(patient) if self.deed.of_patient() => record_number(*patient),
            _ => self.resource,
        }
    }

    /// What a model's answer, its display and what became of it record beyond the rest (domain 8.2).
    fn write_model(&self, out: &mut Vec<u8>) {
        let count = self.patients.numbers().len() as u64;
        match (self.deed, self.extras.inference) {
            (Deed::Inference, _) => {
                put(out, ",\"ai\":{\"baa_in_scope\":true,\"endpoint_id\":\"sepsis-on-premises\",\"latency_ms\":");
                decimal(out, 180 + self.request % 700);
                put(out, ",\"model_identity\":\"sepsis-early-warning-2.4.1\",\"model_provider\":\"in-house\"");
                put(out, ",\"output_hash\":\"");
                fill_hash(out, self.request ^ 1);
                put(out, "\",\"prompt_hash\":\"");
                fill_hash(out, self.request);
                put(out, "\",\"redaction_policy\":\"other\",\"token_count_input\":");
                decimal(out, 210 * count);
                put(out, ",\"token_count_output\":");
                decimal(out, 12 * count);
                put(out, ",\"zdr_configured\":true}");
            }
            (Deed::Rendering, Some(inference)) => {
                put(out, ",\"ai\":{\"inference_event_id\":\"");
                out.extend_from_slice(&inference);
                put(out, "\",\"rendering_destination\":\"EHR encounter view\"");
                put(out, ",\"rendering_format\":\"structured_fields\",\"viewed_by_user\":true}");
            }
            (Deed::Override, Some(inference)) => {
                put(out, ",\"ai\":{\"inference_event_id\":\"");
                out.extend_from_slice(&inference);
                put(out, "\",\"override_action\":\"accept\",\"time_to_action_ms\":");
                decimal(out, 4_000 + self.request % 90_000);
                put(out, "}");
            }
            _ => {}
        }
    }
}

/// The medical record number of a patient: seven digits that do not look like the id.
pub(crate) fn record_number(patient: u32) -> u32 {
    // 7919 is prime and has no factor in common with nine million, so no two patients share a number.
    1_000_000 + u32::try_from(u64::from(patient) * 7_919 % 9_000_000).unwrap_or_default()
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn word(out: &mut Vec<u8>, before: &str, text: &str) {
    put(out, before);
    put(out, text);
}

fn number(out: &mut Vec<u8>, before: &str, value: u64) {
    put(out, before);
    decimal(out, value);
}

/// Writes a number in decimal.
pub(crate) fn decimal(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; 20];
    let mut place = digits.len();
    let mut left = value;
    loop {
        place -= 1;
        digits[place] = b'0' + u8::try_from(left % 10).unwrap_or_default();
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[place..]);
}

/// Writes twelve lowercase hex digits.
fn hex(out: &mut Vec<u8>, value: u64) {
    for shift in (0..48).step_by(4).rev() {
        let nibble = u8::try_from(value >> shift & 0xf).unwrap_or_default();
        out.push(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    }
}

/// Writes 64 hex digits that stand for a hash of something the sample does not hold.
fn fill_hash(out: &mut Vec<u8>, seed: u64) {
    let digest = integrity::Digest::of(&seed.to_le_bytes());
    put(out, &digest.to_hex());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_stand_in_the_order_of_their_texts_without_repeats() {
        let numbers = [100_007, 5_521, 999_999, 5_512, 100_007, 551_200];
        let patients = Patients::of(numbers);
        let texts: Vec<String> = patients.numbers().iter().map(u32::to_string).collect();
        let mut expected: Vec<String> = numbers.iter().map(u32::to_string).collect();
        expected.sort();
        expected.dedup();
        assert_eq!(texts, expected);
    }

    #[test]
    fn no_patient_is_too_many() {
        assert_eq!(Patients::of(0..40).numbers().len(), PATIENTS_MAX);
        assert!(Patients::of([]).numbers().is_empty());
    }

    #[test]
    fn decimals_are_decimals() {
        for value in [0, 7, 10, 12_345, u64::MAX] {
            let mut out = Vec::new();
            decimal(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }
    }
}
