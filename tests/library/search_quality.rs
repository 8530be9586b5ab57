//! How well what people half remember finds what they mean: judged queries over the demo archive and over a library
//! made for it. Prints the mean reciprocal rank; a query whose answer stands first counts 1, second ½, nowhere 0.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write,
    sync::{Mutex, atomic::AtomicBool},
};

use crate::support::{
    conversations::{dated, with_meta},
    tools,
};
use unspool::{
    archive::{Archive, Limits, Location},
    conversation::{ConversationMeta, MessageDraft, ObjectLocation, Role},
    library::Library,
    load::{LoadEvent, load},
    search::{Clock, Query, worker::search},
};

/// What somebody types, and the beginning of the title they mean.
const DEMO: &[(&str, &str)] = &[
    // Words of an answer.
    ("proxy-read-timeout raise annotation", "Ingress returns 504"),
    ("load balancer idle timeout", "Ingress returns 504"),
    ("gateway gave up waiting", "Ingress returns 504"),
    ("pauses not totals trickles", "Timeouts between nginx"),
    ("keepalive next request default", "Timeouts between nginx"),
    ("reflog reset keep uncommitted", "git: I rebased"),
    ("garlic mustard", "What is growing"),
    ("lily of the valley dangerous", "What is growing"),
    ("day ticket boat surcharge", "A weekend in Zürich"),
    ("zurich zoological museum free", "A weekend in Zürich"),
    ("swans mind children", "A weekend in Zürich"),
    ("phony recipe make", "Convert a Makefile"),
    ("rsync nothing to do", "A static site generator"),
    ("atom feed markdown python", "A static site generator"),
    ("seasonal performance radiators", "Heat pump or new gas"),
    ("flow temperature noise neighbour", "Heat pump or new gas"),
    ("thread scope static handle", "Why does the borrow checker"),
    ("burn rate instead of threshold", "Grafana alert"),
    ("an alert nobody looks at", "Grafana alert"),
    ("lag partition by meter", "SQL: find the gaps"),
    ("fermented too long crust", "Sourdough"),
    ("bulk starter 26", "Sourdough"),
    ("mint butter secret", "Recipe Scribe"),
    ("violin marmalade noodles", "Mnemonic"),
    ("two kitchens consistent available", "Explain the CAP"),
    ("lamprecht afraid", "Bedtime story"),
    ("ipx6 rubber flap", "Which bike light"),
    ("totality newfoundland maine", "Eclipse in April"),
    ("grapheme segmenter emoji", "Why is my post cut"),
    ("utf-16 half a character", "Why is my post cut"),
    ("slow loris", "Names for a boat"),
    ("overmorrow", "What do you call the day"),
    ("hour of sleep october", "Do I put the clock"),
    ("reserved device serial port", "../CON"),
    ("handover record scratches", "Letter: landlord"),
    ("readiness probes serves nobody", "Helm chart"),
    ("marble run cardboard", "Rainy Sunday"),
    ("on-call handbook", "CV for the platform"),
    ("badger shirt silhouette", "A badger for the running"),
    // Words of the title, in part, abbreviated or misspelt by a letter.
    ("sourdoug pancake", "Sourdough"),
    ("kitchen sockets", "Kitchen: sockets"),
    ("packing hut", "Packing list"),
    ("pendulum second", "How long must a pendulum"),
    ("brthday cake", "Birthday cake"),
    ("grfana", "Grafana alert"),
    ("eclpse", "Eclipse in April"),
    ("title:heat", "Heat pump or new gas"),
    ("strange ci log", "Strange"),
    ("chore chart", "🧹 Chore chart"),
    ("snake school club", "Snake for the school"),
    ("fristen", "Fristen und Fälle"),
    ("falle seit vor", "Fristen und Fälle"),
    ("会議 日程", "敬語メール"),
    ("ハンカク", "敬語メール"),
    ("メールの添削", "敬語メール"),
    // The forms of the language.
    ("\"lamp is lit\" prism", "Let's play"),
    ("/rc\\\\?\\.\\d/ bash", "Regex for our version"),
    ("role:user scratches floor", "Letter: landlord"),
    ("role:tool surcharge pier", "A weekend in Zürich"),
    ("has:image basket", "Sourdough"),
    ("is:starred starter", "Sourdough"),
    ("after:2026-06 make", "Convert a Makefile"),
    ("before:2023-08 boat", "Names for a boat"),
    ("timeout -grafana pods restart", "Timeouts between nginx"),
    ("model:o3 gas", "Heat pump or new gas"),
];

