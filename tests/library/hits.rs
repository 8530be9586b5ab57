//! The hits in a thread: at which one it opens, in which order one goes through them, and finding others.

use crate::support::{
    app::Driver,
    conversations::{chain, conversation},
};
use unspool::{
    conversation::{Conversation, MessageDraft, Role},
    tui::{
        action::Action,
        app::FoundHits,
        effect::{Effect, Task},
        thread_view::ThreadView,
    },
};

/// 0 ─ 1, 0 ─ 2 ─ 3 ─ 4; the second is shown.
fn forked() -> Conversation {
    let draft =
        |role, text, parent| MessageDraft { parent, model: Some("m"), ..MessageDraft::new(role, text) };
    chain(
        "A tree",
        [
            draft(Role::User, "Which way past the hill?", None),
            draft(Role::Assistant, "To the left, past the lighthouse.", Some(0)),
            draft(Role::Assistant, "To the right, past the mill.", Some(0)),
            draft(Role::User, "Thank you!", Some(2)),
            draft(Role::Assistant, "And past the inn.", Some(3)),
        ],
    )
}

/// The same words in one place of a message, and in another beside each other: there the row's snippet is cut.
fn list_comprehension() -> Conversation {
    let far = "A list is a list. ".repeat(30);
    let text =
        format!("list of comprehension\n\n{far}\n\nThis is a list comprehension in one line.\nAnd so on.");
    conversation(1, "Python", &["What is it?", &text, "Thanks for the list!", "See List[int]."])
}

fn message(driver: &Driver) -> Option<usize> {
    driver.app.open_view().and_then(ThreadView::message)
}

/// It opened at the first hit of the message, screens away from the words that were chosen.
#[test]
fn a_conversation_opens_at_the_hit_that_its_row_shows() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut driver = Driver::new(columns, rows, vec![list_comprehension()]);
        driver.type_("list comprehension");
        assert!(driver.screen().contains("a list comprehension"), "the row: {}", driver.screen());
        driver.press("enter");
        assert!(driver.screen().contains("This is a list comprehension"), "{}", driver.screen());
        assert!(driver.status().starts_with("hit 63 of 66"), "{}", driver.status());
        driver.press("t");
        assert_eq!(driver.copies(), ["This is a list comprehension in one line."]);
    }
}

#[test]
fn t_copies_the_line_that_the_row_shows_before_the_thread_was_opened() {
    let mut driver = Driver::new(80, 24, vec![list_comprehension()]);
    driver.type_("list comprehension").press("esc t");
    assert_eq!(driver.copies(), ["This is a list comprehension in one line."]);
    driver.press("enter esc t");
    assert_eq!(driver.copies().len(), 2);
    assert_eq!(driver.copies()[0], driver.copies()[1], "after it was read as before");
    driver.press("/ ctrl-u").type_("thanks").press("esc t");
    assert_eq!(driver.copies()[2..], ["Thanks for the list!"], "of the query of now");
}

/// `n` left the branch that was read for a discarded one, and never came back.
#[test]
fn n_goes_through_the_branch_that_is_read_before_others_and_comes_back_to_it() {
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.press("enter").press("/").type_("past").press("enter");
    for (key, status, at) in [
        ("n", "hit 2 of 4 ", 2),
        ("n", "hit 3 of 4 ", 4),
        ("n", "hit 4 of 4, on another branch", 1),
        ("n", "hit 1 of 4, from the top again ", 0),
        ("N", "hit 4 of 4, from the end again, on another branch", 1),
        ("N", "hit 3 of 4 ", 4),
    ] {
        driver.press(key);
        assert!(driver.status().starts_with(status), "{status}: {}", driver.status());
        assert_eq!(message(&driver), Some(at), "{status}");
    }
    driver.press("n n");
    assert!(driver.screen().contains("Thank you!"), "the branch that was read: {}", driver.screen());
}

#[test]
fn the_branch_that_one_goes_to_oneself_is_the_one_that_is_read() {
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.press("enter").press("/").type_("past").press("enter J <");
    for (key, status) in [
        ("n", "hit 2 of 4, on another branch"),
        ("n", "hit 3 of 4, on the current branch"),
        ("n", "hit 4 of 4, on the current branch"),
        ("n", "hit 1 of 4, from the top again, on another branch"),
    ] {
        driver.press(key);
        assert!(driver.status().starts_with(status), "{status}: {}", driver.status());
    }
}

