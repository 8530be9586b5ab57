//! The pieces of secrets that stand together only where they are shown: an original has a mark, a reference or something
//! else between them, which whoever reads it passes over as a screen does.

use std::{ops::Range, sync::OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::RuleId;

/// The bytes of the shortest piece that is known again.
const PIECE: usize = 5;
/// The bytes of all values whose pieces are looked for.
const MAX_PIECES: usize = 32 << 10;

/// Values of which every piece is looked for.
#[derive(Debug, Default)]
pub(super) struct SecretPieces {
    /// Each piece that a value has, and the kind of the value.
    pieces: Vec<([u8; PIECE], RuleId)>,
    matcher: OnceLock<Option<AhoCorasick>>,
}

impl SecretPieces {
    /// Adds the pieces of a value, as long as there is place.
    pub(super) fn add(&mut self, value: &str, kind: RuleId) {
        if self.pieces.len() + value.len() <= MAX_PIECES {
            let pieces = value.as_bytes().windows(PIECE).filter_map(|piece| piece.try_into().ok());
            self.pieces.extend(pieces.map(|piece| (piece, kind)));
            self.matcher = OnceLock::new();
        }
    }

    /// Adds all pieces of others, as long as there is place.
    pub(super) fn add_all(&mut self, others: &Self) {
        let left = MAX_PIECES.saturating_sub(self.pieces.len());
        if !others.pieces.is_empty() {
            self.pieces.extend(others.pieces.iter().take(left));
            self.matcher = OnceLock::new();
        }
    }

    /// Calls `visit` with each piece in a text: of those that overlap the whole.
    pub(super) fn each_in(&self, text: &str, visit: &mut dyn FnMut(RuleId, Range<usize>)) {
        let Some(matcher) = self.matcher() else { return };
        let mut last: Option<(RuleId, Range<usize>)> = None;
        for found in matcher.find_overlapping_iter(text) {
            match &mut last {
                Some((_, range)) if found.start() < range.end => range.end = range.end.max(found.end()),
                _ => {
                    let kind = self.pieces[found.pattern().as_usize()].1;
                    if let Some((kind, range)) = last.replace((kind, found.range())) {
                        visit(kind, on_boundaries(text, range));
                    }
                }
            }
        }
        if let Some((kind, range)) = last {
            visit(kind, on_boundaries(text, range));
        }
    }

    fn matcher(&self) -> Option<&AhoCorasick> {
        if self.pieces.is_empty() {
            return None;
        }
        let make = || {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(MatchKind::Standard)
                .build(self.pieces.iter().map(|piece| piece.0))
                .ok()
        };
        self.matcher.get_or_init(make).as_ref()
    }
}

fn on_boundaries(text: &str, range: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}
