//! What keys do, without a terminal: scripts of keys, and where one ends up.

use std::time::Duration;

use crate::support::{app::Driver, conversations::conversation};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unspool::{
    config::ThemeName,
    conversation::{Conversation, Time},
    extract::{
        clipboard::Copied,
        save::{Clobber, FileOutcome},
    },
    load::Progress,
    search::worker::Results,
    tui::{
        action::Action,
        app::{Focus, Overlay, RowFacts, SlowRow},
        effect::{
            CopyFailure, CopyOutcome, CopyRequest, Effect, SaveFailure, SaveOutcome, Task, TerminalRequest,
        },
        queue::{KeyQueue, Typed},
        thread_view::ThreadView,
    },
};

fn three() -> Vec<Conversation> {
    vec![
        conversation(1, "Sourdough starter", &["How do I feed it?", "Flour and water, equal weights."]),
        conversation(
            2,
            "Ingress returns 504",
            &["Where is the timeout?", "nginx: `proxy-read-timeout` is 60 s."],
        ),
        conversation(
            3,
            "A day in Zürich",
            &["What should I see?", "The lake, and the timeout of the funicular."],
        ),
    ]
}

fn titles(driver: &Driver) -> Vec<&str> {
    let app = &driver.app;
    app.search.listing.rows.iter().map(|row| &*app.library.get(row.handle).title).collect()
}

fn selected(driver: &Driver) -> &str {
    let app = &driver.app;
    app.selected().map_or("", |handle| &app.library.get(handle).title)
}

#[test]
fn everything_is_listed_newest_first_before_a_key_is_pressed() {
    let driver = Driver::new(80, 24, three());
    assert_eq!(titles(&driver), ["A day in Zürich", "Ingress returns 504", "Sourdough starter"]);
    assert_eq!(driver.app.focus, Focus::Search);
}

#[test]
fn typing_finds_and_erasing_finds_all_again() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("proxy");
    assert_eq!(titles(&driver), ["Ingress returns 504"]);
    driver.press("ctrl-u");
    assert_eq!(titles(&driver).len(), 3);
}

#[test]
fn a_letter_is_typed_even_where_it_is_a_key_elsewhere() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("quit? jk");
    assert_eq!(driver.app.search.input.text(), "quit? jk");
    assert!(driver.effects.is_empty());
}

/// A paste overtook the keys that waited for an answer, and went into the search line.
#[test]
fn keys_and_pastes_are_done_in_the_order_they_were_typed() {
    let mut driver = Driver::new(80, 24, three());
    let asked = driver.app.update(Action::Paste("timeout".to_owned()));
    let mut typed = KeyQueue::default();
    let at_once = Duration::ZERO;
    for code in [KeyCode::Enter, KeyCode::Char('/')] {
        typed.push(Typed::Key(KeyEvent::new(code, KeyModifiers::NONE)), at_once, &driver.app);
    }
    typed.push(Typed::Paste("funicular".to_owned()), at_once, &driver.app);
    assert!(typed.next(&driver.app).is_none(), "the answer is not there yet");
    driver.execute(asked);
    while let Some(action) = typed.next(&driver.app) {
        driver.act(action);
    }
    assert_eq!(driver.app.search.input.text(), "timeout");
    let Overlay::Find(find) = &driver.app.overlay else { panic!("find is open") };
    assert_eq!(find.text(), "funicular");
}

#[test]
fn movement_in_the_list() {
    let script: &[(&str, &str)] = &[
        ("down", "Ingress returns 504"),
        ("down", "Sourdough starter"),
        ("down", "Sourdough starter"),
        ("ctrl-p", "Ingress returns 504"),
        ("esc", "Ingress returns 504"),
        ("g", "A day in Zürich"),
        ("G", "Sourdough starter"),
        ("k", "Ingress returns 504"),
        ("pgdn", "Sourdough starter"),
        ("ctrl-u", "A day in Zürich"),
    ];
    let mut driver = Driver::new(80, 24, three());
    for (keys, title) in script {
        driver.press(keys);
        assert_eq!(selected(&driver), *title, "after {keys}");
    }
}

#[test]
fn panes_follow_the_keys() {
    let script: &[(&str, Focus)] = &[
        ("esc", Focus::List),
        ("/", Focus::Search),
        ("enter", Focus::Thread),
        ("esc", Focus::List),
        ("l", Focus::Thread),
        ("h", Focus::List),
        ("tab", Focus::Thread),
        ("tab", Focus::Search),
        ("tab", Focus::List),
        ("esc", Focus::Search),
    ];
    let mut driver = Driver::new(80, 24, three());
    for (keys, focus) in script {
        driver.press(keys);
        assert_eq!(driver.app.focus, *focus, "after {keys}");
    }
}

#[test]
fn a_conversation_opens_at_its_hit() {
    let long = (0..200).map(|line| format!("line {line}\n\n")).collect::<String>() + "the needle is here";
    let mut driver = Driver::new(80, 24, vec![conversation(1, "Hay", &["where?", &long, &long, "welcome"])]);
    driver.type_("needle").press("enter");
    let screen = driver.screen();
    let row =
        screen.lines().position(|line| line.contains("the needle is here")).expect("the hit is in sight");
    assert!((4..=12).contains(&row), "in the upper part, not in row {row}:\n{screen}");
    assert_eq!(driver.app.open_view().and_then(ThreadView::message), Some(1));
}

