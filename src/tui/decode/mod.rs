//! Bytes from a terminal, as keys and pastes.
//!
//! crossterm's own decoder takes an ESC at the end of what it happens to have read for the key, and types the rest of
//! the sequence into the search line; over a slow connection that is what a cursor key looks like. Here a sequence
//! may arrive in pieces: what is not finished [waits](Decoder::timeout), and only then
//! [is taken](Decoder::on_timeout) for what it is so far. What no key sends, such as a late answer to somebody else's
//! question or a mouse that somebody else has switched on, is swallowed whole; an ESC before it is a key all the
//! same. An answer to a question of [our own](Decoder::await_answers) is told, up to the last of them.
//!
//! Keys are called as crossterm calls them, except that both 0x08 and 0x7f are the backspace key. A key right after an
//! ESC is pressed with alt: whoever binds nothing to that takes it for both, [one after the other](super::queue).

mod answer;
mod sequence;
mod timed;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub use self::timed::TimedDecoder;
use super::platform::{TerminalAnswer, TerminalInput};

/// Time that the rest of a key's sequence may take: an ESC alone is the key after that.
const SEQUENCE_TIMEOUT: Duration = Duration::from_millis(50);
/// The same at the other end of a connection, where a sequence may be cut between two packets.
const SEQUENCE_TIMEOUT_REMOTE: Duration = Duration::from_millis(100);
/// Time that an answer may pause, once it can be nothing else: on a slow line it comes in pieces, what is lost on the
/// way is sent again after a second or a little more, and its rest is not to be typed.
const ANSWER_PAUSE: Duration = Duration::from_secs(2);
/// Time that the rest of a sequence may take while an answer is awaited: a line that cuts it behind its first byte would
/// have the rest typed.
const AWAITED_TIMEOUT: Duration = Duration::from_millis(300);
/// Time that a paste may pause; a terminal that never says where it ends must not swallow every key after it.
const PASTE_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than any key's sequence: past it, it is none.
const SEQUENCE_LIMIT: usize = 64;
/// Bytes of a paste; of a longer one the rest is left out: it goes into a search line.
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
    sequence_timeout: Duration,
    /// The terminal was asked, and has not told the last yet.
    awaits_answers: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After `ESC O`.
    Ss3,
    /// After `ESC [`.
    Csi,
    /// After `ESC ]`, `ESC P` or `ESC _`: text up to `ESC \` or BEL.
    String,
    /// An ESC in such a text.
    StringEscape,
    /// Between the marks of a bracketed paste.
    Paste,
    /// Within a character of several bytes: how many are missing.
    Character(u8),
    /// After `ESC [ M`, a mouse of the oldest kind: how many characters are missing.
    Mouse(u8),
}

