//! What a query finds: every form of the query language over a small library made for it, in the order it promises.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock, mpsc},
};

use crate::support::{
    conversations::{dated, tree, with_meta},
    cost,
    streamed::assert_streams_alike,
};
use proptest::prelude::*;
use unspool::{
    conversation::{
        Annotation, AnnotationKind, Attachment, Conversation, ConversationMeta, Link, Media, MessageDraft,
        MessageKind, Provider, Role, Time, Visibility,
    },
    library::{ConversationHandle, Library},
    search::{
        Clock, Matcher, Query,
        worker::{ClauseCounts, Request, Results, Tier, Worker, search, search_both_tiers},
    },
};

const DAY: i64 = 86_400_000_000;

/// A conversation in the making.
struct Made<'a> {
    heading: ConversationMeta<'a>,
    drafts: Vec<MessageDraft<'a>>,
}

/// `day` counts from 1970-01-01.
fn made<'a>(id: &'a str, title: &'a str, day: i64) -> Made<'a> {
    Made { heading: dated(id, title, day), drafts: Vec::new() }
}

impl<'a> Made<'a> {
    fn says(self, role: Role, text: &'a str) -> Self {
        self.draft(MessageDraft::new(role, text))
    }

    fn draft(mut self, draft: MessageDraft<'a>) -> Self {
        self.drafts.push(draft);
        self
    }

