//! A search takes time by the length of what is searched, whatever that is made of: not by the square of a run of accents
//! or blanks in it.

use std::{hint::black_box, time::Duration};

use unspool::{
    library::Library,
    search::{Clock, Matcher, Query, worker::search},
};

use crate::support::{
    conversations::{answer, chain},
    cost,
};

/// What joins with what stands before it, is passed over, or looks like the beginning of a hit and is none.
const UNITS: &[&str] = &[
    "\u{301}",
    "a\u{301}",
    "\u{345}",
    "e\u{301}\u{302} ",
    "\u{3099}",
    "\u{ff9e}",
    "\u{1112}\u{1161}\u{11ab}",
    "\u{1161}",
    "😀\u{200d}",
    "\u{ad}",
    "\u{200b}",
    "\u{a0}",
    " ",
    "q é ",
    "qa",
    "q*",
    "qﬃ",
];

/// Queries, each of another kind.
const QUERIES: &[&str] = &[
    "q",
    "é",
    "qa b",
    "\"\u{301}\"",
    "\"\u{345}\"",
    "\" é\"",
    "\" q\"",
    "\"q é q\"",
    r"/\p{M}/",
    "/./",
    "title:abcd",
    "q OR é OR \"q é\" OR /q./",
    "qa b OR q",
];

/// The time of everything that is asked about one conversation.
fn time_of(query: &Query, text: &str) -> Duration {
    let matcher = Matcher::new(query);
    let conversation = chain(text, [answer(text)]);
    let mut library = Library::new();
    library.add(vec![conversation.clone()]);
    let library = std::sync::Arc::new(library);
    let ((), spent) = cost::of_thread(|| {
        black_box(matcher.matches(&conversation));
        black_box(matcher.score(&conversation));
        black_box(matcher.hits(&conversation));
        black_box(matcher.messages(&conversation));
        black_box(matcher.count(&conversation, 10_000));
        black_box(matcher.snippet(&conversation, 120));
        black_box(matcher.title_marks(text));
        black_box(search(query, &library, false));
    });
    spent.unwrap_or_default()
}

#[test]
fn whatever_a_text_consists_of_it_is_searched_in_time_by_its_length() {
    for query in QUERIES {
        let parsed = Query::parse(query, &Clock::EPOCH);
        for unit in UNITS {
            let cost = |bytes: usize| time_of(&parsed, &unit.repeat(bytes / unit.len()));
            let (one, two, four) = (cost(10_000), cost(20_000), cost(40_000));
            let fits = four <= one * 8 + Duration::from_millis(100);
            assert!(fits, "{query} in {unit:?}: {one:?}, twice as much {two:?}, four times as much {four:?}");
        }
    }
}
