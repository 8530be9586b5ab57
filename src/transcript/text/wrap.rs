//! Breaks text into rows, by grapheme cluster and display width.
//!
//! A row breaks after white space, between wide characters (Chinese and Japanese have no spaces; some
//! punctuation must not begin or end a row), after a hyphen in a word; failing that after the punctuation of
//! an address; failing that anywhere between two clusters. Only white space at the end of a row is taken
//! away.

use std::{iter::Peekable, ops::Range};

use unicode_segmentation::UnicodeSegmentation;

use super::{
    line_break::{may_begin_row, may_end_row},
    width::{grapheme_width, width},
};

/// One row of a wrapped text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedRow {
    /// Its bytes, white space at its end taken away.
    pub range: Range<usize>,
    /// Columns to leave free before it (its share of the width is so much less).
    pub indent: usize,
    /// True when it continues a row that was too long.
    pub continued: bool,
}

/// The way a text is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapMode {
    /// Every row at the edge.
    Text,
    /// Rows after the first stand as far in as their line does, past the marker of a list.
    Preformatted,
    /// They stand two columns further in than their line, and names are not broken at hyphens.
    Code,
}

impl WrapMode {
    fn hang(self, line: &str) -> usize {
        match self {
            Self::Text => 0,
            Self::Preformatted => like_the_line(line),
            Self::Code => line.len() - line.trim_start_matches(' ').len() + 2,
        }
    }
}

/// Returns the columns of the line's own indentation, and of the marker of a list.
fn like_the_line(line: &str) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[indent..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match rest.as_bytes().get(digits) {
        Some(b'.' | b')') if (1..=4).contains(&digits) => digits + 1,
        Some(b'-' | b'*' | b'+' | b'>') if digits == 0 => 1,
        _ if rest.starts_with('•') => '•'.len_utf8(),
        _ => return indent,
    };
    if rest[marker..].starts_with(' ') { indent + width(&rest[..=marker]) } else { indent }
}

/// Consecutive bytes of a text that are code or are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSegment {
    /// The end of the segment in the text; it begins where the one before ends.
    pub end: usize,
    /// True for code, whose words are not broken at hyphens.
    pub is_code: bool,
}

/// Breaks a text into rows of at most `columns` (taken for 1 when it is 0). `segments` cover the text in order.
pub fn wrap(
    text: &str,
    segments: impl IntoIterator<Item = TextSegment>,
    columns: usize,
    mode: WrapMode,
) -> Vec<WrappedRow> {
    let mut rows = Vec::new();
    let mut segments = segments.into_iter().peekable();
    let mut start = 0;
    for line in text.split('\n') {
        wrap_line(text, start..start + line.len(), &mut segments, columns.max(1), mode, &mut rows);
        start += line.len() + 1;
    }
    rows
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ClusterClass {
    Start,
    Space,
    Narrow(char),
    Wide(char),
}

/// A place where the row may end, and the columns used up to there.
#[derive(Clone, Copy)]
struct BreakPoint {
    at: usize,
    used: usize,
    /// The same without the white space just before it, which hangs over the edge.
    solid: usize,
}

struct LineBreaker<'a> {
    rows: &'a mut Vec<WrappedRow>,
    text: &'a str,
    width: usize,
    hang: usize,
    start: BreakPoint,
    good: Option<BreakPoint>,
    poor: Option<BreakPoint>,
    continued: bool,
}

impl LineBreaker<'_> {
    fn indent(&self) -> usize {
        if self.continued { self.hang } else { 0 }
    }

    /// Ends rows until a cluster of `width` columns at `here` fits after what is left.
    fn break_until_fits(&mut self, here: BreakPoint, width: usize) {
        while here.at > self.start.at && here.used - self.start.used + width + self.indent() > self.width {
            let free = self.width.saturating_sub(self.indent());
            let fits = |point: &BreakPoint| point.at > self.start.at && point.solid <= self.start.used + free;
            // A poor point is worth taking when it leaves no great gap.
            let enough = |poor: &BreakPoint| poor.solid >= self.start.used + free / 2;
            let point = self.good.filter(fits).or(self.poor.filter(fits).filter(enough));
            let point = point.or(Some(here).filter(fits)).unwrap_or_else(|| self.forced_break(here, free));
            self.end_row(point);
        }
    }

    /// Returns the last place before `here` that fits. Needed where the rest of a row is too long for the
    /// next one, which is narrower.
    fn forced_break(&self, here: BreakPoint, free: usize) -> BreakPoint {
        let left = &self.text[self.start.at..here.at];
        let mut used = 0;
        for (at, cluster) in left.grapheme_indices(true) {
            let columns = grapheme_width(cluster);
            if used + columns > free && at > 0 {
                let used = self.start.used + used;
                return BreakPoint { at: self.start.at + at, used, solid: used };
            }
            used += columns;
        }
        here
    }

    fn end_row(&mut self, point: BreakPoint) {
        let row = &self.text[self.start.at..point.at];
        let end = self.start.at + row.trim_end_matches(is_space).len();
        self.rows.push(WrappedRow {
            range: self.start.at..end,
            indent: self.indent(),
            continued: self.continued,
        });
        self.start = point;
        self.continued = true;
    }
}

