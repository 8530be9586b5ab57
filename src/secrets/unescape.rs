//! A text as an eye reads it: without the escapes and marks that keep an expression from seeing what stands there.
//!
//! Markdown escapes punctuation (`\_`), HTML has references (`&#95;`), JSON within a text has escapes of its own
//! (`\u0073`), addresses have percent signs; marks of emphasis and characters that nobody sees stand in the middle of
//! words. An [`Unescaped`] is the text without them, and knows where each byte of it stood: what is found in it is
//! taken out of the text as it was written.

use std::ops::Range;

use super::escapes::{MAY_BEGIN, Step, look, spells};

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
    /// What may also mean itself: a backslash, emphasis, tags. A password has such characters, too.
    All,
    /// The same without tags: what stands within one is read.
    WithinTags,
}

impl Unescaped {
    /// Returns the ways in which a text is read without its escapes: with everything taken for one that may be, and, if
    /// that is another text, with only what must be; and, where a tag holds escapes itself, with the tag. `joins_lines`: a token that was wrapped is whole again, and a cell of
    /// a table is read with the next one. The text is at most 4 GB.
    pub(super) fn readings(raw: &str, joins_lines: bool) -> impl Iterator<Item = Self> {
        let all = Self::of(raw, joins_lines);
        let is_mixed = all.as_ref().is_some_and(|all| {
            let is_spelling = |seam: &Seam| spells(raw.as_bytes(), seam.raw.0 as usize);
            all.seams.iter().any(is_spelling) && !all.seams.iter().all(is_spelling)
        });
        let spelling = if is_mixed { Self::marked(raw, joins_lines, Marks::Spelling) } else { None };
        let hides_escapes = |seam: &Seam| {
            let written = &raw.as_bytes()[seam.raw.0 as usize..seam.raw.1 as usize];
            written[0] == b'<' && written[1..].iter().any(|&byte| MAY_BEGIN[usize::from(byte)])
        };
        let is_hiding = all.as_ref().is_some_and(|all| all.seams.iter().any(hides_escapes));
        let within = if is_hiding { Self::marked(raw, joins_lines, Marks::WithinTags) } else { None };
        all.into_iter().chain(spelling).chain(within)
    }

    /// Returns the text without its escapes; `None`: there are none.
    fn of(raw: &str, joins_lines: bool) -> Option<Self> {
        Self::marked(raw, joins_lines, Marks::All)
    }

    fn marked(raw: &str, joins_lines: bool, marks: Marks) -> Option<Self> {
        let bytes = raw.as_bytes();
        let mut unescaped = Self { text: String::new(), seams: Vec::new() };
        let (mut at, mut copied) = (0, 0);
        while let Some(step) = bytes[at..].iter().position(|&byte| MAY_BEGIN[usize::from(byte)]) {
            at += step;
            match look(raw, at, joins_lines) {
                Step::Keep(length) => at += length,
                Step::Replace(..) if marks == Marks::WithinTags && bytes[at] == b'<' => at += 1,
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
            return None;
        }
        unescaped.text.push_str(&raw[copied..]);
        Some(unescaped)
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
    pub(super) fn said(&self, raw: usize) -> Option<usize> {
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
        assert_eq!(unescaped.said(6), Some(4));
        assert_eq!(unescaped.said(8), None);
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
