//! Random numbers that are the same on every machine and in every version of this program.
//!
//! The generator is xoshiro256++ (Blackman and Vigna, public domain), seeded through `SplitMix64` as its authors
//! advise. It is written out here, in thirty lines, because a library may change its algorithm from one version to the
//! next and a sample bundle may not. There is no floating point on purpose: `ln` and friends differ between machines.
//! It is never used for anything secret; the nonces of a sample are only as random as its seed.

/// A stream of random numbers that follows from a seed and a name.
#[derive(Clone, Debug)]
pub struct Chance {
    state: [u64; 4],
}

/// One step of `SplitMix64`: also a good way to mix a number on its own.
pub(crate) const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Chance {
    /// The stream called `name`; streams of different names are independent, so that one part of the traffic can
    /// change without moving the others.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        let mut word = name.bytes().fold(mix(seed), |word, byte| mix(word ^ u64::from(byte)));
        let mut state = [0; 4];
        for slot in &mut state {
            word = mix(word);
            *slot = word;
        }
        Self { state }
    }

    /// The next 64 bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c2, d2) = (c ^ a, d ^ b);
        self.state = [a ^ d2, b ^ c2, c2 ^ (b << 17), d2.rotate_left(45)];
        result
    }

    /// A number below `bound` (0 for a bound of 0). The bias is below `bound` in 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True `share` times in a thousand.
    pub(crate) fn per_mille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// A place in a row of `count` things.
    pub fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or_default()
    }

    /// One of some things, which must not be none.
    pub(crate) fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.index(things.len())]
    }

    /// A place in `weights`, as often as its weight says; the last one if all weights are 0.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
            last = place;
        }
        last
    }

    /// Sixteen bytes.
    pub(crate) fn bytes16(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for half in bytes.chunks_exact_mut(8) {
            half.copy_from_slice(&self.bits().to_le_bytes());
        }
        bytes
    }

    /// A version 4 UUID (RFC 9562 section 5.4) as text.
    pub(crate) fn uuid(&mut self) -> [u8; 36] {
        let mut bytes = self.bytes16();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = [b'-'; 36];
        let mut place = 0;
        for (number, byte) in bytes.iter().enumerate() {
            if matches!(number, 4 | 6 | 8 | 10) {
                place += 1;
            }
            text[place] = HEX[usize::from(byte >> 4)];
            text[place + 1] = HEX[usize::from(byte & 0xf)];
            place += 2;
        }
        text
    }

    /// A version 4 UUID as a string.
    pub fn uuid_text(&mut self) -> String {
        String::from_utf8_lossy(&self.uuid()).into_owned()
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Sixteen bytes as base64url without padding (RFC 4648 section 5): 22 characters.
pub(crate) fn base64url16(bytes: [u8; 16]) -> [u8; 22] {
    let mut bits = u128::from_be_bytes(bytes);
    let mut text = [0; 22];
    // 128 bits are 21 groups of six and one of two, which stands in the high bits of its character.
    text[21] = BASE64URL[usize::try_from(bits & 0b11).unwrap_or_default() << 4];
    bits >>= 2;
    for slot in text[..21].iter_mut().rev() {
        *slot = BASE64URL[usize::try_from(bits & 0x3f).unwrap_or_default()];
        bits >>= 6;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_xoshiro256_plus_plus() {
        // The first numbers from the state 1, 2, 3, 4, as the reference implementation gives them.
        let mut chance = Chance { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..5).map(|_| chance.bits()).collect();
        assert_eq!(
            first,
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205]
        );
    }

    #[test]
    fn streams_of_different_names_differ_and_repeat() {
        assert_ne!(Chance::new(1, "a").bits(), Chance::new(1, "b").bits());
        assert_ne!(Chance::new(1, "a").bits(), Chance::new(2, "a").bits());
        assert_eq!(Chance::new(1, "a").bits(), Chance::new(1, "a").bits());
    }

    #[test]
    fn uuids_have_the_right_form() {
        let text = Chance::new(7, "uuid").uuid_text();
        assert_eq!(text.len(), 36);
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(text.as_bytes()[14] == b'4' && b"89ab".contains(&text.as_bytes()[19]));
    }

    #[test]
    fn base64url_agrees_with_a_known_value() {
        assert_eq!(&base64url16([0xff; 16]), b"_____________________w");
        assert_eq!(&base64url16([0; 16]), b"AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(&base64url16(*b"0123456789abcdef"), b"MDEyMzQ1Njc4OWFiY2RlZg");
    }

    #[test]
    fn weights_are_followed() {
        let mut chance = Chance::new(3, "weights");
        let mut counts = [0_u32; 3];
        for _ in 0..10_000 {
            counts[chance.weighted([1, 0, 9].into_iter())] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((800..1200).contains(&counts[0]));
    }
}
