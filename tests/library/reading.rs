//! Getting about in an open thread: every key of it, and that one does not lose one's place.

use crate::support::{
    app::{Driver, demo},
    conversations::{MORNING, answer, chain, conversation, meta, prompt, with_meta},
};
use unspool::{
    conversation::{Conversation, ConversationMeta, MessageDraft, MessageKind, Role, Time, Visibility},
    extract::{clipboard::Copied, save::FileOutcome},
    transcript::AttachmentLookup,
    tui::{
        action::Action,
        effect::{CopyContent, CopyOutcome, CopyRequest, Effect, SaveFailure, SaveOutcome, Task},
        thread_view::ThreadView,
    },
};

fn message(driver: &Driver) -> Option<usize> {
    driver.app.open_view().and_then(ThreadView::message)
}

/// The row of the screen on which some words stand.
fn row_of(driver: &mut Driver, words: &str) -> usize {
    let screen = driver.screen();
    screen.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words} in:\n{screen}"))
}

/// 0 ─ 1, 0 ─ 2 ─ 3; the second is shown.
fn forked() -> Conversation {
    let draft =
        |role, text, parent| MessageDraft { parent, model: Some("m"), ..MessageDraft::new(role, text) };
    chain(
        "A tree",
        [
            draft(Role::User, "Which way?", None),
            draft(Role::Assistant, "To the left, past the lighthouse.", Some(0)),
            draft(Role::Assistant, "To the right, past the mill.", Some(0)),
            draft(Role::User, "Thank you!", Some(2)),
        ],
    )
}

fn words(count: usize) -> String {
    (0..count).map(|word| format!("word{word} ")).collect()
}

#[test]
fn lines_pages_and_ends() {
    let turns: Vec<String> = (0..40).map(|turn| format!("turn {turn}\n\nmore")).collect();
    let turns: Vec<&str> = turns.iter().map(String::as_str).collect();
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &turns)]);
    driver.press("enter");
    let first_row = |driver: &mut Driver| {
        driver.screen().lines().nth(2).unwrap_or_default().trim_matches(['▌', '▐', ' ']).to_owned()
    };
    let start = first_row(&mut driver);
    for (there, back) in
        [("j", "k"), ("down", "up"), ("ctrl-d", "ctrl-u"), ("pgdn", "pgup"), ("space", "pgup")]
    {
        driver.press(there);
        assert_ne!(first_row(&mut driver), start, "after {there}");
        driver.press(back);
        assert_eq!(first_row(&mut driver), start, "after {back}");
    }
    driver.press("G");
    assert!(driver.screen().contains("turn 39") && message(&driver) == Some(39));
    driver.press("g");
    assert_eq!((first_row(&mut driver), message(&driver)), (start.clone(), Some(0)));
    driver.press("end home");
    assert_eq!(first_row(&mut driver), start);
}

#[test]
fn the_scroll_bar_goes_from_the_top_to_the_bottom() {
    let turns = [&*words(600), &*words(600)];
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &turns)]);
    driver.press("enter");
    let thumb = |driver: &mut Driver| -> Vec<usize> {
        driver
            .screen()
            .lines()
            .enumerate()
            .filter(|(_, line)| line.ends_with('▐'))
            .map(|(row, _)| row)
            .collect()
    };
    let rows = thumb(&mut driver);
    assert_eq!(rows.first(), Some(&2), "{rows:?}");
    driver.press("G");
    let rows = thumb(&mut driver);
    assert_eq!(rows.last(), Some(&22), "{rows:?}");
}

#[test]
fn other_branches_are_a_key_away_and_the_place_stays() {
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.press("enter J");
    let row = row_of(&mut driver, "◂ 2/2 ▸");
    driver.press("<");
    assert!(driver.status().starts_with("branch 1 of 2"), "{}", driver.status());
    assert_eq!(row_of(&mut driver, "◂ 1/2 ▸"), row);
    assert!(driver.screen().contains("past the lighthouse") && !driver.screen().contains("Thank you!"));
    driver.press("<");
    assert!(driver.status().starts_with("this message has no other branch"), "{}", driver.status());
    driver.press(">");
    assert!(driver.screen().contains("Thank you!"));
}