/// It copied two messages of a discarded branch and called that the conversation.
#[test]
fn a_copy_of_another_branch_than_the_current_one_is_called_that() {
    let subject = |driver: &Driver| match driver.effects.last() {
        Some(Effect::Background(Task::Copy(request))) => request.subject.to_string(),
        other => panic!("{other:?}"),
    };
    let mut driver = Driver::new(80, 24, vec![forked()]);
    driver.press("enter Y");
    assert_eq!(subject(&driver), "the conversation");
    driver.press("J < Y");
    assert_eq!(subject(&driver), "this branch (not the current one)");
    assert!(driver.copies()[1].contains("lighthouse") && !driver.copies()[1].contains("mill"));
    driver.press("e");
    assert!(driver.screen().contains("Extract this branch (not the current one)"), "{}", driver.screen());
    driver.press("esc > e");
    assert!(driver.screen().contains("Extract this conversation"), "{}", driver.screen());
}

/// The hits of the query were gone, and nothing said that the word is nowhere.
#[test]
fn find_that_finds_nothing_says_so_and_leaves_the_hits_as_they_were() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "Tea", &["tea and tea", "milk, then tea"])]);
    driver.type_("tea").press("enter n");
    let before = driver.screen().lines().take(23).map(str::to_owned).collect::<Vec<_>>();
    driver.press("/").type_("helm").press("enter");
    assert!(driver.status().starts_with("no \"helm\" in this thread"), "{}", driver.status());
    assert_eq!(driver.screen().lines().take(23).collect::<Vec<_>>(), before);
    driver.press("n");
    assert!(driver.status().starts_with("hit 3 of 3"), "{}", driver.status());
    driver.press("/").type_("milk").press("enter /").type_("helm").press("enter");
    driver.press("j n");
    assert!(driver.status().starts_with("hit 1 of 1"), "those of a find too: {}", driver.status());
}

/// In a long conversation it is known only later.
#[test]
fn find_that_finds_nothing_says_so_when_that_is_known() {
    let long = "Tea with milk. ".repeat(700_000);
    let mut driver = Driver::new(80, 24, vec![conversation(1, "Tea", &["tea?", &long])]);
    driver.press("enter /").type_("helm").press("enter");
    let Some(Effect::Background(Task::FindHits { conversation, matcher, row, serial })) =
        driver.effects.pop()
    else {
        panic!("nothing is looked for")
    };
    let found = FoundHits::of(&conversation, &matcher, row.as_ref());
    driver.act(Action::Hits(serial, found));
    assert!(driver.status().starts_with("no \"helm\" in this thread"), "{}", driver.status());
}

/// They were on their way when find began, and would never have come.
#[test]
fn hits_that_were_still_looked_for_when_find_began_are_looked_for_again() {
    let long = "Tea with milk. ".repeat(700_000);
    for end in ["esc", "enter"] {
        let mut driver = Driver::new(80, 24, vec![conversation(1, "Tea", &["tea?", &long])]);
        driver.type_("tea").press("enter /").type_("helm");
        let answer = |driver: &mut Driver| {
            let asked = driver.effects.drain(..).filter_map(|effect| match effect {
                Effect::Background(Task::FindHits { conversation, matcher, row, serial }) => {
                    Some((FoundHits::of(&conversation, &matcher, row.as_ref()), serial))
                }
                _ => None,
            });
            for (found, serial) in asked.collect::<Vec<_>>() {
                driver.act(Action::Hits(serial, found));
            }
        };
        answer(&mut driver);
        driver.press(end);
        answer(&mut driver);
        let count = driver.app.open_view().map(|view| view.hit_position().1);
        assert_eq!(count, Some(700_001), "{end}");
    }
}

#[test]
fn esc_from_find_gives_back_the_hit_one_was_at() {
    let mut driver = Driver::new(80, 24, vec![conversation(1, "Tea", &["tea and tea", "milk, then tea"])]);
    driver.type_("tea").press("enter n").press("/").type_("milk").press("esc");
    assert!(driver.status().starts_with("hit 2 of 3"), "{}", driver.status());
}