#[test]
fn n_goes_through_the_hits_and_around() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["tea tea", "tea"])]);
    driver.type_("tea").press("enter");
    for status in ["hit 2 of 3", "hit 3 of 3", "hit 1 of 3, from the top again"] {
        driver.press("n");
        assert!(driver.status().starts_with(status), "{} is not {status}", driver.status());
    }
    driver.press("N");
    assert!(driver.status().starts_with("hit 3 of 3, from the end again"), "{}", driver.status());
}

#[test]
fn the_cursor_reaches_every_message_by_line() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a", "b", "c", "d"])]);
    driver.press("enter");
    let at = |driver: &Driver| driver.app.open_view().and_then(ThreadView::message);
    assert_eq!(at(&driver), Some(0));
    for message in [1, 2, 3, 3] {
        driver.press("j");
        assert_eq!(at(&driver), Some(message));
    }
    driver.press("g");
    assert_eq!(at(&driver), Some(0));
    driver.press("G k");
    assert_eq!(at(&driver), Some(2));
}

#[test]
fn prompts_and_messages_are_stepped_through() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a", "b", "c", "d"])]);
    driver.press("enter");
    for (key, message) in [("J", 1), ("}", 2), ("]", 3), ("{", 2), ("{", 0), ("}", 2), ("K", 1), ("[", 0)] {
        driver.press(key);
        assert_eq!(driver.app.open_view().and_then(ThreadView::message), Some(message), "after {key}");
    }
}

#[test]
fn y_copies_the_selected_message_exactly() {
    let answer = "**Exactly** \\(x^2\\) this:\n\n```rust\nfn main() {}\n```";
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["q", answer])]);
    driver.press("enter J y");
    assert_eq!(driver.copies(), [answer]);
}

#[test]
fn ctrl_y_copies_the_answer_to_the_prompt_that_was_found() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("where is the timeout").press("ctrl-y");
    assert_eq!(driver.copies(), ["nginx: `proxy-read-timeout` is 60 s."]);
    assert_eq!(driver.app.focus, Focus::Search, "and one types on");
}

#[test]
fn ctrl_o_and_capital_y_copy_the_conversation() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("ctrl-o enter Y");
    let copies = driver.copies();
    assert_eq!(copies.len(), 2);
    assert_eq!(copies[0], copies[1]);
    assert!(copies[0].starts_with("# A day in Zürich\n"), "{}", copies[0]);
    assert!(copies[0].contains("The lake, and the timeout of the funicular."));
}

#[test]
fn c_copies_the_one_code_block_and_asks_among_several() {
    let one = "Do:\n```sh\nls -l\n```\n";
    let two = "First:\n```sh\nls\n```\nthen:\n```sh\npwd\n```\n";
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["q", one, "q", two])]);
    driver.press("enter J c");
    assert_eq!(driver.copies(), ["ls -l"]);
    driver.press("G c");
    assert!(matches!(driver.app.overlay, Overlay::Picker(_)));
    driver.press("2");
    assert_eq!(driver.copies(), ["ls -l", "pwd"]);
    assert!(driver.app.overlay.is_none());
}

#[test]
fn u_copies_the_address() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc u");
    assert_eq!(driver.copies(), ["https://chatgpt.com/c/conversation-3"]);
}

#[test]
fn a_control_character_never_reaches_the_clipboard() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["a\u{1b}[201~b\rc\u{9b}d"])]);
    driver.press("enter y");
    assert_eq!(driver.copies(), ["a[201~bcd"]);
}

#[test]
fn extract_offers_a_name_and_asks_once_before_it_replaces() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter e");
    assert!(driver.screen().contains("./2025-01-04-a-day-in-zürich.md"), "{}", driver.screen());
    driver.press("enter");
    let Some(Effect::Background(Task::Save { path, extraction, .. })) = driver.effects.pop() else {
        panic!("nothing was saved")
    };
    assert_eq!(extraction.clobber, Clobber::Never);
    driver.act(Action::Saved(SaveOutcome {
        path: path.clone(),
        result: Err(SaveFailure::Exists),
        redacted: None,
    }));
    assert!(driver.screen().contains("exists already: enter again replaces it"), "{}", driver.screen());
    driver.press("enter");
    let Some(Effect::Background(Task::Save { extraction, .. })) = driver.effects.pop() else {
        panic!("nothing was saved")
    };
    assert_eq!(extraction.clobber, Clobber::Replace);
    driver.act(Action::Saved(SaveOutcome {
        path,
        result: Ok(FileOutcome { bytes: 2_100, ..FileOutcome::default() }),
        redacted: None,
    }));
    assert!(driver.app.overlay.is_none());
    assert!(
        driver.status().starts_with("wrote 2.1 KB to ./2025-01-04-a-day-in-zürich.md"),
        "{}",
        driver.status()
    );
}

#[test]
fn the_ending_of_the_path_follows_the_format() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter e down right right right");
    assert!(driver.screen().contains("./2025-01-04-a-day-in-zürich.json"), "{}", driver.screen());
}

#[test]
fn a_changed_path_is_asked_about_again() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter e enter");
    driver.effects.clear();
    driver.act(Action::Saved(SaveOutcome {
        path: "x".into(),
        result: Err(SaveFailure::Exists),
        redacted: None,
    }));
    driver.press("x enter");
    let Some(Effect::Background(Task::Save { extraction, .. })) = driver.effects.pop() else {
        panic!("nothing was saved")
    };
    assert_eq!(extraction.clobber, Clobber::Never);
}

