//! The escapes and marks that a text is read without: what begins one, how far it goes, and what it stands for.

use super::{
    controls,
    marks::{citation, emphasis, link, tag},
};
use crate::{
    message::is_unseen,
    utf16_escape::{self, hex},
};

/// The outcome of looking at a place that may be an escape.
pub(super) enum Step {
    /// So many bytes stand for themselves.
    Keep(usize),
    /// So many bytes stand for a character, or for nothing.
    Replace(usize, Option<char>),
    /// So many bytes are not shown, and may say something themselves: an address, a comment.
    Drop(usize),
}

/// The bytes with which an escape may begin.
pub(super) static MAY_BEGIN: [bool; 256] = {
    let mut table = [false; 256];
    // The last ones begin the blanks, dashes, quotes, wide letters and marks of [`shown`].
    let bytes = b"\\&%*~`_<|\n[]!\x7f\xc2\xcc\xcd\xd8\xe1\xe2\xe3\xee\xef\xf0\xf3";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    let mut control = 0;
    while control < b' ' {
        // Lines, and pages of them, have blanks between their words.
        table[control as usize] |= !matches!(control, b'\t' | b'\r' | b'\x0c');
        control += 1;
    }
    table
};

/// Returns whether what is an escape at a place cannot mean itself.
pub(super) fn spells(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\\' => {
            let run = bytes[at..].iter().take_while(|&&byte| byte == b'\\').count();
            matches!(bytes.get(at + run), Some(b'u' | b'x'))
        }
        b'&' | b'%' => true,
        byte => !byte.is_ascii() || is_control(byte),
    }
}

/// Looks at a place that may be an escape.
pub(super) fn look(raw: &str, at: usize, joins_lines: bool) -> Step {
    let bytes = raw.as_bytes();
    match bytes[at] {
        b'\\' => backslash(&bytes[at..]),
        b'&' => reference(&bytes[at..]),
        b'%' => percent(&bytes[at..]),
        b'<' => tag(&raw[at..]),
        b'\n' if joins_lines => wrapped(bytes, at),
        b'|' if joins_lines => cell(bytes, at),
        b'\n' | b'|' => Step::Keep(1),
        b'[' | b']' | b'!' => link(bytes, at),
        control if is_control(control) => controls::ascii(bytes, at),
        mark if mark.is_ascii() => emphasis(bytes, at),
        _ => {
            let char = raw[at..].chars().next().unwrap_or_default();
            let length = char.len_utf8();
            if matches!(char, '\u{80}'..='\u{9f}') {
                return controls::high(bytes, at);
            }
            if let Some(length) = citation(raw, at, char) {
                return Step::Drop(length);
            }
            match shown(char) {
                Some(same) if same == char => Step::Keep(length),
                changed => Step::Replace(length, changed),
            }
        }
    }
}

/// Returns whether a byte acts on a terminal and shows nothing.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// Decides what a character written by its number says. Control characters would only hide what is around them.
fn by_number(number: u32, length: usize) -> Step {
    match char::from_u32(number) {
        Some('\n' | '\r' | '\t') => Step::Replace(length, char::from_u32(number)),
        Some(char) if char.is_control() => Step::Replace(length, None),
        Some(char) => Step::Replace(length, shown(char)),
        None => Step::Keep(length),
    }
}

