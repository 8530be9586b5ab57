//! A word, phrase or regular expression, ready to be found: what a query's [`Wording`] becomes.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::{
    fold::Foldable,
    literal::{self, Literal},
    wording::Wording,
};

/// The compiled size of one expression, in bytes.
const EXPRESSION_LIMIT: usize = 1 << 20;
/// The memory one expression may use while it searches, in bytes.
const EXPRESSION_CACHE: usize = 4 << 20;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// Letter by letter.
    Literal(Literal),
    /// An expression; it is matched within one message at a time.
    Regex(Regex),
}

impl Pattern {
    /// Prepares a wording. `None`: it is blank, or an expression that does not compile after all.
    pub fn new(wording: &Wording) -> Option<Self> {
        match wording {
            Wording::Word(text) | Wording::Phrase(text) => Literal::new(text).map(Self::Literal),
            Wording::Regex(source) => compile_regex(source).ok().map(Self::Regex),
        }
    }

    /// All hits that are not empty, not overlapping. `foldable` is about `text`; saying too much costs only time.
    pub fn hits<'a>(&'a self, text: &'a str, foldable: Foldable) -> impl Iterator<Item = Range<usize>> + 'a {
        match self {
            Self::Literal(literal) => Hits::Literal(literal.hits(text, foldable)),
            Self::Regex(expression) => Hits::Regex(expression.find_iter(text)),
        }
    }

    /// Whether there is a hit.
    pub fn is_in(&self, text: &str, foldable: Foldable) -> bool {
        self.hits(text, foldable).next().is_some()
    }
}

enum Hits<'a> {
    Literal(literal::Hits<'a>),
    Regex(regex::Matches<'a, 'a>),
}

impl Iterator for Hits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Literal(hits) => hits.next(),
            Self::Regex(hits) => hits.map(|hit| hit.range()).find(|range| !range.is_empty()),
        }
    }
}

/// Compiles an expression with smart case; the error is one line for the status line.
pub(super) fn compile_regex(source: &str) -> Result<Regex, String> {
    RegexBuilder::new(source)
        .case_insensitive(!has_upper_case(source))
        .multi_line(true)
        .size_limit(EXPRESSION_LIMIT)
        .dfa_size_limit(EXPRESSION_CACHE)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "the expression is too large: searched as it stands".to_owned()
            }
            error => {
                // The last line of the message is the reason; those before it draw where.
                let message = error.to_string();
                let reason =
                    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                format!("in the expression: {reason}; searched as it stands")
            }
        })
}

/// An upper-case letter that is not part of an escape: neither `\W` nor `\p{Greek}` nor `\x{1F}`.
fn has_upper_case(source: &str) -> bool {
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            let escaped = chars.next();
            if matches!(escaped, Some('p' | 'P' | 'x' | 'u' | 'U')) {
                if chars.next_if_eq(&'{').is_some() {
                    chars.by_ref().find(|&c| c == '}');
                } else {
                    // `\pL`, `\x1F`: what follows is read as part of it.
                    chars.next();
                    if escaped == Some('x') {
                        chars.next();
                    }
                }
            }
        } else if c.is_uppercase() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_with_an_upper_case_letter_says_nothing_about_case() {
        for (source, upper) in [
            (r"\Wfoo", false),
            (r"\p{Greek}", false),
            (r"\pL", false),
            (r"\x4F", false),
            ("Foo", true),
            (r"\\A", true),
        ] {
            assert_eq!(has_upper_case(source), upper, "{source}");
        }
    }

    #[test]
    fn empty_matches_are_no_hits() {
        let pattern = Pattern::new(&Wording::Regex("x*".into())).expect("compiles");
        assert!(pattern.hits("abxxc", Foldable::default()).eq(std::iter::once(2..4)));
        assert!(!pattern.is_in("日本", Foldable::default()));
    }

    #[test]
    fn an_expression_that_is_too_large_says_so() {
        let error = compile_regex(r"\w{1000}{1000}").expect_err("too large");
        assert!(error.starts_with("the expression is too large"), "{error}");
        let error = compile_regex("a(b").expect_err("unclosed");
        assert_eq!(error, "in the expression: unclosed group; searched as it stands");
    }
}
