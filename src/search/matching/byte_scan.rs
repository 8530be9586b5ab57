//! Finds candidates for a short run of ASCII bytes in a long text, in upper and lower case, at the speed of memory.
//!
//! A [`ByteScanner`] compares only two bytes of the needle, the two rarest. They are compared in whole blocks, in
//! loops that compilers turn into vector instructions. Prose has few positions with both, and only there does the
//! caller compare the whole needle. (`memchr` has such a pair finder too, but none that ignores case.)

/// The bytes of a needle that are looked for: its two rarest, or those on both sides of a blank in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum ByteScanner {
    /// Two bytes at their offsets.
    Pair(Probe, Probe),
    /// The last byte of a word, what may stand between two words, and the first byte of a word or more of what may stand
    /// between: phrases of short words are rarer than any of their words.
    WordGap(Probe, Probe),
    /// A byte and the one behind it, if that is known, or what may stand for it; or anything beyond ASCII.
    Start(Probe, Option<Probe>),
}

/// One byte of a needle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// Its offset in the needle.
    offset: usize,
    /// The byte; in lower case if case is ignored.
    byte: u8,
    /// The bit that tells upper from lower case, if it is to be ignored.
    case: u8,
}

impl Probe {
    fn new(offset: usize, byte: u8, ignore_case: bool) -> Self {
        let case = if ignore_case && byte.is_ascii_lowercase() { 0x20 } else { 0 };
        Self { offset, byte, case }
    }

    fn matches(self, byte: u8) -> bool {
        byte | self.case == self.byte
    }

    /// Returns whether a byte may begin what stands for this one, or is passed before it.
    fn may_follow(self, byte: u8) -> bool {
        let is_same = if self.byte == b' ' { is_space(byte) } else { self.matches(byte) };
        is_same | may_be_passed(byte)
    }
}

/// The bytes of English prose and code, most common first; a byte that is not listed is rare.
const COMMON: &[u8] = b" etaoinsrlhdcumpfgywb\n.v,k()-01x2=\"_:3/'";
/// Bytes compared in one step: as many as a mask has bits.
const BLOCK: usize = 64;

impl ByteScanner {
    /// Picks the two rarest bytes of `needle`, which is not empty, and in lower case if case is ignored.
    pub fn pair(needle: &[u8], ignore_case: bool) -> Self {
        let rank = |byte: u8| COMMON.iter().position(|&common| common == byte).unwrap_or(COMMON.len());
        let mut offsets: Vec<usize> = (0..needle.len()).collect();
        offsets.sort_by_key(|&offset| std::cmp::Reverse(rank(needle[offset])));
        let first = offsets.first().copied().unwrap_or(0);
        // The same byte at another offset says less than another byte.
        let other =
            offsets.iter().copied().find(|&offset| offset != first && needle[offset] != needle[first]);
        let second = other.or_else(|| offsets.get(1).copied()).unwrap_or(first);
        let probe = |offset: usize| Probe::new(offset, needle[offset], ignore_case);
        Self::Pair(probe(first), probe(second))
    }

    /// Looks for a blank between a word that ends with the byte `before` and one that begins with `after`. The
    /// candidates are the positions of `before`.
    pub fn word_gap(before: u8, after: u8, ignore_case: bool) -> Self {
        Self::WordGap(Probe::new(0, before, ignore_case), Probe::new(2, after, ignore_case))
    }

    /// Looks for what is not ASCII, and for a byte behind which stands `next`, white space for a blank, or what may be
    /// read as that or passed before it: a mark of Markdown, an escape, something beyond ASCII.
    pub fn start(first: u8, next: Option<u8>, ignore_case: bool) -> Self {
        Self::Start(Probe::new(0, first, ignore_case), next.map(|next| Probe::new(1, next, ignore_case)))
    }

    /// Returns all offsets in `text` where the needle may begin, in order.
    pub fn candidates(self, text: &[u8]) -> Candidates<'_> {
        Candidates { scanner: self, text, next: 0, block: 0, mask: 0 }
    }

    /// Returns the candidates among the [`BLOCK`] offsets from `at` on, a bit for each.
    #[inline]
    fn mask(self, text: &[u8], at: usize) -> u64 {
        match self {
            Self::Pair(one, two) => {
                if let (Some(left), Some(right)) =
                    (block(text, at + one.offset), block(text, at + two.offset))
                {
                    return pack_bits(|step| one.matches(left[step]) & two.matches(right[step]));
                }
                let byte = |offset: usize| text.get(offset).copied();
                mask_bytewise(|step| {
                    let offset = at + step;
                    byte(offset + one.offset).is_some_and(|byte| one.matches(byte))
                        && byte(offset + two.offset).is_some_and(|byte| two.matches(byte))
                })
            }
            Self::Start(first, None) => match block(text, at) {
                Some(bytes) => pack_bits(|step| first.matches(bytes[step]) | !bytes[step].is_ascii()),
                None => mask_bytewise(|step| {
                    text.get(at + step).is_some_and(|&byte| first.matches(byte) || !byte.is_ascii())
                }),
            },
            Self::Start(first, Some(next)) => {
                let is_start =
                    |left: u8, right: u8| (first.matches(left) & next.may_follow(right)) | !left.is_ascii();
                if let (Some(left), Some(right)) = (block(text, at), block(text, at + 1)) {
                    return pack_bits(|step| is_start(left[step], right[step]));
                }
                mask_bytewise(|step| match text.get(at + step..) {
                    Some(&[left, right, ..]) => is_start(left, right),
                    Some(&[last]) => !last.is_ascii(),
                    _ => false,
                })
            }
            Self::WordGap(before, after) => {
                if let (Some(left), Some(middle), Some(right)) =
                    (block(text, at), block(text, at + 1), block(text, at + 2))
                {
                    return pack_bits(|step| {
                        before.matches(left[step])
                            & may_be_between_words(middle[step])
                            & (after.matches(right[step]) | may_be_between_words(right[step]))
                    });
                }
                mask_bytewise(|step| match text.get(at + step..at + step + 3) {
                    Some(&[left, middle, right]) => {
                        before.matches(left)
                            && may_be_between_words(middle)
                            && (after.matches(right) || may_be_between_words(right))
                    }
                    _ => false,
                })
            }
        }
    }
}

