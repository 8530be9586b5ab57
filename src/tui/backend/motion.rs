//! The terminal's cursor, as far as its place is known, and the shortest way from there to somewhere else.

use std::io::Write;

/// The terminal's cursor. After text in the last column, or text that terminals measure differently, its column is
/// not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TerminalCursor {
    /// Column, from 0.
    pub x: Option<u16>,
    /// Row, from 0.
    pub y: Option<u16>,
}

impl TerminalCursor {
    /// Anywhere.
    pub const UNKNOWN: Self = Self { x: None, y: None };
    /// The upper left corner.
    pub const HOME: Self = Self { x: Some(0), y: Some(0) };

    /// Returns whether the cursor is known to be there.
    pub fn is(self, x: u16, y: u16) -> bool {
        self == Self { x: Some(x), y: Some(y) }
    }

    /// Moves the cursor by the shortest of: absolutely, and relatively by carriage return, backspace, line feed,
    /// reverse index and the steps right and left. No margins may be set.
    pub fn go(&mut self, x: u16, y: u16, out: &mut Vec<u8>) {
        if self.is(x, y) {
            return;
        }
        let start = out.len();
        absolute(x, y, out);
        let by_address = out.len() - start;
        if self.relative(x, y, out) && out.len() - start - by_address < by_address {
            out.drain(start..start + by_address);
        } else {
            out.truncate(start + by_address);
        }
        *self = Self { x: Some(x), y: Some(y) };
    }

    /// Moves relatively. False: there is no such way.
    fn relative(self, x: u16, y: u16, out: &mut Vec<u8>) -> bool {
        let Some(from_y) = self.y else { return false };
        if from_y.abs_diff(y) > 8 {
            return false;
        }
        // The carriage return comes first: it also ends the state in which the next character would wrap.
        let mut from_x = self.x;
        if from_x.is_none_or(|from| x < from && 1 + cost_right(x) < cost_left(from - x)) {
            out.push(b'\r');
            from_x = Some(0);
        }
        for _ in from_y..y {
            out.push(b'\n');
        }
        for _ in y..from_y {
            out.extend_from_slice(b"\x1bM");
        }
        match from_x.unwrap_or(0) {
            from if from < x => step(x - from, b'C', out),
            from if from > x + 4 => step(from - x, b'D', out),
            from => out.extend(std::iter::repeat_n(b'\x08', (from - x) as usize)),
        }
        true
    }
}

fn absolute(x: u16, y: u16, out: &mut Vec<u8>) {
    let _ = match (x, y) {
        (0, 0) => write!(out, "\x1b[H"),
        (0, _) => write!(out, "\x1b[{}H", y + 1),
        _ => write!(out, "\x1b[{};{}H", y + 1, x + 1),
    };
}

fn step(by: u16, direction: u8, out: &mut Vec<u8>) {
    if by == 1 {
        out.extend_from_slice(b"\x1b[");
    } else {
        let _ = write!(out, "\x1b[{by}");
    }
    out.push(direction);
}

fn cost_left(by: u16) -> u16 {
    if by <= 4 { by } else { cost_right(by) }
}

/// Returns the bytes of a step to the right.
pub(super) fn cost_right(by: u16) -> u16 {
    match by {
        0 => 0,
        1 => 3,
        2..10 => 4,
        10..100 => 5,
        100..1000 => 6,
        1000.. => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: (u16, u16), to: (u16, u16)) -> String {
        let mut place = TerminalCursor { x: Some(from.0), y: Some(from.1) };
        let mut out = Vec::new();
        place.go(to.0, to.1, &mut out);
        assert!(place.is(to.0, to.1));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_shortest_way_is_taken() {
        assert_eq!(way((5, 5), (5, 5)), "");
        assert_eq!(way((5, 5), (0, 5)), "\r");
        assert_eq!(way((5, 5), (0, 6)), "\r\n");
        assert_eq!(way((5, 5), (4, 5)), "\x08");
        assert_eq!(way((5, 5), (6, 5)), "\x1b[C");
        assert_eq!(way((5, 5), (15, 5)), "\x1b[10C");
        assert_eq!(way((5, 5), (5, 6)), "\n");
        assert_eq!(way((5, 5), (5, 4)), "\x1bM");
        assert_eq!(way((70, 20), (0, 0)), "\x1b[H");
        assert_eq!(way((70, 20), (30, 2)), "\x1b[3;31H");
    }

    #[test]
    fn an_unknown_column_is_left_by_carriage_return_or_address() {
        let mut out = Vec::new();
        TerminalCursor { x: None, y: Some(3) }.go(0, 4, &mut out);
        TerminalCursor { x: None, y: Some(3) }.go(40, 3, &mut out);
        let mut anywhere = TerminalCursor::UNKNOWN;
        anywhere.go(1, 1, &mut out);
        assert_eq!(out, b"\r\n\r\x1b[40C\x1b[2;2H");
    }
}
