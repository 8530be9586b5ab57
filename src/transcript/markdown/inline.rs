//! Reads the inside of a paragraph: text with its emphasis, links, code, and inline spans.

use std::ops::Range;

use super::{
    blocks::{BlockParser, OpenLink},
    inline_span::{self, InlineSpan, InlineSpanKind},
};
use crate::{
    message::link_safety,
    transcript::{
        layout::{
            block::LayoutContent,
            line::Tone,
            styled_text::{StyledText, TextStyle},
        },
        math,
        text::link_target,
    },
};

impl BlockParser<'_> {
    /// Adds text with the inline spans that stand in it; addresses become links.
    pub(super) fn text(&mut self, shown: &str, range: Range<usize>) {
        self.begin_inline();
        if self.masked_text.get(range.clone()) != Some(shown) {
            // An entity or another thing that does not stand there as it is shown.
            let style = self.style();
            self.prose.push(shown, style, None);
            return;
        }
        let mut at = range.start;
        for span in inline_span::overlapping(self.inline_spans, &range) {
            if at < span.range.start {
                self.push_text(at..span.range.start);
            }
            if span.range.start >= range.start {
                self.inline_span(span);
            }
            at = at.max(span.range.end);
        }
        if at < range.end {
            self.push_text(at..range.end);
        }
    }

    /// Adds text without inline spans; outside of links, addresses become links.
    pub(super) fn push_text(&mut self, range: Range<usize>) {
        let style = self.style();
        let mut text = &self.text[range.clone()];
        let mut at = range.start;
        if self.prose.is_empty() {
            // After mathematics on its own lines the paragraph goes on.
            let trimmed = text.trim_start_matches(' ');
            at += text.len() - trimmed.len();
            text = trimmed;
        }
        if self.links.is_empty() {
            self.prose.push_linkified(text, style, Some(self.base + at));
        } else {
            self.prose.push(text, style, Some(self.base + at));
        }
    }

    /// Adds what is shown for an inline span.
    pub(super) fn inline_span(&mut self, span: &InlineSpan) {
        match &span.kind {
            InlineSpanKind::Citation(numbers) => self.prose.push_numbers(numbers),
            InlineSpanKind::Math { display, tex } => {
                let lines = math::to_unicode(&self.text[tex.clone()], *display);
                let style = self.style_of(Tone::Math);
                if *display && self.table.is_none() && self.heading.is_none() {
                    self.flush();
                    let mut styled = StyledText::default();
                    styled.push(&lines.join("\n"), style, None);
                    self.block(LayoutContent::Math(styled));
                } else {
                    self.prose.push(&lines.join(" "), style, None);
                }
            }
        }
    }

    /// Adds code between backticks, and the backticks.
    pub(super) fn inline_code(&mut self, shown: &str, range: &Range<usize>) {
        self.begin_inline();
        let raw = &self.text[range.clone()];
        let ticks = raw.len() - raw.trim_start_matches('`').len();
        let inner = raw.get(ticks..raw.len().saturating_sub(ticks)).unwrap_or_default();
        // One blank at each end belongs to the fence: it lets code begin with a backtick.
        let padded = usize::from(inner != shown);
        let there = inner.get(padded..inner.len().saturating_sub(padded));
        let place = self.base + range.start + ticks + padded;
        let fence = TextStyle::of(Tone::Chrome);
        self.prose.push("`", fence, None);
        let style = self.style_of(Tone::Code);
        self.prose.push(shown, style, (there == Some(shown)).then_some(place));
        self.prose.push("`", fence, None);
    }

    /// Adds a tag, as it stands there.
    pub(super) fn verbatim(&mut self, shown: &str, range: Range<usize>) {
        self.begin_inline();
        let source = self.text.get(range.clone()).is_some_and(|there| there == shown);
        let style = self.style();
        self.prose.push(shown, style, source.then_some(self.base + range.start));
    }

    /// Adds a break within a paragraph: a blank, or a new line where it is a hard one.
    pub(super) fn line_break(&mut self, range: &Range<usize>) {
        let style = self.style();
        // A carriage return alone ends a line for Markdown; on the screen it is seen.
        if self
            .masked_text
            .get(range.clone())
            .is_some_and(|there| there.contains('\r') && !there.contains('\n'))
        {
            self.prose.push("\r", style, None);
        }
        if self.prose.is_empty() {
            return;
        }
        // Of whichever kind: a line of an address or a poem stays one.
        self.prose.push_break();
    }

    /// Returns the style of text where the reading stands.
    pub(super) fn style(&self) -> TextStyle {
        let tone = if self.heading.is_some() {
            Tone::Heading
        } else if !self.links.is_empty() {
            Tone::Link
        } else if self.quotes > 0 {
            Tone::Quote
        } else {
            Tone::Plain
        };
        TextStyle { underline: !self.links.is_empty(), ..self.style_of(tone) }
    }

    /// Returns the style of a tone with the emphasis where the reading stands.
    pub(super) fn style_of(&self, tone: Tone) -> TextStyle {
        TextStyle {
            tone,
            bold: self.bold > 0 || self.heading.is_some(),
            italic: self.italic > 0,
            strike: self.strike > 0,
            underline: false,
        }
    }

    /// Begins inline text: a label that waits to stand before it goes first.
    pub(super) fn begin_inline(&mut self) {
        if let Some(lead) = self.footnote_label.take() {
            self.prose.push(&lead, TextStyle::of(Tone::Chrome), None);
        }
    }

    /// Begins a link.
    pub(super) fn start_link(&mut self, url: String) {
        self.prose.set_link(link_target::link_target(&url));
        self.links.push(OpenLink { url, before: self.prose.text().len() });
    }

    /// Ends a link, and says where it leads when its words name another place.
    pub(super) fn end_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        let words = self.prose.text().get(link.before..).unwrap_or_default();
        // Words that name another place than the one they lead to must not be believed.
        let elsewhere =
            link_safety::misleading_destination(words, &link.url).map(|place| format!(" ({place})"));
        if words.is_empty() {
            let style = TextStyle { underline: true, ..self.style_of(Tone::Link) };
            self.prose.push(&link.url, style, None);
        }
        self.prose.set_link(self.links.last().and_then(|outer| link_target::link_target(&outer.url)));
        if let Some(elsewhere) = elsewhere {
            self.prose.push(&elsewhere, TextStyle::of(Tone::Dim), None);
        }
        if link.url.starts_with("sandbox:") {
            self.prose.push(" (gone)", TextStyle::of(Tone::Dim), None);
        }
    }
}
