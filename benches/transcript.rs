//! What reading costs: from a key to the bytes of its frame, through the same path as in the program (the app's update,
//! its view, the screen's bytes), beside the time it takes to read the same text once from end to end.
//!
//! `cargo bench --bench transcript` makes its threads itself. `TRANSCRIPT=quotes,table` runs those texts only.

use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant},
};

use ratatui::{buffer::Buffer, layout::Rect};
use support::Driver;
use unspool::{
    conversation::{
        Conversation, ConversationBuilder, ConversationMeta, MessageDraft, MessageKind, ObjectLocation,
        Provider, Role, Time, Visibility,
    },
    tui::{action::Action, backend::Screen, command::Command, layout::Layout, theme::Theme, view},
};

#[path = "../tests/support/app.rs"]
pub mod support;

/// The terminal: a wide one, where most is drawn.
const SIZE: (u16, u16) = (200, 50);
/// What the first frame of a thread of ordinary length may take.
const ORDINARY: Duration = Duration::from_millis(8);
/// What that of a very long one may, and any other jump.
const LONG: Duration = Duration::from_millis(50);
/// What a step may.
const STEP: Duration = Duration::from_millis(8);

const ANSWER: &str = "That is **nginx's** own default: `proxy-read-timeout` is 60 s.\n\n```yaml\nmetadata:\n  a: \"120\"\n```\n\n\
                      - the load balancer in front has its own idle timeout;\n- a client that retries will double the work.\n\n\
                      | a | b |\n|---|---|\n| one | two words |\n\nWith \\(x^2\\) and $y_1$ and more words to fill a few lines of text.\n\n";

fn main() {
    let chosen = std::env::var("TRANSCRIPT").unwrap_or_default();
    let wanted = |name: &str| chosen.is_empty() || chosen.split(',').any(|chosen| chosen == name);
    let mut late = 0;
    for count in [100, 10_000] {
        if wanted(&count.to_string()) {
            late += report(
                &format!("{count} messages"),
                &turns(count),
                if count < 1_000 { ORDINARY } else { LONG },
            );
        }
    }
    for (name, text) in texts() {
        if wanted(name) {
            late += report(
                &format!("one message of {} KB: {name}", text.len() >> 10),
                &one(Role::Assistant, &text),
                LONG,
            );
            late += report(&format!("the same as a prompt: {name}"), &one(Role::User, &text), LONG);
        }
    }
    println!("{late} figures over their bound");
}

/// Texts of 5 MB, each hard in its own way.
fn texts() -> Vec<(&'static str, String)> {
    let full = |piece: &str| piece.repeat((5 << 20) / piece.len());
    let nested: String = (0..60_000).fold(String::new(), |mut all, item| {
        let _ = writeln!(all, "{}- item {item} of a list, with some words", "  ".repeat(item % 40));
        if item % 7 == 0 {
            let _ = writeln!(all, "{}> a quote in it", "  ".repeat(item % 40 + 1));
        }
        all
    });
    vec![
        ("prose", full(ANSWER)),
        ("line", full("word ")),
        ("word", full("x")),
        ("code", format!("```rust\n{}", full("let value = call(argument); // and a remark\n"))),
        ("minified", format!("```js\n{}", full("var a=1;"))),
        (
            "table",
            format!(
                "| a | b | c |\n|---|---|---|\n{}",
                full("| a word | `code` | more words than fit in there |\n")
            ),
        ),
        ("cells", format!("| a | b |\n|---|---|\n| {} | b |\n", full("words in one cell "))),
        ("nested", nested),
        ("list", full("- an item of a list that never ends\n")),
        ("quotes", full("> ")),
        ("quoted", full("> a line that is quoted, and another\n")),
        ("brackets", full("[")),
        ("stars", full("*a_ ")),
        ("dollars", full("$a ")),
        ("links", full("[a link](https://example.org/a/b) ")),
        ("CJK", full("日本語の文章です。")),
        ("emoji", full("👩🏽‍🚀")),
        ("controls", full("\x1b[31m")),
    ]
}

