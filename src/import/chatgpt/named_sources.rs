//! The sources that a reference names: pages, products, places, files.

use super::{
    shape::non_blank,
    source_shape::{Item, Reference},
};
use crate::conversation::Link;

/// The number of sources of one reference that are named.
pub(super) const MAX_LINKS: usize = 50;
/// The number of sources listed at the end of a message.
pub(super) const MAX_SOURCES: usize = 1_000;

/// A page, product or place that a reference names.
pub(super) struct NamedSource {
    pub link: Link,
    /// A price, an address; may be empty.
    pub detail: String,
}

/// Sources, each once.
#[derive(Default)]
pub(super) struct NamedSources(pub Vec<NamedSource>);

impl NamedSources {
    /// Adds a source, unless nothing is known of it or it is there already.
    pub(super) fn add(&mut self, title: Option<&str>, url: Option<&str>, detail: &str) {
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

    /// Adds a source of a reference, with the pages that are in it.
    pub(super) fn item(&mut self, item: &Item<'_>) {
        let item = &item.0;
        let title = non_blank(&item.title).or(non_blank(&item.name)).or(non_blank(&item.attribution));
        let detail = [non_blank(&item.price), non_blank(&item.address)];
        let detail: Vec<&str> = detail.into_iter().flatten().collect();
        self.add(title, non_blank(&item.url).or(non_blank(&item.content_url)), &detail.join(", "));
        if let Some(image) = &item.image.0 {
            self.add(non_blank(&image.title), non_blank(&image.url), "");
        }
        for page in item.supporting.iter() {
            self.add(non_blank(&page.title), non_blank(&page.url), "");
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
        let title = non_blank(&reference.title).or(non_blank(&reference.name));
        let url = non_blank(&reference.url).or(non_blank(&reference.cloud_url));
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
        let title = non_blank(&item.0.title).or(non_blank(&item.0.attribution));
        let Some(url) = non_blank(&item.0.url) else { continue };
        if seen.insert(url) {
            links.push(Link { title: title.unwrap_or_default().into(), url: url.into() });
        }
    }
    links
}

/// Returns the alt text of a reference, if that says anything: `()` and the like do not.
pub(super) fn alt_text<'a>(reference: &'a Reference<'_>) -> Option<&'a str> {
    non_blank(&reference.alt).filter(|alt| alt.contains(char::is_alphanumeric))
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
