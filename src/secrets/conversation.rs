//! A conversation without its secrets, from which every format of an extract is made.
//!
//! Redacting the finished text would miss what a format tears apart: HTML escapes and colours code, Markdown moves
//! headings. So the words are redacted where they are still as they were written, and written down afterwards.

use std::{borrow::Cow, ops::Range};

use hashbrown::{HashMap, HashSet};

use super::{
    Counts, Finding, Scanner,
    interrupted_secrets::find_interrupted,
    known::{KnownSecrets, ellipsis},
    redact::Redactor,
};
use crate::{
    conversation::{
        Annotation, AnnotationKind, Attachment, Conversation, ConversationBuilder, ConversationMeta, Link,
        MessageDraft, Role, Visibility,
    },
    message::MessageView,
};

impl KnownSecrets {
    /// Returns the secrets in everything that a conversation says, of its own and of its attachments, models and tools.
    pub fn of(conversation: &Conversation) -> Self {
        let mut known = Self::new();
        known.learn_conversation(conversation);
        known
    }

    /// Adds the secrets in everything that a conversation says.
    pub fn learn_conversation(&mut self, conversation: &Conversation) {
        self.learn_conversation_while(conversation, &|| true);
    }

    /// Does the same as long as somebody waits for it, message by message; returns whether it came to the end.
    pub fn learn_conversation_while(
        &mut self,
        conversation: &Conversation,
        should_continue: &dyn Fn() -> bool,
    ) -> bool {
        self.learn_title_and_id(conversation);
        let mut names = HashSet::new();
        for index in 0..conversation.messages().len() {
            if !should_continue() {
                return false;
            }
            self.learn_message(conversation, index, true);
            for name in [conversation.message_model(index), conversation.message_name(index)] {
                if let Some(name) = name.filter(|name| names.insert(*name)) {
                    self.learn(name);
                }
            }
        }
        true
    }

    /// Adds the secrets in what stands above a conversation.
    pub fn learn_title_and_id(&mut self, conversation: &Conversation) {
        self.learn(&conversation.title);
        if !conversation.id_is_generated {
            self.learn(&conversation.id);
        }
        self.learn(&conversation.gpt_or_project_id);
        self.learn(conversation.model().unwrap_or_default());
    }

    /// Adds the secrets in a message. `annotations`: in its attachments, sources and canvas names, too.
    pub fn learn_message(&mut self, conversation: &Conversation, index: usize, annotations: bool) {
        self.learn(conversation.message_text(index));
        self.learn_cut(conversation, index);
        for part in conversation.message_annotations(index).iter().filter(|_| annotations) {
            match &part.detail {
                AnnotationKind::Citation(links) | AnnotationKind::ListedSources(links) => {
                    links.iter().for_each(|link| self.learn_link(link));
                }
                AnnotationKind::QuotedPage(link) => self.learn_link(link),
                AnnotationKind::Attachment(attachment) => {
                    let Attachment { id, name, mime, prompt, .. } = &**attachment;
                    for text in [id, name, mime, prompt] {
                        self.learn(text);
                    }
                    self.learn(conversation.attached_text(index, attachment));
                }
                AnnotationKind::Canvas { title, format } => {
                    self.learn(title);
                    self.learn(format);
                }
                AnnotationKind::ThinkingTime { .. } => {}
            }
        }
    }

    /// Adds the secrets that are cut by citations, and their pieces, which may stand apart elsewhere.
    fn learn_cut(&mut self, conversation: &Conversation, index: usize) {
        let text = conversation.message_text(index);
        for Finding { kind, range, certainty } in cut_by_citations(conversation, index) {
            let value = without_citations(conversation, index, text, &range);
            self.add(kind, &value, certainty);
            self.add_pieces(kind, &value);
        }
    }

    fn learn_link(&mut self, link: &Link) {
        self.learn(&link.title);
        self.learn(&link.url);
    }

