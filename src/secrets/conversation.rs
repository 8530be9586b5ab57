//! A conversation without its secrets, from which every format of an extract is made.
//!
//! Redacting the finished text would miss what a format tears apart: HTML escapes and colours code, Markdown moves
//! headings. So the words are redacted where they are still as they were written, and written down afterwards.

use super::{Counts, Finding, Scanner};
use crate::conversation::{Attachment, Builder, Conversation, Detail, Draft, Heading, Link, Part};

impl Scanner {
    /// Returns the conversation with the secrets in its title, messages, links and attachments replaced, and
    /// what was replaced. Everything else is as it was: messages, branches, times, source.
    pub fn redact_conversation(&self, conversation: &Conversation) -> (Conversation, Counts) {
        let mut counts = Counts::default();
        let mut builder = Builder::new();
        for (index, message) in conversation.messages().iter().enumerate() {
            let text = conversation.message_text(index);
            let findings = self.scan(text);
            counts.merge(&findings.iter().collect());
            let parts = conversation.message_parts(index).iter();
            let parts = parts.map(|part| self.redact_part(part, &findings, text, &mut counts)).collect();
            builder.push(Draft {
                role: message.role,
                visibility: message.visibility,
                kind: message.kind,
                interrupted: message.interrupted,
                parent: message.parent(),
                time: message.time(),
                model: conversation.message_model(index),
                name: conversation.message_name(index),
                text: &self.replace(text, &findings),
                parts,
            });
        }
        let mut title = || self.counted(&conversation.title, &mut counts);
        let heading = Heading {
            id: (!conversation.id_is_made).then_some(&*conversation.id),
            title: Some(&title()),
            created: conversation.created,
            updated: conversation.updated,
            model: conversation.model(),
            provider: conversation.provider,
            archived: conversation.archived,
            starred: conversation.starred,
            kind: conversation.kind,
            gizmo: Some(&*conversation.gizmo),
            source: conversation.source,
        };
        (builder.finish(heading, conversation.current()), counts)
    }

    /// Counts what one message holds. `parts`: in its attachments, sources and canvas names, too.
    pub fn count_message(&self, conversation: &Conversation, index: usize, parts: bool, counts: &mut Counts) {
        counts.merge(&self.scan(conversation.message_text(index)).iter().collect());
        for part in conversation.message_parts(index).iter().filter(|_| parts) {
            // Citations stand in the text.
            if !matches!(part.detail, Detail::Citation(_)) {
                self.redact_part(part, &[], "", counts);
            }
        }
    }

    fn counted(&self, text: &str, counts: &mut Counts) -> String {
        let (redacted, found) = self.redact(text);
        counts.merge(&found);
        redacted
    }

    fn redact_part(&self, part: &Part, findings: &[Finding], text: &str, counts: &mut Counts) -> Part {
        let moved = |at: u32| self.moved(at as usize, findings, text) as u32;
        let range = moved(part.range.start)..moved(part.range.end);
        let mut said = |text: &str| -> Box<str> { self.counted(text, counts).into() };
        let mut link = |link: &Link| Link { title: said(&link.title), url: said(&link.url) };
        let detail = match &part.detail {
            Detail::Citation(links) => Detail::Citation(links.iter().map(link).collect()),
            Detail::Sources(links) => Detail::Sources(links.iter().map(link).collect()),
            Detail::Source(source) => Detail::Source(Box::new(link(source))),
            Detail::Attachment(attachment) => Detail::Attachment(Box::new(Attachment {
                name: said(&attachment.name),
                prompt: said(&attachment.prompt),
                content: said(&attachment.content),
                ..(**attachment).clone()
            })),
            Detail::Canvas { title, format } => Detail::Canvas { title: said(title), format: format.clone() },
            Detail::Thought { seconds } => Detail::Thought { seconds: *seconds },
        };
        Part { range, detail }
    }

    /// Returns the place of a byte of a text once the findings in it are replaced; one within a finding is
    /// behind its label.
    fn moved(&self, at: usize, findings: &[Finding], text: &str) -> usize {
        let mut shift = 0_isize;
        for finding in findings.iter().take_while(|finding| finding.range.start < at) {
            let mut label = String::new();
            self.push_label(&mut label, finding.kind);
            let end = finding.range.end.min(text.len());
            if end > at {
                return finding.range.start.wrapping_add_signed(shift) + label.len();
            }
            shift += label.len() as isize - finding.range.len() as isize;
        }
        at.saturating_add_signed(shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{ConversationKind, Provider, Role, Source, testing};

    fn example(title: &str, text: &str, parts: Vec<Part>) -> Conversation {
        let drafts = [Draft::new(Role::User, "Why?"), Draft { parts, ..Draft::new(Role::Assistant, text) }];
        let heading = Heading {
            id: Some("an-id"),
            title: Some(title),
            created: None,
            updated: None,
            model: Some("gpt-4o"),
            provider: Provider::ChatGpt,
            archived: true,
            starred: false,
            kind: ConversationKind::Chat,
            gizmo: Some("g-abc"),
            source: Source { archive: 0, member: 1, offset: 2, length: 3 },
        };
        testing::with_heading(heading, drafts)
    }

    #[test]
    fn a_conversation_without_secrets_stays_as_it_is() {
        let conversation = example("A title", "An answer.", Vec::new());
        let (redacted, counts) = Scanner::built_in().redact_conversation(&conversation);
        assert_eq!(redacted, conversation);
        assert!(counts.is_empty());
    }

    #[test]
    fn title_message_link_and_attachment_are_redacted_and_counted() {
        let link =
            Link { title: "Mail robin@example.org".into(), url: "https://u:pa55word-9@example.org/".into() };
        let part = Part { range: 0..0, detail: Detail::Sources(vec![link].into()) };
        let conversation = example("To robin@example.org", "Write to robin@example.org now.", vec![part]);
        let (redacted, counts) = Scanner::built_in().redact_conversation(&conversation);
        assert_eq!(&*redacted.title, "To [redacted: e-mail]");
        assert_eq!(redacted.message_text(1), "Write to [redacted: e-mail] now.");
        let Detail::Sources(links) = &redacted.message_parts(1)[0].detail else { unreachable!("it was one") };
        assert_eq!(&*links[0].title, "Mail [redacted: e-mail]");
        assert!(!links[0].url.contains("pa55word"), "{}", links[0].url);
        assert_eq!(counts.total(), 4);
    }

    #[test]
    fn a_part_stays_with_the_words_it_concerns() {
        let text = "robin@example.org says [so](https://example.org/) there";
        let start = text.find("[so]").expect("it is there");
        let end = text.find(" there").expect("it is there");
        let range = start as u32..end as u32;
        let part = Part { range, detail: Detail::Citation(Vec::new().into()) };
        let (redacted, _) = Scanner::built_in().redact_conversation(&example("t", text, vec![part]));
        let range = redacted.message_parts(1)[0].range.clone();
        let cited = &redacted.message_text(1)[range.start as usize..range.end as usize];
        assert_eq!(cited, "[so](https://example.org/)");
    }
}
