//! What the black-box tests share.

pub mod app;
#[cfg(unix)]
pub mod pty;
