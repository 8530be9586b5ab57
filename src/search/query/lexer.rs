//! Cuts the text of a query into tokens: words, phrases, regular expressions and `key:value` pairs.
//!
//! Knows quotes, slashes, minus signs and colons, but not which keys exist or what their values mean; that is the
//! [parser](super::parser)'s. Every text has tokens: what is left open reaches to the end, and says so.

/// One piece of a query between white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its first character, counted from 0, its minus sign included.
    pub column: usize,
    /// A minus sign stood before it.
    pub negated: bool,
    /// Its kind and text.
    pub kind: TokenKind,
}

/// The kind of a token, with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Anything else.
    Word(String),
    /// Between quotes, escapes resolved.
    Phrase(QuotedText),
    /// Between slashes, as written.
    Regex(String),
    /// A slash at the beginning of a word and no slash at the end of this or a later one, as in a path.
    OpenRegex(String),
    /// Letters, a colon and a value that may be quoted. `text` is the whole of it as written.
    Pair {
        /// In lower case.
        key: String,
        /// Without its quotes.
        value: QuotedText,
        /// It had quotes.
        quoted: bool,
        /// Key, colon and value as typed.
        text: String,
    },
}

/// Text that stood between quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuotedText {
    /// `\"` is a quote here and `\\` a backslash; before anything else a backslash is itself. White space at its end counts
    /// only where the quote is closed.
    pub text: String,
    /// The closing quote is there.
    pub closed: bool,
}

/// Cuts a query into tokens, in order. Linear in its length but for slashes that stay open, which are looked for
/// once.
pub(super) fn tokens(query: &str) -> Vec<Token> {
    let chars: Vec<char> = query.chars().map(|c| if c == '\0' { ' ' } else { c }).collect();
    let mut lexer = Lexer { chars: &chars, at: 0, last_slash: last_closing_slash(&chars) };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    tokens
}

/// Finds the last slash that could close a regular expression: one at the end of a word.
fn last_closing_slash(chars: &[char]) -> usize {
    (0..chars.len())
        .rev()
        .find(|&at| chars[at] == '/' && chars.get(at + 1).is_none_or(|next| next.is_whitespace()))
        .unwrap_or(0)
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    last_slash: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<Token> {
        while self.peek(0)?.is_whitespace() {
            self.at += 1;
        }
        let column = self.at;
        // `--flag` and a lone minus are words: command lines are searched for as they are written.
        let negated = self.peek(0) == Some('-')
            && self.peek(1).is_some_and(|next| next != '-' && !next.is_whitespace());
        if negated {
            self.at += 1;
        }
        let kind = match self.peek(0)? {
            '"' => TokenKind::Phrase(self.quoted()),
            '/' => self.regex(),
            _ => self.pair().unwrap_or_else(|| TokenKind::Word(self.word())),
        };
        Some(Token { column, negated, kind })
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(|c| !c.is_whitespace()) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn quoted(&mut self) -> QuotedText {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match (c, self.peek(0)) {
                ('"', _) => return QuotedText { text, closed: true },
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    self.at += 1;
                    text.push(escaped);
                }
                _ => text.push(c),
            }
        }
        // The next word is still to be typed.
        text.truncate(text.trim_end().len());
        QuotedText { text, closed: false }
    }

    /// Reads a regular expression: it ends at the first slash that no backslash escapes and that ends a word, so that
    /// `/usr/local/bin` is not one.
    fn regex(&mut self) -> TokenKind {
        let start = self.at + 1;
        let mut at = start;
        // `/` and `//` are words people search for, not the beginning of anything.
        let slashes = self.chars[self.at..].iter().take_while(|&&c| c == '/').count();
        if self.peek(slashes).is_none_or(char::is_whitespace) {
            return TokenKind::Word(self.word());
        }
        while at <= self.last_slash {
            match self.chars[at] {
                '\\' => at += 1,
                '/' if at > start && self.chars.get(at + 1).is_none_or(|next| next.is_whitespace()) => {
                    self.at = at + 1;
                    return TokenKind::Regex(self.chars[start..at].iter().collect());
                }
                _ => {}
            }
            at += 1;
        }
        // Whatever follows this slash has no closing one either.
        self.last_slash = 0;
        TokenKind::OpenRegex(self.word())
    }

    fn pair(&mut self) -> Option<TokenKind> {
        let start = self.at;
        let letters = self.chars[start..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
        if letters == 0 || self.peek(letters) != Some(':') {
            return None;
        }
        let key: String = self.chars[start..start + letters].iter().map(char::to_ascii_lowercase).collect();
        self.at += letters + 1;
        let quoted = self.peek(0) == Some('"');
        let value = if quoted { self.quoted() } else { QuotedText { text: self.word(), closed: true } };
        Some(TokenKind::Pair { key, value, quoted, text: self.chars[start..self.at].iter().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(query: &str) -> Vec<TokenKind> {
        tokens(query).into_iter().map(|token| token.kind).collect()
    }

    fn word(text: &str) -> TokenKind {
        TokenKind::Word(text.into())
    }

    fn phrase(text: &str, closed: bool) -> TokenKind {
        TokenKind::Phrase(QuotedText { text: text.into(), closed })
    }

    #[test]
    fn words_phrases_and_expressions_are_told_apart() {
        assert_eq!(
            kinds(r#"one "two three" /fo+/ fo"o"#),
            [word("one"), phrase("two three", true), TokenKind::Regex("fo+".into()), word("fo\"o")]
        );
    }

    #[test]
    fn columns_count_characters_and_begin_at_the_minus() {
        let columns: Vec<_> =
            tokens("日本 -語 x").iter().map(|token| (token.column, token.negated)).collect();
        assert_eq!(columns, [(0, false), (3, true), (6, false)]);
    }

    #[test]
    fn a_command_line_flag_is_a_word_and_not_an_exclusion() {
        assert_eq!(
            tokens("--no-verify - x").iter().map(|token| token.negated).collect::<Vec<_>>(),
            [false; 3]
        );
    }

    #[test]
    fn a_path_is_not_a_regular_expression() {
        assert_eq!(kinds("/usr/local/bin foo"), [TokenKind::OpenRegex("/usr/local/bin".into()), word("foo")]);
        assert_eq!(kinds("// /"), [word("//"), word("/")]);
        assert_eq!(kinds(r"/a\/ b/ c"), [TokenKind::Regex(r"a\/ b".into()), word("c")]);
    }

    #[test]
    fn an_open_quote_reaches_to_the_end() {
        assert_eq!(kinds("\"as an ex"), [phrase("as an ex", false)]);
    }

    #[test]
    fn a_backslash_escapes_a_quote_and_itself_and_nothing_else() {
        assert_eq!(kinds(r#""say \"hi\" in C:\dir""#), [phrase(r#"say "hi" in C:\dir"#, true)]);
        assert_eq!(kinds(r#""C:\\" x"#), [phrase(r"C:\", true), word("x")]);
    }

    #[test]
    fn a_pair_may_have_a_quoted_value() {
        let pair = &kinds("Title:\"two words\" rest")[0];
        assert!(
            matches!(pair, TokenKind::Pair { key, value, quoted: true, .. } if key == "title" && value.text == "two words")
        );
        assert_eq!(kinds("http://x").len(), 1);
    }
}
