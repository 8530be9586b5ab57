//! The second tier: conversations that have some of the words of a query, the most telling first.
//!
//! Each word stands for the tokens it is made of, and each token for itself, its forms, what it abbreviates, if it is
//! rare its nearest neighbours in the archive, and if it is still being typed the words it begins. A conversation is
//! scored by BM25 over all of its title and shown messages, the tokens weighing by how rare they are in the archive,
//! and a part of the score of its best message is added. What a query binds (phrases, capitals, filters, exclusions)
//! binds here too.

use fixedbitset::FixedBitSet;

use super::{
    Engine, FoundConversation,
    word_variants::{Substitution, WordVariants},
};
use crate::{
    library::Handle,
    search::{
        Matcher, Query,
        index::{LetterSet, dictionary::Piece, tokenizer::tokenize},
        matching::{FoldsToAscii, Term},
        query::{Clause, Predicate, TextPattern},
        ranking::Score,
        worker::Tier,
    },
};

/// How soon more of one word says no more, and how much a long conversation must have more of it: the usual constants
/// of BM25, tried on 364 queries.
const SATURATION: f32 = 1.2;
const LENGTH_NORM: f32 = 0.5;
/// The part of the best message's score that is added.
const BEST_MESSAGE: f32 = 0.25;
/// The part of a query's weight that a conversation must have.
const MIN_WEIGHT: f32 = 0.4;
/// The best that are kept whatever they weigh.
const MIN_FOUND: usize = 20;
/// The words of a query that are looked at: a bit for each says which are missing.
const MAX_WORDS: usize = 64;
/// What a score is multiplied with to become a whole number.
const SCORE_STEPS: f32 = 4_096.0;

/// A conversation with some of the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::search) struct PartialMatch {
    pub handle: Handle,
    pub score: Score,
    /// The message that answers best. `None`: only the title has any of the words.
    pub best: Option<u32>,
    pub tier: Tier,
}

/// A query's words that need not all be there.
#[derive(Debug)]
pub(in crate::search) struct SomeWords {
    /// The words as they were typed.
    pub words: Vec<String>,
    /// What stands for words that hardly occur.
    pub substitutions: Vec<Substitution>,
    tokens: Vec<Token>,
    /// What must hold all the same.
    binding: Query,
}

/// One token of a word.
#[derive(Debug)]
struct Token {
    /// The number of its word.
    word: usize,
    variants: WordVariants,
    /// No word of the archive has it in it.
    is_nowhere: bool,
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
    /// For each token its weight and its slots.
    tokens: Vec<(f32, FixedBitSet)>,
}

impl SomeWords {
    /// Takes a query apart. `is_typing`: its last word may be the beginning of one. `None`: all of it binds.
    pub fn of(engine: &Engine, query: &Query, is_typing: bool) -> Option<Self> {
        let (mut words, mut tokens, mut substitutions) = (Vec::new(), Vec::new(), Vec::new());
        let (mut binding, last) = (Vec::new(), query.clauses().len().saturating_sub(1));
        for (place, clause) in query.clauses().iter().enumerate() {
            let Some(word) = loose_word(clause).filter(|_| words.len() < MAX_WORDS) else {
                binding.push(place);
                continue;
            };
            let tokens_before = tokens.len();
            tokenize(word, &|| false, |token| {
                let is_open = is_typing && place == last && token.range.end == word.len();
                let variants = engine.variants(token.word, is_open);
                substitutions.extend(variants.substitution.clone());
                let is_nowhere = engine.index.dictionary.words_with(token.word, Piece::Infix).is_empty();
                tokens.push(Token { word: words.len(), variants, is_nowhere });
            });
            if tokens.len() == tokens_before {
                binding.push(place);
            } else {
                words.push(word.to_owned());
            }
        }
        let binding = query.restricted_to(&binding);
        (!words.is_empty()).then_some(Self { words, substitutions, tokens, binding })
    }

    /// Returns a matcher for what stands in the place of the words, to show where they are.
    pub fn matcher(&self, engine: &Engine) -> Matcher {
        let words = self.tokens.iter().flat_map(|token| token.variants.words.iter());
        let text = words.map(|&(word, _)| engine.index.dictionary.word(word).to_owned());
        Matcher::new(&self.binding.with_words(text))
    }

