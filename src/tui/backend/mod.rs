//! The screen: writes frames to a terminal in as few bytes as they take, for a terminal at the other end of a
//! connection.
//!
//! A [`Screen`] remembers what the terminal shows. It is given the whole next frame as a [`Buffer`], works out what
//! differs, lets the terminal scroll what only moved, and sends the rest in the shortest forms, as one write inside
//! a synchronized update. It knows no panes, keys or themes, and asks the terminal nothing. While text is written that
//! may reach the right edge the terminal does not wrap lines; between two frames it does.
//!
//! - `link`: where text leads, beside the cells
//! - `glyph`: what a cell is on the screen, and how wide
//! - `grid`: a screenful of such cells
//! - `pen`: colours and attributes
//! - `motion`: the cursor
//! - `shift`: which rows moved together
//! - `screen_cell`: one cell as the terminal holds it, and where it leads

mod glyph;
mod grid;
mod link;
mod motion;
mod pen;
mod screen_cell;
mod shift;

use std::{
    io::{self, Write},
    sync::Arc,
};

use ratatui::{buffer::Buffer, layout::Position};

pub use self::link::ScreenLink;
use self::{
    glyph::is_erased,
    grid::{Grid, Shift},
    motion::{TerminalCursor, cost_right},
    pen::Pen,
    screen_cell::ScreenCell,
};

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";
const NO_WRAP: &[u8] = b"\x1b[?7l";
const WRAP: &[u8] = b"\x1b[?7h";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// A terminal's screen, written to `W`.
///
/// The terminal must be in raw mode, without margins, and nobody else may write to it; when somebody did, or its size
/// changed, say so with [`forget`](Self::forget).
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    synchronized: bool,
    /// The content of the terminal; `None`: not known.
    shown: Option<Shown>,
}

/// The known state of the terminal.
#[derive(Clone, Debug)]
struct Shown {
    grid: Grid,
    pen: Pen,
    cursor: TerminalCursor,
    cursor_visible: bool,
}

impl<W: Write> Screen<W> {
    /// Makes a screen of which nothing is known yet: the first frame is drawn in full. `synchronized`: frames are
    /// wrapped in the marks that keep a terminal from showing half of one; terminals that do not know them ignore
    /// them.
    pub fn new(out: W, synchronized: bool) -> Self {
        Self { out, synchronized, shown: None }
    }

    /// Shows this frame, with the terminal's cursor there or hidden, and answers with the bytes written: 0 if it is
    /// on the screen already. The buffer's size is taken for the terminal's. After an error the screen is unknown.
    pub fn present(&mut self, frame: &Buffer, cursor: Option<Position>) -> io::Result<usize> {
        self.present_linked(frame, &[], cursor)
    }

    /// Shows a frame with text that leads somewhere: `links` from the top down. Only for a terminal that takes OSC 8,
    /// or ignores it.
    pub fn present_linked(
        &mut self,
        frame: &Buffer,
        links: &[ScreenLink],
        cursor: Option<Position>,
    ) -> io::Result<usize> {
        let next = Grid::of(frame, links);
        let (width, height) = next.size();
        let cursor = cursor.filter(|at| at.x < width && at.y < height);
        let mut bytes = Vec::new();
        let before = self.shown.take().filter(|shown| shown.grid.size() == next.size());
        let after = match before {
            Some(shown) => shown.update(next, cursor, &mut bytes),
            None => Shown::draw_from_scratch(next, cursor, &mut bytes),
        };
        if !bytes.is_empty() {
            if self.synchronized {
                bytes.splice(0..0, BEGIN_UPDATE.iter().copied());
                bytes.extend_from_slice(END_UPDATE);
            }
            self.send(&bytes)?;
        }
        self.shown = Some(after);
        Ok(bytes.len())
    }

    /// Writes something that changes nothing on the screen, such as an OSC 52 sequence.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// Forgets what the terminal shows: the next frame is drawn in full.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Returns the writer.
    pub fn output(&mut self) -> &mut W {
        &mut self.out
    }
}

impl Shown {
    /// Draws a frame on a terminal of which nothing is known.
    fn draw_from_scratch(next: Grid, cursor: Option<Position>, out: &mut Vec<u8>) -> Self {
        out.extend_from_slice(b"\x1b[r\x1b[m");
        out.extend_from_slice(HIDE_CURSOR);
        out.extend_from_slice(b"\x1b[H\x1b[2J");
        let (width, height) = next.size();
        let mut shown = Self {
            grid: Grid::erased(width, height),
            pen: Pen::PLAIN,
            cursor: TerminalCursor::HOME,
            cursor_visible: false,
        };
        shown.draw(&next, out);
        shown.grid = next;
        shown.put_cursor(cursor, out);
        shown
    }

