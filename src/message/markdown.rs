//! Agreements about Markdown that all its readers share: the dialect, fences and their language, and which
//! stretches of a text are not prose.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::chunks::{self, SplitMode};

/// Returns the extensions of Markdown that are read besides CommonMark: those that GitHub and Obsidian know.
pub fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

/// Returns whether a tag is the one that models write for a reader: a line break within a table.
pub fn is_line_break(html: &str) -> bool {
    matches!(html, "<br>" | "<br/>" | "<br />")
}

/// A stretch of a text that is not prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonProse {
    /// Its bytes of the text.
    pub range: Range<usize>,
    /// The kind of the stretch.
    pub kind: NonProseKind,
}

/// The kind of a stretch that is not prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonProseKind {
    /// Code in a fence or between backticks: as it was written, whatever stands in it.
    Code,
    /// Code that only its indentation tells.
    IndentedCode,
    /// An HTML tag, or the address of a link.
    Markup,
}

impl NonProse {
    /// Returns whether it is code of any kind.
    pub fn is_code(&self) -> bool {
        self.kind != NonProseKind::Markup
    }
}

/// Returns the stretches of a Markdown text that are code, HTML or the address of a link, in order. Memory is
/// bounded: a long text is read chunk by chunk.
pub fn non_prose(text: &str) -> Vec<NonProse> {
    non_prose_where(text, |_| true)
}

/// Returns those of the stretches that are wanted, in order: whoever wants few of a hostile text's millions keeps few.
pub fn non_prose_where(text: &str, wanted: impl Fn(&NonProse) -> bool) -> Vec<NonProse> {
    let mut found = Vec::new();
    let mut add = |stretch: NonProse| {
        if wanted(&stretch) {
            found.push(stretch);
        }
    };
    let cut = chunks::split(text, SplitMode::Markdown);
    if cut.is_empty() {
        add_non_prose(text, 0, &mut add);
    }
    for chunk in cut {
        let range = chunk.range;
        if chunk.starts_in_code {
            add(NonProse { range, kind: NonProseKind::Code });
        } else {
            add_non_prose(&text[range.clone()], range.start, &mut add);
        }
    }
    found.sort_unstable_by_key(|found| found.range.start);
    found
}

fn add_non_prose(text: &str, base: usize, found: &mut impl FnMut(NonProse)) {
    use pulldown_cmark::CodeBlockKind::Indented;

    // A link's address begins where the last thing in it ends.
    let mut links: Vec<usize> = Vec::new();
    let mut add = |range: Range<usize>, kind| {
        found(NonProse { range: base + range.start..base + range.end, kind });
    };
    for (event, range) in Parser::new_ext(text, dialect()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => links.push(range.start),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(inner) = links.pop() {
                    add(inner..range.end, NonProseKind::Markup);
                }
            }
            Event::Start(Tag::CodeBlock(Indented)) => add(range.clone(), NonProseKind::IndentedCode),
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => add(range.clone(), NonProseKind::Code),
            Event::InlineHtml(_) => add(range.clone(), NonProseKind::Markup),
            _ => {}
        }
        if let (false, Some(link)) = (matches!(event, Event::Start(_)), links.last_mut()) {
            *link = (*link).max(range.end);
        }
    }
}

/// Returns the fence that opens or closes a block of code on this line, and what stands after it; `None` for any
/// other line.
pub fn fence(line: &str) -> Option<(&str, &str)> {
    let start = line.trim_start_matches(' ');
    if line.len() - start.len() > 3 {
        return None;
    }
    let mark = start.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = start.bytes().take_while(|&byte| byte == mark as u8).count();
    let (fence, rest) = start.split_at(length);
    // Backticks after the opening ones make it a code span.
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then(|| (fence, rest.trim()))
}

/// Returns the language that the words after an opening fence name; may be empty.
pub fn language_of(info: &str) -> &str {
    let word = info.trim_start_matches([' ', '{', '.']);
    word.split([' ', '\t', ',', '{', '}', ':']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of millions of code spans with one citation in it would take ten times its memory.
    #[test]
    fn of_many_stretches_only_the_wanted_are_kept() {
        let text = "`a` ".repeat(50_000);
        let place = 100_001;
        let kept = non_prose_where(&text, |found| found.range.contains(&place));
        assert_eq!(kept.len(), 1);
        assert!(kept.capacity() < 16, "{}", kept.capacity());
        assert!(non_prose(&text).contains(&kept[0]));
    }
}