pub fn demo() -> Library {
    read(&Location::Demo)
}

pub fn read(location: &Location) -> Library {
    let archive = Archive::open(location, Limits::default()).expect("there is such an archive");
    let library = Mutex::new(Library::new());
    load(&[archive], &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            library.lock().expect("no panic").add(batch);
        }
    });
    library.into_inner().expect("no panic")
}

/// The rank of the conversation whose title begins so, from 1.
fn rank(library: &Library, query: &str, title: &str) -> Option<usize> {
    let results = search(&Query::parse(query, &Clock::EPOCH), library, false);
    results
        .rows
        .iter()
        .position(|row| library.get(row.handle).title.starts_with(title))
        .map(|place| place + 1)
}

/// Ranks all queries, says which were not first, and gives the mean reciprocal rank.
fn judged(name: &str, library: &Library, queries: &[(String, String)]) -> f64 {
    let mut sum = 0.0;
    let mut told = String::new();
    for (query, title) in queries {
        let rank = rank(library, query, title);
        sum += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        if rank != Some(1) {
            let _ =
                writeln!(told, "  {query:40} {}", rank.map_or("nowhere".into(), |rank| format!("at {rank}")));
        }
    }
    let mean = sum / queries.len() as f64;
    println!("{name}: mean reciprocal rank {mean:.3} over {} queries\n{told}", queries.len());
    mean
}

/// Numbers out of a seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Made words, the earlier ones more common, as in any language.
fn vocabulary(random: &mut Random) -> Vec<String> {
    let syllables =
        ["ba", "cor", "den", "fil", "gra", "hol", "ist", "jun", "kel", "lum", "mar", "nos", "pre", "tak"];
    (0..900)
        .map(|_| (0..2 + random.below(2)).map(|_| syllables[random.below(syllables.len())]).collect())
        .collect()
}

fn sentence(random: &mut Random, words: &[String], length: usize) -> String {
    let mut sentence = String::new();
    for _ in 0..length {
        let place = random.below(words.len()) * random.below(words.len()) / words.len();
        let _ = write!(sentence, "{} ", words[place]);
    }
    sentence
}

fn add(batch: &mut Vec<unspool::conversation::Conversation>, title: &str, day: i64, messages: &[String]) {
    let turns = messages.iter().zip([Role::User, Role::Assistant].into_iter().cycle());
    let source = ObjectLocation { offset: batch.len() as u64, ..ObjectLocation::default() };
    let heading = ConversationMeta { id: None, object_location: source, ..dated("", title, day) };
    batch.push(with_meta(heading, turns.map(|(text, role)| MessageDraft::new(role, text))));
}

/// For each query one conversation with its words side by side, older than all that have them far apart, in other
/// words, or in several messages; and two thousand that are about something else.
fn generated() -> (Library, Vec<(String, String)>) {
    let mut random = Random(11);
    let words = vocabulary(&mut random);
    let mut batch = Vec::new();
    let mut queries = Vec::new();
    for number in 0..30_i64 {
        // Words from the rarer half; half remembered: in any order, sometimes only the beginning.
        let mut pick = || words[450 + random.below(450)].clone();
        let three = [pick(), pick(), pick()];
        let [one, two, three] = &three;
        let mut say = |length: usize| sentence(&mut random, &words[..450], length);
        let around = say(40) + one + " " + two + " " + &say(1) + three + " " + &say(60);
        add(&mut batch, &format!("meant {number}"), number, &[say(20), around, say(10)]);
        let far = say(5) + three + " " + &say(60) + one + " " + &say(70) + two + " " + &say(5);
        add(&mut batch, "far apart", 900 + number, &[say(20), far]);
        let parts = say(9) + one + "able " + two + "ing un" + three + " " + &say(9);
        add(&mut batch, "parts of words", 900 + number, &[say(20), parts]);
        add(&mut batch, "spread", 900 + number, &[say(20) + one, say(30) + two, say(10) + three]);
        add(&mut batch, &format!("{one} and so on"), 900 + number, &[say(20) + two, say(30) + three]);
        queries.push((format!("{two} {three} {one}"), format!("meant {number}")));
    }
    for number in 0..2_000 {
        let messages: Vec<String> = (0..4).map(|_| sentence(&mut random, &words, 60)).collect();
        add(&mut batch, &sentence(&mut random, &words, 4), number % 800, &messages);
    }
    let mut library = Library::new();
    library.add(batch);
    (library, queries)
}

