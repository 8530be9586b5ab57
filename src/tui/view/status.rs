//! The status line, drawn here and nowhere else: at its left what just happened or the position, at its right the
//! keys that matter now.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{paint, search_line};
use crate::{
    search::query,
    transcript::sanitize,
    tui::{
        app::{App, Audit, Focus, Overlay, Prompt, StatusKind, ThreadPane},
        command::Command,
        format,
        theme::Theme,
    },
};

/// Columns from which on the line of a command says what is piped.
const LABELLED_FROM: u16 = 60;
/// Columns that the keys keep beside the first words of what was copied.
const KEYS: usize = 30;
/// Columns that what was copied has with its first words on a narrow screen, the keys or not.
const LEAST: usize = 50;

/// Draws the status line; returns the place of the cursor while something is typed into it.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let area = app.layout.status;
    if area.height == 0 {
        return None;
    }
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if let Some(Prompt::Find(find)) = app.overlay.prompt() {
        let x = paint::text(buffer, area, area.y, " / ", theme.accent);
        let count = app.open_view().map_or(0, |thread_view| thread_view.hit_position().1);
        let found = if app.thread.as_ref().is_some_and(ThreadPane::is_finding) {
            "looking …".to_owned()
        } else if find.text().is_empty() {
            String::new()
        } else {
            format::count(count, "hit", "hits")
        };
        let begin = paint::right(buffer, inner, area.y, &found, theme.dim);
        let field = Rect { x, width: begin.saturating_sub(x + 1), ..area };
        return Some(search_line::typed(buffer, field, find.text(), find.before_cursor(), theme));
    }
    if let Some(Prompt::Help(words)) = app.overlay.prompt() {
        let x = paint::text(buffer, area, area.y, " / ", theme.accent);
        let begin = paint::right(buffer, inner, area.y, "only the keys with these words", theme.dim);
        let field = Rect { x, width: begin.saturating_sub(x + 1), ..area };
        return Some(search_line::typed(buffer, field, words.text(), words.before_cursor(), theme));
    }
    if let Some(Prompt::Pipe(pipe)) = app.overlay.prompt() {
        let prompt = match inner.width {
            LABELLED_FROM.. => format!(" pipe {} to ", app.piped_subject()),
            _ => " ! ".to_owned(),
        };
        let x = paint::text(buffer, area, area.y, &prompt, theme.accent);
        let awaited = app.awaits_enter().unwrap_or_default();
        let begin = paint::right(buffer, inner, area.y, &awaited, theme.error);
        let field = Rect { x, width: begin.saturating_sub(x + 1), ..area };
        return Some(search_line::typed(buffer, field, pipe.text(), pipe.before_cursor(), theme));
    }
    if let Some(Prompt::SaveAs(save_as)) = app.overlay.prompt() {
        let x = paint::text(buffer, area, area.y, " save to ", theme.accent);
        let said = save_as.notice.map(str::to_owned).or_else(|| app.awaits_enter());
        let begin = match said {
            Some(words) => paint::right(buffer, inner, area.y, &words, theme.error),
            None => paint::right(buffer, inner, area.y, "enter writes · esc leaves it", theme.dim),
        };
        let field = Rect { x, width: begin.saturating_sub(x + 1), ..area };
        let input = &save_as.input;
        return Some(search_line::typed(buffer, field, input.text(), input.before_cursor(), theme));
    }
    let (style, left) = match &app.status {
        Some((StatusKind::Done, words)) => (theme.plain, words.clone()),
        Some((StatusKind::Failed, words)) => (theme.error, words.clone()),
        None => (theme.dim, position_text(app)),
    };
    let left = sanitize::label(&left).into_owned();
    let opening = app.opening.as_deref().unwrap_or_default();
    let keys = keys(app);
    // What happened matters more than the keys: they go one by one where both do not fit. The first words of a copy
    // take some of their room, and all that is left.
    let columns = inner.width as usize;
    let least = LEAST.max(columns.saturating_sub(KEYS)).max(sanitize::width(&left));
    let claimed = sanitize::width(&with_opening(&left, opening, least));
    let mut shown = keys.len();
    let hint = |shown: usize| keys[keys.len() - shown..].join(" · ");
    while shown > 0 && claimed + sanitize::width(&hint(shown)) + 2 > columns {
        shown -= 1;
    }
    let taken = if shown == 0 { 0 } else { sanitize::width(&hint(shown)) + 2 };
    let left = with_opening(&left, opening, columns.saturating_sub(taken));
    paint::text(buffer, inner, area.y, &sanitize::fit(&left, columns), style);
    paint::right(buffer, inner, area.y, &hint(shown), theme.dim);
    None
}

