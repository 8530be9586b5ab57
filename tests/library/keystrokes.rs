//! Keys are a person's: what arrives as keys without being typed runs nothing and writes nothing, and what a person types
//! is done, whatever a multiplexer or a slow line makes of it.

use std::time::Duration;

use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Position};
use unspool::{
    config::{Config, Environment, Flags, ValueContext},
    conversation::{Annotation, AnnotationKind, Attachment, Conversation, Media},
    tui::{
        app::{Focus, Overlay},
        effect::{Effect, Task, TerminalRequest},
        keymap::Keymap,
        theme::Theme,
        view,
    },
};

use crate::{
    support::{
        app::Driver,
        conversations::{chain, conversation, prompt},
    },
    targets,
};

/// A conversation with two attachments, and some without.
fn conversations() -> Vec<Conversation> {
    let attachment = |id: &str| {
        let attachment = Attachment {
            media: Media::File,
            id: id.into(),
            name: format!("{id}.txt").into(),
            size: None,
            dimensions: None,
            mime: "".into(),
            prompt: "".into(),
            content: "".into(),
        };
        Annotation { range: 0..0, detail: AnnotationKind::Attachment(Box::new(attachment)) }
    };
    let mut asked = prompt("What is in these? See https://example.org/a");
    asked.annotations = vec![attachment("file-1"), attachment("file-2")];
    let code = "```sh\necho one\n```\n\n```sh\necho two\n```";
    vec![
        conversation(1, "Sourdough starter", &["How do I feed it?", code, "And then?", "Again."]),
        conversation(2, "Ingress returns 504", &["Where is the timeout?", "sixty seconds"]),
        chain("Two files", [asked]),
    ]
}

/// The app in the search line, the list or the thread.
fn in_place(place: Focus, keymap: &Keymap) -> Driver {
    let mut driver = Driver::new(100, 30, conversations());
    driver.app.setup.keymap = keymap.clone();
    driver.app.focus = Focus::Search;
    match place {
        Focus::Search => {}
        Focus::List => drop(driver.press("esc")),
        Focus::Thread => drop(driver.press("enter")),
    }
    driver
}

/// The map of a person with this config file.
fn keymap(file: &str) -> Keymap {
    let context = ValueContext { home: None, zone: &|_| None };
    let (config, complaints) =
        Config::from_layers(Some(file.as_bytes()), &context, &Environment::default(), &Flags::default());
    assert_eq!(complaints, []);
    Keymap::of(&config.keys)
}

/// Another map: the prompts on other keys, and a line feed for the enter.
const REBOUND: &str = "[keys.reading]\npipe = [\"a\"]\nextract = [\"b\"]\nextract-all = [\"B\"]\ncommands = [\"d\"]\n\
                       links = [\"alt-o\"]\n[keys.pipe]\naccept = [\"ctrl-j\"]\n[keys.dialog]\naccept = [\"ctrl-j\"]\n";

fn runs_or_writes(effect: &Effect) -> bool {
    match effect {
        Effect::Background(task) => {
            matches!(task, Task::Save { .. } | Task::SaveMany { .. } | Task::SaveAttachment { .. })
        }
        Effect::Terminal(request) => matches!(request, TerminalRequest::Pipe { .. }),
    }
}

#[track_caller]
fn assert_harmless(driver: &Driver, text: &str, how: &str) {
    let done: Vec<&Effect> = driver.effects.iter().filter(|effect| runs_or_writes(effect)).collect();
    assert!(done.is_empty(), "{text:?} {how}: {done:?}");
}

/// In one piece, byte by byte, and cut once at every byte; with at most twenty milliseconds between the pieces.
fn paste(place: Focus, map: &Keymap, text: &str) {
    let bytes = text.as_bytes();
    let mut driver = in_place(place, map);
    driver.arrive(&[(bytes, 500)]);
    assert_harmless(&driver, text, "in one piece");
    for gap in [1, 20] {
        let mut driver = in_place(place, map);
        let pieces: Vec<(&[u8], u64)> = bytes
            .chunks(1)
            .enumerate()
            .map(|(index, byte)| (byte, if index == 0 { 500 } else { gap }))
            .collect();
        driver.arrive(&pieces);
        assert_harmless(&driver, text, &format!("byte by byte, {gap} ms apart"));
    }
    if place != Focus::Thread {
        return;
    }
    for cut in 1..bytes.len() {
        let mut driver = in_place(place, map);
        let (first, rest) = bytes.split_at(cut);
        driver.arrive(&[(first, 500), (rest, 20)]);
        assert_harmless(&driver, text, &format!("cut at {cut}"));
    }
}

