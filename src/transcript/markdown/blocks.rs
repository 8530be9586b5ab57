//! Reads Markdown into blocks: CommonMark and GFM as pulldown-cmark reads them, every stretch of text with
//! its place in the message. HTML is shown as text, except `<br>`, which is the only way to break a line in a
//! table's cell.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::inline_span::{self, InlineSpan};
use crate::{
    message::markdown::{dialect, language_of},
    transcript::{
        highlight::Code,
        layout::{
            block::{Container, ContainerKind, LayoutBlock, LayoutContent, LayoutDocument, MAX_DEPTH},
            line::Tone,
            styled_text::{StyledText, TextStyle},
            table::{Align, Table},
        },
    },
};

/// The number of words, marks, cells and the like that a text comes to: of more it is shown as it was written. A table
/// of two thousand columns has as many cells in each of its rows, even where nothing is written.
const MAX_EVENTS: usize = 100_000;

/// Marks of quotations and lists that may open one line: the reader looks at every open one in each line that follows.
const MAX_NESTED: usize = 100;

/// Reads a text that stands at `base` in its message. `inline_spans` are ranges of `text`, sorted, not overlapping.
/// `None`: it comes to more than can be drawn.
pub fn parse(text: &str, base: usize, inline_spans: &[InlineSpan]) -> Option<LayoutDocument> {
    if nests_too_deep(text) {
        return None;
    }
    let masked = inline_span::mask(text, inline_spans);
    let mut parser = BlockParser { text, masked_text: &masked, base, inline_spans, ..BlockParser::default() };
    for (number, (event, range)) in Parser::new_ext(&masked, dialect()).into_offset_iter().enumerate() {
        if number == MAX_EVENTS {
            return None;
        }
        parser.event(event, range);
    }
    parser.flush();
    Some(parser.document)
}

/// Returns whether a line opens more quotations and lists than anybody writes.
fn nests_too_deep(text: &str) -> bool {
    let opens = |line: &[u8]| {
        let before = line.iter().take_while(|byte| {
            matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'0'..=b'9' | b'.' | b')')
        });
        before.filter(|byte| matches!(byte, b'>' | b'-' | b'*' | b'+' | b'.' | b')')).count()
    };
    // A rule and a line of dots are no nest: marks of lists have blanks after them.
    let solid = |line: &[u8]| line.windows(2).take(2 * MAX_NESTED).all(|pair| pair[0] == pair[1]);
    text.len() > MAX_NESTED
        && text.as_bytes().split(|&byte| byte == b'\n').any(|line| {
            line.len() > MAX_NESTED && opens(line) > MAX_NESTED && (line[0] == b'>' || !solid(line))
        })
}

/// A list being read.
struct OpenList {
    /// The next number; `None`: bullets.
    number: Option<u64>,
    /// Its place in [`LayoutDocument::digits`].
    digits: usize,
    depth: usize,
    /// No blank line before its first item.
    joined: bool,
    begun: bool,
}

/// A link being read.
pub(super) struct OpenLink {
    pub url: String,
    /// The bytes of inline text there were when it began.
    pub before: usize,
}

/// The state of reading: events of Markdown in, blocks out.
#[derive(Default)]
pub(super) struct BlockParser<'a> {
    pub text: &'a str,
    pub masked_text: &'a str,
    pub base: usize,
    pub inline_spans: &'a [InlineSpan],
    document: LayoutDocument,
    containers: Vec<Container>,
    next_id: u32,
    /// For every open item, how many blocks there were when it began.
    items: Vec<usize>,
    lists: Vec<OpenList>,
    /// Inline text that is not yet a block.
    pub prose: StyledText,
    pub heading: Option<u8>,
    /// The block being read, and the last one, are paragraphs of their own (not text of a tight list).
    in_paragraph: bool,
    last_in_paragraph: bool,
    pub bold: usize,
    pub italic: usize,
    pub strike: usize,
    pub links: Vec<OpenLink>,
    pub quotes: usize,
    pub table: Option<Table>,
    code: Option<Code>,
    html: bool,
    /// The label of a footnote, to be put before its text.
    pub footnote_label: Option<String>,
}

