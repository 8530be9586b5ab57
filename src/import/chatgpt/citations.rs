//! Citations: markers of private-use characters, and the older 【…†…】, with the sources they stand for.
//!
//! U+E200 opens a marker, U+E202 separates its fields, U+E201 closes it. What it cites is in the message's
//! `content_references`, found by the marker's own text; the positions given there are of another revision.

use hashbrown::HashMap;

use super::{
    edits::Edits,
    shape::{Item, Metadata, OldCitation, Reference},
};
use crate::conversation::Link;

/// A message's references, found by what they stand for.
pub(super) struct References<'a, 'de> {
    /// The references by the marker's own text, without white space around it.
    matched: HashMap<&'a str, &'a Reference<'de>>,
    /// Old citations by the code point they begin at, and by the message they cite.
    starts: HashMap<u64, &'a OldCitation<'de>>,
    messages: HashMap<u64, &'a OldCitation<'de>>,
}

impl<'a, 'de> References<'a, 'de> {
    pub(super) fn of(metadata: &'a Metadata<'de>) -> Self {
        let whole =
            |number: Option<f64>| number.filter(|number| (0.0..1e15).contains(number)).map(|n| n as u64);
        let mut references =
            Self { matched: HashMap::new(), starts: HashMap::new(), messages: HashMap::new() };
        for reference in &metadata.references {
            // A single space occurs: such a reference has no place.
            if let Some(matched) = reference.matched.as_deref().map(str::trim).filter(|text| !text.is_empty())
            {
                references.matched.entry(matched).or_insert(reference);
            }
        }
        for citation in &metadata.citations {
            if let Some(start) = whole(citation.start) {
                references.starts.entry(start).or_insert(citation);
            }
            if let Some(message) = whole(citation.metadata.extra.message) {
                references.messages.entry(message).or_insert(citation);
            }
        }
        references
    }

    /// Returns the citation that stands at that code point, else the one that names that message.
    fn cited(&self, point: usize, number: &str) -> Option<&'a OldCitation<'de>> {
        let message = || number.split(':').next()?.parse::<u64>().ok();
        self.starts.get(&(point as u64)).or_else(|| self.messages.get(&message()?)).copied()
    }
}

const OPEN: char = '\u{e200}';
const CLOSE: char = '\u{e201}';
const SEPARATOR: char = '\u{e202}';
const SPAN_OPEN: char = '\u{e203}';
const SPAN_CLOSE: char = '\u{e204}';

/// The number of sources of one reference that are named.
const MOST_LINKS: usize = 50;
/// The number of sources listed at the end of a message.
const MOST_SOURCES: usize = 1_000;
/// The bytes that the references of one message may add to its text; one that many markers name is long many
/// times. Markers behind that are dropped.
const MOST_ADDED: usize = 8 << 20;

/// Replaces every marker by links to its sources, or by nothing.
pub(super) fn markers(text: &str, references: &References<'_, '_>, edits: &mut Edits) {
    let (mut at, mut added) = (0, 0);
    while let Some(found) = text[at..].find([OPEN, CLOSE, SEPARATOR, SPAN_OPEN, SPAN_CLOSE]) {
        let start = at + found;
        let mark_end = start + OPEN.len_utf8();
        if !text[start..].starts_with(OPEN) {
            edits.drop(start..mark_end);
            at = mark_end;
            continue;
        }
        let close = text[mark_end..].find([OPEN, CLOSE, '\n']).map(|length| mark_end + length);
        let end = match close {
            Some(close) if text[close..].starts_with(CLOSE) => close + CLOSE.len_utf8(),
            _ => mark_end + cut_off(&text[mark_end..]),
        };
        let (text, links) = match added {
            ..MOST_ADDED => resolve(&text[start..end], references),
            _ => Default::default(),
        };
        added += text.len();
        edits.replace(start..end, text, links);
        at = end;
    }
}

/// Measures how much of a text behind an opening mark belongs to a marker that was cut off: its kind, where
/// fields or nothing follow, and these up to where words go on. Of what does not look like a marker only the
/// mark goes.
fn cut_off(text: &str) -> usize {
    let kind = text.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
    if kind == text.len() {
        return kind;
    }
    if !text[kind..].starts_with(SEPARATOR) {
        return 0;
    }
    let named = &text[..kind] == "entity";
    let goes_on = |c: char| c.is_whitespace() || c == OPEN || (!named && !c.is_ascii() && c != SEPARATOR);
    text[kind..].find(goes_on).map_or(text.len(), |length| kind + length)
}

