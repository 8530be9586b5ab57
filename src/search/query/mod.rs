//! The query language: what a person typed, parsed once into something that needs no more checking.
//!
//! | written | means |
//! |---|---|
//! | `word` | in the title or in a message; all words must be somewhere, or in the second tier some of them |
//! | `"a phrase"` `"word"` | exactly this, never alike: words in a row, whatever white space stands between; `\"` is a quote, `\\` a backslash |
//! | `/regex/` | the syntax of the `regex` crate, by line, with a limit to its size; in a text of more than 1 MB what it finds is no longer than 256 KB, and it is said where there is such a text |
//! | `title:x` `title:"x y"` | in the title only |
//! | `a OR b` | any of them, never alike: words, phrases, expressions, or `title:a OR title:b` |
//! | `role:user` `assistant` `tool` | messages of this role count, folded ones of it too; several: any of them |
//! | `model:gpt-4o` | messages of a model whose slug contains this; `model:"gpt-4"`: is this; several: any of them |
//! | `has:code` `image` `file` `link` `branch` `text` `secret` | messages that have it count; several: all of them |
//! | `in:files` `reasoning` `tools` | messages there count, folded ones too, and no others: those with attached or pasted text and canvases; what the model thought; tool calls, their results, quotes, pages and errors; several: any of them |
//! | `date:2024-06` | begun in that year, month or day, or added to last; several: any of them |
//! | `after:2024-01` | added to in or after that year, month or day: its first moment counts |
//! | `before:2024-06-30` | begun before that year, month or day: the day itself does not count |
//! | `after:7d` `3w` `6m` `1y` | so many days, weeks, months or years ago, at the first moment of that day; `date:7d`: since then |
//! | `is:starred` `archived` `gpt` `project` `memory` | the conversation is; several: all of them |
//! | `project:x` `gpt:x` | in the project, or with the custom GPT, whose id begins so, with or without its `g-p-` or `g-`; a project itself also by a piece of its name; several: any of them |
//! | `id:xxxx` | the id begins so; several: any of them |
//! | `from:chatgpt` `claude` … | whose export; several: any of them |
//! | `-` before any of these | no conversation of which that is true |
//!
//! `OR` binds closer than the blank, so `a b OR c d` is *a*, one of *b* and *c*, and *d*. It joins what is alike: titles
//! with titles, and values of a key of which any will do anyway (`role:user OR role:tool`). What a minus excludes is
//! excluded whatever stands beside it: `-a OR b` is `-a b`. An `or` in small letters is a word, and so is an `OR` that
//! joins nothing.
//!
//! A pair `after:X before:Y` finds what was going on between X and Y, so `after:2024 before:2025` is the year 2024;
//! a conversation spans the time from its beginning to its last message, and one without a date is never found so.
//! *Smart case*: a word, phrase or expression with an upper-case letter (outside an escape such as `\W`) is
//! matched by case. Letters without accents find letters with them, accented ones only themselves; half and full
//! width, raised digits and `ß` likewise. What keyboards lack is found by what is typed for it: `'` finds `’`, `fi` finds
//! `ﬁ`, and what nobody sees, or what marks of Markdown cut (`un**believ**able`, `get\_value`), is found as it is read; a phrase goes over marks.
//! An unknown `key:` is plain text, and a known one is offered if it is near. Parsing never fails: what cannot be understood is searched as it
//! stands, and a [`Problem`] says what is off and where.

mod date;
pub(super) mod filters;
mod lexer;
mod marks;
mod parser;
mod predicate;
mod text_pattern;

use std::fmt;

use super::matching::QueryRegex;
use crate::conversation::Conversation;

pub use self::{
    date::{Clock, Date},
    marks::Marks,
    predicate::{Clause, ConversationFlag, MessageFeature, Predicate, SearchPlace},
    text_pattern::TextPattern,
};

/// A parsed query. Parsing never fails: what is off is searched literally and reported in [`Query::problems`].
///
/// [`fmt::Display`] writes it in its canonical form, which parses to the same query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    clauses: Vec<Clause>,
    problems: Vec<Problem>,
}

/// What is said where an expression may have missed something, for a line of its own.
pub const MISSED_IN_LONG_TEXTS: &str = "in very long messages an expression finds no hit of more than 256 KB";

/// Returns whether a message of a conversation is longer than an expression [reaches](Query::expression_reach).
pub fn has_text_beyond(conversation: &Conversation, reach: usize) -> bool {
    conversation.text().len() > reach
        && conversation.messages().iter().any(|message| message.text_range().len() > reach)
}

/// Something that is off in a query: why, and in which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The beginning of the piece it concerns, in characters from 0.
    pub column: usize,
    /// The reason, for the status line: lower case, no period.
    pub reason: String,
}

