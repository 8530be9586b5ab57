//! The search line: what is typed at its left, how much that found at its right.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{badges, paint};
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

/// The text before what is typed.
const PROMPT: &str = " › ";
/// Columns beside what is typed: what stands before it, the cursor, and a blank.
const ROOM: u16 = 5;

/// Draws the search line; returns the place of its cursor.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let area = app.layout.top;
    if area.height == 0 {
        return None;
    }
    let facts = facts(app, area.width);
    let typed_columns = paint::columns(&sanitize::line(app.search.input.text()));
    let room = typed_columns.saturating_add(ROOM);
    let right = Rect { width: area.width.saturating_sub(1), ..area };
    let begin = badges::draw(app, &facts, room, theme, buffer, right);
    let prompt = if app.focus == Focus::Search { theme.accent } else { theme.dim };
    let x = paint::text(buffer, area, area.y, PROMPT, prompt);
    let width = begin.saturating_sub(x.saturating_add(1));
    let field = Rect { x, width, ..area };
    Some(typed(buffer, field, app.search.input.text(), app.search.input.before_cursor(), theme))
}

/// Draws a line being typed so that its cursor is in sight; returns the place of that.
pub fn typed(buffer: &mut Buffer, field: Rect, text: &str, before: &str, theme: &Theme) -> Position {
    let clean = sanitize::line(text);
    let cursor = sanitize::width(&sanitize::line(before));
    let room = (field.width as usize).saturating_sub(1);
    // Longer than the field: what stands before the cursor is shown from as far right as needed.
    let mut skipped = 0;
    let mut begin = 0;
    for cluster in clean.graphemes(true) {
        if cursor.saturating_sub(skipped) <= room {
            break;
        }
        skipped += sanitize::width(cluster);
        begin += cluster.len();
    }
    skipped = skipped.min(cursor);
    // No screen shows more of it.
    let shown =
        clean[begin..].graphemes(true).take(usize::from(field.width) + 1).map(str::len).sum::<usize>();
    paint::text(buffer, field, field.y, &clean[begin..begin + shown], theme.plain);
    let columns = u16::try_from(cursor - skipped).unwrap_or(u16::MAX);
    Position { x: field.x.saturating_add(columns).min(field.right().saturating_sub(1)), y: field.y }
}

/// Returns "37 of 4 212 · 112 hits · relevance", or the progress of loading.
fn facts(app: &App, columns: u16) -> String {
    let total = app.library.len();
    let mut facts = if app.search.query.is_empty() {
        format::count(total, "conversation", "conversations")
    } else {
        let rows = app.search.listing.first_tier_count;
        let with_some = app.search.listing.rows.len() - rows;
        let more = if app.search.listing.complete { "" } else { "…" };
        let mut found = format!("{}{more} of {}", format::number(rows), format::number(total));
        // A query of filters or titles finds conversations without a place in their text.
        let hits = app.search.listing.hits;
        let words = if hits == 1 { "hit" } else { "hits" };
        // A query of filters or titles finds conversations without a place in their text.
        let hits =
            if hits > 0 || rows == 0 { format!(" · {} {words}", format::hits(hits)) } else { String::new() };
        if with_some == 0 {
            found.push_str(&hits);
        } else {
            let with_some = format!(" · {} with some words", format::number(with_some));
            let typed = sanitize::width(&sanitize::line(app.search.input.text()));
            let taken = typed + sanitize::width(&found) + sanitize::width(&with_some) + PROMPT.len() + 3;
            if rows > 0 && taken + sanitize::width(&hits) <= columns as usize {
                found.push_str(&hits);
            }
            found.push_str(&with_some);
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

/// Returns the progress of loading, in at most this many columns: a bar, bytes, rate and remaining time, as far as
/// there is room.
fn how_far(progress: Progress, room: usize) -> String {
    if progress.bytes == 0 {
        return String::new();
    }
    let rate = progress.bytes as f64 / (progress.milliseconds.max(1) as f64 / 1e3);
    let speed =
        format!(" · {}/s", format::size(share_of(progress.bytes, 1_000, progress.milliseconds.max(1))));
    if progress.total == 0 {
        return speed;
    }
    let share = (progress.bytes as f64 / progress.total as f64).min(1.0);
    let percent = format!(" {:.0} %", share * 100.0);
    let filled = share_of(progress.bytes.min(progress.total), 10, progress.total);
    let bar: String = (0..10).map(|tenth| if tenth < filled { '━' } else { '┄' }).collect();
    let bar = format!(" {bar}");
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

/// Returns `part` of `whole`, in this many equal steps, rounded down; `whole` is not 0.
fn share_of(part: u64, steps: u64, whole: u64) -> u64 {
    let share = u128::from(part) * u128::from(steps) / u128::from(whole);
    u64::try_from(share).unwrap_or(u64::MAX)
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