/// What one does in a thread, how long it may take, and which keys it is.
const DEEDS: &[(&str, Duration, &[Command])] = &[
    ("a line down", STEP, &[Command::Down; 200]),
    ("a line up", STEP, &[Command::Up; 100]),
    ("a page down", STEP, &[Command::PageDown; 40]),
    ("to the end", LONG, &[Command::Last]),
    ("a line up from there", STEP, &[Command::Up; 100]),
    ("a page up", STEP, &[Command::PageUp; 20]),
    ("to the beginning", LONG, &[Command::First]),
    ("the next message", STEP, &[Command::NextMessage; 20]),
    ("all folds", LONG, &[Command::FoldAll]),
    ("all folds again", LONG, &[Command::FoldAll]),
    ("the next hit", LONG, &[Command::NextHit; 3]),
    ("back to the first", LONG, &[Command::NextHit; 1]),
    ("the prompts", LONG, &[Command::Prompts, Command::Cancel]),
    ("the links", LONG, &[Command::Links, Command::Cancel]),
];

/// Reads one conversation, and says how long it took; gives how many figures were over their bound. It is read three
/// times over, and of each key the shortest time counts: this machine has other things to do.
fn report(what: &str, conversation: &Conversation, opening: Duration) -> usize {
    let text = conversation.text();
    let read = best(|| memchr::memchr_iter(b'\n', black_box(text.as_bytes())).count());
    let parsed = best(|| pulldown_cmark::Parser::new(&text[..floor(text, 128 << 10)]).count());
    println!(
        "-- {what}; reading it once {:.2} ms, Markdown's events of its first 128 KB {:.2} ms",
        ms(read),
        ms(parsed)
    );
    let mut readings: Vec<Vec<Deed>> = (0..3).map(|_| through(conversation, opening)).collect();
    let mut late = 0;
    let last = readings.pop().unwrap_or_default();
    for (number, deed) in last.into_iter().enumerate() {
        let key = |key: usize| {
            let others = readings.iter().map(|deeds| deeds[number].times[key]);
            others.chain([deed.times[key]]).min().unwrap_or_default()
        };
        let worst = (0..deed.times.len()).map(key).max().unwrap_or_default();
        let mark = if worst > deed.bound { "  LATE" } else { "" };
        late += usize::from(worst > deed.bound);
        println!("{:24} {:8.2} ms of {:2.0}{mark}", deed.what, ms(worst), ms(deed.bound));
    }
    late
}

/// What was done, how long each of its keys took, and how long one may.
struct Deed {
    what: &'static str,
    bound: Duration,
    times: Vec<Duration>,
}

