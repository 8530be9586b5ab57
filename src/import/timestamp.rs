//! A time as exports write it.

use std::borrow::Cow;

use super::json::{Lenient, MemoryBudget};
use crate::conversation::Time;

/// A time: seconds since 1970, as ChatGPT writes them, or milli-, micro- or nanoseconds, which occur beside them in one
/// export; or ISO 8601, as Claude does and exports made by ChatGPT's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timestamp(pub Option<Time>);

impl<'de> Lenient<'de> for Timestamp {
    fn from_number(number: f64) -> Self {
        // No date of this century is so large a number of the next larger unit.
        let units = match number.abs() {
            ..1e11 => 1.0,
            ..1e14 => 1e3,
            ..1e17 => 1e6,
            _ => 1e9,
        };
        Self(Time::from_seconds(number / units))
    }

    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        if let Ok(seconds) = text.parse::<f64>() {
            return Self::from_number(seconds);
        }
        let zoned = text.parse::<jiff::Timestamp>().ok();
        let local = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse::<jiff::civil::DateTime>().ok()?).ok();
        // As mail has it.
        let mailed = || jiff::fmt::rfc2822::parse(&text).ok().map(|zoned| zoned.timestamp());
        Self(zoned.or_else(local).or_else(mailed).map(|stamp| Time(stamp.as_microsecond())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_whichever_unit_it_is_counted() {
        let at = |number: f64| Timestamp::from_number(number).0;
        let wanted = Some(Time(1_784_000_000_000_000));
        for number in [1_784_000_000.0, 1_784_000_000e3, 1_784_000_000e6, 1_784_000_000e9] {
            assert_eq!(at(number), wanted, "{number}");
            assert_eq!(
                Timestamp::from_text(format!("{number}").into(), &MemoryBudget::none()).0,
                wanted,
                "{number}"
            );
        }
        assert_eq!((at(0.0), at(-5.0)), (Some(Time(0)), Some(Time(-5_000_000))));
        assert_eq!((at(1e300), at(f64::INFINITY), at(f64::NAN)), (None, None, None));
    }
}
