//! Conversations of two providers on one screen.

use crate::support::app::{self, Driver};
use crate::support::exports::{
    self, Scratch,
    claude::{ROOT, answer, conversation, human},
};
use serde_json::json;
use unspool::{
    archive::Location,
    conversation::Conversation,
    tui::effect::{Effect, Task},
};

/// One of Claude's, with a file, and one of ChatGPT's.
fn both() -> Vec<Conversation> {
    let scratch = Scratch::new();
    let mut prompt = human("m1", ROOT, "What is in it?");
    prompt["attachments"] =
        json!([{"file_name": "notes.txt", "extracted_content": "me@example.org\nline two"}]);
    let claude = conversation("c-1", "Of Claude", vec![prompt, answer("m2", "m1", "Two lines.")]);
    let path = scratch.file("x.json", format!("[{claude},{}]", exports::small("g")));
    app::read(&Location::Path(path))
}

#[test]
fn the_list_says_whose_each_is_only_where_there_are_two() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut driver = Driver::new(columns, rows, both());
        let screen = driver.screen();
        assert!(screen.contains("Claude  4 Feb 2026"), "{screen}");
        assert!(screen.contains("ChatGPT  14 Nov 2023"), "{screen}");
        let alone = both().into_iter().take(1).collect();
        let screen = Driver::new(columns, rows, alone).screen();
        assert!(screen.contains("4 Feb 2026") && !screen.contains("Claude  4"), "{screen}");
    }
}

#[test]
fn the_details_the_address_and_the_speaker_are_claudes() {
    let mut driver = Driver::new(80, 24, both());
    driver.type_("from:claude").press("enter i");
    let screen = driver.screen();
    assert!(screen.contains("https://claude.ai/chat/c-1"), "{screen}");
    assert!(screen.contains("from           claude"), "{screen}");
    driver.press("esc u");
    assert_eq!(driver.copies(), ["https://claude.ai/chat/c-1"]);
    assert!(driver.screen().contains("  Claude\n"), "{}", driver.screen());
}

#[test]
fn what_is_found_in_a_file_is_shown_unfolded_and_marked() {
    let mut driver = Driver::new(120, 24, both());
    driver.type_("line two");
    assert!(driver.screen().contains("…line two"), "{}", driver.screen());
    driver.press("enter");
    let screen = driver.screen();
    assert!(screen.contains("│ line two"), "{screen}");
    let buffer = driver.buffer();
    let (row, line) =
        screen.lines().enumerate().find(|(_, line)| line.contains("│ line two")).expect("shown");
    let column = line.chars().take_while(|&c| c != 'l').count() as u16;
    let look = |column: u16| (buffer[(column, row as u16)].bg, buffer[(column, row as u16)].modifier);
    // The word is marked, and the blank behind it is not.
    assert_ne!(look(column), look(column + 4), "{screen}");
    driver.press("t");
    assert_eq!(driver.copies(), ["line two"]);
}

#[test]
fn a_file_opens_in_the_thread_and_o_saves_its_text() {
    let mut driver = Driver::new(80, 24, both());
    driver.type_("from:claude").press("enter");
    let screen = driver.screen();
    assert!(screen.contains("file · notes.txt · 2 lines") && !screen.contains("line two"), "{screen}");
    driver.press("z");
    assert!(driver.screen().contains("line two"), "{}", driver.screen());
    driver.press("o 1 enter");
    let Some(Effect::Background(Task::SaveAttachment { attachment, path, redact })) = driver.effects.last()
    else {
        panic!("{:?}", driver.effects)
    };
    assert_eq!(path.to_str(), Some("notes.txt"));
    assert_eq!((attachment.content.as_deref(), *redact), (Some("me@example.org\nline two"), false));
    driver.press("r o 1 enter");
    assert!(matches!(
        driver.effects.last(),
        Some(Effect::Background(Task::SaveAttachment { redact: true, .. }))
    ));
}
