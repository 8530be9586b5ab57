//! The query language: what a person typed, parsed once into something that needs no more checking.
//!
//! | written | means |
//! |---|---|
//! | `word` | in the title (fuzzily, from four letters on) or in a message; all words must be somewhere |
//! | `"a phrase"` | these words in a row, whatever white space stands between; `\"` is a quote, `\\` a backslash |
//! | `/regex/` | the syntax of the `regex` crate, by line, with a limit to its size |
//! | `title:x` `title:"x y"` | in the title only |
//! | `role:user` `assistant` `tool` | messages of this role count, folded ones of it too; several: any of them |
//! | `model:gpt-4o` | messages of a model whose slug contains this; `model:"gpt-4"`: is this; several: any of them |
//! | `has:code` `image` `file` `link` `branch` `secret` | messages that have it count; several: all of them |
//! | `after:2024-01` | added to in or after that year, month or day: its first moment counts |
//! | `before:2024-06-30` | begun before that year, month or day: the day itself does not count |
//! | `is:starred` `archived` `gpt` | the conversation is; several: all of them |
//! | `id:xxxx` | the id begins so; several: any of them |
//! | `from:chatgpt` `claude` … | whose export; several: any of them |
//! | `-` before any of these | no conversation of which that is true |
//!
//! A pair `after:X before:Y` finds what was going on between X and Y, so `after:2024 before:2025` is the year 2024;
//! a conversation spans the time from its beginning to its last message, and one without a date is never found so.
//! *Smart case*: a word, phrase or expression with an upper-case letter (outside an escape such as `\W`) is
//! matched by case. Letters without accents find letters with them, accented ones only themselves; half and full
//! width likewise. An unknown `key:` is plain text. Parsing never fails: what cannot be understood is searched as it
//! stands, and a [`Problem`] says what is off and where.

mod date;
pub(in crate::search) mod filters;
mod lexer;
pub(in crate::search) mod text_pattern;

use std::{borrow::Cow, fmt};

use jiff::tz::TimeZone;

pub use self::{date::Date, text_pattern::TextPattern};
use self::{
    lexer::{QuotedText, Token, TokenKind, tokens},
    text_pattern::DisplayQuoted,
};
use super::matching::Expression;
use crate::{
    conversation::{Provider, Role},
    one_of::one_of,
};

/// Clauses that are searched; a pasted page of text is not worth more.
const MOST_CLAUSES: usize = 64;
/// Regular expressions in one query; each may take a while to compile.
const MOST_EXPRESSIONS: usize = 8;
/// Problems that are told.
const MOST_PROBLEMS: usize = 16;

/// A parsed query. Parsing never fails: what is off is searched literally and told in [`Query::problems`].
///
/// [`fmt::Display`] writes it in its canonical form, which parses to the same query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    clauses: Vec<Clause>,
    problems: Vec<Problem>,
}

/// What is off, and where: a column counted in characters from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where the piece it concerns begins.
    pub column: usize,
    /// In words for the status line: lower case, no period.
    pub reason: String,
}

/// One demand of a query. All of them hold for a conversation that is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// It must not be so.
    pub negated: bool,
    /// What is demanded.
    pub predicate: Predicate,
}

/// See [`Clause`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// In the title or in a message.
    Anywhere(TextPattern),
    /// In the title.
    Title(TextPattern),
    /// Messages of this role.
    Role(Role),
    /// Messages of this model.
    Model {
        /// Its slug or a piece of it.
        slug: String,
        /// It was quoted: the whole slug.
        whole: bool,
    },
    /// Messages with this.
    Has(MessageFeature),
    /// Last added to at or after its first moment.
    After(Date),
    /// Begun before its first moment.
    Before(Date),
    /// The conversation has this mark.
    Is(ConversationFlag),
    /// The conversation's id begins so.
    Id(String),
    /// The provider of the export.
    From(Provider),
}

/// What a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFeature {
    /// A fenced block, a tool call, a canvas of code.
    Code,
    /// A picture, uploaded or made.
    Image,
    /// Any other upload.
    File,
    /// A web address or a source.
    Link,
    /// Another version beside it.
    Branch,
    /// A credential. Personal data is none: an e-mail address is no secret.
    Secret,
}

/// What a conversation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationFlag {
    /// Starred or pinned.
    Starred,
    /// Put away.
    Archived,
    /// With a custom GPT.
    Gpt,
}