    /// Turns what is shown into the next frame.
    fn update(mut self, next: Grid, cursor: Option<Position>, out: &mut Vec<u8>) -> Self {
        let was_visible = self.cursor_visible;
        let shift = shift::find(&self.grid, &next);
        let scrolled = shift.map(|shift| {
            let mut bytes = Vec::new();
            let mut other = self.clone();
            other.scroll(shift, &mut bytes);
            other.draw(&next, &mut bytes);
            (other, bytes)
        });
        self.draw(&next, out);
        if let Some((other, bytes)) = scrolled
            && bytes.len() < out.len()
        {
            *out = bytes;
            self = other;
        }
        if was_visible && !out.is_empty() && (cursor.is_none() || out.len() > 256) {
            // It would be seen flying over the screen where updates are not synchronized.
            out.splice(0..0, HIDE_CURSOR.iter().copied());
            self.cursor_visible = false;
        }
        self.grid = next;
        self.put_cursor(cursor, out);
        self
    }

    fn put_cursor(&mut self, cursor: Option<Position>, out: &mut Vec<u8>) {
        if let Some(at) = cursor {
            self.cursor.go(at.x, at.y, out);
        }
        if cursor.is_some() != self.cursor_visible {
            out.extend_from_slice(if cursor.is_some() { SHOW_CURSOR } else { HIDE_CURSOR });
            self.cursor_visible = cursor.is_some();
        }
    }

    /// Lets the terminal scroll, by margins and line feeds, which every terminal has.
    fn scroll(&mut self, shift: Shift, out: &mut Vec<u8>) {
        // Many terminals paint what comes in with the background in hand.
        self.pen.change(Pen::erasing(self.pen), out);
        let height = self.grid.size().1;
        let whole = shift.top == 0 && shift.bottom + 1 == height;
        if !whole {
            let _ = write!(out, "\x1b[{};{}r", shift.top + 1, shift.bottom + 1);
            // Setting margins homes the cursor; not every emulation agrees where that is.
            self.cursor = TerminalCursor::UNKNOWN;
        }
        let edge = if shift.by > 0 { shift.bottom } else { shift.top };
        self.cursor.go(0, edge, out);
        for _ in 0..shift.by.unsigned_abs() {
            out.extend_from_slice(if shift.by > 0 { b"\n" } else { b"\x1bM" });
        }
        if !whole {
            out.extend_from_slice(b"\x1b[r");
            self.cursor = TerminalCursor::UNKNOWN;
        }
        self.grid.scroll(shift);
    }

    /// Writes what differs between what is shown and `next`, row by row. Leaves the grid as it was.
    fn draw(&mut self, next: &Grid, out: &mut Vec<u8>) {
        let Self { grid, pen, cursor: place, .. } = self;
        let (mut link, mut may_wrap) = (None, false);
        let start = out.len();
        for y in 0..next.size().1 {
            let (from, to) = (grid.row(y), next.row(y));
            if from != to {
                let may_wrap = &mut may_wrap;
                RowUpdate {
                    y,
                    from,
                    to,
                    pen,
                    cursor: place,
                    link: &mut link,
                    uncertain_until: 0,
                    may_wrap,
                    out,
                }
                .draw();
            }
        }
        // Never from one frame to the next: others write to the terminal, too.
        link::switch_link(&mut link, None, out);
        if may_wrap {
            // It must not run on into the next row.
            out.splice(start..start, NO_WRAP.iter().copied());
            out.extend_from_slice(WRAP);
        }
    }
}

/// One row on its way to the terminal.
struct RowUpdate<'a> {
    y: u16,
    from: &'a [ScreenCell],
    to: &'a [ScreenCell],
    pen: &'a mut Pen,
    cursor: &'a mut TerminalCursor,
    /// The link that text written now gets.
    link: &'a mut Option<Arc<str>>,
    /// Columns before this one may show something else than is known, if they were not written since.
    uncertain_until: usize,
    /// Text was written that ends at the right edge, or that a terminal may take for wider than it is.
    may_wrap: &'a mut bool,
    out: &'a mut Vec<u8>,
}

