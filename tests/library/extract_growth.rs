//! An extract takes time by the length of what it is of: twice the text, twice the time, in every format, whatever it is
//! made of.
#![cfg(unix)]

use std::time::Duration;

use crate::support::{
    cost,
    exports::{self, Chain},
};
use jiff::tz::TimeZone;
use unspool::{
    conversation::Conversation,
    extract::{self, ExtractOptions, Format, Include},
};

/// What texts are made of that are looked through more than once, or back, by somebody.
const UNITS: [&str; 44] = [
    "#\n",
    "a\n=\n",
    "a\n-\n",
    "<a",
    "<a b=\"",
    "<a>",
    "</a ",
    "<!--\n",
    "<!-- -->",
    "<div>\n\n",
    "<?",
    "\\[a\\]\n",
    "\\(a\\) ",
    "$a$ <b> ",
    "$a ",
    "$$",
    "%% ",
    "*a_",
    "**a ",
    "```\n",
    "``` ",
    "`a ``",
    "~~~a\n",
    "> ",
    "> a\n",
    "- ",
    "- a\n",
    "1. ",
    "[",
    "[a](",
    "[a]: b\n",
    "[a](https://b@c) ",
    "![",
    "|",
    "|a|b|\n|-|-|\n|c|\n",
    "&",
    "&amp;",
    "\\",
    "\\<",
    "https://a)",
    "https://a@b.c/ ",
    "##\u{a0}a\n",
    "You · 3 Mar 2025, 10:42\n---\n",
    "\r",
];

/// The formats of texts; `json` is bytes that are read.
const FORMATS: [Format; 4] = [Format::Markdown, Format::Text, Format::Html, Format::Jsonl];
/// The length of the smaller text, in bytes; the larger one is four times as long.
const SMALL: usize = 30_000;

/// Returns what is wrong with the times in which a text and one four times as long are written: they are no more than
/// linear in one of a few tries.
fn wrong(texts: &[Conversation; 2], format: Format) -> Option<String> {
    let options = ExtractOptions {
        all_branches: true,
        include: Include::ALL,
        front_matter: true,
        ..ExtractOptions::new(format, TimeZone::UTC)
    };
    let mut last = None;
    for _ in 0..4 {
        let [one, four] = texts.each_ref().map(|conversation| {
            let (text, time) = cost::of_thread(|| extract::format_conversation(conversation, &options));
            assert!(text.ends_with('\n'));
            time.unwrap_or_default()
        });
        // Linear: four times as long. Quadratic: sixteen times.
        if four <= one * 9 + Duration::from_millis(40) {
            return None;
        }
        last = Some(format!("{format:?}: {one:?}, {four:?}"));
    }
    last
}

fn of(text: &str, role: &str) -> Conversation {
    let said = if role == "user" { exports::prompt(text) } else { exports::answer(text) };
    exports::parse(&exports::conversation(Chain::of([said])))
}

#[test]
fn every_format_takes_time_by_the_length_of_what_it_writes() {
    let mut all = Vec::new();
    for role in ["user", "assistant"] {
        for unit in UNITS {
            let texts = [1, 4].map(|times| of(&unit.repeat(times * SMALL / unit.len()), role));
            let wrong = FORMATS.into_iter().filter_map(|format| wrong(&texts, format));
            all.extend(wrong.map(|wrong| format!("{unit:?} of {role}: {wrong}")));
        }
    }
    assert!(all.is_empty(), "{all:#?}");
}

/// One place among many in a line, a list or a table: what was looked at from each of them.
#[test]
fn places_far_from_one_another_are_not_looked_at_again_and_again() {
    let of_size = |size: usize| -> Vec<(&str, String)> {
        let half = size / 2;
        vec![
            ("a quotation deep in quotations", "> ".repeat(90) + &"a\n".repeat(half)),
            ("quotations, then lines", ">".repeat(half) + &"a\n".repeat(half / 2)),
            ("lists, then lines", "- ".repeat(half / 2) + "a\n" + &"\nb\n".repeat(half / 3)),
            (
                "a wide table of short rows",
                format!(
                    "|{}\n|{}\n{}",
                    "a|".repeat(half / 4),
                    "-|".repeat(half / 4),
                    "|b\n".repeat(half / 3)
                ),
            ),
            ("blanks, then formulas", " ".repeat(half) + &"\\(a\\)".repeat(half / 5)),
            ("fences, then blanks", "```\n```\n".repeat(half / 8) + &" ".repeat(half)),
            ("an address and brackets", format!("https://a{}", ")".repeat(size))),
            (
                "a reference again and again",
                format!("[a]: https://b.example/{}\n\n{}", "c".repeat(half), "[a] ".repeat(half / 4)),
            ),
            ("pictures in pictures", "![".repeat(half / 4) + "a" + &"](b)".repeat(half / 4)),
            ("backslashes, then tags", "\\".repeat(half) + &"<a>".repeat(half / 3)),
            ("a long line of dashes and words", "a -- b ".repeat(size / 7)),
            (
                "a list a level deeper each line",
                (0..(size as f64).sqrt() as usize)
                    .map(|depth| format!("{}- a\n", " ".repeat(depth)))
                    .collect(),
            ),
        ]
    };
    let mut all = Vec::new();
    for ((name, small), (_, large)) in of_size(SMALL).into_iter().zip(of_size(4 * SMALL)) {
        for role in ["user", "assistant"] {
            let texts = [&small, &large].map(|text| of(text, role));
            let wrong = FORMATS.into_iter().filter_map(|format| wrong(&texts, format));
            all.extend(wrong.map(|wrong| format!("{name}, of {role}: {wrong}")));
        }
    }
    assert!(all.is_empty(), "{all:#?}");
}

/// A row that is cut short has as many cells as the head: of a few kilobytes each such message made megabytes.
#[test]
fn a_page_is_not_much_longer_than_what_it_is_of() {
    for (columns, rows) in [(20, 20), (60, 60), (400, 400), (2_000, 20), (20, 2_000)] {
        let (head, row) = ("a|".repeat(columns), "|b\n".repeat(rows));
        let text = format!("|{head}\n|{}\n{row}", "-|".repeat(columns));
        for format in Format::ALL {
            let options = ExtractOptions::new(format, TimeZone::UTC);
            let length = extract::format_conversation(&of(&text, "assistant"), &options).len();
            assert!(length < text.len() * 16 + 8_000, "{format:?}: {length} of {}", text.len());
        }
    }
}
