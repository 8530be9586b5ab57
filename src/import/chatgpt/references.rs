//! The references of a message, found by what they stand for, and what they say.

use std::{cmp::Reverse, ops::Range};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use hashbrown::HashMap;

use super::{
    marker::{self, ALTERNATE_CLOSE, CLOSE, OPEN},
    shape::{Item, Metadata, OldCitation, Reference},
};
use crate::{conversation::Link, import::growth::GrowthBudget, message::link_safety::host};

/// The end of a list of references with the same text.
const NO_NEXT: u32 = u32::MAX;
/// The number of sources of one reference that are named.
const MAX_LINKS: usize = 50;
/// The number of sources listed at the end of a message.
const MAX_SOURCES: usize = 1_000;
/// The bytes of what stands in the place of a reference that are looked through for what else it says; the rest is told
/// once more.
const MAX_COMPARED: usize = 4 << 20;
/// The bytes of texts that are looked for as they stand, since they do not look like markers.
const MAX_UNMARKED_SIZE: usize = 1 << 20;
/// The number of places of such texts in one message.
const MAX_PLACES: usize = 1 << 18;

/// A page, product or place that a reference names.
pub(super) struct NamedSource {
    pub link: Link,
    /// A price, an address; may be empty.
    pub detail: String,
}

/// A message's references, found by what they stand for.
pub(super) struct References<'a, 'de> {
    metadata: &'a Metadata<'de>,
    /// By the text that a reference stands for, without white space around it: the next one, and whether all have had
    /// their turn.
    matched: HashMap<&'a str, (u32, bool)>,
    /// The next reference with the same text, of each.
    following: Vec<u32>,
    /// The references that were found a place.
    placed: Vec<bool>,
    /// The texts of references that do not look like markers.
    unmarked_texts: Option<AhoCorasick>,
    /// Old citations by the code point they begin at, and by the message they cite.
    starts: HashMap<u64, &'a OldCitation<'de>>,
    messages: HashMap<u64, &'a OldCitation<'de>>,
    /// The pages that searches found, by the name they have in markers, once one was asked for.
    pages: Option<HashMap<(u64, &'a str, u64), Page<'a>>>,
    /// The conversations that the memory is from were listed already.
    memory_was_named: bool,
    /// The old citations that were found a place, by the place of each in the export.
    placed_citations: hashbrown::HashSet<*const OldCitation<'de>>,
    /// The reference that was last given its first place.
    last_placed: Option<&'a Reference<'de>>,
    /// What references say that no place in the text has.
    pub unplaced_text: String,
    /// The kinds of markers that nobody knows, as they were met.
    pub unknown_markers: Vec<String>,
    /// What may still be added to the conversation.
    growth: &'a GrowthBudget,
}

/// A page that a search found.
#[derive(Clone, Copy)]
struct Page<'a> {
    title: &'a str,
    url: &'a str,
}

fn as_integer(number: Option<f64>) -> Option<u64> {
    number.filter(|number| (0.0..1e15).contains(number)).map(|number| number as u64)
}

impl<'a, 'de> References<'a, 'de> {
    pub(super) fn of(metadata: &'a Metadata<'de>, growth: &'a GrowthBudget) -> Self {
        let all = &metadata.references;
        let mut references = Self {
            metadata,
            matched: HashMap::new(),
            following: vec![NO_NEXT; all.len()],
            placed: vec![false; all.len()],
            unmarked_texts: None,
            starts: HashMap::new(),
            messages: HashMap::new(),
            pages: None,
            memory_was_named: false,
            placed_citations: hashbrown::HashSet::new(),
            last_placed: None,
            unplaced_text: String::new(),
            unknown_markers: Vec::new(),
            growth,
        };
        // Backwards, so that each text leads to the first reference with it.
        for (index, reference) in all.iter().enumerate().rev() {
            if let Some(matched) = matched_text(reference) {
                let next = references.matched.insert(matched, (index as u32, false));
                references.following[index] = next.map_or(NO_NEXT, |(next, _)| next);
            }
        }
        for citation in metadata.citations.iter() {
            if let Some(start) = as_integer(citation.start) {
                references.starts.entry(start).or_insert(citation);
            }
            if let Some(message) = as_integer(citation.metadata.extra.message) {
                references.messages.entry(message).or_insert(citation);
            }
        }
        references.index_unmarked_texts();
        references
    }

