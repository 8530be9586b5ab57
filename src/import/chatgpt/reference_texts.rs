//! What a reference says and what stands in its place does not.

use super::{
    marker,
    named_sources::{MAX_LINKS, MAX_SOURCES, alt_text},
    shape::non_blank,
    source_shape::{Item, Reference},
};
use crate::import::unread::push_raw_line;

/// The bytes of what stands in the place of a reference that are looked through for what else it says; the rest is told
/// once more.
const MAX_COMPARED: usize = 4 << 20;

/// Appends what a reference says and what stands in its place does not, a line each.
pub(super) fn push_reference_texts(reference: &Reference<'_>, shown: &str, out: &mut String) {
    let mut left = MAX_COMPARED;
    let mut is_shown = |words: &str| {
        left = left.saturating_sub(shown.len());
        left > 0 && memchr::memmem::find(shown.as_bytes(), words.as_bytes()).is_some()
    };
    let mut add = |text: Option<&str>| {
        if let Some(words) = text.filter(|words| words.contains(char::is_alphanumeric) && !is_shown(words)) {
            push_line(words, out);
        }
    };
    // Their sources are listed at the end of the message.
    let listed = reference.kind.as_deref() == Some("sources_footnote");
    for own in [&reference.title, &reference.name, &reference.url, &reference.cloud_url] {
        add(non_blank(own));
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
        let (title, url) = (non_blank(&item.0.title), non_blank(&item.0.url));
        if url.is_none() {
            push_item_texts(item, &mut add);
        } else {
            add(non_blank(&item.0.name));
            add(non_blank(&item.0.attribution)
                .filter(|name| title.is_some() && !url.unwrap_or_default().contains(name)));
        }
    }
}

/// Gives what a source says to `add`.
fn push_item_texts(item: &Item<'_>, add: &mut impl FnMut(Option<&str>)) {
    let item = &item.0;
    let url = non_blank(&item.url);
    for own in [&item.title, &item.name, &item.url, &item.content_url, &item.price, &item.address] {
        add(non_blank(own));
    }
    // Mostly the host of the address.
    add(non_blank(&item.attribution).filter(|name| !url.unwrap_or_default().contains(name)));
    for page in item.supporting.iter().take(MAX_LINKS).chain(item.image.0.as_deref()) {
        add(non_blank(&page.title));
        add(non_blank(&page.url));
        let url = non_blank(&page.url).unwrap_or_default();
        add(non_blank(&page.attribution).filter(|name| !url.contains(name)));
    }
}

/// Appends a line, without the marks that may be in it.
pub(super) fn push_line(words: &str, out: &mut String) {
    if marker::may_be_in(words) {
        push_raw_line(&marker::without_marker_chars(words), out);
    } else {
        push_raw_line(words, out);
    }
}
