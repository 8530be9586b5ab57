//! Rates how well one message, or the title, answers a query.

use crate::search::matching::WordBoundary;

/// The position of one term of a query in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct TermPosition {
    /// The term's number among those that are required.
    pub term: u16,
    /// The message's index.
    pub message: u32,
    /// Its first byte, counted from wherever all positions of a message are.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// The way it stands among the letters around it.
    pub boundary: WordBoundary,
}

/// The quality of one message, or of the title, as an answer. Greater is better: fields are compared in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) struct MatchQuality {
    /// The number of terms that it has.
    pub terms: u32,
    /// The worst word boundary among them, when the best position of each is chosen.
    pub boundary: WordBoundary,
    /// The closeness of the terms: 31 for one term, 30 for terms side by side, one less for each doubling of what
    /// lies between them.
    pub proximity: u8,
    /// It is not folded away.
    pub shown: bool,
    /// The shortness of the message, if several terms are looked for: 31, less one for each doubling of its length in
    /// bytes.
    pub shortness: u8,
}

impl MatchQuality {
    /// The greatest proximity, which one term alone has, and the greatest shortness.
    const MAX: u8 = 31;
    /// The proximity of terms in one title.
    const TITLE_PROXIMITY: u8 = 28;

    /// Rates a title that has all of so many terms.
    pub fn of_title(terms: u32, boundary: WordBoundary) -> Self {
        Self { terms, boundary, proximity: Self::TITLE_PROXIMITY, shown: true, shortness: 0 }
    }

    /// Rates a message for a query of one term by its best hit.
    pub const fn of_single_term(boundary: WordBoundary, shown: bool) -> Self {
        Self { terms: 1, boundary, proximity: Self::MAX, shown, shortness: 0 }
    }

    /// Rates a message by what the index knows: of several terms not how close together they stand, which counts as
    /// far apart. `length_doublings` is the number of times that its length can be halved.
    pub fn unjudged(terms: u32, boundary: WordBoundary, shown: bool, length_doublings: u8) -> Self {
        let (proximity, shortness) =
            if terms == 1 { (Self::MAX, 0) } else { (0, Self::MAX.saturating_sub(length_doublings)) };
        Self { terms, boundary, proximity, shown, shortness }
    }

    /// Returns whether its terms stand as close together as can be.
    pub fn is_side_by_side(self) -> bool {
        self.proximity >= Self::MAX - 1
    }

    /// Rates a message of `length` bytes by the positions in it, in order of their starts. `None`: there are none.
    pub fn of(positions: &[TermPosition], shown: bool, length: usize) -> Option<Self> {
        let present = count_terms(positions.iter());
        if present == 0 {
            return None;
        }
        for boundary in [WordBoundary::Whole, WordBoundary::Start, WordBoundary::Inside] {
            let good = || positions.iter().filter(move |position| position.boundary >= boundary);
            if count_terms(good()) < present {
                continue;
            }
            let proximity = if present == 1 { Self::MAX } else { proximity(good, present) };
            let shortness = if present == 1 { 0 } else { Self::MAX - doublings(length as u32) };
            return Some(Self { terms: present, boundary, proximity, shown, shortness });
        }
        None
    }
}

/// Counts the different terms. They are numbered below 64.
fn count_terms<'a>(positions: impl Iterator<Item = &'a TermPosition>) -> u32 {
    positions.fold(0_u64, |seen, position| seen | 1 << (position.term & 63)).count_ones()
}

/// Rates how close together all terms stand: by what lies between them in the shortest stretch that has them all.
fn proximity<'a, I: Iterator<Item = &'a TermPosition>>(positions: impl Fn() -> I, present: u32) -> u8 {
    let mut counts = [0_u32; 64];
    let mut present_here = 0;
    let mut min_spread = u32::MAX;
    // The beginning of the stretch follows its end at a distance.
    let mut begin = positions();
    for last in positions() {
        let count = &mut counts[last.term as usize & 63];
        *count += 1;
        present_here += u32::from(*count == 1);
        while present_here == present
            && let Some(first) = begin.next()
        {
            let own = (first.end - first.start) + (last.end - last.start);
            min_spread = min_spread.min(last.end.saturating_sub(first.start).saturating_sub(own));
            let count = &mut counts[first.term as usize & 63];
            *count -= 1;
            present_here -= u32::from(*count == 0);
        }
    }
    // One within another is no closer than one beside it.
    MatchQuality::MAX - doublings(min_spread).max(1)
}

/// Counts how often one must be doubled to get past a number; at most 31 times.
fn doublings(number: u32) -> u8 {
    (u32::BITS - number.leading_zeros()).min(31) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(term: u16, start: u32, boundary: WordBoundary) -> TermPosition {
        TermPosition { term, message: 0, start, end: start + 5, boundary }
    }

    #[test]
    fn whole_words_beat_closer_parts() {
        let parts = MatchQuality::of(
            &[position(0, 0, WordBoundary::Start), position(1, 6, WordBoundary::Whole)],
            true,
            1_000,
        );
        let whole = MatchQuality::of(
            &[position(0, 0, WordBoundary::Whole), position(1, 900, WordBoundary::Whole)],
            true,
            1_000,
        );
        assert!(whole > parts);
    }

    #[test]
    fn close_together_beats_far_apart_and_the_best_stretch_counts() {
        let far = MatchQuality::of(
            &[position(0, 0, WordBoundary::Whole), position(1, 400, WordBoundary::Whole)],
            true,
            1_000,
        );
        let close = [
            position(0, 0, WordBoundary::Whole),
            position(1, 400, WordBoundary::Whole),
            position(0, 420, WordBoundary::Whole),
        ];
        assert!(MatchQuality::of(&close, true, 1_000) > far);
    }

    #[test]
    fn side_by_side_is_as_close_as_can_be() {
        let beside = MatchQuality::of(
            &[position(0, 0, WordBoundary::Whole), position(1, 6, WordBoundary::Whole)],
            true,
            1_000,
        );
        assert_eq!(beside.map(|quality| quality.proximity), Some(30));
    }

    #[test]
    fn one_within_another_is_as_close_as_one_beside_it() {
        let proximity = |second: u32| {
            let positions = [position(0, 0, WordBoundary::Start), position(1, second, WordBoundary::Inside)];
            MatchQuality::of(&positions, true, 100).map(|quality| quality.proximity)
        };
        assert_eq!([0, 2, 5, 6].map(proximity), [Some(30); 4]);
        assert_eq!(proximity(7), Some(29));
    }

    #[test]
    fn tools_come_after_people_of_equal_standing() {
        let shown = MatchQuality {
            terms: 2,
            boundary: WordBoundary::Whole,
            proximity: 20,
            shown: true,
            shortness: 0,
        };
        assert!(shown > MatchQuality { shown: false, shortness: 31, ..shown });
    }
}