#[test]
fn find_marks_as_one_types_and_esc_brings_the_hits_of_the_query_back() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["tea and milk", "milk and tea, tea"])]);
    driver.type_("tea").press("enter").press("/").type_("milk");
    assert_eq!(driver.app.open_view().map(|reader| reader.hit_position().1), Some(2));
    driver.press("esc");
    assert_eq!(driver.app.open_view().map(|reader| reader.hit_position().1), Some(3));
    driver.press("/").type_("milk").press("enter n");
    assert!(driver.status().starts_with("hit 2 of 2"), "{}", driver.status());
}

#[test]
fn an_earlier_query_comes_back() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("timeout").press("enter esc / ctrl-u").type_("lake").press("esc / ctrl-u ctrl-r");
    assert_eq!(driver.app.search.input.text(), "lake");
    driver.press("ctrl-r");
    assert_eq!(driver.app.search.input.text(), "timeout");
    driver.press("ctrl-r");
    assert_eq!(driver.app.search.input.text(), "lake");
}

#[test]
fn a_chosen_conversation_stays_selected_while_others_arrive() {
    let mut driver = Driver::empty(80, 24);
    driver.act(Action::Arrived(three(), Progress::default())).press("down");
    assert_eq!(selected(&driver), "Ingress returns 504");
    driver.act(Action::Arrived(vec![conversation(9, "Newest", &["x"])], Progress::default()));
    assert_eq!(selected(&driver), "Ingress returns 504");
    assert_eq!(driver.app.search.listing.rows.len(), 4);
}

#[test]
fn the_newest_is_selected_as_long_as_nobody_chose() {
    let mut driver = Driver::empty(80, 24);
    driver.act(Action::Arrived(three(), Progress::default()));
    driver.act(Action::Arrived(vec![conversation(9, "Newest", &["x"])], Progress::default()));
    assert_eq!(selected(&driver), "Newest");
}

/// It was for what stood there before, as long as the archive was loading.
#[test]
fn enter_is_for_what_was_typed_before_it_while_an_archive_is_loading_too() {
    let mut driver = Driver::empty(80, 24);
    driver.act(Action::Arrived(three(), Progress::default()));
    let asked = driver.app.update(Action::Paste("sourdough".to_owned()));
    let mut typed = KeyQueue::default();
    let enter = Typed::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
    typed.push(enter, Duration::ZERO, &driver.app);
    assert!(typed.next(&driver.app).is_none(), "the answer is not there yet");
    driver.execute(asked);
    // What is loaded is answered for, though more will come.
    while let Some(action) = typed.next(&driver.app) {
        driver.act(action);
    }
    assert_eq!((selected(&driver), driver.app.focus), ("Sourdough starter", Focus::Thread));
}

#[test]
fn an_answer_to_an_older_query_is_not_shown() {
    let mut driver = Driver::new(80, 24, three());
    let effects = driver.app.update(Action::Type('z'));
    let Some(Effect::Background(Task::Search(request))) = effects.into_iter().next() else {
        panic!("no search")
    };
    let mut stale = unspool::search::worker::search(&request.query, &request.library, false);
    stale.serial = request.serial;
    driver.type_("qqq");
    driver.act(Action::Found(stale));
    assert!(driver.app.search.listing.rows.is_empty(), "{:?}", titles(&driver));
}

#[test]
fn when_nothing_is_found_the_list_says_which_word_is_nowhere() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("\"timeout\" \"xylophone\"");
    let screen = driver.screen();
    assert!(screen.contains("nothing holds all of: \"timeout\", \"xylophone\""), "{screen}");
    assert!(screen.contains("\"xylophone\" is in no conversation · without it: 2"), "{screen}");
}

#[test]
fn what_has_some_words_stands_under_a_rule_that_says_which_word_is_nowhere() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("timeout xylophone");
    let screen = driver.screen();
    assert!(screen.contains("0 of 3 · 2 with some words"), "{screen}");
    assert!(screen.contains("some of the words · \"xylophone\" is nowhere"), "{screen}");
    assert!(screen.contains("without: xylophone"), "{screen}");
    driver.press("esc E");
    assert!(
        matches!(driver.app.overlay, Overlay::None),
        "no conversation has all words: there is nothing to extract"
    );
}

/// "Nothing holds all of" stood there for seconds, until what was mistyped could be looked up.
#[test]
fn an_answer_without_the_index_is_not_called_final() {
    let mut driver = Driver::new(80, 24, three());
    let effects = driver.app.update(Action::Paste("timeuot".to_owned()));
    let Some(Effect::Background(Task::Search(request))) = effects.into_iter().next() else {
        panic!("no search")
    };
    let without = unspool::search::worker::search(&request.query, &request.library, false);
    let without = Results { serial: request.serial, awaits_index: true, ..without };
    driver.act(Action::Found(without));
    let screen = driver.screen();
    assert!(screen.contains("still looking, also for words that are written alike"), "{screen}");
    assert!(!screen.contains("nothing holds"), "{screen}");
    let mut with = unspool::search::worker::search_both_tiers(&request.query, &request.library, false, true);
    with.serial = request.serial;
    driver.act(Action::Found(with));
    assert!(driver.screen().contains("timeuot → timeout"), "{}", driver.screen());
}

