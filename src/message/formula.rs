//! Mathematics in a text: `\( … \)`, `\[ … \]`, `$ … $` and `$$ … $$`.
//!
//! Formulas are found before a text is read as Markdown: to Markdown `\(` is an escaped bracket, and a
//! formula over several lines can look like a heading or a list. Whoever draws a formula, writes it into a
//! file or hides it from Markdown asks here.

use std::ops::Range;

use super::markdown::NonProse;

/// A formula in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Its bytes, delimiters included.
    pub range: Range<usize>,
    /// Its bytes between the delimiters.
    pub tex: Range<usize>,
    /// True when it stands on lines of its own: `\[ … \]` and `$$ … $$`.
    pub display: bool,
}

/// The longest formula, in bytes: what is longer was not closed where it was meant to be.
const MAX_INLINE_LENGTH: usize = 2_000;
const MAX_DISPLAY_LENGTH: usize = 16_000;

/// Returns whether a text may hold any formula: spares most texts the search.
pub fn may_be_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    let opens = |at: usize| matches!(bytes.get(at + 1), Some(b'(' | b'['));
    memchr::memchr(b'$', bytes).is_some() || memchr::memchr_iter(b'\\', bytes).any(opens)
}

/// Returns the formulas of a text, in order, none inside another. Code, HTML tags and addresses hold no
/// formulas; `non_prose` says where these are. Linear in the text.
pub fn formulas(text: &str, non_prose: &[NonProse]) -> Vec<Formula> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut excluded = non_prose.iter().peekable();
    let mut code = non_prose.iter().filter(|found| found.is_code()).peekable();
    while let Some(next) = memchr::memchr2(b'\\', b'$', &bytes[at..]) {
        at += next;
        while excluded.next_if(|found| found.range.end <= at).is_some() {}
        if let Some(inside) = excluded.peek().filter(|found| found.range.start <= at) {
            at = inside.range.end;
            continue;
        }
        let Some(opening) = Opening::at(bytes, at) else {
            // An escaped character is never a delimiter.
            at += if bytes[at] == b'\\' { 2 } else { 1 };
            at = at.min(bytes.len());
            continue;
        };
        let inner = at + opening.width();
        while code.next_if(|found| found.range.end <= at).is_some() {}
        let limit = code.peek().map_or(bytes.len(), |found| found.range.start);
        match find_end(opening, text, inner, limit) {
            Some(end) => {
                let range = at..end + opening.width();
                at = range.end;
                found.push(Formula { range, tex: inner..end, display: opening.is_display() });
            }
            None => at = inner,
        }
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// `\(`
    Round,
    /// `\[`
    Square,
    /// `$`
    Dollar,
    /// `$$`
    Dollars,
}

impl Opening {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(b'(')) => Some(Self::Round),
            (b'\\', Some(b'[')) => Some(Self::Square),
            (b'$', Some(b'$')) => Some(Self::Dollars),
            (b'$', Some(next)) => {
                let before = at.checked_sub(1).map(|before| bytes[before]);
                let free = before.is_none_or(|byte| !byte.is_ascii_alphanumeric());
                (free && !next.is_ascii_whitespace()).then_some(Self::Dollar)
            }
            _ => None,
        }
    }

    /// Returns the bytes of the delimiter, the same at either end.
    fn width(self) -> usize {
        if self == Self::Dollar { 1 } else { 2 }
    }

    fn is_display(self) -> bool {
        matches!(self, Self::Square | Self::Dollars)
    }

    fn closes(self, bytes: &[u8], at: usize) -> bool {
        match self {
            Self::Round => bytes[at..].starts_with(b"\\)"),
            Self::Square => bytes[at..].starts_with(b"\\]"),
            Self::Dollar => bytes[at] == b'$',
            Self::Dollars => bytes[at..].starts_with(b"$$"),
        }
    }
}

/// Finds the delimiter that closes a formula which begins at `inner`, not past `limit`. One that opens again
/// before it closes is not a formula, so that a text full of openings is still read once.
fn find_end(opening: Opening, text: &str, inner: usize, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let longest = if opening.is_display() { MAX_DISPLAY_LENGTH } else { MAX_INLINE_LENGTH };
    let limit = limit.min(inner.saturating_add(longest)).min(bytes.len());
    let mut at = inner;
    while at < limit {
        match bytes[at] {
            _ if opening.closes(bytes, at) => {
                let after = text[at + opening.width()..].chars().next();
                let whole = opening != Opening::Square || is_whole(text, inner..at);
                return (whole && accepts(opening, &text[inner..at], after)).then_some(at);
            }
            b'\\'
                if matches!(opening, Opening::Round | Opening::Square)
                    && Opening::at(bytes, at) == Some(opening) =>
            {
                return None;
            }
            b'\\' => at += 2,
            b'\n' if opening != Opening::Square && ends_paragraph(&bytes[at + 1..]) => return None,
            _ => at += 1,
        }
    }
    None
}

/// Returns whether what `\[` and `\]` enclose is one formula. One in a line of text ends with its paragraph;
/// only one on lines of its own may have blank ones: `\[Note: …` may be escaped brackets around prose.
fn is_whole(text: &str, tex: Range<usize>) -> bool {
    let inner = &text[tex.clone()];
    let mut between = inner.split('\n').skip(1).peekable();
    let mut has_blank_line = false;
    while let Some(line) = between.next() {
        has_blank_line |= between.peek().is_some() && line.trim().is_empty();
    }
    let begins_alone = inner.split('\n').next().is_some_and(|line| line.trim().is_empty());
    !has_blank_line || (begins_alone && stands_alone(text, tex.start - 2..tex.end + 2))
}

