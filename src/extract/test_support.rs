//! Conversations and options for the tests of this module.

use jiff::tz::TimeZone;

use super::{Format, Options};
pub use crate::conversation::testing::{MORNING, answer, chain, folded, forked, meta, prompt};

pub fn options(format: Format) -> Options {
    Options::new(format, TimeZone::UTC)
}