#[test]
fn a_hit_on_another_branch_is_shown_there_and_said() {
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.type_("lighthouse").press("enter");
    assert!(driver.screen().contains("◂ 1/2 ▸"), "{}", driver.screen());
    assert!(driver.status().starts_with("hit 1 of 1, on another branch"), "{}", driver.status());
    driver.press("/").type_("mill").press("enter");
    assert!(driver.status().starts_with("hit 1 of 1 "), "{}", driver.status());
    driver.press("/").type_("past").press("enter n");
    assert!(
        driver.status().starts_with("hit 1 of 2, from the top again, on another branch"),
        "{}",
        driver.status()
    );
}

#[test]
fn the_overview_of_branches_marks_the_one_being_read() {
    let mut driver = Driver::new(100, 30, vec![forked()]);
    driver.press("enter J <");
    driver.press("i");
    let screen = driver.screen();
    assert!(screen.contains("after you: Which way?"), "{screen}");
    assert!(screen.contains("▸ 1/2   1 message     assistant: To the left"), "{screen}");
    assert!(screen.contains("  2/2   2 messages    assistant: To the right"), "{screen}");
    driver.press("q > i");
    assert!(driver.screen().contains("▸ 2/2"), "{}", driver.screen());
}

/// A call of a tool between two prompts and answers.
fn with_fold() -> Conversation {
    let long = words(100);
    let draft =
        |role, text, parent| MessageDraft { parent, model: Some("m"), ..MessageDraft::new(role, text) };
    let call = |parent| MessageDraft {
        kind: MessageKind::Call,
        visibility: Visibility::Folded,
        name: Some("python"),
        parent,
        ..MessageDraft::new(Role::Assistant, "a = 1\nb = 2\nc = 3")
    };
    chain(
        "A tree",
        [
            draft(Role::User, &long, None),
            call(Some(0)),
            draft(Role::Assistant, "The first answer.", Some(1)),
            draft(Role::User, "And then?", Some(2)),
            call(Some(3)),
            draft(Role::Assistant, &long, Some(4)),
        ],
    )
}

#[test]
fn a_fold_opens_and_closes_where_it_is() {
    let mut driver = Driver::new(80, 24, vec![with_fold()]);
    driver.press("enter J");
    let row = row_of(&mut driver, "▸ python · 3 lines");
    driver.press("z");
    assert_eq!(row_of(&mut driver, "▾ python · 3 lines"), row);
    assert_eq!(row_of(&mut driver, "a = 1"), row + 1);
    driver.press("z");
    assert_eq!(row_of(&mut driver, "▸ python · 3 lines"), row);
}

/// Its number was that of the message before, a copy of it was called the message, and it had no other branch.
#[test]
fn a_fold_counts_as_the_answer_it_led_to_and_a_copy_of_it_is_called_what_it_is() {
    let mut driver = Driver::new(80, 24, vec![with_fold()]);
    driver.press("enter J");
    assert!(driver.status().starts_with("message 2 of 4 · tool call"), "{}", driver.status());
    driver.press("y");
    let Some(Effect::Background(Task::Copy(CopyRequest { subject, .. }))) = driver.effects.last() else {
        panic!("{:?}", driver.effects)
    };
    assert_eq!(subject, "the tool call alone");
    driver.press("J");
    assert!(driver.status().starts_with("message 2 of 4 "), "{}", driver.status());
    driver.press("y");
    assert_eq!(driver.copies()[1], "The first answer.");
}

