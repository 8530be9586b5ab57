//! The dialog that extracts: where to, in which format, what of it, and what secrets that holds.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use super::{dialog_frame::draw_dialog_frame, paint, search_line};
use crate::{
    extract::Format,
    transcript::sanitize,
    tui::{
        app::{ExtractDialog, ExtractField, ExtractStage, SecretCount, SeveralOrigin},
        format,
        theme::Theme,
    },
};

/// Columns of the names of the rows.
const NAMES: u16 = 9;

/// Draws the dialog, with what is said of an enter that it awaits; returns the place of its cursor: where it
/// types, else on the row of the field.
pub(super) fn draw(
    dialog: &ExtractDialog,
    awaited: Option<String>,
    theme: &Theme,
    buffer: &mut Buffer,
) -> Position {
    let inside = draw_dialog_frame(buffer, 6, &title(dialog), theme);
    let mut drawing = Drawing { dialog, awaited, theme, inside, buffer };
    let cursor = drawing.path();
    drawing.format();
    drawing.include();
    drawing.secrets();
    drawing.draw_message();
    drawing.keys();
    let row = match dialog.field {
        ExtractField::Path => 0,
        ExtractField::Format => 1,
        ExtractField::Tools
        | ExtractField::Reasoning
        | ExtractField::Branches
        | ExtractField::Attachments => 2,
        ExtractField::Redact => 3,
    };
    let row = paint::below(inside, row.min(inside.height.saturating_sub(1))).as_position();
    cursor.filter(|_| dialog.edits_path()).unwrap_or(row)
}

/// Says what is extracted: of several, which, since not all need be in sight.
fn title(dialog: &ExtractDialog) -> String {
    if !dialog.is_many() {
        let current = dialog.conversations[0].current_leaf();
        let is_another = current.is_some() && dialog.leaf.is_some_and(|leaf| Some(leaf) != current);
        let what = if is_another { "this branch (not the current one)" } else { "this conversation" };
        return format!("Extract {what}");
    }
    let several = |one, many| format::count(dialog.conversations.len(), one, many);
    let what = match dialog.origin {
        SeveralOrigin::List => {
            return format!("Nothing is marked: extract {} listed, one file each", all(dialog));
        }
        SeveralOrigin::AllWords => {
            return format!("Nothing is marked: extract {} with all words, one file each", all(dialog));
        }
        SeveralOrigin::Marked { hidden: 0 } => several("marked conversation", "marked conversations"),
        SeveralOrigin::Marked { hidden } => {
            let hidden = format::number(hidden);
            format!("{}, {hidden} not listed,", several("marked conversation", "marked conversations"))
        }
    };
    format!("Extract {what} to a folder, one file each")
}

/// Returns how many conversations are extracted.
fn all(dialog: &ExtractDialog) -> String {
    match dialog.conversations.len() {
        1 => "the one".to_owned(),
        several => format!("all {}", format::number(several)),
    }
}

/// The dialog being drawn. A row that does not fit is left out.
struct Drawing<'a> {
    dialog: &'a ExtractDialog,
    /// Words that an enter of its own is awaited.
    awaited: Option<String>,
    theme: &'a Theme,
    inside: Rect,
    buffer: &'a mut Buffer,
}

