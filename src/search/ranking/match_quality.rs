//! How well one message, or the title, answers a query.

use crate::search::matching::WordBoundary;

/// Where one word of a query stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct TermPosition {
    /// Which word: its number among those that are looked for in messages.
    pub term: u16,
    /// The message's index.
    pub message: u32,
    /// Its bytes, counted from wherever all places of a message are.
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    /// How it stands there.
    pub boundary: WordBoundary,
}

/// How well one message, or the title, answers. Greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) struct MatchQuality {
    /// How many of the words it has.
    pub terms: u32,
    /// The worst fit among them, if good ones are chosen.
    pub boundary: WordBoundary,
    /// How close they stand: 31 for one word or words side by side, one less for each doubling of the rest.
    pub proximity: u8,
    /// It is not folded away.
    pub shown: bool,
    /// How short the message is, if several words are looked for: one less for each doubling.
    pub shortness: u8,
}

impl MatchQuality {
    /// The closeness of one word to itself, and the brevity of nothing.
    pub const MOST: u8 = 31;
    /// The closeness of words in one title.
    pub const TITLE_PROXIMITY: u8 = 28;

    /// Judges the places of one message of `length` bytes, in order of their starts. `None` if there are none.
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
            let proximity = if present == 1 { Self::MOST } else { proximity(good, present) };
            let shortness = if present == 1 { 0 } else { Self::MOST - doublings(length as u32) };
            return Some(Self { terms: present, boundary, proximity, shown, shortness });
        }
        None
    }
}

/// How many different words stand there. Words are numbered below 64.
fn count_terms<'a>(positions: impl Iterator<Item = &'a TermPosition>) -> u32 {
    positions.fold(0_u64, |seen, position| seen | 1 << (position.term & 63)).count_ones()
}

/// How close together all words stand at best: what is between them in the shortest stretch that has them all.
fn proximity<'a, I: Iterator<Item = &'a TermPosition>>(positions: impl Fn() -> I, present: u32) -> u8 {
    let mut counts = [0_u32; 64];
    let mut held = 0;
    let mut least = u32::MAX;
    // The beginning of the stretch follows its end at a distance.
    let mut begin = positions();
    for last in positions() {
        let count = &mut counts[last.term as usize & 63];
        *count += 1;
        held += u32::from(*count == 1);
        while held == present
            && let Some(first) = begin.next()
        {
            let words = (first.end - first.start) + (last.end - last.start);
            least = least.min(last.end.saturating_sub(first.start).saturating_sub(words));
            let count = &mut counts[first.term as usize & 63];
            *count -= 1;
            held -= u32::from(*count == 0);
        }
    }
    MatchQuality::MOST - doublings(least)
}

/// How often one must be doubled to get past a number; at most 31 times.
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
