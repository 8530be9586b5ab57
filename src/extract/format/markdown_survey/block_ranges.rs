//! Where the blocks of a text stand, and whether a place is within one.

use std::ops::Range;

/// The ranges of the blocks of a text, each kind in order.
pub(super) struct BlockRanges {
    pub(super) headings: Vec<Range<usize>>,
    pub(super) code: Vec<Range<usize>>,
    pub(super) tables: Vec<Range<usize>>,
    pub(super) footnotes: Vec<Range<usize>>,
}

/// A walk through ranges that are in order, and may stand in one another.
pub(super) struct RangeWalk<'a> {
    ranges: &'a [Range<usize>],
    /// The first that may still be wanted.
    first: usize,
    /// The one that reaches furthest of those before.
    widest: Option<&'a Range<usize>>,
}

impl<'a> RangeWalk<'a> {
    pub(super) fn of(ranges: &'a [Range<usize>]) -> Self {
        Self { ranges, first: 0, widest: None }
    }

    /// Returns a range that holds a place. Places are asked for in order.
    pub(super) fn find(&mut self, at: usize) -> Option<&'a Range<usize>> {
        while let Some(range) = self.ranges.get(self.first).filter(|range| range.start <= at) {
            if self.widest.is_none_or(|widest| widest.end <= range.end) {
                self.widest = Some(range);
            }
            self.first += 1;
        }
        self.widest.filter(|range| at < range.end)
    }

    /// Returns the last range, where it ends at a place.
    pub(super) fn ended_before(&self, at: usize) -> Option<&'a Range<usize>> {
        self.widest.filter(|range| range.end <= at && at - range.end <= 1)
    }
}