#[test]
fn on_a_fold_the_other_branches_are_those_of_the_answer_it_led_to() {
    let draft = |role, text, parent| MessageDraft { parent, ..MessageDraft::new(role, text) };
    let call = |parent| MessageDraft {
        kind: MessageKind::Call,
        visibility: Visibility::Folded,
        ..draft(Role::Assistant, "a = 1", Some(parent))
    };
    let (left, right) =
        (draft(Role::Assistant, "To the left.", Some(1)), draft(Role::Assistant, "To the right.", Some(1)));
    let conversation = chain("A tree", [draft(Role::User, "Which way?", None), call(0), left, right]);
    let mut driver = Driver::new(80, 24, vec![conversation]);
    driver.press("enter J <");
    assert!(driver.status().starts_with("branch 1 of 2"), "{}", driver.status());
    assert!(driver.screen().contains("To the left."), "{}", driver.screen());
    // What an answer looked up may stand behind it.
    let behind = MessageDraft { kind: MessageKind::Browsing, visibility: Visibility::Folded, ..call(1) };
    let (left, right) =
        (draft(Role::Assistant, "To the left.", Some(0)), draft(Role::Assistant, "To the right.", Some(0)));
    let way = draft(Role::User, "Which way?", None);
    let conversation = chain("A tree", [way, left, right, MessageDraft { parent: Some(2), ..behind }]);
    let mut driver = Driver::new(80, 24, vec![conversation]);
    driver.press("enter J J");
    assert!(driver.status().starts_with("message 2 of 2 · web search"), "{}", driver.status());
    driver.press("<");
    assert!(driver.status().starts_with("branch 1 of 2"), "{}", driver.status());
}

#[test]
fn folding_all_keeps_the_selected_message_where_it_is() {
    let mut driver = Driver::new(80, 24, vec![with_fold()]);
    driver.press("enter } j j");
    let at = message(&driver);
    let row = row_of(&mut driver, "And then?");
    for _ in 0..2 {
        driver.press("Z");
        assert_eq!((message(&driver), row_of(&mut driver, "And then?")), (at, row));
    }
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a", "b"])]);
    driver.press("enter Z");
    assert!(driver.status().starts_with("there are no folds in this thread"), "{}", driver.status());
    driver.press("z");
    assert!(driver.status().starts_with("there is no fold here"), "{}", driver.status());
}

#[test]
fn a_wide_table_scrolls_as_far_as_it_goes() {
    let row = "| incomprehensibilities ".repeat(8);
    let table = format!("{row}\n{}\n{row}last", "|---".repeat(8));
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["q", &table])]);
    driver.press("enter J");
    assert!(driver.screen().contains('›') && !driver.screen().contains('‹'));
    for _ in 0..60 {
        driver.press("L");
    }
    assert!(driver.screen().contains('‹') && !driver.screen().contains('›'), "{}", driver.screen());
    driver.press("H");
    assert!(driver.screen().contains('›'), "one key goes back from the end: {}", driver.screen());
    for _ in 0..60 {
        driver.press("H");
    }
    assert!(!driver.screen().contains('‹'));
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a", "b"])]);
    driver.press("enter L");
    assert!(driver.status().starts_with("nothing in sight is wider"), "{}", driver.status());
}

#[test]
fn find_goes_on_from_where_it_began_and_esc_goes_back_there() {
    let turns = ["apple", "banana tart", "cherry", "banana bread", "date", &words(300)];
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &turns)]);
    driver.press("enter J J");
    assert_eq!(message(&driver), Some(2));
    let before = driver.screen();
    driver.press("/").type_("b");
    assert_eq!(message(&driver), Some(3), "the first from here on");
    driver.press("ctrl-u").type_("tart");
    assert_eq!(message(&driver), Some(1), "the only one, around the end");
    driver.press("ctrl-u").type_("banana");
    assert_eq!(message(&driver), Some(3), "and from where it began again");
    driver.press("esc");
    assert_eq!(message(&driver), Some(2));
    assert_eq!(driver.screen(), before);
    driver.press("/").type_("date").press("enter");
    assert_eq!(message(&driver), Some(4), "enter stays");
}

#[test]
fn a_find_that_changed_the_branch_gives_it_back() {
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.press("enter /").type_("lighthouse");
    assert!(driver.screen().contains("◂ 1/2 ▸"));
    driver.press("esc");
    assert!(driver.screen().contains("◂ 2/2 ▸") && driver.screen().contains("Thank you!"));
}

#[test]
fn marking_ends_where_it_is_pressed_again() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["one", "two", "three", "four"])]);
    driver.press("enter v J J");
    let marked = driver.app.open_view().map(ThreadView::marked_messages);
    assert_eq!(marked, Some(vec![0, 1, 2]));
    assert_eq!(
        driver.screen().lines().filter(|line| line.starts_with('▌')).count(),
        8,
        "{}",
        driver.screen()
    );
    driver.press("v");
    assert!(driver.status().starts_with("nothing is marked"), "{}", driver.status());
    driver.press("y");
    assert_eq!(driver.copies(), ["three"]);
}

