//! The first tier is told by the index: it must be what a scan of the text finds, for whatever stands in an archive.

use std::{
    collections::BTreeSet,
    sync::{Arc, mpsc},
};

use unspool::{
    archive::Location,
    conversation::{Annotation, AnnotationKind, Attachment, Media, MessageDraft, Role},
    library::{ConversationHandle, Library},
    search::{
        Clock, Matcher, Query,
        worker::{Request, Results, Worker},
    },
};

use super::search_quality::{Random, demo, read};
use crate::support::{
    conversations::{dated, with_meta},
    tools,
};

/// A worker whose index is complete.
struct Indexed {
    worker: Worker,
    answers: mpsc::Receiver<Results>,
    library: Arc<Library>,
    serial: u64,
}

impl Indexed {
    fn new(library: Library) -> Self {
        let (sender, answers) = mpsc::channel();
        // The receiver may be gone when the test is over.
        let worker = Worker::start(move |results| drop(sender.send(results))).expect("a thread");
        let mut indexed = Self { worker, answers, library: Arc::new(library), serial: 0 };
        indexed.worker.prepare(Arc::clone(&indexed.library));
        // The second tier takes the whole index: when that is built the answer comes again.
        indexed.send("zzzz");
        while indexed.answers.recv().expect("the worker lives").second_tier.is_none() {}
        indexed
    }

    fn send(&mut self, text: &str) {
        self.serial += 1;
        self.worker.ask(Request {
            serial: self.serial,
            query: Query::parse(text, &Clock::EPOCH),
            library: Arc::clone(&self.library),
            by_date: false,
            is_typing: false,
        });
    }

    fn ask(&mut self, text: &str) -> Results {
        self.send(text);
        loop {
            let results = self.answers.recv().expect("the worker lives");
            if results.complete && results.serial == self.serial {
                return results;
            }
        }
    }

    /// Asserts that the first tier of a query, and its hits, are what a scan of the text finds. Returns false for an
    /// empty query.
    fn assert_equals_scan(&mut self, text: &str) -> bool {
        let parsed = Query::parse(text, &Clock::EPOCH);
        if parsed.is_empty() {
            return false;
        }
        let matcher = Matcher::new(&parsed);
        let plain = self.library.by_date().iter();
        let plain: BTreeSet<ConversationHandle> =
            plain.copied().filter(|&handle| matcher.matches(self.library.get(handle))).collect();
        let results = self.ask(text);
        let first_tier: BTreeSet<ConversationHandle> =
            results.rows[..results.first_tier_count].iter().map(|row| row.handle).collect();
        assert_eq!(first_tier, plain, "{text:?}");
        let counts = plain.iter().map(|&handle| matcher.count(self.library.get(handle), 10_000));
        assert_eq!(results.hits, counts.sum::<usize>().min(10_000), "{text:?}");
        let second_tier = results.rows[results.first_tier_count..].iter();
        assert!(second_tier.into_iter().all(|row| !plain.contains(&row.handle)), "{text:?}");
        true
    }
}

/// Words, pieces of words, phrases and mixtures of them, taken from the texts of the library, in any case.
fn query(random: &mut Random, library: &Library) -> Option<String> {
    let conversation = library.get(library.by_date()[random.below(library.len())]);
    let text = conversation.shown_text();
    let at = text.floor_char_boundary(random.below(text.len().max(1)));
    let words: Vec<&str> = text[at..].split_whitespace().skip(1).take(6).collect();
    let word = |random: &mut Random| words.get(random.below(words.len().max(1))).copied();
    let piece = |random: &mut Random| {
        let letters: Vec<char> = word(random)?.chars().collect();
        let start = random.below(letters.len());
        let count = 1 + random.below(letters.len() - start);
        Some(letters[start..start + count].iter().collect::<String>().to_lowercase())
    };
    let quoted = |text: String| format!("\"{}\"", text.replace(['"', '\\'], " "));
    Some(match random.below(7) {
        0 => word(random)?.to_lowercase(),
        1 => word(random)?.to_owned(),
        2 => piece(random)?,
        3 => quoted(words.get(..2)?.join(" ").to_lowercase()),
        4 => format!("{} {}", piece(random)?, word(random)?.to_lowercase()),
        5 => format!("{} {} {}", word(random)?.to_lowercase(), piece(random)?, piece(random)?),
        _ => format!("{} -{}", piece(random)?, word(random)?.to_lowercase()),
    })
}

