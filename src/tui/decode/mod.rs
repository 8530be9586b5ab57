//! Bytes from a terminal, as keys and pastes.
//!
//! crossterm's own decoder takes an ESC at the end of what it happens to have read for the key, and types the rest of
//! the sequence into the search line; over a slow line that is what a cursor key looks like. Here a sequence may
//! arrive in pieces: what is not finished [waits](Decoder::patience), and only then [is taken](Decoder::lapse) for
//! what it is so far. What no key sends, such as a late answer to somebody else's question or a mouse that somebody
//! else has switched on, is swallowed whole; an ESC before it is a key all the same.
//!
//! Keys are called as crossterm calls them, except that both 0x08 and 0x7f are the backspace key. A key right after an
//! ESC is pressed with alt: whoever binds nothing to that takes it for both, [one after the other](super::queue).

mod sequence;
mod timed;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub use self::timed::TimedDecoder;
use super::platform::TerminalInput;

/// Time that the rest of a key's sequence may take: an ESC alone is the key after that.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(50);
/// The same at the other end of a line, where a sequence may be cut between two packets.
const SEQUENCE_PATIENCE_AFAR: Duration = Duration::from_millis(100);
/// Time that a paste may pause; a terminal that never says where it ends must not swallow every key after it.
const PASTE_PATIENCE: Duration = Duration::from_secs(3);
/// Longer than any key's sequence: past it, it is none.
const SEQUENCE_LIMIT: usize = 64;
/// Of a longer paste the rest is left out: it goes into a search line.
const PASTE_LIMIT: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";

/// The state between two reads.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// The unfinished sequence or paste, without its introducer.
    held: Vec<u8>,
    /// An ESC came before: the key is pressed together with alt.
    alt: bool,
    sequence_patience: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After `ESC O`.
    Application,
    /// After `ESC [`.
    Control,
    /// After `ESC ]`, `ESC P` or `ESC _`: text up to `ESC \` or BEL.
    Text,
    /// An ESC in such a text.
    TextEscape,
    /// Between the marks of a bracketed paste.
    Paste,
    /// Within a character of several bytes: how many are missing.
    Character(u8),
    /// After `ESC [ M`, a mouse of the oldest kind: how many characters are missing.
    Mouse(u8),
}

