//! The lines of entries that were laid out, kept as long as there is room.

use std::rc::Rc;

use hashbrown::HashMap;

use super::line::{Line, Span};

/// Bytes of laid-out lines that are kept before the oldest are thrown away.
const KEPT: usize = 48 << 20;

/// Lines by their entry. An entry is kept for one width, the last.
#[derive(Debug, Default)]
pub struct Laid {
    entries: HashMap<usize, Held>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug)]
struct Held {
    width: u16,
    lines: Rc<[Line]>,
    bytes: usize,
    used: u64,
}

impl Laid {
    /// The lines of an entry at a width, if they are kept.
    pub fn get(&mut self, entry: usize, width: u16) -> Option<Rc<[Line]>> {
        let found = self.entries.get_mut(&entry).filter(|found| found.width == width)?;
        self.uses += 1;
        found.used = self.uses;
        Some(Rc::clone(&found.lines))
    }

    /// Keeps the lines of an entry instead of those it had.
    pub fn keep(&mut self, entry: usize, width: u16, lines: Rc<[Line]>) {
        self.forget(entry);
        let bytes = lines.iter().map(bytes_of).sum();
        self.make_room(bytes);
        self.bytes += bytes;
        self.uses += 1;
        self.entries.insert(entry, Held { width, lines, bytes, used: self.uses });
    }

    /// Throws an entry's lines away.
    pub fn forget(&mut self, entry: usize) {
        if let Some(held) = self.entries.remove(&entry) {
            self.bytes -= held.bytes;
        }
    }

    /// Throws all away: the entries are others now.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// Throws the lines that were not used for longest away, until `bytes` more are no more than what may be kept.
    fn make_room(&mut self, bytes: usize) {
        if self.bytes + bytes <= KEPT {
            return;
        }
        let mut uses: Vec<(u64, usize)> =
            self.entries.iter().map(|(&entry, held)| (held.used, entry)).collect();
        uses.sort_unstable();
        for (_, entry) in uses {
            if self.bytes + bytes <= KEPT / 2 {
                break;
            }
            self.forget(entry);
        }
    }
}

/// What a line keeps on the heap, roughly.
fn bytes_of(line: &Line) -> usize {
    let spans = line.spans.iter().chain(&line.right);
    size_of::<Line>() + spans.map(|span| size_of::<Span>() + span.text.len()).sum::<usize>()
}