/// Looks at a run of backslashes and what it escapes: there are more of them where a text was escaped several times.
fn backslash(raw: &[u8]) -> Step {
    let run = raw.iter().take_while(|&&byte| byte == b'\\').count();
    match raw.get(run) {
        Some(b'n') => Step::Replace(run + 1, Some('\n')),
        Some(b'r') => Step::Replace(run + 1, Some('\r')),
        Some(b't') => Step::Replace(run + 1, Some('\t')),
        Some(b'x') => hex(raw.get(run + 1..run + 3)).map_or(Step::Keep(run), |code| by_number(code, run + 3)),
        Some(b'u') => unicode(raw, run),
        // A line that goes on in the next one.
        Some(b'\n' | b'\r') => {
            let blanks = raw[run..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            Step::Replace(run + blanks, None)
        }
        Some(&byte) if byte.is_ascii_punctuation() => Step::Replace(run + 1, Some(char::from(byte))),
        _ => Step::Keep(run),
    }
}

/// The backslashes before the second of a pair, where a text was escaped several times.
const MAX_BACKSLASHES: usize = 8;

/// Looks at `\u0073`, a pair of those, or `\u{73}`.
fn unicode(raw: &[u8], run: usize) -> Step {
    let begin = run + 1;
    if raw.get(begin) == Some(&b'{') {
        let digits = raw[begin + 1..].iter().take(7).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let end = begin + 1 + digits;
        let number = hex(raw.get(begin + 1..end)).filter(|_| digits > 0 && raw.get(end) == Some(&b'}'));
        return number.map_or(Step::Keep(run), |number| by_number(number, end + 1));
    }
    utf16_escape::code(&raw[begin..], MAX_BACKSLASHES)
        .map_or(Step::Keep(run), |(number, length)| by_number(number, begin + length))
}

/// Looks at `&#95;`, `&#x5f;`, `&lowbar;`, and `&amp;#95;` where a text was escaped several times.
fn reference(raw: &[u8]) -> Step {
    let mut begin = 1;
    while raw[begin..].starts_with(b"amp;") {
        begin += 4;
    }
    let none = if begin > 1 { Step::Replace(begin, Some('&')) } else { Step::Keep(1) };
    let body = &raw[begin..];
    let named = body.iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if let Some(digits) = body.strip_prefix(b"#") {
        let (digits, radix) = match digits {
            [b'x' | b'X', rest @ ..] => (rest, 16),
            _ => (digits, 10),
        };
        let count = digits.iter().take(8).take_while(|&&byte| char::from(byte).is_digit(radix)).count();
        let number =
            std::str::from_utf8(&digits[..count]).ok().and_then(|text| u32::from_str_radix(text, radix).ok());
        let Some(number) = number else { return none };
        let prefix = if radix == 16 { 2 } else { 1 };
        let closed = usize::from(digits.get(count) == Some(&b';'));
        return by_number(number, begin + prefix + count + closed);
    }
    if named == 0 || body.get(named) != Some(&b';') {
        return none;
    }
    match REFERENCES.iter().find(|(name, _)| name.as_bytes() == &body[..named]) {
        Some((_, char)) => Step::Replace(begin + named + 1, shown(*char)),
        None => none,
    }
}

/// References by name to what a secret may consist of, or be cut by.
const REFERENCES: [(&str, char); 48] = [
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("commat", '@'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("sol", '/'),
    ("bsol", '\\'),
    ("plus", '+'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("minus", '-'),
    ("ndash", '-'),
    ("mdash", '-'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("ast", '*'),
    ("midast", '*'),
    ("excl", '!'),
    ("quest", '?'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("verbar", '|'),
    ("vert", '|'),
    ("Hat", '^'),
    ("NewLine", '\n'),
    ("Tab", '\t'),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("NoBreak", '\u{2060}'),
    ("lrm", '\u{200e}'),
];

/// Looks at `%40`, and `%2540` where an address was escaped several times.
fn percent(raw: &[u8]) -> Step {
    let mut begin = 1;
    while raw[begin..].starts_with(b"25") && hex(raw.get(begin + 2..begin + 4)).is_some() {
        begin += 2;
    }
    match hex(raw.get(begin..begin + 2)) {
        Some(code @ 0x20..0x7f) => by_number(code, begin + 2),
        _ => Step::Keep(1),
    }
}

/// Looks at the line between two cells of a table, of which the first often names the second.
fn cell(bytes: &[u8], at: usize) -> Step {
    let is_blank = |byte: Option<&u8>| byte == Some(&b' ');
    let is_between = is_blank(at.checked_sub(1).and_then(|at| bytes.get(at))) && is_blank(bytes.get(at + 1));
    if is_between { Step::Replace(1, Some(':')) } else { Step::Keep(1) }
}

/// The letters that a line has at least, of which a wrapped token goes on in the next line.
const WRAPPED: usize = 40;

/// Returns whether a byte may stand in a token.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/.=".contains(&byte)
}

/// Returns whether the end of a line stands behind no token that is long enough to be [wrapped]. Looks at a few of the
/// bytes that would be its: a word ends at one of them in nearly every line.
#[inline]
pub(super) fn is_too_short_to_be_wrapped(bytes: &[u8], end: usize) -> bool {
    // The last byte may be a carriage return.
    end < WRAPPED || (2..WRAPPED).step_by(4).any(|back| !is_token(bytes[end - back]))
}

/// Looks at the end of a line in which a long token was wrapped.
fn wrapped(bytes: &[u8], at: usize) -> Step {
    let before = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
    let run = before.iter().rev().take(512).take_while(|&&byte| is_token(byte)).count();
    if run < WRAPPED || before.ends_with(b"=") || before.ends_with(b".") {
        return Step::Keep(1);
    }
    let begun = &before[before.len() - run..];
    let indent = bytes[at + 1..].iter().take(8).take_while(|byte| b" \t>|".contains(byte)).count();
    let next = &bytes[at + 1 + indent..];
    let rest = next.iter().take(512).take_while(|&&byte| is_token(byte) && byte != b'=').count();
    let ends = next.get(rest).is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`,;)]}<=".contains(byte));
    // A list has another one in each line, and they begin alike.
    let is_list = next.get(..3) == begun.get(..3);
    if rest < 4 || !ends || is_list {
        return Step::Keep(1);
    }
    Step::Replace(1 + indent, None)
}

/// Returns the character as which another one is read, often itself; `None`: nobody sees it.
fn shown(char: char) -> Option<char> {
    Some(match char {
        unseen if is_unseen(unseen) => return None,
        '\u{e200}'..='\u{e206}' => return None,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' => return None,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{2018}'..='\u{201b}' => '\'',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2024}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{ff01}'..='\u{ff5e}' => ascii(char as u32 - 0xfee0),
        // Letters and digits for mathematics: bold, script, of one width ….
        '\u{1d400}'..='\u{1d6a3}' => match (char as u32 - 0x1d400) % 52 {
            upper @ 0..26 => ascii(u32::from(b'A') + upper),
            lower => ascii(u32::from(b'a') + lower - 26),
        },
        '\u{1d7ce}'..='\u{1d7ff}' => ascii(u32::from(b'0') + (char as u32 - 0x1d7ce) % 10),
        char => char,
    })
}

fn ascii(code: u32) -> char {
    char::from(code as u8)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::unescape::unescaped;

    fn said(raw: &str) -> String {
        unescaped(raw).into_owned()
    }

    #[test]
    fn what_an_eye_does_not_see_is_gone() {
        for (raw, expected) in [
            (r"ghp\_abc", "ghp_abc"),
            (r"ghp\\\_abc", "ghp_abc"),
            ("ghp&#95;abc", "ghp_abc"),
            ("ghp&#x5F;abc", "ghp_abc"),
            ("ghp&lowbar;abc", "ghp_abc"),
            ("ghp&amp;#95;abc", "ghp_abc"),
            ("a&amp;b", "a&b"),
            ("ghp%5Fabc", "ghp_abc"),
            ("robin%2540example.org", "robin@example.org"),
            (r"\u0073k-\u{31}\x32", "sk-12"),
            (r"\ud835\ude9d", "t"),
            ("gh**p_a**bc", "ghp_abc"),
            ("**Password**: x", "Password: x"),
            ("__password__: x", "password: x"),
            (r"k_\u0066", "k_f"),
            ("__a_1__, *_b.2_*", "a_1, b.2"),
            ("[a](b (c) \"d\")[e][f]![](g)h", "aeh"),
            ("a![b](c)d![e][f]g", "adg"),
            ("a[b]c[D][x]\n\n[b]: https://e.org", "abcD\n\n[b]: https://e.org"),
            ("demo_**0", "demo_0"),
            ("ab`cd`ef", "abcdef"),
            ("g\u{200b}h\u{ad}p\u{feff}_a\u{301}", "ghp_a"),
            ("g\u{1d173}hp\u{1bca0}_a", "ghp_a"),
            ("4111\u{a0}1111\u{2011}1111", "4111 1111-1111"),
            ("ｇｈｐ＿１", "ghp_1"),
            ("gh<b>p</b>_<!-- x -->a<wbr/>b", "ghp_ab"),
            ("abc\\\n  def", "abcdef"),
            ("“quoted”", "\"quoted\""),
            ("| password | x |", "| password : x |"),
            (r"a\nb", "a\nb"),
        ] {
            assert_eq!(said(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for raw in [
            "a * b",
            "a || b",
            "snake_case_name",
            "a ~ b",
            "x < y",
            "Vec<u8>",
            "100 % of it",
            "a & b",
            "`code`",
            r"C:\Users",
            "漢字",
            "été",
            "********",
            "a\nb",
            "",
            "\\",
            "&",
            "%4",
            r"\u12",
            "a[0] and [x]",
            "not! so",
            "k_a b_c",
            "_",
            "a __ b",
            "【重要】",
            "a\u{c}b",
            "&#;",
            "&#x;",
            "&unknown;",
            "<!-- open",
        ] {
            assert!(matches!(unescaped(raw), Cow::Borrowed(_)), "{raw:?}: {:?}", said(raw));
        }
    }

    #[test]
    fn a_token_that_was_wrapped_is_whole_and_a_list_of_them_is_a_list() {
        let (first, second) = ("sk-FAKEdemo0NotReal1Sham2Mock3FAKEdemo0NotReal1", "Sham2Mock3");
        assert_eq!(said(&format!("{first}\n  {second}\n")), format!("{first}{second}\n"));
        assert_eq!(said(&format!("> {first}\n> {second}")), format!("> {first}{second}"));
        for list in
            [format!("{first}\n{first}\n"), format!("{first}\nand = so"), format!("{first}.\nSo it is")]
        {
            assert_eq!(said(&list), list);
        }
    }
}
