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

/// Returns the advice where no conversation has all of a query, and less would do.
pub(super) fn loose_advice(query: &Query) -> Option<&'static str> {
    match query.loose_word_count() {
        0 => None,
        1 => Some("no conversation has all of it: --loose looks for words that are written alike"),
        _ => Some("no conversation has all of it: --loose looks for some of the words"),
    }
}

/// Tells that nothing was found, and what would find more; `is_loose`: less than all of it would have done. Of an archive
/// without conversations that is told already.
pub(super) fn tell_nothing_found(query: &Query, is_library_empty: bool, is_loose: bool) {
    if is_library_empty {
        return;
    }
    let advice = loose_advice(query);
    match advice {
        Some(advice) if !is_loose => tell(advice),
        Some(_) => tell("no conversation has any of it, or words that are written alike"),
        None => tell("no conversation has it"),
    }
}