#[test]
fn a_text_that_arrives_as_keys_runs_nothing_and_writes_nothing() {
    let texts = [
        "!touch ran\r",
        "!touch ran\r\r\r\r",
        "!\rtouch ran\r",
        "\r!touch ran\r",
        "e\r",
        "e\r\r\r\r",
        "e\t\t \t\r",
        "E\r\r",
        "ex\rtouch ran\r",
        "o1\r",
        "o2",
        "o3\r\r",
        "o\x1b[B\r",
        ":extract\r\r\r",
        ":pipe\rtouch ran\r\r",
        ":links\r2\r",
        ":\r\r\r",
        "?q!touch ran\r",
        "?\x1b!touch ran\r",
        "i\r!touch ran\r",
        "c\r!touch ran\r",
        "/a\r!touch ran\r",
        "jjGg!touch ran\r",
        "\x1b!touch ran\r",
        "\x1b\x1b!touch ran\r",
        "\x1be\r\r",
        "!touch ran\x1bOM",
        "!touch ran\x1b[13u\x1b[57414u\x1b[13;1:3u",
        "!touch ran\x1b]0;title\x07\r",
        "!touch ran\x1b[M !!\r",
        "\x1b[200~a\x1b[201~\x1b!touch ran\r",
        "!\x1b[200~touch ran\x1b[201~\r",
        "Ingress\r!touch ran\r",
        "two files\ro1\r",
        "\x1b\x1be\r\x1b!a\r",
    ];
    let built_in = Keymap::built_in();
    for place in [Focus::Search, Focus::List, Focus::Thread] {
        for text in texts {
            paste(place, &built_in, text);
        }
    }
}

#[test]
fn nor_does_it_where_the_keys_are_others() {
    let map = keymap(REBOUND);
    for place in [Focus::Search, Focus::List, Focus::Thread] {
        for text in ["atouch ran\n", "b\n\n", "B\n", "dextract\n\n", "\x1bo2\n", "\x1b\x1batouch ran\n\n"] {
            paste(place, &map, text);
        }
    }
    let mut driver = in_place(Focus::Thread, &map);
    driver.arrive(&[(b"b", 500), (b"\r", 70), (b"\n", 70)]);
    assert!(driver.effects.iter().any(runs_or_writes), "a person's key does what it is bound to");
}

/// The keys of a person, each after this many milliseconds; and what came of them.
#[track_caller]
fn typed(keys: &[(&str, u64)]) -> Driver {
    let mut driver = in_place(Focus::Thread, &Keymap::built_in());
    let pieces: Vec<(&[u8], u64)> = keys.iter().map(|(key, quiet)| (key.as_bytes(), *quiet)).collect();
    driver.arrive(&pieces);
    driver
}

#[test]
fn a_person_s_rhythm_runs_and_writes() {
    for keys in [
        &[("e", 500), ("\r", 70)][..],
        &[("E", 500), ("\r", 70)],
        &[("j", 500), ("e", 35), ("\r", 70)],
        &[("!", 500), ("w", 90), ("c", 60), ("\r", 70)],
        // Keys roll over each other.
        &[("!", 500), ("w", 90), ("c", 10), ("\r", 70)],
        &[("!", 500), ("\x1b[200~wc -l\nwc\x1b[201~", 400), ("\r", 70)],
        &[("o", 500), ("2", 80), ("\r", 70)],
        &[("o", 500), ("\x1b[B", 80), ("\r", 70), ("\r", 70)],
        &[(":", 500), ("x", 90), ("t", 90), ("r", 90), ("a", 90), ("\r", 70), ("\r", 70)],
    ] {
        let driver = typed(keys);
        let done = driver.effects.iter().filter(|effect| runs_or_writes(effect)).count();
        assert_eq!(done, 1, "{keys:?}: {:?}", driver.effects);
    }
}

