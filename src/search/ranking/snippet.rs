//! Cuts one line out of a message, around the hits that stand closest together.

use std::{cmp::Reverse, ops::Range};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Bytes before the first hit that are looked at; more would never fit on a line.
const REACH: usize = 1_024;

/// Characters read for each column of the line: white space is many for one, and there are some without width.
const READ_PER_COLUMN: usize = 16;

/// Bytes that are shown of one grapheme: the largest emoji have a quarter of that, and marks may follow without end.
const MAX_GRAPHEME_LENGTH: usize = 128;

/// A range to mark, and the terms of the query that hit there, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct TermHit {
    pub range: Range<usize>,
    pub terms: u64,
}

/// A line that was cut out of a text.
#[derive(Debug, Default)]
pub(in crate::search) struct CutLine {
    pub text: String,
    /// The hits in it, in order.
    pub highlights: Vec<Range<usize>>,
    /// The one of these that the line was cut around: the first of those that stand closest together.
    pub focus: usize,
    /// The place of that hit in the text that was cut.
    pub place: usize,
}

/// Cuts a line of `text` around `hits` (in order, not overlapping), at most `columns` wide, and says where the hits
/// are in it. White space becomes single blanks; `…` stands where something was left out.
pub(in crate::search) fn cut(text: &str, hits: &[TermHit], columns: usize) -> CutLine {
    let anchor = anchor(hits, columns);
    // Before the hit a quarter of the line: enough to see what it is about, and the hit stays in view. More where
    // the text ends soon after.
    let after = width_up_to(text[anchor.start..].graphemes(true), columns);
    let lead = (columns / 4).max(columns.saturating_sub(after + 1));
    let before = anchor.start.saturating_sub(REACH);
    let before = (before..=anchor.start).find(|&at| text.is_char_boundary(at)).unwrap_or(anchor.start);
    let mut start = anchor.start;
    let mut width = 0;
    for (at, grapheme) in text[before..anchor.start].grapheme_indices(true).rev() {
        width += if is_blank(grapheme) { 1 } else { grapheme.width() };
        if width > lead {
            break;
        }
        start = before + at;
    }
    if start > 0 && start < anchor.start {
        // Rather from the beginning of a word.
        let inside = text[..start].chars().next_back().is_some_and(|c| !c.is_whitespace());
        let next = text[start..anchor.start].find(char::is_whitespace).map(|blank| start + blank);
        start = if inside { next.unwrap_or(start) } else { start };
    }
    line(text, start, hits, columns, anchor.start)
}

/// Picks the hits to show: of those on half a line the ones with most different terms, then those that stand closest
/// together, then with most hits. Returns the range from the first to the last.
fn anchor(hits: &[TermHit], columns: usize) -> Range<usize> {
    let mut best = hits.first().map_or(0..0, |hit| hit.range.clone());
    let mut best_count = (0, Reverse(0), 0);
    let mut first = 0;
    for last in 0..hits.len() {
        while hits[last].range.end - hits[first].range.start > columns / 2 && first < last {
            first += 1;
        }
        // Half a line holds few hits.
        let terms = hits[first..=last].iter().fold(0, |terms, hit| terms | hit.terms);
        let closest = if terms.count_ones() < 2 { first } else { shortest_stretch(&hits[..=last], terms) };
        let apart = hits[last].range.start.saturating_sub(hits[closest].range.end);
        let apart = if terms.count_ones() < 2 { 0 } else { usize::BITS - apart.leading_zeros() };
        let count = (terms.count_ones(), Reverse(apart), last - first + 1);
        if count > best_count {
            best_count = count;
            best = hits[closest].range.start..hits[last].range.end;
        }
    }
    best
}

/// Returns the first hit of the shortest stretch that ends with the last hit and has all of these terms.
fn shortest_stretch(hits: &[TermHit], terms: u64) -> usize {
    let mut seen = 0;
    let has_all = |hit: &TermHit| {
        seen |= hit.terms;
        seen & terms == terms
    };
    hits.iter().rposition(has_all).unwrap_or(0)
}

/// Measures the width of a text, as far as it matters: not much more than `max_columns`.
fn width_up_to<'a>(graphemes: impl Iterator<Item = &'a str>, max_columns: usize) -> usize {
    let mut width = 0;
    for grapheme in graphemes.take(max_columns.saturating_mul(READ_PER_COLUMN)) {
        width += if is_blank(grapheme) { 1 } else { grapheme.width() };
        if width >= max_columns {
            break;
        }
    }
    width
}

fn is_blank(grapheme: &str) -> bool {
    grapheme.chars().all(char::is_whitespace)
}

