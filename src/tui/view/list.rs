//! The list: a conversation takes a row or two; an empty one says why.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::paint;
use crate::{
    conversation::Conversation,
    library::{ConversationHandle, Sort},
    search::{
        Snippet,
        worker::{ClauseCounts, Row, Tier},
    },
    transcript::sanitize,
    tui::{
        app::{App, Focus, RULE_ENDS, RowFacts},
        format,
        theme::Theme,
    },
};

/// Columns of the hits where the list is narrow.
const HITS: u16 = 6;
/// Columns of a row from which on what it lacks is said in words.
const LABELLED_FROM: u16 = 60;
/// Columns from which on a narrow list has dates.
const WITH_DATE: u16 = 40;
/// Columns by which a line is indented that goes on from the one above.
const CONTINUED: u16 = 2;

/// Draws it; returns the place of the selected conversation, or of why there is none.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Position {
    let (area, listing) = (app.layout.list, &app.search.listing);
    let mut cursor = area.as_position();
    if listing.rows.is_empty() {
        draw_empty(app, theme, buffer, area);
        return cursor;
    }
    let height = app.search.row_height(&app.layout);
    let mut rest = area;
    for (index, row) in listing.rows.iter().enumerate().skip(listing.top) {
        if index == listing.first_tier_count && rest.height > 1 {
            let words = listing.rule_lines(&app.layout);
            draw_rule(&words, theme, buffer, rest);
            rest = paint::below(rest, u16::try_from(words.len()).unwrap_or(u16::MAX));
        }
        if rest.is_empty() {
            break;
        }
        let row_area = Rect { height: height.min(rest.height), ..rest };
        rest = paint::below(rest, height);
        let conversation = app.library.get(row.handle);
        let facts = app.search.facts(row);
        let is_selected = index == listing.selected;
        if is_selected {
            cursor = row_area.as_position();
        }
        ConversationRow { app, theme, conversation, row, facts, is_selected }.draw(buffer, row_area);
    }
    cursor
}

/// A conversation in the list. Wide: title and hits, below them date and snippet. Narrow: title, date and hits, below
/// them the snippet.
struct ConversationRow<'a> {
    app: &'a App,
    theme: &'a Theme,
    conversation: &'a Conversation,
    row: &'a Row,
    facts: Option<&'a RowFacts>,
    is_selected: bool,
}