/// Filters of messages, of which an index must know what a look at each message tells.
const FILTERS: [&str; 20] = [
    "role:user",
    "role:assistant",
    "role:tool",
    "-role:tool",
    "has:code",
    "-has:code",
    "has:link",
    "has:image",
    "has:file",
    "has:branch",
    "has:text",
    "-has:link",
    "in:tools",
    "in:reasoning",
    "in:files",
    "-in:tools",
    "model:gpt",
    "model:4o",
    "-model:gpt-4o",
    "has:secret",
];

/// One or two filters, mostly with words.
fn filtered_query(random: &mut Random, library: &Library) -> Option<String> {
    let mut text = FILTERS[random.below(FILTERS.len())].to_owned();
    if random.below(3) == 0 {
        text += &format!(" {}", FILTERS[random.below(FILTERS.len())]);
    }
    if random.below(4) > 0 {
        text += &format!(" {}", query(random, library)?);
    }
    Some(text)
}

fn assert_equal_sets(
    library: Library,
    queries: usize,
    query: impl Fn(&mut Random, &Library) -> Option<String>,
) {
    let mut indexed = Indexed::new(library);
    let mut random = Random(11);
    let mut asked = 0;
    while asked < queries {
        let Some(text) = query(&mut random, &indexed.library) else { continue };
        asked += usize::from(indexed.assert_equals_scan(&text));
    }
}

#[test]
fn the_first_tier_is_what_a_scan_of_the_text_finds() {
    assert_equal_sets(demo(), 300, query);
}

#[test]
fn what_is_typed_on_finds_what_it_finds_at_once() {
    let mut indexed = Indexed::new(demo());
    let mut random = Random(12);
    let mut narrowed = 0;
    for _ in 0..40 {
        let Some(text) = query(&mut random, &indexed.library) else { continue };
        let text = if random.below(2) == 0 { format!("\"{}", text.replace(['"', '-'], "")) } else { text };
        for (end, _) in text.char_indices().skip(1) {
            let parsed = Query::parse(&text[..end], &Clock::EPOCH);
            if parsed.is_empty() {
                continue;
            }
            let matcher = Matcher::new(&parsed);
            let plain = indexed.library.by_date().iter();
            let plain: BTreeSet<ConversationHandle> =
                plain.copied().filter(|&handle| matcher.matches(indexed.library.get(handle))).collect();
            let results = indexed.ask(&text[..end]);
            let first_tier: BTreeSet<ConversationHandle> =
                results.rows[..results.first_tier_count].iter().map(|row| row.handle).collect();
            assert_eq!(first_tier, plain, "{:?}", &text[..end]);
            narrowed += usize::from(!plain.is_empty() && text.starts_with('"'));
        }
    }
    assert!(narrowed > 50, "{narrowed} phrases were typed on");
}

#[test]
fn what_filters_let_in_is_what_a_look_at_each_message_finds() {
    assert_equal_sets(demo(), 300, filtered_query);
}

