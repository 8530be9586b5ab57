//! A message's Markdown as HTML in which nothing acts.
//!
//! HTML in the message is written as the text it was typed as; a picture becomes a link to it; an address that is
//! not http, https or mailto is not a link.

use std::{borrow::Cow, fmt::Write as _};

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::{
    ENTRY_HEADING_LEVEL, color,
    escape::{escape, write_escaped},
    from_first_line, parse_bounds,
};
use crate::message::{
    find_address,
    formula::{self, Formula},
    link_safety,
    markdown::{self, dialect, is_line_break, language_of},
    prompt::{self, Piece},
};

/// Stand for a formula while Markdown is read: its number between two characters of a plane nobody writes in.
const FORMULA_START: char = '\u{f_fffc}';
const FORMULA_END: char = '\u{f_fffd}';

/// Writes a Markdown text as HTML; one that is [not read as that](parse_bounds), as it was typed.
pub(super) fn prose(text: &str, out: &mut String) {
    if !parse_bounds::may_parse(text) {
        return as_typed(text, out);
    }
    let _guard = parse_bounds::lock_if_large(text);
    let formulas = if formula::may_be_in(text) {
        formula::formulas(text, &markdown::non_prose(text))
    } else {
        Vec::new()
    };
    let parsed = hide(text, &formulas);
    let mut writer = ProseWriter {
        text,
        formulas: &formulas,
        out,
        alignments: Vec::new(),
        column: 0,
        empty: 0,
        in_head: false,
        links: Vec::new(),
        code: None,
    };
    for event in Parser::new_ext(&parsed, dialect()) {
        writer.event(event);
    }
}

/// Writes a prompt as it was typed: its fenced code as code, the rest with its line breaks and indentation.
pub(super) fn typed(text: &str, out: &mut String) {
    if text.len() > parse_bounds::MAX_LENGTH {
        return as_typed(text, out);
    }
    for piece in prompt::pieces(text) {
        match piece {
            Piece::Text(range) => {
                let text = from_first_line(&text[range]).trim_end();
                if !text.is_empty() {
                    out.push_str("<p class=\"typed\">");
                    out.push_str(&escape(text));
                    out.push_str("</p>\n");
                }
            }
            Piece::Code(language, range) => code(language, &text[range], out),
        }
    }
}

/// Writes a block of code, coloured where its language is known.
pub(super) fn code(language: &str, text: &str, out: &mut String) {
    out.push_str("<pre><code");
    if !language.is_empty() && !language.contains(|char: char| char.is_whitespace() || char.is_control()) {
        out.push_str(" class=\"language-");
        out.push_str(&escape(language));
        out.push('"');
    }
    out.push('>');
    color::write(language, text, out);
    out.push_str("</code></pre>\n");
}

/// Writes a text with its line breaks.
fn as_typed(text: &str, out: &mut String) {
    out.push_str("<pre>");
    write_escaped(text, out);
    out.push_str("</pre>\n");
}

/// Returns the text with every formula as its number.
fn hide<'a>(text: &'a str, formulas: &[Formula]) -> Cow<'a, str> {
    let marks = [FORMULA_START, FORMULA_END];
    if formulas.is_empty() && !text.contains(marks) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (number, formula) in formulas.iter().enumerate() {
        out.push_str(&text[from..formula.range.start].replace(marks, "\u{fffd}"));
        // Writing to a String cannot fail.
        let _ = write!(out, "{FORMULA_START}{number}{FORMULA_END}");
        from = formula.range.end;
    }
    out.push_str(&text[from..].replace(marks, "\u{fffd}"));
    Cow::Owned(out)
}

struct ProseWriter<'a> {
    text: &'a str,
    formulas: &'a [Formula],
    out: &'a mut String,
    /// The alignments of the columns of the table being written.
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// The cells at the end of a row that have nothing in them so far: a row that was cut short is not made longer.
    empty: usize,
    /// Each link or picture that is open.
    links: Vec<OpenLink>,
    /// Within a block of code: its language, and what was read of it.
    code: Option<(String, String)>,
}

/// A link or picture that is written.
struct OpenLink {
    url: String,
    /// It is written as `<a>`, which is to be closed.
    is_link: bool,
    /// The place of its words in the page.
    words: usize,
}

