//! Parses a query: gives the tokens of the lexer their meaning, and says what is off.

use std::{mem::discriminant, ops::ControlFlow};

use super::{
    Clause, Clock, ConversationFlag, Date, Marks, Predicate, Problem, Query, TextPattern,
    lexer::{QuotedText, Token, TokenKind, tokens},
    predicate::{FEATURES, FLAGS, PLACES, ROLES},
};
use crate::{
    conversation::{Provider, Role},
    join_with_or::join_with_or,
    search::matching::QueryRegex,
    suggest,
};

/// Clauses that are searched, alternatives counted one by one; a pasted page of text is not worth more.
pub(super) const MAX_CLAUSES: usize = 64;
/// Letters of a query that are read: whatever is longer was pasted by mistake.
pub(super) const MAX_QUERY_LENGTH: usize = 4_096;
/// Regular expressions in one query; each may take a while to compile.
pub(super) const MAX_EXPRESSIONS: usize = 8;
/// Problems that are reported.
const MAX_PROBLEMS: usize = 16;
const DAYS: &str = "a year, month, day or age: 2024, 2024-06, 2024-06-30, 7d, 3w, 6m, 1y";
/// The fewest letters of a word that is taken for another, mistyped.
const MIN_MISTYPED: usize = 3;
const KEYS: [&str; 13] =
    ["title", "role", "model", "has", "in", "date", "after", "before", "is", "project", "gpt", "id", "from"];

/// What an `OR` is told that has nothing to join.
const LONELY_OR: &str = "OR stands between two words: searched as it stands";
const UNLIKE_OR: &str = "OR joins words with words, and values of one key: searched as it stands";
const EXCLUDED_OR: &str = "OR joins nothing that is excluded: what has a minus never is there";

impl Query {
    /// Parses what was typed; the days and ages of `date:`, `after:` and `before:` are by this clock.
    pub fn parse(text: &str, clock: &Clock) -> Self {
        let end = text.char_indices().nth(MAX_QUERY_LENGTH).map_or(text.len(), |(at, _)| at);
        let mut parser = Parser { query: Self::default(), parts: 0, expressions: 0, clock };
        if end < text.len() {
            let reason = format!("only the first {MAX_QUERY_LENGTH} letters are searched");
            parser.report(MAX_QUERY_LENGTH, reason);
        }
        // It stops where there is no room for more.
        let _ = parser.read(tokens(&text[..end]));
        parser.query
    }
}

/// Makes clauses of tokens.
struct Parser<'a> {
    query: Query,
    /// The clauses so far; of one with alternatives these.
    parts: usize,
    /// The regular expressions so far.
    expressions: usize,
    clock: &'a Clock,
}

/// A clause that an `OR` may follow, and where it began. `None`: there was nothing between its quotes.
struct Operand {
    column: usize,
    clause: Option<Clause>,
}

