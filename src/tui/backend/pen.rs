//! The look of what is written next: colours and attributes in as few bytes as they take (`ESC[32m`, not
//! `ESC[38;5;2m`).

use std::io::Write;

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};

use super::glyph::SEEN_ON_BLANKS;

/// The attributes that the terminal paints with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// The attributes with the codes that set and reset them. Bold and dim share their reset.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// As after `ESC[m`.
    pub const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// Returns the pen that paints this settled cell, given the one in hand: a blank asks only for what is seen of
    /// it.
    pub fn of(cell: &Cell, in_hand: Self) -> Self {
        if super::glyph::is_blank(cell) && !cell.modifier.intersects(SEEN_ON_BLANKS) {
            Self { bg: cell.bg, modifier: in_hand.modifier.difference(SEEN_ON_BLANKS), ..in_hand }
        } else {
            Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
        }
    }

    /// Returns the pen that erases to a plain blank, given the one in hand.
    pub fn erasing(in_hand: Self) -> Self {
        Self { bg: Color::Reset, modifier: in_hand.modifier.difference(SEEN_ON_BLANKS), ..in_hand }
    }

    /// Turns this pen into `next`, by changes or from scratch, whichever is shorter.
    pub fn change(&mut self, next: Self, out: &mut Vec<u8>) {
        if *self == next {
            return;
        }
        let start = out.len();
        write_codes(out, |codes| codes.changes(*self, next));
        let by_changes = out.len() - start;
        write_codes(out, |codes| {
            if next != Self::PLAIN {
                codes.number(0);
            }
            codes.changes(Self::PLAIN, next);
        });
        if out.len() - start - by_changes < by_changes {
            out.drain(start..start + by_changes);
        } else {
            out.truncate(start + by_changes);
        }
        *self = next;
    }
}

fn write_codes(out: &mut Vec<u8>, fill: impl FnOnce(&mut Codes)) {
    out.extend_from_slice(b"\x1b[");
    fill(&mut Codes { out, any: false });
    out.push(b'm');
}

/// The numbers of one SGR sequence.
struct Codes<'a> {
    out: &'a mut Vec<u8>,
    any: bool,
}

impl Codes<'_> {
    fn number(&mut self, number: u8) {
        if self.any {
            self.out.push(b';');
        }
        self.any = true;
        let _ = write!(self.out, "{number}");
    }

    fn changes(&mut self, from: Pen, to: Pen) {
        let mut held = from.modifier;
        let gone = from.modifier.difference(to.modifier);
        let mut last = 0;
        for (attribute, _, reset) in ATTRIBUTES {
            if gone.contains(attribute) {
                if reset != last {
                    self.number(reset);
                    last = reset;
                }
                for (shared, _, its) in ATTRIBUTES {
                    if its == reset {
                        held.remove(shared);
                    }
                }
            }
        }
        for (attribute, set, _) in ATTRIBUTES {
            if to.modifier.contains(attribute) && !held.contains(attribute) {
                self.number(set);
            }
        }
        if from.fg != to.fg {
            self.color(to.fg, 30);
        }
        if from.bg != to.bg {
            self.color(to.bg, 40);
        }
    }

    /// Sets a colour; `base` is 30 for the foreground, 40 for the background.
    fn color(&mut self, color: Color, base: u8) {
        match sixteen(color) {
            Some(n @ 0..=7) => return self.number(base + n),
            Some(n) => return self.number(base + 60 + (n - 8)),
            None => {}
        }
        match color {
            Color::Indexed(n) => [base + 8, 5, n].into_iter().for_each(|n| self.number(n)),
            Color::Rgb(r, g, b) => [base + 8, 2, r, g, b].into_iter().for_each(|n| self.number(n)),
            _ => self.number(base + 9),
        }
    }
}

/// Returns the number of this colour among the terminal's sixteen.
fn sixteen(color: Color) -> Option<u8> {
    Some(match color {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(n @ 0..=15) => n,
        Color::Indexed(_) | Color::Rgb(..) | Color::Reset => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(from: Pen, to: Pen) -> String {
        let mut out = Vec::new();
        let mut pen = from;
        pen.change(to, &mut out);
        assert_eq!(pen, to);
        String::from_utf8(out).unwrap()
    }

    fn pen(fg: Color, modifier: Modifier) -> Pen {
        Pen { fg, bg: Color::Reset, modifier }
    }

    #[test]
    fn the_sixteen_colours_take_their_short_form() {
        assert_eq!(written(Pen::PLAIN, pen(Color::Green, Modifier::empty())), "\x1b[32m");
        assert_eq!(written(Pen::PLAIN, pen(Color::Indexed(2), Modifier::empty())), "\x1b[32m");
        assert_eq!(written(Pen::PLAIN, pen(Color::LightBlue, Modifier::empty())), "\x1b[94m");
        assert_eq!(written(Pen::PLAIN, Pen { bg: Color::DarkGray, ..Pen::PLAIN }), "\x1b[100m");
    }

    #[test]
    fn other_colours_are_written_as_given() {
        assert_eq!(written(Pen::PLAIN, pen(Color::Indexed(200), Modifier::empty())), "\x1b[38;5;200m");
        assert_eq!(written(Pen::PLAIN, Pen { bg: Color::Rgb(1, 2, 3), ..Pen::PLAIN }), "\x1b[48;2;1;2;3m");
    }

    #[test]
    fn going_back_to_plain_is_three_bytes() {
        assert_eq!(written(pen(Color::Green, Modifier::BOLD | Modifier::ITALIC), Pen::PLAIN), "\x1b[m");
        assert_eq!(written(pen(Color::Reset, Modifier::BOLD), Pen::PLAIN), "\x1b[m");
    }

    #[test]
    fn bold_to_dim_resets_the_intensity_they_share() {
        assert_eq!(
            written(pen(Color::Green, Modifier::BOLD), pen(Color::Green, Modifier::DIM)),
            "\x1b[22;2m"
        );
        let both = Modifier::BOLD | Modifier::DIM;
        assert_eq!(written(pen(Color::Green, both), pen(Color::Green, Modifier::BOLD)), "\x1b[22;1m");
    }

    #[test]
    fn nothing_is_written_for_the_pen_in_hand() {
        assert_eq!(written(Pen::PLAIN, Pen::PLAIN), "");
    }
}