impl Drawing<'_> {
    /// Draws the name of a row; returns the area after it.
    fn row(&mut self, row: u16, name: &str, at: bool) -> Option<Rect> {
        if row >= self.inside.height {
            return None;
        }
        let Rect { x, y, width, .. } = self.inside;
        let style = if at { self.theme.accent } else { self.theme.dim };
        paint::text(self.buffer, self.inside, y + row, name, style);
        let behind = Rect { x: x + NAMES, y: y + row, width: width.saturating_sub(NAMES), height: 1 };
        Some(behind.intersection(self.inside)).filter(|behind| behind.height > 0)
    }

    /// Returns the style of a box that can be ticked.
    fn look(&self, here: bool) -> Style {
        if here { self.theme.selected.patch(self.theme.accent) } else { self.theme.plain }
    }

    fn path(&mut self) -> Option<Position> {
        let to = self.row(0, "to", self.dialog.field == ExtractField::Path)?;
        let path = &self.dialog.destination.input;
        let cursor = search_line::typed(self.buffer, to, path.text(), path.before_cursor(), self.theme);
        if let Some(rest) = self.dialog.suggestion() {
            let behind = Rect { x: cursor.x, width: to.right().saturating_sub(cursor.x), ..to };
            let rest = sanitize::label(&rest).into_owned();
            let rest = sanitize::fit(&rest, behind.width as usize);
            paint::text(self.buffer, behind, to.y, &rest, self.theme.dim);
        }
        Some(cursor)
    }

    fn format(&mut self) {
        let Some(row) = self.row(1, "format", self.dialog.field == ExtractField::Format) else { return };
        let names = Format::ALL.map(|format| {
            if format == self.dialog.choices.format {
                (format!("‹ {} ›  ", format.as_str()), self.theme.selected)
            } else {
                (format!("  {}   ", format.as_str()), self.theme.dim)
            }
        });
        self.stretches(row, &names);
    }

    fn include(&mut self) {
        let dialog = self.dialog;
        let boxes = [
            (dialog.choices.include.tools, "tools", ExtractField::Tools),
            (dialog.choices.include.reasoning, "reasoning", ExtractField::Reasoning),
            (dialog.choices.all_branches, "all branches", ExtractField::Branches),
            (dialog.choices.attachments, "attachments", ExtractField::Attachments),
        ];
        let at = boxes.iter().position(|(.., field)| *field == dialog.field);
        let Some(row) = self.row(2, "include", at.is_some()) else { return };
        let boxes = boxes.map(|(set, name, field)| {
            (format!("[{}] {name}   ", if set { '×' } else { ' ' }), self.look(dialog.field == field))
        });
        // Where there is no room for all, the one the cursor is on is there.
        let room = row.width as usize + 3;
        let width = |first: usize, last: usize| -> usize {
            boxes[first..=last].iter().map(|(name, _)| sanitize::width(name)).sum()
        };
        let at = at.unwrap_or(0);
        let first = (0..=at).find(|&first| width(first, at) <= room).unwrap_or(at);
        self.stretches(row, &boxes[first..]);
    }

    fn stretches(&mut self, row: Rect, stretches: &[(String, Style)]) {
        let stretches: Vec<(&str, Style)> =
            stretches.iter().map(|(words, style)| (words.as_str(), *style)).collect();
        paint::texts(self.buffer, row, row.y, &stretches);
    }

    fn secrets(&mut self) {
        let dialog = self.dialog;
        let here = dialog.field == ExtractField::Redact;
        let Some(row) = self.row(3, "secrets", here) else { return };
        let found = match &dialog.secrets {
            SecretCount::Pending => "…",
            SecretCount::NoneFound => "none found",
            SecretCount::Found(found) => found,
        };
        let redact = format!("[{}] redact", if dialog.choices.redact { '×' } else { ' ' });
        let begin = paint::right(self.buffer, row, row.y, &redact, self.look(here));
        let room = begin.saturating_sub(row.x + 2) as usize;
        paint::text(self.buffer, row, row.y, &format::fit_list(found, room), self.theme.plain);
    }

    /// Draws the progress of writing, a notice, that an enter is awaited, or the folders that could be meant if there is more than one.
    fn draw_message(&mut self) {
        let (dialog, inside) = (self.dialog, self.inside);
        if inside.height <= 4 {
            return;
        }
        let names: Vec<String> = dialog.candidates().take(40).map(|name| format!("{name}/")).collect();
        let awaited = self.awaited.take();
        let folders = if names.len() > 1 { names.join("  ") } else { String::new() };
        let (words, style) = match &dialog.stage {
            ExtractStage::Writing { progress } => {
                (progress.as_deref().unwrap_or("writing …"), self.theme.dim)
            }
            ExtractStage::Editing { notice: Some(notice) } => (notice.as_str(), self.theme.error),
            ExtractStage::Editing { notice: None } if awaited.is_some() => {
                (awaited.as_deref().unwrap_or_default(), self.theme.error)
            }
            ExtractStage::Editing { notice: None }
                if folders.is_empty() && dialog.choices.redact && dialog.choices.attachments =>
            {
                ("the files of attachments are copied as they are, not redacted", self.theme.plain)
            }
            ExtractStage::Editing { notice: None } => (folders.as_str(), self.theme.dim),
        };
        let clean = sanitize::label(words);
        let clean = sanitize::fit(&clean, inside.width as usize);
        paint::text(self.buffer, inside, inside.y + 4, &clean, style);
    }

    fn keys(&mut self) {
        if self.inside.height > 5 {
            let keys = "enter write · tab next · space on or off · esc cancel";
            paint::right(self.buffer, self.inside, self.inside.y + 5, keys, self.theme.dim);
        }
    }
}
