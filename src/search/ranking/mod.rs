//! The order of what is found: the one place that says why one conversation stands above another.
//!
//! 1. All words stand whole in the title.
//! 2. All words stand in one message, or in the title though not whole. Among these:
//!    1. whole words before beginnings of words, those before insides of words (the worst of the words counts);
//!    2. close together before far apart: the length of the shortest stretch with all words, in steps that double;
//!    3. what is shown before what is folded away (tools, reasoning);
//!    4. of several words those in a shorter message, in steps that double: they are more of what it is about;
//!    5. more of the words in the title.
//! 3. The words are spread over messages and title: more of them in one message first.
//! 4. A word stands nowhere but, by its letters alone, in the title: better fuzzy scores first.
//!
//! Ties are broken by date, newest first, and only they are. Within a conversation the best message is found by the
//! same rules; of equals one on the visible branch goes before one that is not, and then the earlier one.

pub(in crate::search) mod snippet;

use super::matching::Fit;

/// How well a conversation answers a query. Greater is better; equal is a tie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u32);

impl Score {
    /// The number itself, for `--json`: it orders, and means nothing more.
    pub fn value(self) -> u32 {
        self.0
    }
}

/// The classes of the [module](self)'s list, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) enum Class {
    /// A word is there only by its letters.
    Fuzzy,
    /// No message has all the words.
    Spread,
    /// A message, or the title, has them all.
    Together,
    /// The title has them all, whole.
    Title,
}

/// Where one word of a query stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct Place {
    /// Which word: its number among those that are looked for in messages.
    pub term: u16,
    /// The message's index.
    pub message: u32,
    /// Its bytes, counted from wherever all places of a message are.
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    /// How it stands there.
    pub fit: Fit,
}

/// How well one message, or the title, answers. Greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) struct Standing {
    /// How many of the words it has.
    pub terms: u32,
    /// The worst fit among them, if good ones are chosen.
    pub fit: Fit,
    /// How close they stand: 31 for one word or words side by side, one less for each doubling of the rest.
    pub closeness: u8,
    /// It is not folded away.
    pub shown: bool,
    /// How short the message is, if several words are looked for: one less for each doubling.
    pub brevity: u8,
}

impl Standing {
    /// The closeness of one word to itself, and the brevity of nothing.
    pub const CLOSEST: u8 = 31;
    /// The closeness of words in one title.
    pub const IN_TITLE: u8 = 28;

    /// Judges the places of one message of `length` bytes, in order of their starts. `None` if there are none.
    pub fn of(places: &[Place], shown: bool, length: usize) -> Option<Self> {
        let present = count_terms(places.iter());
        if present == 0 {
            return None;
        }
        for fit in [Fit::Whole, Fit::Start, Fit::Inside] {
            let good = || places.iter().filter(move |place| place.fit >= fit);
            if count_terms(good()) < present {
                continue;
            }
            let closeness = if present == 1 { Self::CLOSEST } else { closeness(good, present) };
            let brevity = if present == 1 { 0 } else { Self::CLOSEST - doublings(length as u32) };
            return Some(Self { terms: present, fit, closeness, shown, brevity });
        }
        None
    }
}

/// How many different words stand there. Words are numbered below 64.
fn count_terms<'a>(places: impl Iterator<Item = &'a Place>) -> u32 {
    places.fold(0_u64, |seen, place| seen | 1 << (place.term & 63)).count_ones()
}

/// How close together all words stand at best: what is between them in the shortest stretch that has them all.
fn closeness<'a, I: Iterator<Item = &'a Place>>(places: impl Fn() -> I, present: u32) -> u8 {
    let mut counts = [0_u32; 64];
    let mut held = 0;
    let mut least = u32::MAX;
    // The beginning of the stretch follows its end at a distance.
    let mut begin = places();
    for last in places() {
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
    Standing::CLOSEST - doublings(least)
}

/// How often one must be doubled to get past a number; at most 31 times.
fn doublings(number: u32) -> u8 {
    (u32::BITS - number.leading_zeros()).min(31) as u8
}

/// What is known of a conversation when it is ranked.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Evidence {
    /// How it is found at all.
    pub class: Class,
    /// The best message's or the title's standing.
    pub standing: Option<Standing>,
    /// How many of the words the title has literally.
    pub in_title: u32,
    /// The sum of the fuzzy scores.
    pub fuzzy: u32,
}

impl Evidence {
    /// One number that orders as the [module](self) says.
    pub fn score(self) -> Score {
        let class = (self.class as u32) << 29;
        let standing = self.standing.map_or(0, |standing| {
            let fits = (standing.fit as u32) << 11 | u32::from(standing.closeness) << 6;
            let quality = fits | u32::from(standing.shown) << 5 | u32::from(standing.brevity);
            match self.class {
                Class::Together | Class::Title => quality << 6,
                Class::Spread | Class::Fuzzy => standing.terms.min(63) << 20 | quality << 6,
            }
        });
        let rest = match self.class {
            Class::Fuzzy => return Score(class | self.fuzzy.min(0xffff) << 8 | self.in_title.min(63)),
            _ => self.in_title.min(63),
        };
        Score(class | standing | rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(term: u16, start: u32, fit: Fit) -> Place {
        Place { term, message: 0, start, end: start + 5, fit }
    }

    #[test]
    fn whole_words_beat_closer_parts() {
        let parts = Standing::of(&[place(0, 0, Fit::Start), place(1, 6, Fit::Whole)], true, 1_000);
        let whole = Standing::of(&[place(0, 0, Fit::Whole), place(1, 900, Fit::Whole)], true, 1_000);
        assert!(whole > parts);
    }

    #[test]
    fn close_together_beats_far_apart_and_the_best_stretch_counts() {
        let far = Standing::of(&[place(0, 0, Fit::Whole), place(1, 400, Fit::Whole)], true, 1_000);
        let close = [place(0, 0, Fit::Whole), place(1, 400, Fit::Whole), place(0, 420, Fit::Whole)];
        assert!(Standing::of(&close, true, 1_000) > far);
    }

    #[test]
    fn side_by_side_is_as_close_as_can_be() {
        let beside = Standing::of(&[place(0, 0, Fit::Whole), place(1, 6, Fit::Whole)], true, 1_000);
        assert_eq!(beside.map(|standing| standing.closeness), Some(30));
    }

    #[test]
    fn the_classes_come_before_everything_else() {
        let good = Standing { terms: 9, fit: Fit::Whole, closeness: 31, shown: true, brevity: 31 };
        let poor = Standing { terms: 1, fit: Fit::Inside, closeness: 0, shown: false, brevity: 0 };
        let score = |class, standing, in_title| {
            Evidence { class, standing: Some(standing), in_title, fuzzy: 60_000 }.score()
        };
        let classes = [Class::Fuzzy, Class::Spread, Class::Together, Class::Title];
        for pair in classes.windows(2) {
            assert!(score(pair[0], good, 9) < score(pair[1], poor, 0), "{pair:?}");
        }
    }

    #[test]
    fn tools_come_after_people_of_equal_standing() {
        let shown = Standing { terms: 2, fit: Fit::Whole, closeness: 20, shown: true, brevity: 0 };
        assert!(shown > Standing { shown: false, brevity: 31, ..shown });
    }
}
