//! Cuts a very long message into chunks, so that reading one costs what is looked at.
//!
//! A message is cut at a blank line between two blocks at the left edge. Within a long block of code or a
//! long table it is cut between lines, and the chunks after the first remember what they are in. Where no
//! such place comes in time it is cut at a line break, at a blank or between two characters. Whoever cannot wait
//! says how many lines may be looked at: what comes after them is cut in steps, and read as it was written.

use std::ops::Range;

use super::markdown;

/// A message up to this many bytes is laid out whole.
pub const MAX_UNSPLIT_LENGTH: usize = 48 << 10;
/// The least length of a chunk, in bytes.
const MIN_CHUNK_LENGTH: usize = 16 << 10;
/// The length of a chunk, in bytes, at which it is cut wherever it may be.
const MAX_CHUNK_LENGTH: usize = 32 << 10;

/// A chunk of a very long message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its number, from 0.
    pub index: usize,
    /// The number of chunks in the message.
    pub count: usize,
    /// Its bytes of the message's text. A line that only closes a block of code may be in no chunk.
    pub range: Range<usize>,
    /// True when it begins within a block of code.
    pub starts_in_code: bool,
    /// The delimiter row of the table that the chunk begins within.
    pub starts_in_table: Option<Range<usize>>,
    /// True when it was cut in steps: nobody knows what it begins in, and it is read as it was written.
    pub is_unparsed: bool,
    /// True when a blank line stands between it and the next chunk.
    pub spaced: bool,
}

/// The kind of a text, which decides where it may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitMode {
    /// As Markdown: cut between blocks.
    Markdown,
    /// As it was typed, fenced code apart: cut between lines.
    Plain,
    /// All of it is code.
    Code,
}

/// Cuts a text; returns nothing when it is short enough to stay whole.
pub fn split(text: &str, mode: SplitMode) -> Vec<Chunk> {
    let mut all = usize::MAX;
    split_within(text, mode, &mut all)
}

/// Cuts a text as [`split`] does, and looks at no more than so many of its lines, which are taken off; the rest is
/// cut in steps.
pub fn split_within(text: &str, mode: SplitMode, lines: &mut usize) -> Vec<Chunk> {
    if text.len() <= MAX_UNSPLIT_LENGTH {
        return Vec::new();
    }
    let mut splitter = Splitter {
        text,
        mode,
        start: 0,
        code: false,
        fence: None,
        table: None,
        chunk_table: None,
        piped: false,
        is_unparsed: false,
        chunks: Vec::new(),
    };
    let mut at = 0;
    while at < text.len() {
        let Some(left) = lines.checked_sub(1) else {
            splitter.cut_in_steps(at);
            break;
        };
        *lines = left;
        let end =
            memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |newline| at + newline + 1);
        splitter.line(at..end);
        at = end;
    }
    splitter.cut(text.len(), false);
    let mut chunks = splitter.chunks;
    let count = chunks.len();
    for (index, chunk) in chunks.iter_mut().enumerate() {
        (chunk.index, chunk.count) = (index, count);
    }
    chunks
}

struct Splitter<'a> {
    text: &'a str,
    mode: SplitMode,
    /// The first byte of the chunk; `code`: it begins within code.
    start: usize,
    code: bool,
    /// The fence of the block of code one is in.
    fence: Option<&'a str>,
    /// The delimiter row of the table one is in, and (`chunk_table`) of the one the chunk begins in.
    table: Option<Range<usize>>,
    chunk_table: Option<Range<usize>>,
    /// The line before has a bar in it.
    piped: bool,
    /// The chunk is cut in steps.
    is_unparsed: bool,
    chunks: Vec<Chunk>,
}

