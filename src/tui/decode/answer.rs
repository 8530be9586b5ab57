//! What a terminal answers when it is asked for the colour of its ground.

use crate::tui::platform::TerminalAnswer;

/// Reads `]11;rgb:RRRR/GGGG/BBBB`, as terminals write it: one to four digits a part, or an `rgba:` with a fourth.
pub(super) fn background(text: &[u8]) -> Option<TerminalAnswer> {
    let color = std::str::from_utf8(text).ok()?.strip_prefix("]11;")?;
    let mut parts = color.strip_prefix("rgb:").or_else(|| color.strip_prefix("rgba:"))?.split('/').map(part);
    let [red, green, blue] = [parts.next()??, parts.next()??, parts.next()??];
    Some(TerminalAnswer::Background(red, green, blue))
}

/// Reads a part of a colour, of whatever many digits, as one of 255.
fn part(digits: &str) -> Option<u8> {
    if !(1..=4).contains(&digits.len()) {
        return None;
    }
    let highest = (1_u32 << (4 * digits.len())) - 1;
    let number = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from(number * 255 / highest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_read_however_many_digits_it_has() {
        for (text, ground) in [
            ("]11;rgb:0000/2b2b/3636", Some((0, 0x2b, 0x36))),
            ("]11;rgb:ff/ff/ff", Some((255, 255, 255))),
            ("]11;rgb:f/0/8", Some((255, 0, 136))),
            ("]11;rgba:1e1e/1e1e/1e1e/ffff", Some((0x1e, 0x1e, 0x1e))),
            ("]10;rgb:ff/ff/ff", None),
            ("]11;?", None),
            ("]11;rgb:ff/ff", None),
            ("]11;rgb:ff/+f/fffff", None),
            ("]11;rgb://", None),
        ] {
            let expected = ground.map(|(red, green, blue)| TerminalAnswer::Background(red, green, blue));
            assert_eq!(background(text.as_bytes()), expected, "{text}");
        }
    }
}