/// Everything one does in a thread.
fn through(conversation: &Conversation, opening: Duration) -> Vec<Deed> {
    let mut bench = Bench::new(conversation.clone());
    let mut deeds = Vec::new();
    let mut add = |what, bound, times| deeds.push(Deed { what, bound, times });
    add("open", opening, bench.keys(&[Command::Read]));
    for &(deed, bound, commands) in DEEDS {
        if deed == "the next hit" {
            add("find, typed", LONG, bench.find("zzneedle"));
        }
        add(deed, bound, bench.keys(commands));
        if deed == "to the end" {
            add("resize at the end", LONG, vec![bench.resize(SIZE.0 - 60)]);
            add("and back", LONG, vec![bench.resize(SIZE.0)]);
        }
    }
    bench.keys(&[Command::PageDown; 3]);
    add("resize", LONG, vec![bench.resize(SIZE.0 - 30)]);
    add("narrow", LONG, vec![bench.resize(80)]);
    add("and wide again", LONG, vec![bench.resize(SIZE.0)]);
    deeds
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The program without its threads: everything between an action and the bytes of its frame.
struct Bench {
    driver: Driver,
    theme: Theme,
    buffer: Buffer,
    screen: Screen<std::io::Sink>,
}

impl Bench {
    fn new(conversation: Conversation) -> Self {
        // A narrow screen has no preview: opening the conversation is what is measured.
        let mut driver = Driver::new(80, 24, vec![conversation]);
        driver.app.layout = Layout::of(SIZE.0, SIZE.1);
        let area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let screen = Screen::new(std::io::sink(), true);
        Self { driver, theme: Theme::terminal(), buffer: Buffer::empty(area), screen }
    }

    fn act(&mut self, action: Action) -> Duration {
        let start = Instant::now();
        let app = &mut self.driver.app;
        black_box(app.update(action));
        let area = app.layout.screen;
        if self.buffer.area == area {
            self.buffer.reset();
        } else {
            self.buffer = Buffer::empty(area);
        }
        let mut links = Vec::new();
        let cursor = view::draw_linked(app, &self.theme, &mut self.buffer, &mut links);
        self.screen.present_linked(&self.buffer, &links, cursor).expect("a sink takes everything");
        start.elapsed()
    }

    fn keys(&mut self, commands: &[Command]) -> Vec<Duration> {
        commands.iter().map(|&command| self.act(Action::Command(command))).collect()
    }

    fn find(&mut self, word: &str) -> Vec<Duration> {
        self.keys(&[Command::Find]);
        let times = word.chars().map(|letter| self.act(Action::Type(letter))).collect();
        self.keys(&[Command::Accept]);
        times
    }

    fn resize(&mut self, columns: u16) -> Duration {
        self.act(Action::Resize(columns, SIZE.1))
    }
}

fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..5).map(time).min().unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn heading() -> ConversationMeta<'static> {
    ConversationMeta {
        id: Some("thread"),
        title: Some("A thread"),
        created: Some(Time(1_741_000_000_000_000)),
        updated: Some(Time(1_741_000_000_000_000)),
        model: Some("gpt-4o"),
        ..ConversationMeta::new(Provider::ChatGpt, ObjectLocation::default())
    }
}

/// Prompts, reasoning, tools and answers in turn; what is looked for stands in three of them.
fn turns(count: usize) -> Conversation {
    let mut builder = ConversationBuilder::new();
    let mut parent = None;
    for index in 0..count {
        let needle = if [count / 3, count / 2, count - 2].contains(&index) { "zzneedle" } else { "" };
        let text = match index % 4 {
            0 => format!("A question, the {index}th? {needle}\n"),
            1 => format!("First I think {needle}\n\nand then **again**."),
            2 => format!("import math\nprint(math.pi)  # {needle}\n"),
            _ => format!("{ANSWER}{needle}"),
        };
        let (role, kind, visibility) = match index % 4 {
            0 => (Role::User, MessageKind::Text, Visibility::Shown),
            1 => (Role::Assistant, MessageKind::Reasoning, Visibility::Folded),
            2 => (Role::Assistant, MessageKind::Call, Visibility::Folded),
            _ => (Role::Assistant, MessageKind::Text, Visibility::Shown),
        };
        let draft = MessageDraft {
            kind,
            visibility,
            parent,
            model: Some("gpt-4o"),
            ..MessageDraft::new(role, &text)
        };
        parent = Some(builder.push(draft));
    }
    builder.finish(heading(), parent)
}

/// A prompt, the long message, and a word at its end to look for.
fn one(role: Role, text: &str) -> Conversation {
    let mut builder = ConversationBuilder::new();
    let first = builder.push(MessageDraft::new(Role::User, "Here it is."));
    let text = format!("{text} zzneedle");
    let long = builder.push(MessageDraft { parent: Some(first), ..MessageDraft::new(role, &text) });
    let last = builder
        .push(MessageDraft { parent: Some(long), ..MessageDraft::new(Role::User, "Thanks, zzneedle") });
    builder.finish(heading(), Some(last))
}