/// What keyboards lack and what Markdown cuts, beside what is like it.
const SET_IN_TYPE: &[&str] = &[
    "un**believ**able",
    "unbelievable",
    "believ",
    "**wor**ld",
    "`word`s",
    "a*b*c*d*e*f*g",
    "width*height",
    "2*3",
    "soft\u{ad}hyphen",
    "zero\u{200b}width",
    "\u{feff}mark",
    "oﬃce",
    "ﬁne",
    "aﬀﬁ",
    "Straße",
    "strasse",
    "x²",
    "x2",
    "it’s",
    "it's",
    "“quoted”",
    "“so…”",
    "1–2",
    "get\\_value",
    "get_value",
    "snake_case",
    "cafe\u{301}",
    "café*s",
    "这是**重点**内容",
    "重点",
    "是`重`点abc**重**",
    "مُحَمَّد",
    "محمد",
    "œuvre**s**",
    "f**ﬁ**ﬀ",
    "~~a~~b",
    "e\u{ad}\u{301}*e",
];

/// Conversations of such words in any order.
fn set_in_type(random: &mut Random) -> Library {
    let mut library = Library::new();
    for number in 0..80_usize {
        let (id, title) = (format!("id-{number}"), SET_IN_TYPE[random.below(SET_IN_TYPE.len())]);
        let words = (0..=random.below(12)).map(|_| SET_IN_TYPE[random.below(SET_IN_TYPE.len())]);
        let text = words.collect::<Vec<_>>().join(if random.below(2) == 0 { " " } else { "\n" });
        let word = |random: &mut Random| SET_IN_TYPE[random.below(SET_IN_TYPE.len())];
        let annotations = match random.below(3) {
            0 => vec![text_file(word(random), word(random))],
            1 => vec![text_file("", &text), text_file(word(random), "")],
            _ => Vec::new(),
        };
        let draft = MessageDraft { annotations, ..MessageDraft::new(Role::User, &text) };
        let made =
            with_meta(dated(&id, title, number as i64), vec![MessageDraft::new(Role::User, "abc"), draft]);
        library.add(vec![made]);
    }
    library
}

fn text_file(name: &str, content: &str) -> Annotation {
    let file = Attachment {
        media: Media::File,
        id: "file-1".into(),
        name: name.into(),
        size: None,
        dimensions: None,
        mime: "".into(),
        prompt: "".into(),
        content: content.into(),
    };
    Annotation { range: 0..0, detail: AnnotationKind::Attachment(Box::new(file)) }
}

/// Pieces of the words, as they stand there or as they are typed.
fn piece_as_typed(random: &mut Random) -> String {
    let word = SET_IN_TYPE[random.below(SET_IN_TYPE.len())];
    let plain = word.replace(['*', '`', '~', '\\', '\u{ad}', '\u{200b}', '\u{feff}'], "").replace('’', "'");
    let plain = plain.replace('ﬁ', "fi").replace('ﬃ', "ffi").replace('ß', "ss").replace('²', "2");
    let letters: Vec<char> =
        if random.below(3) == 0 { word.chars().collect() } else { plain.chars().collect() };
    let start = random.below(letters.len());
    letters[start..start + 1 + random.below(letters.len() - start)].iter().collect()
}

#[test]
fn what_is_set_in_type_is_in_the_index_as_a_scan_finds_it() {
    let mut random = Random(5);
    let mut indexed = Indexed::new(set_in_type(&mut random));
    for _ in 0..600 {
        let (one, other) = (piece_as_typed(&mut random), piece_as_typed(&mut random));
        let text = match random.below(4) {
            0 => format!("{one} {other}"),
            1 => format!("\"{} {}\"", one.replace(['"', '\\'], ""), other.replace(['"', '\\'], "")),
            _ => one,
        };
        indexed.assert_equals_scan(&text);
    }
}

/// `UNSPOOL_TEST_ARCHIVE=export.zip cargo test --release --test library search_index -- --ignored`
#[test]
#[ignore = "reads the large archive that UNSPOOL_TEST_ARCHIVE names"]
fn the_first_tier_of_a_large_archive_is_what_a_scan_of_the_text_finds() {
    let Some(path) = std::env::var_os("UNSPOOL_TEST_ARCHIVE") else {
        return tools::left_out("UNSPOOL_TEST_ARCHIVE names no archive");
    };
    assert_equal_sets(read(&Location::Path(path.into())), 2_000, query);
}
