//! The second tier: conversations that have some of the words of a query, the most telling first.
//!
//! Each word stands for the tokens it is made of, and each token for itself, its forms, what it abbreviates, if it is
//! rare its nearest neighbours in the archive, and if it is still being typed the words it begins. A conversation is
//! scored by BM25 over all of its title and shown messages, the tokens weighing by how rare they are in the archive,
//! and a part of the score of its best message is added. What a query binds (phrases, capitals, filters, exclusions)
//! binds here too.

use std::{cmp::Reverse, sync::Arc};

use fixedbitset::FixedBitSet;

use super::{
    Engine,
    corpus::Corpus,
    loose_query::{LooseQuery, LooseToken, LooseWord, MAX_WORDS},
    required_clauses::RequiredClauses,
    token_scores::TokenScores,
    word_variants::Substitution,
};
use crate::{
    library::ConversationHandle,
    search::{
        Matcher,
        index::{Index, LetterSet},
        matching::{FoldsToAscii, is_letter_of_unspaced_script},
        ranking::Score,
        worker::Tier,
    },
};

/// The part of the best message's score that is added.
const BEST_MESSAGE: f32 = 0.25;
/// The part of a query's weight that a conversation must have.
const MIN_WEIGHT: f32 = 0.4;
/// The best that are kept whatever they weigh.
const MIN_FOUND: usize = 20;
/// Letters from which a token of a word of several is marked on its own: `s` of `what's` stands everywhere.
const MARKED_FROM: usize = 3;
/// What a score is multiplied with to become a whole number.
const SCORE_STEPS: f32 = 4_096.0;

/// A conversation with some of the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::search) struct PartialMatch {
    pub handle: ConversationHandle,
    pub score: Score,
    /// The message that answers best. `None`: only the title has any of the words.
    pub best: Option<u32>,
    pub tier: Tier,
}

/// A query's words that need not all be there.
#[derive(Debug)]
pub(in crate::search) struct SomeWords {
    words: Vec<LooseWord>,
    tokens: Vec<Token>,
    /// What must hold all the same.
    binding: RequiredClauses,
}

/// One token of a word.
#[derive(Debug)]
struct Token {
    /// The number of its word.
    word: usize,
    scores: Arc<TokenScores>,
}

/// The sums over all tokens.
struct Scores {
    by_conversation: Vec<f32>,
    by_slot: Vec<f32>,
    /// The weight of the tokens that a conversation has.
    weight: Vec<f32>,
    /// The words that a conversation has.
    present: Vec<u64>,
    total_weight: f32,
    /// They are of the messages alone that the filters let in.
    is_filtered: bool,
}

impl SomeWords {
    /// Looks the words of a query up. `None`: `stop` ended it.
    pub fn of(
        corpus: &dyn Corpus,
        query: LooseQuery,
        binding: RequiredClauses,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let mut tokens = Vec::with_capacity(query.tokens.len());
        for LooseToken { word, text, is_open } in &query.tokens {
            if stop() {
                return None;
            }
            tokens.push(Token { word: *word, scores: corpus.token_scores(text, *is_open) });
        }
        Some(Self { words: query.words, tokens, binding })
    }