    /// Indexes the texts of references that do not look like markers.
    fn index_unmarked_texts(&mut self) {
        let mut left = MAX_UNMARKED_SIZE;
        let mut unmarked_texts: Vec<&str> = Vec::new();
        for reference in self.metadata.references.iter() {
            let Some(text) = matched_text(reference).filter(|text| !is_marker(text)) else { continue };
            let Some(rest) = left.checked_sub(text.len()) else { break };
            left = rest;
            unmarked_texts.push(text);
        }
        if unmarked_texts.is_empty() {
            return;
        }
        // The smallest of its kinds: most texts are looked through once.
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::NoncontiguousNFA)).match_kind(MatchKind::Standard);
        self.unmarked_texts = builder.prefilter(false).build(unmarked_texts).ok();
    }

    /// Returns what may still be added to the conversation.
    pub(super) fn growth(&self) -> &'a GrowthBudget {
        self.growth
    }

    /// Returns whether every reference with this text was taken, so that the last one stands for it from now on.
    pub(super) fn are_taken(&self, text: &str) -> bool {
        self.matched.get(text.trim()).is_some_and(|&(_, done)| done)
    }

    /// Returns whether there are texts to look for that do not look like markers.
    pub(super) fn has_unmarked_texts(&self) -> bool {
        self.unmarked_texts.is_some()
    }

    /// Returns the places where texts of references stand that do not look like markers: by their beginning, of those
    /// with the same one the longest first.
    pub(super) fn places(&self, text: &str) -> Vec<Range<u32>> {
        let Some(unmarked_texts) = &self.unmarked_texts else { return Vec::new() };
        // All that overlap, in one pass: to look for the longest at each place may go through a text many times.
        let found = unmarked_texts.find_overlapping_iter(text).take(MAX_PLACES);
        let mut places: Vec<Range<u32>> =
            found.map(|found| found.start() as u32..found.end() as u32).collect();
        places.sort_unstable_by_key(|place| (place.start, Reverse(place.end)));
        places
    }

    /// Returns the reference for the next place where this text stands: the n-th place has the n-th reference. A marker
    /// that stands more often has the last one `again`.
    pub(super) fn take(&mut self, text: &str, again: bool) -> Option<&'a Reference<'de>> {
        let (next, done) = self.matched.get_mut(text.trim())?;
        if *done && !again {
            return None;
        }
        let index = *next as usize;
        match self.following[index] {
            NO_NEXT => *done = true,
            following => *next = following,
        }
        let reference = &self.metadata.references[index];
        if !std::mem::replace(&mut self.placed[index], true) {
            self.last_placed = Some(reference);
        }
        Some(reference)
    }

    /// Keeps what the reference that was taken last says besides what stands in its place.
    pub(super) fn keep_rest(&mut self, shown: &str) {
        if let Some(reference) = self.last_placed.take() {
            // As it was before it was written as Markdown.
            let shown = shown.replace("\\[", "[").replace("\\]", "]");
            let shown = shown.replace("%20", " ").replace("%28", "(").replace("%29", ")");
            push_reference_texts(reference, &shown, &mut self.unplaced_text);
        }
    }

    /// Returns what references, citations and memories say that no place in the text has.
    pub(super) fn into_unplaced_text(mut self) -> String {
        let all = self.metadata.references.iter().zip(&self.placed);
        for (reference, _) in all.filter(|&(_, placed)| !placed) {
            push_reference_texts(reference, "", &mut self.unplaced_text);
        }
        for citation in self.metadata.citations.iter() {
            let of = &citation.metadata;
            let url = said(&of.url).unwrap_or_default();
            let cited = self.placed_citations.contains(&std::ptr::from_ref(citation));
            let words = if cited {
                [None, said(&of.name).filter(|_| of.title.is_some()), None]
            } else {
                [said(&of.title), said(&of.name), Some(url)]
            };
            for words in words.into_iter().flatten().filter(|words| !words.is_empty()) {
                push_line(words, &mut self.unplaced_text);
            }
        }
        for NamedSource { link, .. } in self.memory_sources() {
            push_line(&link.title, &mut self.unplaced_text);
            push_line(&link.url, &mut self.unplaced_text);
        }
        self.unplaced_text
    }

    /// Returns the citation that stands at that code point, else the one that names that message.
    pub(super) fn cited_by_place(&mut self, point: usize, number: &str) -> Option<&'a OldCitation<'de>> {
        let message = || number.split(':').next()?.parse::<u64>().ok();
        let citation =
            self.starts.get(&(point as u64)).or_else(|| self.messages.get(&message()?)).copied()?;
        self.placed_citations.insert(std::ptr::from_ref(citation));
        Some(citation)
    }

    /// Returns whether old citations are found by where they stand.
    pub(super) fn have_places(&self) -> bool {
        !self.starts.is_empty()
    }

    /// Returns the page that a search found under this name, `turn0search3`, as long as what it takes to name it is
    /// left.
    fn page(&mut self, name: &str) -> Option<NamedSource> {
        let metadata = self.metadata;
        let pages = self.pages.get_or_insert_with(|| {
            let mut pages = HashMap::new();
            for entry in metadata.search_groups.iter().flat_map(|group| group.entries.iter()) {
                let id = &entry.ref_id;
                let (Some(turn), Some(kind), Some(index)) =
                    (as_integer(id.turn), id.kind.as_deref(), as_integer(id.index))
                else {
                    continue;
                };
                let title = said(&entry.title).or(said(&entry.attribution)).unwrap_or_default();
                pages.insert((turn, kind, index), Page { title, url: said(&entry.url).unwrap_or_default() });
            }
            pages
        });
        let Page { title, url } = *pages.get(&marker::parse_source_name(name)?)?;
        let link = Link { title: title.into(), url: url.into() };
        self.growth.spend(title.len() + url.len()).then(|| NamedSource { link, detail: String::new() })
    }

    /// Returns the pages that these names stand for, each once.
    pub(super) fn pages<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Vec<NamedSource> {
        let mut seen = hashbrown::HashSet::new();
        names
            .filter(|name| marker::parse_source_name(name).is_some())
            .filter(|name| seen.insert(*name))
            .take(MAX_LINKS)
            .filter_map(|name| self.page(name))
            .collect()
    }

    /// Returns the conversations that the memory of an answer is from, once.
    pub(super) fn memory_sources(&mut self) -> Vec<NamedSource> {
        if std::mem::replace(&mut self.memory_was_named, true) {
            return Vec::new();
        }
        let mut list = NamedSources::default();
        for remembered in self.metadata.remembered.iter() {
            list.add(said(&remembered.title), said(&remembered.url), "");
            if let Some(item) = &remembered.citation.0 {
                list.item(item);
            }
        }
        list.0
    }
}

