//! A text as an eye reads it: without the escapes and marks that keep an expression from seeing what stands there.
//!
//! Markdown escapes punctuation (`\_`), HTML has references (`&#95;`), JSON within a text has escapes of its own
//! (`\u0073`), addresses have percent signs; marks of emphasis and characters that nobody sees stand in the middle of
//! words. An [`Unescaped`] is the text without them, and knows where each byte of it stood: what is found in it is
//! taken out of the text as it was written.

use std::ops::Range;

use super::{
    escapes::{MAY_BEGIN, Step, is_too_short_to_be_wrapped, look, spells},
    marks::{definitions, shortcut},
};

/// A place where the two texts differ: these bytes of the one stand for those of the other.
#[derive(Clone, Copy, Debug)]
struct Seam {
    /// In the unescaped text; empty for what was dropped.
    said: (u32, u32),
    /// In the text as it was written.
    raw: (u32, u32),
}

/// A text without its escapes.
#[derive(Debug)]
pub(super) struct Unescaped {
    text: String,
    seams: Vec<Seam>,
}

/// The marks that are taken for escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    /// Only what cannot mean itself: characters by their numbers, and those that nobody sees.
    Spelling,
    /// What may also mean itself: a backslash, emphasis. A password has such characters, too.
    Inline,
    /// Also what is not shown and says something: addresses of links, tags, comments.
    All,
}

impl Unescaped {
    /// Returns the ways in which a text is read without its escapes: with everything taken for one that may be, and, if
    /// those are other texts, with what is not shown of links and tags, and with only what must be an escape.
    /// `joins_lines`: a token that was wrapped is whole again, and a cell of a table is read with the next one. The text
    /// is at most 4 GB.
    pub(super) fn readings(raw: &str, joins_lines: bool) -> impl Iterator<Item = Self> {
        let (all, drops_escapes) = Self::marked(raw, joins_lines, Marks::All);
        let is_mixed = all.as_ref().is_some_and(|all| {
            let is_spelling = |seam: &Seam| spells(raw.as_bytes(), seam.raw.0 as usize);
            all.seams.iter().any(is_spelling) && !all.seams.iter().all(is_spelling)
        });
        let read = |wanted: bool, marks| if wanted { Self::marked(raw, joins_lines, marks).0 } else { None };
        let inline = read(drops_escapes, Marks::Inline);
        let spelling = read(is_mixed, Marks::Spelling);
        all.into_iter().chain(inline).chain(spelling)
    }

    /// Returns the text without its escapes; `None`: there are none.
    fn of(raw: &str, joins_lines: bool) -> Option<Self> {
        Self::marked(raw, joins_lines, Marks::All).0
    }

    /// Returns the text without these escapes, and whether there are some in what was dropped with them.
    fn marked(raw: &str, joins_lines: bool, marks: Marks) -> (Option<Self>, bool) {
        let bytes = raw.as_bytes();
        let mut unescaped = Self { text: String::new(), seams: Vec::new() };
        let (mut at, mut copied, mut drops_escapes) = (0, 0, false);
        let definitions = definitions(raw);
        // Where the bracket is closed that was opened last for a link of one of these names.
        let mut shortcut_end = None;
        while let Some(step) = next_that_may_begin(&bytes[at..]) {
            at += step;
            let names_link = bytes[at] == b'[' && !definitions.is_empty();
            let named = names_link.then(|| shortcut(raw, at)).flatten();
            if let Some(name) = named.filter(|name| definitions.contains(&name.to_lowercase())) {
                shortcut_end = Some(at + 1 + name.len());
            }
            let is_shortcut = shortcut_end == Some(at) || (names_link && shortcut_end > Some(at));
            // Code is full of these.
            if !is_shortcut && is_plain(bytes, at) {
                at += 1;
                continue;
            }
            let mut step = if is_shortcut { Step::Replace(1, None) } else { look(raw, at, joins_lines) };
            if let Step::Drop(length) = step {
                if marks == Marks::All {
                    drops_escapes = drops_escapes || holds_escape(raw, at, length, joins_lines);
                    step = Step::Replace(length, None);
                } else {
                    step = begin_of_dropped(raw, at);
                }
            }
            // What stands between two fields of a mark that is read.
            if marks != Marks::All && raw[at..].starts_with('\u{e202}') {
                step = Step::Replace('\u{e202}'.len_utf8(), Some(' '));
            }
            match step {
                Step::Keep(length) | Step::Drop(length) => at += length,
                Step::Replace(length, _) if marks == Marks::Spelling && !spells(bytes, at) => at += length,
                Step::Replace(length, char) => {
                    if unescaped.seams.is_empty() {
                        unescaped.text.reserve(raw.len());
                    }
                    unescaped.text.push_str(&raw[copied..at]);
                    let start = unescaped.text.len() as u32;
                    unescaped.text.extend(char);
                    let said = (start, unescaped.text.len() as u32);
                    unescaped.seams.push(Seam { said, raw: (at as u32, (at + length) as u32) });
                    at += length;
                    copied = at;
                }
            }
        }
        if unescaped.seams.is_empty() {
            return (None, false);
        }
        unescaped.text.push_str(&raw[copied..]);
        (Some(unescaped), drops_escapes)
    }

