//! Bytes from a terminal, as keys and pastes.
//!
//! crossterm's own decoder takes an ESC at the end of what it happens to have read for the key, and types the rest of
//! the sequence into the search line; over a slow line that is what a cursor key looks like. Here a sequence may
//! arrive in pieces: what is not finished [waits](Decoder::patience), and only then [is taken](Decoder::lapse) for
//! what it is so far. What no key sends, such as a late answer to somebody else's question, is swallowed whole.
//!
//! Keys are called as crossterm calls them, except that both 0x08 and 0x7f are the backspace key.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::platform::TerminalInput;

/// Time that the rest of a key's sequence may take: an ESC alone is the key after that.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(50);
/// Time that a paste may pause; a terminal that never says where it ends must not swallow every key after it.
const PASTE_PATIENCE: Duration = Duration::from_secs(3);
/// Longer than any key's sequence: past it, it is none.
const SEQUENCE_LIMIT: usize = 64;
/// Of a longer paste the rest is left out: it goes into a search line.
const PASTE_LIMIT: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";

/// The state between two reads.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    state: State,
    /// The unfinished sequence or paste, without its introducer.
    held: Vec<u8>,
    /// An ESC came before: the key is pressed together with alt.
    alt: bool,
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
    /// After `ESC ]`, `ESC P` and their like: text up to `ESC \` or BEL.
    Text,
    /// An ESC in such a text.
    TextEscape,
    /// Between the marks of a bracketed paste.
    Paste,
    /// Within a character of several bytes: how many are missing.
    Character(u8),
}

impl Decoder {
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
            _ => Some(SEQUENCE_PATIENCE),
        }
    }

    /// Nothing more came: what is unfinished is taken for what it is so far.
    pub fn lapse(&mut self, give: &mut impl FnMut(TerminalInput)) {
        match self.state {
            State::Ground | State::Character(_) => {}
            State::Escape => self.key(KeyCode::Esc, KeyModifiers::NONE, give),
            State::Application => self.with_alt('O', give),
            State::Control if self.held.is_empty() => self.with_alt('[', give),
            State::Text if self.held.len() == 1 => self.with_alt(self.held[0] as char, give),
            State::Control | State::Text | State::TextEscape => {}
            State::Paste => self.paste(give),
        }
        self.rest();
    }

    fn rest(&mut self) {
        *self = Self { held: std::mem::take(&mut self.held), ..Self::default() };
        self.held.clear();
    }

    fn take(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match self.state {
            State::Ground => self.begin(byte, give),
            State::Escape => match byte {
                b'[' => self.state = State::Control,
                b'O' => self.state = State::Application,
                b']' | b'P' | b'_' | b'^' | b'X' => {
                    self.held.push(byte);
                    self.state = State::Text;
                }
                // Twice ESC: the first may have been the key, or alt of what follows.
                0x1b if self.alt => self.key(KeyCode::Esc, KeyModifiers::NONE, give),
                0x1b => self.alt = true,
                _ => {
                    self.alt = true;
                    self.state = State::Ground;
                    self.begin(byte, give);
                }
            },
            State::Application => {
                let code = match byte {
                    b'P'..=b'S' => Some(KeyCode::F(byte - b'P' + 1)),
                    b'M' => Some(KeyCode::Enter),
                    _ => cursor_key(byte),
                };
                self.finish(code, KeyModifiers::NONE, give);
            }
            State::Control => self.control(byte, give),
            State::Text if byte == 0x07 => self.rest(),
            State::Text | State::TextEscape if byte == 0x1b => self.state = State::TextEscape,
            State::TextEscape if byte == b'\\' => self.rest(),
            State::TextEscape => {
                // It was cut short, and something else begins.
                self.rest();
                self.state = State::Escape;
                self.take(byte, give);
            }
            State::Text => {
                // Only whether there is more than the introducer is of interest.
                self.held.truncate(1);
                self.held.push(byte);
            }
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
                    self.rest();
                    return self.begin(byte, give);
                }
                self.held.push(byte);
                self.state = State::Character(missing - 1);
                if missing == 1 {
                    let character = std::str::from_utf8(&self.held).ok().and_then(|text| text.chars().next());
                    self.finish(character.map(KeyCode::Char), KeyModifiers::NONE, give);
                }
            }
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
            _ => self.rest(),
        }
    }

    fn character(&mut self, first: u8, missing: u8) {
        self.held.push(first);
        self.state = State::Character(missing);
    }

    /// A byte of `ESC [ … final`.
    fn control(&mut self, byte: u8, give: &mut impl FnMut(TerminalInput)) {
        match byte {
            // The console's F1 to F5 are `ESC [ [ A` to `E`.
            b'[' if self.held.is_empty() => self.held.push(byte),
            b'A'..=b'E' if self.held == b"[" => {
                self.finish(Some(KeyCode::F(byte - b'A' + 1)), KeyModifiers::NONE, give);
            }
            0x20..=0x3f if self.held.len() < SEQUENCE_LIMIT => self.held.push(byte),
            0x1b => {
                self.rest();
                self.state = State::Escape;
            }
            0x40..=0x7e => {
                let held = std::mem::take(&mut self.held);
                if held == b"200" && byte == b'~' {
                    self.rest();
                    self.state = State::Paste;
                } else {
                    let (code, modifiers) = sequence(&held, byte).unzip();
                    self.finish(code, modifiers.unwrap_or(KeyModifiers::NONE), give);
                }
            }
            _ => self.rest(),
        }
    }

    fn paste(&mut self, give: &mut impl FnMut(TerminalInput)) {
        self.held.truncate(PASTE_LIMIT);
        give(TerminalInput::Paste(String::from_utf8_lossy(&self.held).into_owned()));
        self.held = Vec::new();
        self.rest();
    }

    fn with_alt(&mut self, character: char, give: &mut impl FnMut(TerminalInput)) {
        self.alt = true;
        self.key(KeyCode::Char(character), KeyModifiers::NONE, give);
    }

    /// The end of a sequence: a key, or nothing that is one.
    fn finish(
        &mut self,
        code: Option<KeyCode>,
        modifiers: KeyModifiers,
        give: &mut impl FnMut(TerminalInput),
    ) {
        match code {
            Some(code) => self.key(code, modifiers, give),
            None => self.rest(),
        }
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

fn cursor_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        _ => return None,
    })
}

