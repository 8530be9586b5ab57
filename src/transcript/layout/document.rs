//! Lays out blocks for one width: indentation, bars and markers, blank lines between.

use std::rc::Rc;

use super::{
    block::{Container, ContainerKind, LayoutBlock, LayoutContent, LayoutDocument},
    line::{self, Line, Span, Tone},
    styled_text::StyledText,
};
use crate::transcript::{
    highlight::{Code, CodeTones},
    text::{sanitize, wrap::WrapMode},
};

/// Columns prose takes at most, however wide the screen is.
pub const TEXT_COLUMNS: usize = 100;
/// Columns that code and mathematics are indented by.
const CODE_INDENT: usize = 2;
/// The width of rows that are not to wrap.
const UNBROKEN: usize = usize::MAX / 4;
/// The least columns of a line's text; below that its margin or indentation is left out.
const MIN_WIDTH: usize = 8;

/// The width and the margin that a text is laid out for.
pub struct LayoutContext<'a> {
    /// Columns in all.
    pub width: usize,
    /// The bar or the blanks that begin every line.
    pub margin: Span,
    /// Long lines of code wrap; else they scroll sideways.
    pub wrap_code: bool,
    /// The colours known for a block of code.
    pub colors: &'a dyn Fn(&Code) -> Option<Rc<CodeTones>>,
}

impl LayoutContext<'_> {
    /// Returns the columns right of the margin.
    pub fn inner(&self) -> usize {
        self.width.saturating_sub(self.margin_width()).max(1)
    }

    /// Returns the columns of the margin; 0 on a screen too narrow for it.
    fn margin_width(&self) -> usize {
        if self.width >= MIN_WIDTH { self.margin.width() } else { 0 }
    }

    /// Makes a line that begins with the margin. With `scrolls_from` it may be wider than the screen.
    pub fn line(&self, spans: Vec<Span>, scrolls_from: Option<usize>) -> Line {
        let mut all = Vec::with_capacity(spans.len() + 1);
        let blank = spans.iter().all(|span| span.text.is_empty());
        if self.margin_width() > 0 {
            let margin = if blank { self.margin.text.trim_end() } else { &self.margin.text };
            if !margin.is_empty() {
                all.push(Span { text: margin.to_owned(), ..self.margin.clone() });
            }
        }
        all.extend(spans.into_iter().filter(|span| !span.text.is_empty()));
        let mut line = Line { spans: all, ..Line::default() };
        if line.width() > self.width {
            match scrolls_from {
                Some(columns) => line.scrolls_from = Some((self.margin_width() + columns) as u16),
                None => line::truncate(&mut line.spans, self.width),
            }
        }
        line
    }
}

/// Lays out a document at the end of `lines`.
pub fn lay_out(document: &LayoutDocument, context: &LayoutContext<'_>, lines: &mut Vec<Line>) {
    let mut layout = LineWriter { document, context, lines, begun: 0 };
    let mut before: &[Container] = &[];
    for (number, block) in document.blocks.iter().enumerate() {
        if block.gap && number > 0 {
            layout.gap(before, &block.containers);
        }
        layout.block(block);
        before = &block.containers;
    }
}

struct LineWriter<'a> {
    document: &'a LayoutDocument,
    context: &'a LayoutContext<'a>,
    lines: &'a mut Vec<Line>,
    /// The last container whose marker was drawn.
    begun: u32,
}

