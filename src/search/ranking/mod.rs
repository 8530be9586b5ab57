//! The order of what is found: the one place that says why one conversation stands above another.
//!
//! 1. All terms stand whole in the title.
//! 2. All terms stand in one message, or in the title though not whole. Among these:
//!    1. whole words before beginnings of words, those before insides of words (the worst of the terms counts);
//!    2. close together before far apart: the length of the shortest stretch with all terms, in steps that double;
//!    3. what is shown before what is folded away (tools, reasoning);
//!    4. of several terms those in a shorter message, in steps that double: they are more of what it is about;
//!    5. more of the terms in the title.
//! 3. The terms are spread over messages and title: more of them in one message first.
//! 4. A term stands nowhere but, fuzzily, in the title: better fuzzy scores first.
//!
//! Ties are broken by date, newest first, and only they are. Within a conversation the best message is found by the
//! same rules; of equals one on the visible branch goes before one that is not, and then the earlier one.

mod match_quality;
pub(in crate::search) mod snippet;

pub(in crate::search) use match_quality::{MatchQuality, TermPosition};

/// A conversation's rank for a query. Greater is better; equal is a tie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u32);

impl Score {
    /// Returns the number itself, for `--json`: it orders, and means nothing more.
    pub fn value(self) -> u32 {
        self.0
    }
}

/// The classes of the [module](self)'s list, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) enum RankClass {
    /// A term matches only the title, and that only fuzzily.
    Fuzzy,
    /// No message has all the terms.
    Spread,
    /// A message, or the title, has them all.
    Together,
    /// The title has them all, whole.
    Title,
}

/// Everything that a conversation is ranked by.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct RankInputs {
    /// The class, which comes before everything else.
    pub class: RankClass,
    /// The quality of the best message or of the title.
    pub quality: Option<MatchQuality>,
    /// The number of terms that the title has literally.
    pub in_title: u32,
    /// The sum of the fuzzy scores.
    pub fuzzy: u32,
}

impl RankInputs {
    /// Packs everything into one number that orders as the [module](self) says.
    pub fn score(self) -> Score {
        let class = (self.class as u32) << 29;
        let quality = self.quality.map_or(0, |quality| {
            let boundary_and_proximity = (quality.boundary as u32) << 11 | u32::from(quality.proximity) << 6;
            let bits = boundary_and_proximity | u32::from(quality.shown) << 5 | u32::from(quality.shortness);
            match self.class {
                RankClass::Together | RankClass::Title => bits << 6,
                RankClass::Spread | RankClass::Fuzzy => quality.terms.min(63) << 20 | bits << 6,
            }
        });
        let rest = match self.class {
            RankClass::Fuzzy => {
                return Score(class | self.fuzzy.min(0xffff) << 8 | self.in_title.min(63));
            }
            _ => self.in_title.min(63),
        };
        Score(class | quality | rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::matching::WordBoundary;

    #[test]
    fn the_classes_come_before_everything_else() {
        let good = MatchQuality {
            terms: 9,
            boundary: WordBoundary::Whole,
            proximity: 31,
            shown: true,
            shortness: 31,
        };
        let poor = MatchQuality {
            terms: 1,
            boundary: WordBoundary::Inside,
            proximity: 0,
            shown: false,
            shortness: 0,
        };
        let score = |class, quality, in_title| {
            RankInputs { class, quality: Some(quality), in_title, fuzzy: 60_000 }.score()
        };
        let classes = [RankClass::Fuzzy, RankClass::Spread, RankClass::Together, RankClass::Title];
        for pair in classes.windows(2) {
            assert!(score(pair[0], good, 9) < score(pair[1], poor, 0), "{pair:?}");
        }
    }
}
