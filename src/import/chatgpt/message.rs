//! Tells what a message says: its text, and what belongs to it.

use super::{
    attachments::{self, Uploads},
    clean,
    content::{
        add_text, append_plain, decode_escapes, shift, source_annotation, write_fields, write_instructions,
        write_outputs, write_parts, write_quotation,
    },
    content_type_meaning::ContentTypeMeaning,
    reasoning::write_thoughts,
    research::WidgetStates,
    shape::{Message, non_blank},
    unread::{MessageExtras, push_outline},
};
use crate::{
    conversation::{Annotation, AnnotationKind, Link, MessageKind, Role},
    import::{expansion_budget::ExpansionBudget, fields::link},
    message::format,
};

impl ContentTypeMeaning<'_> {
    /// Appends what the message says to `text`, and what belongs to it to `parts`; what is in it besides to `rest`. The
    /// states of widgets are told elsewhere.
    pub(super) fn write_text(
        &self,
        message: &Message<'_>,
        states: &WidgetStates,
        text: &mut String,
        parts: &mut Vec<Annotation>,
        rest: &mut MessageExtras,
        growth: &ExpansionBudget,
    ) {
        let content = &message.content.0;
        let metadata = &message.metadata;
        let start = text.len();
        let mut uploads = Uploads::of(&metadata.attachments, growth);
        if self.kind == MessageKind::Text {
            write_quotation(message, text);
        } else {
            push_outline("targeted_reply", metadata.targeted.0, &mut rest.more);
            push_outline("targeted_reply_label", metadata.targeted_label.0, &mut rest.more);
        }
        match self.kind {
            MessageKind::Reasoning => write_thoughts(content.thoughts, text),
            MessageKind::Instructions => write_instructions(message, text),
            MessageKind::Memory => append_plain(content.model_set_context, start, text),
            MessageKind::Recap => {
                let seconds = metadata.seconds.map(|seconds| seconds.clamp(0.0, 1e9) as u32);
                parts.push(Annotation { range: 0..0, detail: AnnotationKind::ThinkingTime { seconds } });
            }
            MessageKind::Quote | MessageKind::Page => parts.extend(source_annotation(content)),
            _ => {}
        }
        if self.kind == MessageKind::Instructions && text.len() > start {
            // The newer form repeats the older one.
            let (mut words, placed) = (String::new(), parts.len());
            write_parts(content, states, 0, &mut words, &mut uploads, parts, rest);
            let at = add_text(&words, start, text);
            shift(&mut parts[placed..], at, text.len() - start);
        } else {
            write_parts(content, states, start, text, &mut uploads, parts, rest);
        }
        write_fields(content, start, text);
        if let (MessageKind::Recap, Some(seconds), true) =
            (self.kind, metadata.seconds, text[start..].trim().is_empty())
        {
            text.push_str("Thought for ");
            text.push_str(&format::duration(seconds.clamp(0.0, 1e9) as u32));
        }
        if let Some(title) =
            non_blank(&metadata.reasoning_title).filter(|title| !text[start..].contains(title))
        {
            match self.kind {
                MessageKind::Reasoning => {
                    let title = format!("**{title}**\n\n");
                    text.insert_str(start, &title);
                    shift(parts, title.len(), text.len() - start);
                }
                _ => rest.reasoning.push_str(title),
            }
        }
        if self.kind == MessageKind::Output {
            write_outputs(&metadata.aggregate, start, text);
            append_plain(metadata.aggregate.last, start, text);
        } else {
            push_outline("final_expression_output", metadata.aggregate.last.0, &mut rest.more);
            metadata.aggregate.messages.iter().for_each(|output| output.text.append_text(&mut rest.more));
        }
        if self.takes_the_rest() {
            let mut unread = std::mem::take(&mut rest.more);
            self.write_unclaimed_content(message, &mut unread, &mut rest.keys);
            // Behind a list of parts there is a line already.
            if !unread.is_empty() && text.len() > start && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&unread);
        } else {
            self.write_unclaimed_content(message, &mut rest.more, &mut rest.keys);
        }
        // An error of nothing but a name says that: what is blank is not shown.
        if self.kind == MessageKind::Error
            && text[start..].trim().is_empty()
            && let Some(name) = non_blank(&content.name)
        {
            text.push_str(name);
        }
        decode_escapes(text, start, parts);
        let answer =
            self.role == Role::Assistant && matches!(self.kind, MessageKind::Text | MessageKind::Reasoning);
        clean::clean(text, start, parts, metadata, answer, rest, growth);
        let end = (text.len() - start) as u32;
        let pages: Box<[Link]> = metadata
            .cited
            .list
            .iter()
            .filter(|page| page.url.as_deref().is_some_and(|url| !url.is_empty()))
            .map(|page| link(page.title.as_deref(), page.url.as_deref()))
            .collect();
        if !pages.is_empty() {
            parts.push(Annotation { range: end..end, detail: AnnotationKind::ListedSources(pages) });
        }
        attachments::outputs(&metadata.aggregate, end, parts);
        uploads.rest(parts);
        parts.sort_by_key(|part| part.range.start);
    }
}