    /// Returns the text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the bytes as they were written that a range of the text stands for. What was dropped before or after
    /// it is no part of it.
    pub(super) fn raw(&self, said: Range<usize>) -> Range<usize> {
        let before = self.seams.partition_point(|seam| seam.said.1 as usize <= said.start);
        let start = self.behind(before, said.start);
        let before = self.seams.partition_point(|seam| (seam.said.0 as usize) < said.end);
        let end = match before.checked_sub(1).map(|last| self.seams[last]) {
            Some(seam) if said.end <= seam.said.1 as usize => seam.raw.1 as usize,
            _ => self.behind(before, said.end),
        };
        start..end.max(start)
    }

    /// Returns the raw place of a byte that stands for itself, with this many seams before it.
    fn behind(&self, seams: usize, said: usize) -> usize {
        seams.checked_sub(1).map_or(said, |last| {
            let Seam { said: (_, from), raw: (_, to) } = self.seams[last];
            to as usize + (said - from as usize)
        })
    }

    /// Returns the place in the text of a raw byte that stands for itself.
    pub(super) fn position_of_raw(&self, raw: usize) -> Option<usize> {
        let before = self.seams.partition_point(|seam| seam.raw.1 as usize <= raw);
        if self.seams.get(before).is_some_and(|seam| (seam.raw.0 as usize) <= raw) {
            return None;
        }
        Some(before.checked_sub(1).map_or(raw, |last| {
            let Seam { said: (_, from), raw: (_, to) } = self.seams[last];
            from as usize + (raw - to as usize)
        }))
    }

    /// Returns whether something was changed within a range of the text or at its edges.
    pub(super) fn is_changed(&self, said: Range<usize>) -> bool {
        let first = self.seams.partition_point(|seam| (seam.said.1 as usize) < said.start);
        self.seams.get(first).is_some_and(|seam| seam.said.0 as usize <= said.end)
    }

    /// Lists the stretches of the text in which a word may stand that a change made, of at most so many bytes on either
    /// side of it. `may_follow` says whether two bytes stand beside each other in any of the words: most changes are at the
    /// edge of one, and make none.
    pub(super) fn around(&self, reach: usize, may_follow: impl Fn(u8, u8) -> bool) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let is_joined = |at: usize| at > 0 && at < bytes.len() && may_follow(bytes[at - 1], bytes[at]);
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for Seam { said: (start, end), .. } in &self.seams {
            let (start, end) = (*start as usize, *end as usize);
            // Where something was dropped, a word has what stands before it and what stands behind it.
            if start == end && !is_joined(start) {
                continue;
            }
            let before =
                (start.saturating_sub(reach)..start).rev().take_while(|at| is_joined(at + 1)).count();
            let behind = (end..bytes.len().min(end + reach)).take_while(|&at| is_joined(at)).count();
            let (start, end) = (start - before, end + behind);
            match stretches.last_mut() {
                Some(last) if start <= last.end => {
                    *last = last.start.min(start)..last.end.max(end);
                }
                _ => stretches.push(start..end),
            }
        }
        stretches
    }
}

/// Returns the place of the next byte with which an escape may begin. Eight bytes are asked at once: most of a text is
/// passed over so.
fn next_that_may_begin(bytes: &[u8]) -> Option<usize> {
    let may_begin = |byte: &u8| MAY_BEGIN[usize::from(*byte)];
    let plain = bytes
        .chunks_exact(8)
        .take_while(|eight| !eight.iter().fold(false, |any, byte| any | may_begin(byte)));
    let from = 8 * plain.count();
    bytes[from..].iter().position(may_begin).map(|step| from + step)
}

