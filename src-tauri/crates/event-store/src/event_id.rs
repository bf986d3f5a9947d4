//! Event ids in few bytes: UUIDs and SHA-256 hashes are half of their digits.
//!
//! Only a text that comes back byte for byte is packed. Others are kept with 0xFF before them, which no text begins with.

/// Before ids that are kept as text.
const TEXT: u8 = 0xff;
/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

pub(crate) fn pack(id: &str) -> Vec<u8> {
    let packed = match id.len() {
        36 => {
            let shaped = HYPHENS.iter().all(|at| id.as_bytes().get(*at) == Some(&b'-'));
            let digits: Vec<u8> = id.bytes().filter(|byte| *byte != b'-').collect();
            if shaped && digits.len() == 32 { from_digits(&digits) } else { None }
        }
        64 => from_digits(id.as_bytes()),
        _ => None,
    };
    packed.unwrap_or_else(|| {
        let mut kept = vec![TEXT];
        kept.extend_from_slice(id.as_bytes());
        // A packed id is known by its length.
        if kept.len() == 16 || kept.len() == 32 {
            kept.insert(0, TEXT);
        }
        kept
    })
}

pub(crate) fn unpack(bytes: &[u8]) -> String {
    match bytes.len() {
        16 => {
            let digits = digits(bytes);
            let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
            format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
        }
        32 => digits(bytes),
        _ => {
            let start = bytes.iter().position(|byte| *byte != TEXT).unwrap_or(bytes.len());
            bytes.get(start..).and_then(|text| str::from_utf8(text).ok()).unwrap_or("").to_owned()
        }
    }
}

/// Two lowercase digits a byte; `None` for anything else.
fn from_digits(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(value(*high)? << 4 | value(*low)?),
            _ => None,
        })
        .collect()
}

fn digits(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_comes_back_byte_for_byte() {
        for (id, length) in [
            ("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", 16),
            ("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", 37),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", 16),
            ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 32),
            ("", 1),
            ("e-7", 4),
            ("fifteen-letters", 17),
            ("0f1e2d3c4b5a69788796a5b4c3d2e1f", 33),
            ("0f1e2d3c4-b5a-6978-8796-a5b4c3d2e1f0", 37),
        ] {
            let packed = pack(id);
            assert_eq!((unpack(&packed).as_str(), packed.len()), (id, length), "{id}");
        }
    }
}
