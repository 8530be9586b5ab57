//! Characters that are written by their UTF-16 numbers, as JSON does it: `\u0073`, and in pairs.

/// Reads a number of hexadecimal digits; `None`: another byte is among them.
pub(crate) fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0_u32, |number, digit| Some(number << 4 | char::from(*digit).to_digit(16)?))
}

/// Reads what stands behind `\u`: four digits, and of a pair the other half, which has at most so many backslashes before
/// its `u`. Returns the number, of a half alone its own, and the bytes that were read.
pub(crate) fn code(digits: &[u8], max_backslashes: usize) -> Option<(u32, usize)> {
    let first = hex(digits.get(..4))?;
    if (0xd800..0xdc00).contains(&first) {
        let rest = &digits[4..];
        let run = rest.iter().take(max_backslashes).take_while(|&&byte| byte == b'\\').count();
        if run > 0
            && rest.get(run) == Some(&b'u')
            && let Some(second @ 0xdc00..0xe000) = hex(rest.get(run + 1..run + 5))
        {
            return Some((0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00), 4 + run + 5));
        }
    }
    Some((first, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_one_character_and_a_half_is_itself() {
        assert_eq!(code(br"0073k", 1), Some((0x73, 4)));
        assert_eq!(code(br"d83d\ude00", 1), Some((0x1_f600, 10)));
        assert_eq!(code(br"d83d\\ude00", 1), Some((0xd83d, 4)));
        assert_eq!(code(br"d83d\\ude00", 8), Some((0x1_f600, 11)));
        assert_eq!(code(br"d83d\u0073", 1), Some((0xd83d, 4)));
        assert_eq!(code(b"d83dude00", 8), Some((0xd83d, 4)));
        assert_eq!(code(b"007", 1), None);
        assert_eq!(code(b"00+7", 1), None);
    }
}