/// In the narrow column of a wide screen both ended in `…` before the word that tells.
#[test]
fn the_rule_and_the_reasons_take_as_many_lines_as_they_need() {
    let mut driver = Driver::new(120, 40, three());
    driver.type_("sourdough timeuot");
    let screen = driver.screen();
    for words in ["┄ some of the words ┄", "┄ timeuot → timeout ┄"] {
        assert!(screen.contains(words), "{words} is not in:\n{screen}");
    }
    assert!(screen.contains("Sourdough starter"), "{screen}");
    driver.press("ctrl-u").type_("\"sourdough starter\" \"xylophone\"");
    let screen = driver.screen();
    let column: Vec<&str> =
        screen.lines().filter_map(|line| line.split('│').next()).map(str::trim).take(8).collect();
    let said = column.join(" ");
    assert!(said.contains("nothing holds all of: \"sourdough starter\", \"xylophone\""), "{screen}");
    assert!(said.contains("\"xylophone\" is in no conversation · without it: 1"), "{screen}");
}

#[test]
fn s_turns_the_order() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc s s s");
    assert!(driver.status().starts_with("by title"), "{}", driver.status());
    assert_eq!(titles(&driver), ["A day in Zürich", "Ingress returns 504", "Sourdough starter"]);
    driver.press("s");
    assert!(driver.status().starts_with("by the date of the last message"), "{}", driver.status());
}

#[test]
fn an_age_counts_from_the_day_on_which_it_is_typed() {
    let mut driver = Driver::new(80, 24, three());
    let noon = |day: i64| Action::Now(Time((20_089 + day) * 86_400_000_000 + 43_200_000_000));
    driver.act(noon(4)).type_("after:2d");
    assert_eq!(titles(&driver), ["A day in Zürich", "Ingress returns 504"]);
    // The program stays open overnight.
    driver.press("esc").act(noon(5)).press("/").type_(" t");
    assert_eq!(titles(&driver), ["A day in Zürich"]);
}

#[test]
fn help_opens_everywhere_and_closes_again() {
    for (before, title) in [("f1", "Search line"), ("esc ?", "List"), ("enter ?", "Thread")] {
        let mut driver = Driver::new(80, 24, three());
        let focus = { driver.press(before).app.focus };
        assert!(driver.screen().contains(title), "{}", driver.screen());
        driver.press("q");
        assert!(driver.app.overlay.is_none());
        assert_eq!(driver.app.focus, focus);
    }
}

#[test]
fn the_index_of_prompts_narrows_as_one_types_and_jumps() {
    let turns =
        ["How do I feed it?", "Flour.", "Where is the timeout?", "In nginx.", "And the lake?", "There."];
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &turns)]);
    driver.press("enter p").type_("timeo").press("enter");
    assert_eq!(driver.app.open_view().and_then(ThreadView::message), Some(2));
    assert!(driver.app.overlay.is_none());
}

#[test]
fn links_are_copied_by_number() {
    let answer = "See [the docs](https://a.example/x) and https://b.example/y.";
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["q", answer])]);
    driver.press("enter J o");
    assert!(driver.screen().contains("1  the docs – https://a.example/x"), "{}", driver.screen());
    driver.press("2");
    assert_eq!(driver.copies(), ["https://b.example/y"]);
}

#[test]
fn marked_messages_are_copied_together() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &["one", "two", "three", "four"])]);
    driver.press("enter J v J y");
    let copies = driver.copies();
    assert_eq!(copies.len(), 1);
    assert!(copies[0].contains("two") && copies[0].contains("three"), "{}", copies[0]);
    assert!(!copies[0].contains("one") && !copies[0].contains("four"), "{}", copies[0]);
}

#[test]
fn marked_conversations_are_extracted_to_a_folder() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc space space E");
    assert!(driver.screen().contains("Extract 2 marked conversations to a folder"), "{}", driver.screen());
    driver.press("enter");
    let Some(Effect::Background(Task::SaveMany { conversations, extraction, .. })) = driver.effects.last()
    else {
        panic!("nothing saved")
    };
    let titles: Vec<&str> = conversations.iter().map(|conversation| &*conversation.title).collect();
    assert_eq!(titles, ["A day in Zürich", "Ingress returns 504"]);
    assert_eq!(extraction.clobber, Clobber::Never);
    driver.press("esc");
    assert!(
        matches!(driver.effects.last(), Some(Effect::Background(Task::StopSaving))),
        "{:?}",
        driver.effects.last()
    );
}

#[test]
fn without_marks_all_that_was_found_is_extracted() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("timeout").press("esc E enter");
    let Some(Effect::Background(Task::SaveMany { conversations, .. })) = driver.effects.last() else {
        panic!("nothing saved")
    };
    assert_eq!(conversations.len(), 2);
}

#[test]
fn details_tell_what_is_known_and_how_the_thread_forks() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter i");
    let screen = driver.screen();
    for fact in
        ["conversation-3", "https://chatgpt.com/c/conversation-3", "1 of yours, 1 answer,", "one branch"]
    {
        assert!(screen.contains(fact), "{fact} is not in:\n{screen}");
    }
    driver.press("q");
    assert_eq!(driver.app.focus, Focus::Thread);
}

#[test]
fn a_message_is_piped_to_a_command() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter J !").type_("wc -w").press("enter");
    let Some(Effect::Terminal(TerminalRequest::Pipe { command, text })) = driver.effects.last() else {
        panic!("nothing was piped")
    };
    assert_eq!((command.as_str(), text.as_str()), ("wc -w", "The lake, and the timeout of the funicular."));
}

