//! A search of conversations that are let go finds what the search of a whole library finds: the same rows in the same
//! order, with the same scores, words that are missing, stand-ins and passages.

use proptest::prelude::*;
use unspool::{
    archive::{Archive, Limits, Location},
    conversation::{Conversation, ConversationMeta, MessageDraft, Role, Time, Visibility},
    library::Library,
    search::{Clock, Query},
};

use crate::support::{
    conversations::{dated, tree, with_meta},
    exports,
    streamed::assert_streams_alike,
};

fn assert_alike(library: &Library, text: &str) {
    assert_streams_alike(library, &Query::parse(text, &Clock::EPOCH));
}

/// Words that are each other's forms, abbreviations, neighbours and pieces, and some of other scripts.
const WORDS: [&str; 40] = [
    "letter",
    "letters",
    "lettr",
    "latter",
    "better",
    "kubernetes",
    "k8s",
    "kuberntes",
    "the",
    "and",
    "that",
    "und",
    "der",
    "nicht",
    "run",
    "running",
    "runs",
    "runner",
    "conversation",
    "conversations",
    "converse",
    "café",
    "cafe",
    "Cafe",
    "naïve",
    "日本語",
    "日本",
    "語",
    "Привет",
    "приветы",
    "a",
    "b2",
    "docker",
    "dockr",
    "volumes",
    "volume",
    "database",
    "db",
    "c++",
    "what's",
];

/// What a query may be made of beside words.
const CLAUSES: [&str; 14] = [
    "\"the letter\"",
    "-docker",
    "-\"run\"",
    "title:letter",
    "role:user",
    "role:assistant",
    "has:code",
    "/r[uo]n/",
    "(letter OR volume)",
    "letter OR volume",
    "Letter",
    "in:tools",
    "in:reasoning",
    "after:1970-01-05",
];

fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(&WORDS[..]).prop_map(str::to_owned);
    prop_oneof![12 => known, 2 => "[a-e]{3,9}", 1 => "[abn]{60,70}", 1 => "[éa日\u{301}]{1,4}"]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        (word(), prop::sample::select(&[" ", ", ", "\n", "-", "_", "’", " \u{301}"][..])),
        0..14,
    )
    .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap.to_owned()]).collect())
}

/// A message: its text, whose it is, how it is treated, and whether it begins a branch, which a 2 says.
type Said = (String, u8, u8, usize);

#[derive(Clone, Debug)]
struct Made {
    id: u8,
    title: String,
    day: Option<i64>,
    said: Vec<Said>,
}

fn made() -> impl Strategy<Value = Made> {
    let said = prop::collection::vec((text(), 0_u8..3, 0_u8..8, 1_usize..3), 0..6);
    (0_u8..40, text(), prop::option::of(0_i64..9), said).prop_map(|(id, title, day, said)| Made {
        id,
        title,
        day,
        said,
    })
}

fn conversation(made: &Made) -> Conversation {
    let id = format!("id-{}", made.id);
    let title = if made.title.trim().is_empty() { "Untitled" } else { made.title.trim() };
    let meta = dated(&id, title, made.day.unwrap_or(0));
    let meta = ConversationMeta { updated: made.day.and(meta.updated), ..meta };
    let drafts = made.said.iter().enumerate().map(|(number, (text, role, visibility, _))| MessageDraft {
        time: Some(Time(number as i64)),
        visibility: match visibility {
            0 => Visibility::Hidden,
            1 | 2 => Visibility::Folded,
            _ => Visibility::Shown,
        },
        ..MessageDraft::new([Role::User, Role::Assistant, Role::Tool][usize::from(*role)], text)
    });
    let is_forked = made.said.iter().any(|said| said.3 > 1);
    if !is_forked {
        return with_meta(meta, drafts);
    }
    // Some begin a branch at the first.
    let parents = made.said.iter().enumerate().map(|(number, said)| match number {
        0 => None,
        number => Some(if said.3 > 1 { 0 } else { number - 1 }),
    });
    let drafts = parents.zip(drafts).map(|(parent, draft)| MessageDraft { parent, ..draft });
    tree(meta, drafts, Some(made.said.len() / 2))
}

fn query() -> impl Strategy<Value = String> {
    let clause = prop::sample::select(&CLAUSES[..]).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![4 => word(), 1 => clause], 1..4).prop_map(|clauses| clauses.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_query_finds_the_same_in_any_library(made in prop::collection::vec(made(), 0..40), queries in prop::collection::vec(query(), 4)) {
        let mut library = Library::new();
        library.add(made.iter().map(conversation).collect());
        for query in queries {
            assert_alike(&library, &query);
        }
    }
}

#[test]
fn any_words_find_the_same_in_the_demo() {
    let archive = Archive::open(&Location::Demo, Limits::default()).unwrap();
    let (library, _) = exports::load(&[archive]);
    let mut words: Vec<String> = Vec::new();
    for handle in library.by_date() {
        let text = library.get(*handle).readable_text();
        words.extend(text.split_whitespace().step_by(211).map(str::to_owned));
    }
    for (place, pair) in words.chunks(3).enumerate().step_by(7) {
        let mut misspelt: Vec<char> = pair[0].chars().collect();
        misspelt.truncate(20);
        let last = misspelt.len() - 1;
        misspelt.swap(last, last / 2);
        let misspelt: String = misspelt.into_iter().collect();
        match place % 3 {
            0 => assert_alike(&library, &pair.join(" ")),
            1 => assert_alike(&library, &pair[0]),
            _ => assert_alike(&library, &format!("{misspelt} {}", pair[pair.len() - 1])),
        }
    }
    for query in
        ["ingress timeout", "lettr", "k8s", "the and of", "role:user docker", "\"of the\" tea", "zzzz"]
    {
        assert_alike(&library, query);
    }
}

#[test]
fn of_more_than_a_thousand_the_same_are_judged() {
    let mut library = Library::new();
    let mut conversations = Vec::new();
    for number in 0..5_000_u32 {
        let gap = " x".repeat(number as usize % 7 * 3);
        let (id, text) = (format!("id-{number}"), format!("one{gap} two, and one of two"));
        let text = if number % 5 == 0 { text } else { format!("one{gap}s two") };
        let meta = dated(&id, "Title", i64::from(number * 7 % 4_096));
        conversations.push(with_meta(meta, [MessageDraft::new(Role::User, &text)]));
    }
    library.add(conversations);
    assert_alike(&library, "one two");
    assert_alike(&library, "one two three");
}

#[test]
fn what_is_folded_counts_alike_where_an_expression_binds_too() {
    let folded =
        MessageDraft { visibility: Visibility::Folded, ..MessageDraft::new(Role::Tool, "running it") };
    let shown = MessageDraft::new(Role::User, "why does it run");
    let mut library = Library::new();
    library.add(vec![with_meta(dated("a", "Untitled", 1), vec![shown, folded])]);
    for query in
        ["running in:tools /r[uo]n/", "running apart role:tool /r[uo]n/", "runing has:secret in:tools"]
    {
        assert_alike(&library, query);
    }
}