impl ConversationRow<'_> {
    fn draw(&self, buffer: &mut Buffer, area: Rect) {
        self.draw_marks(self.row.handle, buffer, area);
        let inner = paint::drop_last_columns(paint::skip_columns(area, 1), 1);
        self.draw_title(buffer, Rect { height: 1, ..inner });
        if area.height >= 2 {
            self.draw_second(buffer, paint::skip_columns(Rect { y: area.y + 1, height: 1, ..inner }, 1));
        }
    }

    /// Draws the cursor's bar and the mark, beside each other so that both are seen.
    fn draw_marks(&self, handle: ConversationHandle, buffer: &mut Buffer, area: Rect) {
        if self.is_selected {
            let bar = if self.app.focus == Focus::Thread { self.theme.dim } else { self.theme.accent };
            for row in area.rows() {
                paint::text(buffer, row, row.y, "▌", bar);
            }
        }
        if self.app.search.marked.contains(&handle) {
            paint::text(buffer, area, area.y, if self.is_selected { "▐" } else { "•" }, self.theme.accent);
        }
    }

    /// Draws the title, and from the right edge on the hits and, where it is narrow, the date.
    fn draw_title(&self, buffer: &mut Buffer, row: Rect) {
        let (is_wide, theme) = (self.app.layout.wide, self.theme);
        let mut rest = row;
        if let Some(facts) = self.facts {
            let hits = if facts.hits == 0 { String::new() } else { format::hits(facts.hits) };
            let begin = paint::right(buffer, row, row.y, &hits, theme.dim);
            // Dates stand below each other.
            let column = if is_wide { 0 } else { HITS };
            rest = paint::drop_last_columns(row, (row.right() - begin).max(column));
        }
        // The bars at both sides are part of the row's width.
        if !is_wide && row.width + 2 >= WITH_DATE {
            let begin = paint::right(buffer, rest, row.y, &self.date(), theme.dim);
            rest = paint::drop_last_columns(rest, rest.right() - begin);
        }
        let title = &self.conversation.title;
        let style = if self.is_selected { theme.selected } else { theme.plain };
        let marked = theme.mark_in(style);
        let search = &self.app.search;
        let marks = search.matcher_of(self.row).map_or_else(Vec::new, |matcher| matcher.title_marks(title));
        paint::draw_highlighted(
            buffer,
            paint::drop_last_columns(rest, 1),
            row.y,
            title,
            &marks,
            (style, marked),
        );
    }

    /// Draws the best passage, after the date where it is wide; without a query how long the conversation is and with
    /// which model.
    fn draw_second(&self, buffer: &mut Buffer, row: Rect) {
        let row_area = if self.app.layout.wide {
            let x = paint::text(buffer, row, row.y, &format!("{}  ", self.date()), self.theme.dim);
            paint::starting_at(row, x)
        } else {
            paint::skip_columns(row, 1)
        };
        let row_area = self.draw_missing(buffer, row_area);
        if let Some(snippet) = self.facts.and_then(|facts| facts.snippet.as_ref()) {
            return self.draw_snippet(snippet, buffer, row_area);
        }
        let mut about = format::count(self.conversation.shown_count(), "message", "messages");
        if let Some(model) = self.conversation.model() {
            about.push_str(" · ");
            about.push_str(&sanitize::label(model));
        }
        let fitted = sanitize::fit(&about, row_area.width as usize);
        paint::text(buffer, row_area, row_area.y, &fitted, self.theme.dim);
    }

    /// Draws at the right edge what the conversation lacks of the query; returns the area that is left.
    fn draw_missing(&self, buffer: &mut Buffer, row: Rect) -> Rect {
        let second_tier = self.app.search.listing.second_tier.as_deref();
        let missing: Vec<&str> =
            second_tier.into_iter().flat_map(|second_tier| second_tier.missing(self.row)).collect();
        let words = match self.row.tier {
            Tier::TitleLetters => "letters of the title".to_owned(),
            _ if missing.is_empty() => return row,
            // Where there is little room it is written as one would type it.
            _ if row.width < LABELLED_FROM => {
                sanitize::label(&format!("-{}", missing.join(" -"))).into_owned()
            }
            _ => sanitize::label(&format!("without: {}", missing.join(", "))).into_owned(),
        };
        let fitted = sanitize::fit(&words, (row.width / 2) as usize);
        let begin = paint::right(buffer, row, row.y, &fitted, self.theme.dim);
        paint::drop_last_columns(row, row.right() - begin + 2)
    }

    /// Draws a passage that was made for a wide list so that the hit it was cut around is in sight here.
    fn draw_snippet(&self, snippet: &Snippet, buffer: &mut Buffer, row: Rect) {
        let start = start_in_sight(snippet, row.width);
        let text = &snippet.text[start..];
        let marks: Vec<_> = snippet
            .highlights
            .iter()
            .filter(|mark| mark.start >= start)
            .map(|mark| mark.start - start..mark.end - start)
            .collect();
        let mut row_area = row;
        if start > 0 && !text.starts_with('…') {
            let x = paint::text(buffer, row, row.y, "…", self.theme.dim);
            row_area = paint::starting_at(row, x);
        }
        let marked = self.theme.mark_in(self.theme.plain);
        paint::draw_highlighted(buffer, row_area, row.y, text, &marks, (self.theme.dim, marked));
    }

    /// Returns its date, and where there are several providers whose it is.
    fn date(&self) -> String {
        let search = &self.app.search;
        let is_by_beginning = search.query.is_empty() && search.sort == Sort::Created;
        let time = if is_by_beginning { self.conversation.created } else { self.conversation.updated };
        let date = self.app.setup.date(time);
        if !self.app.library.is_mixed() {
            return date;
        }
        let name = self.conversation.provider.name();
        if date.is_empty() { name.to_owned() } else { format!("{name}  {date}") }
    }
}