fn line(text: &str, start: usize, hits: &[TermHit], columns: usize, place: usize) -> CutLine {
    let mut out = String::new();
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut focus = None;
    let mut width = 0;
    if !text[..start].trim().is_empty() && columns > 0 {
        out.push('…');
        width = 1;
    }
    let mut next = hits.partition_point(|hit| hit.range.end <= start);
    let mut blank = false;
    let mut pending = out.len();
    let graphemes = text[start..].grapheme_indices(true).take(columns.saturating_mul(READ_PER_COLUMN));
    for (at, grapheme) in graphemes.map(|(at, grapheme)| (start + at, grapheme)) {
        if is_blank(grapheme) {
            blank = !out.is_empty() && out != "…";
            continue;
        }
        let shown = &grapheme[..grapheme.floor_char_boundary(MAX_GRAPHEME_LENGTH)];
        let needed = shown.width() + usize::from(blank);
        // The last column is kept for the sign that more follows.
        if width + needed + 1 > columns {
            let fits = width + needed <= columns && text[at + grapheme.len()..].trim().is_empty();
            if !fits {
                if width < columns {
                    out.push('…');
                }
                break;
            }
        }
        while hits.get(next).is_some_and(|hit| hit.range.end <= at) {
            next += 1;
        }
        let marked = hits.get(next).is_some_and(|hit| hit.range.start < at + grapheme.len());
        if blank {
            out.push(' ');
        }
        let begin = out.len();
        out.push_str(shown);
        if marked {
            let same = hits[next].range.start < at && marks.last().is_some_and(|mark| mark.end == pending);
            match marks.last_mut().filter(|_| same) {
                Some(mark) => mark.end = out.len(),
                None => marks.push(begin..out.len()),
            }
            if focus.is_none() && hits[next].range.start >= place {
                focus = Some(marks.len() - 1);
            }
        }
        width += needed;
        blank = false;
        pending = out.len();
    }
    CutLine { text: out, highlights: marks, focus: focus.unwrap_or(0), place }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(text: &str, word: &str) -> Vec<TermHit> {
        text.match_indices(word).map(|(at, hit)| TermHit { range: at..at + hit.len(), terms: 1 }).collect()
    }

    fn marked(text: &str, word: &str, columns: usize) -> String {
        let hits = marks(text, word);
        let CutLine { text: mut line, highlights: marks, .. } = cut(text, &hits, columns);
        for mark in marks.iter().rev() {
            line.insert(mark.end, ']');
            line.insert(mark.start, '[');
        }
        line
    }

    #[test]
    fn a_short_message_is_shown_whole() {
        assert_eq!(marked("set the  timeout\nto 60 s", "timeout", 40), "set the [timeout] to 60 s");
    }

    #[test]
    fn a_long_one_is_cut_at_words_around_the_hit() {
        let text = "Requests through our ingress die with 504 after exactly sixty seconds. The pod answers in ninety.";
        assert_eq!(marked(text, "sixty", 40), "…exactly [sixty] seconds. The pod answers…");
    }

    #[test]
    fn it_stands_where_most_hits_are() {
        let text = format!("one {} one two one", "x ".repeat(100));
        assert!(marked(&text, "o", 30).contains("[o]ne tw[o] [o]ne"), "{}", marked(&text, "o", 30));
    }

    #[test]
    fn different_words_count_for_more_than_many() {
        let text = format!("the the the the {} the fox", "x ".repeat(100));
        let mut hits = marks(&text, "the");
        hits.extend(marks(&text, "fox").into_iter().map(|mark| TermHit { terms: 2, ..mark }));
        assert!(cut(&text, &hits, 40).text.ends_with("the fox"));
    }

    /// The line stood around the first of many lists, not around what was typed.
    #[test]
    fn words_side_by_side_count_for_more_than_many_of_them_near_each_other() {
        let text = format!("list list a comprehension of a list {} a list comprehension", "x ".repeat(100));
        let mut hits = marks(&text, "list");
        hits.extend(marks(&text, "comprehension").into_iter().map(|mark| TermHit { terms: 2, ..mark }));
        hits.sort_by_key(|hit| hit.range.start);
        let line = cut(&text, &hits, 80);
        assert!(line.text.ends_with("a list comprehension"), "{}", line.text);
        assert_eq!(&line.text[line.highlights[line.focus].clone()], "list");
        assert_eq!(line.place, text.rfind("list").unwrap());
    }

    #[test]
    fn a_hit_over_a_line_end_is_one_mark() {
        assert_eq!(marked("as an\n  example", "an\n  ex", 40), "as [an ex]ample");
    }

    #[test]
    fn a_letter_with_marks_without_end_does_not_make_it_long() {
        let text = format!("x{} and x", "\u{301}".repeat(100_000));
        let CutLine { text: line, highlights: found, .. } = cut(&text, &marks(&text, "x"), 40);
        assert!(line.ends_with(" and x") && line.len() < 2 * MAX_GRAPHEME_LENGTH, "{}", line.len());
        assert_eq!(found.len(), 2);
    }

    proptest! {
        #[test]
        fn it_is_never_too_wide(text in "[a \n日\u{301}🎉x]{0,200}", columns in 0_usize..60) {
            let hits = marks(&text, "x");
            let CutLine { text: line, highlights: marks, .. } = cut(&text, &hits, columns);
            prop_assert!(line.width() <= columns, "{line:?} {columns}");
            prop_assert!(!line.contains('\n'));
            for mark in marks {
                prop_assert!(line.get(mark).is_some());
            }
        }
    }
}
