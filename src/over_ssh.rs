//! Whether the terminal is at the other end of an SSH connection: what is copied and how keys arrive both depend on it.

use std::env;

/// Returns whether the terminal of this process is.
pub(crate) fn is_over_ssh() -> bool {
    is_over_ssh_by(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Returns whether a terminal is whose environment has these variables set, and not to nothing.
pub(crate) fn is_over_ssh_by(is_set: impl Fn(&str) -> bool) -> bool {
    ["SSH_TTY", "SSH_CONNECTION"].into_iter().any(is_set)
}
