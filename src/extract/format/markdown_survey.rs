//! Finds in a message's Markdown what would not stay within it: headings, HTML, open ends, links that deceive.
//!
//! What the structure is, pulldown-cmark says. Other readers are more generous with what they take for a heading or a
//! tag; what looks like one to any of them is found too.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use super::{ENTRY_HEADING_LEVEL, text_edit::TextEdit};
use crate::message::{
    find_address, is_blank as is_any_blank, is_unseen, link_safety,
    markdown::{dialect, is_line_break},
};

/// The findings of one look at a text.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The places of `<` that begin HTML, in order: a backslash before each makes text of it, which may be read again.
    pub html: Vec<usize>,
    /// The places of signs that are text and could be taken for more: `<` before a letter, `##` before a blank that is
    /// none, `$$` and `%%` that begin something without an end.
    pub signs_to_escape: Vec<usize>,
    /// Headings on another level, open ends with their ends.
    pub edits: Vec<TextEdit>,
    /// Notes behind links whose text is misleading: their targets.
    pub link_targets: Vec<TextEdit>,
    /// Links by a name, with the address that the text defines for it: names are the file's, not the message's.
    pub references: Vec<TextEdit>,
    /// The places of `]` before a colon that make a definition of a link or a footnote, to some reader: a backslash
    /// before each makes text of it.
    pub definitions: Vec<usize>,
    /// Some edit does more than to lengthen a row of hashes.
    pub changes_structure: bool,
}

/// Looks a text through. `masked` is the same with its formulas as words of their length. `thorough`: every tag of an
/// HTML block counts, not only the one that begins it.
pub(super) fn survey(text: &str, masked: &str, thorough: bool) -> Survey {
    let mut found = Survey::default();
    let mut headings: Vec<(Range<usize>, usize)> = Vec::new();
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut links: Vec<OpenLink> = Vec::new();
    let (mut depth, mut in_code) = (0_usize, false);
    let mut tables: Vec<Range<usize>> = Vec::new();
    let mut footnotes: Vec<Range<usize>> = Vec::new();
    let end_of_words = text.trim_end().len();
    let parser = Parser::new_ext(masked, dialect());
    for (_, definition) in parser.reference_definitions().iter() {
        // As text it may be HTML.
        let tags = memchr::memchr_iter(b'<', masked[definition.span.clone()].as_bytes());
        let tags = tags.map(|at| definition.span.start + at).filter(|&at| begins_tag(masked, at));
        found.signs_to_escape.extend(tags);
    }
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match tag {
                    Tag::Heading { level, .. } => headings.push((range, level as usize)),
                    Tag::CodeBlock(kind) => {
                        in_code = true;
                        if depth == 0 && range.end >= end_of_words && matches!(kind, CodeBlockKind::Fenced(_))
                        {
                            found.edits.extend(close_fence(text, range.clone()));
                        }
                        blocks.push(range);
                    }
                    Tag::Table(_) => tables.push(range),
                    Tag::FootnoteDefinition(_) => footnotes.push(range),
                    Tag::HtmlBlock => html_block(masked, range, thorough, &mut found.html),
                    Tag::Link { dest_url, link_type, title, .. }
                    | Tag::Image { dest_url, link_type, title, .. } => {
                        found.references.extend(inline_target(
                            masked,
                            range.clone(),
                            link_type,
                            &dest_url,
                            &title,
                        ));
                        let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                        links.push(OpenLink { url: dest_url.into_string(), words: String::new(), is_bare });
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                match end {
                    TagEnd::CodeBlock => in_code = false,
                    TagEnd::Link | TagEnd::Image => {
                        if let Some(link) = links.pop() {
                            found.link_targets.extend(link_target(&link.words, &link.url, range.end));
                            if let Some(outer) = links.last_mut() {
                                outer.add(&link.words);
                            }
                        }
                    }
                    _ => {}
                }
            }
            Event::InlineHtml(html) if !is_line_break(&html) => found.html.push(range.start),
            Event::Text(words) if !in_code => {
                if !links.last().is_some_and(|link| link.is_bare) {
                    note_signs(masked, range.clone(), &mut found.signs_to_escape);
                }
                match links.last_mut() {
                    Some(link) => link.add(&words),
                    None => addresses(masked, range, &mut found.link_targets),
                }
            }
            Event::Code(words) => {
                if let Some(link) = links.last_mut() {
                    link.add(&words);
                }
            }
            _ => {}
        }
    }
    let heads: Vec<Range<usize>> = headings.iter().map(|(range, _)| range.clone()).collect();
    let places = Places { headings: heads, code: blocks, tables, footnotes };
    definitions(masked, &places.code, &mut found.definitions);
    disputed(masked, &places, &mut found);
    found.changes_structure |= !found.edits.is_empty() || !found.definitions.is_empty();
    lookalikes(masked, &headings, &places.code, &mut found.signs_to_escape);
    // Two backslashes before a sign would be none.
    found.signs_to_escape.sort_unstable();
    found.signs_to_escape.dedup();
    found.html.sort_unstable();
    found.html.dedup();
    let highest = headings.iter().map(|&(_, level)| level).min().unwrap_or(usize::MAX);
    if highest <= ENTRY_HEADING_LEVEL {
        let step = ENTRY_HEADING_LEVEL + 1 - highest;
        for (range, level) in headings {
            found.changes_structure |= shift(text, range, (level + step).min(6), &mut found.edits);
        }
    }
    found
}