#[test]
fn of_many_links_the_twelfth_is_two_digits_away() {
    let links: String = (1..=12).map(|link| format!("[page {link}](https://e.org/{link}) ")).collect();
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["q", &links])]);
    driver.press("enter J o 1");
    assert!(!driver.app.overlay.is_none(), "a digit may follow");
    driver.press("2");
    driver.press("o 7");
    driver.press("o 1 enter");
    driver.press("o 1 5");
    let expected = ["https://e.org/12", "https://e.org/7", "https://e.org/1", "https://e.org/5"];
    assert_eq!(driver.copies(), expected);
}

#[test]
fn an_attachment_is_saved_by_its_number() {
    let badger =
        demo().into_iter().find(|conversation| conversation.title.contains("badger")).expect("a badger");
    let mut driver = Driver::new(80, 24, vec![badger]);
    driver.press("enter J J o");
    assert!(driver.screen().contains("save"), "{}", driver.screen());
    driver.press("1 enter");
    assert!(
        matches!(driver.effects.last(), Some(Effect::Background(Task::SaveAttachment { .. }))),
        "{:?}",
        driver.effects
    );
    driver.press("r o");
    assert!(driver.screen().contains("save, not redacted"), "{}", driver.screen());
}

#[test]
fn a_thread_that_begins_with_a_fold_begins_at_its_first_message() {
    let eclipse =
        demo().into_iter().find(|conversation| &*conversation.title == "Eclipse in April").expect("one");
    let mut driver = Driver::new(80, 24, vec![eclipse]);
    driver.press("enter");
    assert!(driver.status().starts_with("message 1 of 4"), "{}", driver.status());
}

#[test]
fn what_is_in_a_copy_is_said_before_how_it_was_copied_where_both_do_not_fit() {
    let copied = |by: &str, secrets: Option<&str>| {
        let result = Ok(Copied {
            bytes: 74_900,
            way: by.to_owned(),
            lasts: true,
            terminal_bytes: Vec::new(),
            arrived: true,
        });
        let secrets = secrets.map(str::to_owned);
        Action::Copied(CopyOutcome {
            number: 0,
            subject: "the message".into(),
            opening: "Nobody reads so far".to_owned(),
            format_name: "markdown",
            redacted: false,
            secrets,
            result,
        })
    };
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a"])]);
    driver.act(copied("by tmux, which keeps it", None));
    let status = driver.status();
    assert!(status.starts_with("copied 75 KB by tmux, which keeps it: “Nobody reads so…” "), "{status}");
    driver.act(copied("by tmux, which keeps it", Some("1 github-token, 2 e-mail addresses")));
    let status = driver.status();
    assert!(
        status.starts_with("copied 75 KB · r redacts what it holds: 1 github-token, 2 e-mail addresses"),
        "{status}"
    );
}

fn badger() -> Driver {
    let badger =
        demo().into_iter().find(|conversation| conversation.title.contains("badger")).expect("a badger");
    Driver::new(80, 24, vec![badger])
}

/// It was written wherever the program was started, and where its name was taken there was no way on.
#[test]
fn where_an_attachment_is_saved_is_asked_and_another_name_can_be_given() {
    let mut driver = badger();
    driver.press("enter J J o 1");
    assert!(driver.status().starts_with("save to file-badger1runsundermoon"), "{}", driver.status());
    assert!(driver.effects.is_empty(), "nothing is written before that");
    driver.press("ctrl-u").type_("~/pictures/").press("enter");
    let Some(Effect::Background(Task::SaveAttachment { path, .. })) = driver.effects.last() else {
        panic!("{:?}", driver.effects)
    };
    let path = path.clone();
    assert_eq!(path.to_str(), Some("~/pictures/file-badger1runsundermoon"), "a folder gets its own name");
    driver.act(Action::Saved(SaveOutcome {
        path: path.clone(),
        result: Err(SaveFailure::Exists),
        redacted: None,
    }));
    assert!(driver.status().ends_with("exists already: another name"), "{}", driver.status());
    driver.type_("badger.webp").press("enter");
    assert_eq!(driver.effects.len(), 2);
    let result = Ok(FileOutcome { bytes: 412, ..FileOutcome::default() });
    driver.act(Action::Saved(SaveOutcome { path: "badger.webp".into(), result, redacted: None }));
    assert!(driver.app.overlay.is_none());
    assert!(driver.status().starts_with("wrote 412 bytes to badger.webp"), "{}", driver.status());
    driver.press("o 1 ctrl-u enter");
    assert!(driver.status().ends_with("a file needs a name"), "{}", driver.status());
    driver.press("esc");
    assert!(driver.app.overlay.is_none());
}