/// Returns the text for a marker's place, and the links in it.
fn resolve(marker: &str, references: &References<'_, '_>) -> (String, Vec<Link>) {
    let inner = marker.trim_matches([OPEN, CLOSE]);
    let mut fields = inner.split(SEPARATOR);
    let kind = fields.next().unwrap_or_default().trim();
    let reference = references.matched.get(marker.trim()).copied();
    if kind == "entity" {
        let name = entity(fields.next().unwrap_or_default());
        let name = name.or_else(|| reference.and_then(|r| r.name.as_deref()).map(str::to_owned));
        return (name.unwrap_or_default(), Vec::new());
    }
    let Some(reference) = reference else { return Default::default() };
    match reference.kind.as_deref().unwrap_or_default() {
        "hidden" | "sources_footnote" | "attribution" | "image_v2" => return Default::default(),
        _ => {}
    }
    let mut links = links(reference);
    let ready = reference.alt.as_deref().map(str::trim).filter(|alt| !alt.is_empty());
    if links.is_empty() {
        links = ready.map(links_in).unwrap_or_default();
    }
    let text = match ready {
        Some(alt) => without_marks(alt),
        None => written(&links),
    };
    let links = if text.is_empty() { Vec::new() } else { links };
    (text, links)
}

/// Tells that a character belongs to the markers.
pub(super) fn is_mark(character: char) -> bool {
    matches!(character, OPEN | CLOSE | SEPARATOR | SPAN_OPEN | SPAN_CLOSE)
}

/// Returns the name in `["city","Zürich"]`, or the text itself if it is not a list.
fn entity(field: &str) -> Option<String> {
    let field = field.trim();
    if let Ok(list) = serde_json::from_str::<Vec<serde_json::Value>>(field) {
        return list.get(1).or(list.first()).and_then(|name| name.as_str()).map(without_marks);
    }
    Some(without_marks(field)).filter(|name| !name.is_empty() && !name.starts_with(['[', '{']))
}

/// Returns the sources of a reference, each once.
fn links(reference: &Reference<'_>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut add = |title: Option<&str>, url: Option<&str>| {
        let (title, url) = (title.unwrap_or_default().trim(), url.unwrap_or_default().trim());
        let known = |link: &Link| &*link.url == url && (!url.is_empty() || &*link.title == title);
        if links.len() < MOST_LINKS && !(title.is_empty() && url.is_empty()) && !links.iter().any(known) {
            links.push(Link { title: title.into(), url: url.into() });
        }
    };
    let items = if reference.items.is_empty() { &reference.fallback } else { &reference.items };
    for item in items {
        let title = item.title.as_deref().filter(|title| !title.is_empty());
        add(title.or(item.attribution.as_deref()), item.url.as_deref());
        for page in &item.supporting {
            add(page.title.as_deref(), page.url.as_deref());
        }
    }
    if items.is_empty() {
        let title = reference.title.as_deref().or(reference.name.as_deref());
        add(title, reference.url.as_deref());
        if reference.url.is_none() {
            for url in reference.safe_urls.iter().flatten() {
                add(None, Some(url));
            }
        }
    }
    links
}