/// Returns the text that a reference stands for. A single space occurs: such a reference has no place.
fn matched_text<'a>(reference: &'a Reference<'_>) -> Option<&'a str> {
    reference.matched.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Returns whether a text is one marker, and so found by its syntax.
fn is_marker(text: &str) -> bool {
    let inner = text.strip_prefix(OPEN).and_then(|text| text.strip_suffix([CLOSE, ALTERNATE_CLOSE]));
    inner.is_some_and(|inner| !inner.contains([OPEN, CLOSE, ALTERNATE_CLOSE]))
}

/// Returns whether ChatGPT shows nothing in the place of a reference.
pub(super) fn is_passed_over(reference: &Reference<'_>) -> bool {
    matches!(
        reference.kind.as_deref().unwrap_or_default(),
        "hidden" | "sources_footnote" | "attribution" | "image_v2"
    )
}

/// Returns a text that says something.
#[expect(clippy::ref_option, reason = "the fields of a record are all such")]
pub(super) fn said<'a>(text: &'a Option<std::borrow::Cow<'_, str>>) -> Option<&'a str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Sources, each once.
#[derive(Default)]
struct NamedSources(Vec<NamedSource>);

impl NamedSources {
    fn add(&mut self, title: Option<&str>, url: Option<&str>, detail: &str) {
        let (title, url) = (title.unwrap_or_default(), url.unwrap_or_default());
        let known = |named: &NamedSource| {
            let link = &named.link;
            &*link.url == url && (!url.is_empty() || &*link.title == title)
        };
        if self.0.len() < MAX_LINKS && !(title.is_empty() && url.is_empty()) && !self.0.iter().any(known) {
            let link = Link { title: title.into(), url: url.into() };
            self.0.push(NamedSource { link, detail: detail.to_owned() });
        }
    }

    fn item(&mut self, item: &Item<'_>) {
        let item = &item.0;
        let title = said(&item.title).or(said(&item.name)).or(said(&item.attribution));
        let detail = [said(&item.price), said(&item.address)];
        let detail: Vec<&str> = detail.into_iter().flatten().collect();
        self.add(title, said(&item.url).or(said(&item.content_url)), &detail.join(", "));
        if let Some(image) = &item.image.0 {
            self.add(said(&image.title), said(&image.url), "");
        }
        for page in item.supporting.iter() {
            self.add(said(&page.title), said(&page.url), "");
        }
    }
}

/// Returns the sources of a reference, each once.
pub(super) fn sources(reference: &Reference<'_>) -> Vec<NamedSource> {
    let mut list = NamedSources::default();
    let items = if reference.items.is_empty() { &reference.fallback } else { &reference.items };
    let lists = [items, &reference.products, &reference.businesses, &reference.images];
    let product = reference.product.0.as_deref();
    for item in lists.into_iter().flat_map(|list| list.iter()).chain(product) {
        list.item(item);
        if list.0.len() >= MAX_LINKS {
            break;
        }
    }
    if list.0.is_empty() {
        let title = said(&reference.title).or(said(&reference.name));
        let url = said(&reference.url).or(said(&reference.cloud_url));
        list.add(title, url, "");
        if url.is_none() {
            for url in reference.safe_urls.iter() {
                list.item(url);
            }
        }
    }
    list.0
}

/// Returns the sources listed at the end of the message.
pub(super) fn footnote(references: &[Reference<'_>]) -> Vec<Link> {
    let footnotes = references.iter().filter(|r| r.kind.as_deref() == Some("sources_footnote"));
    let items = footnotes.flat_map(|reference| reference.sources.iter().chain(reference.items.iter()));
    let mut links: Vec<Link> = Vec::new();
    let mut seen = hashbrown::HashSet::new();
    for item in items.take(MAX_SOURCES) {
        let title = said(&item.0.title).or(said(&item.0.attribution));
        let Some(url) = said(&item.0.url) else { continue };
        if seen.insert(url) {
            links.push(Link { title: title.unwrap_or_default().into(), url: url.into() });
        }
    }
    links
}

/// Appends what a reference says and what stands in its place does not, a line each.
fn push_reference_texts(reference: &Reference<'_>, shown: &str, out: &mut String) {
    let mut left = MAX_COMPARED;
    let mut is_shown = |words: &str| {
        left = left.saturating_sub(shown.len());
        left > 0 && shown.contains(words)
    };
    let mut add = |text: Option<&str>| {
        if let Some(words) = text.filter(|words| words.contains(char::is_alphanumeric) && !is_shown(words)) {
            push_line(words, out);
        }
    };
    // Their sources are listed at the end of the message.
    let listed = reference.kind.as_deref() == Some("sources_footnote");
    for own in [&reference.title, &reference.name, &reference.url, &reference.cloud_url] {
        add(said(own));
    }
    if !shown.contains("](") {
        add(alt_text(reference));
    }
    let lists = [&reference.fallback, &reference.products, &reference.businesses, &reference.images];
    let sources = [&reference.items, &reference.sources];
    let all = lists.into_iter().chain(sources.into_iter().filter(|_| !listed)).flat_map(|list| list.iter());
    for item in all.chain(reference.product.0.as_deref()).take(MAX_SOURCES) {
        push_item_texts(item, &mut add);
    }
    for item in sources.into_iter().filter(|_| listed).flat_map(|list| list.iter()).take(MAX_SOURCES) {
        let (title, url) = (said(&item.0.title), said(&item.0.url));
        if url.is_none() {
            push_item_texts(item, &mut add);
        } else {
            add(said(&item.0.name));
            add(said(&item.0.attribution)
                .filter(|name| title.is_some() && !url.unwrap_or_default().contains(name)));
        }
    }
}

/// Gives what a source says to `add`.
fn push_item_texts(item: &Item<'_>, add: &mut impl FnMut(Option<&str>)) {
    let item = &item.0;
    let url = said(&item.url);
    for own in [&item.title, &item.name, &item.url, &item.content_url, &item.price, &item.address] {
        add(said(own));
    }
    // Mostly the host of the address.
    add(said(&item.attribution).filter(|name| !url.unwrap_or_default().contains(name)));
    for page in item.supporting.iter().take(MAX_LINKS).chain(item.image.0.as_deref()) {
        add(said(&page.title));
        add(said(&page.url));
        let url = said(&page.url).unwrap_or_default();
        add(said(&page.attribution).filter(|name| !url.contains(name)));
    }
}

/// Appends a line.
pub(super) fn push_line(words: &str, out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&marker::without_marks(words));
}

/// Returns the alt text of a reference, if that says anything: `()` and the like do not.
pub(super) fn alt_text<'a>(reference: &'a Reference<'_>) -> Option<&'a str> {
    said(&reference.alt).filter(|alt| alt.contains(char::is_alphanumeric))
}

/// Returns the links of an alt text in brackets: `([title](url), [title](url))`.
pub(super) fn links_in(alt: &str) -> Vec<Link> {
    let Some(inner) = alt.strip_prefix('(').and_then(|alt| alt.strip_suffix(')')) else { return Vec::new() };
    let mut links = Vec::new();
    let mut rest = inner;
    while let Some((title, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
        let Some((url, after)) = after.split_once(')') else { break };
        links.push(Link { title: title.into(), url: url.into() });
        rest = after.trim_start_matches([',', ' ']);
        if links.len() >= MAX_LINKS {
            break;
        }
    }
    links
}

/// Writes sources as Markdown, one after the other: `[title](url), [title](url) (€ 39)`.
pub(super) fn listed(sources: &[NamedSource]) -> String {
    let mut text = String::new();
    for NamedSource { link, detail } in sources {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let title = match &*link.title {
            "" if !host(&link.url).is_empty() => host(&link.url),
            "" => &link.url,
            title => title,
        };
        push_link(title, &link.url, &mut text);
        if !detail.is_empty() {
            text.push_str(" (");
            text.push_str(&marker::without_marks(detail));
            text.push(')');
        }
    }
    text
}

/// Writes sources as Markdown, in brackets.
pub(super) fn in_brackets(sources: &[NamedSource]) -> String {
    let text = listed(sources);
    if text.is_empty() { text } else { format!("({text})") }
}

/// Writes a link as Markdown, or its title alone where there is no address.
pub(super) fn push_link(title: &str, url: &str, text: &mut String) {
    let title =
        marker::without_marks(title).replace(['\n', '\r'], " ").replace('[', "\\[").replace(']', "\\]");
    if url.is_empty() {
        text.push_str(&title);
        return;
    }
    let url = marker::without_marks(url).replace(' ', "%20").replace('(', "%28").replace(')', "%29");
    text.push('[');
    text.push_str(&title);
    text.push_str("](");
    text.push_str(&url.replace(['\n', '\r'], ""));
    text.push(')');
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