impl Query {
    /// Returns whether it has no clauses and so matches everything.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Returns what is off, in the order of the text. The query is searched all the same.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the clauses, in the order of the text, none twice.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// Returns how many of its words need not be there for the second tier of a search.
    pub fn loose_word_count(&self) -> usize {
        self.clauses.iter().filter(|clause| clause.loose_word().is_some()).count()
    }

    /// Returns the bytes of a text beyond which one of its expressions may miss a long hit; `None`: none misses any.
    pub fn expression_reach(&self) -> Option<usize> {
        let patterns = self.clauses.iter().filter_map(|clause| match &clause.predicate {
            Predicate::Anywhere(pattern) => Some(pattern),
            _ => None,
        });
        let reach = |pattern: &TextPattern| match pattern {
            TextPattern::Regex(source) => QueryRegex::reach(source),
            _ => None,
        };
        patterns.flat_map(TextPattern::alternatives).filter_map(reach).min()
    }

    /// Returns whether it asks for marked conversations.
    pub fn asks_for_marks(&self) -> bool {
        self.clauses.iter().any(|clause| matches!(clause.predicate, Predicate::Marked(_)))
    }

    /// Returns the query with these conversations as those that are marked; by itself it knows of none.
    #[must_use]
    pub fn with_marks(mut self, marks: &Marks) -> Self {
        for clause in &mut self.clauses {
            if let Predicate::Marked(known) = &mut clause.predicate {
                *known = marks.clone();
            }
        }
        self
    }

    /// Returns the query without one of its clauses.
    #[must_use]
    pub fn without(&self, clause: usize) -> Self {
        let mut clauses = self.clauses.clone();
        if clause < clauses.len() {
            clauses.remove(clause);
        }
        Self { clauses, problems: Vec::new() }
    }

    /// Returns the query with only these of its clauses.
    #[must_use]
    pub(in crate::search) fn restricted_to(&self, clauses: &[usize]) -> Self {
        let clauses = clauses.iter().filter_map(|&clause| self.clauses.get(clause).cloned()).collect();
        Self { clauses, problems: Vec::new() }
    }

    /// Returns the query with a clause for each of these words added.
    #[must_use]
    pub(in crate::search) fn with_words(&self, words: impl Iterator<Item = String>) -> Self {
        let mut clauses = self.clauses.clone();
        clauses.extend(
            words.map(|word| Clause {
                negated: false,
                predicate: Predicate::Anywhere(TextPattern::Word(word)),
            }),
        );
        Self { clauses, problems: Vec::new() }
    }

    /// Returns a query of only one of its clauses.
    #[must_use]
    pub fn only(&self, clause: usize) -> Self {
        Self { clauses: self.clauses.get(clause).cloned().into_iter().collect(), problems: Vec::new() }
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        parser::{MAX_CLAUSES, MAX_EXPRESSIONS, MAX_QUERY_LENGTH},
        *,
    };

    fn parsed(text: &str) -> Query {
        Query::parse(text, &Clock::EPOCH)
    }

