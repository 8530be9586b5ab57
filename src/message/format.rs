//! Sizes, numbers and durations in words: the same on the screen, in files and in reports.

/// The bytes of a text in which its first line is looked for: megabytes of blanks may stand before it.
const MAX_BEGINNING_LENGTH: usize = 64 << 10;

/// Returns a number in groups of three digits: `4 212`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Returns a number with its noun: `1 line`, `1 024 lines`.
pub fn count(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// Returns a number of bytes in the unit that fits: `1 byte`, `412 bytes`, `2.1 KB`, `48 MB`. In powers of 1 000, as
/// file managers count.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return count(bytes, "byte", "bytes");
    }
    let mut value = bytes as f64 / 1e3;
    let mut unit = 0;
    // 999.95 KB would read "1000 KB".
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1e3;
        unit += 1;
    }
    if value < 9.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// Returns the number of lines of a text, as [`str::lines`] counts them, at the speed of memory.
pub fn lines(text: &str) -> u64 {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    (breaks + usize::from(!text.is_empty() && !text.ends_with('\n'))) as u64
}

/// Returns the first line of a text that is not blank, without the blanks around it; looks at its beginning only.
pub fn first_line(text: &str) -> Option<&str> {
    let beginning = &text[..text.floor_char_boundary(MAX_BEGINNING_LENGTH)];
    beginning.lines().map(str::trim).find(|line| !line.is_empty())
}

/// Returns a duration, given in seconds: `15 s`, `2 min`, `2 min 3 s`.
pub fn duration(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups() {
        let told: Vec<String> = [0, 12, 999, 4_212, 1_234_567].map(number).into();
        assert_eq!(told, ["0", "12", "999", "4 212", "1 234 567"]);
        assert_eq!(count(1, "line", "lines"), "1 line");
        assert_eq!(count(1_024, "line", "lines"), "1 024 lines");
    }

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        let told: Vec<String> =
            [0, 1, 412, 999, 1_000, 2_140, 9_949, 48_200_000, 999_700, 1_449_000].map(size).into();
        assert_eq!(
            told,
            [
                "0 bytes",
                "1 byte",
                "412 bytes",
                "999 bytes",
                "1.0 KB",
                "2.1 KB",
                "9.9 KB",
                "48 MB",
                "1.0 MB",
                "1.4 MB"
            ]
        );
    }

    #[test]
    fn lines_are_counted_as_they_are_split() {
        for text in ["", "a", "a\n", "a\nb", "\n\n", "a\r\nb\r\n"] {
            assert_eq!(lines(text), text.lines().count() as u64, "{text:?}");
        }
        assert_eq!(first_line("\n \n  a b \nc"), Some("a b"));
        assert_eq!(first_line(&(" ".repeat(1 << 20) + "a")), None);
    }

    #[test]
    fn durations_are_in_minutes_and_seconds() {
        assert_eq!([15, 60, 123].map(duration), ["15 s", "1 min", "2 min 3 s"]);
    }
}
