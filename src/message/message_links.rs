//! The addresses a message leads to, for picking one by number.

use hashbrown::HashSet;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{
    address::find_address,
    chunks::{self, SplitMode},
    markdown::dialect,
};
use crate::conversation::{AnnotationKind, Conversation, Link};

/// Links of a message that are found; nobody picks one of more.
pub const MAX_LINKS: usize = 10_000;
/// The longest words of a link, in bytes, that are kept.
const MAX_TITLE_LENGTH: usize = 400;

/// Returns the links of a message in the order of their first place: those of its text, what it cites and its
/// sources. One address stands once; a title may be empty. Not sanitized. Dead `sandbox:` links are left out. At most
/// [`MAX_LINKS`].
pub fn links(conversation: &Conversation, message: usize) -> Vec<Link> {
    links_while(conversation, message, &|| true).unwrap_or_default()
}

/// Returns the same, as long as it is waited for; `None`: it is not any more. A long text is read chunk by chunk, and
/// asks before each.
pub fn links_while(
    conversation: &Conversation,
    message: usize,
    should_continue: &dyn Fn() -> bool,
) -> Option<Vec<Link>> {
    let text = conversation.message_text(message);
    let mut finder = LinkFinder::default();
    let cut = chunks::split(text, SplitMode::Markdown);
    if cut.is_empty() {
        finder.read(text, 0);
    }
    for chunk in cut {
        if !should_continue() {
            return None;
        }
        if !chunk.starts_in_code && finder.found.len() < MAX_LINKS {
            finder.read(&text[chunk.range.clone()], chunk.range.start);
        }
    }
    let mut found = finder.found;
    for part in conversation.message_annotations(message) {
        let links: &[Link] = match &part.detail {
            AnnotationKind::Citation(links) | AnnotationKind::ListedSources(links) => links,
            AnnotationKind::QuotedPage(link) => std::slice::from_ref(&**link),
            _ => continue,
        };
        if found.len() > 2 * MAX_LINKS {
            break;
        }
        found.extend(links.iter().map(|link| (part.range.start as usize, link.clone())));
    }
    // What the text calls a citation is less than what its source is called; both stand at one place.
    found.sort_by_key(|(place, link)| (*place, link.title.is_empty()));
    let mut seen = HashSet::new();
    let mut links: Vec<Link> =
        found.into_iter().map(|(_, link)| link).filter(|link| is_live(&link.url)).collect();
    links.retain(|link| seen.insert(link.url.clone()));
    links.truncate(MAX_LINKS);
    Some(links)
}

fn is_live(url: &str) -> bool {
    let url = url.trim();
    !url.is_empty() && !url.starts_with("sandbox:") && !url.starts_with('#')
}

/// The links found so far, each with its place.
#[derive(Default)]
struct LinkFinder {
    found: Vec<(usize, Link)>,
    seen: HashSet<Box<str>>,
}

impl LinkFinder {
    /// Reads Markdown that stands at `base`.
    fn read(&mut self, text: &str, base: usize) {
        // For each open link its place, its address, and how many bytes of words there were when it began.
        let mut open: Vec<(usize, String, usize)> = Vec::new();
        let mut words = String::new();
        let mut code = false;
        for (event, range) in Parser::new_ext(text, dialect()).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    open.push((range.start, dest_url.into_string(), words.len()));
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    if let Some((start, url, before)) = open.pop() {
                        let title = words[before..].trim();
                        let title = if title == url { "" } else { title };
                        self.add(base + start, &title[..title.floor_char_boundary(MAX_TITLE_LENGTH)], &url);
                    }
                    if open.is_empty() {
                        words.clear();
                    }
                }
                Event::Start(Tag::CodeBlock(_)) => code = true,
                Event::End(TagEnd::CodeBlock) => code = false,
                Event::Text(text) | Event::Code(text) if !open.is_empty() => words.push_str(&text),
                Event::Text(text) if !code => {
                    let mut at = 0;
                    while let Some(address) = find_address(&text[at..]) {
                        let url = &text[at + address.start..at + address.end];
                        self.add(base + range.start + at + address.start, "", url);
                        at += address.end;
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds a link, unless it is one of very many; one address again and again does not count.
    fn add(&mut self, place: usize, title: &str, url: &str) {
        // The first of an address may have no words, and the next have some at the same place only.
        if self.found.len() < MAX_LINKS && self.seen.insert(url.into()) {
            self.found.push((place, Link { title: title.into(), url: url.into() }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Annotation, MessageDraft, Role, testing::chain};

    #[test]
    fn one_address_stands_once_and_dead_ones_not_at_all() {
        let text = "[**Docs**](https://e.org/a), https://f.org/b. `https://code.org` [x](sandbox:/y) <https://e.org/a>";
        let source = Link { title: "S".into(), url: "https://s.org".into() };
        let end = text.len() as u32;
        let annotations = vec![Annotation {
            range: end..end,
            detail: AnnotationKind::ListedSources([source.clone()].into()),
        }];
        let conversation =
            chain("t", [MessageDraft { annotations, ..MessageDraft::new(Role::Assistant, text) }]);
        let docs = Link { title: "Docs".into(), url: "https://e.org/a".into() };
        let bare = Link { title: "".into(), url: "https://f.org/b".into() };
        assert_eq!(links(&conversation, 0), [docs, bare, source]);
    }

    #[test]
    fn of_a_long_message_the_links_are_found_and_of_very_many_the_first() {
        let text = format!("{}\n\n[a](https://e.org/a)\n", "A paragraph.\n\n".repeat(20_000));
        let conversation = chain("t", [MessageDraft::new(Role::Assistant, &text)]);
        assert_eq!(links(&conversation, 0), [Link { title: "a".into(), url: "https://e.org/a".into() }]);
        assert_eq!(links_while(&conversation, 0, &|| false), None);
        let text: String = (0..40_000).map(|number| format!("https://e.org/{number}\n")).collect();
        let conversation = chain("t", [MessageDraft::new(Role::Assistant, &text)]);
        assert_eq!(links(&conversation, 0).len(), MAX_LINKS);
    }

    /// The words of pictures within the words of pictures were kept once for each.
    #[test]
    fn links_in_links_take_no_more_memory_than_their_words() {
        let text = format!("{}a{}", "![".repeat(8_000), "](b)".repeat(8_000));
        let conversation = chain("t", [MessageDraft::new(Role::Assistant, &text)]);
        assert!(links(&conversation, 0).iter().all(|link| link.title.len() <= MAX_TITLE_LENGTH));
    }
}
