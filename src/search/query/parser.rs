//! Parses a query: gives the tokens of the lexer their meaning, and says what is off.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::{
    Clause, Date, Predicate, Problem, Query, TextPattern,
    lexer::{QuotedText, Token, TokenKind, tokens},
    predicate::{FEATURES, FLAGS},
};
use crate::{
    conversation::{Provider, Role},
    join_with_or::join_with_or,
    search::matching::QueryRegex,
};

/// Clauses that are searched; a pasted page of text is not worth more.
pub(super) const MAX_CLAUSES: usize = 64;
/// Letters of a query that are read: whatever is longer was pasted by mistake.
pub(super) const MAX_QUERY_LENGTH: usize = 4_096;
/// Regular expressions in one query; each may take a while to compile.
pub(super) const MAX_EXPRESSIONS: usize = 8;
/// Problems that are reported.
const MAX_PROBLEMS: usize = 16;
const DAYS: &str = "a year, month or day: 2024, 2024-06, 2024-06-30";
const ROLES: [Role; 4] = [Role::User, Role::Assistant, Role::Tool, Role::System];

impl Query {
    /// Parses what was typed; `zone` is where the days of `after:` and `before:` begin.
    pub fn parse(text: &str, zone: &TimeZone) -> Self {
        let mut query = Self::default();
        let mut expressions = 0;
        let end = text.char_indices().nth(MAX_QUERY_LENGTH).map_or(text.len(), |(at, _)| at);
        if end < text.len() {
            query.report(MAX_QUERY_LENGTH, format!("only the first {MAX_QUERY_LENGTH} letters are searched"));
        }
        for token in tokens(&text[..end]) {
            let (column, negated) = (token.column, token.negated);
            let (predicate, problem) = parse_token(token, zone, &mut expressions);
            if let Some(reason) = problem {
                query.report(column, reason);
            }
            let Some(predicate) = predicate else { continue };
            let clause = Clause { negated, predicate };
            if query.clauses.contains(&clause) {
                continue;
            }
            if query.clauses.len() == MAX_CLAUSES {
                query.report(column, format!("only the first {MAX_CLAUSES} parts are searched"));
                break;
            }
            query.clauses.push(clause);
        }
        query
    }

    fn report(&mut self, column: usize, reason: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { column, reason });
        }
    }
}

type ParsedToken = (Option<Predicate>, Option<String>);

fn parse_token(token: Token, zone: &TimeZone, expressions: &mut usize) -> ParsedToken {
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
            pair(&key, value, quoted, zone).unwrap_or_else(|problem| {
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
fn pair(key: &str, value: QuotedText, quoted: bool, zone: &TimeZone) -> Result<ParsedToken, Option<String>> {
    let known = ["title", "role", "model", "has", "after", "before", "is", "id", "from"];
    if !known.contains(&key) {
        return Err(None);
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
    let predicate: Result<Predicate, Cow<'static, str>> = match key {
        "role" => ROLES
            .into_iter()
            .find(|role| role.as_str() == word)
            .map(Predicate::Role)
            .ok_or("user, assistant or tool".into()),
        "has" => named(&FEATURES, &word)
            .map(Predicate::Has)
            .ok_or_else(|| join_with_or(FEATURES.iter().map(|(name, _)| name)).into()),
        "is" => named(&FLAGS, &word)
            .map(Predicate::Is)
            .ok_or_else(|| join_with_or(FLAGS.iter().map(|(name, _)| name)).into()),
        "from" => {
            let words = || join_with_or(Provider::ALL.iter().map(|provider| provider.as_str()));
            Provider::by_word(&word).map(Predicate::From).ok_or_else(|| words().into())
        }
        "after" => Date::parse(&word, zone).map(Predicate::After).ok_or(DAYS.into()),
        "before" => Date::parse(&word, zone).map(Predicate::Before).ok_or(DAYS.into()),
        "id" => Ok(Predicate::Id(value.text)),
        _ => Ok(Predicate::Model { slug: value.text, exact: quoted }),
    };
    predicate
        .map(|predicate| (Some(predicate), unclosed))
        .map_err(|values| Some(format!("{key}: takes {values}; searched as it stands")))
}

fn named<T: Copy>(names: &[(&str, T)], word: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == word).map(|&(_, feature)| feature)
}
