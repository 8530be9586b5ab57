//! When something was said.

/// A point in time: microseconds since 1970-01-01T00:00:00Z, by default that one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Converts seconds since 1970, as the ChatGPT export writes them. `None` for NaN, infinities and
    /// anything further than year 9999 or before year 0.
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        (-62_167_219_200.0..253_402_300_800.0)
            .contains(&seconds)
            .then(|| Self((seconds * 1e6).round() as i64))
    }

    /// Returns the whole milliseconds since 1970, rounded towards the past.
    pub fn milliseconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}
