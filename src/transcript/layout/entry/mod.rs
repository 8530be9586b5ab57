//! Lays out one entry of a transcript: its speaker, its text or fold, its sources, the blank line after it.

mod content;

use std::rc::Rc;

use super::{
    citation::CitedSources,
    document::{self, LayoutContext, TEXT_COLUMNS},
    fold,
    line::{Line, Span, Tone},
    styled_text::TextStyle,
};
use crate::{
    conversation::{Conversation, Message, MessageKind, Role, Visibility},
    message::{MessageView, Speaker, branches::SiblingNumber},
    transcript::{
        Entry, TranscriptOptions,
        highlight::{Code, CodeTones},
        text::{dates, sanitize},
    },
};

/// The bar that tells a person's words by shape.
const BAR: &str = "┃ ";
const INDENT: &str = "  ";

/// Everything that decides the lines of an entry, besides the width.
pub struct EntryInput<'a> {
    pub conversation: &'a Conversation,
    pub options: &'a TranscriptOptions,
    pub entry: &'a Entry,
    /// The first of its turn: it says who speaks.
    pub has_header: bool,
    /// The first of its day: the time has a date.
    pub has_date: bool,
    /// The message that labels this one's reasoning.
    pub recap: Option<usize>,
    /// A blank line follows.
    pub spaced: bool,
    /// From here on the message is shown as it was written.
    pub is_unparsed: bool,
}

/// Lays an entry out.
pub fn lay_out(
    layout: &EntryInput<'_>,
    width: usize,
    colors: &dyn Fn(&Code) -> Option<Rc<CodeTones>>,
) -> Vec<Line> {
    let message = layout.message();
    let person = message.role == Role::User && message.visibility == Visibility::Shown;
    let margin = if person { Span::new(BAR, Tone::You) } else { Span::new(INDENT, Tone::Plain) };
    let context = LayoutContext { width: width.max(1), margin, wrap_code: layout.options.wrap_code, colors };
    let mut lines = Vec::new();
    let first = layout.entry.chunk.as_ref().is_none_or(|chunk| chunk.index == 0);
    let last = layout.entry.chunk.as_ref().is_none_or(|chunk| chunk.index + 1 == chunk.count);
    let folds_whole = fold::folds_whole_message(layout.conversation, layout.entry.message);
    if first && folds_whole {
        lines.push(layout.fold_line(&context));
    } else if first && layout.has_header {
        lines.push(layout.header(&context));
    }
    if !folds_whole || layout.entry.fold != Some(false) {
        document::lay_out(&layout.document(first, last), &context, &mut lines);
        if last {
            layout.sources(&context, &mut lines);
        }
    }
    if layout.spaced {
        lines.push(if last { Line::default() } else { context.line(Vec::new(), None) });
    }
    lines
}

impl EntryInput<'_> {
    fn view(&self) -> MessageView<'_> {
        MessageView::of(self.conversation, self.entry.message)
    }

    fn message(&self) -> &Message {
        self.view().message()
    }

    /// Makes the line of the speaker: `You  10:42`, `gpt-4o  ◂ 2/3 ▸`.
    fn header(&self, context: &LayoutContext<'_>) -> Line {
        let message = self.message();
        let speaker = self.view().speaker();
        let name = speaker.name();
        let name = sanitize::label(&name);
        let name = sanitize::fit(&name, TEXT_COLUMNS);
        let name = match speaker {
            Speaker::You | Speaker::Person(_) => {
                TextStyle { bold: true, ..TextStyle::of(Tone::You) }.span(name)
            }
            Speaker::Model(_) | Speaker::Assistant(_) => {
                TextStyle { bold: true, ..TextStyle::of(Tone::Assistant) }.span(name)
            }
            _ => Span::new(name, Tone::Dim),
        };
        let mut right = Vec::new();
        if let (Role::User, Some(time)) = (message.role, message.time()) {
            let clock = dates::clock(time, &self.options.zone);
            if self.has_date && !clock.is_empty() {
                right.push(format!("{}, {clock}", dates::date(time, &self.options.zone, self.options.dates)));
            }
            right.push(clock);
        }
        self.with_right(context, vec![name], &right)
    }

    fn fold_line(&self, context: &LayoutContext<'_>) -> Line {
        let sign = match self.entry.fold {
            Some(true) => "▾ ",
            Some(false) => "▸ ",
            None => "",
        };
        let label = fold::label(self.conversation, self.entry.message, self.recap);
        let tone = if self.message().kind == MessageKind::Error { Tone::Error } else { Tone::Fold };
        let branch = self.entry.branch.map_or(0, |branch| sanitize::width(&badge(branch)) + 1);
        let text = format!("{sign}{label}");
        let columns = context.inner().saturating_sub(branch);
        self.with_right(context, vec![Span::new(sanitize::fit(&text, columns), tone)], &[])
    }

    /// Adds at the right end the branch and the longest of `times` that fits.
    fn with_right(&self, context: &LayoutContext<'_>, spans: Vec<Span>, times: &[String]) -> Line {
        let mut line = context.line(spans, None);
        let mut free = context.width.saturating_sub(line.width() + 1);
        let branch = self.entry.branch.map(badge);
        if let Some(branch) = branch.filter(|branch| sanitize::width(branch) <= free) {
            free -= sanitize::width(&branch);
            line.right.push(Span::new(branch, Tone::Chrome));
        }
        let between = if line.right.is_empty() { "" } else { "  " };
        let time = times.iter().find(|time| !time.is_empty() && time.len() + between.len() <= free);
        if let Some(time) = time {
            line.right.push(Span::new(format!("{between}{time}"), Tone::Dim));
        }
        line
    }

    fn cited(&self) -> CitedSources<'_> {
        let Self { conversation, entry, .. } = self;
        CitedSources::of(
            conversation.message_annotations(entry.message),
            conversation.message_text(entry.message),
        )
    }

    /// Adds the list of the sources that the text cites.
    fn sources(&self, context: &LayoutContext<'_>, lines: &mut Vec<Line>) {
        let sources = self.cited();
        for (index, spans) in sources.lines(context.inner().min(TEXT_COLUMNS)).enumerate() {
            if index == 0 {
                lines.push(context.line(Vec::new(), None));
            }
            lines.push(context.line(spans, None));
        }
    }
}

/// Writes a branch as `◂ 2/3 ▸`.
fn badge(branch: SiblingNumber) -> String {
    format!("◂ {}/{} ▸", branch.number, branch.count)
}