/// A link that is read: its address and its words so far.
struct OpenLink {
    url: String,
    words: String,
    /// Its words are its address.
    is_bare: bool,
}

impl OpenLink {
    /// Adds words, as far as they can matter: links may stand in one another, and no address is so long.
    fn add(&mut self, words: &str) {
        /// The bytes of a link's words that are looked at.
        const MAX_WORDS: usize = 1_000;
        if self.words.len() < MAX_WORDS {
            self.words.push_str(&words[..words.floor_char_boundary(MAX_WORDS)]);
        }
    }
}

/// Returns the note after a link whose text is misleading.
fn link_target(words: &str, url: &str, at: usize) -> Option<TextEdit> {
    let link_target = link_safety::other_place(words, url)?;
    let marks = |char: char| char.is_ascii_punctuation() && !matches!(char, '.' | '-' | ':' | '@');
    let link_target: String =
        link_target.chars().flat_map(|char| marks(char).then_some('\\').into_iter().chain([char])).collect();
    Some(TextEdit::insert(at, format!(" ({link_target})")))
}

/// Returns the change that writes the address of a link where only a name for it stands.
fn inline_target(
    text: &str,
    mut range: Range<usize>,
    link_type: LinkType,
    url: &str,
    title: &str,
) -> Option<TextEdit> {
    let start = match link_type {
        LinkType::Shortcut => range.end,
        // Its empty brackets count as its own, or as nobody's.
        LinkType::Collapsed if text[range.end..].starts_with("[]") => {
            range.end += "[]".len();
            range.end - "[]".len()
        }
        LinkType::Collapsed if text[..range.end].ends_with("[]") => range.end - "[]".len(),
        LinkType::Collapsed => range.end,
        LinkType::Reference => {
            let mut brackets = memchr::memrchr_iter(b'[', &text.as_bytes()[range.clone()]);
            range.start + brackets.find(|at| !is_escaped(text, range.start + at))?
        }
        _ => return None,
    };
    let mut with = "(<".to_owned();
    push_escaped(url, &mut with);
    with.push('>');
    if !title.is_empty() {
        with.push_str(" \"");
        push_escaped(title, &mut with);
        with.push('"');
    }
    with.push(')');
    Some(TextEdit { range: start..range.end, with })
}

/// Writes an address or a title of a link so that it ends where it is meant to.
fn push_escaped(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '\\' | '<' | '>' | '&' | '|' | '"' => out.extend(['\\', char]),
            char if char.is_control() => out.push(' '),
            char => out.push(char),
        }
    }
}

/// Notes the brackets that close the name in a definition of a link or a footnote, and in what looks like one. Names are
/// those of the whole file: one that a message defines would make links of another's words.
fn definitions(text: &str, code: &[Range<usize>], found: &mut Vec<usize>) {
    /// The bytes of the longest name of a link.
    const MAX_NAME: usize = 1_000;
    let bytes = text.as_bytes();
    let mut code = Within::of(code);
    let ends = memchr::memchr_iter(b']', bytes).filter(|&at| bytes.get(at + 1) == Some(&b':'));
    for end in ends {
        if code.find(end).is_some() || is_escaped(text, end) {
            continue;
        }
        let from = text.floor_char_boundary(end.saturating_sub(MAX_NAME + 1));
        let mut brackets = memchr::memrchr2_iter(b'[', b']', &bytes[from..end]).map(|at| from + at);
        let begins = brackets.find(|&at| !is_escaped(text, at)).filter(|&at| bytes[at] == b'[');
        let Some(start) = begins else { continue };
        let line = memchr::memrchr2(b'\n', b'\r', &bytes[..start]).map_or(0, |at| at + 1);
        let may_precede = |char: char| {
            is_blank(char) || matches!(char, '>' | '-' | '*' | '+' | '.' | ')') || char.is_ascii_digit()
        };
        if start - line <= MAX_NAME && text[line..start].chars().all(may_precede) {
            found.push(end);
        }
    }
}

