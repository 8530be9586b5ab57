//! Ranks a conversation that matches by what stands where in its title and messages: by the word boundaries of each term,
//! which the index tells, or the text; and by the text how close together the terms stand.

use crate::{
    conversation::Conversation,
    search::{
        index::IndexEntry,
        matching::{CompiledQuery, WordBoundary},
        ranking::{MatchQuality, RankInputs, Score},
    },
};

/// The messages of one conversation in which it is judged how close together the words stand.
const MAX_JUDGED_MESSAGES: usize = 4;

/// The best that a message can be to a query of one term.
const WHOLE_WORD: MatchQuality = MatchQuality::of_single_term(WordBoundary::Whole, true);

/// A message, by the word boundaries of the terms in it.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct MessageRank {
    pub quality: MatchQuality,
    pub message: u32,
}

impl MessageRank {
    /// Ranks a message by the boundaries of the terms that it has; `shown`: it is not folded away; `length_doublings` is the number of times that its
    /// length can be halved. `None`: it has none of them.
    pub fn of(
        boundaries: impl Iterator<Item = WordBoundary>,
        shown: bool,
        length_doublings: u8,
        message: u32,
    ) -> Option<Self> {
        let (terms, worst) = boundaries
            .fold((0, WordBoundary::Whole), |(terms, worst), boundary| (terms + 1, worst.min(boundary)));
        let quality = || MatchQuality::unjudged(terms, worst, shown, length_doublings);
        (terms > 0).then(|| Self { quality: quality(), message })
    }
}

/// Finds the best message, as far as the boundaries tell: of several words not how close they stand.
pub(in crate::search) fn best_unjudged(
    ranks: impl Iterator<Item = MessageRank>,
    is_visible: &dyn Fn(u32) -> bool,
) -> Option<MessageRank> {
    let mut best: Option<MessageRank> = None;
    for other in ranks {
        let is_better = best.is_none_or(|best| {
            let is_nearer = || !is_visible(best.message) && is_visible(other.message);
            other.quality > best.quality || other.quality == best.quality && is_nearer()
        });
        if is_better {
            best = Some(other);
            // Of one term none can be better than a whole word in sight.
            if other.quality == WHOLE_WORD && is_visible(other.message) {
                break;
            }
        }
    }
    best
}

/// Finds the best message by the text too.
pub(in crate::search) fn best_judged(
    mut ranks: Vec<MessageRank>,
    compiled: &CompiledQuery,
    conversation: &Conversation,
    entry: IndexEntry,
    is_visible: &dyn Fn(u32) -> bool,
) -> Option<MessageRank> {
    ranks.sort_by_key(|rank| (std::cmp::Reverse(rank.quality), rank.message));
    let most = ranks.first().map_or(0, |rank| rank.quality.terms);
    ranks.retain(|rank| rank.quality.terms == most);
    ranks.truncate(MAX_JUDGED_MESSAGES);
    let mut judged_count = 0;
    for rank in &mut ranks {
        let judged = compiled.quality_of(conversation, entry, rank.message);
        rank.quality = judged.unwrap_or(rank.quality);
        judged_count += 1;
        // Those that follow are no better words, and longer.
        if rank.quality.is_side_by_side() {
            break;
        }
    }
    ranks.truncate(judged_count);
    ranks
        .into_iter()
        .max_by_key(|rank| (rank.quality, is_visible(rank.message), std::cmp::Reverse(rank.message)))
}

/// Scores a conversation by the boundaries of each required term in its title, and by its best message; so many of the
/// terms are for messages.
pub(in crate::search) fn score(
    title: impl Iterator<Item = Option<WordBoundary>> + Clone,
    message_terms: u32,
    best: Option<MessageRank>,
) -> Score {
    let in_title = title.clone().flatten().count() as u32;
    let worst = title.min().flatten();
    let title_quality = worst.map(|boundary| MatchQuality::of_title(message_terms, boundary));
    RankInputs::of(message_terms, title_quality, best.map(|rank| rank.quality), in_title).score()
}