/// Returns the byte of a passage from which on that hit is in sight in this many columns: the start, or a word.
fn start_in_sight(snippet: &Snippet, columns: u16) -> usize {
    let lead = snippet.highlights.get(snippet.focus).map_or(0, |mark| mark.start);
    let before = &snippet.text[..lead];
    let room = (columns as usize / 3).max(8);
    if sanitize::width(&sanitize::line(before)) <= room {
        return 0;
    }
    let start = before.char_indices().rev().take(room).last().map_or(lead, |(index, _)| index);
    before[start..].find(' ').map_or(start, |space| start + space + 1)
}

/// Draws the rule above the conversations that have some words.
fn draw_rule(words: &[String], theme: &Theme, buffer: &mut Buffer, area: Rect) {
    for (words, row) in words.iter().zip(area.rows()) {
        paint::text(buffer, row, row.y, &"┄".repeat(row.width as usize), theme.dim);
        let words = sanitize::label(words).into_owned();
        let fitted = sanitize::fit(&words, (row.width as usize).saturating_sub(RULE_ENDS));
        paint::text(buffer, paint::skip_columns(row, 1), row.y, &format!(" {fitted} "), theme.dim);
    }
}

/// Says why the list is empty.
fn draw_empty(app: &App, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let inner = paint::drop_last_columns(paint::skip_columns(area, 1), 1);
    let mut rest = inner;
    for (index, line) in reasons(app).iter().enumerate() {
        let words = sanitize::label(line).into_owned();
        let style = if index == 0 { theme.plain } else { theme.dim };
        for (number, words) in format::wrap(&words, inner.width as usize).iter().enumerate() {
            let row = if number == 0 { rest } else { paint::skip_columns(rest, CONTINUED) };
            if rest.is_empty() {
                return;
            }
            paint::text(buffer, row, row.y, &sanitize::fit(words, row.width as usize), style);
            rest = paint::below(rest, 1);
        }
    }
}

/// Returns why the list is empty, in lines.
fn reasons(app: &App) -> Vec<String> {
    let listing = &app.search.listing;
    if app.search.query.is_empty() {
        let is_loaded = app.loading.is_none();
        return is_loaded.then(|| "this archive holds no conversations".to_owned()).into_iter().collect();
    }
    if !listing.complete {
        return Vec::new();
    }
    let is_final = app.loading.is_none() && !listing.awaits_index;
    let clauses: Vec<&str> =
        listing.unmatched_clauses.iter().map(|missing| missing.clause.as_str()).collect();
    let first = match &clauses[..] {
        _ if app.loading.is_some() => "nothing so far: still loading …".to_owned(),
        _ if !is_final => "still looking, also for words that are written alike …".to_owned(),
        [] => "nothing matches".to_owned(),
        [one] => format!("nothing holds {one}"),
        several => format!("nothing holds all of: {}", several.join(", ")),
    };
    let is_one = is_final && clauses.len() == 1;
    let reasons =
        listing.unmatched_clauses.iter().filter_map(|missing| reason(missing, clauses.len(), is_one));
    std::iter::once(first).chain(reasons).collect()
}

/// Returns what a part of a query would find: one of so many. `None`: that is said already.
fn reason(missing: &ClauseCounts, clauses: usize, is_said: bool) -> Option<String> {
    let is_phrase = missing.clause.starts_with('"');
    let is_capital = missing.found == 0 && !is_phrase && missing.clause.chars().any(char::is_uppercase);
    // A phrase has its quotes already.
    let quote = if is_phrase { "" } else { "\"" };
    let word = format!("{quote}{}{quote}", missing.clause);
    let holds = match missing.found {
        0 if is_capital => {
            format!("{word} is in no conversation as it is written: in small letters more is found")
        }
        0 if is_said => return None,
        0 => format!("{word} is in no conversation"),
        found => format!("{word} is in {}", format::number(found)),
    };
    let without = match (clauses, missing.without) {
        (1, _) | (_, 0) => String::new(),
        (_, without) => format!(" · without it: {}", format::number(without)),
    };
    Some(holds + &without)
}