#[test]
fn every_command_can_be_called_by_name() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter :").type_("copy the conv").press("enter");
    assert!(driver.copies()[0].starts_with("# A day in Zürich"), "{:?}", driver.copies());
}

#[test]
fn r_asks_for_redaction_in_everything_that_leaves() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter r y e").named("a-name").press("enter");
    assert!(
        matches!(driver.effects[0], Effect::Background(Task::Copy(CopyRequest { redact: true, .. }))),
        "{:?}",
        driver.effects
    );
    let Effect::Background(Task::Save { extraction, .. }) = &driver.effects[1] else {
        panic!("{:?}", driver.effects)
    };
    assert!(extraction.redaction.is_wanted());
}

#[test]
fn a_piped_message_is_redacted_too() {
    let mail = "write to someone@example.org please";
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &[mail])]);
    driver.press("enter r !").type_("cat").press("enter");
    let Some(Effect::Terminal(TerminalRequest::Pipe { text, .. })) = driver.effects.last() else {
        panic!("nothing was piped")
    };
    assert!(text.contains("[redacted: ") && !text.contains("someone@"), "{text}");
}

#[test]
fn a_copy_that_holds_secrets_says_so() {
    let mut driver = Driver::new(120, 24, three());
    let copied = Copied {
        bytes: 40,
        way: "by OSC 52".to_owned(),
        terminal_bytes: Vec::new(),
        lasts: true,
        arrived: false,
    };
    let secrets = Some("1 github-token".to_owned());
    let outcome = CopyOutcome {
        number: 0,
        subject: "the message".into(),
        opening: String::new(),
        format_name: "markdown",
        redacted: false,
        secrets,
        result: Ok(copied),
    };
    driver.act(Action::Copied(outcome));
    let status = driver.status();
    assert!(status.contains("sent 40 bytes by OSC 52 · it holds 1 github-token: r redacts"), "{status}");
}

fn copied(number: u64, result: Result<Copied, CopyFailure>) -> Action {
    let outcome = CopyOutcome {
        number,
        subject: "the message".into(),
        opening: String::new(),
        format_name: "markdown",
        redacted: false,
        secrets: None,
        result,
    };
    Action::Copied(outcome)
}

fn by_osc52() -> Copied {
    Copied { bytes: 40, way: "by OSC 52".to_owned(), terminal_bytes: Vec::new(), lasts: true, arrived: false }
}

#[test]
fn the_secrets_in_a_copy_are_told_until_esc_or_the_next_copy() {
    for (keys, is_told) in [("j", true), ("esc", false), ("y", false)] {
        let mut driver = Driver::new(120, 24, three());
        driver.press("enter").act(copied(3, Ok(by_osc52())));
        assert!(driver.status().contains("sent 40 bytes"), "{}", driver.status());
        driver.press(keys).act(Action::HeldByCopy(3, "1 github-token".to_owned()));
        let status = driver.status();
        assert_eq!(
            status.contains("by OSC 52 · it holds 1 github-token: r redacts"),
            is_told,
            "{keys}: {status}"
        );
    }
    let mut driver = Driver::new(120, 24, three());
    driver.act(copied(3, Ok(by_osc52()))).act(copied(4, Ok(by_osc52())));
    driver.act(Action::HeldByCopy(3, "1 github-token".to_owned()));
    assert!(!driver.status().contains("it holds"), "of another copy: {}", driver.status());
}

/// A clipboard may take a while, and nothing takes the text out of it again.
#[test]
fn a_copy_is_not_said_to_be_stopped_before_that_is_known() {
    let answers = "An answer. ".repeat(40_000);
    for (result, told) in [(Err(CopyFailure::Stopped), "stopped "), (Ok(by_osc52()), "sent 40 bytes")] {
        let mut driver = Driver::new(120, 24, vec![conversation(1, "T", &["Why?", &answers])]);
        driver.press("enter Y");
        assert!(driver.status().contains("esc stops it"), "{}", driver.status());
        driver.press("esc");
        assert!(driver.status().starts_with("stopping the copy"), "{}", driver.status());
        driver.act(copied(0, result));
        assert!(driver.status().starts_with(told), "{}", driver.status());
    }
}

#[test]
fn q_quits_and_ctrl_c_quits_from_anywhere() {
    for keys in ["esc q", "enter q", "ctrl-c", "enter / ctrl-c", "enter e ctrl-c"] {
        let mut driver = Driver::new(80, 24, three());
        driver.press(keys);
        assert!(
            matches!(driver.effects.last(), Some(Effect::Terminal(TerminalRequest::Quit))),
            "{keys}: {:?}",
            driver.effects
        );
    }
}

#[test]
fn every_size_is_drawn() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("timeout");
    for keys in ["", "enter", "e", "esc", "?", "q", "esc"] {
        if !keys.is_empty() {
            driver.press(keys);
        }
        for (columns, rows) in [(1, 1), (2, 2), (10, 3), (40, 10), (80, 24), (100, 9), (250, 70)] {
            driver.act(Action::Resize(columns, rows));
            driver.screen();
        }
    }
}

