//! Conversations and options for the tests of this module.

use jiff::tz::TimeZone;

use super::{ExtractOptions, Format};
pub use crate::conversation::testing::{MORNING, answer, chain, folded, forked, meta, prompt};

pub fn options(format: Format) -> ExtractOptions {
    ExtractOptions::new(format, TimeZone::UTC)
}
