//! What the subcommands with a query find.

use crate::{
    library::Library,
    search::{
        Query,
        worker::{self, Results},
    },
};

/// Finds the conversations with all words of a query, and with `loose` those with some below them.
pub(super) fn find(query: &Query, library: &Library, by_date: bool, loose: bool) -> Results {
    if loose {
        return worker::search_both_tiers(query, library, by_date, false);
    }
    worker::search(query, library, by_date)
}

/// Returns the advice where no conversation of a library has all of a query, and some of its words would do.
pub(super) fn loose_advice(query: &Query, library: &Library) -> Option<&'static str> {
    (!library.is_empty() && query.has_loose_words())
        .then_some("no conversation has all of it; --loose finds those with some of the words")
}
