//! The times of `date:`, `after:` and `before:`: a year, a month or a day, or an age, in the person's own time zone.

use std::fmt;

use jiff::{Span, Timestamp, civil, tz::TimeZone};

use crate::conversation::Time;

/// The clock that the times of a query are by. It is read where the program meets the world, so that parsing is pure.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Where days begin.
    pub zone: TimeZone,
    /// The moment from which ages are counted.
    pub now: Time,
}

impl Clock {
    /// The first moment of 1970 in UTC: for queries without ages.
    pub const EPOCH: Self = Self { zone: TimeZone::UTC, now: Time(0) };

    /// Returns the day that it is now. `None`: no calendar has it.
    fn today(&self) -> Option<civil::Date> {
        Some(self.zone.to_datetime(Timestamp::from_microsecond(self.now.0).ok()?).date())
    }

    /// Returns the first moment of a day.
    fn start_of(&self, day: civil::Date) -> Option<Time> {
        Some(Time(day.to_zoned_datetime(self.zone.clone()).ok()?.timestamp().as_microsecond()))
    }
}

/// A time that can be named: a year, a month of it or a day of that, or the time since so long ago.
///
/// Ages are counted in days, so that they mean the same from one key to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    name: Name,
    start: Time,
    /// The first moment after it. `None`: it lasts.
    end: Option<Time>,
}

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Calendar { year: i16, month: Option<i8>, day: Option<i8> },
    Age { count: i16, unit: Unit },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

const UNITS: [(char, Unit); 4] =
    [('d', Unit::Days), ('w', Unit::Weeks), ('m', Unit::Months), ('y', Unit::Years)];

impl Date {
    /// Parses `2024`, `2024-6` or `2024-06-30`, or an age such as `7d`, `3w`, `6m` or `1y`. `None`: anything else, and
    /// times that no calendar has.
    pub fn parse(text: &str, clock: &Clock) -> Option<Self> {
        Self::parse_age(text, clock).or_else(|| Self::parse_calendar(text, clock))
    }

    fn parse_age(text: &str, clock: &Clock) -> Option<Self> {
        let (_, unit) = UNITS.into_iter().find(|&(letter, _)| text.ends_with(letter))?;
        let count: i16 = digits(&text[..text.len() - 1], 1..=4)?;
        let span = match unit {
            Unit::Days => Span::new().try_days(count),
            Unit::Weeks => Span::new().try_weeks(count),
            Unit::Months => Span::new().try_months(count),
            Unit::Years => Span::new().try_years(count),
        };
        let day = clock.today()?.checked_sub(span.ok()?).ok()?;
        Some(Self { name: Name::Age { count, unit }, start: clock.start_of(day)?, end: None })
    }

    fn parse_calendar(text: &str, clock: &Clock) -> Option<Self> {
        let mut pieces = text.split('-');
        let year: i16 = digits(pieces.next()?, 4..=4)?;
        let month = pieces.next().map(|piece| digits(piece, 1..=2).ok_or(())).transpose().ok()?;
        let day = pieces.next().map(|piece| digits(piece, 1..=2).ok_or(())).transpose().ok()?;
        if pieces.next().is_some() {
            return None;
        }
        let (month, day) = (month.map(|month| month as i8), day.map(|day| day as i8));
        let first = civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let length = match (month, day) {
            (None, _) => Span::new().try_years(1),
            (_, None) => Span::new().try_months(1),
            _ => Span::new().try_days(1),
        };
        // Of the last year there is no end that a calendar has.
        let end =
            length.and_then(|length| first.checked_add(length)).ok().and_then(|end| clock.start_of(end));
        Some(Self { name: Name::Calendar { year, month, day }, start: clock.start_of(first)?, end })
    }

    /// Returns the first moment of that year, month or day, or of the day so long ago.
    pub fn start(self) -> Time {
        self.start
    }

    /// Returns whether a moment is in that year, month or day, or not so long ago.
    pub fn contains(self, time: Time) -> bool {
        self.start <= time && self.end.is_none_or(|end| time < end)
    }
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i16> {
    (length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Name::Calendar { year, month, day } => {
                write!(formatter, "{year:04}")?;
                for piece in [month, day].into_iter().flatten() {
                    write!(formatter, "-{piece:02}")?;
                }
                Ok(())
            }
            Name::Age { count, unit } => {
                let letter =
                    UNITS.iter().find(|&&(_, other)| other == unit).map_or('d', |&(letter, _)| letter);
                write!(formatter, "{count}{letter}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;
    const DAY: i64 = 24 * HOUR;

    /// Two hours east of Greenwich, at 23:00 of this day there, counted from 1970-01-01.
    fn late_on(day: i64) -> Clock {
        Clock { zone: TimeZone::fixed(jiff::tz::offset(2)), now: Time(day * DAY + 21 * HOUR) }
    }

    #[test]
    fn a_year_a_month_and_a_day_begin_at_local_midnight() {
        let start = |text: &str| Date::parse(text, &late_on(0)).map(|date| date.start().0);
        assert_eq!(start("1970"), Some(-2 * HOUR));
        assert_eq!(start("1970-02"), Some((31 * 24 - 2) * HOUR));
        assert_eq!(start("1970-1-3"), Some((2 * 24 - 2) * HOUR));
    }

    #[test]
    fn a_year_a_month_and_a_day_end_where_the_next_begins() {
        for (text, first, next) in
            [("1970", 0, 365), ("1970-02", 31, 59), ("1970-12-31", 364, 365), ("1972-2", 761, 790)]
        {
            let date = Date::parse(text, &late_on(0)).expect("a date");
            let holds = |moment: i64| date.contains(Time(moment - 2 * HOUR));
            assert_eq!(
                [first * DAY - 1, first * DAY, next * DAY - 1, next * DAY].map(holds),
                [false, true, true, false],
                "{text}"
            );
        }
        let last = Date::parse("9999", &Clock::EPOCH).expect("a date");
        assert!(last.contains(Time(i64::MAX)), "nothing comes after it");
    }

    #[test]
    fn an_age_begins_with_the_day_so_long_ago_and_lasts() {
        // 1973-03-31.
        let clock = late_on(1_185);
        for (text, day) in [
            ("0d", 1_185),
            ("7d", 1_178),
            ("3w", 1_164),
            // February has no 31st: its last day.
            ("1m", 1_154),
            ("13m", 789),
            ("1y", 820),
        ] {
            let age = Date::parse(text, &clock).expect("an age");
            assert_eq!(age.start().0, day * DAY - 2 * HOUR, "{text}");
            assert!(age.contains(Time(clock.now.0 + DAY)), "other clocks are ahead");
            assert!(!age.contains(Time(age.start().0 - 1)));
        }
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for text in [
            "",
            "24",
            "2024-",
            "2024-13",
            "2024-02-30",
            "2024-1-1-1",
            "+024",
            "2024-0",
            "20240",
            "２０２４",
            "d",
            "7",
            "-7d",
            "7 d",
            "7h",
            "1.5y",
            "12345d",
            "７d",
            "2024d-01",
        ] {
            assert_eq!(Date::parse(text, &Clock::EPOCH), None, "{text}");
        }
        assert_eq!(Date::parse("7d", &Clock { now: Time(i64::MAX), ..Clock::EPOCH }), None);
    }

    #[test]
    fn a_date_is_written_with_leading_zeros_and_an_age_without() {
        for (typed, written) in [("2024-6-3", "2024-06-03"), ("007d", "7d"), ("6m", "6m")] {
            let date = Date::parse(typed, &Clock::EPOCH).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some(written));
        }
    }
}
