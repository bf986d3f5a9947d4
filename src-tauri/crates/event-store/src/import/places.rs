//! Whether every place occurs once, and whether events can be named by the producer's numbers.

use vault::Vault;

use crate::StoreFault;
use crate::chunk::{Kind, name};
use crate::import::rows::spot;
use crate::sweep::sweep;
use crate::words::WordField;

/// True if the bundle is one stream whose numbers ascend from record to record.
pub(crate) fn check(vault: &Vault, bundle: i64) -> Result<bool, StoreFault> {
    let stream = WordField::Stream.name();
    let mut before: Option<(i64, i64, u32)> = None;
    let mut numbered = true;
    sweep(
        vault,
        bundle,
        Kind::Place,
        &[name::PLACE, name::SEQ, stream],
        |row: &(i64, i64, u32)| row.0,
        |frame, rows| {
            let numbers = frame.numbers(name::PLACE)?.iter().zip(frame.numbers(name::SEQ)?);
            rows.extend(numbers.zip(frame.codes(stream)?).map(|((place, seq), stream)| (*place, *seq, *stream)));
            Ok(())
        },
        |rows| {
            for row in rows {
                numbered &= row.1 > 0;
                if let Some(before) = before {
                    if before.0 == row.0 {
                        let (file, line) = spot(row.0);
                        return Err(StoreFault::PlaceRepeated { file, line });
                    }
                    numbered &= row.1 > before.1 && row.2 == before.2;
                }
                before = Some(*row);
            }
            Ok(())
        },
    )?;
    Ok(numbered && before.is_some())
}