impl Parser<'_> {
    fn report(&mut self, column: usize, reason: String) {
        if self.query.problems.len() < MAX_PROBLEMS {
            self.query.problems.push(Problem { column, reason });
        }
    }

    fn read(&mut self, tokens: Vec<Token>) -> ControlFlow<()> {
        let mut tokens = tokens.into_iter().peekable();
        // What an `OR` would join with what follows it.
        let mut last: Option<Operand> = None;
        while let Some(token) = tokens.next() {
            if !is_or(&token) {
                self.push(last.take())?;
                let (operand, problem) = self.operand(token);
                self.report_all(operand.column, problem);
                last = Some(operand);
                continue;
            }
            let next = if last.is_some() { tokens.next_if(|next| !is_or(next)) } else { None };
            last = match (last, next) {
                (Some(left), Some(next)) => {
                    let (right, problem) = self.operand(next);
                    let column = right.column;
                    let joined = self.join(left, right, token.column)?;
                    self.report_all(column, problem);
                    Some(joined)
                }
                (last, _) => {
                    self.push(last)?;
                    self.report(token.column, LONELY_OR.to_owned());
                    self.push(Some(literal_or(token.column)))?;
                    None
                }
            };
        }
        self.push(last)
    }

    fn report_all(&mut self, column: usize, problem: Option<String>) {
        if let Some(reason) = problem {
            self.report(column, reason);
        }
    }

    /// Gives a token its meaning, and says what is off.
    fn operand(&mut self, token: Token) -> (Operand, Option<String>) {
        let (column, negated) = (token.column, token.negated);
        let (predicate, problem) = parse_token(token, self.clock, &mut self.expressions);
        (Operand { column, clause: predicate.map(|predicate| Clause { negated, predicate }) }, problem)
    }

    /// Joins the two sides of an `OR`; returns what another one may be joined with.
    fn join(&mut self, left: Operand, right: Operand, or: usize) -> ControlFlow<(), Operand> {
        let (left_clause, right_clause) = match (left.clause, right.clause) {
            (Some(left), Some(right)) => (left, right),
            // What is typed between quotes is not there yet.
            (one, other) => {
                return ControlFlow::Continue(Operand { column: left.column, clause: one.or(other) });
            }
        };
        let left = |clause| Operand { column: left.column, clause: Some(clause) };
        let right = |clause| Operand { column: right.column, clause: Some(clause) };
        let clause = |predicate| Clause { negated: false, predicate };
        let joined = match (left_clause, right_clause) {
            // What else is joined is so with the side that is wanted.
            (one, other) if one.negated => {
                self.push(Some(left(one)))?;
                self.report(or, EXCLUDED_OR.to_owned());
                right(other)
            }
            (one, other) if other.negated => {
                self.report(or, EXCLUDED_OR.to_owned());
                self.push(Some(right(other)))?;
                left(one)
            }
            (
                Clause { predicate: Predicate::Anywhere(one), .. },
                Clause { predicate: Predicate::Anywhere(other), .. },
            ) => left(clause(Predicate::Anywhere(one.or(other)))),
            (
                Clause { predicate: Predicate::Title(one), .. },
                Clause { predicate: Predicate::Title(other), .. },
            ) => left(clause(Predicate::Title(one.or(other)))),
            (one, other) => {
                // Of several values of such a key any will do anyway.
                let is_joined = one.predicate.is_one_of_several()
                    && discriminant(&one.predicate) == discriminant(&other.predicate);
                self.push(Some(left(one)))?;
                if !is_joined {
                    self.report(or, UNLIKE_OR.to_owned());
                    self.push(Some(literal_or(or)))?;
                }
                right(other)
            }
        };
        ControlFlow::Continue(joined)
    }

    /// Adds a clause, unless it is there already, or as much of it as there is room for.
    fn push(&mut self, operand: Option<Operand>) -> ControlFlow<()> {
        let Some(Operand { column, clause: Some(mut clause) }) = operand else {
            return ControlFlow::Continue(());
        };
        if self.query.clauses.contains(&clause) {
            return ControlFlow::Continue(());
        }
        let room = MAX_CLAUSES - self.parts;
        let parts = match &mut clause.predicate {
            Predicate::Anywhere(text_pattern) | Predicate::Title(text_pattern) => {
                let parts = text_pattern.alternatives().len();
                text_pattern.truncate(room);
                parts
            }
            _ => 1,
        };
        if room > 0 {
            self.parts += parts.min(room);
            self.query.clauses.push(clause);
        }
        if parts > room {
            self.report(column, format!("only the first {MAX_CLAUSES} parts are searched"));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

fn is_or(token: &Token) -> bool {
    !token.negated && matches!(&token.kind, TokenKind::Word(word) if word == "OR")
}

/// Makes a clause of an `OR` that joins nothing. As a phrase: written as a word it might do so when it is read again.
fn literal_or(column: usize) -> Operand {
    let predicate = Predicate::Anywhere(TextPattern::Phrase("OR".to_owned()));
    Operand { column, clause: Some(Clause { negated: false, predicate }) }
}

type ParsedToken = (Option<Predicate>, Option<String>);

fn parse_token(token: Token, clock: &Clock, expressions: &mut usize) -> ParsedToken {
    match token.kind {
        TokenKind::Word(word) => (Some(Predicate::Anywhere(TextPattern::Word(word))), None),
        TokenKind::Phrase(quoted) => phrase(quoted, Predicate::Anywhere),
        // As a phrase: written as a word it might find a closing slash when it is read again.
        TokenKind::OpenRegex(word) => (
            Some(Predicate::Anywhere(TextPattern::Phrase(word))),
            Some("an expression ends with / and a space: searched as it stands".into()),
        ),
        TokenKind::Regex(source) => {
            if *expressions == MAX_EXPRESSIONS {
                let reason =
                    format!("only {MAX_EXPRESSIONS} expressions are possible: searched as it stands");
                return (Some(Predicate::Anywhere(TextPattern::Phrase(source))), Some(reason));
            }
            *expressions += 1;
            match QueryRegex::check(&source) {
                Ok(()) => (Some(Predicate::Anywhere(TextPattern::Regex(source))), None),
                Err(reason) => (Some(Predicate::Anywhere(TextPattern::Phrase(source))), Some(reason)),
            }
        }
        TokenKind::Pair { key, value, quoted, text } => {
            pair(&key, value, quoted, clock).unwrap_or_else(|problem| {
                // A quoted value may hold spaces: as a word it would not be read back as one.
                let text_pattern = if quoted { TextPattern::Phrase(text) } else { TextPattern::Word(text) };
                (Some(Predicate::Anywhere(text_pattern)), problem)
            })
        }
    }
}

fn phrase(quoted: QuotedText, predicate: fn(TextPattern) -> Predicate) -> ParsedToken {
    let problem = (!quoted.closed).then(|| "the quote is not closed".to_owned());
    let blank = quoted.text.chars().all(char::is_whitespace);
    ((!blank).then(|| predicate(TextPattern::Phrase(quoted.text))), problem)
}

/// Parses a pair. `Err`: it is plain text, with or without a problem.
fn pair(key: &str, value: QuotedText, quoted: bool, clock: &Clock) -> Result<ParsedToken, Option<String>> {
    if !KEYS.contains(&key) {
        return Err(
            nearest_key(key, &value.text).map(|meant| format!("no key `{key}:`: did you mean `{meant}:`?"))
        );
    }
    if value.text.trim().is_empty() {
        return Err(Some(format!("{key}: needs a value")));
    }
    if key == "title" {
        return Ok(if quoted {
            phrase(value, Predicate::Title)
        } else {
            (Some(Predicate::Title(TextPattern::Word(value.text))), None)
        });
    }
    let unclosed = (!value.closed).then(|| "the quote is not closed".to_owned());
    let word = value.text.to_ascii_lowercase();
    let date = || Date::parse(&word, clock).ok_or_else(|| unknown_value(key, DAYS));
    let predicate = match key {
        "role" if word == Role::System.as_str() => Ok(Predicate::Role(Role::System)),
        "role" => one_of(key, &ROLES, &word).map(Predicate::Role),
        "has" => one_of(key, &FEATURES, &word).map(Predicate::Has),
        "in" => one_of(key, &PLACES, &word).map(Predicate::In),
        "is" => one_of(key, &flags(), &word)
            .map(|flag| flag.map_or_else(|| Predicate::Marked(Marks::default()), Predicate::Is)),
        "from" => {
            let providers: Vec<_> =
                Provider::ALL.iter().map(|&provider| (provider.as_str(), provider)).collect();
            Provider::by_word(&word).map_or_else(|| one_of(key, &providers, &word), Ok).map(Predicate::From)
        }
        "date" => date().map(Predicate::Date),
        "after" => date().map(Predicate::After),
        "before" => date().map(Predicate::Before),
        "project" => Ok(Predicate::Project(value.text)),
        "gpt" => Ok(Predicate::Gpt(value.text)),
        "id" => Ok(Predicate::Id(value.text)),
        _ => Ok(Predicate::Model { slug: value.text, exact: quoted }),
    };
    predicate.map(|predicate| (Some(predicate), unclosed)).map_err(Some)
}

/// Returns the key that was probably meant by an unknown one. `None`: it looks like a part of what is searched for,
/// as in `http://`, `std::fmt` or `note: this`.
fn nearest_key(key: &str, value: &str) -> Option<&'static str> {
    if key.len() < MIN_MISTYPED || value.trim().is_empty() || value.starts_with(['/', '\\', ':']) {
        return None;
    }
    // One of two letters is near to half of all short words.
    suggest::nearest(key, KEYS.into_iter().filter(|known| known.len() >= MIN_MISTYPED))
}

/// Returns the values of `is:`; `None`: what a person has marked.
fn flags() -> Vec<(&'static str, Option<ConversationFlag>)> {
    FLAGS.into_iter().map(|(name, flag)| (name, Some(flag))).chain([("marked", None)]).collect()
}

/// Returns the value of this name, or says which was probably meant, or which there are.
fn one_of<T: Copy>(key: &str, names: &[(&str, T)], word: &str) -> Result<T, String> {
    if let Some(&(_, value)) = names.iter().find(|(name, _)| *name == word) {
        return Ok(value);
    }
    let nearest = suggest::nearest(word, names.iter().map(|(name, _)| *name));
    Err(match nearest.filter(|_| word.len() >= MIN_MISTYPED) {
        Some(meant) => format!("did you mean `{key}:{meant}`? searched as it stands"),
        None => unknown_value(key, &join_with_or(names.iter().map(|(name, _)| name))),
    })
}

fn unknown_value(key: &str, values: &str) -> String {
    format!("{key}: takes {values}; searched as it stands")
}
