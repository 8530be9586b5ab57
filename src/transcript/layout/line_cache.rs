//! The lines of entries that were laid out, kept up to a number of bytes.

use std::rc::Rc;

use hashbrown::HashMap;

use super::line::{Line, Span};

/// Bytes of lines that are kept before those used longest ago are thrown away.
const MAX_BYTES: usize = 48 << 20;

/// Lines by their entry. An entry is kept for one width, the last.
#[derive(Debug, Default)]
pub struct LineCache {
    entries: HashMap<usize, CachedLines>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug)]
struct CachedLines {
    width: u16,
    lines: Rc<[Line]>,
    bytes: usize,
    used: u64,
}

impl LineCache {
    /// Returns the lines of an entry at a width, if they are kept.
    pub fn get(&mut self, entry: usize, width: u16) -> Option<Rc<[Line]>> {
        let found = self.entries.get_mut(&entry).filter(|found| found.width == width)?;
        self.uses += 1;
        found.used = self.uses;
        Some(Rc::clone(&found.lines))
    }

    /// Keeps the lines of an entry instead of those it had.
    pub fn insert(&mut self, entry: usize, width: u16, lines: Rc<[Line]>) {
        self.remove(entry);
        let bytes = lines.iter().map(bytes_of).sum();
        self.evict_for(bytes);
        self.bytes += bytes;
        self.uses += 1;
        self.entries.insert(entry, CachedLines { width, lines, bytes, used: self.uses });
    }

    /// Throws an entry's lines away.
    pub fn remove(&mut self, entry: usize) {
        if let Some(cached) = self.entries.remove(&entry) {
            self.bytes -= cached.bytes;
        }
    }

    /// Throws all away: the entries are others now.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// Throws away the lines used longest ago, until `bytes` more fit. Does it down to half, so that it is
    /// seldom done.
    fn evict_for(&mut self, bytes: usize) {
        if self.bytes + bytes <= MAX_BYTES {
            return;
        }
        let mut uses: Vec<(u64, usize)> =
            self.entries.iter().map(|(&entry, cached)| (cached.used, entry)).collect();
        uses.sort_unstable();
        for (_, entry) in uses {
            if self.bytes + bytes <= MAX_BYTES / 2 {
                break;
            }
            self.remove(entry);
        }
    }
}

/// Estimates the bytes a line keeps on the heap.
fn bytes_of(line: &Line) -> usize {
    let spans = line.spans.iter().chain(&line.right);
    size_of::<Line>() + spans.map(|span| size_of::<Span>() + span.text.len()).sum::<usize>()
}
