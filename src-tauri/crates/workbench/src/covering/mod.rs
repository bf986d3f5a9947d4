//! What stays covered until it is revealed: display names, and patients outside the question's scope.
//!
//! The one place that decides it, for rows, facts and the record as written. A record is covered value by value: it is
//! read as JSON, and a value is covered for what it says or for the member it stands in. Every other byte is shown as
//! it is. Nothing here uncovers anything: whoever says `revealed` has written the line that says so.

mod pieces;

use std::collections::HashSet;

use event_store::Row as StoredRow;
use model::{Event, PatientId};
use timeline::Pattern;
use unicode_normalization::UnicodeNormalization as _;

use self::pieces::{Kind, Piece};

/// Stands for what is covered.
pub(crate) const COVERED: &str = "⟦covered⟧";
/// A shorter id or name turns up in other words by chance: only a value that is it, or refers to it, is covered.
const WORD_CHARACTERS_MIN: usize = 4;
/// What parts references: `Patient/1`, `system|1`, `?patient=1`.
const BETWEEN_PARTS: [char; 6] = ['/', '|', '=', '#', '?', '&'];

/// What of one event may not be shown.
pub(crate) struct Cover {
    revealed: bool,
    /// Ids of patients outside the scope, folded.
    ids: Vec<String>,
    /// The display name, folded.
    names: Vec<String>,
    /// Ids that are shown, and so are no secret wherever they stand.
    shown: Vec<String>,
}

impl Cover {
    /// Of a row under a question. Without a scope every patient is shown.
    pub(crate) fn of(row: &StoredRow, scope: Option<&[Pattern]>, revealed: bool) -> Self {
        let scope = scope.filter(|_| !revealed);
        let (inside, outside): (Vec<&str>, Vec<&str>) =
            row.patient_ids.iter().map(PatientId::as_str).partition(|id| scope.is_none_or(|scope| named(id, scope)));
        let name = row.user_display_name.as_deref().filter(|_| !revealed);
        let folded = |words: &[&str]| words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect();
        Self {
            revealed,
            ids: folded(&outside),
            names: folded(name.as_slice()),
            shown: inside.into_iter().chain([row.user_id.as_str()]).map(fold).collect(),
        }
    }

    /// Of versions of one record that are shown beside each other: what is covered in one is covered in the others. Of
    /// several patients none is shown, as where an event is opened without a question.
    pub(crate) fn of_versions(versions: &[Event], revealed: bool) -> Self {
        let hidden =
            || versions.iter().filter(|event| event.patient_ids.len() > 1).flat_map(|event| &event.patient_ids);
        let ids: Vec<String> = if revealed { Vec::new() } else { hidden().map(|id| fold(id.as_str())).collect() };
        let names = versions.iter().filter_map(|event| event.user_display_name.as_deref()).filter(|_| !revealed);
        let names = names.map(fold).filter(|name| !name.is_empty()).collect();
        let known = versions.iter().flat_map(|event| {
            event.patient_ids.iter().map(PatientId::as_str).chain([event.user_id.as_str()]).map(fold)
        });
        let shown = known.filter(|id| !ids.contains(id)).collect();
        Self { revealed, ids: ids.into_iter().filter(|id| !id.is_empty()).collect(), names, shown }
    }

    /// Whether a value says something that is covered.
    pub(crate) fn hides(&self, value: &str) -> bool {
        if self.ids.is_empty() && self.names.is_empty() {
            return false;
        }
        let folded = fold(value);
        !self.shown.contains(&folded) && self.ids.iter().chain(&self.names).any(|word| says(&folded, word))
    }

    /// The value, or the cover in its place.
    pub(crate) fn over(&self, value: String) -> String {
        if self.hides(&value) { COVERED.to_owned() } else { value }
    }

