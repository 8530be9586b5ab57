//! What the subcommands with a query find.

use super::{GlobalSettings, output::tell};
use crate::search::{Query, streamed::StreamedSearch};

/// Reads a query, and tells what of it is not understood or means nothing here.
pub(super) fn parsed_query(text: &str, global: &GlobalSettings) -> Query {
    let query = Query::parse(text, &global.clock());
    for problem in query.problems() {
        tell(&format!("in the query, at character {}: {}", problem.column + 1, problem.reason));
    }
    if query.asks_for_marks() {
        tell("is:marked is for the screen: nothing is marked here");
    }
    query
}

/// Prepares the search for the conversations with all words of a query, and with `loose` for those with some below them.
pub(super) fn streamed_search(query: &Query, loose: bool) -> StreamedSearch {
    if loose { StreamedSearch::for_both_tiers(query) } else { StreamedSearch::for_all_words(query) }
}

/// Returns the advice where no conversation has all of a query, and some of its words would do; not where there is no
/// conversation at all.
pub(super) fn loose_advice(query: &Query, is_library_empty: bool) -> Option<&'static str> {
    (!is_library_empty && query.has_loose_words())
        .then_some("no conversation has all of it: --loose looks for some of the words")
}
