//! Dates and times as a reader sees them: short, absolute, local.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::conversation::Time;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The form of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateStyle {
    /// `3 Mar 2025`.
    #[default]
    Short,
    /// `2025-03-03`.
    Iso,
}

/// Returns the local day of a time; `None` outside the calendar.
pub fn day(time: Time, zone: &TimeZone) -> Option<Date> {
    Some(zone.to_datetime(Timestamp::from_microsecond(time.0).ok()?).date())
}

/// Returns the month of a day in three letters.
pub fn month_name(day: Date) -> &'static str {
    MONTHS.get((day.month() as usize).wrapping_sub(1)).copied().unwrap_or_default()
}

/// Writes the local time of day, `10:42`; empty outside the calendar.
pub fn clock(time: Time, zone: &TimeZone) -> String {
    Timestamp::from_microsecond(time.0).map_or_else(
        |_| String::new(),
        |timestamp| {
            let local = zone.to_datetime(timestamp);
            format!("{:02}:{:02}", local.hour(), local.minute())
        },
    )
}

/// Writes the local day of a time; empty outside the calendar.
pub fn date(time: Time, zone: &TimeZone, style: DateStyle) -> String {
    day(time, zone).map_or_else(String::new, |day| match style {
        DateStyle::Short => {
            format!("{} {} {}", day.day(), month_name(day), day.year())
        }
        DateStyle::Iso => day.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local() {
        let time = Time(1_741_000_000_000_000);
        assert_eq!(date(time, &TimeZone::UTC, DateStyle::Short), "3 Mar 2025");
        assert_eq!(date(time, &TimeZone::UTC, DateStyle::Iso), "2025-03-03");
        assert_eq!(date(Time(i64::MAX), &TimeZone::UTC, DateStyle::Iso), "");
        assert_eq!(clock(time, &TimeZone::UTC), "11:06");
        assert_eq!(clock(time, &TimeZone::fixed(jiff::tz::offset(9))), "20:06");
        assert_eq!(clock(Time(i64::MAX), &TimeZone::UTC), "");
    }
}
