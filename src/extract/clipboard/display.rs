//! Decides whether the desktop's display is on this machine: X11 goes over the network where `DISPLAY` names a host, and
//! nothing here opens a connection to another machine, nor to a port of this one.

/// The target of a value of `DISPLAY`, as X11's libraries read it: `[protocol/][host]:number[.screen]`, or
/// the path of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DisplayTarget<'a> {
    /// A socket of this machine by its path, or no display at all.
    LocalSocketOrNone,
    /// The socket of that number; if nobody listens there, a port of this machine.
    Numbered(&'a str),
    /// A host, even this one: a network connection.
    ToHost,
}

/// Reads a value of `DISPLAY`.
pub(super) fn display_target(display: &str) -> DisplayTarget<'_> {
    if display.starts_with('/') || display.starts_with("unix:") {
        return DisplayTarget::LocalSocketOrNone;
    }
    let (protocol, rest) = display.rsplit_once('/').map_or((None, display), |(p, rest)| (Some(p), rest));
    match (protocol, rest.rsplit_once(':')) {
        (_, None) | (Some("unix"), _) | (Some(_), Some(("" | "unix", _))) => DisplayTarget::LocalSocketOrNone,
        (None, Some(("", number))) => DisplayTarget::Numbered(number.split('.').next().unwrap_or_default()),
        (_, Some(_)) => DisplayTarget::ToHost,
    }
}

/// A connection to the display. A server starts again when its last connection is closed, and drops who connects at
/// that moment: whoever looked keeps this one until its own is there.
pub(super) struct DisplayConnection {
    /// Nothing is ever sent.
    #[cfg(all(unix, not(target_os = "macos")))]
    _socket: Option<std::os::unix::net::UnixStream>,
}

/// Returns a connection to the display of this process; `None` where it could not be talked to without a network.
/// Looks at the socket it would be.
///
/// Under Wayland X11 is only asked where Wayland has no clipboard for such as us, and looking would start a
/// whole X server where that is done on demand.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn connect() -> Option<DisplayConnection> {
    use std::os::unix::net::UnixStream;
    let unchecked = Some(DisplayConnection { _socket: None });
    let Ok(display) = std::env::var("DISPLAY") else { return unchecked };
    match display_target(&display) {
        DisplayTarget::LocalSocketOrNone => unchecked,
        DisplayTarget::ToHost => None,
        DisplayTarget::Numbered(_)
            if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) =>
        {
            unchecked
        }
        DisplayTarget::Numbered(number) => {
            let path = format!("/tmp/.X11-unix/X{number}");
            let socket = abstract_socket(&path).or_else(|| UnixStream::connect(path).ok())?;
            Some(DisplayConnection { _socket: Some(socket) })
        }
    }
}

/// Connects to a socket without a file, as Linux has them; X11's libraries look there first.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_socket(name: &str) -> Option<std::os::unix::net::UnixStream> {
    use std::os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixStream},
    };
    UnixStream::connect_addr(&SocketAddr::from_abstract_name(name).ok()?).ok()
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "linux", target_os = "android"))))]
fn abstract_socket(_: &str) -> Option<std::os::unix::net::UnixStream> {
    None
}

/// Returns a connection without a socket: elsewhere the clipboard is the system's own.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) fn connect() -> Option<DisplayConnection> {
    Some(DisplayConnection {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_with_a_host_is_reached_by_network() {
        for display in
            ["host:0", "127.0.0.1:10.0", "localhost:10.0", "tcp/host:0", "[::1]:0", "::1:0", "a/unix/h:0"]
        {
            assert_eq!(display_target(display), DisplayTarget::ToHost, "{display}");
        }
        for display in
            ["/private/tmp/com.apple.launchd.x/org.xquartz:0", "unix:0", "unix/host:0", "tcp/:0", "", "x"]
        {
            assert_eq!(display_target(display), DisplayTarget::LocalSocketOrNone, "{display}");
        }
        assert_eq!(display_target(":0"), DisplayTarget::Numbered("0"));
        assert_eq!(display_target(":12.1"), DisplayTarget::Numbered("12"));
    }
}
