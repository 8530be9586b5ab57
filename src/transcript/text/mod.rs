//! Characters: made harmless, measured, wrapped into rows.

pub mod dates;
pub mod line_break;
pub mod link_target;
pub mod sanitize;
pub mod width;
pub mod wrap;