    fn heading(mut self, change: impl FnOnce(&mut ConversationMeta<'a>)) -> Self {
        change(&mut self.heading);
        self
    }

    fn done(self) -> Conversation {
        with_meta(self.heading, self.drafts)
    }
}

/// One message of each text, by the person.
fn library(texts: &[(&'static str, &'static str, &str)]) -> Library {
    let mut library = Library::new();
    let conversations = texts.iter().enumerate();
    library.add(
        conversations
            .map(|(day, (id, title, text))| made(id, title, day as i64).says(Role::User, text).done())
            .collect(),
    );
    library
}

fn query(text: &str) -> Query {
    Query::parse(text, &Clock::EPOCH)
}

fn found(library: &Library, text: &str) -> Vec<String> {
    assert_streams_alike(library, &query(text));
    let results = search(&query(text), library, false);
    results.rows.iter().map(|row| library.get(row.handle).id.to_string()).collect()
}

fn both_tiers(library: &Library, text: &str) -> Results {
    assert_streams_alike(library, &query(text));
    search_both_tiers(&query(text), library, false, false)
}

/// The conversations of the second tier, each with the words that it lacks.
fn found_with_some(library: &Library, text: &str) -> Vec<(String, Vec<String>)> {
    let results = both_tiers(library, text);
    let Some(second_tier) = &results.second_tier else { return Vec::new() };
    let rows = results.rows[results.first_tier_count..].iter();
    rows.map(|row| {
        let missing = second_tier.missing(row).map(str::to_owned).collect();
        (library.get(row.handle).id.to_string(), missing)
    })
    .collect()
}

fn problem(text: &str) -> (usize, String) {
    let query = query(text);
    let [problem] = query.problems() else { panic!("{text}: {:?}", query.problems()) };
    (problem.column, problem.reason.clone())
}

#[test]
fn all_words_must_be_somewhere_and_none_of_the_excluded() {
    let library = library(&[
        ("both", "One", "the ingress and its timeout"),
        ("title", "Timeouts of an ingress", "nothing to add"),
        ("mixed", "Timeout", "of the ingress"),
        ("one", "Other", "an ingress"),
    ]);
    let mut all = found(&library, "ingress timeout");
    all.sort();
    assert_eq!(all, ["both", "mixed", "title"]);
    assert_eq!(found(&library, "ingress -timeout"), ["one"]);
    assert_eq!(found(&library, "ingress -\"its timeout\" -title:timeout"), ["one"]);
    assert_eq!(found(&library, "").len(), 4);
}

#[test]
fn of_alternatives_any_will_do_and_the_hits_are_those_of_all() {
    let library = library(&[
        ("tea", "A", "tea at five, no milk"),
        ("coffee", "B", "Coffee at ten, and coffee at noon"),
        ("both", "C", "coffee or tea?"),
        ("title", "Teapots", "of clay"),
        ("none", "D", "water at noon"),
    ]);
    let sorted = |text: &str| {
        let mut found = found(&library, text);
        found.sort();
        found
    };
    assert_eq!(sorted("tea OR coffee"), ["both", "coffee", "tea", "title"]);
    assert_eq!(sorted("at tea OR coffee"), ["coffee", "tea"], "the blank binds less than OR");
    assert_eq!(sorted("/^tea/ OR \"at noon\" OR clay"), ["coffee", "none", "tea", "title"]);
    assert_eq!(sorted("title:teapots OR title:d"), ["none", "title"]);
    assert_eq!(sorted("tea OR coffee -milk"), ["both", "coffee", "title"]);
    assert_eq!(sorted("-tea OR coffee"), ["coffee"], "what is excluded is never there");
    assert_eq!(sorted("tea or coffee"), ["both"], "in small letters it is a word");
    assert_eq!(sorted("tea OR").len(), 0, "a word in capitals is matched by case");
    assert_eq!(sorted("日本 OR milk"), ["tea"]);

    let counts = |text: &str| search(&query(text), &library, false).hits;
    assert_eq!(counts("tea OR coffee"), 5);
    assert_eq!(counts("at OR \"coffee at\""), 5, "hits that overlap are one");
    let coffee = library.get(library.find_by_id("coffee")[0]);
    let matcher = Matcher::new(&query("noon OR coffee"));
    let hits: Vec<_> = matcher.hits(coffee).into_iter().map(|hit| hit.range).collect();
    assert_eq!(hits, [0..6, 19..25, 29..33]);
}

#[test]
fn case_matters_when_it_is_typed() {
    let library = library(&[("upper", "A", "Rust is RUST"), ("lower", "B", "rust never sleeps")]);
    assert_eq!(found(&library, "rust").len(), 2);
    assert_eq!(found(&library, "Rust"), ["upper"]);
    assert_eq!(found(&library, "/\\Brust\\B|RU/"), ["upper"]);
    assert_eq!(found(&library, "/\\Wi[S]/").len(), 0);
    assert_eq!(found(&library, "/RUST/"), ["upper"]);
}

#[test]
fn accents_and_width_are_ignored_unless_they_are_typed() {
    let library = library(&[
        ("accent", "A", "a Café in Zürich"),
        ("plain", "B", "a cafe in Zurich"),
        ("apart", "C", "a cafe\u{301}"),
        ("wide", "D", "ＣＡＦＥ"),
    ]);
    assert_eq!(found(&library, "cafe").len(), 4);
    let mut accented = found(&library, "café");
    accented.sort();
    assert_eq!(accented, ["accent", "apart"]);
    assert_eq!(found(&library, "ｃａｆｅ"), ["wide"]);
    assert_eq!(found(&library, "zurich").len(), 2);
    assert_eq!(found(&library, "\"cafe in\"").len(), 2);
}

#[test]
fn chinese_and_japanese_need_no_blanks() {
    let library = library(&[("ja", "日本語の練習", "私は東京に住んでいます"), ("zh", "B", "北京")]);
    assert_eq!(found(&library, "東京"), ["ja"]);
    assert_eq!(found(&library, "京").len(), 2);
    assert_eq!(found(&library, "title:日本"), ["ja"]);
}

#[test]
fn a_phrase_holds_over_line_ends_but_not_from_message_to_message() {
    let mut library = library(&[("broken", "A", "as an\n    example")]);
    library.add(vec![
        made("split", "B", 9).says(Role::User, "this is as an").says(Role::Assistant, "example").done(),
    ]);
    assert_eq!(found(&library, "\"as an example\""), ["broken"]);
    assert_eq!(found(&library, "\"as an exam"), ["broken"]);
    assert_eq!(problem("x \"as an exam"), (2, "the quote is not closed".into()));
}

#[test]
fn an_expression_is_matched_by_line() {
    let library = library(&[("a", "A", "error 404\nend"), ("b", "B", "an error of 404")]);
    assert_eq!(found(&library, "/^error \\d+$/"), ["a"]);
    assert_eq!(found(&library, "/error( of)? 404/").len(), 2);
    assert_eq!(problem("/a(b/").0, 0);
    assert_eq!(problem("say /a(b").1, "an expression ends with / and a space: searched as it stands");
}

#[test]
fn a_broken_expression_is_searched_as_it_stands() {
    let library = library(&[("a", "A", "call f(x now")]);
    assert_eq!(found(&library, "/f(x/"), ["a"]);
}

#[test]
fn a_title_is_searched_fuzzily_from_four_letters_on_in_the_second_tier() {
    let library = library(&[("k", "Kubernetes ingress", "x"), ("other", "Keep the urban bees", "x")]);
    assert_eq!(found(&library, "kbrntes").len(), 0);
    assert_eq!(found_with_some(&library, "kbrntes"), [("k".to_owned(), Vec::new())]);
    assert_eq!(both_tiers(&library, "kbrntes").rows[0].tier, Tier::TitleLetters);
    assert_eq!(found_with_some(&library, "title:kubrnetes").len(), 0, "what is asked of the title binds");
    assert_eq!(found_with_some(&library, "kbr").len(), 0);
    assert_eq!(found_with_some(&library, "\"kubrnetes\"").len(), 0);
    assert_eq!(found_with_some(&library, "Kubrnetes").len(), 0, "a capital is meant");
    assert_eq!(found(&library, "title:\"ingress kub\"").len(), 0);
    assert_eq!(found(&library, "title:\"kubernetes ing\""), ["k"]);
    assert_eq!(found(&library, "\"kubrnetes\"").len(), 0, "in quotes it is that word");
    assert_eq!(found(&library, "\"bernete\""), ["k"]);
    assert_eq!(found(&library, "kubrnetes OR kbrntes").len(), 0, "alternatives are those words");
    assert_eq!(found(&library, "-kubrnetes").len(), 2, "nothing is excluded for being alike");
}

#[test]
fn a_role_says_which_messages_count_and_brings_the_folded_ones() {
    let output = MessageDraft {
        visibility: Visibility::Folded,
        kind: MessageKind::Output,
        ..MessageDraft::new(Role::Tool, "traceback in docker")
    };
    let conversation = made("a", "A", 1)
        .says(Role::User, "why does podman fail")
        .draft(output)
        .says(Role::Assistant, "it is the socket")
        .done();
    let mut library = Library::new();
    library.add(vec![conversation]);
    assert_eq!(found(&library, "role:user podman"), ["a"]);
    assert_eq!(found(&library, "role:assistant podman").len(), 0);
    assert_eq!(found(&library, "traceback").len(), 0);
    assert_eq!(found(&library, "role:tool traceback"), ["a"]);
    assert_eq!(found(&library, "role:tool role:user podman traceback"), ["a"]);
    assert_eq!(found(&library, "-role:tool").len(), 0);
    assert_eq!(found(&library, "ROLE:Tool"), ["a"]);
    assert_eq!(
        problem("x role:you"),
        (2, "role: takes user, assistant or tool; searched as it stands".into())
    );
}

#[test]
fn a_place_beside_the_conversation_is_looked_through_when_it_is_named_and_nothing_else_then() {
    let folded = |kind, role, text| MessageDraft {
        visibility: Visibility::Folded,
        kind,
        ..MessageDraft::new(role, text)
    };
    let file = Attachment {
        media: Media::File,
        id: "f".into(),
        name: "log.txt".into(),
        size: None,
        dimensions: None,
        mime: "".into(),
        prompt: "".into(),
        content: "the log".into(),
    };
    let annotations = vec![Annotation { range: 0..0, detail: AnnotationKind::Attachment(Box::new(file)) }];
    let mut library = Library::new();
    library.add(vec![
        made("all", "Title", 2)
            .draft(MessageDraft { annotations, ..MessageDraft::new(Role::User, "why does podman fail") })
            .draft(folded(MessageKind::Reasoning, Role::Assistant, "perhaps selinux"))
            .draft(folded(MessageKind::Call, Role::Assistant, "journalctl"))
            .draft(folded(MessageKind::Output, Role::Tool, "traceback"))
            .draft(folded(MessageKind::Instructions, Role::User, "be brief"))
            .draft(MessageDraft {
                visibility: Visibility::Hidden,
                ..folded(MessageKind::Output, Role::Tool, "bookkeeping")
            })
            .says(Role::Assistant, "it is the socket")
            .draft(MessageDraft {
                kind: MessageKind::Canvas,
                ..MessageDraft::new(Role::Assistant, "a unit file")
            })
            .done(),
        made("plain", "Plain", 1).says(Role::User, "podman").done(),
    ]);
    for (text, place) in [
        ("podman", "in:files"),
        ("\"unit file\"", "in:files"),
        ("selinux", "in:reasoning"),
        ("journalctl", "in:tools"),
        ("traceback", "in:tools"),
    ] {
        for named in ["in:files", "in:reasoning", "in:tools"] {
            let count = usize::from(named == place);
            assert_eq!(found(&library, &format!("{text} {named}")).len(), count, "{text} {named}");
        }
    }
    assert_eq!(found(&library, "podman traceback in:tools in:files"), ["all"], "any of several");
    assert_eq!(found(&library, "podman traceback in:tools OR in:files"), ["all"]);
    assert_eq!(found(&library, "role:assistant journalctl in:tools"), ["all"]);
    assert_eq!(found(&library, "role:assistant traceback in:tools").len(), 0);
    assert_eq!(found(&library, "title in:tools"), ["all"], "titles count as ever");
    assert_eq!(found(&library, "socket in:tools").len(), 0);
    assert_eq!(found(&library, "brief in:tools").len(), 0, "instructions are settings");
    assert_eq!(found(&library, "bookkeeping in:tools").len(), 0, "what is hidden is never searched");
    let second_tier = |text: &str| found_with_some(&library, text);
    assert_eq!(
        ids(&second_tier("traceback volcano in:tools")),
        ["all"],
        "the second tier reads what is folded too"
    );
    assert!(second_tier("socket volcano in:tools").is_empty());
    assert!(second_tier("traceback volcano").is_empty());
    assert_eq!(found(&library, "in:reasoning"), ["all"]);
    assert_eq!(found(&library, "-in:reasoning"), ["plain"]);
    assert_eq!(problem("in:title"), (0, "in: takes files, reasoning or tools; searched as it stands".into()));
}

#[test]
fn a_model_is_a_piece_of_a_slug_or_quoted_all_of_it() {
    let answer = |model| MessageDraft { model: Some(model), ..MessageDraft::new(Role::Assistant, "yes") };
    let mut library = Library::new();
    library.add(vec![
        made("mini", "A", 1).says(Role::User, "no").draft(answer("gpt-4o-mini")).done(),
        made("full", "B", 2).says(Role::User, "no").draft(answer("gpt-4o")).done(),
        made("default", "C", 3)
            .heading(|heading| heading.model = Some("o3"))
            .says(Role::Assistant, "yes")
            .done(),
    ]);
    assert_eq!(found(&library, "model:gpt-4o"), ["full", "mini"]);
    assert_eq!(found(&library, "model:\"gpt-4o\""), ["full"]);
    assert_eq!(found(&library, "model:MINI yes"), ["mini"]);
    assert_eq!(found(&library, "model:gpt no").len(), 0, "the person's words are not the model's");
    assert_eq!(found(&library, "model:o3 yes"), ["default"]);
    assert_eq!(found(&library, "-model:gpt"), ["default"]);
}

#[test]
fn dates_are_a_span_that_begins_where_named() {
    let span = |from: i64, to: i64| {
        move |heading: &mut ConversationMeta<'static>| {
            heading.created = Some(Time(from * DAY));
            heading.updated = Some(Time(to * DAY));
        }
    };
    let mut library = Library::new();
    // 2024-06-30 is day 19 904.
    library.add(vec![
        made("before", "A", 0).heading(span(19_890, 19_903)).says(Role::User, "x").done(),
        made("on", "B", 0).heading(span(19_904, 19_904)).says(Role::User, "x").done(),
        made("across", "C", 0).heading(span(19_903, 19_905)).says(Role::User, "x").done(),
        made("never", "D", 0)
            .heading(|heading| (heading.created, heading.updated) = (None, None))
            .says(Role::User, "x")
            .done(),
    ]);
    let sorted = |text: &str| {
        let mut found = found(&library, text);
        found.sort();
        found
    };
    assert_eq!(sorted("before:2024-06-30"), ["across", "before"]);
    assert_eq!(sorted("after:2024-06-30"), ["across", "on"]);
    assert_eq!(sorted("after:2024-06 before:2024-07"), ["across", "before", "on"]);
    assert_eq!(sorted("after:2024 before:2025").len(), 3);
    assert_eq!(sorted("after:2025").len(), 0);
    assert_eq!(sorted("date:2024-06-30"), ["on"]);
    assert_eq!(sorted("date:2024-07-01"), ["across"]);
    assert_eq!(sorted("date:2024-06-29 date:2024-07-01"), ["across", "before"]);
    assert_eq!(sorted("date:2024-06-16 OR date:2024-06-30"), ["before", "on"]);
    assert_eq!(sorted("-date:2024-06-30"), ["across", "before", "never"]);
    assert_eq!(sorted("date:2024").len(), 3);
    assert_eq!(problem("x after:june").0, 2);
}

