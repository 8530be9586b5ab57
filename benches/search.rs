//! What a keystroke costs: the time from asking the worker to its first and its complete answer, beside the time
//! `memchr::memmem` takes over the same bytes on one core.
//!
//! `cargo bench --bench search` builds a library from a seeded vocabulary. `UNSPOOL_BENCH=conversations.json` reads a
//! real export instead (its plain text messages; no importer is measured here). `UNSPOOL_QUERIES=a,b` asks those.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use serde_json::{Value, value::RawValue};
use unspool::{
    conversation::{
        Conversation, ConversationBuilder, ConversationMeta, MessageDraft, ObjectLocation, Provider, Role,
        Time,
    },
    library::Library,
    search::{
        Clock, Query,
        worker::{Request, Results, Worker},
    },
};

const QUERIES: &[&str] = &[
    "kubernetes",
    "volcano",
    "docker compose",
    "python list",
    "\"as an example\"",
    "kubernetes ingress timeout",
    "qqzzxx",
    "function",
    "the",
    "e",
    "café",
    "/[a-z]+ing \\w+tion/",
    "/\\d{4}-\\d\\d/",
    "/[a-z]+\\d[a-z]+\\d/",
    "role:user docker",
    "has:code python",
    "-the python",
    "日本",
];

fn main() {
    let library = Arc::new(match std::env::var("UNSPOOL_BENCH") {
        Ok(path) => read(&path),
        Err(_) => made(),
    });
    let text = library.text_bytes();
    println!(
        "{} conversations, {} messages, {} MB of text",
        library.len(),
        library.message_count(),
        text / 1_000_000
    );
    let chosen = std::env::var("UNSPOOL_QUERIES").unwrap_or_default();
    let queries: Vec<&str> = if chosen.is_empty() { QUERIES.to_vec() } else { chosen.split(',').collect() };
    let mut bench = Bench::new(&library);
    println!("-- at once, nothing prepared");
    for query in &queries {
        bench.report(query);
    }
    drop(bench);
    let before = resident();
    let mut bench = Bench::new(&library);
    bench.worker.prepare(Arc::clone(&library));
    std::thread::sleep(Duration::from_secs_f64(0.5 + text as f64 / 5e7));
    println!("-- after a rest; {} MB more in memory", (resident() - before) / 1_000_000);
    for query in &queries {
        bench.report(query);
    }
    println!("-- letter by letter");
    for query in &queries {
        bench.report_typed(query);
    }
    println!("-- memmem over the same bytes");
    for word in ["kubernetes", "volcano", "qqzzxx", "function"] {
        let start = Instant::now();
        let finder = memchr::memmem::Finder::new(word);
        let found = library
            .by_date()
            .iter()
            .filter(|&&handle| finder.find(library.get(handle).shown_text().as_bytes()).is_some());
        let found = found.count();
        let time = start.elapsed();
        println!(
            "{word:32} {:7.2} ms  {found} conversations  {:.1} GB/s",
            ms(time),
            text as f64 / time.as_secs_f64() / 1e9
        );
    }
}

struct Bench {
    library: Arc<Library>,
    worker: Worker,
    answers: mpsc::Receiver<(Instant, Results)>,
    generation: u64,
}

struct Times {
    first: Duration,
    complete: Duration,
    results: Results,
}

impl Bench {
    fn new(library: &Arc<Library>) -> Self {
        let (sender, answers) = mpsc::channel();
        let worker = Worker::start(move |results| {
            let _ = sender.send((Instant::now(), results));
        })
        .expect("a thread");
        Self { library: Arc::clone(library), worker, answers, generation: 0 }
    }

    fn ask(&mut self, text: &str) -> Times {
        self.generation += 1;
        let start = Instant::now();
        let query = Query::parse(text, &Clock::EPOCH);
        self.worker.ask(Request {
            serial: self.generation,
            query,
            library: Arc::clone(&self.library),
            by_date: false,
            is_typing: true,
        });
        let mut first = None;
        loop {
            let (at, results) = self.answers.recv().expect("the worker lives");
            if results.serial != self.generation {
                continue;
            }
            first.get_or_insert(at - start);
            if results.complete {
                return Times { first: first.unwrap_or_default(), complete: at - start, results };
            }
        }
    }

    /// The best of five: each asks for something else as well that no text has, so that no answer is known before.
    fn report(&mut self, query: &str) {
        let times: Vec<Times> = (0..5)
            .map(|_| {
                let other = self.generation;
                self.ask(&format!("{query} -qqzzyy{other}"))
            })
            .collect();
        let best = times.iter().min_by_key(|times| times.complete).expect("five");
        let first = times.iter().map(|times| times.first).min().unwrap_or_default();
        println!(
            "{query:32} {:7.2} ms  first {:7.2} ms  {} conversations, {} hits",
            ms(best.complete),
            ms(first),
            best.results.rows.len(),
            best.results.hits
        );
    }