/// Returns whether a bracket or an exclamation mark is no mark of a link, an underscore none of emphasis, or the end of a
/// line none within a token, as most of them are not.
#[inline]
fn is_plain(bytes: &[u8], at: usize) -> bool {
    let behind = bytes.get(at + 1);
    match bytes[at] {
        b'_' => {
            at > 0 && bytes[at - 1].is_ascii_alphanumeric() && behind.is_some_and(u8::is_ascii_alphanumeric)
        }
        b'\n' => is_too_short_to_be_wrapped(bytes, at),
        b']' => !matches!(behind, Some(b'(' | b'[')),
        b'!' => behind != Some(&b'['),
        _ => false,
    }
}

/// Returns whether an escape stands within what is dropped.
fn holds_escape(raw: &str, at: usize, length: usize, joins_lines: bool) -> bool {
    let first = raw[at..].chars().next().map_or(1, char::len_utf8);
    let (mut place, end) = (at + first, at + length);
    while let Some(step) = raw.as_bytes()[place..end].iter().position(|&byte| MAY_BEGIN[usize::from(byte)]) {
        place += step;
        match look(raw, place, joins_lines) {
            Step::Keep(length) => place += length,
            // What closes it is no more than a mark, too.
            Step::Replace(length, None) => return place + length < end,
            Step::Replace(..) | Step::Drop(_) => return true,
        }
        if place >= end {
            break;
        }
    }
    false
}

/// Returns the step over the beginning of what is read and not dropped: what nobody sees of it is not read, either.
fn begin_of_dropped(raw: &str, at: usize) -> Step {
    let char = raw[at..].chars().next().unwrap_or_default();
    let length = char.len_utf8();
    match char {
        '\u{e200}' => Step::Replace(length, Some(' ')),
        // Of a picture, whose words are read like a link's.
        '!' => Step::Replace(length, None),
        char if char.is_control() => Step::Replace(length, None),
        _ => Step::Keep(length),
    }
}

/// Returns a value without its escapes, as it is known elsewhere.
pub(super) fn unescaped(value: &str) -> std::borrow::Cow<'_, str> {
    match Unescaped::of(value, true) {
        Some(unescaped) => unescaped.text.into(),
        None => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_may_mean_itself_is_read_both_ways() {
        let readings = |raw| Unescaped::readings(raw, false).map(|reading| reading.text).collect::<Vec<_>>();
        assert_eq!(readings("a*b\u{ad}c"), ["abc", "a*bc"]);
        assert_eq!(readings("a*b"), ["ab"], "the text as it is written is read, too");
        assert_eq!(readings("b\u{ad}c"), ["bc"]);
    }

    #[test]
    fn a_range_is_given_back_as_it_was_written_without_the_marks_around_it() {
        let raw = r"so: **gh\_p** and";
        let unescaped = Unescaped::of(raw, false).expect("there are escapes");
        assert_eq!(unescaped.text(), "so: gh_p and");
        assert_eq!(&raw[unescaped.raw(4..8)], r"gh\_p");
        assert_eq!(&raw[unescaped.raw(6..7)], r"\_");
        assert_eq!(&raw[unescaped.raw(0..12)], raw);
        assert_eq!(unescaped.position_of_raw(6), Some(4));
        assert_eq!(unescaped.position_of_raw(8), None);
        assert!(unescaped.is_changed(5..8) && !unescaped.is_changed(9..12));
    }

    proptest! {
        #[test]
        fn every_range_is_one_of_the_raw_text(
            pieces in prop::collection::vec(
                "(\\\\_|\\\\|\\\\u0073|&#95;|&amp;|%40|\\*\\*|_|`|~~|<b>|\u{200b}|\u{ff41}|漢|[a-c ]|\n){1,3}", 0..12),
            from in 0_usize..40, length in 0_usize..20,
        ) {
            let raw = pieces.concat();
            if let Some(unescaped) = Unescaped::of(&raw, true) {
                let said = unescaped.text();
                let start = said.floor_char_boundary(from);
                let end = said.floor_char_boundary(start + length);
                let range = unescaped.raw(start..end);
                prop_assert!(raw.get(range.clone()).is_some(), "{range:?} of {raw:?}");
            }
        }
    }
}
