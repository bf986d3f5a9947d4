//! Keeps each patient of an event once, in the order of the record.

use std::collections::HashSet;

use model::PatientId;

/// Ids up to which a list is searched faster than a set.
const FEW_PATIENTS: usize = 16;

/// The ids without repeats.
pub(crate) fn distinct(ids: impl Iterator<Item = PatientId>) -> Vec<PatientId> {
    let mut kept: Vec<PatientId> = Vec::new();
    let mut known: HashSet<PatientId> = HashSet::new();
    for id in ids {
        let is_new = if kept.len() < FEW_PATIENTS {
            !kept.contains(&id)
        } else {
            if known.is_empty() {
                known.extend(kept.iter().cloned());
            }
            known.insert(id.clone())
        };
        if is_new {
            kept.push(id);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_patient_is_kept_once_in_the_order_of_the_record() {
        let ids = (0..100).chain(0..100).chain([200]).map(|n| PatientId::new(n.to_string()));
        let kept = distinct(ids);
        assert_eq!(kept.len(), 101);
        assert_eq!(kept[99].as_str(), "99");
        assert_eq!(kept[100].as_str(), "200");
    }
}
