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
//!
//! Ties are broken by date, newest first, and only they are. Within a conversation the best message is found by the
//! same rules; of equals one on the visible branch goes before one that is not, and then the earlier one.

mod match_quality;
pub(in crate::search) mod snippet;

pub(in crate::search) use match_quality::{MatchQuality, TermPosition};

use super::matching::WordBoundary;

/// A conversation's rank for a query. Greater is better; equal is a tie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u32);

impl Score {
    /// Makes the score of a conversation that has only some words: it is less than any that has all.
    pub(in crate::search) fn of_some_words(score: u32) -> Self {
        Self(score.min((1 << 29) - 1))
    }

    /// Returns the number itself, for `--json`: it orders, and means nothing more.
    pub fn value(self) -> u32 {
        self.0
    }
}

/// The classes of the [module](self)'s list, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) enum RankClass {
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
}

impl RankInputs {
    /// Decides the class of a conversation that matches, for a query of so many terms for messages, by its title, if
    /// that has all terms, and by its best message; `in_title` is the number of terms that the title has.
    pub fn of(
        terms: u32,
        title: Option<MatchQuality>,
        best_message: Option<MatchQuality>,
        in_title: u32,
    ) -> Self {
        let has_all_terms = |quality: MatchQuality| quality.terms == terms;
        let class = if title.is_some_and(|title| title.boundary == WordBoundary::Whole) {
            RankClass::Title
        } else if title.is_some() || best_message.is_none_or(has_all_terms) {
            RankClass::Together
        } else {
            RankClass::Spread
        };
        let best_message =
            best_message.filter(|&quality| class != RankClass::Together || has_all_terms(quality));
        Self { class, quality: best_message.max(title), in_title }
    }

    /// Packs everything into one number that orders as the [module](self) says.
    pub fn score(self) -> Score {
        // Below the least class are those that have only some words.
        let class = (self.class as u32 + 1) << 29;
        let quality = self.quality.map_or(0, |quality| {
            let boundary_and_proximity = (quality.boundary as u32) << 11 | u32::from(quality.proximity) << 6;
            let bits = boundary_and_proximity | u32::from(quality.shown) << 5 | u32::from(quality.shortness);
            match self.class {
                RankClass::Together | RankClass::Title => bits << 6,
                RankClass::Spread => quality.terms.min(63) << 20 | bits << 6,
            }
        });
        Score(class | quality | self.in_title.min(63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let score = |class, quality, in_title| RankInputs { class, quality: Some(quality), in_title }.score();
        let classes = [RankClass::Spread, RankClass::Together, RankClass::Title];
        for pair in classes.windows(2) {
            assert!(score(pair[0], good, 9) < score(pair[1], poor, 0), "{pair:?}");
        }
    }
}