#[test]
fn a_resize_keeps_the_words_at_the_top() {
    let long: String = (0..300).map(|word| format!("word{word} ")).collect();
    let turns: Vec<&str> = (0..6).map(|_| long.as_str()).collect();
    let mut driver = Driver::new(80, 24, vec![conversation(1, "T", &turns)]);
    driver.press("enter pgdn pgdn j j j");
    let first =
        driver.screen().lines().nth(2).unwrap_or_default().trim().split(' ').next_back().map(str::to_owned);
    driver.act(Action::Resize(60, 24));
    driver.act(Action::Resize(80, 24));
    let after: String = driver.screen().lines().skip(2).take(3).collect();
    assert!(after.contains(&first.clone().unwrap_or_default()), "{first:?} is gone:\n{after}");
}

/// The help is asked for in the middle of typing.
#[test]
fn the_help_gives_back_the_line_that_was_being_typed() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter /").type_("la").press("f1 esc").type_("ke");
    let Overlay::Find(find) = &driver.app.overlay else { panic!("find is open") };
    assert_eq!(find.text(), "lake");
}

/// Rows kept the hits and the passage of the query before, whose facts came after a key was typed.
#[test]
fn facts_of_the_query_before_are_not_shown_for_this_one() {
    let text = "A word of it. ".repeat(300_000);
    let mut driver = Driver::new(80, 24, vec![conversation(1, "Long", &[&text])]);
    let asked = |driver: &mut Driver| {
        driver.screen();
        match driver.app.take_frame_task() {
            Some(Task::FindFacts { rows, serial }) => {
                let facts = |slow: SlowRow| {
                    (slow.row.handle, RowFacts::of(&slow.conversation, &slow.row, &slow.matcher))
                };
                Action::Facts(serial, rows.into_iter().map(facts).collect())
            }
            other => panic!("{other:?}"),
        }
    };
    driver.type_("/[w]ord/");
    let row = *driver.app.search.listing.selected_row().expect("it is found");
    let before = asked(&mut driver);
    driver.press("backspace").type_("s|[A] w/");
    driver.act(before);
    assert!(driver.app.search.facts(&row).is_none(), "{:?}", driver.app.search.facts(&row));
    let now = asked(&mut driver);
    driver.act(now);
    assert!(driver.app.search.facts(&row).is_some_and(|facts| facts.hits > 0));
}

/// While an archive is loading another conversation can come to stand where the cursor is.
#[test]
fn what_was_chosen_is_of_the_conversation_it_was_asked_of() {
    let blocks = "[a](https://e.org)\n\n```\na\n```\n\n```\nb\n```\n";
    for keys in ["esc c", "esc o"] {
        let mut driver = Driver::empty(80, 24);
        driver.act(Action::Arrived(vec![conversation(1, "Asked", &[blocks])], Progress::default()));
        driver.press(keys);
        driver.act(Action::Arrived(vec![conversation(2, "Newer", &["Nothing"])], Progress::default()));
        assert_eq!(selected(&driver), "Newer");
        driver.press("1 enter");
        let Some(Effect::Background(Task::Copy(CopyRequest { conversations, .. }))) = driver.effects.last()
        else {
            panic!("{keys}: {:?}", driver.effects)
        };
        let titles: Vec<&str> = conversations.iter().map(|conversation| &*conversation.title).collect();
        assert_eq!(titles, ["Asked"], "{keys}");
    }
}

#[test]
fn a_theme_is_taken_at_once_by_its_name() {
    for (typed, name) in
        [("theme li", ThemeName::Light), ("theme-mono", ThemeName::Mono), ("theme auto", ThemeName::Auto)]
    {
        let mut driver = Driver::new(80, 24, three());
        driver.press("esc :").type_(typed).press("enter");
        let [Effect::Terminal(TerminalRequest::Theme(taken))] = &driver.effects[..] else {
            panic!("{typed}: {:?}", driver.effects)
        };
        assert_eq!(*taken, name, "{typed}");
        assert!(driver.status().contains("until you leave"), "{typed}");
    }
}

#[test]
fn a_copy_says_its_first_words_and_only_what_arrived_is_called_copied() {
    let told = |subject: &'static str, copied: Copied| {
        let mut driver = Driver::new(80, 24, three());
        let opening = "That is nginx's own default: it is 60 s.".to_owned();
        let (format_name, result) = ("markdown", Ok(copied));
        let outcome = CopyOutcome {
            number: 0,
            subject: subject.into(),
            opening,
            format_name,
            redacted: false,
            secrets: None,
            result,
        };
        driver.act(Action::Copied(outcome)).status()
    };
    let desktop = Copied { way: "of the desktop".to_owned(), arrived: true, ..by_osc52() };
    for (subject, copied, words) in [
        ("the answer", by_osc52(), "sent 40 bytes by OSC 52: “That is nginx's own default:…”"),
        ("2 marked messages", by_osc52(), "sent 2 marked messages, 40 bytes by OSC 52  "),
        ("the code", desktop, "copied the code, 40 bytes to the desktop's clipboard"),
    ] {
        let status = told(subject, copied);
        assert!(status.starts_with(words), "{status}");
        assert!(status.contains("enter read · F1 keys"), "the keys keep their place: {status}");
    }
}

/// The line was cut within the kinds.
#[test]
fn of_many_kinds_in_a_copy_the_rest_is_counted() {
    let mut driver = Driver::new(80, 24, three());
    driver.act(copied(3, Ok(by_osc52())));
    let secrets = "1 aws-access-key-id, 1 aws-secret-access-key, 1 github-token, 4 passwords, 7 more";
    driver.act(Action::HeldByCopy(3, secrets.to_owned()));
    assert!(
        driver
            .status()
            .starts_with("sent 40 bytes · r redacts what it holds: 1 aws-access-key-id and 13 more"),
        "{}",
        driver.status()
    );
}