fn wrap_line(
    text: &str,
    line: Range<usize>,
    segments: &mut Peekable<impl Iterator<Item = TextSegment>>,
    width: usize,
    mode: WrapMode,
    rows: &mut Vec<WrappedRow>,
) {
    let start = BreakPoint { at: line.start, used: 0, solid: 0 };
    // A hanging indent never takes more than half of the width.
    let hang = mode.hang(&text[line.clone()]).min(width / 2);
    let mut breaker =
        LineBreaker { rows, text, width, hang, start, good: None, poor: None, continued: false };
    let mut before = ClusterClass::Start;
    let mut used = 0;
    // Columns up to the last character one can see. Nothing breaks in the line's own indentation.
    let mut solid = 0;
    let mut at = line.start;
    while at < line.end {
        let Some(&segment) = segments.peek() else { break };
        if segment.end <= at {
            segments.next();
            continue;
        }
        let end = segment.end.min(line.end);
        let code = mode == WrapMode::Code || segment.is_code;
        let mut step = |at: usize, cluster: &str, columns: usize| {
            let class = classify(cluster, columns);
            let here = BreakPoint { at, used, solid };
            match break_between(before, class, code) {
                BreakQuality::Good if solid > 0 => breaker.good = Some(here),
                BreakQuality::Poor => breaker.poor = Some(here),
                BreakQuality::Good | BreakQuality::None => {}
            }
            // White space may hang over the edge: it is taken away there.
            if class != ClusterClass::Space {
                breaker.break_until_fits(here, columns);
            }
            used += columns;
            if class != ClusterClass::Space {
                solid = used;
            }
            before = class;
        };
        let slice = &text[at..end];
        if slice.is_ascii() {
            for offset in 0..slice.len() {
                step(at + offset, &slice[offset..=offset], 1);
            }
        } else {
            for (offset, cluster) in slice.grapheme_indices(true) {
                let columns = grapheme_width(cluster);
                if columns <= width {
                    step(at + offset, cluster, columns);
                    continue;
                }
                // Conjuncts chain without end: a cluster may be wider than any screen.
                for (inner, part) in pieces(cluster) {
                    step(at + offset + inner, part, grapheme_width(part));
                }
            }
        }
        at = end;
    }
    breaker.end_row(BreakPoint { at: line.end, used, solid });
}

/// Splits a cluster into its characters, those without a width together with the one before.
fn pieces(cluster: &str) -> Vec<(usize, &str)> {
    let wide = |(_, c): &(usize, char)| grapheme_width(c.encode_utf8(&mut [0; 4])) > 0;
    let mut starts: Vec<usize> = cluster.char_indices().filter(wide).map(|(at, _)| at).collect();
    starts.retain(|&at| at > 0);
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([cluster.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| (start, &cluster[start..end])).collect()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}' | '\u{205F}' | '\u{3000}')
}

fn classify(cluster: &str, columns: usize) -> ClusterClass {
    let Some(c) = cluster.chars().next() else { return ClusterClass::Start };
    if is_space(c) && cluster.len() == c.len_utf8() {
        ClusterClass::Space
    } else if columns >= 2 {
        ClusterClass::Wide(c)
    } else {
        ClusterClass::Narrow(c)
    }
}

enum BreakQuality {
    Good,
    Poor,
    None,
}

