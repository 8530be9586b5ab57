//! Decides whether a text on the desktop's clipboard is still there when unspool has ended.
//!
//! On X11 and Wayland a copied text stays with the program that copied it. On X11 a clipboard manager takes it over
//! when that program ends, if one runs; on Wayland some desktops take it at once. Elsewhere the system keeps it.

/// Returns whether a copied text is kept. Asks the display, which answers or has hung up; to be called where
/// waiting for it does no harm.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn keeps_copied_text() -> bool {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("WAYLAND_DISPLAY").is_some() {
        // No protocol tells; these keep it themselves.
        let desktop = variable("XDG_CURRENT_DESKTOP").unwrap_or_default().to_ascii_uppercase();
        return desktop.split(':').any(|name| matches!(name, "GNOME" | "KDE" | "UNITY" | "COSMIC"));
    }
    x11_manager().unwrap_or(false)
}

/// Returns whether a copied text is kept: on these systems it is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) fn keeps_copied_text() -> bool {
    true
}

/// Asks whether a clipboard manager runs.
#[cfg(all(unix, not(target_os = "macos")))]
fn x11_manager() -> Option<bool> {
    use x11rb::protocol::xproto::ConnectionExt as _;
    let (connection, _) = x11rb::connect(None).ok()?;
    let manager_atom = connection.intern_atom(false, b"CLIPBOARD_MANAGER").ok()?.reply().ok()?.atom;
    let owner = connection.get_selection_owner(manager_atom).ok()?.reply().ok()?.owner;
    Some(owner != x11rb::NONE)
}
