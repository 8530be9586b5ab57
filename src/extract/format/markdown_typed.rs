//! Makes a text that was typed read in Markdown as it was typed, changing as little as possible.
//!
//! - A line break is one: two blanks stand before it.
//! - What Markdown would take for its own (emphasis, a heading, a list, a link, HTML) gets backslashes, in the paragraphs
//!   that would not read as they were typed without them; in all others nothing does.
//! - What is indented is a block of code, since a renderer shows indentation nowhere else. Paragraphs that are indented as
//!   a whole by less than code is get blanks that are not broken at.
//! - Code that the person fenced or put between backticks stays code, and formulas stay formulas.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{markdown::fenced, parse_bounds};
use crate::message::{
    formula,
    markdown::dialect,
    prompt::{self, Piece},
};

/// The blanks that Markdown knows, besides line breaks.
const BLANKS: [char; 2] = [' ', '\t'];

/// Returns how many blanks a line begins with.
fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Returns a line without the blanks at its end.
fn without_end(line: &str) -> &str {
    let blanks = line.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &line[..line.len() - blanks]
}

/// Returns Markdown that reads as the text.
pub(super) fn as_typed(text: &str) -> Cow<'_, str> {
    // What is on one line and has no signs is most prompts. What is not read as Markdown is written as code.
    let is_plain = |text: &str| {
        memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none()
            && !is_suspicious(text)
            && !text.starts_with(BLANKS)
            && memchr::memchr2(0xb, 0xc, text.as_bytes()).is_none()
    };
    if is_plain(text.trim_end()) || !parse_bounds::may_parse(text) {
        return Cow::Borrowed(text);
    }
    let _guard = parse_bounds::lock_if_large(text);
    let text: Cow<'_, str> = if memchr::memchr3(b'\r', 0xb, 0xc, text.as_bytes()).is_some() {
        text.replace("\r\n", "\n").replace('\r', "\n").replace(['\u{b}', '\u{c}'], " ").into()
    } else {
        text.into()
    };
    let mut writer = TypedWriter::new(&text);
    // What stands between two texts is code, with its fences. A fence with nothing behind it is a text of its own there,
    // and a line of the paragraph before it here.
    let mut texts: Vec<Range<usize>> = Vec::new();
    for piece in prompt::pieces(&text) {
        match (piece, texts.last_mut()) {
            (Piece::Text(range), Some(last)) if last.end == range.start => last.end = range.end,
            (Piece::Text(range), _) => texts.push(range),
            (Piece::Code(..), _) => {}
        }
    }
    let mut from = 0;
    for range in texts {
        writer.code(&text[from..range.start]);
        from = range.end;
        writer.text(range);
    }
    writer.code(&text[from..]);
    Cow::Owned(writer.out)
}

/// Returns whether there is a sign in a text that may mean something in Markdown.
fn is_suspicious(text: &str) -> bool {
    let sign = |byte: u8| matches!(byte, b'\\' | b'`' | b'*' | b'_' | b'[' | b'<' | b'&' | b'~' | b'|');
    // Of all bytes, since that takes no time.
    text.bytes().fold(false, |found, byte| found | sign(byte))
        || text.split('\n').any(|line| marker(line).is_some() || line.starts_with(['=', ':']))
}

/// Returns where the sign stands that makes this line, not indented, more than a line of a paragraph.
fn marker(line: &str) -> Option<usize> {
    let ends = |at: usize| line[at..].chars().next().is_none_or(|next| BLANKS.contains(&next));
    match *line.as_bytes().first()? {
        b'#' | b'>' | b'=' | b'-' | b'+' | b':' => Some(0),
        b'0'..=b'9' => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            (line[digits..].starts_with(['.', ')']) && ends(digits + 1)).then_some(digits)
        }
        _ => None,
    }
}

/// Returns whether a line, wherever it stands in a paragraph, is more than a line of it for certain.
fn is_certain(line: &str) -> bool {
    line.starts_with(['>']) || line.starts_with("- ") || line.starts_with("+ ") || line.starts_with("* ")
}

/// Writes the pieces of a text.
struct TypedWriter<'t> {
    text: &'t str,
    /// The text with its formulas as letters: nothing in them is Markdown.
    masked: Cow<'t, str>,
    /// The stretches that stay as they are: code between backticks, formulas.
    kept: Vec<Range<usize>>,
    out: String,
    /// The paragraphs at the end that are to be one block of code: their bytes.
    indented: Option<Range<usize>>,
}

