//! A terminal that knows nothing but what `unspool` is meant to write, and refuses all else.
//!
//! It keeps only what stands in which column, and can be told how wide it takes characters to be: terminals disagree,
//! and what stands beside a doubtful one must not move in any.

use unicode_width::UnicodeWidthChar;

/// How wide a terminal takes a character to be.
pub type Width = fn(char) -> usize;

/// As the Unicode of today has it, character by character.
pub fn of_today(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// As many terminals have had it since 2007: pictures are narrow, marks of later versions have columns.
pub fn of_old(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x64b..=0x65e | 0x200b..=0x200f | 0x20d0..=0x20ef => {
            0
        }
        0x93c | 0x941..=0x948 | 0x94d | 0xe31 | 0xe34..=0xe3a | 0xe47..=0xe4e | 0x302a..=0x302f => 0,
        0x3099..=0x309a | 0x1160..=0x11ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe23 => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3040..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x2fffd | 0x30000..=0x3fffd => 2,
        _ => 1,
    }
}

/// As a terminal that takes every picture to be wide.
pub fn of_pictures(c: char) -> usize {
    match c {
        '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => 2,
        _ => of_today(c),
    }
}

pub struct Strict {
    width: Width,
    cells: Vec<Vec<char>>,
    columns: usize,
    x: usize,
    y: usize,
    top: usize,
    bottom: usize,
    /// Text past the last column goes on in the next row.
    wraps: bool,
    /// What was put into the clipboard, still encoded.
    pub copied: Vec<String>,
}

/// The colour of the ground, and what the terminal is.
const ASK: &str = "\x1b]11;?\x1b\\\x1b[c";
const ENTER: &str = "\x1b[?1049h\x1b[?2004h";
const LEAVE: &str = "\x1b[?2026l\x1b[r\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";
const AFRESH: &str = "\x1b[r\x1b[m\x1b[?25l\x1b[H\x1b[2J";

impl Strict {
    pub fn new(columns: usize, rows: usize, width: Width) -> Self {
        let cells = vec![vec![' '; columns]; rows];
        Self { width, cells, columns, x: 0, y: 0, top: 0, bottom: rows - 1, wraps: true, copied: Vec::new() }
    }

    /// Takes all that was written.
    #[track_caller]
    pub fn take(&mut self, raw: &[u8]) {
        if let Err(why) = self.try_take(raw) {
            panic!("{why}");
        }
    }

