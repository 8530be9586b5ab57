//! The pages that words cite and that tools found.

use super::{shape::BlockFields, unread::MessageExtras};
use crate::{
    conversation::{Annotation, AnnotationKind, Link},
    import::expansion_budget::ExpansionBudget,
};

/// The number of pages listed for one stretch of words.
const MAX_SOURCES: usize = 1_000;

/// Adds the pages that words cite, each once; what a citation says besides is kept.
pub(super) fn add_cited_pages(
    fields: &BlockFields<'_>,
    links: &mut Vec<Link>,
    rest: &mut MessageExtras,
    growth: &ExpansionBudget,
) {
    for cited in fields.citations.iter() {
        let own = (&cited.title, if cited.url.is_some() { &cited.url } else { &cited.details.url });
        let others = cited.sources.iter().map(|source| (&source.title, &source.url));
        let mut shares = false;
        for (title, url) in std::iter::once(own).chain(others) {
            // One title may be that of many sources.
            let shared = || cited.details.title.as_deref().filter(|shared| growth.spend(shared.len()));
            let named = title.as_deref().or_else(|| {
                shares = true;
                shared()
            });
            if !add_link(named, url.as_deref(), links) {
                rest.keep_text("title", title);
            }
        }
        if !shares || links.iter().all(|link| Some(&*link.title) != cited.details.title.as_deref()) {
            rest.keep_text("title", &cited.details.title);
        }
        if cited.url.is_some() && cited.url != cited.details.url {
            rest.keep_text("url", &cited.details.url);
        }
    }
}

/// Adds a page, unless it has no address or is there already. Returns whether it is there with this title.
pub(super) fn add_link(title: Option<&str>, url: Option<&str>, links: &mut Vec<Link>) -> bool {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return false };
    let title = title.unwrap_or_default();
    if let Some(known) = links.iter().find(|link| &*link.url == url) {
        return title.is_empty() || &*known.title == title;
    }
    let is_added = links.len() < MAX_SOURCES;
    if is_added {
        links.push(Link { title: title.into(), url: url.into() });
    }
    is_added
}

/// Keeps the pages that a tool found: a citation may name one by its address alone.
pub(super) fn keep_found_pages(parts: &[Annotation], found: &mut Vec<Link>) {
    for part in parts {
        if let AnnotationKind::ListedSources(links) = &part.detail {
            found.extend(links.iter().take(MAX_SOURCES - found.len().min(MAX_SOURCES)).cloned());
        }
    }
}

/// Gives cited pages without a title that of the page that was found there.
pub(super) fn name_by_found_pages(sources: &mut [Link], found: &[Link], growth: &ExpansionBudget) {
    // A page that a tool found once may be cited many times.
    for source in sources.iter_mut().filter(|source| source.title.is_empty()) {
        if let Some(page) = found.iter().find(|page| page.url == source.url)
            && growth.spend(page.title.len())
        {
            source.title = page.title.clone();
        }
    }
}

/// Returns pages as a part at the end of a text; nothing for no page.
pub(super) fn sources_annotation(links: Vec<Link>, text: &str) -> Vec<Annotation> {
    if links.is_empty() {
        return Vec::new();
    }
    let end = text.len() as u32;
    vec![Annotation { range: end..end, detail: AnnotationKind::ListedSources(links.into()) }]
}