    /// Returns the conversation without these secrets and without any other that is found in it. Everything else is as
    /// it was: messages, branches, times, source.
    pub fn redact_conversation(&self, conversation: &Conversation) -> Conversation {
        let mut redactor = Redactor::new(self);
        let mut names: HashMap<&str, String> = HashMap::new();
        let mut builder = ConversationBuilder::new();
        for (index, message) in conversation.messages().iter().enumerate() {
            let (model, name) = (conversation.message_model(index), conversation.message_name(index));
            for name in [model, name].into_iter().flatten() {
                if !names.contains_key(name) {
                    names.insert(name, redactor.text(name).into_owned());
                }
            }
            let redacted = |name: Option<&str>| name.and_then(|name| names.get(name)).map(String::as_str);
            let (text, annotations) = redactor.message(conversation, index);
            builder.push(MessageDraft {
                role: message.role,
                visibility: message.visibility,
                kind: message.kind,
                interrupted: message.interrupted,
                parent: message.parent(),
                time: message.time(),
                model: redacted(model),
                name: redacted(name),
                text: &text,
                annotations,
            });
        }
        let id = redactor.text(&conversation.id);
        let title = redactor.title(conversation);
        let model = conversation.model().map(|model| redactor.text(model));
        let heading = ConversationMeta {
            id: (!conversation.id_is_generated).then_some(&*id),
            title: Some(&title),
            created: conversation.created,
            updated: conversation.updated,
            model: model.as_deref(),
            provider: conversation.provider,
            archived: conversation.archived,
            starred: conversation.starred,
            kind: conversation.kind,
            gpt_or_project_id: Some(&redactor.text(&conversation.gpt_or_project_id)),
            object_location: conversation.object_location,
        };
        builder.finish(heading, conversation.current_leaf())
    }

    /// Returns a conversation to name a file after: without messages, and without these secrets in its title and id.
    pub fn redact_title_and_id(&self, conversation: &Conversation) -> Conversation {
        let mut redactor = Redactor::new(self);
        let id = redactor.text(&conversation.id);
        let heading = ConversationMeta {
            id: Some(&id),
            title: Some(&redactor.title(conversation)),
            created: conversation.created,
            updated: conversation.updated,
            ..ConversationMeta::new(conversation.provider, conversation.object_location)
        };
        ConversationBuilder::new().finish(heading, None)
    }

    /// Returns an attachment without these secrets in its name and its id, and without the text that the export carries
    /// of it.
    pub fn redact_attachment(&self, attachment: &Attachment) -> Attachment {
        Redactor::new(self).attachment(attachment, "")
    }
}

/// Returns the places of the citations in a message, in order.
fn citations(conversation: &Conversation, index: usize) -> Vec<Range<usize>> {
    let citations = conversation.message_annotations(index).iter();
    let citations = citations.filter(|part| matches!(part.detail, AnnotationKind::Citation(_)));
    let mut gaps: Vec<Range<usize>> =
        citations.map(|part| part.range.start as usize..part.range.end as usize).collect();
    gaps.sort_unstable_by_key(|gap| (gap.start, gap.end));
    gaps
}

/// Finds the secrets in a message that go on behind a citation.
fn cut_by_citations(conversation: &Conversation, index: usize) -> Vec<Finding> {
    let gaps = citations(conversation, index);
    if gaps.is_empty() {
        return Vec::new();
    }
    find_interrupted(Scanner::built_in(), conversation.message_text(index), &gaps)
}

/// Returns what a stretch of a message says without the citations in it.
fn without_citations(conversation: &Conversation, index: usize, text: &str, range: &Range<usize>) -> String {
    let (mut said, mut from) = (String::new(), range.start);
    for gap in citations(conversation, index) {
        if gap.start >= from && gap.end <= range.end {
            said.push_str(&text[from..gap.start]);
            from = gap.end;
        }
    }
    said.push_str(&text[from..range.end]);
    said
}

impl Scanner {
    /// Returns the conversation with the secrets in all that it says replaced, and what was replaced.
    pub fn redact_conversation(&self, conversation: &Conversation) -> (Conversation, Counts) {
        let known = KnownSecrets::of(conversation);
        (known.redact_conversation(conversation), known.counts().clone())
    }
}

