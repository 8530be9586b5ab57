//! The help: every key of the map in force, by place.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::paint;
use crate::{
    transcript::sanitize,
    tui::{keymap::Keymap, theme::Theme},
};

/// Columns for the keys.
const KEYS: usize = 22;

/// Draws lines to read over the whole screen but the status line; returns the place of the first.
pub fn draw_text(
    title: &str,
    lines: &[String],
    top: &mut usize,
    full: Rect,
    theme: &Theme,
    buffer: &mut Buffer,
) -> Position {
    let area = Rect { x: 1, width: full.width.saturating_sub(2), ..full };
    paint::text(buffer, area, area.y, title, theme.heading);
    let room = (area.height as usize).saturating_sub(2);
    *top = (*top).min(lines.len().saturating_sub(room));
    for (line, row) in lines.iter().skip(*top).zip(paint::below(area, 2).rows()) {
        let clean = sanitize::label(line);
        paint::text(buffer, row, row.y, &sanitize::fit(&clean, row.width as usize), theme.plain);
    }
    paint::below(full, 2).as_position()
}

/// Draws it over the whole screen but the status line; returns the place of its first line.
pub fn draw(keymap: &Keymap, top: &mut usize, area: Rect, theme: &Theme, buffer: &mut Buffer) -> Position {
    let height = area.height as usize;
    let mut lines: Vec<(String, Option<&'static str>)> = Vec::new();
    for (place, rows) in keymap.help() {
        lines.push((place.title().to_owned(), None));
        for (keys, command) in rows {
            lines.push((keys, Some(command.help())));
        }
        lines.push((String::new(), None));
    }
    for (left, right) in CONFIRMED.iter().chain(QUERY) {
        lines.push(((*left).to_owned(), *right));
    }
    *top = (*top).min(lines.len().saturating_sub(height));
    let inner = paint::drop_last_columns(paint::skip_columns(area, 1), 1);
    for ((left, right), row) in lines.iter().skip(*top).zip(inner.rows()) {
        match right {
            None => {
                paint::text(buffer, row, row.y, left, theme.heading);
            }
            Some(words) => {
                let pad = KEYS.saturating_sub(sanitize::width(left)).max(2);
                let keys = format!("  {left}{}", " ".repeat(pad));
                paint::texts(buffer, row, row.y, &[(&keys, theme.plain), (words, theme.dim)]);
            }
        }
    }
    area.as_position()
}

/// What takes an enter of its own, in a few lines.
const CONFIRMED: &[(&str, Option<&str>)] = &[
    ("What runs a command or writes a file", None),
    ("enter, by itself", Some("runs or writes it")),
    ("among other keys", Some("fills the prompt in: a paste runs nothing")),
    ("", None),
];

/// The query language in a few lines.
const QUERY: &[(&str, Option<&str>)] = &[
    ("What can be typed into the search line", None),
    ("word word", Some("all of them; an upper-case letter makes a word exact")),
    ("\"a phrase\"", Some("these words in a row")),
    ("-word", Some("not this")),
    ("this OR that", Some("any of them; OR in capitals")),
    ("/regex/", Some("a regular expression")),
    ("title:x", Some("in the title only")),
    ("in:tools", Some("there alone; in:reasoning, in:files and canvases")),
    ("role:user", Some("in your prompts; role:assistant, role:tool")),
    ("model:gpt-4o", Some("in that model's answers")),
    ("date:2024-06", Some("begun or added to in a year, month or day")),
    ("after:2024-01", Some("and before:2024-06-30; also 7d 3w 6m 1y ago")),
    ("has:code", Some("has:image, has:file, has:link, has:branch")),
    ("has:text", Some("it has words; has:secret, a credential")),
    ("is:starred", Some("is:archived, is:gpt, is:project, is:memory, is:marked")),
    ("project:x", Some("by the beginning of its id; gpt:x, with that GPT")),
    ("id:xxxx", Some("by the beginning of its id")),
    ("from:chatgpt", Some("by provider")),
];