impl Decoder {
    /// Makes a decoder for a terminal here, or at the other end of a connection.
    pub fn new(is_remote: bool) -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            alt: false,
            sequence_timeout: if is_remote { SEQUENCE_TIMEOUT_REMOTE } else { SEQUENCE_TIMEOUT },
            awaits_answers: false,
        }
    }

    /// Tells answers of the terminal from now on, up to what it says of [itself](TerminalAnswer::Attributes).
    pub fn await_answers(&mut self) {
        self.awaits_answers = true;
    }

    /// Swallows answers from now on: they come too late.
    pub fn stop_awaiting_answers(&mut self) {
        self.awaits_answers = false;
    }

    /// Takes these bytes; gives what they complete.
    pub fn feed(&mut self, bytes: &[u8], emit: &mut impl FnMut(TerminalInput)) {
        for byte in bytes {
            self.take(*byte, emit);
        }
    }

    /// Returns the time to wait for more before [`on_timeout`](Self::on_timeout); `None`: nothing is unfinished.
    pub fn timeout(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Paste => Some(PASTE_TIMEOUT),
            _ if self.is_in_answer() => Some(ANSWER_PAUSE),
            _ if self.awaits_answers => Some(AWAITED_TIMEOUT),
            _ => Some(self.sequence_timeout),
        }
    }

    /// Returns whether what is unfinished can only be an answer: no key begins like that.
    fn is_in_answer(&self) -> bool {
        match self.state {
            State::String | State::StringEscape => self.held.len() > 1,
            State::Csi => self.held.starts_with(b"?"),
            _ => false,
        }
    }

    /// Returns whether the end of a paste is missing.
    fn is_in_paste(&self) -> bool {
        self.state == State::Paste
    }

    /// Takes what is unfinished for what it is so far, since nothing more came.
    pub fn on_timeout(&mut self, emit: &mut impl FnMut(TerminalInput)) {
        match (self.state, &self.held[..]) {
            (State::Escape, _) => self.key(KeyCode::Esc, KeyModifiers::NONE, emit),
            (State::Ss3, []) => self.emit_with_alt('O', emit),
            (State::Csi, []) => self.emit_with_alt('[', emit),
            (State::String, &[introducer]) => self.emit_with_alt(introducer as char, emit),
            (State::Paste, _) => self.paste(emit),
            _ => self.discard(emit),
        }
    }

    fn reset(&mut self) {
        (self.state, self.alt) = (State::Ground, false);
        self.held.clear();
    }

    fn take(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        match self.state {
            State::Ground => self.begin(byte, emit),
            State::Escape => self.escaped(byte, emit),
            State::Ss3 => self.take_ss3_byte(byte, emit),
            State::Csi => self.take_csi_byte(byte, emit),
            State::String | State::StringEscape => self.text(byte, emit),
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
                    self.paste(emit);
                }
            }
            State::Character(missing) => {
                if byte & 0xc0 != 0x80 {
                    return self.discard_and_begin(byte, emit);
                }
                self.held.push(byte);
                self.state = State::Character(missing - 1);
                if missing == 1 {
                    let character = std::str::from_utf8(&self.held).ok().and_then(|text| text.chars().next());
                    self.finish(character.map(|it| (KeyCode::Char(it), KeyModifiers::NONE)), emit);
                }
            }
            State::Mouse(missing) => self.mouse(byte, missing, emit),
        }
    }

    fn begin(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        let ctrl = KeyModifiers::CONTROL;
        match byte {
            0x1b => self.state = State::Escape,
            b'\r' => self.key(KeyCode::Enter, KeyModifiers::NONE, emit),
            b'\t' => self.key(KeyCode::Tab, KeyModifiers::NONE, emit),
            0x08 | 0x7f => self.key(KeyCode::Backspace, KeyModifiers::NONE, emit),
            0x00 => self.key(KeyCode::Char(' '), ctrl, emit),
            0x01..=0x1a => self.key(KeyCode::Char((byte - 1 + b'a') as char), ctrl, emit),
            0x1c..=0x1f => self.key(KeyCode::Char((byte - 0x1c + b'4') as char), ctrl, emit),
            0x20..=0x7e => self.key(KeyCode::Char(byte as char), KeyModifiers::NONE, emit),
            0xc2..=0xdf => self.character(byte, 1),
            0xe0..=0xef => self.character(byte, 2),
            0xf0..=0xf4 => self.character(byte, 3),
            _ => self.discard(emit),
        }
    }

    fn character(&mut self, first: u8, missing: u8) {
        self.held.push(first);
        self.state = State::Character(missing);
    }

    /// Takes a byte after ESC.
    fn escaped(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        match byte {
            b'[' => self.state = State::Csi,
            b'O' => self.state = State::Ss3,
            b']' | b'P' | b'_' => {
                self.held.push(byte);
                self.state = State::String;
            }
            // Of three the first is the key for sure; of two it may be, or alt of what follows.
            0x1b if self.alt => escape(emit),
            0x1b => self.alt = true,
            _ => {
                if self.alt {
                    escape(emit);
                }
                self.alt = true;
                self.state = State::Ground;
                self.begin(byte, emit);
            }
        }
    }

    /// Takes a byte of `ESC O number final`.
    fn take_ss3_byte(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        match byte {
            b'0'..=b'9' | b';' if self.held.len() < SEQUENCE_LIMIT => self.held.push(byte),
            _ => match sequence::ss3_key(&self.held, byte) {
                Some(key) => self.finish(Some(key), emit),
                // The middle of the keypad.
                None if byte == b'E' => self.discard(emit),
                None => self.emit_letter_and_begin('O', byte, emit),
            },
        }
    }

    /// Takes a byte of `ESC [ … final`.
    fn take_csi_byte(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        match byte {
            // The console's F1 to F5 are `ESC [ [ A` to `E`.
            b'[' if self.held.is_empty() => self.held.push(byte),
            b'A'..=b'E' if self.held == b"[" => {
                self.finish(Some((KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE)), emit);
            }
            b'M' if self.held.is_empty() => self.state = State::Mouse(3),
            0x20..=0x3f if self.held.len() <= SEQUENCE_LIMIT => self.held.push(byte),
            // Too long for a key: what follows is swallowed up to its end.
            0x20..=0x3f => {}
            b'~' if self.held == b"200" => {
                if self.alt {
                    escape(emit);
                }
                self.reset();
                self.state = State::Paste;
            }
            0x40..=0x7e if self.held.len() > SEQUENCE_LIMIT => self.discard(emit),
            b'c' if self.held.starts_with(b"?") => self.answer(Some(TerminalAnswer::Attributes), emit),
            0x40..=0x7e => match sequence::csi_key(&self.held, byte) {
                Some(key) => self.finish(Some(key), emit),
                None if sequence::NO_KEYS.contains(&byte) => self.discard(emit),
                None => self.emit_letter_and_begin('[', byte, emit),
            },
            _ => self.emit_letter_and_begin('[', byte, emit),
        }
    }

    /// Takes a byte of a text, or of its end.
    fn text(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        let [introducer, rest @ ..] = &self.held[..] else { return self.discard_and_begin(byte, emit) };
        let (introducer, is_alone) = (*introducer, rest.is_empty());
        match (self.state, byte) {
            (State::StringEscape, b'\\') | (State::String, 0x07) if !is_alone => {
                self.answer(answer::background(&self.held), emit);
            }
            (State::StringEscape, b'\\') => self.discard(emit),
            (State::StringEscape, _) => {
                // It was cut short, and something else begins.
                self.discard(emit);
                self.state = State::Escape;
                self.take(byte, emit);
            }
            // No terminal's answer begins so: it was the letter, with alt.
            _ if is_alone && !sequence::begins_text(introducer, byte) => {
                self.emit_letter_and_begin(introducer as char, byte, emit);
            }
            (_, 0x07) => self.discard(emit),
            (_, 0x1b) => self.state = State::StringEscape,
            // Nor does one hold a key such as ctrl-c.
            (_, 0..0x20) => self.discard_and_begin(byte, emit),
            _ if self.held.len() < SEQUENCE_LIMIT => self.held.push(byte),
            _ => {}
        }
    }

    /// Takes a byte of what a mouse of the oldest kind sends: a character for the button, one for the column, one for
    /// the row.
    fn mouse(&mut self, byte: u8, missing: u8, emit: &mut impl FnMut(TerminalInput)) {
        if byte < b' ' {
            return self.discard_and_begin(byte, emit);
        }
        // Some write the places beyond column 95 as UTF-8: two bytes.
        let goes_on = byte & 0xc0 == 0x80 && matches!(self.held[..], [0xc2..=0xdf]);
        self.held.clear();
        match missing {
            _ if goes_on => {}
            1 => self.discard(emit),
            _ => {
                self.held.push(byte);
                self.state = State::Mouse(missing - 1);
            }
        }
    }

    fn paste(&mut self, emit: &mut impl FnMut(TerminalInput)) {
        self.held.truncate(PASTE_LIMIT);
        emit(TerminalInput::Paste(String::from_utf8_lossy(&self.held).into_owned()));
        self.held = Vec::new();
        self.reset();
    }

    /// Emits the introducer of a sequence as a letter with alt.
    fn emit_with_alt(&mut self, letter: char, emit: &mut impl FnMut(TerminalInput)) {
        if self.alt {
            escape(emit);
        }
        self.alt = true;
        self.key(KeyCode::Char(letter), KeyModifiers::NONE, emit);
    }

    /// Ends a sequence that no key and no terminal sends: with nothing in it yet, its introducer was a letter with
    /// alt, and `byte` begins something else.
    fn emit_letter_and_begin(&mut self, letter: char, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        let is_letter = self.held.is_empty() || self.state == State::String;
        if is_letter {
            self.emit_with_alt(letter, emit);
        } else {
            self.discard(emit);
        }
        if is_letter || !(b' '..0x7f).contains(&byte) {
            self.begin(byte, emit);
        }
    }

    /// Ends a sequence: emits its key, or discards what is none.
    fn finish(&mut self, key: Option<(KeyCode, KeyModifiers)>, emit: &mut impl FnMut(TerminalInput)) {
        match key {
            Some((code, modifiers)) => self.key(code, modifiers, emit),
            None => self.discard(emit),
        }
    }

    /// Ends a sequence that may be an answer, and tells it if one is awaited.
    fn answer(&mut self, answer: Option<TerminalAnswer>, emit: &mut impl FnMut(TerminalInput)) {
        self.discard(emit);
        if let Some(answer) = answer.filter(|_| self.awaits_answers) {
            self.awaits_answers = answer != TerminalAnswer::Attributes;
            emit(TerminalInput::Answer(answer));
        }
    }

    /// Discards the unfinished sequence; an ESC before it was a key.
    fn discard(&mut self, emit: &mut impl FnMut(TerminalInput)) {
        if self.alt {
            escape(emit);
        }
        self.reset();
    }

    /// Discards the unfinished sequence and begins another with a byte.
    fn discard_and_begin(&mut self, byte: u8, emit: &mut impl FnMut(TerminalInput)) {
        self.discard(emit);
        self.begin(byte, emit);
    }

    fn key(&mut self, code: KeyCode, mut modifiers: KeyModifiers, emit: &mut impl FnMut(TerminalInput)) {
        modifiers.set(KeyModifiers::ALT, modifiers.contains(KeyModifiers::ALT) || self.alt);
        if matches!(code, KeyCode::Char(character) if character.is_uppercase()) {
            modifiers |= KeyModifiers::SHIFT;
        }
        self.reset();
        emit(TerminalInput::Key(KeyEvent::new(code, modifiers)));
    }
}

/// Gives the key itself.
fn escape(emit: &mut impl FnMut(TerminalInput)) {
    emit(TerminalInput::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
}

#[cfg(test)]
mod tests;