#[test]
fn on_a_line_that_lags_the_prompt_is_filled_in_and_waits_for_enter() {
    let mut driver = typed(&[("!wc -l\r", 500)]);
    let Overlay::Pipe(pipe) = &driver.app.overlay else { panic!("the prompt stays open") };
    assert_eq!(pipe.text(), "wc -l");
    assert!(driver.status().ends_with("enter runs it"), "{}", driver.status());
    driver.arrive(&[(b"\r", 299)]);
    assert_harmless(&driver, "!wc -l", "and an enter that lagged too");
    driver.arrive(&[(b"\r", 300)]);
    let [Effect::Terminal(TerminalRequest::Pipe { command, .. })] = &driver.effects[..] else {
        panic!("{:?}", driver.effects)
    };
    assert_eq!(command, "wc -l");
    for keys in ["e\r", ":extract to\r", "o2\r"] {
        let mut driver = typed(&[(keys, 500)]);
        assert!(driver.screen().contains("enter runs it"), "{keys:?}:\n{}", driver.screen());
        driver.arrive(&[(b"\r", 300), (b"\r", 300)]);
        assert_eq!(driver.effects.iter().filter(|effect| runs_or_writes(effect)).count(), 1, "{keys:?}");
    }
}

/// A digit saved it at once.
#[test]
fn an_attachment_is_chosen_by_its_number_and_saved_by_enter() {
    let mut driver = typed(&[("o", 500), ("2", 200)]);
    assert_harmless(&driver, "o2", "typed");
    assert!(driver.status().starts_with("save to "), "{}", driver.status());
    driver.arrive(&[(b"\r", 200)]);
    assert!(
        matches!(driver.effects[..], [Effect::Background(Task::SaveAttachment { .. })]),
        "{:?}",
        driver.effects
    );
    let mut driver = typed(&[("o", 500), ("1", 200)]);
    assert_eq!(driver.copies(), ["https://example.org/a"], "an address is copied by its number");
    assert!(driver.app.overlay.is_none());
    driver.screen();
}

#[test]
fn esc_and_a_key_that_arrive_together_are_both_done() {
    // From the thread to the list, and down.
    let mut driver = in_place(Focus::Thread, &Keymap::built_in());
    let before = driver.app.selected();
    driver.arrive(&[(b"\x1bj", 500)]);
    assert_eq!(driver.app.focus, Focus::List);
    assert_ne!(driver.app.selected(), before);
    for (bytes, focus) in [
        (&b"\x1b\x1b"[..], Focus::Search),
        (b"\x1b\r", Focus::Thread),
        (b"\x1b\x1b[A", Focus::List),
        (b"\x1b[1;3A", Focus::List),
        (b"\x1b/", Focus::Search),
    ] {
        let mut driver = in_place(Focus::Thread, &Keymap::built_in());
        driver.arrive(&[(bytes, 500)]);
        assert_eq!(driver.app.focus, focus, "{}", bytes.escape_ascii());
    }
    // Bound, it is the key that it is bound to.
    let mut driver = in_place(Focus::Thread, &keymap(REBOUND));
    driver.arrive(&[(b"\x1bo", 500)]);
    assert!(matches!(driver.app.overlay, Overlay::Picker(_)));
    // Out of a prompt, into the next one.
    let mut driver = in_place(Focus::Thread, &Keymap::built_in());
    driver.arrive(&[(b"!", 500), (b"\x1b/", 500), (b"x", 500)]);
    assert!(matches!(&driver.app.overlay, Overlay::Find(find) if find.text() == "x"));
}

#[test]
fn a_character_typed_with_alt_gr_is_that_character() {
    let mut driver = in_place(Focus::Search, &Keymap::built_in());
    driver.arrive(&[(b"\x1b[64;7u", 500), ("\x1b[261;7u".as_bytes(), 500), (b"\x1b[27;7;123~", 500)]);
    assert_eq!(driver.app.search.input.text(), "@ą{");
    let mut driver = in_place(Focus::Thread, &Keymap::built_in());
    driver.arrive(&[(b"\x1b[58;7u", 500)]);
    assert!(matches!(driver.app.overlay, Overlay::Picker(_)), "it is bound as that character");
    // A letter with ctrl and alt is none: esc, then the letter with ctrl.
    let mut driver = in_place(Focus::Thread, &Keymap::built_in());
    driver.arrive(&[(b"\x1b[114;7u", 500)]);
    assert_eq!(driver.app.focus, Focus::List);
}

/// The place of the terminal's cursor.
fn cursor(driver: &mut Driver) -> Position {
    let mut buffer = Buffer::empty(driver.app.layout.screen);
    view::draw(&mut driver.app, &Theme::terminal(), &mut buffer).expect("it is never hidden")
}