impl<'a> Splitter<'a> {
    fn line(&mut self, line: Range<usize>) {
        let text: &'a str = &self.text[line.clone()];
        self.cut_long_line(&line);
        let length = line.end - self.start;
        if self.mode == SplitMode::Code {
            if length >= MIN_CHUNK_LENGTH {
                self.cut(line.end, false);
                self.code = true;
            }
            return;
        }
        if let Some(fence) = self.fence {
            let closes = |(closing, rest): (&str, &str)| closing.starts_with(fence) && rest.trim().is_empty();
            if markdown::fence(text).is_some_and(closes) {
                self.fence = None;
                if self.code {
                    self.cut(line.start, true);
                    (self.start, self.code) = (line.end, false);
                } else if length >= MAX_CHUNK_LENGTH || (length >= MIN_CHUNK_LENGTH && self.is_edge(line.end))
                {
                    self.cut(line.end, true);
                }
            } else if length >= MIN_CHUNK_LENGTH {
                self.cut(line.end, false);
                self.code = true;
            }
            return;
        }
        if text.trim().is_empty() {
            self.table = None;
        } else if self.mode == SplitMode::Markdown && self.piped && is_delimiter_row(text) {
            self.table = Some(line.clone());
        }
        self.piped = text.contains('|');
        if let Some((fence, _)) = markdown::fence(text) {
            self.fence = Some(fence);
        } else if length >= MIN_CHUNK_LENGTH && text.trim().is_empty() && self.is_edge(line.end) {
            self.cut(line.end, true);
        } else if length >= MAX_CHUNK_LENGTH
            || (length >= MIN_CHUNK_LENGTH && (self.mode == SplitMode::Plain || self.table.is_some()))
        {
            // Between two rows of a table is as good a place as between two paragraphs.
            self.cut(line.end, false);
        }
    }

    /// Returns whether a block at the left edge begins here, rather than an item of a list or indented text.
    fn is_edge(&self, at: usize) -> bool {
        let next = self.text[at..].bytes().next();
        self.mode == SplitMode::Plain
            || next.is_some_and(|byte| {
                !matches!(byte, b' ' | b'\t' | b'-' | b'*' | b'+' | b'>' | b'0'..=b'9' | b'\n')
            })
    }

    /// Cuts a line that alone is longer than a chunk, at blanks or anywhere.
    fn cut_long_line(&mut self, line: &Range<usize>) {
        while line.end - self.start > MAX_CHUNK_LENGTH + MAX_CHUNK_LENGTH / 2
            && line.end - line.start > MAX_CHUNK_LENGTH
        {
            let mut at = (self.start + MAX_CHUNK_LENGTH).max(line.start + 1).min(line.end);
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            let back = self.text[..at].bytes().rev().take(200).position(|byte| byte == b' ').unwrap_or(0);
            let at = if at - back > self.start.max(line.start) { at - back } else { at };
            let in_code = self.code || self.fence.is_some() || self.mode == SplitMode::Code;
            self.cut(at, false);
            self.code = in_code;
        }
    }

    /// Cuts the rest from here on in steps, at line breaks where there are some.
    fn cut_in_steps(&mut self, from: usize) {
        self.table = None;
        self.cut(from, false);
        // Code goes on as code: nobody looks for its end.
        self.code = self.fence.is_some() || self.mode == SplitMode::Code;
        self.is_unparsed = self.mode != SplitMode::Code;
        while self.text.len() - self.start > MAX_CHUNK_LENGTH {
            let mut at = self.start + MAX_CHUNK_LENGTH;
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            let newline = memchr::memrchr(b'\n', &self.text.as_bytes()[self.start + MIN_CHUNK_LENGTH..at]);
            self.cut(newline.map_or(at, |newline| self.start + MIN_CHUNK_LENGTH + newline + 1), false);
        }
    }

    fn cut(&mut self, at: usize, spaced: bool) {
        if at > self.start {
            let (code, is_unparsed, table) = (self.code, self.is_unparsed, self.chunk_table.take());
            let range = self.start..at;
            self.chunks.push(Chunk {
                index: 0,
                count: 0,
                range,
                starts_in_code: code,
                starts_in_table: table,
                is_unparsed,
                spaced,
            });
        }
        self.start = at;
        self.chunk_table.clone_from(&self.table);
    }
}

