//! Whatever size a terminal says it has, every key can be pressed in every place: nothing panics, nothing goes on for ever,
//! and what is drawn is as large as the screen.

use crate::support::{
    app::{Driver, demo},
    conversations::conversation,
};
use proptest::prelude::*;
use unspool::{
    conversation::Conversation,
    tui::{action::Action, backend::Screen},
};

/// Every key that is bound somewhere, and some that are not.
const KEYS: &[&str] = &[
    "enter",
    "esc",
    "tab",
    "space",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pgup",
    "pgdn",
    "backspace",
    "f1",
    "ctrl-a",
    "ctrl-c",
    "ctrl-d",
    "ctrl-e",
    "ctrl-h",
    "ctrl-k",
    "ctrl-l",
    "ctrl-n",
    "ctrl-o",
    "ctrl-p",
    "ctrl-r",
    "ctrl-u",
    "ctrl-w",
    "ctrl-y",
    "ctrl-z",
    "a",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "n",
    "o",
    "p",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
    "A",
    "B",
    "E",
    "G",
    "H",
    "J",
    "K",
    "L",
    "N",
    "T",
    "X",
    "Y",
    "Z",
    "0",
    "1",
    "9",
    "/",
    "?",
    ":",
    "!",
    "<",
    ">",
    "[",
    "]",
    "{",
    "}",
    "|",
    "-",
    "+",
    "*",
    "~",
    "\"",
    "é",
    "漢",
];

/// What opens something over the panes, from the list, and from the thread.
const OVERLAYS: &[&str] =
    &["?", ":", "e", "E", "!", "p", "o", "i", "x", "/", "enter", "v", "z", "Z", "r", "A", "y", "c"];

/// Some sides of a screen: none, hardly one, a usual one, one as long as there is.
fn side() -> impl Strategy<Value = u16> {
    prop_oneof![0_u16..8, 8_u16..60, 60_u16..300, Just(u16::MAX)]
}

/// A size with no more cells than a screen has.
fn size() -> impl Strategy<Value = (u16, u16)> {
    (side(), side()).prop_map(|(columns, rows)| match (columns, rows) {
        (u16::MAX, rows) => (u16::MAX, rows.min(3)),
        (columns, u16::MAX) => (columns.min(3), u16::MAX),
        other => other,
    })
}

/// Texts that are wide, long, formulas, tables, code, and nothing.
fn conversations() -> Vec<Conversation> {
    let table = "| a | 漢字 |\n|---|---|\n| 1 | 2 |\n\n\\[ \\frac{a}{b} + \\sqrt{x} \\]\n\n```rust\nfn main() {}\n```\n";
    let long = "word 漢字 👩‍👩‍👧 e\u{301} https://example.org/a/long/address ".repeat(20);
    vec![
        conversation(1, "漢字 and 👩‍👩‍👧 in a title", &[&long, table]),
        conversation(2, "", &["", "\t"]),
        conversation(
            3,
            &"long ".repeat(40),
            &["# A heading\n\n- a\n  - b\n\n> c", "`code` **bold** [a](https://e.org)"],
        ),
    ]
}

fn draw(driver: &mut Driver, size: (u16, u16)) {
    let buffer = driver.buffer();
    assert_eq!((buffer.area.width, buffer.area.height), size);
    assert_eq!(buffer.content.len(), usize::from(size.0) * usize::from(size.1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn every_key_may_be_pressed_at_every_size(
        first in size(),
        steps in prop::collection::vec((prop::option::weighted(0.2, size()), prop::sample::select(KEYS)), 1..40),
        is_empty: bool,
    ) {
        let mut driver = Driver::new(first.0, first.1, if is_empty { Vec::new() } else { conversations() });
        let mut terminal = Screen::new(std::io::sink(), true);
        let mut at = first;
        draw(&mut driver, at);
        for (resized, key) in steps {
            if let Some(size) = resized {
                at = size;
                driver.act(Action::Resize(size.0, size.1));
            }
            driver.press(key);
            draw(&mut driver, at);
            prop_assert!(terminal.present(&driver.buffer(), None).is_ok());
        }
    }
}

#[test]
fn everything_that_opens_can_be_opened_where_there_is_no_room_for_it() {
    let demo = demo();
    for size in [
        (0, 0),
        (1, 1),
        (2, 2),
        (5, 1),
        (1, 5),
        (80, 0),
        (0, 24),
        (3, 24),
        (80, 1),
        (u16::MAX, 1),
        (1, u16::MAX),
    ] {
        for overlay in OVERLAYS {
            for way in ["esc", "esc enter J"] {
                let mut driver = Driver::new(size.0, size.1, demo.iter().take(3).cloned().collect());
                driver.press(way).press(overlay);
                draw(&mut driver, size);
                for key in ["down", "down", "up", "right", "a", "tab", "pgdn", "end", "home", "enter", "esc"]
                {
                    driver.press(key);
                    draw(&mut driver, size);
                }
                // What was opened in a large terminal stays open in a small one.
                driver.act(Action::Resize(80, 24)).press(way).press(overlay);
                driver.act(Action::Resize(size.0, size.1));
                draw(&mut driver, size);
            }
        }
    }
}