    /// The same; what was wrong, and where.
    pub fn try_take(&mut self, raw: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(raw).map_err(|error| error.to_string())?;
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            let length = self.step(rest, before).map_err(|why| {
                let at = text.len() - rest.len();
                let near = |range: std::ops::Range<usize>| raw[range].escape_ascii().to_string();
                let (from, to) = (at.saturating_sub(60), (at + 40).min(raw.len()));
                format!("{why}: …{} ⟨here⟩ {}…", near(from..at), near(at..to))
            })?;
            before = first;
            rest = &rest[length..];
        }
        Ok(())
    }

    fn step(&mut self, rest: &str, before: char) -> Result<usize, String> {
        if rest.starts_with(ASK) {
            return Ok(ASK.len());
        }
        for whole in [ENTER, LEAVE, AFRESH] {
            if rest.starts_with(whole) {
                self.erase();
                self.wraps |= whole == LEAVE;
                return Ok(whole.len());
            }
        }
        for (mark, wraps) in [("\x1b[?7l", false), ("\x1b[?7h", true)] {
            if rest.starts_with(mark) {
                self.wraps = wraps;
                return Ok(mark.len());
            }
        }
        for mark in ["\x1b[?2026h", "\x1b[?2026l", "\x1b[?25h", "\x1b[?25l"] {
            if rest.starts_with(mark) {
                return Ok(mark.len());
            }
        }
        if let Some(copy) = rest.strip_prefix("\x1b]52;c;") {
            let end = copy.find("\x1b\\").ok_or("a copy without an end")?;
            let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
            if !copy[..end].bytes().all(is_base64) {
                return Err("a copy of something else".to_owned());
            }
            self.copied.push(copy[..end].to_owned());
            return Ok("\x1b]52;c;".len() + end + 2);
        }
        if let Some(link) = rest.strip_prefix("\x1b]8;;") {
            let end = link.find("\x1b\\").ok_or("a link without an end")?;
            let target = &link[..end];
            let known = ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme));
            let leads_well = known && target.bytes().all(|byte| byte.is_ascii_graphic());
            if !target.is_empty() && !leads_well {
                return Err("a link that leads elsewhere".to_owned());
            }
            return Ok("\x1b]8;;".len() + end + 2);
        }
        if let Some(sequence) = rest.strip_prefix("\x1b[") {
            let end = sequence.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(sequence.len());
            let numbers: Vec<usize> =
                sequence[..end].split(';').map(|number| number.parse().unwrap_or(0)).collect();
            self.obey(&numbers, sequence[end..].chars().next().unwrap_or(' '))?;
            return Ok(2 + end + 1);
        }
        if rest.starts_with("\x1bM") {
            if self.y == self.top {
                self.scroll(false);
            } else {
                self.y = self.y.saturating_sub(1);
            }
            return Ok(2);
        }
        let c = rest.chars().next().unwrap_or(' ');
        match c {
            '\r' => self.x = 0,
            '\x08' => self.x = self.x.saturating_sub(1),
            '\n' if self.y == self.bottom => self.scroll(true),
            '\n' => self.y = (self.y + 1).min(self.cells.len() - 1),
            _ => {
                if !joins_pictures(c, before) {
                    is_harmless(c, before)?;
                }
                if self.wraps && self.x + (self.width)(c) > self.columns {
                    return Err("text that a terminal would let run on into the next row".to_owned());
                }
                self.put(c);
            }
        }
        Ok(c.len_utf8())
    }

    fn obey(&mut self, numbers: &[usize], end: char) -> Result<(), String> {
        let number = |index: usize| numbers.get(index).copied().unwrap_or(0).max(1);
        match (end, numbers.len()) {
            ('H', 1 | 2) => {
                (self.y, self.x) = ((number(0) - 1).min(self.cells.len() - 1), number(1) - 1);
            }
            ('C', 1) => self.x += number(0),
            ('D', 1) => self.x = self.x.saturating_sub(number(0)),
            ('K', 1) if numbers[0] == 0 => {
                self.cells[self.y].iter_mut().skip(self.x).for_each(|cell| *cell = ' ');
            }
            ('X', 1) => {
                self.cells[self.y].iter_mut().skip(self.x).take(number(0)).for_each(|cell| *cell = ' ');
            }
            ('r', 1) if numbers[0] == 0 => (self.top, self.bottom) = (0, self.cells.len() - 1),
            ('r', 2) => (self.top, self.bottom) = (number(0) - 1, number(1) - 1),
            ('m', 1..=12) => {}
            _ => return Err("a sequence that is none of its own".to_owned()),
        }
        Ok(())
    }

    fn put(&mut self, c: char) {
        let width = (self.width)(c);
        if width == 0 {
            return;
        }
        let x = self.x.min(self.columns - 1);
        self.cells[self.y][x] = c;
        if width == 2 && x + 1 < self.columns {
            self.cells[self.y][x + 1] = ' ';
        }
        self.x = x + width;
    }

    fn scroll(&mut self, up: bool) {
        let (from, to) = if up { (self.top, self.bottom) } else { (self.bottom, self.top) };
        self.cells.remove(from);
        self.cells.insert(to, vec![' '; self.columns]);
    }

    fn erase(&mut self) {
        self.cells.iter_mut().flatten().for_each(|cell| *cell = ' ');
        (self.x, self.y) = (0, 0);
    }

    /// The columns in which this character stands, row by row.
    pub fn columns_of(&self, c: char) -> Vec<Vec<usize>> {
        let of = |row: &Vec<char>| {
            row.iter().enumerate().filter(|(_, cell)| **cell == c).map(|(x, _)| x).collect()
        };
        self.cells.iter().map(of).collect()
    }

    /// The whole screen as text.
    pub fn contents(&self) -> String {
        (0..self.cells.len()).map(|y| self.row(y) + "\n").collect()
    }

    /// A row as text.
    pub fn row(&self, y: usize) -> String {
        self.cells[y].iter().collect()
    }
}

/// Whether a character belongs to a picture that is joined of several.
pub fn joins_pictures(c: char, before: char) -> bool {
    let picture = matches!(before, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}');
    picture && matches!(c, '\u{200d}' | '\u{fe0f}') && c != before
}

/// Whether a character may reach a cell of a terminal after this one.
pub fn is_harmless(c: char, before: char) -> Result<(), String> {
    let what = match c as u32 {
        0..=0x1f | 0x7f => "a control",
        0x80..=0x9f => "an eight-bit control",
        0xad | 0x34f | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x3164 | 0xffa0 => {
            "an invisible one"
        }
        0x200b | 0x2060..=0x2065 | 0x206a..=0x206f | 0xfeff | 0xfff0..=0xfffb => "an invisible one",
        0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0x61c => "one that turns text round",
        0x2028 | 0x2029 => "a line break",
        // A script that needs them may have them.
        0x200c | 0x200d if (before as u32) < 0x600 || before as u32 >= 0x1f000 => "a joiner",
        0xfe00..=0xfe0f | 0xe0100..=0xe01ef => "a variation selector",
        0xe000..=0xf8ff | 0xf0000..=0x0010_ffff => "a private one",
        0xe0000..=0xe0fff => "a tag",
        0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xfdd0..=0xfdef => "an invisible one",
        code if code & 0xfffe == 0xfffe => "a character that is none",
        _ => return Ok(()),
    };
    Err(format!("{what}, U+{:04X}", c as u32))
}
