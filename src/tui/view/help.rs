//! The help: every key of the map in force, by place.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::paint;
use crate::{
    transcript::sanitize,
    tui::{
        app::Help,
        keymap::{KeyPlace, Keymap},
        theme::Theme,
    },
};

/// Columns of the screen from which on there are two of the help.
const WIDE: u16 = 100;
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

/// A line of the help: a heading, or keys and what they do.
type HelpLine = (String, Option<String>);

/// Draws it over the whole screen but the status line, in two columns where there is room; returns the place of its
/// first line.
pub fn draw(keymap: &Keymap, help: &mut Help, area: Rect, theme: &Theme, buffer: &mut Buffer) -> Position {
    let sections = sections(keymap, help.place);
    let inner = paint::drop_last_columns(paint::skip_columns(area, 1), 1);
    let height = area.height as usize;
    let columns = if area.width >= WIDE { 2 } else { 1 };
    let width = (inner.width / columns).saturating_sub(1);
    let lines: Vec<HelpLine> = lines_with(&sections, help.words())
        .into_iter()
        .flat_map(|line| wrapped(line, (width as usize).saturating_sub(KEYS + 2)))
        .collect();
    help.top = help.top.min(lines.len().saturating_sub(height * usize::from(columns)));
    help.below = lines.len().saturating_sub(help.top + height * usize::from(columns));
    if lines.is_empty() {
        let words = format!("no key and no word of the search line has to do with “{}”", help.words());
        let words = sanitize::label(&words).into_owned();
        paint::text(buffer, inner, inner.y, &sanitize::fit(&words, inner.width as usize), theme.dim);
    }
    let pages = lines[help.top..].chunks(height.max(1));
    for (column, page) in (0..columns).zip(pages) {
        let column = Rect { width, ..paint::skip_columns(inner, (width + 1) * column) };
        for (line, row) in page.iter().zip(column.rows()) {
            draw_line(line, row, theme, buffer);
        }
    }
    area.as_position()
}

fn draw_line((left, right): &HelpLine, row: Rect, theme: &Theme, buffer: &mut Buffer) {
    let Some(words) = right else {
        paint::text(buffer, row, row.y, left, theme.heading);
        return;
    };
    let pad = KEYS.saturating_sub(sanitize::width(left)).max(2);
    let keys = format!("  {left}{}", " ".repeat(pad));
    paint::texts(buffer, row, row.y, &[(&keys, theme.plain), (words, theme.dim)]);
}

/// Parts a line whose words are wider than their column.
fn wrapped((left, right): HelpLine, columns: usize) -> Vec<HelpLine> {
    let Some(words) = right else { return vec![(left, None)] };
    let mut rows = vec![String::new()];
    for word in words.split(' ') {
        let row = rows.len() - 1;
        if !rows[row].is_empty() && sanitize::width(&rows[row]) + sanitize::width(word) >= columns.max(1) {
            rows.push(word.to_owned());
            continue;
        }
        if !rows[row].is_empty() {
            rows[row].push(' ');
        }
        rows[row].push_str(word);
    }
    let mut keys = Some(left);
    rows.into_iter().map(|row| (keys.take().unwrap_or_default(), Some(row))).collect()
}

/// Returns the sections in order: the keys that hold where the help was asked for, what can be typed into the search
/// line, the other keys.
fn sections(keymap: &Keymap, place: KeyPlace) -> Vec<Vec<HelpLine>> {
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for (other, rows) in keymap.help_at(place) {
        let heading = (other.title().to_owned(), None);
        let rows = rows.into_iter().map(|(keys, command)| (keys, Some(command.help().to_owned())));
        let section = std::iter::once(heading).chain(rows).collect();
        if Keymap::holds_in(other, place) { &mut here } else { &mut elsewhere }.push(section);
    }
    let fixed = |lines: &[(&str, Option<&str>)]| {
        lines.iter().map(|(left, right)| ((*left).to_owned(), right.map(str::to_owned))).collect()
    };
    here.extend([fixed(QUERY), fixed(CONFIRMED)]);
    here.extend(elsewhere);
    here
}

/// Returns the lines that hold all of these words, below their headings; all lines, if there are none. A heading that
/// holds them stands for all below it.
fn lines_with(sections: &[Vec<HelpLine>], words: &str) -> Vec<HelpLine> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let holds = |(left, right): &HelpLine| {
        let text = format!("{left} {}", right.as_deref().unwrap_or_default()).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut lines = Vec::new();
    for section in sections {
        let [heading, rows @ ..] = &section[..] else { continue };
        let shown: Vec<_> = rows.iter().filter(|row| holds(heading) || holds(row)).collect();
        if shown.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push((String::new(), None));
        }
        lines.push(heading.clone());
        lines.extend(shown.into_iter().cloned());
    }
    lines
}

/// What takes an enter of its own, in a few lines.
const CONFIRMED: &[(&str, Option<&str>)] = &[
    ("What runs a command or writes a file", None),
    ("enter, by itself", Some("runs or writes it")),
    ("among other keys", Some("fills the prompt in: a paste runs nothing")),
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