#[test]
fn ages_count_from_the_day_that_it_is() {
    let mut library = Library::new();
    library.add(
        [("old", 100), ("week", 393), ("day", 399), ("today", 400)]
            .map(|(id, day)| made(id, id, day).says(Role::User, "x").done())
            .into(),
    );
    let found = |text: &str| {
        let clock = Clock { now: Time(400 * DAY + DAY / 2), ..Clock::EPOCH };
        let results = search(&Query::parse(text, &clock), &library, true);
        let ids = results.rows.iter().map(|row| library.get(row.handle).id.to_string());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(found("after:0d"), ["today"]);
    assert_eq!(found("after:1d"), ["today", "day"]);
    assert_eq!(found("after:1w"), ["today", "day", "week"]);
    assert_eq!(found("date:7d"), ["today", "day", "week"]);
    assert_eq!(found("before:1w"), ["old"]);
    assert_eq!(found("before:6d"), ["week", "old"]);
    assert_eq!(found("after:1y").len(), 4);
    assert_eq!(found("-date:1m"), ["old"]);
}

#[test]
fn what_stands_beside_a_message_is_found_as_its_text_is() {
    let link = |title: &str, url: &str| Link { title: title.into(), url: url.into() };
    let annotation = |detail| Annotation { range: 0..0, detail };
    let file = Attachment {
        media: Media::File,
        id: "f".into(),
        name: "budget.txt".into(),
        size: None,
        dimensions: None,
        mime: "".into(),
        prompt: "a heron at dawn".into(),
        content: "first line\nthe marmalade quarterly, the marmalade".into(),
    };
    let annotations = vec![
        annotation(AnnotationKind::Attachment(Box::new(file))),
        annotation(AnnotationKind::ListedSources(
            [link("Funicular times", "https://lifts.example/zug")].into(),
        )),
        annotation(AnnotationKind::QuotedPage(Box::new(link("Ridge walks", "https://paths.example")))),
    ];
    let draft = MessageDraft { annotations, ..MessageDraft::new(Role::User, "Read this") };
    let other = MessageDraft::new(Role::Assistant, "Done with the marmalade.");
    let mut library = library(&[("other", "Other", "nothing")]);
    library.add(vec![made("beside", "Beside", 9).draft(draft).draft(other).done()]);
    for typed in
        ["budget", "heron dawn", "marmalade quarterly", "funicular", "lifts.example", "ridge", "read zug"]
    {
        assert_eq!(found(&library, typed), ["beside"], "{typed}");
        assert_eq!(found(&library, &format!("role:user {typed}")), ["beside"], "{typed}");
    }
    assert_eq!(found(&library, "/^the.marmalade/"), ["beside"]);
    // No phrase goes from the text to what stands beside it, or from there to the next message.
    assert!(
        found(&library, "\"this budget\"").is_empty() && found(&library, "\"marmalade done\"").is_empty()
    );
    let conversation = library.get(library.by_date()[0]);
    let matcher = Matcher::new(&query("marmalade"));
    assert_eq!((matcher.count(conversation, 99), matcher.messages(conversation)), (3, vec![0, 1]));
    let said = matcher.hits(conversation);
    let words = |hit: &unspool::search::Hit| &conversation.message_words(hit.message)[hit.range.clone()];
    assert!(said.len() == 3 && said.iter().all(|hit| words(hit) == "marmalade"));
    let snippet = matcher.snippet_of(conversation, 0, 80).expect("a hit");
    assert_eq!(snippet.text, "first line the marmalade quarterly, the marmalade");
    assert_eq!(
        found_with_some(&library, "quarterly nowhere"),
        [("beside".to_owned(), vec!["nowhere".to_owned()])]
    );
}

#[test]
fn what_a_message_has_makes_it_count() {
    let attached = |media| {
        let attachment = Attachment {
            media,
            id: "f".into(),
            name: "".into(),
            size: None,
            dimensions: None,
            mime: "".into(),
            prompt: "".into(),
            content: "".into(),
        };
        vec![Annotation { range: 0..0, detail: AnnotationKind::Attachment(Box::new(attachment)) }]
    };
    let with = |id, annotations: Vec<Annotation>| {
        made(id, id, 1)
            .draft(MessageDraft { annotations, ..MessageDraft::new(Role::User, "look here") })
            .done()
    };
    let sources =
        vec![Annotation { range: 4..4, detail: AnnotationKind::ListedSources(Box::new([Link::default()])) }];
    let roots = ["first", "second"].map(|text| MessageDraft::new(Role::User, text));
    let mut library = Library::new();
    library.add(vec![
        with("image", attached(Media::Image)),
        with("file", attached(Media::File)),
        with("link", sources),
        made("code", "code", 1)
            .says(Role::Assistant, "so:\n```rust\nfn main() {}\n```")
            .says(Role::User, "thanks")
            .done(),
        tree(dated("branch", "branch", 1), roots, Some(1)),
    ]);
    for thing in ["image", "file", "link", "code", "branch"] {
        assert_eq!(found(&library, &format!("has:{thing}")), [thing], "{thing}");
        assert_eq!(found(&library, &format!("-has:{thing}")).len(), 4, "{thing}");
    }
    let newest = library.by_date().iter().map(|&handle| library.get(handle));
    let messages: Vec<Vec<usize>> =
        newest.map(|other| Matcher::new(&query("has:code")).messages(other)).collect();
    assert_eq!(messages, [vec![], vec![], vec![], vec![0], vec![]]);
    assert_eq!(found(&library, "has:code main"), ["code"]);
    assert_eq!(found(&library, "has:code thanks").len(), 0);
    assert_eq!(
        problem("has:money"),
        (0, "has: takes code, image, file, link, branch, text or secret; searched as it stands".into())
    );
}

#[test]
fn a_secret_is_a_credential_in_a_shown_message() {
    let mut library = Library::new();
    library.add(vec![
        made("token", "token", 1).says(Role::User, "DB_PASSWORD=hunter2-but-longer-2024").done(),
        made("mail", "mail", 1).says(Role::User, "write to robin@example.org").done(),
    ]);
    assert_eq!(found(&library, "has:secret"), ["token"]);
    assert_eq!(found(&library, "-has:secret"), ["mail"]);
    assert_eq!(found(&library, "has:secret robin").len(), 0);
}

#[test]
fn marks_ids_and_providers_are_the_conversations_own() {
    let mut library = Library::new();
    library.add(vec![
        made("abc-1", "A", 1).heading(|heading| heading.starred = true).says(Role::User, "x").done(),
        made("abc-2", "B", 2).heading(|heading| heading.archived = true).says(Role::User, "x").done(),
        made("def", "C", 3)
            .heading(|heading| heading.gpt_or_project_id = Some("g-123"))
            .says(Role::User, "x")
            .done(),
        made("ghi", "D", 4)
            .heading(|heading| heading.provider = Provider::Claude)
            .says(Role::User, "x")
            .done(),
    ]);
    assert_eq!(found(&library, "is:starred"), ["abc-1"]);
    assert_eq!(found(&library, "is:archived"), ["abc-2"]);
    assert_eq!(found(&library, "is:gpt"), ["def"]);
    assert_eq!(found(&library, "-is:archived").len(), 3);
    assert_eq!(found(&library, "id:abc"), ["abc-2", "abc-1"]);
    assert_eq!(found(&library, "id:abc-1 id:def"), ["def", "abc-1"]);
    assert_eq!(found(&library, "from:claude"), ["ghi"]);
    assert_eq!(found(&library, "from:chatgpt").len(), 3);
}

#[test]
fn a_project_and_a_gpt_are_found_by_the_beginning_of_their_ids() {
    let with = |id: &'static str, gpt_or_project: &'static str| {
        made(id, id, 1)
            .heading(|heading| heading.gpt_or_project_id = Some(gpt_or_project))
            .says(Role::User, "x")
            .done()
    };
    let mut library = Library::new();
    library.add(vec![
        with("gpt", "g-2DQzU5UZl"),
        with("garden", "g-p-67d0a1-garden"),
        with("kitchen", "g-p-68aa-kitchen"),
        made("none", "none", 1).says(Role::User, "x").done(),
    ]);
    assert_eq!(found(&library, "project:g-p-67d0"), ["garden"]);
    assert_eq!(found(&library, "project:67D0"), ["garden"]);
    assert_eq!(found(&library, "project:67 project:68").len(), 2);
    assert_eq!(found(&library, "project:67 OR project:68").len(), 2);
    assert_eq!(found(&library, "project:2DQ").len(), 0, "a custom GPT is no project");
    assert_eq!(found(&library, "gpt:g-2dq"), ["gpt"]);
    assert_eq!(found(&library, "gpt:2DQ"), ["gpt"]);
    assert_eq!(found(&library, "gpt:g-p").len(), 0, "a project is no custom GPT");
    assert_eq!(found(&library, "-project:67").len(), 3);
    assert_eq!(problem("project:"), (0, "project: needs a value".into()));
}

#[test]
fn an_unknown_key_is_plain_text() {
    let library = library(&[("a", "A", "see http://example.org and note:this")]);
    assert_eq!(found(&library, "note:this"), ["a"]);
    assert_eq!(found(&library, "http://example"), ["a"]);
    assert!(query("note:this http://x 12:30").problems().is_empty());
    assert_eq!(problem("title:"), (0, "title: needs a value".into()));
}

fn letters() -> Library {
    library(&[
        ("landlord", "A", "the landlord keeps the deposit, and the letter says so"),
        ("rent", "B", "the landlord raised the rent twice"),
        ("tea", "C", "how to make tea"),
        ("kube", "D", "a cluster of kubernetes nodes"),
        ("plural", "E", "three deposits of sand"),
    ])
}

fn ids(found: &[(String, Vec<String>)]) -> Vec<&str> {
    found.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn under_what_has_all_words_stands_what_has_some_and_says_what_it_lacks() {
    let library = letters();
    let results = both_tiers(&library, "landlord deposit");
    assert_eq!(results.first_tier_count, 1);
    let some = found_with_some(&library, "landlord deposit");
    let lacks = |id: &str| some.iter().find(|(other, _)| other == id).map(|(_, missing)| missing.join(" "));
    assert_eq!(lacks("rent").as_deref(), Some("deposit"));
    assert_eq!(lacks("landlord"), None, "it has all of them");
    assert_eq!(lacks("tea"), None, "it has none of them");
    assert!(results.rows.iter().is_sorted_by_key(|row| std::cmp::Reverse(row.score)));
}

#[test]
fn a_word_that_stands_within_another_is_not_said_to_be_missing() {
    let library = library(&[("a", "A", "minikube clusters"), ("b", "B", "kube")]);
    let some = found_with_some(&library, "kube clusters volcano");
    assert_eq!(
        some.iter().find(|(id, _)| id == "a").map(|(_, missing)| missing.join(" ")),
        Some("volcano".into())
    );
}

#[test]
fn of_a_word_of_several_tokens_no_single_letter_is_marked() {
    let library = library(&[("a", "A", "what's an ingress of this class")]);
    let results = both_tiers(&library, "what's ingress volcano");
    let matcher = &results.second_tier.expect("words that need not be there").matcher;
    assert_eq!(matcher.find("this ingress is what's so"), [5..12, 16..22]);
}

#[test]
fn a_mistyped_word_stands_for_its_neighbours_and_says_so() {
    let library = letters();
    let results = both_tiers(&library, "landlord deposit lettr");
    let second_tier = results.second_tier.expect("words that need not be there");
    assert_eq!((results.first_tier_count, second_tier.nowhere.clone()), (0, vec!["lettr".to_owned()]));
    let [substitution] = &second_tier.substitutions[..] else { panic!("one word is mistyped") };
    assert_eq!((substitution.typed.as_str(), substitution.taken_for[0].as_str()), ("lettr", "letter"));
    let some = found_with_some(&library, "landlord deposit lettr");
    assert_eq!(some[0], ("landlord".to_owned(), Vec::new()));
    assert!(found_with_some(&library, "\"lettr\"").is_empty(), "in quotes it means itself");
}

#[test]
fn forms_abbreviations_and_beginnings_are_found_in_the_second_tier_alone() {
    let library = letters();
    assert_eq!(found(&library, "depositing").len(), 0);
    assert!(ids(&found_with_some(&library, "depositing")).contains(&"plural"));
    assert_eq!(found(&library, "k8s").len(), 0);
    assert_eq!(ids(&found_with_some(&library, "k8s")), ["kube"]);
    let typed = |is_typing| {
        let results = search_both_tiers(&query("tea kuber"), &library, false, is_typing);
        results.rows.iter().map(|row| library.get(row.handle).id.to_string()).collect::<Vec<_>>()
    };
    assert!(typed(true).contains(&"kube".to_owned()), "it is still being typed");
    assert!(!typed(false).contains(&"kube".to_owned()));
}

#[test]
fn what_a_query_binds_binds_in_the_second_tier_too() {
    let library = letters();
    assert_eq!(ids(&found_with_some(&library, "deposit sand -landlord")), Vec::<&str>::new());
    assert_eq!(ids(&found_with_some(&library, "deposit tea -landlord")), ["tea", "plural"]);
    assert_eq!(ids(&found_with_some(&library, "deposit tea \"how to\"")), ["tea"]);
    assert_eq!(ids(&found_with_some(&library, "landlord tea role:user")), ["tea", "rent", "landlord"]);
    assert!(found_with_some(&library, "landlord tea role:assistant").is_empty());
    assert!(found_with_some(&library, "landlord tea before:1970-01-01").is_empty());
    // A key that was mistyped is not one more word.
    assert!(found_with_some(&library, "landlord rol:user").is_empty());
    assert!(found_with_some(&library, "landlord has:letter").is_empty());
}

#[test]
fn the_order_is_as_promised() {
    let filler = "and so on and on ".repeat(30);
    let far = format!("ingress {filler} timeout");
    let library = library(&[
        ("title", "The timeout of an ingress", "nothing"),
        ("close", "A", "the ingress timeout"),
        ("far", "B", &far),
        ("parts", "C", "ingresses timeouts"),
        ("inside", "D", "myingress mytimeout"),
    ]);
    let mut library = library;
    library.add(vec![
        made("spread", "E", 50).says(Role::User, "an ingress").says(Role::Assistant, "a timeout").done(),
    ]);
    assert_eq!(found(&library, "ingress timeout"), ["title", "close", "far", "parts", "inside", "spread"]);
}

#[test]
fn only_ties_are_broken_by_date() {
    let library = library(&[("old", "A", "a whole word"), ("new", "B", "words"), ("newer", "C", "one word")]);
    assert_eq!(found(&library, "word"), ["newer", "old", "new"]);
    let by_date = search(&query("word"), &library, true);
    let ids: Vec<&str> = by_date.rows.iter().map(|row| &*library.get(row.handle).id).collect();
    assert_eq!(ids, ["newer", "new", "old"]);
}

#[test]
fn people_come_before_tools() {
    let output = |text| MessageDraft {
        visibility: Visibility::Folded,
        kind: MessageKind::Output,
        ..MessageDraft::new(Role::Assistant, text)
    };
    let conversation =
        made("a", "A", 1).draft(output("the socket")).says(Role::Assistant, "the socket").done();
    let mut library = Library::new();
    library.add(vec![conversation]);
    let rows = search(&query("role:assistant socket"), &library, false).rows;
    assert_eq!(rows[0].best_message, Some(1));
}

#[test]
fn of_equal_messages_the_one_on_the_visible_branch_opens() {
    let conversation = made("a", "A", 1).says(Role::User, "the question").says(Role::Assistant, "the answer");
    let again = MessageDraft { parent: Some(0), ..MessageDraft::new(Role::Assistant, "the answer") };
    let conversation = conversation.draft(again).done();
    let mut library = Library::new();
    library.add(vec![conversation]);
    for text in ["answer", "the answer"] {
        assert_eq!(search(&query(text), &library, false).rows[0].best_message, Some(2), "{text}");
    }
    assert_eq!(search(&query("title:A"), &library, false).rows[0].best_message, None);
}

#[test]
fn overlapping_hits_are_counted_once() {
    let conversation = made("a", "Ingress", 1)
        .says(Role::User, "ingress ingingress in the press")
        .says(Role::Assistant, "pressing on")
        .done();
    for text in ["in ing press", "press ingress ing", "in on", "the press", "/in\\w/ press"] {
        let matcher = Matcher::new(&query(text));
        assert_eq!(matcher.count(&conversation, usize::MAX), matcher.hits(&conversation).len(), "{text}");
    }
}

#[test]
fn a_matcher_tells_where_it_all_is() {
    let conversation = made("a", "Ingress timeouts", 1)
        .says(Role::User, "the ingress and the Ingress")
        .says(Role::Assistant, "set its proxy-read-timeout\nhigher")
        .done();
    let matcher = Matcher::new(&query("ingress timeout"));
    let places: Vec<_> =
        matcher.hits(&conversation).into_iter().map(|hit| (hit.message, hit.range)).collect();
    assert_eq!(places, [(0, 4..11), (0, 20..27), (1, 19..26)]);
    assert_eq!(matcher.count(&conversation, usize::MAX), 3);
    assert_eq!(matcher.count(&conversation, 2), 2);
    assert_eq!(matcher.title_marks(&conversation.title), [0..7, 8..15]);
    assert_eq!(Matcher::new(&query("tmeouts")).title_marks(&conversation.title), [8..9, 10..16]);
    let snippet = Matcher::new(&query("timeout")).snippet(&conversation, 60).expect("a message holds it");
    assert_eq!((snippet.message, &*snippet.text), (1, "set its proxy-read-timeout higher"));
    assert!(snippet.highlights.into_iter().eq(std::iter::once(19..26)));
    assert_eq!(Matcher::new(&query("title:ingress")).snippet(&conversation, 60), None);
    assert_eq!(Matcher::new(&query("x -y role:user")).find("x y x"), [0..1, 4..5]);
}

#[test]
fn hits_are_counted_up_to_9_999() {
    let many = "word ".repeat(9_000);
    let library = library(&[("a", "A", &many), ("b", "B", "word word")]);
    assert_eq!(search(&query("word"), &library, false).hits, 9_002);
    let more = "word ".repeat(1_000);
    let mut library = library;
    library.add(vec![made("c", "C", 1).says(Role::User, &more).done()]);
    assert_eq!(search(&query("word"), &library, false).hits, 10_000);
}

#[test]
fn nothing_found_says_which_word_is_nowhere() {
    let library = library(&[("a", "A", "kubernetes timeout"), ("b", "B", "kubernetes")]);
    let results = search(&query("kubernetes ingres timeout"), &library, false);
    let missing = |word: &str, found, without| ClauseCounts { clause: word.into(), found, without };
    assert_eq!(
        results.unmatched_clauses,
        [missing("kubernetes", 2, 0), missing("ingres", 0, 1), missing("timeout", 1, 0)]
    );
}

#[test]
fn a_hundred_thousand_branches_are_ranked_as_fast_as_ten_times_as_few() {
    let branched = |count: u32| {
        let answer = || MessageDraft {
            parent: Some(0),
            ..MessageDraft::new(Role::Assistant, "an answer of two words")
        };
        let mut conversation = made("a", "A", 1).says(Role::User, "the question");
        conversation.drafts.extend((0..count).map(|_| answer()));
        let mut library = Library::new();
        library.add(vec![conversation.done()]);
        move || {
            assert_eq!(search(&query("answer words"), &library, false).rows[0].best_message, Some(count));
            assert_eq!(found(&library, "has:branch answer").len(), 1);
        }
    };
    cost::assert_linear(branched(10_000), branched(100_000));
}

struct Asking {
    worker: Worker,
    answers: mpsc::Receiver<Results>,
    generation: u64,
}

impl Asking {
    fn new() -> Self {
        let (sender, answers) = mpsc::channel();
        // The receiver may be gone when the test is over.
        let worker = Worker::start(move |results| drop(sender.send(results))).expect("a thread");
        Self { worker, answers, generation: 0 }
    }

    fn ask(&mut self, text: &str, library: &Arc<Library>) {
        self.generation += 1;
        let library = Arc::clone(library);
        self.worker.ask(Request {
            serial: self.generation,
            query: query(text),
            library,
            by_date: false,
            is_typing: false,
        });
    }

    fn complete(&mut self) -> Results {
        loop {
            let results = self.answers.recv().expect("the worker lives");
            if results.complete && results.serial == self.generation {
                return results;
            }
        }
    }
}

#[test]
fn typing_on_deleting_and_loading_give_what_a_fresh_search_gives() {
    let words = ["kube", "kubernetes", "Café", "time", "timeout", "the", "ingress", "日本"];
    let mut asking = Asking::new();
    let mut library = Library::new();
    for round in 0..8_usize {
        let batch = (0..40_usize).map(|number| {
            let pick = |step: usize| words[(number * 7 + round * 3 + step * step) % words.len()];
            let text = format!("{} {} {}", pick(1), pick(2), pick(4));
            // Some come again, newer, and take the place of the earlier ones.
            let id = format!("{}", (number + round * 29) % 200);
            let day = ((number * 13 + round * 31) % 97) as i64;
            made(&id, pick(3), day).says(Role::User, &text).done()
        });
        library.add(batch.collect());
        let shared = Arc::new(library.clone());
        for text in [
            "t",
            "ti",
            "tim",
            "time",
            "timeo",
            "time",
            "kub",
            "kube",
            "kube in",
            "kube ingr",
            "cafe",
            "-the",
            "kbrnetes",
            "zz",
        ] {
            asking.ask(text, &shared);
            let (now, fresh) = (asking.complete(), search(&query(text), &library, false));
            assert_eq!(now.rows[..now.first_tier_count], fresh.rows[..], "{text} in round {round}");
            assert_eq!(now.hits, fresh.hits, "{text} in round {round}");
            let exact: Vec<_> = library
                .by_date()
                .iter()
                .filter(|&&handle| Matcher::new(&query(text)).matches(library.get(handle)))
                .collect();
            let mut rows: Vec<_> = fresh.rows.iter().map(|row| &row.handle).collect();
            rows.sort_by_key(|&handle| library.by_date().iter().position(|other| other == handle));
            assert_eq!(rows, exact, "{text} in round {round}");
        }
        if round == 4 {
            // From here on there is an index of what was there, and for a while only of some of it.
            asking.worker.prepare(Arc::clone(&shared));
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// Conversations of few words in many orders, of every kind a query asks for.
fn varied() -> Library {
    let words = [
        "kube",
        "kubernetes",
        "Café",
        "lists",
        "list",
        "aaa",
        "aaaa",
        "abcabcab",
        "see https://a.example",
        "日本",
    ];
    let conversation = |number: usize| {
        let pick = |step: usize| words[(number * 7 + step * step * 3 + step * number / 5) % words.len()];
        let text = |step: usize| format!("{} {}\n{}", pick(step), pick(step + 1), pick(step + 3));
        let id = format!("{}{number}", ["a", "b"][number % 2]);
        let made = made(id.leak(), pick(6), number as i64).heading(|heading| {
            heading.model = [None, Some("gpt-4o"), Some("o3")][number % 3];
            heading.starred = number.is_multiple_of(5);
            if number.is_multiple_of(7) {
                heading.provider = Provider::Claude;
            }
            heading.gpt_or_project_id = [None, Some("g-p-1"), Some("g-p-2"), Some("g-1")][number % 4];
        });
        let folded = MessageDraft {
            visibility: Visibility::Folded,
            kind: MessageKind::Output,
            ..MessageDraft::new(Role::Tool, "")
        };
        let (asked, output, answer) = (text(1), text(2), text(number % 6));
        made.says(Role::User, &asked)
            .draft(MessageDraft { text: &output, ..folded })
            .draft(MessageDraft { model: Some("gpt-4o-mini"), ..MessageDraft::new(Role::Assistant, &answer) })
            .done()
    };
    let mut library = Library::new();
    library.add((0..80).map(conversation).collect());
    library
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_was_asked_before_changes_no_answer(
        queries in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "kube", "kubernetes", "kubes", "list", "lists", "ls", "aa", "aaa", "ab", "abcab", "cab", "cafe", "Café", "\"list kube\"",
            "\"kube\"", "/k[a-z]+s/", "/list/", "title:kube", "title:lists", "-kube", "-list", "role:tool", "role:user",
            "role:assistant", "-role:tool", "model:gpt", "model:o3", "has:link", "-has:link", "in:tools", "in:files", "-in:reasoning", "after:1970-02", "project:1", "project:2", "gpt:g-", "date:1970-02", "date:1970-01", "after:3w",
            "before:1970-02-20", "is:starred", "id:a", "id:b", "from:claude", "from:chatgpt", "日", "日本",
            "OR", "kube OR list", "lists OR /k[a-z]+s/ OR 日", "title:kube OR title:lists", "kubernetes OR cafe",
        ]), 1..5), 1..4),
        is_prepared: bool,
    ) {
        static VARIED: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(varied()));
        let mut asking = Asking::new();
        if is_prepared {
            asking.worker.prepare(Arc::clone(&VARIED));
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        for text in queries {
            // By words and by letters, as one types.
            let text = text.join(" ");
            for end in (1..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                asking.ask(&text[..end], &VARIED);
                let (now, fresh) = (asking.complete(), search(&query(&text[..end]), &VARIED, false));
                prop_assert_eq!(&now.rows[..now.first_tier_count], &fresh.rows[..], "{}", &text[..end]);
                prop_assert_eq!(now.hits, fresh.hits, "{}", &text[..end]);
            }
            let (indexed, fresh) = (both_tiers(&VARIED, &text), search(&query(&text), &VARIED, false));
            prop_assert_eq!(&indexed.rows[..indexed.first_tier_count], &fresh.rows[..], "{} by the index", text);
            prop_assert_eq!(indexed.hits, fresh.hits, "{} by the index", text);
        }
    }
}

#[test]
fn another_library_is_searched_anew() {
    let mut asking = Asking::new();
    for text in ["first words", "other words"] {
        let library = Arc::new(library(&[("a", "A", text)]));
        asking.ask("first", &library);
        assert_eq!(asking.complete().rows.len(), usize::from(text.starts_with("first")));
    }
}

#[test]
fn a_newer_request_cancels_the_older() {
    let text = "e and so on ".repeat(2_000);
    let conversations = (0..2_000)
        .map(|_| made("", "A", 1).heading(|heading| heading.id = None).says(Role::User, &text).done());
    let mut library = Library::new();
    library.add(conversations.collect());
    let library = Arc::new(library);
    let mut asking = Asking::new();
    for text in ["/x[a-z]+q/", "/y[a-z]+q/", "/z[a-z]+q/", "is:starred"] {
        asking.ask(text, &library);
    }
    let results = asking.answers.recv().expect("the worker lives");
    assert!(results.serial == 4 || !results.complete, "what is stale is not finished");
}

#[test]
fn ten_thousand_random_bytes_are_answered() {
    let library = library(&[("a", "A", "words"), ("b", "B", "more words")]);
    let mut state = 7_u64;
    let bytes: Vec<u8> = (0..10_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        })
        .collect();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(found(&library, &text).len(), 0);
    for separator in [" ", "/ /", "\" ", ":", " -"] {
        let text: Vec<String> = text.chars().map(String::from).collect();
        found(&library, &text.join(separator));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_row_of_some_words_lacks_what_it_has_comes_twice_or_breaks_what_binds(
        words in prop::collection::vec(prop::sample::select(vec![
            "kube", "kubes", "kubernetes", "list", "lists", "lst", "aaa", "abcab", "cafe", "volcano", "日本", "see",
        ]), 1..5),
        binding in prop::collection::vec(prop::sample::select(vec![
            "\"list kube\"", "Café", "-kube", "-aaa", "title:kube", "/k[a-z]+s/", "is:starred", "id:a", "from:claude",
            "before:1970-02-20", "aaa OR list",
        ]), 0..2),
    ) {
        static VARIED: LazyLock<Library> = LazyLock::new(varied);
        let text = [words, binding.clone()].concat().join(" ");
        let results = both_tiers(&VARIED, &text);
        let handles: HashSet<ConversationHandle> = results.rows.iter().map(|row| row.handle).collect();
        prop_assert_eq!(handles.len(), results.rows.len(), "{}", text);
        let second = &results.rows[results.first_tier_count..];
        let binding = Matcher::new(&query(&binding.join(" ")));
        let scored = second.iter().filter(|row| row.tier != Tier::TitleLetters).map(|row| row.score);
        prop_assert!(scored.is_sorted_by_key(std::cmp::Reverse), "{}", text);
        for row in second {
            let conversation = VARIED.get(row.handle);
            prop_assert!(binding.matches(conversation), "{}: {}", text, conversation.id);
            prop_assert!(!Matcher::new(&query(&text)).matches(conversation), "{}: {}", text, conversation.id);
            let Some(second_tier) = &results.second_tier else { continue };
            for word in second_tier.missing(row) {
                prop_assert!(!Matcher::new(&query(word)).matches(conversation), "{}: {} has {}", text, conversation.id, word);
            }
        }
    }
}
