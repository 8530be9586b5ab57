//! The conversations that have all words, noted one by one.

use std::{cell::OnceCell, cmp::Reverse};

use crate::{
    conversation::{Conversation, ConversationSummary, Visibility},
    library::{ConversationHandle, Library},
    message::branches,
    search::{
        Matcher, Query, Score,
        engine::{
            MAX_JUDGED, MAX_JUDGED_BYTES, NEWEST_FIRST, is_told_by_index,
            message_ranks::{MessageRank, best_judged, best_unjudged, score},
        },
        index::{IndexEntry, length_doublings, occurrences::TermLookup},
        matching::{CompiledQuery, SearchedText},
        worker::{Row, Tier},
    },
};

/// How the conversations that have all words are found.
#[derive(Debug)]
pub(super) struct FirstTier {
    matcher: Matcher,
    /// Nothing is looked for: all are found, and none is better than another.
    is_empty: bool,
    /// It is ranked as the index ranks: by word boundaries, and of the best by how close together the words stand.
    is_ranked_by_boundaries: bool,
}

/// The rank of a conversation that has all words.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstTierNote {
    /// Its rank.
    rank: NotedRank,
    /// The bytes of its best message.
    best_bytes: u32,
    /// Its rank by how close together the words stand too, which counts for the best alone.
    judged: Option<NotedRank>,
}

/// A score, and the message that it is for.
#[derive(Clone, Copy, Debug)]
struct NotedRank {
    score: Score,
    best: Option<u32>,
}

impl FirstTier {
    /// Ranks by the text alone.
    pub fn by_text(query: &Query) -> Self {
        Self { matcher: Matcher::new(query), is_empty: query.is_empty(), is_ranked_by_boundaries: false }
    }

    /// Ranks as a whole library with an index does.
    pub fn as_indexed(query: &Query) -> Self {
        let matcher = Matcher::new(query);
        let compiled = matcher.compiled();
        let mut terms = compiled.required().iter().chain(compiled.excluded());
        let are_words = terms.all(|term| matches!(term.lookup, TermLookup::Word(_)));
        let is_ranked_by_boundaries = are_words && is_told_by_index(compiled.message_filter());
        Self { matcher, is_empty: query.is_empty(), is_ranked_by_boundaries }
    }

    /// Returns the matcher.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Ranks a conversation. `None`: it lacks a word.
    pub fn look(&self, conversation: &Conversation, entry: IndexEntry) -> Option<FirstTierNote> {
        if self.is_empty {
            let rank = NotedRank { score: Score::default(), best: None };
            return Some(FirstTierNote { rank, best_bytes: 0, judged: None });
        }
        let compiled = self.matcher.compiled();
        if self.is_ranked_by_boundaries {
            return compiled
                .matches(conversation, entry)
                .then(|| by_boundaries(compiled, conversation, entry));
        }
        let found = compiled.evaluate(conversation, entry)?;
        let rank = NotedRank { score: found.score, best: found.best };
        Some(FirstTierNote { rank, best_bytes: 0, judged: None })
    }

    /// Puts the conversations that have all words into the order they are shown in.
    pub fn rows(
        library: &Library<ConversationSummary>,
        note: &dyn Fn(ConversationHandle) -> Option<FirstTierNote>,
    ) -> Vec<Row> {
        let newest = library.by_date().iter();
        let mut found: Vec<(ConversationHandle, FirstTierNote)> =
            newest.filter_map(|&handle| Some((handle, note(handle)?))).collect();
        judge_best(&mut found);
        // Stable: ties stay newest first.
        found.sort_by_key(|(_, note)| Reverse(note.rank.score));
        let row = |(handle, FirstTierNote { rank, .. })| Row {
            handle,
            best_message: rank.best,
            score: rank.score,
            tier: Tier::AllWords,
        };
        found.into_iter().map(row).collect()
    }
}

/// Ranks the best of what was found, newest first, by how close together the words stand.
fn judge_best(found: &mut [(ConversationHandle, FirstTierNote)]) {
    let mut places: Vec<usize> = (0..found.len()).collect();
    // Which of equals are judged is settled by the order in which a whole library is gone through.
    if let Some(rest) = places.get_mut(NEWEST_FIRST..) {
        rest.sort_unstable_by_key(|&place| found[place].0);
    }
    places.sort_by_key(|&place| Reverse(found[place].1.rank.score));
    let mut bytes = 0;
    for place in places.into_iter().take(MAX_JUDGED) {
        let note = &mut found[place].1;
        bytes += note.best_bytes as usize;
        if bytes > MAX_JUDGED_BYTES {
            return;
        }
        note.rank = note.judged.unwrap_or(note.rank);
    }
}

/// Ranks a conversation that matches by the word boundaries of the terms in its text.
fn by_boundaries(compiled: &CompiledQuery, conversation: &Conversation, entry: IndexEntry) -> FirstTierNote {
    let visible = OnceCell::new();
    let is_visible = |message: u32| visible.get_or_init(|| branches::visible(conversation))[message as usize];
    let filter = compiled.message_filter();
    let searched = filter.eligible(conversation);
    let first_eligible = searched.first().copied().filter(|_| !filter.is_empty());
    let ranks: Vec<MessageRank> = message_ranks(compiled, conversation, searched).collect();
    let title = SearchedText::new(&conversation.title);
    let in_title: Vec<_> = compiled.required().iter().map(|term| title.best_boundary(term)).collect();
    let message_terms = compiled.message_terms().count();
    let noted = |best: Option<MessageRank>| NotedRank {
        score: score(in_title.iter().copied(), message_terms as u32, best),
        best: best.map(|rank| rank.message).or(first_eligible),
    };
    let rank = noted(best_unjudged(ranks.iter().copied(), &is_visible));
    let judged =
        (message_terms > 1).then(|| noted(best_judged(ranks, compiled, conversation, entry, &is_visible)));
    let best = rank.best.and_then(|message| conversation.messages().get(message as usize));
    let best_bytes = best.map_or(0, |message| message.text_range().len() as u32);
    FirstTierNote { rank, best_bytes, judged }
}

/// Returns the messages among some that have any term, in order.
fn message_ranks<'a>(
    compiled: &'a CompiledQuery,
    conversation: &'a Conversation,
    searched: Vec<u32>,
) -> impl Iterator<Item = MessageRank> + 'a {
    searched.into_iter().filter_map(|number| {
        let text = conversation.message_words(number as usize);
        let shown = conversation.messages()[number as usize].visibility == Visibility::Shown;
        let searched = SearchedText::new(text);
        let boundaries = compiled.message_terms().filter_map(|term| searched.best_boundary(term));
        MessageRank::of(boundaries, shown, length_doublings(text.len()), number)
    })
}
