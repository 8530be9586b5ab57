//! Where a word, a piece of one or a phrase stands, slot by slot: from the index, and for what it lacks from the text.

use fixedbitset::FixedBitSet;

use super::{
    Index,
    dictionary::{Piece, WordId},
    tokenizer::{TokenKind, tokenize},
};
use crate::{
    library::Library,
    search::{
        matching::{
            CaseFolding, Pattern, SearchedText, Term, WordBoundary, is_joining, is_letter_of_unspaced_script,
        },
        query::TextPattern,
    },
};

/// What the index can say of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) enum TermLookup {
    /// Every word with this piece in it has it, and nothing else: the slots are exact.
    Word(String),
    /// A slot that has it has all of these pieces of words; whether it has it, the text tells.
    Pieces(Vec<(String, Piece)>),
    /// A slot that has it has what one of these says.
    AnyOf(Vec<Self>),
}

/// The slots where a term stands.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct Occurrences {
    /// Those where it is a word.
    pub whole: FixedBitSet,
    /// Those where it begins a word, or is one.
    pub start: FixedBitSet,
    /// All of them.
    pub any: FixedBitSet,
    /// The conversations that have it in their title or in a message that is shown.
    pub conversations: FixedBitSet,
}

impl TermLookup {
    /// Decides what the index can say of a term.
    pub fn of(pattern: &Pattern, text_pattern: &TextPattern) -> Self {
        match pattern {
            Pattern::Literal(_) => Self::of_text(text_pattern.text()),
            Pattern::Regex(expression) => Self::Pieces(
                expression
                    .required()
                    .flat_map(|run| match Self::of_text(run) {
                        Self::Word(word) => vec![(word, Piece::Infix)],
                        Self::Pieces(pieces) => pieces,
                        Self::AnyOf(_) => Vec::new(),
                    })
                    .collect(),
            ),
            Pattern::AnyOf(patterns) => {
                let alternatives = patterns.iter().zip(text_pattern.alternatives());
                Self::AnyOf(alternatives.map(|(pattern, text)| Self::of(pattern, text)).collect())
            }
        }
    }

    /// Decides what the index can say of a word or phrase as it was typed.
    pub fn of_text(typed: &str) -> Self {
        let folding = CaseFolding::meant_by(typed);
        // Half-width kana melt together only where width is folded, and a mark at the beginning may belong to a letter
        // before: their tokens would not be those of the text.
        if !folding.width || typed.starts_with(is_joining) {
            return Self::Pieces(Vec::new());
        }
        let mut pieces = Vec::new();
        let mut is_word = folding == CaseFolding::ALL;
        tokenize(typed, &|| false, |token| {
            // Its pieces say as much.
            if token.kind == TokenKind::CutWord {
                is_word = false;
                return;
            }
            let (is_first, is_last) = (token.range.start == 0, token.range.end == typed.len());
            is_word &= is_first && is_last && !token.is_cut;
            let piece = match (token.kind, is_first, is_last) {
                // A pair is never part of a longer token.
                (TokenKind::Pair, ..) | (_, false, false) => Piece::Word,
                (_, false, true) => Piece::Prefix,
                (_, true, false) => Piece::Suffix,
                (_, true, true) => Piece::Infix,
            };
            // What the index cuts is not in it.
            if !token.is_cut {
                pieces.push((token.word.to_owned(), piece));
            }
        });
        match pieces.pop() {
            Some((word, _)) if is_word && pieces.is_empty() => Self::Word(word),
            last => {
                pieces.extend(last);
                Self::Pieces(pieces)
            }
        }
    }
}

impl Index {
    /// Finds the slots of a word or a piece of one; `term` is asked about slots with words that the index lacks.
    pub fn occurrences(&self, library: &Library, word: &str, term: &Term) -> Occurrences {
        let mut found = self.indexed_occurrences(word);
        for slot in self.slots().incomplete.ones() {
            let Some(boundary) = SearchedText::new(self.text_of(library, slot as u32)).best_boundary(term)
            else {
                continue;
            };
            found.any.insert(slot);
            found.start.set(slot, boundary >= WordBoundary::Start || found.start.contains(slot));
            found.whole.set(slot, boundary == WordBoundary::Whole || found.whole.contains(slot));
        }
        let mut searched = self.slots().searched();
        searched.intersect_with(&found.any);
        found.conversations = self.conversations_with(&searched);
        found
    }