/// `esc` went from the search line to the list and back for ever, and no line told how to leave.
#[test]
fn an_empty_search_line_tells_how_to_leave() {
    let mut driver = Driver::new(80, 24, three());
    assert!(driver.status().contains("ctrl-c quit · enter read · F1 keys"), "{}", driver.status());
    driver.press("esc esc");
    assert!(driver.status().contains("ctrl-c quit"), "{}", driver.status());
    driver.type_("lake");
    assert!(!driver.status().contains("ctrl-c quit"), "{}", driver.status());
}

#[test]
fn what_is_in_force_stands_in_the_header_as_long_as_it_is() {
    let mut driver = Driver::new(80, 24, three());
    let mut header = |keys: &str| driver.press(keys).screen().lines().next().unwrap_or_default().to_owned();
    assert!(!header("esc").contains("marked"));
    assert!(header("space space r").contains("2 marked · redacting · 3 conversations"));
    for (keys, words) in [
        ("enter", "2 marked · redacting"),
        ("v", "marking 1 message · 2 marked · redacting"),
        ("J", "marking 2 messages · 2 marked · redacting"),
        ("esc", "  2 marked · redacting"),
        ("esc r", "2 marked · 3 conversations"),
    ] {
        let header = header(keys);
        assert!(header.contains(words), "{keys}: {header}");
    }
    driver.press(":").type_("copy-as text").press("enter X");
    let header = driver.screen().lines().next().unwrap_or_default().to_owned();
    assert!(header.contains("as text · 3 conversations") && !header.contains("marked"), "{header}");
    assert!(driver.status().starts_with("2 conversations unmarked"), "{}", driver.status());
}

/// Two conversations that were out of sight went to the clipboard instead of the listed one.
#[test]
fn marks_that_the_list_does_not_hold_do_not_count_for_y_and_extract_all_says_that_it_takes_them() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("timeout").press("esc space space / ctrl-u").type_("sourdough").press("esc");
    assert!(driver.screen().contains("2 marked, 2 not listed"), "{}", driver.screen());
    driver.press("y");
    assert_eq!(driver.copies(), ["How do I feed it?"]);
    driver.press("E");
    let screen = driver.screen();
    assert!(screen.contains("Extract 2 marked conversations, 2 not listed, to a folder"), "{screen}");
    driver.press("esc / ctrl-u").type_("504 OR sourdough").press("esc y");
    let [.., copied] = driver.copies()[..] else { panic!("nothing was copied") };
    assert!(copied.contains("nginx") && !copied.contains("Zürich"), "the one in the list: {copied}");
}

#[test]
fn many_marks_are_taken_away_only_when_asked_again() {
    let many = (0..12).map(|number| conversation(number, &format!("Day {number}"), &["Where?"])).collect();
    let mut driver = Driver::new(80, 24, many);
    driver.press("esc").press(&["space"; 12].join(" ")).press("X");
    assert!(driver.status().starts_with("12 are marked: X again unmarks them all"), "{}", driver.status());
    driver.press("j X");
    assert_eq!(driver.app.search.marked.len(), 12, "another key came between");
    driver.press("X");
    assert!(driver.app.search.marked.is_empty());
}

#[test]
fn esc_ends_the_marking_of_messages_before_it_leaves_the_thread() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter v J esc");
    assert_eq!(driver.app.focus, Focus::Thread);
    assert!(driver.status().starts_with("nothing is marked"), "{}", driver.status());
    assert_eq!(driver.press("esc").app.focus, Focus::List);
    assert_eq!(driver.press("esc").app.focus, Focus::Search);
}

/// It said "hit 1 of 2" wherever one had gone.
#[test]
fn the_status_says_where_one_is_after_every_movement() {
    let messages = ["the lake?", "Yes, the lake.", "And then?", "Home.", "When?", "Soon."];
    let mut driver = Driver::new(80, 10, vec![conversation(1, "Sunday", &messages)]);
    driver.type_("lake").press("enter");
    assert!(driver.status().starts_with("hit 1 of 2"), "{}", driver.status());
    driver.press("G");
    assert!(driver.status().starts_with("message 6 of 6 · 2 hits"), "{}", driver.status());
    driver.press("N");
    assert!(driver.status().starts_with("hit 2 of 2"), "the nearest before: {}", driver.status());
    driver.press("G n");
    assert!(driver.status().starts_with("hit 1 of 2, from the top again"), "{}", driver.status());
}

#[test]
fn what_is_marked_is_found_and_what_is_not_any_more_goes() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc space space /").type_("is:marked");
    assert_eq!(titles(&driver), ["A day in Zürich", "Ingress returns 504"]);
    driver.press("esc space");
    assert_eq!(titles(&driver), ["Ingress returns 504"]);
    driver.press("/ ctrl-u").type_("-is:marked");
    assert_eq!(titles(&driver), ["A day in Zürich", "Sourdough starter"]);
    driver.press("esc X / ctrl-u").type_("is:marked");
    assert!(titles(&driver).is_empty());
}

/// A prompt, its answer with a block of code and a link, another turn with a file, and one with nothing.
fn turns() -> Vec<Conversation> {
    let answer = "Do this:\n\n```rust\nlet turn = 1;\n```\n\nsee [the book](https://example.org/book)";
    vec![conversation(1, "Turns", &["How?", answer, "And then?", "Nothing."])]
}

