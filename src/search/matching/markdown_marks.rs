//! The marks of Markdown that stand between the letters of a word or at its edges: emphasis and code
//! (`un**believ**able`, `it **works** here`), and escapes (`get\_value`). Who reads the text sees none of them, and types
//! none.
//!
//! A mark that was typed is meant: it is compared like any other character. Only where another was typed is it passed.

/// The longest run of marks within a word, in bytes: bold italics around code.
pub(super) const MAX_RUN: usize = 4;

/// Returns whether a byte is a mark of emphasis or code. (`_` within a word is none.)
pub(in crate::search) fn is_mark(byte: u8) -> bool {
    matches!(byte, b'*' | b'`' | b'~')
}

/// Returns the end of the run of marks that begins at byte `at`. `None`: there is none, or a longer one.
pub(in crate::search) fn run_end(text: &[u8], at: usize) -> Option<usize> {
    let marks = text.get(at..)?.iter().take(MAX_RUN + 1).take_while(|&&byte| is_mark(byte)).count();
    (1..=MAX_RUN).contains(&marks).then_some(at + marks)
}

/// Returns the beginning of the run of marks that ends with these bytes. `None`: there is none, or a longer one.
pub(super) fn run_start(bytes: &[u8]) -> Option<usize> {
    let marks = bytes.iter().rev().take(MAX_RUN + 1).take_while(|&&byte| is_mark(byte)).count();
    (1..=MAX_RUN).contains(&marks).then(|| bytes.len() - marks)
}

/// Returns whether marks between two characters of a phrase stand at the edge of a word, where its blank is on the other
/// side.
pub(super) fn is_edge(left: char, right: char) -> bool {
    let is_word = |c: char| c != ' ' && !u8::try_from(c).is_ok_and(is_mark);
    (left == ' ' && is_word(right)) || (is_word(left) && right == ' ')
}

/// Returns whether marks between two characters, folded, cut a word: two digits they multiply.
pub(in crate::search) fn cut_word(left: char, right: char) -> bool {
    left.is_alphanumeric() && right.is_alphanumeric() && !(left.is_numeric() && right.is_numeric())
}

/// Returns where the text goes on behind the marks at byte `at`, where `left` was found before it and `right` is
/// wanted. `None`: no marks stand there that may be passed.
pub(super) fn pass(text: &str, at: usize, left: char, right: char) -> Option<usize> {
    if cut_word(left, right) || is_edge(left, right) {
        return run_end(text.as_bytes(), at);
    }
    let is_escape = !left.is_whitespace()
        && right.is_ascii_punctuation()
        && matches!(text.as_bytes().get(at..), Some(&[b'\\', next, ..]) if char::from(next) == right);
    is_escape.then_some(at + 1)
}