    /// The record as text, and whether something in it is covered. What cannot be read value by value is covered as a
    /// whole.
    pub(crate) fn record(&self, bytes: &[u8]) -> (String, bool) {
        if self.revealed {
            return (bundle::escape::visible_bytes(bytes), false);
        }
        let Some(pieces) = pieces::of(bytes) else {
            let hides = !self.ids.is_empty() || !self.names.is_empty();
            return if hides { (COVERED.to_owned(), true) } else { (bundle::escape::visible_bytes(bytes), false) };
        };
        let hidden = self.hidden(&pieces);
        let mut shown = String::with_capacity(bytes.len());
        let mut rest = 0;
        for piece in &hidden {
            shown.push_str(&bundle::escape::visible_bytes(bytes.get(rest..piece.start).unwrap_or_default()));
            shown.push_str(COVERED);
            rest = piece.end;
        }
        shown.push_str(&bundle::escape::visible_bytes(bytes.get(rest..).unwrap_or_default()));
        (shown, !hidden.is_empty())
    }

    /// The pieces to be covered, in their order.
    fn hidden<'p>(&self, pieces: &'p [Piece]) -> Vec<&'p Piece> {
        let folded: Vec<String> = pieces.iter().map(|piece| fold(&piece.said)).collect();
        let is_name = |piece: &Piece, folded: &str| {
            piece.names_somebody && !folded.is_empty() && !self.shown.iter().any(|shown| shown == folded)
        };
        // A name that one member gives may be repeated in a sentence elsewhere; a single word is too common for that.
        let repeated =
            pieces.iter().zip(&folded).filter(|(piece, folded)| is_name(piece, folded) && folded.contains(' '));
        let mut names: Vec<&str> = repeated.map(|(_, folded)| folded.as_str()).collect();
        names.extend(self.names.iter().map(String::as_str));
        names.sort_unstable();
        names.dedup();

        let says_id = |piece: &Piece, folded: &str| self.ids.iter().any(|id| piece.may_say(id) && says(folded, id));
        let others: HashSet<usize> = pieces
            .iter()
            .zip(&folded)
            .filter(|(piece, folded)| says_id(piece, folded))
            .filter_map(|(piece, _)| piece.group)
            .collect();
        let is_hidden = |piece: &Piece, folded: &str| {
            let is_shown = self.shown.iter().any(|shown| shown == folded);
            let of_another = piece.kind == Kind::Text && !piece.is_coded;
            let of_another = of_another && piece.group.is_some_and(|group| others.contains(&group));
            let says_name = piece.kind != Kind::Number && names.iter().any(|name| says(folded, name));
            is_name(piece, folded) || says_id(piece, folded) || (!is_shown && (of_another || says_name))
        };
        pieces.iter().zip(&folded).filter(|(piece, folded)| is_hidden(piece, folded)).map(|(piece, _)| piece).collect()
    }
}

impl Piece {
    /// Whether this id can be meant here. A number, or a word of a vocabulary, is often the same as a short id.
    fn may_say(&self, id: &str) -> bool {
        let is_plain = self.kind != Kind::Number && !self.is_coded;
        is_plain || id.chars().count() >= WORD_CHARACTERS_MIN
    }
}

/// The patients that may be shown, and how many others there are.
pub(crate) fn in_scope(patients: &[PatientId], scope: Option<&[Pattern]>) -> (Vec<String>, u32) {
    let shown = patients.iter().map(PatientId::as_str).filter(|id| scope.is_none_or(|scope| named(id, scope)));
    let shown: Vec<String> = shown.map(str::to_owned).collect();
    let others = u32::try_from(patients.len() - shown.len()).unwrap_or(u32::MAX);
    (shown, others)
}

/// The scope of an event that is opened without a question: one patient is shown, of several none.
pub(crate) fn scope_without_question(row: &StoredRow) -> Option<&'static [Pattern]> {
    (row.patient_ids.len() > 1).then_some(&[])
}

/// Whether a question names this patient.
pub(crate) fn named(id: &str, scope: &[Pattern]) -> bool {
    scope.iter().any(|pattern| if pattern.is_prefix() { id.starts_with(pattern.text()) } else { id == pattern.text() })
}

/// What a text comes to for a reader: without invisible characters, in one normal form, in small letters.
fn fold(text: &str) -> String {
    let visible = text.nfkc().filter(|character| !bundle::escape::is_hidden(*character));
    visible.flat_map(char::to_lowercase).collect()
}

