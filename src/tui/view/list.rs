//! The list: a conversation a row or two; or why there is none.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint;
use crate::{
    conversation::Conversation,
    library::Handle,
    transcript::sanitize,
    tui::{
        app::{App, Focus, RowFacts},
        format,
        theme::Theme,
    },
};

/// Draws it.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) {
    let area = app.layout.list;
    if app.search.listing.rows.is_empty() {
        return nothing(app, theme, buffer, area);
    }
    let height = app.search.row_height(&app.layout);
    let visible = app.search.page(&app.layout) + 1;
    let first = app.search.listing.top;
    for index in first..(first + visible).min(app.search.listing.rows.len()) {
        let y = area.y + (index - first) as u16 * height;
        if y >= area.bottom() {
            break;
        }
        let row = Rect { y, height: height.min(area.bottom() - y), ..area };
        let handle = app.search.listing.rows[index].handle;
        row_of(app, theme, buffer, row, handle, index == app.search.listing.selected);
    }
}

fn row_of(app: &App, theme: &Theme, buffer: &mut Buffer, row: Rect, handle: Handle, selected: bool) {
    let searching = !app.search.query.is_empty();
    let facts = app.search.facts(handle);
    let conversation = app.library.get(handle);
    let title_style = if selected { theme.selected } else { theme.plain };
    let mark_style = title_style.patch(theme.selected).patch(theme.accent);
    if selected {
        let bar = if app.focus == Focus::Thread { theme.dim } else { theme.accent };
        for y in row.top()..row.bottom() {
            paint::text(buffer, row, y, "▌", bar);
        }
    }
    if app.search.marked.contains(&handle) {
        // Beside the cursor's bar, so that both are seen.
        paint::text(buffer, row, row.y, if selected { "▐" } else { "•" }, theme.accent);
    }
    let hits = facts.map(|facts| if facts.hits == 0 { String::new() } else { format::hits(facts.hits) });
    let mut date = app.setup.date(conversation.updated);
    if app.library.is_mixed() {
        let name = conversation.provider.name();
        date = if date.is_empty() { name.to_owned() } else { format!("{name}  {date}") };
    }
    let inner = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    // Narrow: title, date and hits in one row, the snippet below. Wide: the date goes down to the snippet.
    let mut end = inner.right();
    if let Some(hits) = &hits {
        let columns = if app.layout.wide { 0 } else { 6 };
        let begin = paint::right(buffer, inner, row.y, hits, theme.dim);
        end = begin.min(inner.right().saturating_sub(columns));
    }
    if !app.layout.wide && row.width >= 40 {
        let left = Rect { width: end.saturating_sub(inner.x), ..inner };
        end = paint::right(buffer, left, row.y, &date, theme.dim);
    }
    let title = Rect { width: end.saturating_sub(inner.x + 1), ..inner };
    let marks = if searching { app.search.matcher.title_marks(&conversation.title) } else { Vec::new() };
    paint::marked(buffer, title, row.y, &conversation.title, &marks, (title_style, mark_style));
    if row.height < 2 {
        return;
    }
    let below = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), ..inner };
    let y = row.y + 1;
    if app.layout.wide {
        let x = paint::text(buffer, below, y, &format!("{date}  "), theme.dim);
        let rest = Rect { x, width: below.right().saturating_sub(x), ..below };
        second_line(conversation, facts, theme, buffer, rest, y);
    } else {
        let rest = Rect { x: below.x + 1, width: below.width.saturating_sub(1), ..below };
        second_line(conversation, facts, theme, buffer, rest, y);
    }
}

/// The best passage; without a query how long the conversation is and with which model.
fn second_line(
    conversation: &Conversation,
    facts: Option<&RowFacts>,
    theme: &Theme,
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
) {
    if let Some(snippet) = facts.and_then(|facts| facts.snippet.as_ref()) {
        // The passage was made for a wide list; here it begins so that its first hit is in sight.
        let lead = snippet.marks.first().map_or(0, |mark| mark.start);
        let room = (area.width as usize / 3).max(8);
        let mut start = 0;
        if sanitize::width(&sanitize::line(&snippet.text[..lead])) > room {
            start =
                snippet.text[..lead].char_indices().rev().take(room).last().map_or(lead, |(index, _)| index);
            if let Some(space) = snippet.text[start..lead].find(' ') {
                start += space + 1;
            }
        }
        let marks: Vec<_> = snippet.marks.iter().map(|mark| mark.start - start..mark.end - start).collect();
        let mut area = area;
        if start > 0 && !snippet.text[start..].starts_with('…') {
            let x = paint::text(buffer, area, y, "…", theme.dim);
            area = Rect { x, width: area.right().saturating_sub(x), ..area };
        }
        let marked = theme.plain.patch(theme.selected);
        paint::marked(buffer, area, y, &snippet.text[start..], &marks, (theme.dim, marked));
    } else {
        let mut about = format::count(conversation.shown_count(), "message", "messages");
        if let Some(model) = conversation.model() {
            about.push_str(" · ");
            about.push_str(&sanitize::line(model));
        }
        paint::text(buffer, area, y, &sanitize::fit(&about, area.width as usize), theme.dim);
    }
}

/// Why the list is empty.
fn nothing(app: &App, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let mut lines: Vec<String> = Vec::new();
    if app.search.query.is_empty() {
        if app.loading.is_none() {
            lines.push("this archive holds no conversations".to_owned());
        }
    } else if !app.search.listing.complete {
        return;
    } else if app.search.listing.missing.is_empty() {
        lines.push("nothing matches".to_owned());
    } else {
        let names: Vec<&str> =
            app.search.listing.missing.iter().map(|missing| missing.word.as_str()).collect();
        if names.len() == 1 {
            lines.push(format!("nothing holds {}", names[0]));
        } else {
            lines.push(format!("nothing holds all of: {}", names.join(", ")));
        }
        for missing in &app.search.listing.missing {
            // A phrase has its quotes already.
            let quote = if missing.word.starts_with('"') { "" } else { "\"" };
            let word = format!("{quote}{}{quote}", missing.word);
            let holds = match missing.found {
                0 => format!("{word} is in no conversation"),
                found => format!("{word} is in {}", format::number(found)),
            };
            let without = match (names.len(), missing.without) {
                (1, _) | (_, 0) => String::new(),
                (_, without) => format!(" · without it: {}", format::number(without)),
            };
            lines.push(holds + &without);
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let row = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let words = sanitize::line(line).into_owned();
        let style = if index == 0 { theme.plain } else { theme.dim };
        paint::text(buffer, row, area.y + index as u16, &sanitize::fit(&words, row.width as usize), style);
    }
}
