//! The audit over the whole screen but the status line.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use super::paint;
use crate::{
    audit::lines::ReportLine,
    transcript::sanitize,
    tui::{
        app::{App, Audit},
        format,
        theme::Theme,
    },
};

const TITLE: &str = "What this archive gives away";

/// Below this many columns an exposure's kind and value are cut to [`MAX`].
const NARROW: u16 = 98;
const MAX: usize = 18;

/// Draws it; returns the place of the selected line.
pub fn draw(app: &mut App, theme: &Theme, buffer: &mut Buffer) -> Position {
    let full = app.layout.full_screen();
    let mut cursor = paint::below(full, 2).as_position();
    let area = Rect { x: 1, width: full.width.saturating_sub(2), ..full };
    paint::text(buffer, area, area.y, &sanitize::fit(TITLE, area.width as usize), theme.heading);
    let room = (area.height as usize).saturating_sub(2);
    let audit = match &mut app.audit {
        Some(Audit::Finished(audit)) => audit,
        Some(Audit::Running(done, of)) => {
            let far = format!("{} of {} conversations …", format::number(*done), format::number(*of));
            if area.height > 2 {
                paint::text(buffer, area, area.y + 2, &far, theme.dim);
            }
            return cursor;
        }
        None => return cursor,
    };
    audit.keep_in_sight(room);
    let order = audit.order.as_str();
    if (area.width as usize) > TITLE.len() + order.len() + 2 {
        paint::right(buffer, area, area.y, order, theme.dim);
    }
    let report = audit.report(&app.setup.zone);
    let lines = audit.lines.iter().enumerate().skip(audit.top);
    for ((index, line), row) in lines.zip(paint::below(area, 2).rows()) {
        let y = row.y;
        let chosen = index == audit.selected;
        if chosen {
            paint::text(buffer, Rect { x: 0, width: 1, ..area }, y, "▌", theme.accent);
            cursor = Position { x: 0, y };
        }
        let fields = report.fields(line, false);
        if let ReportLine::Heading(words) = line {
            let words = sanitize::label(words);
            paint::text(buffer, area, y, &sanitize::fit(&words, area.width as usize), theme.selected);
            continue;
        }
        let mut x = area.x + 1;
        let mut widths = audit.widths.for_line(line);
        let narrow =
            area.width < NARROW && matches!(line, ReportLine::Exposure(_) | ReportLine::MemberExposure(_));
        if narrow {
            for wide in &mut widths {
                *wide = (*wide).min(MAX);
            }
        }
        for (column, field) in fields.iter().enumerate() {
            // The title says more than how often and who.
            if narrow && matches!(column, 3 | 4) {
                continue;
            }
            let left = Rect { x: (x + 1).min(area.right()), ..area };
            let left = Rect { width: area.right().saturating_sub(left.x), ..left };
            let field = sanitize::label(field);
            let field = match widths.get(column) {
                Some(&wide) if narrow => sanitize::fit(&field, wide).into_owned(),
                _ => field.into_owned(),
            };
            let wide = widths.get(column).copied().unwrap_or(0).max(sanitize::width(&field));
            let style = look(line, column, fields.len(), theme);
            let style = if chosen { style.patch(theme.accent) } else { style };
            paint::text(buffer, left, y, &sanitize::fit(&field, left.width as usize), style);
            let wide = u16::try_from(wide).unwrap_or(u16::MAX);
            x = x.saturating_add(1).saturating_add(wide).min(area.right());
        }
    }
    cursor
}

/// Returns the style of a field: what one looks for is plain, all else dim.
fn look(line: &ReportLine, column: usize, columns: usize, theme: &Theme) -> Style {
    let plain = match line {
        ReportLine::Exposure(_) | ReportLine::MemberExposure(_) => {
            matches!(column, 1 | 2) || column + 1 == columns
        }
        ReportLine::Instructions(_) | ReportLine::Memory(_) => column == 1,
        ReportLine::Profile(_) | ReportLine::PublicLink(_) => column == 0,
        ReportLine::KindCount(_) | ReportLine::Sentence(_) => true,
        ReportLine::Heading(_) | ReportLine::Address(..) => false,
    };
    if plain { theme.plain } else { theme.dim }
}