fn block(text: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    text.get(at..)?.first_chunk()
}

/// Asks about every step of a block, and packs the answers into bits. Returns early for a block without any: most
/// are.
#[inline]
pub(in crate::search) fn pack_bits(is_there: impl Fn(usize) -> bool) -> u64 {
    let mut bytes = [0_u8; BLOCK];
    let mut any = 0;
    for (step, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from(is_there(step));
        any |= *byte;
    }
    if any == 0 {
        return 0;
    }
    let mut mask = 0;
    for (eighth, bytes) in bytes.as_chunks::<8>().0.iter().enumerate() {
        // Eight bytes of 0 or 1 become eight bits in the uppermost byte of the product.
        let bits = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * eighth);
    }
    mask
}

fn mask_bytewise(is_there: impl Fn(usize) -> bool) -> u64 {
    (0..BLOCK).filter(|&step| is_there(step)).fold(0, |mask, step| mask | 1 << step)
}

/// Returns whether a byte is a mark of Markdown, an escape, or part of something beyond ASCII.
#[expect(clippy::needless_bitwise_bool, reason = "without branches many bytes are compared at once")]
fn may_be_passed(byte: u8) -> bool {
    (byte >= 0x80) | (byte == b'*') | (byte == b'`') | (byte == b'~') | (byte == b'\\')
}

/// Returns whether a byte may stand between two words of a phrase: white space, or a mark of Markdown at the edge of one.
/// Some other signs are taken for such bytes, so that few comparisons do.
#[expect(clippy::needless_bitwise_bool, reason = "without branches many bytes are compared at once")]
fn may_be_between_words(byte: u8) -> bool {
    (byte <= b'*') | (byte == b'`') | (byte == b'~')
}

/// Returns whether a byte is white space as [`char::is_whitespace`] knows it, within ASCII.
pub(super) fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

/// The candidates of [`ByteScanner::candidates`].
#[derive(Clone, Debug)]
pub(super) struct Candidates<'a> {
    scanner: ByteScanner,
    text: &'a [u8],
    /// The beginning of the next block.
    next: usize,
    /// The beginning of the current block, and the candidates left in it.
    block: usize,
    mask: u64,
}

impl Iterator for Candidates<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            if self.next >= self.text.len() {
                return None;
            }
            self.block = self.next;
            self.mask = self.scanner.mask(self.text, self.block);
            self.next += BLOCK;
        }
        let step = self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(self.block + step)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::matching::markdown_marks;

    proptest! {
        #[test]
        fn no_place_of_the_needle_is_missed(needle in "[ab!]{1,4}", text in "[abAB!]{0,400}", ignore_case: bool) {
            let text = text.as_bytes();
            let is_at = |at: usize| {
                text.get(at..at + needle.len()).is_some_and(|candidate| {
                    candidate == needle.as_bytes()
                        || ignore_case && candidate.eq_ignore_ascii_case(needle.as_bytes())
                })
            };
            let found: Vec<usize> = ByteScanner::pair(needle.as_bytes(), ignore_case).candidates(text).filter(|&at| is_at(at)).collect();
            let plain: Vec<usize> = (0..text.len()).filter(|&at| is_at(at)).collect();
            prop_assert_eq!(found, plain);
        }

        #[test]
        fn no_place_between_two_words_is_missed(text in "[abB \n*`~.]{0,300}") {
            let text = text.as_bytes();
            let is_between = |byte: u8| is_space(byte) || markdown_marks::is_mark(byte);
            let is_at = |at: usize| {
                matches!(text[at..], [b'a', middle, right, ..]
                    if is_between(middle) && (matches!(right, b'b' | b'B') || is_between(right)))
            };
            let found: Vec<usize> = ByteScanner::word_gap(b'a', b'b', true).candidates(text).collect();
            let plain: Vec<usize> = (0..text.len()).filter(|&at| is_at(at)).collect();
            prop_assert_eq!(found, plain);
        }
    }
}