#[test]
fn what_is_half_remembered_is_found_first() {
    let queries: Vec<_> = DEMO.iter().map(|&(query, title)| (query.to_owned(), title.to_owned())).collect();
    assert!(judged("demo", &demo(), &queries) >= 0.95);
}

#[test]
fn words_side_by_side_are_found_among_many_that_have_them_elsewhere() {
    let (library, queries) = generated();
    assert!(judged("generated", &library, &queries) >= 0.95);
}

/// Words of five letters or more, in small letters.
fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 5 && word.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
}

/// In how many conversations each word stands.
fn commonness(library: &Library) -> HashMap<String, usize> {
    let mut commonness = HashMap::new();
    for &handle in library.by_date() {
        let words: HashSet<String> = words_of(library.get(handle).text()).collect();
        for word in words {
            *commonness.entry(word).or_default() += 1;
        }
    }
    commonness
}

/// Three words as somebody remembers them of an answer: none that stands in every twentieth conversation.
fn remembered(random: &mut Random, answer: &str, is_common: impl Fn(&str) -> bool) -> Option<String> {
    let mut words: Vec<String> =
        words_of(answer).collect::<BTreeSet<_>>().into_iter().filter(|word| !is_common(word)).collect();
    let mut pick = || (!words.is_empty()).then(|| words.swap_remove(random.below(words.len())));
    Some([pick()?, pick()?, pick()?].join(" "))
}

/// Where the very same answer stands in another conversation too, that one will do: nobody could tell them apart.
/// `UNSPOOL_TEST_ARCHIVE=export.zip cargo test --release --test library search_quality -- --ignored --nocapture`
#[test]
#[ignore = "reads the large archive that UNSPOOL_TEST_ARCHIVE names"]
fn three_words_of_an_answer_find_it_first_in_four_of_five_cases() {
    const CASES: usize = 400;
    let Some(path) = std::env::var_os("UNSPOOL_TEST_ARCHIVE") else {
        return tools::left_out("UNSPOOL_TEST_ARCHIVE names no archive");
    };
    let library = read(&Location::Path(path.into()));
    let commonness = commonness(&library);
    let is_common = |word: &str| commonness.get(word).is_some_and(|&count| count * 20 > library.len());
    let mut random = Random(5);
    let (mut asked, mut first, mut copies, mut among_ten) = (0, 0, 0, 0);
    while asked < CASES {
        let handle = library.by_date()[random.below(library.len())];
        let conversation = library.get(handle);
        let mut answers = conversation.current_path();
        answers.retain(|&message| conversation.messages()[message].role == Role::Assistant);
        if answers.is_empty() {
            continue;
        }
        let answer = conversation.message_text(answers[random.below(answers.len())]);
        let Some(query) = remembered(&mut random, answer, is_common) else { continue };
        let results = search(&Query::parse(&query, &Clock::EPOCH), &library, false);
        let rank = results.rows.iter().position(|row| row.handle == handle).expect("it has these words");
        asked += 1;
        first += usize::from(rank == 0);
        among_ten += usize::from(rank < 10);
        copies += usize::from(rank > 0 && library.get(results.rows[0].handle).text().contains(answer));
    }
    println!("of {asked}: {first} first, {copies} behind a copy of the same answer, {among_ten} among ten");
    assert!((first + copies) * 5 >= asked * 4);
}