    fn indexed_occurrences(&self, word: &str) -> Occurrences {
        let slots = self.slot_count();
        let mut whole = FixedBitSet::with_capacity(slots);
        self.each_posting_list(&self.dictionary.words_with(word, Piece::Word), |_, postings| {
            postings.for_each(|posting| whole.insert(posting.slot as usize));
        });
        let mut letters = word.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && let Some((any, start)) = self.slots().with_letter(letter)
        {
            let (start, any) = (start.clone(), any.clone());
            return Occurrences { whole, start, any, ..Occurrences::default() };
        }
        let mut start = whole.clone();
        let mut any = FixedBitSet::with_capacity(slots);
        let words = self.dictionary.words_with(word, Piece::Infix);
        let is_pair = word.chars().all(is_letter_of_unspaced_script);
        self.each_posting_list(&words, |id, postings| {
            let bits = if is_pair {
                &mut whole
            } else if self.dictionary.word(id).starts_with(word) {
                &mut start
            } else {
                &mut any
            };
            postings.for_each(|posting| bits.insert(posting.slot as usize));
        });
        start.union_with(&whole);
        any.union_with(&start);
        Occurrences { whole, start, any, ..Occurrences::default() }
    }

    /// Finds slots that may have a term; every slot that has it is among them. `None`: all slots may.
    pub fn candidates(&self, lookup: &TermLookup) -> Option<FixedBitSet> {
        match lookup {
            TermLookup::Word(word) => self.with_pieces(&[(word.clone(), Piece::Infix)]),
            TermLookup::Pieces(pieces) => self.with_pieces(pieces),
            TermLookup::AnyOf(lookups) => {
                lookups.iter().map(|lookup| self.candidates(lookup)).reduce(|slots, others| {
                    let (mut slots, others) = (slots?, others?);
                    slots.union_with(&others);
                    Some(slots)
                })?
            }
        }
    }

    /// Finds slots that may have all of these pieces; every slot that has them is among them. `None`: all slots may.
    fn with_pieces(&self, pieces: &[(String, Piece)]) -> Option<FixedBitSet> {
        let is_long = |piece: &&(String, Piece)| piece.0.chars().nth(1).is_some() || piece.1 == Piece::Word;
        // A letter at an edge says little and is in many words.
        let telling: Vec<_> = pieces.iter().filter(is_long).collect();
        let telling = if telling.is_empty() { pieces.iter().collect() } else { telling };
        let mut candidates: Option<FixedBitSet> = None;
        for (word, kind) in telling {
            let mut slots = FixedBitSet::with_capacity(self.slot_count());
            self.each_posting_list(&self.dictionary.words_with(word, *kind), |_, postings| {
                postings.for_each(|posting| slots.insert(posting.slot as usize));
            });
            slots.union_with(&self.slots().incomplete);
            match &mut candidates {
                Some(candidates) => candidates.intersect_with(&slots),
                None => candidates = Some(slots),
            }
        }
        candidates
    }

    /// Counts the hits in some slots, up to a limit: of all terms together, those that overlap as one. `words` are the
    /// terms, each a word or a piece of one. `None`: the text must be asked.
    pub fn count_hits(&self, words: &[&str], slots: &FixedBitSet, limit: usize) -> Option<usize> {
        // The pairs of a script without spaces overlap: they are no hits of their own.
        let overlap = words.iter().any(|word| word.chars().any(is_letter_of_unspaced_script));
        if overlap || self.slots().incomplete.intersection(slots).next().is_some() {
            return None;
        }
        let mut ids: Vec<WordId> =
            words.iter().flat_map(|word| self.dictionary.words_with(word, Piece::Infix)).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut hits = 0;
        for ids in ids.chunks(256) {
            self.each_posting_list(ids, |id, postings| {
                if hits >= limit {
                    return;
                }
                let in_word = hits_in_word(self.dictionary.word(id), words);
                for posting in postings.filter(|posting| slots.contains(posting.slot as usize)) {
                    hits += in_word * posting.count as usize;
                    if hits >= limit {
                        break;
                    }
                }
            });
        }
        Some(hits.min(limit))
    }
}

/// Counts the places where any of some pieces stands in one word; overlapping ones are one.
fn hits_in_word(word: &str, pieces: &[&str]) -> usize {
    let mut ranges: Vec<(usize, usize)> = pieces
        .iter()
        .flat_map(|piece| word.match_indices(piece).map(|(at, piece)| (at, at + piece.len())))
        .collect();
    ranges.sort_unstable();
    let (mut count, mut end) = (0, 0);
    for (from, to) in ranges {
        count += usize::from(from >= end);
        end = end.max(to);
    }
    count
}