/// Returns the links of a ready text in brackets: `([title](url), [title](url))`.
fn links_in(alt: &str) -> Vec<Link> {
    let Some(inner) = alt.strip_prefix('(').and_then(|alt| alt.strip_suffix(')')) else { return Vec::new() };
    let mut links = Vec::new();
    let mut rest = inner;
    while let Some((title, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
        let Some((url, after)) = after.split_once(')') else { break };
        links.push(Link { title: title.into(), url: url.into() });
        rest = after.trim_start_matches([',', ' ']);
    }
    links.truncate(MOST_LINKS);
    links
}

/// Writes sources as Markdown: `([title](url), [title](url))`.
fn written(links: &[Link]) -> String {
    let mut text = String::new();
    for link in links {
        text.push_str(if text.is_empty() { "(" } else { ", " });
        let title = if link.title.is_empty() { host(&link.url) } else { &link.title };
        let title = without_marks(title).replace(['\n', '\r'], " ").replace('[', "\\[").replace(']', "\\]");
        if link.url.is_empty() {
            text.push_str(&title);
        } else {
            let url = without_marks(&link.url).replace(' ', "%20").replace('(', "%28").replace(')', "%29");
            text.push('[');
            text.push_str(&title);
            text.push_str("](");
            text.push_str(&url.replace(['\n', '\r'], ""));
            text.push(')');
        }
    }
    if !text.is_empty() {
        text.push(')');
    }
    text
}

/// Returns the host: `example.org` of `https://example.org/page`.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

/// Drops the marks that the text of a reference may itself hold.
fn without_marks(text: &str) -> String {
    text.replace([OPEN, CLOSE, SEPARATOR, SPAN_OPEN, SPAN_CLOSE], "")
}

/// Returns the sources listed at the end of the message.
pub(super) fn footnote(references: &[Reference<'_>]) -> Vec<Link> {
    let footnotes = references.iter().filter(|r| r.kind.as_deref() == Some("sources_footnote"));
    let items = footnotes.flat_map(|reference| reference.sources.iter().chain(&reference.items));
    let mut links: Vec<Link> = Vec::new();
    for Item { title, url, attribution, .. } in items.take(MOST_SOURCES) {
        let title = title.as_deref().filter(|title| !title.is_empty()).or(attribution.as_deref());
        let Some(url) = url.as_deref().filter(|url| !url.is_empty()) else { continue };
        if !links.iter().any(|link| &*link.url == url) {
            links.push(Link { title: title.unwrap_or_default().into(), url: url.into() });
        }
    }
    links
}

/// Replaces 【12†source】 and 【4:0†pieces.pdf】 by what they cite.
pub(super) fn brackets(text: &str, references: &References<'_, '_>, edits: &mut Edits) {
    let (mut at, mut added) = (0, 0);
    // Code points before `at`, counted only as far as a citation needs them.
    let (mut counted, mut points) = (0, 0_usize);
    while let Some(found) = text[at..].find('【') {
        let start = at + found;
        at = start + '【'.len_utf8();
        let Some(end) = text[at..].find(['】', '【', '\n']).map(|length| at + length) else { break };
        let inner = &text[at..end];
        let Some((number, label)) = inner.split_once('†').filter(|_| text[end..].starts_with('】')) else {
            continue;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
            continue;
        }
        let end = end + '】'.len_utf8();
        if !references.starts.is_empty() {
            points += text[counted..start].chars().count();
            counted = start;
        }
        let marker = &text[start..end];
        let reference = references.matched.get(marker).copied();
        let cited = references.cited(points, number);
        let links = match (reference, cited) {
            (Some(reference), _) => links(reference),
            (None, Some(citation)) => {
                let of = &citation.metadata;
                let title = of.title.as_deref().or(of.name.as_deref()).unwrap_or_default();
                vec![Link { title: title.into(), url: of.url.as_deref().unwrap_or_default().into() }]
            }
            (None, None) => Vec::new(),
        };
        // "source" says nothing; a file's name does. Line numbers (`†L12-L30`) belong to neither.
        let label = label.split('†').next().unwrap_or_default().trim();
        let named = !(label.is_empty() || label == "source" || is_lines(label));
        let mut links: Vec<Link> =
            links.into_iter().filter(|l| !(l.title.is_empty() && l.url.is_empty())).collect();
        if links.is_empty() && named {
            links.push(Link { title: label.into(), url: "".into() });
        }
        let ready = reference.and_then(|r| r.alt.as_deref()).map(str::trim).filter(|alt| !alt.is_empty());
        let text = ready.map_or_else(|| written(&links), without_marks);
        added += text.len();
        if added < MOST_ADDED {
            edits.replace(start..end, text, links);
        } else {
            edits.drop(start..end);
        }
        at = end;
    }
}

fn is_lines(label: &str) -> bool {
    label.starts_with('L')
        && label[1..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'L'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_text_in_brackets_names_its_sources() {
        let named = |alt: &str| {
            links_in(alt).iter().map(|link| format!("{} {}", link.title, link.url)).collect::<Vec<_>>()
        };
        assert_eq!(named("([a.org](https://a.org/x))"), ["a.org https://a.org/x"]);
        assert_eq!(named("([A](https://a.org), [B](https://b.org))"), ["A https://a.org", "B https://b.org"]);
        for alt in ["[A](https://a.org)", "(see there)", "([A](https://a.org", "()"] {
            assert!(links_in(alt).is_empty(), "{alt}");
        }
    }
}