/// Whether a text is a word, refers to it, or holds it as a word of its own.
fn says(text: &str, word: &str) -> bool {
    if text.split(BETWEEN_PARTS).any(|part| part == word) {
        return true;
    }
    let stands_alone = |(at, _): (usize, &str)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    word.chars().count() >= WORD_CHARACTERS_MIN && text.match_indices(word).any(stands_alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(ids: &[&str], name: &str) -> Cover {
        let words = |words: &[&str]| words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect();
        Cover { revealed: false, ids: words(ids), names: words(&[name]), shown: words(&["P-1", "u-7"]) }
    }

    #[track_caller]
    fn check(cover: &Cover, record: &str, expected: &str) {
        assert_eq!(cover.record(record.as_bytes()), (expected.to_owned(), expected.contains(COVERED)));
    }

    #[test]
    fn a_value_is_covered_however_it_is_written() {
        let cover = cover(&["M-2002"], "José Díaz");
        check(
            &cover,
            r#"{"a":"P-1","b":"Jos\u00e9 D\u00edaz","c":["M\u002d2002", "M-2002"], "d":"J\u200bosé Díaz", "e":"JOSE\u0301 DI\u0301AZ"}"#,
            r#"{"a":"P-1","b":"⟦covered⟧","c":["⟦covered⟧", "⟦covered⟧"], "d":"⟦covered⟧", "e":"⟦covered⟧"}"#,
        );
        check(
            &cover,
            r#"{"ref":"Patient/M-2002/_history/1","M-2002":1,"why":"chart of M-2002, then others","x":"M-20021"}"#,
            r#"{"ref":"⟦covered⟧","⟦covered⟧":1,"why":"⟦covered⟧","x":"M-20021"}"#,
        );
    }

    #[test]
    fn a_short_id_leaves_the_rest_of_the_record_alone() {
        let record = r#"{"seq":1,"audit_log_version":"1.1","outcome":"1","type":{"code":"1"},"ids":["P-1","1"],"r":"Patient/1","t":"2026-01-01T01:01:01Z"}"#;
        let expected = r#"{"seq":1,"audit_log_version":"1.1","outcome":"1","type":{"code":"1"},"ids":["P-1","⟦covered⟧"],"r":"⟦covered⟧","t":"2026-01-01T01:01:01Z"}"#;
        check(&cover(&["1"], ""), record, expected);
    }

    #[test]
    fn names_are_covered_by_the_member_they_stand_in() {
        check(
            &cover(&[], ""),
            r#"{"entity":[{"name":"Maria Gomez","type":{"display":"Person"},"description":"Note on Maria Gomez"}],"agent":[{"name":"u-7"}],"source":{"observer":{"display":"ehr"}}}"#,
            r#"{"entity":[{"name":"⟦covered⟧","type":{"display":"Person"},"description":"⟦covered⟧"}],"agent":[{"name":"u-7"}],"source":{"observer":{"display":"ehr"}}}"#,
        );
    }

    #[test]
    fn what_identifies_another_patient_is_covered_with_them() {
        check(
            &cover(&["P2"], ""),
            r#"{"entity":[{"what":{"reference":"Patient/P2","identifier":{"value":"MRN-9"}},"role":{"code":"1"}},{"what":{"reference":"Patient/P-1","identifier":{"value":"MRN-8"}}}]}"#,
            r#"{"entity":[{"what":{"reference":"⟦covered⟧","identifier":{"value":"⟦covered⟧"}},"role":{"code":"1"}},{"what":{"reference":"Patient/P-1","identifier":{"value":"MRN-8"}}}]}"#,
        );
    }

    #[test]
    fn a_number_can_be_an_id() {
        check(
            &cover(&["778812"], ""),
            r#"{"ext":{"mrn":778812,"n":7788120}}"#,
            r#"{"ext":{"mrn":⟦covered⟧,"n":7788120}}"#,
        );
    }

    #[test]
    fn what_is_not_covered_is_shown_to_the_byte() {
        check(
            &cover(&["P2"], ""),
            "{ \"a\" : \"\\u0041\\/\" ,\n \"b\":[ 1.50e3 ] }",
            "{ \"a\" : \"\\u0041\\/\" ,⟦U+000A⟧ \"b\":[ 1.50e3 ] }",
        );
        assert_eq!(cover(&["P2"], "").record(b"{\"a\":\xff"), (COVERED.to_owned(), true));
    }
}