impl ProseWriter<'_> {
    fn event(&mut self, event: Event<'_>) {
        if self.empty > 0 && !matches!(event, Event::Start(Tag::TableCell) | Event::End(_)) {
            self.write_cells();
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None if self.links.is_empty() => self.linked_words(&text),
                None => self.words(&text),
            },
            Event::Code(code) => {
                self.out.push_str("<code>");
                self.words(&code);
                self.out.push_str("</code>");
            }
            Event::InlineHtml(html) if is_line_break(&html) => self.out.push_str("<br>"),
            Event::Html(html) | Event::InlineHtml(html) => self.words(&html),
            // A line of an address or a poem stays one.
            Event::SoftBreak | Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::FootnoteReference(name) => {
                self.out.push_str("<sup>");
                self.words(&name);
                self.out.push_str("</sup>");
            }
            Event::TaskListMarker(done) => self.out.push_str(if done { "☑ " } else { "☐ " }),
            Event::InlineMath(math) | Event::DisplayMath(math) => self.words(&math),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, .. } => self.level(level as usize, "<h"),
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>\n"),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(words) => language_of(words),
                    CodeBlockKind::Indented => "",
                };
                self.code = Some((language.to_owned(), String::new()));
            }
            Tag::HtmlBlock => self.out.push_str("<p>"),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(first)) => {
                let _ = writeln!(self.out, "<ol start=\"{first}\">");
            }
            Tag::Item => self.out.push_str("<li>"),
            Tag::FootnoteDefinition(name) => {
                self.out.push_str("<div class=\"note\"><sup>");
                self.words(&name);
                self.out.push_str("</sup> ");
            }
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.out.push_str("<table>\n");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                self.empty += 1;
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.open_link(&dest_url),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.out.push_str("</p>\n"),
            TagEnd::Heading(level) => {
                self.level(level as usize, "</h");
                self.out.push('\n');
            }
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::FootnoteDefinition => self.out.push_str("</div>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table>\n"),
            TagEnd::TableHead => {
                self.write_empty_cells();
                self.in_head = false;
                self.out.push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => {
                self.empty = 0;
                self.out.push_str("</tr>\n");
            }
            TagEnd::TableCell if self.empty > 0 => {}
            TagEnd::TableCell => self.out.push_str(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Link | TagEnd::Image => self.close_link(),
            _ => {}
        }
    }

    /// Begins the cells that were held back: all but the last are empty.
    fn write_cells(&mut self) {
        for left in (0..std::mem::take(&mut self.empty)).rev() {
            self.out.push_str(if self.in_head { "<th" } else { "<td" });
            self.out.push_str(match self.alignments.get(self.column) {
                Some(Alignment::Center) => " style=\"text-align: center\">",
                Some(Alignment::Right) => " style=\"text-align: right\">",
                _ => ">",
            });
            self.column += 1;
            if left > 0 {
                self.out.push_str(if self.in_head { "</th>" } else { "</td>" });
            }
        }
    }

    /// Writes the empty cells at the end of a head, which says how many columns there are.
    fn write_empty_cells(&mut self) {
        if self.empty > 0 {
            self.write_cells();
            self.out.push_str("</th>");
        }
    }

    fn code_block(&mut self) {
        let Some((language, text)) = self.code.take() else { return };
        // Without the formulas the text may be taken for code where it is not.
        let text = self.restore_formulas(&text).into_owned();
        code(&language, &text, self.out);
    }

    fn level(&mut self, level: usize, tag: &str) {
        let _ = write!(self.out, "{tag}{}>", (level + ENTRY_HEADING_LEVEL).min(6));
    }

    fn open_link(&mut self, url: &CowStr<'_>) {
        // A link within a link does not count.
        let is_link = link_safety::is_safe(url) && !self.links.iter().any(|link| link.is_link);
        if is_link {
            self.out.push_str("<a rel=\"noopener noreferrer\" href=\"");
            self.words(url);
            self.out.push_str("\">");
        }
        self.links.push(OpenLink { url: url.to_string(), is_link, words: self.out.len() });
    }

    /// Ends a link, and says where it leads when its looks deceive.
    fn close_link(&mut self) {
        let Some(OpenLink { url, is_link, words }) = self.links.pop() else { return };
        if !is_link {
            return;
        }
        /// The bytes of a link's words that are looked at: nobody takes a longer text for an address.
        const MAX_WORDS: usize = 4_000;
        let written = &self.out[words..];
        let words = if written.len() > MAX_WORDS { String::new() } else { without_tags(written) };
        let place = link_safety::misleading_destination(&words, &url).map(Cow::into_owned);
        self.out.push_str("</a>");
        self.write_destination(place.as_deref());
    }

    fn write_destination(&mut self, place: Option<&str>) {
        if let Some(place) = place {
            self.out.push_str(" (");
            self.out.push_str(&escape(place));
            self.out.push(')');
        }
    }

    /// Writes text, and after an address in it that deceives where it leads.
    fn linked_words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(address) = find_address(rest) {
            let (before, after) = rest.split_at(address.end);
            self.words(before);
            self.write_destination(
                link_safety::misleading_destination("", &before[address.start..]).as_deref(),
            );
            rest = after;
        }
        self.words(rest);
    }

    /// Returns the text with its formulas as they were written.
    fn restore_formulas<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(FORMULA_START) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(FORMULA_START) {
            out.push_str(before);
            let (number, after) = after.split_once(FORMULA_END).unwrap_or((after, ""));
            out.push_str(self.formula(number).map_or("", |formula| &self.text[formula.range.clone()]));
            rest = after;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn formula(&self, number: &str) -> Option<&Formula> {
        self.formulas.get(number.parse::<usize>().ok()?)
    }

    /// Writes text; formulas come back in it.
    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(FORMULA_START) {
            self.out.push_str(&escape(before));
            let (number, after) = after.split_once(FORMULA_END).unwrap_or((after, ""));
            if let Some(formula) = self.formula(number) {
                let whole = &self.text[formula.range.clone()];
                if whole.starts_with('$') {
                    self.out.push_str(&escape(whole));
                } else {
                    let inner = self.text[formula.tex.clone()].trim();
                    let delimiter = if formula.display { "$$" } else { "$" };
                    self.out.push_str(&escape(&format!("{delimiter}{inner}{delimiter}")));
                }
            }
            rest = after;
        }
        self.out.push_str(&escape(rest));
    }
}

/// Returns the words of a piece of a page, with the entities that [`escape`] writes as what they stand for.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for piece in html.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
