//! Changes to one message's text, gathered while it is looked through and made in one pass, so that the parts keep
//! their places.

use std::ops::Range;

use crate::{
    conversation::{Annotation, AnnotationKind, Link},
    import::expansion_budget::ExpansionBudget,
};

/// One change to the text.
struct Edit {
    range: Range<u32>,
    text: Box<str>,
    /// The sources the new text links to.
    links: Box<[Link]>,
}

/// Returns the bytes that links take.
fn size_of(links: &[Link]) -> usize {
    let own = |link: &Link| std::mem::size_of::<Link>() + link.title.len() + link.url.len();
    links.iter().map(own).sum()
}

/// The changes to one message's text.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

/// The number of changes that are kept, more than any answer needs: an edit takes ten times the memory of the
/// shortest marker. Further ones are not made, and of markers only their characters are dropped.
const MAX_EDITS: usize = 1 << 18;

impl Edits {
    /// Puts `text`, which links to `links`, in place of a stretch.
    pub(super) fn replace(&mut self, range: Range<usize>, text: String, links: Vec<Link>) {
        if self.0.len() < MAX_EDITS {
            let range = range.start as u32..range.end as u32;
            self.0.push(Edit { range, text: text.into(), links: links.into() });
        }
    }

    /// Returns whether a text and its links may stand in place of a stretch: what they add to the conversation is left
    /// to it, and taken.
    pub(super) fn fits(
        &self,
        growth: &ExpansionBudget,
        range: &Range<usize>,
        text: &str,
        links: &[Link],
    ) -> bool {
        self.is_full() || growth.spend((text.len() + size_of(links)).saturating_sub(range.len()))
    }

    /// Puts a text in place of a stretch if it [fits](Edits::fits); else the `short` one, which links to nothing.
    pub(super) fn replace_within(
        &mut self,
        growth: &ExpansionBudget,
        range: Range<usize>,
        text: String,
        links: Vec<Link>,
        short: impl FnOnce() -> String,
    ) {
        if self.fits(growth, &range, &text, &links) {
            self.replace(range, text, links);
        } else {
            self.replace(range, short(), Vec::new());
        }
    }

    /// Drops a stretch.
    pub(super) fn drop(&mut self, range: Range<usize>) {
        self.replace(range, String::new(), Vec::new());
    }

    /// Gives up the changes that would begin within one of these ranges, which are in order.
    pub(super) fn keep_out_of(&mut self, ranges: &[Range<usize>]) {
        let within = |at: usize| {
            let next = ranges.partition_point(|range| range.end <= at);
            ranges.get(next).is_some_and(|range| range.start <= at)
        };
        self.0.retain(|edit| !within(edit.range.start as usize));
    }

    /// Returns where the changes begin, in order.
    pub(super) fn starts(&self) -> Vec<u32> {
        let mut starts: Vec<u32> = self.0.iter().map(|edit| edit.range.start).collect();
        starts.sort_unstable();
        starts
    }

    /// Returns whether there are no changes.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether there were more changes than are kept.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_EDITS
    }

    /// Makes the edits, moves the parts along and adds a citation for each edit that has links. Of edits that overlap
    /// the first is made, and what the others take beyond it goes too.
    pub(super) fn apply(mut self, text: &str, parts: &mut Vec<Annotation>) -> String {
        self.0.sort_by_key(|edit| edit.range.start);
        // Links are longer than the marks they stand for.
        let added: usize = self.0.iter().map(|edit| edit.text.len()).sum();
        let mut cleaned = String::with_capacity(text.len() + added);
        let mut copied = 0;
        // Where the text after each edit begins, before and after.
        let mut shifts: Vec<(usize, usize)> = vec![(0, 0)];
        let mut citations = Vec::new();
        for edit in self.0 {
            let (from, to) = (edit.range.start as usize, edit.range.end as usize);
            if from < copied {
                if to > copied
                    && let Some((before, _)) = shifts.last_mut()
                {
                    (*before, copied) = (to, to);
                }
                continue;
            }
            cleaned.push_str(&text[copied..from]);
            copied = to;
            let start = cleaned.len();
            cleaned.push_str(&edit.text);
            shifts.push((copied, cleaned.len()));
            if !edit.links.is_empty() {
                let range = start as u32..cleaned.len() as u32;
                citations.push(Annotation { range, detail: AnnotationKind::Citation(edit.links) });
            }
        }
        cleaned.push_str(&text[copied..]);
        let moved = |at: u32| {
            // The first shift is at the beginning of the text, so that one is always at or before a place.
            let behind = shifts.partition_point(|&(before, _)| before <= at as usize) - 1;
            let (before, after) = shifts[behind];
            let next = shifts.get(behind + 1).map_or(cleaned.len(), |&(_, after)| after);
            (at as usize - before + after).min(next) as u32
        };
        for part in parts.iter_mut() {
            part.range = moved(part.range.start)..moved(part.range.end);
        }
        parts.append(&mut citations);
        cleaned
    }
}
