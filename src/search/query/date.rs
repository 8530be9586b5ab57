//! The dates of `after:` and `before:`: a year, a month or a day, in the person's own time zone.

use std::fmt;

use jiff::{civil, tz::TimeZone};

use crate::conversation::Time;

/// A year, a month of it, or a day of that, with the moment it begins in the zone it was read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    start: Time,
}

impl Date {
    /// Parses `2024`, `2024-6` or `2024-06-30`. `None`: anything else, and dates that no calendar has.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let mut pieces = text.split('-');
        let year: i16 = digits(pieces.next()?, 4..=4)?;
        let month = pieces.next().map(|piece| digits(piece, 1..=2).ok_or(())).transpose().ok()?;
        let day = pieces.next().map(|piece| digits(piece, 1..=2).ok_or(())).transpose().ok()?;
        if pieces.next().is_some() {
            return None;
        }
        let (month, day) = (month.map(|month| month as i8), day.map(|day| day as i8));
        let date = civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let start = Time(date.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_microsecond());
        Some(Self { year, month, day, start })
    }

    /// Returns the first moment of that year, month or day.
    pub fn start(self) -> Time {
        self.start
    }
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i16> {
    (length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year)?;
        for piece in [self.month, self.day].into_iter().flatten() {
            write!(formatter, "-{piece:02}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_a_month_and_a_day_begin_at_local_midnight() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let hour = 3_600_000_000;
        let start = |text: &str| Date::parse(text, &zone).map(|date| date.start().0);
        assert_eq!(start("1970"), Some(-2 * hour));
        assert_eq!(start("1970-02"), Some((31 * 24 - 2) * hour));
        assert_eq!(start("1970-1-3"), Some((2 * 24 - 2) * hour));
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for text in
            ["", "24", "2024-", "2024-13", "2024-02-30", "2024-1-1-1", "+024", "2024-0", "20240", "２０２４"]
        {
            assert_eq!(Date::parse(text, &TimeZone::UTC), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_written_with_leading_zeros() {
        let date = Date::parse("2024-6-3", &TimeZone::UTC).map(|date| date.to_string());
        assert_eq!(date.as_deref(), Some("2024-06-03"));
    }
}