/// Notes the places of addresses that stand in a text as they are.
fn addresses(masked: &str, range: Range<usize>, link_targets: &mut Vec<TextEdit>) {
    let mut at = range.start;
    while let Some(address) = find_address(&masked[at..range.end]) {
        let url = &masked[at + address.start..at + address.end];
        at += address.end;
        link_targets.extend(link_target("", url, at));
    }
}

/// Notes the tags of an HTML block: the first, or all.
fn html_block(text: &str, range: Range<usize>, thorough: bool, found: &mut Vec<usize>) {
    let block = &text[range.clone()];
    if block.split_inclusive('>').all(|tag| tag.trim().is_empty() || is_line_break(tag.trim())) {
        return;
    }
    let tags = memchr::memchr_iter(b'<', block.as_bytes()).map(|at| range.start + at);
    if thorough {
        found.extend(tags.filter(|&at| begins_tag(text, at)));
    } else {
        found.extend(tags.take(1));
    }
}

/// Returns whether a `<` could begin a tag to some reader: what follows it, and that no backslash stands before it.
fn begins_tag(text: &str, at: usize) -> bool {
    let next = text.as_bytes().get(at + 1);
    next.is_some_and(|&next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
        && !is_escaped(text, at)
}

/// Returns whether an odd number of backslashes stands before a place.
fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes()[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// Notes the signs of a stretch of text that another reader could take for more.
fn note_signs(text: &str, range: Range<usize>, found: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let mut from = range.start;
    while let Some(step) = memchr::memchr3(b'<', b'$', b'%', &bytes[from..range.end]) {
        let at = from + step;
        from = at + 1;
        if bytes[at] == b'<' {
            if begins_tag(text, at) {
                found.push(at);
            }
            continue;
        }
        let run = bytes[at..range.end].iter().take_while(|&&byte| byte == bytes[at]).count();
        from = at + run;
        if run > 1 {
            let first = at + usize::from(is_escaped(text, at));
            found.extend(first..at + run);
        }
    }
}

/// Where things stand in a text, each kind in order.
struct Places {
    headings: Vec<Range<usize>>,
    code: Vec<Range<usize>>,
    tables: Vec<Range<usize>>,
    footnotes: Vec<Range<usize>>,
}

/// Notes the rows that make a heading of the line before them, and the lines that begin code or HTML, to some reader and
/// not to the one that was asked. Readers agree on most of Markdown; not on where a table ends and whether there are any, on
/// what a definition of a link or a footnote takes along, or on what is a blank line.
fn disputed(text: &str, places: &Places, found: &mut Survey) {
    if !may_be_disputed(text, places) {
        return;
    }
    let mut headings = Within::of(&places.headings);
    let mut code = Within::of(&places.code);
    let mut tables = Within::of(&places.tables);
    let mut footnotes = Within::of(&places.footnotes);
    // Of the lines since the last blank one.
    let (mut defines, mut is_odd, mut tabled) = (false, false, false);
    // The line before this one is of words that may be a paragraph to somebody.
    let mut follows_words = false;
    // The line before this one could be the head of a table, and stands here.
    let (mut pipes, mut line_before) = (false, 0..0);
    let mut next = 0;
    for line in text.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let bare = line.trim_matches(|char| matches!(char, ' ' | '\t' | '>' | '\r' | '\n'));
        if bare.is_empty() {
            (defines, is_odd, tabled) = (false, false, false);
            (follows_words, pipes) = (false, false);
            continue;
        }
        let at = start + (line.len() - line.trim_start_matches([' ', '\t', '>']).len());
        let in_code = code.find(at).is_some();
        let in_heading = headings.find(at).is_some();
        let in_footnote = footnotes.find(at).is_some() || footnotes.ended_before(start).is_some();
        let in_table = tables.find(at).is_some();
        tabled |= in_table;
        let is_row = is_row(bare);
        let disputed = defines || is_odd || in_footnote || tabled;
        if is_row && !in_code && !in_heading && follows_words && disputed {
            found.edits.push(TextEdit::insert(start, "\n"));
        }
        // Some ask for a table before all else: then what begins a list, a quotation or a fence is its head.
        if pipes && is_delimiter_row(bare) && !in_table {
            if in_code {
                found.edits.extend(without_pipes(text, line_before.clone()));
            } else {
                found.edits.push(TextEdit::insert(start, "\n"));
            }
        }
        pipes = bare.contains('|') && (!in_code || opens_fence(bare)) && !in_table;
        line_before = start..next;
        defines |= bare.contains("]:");
        is_odd |= bare.starts_with(is_any_blank) || bare.ends_with(is_any_blank);
        if !in_code {
            // Also a line break: alone on its line it begins HTML, in which a backslash is none.
            let is_tag = bare.starts_with('<') && begins_tag(text, at);
            let disputed = defines || is_odd || in_footnote || tabled;
            if (is_tag && disputed) || (defines && opens_fence(bare)) {
                found.signs_to_escape.push(at);
                found.changes_structure = true;
            }
        }
        // In code of a footnote others see words.
        follows_words = !is_row && !in_heading && (!in_code || in_footnote);
    }
}

/// Returns whether a text has anything about which readers disagree: a table, a footnote, a definition, or a blank at an
/// end of a line that is none to some. Most texts have not, and their lines need not be looked at.
fn may_be_disputed(text: &str, places: &Places) -> bool {
    let bytes = text.as_bytes();
    !places.tables.is_empty()
        || !places.footnotes.is_empty()
        || memchr::memchr(b'|', bytes).is_some()
        || memchr::memchr_iter(b']', bytes).any(|at| bytes.get(at + 1) == Some(&b':'))
        || may_have_odd_blanks(text)
}

/// Returns whether some line may begin or end with a blank that is none to some.
fn may_have_odd_blanks(text: &str) -> bool {
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    // Of all bytes, since that takes no time.
    text.bytes().fold(false, |odd, byte| odd | is_odd(byte))
        && text.split('\n').any(|line| {
            let bare = line.trim_matches(|char| matches!(char, ' ' | '\t' | '>' | '\r'));
            bare.starts_with(is_any_blank) || bare.ends_with(is_any_blank)
        })
}

/// Returns whether a line begins with a fence.
fn opens_fence(bare: &str) -> bool {
    // Further backticks make a code span of it.
    let backticks = bare.starts_with("```") && !bare.trim_start_matches('`').contains('`');
    backticks || bare.starts_with("~~~")
}

/// Returns whether a line is the one below a table's head.
fn is_delimiter_row(bare: &str) -> bool {
    bare.contains('-')
        && bare.contains(['|', ':'])
        && bare.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// Takes the bars out of a line that opens a fence.
fn without_pipes(text: &str, line: Range<usize>) -> impl Iterator<Item = TextEdit> {
    let bars = memchr::memchr_iter(b'|', text[line.clone()].as_bytes()).map(move |at| line.start + at);
    bars.map(|at| TextEdit { range: at..at + 1, with: " ".to_owned() })
}

/// Returns whether a line is a row that can make a heading of the line before it.
fn is_row(bare: &str) -> bool {
    bare.bytes().all(|byte| byte == b'-') || bare.bytes().all(|byte| byte == b'=')
}

/// A walk through ranges that are in order, and may stand in one another.
struct Within<'a> {
    ranges: &'a [Range<usize>],
    /// The first that may still be wanted.
    first: usize,
    /// The one that reaches furthest of those before.
    widest: Option<&'a Range<usize>>,
}

impl<'a> Within<'a> {
    fn of(ranges: &'a [Range<usize>]) -> Self {
        Self { ranges, first: 0, widest: None }
    }

    /// Returns a range that holds a place. Places are asked for in order.
    fn find(&mut self, at: usize) -> Option<&'a Range<usize>> {
        while let Some(range) = self.ranges.get(self.first).filter(|range| range.start <= at) {
            if self.widest.is_none_or(|widest| widest.end <= range.end) {
                self.widest = Some(range);
            }
            self.first += 1;
        }
        self.widest.filter(|range| at < range.end)
    }

    /// Returns the last range, where it ends at a place.
    fn ended_before(&self, at: usize) -> Option<&'a Range<usize>> {
        self.widest.filter(|range| range.end <= at && at - range.end <= 1)
    }
}