impl<'t> TypedWriter<'t> {
    fn new(text: &'t str) -> Self {
        let has_formulas = formula::may_be_in(text);
        let code = if has_formulas || text.contains('`') { prompt::non_prose(text) } else { Vec::new() };
        // What goes over several lines would be one in a span of code.
        let on_a_line = |range: &Range<usize>| !text[range.clone()].contains('\n');
        let mut kept: Vec<Range<usize>> =
            code.iter().map(|code| code.range.clone()).filter(on_a_line).collect();
        let formulas = if has_formulas { formula::formulas(text, &code) } else { Vec::new() };
        let mut masked = Cow::Borrowed(text);
        if !formulas.is_empty() {
            let mut bytes = text.as_bytes().to_vec();
            for formula in formulas {
                let letters = bytes[formula.range.clone()].iter_mut().filter(|byte| **byte != b'\n');
                letters.for_each(|byte| *byte = b'x');
                kept.push(formula.range);
            }
            // Of whole characters letters were made.
            masked = String::from_utf8(bytes).map_or(masked, Cow::Owned);
        }
        kept.sort_unstable_by_key(|range| range.start);
        Self { text, masked, kept, out: String::with_capacity(text.len() + text.len() / 8), indented: None }
    }

    /// Writes code with its fences, as it stands.
    fn code(&mut self, code: &str) {
        if !code.is_empty() {
            self.end_indented();
            self.out.push_str(code);
        }
    }

    /// Writes text, paragraph by paragraph.
    fn text(&mut self, range: Range<usize>) {
        let mut paragraph: Option<Range<usize>> = None;
        let mut at = range.start;
        for line in self.text[range].split_inclusive('\n') {
            let next = at + line.len();
            if line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n')) {
                if let Some(paragraph) = paragraph.take() {
                    self.paragraph(paragraph);
                }
                if self.indented.is_none() {
                    self.out.push('\n');
                }
            } else {
                paragraph = Some(paragraph.map_or(at, |begun| begun.start)..next);
            }
            at = next;
        }
        if let Some(paragraph) = paragraph {
            self.paragraph(paragraph);
        }
        self.end_indented();
    }

    /// Writes a paragraph, which ends with its line break, if it has one.
    fn paragraph(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let is_kept = self.kept_in(&range).any(|kept| self.text[kept.clone()].contains('\n'));
        let depths = || text.lines().map(indentation);
        let first = depths().next().unwrap_or(0);
        let is_level = first < 4 && depths().all(|depth| depth == first) && !text.contains('\t');
        if !is_level && !is_kept {
            let begun = self.indented.take().map_or(range.start, |begun| begun.start);
            self.indented = Some(begun..range.end);
            return;
        }
        self.end_indented();
        let plain = |signs: bool| self.edits(&range, signs);
        let (mut edits, mut reads) = (plain(false), !is_suspicious(&self.masked[range.clone()]));
        if !reads {
            let typed = self.lines(&range);
            // What is a list or a quotation for certain need not be tried as it is.
            let tries = if text.lines().any(is_certain) { &[true][..] } else { &[false, true] };
            for &signs in tries {
                edits = plain(signs);
                let markdown = edited(&self.masked, &range, &edits);
                reads = reads_as(markdown.trim_end_matches('\n'), &typed);
                if reads {
                    break;
                }
            }
        }
        if reads || is_kept {
            self.out.push_str(&edited(self.text, &range, &edits));
        } else {
            self.fenced(&range);
        }
    }

    /// Writes the paragraphs that are to be one block of code.
    fn end_indented(&mut self) {
        if let Some(range) = self.indented.take() {
            let written = self.text[range.clone()].trim_end_matches(['\n', ' ', '\t']).len();
            self.fenced(&(range.start..range.start + written));
            // The blank lines behind them.
            let rest = &self.text[range.start + written..];
            let breaks = rest.len() - rest.trim_start_matches(['\n', ' ', '\t']).len();
            self.out.extend(rest[..breaks].matches('\n').skip(1));
        }
    }

    fn fenced(&mut self, range: &Range<usize>) {
        fenced("", self.text[range.clone()].trim_end_matches('\n'), &mut self.out);
        self.out.push('\n');
    }

    fn kept_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let first = self.kept.partition_point(|kept| kept.end <= range.start);
        let end = range.end;
        self.kept[first..].iter().take_while(move |kept| kept.start < end)
    }

    /// Returns the lines of a paragraph as they are to be read.
    fn lines(&self, range: &Range<usize>) -> Vec<String> {
        let line = |line: &str| line.trim_matches(BLANKS).to_owned();
        self.masked[range.clone()].lines().map(line).collect()
    }

    /// Returns what is to be put in the place of what in a paragraph so that its lines stay lines, and, where asked, its
    /// signs signs.
    fn edits(&self, range: &Range<usize>, signs: bool) -> Vec<(Range<usize>, &'static str)> {
        let mut edits = Vec::new();
        let mut kept = self.kept_in(range).peekable();
        let is_table = signs
            && self.masked[range.clone()]
                .lines()
                .any(|line| line.bytes().all(|byte| b"|-: ".contains(&byte)));
        let mut at = range.start;
        for line in self.text[range.clone()].split_inclusive('\n') {
            let next = at + line.len();
            let words = without_end(line.strip_suffix('\n').unwrap_or(line));
            let start = at + indentation(words);
            let end = at + words.len();
            edits.extend((at..start).map(|at| (at..at + 1, "&nbsp;")));
            if signs {
                if let Some(sign) = marker(&self.text[start..end]).filter(|_| at == start) {
                    edits.push((start + sign..start + sign, "\\"));
                }
                for (step, sign) in self.text[start..end].char_indices() {
                    let place = start + step;
                    while kept.next_if(|kept| kept.end <= place).is_some() {}
                    let is_kept = kept.peek().is_some_and(|kept| kept.start <= place);
                    if !is_kept && is_sign(sign, &self.text[start..end], step, is_table) {
                        edits.push((place..place, "\\"));
                    }
                }
            }
            while kept.next_if(|kept| kept.end <= end).is_some() {}
            let goes_on = kept.peek().is_some_and(|kept| kept.start <= end);
            let has_next = next < range.end;
            if !goes_on && end < next {
                edits.push((end..next, if has_next { "  \n" } else { "\n" }));
            }
            at = next;
        }
        // A sign may stand where a line is marked already.
        edits.dedup_by(|later, edit| later == edit);
        edits
    }
}

