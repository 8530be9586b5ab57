//! The search line: what is typed at its left, how much that found at its right.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::paint;
use crate::{
    library::Sort,
    load::Progress,
    transcript::sanitize,
    tui::{
        app::{App, Focus},
        format,
        theme::Theme,
    },
};

/// What stands before the typed text.
const PROMPT: &str = " › ";

/// Draws it; gives where its cursor is.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let area = app.layout.top;
    if area.height == 0 {
        return None;
    }
    let facts = facts(app, area.width);
    let facts_columns = sanitize::width(&facts) as u16;
    paint::right(buffer, Rect { width: area.width.saturating_sub(1), ..area }, area.y, &facts, theme.dim);
    let prompt = if app.focus == Focus::Search { theme.accent } else { theme.dim };
    let x = paint::text(buffer, area, area.y, PROMPT, prompt);
    let width = area.right().saturating_sub(x + facts_columns + 2);
    let field = Rect { x, width, ..area };
    Some(typed(buffer, field, app.search.input.text(), app.search.input.before_cursor(), theme))
}

/// Draws a line being typed so that its cursor is in sight; gives where that is.
pub fn typed(buffer: &mut Buffer, field: Rect, text: &str, before: &str, theme: &Theme) -> Position {
    let clean = sanitize::line(text);
    let cursor = sanitize::width(&sanitize::line(before));
    let room = (field.width as usize).saturating_sub(1);
    // Longer than the field: what stands before the cursor is shown from as far right as needed.
    let mut skipped = 0;
    let mut shown: &str = &clean;
    while cursor - skipped > room {
        let Some(first) = shown.chars().next() else { break };
        let rest = &shown[first.len_utf8()..];
        skipped += sanitize::width(shown) - sanitize::width(rest);
        shown = rest;
        if skipped > cursor {
            skipped = cursor;
            break;
        }
    }
    paint::text(buffer, field, field.y, shown, theme.plain);
    Position { x: (field.x + (cursor - skipped) as u16).min(field.right().saturating_sub(1)), y: field.y }
}

/// "37 of 4 212 · 112 hits · relevance", or how loading goes.
fn facts(app: &App, columns: u16) -> String {
    let total = app.library.len();
    let mut facts = if app.search.query.is_empty() {
        format::count(total, "conversation", "conversations")
    } else {
        let rows = app.search.listing.rows.len();
        let more = if app.search.listing.complete { "" } else { "…" };
        let mut found = format!("{}{more} of {}", format::number(rows), format::number(total));
        // A query of filters or titles finds conversations without a place in their text.
        if app.search.listing.hits > 0 || rows == 0 {
            let hits = if app.search.listing.hits == 1 { "hit" } else { "hits" };
            found.push_str(&format!(" · {} {hits}", format::hits(app.search.listing.hits)));
        }
        found
    };
    if let Some(progress) = app.loading {
        let typed = sanitize::width(&sanitize::line(app.search.input.text()));
        let room = (columns as usize).saturating_sub(typed + sanitize::width(&facts) + PROMPT.len() + 3);
        facts.push_str(&how_far(progress, room));
    } else if columns >= 90
        && (app.search.query.is_empty() && app.search.sort != Sort::Updated || !app.search.query.is_empty())
    {
        facts.push_str(match (app.search.query.is_empty(), app.search.sort, app.search.by_date) {
            (true, Sort::Created, _) => " · by beginning",
            (true, Sort::Messages, _) => " · by length",
            (true, Sort::Title, _) => " · by title",
            (true, Sort::Updated, _) => "",
            (false, _, true) => " · date",
            (false, _, false) => " · relevance",
        });
    }
    facts
}

/// How loading goes, in at most so many columns: a bar, bytes, rate and remaining time, as far as there is room.
fn how_far(progress: Progress, room: usize) -> String {
    if progress.bytes == 0 {
        return String::new();
    }
    let rate = progress.bytes as f64 / (progress.milliseconds.max(1) as f64 / 1e3);
    let speed = format!(" · {}/s", format::size(rate as u64));
    if progress.total == 0 {
        return speed;
    }
    let share = (progress.bytes as f64 / progress.total as f64).min(1.0);
    let percent = format!(" {:.0} %", share * 100.0);
    let filled = (share * 10.0) as usize;
    let bar = format!(" {}{}", "━".repeat(filled), "┄".repeat(10 - filled));
    let bytes = format!(" · {}", format::size(progress.bytes));
    let left = progress.total.saturating_sub(progress.bytes) as f64 / rate.max(1.0);
    let left = format!(" · {left:.0} s left");
    // What fits, from the most to the least.
    let choices = [
        [" ·", &bar, &percent, &bytes, &speed, &left].concat(),
        [" ·", &bar, &percent, &speed, &left].concat(),
        [" ·", &percent, &speed, &left].concat(),
        [" ·", &percent, &speed].concat(),
        [" ·", &percent].concat(),
    ];
    choices.into_iter().find(|choice| sanitize::width(choice) <= room).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_as_much_as_there_is_room_for() {
        let progress = Progress { bytes: 480_000_000, total: 1_260_000_000, milliseconds: 3_000 };
        for (room, said) in [
            (80, " · ━━━┄┄┄┄┄┄┄ 38 % · 480 MB · 160 MB/s · 5 s left"),
            (45, " · ━━━┄┄┄┄┄┄┄ 38 % · 160 MB/s · 5 s left"),
            (20, " · 38 % · 160 MB/s"),
            (8, " · 38 %"),
            (3, ""),
        ] {
            assert_eq!(how_far(progress, room), said);
        }
    }
}
