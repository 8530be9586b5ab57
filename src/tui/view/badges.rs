//! What is in force, as long as it is: marks, redaction, the form of copies. It stands in the header.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint;
use crate::{
    extract::Format,
    tui::{
        app::{App, Focus},
        format,
        theme::Theme,
    },
};

/// Returns what is in force, in words: `2 marked · redacting · as text`; nothing if nothing is.
fn words(app: &App) -> String {
    let marked = app.search.marked.len();
    let listed = app.search.marked_listed();
    let view = app.open_view().filter(|view| app.focus == Focus::Thread && view.is_marking());
    let badges = [
        view.map(|view| {
            let messages = view.marked_messages().len().max(1);
            format!("marking {}", format::count(messages, "message", "messages"))
        }),
        (marked > 0).then(|| match marked.saturating_sub(listed) {
            0 => format!("{} marked", format::number(marked)),
            hidden => format!("{} marked, {} not listed", format::number(marked), format::number(hidden)),
        }),
        app.redact.then(|| "redacting".to_owned()),
        (app.copy_as != Format::Markdown).then(|| format!("as {}", app.format_name())),
    ];
    badges.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Returns whether nothing is in force.
pub(super) fn is_empty(app: &App) -> bool {
    words(app).is_empty()
}

/// Draws at the right edge what is in force, and behind it other facts, as far as both leave `room` columns; the facts go
/// first. Returns the column where it begins.
pub(super) fn draw(app: &App, facts: &str, room: u16, theme: &Theme, buffer: &mut Buffer, area: Rect) -> u16 {
    let words = words(app);
    if words.is_empty() {
        return paint::right(buffer, area, area.y, facts, theme.dim);
    }
    let facts = if facts.is_empty() { String::new() } else { format!(" · {facts}") };
    let taken = paint::columns(&words).saturating_add(paint::columns(&facts)).saturating_add(room);
    if taken > area.width {
        return paint::right(buffer, area, area.y, &words, theme.accent);
    }
    let begin = paint::right(buffer, area, area.y, &facts, theme.dim);
    let rest = Rect { width: begin.saturating_sub(area.x), ..area };
    paint::right(buffer, rest, area.y, &words, theme.accent)
}