/// Rates how well a row may break between two clusters, if at all.
fn break_between(before: ClusterClass, after: ClusterClass, code: bool) -> BreakQuality {
    let (before_char, after_char, wide) = match (before, after) {
        (ClusterClass::Start, _) | (_, ClusterClass::Start | ClusterClass::Space) => {
            return BreakQuality::None;
        }
        (ClusterClass::Space, _) => return BreakQuality::Good,
        (ClusterClass::Wide(a), ClusterClass::Wide(b) | ClusterClass::Narrow(b))
        | (ClusterClass::Narrow(a), ClusterClass::Wide(b)) => (a, b, true),
        (ClusterClass::Narrow(a), ClusterClass::Narrow(b)) => (a, b, false),
    };
    if wide {
        let may_break = may_end_row(before_char) && may_begin_row(after_char);
        return if may_break { BreakQuality::Good } else { BreakQuality::None };
    }
    match before_char {
        // Two of them are one long dash.
        '—' if after_char == '—' => BreakQuality::None,
        '␣' | '—' => BreakQuality::Good,
        '-' | '‐' if !code && after_char.is_alphabetic() => BreakQuality::Good,
        '/' | '?' | '&' | '=' | '-' | '_' | '.' | ',' | ':' | ';' | '|' | '+' | ')' | ']' | '}' | '%'
        | '#' => BreakQuality::Poor,
        _ => BreakQuality::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::sanitize, *};

    fn rows(text: &str, columns: usize, mode: WrapMode) -> Vec<String> {
        let text = sanitize::text(text);
        let segment = TextSegment { end: text.len(), is_code: false };
        wrap(&text, [segment], columns, mode)
            .iter()
            .map(|row| " ".repeat(row.indent) + &text[row.range.clone()])
            .collect()
    }

    #[test]
    fn rows_break_at_spaces() {
        assert_eq!(rows("the quick brown fox", 10, WrapMode::Text), ["the quick", "brown fox"]);
        assert_eq!(rows("the quick  ", 9, WrapMode::Text), ["the quick"]);
        assert_eq!(rows("", 9, WrapMode::Text), [""]);
        assert_eq!(rows("a\n\nb", 9, WrapMode::Text), ["a", "", "b"]);
    }

    #[test]
    fn a_word_longer_than_a_row_breaks() {
        assert_eq!(rows("abcdefghij", 4, WrapMode::Text), ["abcd", "efgh", "ij"]);
        assert_eq!(
            rows("https://a.example/path/to", 12, WrapMode::Text),
            ["https://a.", "example/", "path/to"]
        );
    }

    #[test]
    fn wide_characters_break_anywhere_but_before_a_full_stop() {
        assert_eq!(rows("日本語の文章です。", 6, WrapMode::Text), ["日本語", "の文章", "です。"]);
        assert_eq!(rows("日本語。の", 6, WrapMode::Text), ["日本", "語。の"]);
        assert_eq!(rows("日本——語", 6, WrapMode::Text), ["日本——", "語"]);
        assert_eq!(rows("日本語——", 7, WrapMode::Text), ["日本語", "——"]);
    }

    #[test]
    fn a_list_in_a_prompt_hangs() {
        assert_eq!(rows("- one two three", 9, WrapMode::Preformatted), ["- one two", "  three"]);
        assert_eq!(rows("  10. aa bb", 9, WrapMode::Preformatted), ["  10. aa", "    bb"]);
    }

    #[test]
    fn emoji_of_several_characters_stay_whole() {
        assert_eq!(rows("👨‍👩‍👧👨‍👩‍👧", 3, WrapMode::Text), ["👨‍👩‍👧", "👨‍👩‍👧"]);
    }

    #[test]
    fn rows_with_less_room_than_the_first_hold_no_more_than_fits() {
        assert_eq!(rows(" https://exa", 8, WrapMode::Code), [" https:/", "   /exa"]);
        assert_eq!(rows("- ab cdefghi", 8, WrapMode::Preformatted), ["- ab", "  cdefgh", "  i"]);
    }

    proptest! {
        #[test]
        fn rows_fit_and_lose_nothing_but_space(raw in "[ a-z/.日本。é👩🏽‍🚀\n-]{0,80}", columns in 2_usize..40) {
            let all = rows(&raw, columns, WrapMode::Text);
            for row in &all {
                prop_assert!(width(row) <= columns, "{row:?}");
            }
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(solid(&all.concat()), solid(&sanitize::text(&raw)));
        }
    }
}