/// The best message is mostly one's own question, and said "there is no code in this message".
#[test]
fn on_a_prompt_c_takes_the_code_and_o_the_links_of_its_answer() {
    let mut driver = Driver::new(80, 24, turns());
    driver.press("enter g c");
    assert_eq!(driver.copies(), ["let turn = 1;"]);
    driver.press("o");
    let screen = driver.screen();
    assert!(screen.contains("Links and attachments of this turn") && screen.contains("the book"), "{screen}");
    driver.press("1");
    assert_eq!(driver.copies()[1..], ["https://example.org/book"]);
    driver.press("G c");
    assert!(driver.status().starts_with("there is no code in this message, and none in its turn"));
    driver.press("o");
    assert!(driver.screen().contains("Links and attachments of the conversation"), "{}", driver.screen());
}

#[test]
fn ctrl_y_and_ctrl_o_copy_in_list_and_thread_as_in_the_search_line() {
    for keys in ["", "esc", "enter g"] {
        let mut driver = Driver::new(80, 24, turns());
        driver.press("down");
        if !keys.is_empty() {
            driver.press(keys);
        }
        driver.press("ctrl-y ctrl-o");
        let copies = driver.copies();
        assert_eq!(copies.len(), 2, "{keys}");
        assert!(copies[0].starts_with("Do this:"), "the answer to the question: {}", copies[0]);
        assert!(copies[1].contains("How?") && copies[1].contains("Nothing."), "{}", copies[1]);
    }
}

#[test]
fn a_command_is_found_by_its_name_its_key_and_what_people_call_it() {
    for (typed, first) in [
        ("export", "extract to a file"),
        ("save", "extract to a file"),
        ("expo", "extract to a file"),
        ("extract-all", "extract all marked, or all listed"),
        ("E", "extract all marked, or all listed"),
        ("ctrl-l", "draw anew"),
        ("help", "these keys"),
        ("?", "these keys"),
        ("sort", "another order"),
        ("order", "another order"),
        ("open", "read the conversation"),
        ("url", "copy its address"),
        ("gpt", "details"),
        ("secrets", "redact what leaves, on or off"),
        ("theme", "theme auto: as the terminal's ground is"),
        ("the", "theme auto: as the terminal's ground is"),
        ("dark", "theme dark"),
        ("exit", "quit"),
        ("u", "copy its address"),
    ] {
        let mut driver = Driver::new(80, 24, three());
        driver.press("esc :").type_(typed);
        let screen = driver.screen();
        let Overlay::Picker(picker) = &driver.app.overlay else { panic!("{typed}") };
        assert_eq!(picker.chosen().map(|item| &*item.label), Some(first), "{typed}\n{screen}");
    }
}

#[test]
fn what_no_command_is_called_is_said_and_the_list_stays_open() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc :").type_("xylophone").press("enter");
    assert!(driver.screen().contains("nothing here is called “xylophone”"), "{}", driver.screen());
    driver.press("ctrl-u").type_("fold");
    assert!(driver.screen().contains("z in the thread"), "{}", driver.screen());
    driver.press("enter");
    assert!(driver.status().starts_with("fold is for the thread"), "{}", driver.status());
}

#[test]
fn the_help_begins_with_the_keys_of_the_place_one_is_in_and_then_what_can_be_typed() {
    for (keys, first, second) in [
        ("f1", "Search line", "Typing"),
        ("esc ?", "List", "List and thread"),
        ("enter ?", "Thread", "List and thread"),
    ] {
        let mut driver = Driver::new(100, 200, three());
        let screen = driver.press(keys).screen();
        let headings: Vec<&str> = screen
            .lines()
            .filter_map(|line| line.strip_prefix(' '))
            .filter(|line| line.starts_with(char::is_alphabetic))
            // A heading of the second column may stand in the same row.
            .filter_map(|line| line.split("   ").next())
            .collect();
        assert_eq!(headings[..2], [first, second], "{screen}");
        assert_eq!(
            headings[3], "What can be typed into the search line",
            "after those of anywhere\n{screen}"
        );
    }
}

/// Nothing told that there are ninety lines of it.
#[test]
fn the_help_says_how_much_of_it_is_below() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc ?");
    let below = |driver: &mut Driver| {
        let status = driver.status();
        let words = status.strip_prefix("every key · ").and_then(|rest| rest.split(" line").next());
        words.and_then(|number| number.parse::<usize>().ok())
    };
    let first = below(&mut driver).expect("more than the screen holds");
    driver.press("j");
    assert_eq!(below(&mut driver), Some(first - 1));
    driver.press("G");
    assert_eq!(below(&mut driver), None, "{}", driver.status());
}

#[test]
fn a_word_is_looked_for_in_the_help_and_esc_goes_back_one_level() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc ? /").type_("extract");
    let screen = driver.screen();
    assert!(screen.contains("extract to a file") && !screen.contains("copy a code block"), "{screen}");
    driver.press("enter");
    assert!(driver.screen().contains("extract to a file"));
    driver.press("esc");
    assert!(driver.screen().contains("half a page down"), "all of it: {}", driver.screen());
    driver.press("/").type_("xylophone");
    assert!(driver.screen().contains("has to do with “xylophone”"), "{}", driver.screen());
    driver.press("esc esc");
    assert!(driver.app.overlay.is_none());
}