impl BlockParser<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code.is_some() => self.code_text(&text, range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => self.inline_code(&code, &range),
            Event::Html(html) => self.text(&html, range),
            Event::InlineHtml(html) if is_line_break(&html) => self.prose.push_break(),
            Event::InlineHtml(html) => self.verbatim(&html, range),
            Event::FootnoteReference(label) => {
                self.begin_inline();
                let style = self.style_of(Tone::Link);
                self.prose.push(&format!("[{label}]"), style, None);
            }
            Event::SoftBreak | Event::HardBreak => self.line_break(&range),
            Event::Rule => {
                self.flush();
                self.block(LayoutContent::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(item) = self.containers.last_mut() {
                    item.kind = ContainerKind::Task(done);
                }
            }
            // Never made with these options; shown as text all the same.
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.text(&tex, range),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.flush();
                self.in_paragraph = true;
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level as u8);
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
                self.open(ContainerKind::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => language_of(info),
                    CodeBlockKind::Indented => "",
                };
                self.code = Some(Code::new(language));
            }
            Tag::HtmlBlock => {
                self.flush();
                self.html = true;
            }
            Tag::List(number) => self.start_list(number, range.start),
            Tag::Item => self.start_item(),
            Tag::FootnoteDefinition(label) => {
                self.flush();
                self.open(ContainerKind::PlainIndent);
                self.footnote_label = Some(format!("[{label}] "));
            }
            Tag::Table(aligns) => {
                self.flush();
                let aligns = aligns.iter().map(|align| match align {
                    Alignment::None | Alignment::Left => Align::Left,
                    Alignment::Center => Align::Center,
                    Alignment::Right => Align::Right,
                });
                self.table = Some(Table { aligns: aligns.collect(), ..Table::default() });
            }
            Tag::TableHead | Tag::TableRow => {
                self.bold += usize::from(matches!(tag, Tag::TableHead));
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, .. } => {
                self.begin_inline();
                self.start_link(dest_url.into_string());
            }
            Tag::Image { dest_url, .. } => {
                self.begin_inline();
                self.prose.push("▪ ", TextStyle::of(Tone::Chrome), None);
                self.start_link(dest_url.into_string());
            }
            Tag::TableCell
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.flush();
                self.in_paragraph = false;
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.heading = None;
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes -= 1;
                self.containers.pop();
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    self.block(LayoutContent::Code(code));
                }
            }
            TagEnd::HtmlBlock => {
                let mut prose = std::mem::take(&mut self.prose);
                prose.trim_end();
                self.html = false;
                self.block(LayoutContent::Preformatted(prose));
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                if self.items.pop() == Some(self.document.blocks.len()) {
                    self.block(LayoutContent::Text(StyledText::default()));
                }
                self.containers.pop();
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.containers.pop();
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.block(LayoutContent::Table(table));
                }
            }
            TagEnd::TableHead => self.bold -= 1,
            TagEnd::TableCell => {
                let mut cell = std::mem::take(&mut self.prose);
                cell.trim_end();
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Strikethrough => self.strike -= 1,
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::TableRow
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn start_list(&mut self, number: Option<u64>, at: usize) {
        self.flush();
        let joined = match self.document.blocks.last().map(|block| &block.content) {
            Some(LayoutContent::Text(prose)) => {
                prose.text().ends_with(':') || !follows_blank_line(&self.masked_text[..at])
            }
            _ => false,
        };
        let depth = self.lists.len();
        self.lists.push(OpenList { number, digits: self.document.digits.len(), depth, joined, begun: false });
        self.document.digits.push(1);
    }

    fn start_item(&mut self) {
        self.flush();
        let kind = match self.lists.last_mut() {
            Some(OpenList { number: Some(number), digits, .. }) => {
                let kind = ContainerKind::Number(*digits, *number);
                let length = number.checked_ilog10().unwrap_or(0) as usize + 1;
                self.document.digits[*digits] = self.document.digits[*digits].max(length);
                *number = number.saturating_add(1);
                kind
            }
            Some(OpenList { depth, .. }) => ContainerKind::Bullet(*depth),
            None => ContainerKind::Bullet(0),
        };
        self.open(kind);
        self.items.push(self.document.blocks.len());
    }

    fn open(&mut self, kind: ContainerKind) {
        self.next_id += 1;
        self.containers.push(Container { id: self.next_id, kind });
    }

    fn code_text(&mut self, shown: &str, range: Range<usize>) {
        let verbatim = self.text.get(range.clone()).is_some_and(|there| there == shown);
        if let Some(code) = &mut self.code {
            code.push(shown, verbatim.then_some(self.base + range.start));
        }
    }

    /// Makes a block of the inline text so far.
    pub fn flush(&mut self) {
        let mut prose = std::mem::take(&mut self.prose);
        prose.trim_end();
        if prose.is_empty() {
            return;
        }
        let content = match self.heading {
            Some(level) => LayoutContent::Heading(level, prose),
            None => LayoutContent::Text(prose),
        };
        self.block(content);
    }

    /// Adds a block within the open containers.
    pub fn block(&mut self, content: LayoutContent) {
        let gap = self.gap();
        let containers = self.containers.iter().take(MAX_DEPTH).copied().collect();
        self.document.blocks.push(LayoutBlock { containers, gap, content });
        self.last_in_paragraph = self.in_paragraph;
    }

    /// Returns whether a blank line stands before the next block.
    fn gap(&mut self) -> bool {
        let after_heading = match self.document.blocks.last() {
            None => return false,
            Some(last) => matches!(last.content, LayoutContent::Heading(..)) && self.heading.is_none(),
        };
        let first_of_item = self.items.last() == Some(&self.document.blocks.len());
        let gap = match self.lists.last_mut() {
            None => true,
            Some(list) if first_of_item && !list.begun => {
                list.begun = true;
                !list.joined && (list.depth == 0 || self.in_paragraph)
            }
            Some(_) if first_of_item => self.in_paragraph,
            Some(_) => self.in_paragraph || self.last_in_paragraph,
        };
        gap && !after_heading
    }
}

/// Returns whether a text ends with a blank line (that of a quotation counts).
fn follows_blank_line(text: &str) -> bool {
    let lead = |c: char| matches!(c, ' ' | '\t' | '>' | '\r');
    let line = text.trim_end_matches(lead);
    line.strip_suffix('\n').is_some_and(|before| before.trim_end_matches(lead).ends_with('\n'))
}

fn is_line_break(html: &str) -> bool {
    let name = html.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim();
    name.eq_ignore_ascii_case("br")
}
