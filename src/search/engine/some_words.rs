//! The second tier: conversations that have some of the words of a query, the most telling first.
//!
//! Each word stands for the tokens it is made of, and each token for itself, its forms, what it abbreviates, if it is
//! rare its nearest neighbours in the archive, and if it is still being typed the words it begins. A conversation is
//! scored by BM25 over all of its title and shown messages, the tokens weighing by how rare they are in the archive,
//! and a part of the score of its best message is added. What a query binds (phrases, capitals, filters, exclusions)
//! binds here too.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::{
    Engine, FoundConversation,
    indexed_terms::IndexedTerms,
    word_variants::{Substitution, WordVariants},
};
use crate::{
    library::Handle,
    search::{
        Matcher, Query,
        index::{LetterSet, occurrences::TermLookup, tokenizer::tokenize},
        matching::{FoldsToAscii, Term, is_letter_of_unspaced_script},
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
/// The tokens that all words may be made of together.
const MAX_TOKENS: usize = 64;
/// Letters from which a token of a word of several is marked on its own: `s` of `what's` stands everywhere.
const MARKED_FROM: usize = 3;
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
    scores: Arc<TokenScores>,
}

/// What one token adds to the scores of all that have it, or what it stands for.
#[derive(Debug)]
pub(super) struct TokenScores {
    variants: WordVariants,
    /// How much it weighs: the rarer, the more.
    weight: f32,
    by_conversation: Vec<(u32, f32)>,
    by_slot: Vec<(u32, f32)>,
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
}

/// The conversations that what a query binds lets in.
enum Binding {
    /// All.
    Nothing,
    /// These: the index tells.
    Known(FixedBitSet, Matcher),
    /// The text must be asked, of these if it is known which.
    Text(Option<FixedBitSet>, Matcher),
}

impl TokenScores {
    /// Looks a token up; `is_open`: it may be the beginning of a word.
    pub fn of(engine: &Engine, token: &str, is_open: bool) -> Self {
        let index = &engine.index;
        let variants = engine.variants(token, is_open);
        let mut searched = index.slots().shown.clone();
        searched.union_with(&index.slots().titles);
        let slots = variants.slots(index, &searched);
        let mut frequency = vec![0.0_f32; index.handles() as usize];
        let mut handles: Vec<u32> = Vec::new();
        for &(slot, count) in &slots {
            let handle = index.handle_number_of(slot);
            if frequency[handle as usize] == 0.0 {
                handles.push(handle);
            }
            frequency[handle as usize] += count;
        }
        let weight = inverse_frequency(index.handles() as usize, handles.len());
        let of_conversation = |handle: u32| {
            let length = index.length_of(Handle(handle)) as f32 / index.mean_length();
            (handle, weight * saturated(frequency[handle as usize], length))
        };
        let of_slot = |(slot, count)| {
            let length = index.slot_length(slot) / index.mean_slot_length();
            (slot, weight * saturated(count, length))
        };
        Self {
            weight,
            by_conversation: handles.into_iter().map(of_conversation).collect(),
            by_slot: slots.into_iter().map(of_slot).collect(),
            variants,
        }
    }
}

impl SomeWords {
    /// Takes a query apart. `is_typing`: its last word may be the beginning of one. `None`: all of it binds, or `stop`
    /// ended it.
    pub fn of(engine: &Engine, query: &Query, is_typing: bool, stop: &dyn Fn() -> bool) -> Option<Self> {
        let (mut words, mut tokens, mut substitutions) = (Vec::new(), Vec::new(), Vec::new());
        let (mut binding, last) = (Vec::new(), query.clauses().len().saturating_sub(1));
        for (place, clause) in query.clauses().iter().enumerate() {
            let Some(word) = loose_word(clause).filter(|_| words.len() < MAX_WORDS) else {
                binding.push(place);
                continue;
            };
            if stop() {
                return None;
            }
            let tokens_before = tokens.len();
            tokenize(word, &|| false, |token| {
                if tokens.len() >= MAX_TOKENS {
                    return;
                }
                let is_open = is_typing && place == last && token.range.end == word.len();
                let scores = engine.token_scores(token.word, is_open);
                substitutions.extend(scores.variants.substitution.clone());
                tokens.push(Token { word: words.len(), scores });
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
        let mut texts: Vec<String> = Vec::new();
        for (number, word) in self.words.iter().enumerate() {
            let tokens = || self.tokens.iter().filter(|token| token.word == number);
            let is_several = tokens().nth(1).is_some();
            texts.extend(is_several.then(|| word.clone()));
            let words = tokens().flat_map(|token| token.scores.variants.texts(&engine.index));
            let is_marked = |text: &&str| {
                let is_unspaced = text.chars().any(is_letter_of_unspaced_script);
                !is_several || is_unspaced || text.chars().count() >= MARKED_FROM
            };
            texts.extend(words.filter(is_marked).map(str::to_owned));
        }
        texts.sort_unstable();
        texts.dedup();
        Matcher::new(&self.binding.with_words(texts.into_iter()))
    }

    /// Returns whether what binds has to be looked for in the text.
    pub fn asks_the_text(&self, engine: &Engine) -> bool {
        matches!(Binding::of(engine, &self.binding), Binding::Text(..))
    }

    /// Returns the words that are nowhere in the archive, not even as a piece of a word.
    pub fn nowhere(&self, engine: &Engine) -> Vec<String> {
        let is_nowhere = |word: &&String| {
            let term = Term::new(&TextPattern::Word((*word).clone()), false, false);
            term.is_some_and(|term| match &term.lookup {
                TermLookup::Word(word) => engine.occurrences(word, &term).any.is_clear(),
                lookup => engine.index.candidates(lookup).is_some_and(|slots| slots.is_clear()),
            })
        };
        self.words.iter().filter(is_nowhere).cloned().collect()
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
        for found in first_tier {
            is_first.insert(found.handle.0 as usize);
        }
        let binding = Binding::of(engine, &self.binding);
        let having = self.conversations_having(engine);
        let (mut weighty, mut turned_light) = (Vec::new(), Vec::new());
        let mut light: Vec<Handle> = Vec::new();
        for &handle in engine.library.by_date() {
            let at = handle.0 as usize;
            if scores.present[at] == 0 || is_first.contains(at) || !binding.may_let_in(handle) {
                continue;
            }
            if scores.weight[at] < MIN_WEIGHT * scores.total_weight {
                light.push(handle);
                continue;
            }
            if stop() {
                return None;
            }
            match self.partial_match(engine, &scores, &having, &binding, handle) {
                Some((weight, found)) if weight >= MIN_WEIGHT * scores.total_weight => weighty.push(found),
                // Of the messages that count it has less.
                Some((_, found)) => turned_light.push(found),
                None => {}
            }
        }
        let mut found: Vec<PartialMatch> = weighty;
        // Stable: ties stay newest first.
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
        turned_light.sort_by_key(|found| std::cmp::Reverse(found.score));
        turned_light.truncate(MIN_FOUND.saturating_sub(found.len()));
        found.append(&mut turned_light);
        // The best of the others, until there are enough.
        light.sort_by(|one, other| {
            let score = |handle: &Handle| scores.by_conversation[handle.0 as usize];
            score(other).total_cmp(&score(one))
        });
        for handle in light {
            if found.len() >= MIN_FOUND || stop() {
                break;
            }
            let partial = self.partial_match(engine, &scores, &having, &binding, handle);
            found.extend(partial.map(|(_, found)| found));
        }
        for found in &found {
            is_first.insert(found.handle.0 as usize);
        }
        found.extend(self.by_title_letters(engine, &binding, &is_first));
        Some(found)
    }

    /// Finds the conversations whose titles have the letters of the words in order, or the words themselves, best
    /// first, but for those that were found.
    fn by_title_letters(
        &self,
        engine: &Engine,
        binding: &Binding,
        is_found: &FixedBitSet,
    ) -> Vec<PartialMatch> {
        let pattern = |word: &String| TextPattern::Word(word.clone());
        let terms: Option<Vec<Term>> =
            self.words.iter().map(|word| Term::new(&pattern(word), true, true)).collect();
        let Some(terms) = terms else { return Vec::new() };
        let mut wanted = LetterSet::default();
        for word in &self.words {
            wanted.add_all(LetterSet::of(word));
        }
        let mut found: Vec<(u32, Handle)> = Vec::new();
        for &handle in engine.library.by_date().iter().filter(|handle| !is_found.contains(handle.0 as usize))
        {
            // A title that has a word, or its letters in order, has its letters.
            let letters = engine.index.title_letters(handle);
            if !letters.contains(wanted) {
                continue;
            }
            let conversation = engine.library.get(handle);
            let score = title_letters_score(&terms, &conversation.title, letters);
            let is_let_in = || binding.may_let_in(handle) && binding.lets_in(engine, handle);
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
        having: &[Option<FixedBitSet>],
        binding: &Binding,
        handle: Handle,
    ) -> Option<(f32, PartialMatch)> {
        let slots = engine.index.slots_of(handle);
        let (mut weight, mut present) = (scores.weight[handle.0 as usize], scores.present[handle.0 as usize]);
        let mut score = scores.by_conversation[handle.0 as usize];
        if !binding.lets_in(engine, handle) {
            return None;
        }
        let messages = binding.messages(engine, handle);
        let best = |messages: &mut dyn Iterator<Item = u32>| {
            let scored =
                messages.map(|message| (scores.by_slot[(slots.start + 1 + message) as usize], message));
            scored
                .filter(|&(score, _)| score > 0.0)
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
        };
        let best = match &messages {
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
                    let by_slot = &token.scores.by_slot;
                    if messages.iter().any(|message| has_slot(by_slot, slots.start + 1 + message)) {
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

    /// Returns for each word the conversations that have it, also as a piece of another word. `None`: the index does not
    /// tell.
    fn conversations_having(&self, engine: &Engine) -> Vec<Option<FixedBitSet>> {
        let mut searched = engine.index.slots().shown.clone();
        searched.union_with(&engine.index.slots().titles);
        let having = |word: &String| {
            let term = Term::new(&TextPattern::Word(word.clone()), false, false)?;
            let TermLookup::Word(word) = &term.lookup else { return None };
            let mut slots = engine.occurrences(word, &term).any.clone();
            slots.intersect_with(&searched);
            Some(engine.index.conversations_with(&slots))
        };
        self.words.iter().map(having).collect()
    }

    fn scores(&self, engine: &Engine, stop: &dyn Fn() -> bool) -> Option<Scores> {
        let index = &engine.index;
        let mut scores = Scores {
            by_conversation: vec![0.0; index.handles() as usize],
            by_slot: vec![0.0; index.slot_count()],
            weight: vec![0.0; index.handles() as usize],
            present: vec![0; index.handles() as usize],
            total_weight: 0.0,
        };
        for Token { word, scores: token } in &self.tokens {
            if stop() {
                return None;
            }
            for &(handle, score) in &token.by_conversation {
                let at = handle as usize;
                scores.by_conversation[at] += score;
                scores.weight[at] += token.weight;
                scores.present[at] |= 1 << word;
            }
            for &(slot, score) in &token.by_slot {
                scores.by_slot[slot as usize] += score;
            }
            scores.total_weight += token.weight;
        }
        Some(scores)
    }
}

impl Binding {
    fn of(engine: &Engine, query: &Query) -> Self {
        if query.is_empty() {
            return Self::Nothing;
        }
        let matcher = Matcher::new(query);
        let compiled = matcher.compiled();
        match IndexedTerms::of(engine, compiled) {
            Some(terms) => Self::Known(terms.matches(engine, compiled), matcher),
            None => Self::Text(engine.possible(compiled.required()), matcher),
        }
    }

    /// Returns whether a conversation may be let in, at once. No is certain.
    fn may_let_in(&self, handle: Handle) -> bool {
        match self {
            Self::Known(handles, _) => handles.contains(handle.0 as usize),
            Self::Text(handles, _) => {
                handles.as_ref().is_none_or(|handles| handles.contains(handle.0 as usize))
            }
            Self::Nothing => true,
        }
    }

    /// Returns whether a conversation that [may be](Self::may_let_in) is let in.
    fn lets_in(&self, engine: &Engine, handle: Handle) -> bool {
        let conversation = engine.library.get(handle);
        match self {
            Self::Nothing => true,
            Self::Known(_, matcher) => matcher.compiled().admits(conversation),
            Self::Text(_, matcher) => {
                matcher.compiled().matches(conversation, engine.index.entry(&engine.library, handle))
            }
        }
    }

    /// Returns the messages that count. `None`: all that are shown.
    fn messages(&self, engine: &Engine, handle: Handle) -> Option<Vec<u32>> {
        match self {
            Self::Nothing | Self::Known(..) => None,
            Self::Text(_, matcher) => matcher.compiled().eligible_messages(engine.library.get(handle)),
        }
    }
}

/// Returns whether a slot is among some, which are in order.
fn has_slot(by_slot: &[(u32, f32)], slot: u32) -> bool {
    by_slot.binary_search_by_key(&slot, |&(other, _)| other).is_ok()
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