    /// Returns the words that are nowhere in the archive, not even as a piece of a word.
    pub fn nowhere(&self, engine: &Engine) -> Vec<String> {
        let is_nowhere = |number: usize| {
            let mut tokens = self.tokens.iter().filter(|token| token.word == number);
            tokens.any(|token| token.is_nowhere) && engine.index.slots().incomplete.is_clear()
        };
        let nowhere = self.words.iter().enumerate().filter(|&(number, _)| is_nowhere(number));
        nowhere.map(|(_, word)| word.clone()).collect()
    }

    /// Finds the conversations that have some of the words and are not among `first_tier`, best first. `None`: `stop`
    /// ended it.
    pub fn find(
        &self,
        engine: &Engine,
        first_tier: &[FoundConversation],
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<PartialMatch>> {
        let scores = self.scores(engine, stop)?;
        let mut is_first = FixedBitSet::with_capacity(engine.library.handle_bound());
        first_tier.iter().for_each(|found| is_first.insert(found.handle.0 as usize));
        let has_any = |handle: &Handle| scores.present[handle.0 as usize] != 0;
        let candidates = engine.library.by_date().iter().copied().filter(has_any);
        let candidates: Vec<Handle> =
            candidates.filter(|handle| !is_first.contains(handle.0 as usize)).collect();
        let binding = (!self.binding.is_empty()).then(|| Matcher::new(&self.binding));
        let mut found = Vec::with_capacity(candidates.len());
        for handle in candidates {
            if stop() {
                return None;
            }
            found.extend(self.partial_match(engine, &scores, binding.as_ref(), handle));
        }
        // Stable: ties stay newest first.
        found.sort_by_key(|(_, found)| std::cmp::Reverse(found.score));
        let mut place = 0;
        found.retain(|&(weight, _)| {
            place += 1;
            place <= MIN_FOUND || weight >= MIN_WEIGHT * scores.total_weight
        });
        let mut found: Vec<PartialMatch> = found.into_iter().map(|(_, found)| found).collect();
        found.iter().for_each(|found| is_first.insert(found.handle.0 as usize));
        found.extend(self.by_title_letters(engine, binding.as_ref(), &is_first));
        Some(found)
    }

    /// Finds the conversations whose titles have the letters of the words in order, or the words themselves, best
    /// first, but for those that were found.
    fn by_title_letters(
        &self,
        engine: &Engine,
        binding: Option<&Matcher>,
        is_found: &FixedBitSet,
    ) -> Vec<PartialMatch> {
        let pattern = |word: &String| TextPattern::Word(word.clone());
        let terms: Option<Vec<Term>> =
            self.words.iter().map(|word| Term::new(&pattern(word), true, true)).collect();
        let Some(terms) = terms else { return Vec::new() };
        let mut found: Vec<(u32, Handle)> = Vec::new();
        for &handle in engine.library.by_date().iter().filter(|handle| !is_found.contains(handle.0 as usize))
        {
            let letters = engine.index.title_letters(handle);
            if terms.iter().all(|term| !term.may_fuzzy_match(letters)) {
                continue;
            }
            let conversation = engine.library.get(handle);
            let score = title_letters_score(&terms, &conversation.title, letters);
            let is_let_in = || {
                let entry = engine.index.entry(&engine.library, handle);
                binding.is_none_or(|binding| binding.compiled().matches(conversation, entry))
            };
            found.extend(score.filter(|_| is_let_in()).map(|score| (score, handle)));
        }
        found.sort_by_key(|&(score, _)| std::cmp::Reverse(score));
        let row = |(score, handle)| PartialMatch {
            handle,
            score: Score::of_some_words(score),
            best: None,
            tier: Tier::TitleLetters,
        };
        found.into_iter().map(row).collect()
    }

    /// Scores a conversation that has any of the words. Returns the weight of those it has too.
    fn partial_match(
        &self,
        engine: &Engine,
        scores: &Scores,
        binding: Option<&Matcher>,
        handle: Handle,
    ) -> Option<(f32, PartialMatch)> {
        let slots = engine.index.slots_of(handle);
        let (mut weight, mut present) = (scores.weight[handle.0 as usize], scores.present[handle.0 as usize]);
        let mut score = scores.by_conversation[handle.0 as usize];
        let mut messages = None;
        if let Some(binding) = binding {
            let compiled = binding.compiled();
            let conversation = engine.library.get(handle);
            let entry = engine.index.entry(&engine.library, handle);
            if !compiled.matches(conversation, entry) {
                return None;
            }
            messages = compiled.eligible_messages(conversation);
        }
        let best = |messages: &mut dyn Iterator<Item = u32>| {
            let scored =
                messages.map(|message| (scores.by_slot[(slots.start + 1 + message) as usize], message));
            scored
                .filter(|&(score, _)| score > 0.0)
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
        };
        let best = match &messages {
            None => best(&mut (0..slots.end - slots.start - 1)),
            Some(messages) => {
                // Only these messages count.
                (weight, present, score) = (0.0, 0, 0.0);
                for (token, (token_weight, token_slots)) in self.tokens.iter().zip(&scores.tokens) {
                    if messages
                        .iter()
                        .any(|message| token_slots.contains((slots.start + 1 + message) as usize))
                    {
                        weight += token_weight;
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

    fn scores(&self, engine: &Engine, stop: &dyn Fn() -> bool) -> Option<Scores> {
        let index = &engine.index;
        let mut scores = Scores {
            by_conversation: vec![0.0; index.handles() as usize],
            by_slot: vec![0.0; index.slot_count()],
            weight: vec![0.0; index.handles() as usize],
            present: vec![0; index.handles() as usize],
            total_weight: 0.0,
            tokens: Vec::with_capacity(self.tokens.len()),
        };
        let mut searched = index.slots().shown.clone();
        searched.union_with(&index.slots().titles);
        let mut frequency = vec![0.0_f32; index.handles() as usize];
        for token in &self.tokens {
            if stop() {
                return None;
            }
            let slots = token.variants.slots(index, &searched);
            let mut handles: Vec<u32> = Vec::new();
            for &(slot, count) in &slots {
                let handle = index.handle_number_of(slot);
                if frequency[handle as usize] == 0.0 {
                    handles.push(handle);
                }
                frequency[handle as usize] += count;
            }
            let weight = inverse_frequency(index.handles() as usize, handles.len());
            for &handle in &handles {
                let at = handle as usize;
                let length = index.length_of(Handle(handle)) as f32 / index.mean_length();
                scores.by_conversation[at] += weight * saturated(frequency[at], length);
                scores.weight[at] += weight;
                scores.present[at] |= 1 << token.word;
                frequency[at] = 0.0;
            }
            let mut has_token = FixedBitSet::with_capacity(index.slot_count());
            for &(slot, count) in &slots {
                let length = index.slot_length(slot) / index.mean_slot_length();
                scores.by_slot[slot as usize] += weight * saturated(count, length);
                has_token.insert(slot as usize);
            }
            scores.total_weight += weight;
            scores.tokens.push((weight, has_token));
        }
        Some(scores)
    }
}

/// Scores a title that has every term, some of them only as letters in order. `None`: it has not.
fn title_letters_score(terms: &[Term], title: &str, letters: LetterSet) -> Option<u32> {
    let mut score = 0;
    for term in terms {
        if !term.pattern.is_in(title, FoldsToAscii::of(title)) {
            let fuzzy = term.fuzzy.as_ref().filter(|fuzzy| fuzzy.may_be_in(letters))?;
            score += u32::from(fuzzy.score(title)?);
        }
    }
    (score > 0).then_some(score)
}

/// Returns the word of a clause that need not be there. `None`: it binds.
fn loose_word(clause: &Clause) -> Option<&str> {
    match &clause.predicate {
        Predicate::Anywhere(TextPattern::Word(word)) if !clause.negated => {
            (!word.chars().any(char::is_uppercase)).then_some(word)
        }
        _ => None,
    }
}

/// Weighs a token that so many of all conversations have: the rarer, the more.
fn inverse_frequency(all: usize, having: usize) -> f32 {
    let (all, having) = (all as f32, having as f32);
    (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
}

/// Returns what a token that occurs so often adds, where the text is so many times as long as the mean.
fn saturated(frequency: f32, length: f32) -> f32 {
    frequency * (SATURATION + 1.0) / (frequency + SATURATION * (1.0 - LENGTH_NORM + LENGTH_NORM * length))
}