/// Returns whether nothing but the marks of a list or a quotation shares the lines on which a range begins
/// and ends.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let after = text[range.end..].split('\n').next().unwrap_or_default();
    let is_marker_char =
        |char: char| char.is_whitespace() || char.is_ascii_digit() || ">-*+.)".contains(char);
    before.chars().all(is_marker_char) && after.trim().is_empty()
}

/// Returns whether what follows a line break is a blank line.
fn ends_paragraph(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).is_none_or(|&byte| byte == b'\n')
}

/// Returns whether what stands between two delimiters is a formula.
fn accepts(opening: Opening, tex: &str, after: Option<char>) -> bool {
    if tex.trim().is_empty() || tex.contains('`') {
        return false;
    }
    if opening != Opening::Dollar {
        return true;
    }
    // A single dollar sign is money, a variable of a shell or a template more often than mathematics.
    let closes = !tex.ends_with(char::is_whitespace) && !after.is_some_and(char::is_alphanumeric);
    closes
        && tex.matches('\n').count() <= 2
        && (is_tex(tex) || (may_be_formula(tex) && !after.is_some_and(is_shell)))
}

/// Returns whether a character can follow the dollar sign of a shell's expansion.
fn is_shell(c: char) -> bool {
    matches!(c, '(' | '{' | '"' | '\'' | '/' | '@' | '?' | '*')
}

/// Returns whether something in it is TeX beyond doubt: a command, a power, an index.
fn is_tex(tex: &str) -> bool {
    let command = |(at, _): (usize, &str)| {
        tex[at + 1..]
            .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '{' | '|' | ',' | ';' | '!'))
    };
    // `x_1`, but not `MY_NAME/`.
    let index = |(at, _): (usize, &str)| {
        let mut before = tex[..at].trim_end_matches('\\').chars().rev();
        !(before.next().is_some_and(char::is_alphanumeric)
            && before.next().is_some_and(char::is_alphanumeric))
    };
    tex.contains('^')
        || tex.match_indices('\\').any(command)
        || (tex.contains('_') && tex.match_indices('_').all(index) && !tex.contains('"'))
}

/// Returns whether a reader would take it for a formula: `x`, `2n`, `x + y = 1`, but not `HOME/bin:` or `5
/// (about five)`.
fn may_be_formula(tex: &str) -> bool {
    if tex.contains(['=', '<', '>', '+', '*', '/', '-', '|', '(', ',']) {
        let words = |length: usize| {
            let word = move |word: &&str| word.len() >= length && word.chars().all(char::is_alphabetic);
            tex.split(|c: char| !c.is_alphanumeric()).filter(word).count()
        };
        let paired = tex.matches('(').count() == tex.matches(')').count();
        return paired && words(4) == 0 && words(3) < 2 && !tex.contains(['"', '_', '\\', '`', '@']);
    }
    !tex.contains(char::is_whitespace) && tex.chars().count() <= 4 && tex.chars().all(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use crate::message::markdown;

    fn formulas(text: &str) -> Vec<&str> {
        let formulas = super::formulas(text, &markdown::non_prose(text));
        formulas.into_iter().map(|formula| &text[formula.tex]).collect()
    }

    #[test]
    fn every_delimiter_is_known() {
        assert_eq!(formulas(r"a \(x^2\) b \[y\] c $z_1$ d $$w$$"), ["x^2", "y", "z_1", "w"]);
        assert_eq!(formulas("\\[\na\n\n- b\n\\]"), ["\na\n\n- b\n"]);
    }

    #[test]
    fn a_dollar_sign_in_prose_is_a_dollar_sign() {
        for prose in [
            "It costs $5 and then $10.",
            "between $5-$10 a month",
            "US$5/US$6",
            "$HOME/bin and $PATH",
            "echo $HOME/$USER",
            "from $20k to $30k",
            "he has $5 (not $6).",
            r"\$5 and \$6",
            "$5 million in $",
            "the price ($100) or ($200)",
            "$ENV_NAME/$",
            r"$ENV\_NAME/$",
            "DIR=\"$(cd \"$(dirname x)\"",
            "$(id -u):$(id -g)",
            "A $ sign and another $ sign",
        ] {
            assert!(formulas(prose).is_empty(), "{prose}: {:?}", formulas(prose));
        }
    }

    #[test]
    fn code_and_addresses_hold_no_mathematics() {
        assert!(formulas("`$x$` and `\\(`a`\\)`").is_empty());
        assert!(formulas("```\n\\(x\\)\n$$y$$\n```").is_empty());
        assert!(formulas("[a](https://e.org/?$x_1$)").is_empty());
    }

    #[test]
    fn a_formula_ends_with_its_paragraph() {
        assert!(formulas("a $x_1\n\nb$ c").is_empty());
        assert!(formulas("a \\(x\n \nb\\) c").is_empty());
        assert_eq!(formulas("$a_1\n= b$"), ["a_1\n= b"]);
    }

    #[test]
    fn brackets_around_paragraphs_of_prose_are_no_formula() {
        assert_eq!(formulas("\\[\na\n\n= b\n\\]"), ["\na\n\n= b\n"]);
        assert!(formulas("\\[Note: this is so.\n\nAnd so on.\\]").is_empty());
        assert!(formulas("so \\[\na\n\nb\n\\] there").is_empty());
    }

    #[test]
    fn a_row_break_is_no_delimiter() {
        assert_eq!(formulas(r"\[a \\[2pt] b\]"), [r"a \\[2pt] b"]);
        assert!(formulas(r"\\(not math\\)").is_empty());
    }

    #[test]
    fn unclosed_delimiters_are_searched_once() {
        let many = "\\[ x ".repeat(20_000);
        assert!(formulas(&many).len() <= 1);
    }
}
