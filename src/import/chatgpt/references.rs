//! The references of a message, found by what they stand for.

use std::{cmp::Reverse, ops::Range};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use hashbrown::HashMap;

use super::{
    marker::{self, ALTERNATE_CLOSE, CLOSE, OPEN},
    named_sources::{MAX_LINKS, NamedSource, NamedSources},
    reference_texts::{push_line, push_reference_texts},
    shape::{Metadata, non_blank},
    source_shape::{OldCitation, Reference},
};
use crate::{conversation::Link, import::expansion_budget::ExpansionBudget};

/// The end of a list of references with the same text.
const NO_NEXT: u32 = u32::MAX;
/// The bytes of texts that are looked for as they stand, since they do not look like markers.
const MAX_UNMARKED_SIZE: usize = 1 << 20;
/// The number of places of such texts in one message.
const MAX_PLACES: usize = 1 << 18;

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
    citations_by_start: HashMap<u64, &'a OldCitation<'de>>,
    citations_by_message: HashMap<u64, &'a OldCitation<'de>>,
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
    growth: &'a ExpansionBudget,
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
    pub(super) fn of(metadata: &'a Metadata<'de>, growth: &'a ExpansionBudget) -> Self {
        let all = &metadata.references;
        let mut references = Self {
            metadata,
            matched: HashMap::new(),
            following: vec![NO_NEXT; all.len()],
            placed: vec![false; all.len()],
            unmarked_texts: None,
            citations_by_start: HashMap::new(),
            citations_by_message: HashMap::new(),
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
                references.citations_by_start.entry(start).or_insert(citation);
            }
            if let Some(message) = as_integer(citation.metadata.extra.message) {
                references.citations_by_message.entry(message).or_insert(citation);
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
    pub(super) fn growth(&self) -> &'a ExpansionBudget {
        self.growth
    }

    /// Returns whether every reference with this text was taken, so that the last one stands for it from now on.
    pub(super) fn is_exhausted(&self, text: &str) -> bool {
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
            let is_escaped = memchr::memchr2(b'\\', b'%', shown.as_bytes()).is_some();
            let unescaped = is_escaped.then(|| {
                let shown = shown.replace("\\[", "[").replace("\\]", "]");
                shown.replace("%20", " ").replace("%28", "(").replace("%29", ")")
            });
            push_reference_texts(reference, unescaped.as_deref().unwrap_or(shown), &mut self.unplaced_text);
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
            let url = non_blank(&of.url).unwrap_or_default();
            let cited = self.placed_citations.contains(&std::ptr::from_ref(citation));
            let words = if cited {
                [None, non_blank(&of.name).filter(|_| of.title.is_some()), None]
            } else {
                [non_blank(&of.title), non_blank(&of.name), Some(url)]
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
        let citation = self
            .citations_by_start
            .get(&(point as u64))
            .or_else(|| self.citations_by_message.get(&message()?))
            .copied()?;
        self.placed_citations.insert(std::ptr::from_ref(citation));
        Some(citation)
    }

    /// Returns whether old citations are found by where they stand.
    pub(super) fn has_positioned_citations(&self) -> bool {
        !self.citations_by_start.is_empty()
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
                let title = non_blank(&entry.title).or(non_blank(&entry.attribution)).unwrap_or_default();
                pages.insert(
                    (turn, kind, index),
                    Page { title, url: non_blank(&entry.url).unwrap_or_default() },
                );
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
            list.add(non_blank(&remembered.title), non_blank(&remembered.url), "");
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
pub(super) fn is_shown_as_nothing(reference: &Reference<'_>) -> bool {
    matches!(
        reference.kind.as_deref().unwrap_or_default(),
        "hidden" | "sources_footnote" | "attribution" | "image_v2"
    )
}