/// The key of `ESC [ parameters last`, if it is one.
fn sequence(parameters: &[u8], last: u8) -> Option<(KeyCode, KeyModifiers)> {
    let text = std::str::from_utf8(parameters).ok()?;
    let numbers: Vec<u32> = text
        .split(';')
        .map(|number| number.split(':').next().unwrap_or_default())
        .map(|number| if number.is_empty() { Ok(1) } else { number.parse() })
        .collect::<Result<_, _>>()
        .ok()?;
    let first = *numbers.first()?;
    let modifiers = modifiers(numbers.get(1).copied().unwrap_or(1));
    let code = match last {
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'Z' => return Some((KeyCode::BackTab, modifiers | KeyModifiers::SHIFT)),
        b'~' if first == 27 => return other_key(*numbers.get(2)?, modifiers),
        b'~' => numbered(first)?,
        // rxvt's ctrl, and shift with ctrl.
        b'^' => return Some((numbered(first)?, KeyModifiers::CONTROL)),
        b'@' => return Some((numbered(first)?, KeyModifiers::SHIFT | KeyModifiers::CONTROL)),
        b'a'..=b'd' => return Some((cursor_key(last.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        b'u' => return other_key(first, modifiers),
        _ => cursor_key(last)?,
    };
    Some((code, modifiers))
}

/// The key of `ESC [ number ~`.
fn numbered(number: u32) -> Option<KeyCode> {
    let function = |base: u32| Some(KeyCode::F((number - base) as u8));
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23..=26 => function(12),
        28 | 29 => function(13),
        31..=34 => function(14),
        _ => None,
    }
}

/// A key told by its code point: `ESC [ code ; modifiers u`, or xterm's `ESC [ 27 ; modifiers ; code ~`.
fn other_key(code: u32, modifiers: KeyModifiers) -> Option<(KeyCode, KeyModifiers)> {
    let code = match char::from_u32(code)? {
        '\r' => KeyCode::Enter,
        '\t' if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        '\t' => KeyCode::Tab,
        '\u{1b}' => KeyCode::Esc,
        '\u{8}' | '\u{7f}' => KeyCode::Backspace,
        character if character.is_control() => return None,
        character => KeyCode::Char(character),
    };
    Some((code, modifiers))
}

/// xterm's parameter: one more than the sum of shift 1, alt 2, ctrl 4.
fn modifiers(parameter: u32) -> KeyModifiers {
    let bits = parameter.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::SHIFT, bits & 1 != 0);
    modifiers.set(KeyModifiers::ALT, bits & 2 != 0);
    modifiers.set(KeyModifiers::CONTROL, bits & 4 != 0);
    modifiers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Decodes these pieces, with a pause after the last.
    fn decoded(pieces: &[&[u8]]) -> Vec<TerminalInput> {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        for piece in pieces {
            decoder.feed(piece, &mut |input| inputs.push(input));
        }
        if decoder.patience().is_some() {
            decoder.lapse(&mut |input| inputs.push(input));
        }
        assert_eq!(decoder.patience(), None);
        inputs
    }

    fn key(code: KeyCode, modifiers: KeyModifiers) -> TerminalInput {
        TerminalInput::Key(KeyEvent::new(code, modifiers))
    }

    fn plain(code: KeyCode) -> TerminalInput {
        key(code, KeyModifiers::NONE)
    }

    #[test]
    fn letters_controls_and_characters_are_keys() {
        let ctrl = KeyModifiers::CONTROL;
        for (bytes, wanted) in [
            (&b"a"[..], plain(KeyCode::Char('a'))),
            (b"A", key(KeyCode::Char('A'), KeyModifiers::SHIFT)),
            (b" ", plain(KeyCode::Char(' '))),
            ("é".as_bytes(), plain(KeyCode::Char('é'))),
            ("日".as_bytes(), plain(KeyCode::Char('日'))),
            ("😀".as_bytes(), plain(KeyCode::Char('😀'))),
            (b"\r", plain(KeyCode::Enter)),
            (b"\t", plain(KeyCode::Tab)),
            (b"\x7f", plain(KeyCode::Backspace)),
            (b"\x08", plain(KeyCode::Backspace)),
            (b"\x1b", plain(KeyCode::Esc)),
            (b"\x03", key(KeyCode::Char('c'), ctrl)),
            (b"\x1a", key(KeyCode::Char('z'), ctrl)),
            (b"\x00", key(KeyCode::Char(' '), ctrl)),
            (b"\x1ba", key(KeyCode::Char('a'), KeyModifiers::ALT)),
            (b"\x1b[", key(KeyCode::Char('['), KeyModifiers::ALT)),
            (b"\x1b]", key(KeyCode::Char(']'), KeyModifiers::ALT)),
        ] {
            assert_eq!(decoded(&[bytes]), [wanted], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn every_terminal_s_sequences_are_known() {
        let shift = KeyModifiers::SHIFT;
        let ctrl = KeyModifiers::CONTROL;
        for (bytes, wanted) in [
            (&b"\x1b[A"[..], plain(KeyCode::Up)),
            (b"\x1bOA", plain(KeyCode::Up)),
            (b"\x1b[1;5C", key(KeyCode::Right, ctrl)),
            (b"\x1b[H", plain(KeyCode::Home)),
            (b"\x1b[1~", plain(KeyCode::Home)),
            (b"\x1b[7~", plain(KeyCode::Home)),
            (b"\x1b[4~", plain(KeyCode::End)),
            (b"\x1b[3~", plain(KeyCode::Delete)),
            (b"\x1b[5~", plain(KeyCode::PageUp)),
            (b"\x1b[6;2~", key(KeyCode::PageDown, shift)),
            (b"\x1bOP", plain(KeyCode::F(1))),
            (b"\x1b[11~", plain(KeyCode::F(1))),
            (b"\x1b[[A", plain(KeyCode::F(1))),
            (b"\x1b[17~", plain(KeyCode::F(6))),
            (b"\x1b[24~", plain(KeyCode::F(12))),
            (b"\x1b[1;2R", key(KeyCode::F(3), shift)),
            (b"\x1b[Z", key(KeyCode::BackTab, shift)),
            (b"\x1b[27;5;9~", key(KeyCode::Tab, ctrl)),
            (b"\x1b[97;5u", key(KeyCode::Char('a'), ctrl)),
            (b"\x1b[5^", key(KeyCode::PageUp, ctrl)),
            (b"\x1b[a", key(KeyCode::Up, shift)),
            (b"\x1b\x1b[A", key(KeyCode::Up, KeyModifiers::ALT)),
        ] {
            assert_eq!(decoded(&[bytes]), [wanted], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_sequence_that_arrives_in_pieces_is_one_key() {
        assert_eq!(decoded(&[b"\x1b", b"[", b"A"]), [plain(KeyCode::Up)]);
        assert_eq!(decoded(&[b"\xe6", b"\x97", b"\xa5"]), [plain(KeyCode::Char('日'))]);
    }

    #[test]
    fn a_paste_is_one_input_whatever_is_in_it() {
        assert_eq!(
            decoded(&[b"\x1b[200~one\rtwo\x1b[A\x03", b"\x1b[20", b"1~x"]),
            [TerminalInput::Paste("one\rtwo\x1b[A\x03".into()), plain(KeyCode::Char('x'))]
        );
        assert_eq!(decoded(&[b"\x1b[200~cut"]), [TerminalInput::Paste("cut".into())]);
    }

    #[test]
    fn a_paste_without_end_is_bounded() {
        let mut long = b"\x1b[200~".to_vec();
        long.resize(PASTE_LIMIT + 5000, b'a');
        long.extend_from_slice(PASTE_END);
        let TerminalInput::Paste(text) = &decoded(&[&long])[0] else { panic!("no paste") };
        assert_eq!(text.len(), PASTE_LIMIT);
    }

    #[test]
    fn answers_that_nobody_asked_for_are_swallowed() {
        for answer in [
            &b"\x1b]11;rgb:0000/0000/0000\x07"[..],
            b"\x1b]11;rgb:0000/0000/0000\x1b\\",
            b"\x1bP>|XTerm(380)\x1b\\",
            b"\x1b[?64;1;2c",
            b"\x1b[>41;380;0c",
            b"\x1b[?2026;2$y",
            b"\x1b[I",
            b"\x1b[<0;10;10M",
            b"\x1b_Gi=1;OK\x1b\\",
            b"\xff\xfe",
        ] {
            assert_eq!(decoded(&[answer, b"x"]), [plain(KeyCode::Char('x'))], "{}", answer.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much_for_it(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            decoded(&pieces);
        }

        #[test]
        fn how_it_is_cut_into_pieces_makes_no_difference(
            bytes in prop::collection::vec(prop::sample::select(b"\x1b[]OPA1;~2a\xc3\xa9\x07\\".as_slice()), 0..30)
        ) {
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(decoded(&single), decoded(&[&bytes]));
        }
    }
}