/// Returns whether a character of a line may mean something in Markdown.
fn is_sign(sign: char, line: &str, at: usize, is_table: bool) -> bool {
    let before = line[..at].chars().next_back();
    let after = line[at + sign.len_utf8()..].chars().next();
    let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    match sign {
        '`' | '*' | '[' | '~' => true,
        '\\' => after.is_none_or(|after| after.is_ascii_punctuation()),
        '_' => !(is_word(before) && is_word(after)),
        '<' => after.is_some_and(|after| after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?')),
        '&' => after.is_some_and(|after| after.is_ascii_alphabetic() || after == '#'),
        '|' => is_table,
        _ => false,
    }
}

/// Returns a stretch of a text with edits in it, which are in order.
fn edited(text: &str, range: &Range<usize>, edits: &[(Range<usize>, &str)]) -> String {
    let mut out = String::with_capacity(range.len() + edits.len() * 2);
    let mut from = range.start;
    for (place, new) in edits {
        out.push_str(&text[from..place.start]);
        out.push_str(new);
        from = place.end;
    }
    out.push_str(&text[from..range.end]);
    out
}

/// Returns whether Markdown is one paragraph that reads as these lines.
fn reads_as(markdown: &str, lines: &[String]) -> bool {
    let mut read = String::with_capacity(markdown.len());
    for (number, (event, range)) in Parser::new_ext(markdown, dialect()).into_offset_iter().enumerate() {
        match event {
            Event::Start(Tag::Paragraph) if number == 0 => {}
            Event::End(TagEnd::Paragraph) => {}
            Event::Text(text) => read.push_str(&text),
            Event::Code(_) if !markdown[range.clone()].contains('\n') => read.push_str(&markdown[range]),
            Event::HardBreak => read.push('\n'),
            _ => return false,
        }
    }
    let mut read = read.split('\n');
    // What is indented was given blanks of that kind.
    let words = |line: &str| line.trim_start_matches('\u{a0}').to_owned();
    lines.iter().all(|line| read.next().is_some_and(|read| words(read) == words(line)))
        && read.next().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::format::markdown_embed::typed_below_heading;

    /// The lines of a file as they are read, blank ones left out, blanks at their ends too.
    fn read(markdown: &str) -> Vec<String> {
        let mut text = String::new();
        let mut in_code = false;
        for (event, range) in Parser::new_ext(markdown, dialect()).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Text(words) => text.push_str(&words),
                Event::Code(_) => text.push_str(&markdown[range]),
                Event::SoftBreak | Event::HardBreak => text.push('\n'),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => text.push('\n'),
                other => text.push_str(&format!("<{other:?}>")),
            }
            if !in_code && !text.ends_with('\n') && matches!(text.chars().last(), Some('\0')) {
                text.push('\n');
            }
        }
        lines(&text.replace('\u{a0}', " "))
    }

    fn lines(text: &str) -> Vec<String> {
        text.split('\n').map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// The lines that were typed, without those of fences.
    fn typed(text: &str) -> Vec<String> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\u{b}', " ");
        let piece = |piece| match piece {
            Piece::Text(range) | Piece::Code(_, range) => lines(&text[range]),
        };
        let lines = prompt::pieces(&text).into_iter().flat_map(piece);
        // Before a fence such a blank makes it none, and elsewhere it is read as one.
        lines.map(|line| line.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn what_reads_as_it_was_typed_stays_as_it_is() {
        for text in [
            "Why is it so?",
            "What does `ls -l *.rs` do, and 2 * 3 = 6?",
            "snake_case and a & b, 3 < 4, C#, it's -1",
            "one\n\ntwo\n",
            "fix\n```c\nx;\n```\nplease",
            "see https://a.example/x_y?z=1 (now)",
        ] {
            assert_eq!(as_typed(text), text);
        }
    }

    #[test]
    fn lines_stay_lines_and_signs_stay_signs() {
        for (text, markdown) in [
            ("one\ntwo\n\nthree", "one  \ntwo\n\nthree"),
            ("int *p; // __init__", "int \\*p; // \\_\\_init\\_\\_"),
            ("# not a title", "\\# not a title"),
            ("1. one\n2) two", "1\\. one  \n2\\) two"),
            ("- a\n- b", "\\- a  \n\\- b"),
            ("> quoted\n>> twice", "\\> quoted  \n\\>> twice"),
            ("&nbsp; <b>\\*", "\\&nbsp; \\<b>\\\\\\*"),
            ("a\n===", "a  \n\\==="),
            ("[a](b) and ![c]", "\\[a](b) and !\\[c]"),
            ("a|b\n-|-", "a\\|b  \n\\-\\|-"),
            (
                "def f(x):\n    return x\n\n    # so\nthen",
                "```\ndef f(x):\n    return x\n\n    # so\nthen\n```\n",
            ),
            (" ok", "&nbsp;ok"),
            ("a*\n\u{a0}\n*b*", "a\\*  \n\u{a0}  \n\\*b\\*"),
            ("`a\nb`", "\\`a  \nb\\`"),
            ("so \\(a * b * c\\)\n*so*", "so \\(a * b * c\\)  \n\\*so\\*"),
        ] {
            assert_eq!(as_typed(text), markdown, "{text}");
        }
    }

    #[test]
    fn a_blank_that_is_no_indentation_before_a_fence_stays_a_blank() {
        for said in ["\u{a0}~~~~\n*", "\u{a0}```\n*", "a\n\u{a0}~~~~\n*"] {
            let markdown = as_typed(said);
            let fitted = typed_below_heading(&markdown).expect("it is fitted");
            assert_eq!(read(&fitted), typed(said), "{said:?}\n{fitted}");
        }
    }

    #[test]
    fn a_fence_and_a_table_within_what_is_indented_stay_as_they_are() {
        for said in ["\t~~~~|-|\n|-|", "    ```|-|\n|-|", "a\n\t~~~|-|\n\t|-|"] {
            let markdown = as_typed(said);
            let fitted = typed_below_heading(&markdown).expect("it is fitted");
            assert_eq!(read(&fitted), typed(said), "{said:?}\n{fitted}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn a_prompt_is_read_as_it_was_typed(pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "word", " ", "  ", "\t", "\n", "\n", "\n\n", "*", "**", "_", "__init__", "#", "# ", "##", ">", "> ", "<b>",
            "<", "&nbsp;", "&", "&#65;", "1. ", "12) ", "- ", "+ ", "---", "===", "`", "`x`", "\n```\n", "|", "|-|\n", "~~", "~",
            "[a](b)", "[a]: b", "![", "]", "\\", "\\*", "!", "é", "https://a.example/x ", ":", "\r\n", "\r", "<!-- ", "</div>",
            "[^1]", "[ ] ", "www.a.example", "\u{a0}", "    ", "==", "x_y", "^", "\u{b}",
        ]), 0..24)) {
            let text = pieces.concat();
            // Formulas are drawn.
            prop_assume!(!formula::may_be_in(&text));
            let said = crate::extract::format::from_first_line(&text).trim_end();
            let markdown = as_typed(said);
            let fitted = typed_below_heading(&markdown);
            if let Some(fitted) = fitted {
                prop_assert_eq!(read(&fitted), typed(said), "{:?}\n{}", said, fitted);
            }
        }
    }
}