/// A screen reader says the line that the cursor is on.
#[test]
fn the_cursor_is_on_what_is_typed_chosen_or_read() {
    for columns in [80, 120] {
        let mut driver = Driver::new(columns, 24, conversations());
        let on = |driver: &mut Driver| {
            let Position { y, .. } = cursor(driver);
            driver.screen().lines().nth(y as usize).unwrap_or_default().to_owned()
        };
        assert_eq!(cursor(&mut driver), Position::new(3, 0));
        driver.type_("a");
        assert_eq!(cursor(&mut driver), Position::new(4, 0));
        driver.press("backspace esc");
        let list = driver.app.layout.list;
        assert_eq!(cursor(&mut driver), list.as_position());
        driver.press("G");
        let title = driver.app.selected().map(|it| driver.app.library.get(it).title.clone()).expect("one");
        assert!(on(&mut driver).contains(&*title), "{title}: {}", on(&mut driver));
        // The thread of four messages.
        driver.press("esc").type_("sourdough").press("enter");
        for said in ["How do I feed it?", "echo one", "And then?", "Again."] {
            let Position { x, y } = cursor(&mut driver);
            assert_eq!(x, driver.app.layout.thread.x, "in the bar's column");
            let shown: Vec<String> =
                driver.screen().lines().skip(y as usize).take(5).map(str::to_owned).collect();
            assert!(shown.concat().contains(said), "{said}: {shown:?}");
            driver.press("J");
        }
        driver.press("!").type_("wc");
        let prompt = " pipe the message to ".len() as u16;
        assert_eq!(cursor(&mut driver), Position::new(prompt + 2, 23));
        driver.press("esc e down");
        assert!(on(&mut driver).contains("format"), "{}", on(&mut driver));
        driver.press("down down down down down");
        assert!(on(&mut driver).contains("secrets"), "{}", on(&mut driver));
        driver.press("esc g J c down");
        assert!(on(&mut driver).contains("echo two"), "{}", on(&mut driver));
        driver.press("esc ?");
        assert!(on(&mut driver).contains("Thread"), "{}", on(&mut driver));
    }
    // Nor on the smallest screens.
    for (columns, rows) in [(1, 1), (2, 2), (40, 3), (3, 40)] {
        let mut driver = Driver::new(columns, rows, conversations());
        for keys in ["enter", "e", "esc", "o", "esc", "?", "esc", "!"] {
            driver.press(keys);
            let screen = driver.app.layout.screen;
            assert!(screen.contains(cursor(&mut driver)), "{columns}×{rows} after {keys}");
        }
    }
}

/// What became of keys that nobody typed is in the queue with the quiet before them, not before their turn.
#[test]
fn keys_that_had_to_wait_keep_their_rhythm() {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use unspool::tui::{
        action::Action,
        queue::{KeyQueue, Typed},
    };
    let mut driver = Driver::new(80, 24, conversations());
    let asked = driver.app.update(Action::Paste("sourdough".to_owned()));
    let mut waiting = KeyQueue::default();
    for (code, quiet) in [(KeyCode::Enter, 400), (KeyCode::Char('e'), 200), (KeyCode::Enter, 70)] {
        let key = Typed::Key(KeyEvent::new(code, KeyModifiers::NONE));
        waiting.push(key, Duration::from_millis(quiet), &driver.app);
    }
    assert!(waiting.next(&driver.app).is_none());
    driver.execute(asked);
    while let Some(action) = waiting.next(&driver.app) {
        driver.act(action);
    }
    assert_eq!(driver.effects.iter().filter(|effect| runs_or_writes(effect)).count(), 1);
}

/// What opens, chooses, confirms and leaves, what terminals send besides, and all the letters.
const PIECES: [&str; 30] = [
    "\r",
    "\r",
    "\r",
    "\x1b",
    "\x1b",
    "!",
    "e",
    "E",
    "o",
    ":",
    "?",
    "/",
    "c",
    "1",
    "2",
    "\t",
    " ",
    "r",
    "extract",
    "touch x",
    "\x1b[A",
    "\x1b[B",
    "\x1bOM",
    "\x1b[M !!",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b]0;",
    "\x1b[13u",
    "has:file\r",
    "jkJK}{nNGgpivzZ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn nothing_is_run_or_written_without_an_enter_of_its_own_whatever_is_typed_at_whatever_pace(
        size in any::<u8>(),
        pieces in prop::collection::vec((0u8..16, prop::sample::select(PIECES.as_slice())), 0..40),
    ) {
        let mut bytes = vec![size];
        for (pause, piece) in pieces {
            bytes.push(pause << 4 | (piece.len() as u8 - 1));
            bytes.extend_from_slice(piece.as_bytes());
        }
        // It panics where a promise is broken.
        targets::keys(&bytes);
    }
}