    /// Returns the words as they were typed.
    pub fn typed(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.typed.as_str())
    }

    /// Returns what stands for words that hardly occur or are abbreviations.
    pub fn substitutions(&self) -> impl Iterator<Item = &Substitution> {
        self.tokens.iter().filter_map(|token| token.scores.variants.substitution.as_ref())
    }

    /// Returns a matcher for what stands in the place of the words, to show where they are.
    pub fn matcher(&self, corpus: &dyn Corpus) -> Matcher {
        let mut texts: Vec<String> = Vec::new();
        for (number, word) in self.words.iter().enumerate() {
            let tokens = || self.tokens.iter().filter(|token| token.word == number);
            let is_several = tokens().nth(1).is_some();
            texts.extend(is_several.then(|| word.typed.clone()));
            let words = tokens().flat_map(|token| token.scores.variants.texts(corpus.index()));
            let is_marked = |text: &&str| {
                let is_unspaced = text.chars().any(is_letter_of_unspaced_script);
                !is_several || is_unspaced || text.chars().count() >= MARKED_FROM
            };
            texts.extend(words.filter(is_marked).map(str::to_owned));
        }
        texts.sort_unstable();
        texts.dedup();
        Matcher::new(&self.binding.query.with_words(texts.into_iter()))
    }

    /// Returns whether what binds has to be looked for in the text.
    pub fn asks_the_text(&self) -> bool {
        self.binding.asks_the_text()
    }

    /// Returns the words that are nowhere in the archive, not even as a piece of a word.
    pub fn nowhere(&self, engine: &Engine) -> Vec<String> {
        let is_nowhere =
            |word: &&LooseWord| engine.slots_with(&word.term).is_some_and(|slots| slots.is_clear());
        self.words.iter().filter(is_nowhere).map(|word| word.typed.clone()).collect()
    }

    /// Finds the conversations that have some of the words and are not among `first_tier`, best first. `None`: `stop`
    /// ended it.
    pub fn find(
        &self,
        corpus: &dyn Corpus,
        first_tier: impl Iterator<Item = ConversationHandle>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<PartialMatch>> {
        let scores = self.scores(corpus, stop)?;
        let mut is_first = FixedBitSet::with_capacity(corpus.index().handles() as usize);
        for handle in first_tier {
            is_first.insert(handle.0 as usize);
        }
        let having = self.conversations_having(corpus);
        let (mut weighty, mut turned_light) = (Vec::new(), Vec::new());
        let mut light: Vec<ConversationHandle> = Vec::new();
        for &handle in corpus.newest_first() {
            let at = handle.0 as usize;
            if scores.present[at] == 0 || is_first.contains(at) || !corpus.may_let_in(&self.binding, handle) {
                continue;
            }
            if scores.weight[at] < MIN_WEIGHT * scores.total_weight {
                light.push(handle);
                continue;
            }
            if stop() {
                return None;
            }
            match self.partial_match(corpus, &scores, &having, handle) {
                Some((weight, found)) if weight >= MIN_WEIGHT * scores.total_weight => weighty.push(found),
                // Of the messages that count it has less.
                Some((_, found)) => turned_light.push(found),
                None => {}
            }
        }
        let mut found: Vec<PartialMatch> = weighty;
        // The best of the others, until there are enough.
        turned_light.sort_by_key(|found| Reverse(found.score));
        turned_light.truncate(MIN_FOUND.saturating_sub(found.len()));
        found.append(&mut turned_light);
        light.sort_by(|one, other| {
            let score = |handle: &ConversationHandle| scores.by_conversation[handle.0 as usize];
            score(other).total_cmp(&score(one))
        });
        for handle in light {
            if found.len() >= MIN_FOUND || stop() {
                break;
            }
            let partial = self.partial_match(corpus, &scores, &having, handle);
            found.extend(partial.map(|(_, found)| found));
        }
        // Stable: ties stay newest first.
        found.sort_by_key(|found| Reverse(found.score));
        for found in &found {
            is_first.insert(found.handle.0 as usize);
        }
        found.extend(self.by_title_letters(corpus, &is_first));
        Some(found)
    }

    /// Finds the conversations whose titles have the letters of the words in order, or the words themselves, best
    /// first, but for those that were found.
    fn by_title_letters(&self, corpus: &dyn Corpus, is_found: &FixedBitSet) -> Vec<PartialMatch> {
        let mut wanted = LetterSet::default();
        for word in &self.words {
            wanted.add_all(LetterSet::of(&word.typed));
        }
        let mut found: Vec<(u32, ConversationHandle)> = Vec::new();
        for &handle in corpus.newest_first().iter().filter(|handle| !is_found.contains(handle.0 as usize)) {
            // A title that has a word, or its letters in order, has its letters.
            let letters = corpus.index().title_letters(handle);
            if !letters.contains(wanted) {
                continue;
            }
            let score = self.title_letters_score(corpus.title(handle), letters);
            let is_let_in =
                || corpus.may_let_in(&self.binding, handle) && corpus.lets_in(&self.binding, handle);
            found.extend(score.filter(|_| is_let_in()).map(|score| (score, handle)));
        }
        found.sort_by_key(|&(score, _)| Reverse(score));
        let row = |(score, handle)| PartialMatch {
            handle,
            score: Score::of_some_words(score),
            best: None,
            tier: Tier::TitleLetters,
        };
        found.into_iter().map(row).collect()
    }

    /// Scores a title that has every word, some of them only as letters in order. `None`: it has not.
    fn title_letters_score(&self, title: &str, letters: LetterSet) -> Option<u32> {
        let (mut score, foldable) = (0, FoldsToAscii::of(title));
        for LooseWord { term, .. } in &self.words {
            if !term.pattern.is_in(title, foldable) {
                let fuzzy = term.fuzzy.as_ref().filter(|fuzzy| fuzzy.may_be_in(letters))?;
                score += u32::from(fuzzy.score(title)?);
            }
        }
        (score > 0).then_some(score)
    }

    /// Scores a conversation that has any of the words. Returns the weight of those it has too.
    fn partial_match(
        &self,
        corpus: &dyn Corpus,
        scores: &Scores,
        having: &[Option<FixedBitSet>],
        handle: ConversationHandle,
    ) -> Option<(f32, PartialMatch)> {
        let slots = corpus.index().slots_of(handle);
        let (mut weight, mut present) = (scores.weight[handle.0 as usize], scores.present[handle.0 as usize]);
        let mut score = scores.by_conversation[handle.0 as usize];
        if !corpus.lets_in(&self.binding, handle) {
            return None;
        }
        let messages = if scores.is_filtered { None } else { corpus.messages(&self.binding, handle) };
        let best = |messages: &mut dyn Iterator<Item = u32>| {
            let scored =
                messages.map(|message| (scores.by_slot[(slots.start + 1 + message) as usize], message));
            scored
                .filter(|&(score, _)| score > 0.0)
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
        };
        let best = match &messages {
            // The sums are over the messages that count.
            None if scores.is_filtered => {
                let best = best(&mut (0..slots.end - slots.start - 1));
                score = best.map_or(0.0, |(score, _)| score);
                best
            }
            None => {
                // As a piece of another word it is no match here, but not missing either.
                for (number, handles) in having.iter().enumerate() {
                    let has_piece =
                        handles.as_ref().is_some_and(|handles| handles.contains(handle.0 as usize));
                    present |= u64::from(has_piece) << number;
                }
                best(&mut (0..slots.end - slots.start - 1))
            }
            Some(messages) => {
                // Only these messages count.
                (weight, present, score) = (0.0, 0, 0.0);
                for token in &self.tokens {
                    if messages.iter().any(|message| token.scores.has_slot(slots.start + 1 + message)) {
                        weight += token.scores.weight;
                        present |= 1 << token.word;
                    }
                }
                let best = best(&mut messages.iter().copied());
                score += best.map_or(0.0, |(score, _)| score);
                best
            }
        };
        if present == 0 {
            return None;
        }
        score += BEST_MESSAGE * best.map_or(0.0, |(score, _)| score);
        let all = u64::MAX >> (MAX_WORDS - self.words.len());
        let found = PartialMatch {
            handle,
            score: Score::of_some_words((score * SCORE_STEPS) as u32),
            best: best.map(|(_, message)| message),
            tier: Tier::SomeWords { missing: all & !present },
        };
        Some((weight, found))
    }

    /// Returns for each word the conversations that have it, also as a piece of another word. `None`: that is not told.
    fn conversations_having(&self, corpus: &dyn Corpus) -> Vec<Option<FixedBitSet>> {
        let words = self.words.iter().enumerate();
        words.map(|(number, word)| corpus.conversations_having(number, &word.term)).collect()
    }

    fn scores(&self, corpus: &dyn Corpus, stop: &dyn Fn() -> bool) -> Option<Scores> {
        let (index, counting) = (corpus.index(), corpus.counting_messages(&self.binding));
        let mut scores = Scores {
            by_conversation: vec![0.0; index.handles() as usize],
            by_slot: vec![0.0; index.slot_count()],
            weight: vec![0.0; index.handles() as usize],
            present: vec![0; index.handles() as usize],
            total_weight: 0.0,
            is_filtered: counting.is_some(),
        };
        for Token { word, scores: token } in &self.tokens {
            if stop() {
                return None;
            }
            match &counting {
                Some(counting) => scores.add_messages(index, *word, token, counting),
                None => scores.add(index, *word, token),
            }
            scores.total_weight += token.weight;
        }
        Some(scores)
    }
}

impl Scores {
    /// Adds what a token adds to conversations and shown messages.
    fn add(&mut self, index: &Index, word: usize, token: &TokenScores) {
        for &(handle, score) in &token.by_conversation {
            let at = handle as usize;
            self.by_conversation[at] += score;
            self.weight[at] += token.weight;
            self.present[at] |= 1 << word;
        }
        let shown = &index.slots().shown;
        for &(slot, score) in token.by_slot.iter().filter(|(slot, _)| shown.contains(*slot as usize)) {
            self.by_slot[slot as usize] += score;
        }
    }

    /// Adds what a token adds where only some messages count.
    fn add_messages(&mut self, index: &Index, word: usize, token: &TokenScores, counting: &FixedBitSet) {
        let mut last = None;
        for &(slot, score) in token.by_slot.iter().filter(|(slot, _)| counting.contains(*slot as usize)) {
            self.by_slot[slot as usize] += score;
            let handle = index.handle_number_of(slot);
            if last != Some(handle) {
                self.weight[handle as usize] += token.weight;
                self.present[handle as usize] |= 1 << word;
                last = Some(handle);
            }
            let best = &mut self.by_conversation[handle as usize];
            *best = best.max(self.by_slot[slot as usize]);
        }
    }
}
