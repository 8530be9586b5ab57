//! The keys that sequences stand for: those of VT terminals and of the Linux console, xterm's with modifiers, rxvt's,
//! and those told by code point (kitty, xterm's `modifyOtherKeys`), which something else may have left switched on.

use crossterm::event::{KeyCode, KeyModifiers};

/// Finals of what terminals send and no key here is: the mouse or the window came or went, the middle of the keypad.
/// Behind them nothing is missing.
pub(super) const NO_KEYS: &[u8] = b"IOEG";

/// Code points by which kitty names keys that type nothing.
const UNTYPED: std::ops::RangeInclusive<u32> = 57_344..=63_743;
/// Their first of the keypad: its zero.
const KEYPAD: u32 = 57_399;
/// Their F13.
const F13: u32 = 57_376;

/// What the keypad types from [`KEYPAD`] on.
const TYPED_BY_KEYPAD: [char; 18] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '-', '+', '\r', '=', ','];
/// Its keys from there on, where it types nothing.
const KEYS_OF_KEYPAD: [KeyCode; 10] = [
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Insert,
    KeyCode::Delete,
];

/// A key, and what is pressed with it.
type Pressed = (KeyCode, KeyModifiers);

/// Returns whether a text after `ESC introducer` may begin with this byte: of what terminals answer all do.
pub(super) fn begins_text(introducer: u8, byte: u8) -> bool {
    match introducer {
        b']' => byte.is_ascii_digit() || matches!(byte, b'l' | b'L' | b'I'),
        b'P' => byte.is_ascii_digit() || b">!+$=?|".contains(&byte),
        _ => byte == b'G',
    }
}

/// Returns the key of `ESC O parameter last`, if it is one: cursor, function keys, and the keypad in its other mode.
pub(super) fn ss3_key(parameter: &[u8], last: u8) -> Option<Pressed> {
    let code = match last {
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b' ' => KeyCode::Char(' '),
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char((last - b'j' + b'*') as char),
        _ => cursor_key(last)?,
    };
    let last_number = std::str::from_utf8(parameter).ok()?.rsplit(';').next().unwrap_or_default();
    Some((code, modifiers(last_number.parse().unwrap_or(1))))
}

/// Returns the key of `ESC [ parameters last`, if it is one.
pub(super) fn csi_key(parameters: &[u8], last: u8) -> Option<Pressed> {
    let parameters = Parameters::parse(parameters)?;
    // Kitty tells also when a key is let go.
    if parameters.number(1, 1) == Some(3) {
        return None;
    }
    let first = parameters.number(0, 0).unwrap_or(1);
    let held = parameters.number(1, 0).unwrap_or(1);
    let modifiers = modifiers(held);
    let code = match last {
        // Otherwise it is the answer to somebody who asked where the cursor is.
        b'P'..=b'S' if first == 1 => KeyCode::F(last - b'P' + 1),
        b'Z' => return Some((KeyCode::BackTab, modifiers | KeyModifiers::SHIFT)),
        b'~' if first == 27 => {
            let code_point = CodePoint { code: parameters.number(2, 0)?, shifted: None, text: None };
            return code_point.key(held);
        }
        b'~' => numbered(first)?,
        // rxvt's ctrl, and shift with ctrl.
        b'^' => return Some((numbered(first)?, KeyModifiers::CONTROL)),
        b'@' => return Some((numbered(first)?, KeyModifiers::SHIFT | KeyModifiers::CONTROL)),
        b'a'..=b'd' => return Some((cursor_key(last.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        b'u' => {
            let text = parameters.number(2, 0).filter(|_| parameters.number(2, 1).is_none());
            return CodePoint { code: first, shifted: parameters.number(0, 1), text }.key(held);
        }
        _ => cursor_key(last)?,
    };
    Some((code, modifiers))
}

/// The parameters of a sequence: fields after semicolons, numbers after colons; what is left out is `None`.
struct Parameters(Vec<Vec<Option<u32>>>);

impl Parameters {
    /// Parses them. `None`: they are more than numbers, and the sequence is no key's.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let number = |digits: &str| match digits {
            "" => Ok(None),
            digits => digits.parse().map(Some),
        };
        let fields = std::str::from_utf8(bytes).ok()?.split(';');
        fields
            .map(|field| field.split(':').map(number).collect())
            .collect::<Result<_, std::num::ParseIntError>>()
            .ok()
            .map(Self)
    }

    fn number(&self, field: usize, within: usize) -> Option<u32> {
        *self.0.get(field)?.get(within)?
    }
}

/// A key told by its code point: `ESC [ code : shifted ; modifiers ; text u`, or xterm's `ESC [ 27 ; modifiers ; code ~`.
struct CodePoint {
    code: u32,
    /// The character with shift, where the terminal says so.
    shifted: Option<u32>,
    /// The character that it types, where the terminal says so.
    text: Option<u32>,
}

impl CodePoint {
    fn key(&self, held: u32) -> Option<Pressed> {
        let modifiers = modifiers(held);
        // With super, hyper or meta it is for the desktop.
        if held.saturating_sub(1) & 0b11_1000 != 0 {
            return None;
        }
        let typed =
            (!modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)).then(|| self.typed(modifiers));
        let code = match typed.flatten().or_else(|| char::from_u32(self.code))? {
            '\r' => KeyCode::Enter,
            '\t' if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            '\t' => KeyCode::Tab,
            '\u{1b}' => KeyCode::Esc,
            '\u{8}' | '\u{7f}' => KeyCode::Backspace,
            character if UNTYPED.contains(&u32::from(character)) => return self.untyped(modifiers),
            character if character.is_control() => return None,
            character => KeyCode::Char(character),
        };
        Some((code, modifiers))
    }

    /// Returns the character that it types, if another is known than its own.
    fn typed(&self, modifiers: KeyModifiers) -> Option<char> {
        let is_shifted = modifiers.contains(KeyModifiers::SHIFT);
        let character = self.text.or(self.shifted.filter(|_| is_shifted)).and_then(char::from_u32);
        character.or_else(|| {
            let mut capital = char::from_u32(self.code).filter(|_| is_shifted)?.to_uppercase();
            capital.next().filter(|_| capital.len() == 0)
        })
    }

    /// Returns the key of a code point that stands for no character.
    fn untyped(&self, modifiers: KeyModifiers) -> Option<Pressed> {
        let at = |first: u32| self.code.checked_sub(first).map(|index| index as usize);
        let code = match at(KEYPAD) {
            Some(index) if index < TYPED_BY_KEYPAD.len() => match TYPED_BY_KEYPAD[index] {
                '\r' => KeyCode::Enter,
                character => KeyCode::Char(character),
            },
            Some(index) => *KEYS_OF_KEYPAD.get(index - TYPED_BY_KEYPAD.len())?,
            None => KeyCode::F(at(F13).map(|index| index as u8 + 13)?),
        };
        Some((code, modifiers))
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

/// Returns the key of `ESC [ number ~`.
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

/// Reads xterm's parameter: one more than the sum of shift 1, alt 2, ctrl 4.
fn modifiers(parameter: u32) -> KeyModifiers {
    let bits = parameter.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::SHIFT, bits & 1 != 0);
    modifiers.set(KeyModifiers::ALT, bits & 2 != 0);
    modifiers.set(KeyModifiers::CONTROL, bits & 4 != 0);
    modifiers
}