    fn report_typed(&mut self, query: &str) {
        let mut typed = String::new();
        let mut line = String::new();
        let mut worst = Duration::ZERO;
        for letter in query.chars() {
            typed.push(letter);
            let times = self.ask(&typed);
            worst = worst.max(times.complete);
            let _ = write!(line, " {:.1}", ms(times.complete));
        }
        println!("{query:32} {:7.2} ms at most:{line}", ms(worst));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<i64>().ok()).unwrap_or(0) * 4_096
}

fn heading<'a>(id: &'a str, title: &'a str, at: i64) -> ConversationMeta<'a> {
    ConversationMeta {
        id: Some(id),
        title: Some(title),
        created: Some(Time(at)),
        updated: Some(Time(at)),
        model: Some("gpt-4o"),
        ..ConversationMeta::new(Provider::ChatGpt, ObjectLocation::default())
    }
}

/// 10 000 conversations of words with the skewed frequencies of a language, seeded.
fn made() -> Library {
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let syllables = [
        "ka", "lo", "tion", "er", "the", "in", "pro", "con", "mi", "st", "ver", "qu", "az", "é", "ing", "py",
    ];
    let known =
        ["the", "python", "function", "list", "docker", "compose", "as", "an", "example", "kubernetes"];
    let mut vocabulary: Vec<String> = known.iter().map(ToString::to_string).collect();
    while vocabulary.len() < 20_000 {
        vocabulary.push((0..=random(4)).map(|_| syllables[random(syllables.len())]).collect());
    }
    let mut library = Library::new();
    for batch in 0..20 {
        let batch = (0..500).map(|number| {
            let mut builder = ConversationBuilder::new();
            let mut leaf = None;
            for message in 0..10 {
                let text: Vec<&str> = (0..100)
                    .map(|_| {
                        let place = random(vocabulary.len());
                        &*vocabulary[place * random(vocabulary.len()) / vocabulary.len()]
                    })
                    .collect();
                let text = text.join(" ");
                let role = if message % 2 == 0 { Role::User } else { Role::Assistant };
                leaf = Some(builder.push(MessageDraft { parent: leaf, ..MessageDraft::new(role, &text) }));
            }
            let title = format!("{} {}", vocabulary[random(20_000)], vocabulary[random(500)]);
            builder.finish(heading(&format!("{batch}-{number}"), &title, random(1 << 50) as i64), leaf)
        });
        library.add(batch.collect());
    }
    library
}

/// The text messages of a ChatGPT export, in their trees.
fn read(path: &str) -> Library {
    let json = std::fs::read_to_string(path).expect("UNSPOOL_BENCH names a conversations JSON file");
    let objects: Vec<&RawValue> = serde_json::from_str(&json).expect("an array");
    let mut library = Library::new();
    for batch in objects.chunks(500) {
        library.add(
            batch
                .iter()
                .map(|object| conversation(&serde_json::from_str(object.get()).expect("an object")))
                .collect(),
        );
    }
    library
}

fn conversation(object: &Value) -> Conversation {
    let mapping = object["mapping"].as_object().expect("a mapping");
    let mut builder = ConversationBuilder::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut open: Vec<(&str, Option<usize>)> = mapping
        .iter()
        .filter(|(_, node)| node["parent"].is_null())
        .map(|(id, _)| (id.as_str(), None))
        .collect();
    while let Some((id, parent)) = open.pop() {
        let Some(node) = mapping.get(id) else { continue };
        let message = &node["message"];
        let text = message["content"]["parts"][0].as_str().unwrap_or_default();
        let role = match message["author"]["role"].as_str() {
            Some("user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            _ => None,
        };
        let own = role.filter(|_| !text.trim().is_empty()).map(|role| {
            let model = message["metadata"]["model_slug"].as_str();
            builder.push(MessageDraft { parent, model, ..MessageDraft::new(role, text) })
        });
        known.extend(own.map(|own| (id, own)));
        let children = node["children"].as_array().into_iter().flatten().rev().filter_map(Value::as_str);
        open.extend(children.map(|child| (child, own.or(parent))));
    }
    let current = object["current_node"].as_str().and_then(|leaf| known.get(leaf).copied());
    let updated = (object["update_time"].as_f64().unwrap_or(0.0) * 1e6) as i64;
    builder.finish(
        heading(
            object["id"].as_str().unwrap_or_default(),
            object["title"].as_str().unwrap_or_default(),
            updated,
        ),
        current,
    )
}