/// Returns whether a line is the delimiter row under the head of a table: `|---|:-:|`.
fn is_delimiter_row(line: &str) -> bool {
    line.len() < 4_000
        && line.contains('-')
        && line.contains('|')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_table_stays_a_table() {
        let text = format!("Look:\n\na | b\n--|:-:\n{}\n\nand so", "one | two\n".repeat(20_000));
        let chunks = split(&text, SplitMode::Markdown);
        assert!(chunks.len() > 3 && chunks[0].starts_in_table.is_none());
        for chunk in &chunks[1..] {
            assert_eq!(chunk.starts_in_table.clone().map(|row| &text[row]), Some("--|:-:\n"));
        }
        let text = format!("a | b\n--|--\none | two\n\n{}", "A paragraph.\n\n".repeat(10_000));
        assert!(split(&text, SplitMode::Markdown).iter().all(|chunk| chunk.starts_in_table.is_none()));
    }

    #[test]
    fn a_short_text_is_whole() {
        assert!(split(&"a\n\n".repeat(1_000), SplitMode::Markdown).is_empty());
    }

    #[test]
    fn prose_is_cut_between_paragraphs() {
        let text = "Some words of a paragraph.\n- an item\n\n- another\n\n".repeat(10_000);
        let chunks = split(&text, SplitMode::Markdown);
        assert!(chunks.len() > 5);
        for chunk in &chunks {
            assert!(text[chunk.range.clone()].starts_with("Some words"));
            assert!(!chunk.starts_in_code && chunk.range.len() < MAX_CHUNK_LENGTH);
        }
        assert_eq!(chunks.last().unwrap().range.end, text.len());
        assert_eq!(chunks[3].index, 3);
    }

    #[test]
    fn long_code_stays_code() {
        let text = format!("Look:\n\n```rust\n{}```\nand *so*", "let a = 1;\n\n".repeat(20_000));
        let chunks = split(&text, SplitMode::Markdown);
        let last = chunks.len() - 1;
        assert!(
            !chunks[0].starts_in_code
                && chunks[1].starts_in_code
                && chunks[last - 1].starts_in_code
                && !chunks[last].starts_in_code
        );
        assert_eq!(&text[chunks[last].range.clone()], "and *so*");
        assert!(text[chunks[last - 1].range.clone()].ends_with("let a = 1;\n\n"));
    }

    #[test]
    fn one_endless_line_is_cut_too() {
        let text = "é".repeat(500_000);
        for mode in [SplitMode::Markdown, SplitMode::Plain, SplitMode::Code] {
            let chunks = split(&text, mode);
            assert!(chunks.len() > 5, "{mode:?}");
            assert!(chunks.iter().all(|chunk| chunk.range.len() <= 3 * MAX_CHUNK_LENGTH), "{mode:?}");
        }
    }

    #[test]
    fn whatever_a_message_consists_of_no_chunk_of_it_is_long() {
        let units = [
            "```\n",
            "~~~\n",
            "```\n\n",
            "```a\nb\n```\n",
            "   ```\n",
            "- ```\n",
            "*a_",
            "#\n",
            "<a",
            "[",
            "|",
            "|\n",
            "|-\n",
            "> ",
            "- ",
            "-\n",
            "- a\n",
            "1. a\n",
            "> a\n",
            "\n",
            " ",
            "\t\n",
            "a|b\n-|-\n",
            "\\",
            "é",
            "``` `\n",
            "    a\n",
            "\r",
        ];
        for unit in units {
            let text = unit.repeat(400_000 / unit.len());
            for mode in [SplitMode::Markdown, SplitMode::Plain, SplitMode::Code] {
                for lines in [usize::MAX, 1_000, 0] {
                    let chunks = split_within(&text, mode, &mut lines.clone());
                    let longest = chunks.iter().map(|chunk| chunk.range.len()).max();
                    assert!(
                        longest <= Some(MAX_UNSPLIT_LENGTH + MAX_CHUNK_LENGTH),
                        "{unit:?} {mode:?} {lines}: {longest:?}"
                    );
                    assert!(
                        chunks.len() <= text.len() / MIN_CHUNK_LENGTH + 2,
                        "{unit:?} {mode:?} {lines}: {}",
                        chunks.len()
                    );
                }
            }
        }
    }

    #[test]
    fn past_the_lines_that_are_looked_at_a_text_is_cut_in_steps_and_nothing_is_lost() {
        let text = format!("```\n{}", "let a = 1;\n".repeat(20_000));
        let mut lines = 5_000;
        let chunks = split_within(&text, SplitMode::Markdown, &mut lines);
        assert_eq!(lines, 0);
        assert!(!chunks[1].is_unparsed && chunks.last().unwrap().is_unparsed);
        assert!(chunks[1..].iter().all(|chunk| chunk.starts_in_code));
        assert_eq!(chunks.iter().map(|chunk| &text[chunk.range.clone()]).collect::<String>(), text);
        assert!(chunks.iter().all(|chunk| text[..chunk.range.end].ends_with('\n')));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn parts_leave_out_nothing_but_the_ends_of_code(
            lines in proptest::collection::vec("(```[a-z]{0,2}|[a-zé ]{0,200}|- x|)\n", 50..60),
        ) {
            let text = lines.concat().repeat(40);
            for mode in [SplitMode::Markdown, SplitMode::Plain, SplitMode::Code] {
                let mut at = 0;
                for chunk in split(&text, mode) {
                    prop_assert!(chunk.range.start >= at);
                    let left_out = &text[at..chunk.range.start];
                    prop_assert!(left_out.is_empty() || left_out.trim() == "```", "{left_out:?}");
                    at = chunk.range.end;
                }
            }
        }
    }
}