impl Decoder {
    /// Makes a decoder for a terminal here, or at the other end of a line.
    pub fn new(is_afar: bool) -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            alt: false,
            sequence_patience: if is_afar { SEQUENCE_PATIENCE_AFAR } else { SEQUENCE_PATIENCE },
        }
    }

    /// Takes these bytes; gives what they complete.
    pub fn feed(&mut self, bytes: &[u8], give: &mut impl FnMut(TerminalInput)) {
        for byte in bytes {
            self.take(*byte, give);
        }
    }

    /// Returns the time to wait for more before [`lapse`](Self::lapse); `None`: nothing is unfinished.
    pub fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Paste => Some(PASTE_PATIENCE),
            _ => Some(self.sequence_patience),
        }
    }

    /// Decides whether the end of a paste is missing.
    fn is_in_paste(&self) -> bool {
        self.state == State::Paste
    }

    /// Nothing more came: what is unfinished is taken for what it is so far.
    pub fn lapse(&mut self, give: &mut impl FnMut(TerminalInput)) {
        match self.state {
            State::Escape => self.key(KeyCode::Esc, KeyModifiers::NONE, give),
            State::Application if self.held.is_empty() => self.with_alt('O', give),
            State::Control if self.held.is_empty() => self.with_alt('[', give),
            State::Text if self.held.len() == 1 => self.with_alt(self.held[0] as char, give),
            State::Paste => self.paste(give),
            _ => self.nothing(give),
        }
    }

    fn rest(&mut self) {
        (self.state, self.alt) = (State::Ground, false);
        self.held.clear();
    }

    fn take(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match self.state {
            State::Ground => self.begin(byte, give),
            State::Escape => self.escaped(byte, give),
            State::Application => self.application(byte, give),
            State::Control => self.control(byte, give),
            State::Text | State::TextEscape => self.text(byte, give),
            State::Paste => {
                if self.held.len() < PASTE_LIMIT + PASTE_END.len() {
                    self.held.push(byte);
                } else {
                    // Room is kept for the end mark.
                    self.held.remove(PASTE_LIMIT);
                    self.held.push(byte);
                }
                if self.held.ends_with(PASTE_END) {
                    self.held.truncate(self.held.len() - PASTE_END.len());
                    self.paste(give);
                }
            }
            State::Character(missing) => {
                if byte & 0xc0 != 0x80 {
                    return self.nothing_but(byte, give);
                }
                self.held.push(byte);
                self.state = State::Character(missing - 1);
                if missing == 1 {
                    let character = std::str::from_utf8(&self.held).ok().and_then(|text| text.chars().next());
                    self.finish(character.map(|it| (KeyCode::Char(it), KeyModifiers::NONE)), give);
                }
            }
            State::Mouse(missing) => self.mouse(byte, missing, give),
        }
    }

    fn begin(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        let ctrl = KeyModifiers::CONTROL;
        match byte {
            0x1b => self.state = State::Escape,
            b'\r' => self.key(KeyCode::Enter, KeyModifiers::NONE, give),
            b'\t' => self.key(KeyCode::Tab, KeyModifiers::NONE, give),
            0x08 | 0x7f => self.key(KeyCode::Backspace, KeyModifiers::NONE, give),
            0x00 => self.key(KeyCode::Char(' '), ctrl, give),
            0x01..=0x1a => self.key(KeyCode::Char((byte - 1 + b'a') as char), ctrl, give),
            0x1c..=0x1f => self.key(KeyCode::Char((byte - 0x1c + b'4') as char), ctrl, give),
            0x20..=0x7e => self.key(KeyCode::Char(byte as char), KeyModifiers::NONE, give),
            0xc2..=0xdf => self.character(byte, 1),
            0xe0..=0xef => self.character(byte, 2),
            0xf0..=0xf4 => self.character(byte, 3),
            _ => self.nothing(give),
        }
    }

    fn character(&mut self, first: u8, missing: u8) {
        self.held.push(first);
        self.state = State::Character(missing);
    }

    /// A byte after ESC.
    fn escaped(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match byte {
            b'[' => self.state = State::Control,
            b'O' => self.state = State::Application,
            b']' | b'P' | b'_' => {
                self.held.push(byte);
                self.state = State::Text;
            }
            // Of three the first is the key for sure; of two it may be, or alt of what follows.
            0x1b if self.alt => escape(give),
            0x1b => self.alt = true,
            _ => {
                if self.alt {
                    escape(give);
                }
                self.alt = true;
                self.state = State::Ground;
                self.begin(byte, give);
            }
        }
    }

    /// A byte of `ESC O number final`.
    fn application(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match byte {
            b'0'..=b'9' | b';' if self.held.len() < SEQUENCE_LIMIT => self.held.push(byte),
            _ => match sequence::application(&self.held, byte) {
                Some(key) => self.finish(Some(key), give),
                // The middle of the keypad.
                None if byte == b'E' => self.nothing(give),
                None => self.letter_and('O', byte, give),
            },
        }
    }

    /// A byte of `ESC [ … final`.
    fn control(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match byte {
            // The console's F1 to F5 are `ESC [ [ A` to `E`.
            b'[' if self.held.is_empty() => self.held.push(byte),
            b'A'..=b'E' if self.held == b"[" => {
                self.finish(Some((KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE)), give);
            }
            b'M' if self.held.is_empty() => self.state = State::Mouse(3),
            0x20..=0x3f if self.held.len() <= SEQUENCE_LIMIT => self.held.push(byte),
            // Too long for a key: what follows is swallowed up to its end.
            0x20..=0x3f => {}
            b'~' if self.held == b"200" => {
                if self.alt {
                    escape(give);
                }
                self.rest();
                self.state = State::Paste;
            }
            0x40..=0x7e if self.held.len() > SEQUENCE_LIMIT => self.nothing(give),
            0x40..=0x7e => match sequence::control(&self.held, byte) {
                Some(key) => self.finish(Some(key), give),
                None if sequence::NO_KEYS.contains(&byte) => self.nothing(give),
                None => self.letter_and('[', byte, give),
            },
            _ => self.letter_and('[', byte, give),
        }
    }

    /// A byte of a text, or of its end.
    fn text(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        let introducer = self.held[0];
        match (self.state, byte) {
            (State::TextEscape, b'\\') => self.nothing(give),
            (State::TextEscape, _) => {
                // It was cut short, and something else begins.
                self.nothing(give);
                self.state = State::Escape;
                self.take(byte, give);
            }
            // No terminal's answer begins so: it was the letter, with alt.
            _ if self.held.len() == 1 && !sequence::begins_text(introducer, byte) => {
                self.letter_and(introducer as char, byte, give);
            }
            (_, 0x07) => self.nothing(give),
            (_, 0x1b) => self.state = State::TextEscape,
            // Nor does one hold a key such as ctrl-c.
            (_, 0..0x20) => self.nothing_but(byte, give),
            // Only whether there is more than the introducer is of interest.
            _ if self.held.len() == 1 => self.held.push(byte),
            _ => {}
        }
    }

    /// A byte of what a mouse of the oldest kind sends: a character for the button, one for the column, one for the row.
    fn mouse(&mut self, byte: u8, missing: u8, give: &mut impl FnMut(TerminalInput)) {
        if byte < b' ' {
            return self.nothing_but(byte, give);
        }
        // Some write the places beyond column 95 as UTF-8: two bytes.
        let goes_on = byte & 0xc0 == 0x80 && matches!(self.held[..], [0xc2..=0xdf]);
        self.held.clear();
        match missing {
            _ if goes_on => {}
            1 => self.nothing(give),
            _ => {
                self.held.push(byte);
                self.state = State::Mouse(missing - 1);
            }
        }
    }

    fn paste(&mut self, give: &mut impl FnMut(TerminalInput)) {
        self.held.truncate(PASTE_LIMIT);
        give(TerminalInput::Paste(String::from_utf8_lossy(&self.held).into_owned()));
        self.held = Vec::new();
        self.rest();
    }

    /// The introducer of a sequence was a letter with alt.
    fn with_alt(&mut self, letter: char, give: &mut impl FnMut(TerminalInput)) {
        if self.alt {
            escape(give);
        }
        self.alt = true;
        self.key(KeyCode::Char(letter), KeyModifiers::NONE, give);
    }

    /// A sequence that no key and no terminal sends: with nothing in it yet, its introducer was a letter with alt, and
    /// `byte` is by itself.
    fn letter_and(&mut self, letter: char, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        let is_letter = self.held.is_empty() || self.state == State::Text;
        if is_letter {
            self.with_alt(letter, give);
        } else {
            self.nothing(give);
        }
        if is_letter || !(b' '..0x7f).contains(&byte) {
            self.begin(byte, give);
        }
    }

    /// The end of a sequence: a key, or nothing that is one.
    fn finish(&mut self, key: Option<(KeyCode, KeyModifiers)>, give: &mut impl FnMut(TerminalInput)) {
        match key {
            Some((code, modifiers)) => self.key(code, modifiers, give),
            None => self.nothing(give),
        }
    }

    /// The end of something that is no key. An ESC before it was one.
    fn nothing(&mut self, give: &mut impl FnMut(TerminalInput)) {
        if self.alt {
            escape(give);
        }
        self.rest();
    }

    /// The end of something that is no key, by a byte that begins something else.
    fn nothing_but(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        self.nothing(give);
        self.begin(byte, give);
    }

    fn key(&mut self, code: KeyCode, mut modifiers: KeyModifiers, give: &mut impl FnMut(TerminalInput)) {
        modifiers.set(KeyModifiers::ALT, modifiers.contains(KeyModifiers::ALT) || self.alt);
        if matches!(code, KeyCode::Char(character) if character.is_uppercase()) {
            modifiers |= KeyModifiers::SHIFT;
        }
        self.rest();
        give(TerminalInput::Key(KeyEvent::new(code, modifiers)));
    }
}

/// Gives the key itself.
fn escape(give: &mut impl FnMut(TerminalInput)) {
    give(TerminalInput::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
}

#[cfg(test)]
mod tests;