impl Redactor<'_> {
    fn title(&mut self, conversation: &Conversation) -> String {
        /// The characters of a prompt that make a title where there is none.
        const CUT: usize = 100;
        let title = &*conversation.title;
        // One that is the beginning of a prompt may have been cut in the middle of a secret.
        let is_prompt = |index: &usize| {
            let message = &conversation.messages()[*index];
            message.role == Role::User && message.visibility == Visibility::Shown
        };
        let mut lines = (0..conversation.messages().len())
            .filter(is_prompt)
            .flat_map(|index| conversation.message_text(index).lines())
            .map(str::trim);
        let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
        let mut redacted = if first.len() > title.len() && first.starts_with(title) {
            self.text(first).chars().take(CUT).collect()
        } else {
            self.text(title).into_owned()
        };
        if let Some((start, kind)) = self.known().cut_at_end(&redacted) {
            let cut = redacted.split_off(ellipsis(&redacted));
            redacted.truncate(start);
            self.push_label(&mut redacted, kind);
            redacted.push_str(&cut);
        }
        redacted
    }

    /// Returns the text and the annotations of a message.
    fn message<'c>(
        &mut self,
        conversation: &'c Conversation,
        index: usize,
    ) -> (Cow<'c, str>, Vec<Annotation>) {
        let annotations = conversation.message_annotations(index);
        let places = annotations.iter().enumerate();
        let places = places.flat_map(|(at, part)| [(part.range.start, 2 * at), (part.range.end, 2 * at + 1)]);
        let mut places: Vec<(u32, usize)> = places.collect();
        places.sort_unstable();
        let mut moved: Vec<u32> = places.iter().map(|place| place.0).collect();
        let cut = cut_by_citations(conversation, index);
        let text = self.moving(conversation.message_text(index), cut, &mut moved, &mut |_| {});
        let mut back = vec![0; moved.len()];
        for (&(_, slot), place) in places.iter().zip(moved) {
            back[slot] = place;
        }
        let view = MessageView::of(conversation, index);
        let annotations =
            annotations.iter().zip(back.chunks_exact(2)).map(|(part, place)| self.part(view, part, place));
        (text, annotations.collect())
    }

    fn part(&mut self, view: MessageView<'_>, part: &Annotation, place: &[u32]) -> Annotation {
        let detail = match &part.detail {
            AnnotationKind::Citation(links) => {
                AnnotationKind::Citation(links.iter().map(|link| self.link(link)).collect())
            }
            AnnotationKind::ListedSources(links) => {
                AnnotationKind::ListedSources(links.iter().map(|link| self.link(link)).collect())
            }
            AnnotationKind::QuotedPage(source) => AnnotationKind::QuotedPage(Box::new(self.link(source))),
            AnnotationKind::Attachment(attachment) => {
                let text = view.attached_text(attachment);
                AnnotationKind::Attachment(Box::new(self.attachment(attachment, text)))
            }
            AnnotationKind::Canvas { title, format } => {
                AnnotationKind::Canvas { title: self.text(title).into(), format: self.text(format).into() }
            }
            AnnotationKind::ThinkingTime { seconds } => AnnotationKind::ThinkingTime { seconds: *seconds },
        };
        Annotation { range: place[0]..place[1], detail }
    }

    fn link(&mut self, link: &Link) -> Link {
        Link { title: self.text(&link.title).into(), url: self.text(&link.url).into() }
    }

    /// Returns an attachment; `attached` is its text.
    fn attachment(&mut self, attachment: &Attachment, attached: &str) -> Attachment {
        let Attachment { media, id, name, size, dimensions, mime, prompt, content: _ } = attachment;
        let id = self.id(id);
        let mut said = |text: &str| -> Box<str> { self.text(text).into() };
        Attachment {
            media: *media,
            id,
            name: said(name),
            size: *size,
            dimensions: *dimensions,
            mime: said(mime),
            prompt: said(prompt),
            content: said(attached).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{ConversationKind, Media, ObjectLocation, Provider, Role, testing};

    fn example(title: &str, text: &str, annotations: Vec<Annotation>) -> Conversation {
        let drafts = [
            MessageDraft::new(Role::User, "Why?"),
            MessageDraft { annotations, ..MessageDraft::new(Role::Assistant, text) },
        ];
        let heading = ConversationMeta {
            id: Some("an-id"),
            title: Some(title),
            created: None,
            updated: None,
            model: Some("gpt-4o"),
            provider: Provider::ChatGpt,
            archived: true,
            starred: false,
            kind: ConversationKind::Chat,
            gpt_or_project_id: Some("g-abc"),
            object_location: ObjectLocation { archive: 0, member: 1, offset: 2, length: 3 },
        };
        testing::with_meta(heading, drafts)
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
        let part = Annotation { range: 0..0, detail: AnnotationKind::ListedSources(vec![link].into()) };
        let conversation = example("To robin@example.org", "Write to robin@example.org now.", vec![part]);
        let (redacted, counts) = Scanner::built_in().redact_conversation(&conversation);
        assert_eq!(&*redacted.title, "To [redacted: e-mail]");
        assert_eq!(redacted.message_text(1), "Write to [redacted: e-mail] now.");
        let AnnotationKind::ListedSources(links) = &redacted.message_annotations(1)[0].detail else {
            unreachable!("it was one")
        };
        assert_eq!(&*links[0].title, "Mail [redacted: e-mail]");
        assert!(!links[0].url.contains("pa55word"), "{}", links[0].url);
        assert_eq!(counts.total(), 2, "an address in three places, and a password");
    }

    #[test]
    fn a_part_stays_with_the_words_it_concerns() {
        let text = "robin@example.org says [so](https://example.org/) there";
        let start = text.find("[so]").expect("it is there");
        let end = text.find(" there").expect("it is there");
        let range = start as u32..end as u32;
        let part = Annotation { range, detail: AnnotationKind::Citation(Vec::new().into()) };
        let (redacted, _) = Scanner::built_in().redact_conversation(&example("t", text, vec![part]));
        let range = redacted.message_annotations(1)[0].range.clone();
        let cited = &redacted.message_text(1)[range.start as usize..range.end as usize];
        assert_eq!(cited, "[so](https://example.org/)");
    }

    #[test]
    fn a_secret_that_a_citation_cuts_is_taken_out_whole() {
        let (first, cited, rest) =
            ("so ghp_FAKEdemo", "([t](https://e.org/))", "FAKEdemoFAKEdemoFAKE003UajJR and");
        let text = format!("{first}{cited}{rest}");
        let range = first.len() as u32..(first.len() + cited.len()) as u32;
        let link = Link { title: "t".into(), url: "https://e.org/".into() };
        let part = Annotation { range, detail: AnnotationKind::Citation(vec![link].into()) };
        let conversation = example("t", &text, vec![part]);
        let (redacted, counts) = Scanner::built_in().redact_conversation(&conversation);
        assert_eq!(redacted.message_text(1), "so [redacted: github-token] and");
        assert_eq!(counts.total(), 1);
        // As a copy shows it, with a number in its place.
        let copy = KnownSecrets::of(&conversation)
            .redact("ghp_FAKEdemo[1]FAKEdemoFAKEdemoFAKE003UajJR")
            .into_owned();
        assert_eq!(copy, "[redacted: github-token][1][redacted: github-token]");
    }

    #[test]
    fn whatever_stands_beside_the_words_is_redacted_too() {
        let secret = "robin@example.org";
        let attachment = Attachment {
            media: Media::File,
            id: secret.into(),
            name: secret.into(),
            size: None,
            dimensions: None,
            mime: secret.into(),
            prompt: secret.into(),
            content: secret.into(),
        };
        let details = [
            AnnotationKind::Attachment(Box::new(attachment)),
            AnnotationKind::Canvas { title: secret.into(), format: secret.into() },
            AnnotationKind::QuotedPage(Box::new(Link { title: secret.into(), url: secret.into() })),
        ];
        let annotations = details.into_iter().map(|detail| Annotation { range: 0..0, detail }).collect();
        let heading = ConversationMeta {
            id: Some(secret),
            title: Some(secret),
            model: Some(secret),
            gpt_or_project_id: Some(secret),
            ..ConversationMeta::new(
                Provider::ChatGpt,
                ObjectLocation { archive: 0, member: 0, offset: 0, length: 0 },
            )
        };
        let said = MessageDraft {
            annotations,
            model: Some(secret),
            name: Some(secret),
            ..MessageDraft::new(Role::Tool, secret)
        };
        let conversation = testing::with_meta(heading, [said]);
        assert!(format!("{conversation:?}").contains("robin"));
        let known = KnownSecrets::of(&conversation);
        for redacted in [known.redact_conversation(&conversation), known.redact_title_and_id(&conversation)] {
            assert!(!format!("{redacted:?}").contains("robin"), "{redacted:?}");
        }
    }

    #[test]
    fn a_title_that_was_cut_within_a_secret_holds_no_beginning_of_it() {
        let conversation = example("It is hunter2-bu…", "password = hunter2-but-longer", Vec::new());
        let (redacted, _) = Scanner::built_in().redact_conversation(&conversation);
        assert_eq!(&*redacted.title, "It is [redacted: password]…");
    }
}