/// Notes the hashes of lines that are no heading and look like one.
fn lookalikes(text: &str, headings: &[(Range<usize>, usize)], code: &[Range<usize>], found: &mut Vec<usize>) {
    let mut headings = headings.iter().map(|(range, _)| range.clone()).peekable();
    let mut code = code.iter().cloned().peekable();
    let bytes = text.as_bytes();
    let mut from = 0;
    // Only the first hash of a line can be one.
    while let Some(at) = memchr::memchr(b'#', &bytes[from..]).map(|step| from + step) {
        let start = memchr::memrchr2(b'\n', b'\r', &bytes[from..at]).map_or(from, |end| from + end + 1);
        from = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let may_precede = |char: char| {
            is_blank(char) || matches!(char, '>' | '-' | '*' | '+' | '.' | ')') || char.is_ascii_digit()
        };
        if !text[start..at].chars().all(may_precede) {
            continue;
        }
        while headings.next_if(|range| range.end <= at).is_some() {}
        while code.next_if(|range| range.end <= at).is_some() {}
        let within = |range: &Range<usize>| range.start <= at;
        if headings.peek().is_some_and(within) || code.peek().is_some_and(within) {
            continue;
        }
        let rest = &text[at..];
        let hashes = rest.bytes().take_while(|&byte| byte == b'#').count();
        let after = rest[hashes..].chars().next();
        // `#hashtag` is none, `##heading` was one before there was a standard.
        if hashes > 1 || after.is_none_or(|char| is_blank(char) || matches!(char, '\n' | '\r')) {
            found.push(at);
        }
    }
}