impl RowUpdate<'_> {
    /// A shorter run of blanks is written, not erased.
    const SHORT_ERASE: usize = 4;
    /// From here on it is shorter to erase blanks within a row and step over them.
    const LONG_BLANK: usize = 10;

    fn draw(mut self) {
        let end = self.to.iter().rposition(|cell| !is_erased(cell)).map_or(0, |last| last + 1);
        let mut x = 0;
        while x < end {
            if self.is_shown(x) {
                x += 1;
            } else if let Some(blanks) = self.long_blank(x, end) {
                self.erase(x, blanks);
                x += blanks;
            } else {
                x = self.write(x);
            }
        }
        self.erase_rest(end);
    }

    /// Returns whether the terminal shows at `x` what it should.
    fn is_shown(&self, x: usize) -> bool {
        x >= self.uncertain_until && self.from[x] == self.to[x]
    }

    /// Writes the glyph at `x`; answers with the column after it.
    fn write(&mut self, x: usize) -> usize {
        // A wide glyph whose second half alone differed would be written again from its first.
        let x = if self.to[x].symbol().is_empty() { x.saturating_sub(1) } else { x };
        self.go(x);
        self.put(x)
    }

    /// Writes the glyph at `x`, where the cursor is; answers with the column after it.
    fn put(&mut self, x: usize) -> usize {
        let cell = &self.to[x];
        self.pen.change(Pen::of(cell, *self.pen), self.out);
        link::switch_link(self.link, cell.link.as_ref(), self.out);
        self.out.extend_from_slice(cell.symbol().as_bytes());
        let wide = self.to.get(x + 1).is_some_and(|next| next.symbol().is_empty());
        let columns = if wide { 2 } else { 1 };
        let after = x + columns as usize;
        // In the last column the terminal waits for the next character before it wraps.
        let known = after < self.to.len() && glyph::has_certain_width(cell.symbol());
        self.cursor.x = known.then_some(after as u16);
        *self.may_wrap |= !known;
        self.uncertain_until =
            self.uncertain_until.max((after + glyph::overhang(cell.symbol(), columns)).min(self.to.len()));
        after
    }

    /// Goes to a column of this row; over a short gap by writing once more what stands there.
    fn go(&mut self, x: usize) {
        if let TerminalCursor { x: Some(from), y: Some(y) } = *self.cursor
            && y == self.y
            && (from as usize) < x
        {
            let gap = from as usize..x;
            let bytes: usize = self.to[gap.clone()].iter().map(|cell| cell.symbol().len()).sum();
            let as_in_hand = |cell: &ScreenCell| {
                cell.symbol().len() == 1 && cell.link == *self.link && Pen::of(cell, *self.pen) == *self.pen
            };
            if bytes <= cost_right(gap.len() as u16) as usize && self.to[gap.clone()].iter().all(as_in_hand) {
                for x in gap {
                    self.put(x);
                }
                return;
            }
        }
        self.cursor.go(x as u16, self.y, self.out);
    }

    /// Returns the length of the run of erased cells at `x`, if that is long and ends before the row's end.
    fn long_blank(&self, x: usize, end: usize) -> Option<usize> {
        let blanks = self.to[x..end].iter().take_while(|cell| is_erased(cell)).count();
        // What is blank already at its end need not be erased.
        let blanks = (0..blanks).rev().find(|n| !self.is_shown(x + n)).map_or(0, |last| last + 1);
        (blanks >= Self::LONG_BLANK).then_some(blanks)
    }

    fn erase(&mut self, x: usize, blanks: usize) {
        self.go(x);
        self.pen.change(Pen::erasing(*self.pen), self.out);
        link::switch_link(self.link, None, self.out);
        let _ = write!(self.out, "\x1b[{blanks}X");
    }

    /// Erases what still stands after the last column that is written.
    fn erase_rest(&mut self, end: usize) {
        let Some(first) = (end..self.to.len()).find(|x| !self.is_shown(*x)) else { return };
        let last = (first..self.to.len()).rfind(|x| !self.is_shown(*x)).unwrap_or(first);
        if last - first + 1 < Self::SHORT_ERASE {
            self.go(first);
            for x in first..=last {
                self.put(x);
            }
            return;
        }
        // Anywhere between the text and the first difference will do.
        let here = matches!(*self.cursor, TerminalCursor { x: Some(x), y: Some(y) } if y == self.y && (end..=first).contains(&(x as usize)));
        if !here {
            self.go(first);
        }
        self.pen.change(Pen::erasing(*self.pen), self.out);
        link::switch_link(self.link, None, self.out);
        self.out.extend_from_slice(b"\x1b[K");
    }
}

#[cfg(test)]
mod tests;
