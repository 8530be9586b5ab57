//! Takes a query apart for the second tier: into the words that need not all be there, and what binds.

use crate::search::{
    Query,
    index::tokenizer::tokenize,
    matching::Term,
    query::{Clause, TextPattern},
};

/// The words of a query that are looked at: a bit for each says which are missing.
pub(super) const MAX_WORDS: usize = 64;
/// The tokens that all words may be made of together.
const MAX_TOKENS: usize = 64;

/// A query, taken apart.
#[derive(Debug)]
pub(in crate::search) struct LooseQuery {
    pub words: Vec<LooseWord>,
    pub tokens: Vec<LooseToken>,
    /// What must hold all the same.
    pub binding: Query,
}

/// A word that need not be there.
#[derive(Debug)]
pub(in crate::search) struct LooseWord {
    /// The word as it was typed.
    pub typed: String,
    /// The word as it is looked for: literally, or in titles fuzzily.
    pub term: Term,
}

/// One token of a word.
#[derive(Debug)]
pub(in crate::search) struct LooseToken {
    /// The number of its word.
    pub word: usize,
    /// The token, folded.
    pub text: String,
    /// It may be the beginning of a word.
    pub is_open: bool,
}

impl LooseQuery {
    /// Takes a query apart. `is_typing`: its last word may be the beginning of one. `None`: all of it binds.
    pub fn of(query: &Query, is_typing: bool) -> Option<Self> {
        let (mut words, mut tokens) = (Vec::new(), Vec::new());
        let (mut binding, last) = (Vec::new(), query.clauses().len().saturating_sub(1));
        for (place, clause) in query.clauses().iter().enumerate() {
            let word = loose_word(clause).filter(|_| words.len() < MAX_WORDS);
            let tokens_before = tokens.len();
            let text = word.as_ref().map_or("", |word| &word.typed);
            tokenize(text, &|| false, |token| {
                if tokens.len() < MAX_TOKENS {
                    let is_open = is_typing && place == last && token.range.end == text.len();
                    tokens.push(LooseToken { word: words.len(), text: token.word.to_owned(), is_open });
                }
            });
            match word.filter(|_| tokens.len() > tokens_before) {
                Some(word) => words.push(word),
                None => binding.push(place),
            }
        }
        (!words.is_empty()).then(|| Self { words, tokens, binding: query.restricted_to(&binding) })
    }
}

/// Returns the word of a clause that need not be there. `None`: it binds.
fn loose_word(clause: &Clause) -> Option<LooseWord> {
    let typed = clause.loose_word()?.to_owned();
    let term = Term::new(&TextPattern::Word(typed.clone()), false, true)?;
    Some(LooseWord { typed, term })
}
