//! Reads the records of an extended header (POSIX.1-2001 `pax`): `LENGTH KEYWORD=VALUE` and LF, length in decimal digits
//! and counting itself.
//!
//! Only what changes where an entry lies or what it is called is kept. A keyword that stands twice is a flaw: the
//! standard lets the last one win, and not every program does.

/// What the records say of the next entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size_bytes: Option<u64>,
    /// The entry is a file with holes, in one of GNU's forms.
    pub(super) is_sparse: bool,
}

/// Reads all records; an error is a sentence.
pub(super) fn read(mut content: &[u8]) -> Result<Records, &'static str> {
    const MALFORMED: &str = "An extended header of the archive is malformed.";
    let mut records = Records::default();
    while !content.is_empty() {
        let (keyword, value, rest) = next(content).ok_or(MALFORMED)?;
        content = rest;
        let is_repeated = match keyword {
            b"path" => records.name.replace(value.to_vec()).is_some(),
            b"size" => records.size_bytes.replace(number(value).ok_or(MALFORMED)?).is_some(),
            _ => {
                records.is_sparse |= keyword.starts_with(b"GNU.sparse.");
                false
            }
        };
        if is_repeated {
            return Err("An extended header states a name or a size twice.");
        }
    }
    Ok(records)
}

/// The first record and what lies behind it.
fn next(content: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = memchr::memchr(b' ', content)?;
    let length = usize::try_from(number(content.get(..space)?)?).ok()?;
    let (record, rest) = content.split_at_checked(length)?;
    let record = record.get(space.checked_add(1)?..)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', record)?;
    Some((record.get(..equals)?, record.get(equals.checked_add(1)?..)?, rest))
}

/// Decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if is_number { std::str::from_utf8(digits).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let content = b"11 path=ab\n14 size=12345\n";
        let records = Records { name: Some(b"ab".to_vec()), size_bytes: Some(12_345), is_sparse: false };
        assert_eq!(read(content).unwrap(), records);
        // A value may hold line ends; the length says where the record ends.
        let with_line_ends = b"11 path=ab\n13 x=1\n2 y=\n\n";
        assert_eq!(read(with_line_ends).unwrap(), Records { name: Some(b"ab".to_vec()), ..Records::default() });
    }

    #[test]
    fn what_is_no_record_or_stands_twice_is_refused() {
        for content in [
            &b"x"[..],
            b"12 path=a\n",
            b"10 path=aa\n",
            b"11 path=ab\n11 path=cd\n",
            b"11 size=-1\n",
            b"11 size=1x\n",
            b"5 a=b\n7 a=b\n",
            b"99999999999999999999 a=b\n",
            b"-5 a=b\n",
        ] {
            assert!(read(content).is_err(), "{}", content.escape_ascii());
        }
    }

    #[test]
    fn holes_are_noticed() {
        assert!(read(b"22 GNU.sparse.major=1\n").unwrap().is_sparse);
    }
}
