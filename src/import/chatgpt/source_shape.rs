//! The fields of what a message names as its sources: references, citations, pages that were found.

use std::borrow::Cow;

use serde::de::MapAccess;

use super::left_out::{left_out, left_out_of_files};
use crate::import::json::{Lenient, Maybe, MaybeText, MemoryBudget, OneOrMany, Raw, UnclaimedValue, record};

record! {
    /// The pages of one site that a search found.
    SearchGroup<'de> keeps all but left_out {
        domain: MaybeText<'de> = "domain",
        entries: OneOrMany<SearchEntry<'de>> = "entries",
    }
}

record! {
    /// A page that a search found.
    SearchEntry<'de> keeps all but left_out {
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        attribution: MaybeText<'de> = "attribution",
        snippet: Raw<'de> = "snippet",
        ref_id: RefId<'de> = "ref_id",
    }
}

record! {
    /// The parts of `turn0search3`, by which a marker names a page.
    RefId<'de> keeps all but left_out {
        turn: Option<f64> = "turn_index",
        kind: MaybeText<'de> = "ref_type",
        index: Option<f64> = "ref_index",
    }
}

record! {
    /// A conversation that the memory of an answer is from.
    Remembered<'de> keeps all but left_out {
        citation: Maybe<Item<'de>> = "citation",
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
    }
}

record! {
    /// The pages a browsing tool saw.
    CiteMetadata<'de> keeps all but left_out {
        list: OneOrMany<SeenPage<'de>> = "metadata_list",
    }
}

record! {
    /// A page that was seen.
    SeenPage<'de> keeps all but left_out {
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        attribution: MaybeText<'de> = "attribution",
    }
}

record! {
    /// An element of `metadata.citations[]`: the target of a 【…†…】.
    OldCitation<'de> keeps all but left_out {
        start: Option<f64> = "start_ix",
        metadata: OldCitationMetadata<'de> = "metadata",
    }
}

record! {
    /// The page or file an [`OldCitation`] cites.
    OldCitationMetadata<'de> keeps all but left_out_of_files {
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        url: MaybeText<'de> = "url",
        extra: OldCitationExtra<'de> = "extra",
    }
}

record! {
    /// The number of the message that an [`OldCitation`] cites.
    OldCitationExtra<'de> keeps all but left_out {
        message: Option<f64> = "cited_message_idx",
    }
}

record! {
    /// An element of `metadata.content_references[]`: the target of a citation marker.
    Reference<'de> keeps all but left_out_of_files {
        matched: MaybeText<'de> = "matched_text",
        kind: MaybeText<'de> = "type",
        alt: MaybeText<'de> = "alt",
        name: MaybeText<'de> = "name",
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        cloud_url: MaybeText<'de> = "cloud_doc_url",
        items: OneOrMany<Item<'de>> = "items",
        fallback: OneOrMany<Item<'de>> = "fallback_items",
        sources: OneOrMany<Item<'de>> = "sources",
        products: OneOrMany<Item<'de>> = "products",
        product: Maybe<Item<'de>> = "product",
        businesses: OneOrMany<Item<'de>> = "businesses",
        images: OneOrMany<Item<'de>> = "images",
        safe_urls: OneOrMany<Item<'de>> = "safe_urls",
    }
}

record! {
    /// A source of a reference.
    ItemFields<'de> keeps all but left_out_of_files {
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        url: MaybeText<'de> = "url",
        content_url: MaybeText<'de> = "content_url",
        attribution: MaybeText<'de> = "attribution",
        price: MaybeText<'de> = "price",
        address: MaybeText<'de> = "address",
        image: Maybe<SeenPage<'de>> = "image_result",
        supporting: OneOrMany<SeenPage<'de>> = "supporting_websites",
    }
}

/// A source of a reference: an object, or its address alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item<'de>(pub ItemFields<'de>);

impl<'de> Lenient<'de> for Item<'de> {
    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        if text.contains("://") {
            return Self(ItemFields { url: Some(text), ..ItemFields::default() });
        }
        Self(ItemFields { title: Some(text), ..ItemFields::default() })
    }

    fn from_list<A: serde::de::SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        ItemFields::from_list(list, budget).map(Self)
    }

    fn from_map<A: MapAccess<'de>>(map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        ItemFields::from_map(map, budget).map(Self)
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        self.0.unread(parent_key, visit);
    }
}
