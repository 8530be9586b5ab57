//! Numbers, dates and sizes as the screen writes them: short, absolute, in local time.

use std::path::Path;

use jiff::tz::TimeZone;

pub use crate::message::format::size;
use crate::{
    conversation::Time,
    message::format as words,
    transcript::{dates, sanitize},
};

/// Writes a date: `3 Mar 2025`, or as the style has it; empty without one.
pub fn date(time: Option<Time>, zone: &TimeZone, style: dates::DateStyle) -> String {
    time.map(|time| dates::date(time, zone, style)).unwrap_or_default()
}

/// Writes a number in groups of three: `4 212`.
pub fn number(number: usize) -> String {
    words::number(number as u64)
}

/// Hits are counted up to here; one more means "more".
pub const MAX_HITS: usize = 9_999;

/// Writes a number of hits: exact up to [`MAX_HITS`], then `9 999+`.
pub fn hits(hits: usize) -> String {
    if hits > MAX_HITS { "9 999+".to_owned() } else { number(hits) }
}

/// Writes a number with its noun: `1 hit`, `112 hits`.
pub fn count(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// Writes a path, harmless.
pub fn path(path: &Path) -> String {
    sanitize::line(&path.to_string_lossy()).into_owned()
}

/// Cuts a list such as "2 e-mail addresses, 1 github-token" to so many columns: the rest is a number.
pub fn fit_list(words: &str, columns: usize) -> String {
    if sanitize::width(words) <= columns {
        return words.to_owned();
    }
    let pieces: Vec<&str> = words.split(", ").collect();
    let number = |piece: &&str| {
        let digits = piece.chars().take_while(char::is_ascii_digit).collect::<String>();
        digits.parse().unwrap_or(1_usize)
    };
    let shortened = |kept: usize| {
        let rest: usize = pieces[kept..].iter().map(number).sum();
        format!("{} and {} more", pieces[..kept].join(", "), self::number(rest))
    };
    let fits = |words: &String| sanitize::width(words) <= columns;
    (1..pieces.len()).rev().map(shortened).find(fits).unwrap_or_else(|| {
        let all: usize = pieces.iter().map(number).sum();
        sanitize::fit(&format!("{} of {} kinds", self::number(all), pieces.len()), columns).into_owned()
    })
}

/// Puts words into lines of at most so many columns, as far as no word is longer; the lines after the first are two
/// columns shorter, for their indentation.
pub fn wrap(words: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        let room = if lines.len() > 1 { columns.saturating_sub(2) } else { columns };
        match lines.last_mut() {
            Some(line) if sanitize::width(line) + 1 + sanitize::width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thin_groups() {
        assert_eq!(number(4_212), "4 212");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000_000), "1 000 000");
        assert_eq!(hits(9_999), "9 999");
        assert_eq!(hits(10_000), "9 999+");
    }

    #[test]
    fn what_does_not_fit_goes_on_in_the_next_line() {
        assert_eq!(wrap("as much as fits", 20), ["as much as fits"]);
        assert_eq!(wrap("as much as fits here", 10), ["as much as", "fits", "here"]);
        assert_eq!(wrap("incomprehensible or not", 6), ["incomprehensible", "or", "not"]);
    }

    #[test]
    fn of_a_list_that_is_too_long_the_rest_is_counted() {
        let words = "1 aws-access-key-id, 2 passwords, 11 e-mail addresses, 3 more";
        for (columns, fitted) in [
            (62, words),
            (60, "1 aws-access-key-id, 2 passwords and 14 more"),
            (33, "1 aws-access-key-id and 16 more"),
            (20, "17 of 4 kinds"),
        ] {
            assert_eq!(fit_list(words, columns), fitted);
        }
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, shown) in
            [(412, "412 bytes"), (2_103, "2.1 KB"), (48_000_000, "48 MB"), (999_900, "1.0 MB")]
        {
            assert_eq!(size(bytes), shown);
        }
    }

    #[test]
    fn dates_are_short_and_local() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let time = Time::from_seconds(1_740_956_400.0);
        assert_eq!(date(time, &zone, dates::DateStyle::Short), "3 Mar 2025");
        assert_eq!(date(time, &zone, dates::DateStyle::Iso), "2025-03-03");
        assert_eq!(date(None, &zone, dates::DateStyle::Short), "");
    }
}