#[test]
fn a_file_that_the_archive_does_not_hold_says_so_instead_of_save() {
    let mut driver = badger();
    driver.app.setup.transcript.attachments = Some(AttachmentLookup::new(|_, _| false));
    driver.press("enter J J o");
    let screen = driver.screen();
    assert!(screen.contains("not in this archive") && !screen.contains("save"), "{screen}");
    driver.press("1");
    assert!(driver.effects.is_empty() && driver.app.overlay.is_none());
    assert!(driver.status().contains("is not in this archive"), "{}", driver.status());
}

#[test]
fn over_ssh_the_path_of_what_was_written_is_copied_by_the_key_that_is_told() {
    for is_remote in [true, false] {
        let mut driver = Driver::new(100, 24, vec![conversation(1, "T", &["a", "b"])]);
        driver.app.setup.is_remote = is_remote;
        let result = Ok(FileOutcome { bytes: 412, ..FileOutcome::default() });
        driver.press("enter").act(Action::Saved(SaveOutcome {
            path: "./t.md".into(),
            result,
            redacted: None,
        }));
        let status = driver.status();
        assert_eq!(
            status.contains("wrote 412 bytes to ./t.md · ctrl-y copies its path"),
            is_remote,
            "{status}"
        );
        driver.press("ctrl-y");
        let copies_path = matches!(
            &driver.effects[..],
            [Effect::Background(Task::Copy(CopyRequest { content: CopyContent::PathOf(path), .. }))]
                if path.to_str() == Some("./t.md")
        );
        assert_eq!(copies_path, is_remote, "{:?}", driver.effects);
        driver.press("ctrl-y");
        assert_eq!(
            driver.copies(),
            if is_remote { vec!["b"] } else { vec!["b", "b"] },
            "then the answer again"
        );
    }
}

/// The list gave the one date and the header beside it the other, and the messages of all branches were counted.
#[test]
fn list_and_header_give_the_same_date_and_say_which_it_is_where_there_are_two() {
    let long = with_meta(
        ConversationMeta { updated: Some(Time(MORNING.0 + 96 * 86_400_000_000)), ..meta("A game") },
        [prompt("Shall we?"), answer("Yes.")],
    );
    for (columns, header) in
        [(120, "3 Mar 2025 – 7 Jun 2025 · gpt-4o · 2 messages"), (80, "until 7 Jun 2025 · gpt-4o · 1 of 2")]
    {
        let mut driver = Driver::new(columns, 24, vec![long.clone()]);
        assert!(driver.screen().contains("7 Jun 2025"), "{}", driver.screen());
        driver.press("enter");
        assert!(driver.screen().contains(header), "{header}: {}", driver.screen());
        driver.press("esc s");
        let list = driver.screen().lines().take(5).collect::<Vec<_>>().join("\n");
        assert!(list.contains("3 Mar 2025"), "by beginning: {list}");
    }
    let mut driver = Driver::new(120, 24, vec![forked()]);
    driver.press("enter");
    assert!(driver.screen().contains("· 3 messages, 1 on other branches"), "{}", driver.screen());
}

#[test]
fn the_line_of_a_command_says_what_is_piped_to_it() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["one", "two", "three"])]);
    for (keys, words) in [
        ("esc !", "pipe the conversation to"),
        ("esc enter !", "pipe the message to"),
        ("esc v J !", "pipe 2 marked messages to"),
    ] {
        driver.press(keys);
        assert!(driver.status().starts_with(words), "{words}: {}", driver.status());
    }
}
