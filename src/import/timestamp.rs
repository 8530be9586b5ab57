//! A time as exports write it.

use std::borrow::Cow;

use super::json::Lenient;
use crate::conversation::Time;

/// A time: seconds since 1970, as ChatGPT writes them, or ISO 8601, as Claude does and exports made by
/// ChatGPT's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timestamp(pub Option<Time>);

impl<'de> Lenient<'de> for Timestamp {
    fn from_number(seconds: f64) -> Self {
        Self(Time::from_seconds(seconds))
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        if let Ok(seconds) = text.parse::<f64>() {
            return Self::from_number(seconds);
        }
        let zoned = text.parse::<jiff::Timestamp>().ok();
        let local = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse::<jiff::civil::DateTime>().ok()?).ok();
        Self(zoned.or_else(local).map(|stamp| Time(stamp.as_microsecond())))
    }
}