impl LineWriter<'_> {
    fn block(&mut self, block: &LayoutBlock) {
        let containers = self.fitting_containers(&block.containers);
        let indent = containers.iter().map(|container| self.container_width(container)).sum::<usize>();
        let inner = self.context.inner().saturating_sub(indent).max(1);
        let prose = self.context.inner().min(TEXT_COLUMNS).saturating_sub(indent).max(1);
        match &block.content {
            LayoutContent::Text(text) => self.prose(containers, text, prose, WrapMode::Text),
            LayoutContent::Heading(level, text) => {
                let mut text = text.clone();
                text.emphasise(*level == 1, *level > 2);
                self.prose(containers, &text, prose, WrapMode::Text);
            }
            LayoutContent::Preformatted(text) => self.prose(containers, text, prose, WrapMode::Preformatted),
            LayoutContent::Code(code) => self.code(containers, code, inner, indent),
            LayoutContent::Table(table) => {
                let table = table.lay_out(inner);
                for mut spans in table.rows {
                    trim(&mut spans);
                    self.row(containers, spans, table.scrolls.then_some(indent));
                }
            }
            LayoutContent::Math(text) => self.math(containers, text, inner, indent),
            LayoutContent::Rule => {
                self.row(containers, vec![Span::new("─".repeat(prose), Tone::Chrome)], None);
            }
        }
    }

    fn prose(&mut self, containers: &[Container], text: &StyledText, width: usize, mode: WrapMode) {
        for row in text.wrap(width, mode) {
            let mut spans = vec![Span::new(" ".repeat(row.indent), Tone::Plain)];
            spans.extend(text.row_spans(&row, width));
            self.row(containers, spans, None);
        }
    }

    fn code(&mut self, containers: &[Container], code: &Code, width: usize, indent: usize) {
        let step = if width > MIN_WIDTH { CODE_INDENT } else { 0 };
        let pad = || Span::new(" ".repeat(step), Tone::Code);
        if code.labelled {
            let label = sanitize::label(&code.language);
            let label = Span::new(sanitize::fit(&label, width - step), Tone::Chrome);
            self.row(containers, vec![pad(), label], None);
        }
        let (columns, scrolls) =
            if self.context.wrap_code { (width - step, None) } else { (UNBROKEN, Some(indent + step)) };
        let colors = (self.context.colors)(code);
        for text in code.lines(colors.as_deref()) {
            for row in Code::rows(&text, columns) {
                let mut spans = vec![pad()];
                spans.extend(row);
                self.row(containers, spans, scrolls);
            }
        }
    }

    /// Adds a formula. One of a single line wraps; the rows of a larger one belong together and scroll.
    fn math(&mut self, containers: &[Container], text: &StyledText, width: usize, indent: usize) {
        let step = if width > MIN_WIDTH { CODE_INDENT } else { 0 };
        let whole = text.text().contains('\n');
        let wrapped = if whole { UNBROKEN } else { width - step };
        for row in text.wrap(wrapped, WrapMode::Code) {
            let mut spans = vec![Span::new(" ".repeat(step + row.indent), Tone::Math)];
            spans.extend(text.row_spans(&row, wrapped));
            self.row(containers, spans, whole.then_some(indent));
        }
    }

    /// Adds a line within containers, whose markers are drawn the first time.
    fn row(&mut self, containers: &[Container], spans: Vec<Span>, scrolls_from: Option<usize>) {
        let mut all: Vec<Span> = containers.iter().map(|container| self.marker(container)).collect();
        if let Some(innermost) = containers.last() {
            self.begun = self.begun.max(innermost.id);
        }
        let blank = spans.iter().all(|span| span.text.trim().is_empty());
        all.extend(spans);
        if blank {
            trim(&mut all);
        }
        self.lines.push(self.context.line(all, scrolls_from));
    }

    /// Adds a blank line with the bars of the containers that both blocks stand in.
    fn gap(&mut self, before: &[Container], after: &[Container]) {
        let shared = before.iter().zip(after).take_while(|(before, after)| before.id == after.id).count();
        let mut spans: Vec<Span> = self
            .fitting_containers(&after[..shared])
            .iter()
            .map(|container| self.continued(container))
            .collect();
        trim(&mut spans);
        self.lines.push(self.context.line(spans, None));
    }

    /// Returns the innermost containers that fit into half of the width.
    fn fitting_containers<'b>(&self, containers: &'b [Container]) -> &'b [Container] {
        let mut columns = self.context.inner().min(TEXT_COLUMNS) / 2;
        let mut first = containers.len();
        for (index, container) in containers.iter().enumerate().rev() {
            let width = self.container_width(container);
            if width > columns {
                break;
            }
            columns -= width;
            first = index;
        }
        &containers[first..]
    }

    fn container_width(&self, container: &Container) -> usize {
        match container.kind {
            ContainerKind::Quote | ContainerKind::Boxed | ContainerKind::PlainIndent => 2,
            ContainerKind::Bullet(_) | ContainerKind::Task(_) => 3,
            ContainerKind::Number(list, _) => self.digits(list) + 3,
        }
    }

    fn digits(&self, list: usize) -> usize {
        self.document.digits.get(list).copied().unwrap_or(1)
    }

    fn marker(&self, container: &Container) -> Span {
        if container.id <= self.begun {
            return self.continued(container);
        }
        let text = match container.kind {
            ContainerKind::Quote | ContainerKind::Boxed | ContainerKind::PlainIndent => {
                return self.continued(container);
            }
            ContainerKind::Bullet(depth) => format!(" {} ", ["•", "◦", "‣"][depth % 3]),
            ContainerKind::Number(list, number) => {
                format!(" {number:>digits$}. ", digits = self.digits(list))
            }
            ContainerKind::Task(done) => if done { " ☑ " } else { " ☐ " }.to_owned(),
        };
        Span::new(text, Tone::Chrome)
    }

    fn continued(&self, container: &Container) -> Span {
        match container.kind {
            ContainerKind::Quote => Span::new("│ ", Tone::Quote),
            ContainerKind::Boxed => Span::new("│ ", Tone::Chrome),
            _ => Span::new(" ".repeat(self.container_width(container)), Tone::Plain),
        }
    }
}

/// Cuts white space from the end of a line.
fn trim(spans: &mut Vec<Span>) {
    while let Some(last) = spans.last_mut() {
        let length = last.text.trim_end_matches(' ').len();
        last.text.truncate(length);
        if length > 0 {
            break;
        }
        spans.pop();
    }
}