const FEATURES: [(&str, MessageFeature); 6] = [
    ("code", MessageFeature::Code),
    ("image", MessageFeature::Image),
    ("file", MessageFeature::File),
    ("link", MessageFeature::Link),
    ("branch", MessageFeature::Branch),
    ("secret", MessageFeature::Secret),
];
const FLAGS: [(&str, ConversationFlag); 3] = [
    ("starred", ConversationFlag::Starred),
    ("archived", ConversationFlag::Archived),
    ("gpt", ConversationFlag::Gpt),
];
const DAYS: &str = "a year, month or day: 2024, 2024-06, 2024-06-30";
const ROLES: [Role; 4] = [Role::User, Role::Assistant, Role::Tool, Role::System];

impl Query {
    /// Reads what was typed; `zone` is where the days of `after:` and `before:` begin.
    pub fn parse(text: &str, zone: &TimeZone) -> Self {
        let mut query = Self::default();
        let mut expressions = 0;
        for token in tokens(text) {
            let (column, negated) = (token.column, token.negated);
            let (predicate, problem) = predicate(token, zone, &mut expressions);
            if let Some(reason) = problem {
                query.report(column, reason);
            }
            let Some(predicate) = predicate else { continue };
            let clause = Clause { negated, predicate };
            if query.clauses.contains(&clause) {
                continue;
            }
            if query.clauses.len() == MOST_CLAUSES {
                query.report(column, format!("only the first {MOST_CLAUSES} parts are searched"));
                break;
            }
            query.clauses.push(clause);
        }
        query
    }

    fn report(&mut self, column: usize, reason: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { column, reason });
        }
    }

    /// Matches everything.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What is off, in the order of the text. The query is searched all the same.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What is demanded, in the order of the text, none twice.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The same query without one of its clauses.
    #[must_use]
    pub fn without(&self, clause: usize) -> Self {
        let mut clauses = self.clauses.clone();
        if clause < clauses.len() {
            clauses.remove(clause);
        }
        Self { clauses, problems: Vec::new() }
    }

    /// Only one of its clauses.
    #[must_use]
    pub fn only(&self, clause: usize) -> Self {
        Self { clauses: self.clauses.get(clause).cloned().into_iter().collect(), problems: Vec::new() }
    }
}

type ParsedToken = (Option<Predicate>, Option<String>);

fn predicate(token: Token, zone: &TimeZone, expressions: &mut usize) -> ParsedToken {
    match token.kind {
        TokenKind::Word(word) => (Some(Predicate::Anywhere(TextPattern::Word(word))), None),
        TokenKind::Phrase(quoted) => phrase(quoted, Predicate::Anywhere),
        // As a phrase: written as a word it might find a closing slash when it is read again.
        TokenKind::OpenRegex(word) => (
            Some(Predicate::Anywhere(TextPattern::Phrase(word))),
            Some("an expression ends with / and a space: searched as it stands".into()),
        ),
        TokenKind::Regex(source) => {
            if *expressions == MOST_EXPRESSIONS {
                let reason =
                    format!("only {MOST_EXPRESSIONS} expressions are possible: searched as it stands");
                return (Some(Predicate::Anywhere(TextPattern::Phrase(source))), Some(reason));
            }
            *expressions += 1;
            match Expression::check(&source) {
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

/// What a pair demands; `Err`: it is plain text, with or without a problem.
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
            .ok_or("code, image, file, link, branch or secret".into()),
        "is" => named(&FLAGS, &word).map(Predicate::Is).ok_or("starred, archived or gpt".into()),
        "from" => {
            let words = || one_of(Provider::ALL.iter().map(|provider| provider.as_str()));
            Provider::by_word(&word).map(Predicate::From).ok_or_else(|| words().into())
        }
        "after" => Date::parse(&word, zone).map(Predicate::After).ok_or(DAYS.into()),
        "before" => Date::parse(&word, zone).map(Predicate::Before).ok_or(DAYS.into()),
        "id" => Ok(Predicate::Id(value.text)),
        _ => Ok(Predicate::Model { slug: value.text, whole: quoted }),
    };
    predicate
        .map(|predicate| (Some(predicate), unclosed))
        .map_err(|values| Some(format!("{key}: takes {values}; searched as it stands")))
}

fn named<T: Copy>(names: &[(&str, T)], word: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == word).map(|&(_, feature)| feature)
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], feature: T) -> &'static str {
    names.iter().find(|(_, other)| *other == feature).map_or("", |(name, _)| name)
}

impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, clause) in self.clauses.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(formatter, "{space}{clause}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            formatter.write_str("-")?;
        }
        match &self.predicate {
            Predicate::Anywhere(text_pattern) => write!(formatter, "{text_pattern}"),
            Predicate::Title(text_pattern) => write!(formatter, "title:{text_pattern}"),
            Predicate::Role(role) => write!(formatter, "role:{}", role.as_str()),
            Predicate::Model { slug, whole: true } => write!(formatter, "model:{}", DisplayQuoted(slug)),
            Predicate::Model { slug, whole: false } => write!(formatter, "model:{slug}"),
            Predicate::Has(feature) => write!(formatter, "has:{}", name_of(&FEATURES, *feature)),
            Predicate::After(date) => write!(formatter, "after:{date}"),
            Predicate::Before(date) => write!(formatter, "before:{date}"),
            Predicate::Is(flag) => write!(formatter, "is:{}", name_of(&FLAGS, *flag)),
            Predicate::Id(id) if id.starts_with('"') || id.contains(char::is_whitespace) => {
                write!(formatter, "id:{}", DisplayQuoted(id))
            }
            Predicate::Id(id) => write!(formatter, "id:{id}"),
            Predicate::From(provider) => write!(formatter, "from:{}", provider.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Query {
        Query::parse(text, &TimeZone::UTC)
    }

    #[test]
    fn a_query_is_written_in_its_canonical_form() {
        for (typed, written) in [
            ("  two   words ", "two words"),
            ("\"a phrase", "\"a phrase\""),
            ("Role:USER MODEL:gpt-4o model:\"o3\"", "role:user model:gpt-4o model:\"o3\""),
            ("after:2024-6 before:2024-06-3", "after:2024-06 before:2024-06-03"),
            ("-is:starred -/a b/ -\"x y\" -z", "-is:starred -/a b/ -\"x y\" -z"),
            ("a a A a", "a A"),
            ("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""),
            ("id:\"abc\" from:Claude", "id:abc from:claude"),
            ("--flag /usr/bin x:y", "--flag \"/usr/bin\" x:y"),
            ("\"\" -\"\"", ""),
        ] {
            assert_eq!(parsed(typed).to_string(), written, "{typed}");
        }
    }

    #[test]
    fn problems_name_the_column_in_characters() {
        let query = parsed("日本 has:cat /a(/ \"x");
        let told: Vec<_> = query.problems().iter().map(|problem| problem.column).collect();
        assert_eq!(told, [3, 11, 16]);
    }

    #[test]
    fn a_page_of_text_is_cut() {
        let text: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
        let query = parsed(&text.join(" "));
        assert_eq!(query.clauses().len(), MOST_CLAUSES);
        assert_eq!(query.problems().len(), 1);
        let many: Vec<String> = (0..20).map(|number| format!("/x{{{number}}}y/")).collect();
        assert_eq!(parsed(&many.join(" ")).problems().len(), 20 - MOST_EXPRESSIONS);
    }

    /// Pieces from which queries are made: whole ones and broken ones.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z\"/:\\\\é日 -]{0,8}",
            "-?(title|role|model|has|after|before|is|id|from|secret|x):(\"[a-z \\\\\"]{0,5}\"?|[a-z0-9-]{0,8})",
            "-?/[a-z+(\\\\ /]{0,6}/?",
            "-?(role:user|has:code|has:secret|is:gpt|from:claude|after:2024-02|before:1999-12-31|model:\"x y\")",
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_the_same(pieces in prop::collection::vec(piece(), 0..6)) {
            let query = parsed(&pieces.join(" "));
            let written = query.to_string();
            let again = parsed(&written);
            prop_assert_eq!(again.clauses(), query.clauses(), "{}", written);
        }

        #[test]
        fn every_prefix_of_a_query_is_a_query(pieces in prop::collection::vec(piece(), 0..6)) {
            let text = pieces.join(" ");
            for (end, _) in text.char_indices() {
                let query = parsed(&text[..end]);
                for problem in query.problems() {
                    prop_assert!(problem.column < text[..end].chars().count());
                }
            }
        }

        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            let query = parsed(&text);
            let again = parsed(&query.to_string());
            prop_assert_eq!(again.clauses(), query.clauses());
        }
    }
}
