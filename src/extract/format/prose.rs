//! A message's Markdown as HTML in which nothing acts.
//!
//! HTML in the message is written as the text it was typed as; a picture becomes a link to it; an address that is
//! not http, https or mailto is not a link.

use std::{borrow::Cow, fmt::Write as _};

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::{colour, escape::escape, from_first_line, markdown_embed::TURN_LEVEL};
use crate::message::{
    formula::{self, Formula},
    link,
    markdown::{self, dialect, language_of},
    prompt::{self, Piece},
};

/// Stand for a formula while Markdown is read: its number between two characters of a plane nobody writes in.
const FORMULA_START: char = '\u{f_fffc}';
const FORMULA_END: char = '\u{f_fffd}';

/// A text longer than this, in bytes, is not read as Markdown: nobody wrote it, and what it consists of may take forty
/// times its memory.
const LONGEST: usize = 4 << 20;

/// Writes a Markdown text as HTML; a very long one as it was typed.
pub(super) fn prose(text: &str, out: &mut String) {
    if text.len() > LONGEST {
        return as_typed(text, out);
    }
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
        cells: Vec::new(),
        column: 0,
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
    if !language.is_empty() {
        out.push_str(" class=\"language-");
        out.push_str(&escape(language));
        out.push('"');
    }
    out.push('>');
    colour::write(language, text, out);
    out.push_str("</code></pre>\n");
}

/// Writes a text with its line breaks, a piece at a time.
fn as_typed(text: &str, out: &mut String) {
    out.push_str("<pre>");
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(LONGEST));
        out.push_str(&escape(piece));
        rest = after;
    }
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
    /// Of the table being written.
    cells: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// For each link or picture that is open: whether it has an address to close.
    links: Vec<bool>,
    /// Within a block of code: its language, and what was read of it.
    code: Option<(String, String)>,
}

impl ProseWriter<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.words(&text),
            },
            Event::Code(code) => {
                self.out.push_str("<code>");
                self.words(&code);
                self.out.push_str("</code>");
            }
            // The one tag that models write for a reader: a line break within a table.
            Event::InlineHtml(html) if matches!(&*html, "<br>" | "<br/>" | "<br />") => {
                self.out.push_str("<br>");
            }
            Event::Html(html) | Event::InlineHtml(html) => self.words(&html),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
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
                self.cells = alignments;
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
                self.out.push_str(if self.in_head { "<th" } else { "<td" });
                self.out.push_str(match self.cells.get(self.column) {
                    Some(Alignment::Center) => " style=\"text-align: center\">",
                    Some(Alignment::Right) => " style=\"text-align: right\">",
                    _ => ">",
                });
                self.column += 1;
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
                self.in_head = false;
                self.out.push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => self.out.push_str(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Link | TagEnd::Image if self.links.pop() == Some(true) => self.out.push_str("</a>"),
            _ => {}
        }
    }

    fn code_block(&mut self) {
        let Some((language, text)) = self.code.take() else { return };
        // Without the formulas the text may be taken for code where it is none.
        code(&language, &self.as_written(&text), self.out);
    }

    fn level(&mut self, level: usize, tag: &str) {
        let _ = write!(self.out, "{tag}{}>", (level + TURN_LEVEL).min(6));
    }

    fn open_link(&mut self, url: &CowStr<'_>) {
        // A link within a link does not count.
        let open = link::is_safe(url) && !self.links.contains(&true);
        self.links.push(open);
        if open {
            self.out.push_str("<a rel=\"noopener noreferrer\" href=\"");
            self.words(url);
            self.out.push_str("\">");
        }
    }

    /// Returns the text with its formulas as they were written.
    fn as_written<'t>(&self, text: &'t str) -> Cow<'t, str> {
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
