//! The addresses a message leads to, for picking one by number.

use hashbrown::HashSet;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{address::find_address, markdown::dialect};
use crate::conversation::{Conversation, Detail, Link};

/// Returns the links of a message in the order of their first place: those of its text, what it cites and its
/// sources. One address stands once; a title may be empty. Not sanitised. Dead `sandbox:` links are left out.
pub fn links(conversation: &Conversation, message: usize) -> Vec<Link> {
    let text = conversation.message_text(message);
    let mut found = in_markdown(text);
    for part in conversation.message_parts(message) {
        let links: &[Link] = match &part.detail {
            Detail::Citation(links) | Detail::Sources(links) => links,
            Detail::Source(link) => std::slice::from_ref(&**link),
            _ => continue,
        };
        found.extend(links.iter().map(|link| (part.range.start as usize, link.clone())));
    }
    // What the text calls a citation is less than what its source is called; both stand at one place.
    found.sort_by_key(|(place, link)| (*place, link.title.is_empty()));
    let titled: Vec<Link> =
        found.into_iter().map(|(_, link)| link).filter(|link| is_live(&link.url)).collect();
    let mut seen = HashSet::new();
    titled.iter().filter(|link| seen.insert(&link.url)).cloned().collect()
}

fn is_live(url: &str) -> bool {
    let url = url.trim();
    !url.is_empty() && !url.starts_with("sandbox:") && !url.starts_with('#')
}

fn in_markdown(text: &str) -> Vec<(usize, Link)> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, String, String)> = Vec::new();
    let mut code = false;
    for (event, range) in Parser::new_ext(text, dialect()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                open.push((range.start, dest_url.into_string(), String::new()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some((start, url, title)) = open.pop() {
                    let title = if title.trim() == url { "" } else { title.trim() };
                    found.push((start, Link { title: title.into(), url: url.into() }));
                }
            }
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Text(text) | Event::Code(text) if !open.is_empty() => {
                for (_, _, title) in &mut open {
                    title.push_str(&text);
                }
            }
            Event::Text(text) if !code => {
                let mut at = 0;
                while let Some(address) = find_address(&text[at..]) {
                    let url = &text[at + address.start..at + address.end];
                    found
                        .push((range.start + at + address.start, Link { title: "".into(), url: url.into() }));
                    at += address.end;
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Draft, Part, Role, testing::chain};

    #[test]
    fn one_address_stands_once_and_dead_ones_not_at_all() {
        let text = "[**Docs**](https://e.org/a), https://f.org/b. `https://code.org` [x](sandbox:/y) <https://e.org/a>";
        let source = Link { title: "S".into(), url: "https://s.org".into() };
        let end = text.len() as u32;
        let parts = vec![Part { range: end..end, detail: Detail::Sources([source.clone()].into()) }];
        let conversation = chain("t", [Draft { parts, ..Draft::new(Role::Assistant, text) }]);
        let docs = Link { title: "Docs".into(), url: "https://e.org/a".into() };
        let bare = Link { title: "".into(), url: "https://f.org/b".into() };
        assert_eq!(links(&conversation, 0), [docs, bare, source]);
    }
}