/// Returns whether a character looks like a blank: white space of every kind, and what cannot be seen.
fn is_blank(char: char) -> bool {
    (char.is_whitespace() && !matches!(char, '\n' | '\r'))
        || is_unseen(char)
        || matches!(char, '\u{ad}' | '\u{2800}')
}

/// Writes a heading at another level. An underlined one becomes one with hashes. Tells that it did more than to
/// lengthen a row of hashes.
fn shift(text: &str, range: Range<usize>, level: usize, edits: &mut Vec<TextEdit>) -> bool {
    let heading = &text[range.clone()];
    let start = range.start + (heading.len() - heading.trim_start_matches([' ', '\t']).len());
    let hashes = text[start..range.end].bytes().take_while(|&byte| byte == b'#').count();
    let after = text[start + hashes..range.end].bytes().next();
    if (1..=6).contains(&hashes) && matches!(after, None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
        edits.push(TextEdit { range: start..start + hashes, with: "#".repeat(level) });
        return false;
    }
    let end = start + text[start..range.end].trim_end().len();
    let Some(underline) = text[start..end].rfind(['\n', '\r']).map(|newline| start + newline + 1) else {
        return true;
    };
    let words = text[start..underline].trim_end();
    if words.contains(['\n', '\r']) {
        // A heading of several lines has no other form, and was hardly meant: mostly it is a rule below a log. With
        // a blank line before it that is what it becomes.
        edits.push(TextEdit::insert(underline, "\n"));
        return true;
    }
    edits.push(TextEdit::insert(start, format!("{} ", "#".repeat(level))));
    // Hashes at the end of a heading with hashes would be its ornament.
    let closing = start + words.trim_end_matches('#').len();
    let with = text[closing..start + words.len()].replace('#', "\\#");
    edits.push(TextEdit { range: closing..end, with });
    true
}

/// Closes a fenced block, the last thing of the text, that has no closing fence.
fn close_fence(text: &str, range: Range<usize>) -> Option<TextEdit> {
    let block = text[range.clone()].trim_start_matches(' ');
    let mark = block.chars().next().filter(|&mark| mark == '`' || mark == '~')?;
    let length = block.chars().take_while(|&char| char == mark).count();
    let mut lines = block.trim_end().lines();
    lines.next();
    let closed = lines.next_back().is_some_and(|last| {
        // Further in it is code.
        let fence = last.trim_start_matches(' ');
        last.len() - fence.len() < 4
            && fence.trim_end().chars().all(|char| char == mark)
            && fence.trim_end().len() >= length
    });
    let fence: String = std::iter::repeat_n(mark, length).collect();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    (!closed).then(|| TextEdit::insert(text.len(), format!("{newline}{fence}")))
}
