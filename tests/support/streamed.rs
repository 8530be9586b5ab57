//! A search of conversations that are let go, held against the search of a whole library.

use unspool::{
    conversation::ConversationSummary,
    library::{ConversationHandle, Library},
    search::{
        Query,
        streamed::{FoundRows, StreamedSearch},
        worker::{self, Results, Tier},
    },
};

/// Shows each conversation of a library to a search, as they are read, and lets it put together what it noted.
pub fn streamed(search: &StreamedSearch, library: &Library) -> FoundRows {
    let conversations =
        (0..library.handle_bound()).map(|handle| library.get(ConversationHandle(handle as u32)));
    let mut summaries = Library::new();
    summaries.add(conversations.clone().map(ConversationSummary::of).collect());
    let notes: Vec<_> = conversations.map(|conversation| search.look(conversation)).collect();
    search.rows(&summaries, &notes)
}

/// Asserts that a query finds the same in conversations that pass, with all of the words and with some.
pub fn assert_streams_alike(library: &Library, query: &Query) {
    let whole = worker::search(query, library, false);
    let passing = streamed(&StreamedSearch::for_all_words(query), library);
    assert_eq!(passing.rows, *whole.rows, "{query}");
    let whole = worker::search_both_tiers(query, library, false, false);
    let search = StreamedSearch::for_both_tiers(query);
    let passing = streamed(&search, library);
    assert_eq!(passing.rows, *whole.rows, "both tiers: {query}");
    assert_eq!(passing.first_tier_count, whole.first_tier_count, "{query}");
    assert_second_tiers_alike(library, query, &passing, &whole);
}

fn assert_second_tiers_alike(library: &Library, query: &Query, passing: &FoundRows, whole: &Results) {
    let (Some(passing_tier), Some(whole_tier)) = (&passing.second_tier, &whole.second_tier) else {
        assert_eq!(passing.second_tier.is_some(), whole.second_tier.is_some(), "{query}");
        return;
    };
    assert_eq!(passing_tier.words, whole_tier.words, "{query}");
    assert_eq!(passing_tier.substitutions, whole_tier.substitutions, "{query}");
    for (one, other) in passing.rows.iter().zip(&*whole.rows) {
        let missing: Vec<&str> = passing_tier.missing(one).collect();
        assert_eq!(missing, whole_tier.missing(other).collect::<Vec<_>>(), "{query}");
        if let (Tier::SomeWords { .. }, Some(message)) = (one.tier, one.best_message) {
            let conversation = library.get(one.handle);
            let snippet =
                |matcher: &unspool::search::Matcher| matcher.snippet_of(conversation, message as usize, 60);
            assert_eq!(snippet(&passing_tier.matcher), snippet(&whole_tier.matcher), "{query}");
        }
    }
}
