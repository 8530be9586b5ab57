//! The set bits of a part of a bit set, word by word.

use std::ops::Range;

use fixedbitset::FixedBitSet;

/// Returns the first set bit at or after one.
pub(in crate::search) fn next_one(bits: &FixedBitSet, from: usize) -> Option<usize> {
    let words = bits.as_slice();
    let width = usize::BITS as usize;
    let mut at = from / width;
    let mut word = words.get(at)? & (usize::MAX << (from % width));
    while word == 0 {
        at += 1;
        word = *words.get(at)?;
    }
    Some(at * width + word.trailing_zeros() as usize)
}

/// Returns the set bits of a range, in order.
pub(in crate::search) fn ones_in(
    bits: &FixedBitSet,
    range: Range<usize>,
) -> impl Iterator<Item = usize> + '_ {
    let mut from = range.start;
    std::iter::from_fn(move || {
        let one = next_one(bits, from).filter(|&one| one < range.end)?;
        from = one + 1;
        Some(one)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_set_bits_of_a_range_are_found_in_order(set in prop::collection::btree_set(0_usize..400, 0..60), start in 0_usize..420, len in 0_usize..200) {
            let mut bits = FixedBitSet::with_capacity(400);
            bits.extend(set.iter().copied());
            let plain: Vec<usize> = set.range(start..start + len).copied().collect();
            prop_assert_eq!(ones_in(&bits, start..start + len).collect::<Vec<_>>(), plain);
        }
    }
}