    #[test]
    fn a_query_is_written_in_its_canonical_form() {
        for (typed, written) in [
            ("  two   words ", "two words"),
            ("\"a phrase", "\"a phrase\""),
            ("date:2024-6 Date:07D after:3w before:0001Y", "date:2024-06 date:7d after:3w before:1y"),
            ("date:2024 OR date:2025", "date:2024 date:2025"),
            ("Role:USER MODEL:gpt-4o model:\"o3\"", "role:user model:gpt-4o model:\"o3\""),
            ("after:2024-6 before:2024-06-3", "after:2024-06 before:2024-06-03"),
            ("IS:marked -is:marked", "is:marked -is:marked"),
            ("-is:starred -/a b/ -\"x y\" -z", "-is:starred -/a b/ -\"x y\" -z"),
            ("a a A a", "a A"),
            ("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""),
            ("id:\"abc\" from:Claude", "id:abc from:claude"),
            ("IN:Files in:tools OR in:reasoning -in:tools", "in:files in:tools in:reasoning -in:tools"),
            ("PROJECT:\"a B\" gpt:g-1 project:\"c\"", "project:\"a B\" gpt:g-1 project:c"),
            ("--flag /usr/bin x:y", "--flag \"/usr/bin\" x:y"),
            ("\"\" -\"\"", ""),
            ("x a OR  \"b c\" OR /d/ y", "x a OR \"b c\" OR /d/ y"),
            ("a OR a OR b a OR b", "a OR b"),
            ("Title:a OR title:\"b\"", "title:a OR title:\"b\""),
            ("a or b", "a or b"),
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
    fn an_unknown_key_or_value_offers_the_nearest_one() {
        for (typed, reason) in [
            ("modle:o3", "no key `modle:`: did you mean `model:`?"),
            ("x -Projct:\"a b\"", "no key `projct:`: did you mean `project:`?"),
            ("dates:2024", "no key `dates:`: did you mean `date:`?"),
            ("role:asistant", "did you mean `role:assistant`? searched as it stands"),
            ("in:tool", "did you mean `in:tools`? searched as it stands"),
            ("is:archive", "did you mean `is:archived`? searched as it stands"),
            ("from:cluade", "did you mean `from:claude`? searched as it stands"),
            ("role:x", "role: takes user, assistant or tool; searched as it stands"),
        ] {
            let query = parsed(typed);
            let told: Vec<_> = query.problems().iter().map(|problem| &*problem.reason).collect();
            assert_eq!(told, [reason], "{typed}");
        }
        for typed in [
            "http://x",
            "https://x",
            "std::fmt",
            "rol::e",
            "note:this",
            "modle:",
            "c:\\x",
            "ip:1",
            "file:x",
            "12:30",
        ] {
            assert_eq!(parsed(typed).problems(), [], "{typed}");
        }
    }

    #[test]
    fn an_or_that_joins_nothing_is_a_word_and_says_so() {
        for (typed, written, columns) in [
            ("OR", "\"OR\"", &[0][..]),
            ("OR a", "\"OR\" a", &[0]),
            ("a OR", "a \"OR\"", &[2]),
            ("a OR OR b", "a \"OR\" b", &[2, 5]),
            ("a OR title:b", "a \"OR\" title:b", &[2]),
            ("has:code OR has:link", "has:code \"OR\" has:link", &[9]),
            ("-OR", "-OR", &[]),
        ] {
            let query = parsed(typed);
            let told: Vec<_> = query.problems().iter().map(|problem| problem.column).collect();
            assert_eq!((query.to_string().as_str(), &told[..]), (written, columns), "{typed}");
        }
    }

    #[test]
    fn what_is_excluded_is_so_whatever_an_or_stands_beside_it() {
        for (typed, written) in [
            ("-a OR b", "-a b"),
            ("a OR -b", "-b a"),
            ("a OR -b OR c", "-b a OR c"),
            ("-a OR -b", "-a -b"),
            ("-role:user OR kube", "-role:user kube"),
        ] {
            let query = parsed(typed);
            assert_eq!(
                (query.to_string().as_str(), query.problems().is_empty()),
                (written, false),
                "{typed}"
            );
        }
    }

    #[test]
    fn an_or_between_values_of_which_any_will_do_says_it_again() {
        let query = parsed("role:user OR role:tool from:claude OR from:chatgpt");
        assert_eq!(query.to_string(), "role:user role:tool from:claude from:chatgpt");
        assert!(query.problems().is_empty());
    }

    #[test]
    fn an_alternative_that_is_only_begun_is_not_there_yet() {
        for typed in ["kube OR \"", "kube OR \"\"", "\"\" OR kube"] {
            assert_eq!(parsed(typed).to_string(), "kube", "{typed}");
        }
        assert_eq!(parsed("a OR \"\" OR b").to_string(), "a OR b");
    }

    #[test]
    fn alternatives_without_end_are_cut() {
        let words: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
        for text in [words.join(" OR "), format!("a {}", words.join(" OR "))] {
            let query = parsed(&text);
            let parts: usize =
                query.clauses().iter().map(|clause| clause.to_string().split(" OR ").count()).sum();
            assert_eq!((parts, query.problems().len()), (MAX_CLAUSES, 1));
        }
    }

    #[test]
    fn a_page_of_text_is_cut() {
        let text: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
        let query = parsed(&text.join(" "));
        assert_eq!(query.clauses().len(), MAX_CLAUSES);
        assert_eq!(query.problems().len(), 1);
        let many: Vec<String> = (0..20).map(|number| format!("/x{{{number}}}y/")).collect();
        assert_eq!(parsed(&many.join(" ")).problems().len(), 20 - MAX_EXPRESSIONS);
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let word = "é".repeat(MAX_QUERY_LENGTH);
        assert!(parsed(&word).problems().is_empty());
        let query = parsed(&format!("{word}more"));
        assert_eq!((query.to_string(), query.problems().len()), (word, 1));
    }

    /// Pieces from which queries are made: whole ones and broken ones.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z\"/:\\\\é日 -]{0,8}",
            "-?(title|role|model|project|gpt|has|in|date|after|before|is|id|from|secret|x):(\"[a-z \\\\\"]{0,5}\"?|[a-z0-9-]{0,8})",
            "-?/[a-z+(\\\\ /]{0,6}/?",
            "-?(title:)?(OR|or|a OR b|\"OR\"|x OR)",
            "-?(date|after|before):([0-9]{0,5}[dwmyh]?|[0-9]{4}-[0-9]{0,2}(-[0-9]{0,2})?)",
            "-?(role:user|has:code|has:secret|in:tools|in:files|is:gpt|from:claude|after:2024-02|before:1999-12-31|model:\"x y\")",
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
