//! The thread: its header, the messages, the cursor's bar, the scroll bar.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{badges, paint};
use crate::{
    conversation::Conversation,
    transcript::sanitize,
    tui::{
        app::{App, Focus},
        backend::ScreenLink,
        format,
        theme::Theme,
    },
};

/// Columns of a title that the facts beside it leave, where something else stands there too.
const TITLE: u16 = 24;

/// Draws the header of the wide layout: title, facts, a blank line.
pub fn draw_header(app: &App, theme: &Theme, buffer: &mut Buffer) {
    let area = app.layout.header;
    let Some(thread_view) = app.open_view().filter(|_| area.height >= 2) else { return };
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let conversation = thread_view.conversation();
    let title = sanitize::label(&conversation.title);
    paint::text(buffer, inner, area.y, &sanitize::fit(&title, inner.width as usize), theme.selected);
    let (shown, of) = (conversation.shown_count(), thread_view.message_number().1);
    let mut messages = format::count(of, "message", "messages");
    if shown > of {
        messages += &format!(", {} on other branches", format::number(shown - of));
    }
    let facts = facts(app, &messages);
    paint::text(buffer, inner, area.y + 1, &sanitize::fit(&facts, inner.width as usize), theme.dim);
}

/// Draws the header of the narrow layout: one line.
pub fn draw_narrow_header(app: &App, theme: &Theme, buffer: &mut Buffer) {
    let area = app.layout.top;
    let Some(thread_view) = app.open_view().filter(|_| area.height > 0) else { return };
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let (at, of) = thread_view.message_number();
    let place = format!("{} of {}", format::number(at), format::number(of));
    let facts = if inner.width >= 50 { facts(app, &place) } else { String::new() };
    let begin = if facts.is_empty() && badges::is_empty(app) {
        inner.right() + 2
    } else {
        badges::draw(app, &facts, TITLE, theme, buffer, inner)
    };
    let room = begin.saturating_sub(inner.x + 2) as usize;
    let title = sanitize::label(&thread_view.conversation().title);
    paint::text(
        buffer,
        inner,
        area.y,
        &sanitize::fit(&title, room.min(inner.width as usize)),
        theme.selected,
    );
}

/// Returns the date that the list gives, of the last message, and that of the first where it is another: "30 Nov 2025 –
/// 6 Mar 2026"; where there is less room "until 6 Mar 2026".
fn dates(app: &App, conversation: &Conversation) -> String {
    let begun = app.setup.date(conversation.created);
    let last = app.setup.date(conversation.updated);
    match (begun.as_str(), last.as_str()) {
        (one, "") | ("", one) => one.to_owned(),
        (begun, last) if begun == last => begun.to_owned(),
        (begun, last) if app.layout.wide => format!("{begun} – {last}"),
        (_, last) => format!("until {last}"),
    }
}

/// Returns "3 Mar 2025 · gpt-4o · 18 messages".
fn facts(app: &App, last: &str) -> String {
    let Some(thread_view) = app.open_view() else { return String::new() };
    let conversation = thread_view.conversation();
    let date = dates(app, conversation);
    let model = conversation.model().map(|model| sanitize::label(model).into_owned()).unwrap_or_default();
    let model = sanitize::fit(&model, 24).into_owned();
    let mut facts: Vec<&str> = vec![&date, &model, last];
    for (set, word) in [(conversation.archived, "archived"), (conversation.starred, "starred")] {
        if set && app.layout.wide {
            facts.push(word);
        }
    }
    facts.retain(|fact| !fact.is_empty());
    facts.join(" · ")
}

/// Draws the messages; their links are added to `links`. Returns the place of the selected message's first line in
/// sight.
pub fn draw(app: &mut App, theme: &Theme, buffer: &mut Buffer, links: &mut Vec<ScreenLink>) -> Position {
    let area = app.layout.thread;
    let mut cursor = None;
    let focused = app.focus == Focus::Thread;
    let Some(thread) = app.thread.as_mut().filter(|_| area.width > 3) else { return area.as_position() };
    let view = &mut thread.view;
    let inner = Rect { x: area.x + 1, width: app.layout.thread_columns(), ..area };
    let sideways = view.sideways();
    let rows = view.rows();
    if rows.is_empty() {
        paint::text(buffer, inner, area.y, "nothing was said in this conversation", theme.dim);
    }
    let mut painter = paint::LinePainter { buffer, theme, links, sideways };
    for ((index, row), place) in rows.iter().enumerate().zip(inner.rows()) {
        if row.is_selected_message {
            cursor.get_or_insert(Position { x: area.x, y: place.y });
        }
        // The last line of a message is the blank between it and the next: the bar does not run through it.
        let blank = row.line.spans.iter().all(|span| span.text.trim().is_empty());
        let ends = rows.get(index + 1).is_none_or(|next| !next.has_bar);
        if row.has_bar && focused && !(blank && ends) {
            paint::text(painter.buffer, Rect { width: 1, ..area }, place.y, "▌", theme.accent);
        }
        painter.draw(place, &row.line);
    }
    if let Some((first, length)) = view.scroll_bar(area.height) {
        let bar = Rect { x: area.right() - 1, width: 1, ..area };
        for y in first..(first + length).min(area.height) {
            paint::text(buffer, bar, area.y + y, "▐", theme.dim);
        }
    }
    cursor.unwrap_or(area.as_position())
}