/// Adds to what was copied its first words, as many as so many columns have room for.
fn with_opening(words: &str, opening: &str, columns: usize) -> String {
    /// Columns of first words that tell something.
    const TELLING: usize = 6;
    let room = columns.saturating_sub(sanitize::width(words) + 4);
    if opening.is_empty() || room < TELLING {
        return words.to_owned();
    }
    format!("{words}: “{}”", sanitize::fit(opening, room))
}

/// Returns the position in what has the keys.
fn position_text(app: &App) -> String {
    if let Some(problem) = app.search.query.problems().first().filter(|_| app.focus == Focus::Search) {
        return format!("column {}: {}", problem.column + 1, problem.reason);
    }
    match &app.overlay {
        Overlay::Help(help) if help.below > 0 => {
            return format!("every key · {} below", format::count(help.below, "line", "lines"));
        }
        Overlay::Help(_) => return "every key".to_owned(),
        Overlay::Text { .. } | Overlay::Audit => return String::new(),
        _ => {}
    }
    if let (Some(thread_view), true) = (app.open_view(), app.layout.wide || app.focus == Focus::Thread) {
        if app.thread.as_ref().is_some_and(ThreadPane::is_finding) {
            return "looking for hits …".to_owned();
        }
        let (at, of) = thread_view.message_number();
        let fold = thread_view.fold_noun().map(|noun| format!(" · {noun}")).unwrap_or_default();
        let place = format!("message {} of {}{fold}", format::number(at), format::number(of));
        match thread_view.hit_position() {
            // It stands where one has been, not where one is.
            (Some(_), count) if !thread_view.is_at_focused_hit() => {
                return format!("{place} · {}", format::count(count, "hit", "hits"));
            }
            (Some(focus), count) => {
                let branch = if thread_view.is_on_other_branch() { ", on another branch" } else { "" };
                return format!("hit {} of {}{branch}", format::number(focus + 1), format::hits(count));
            }
            (None, count) if count > 0 => return format::count(count, "hit", "hits"),
            _ => {}
        }
        if app.focus == Focus::Thread {
            return place;
        }
    }
    let place = match app.search.listing.rows.len() {
        0 => String::new(),
        rows => format!("{} of {}", format::number(app.search.listing.selected + 1), format::number(rows)),
    };
    match may_have_missed(app) {
        true if place.is_empty() => query::MISSED_IN_LONG_TEXTS.to_owned(),
        true => format!("{place} · {}", query::MISSED_IN_LONG_TEXTS),
        false => place,
    }
}

/// Returns whether an expression may have missed something, since a message is longer than what it is looked for in at once.
fn may_have_missed(app: &App) -> bool {
    let library = &app.library;
    let beyond = |reach| {
        let is_long = |&handle| query::has_text_beyond(library.get(handle), reach);
        library.text_bytes() > reach && library.by_date().iter().any(is_long)
    };
    app.search.query.expression_reach().is_some_and(beyond)
}

/// Returns the keys that matter now, the most needed last: it stays longest.
fn keys(app: &App) -> Vec<String> {
    let has_hits = app.open_view().is_some_and(|thread_view| thread_view.hit_position().1 > 0);
    let commands: &[Command] = match &app.overlay {
        Overlay::Help(_) => &[Command::Find, Command::Cancel],
        Overlay::Text { .. } => &[Command::Cancel],
        Overlay::Audit if matches!(app.audit, Some(Audit::Running(..))) => &[Command::Cancel],
        Overlay::Audit => &[Command::Sort, Command::Accept, Command::Cancel],
        Overlay::Find(_)
        | Overlay::Pipe(_)
        | Overlay::SaveAs(_)
        | Overlay::Picker(_)
        | Overlay::Extract(_) => &[],
        Overlay::None => match app.focus {
            Focus::Search if app.search.input.text().is_empty() => {
                &[Command::Interrupt, Command::Read, Command::Help]
            }
            Focus::Search => &[Command::CopyAnswer, Command::Read, Command::Help],
            Focus::List => &[Command::Search, Command::Read, Command::Help],
            Focus::Thread if has_hits => &[Command::NextHit, Command::Copy, Command::Extract, Command::Help],
            Focus::Thread => &[Command::Copy, Command::Extract, Command::Back, Command::Help],
        },
    };
    commands
        .iter()
        .filter_map(|&command| {
            let key = app.setup.keymap.key_for(app.place(), command)?;
            let word = match (command, &app.overlay) {
                (Command::Accept, Overlay::Audit) => "go there",
                (Command::Find, Overlay::Help(_)) => "look for a word",
                _ => command.hint(),
            };
            Some(format!("{key} {word}"))
        })
        .collect()
}
