//! What is pressed on the screen takes time by the size of what is open, never by its square; and what takes longer than
//! a key may is done beside the screen.

use std::time::Duration;

use unspool::{
    conversation::{Annotation, AnnotationKind, Attachment, Conversation, Media, MessageDraft, MessageKind},
    library::ConversationRef,
    tui::{
        action::Action,
        app::FoundHits,
        effect::{CopyContent, CopyRequest, CopySource, Effect, Task},
        lookup::{Lookup, LookupScope},
    },
};

use crate::support::{
    app::Driver,
    conversations::{answer, chain, conversation, folded, prompt},
    cost,
};

/// What a message may consist of so that nothing in it is a place to cut, or much comes of little.
const UNITS: &[&str] = &[
    "```\n",
    "```a\nb\n```\n",
    "*a_",
    "<a",
    "[",
    "![",
    "[a](b) ",
    "|a|b|\n|-|-|\n",
    "> ",
    "- > ",
    "\n",
    "a",
    "`a ``b ",
    "http://a.b)",
    "\\(a\\) ",
    "😀\u{200d}",
    "\u{301}",
    "a\u{301}",
    "\u{1161}",
    "\u{ad}",
];

/// Does everything that an effect asks of another thread, here.
fn carry_out(driver: &mut Driver) {
    for effect in std::mem::take(&mut driver.effects) {
        let Effect::Background(task) = effect else { continue };
        match task {
            Task::LookUp { lookup, serial } => {
                if let Some(found) = lookup.discover(&|| true) {
                    driver.act(Action::LookedUp(serial, Box::new(found)));
                }
            }
            Task::FindHits { conversation, matcher, row, serial } => {
                driver.act(Action::Hits(serial, FoundHits::of(&conversation, &matcher, row.as_ref())));
            }
            Task::Copy(CopyRequest { content: CopyContent::Deferred(source), .. }) => drop(source.text()),
            _ => {}
        }
    }
}

/// The processor time of everything one does with a conversation that is open: from its ends to its links.
fn cost_of(make: impl FnOnce() -> Conversation) -> Duration {
    let conversation = make();
    let ((), spent) = cost::of_thread(|| {
        let mut driver = Driver::new(120, 40, vec![conversation]);
        driver.press("enter");
        for keys in ["G", "g", "o", "c", "y", "Y", "t", "Z", "z", "p", "i", "L", "/"] {
            driver.press(keys).screen();
            carry_out(&mut driver);
            if keys == "/" {
                driver.type_("a").screen();
                carry_out(&mut driver);
                driver.screen();
            }
            driver.press("esc");
            if driver.app.focus != unspool::tui::app::Focus::Thread {
                driver.press("enter");
            }
        }
    });
    spent.unwrap_or_default()
}

/// Four times as much may take four times as long, and as much again for what a machine has in store.
#[track_caller]
fn assert_grows_evenly(name: &str, cost: impl Fn(usize) -> Duration) {
    let (one, two, four) = (cost(1), cost(2), cost(4));
    let fits = four <= one * 12 + Duration::from_millis(300);
    assert!(fits, "{name}: {one:?}, twice as much {two:?}, four times as much {four:?}");
}

#[test]
fn whatever_a_message_consists_of_its_keys_take_time_by_its_length() {
    for unit in UNITS {
        assert_grows_evenly(&format!("{unit:?}"), |times| {
            let text = unit.repeat(times * 100_000 / unit.len());
            cost_of(|| chain("t", [prompt(&text[..text.floor_char_boundary(50_000)]), answer(&text)]))
        });
    }
}

#[test]
fn however_many_messages_there_are_their_keys_take_time_by_their_number() {
    type Many = fn(usize) -> Conversation;
    let kinds: [(&str, Many); 4] = [
        ("prompts", |count| chain("t", vec![prompt("word"); count])),
        ("answers", |count| chain("t", vec![answer("word"); count])),
        ("recaps", |count| chain("t", vec![folded(MessageKind::Recap, "Thought"); count])),
        ("results", |count| chain("t", vec![folded(MessageKind::Output, "word"); count])),
    ];
    for (name, make) in kinds {
        assert_grows_evenly(name, |times| cost_of(|| make(times * 5_000)));
    }
}

#[test]
fn a_long_line_that_is_typed_takes_time_by_its_length() {
    assert_grows_evenly("the search line", |times| {
        let mut driver = Driver::new(120, 40, vec![chain("t", [prompt("word")])]);
        let line = "日本 ".repeat(times * 4_000);
        cost::of_thread(|| driver.act(Action::Paste(line)).screen()).1.unwrap_or_default()
    });
}

/// A message of four megabytes, open.
fn long() -> Driver {
    let text = "A word, `code` and [a link](https://e.org).\n\n```sh\nls\n```\n\n".repeat(70_000);
    let mut driver = Driver::new(120, 40, vec![chain("t", [answer(&text)])]);
    driver.press("enter");
    driver
}

#[test]
fn what_takes_longer_than_a_key_may_is_done_beside_the_screen_and_esc_stops_it() {
    for keys in ["o", "c", "y", "Y"] {
        let mut driver = long();
        driver.press(keys);
        assert!(driver.status().contains("… esc stops it"), "{keys}: {}", driver.status());
        assert!(
            matches!(driver.effects[..], [Effect::Background(Task::LookUp { .. } | Task::Copy(_))]),
            "{keys}"
        );
        let asked = std::mem::take(&mut driver.effects);
        driver.press("esc");
        let stopped = if keys.eq_ignore_ascii_case("y") { "stopping the copy" } else { "stopped" };
        assert!(driver.status().starts_with(stopped), "{keys}: {}", driver.status());
        assert_eq!(driver.app.focus, unspool::tui::app::Focus::Thread, "esc stops it and nothing else");
        let stops =
            |effect: &Effect| matches!(effect, Effect::Background(Task::StopLookup | Task::StopCopies));
        assert!(driver.effects.iter().filter(|effect| stops(effect)).count() == 2);
        // Its answer comes too late.
        driver.effects = asked;
        carry_out(&mut driver);
        assert!(driver.app.overlay.is_none(), "{keys}");
    }
}

#[test]
fn what_was_looked_up_is_shown_unless_something_else_was_pressed() {
    let mut driver = long();
    driver.press("o");
    carry_out(&mut driver);
    assert!(driver.screen().contains("Links and attachments"), "{}", driver.screen());
    let mut driver = long();
    driver.press("c j");
    carry_out(&mut driver);
    assert!(driver.app.overlay.is_none());
}

#[test]
fn hits_of_a_long_thread_come_when_they_are_known() {
    let mut driver = long();
    driver.press("/").type_("/cod[e]/ ");
    driver.press("enter");
    assert!(driver.status().contains("looking"), "{}", driver.status());
    carry_out(&mut driver);
    assert!(driver.status().contains("hit 1 of"), "{}", driver.status());
    // Of several that were asked for the last counts.
    let mut driver = long();
    driver.press("/").type_("/[c]od/ ");
    driver.effects.rotate_left(1);
    carry_out(&mut driver);
    assert!(!driver.status().contains("looking"), "{}", driver.status());
}

#[test]
fn what_is_found_of_a_short_message_is_found_at_once() {
    let mut driver = Driver::new(120, 40, vec![chain("t", [answer("[a](https://e.org)")])]);
    driver.press("enter o");
    assert!(driver.effects.is_empty() && driver.screen().contains("e.org"));
}

/// A text was taken out of the whole conversation and its attachments for each attachment anew, while a key waited.
#[test]
fn names_of_attachments_are_redacted_in_time_by_their_number_and_beside_the_screen() {
    let with = |count: usize, text: &str| {
        let attachment = |number: usize| Attachment {
            media: Media::File,
            id: format!("file-{number}").into(),
            name: "for robin@example.org.txt".into(),
            size: None,
            dimensions: None,
            mime: "".into(),
            prompt: "".into(),
            content: "Mail ada@example.org, or call.\n".repeat(100).into(),
        };
        let part = |number| Annotation {
            range: 0..0,
            detail: AnnotationKind::Attachment(Box::new(attachment(number))),
        };
        let annotations = (0..count).map(part).collect();
        chain("t", [MessageDraft { annotations, ..prompt("See these") }, answer(text)])
    };
    assert_grows_evenly("attachments", |times| {
        cost::of_thread(|| {
            let mut driver = Driver::new(120, 40, vec![with(times * 100, "Seen.")]);
            driver.press("enter g r o");
            carry_out(&mut driver);
            assert!(driver.screen().contains("Links and attachments"), "{}", driver.screen());
        })
        .1
        .unwrap_or_default()
    });
    // What is a secret is told by the whole conversation, however short the message is.
    let text = "A word. ".repeat(100_000);
    for (keys, is_beside) in [("enter g o", false), ("enter g r o", true)] {
        let mut driver = Driver::new(120, 40, vec![with(1, &text)]);
        driver.press(keys);
        assert_eq!(matches!(driver.effects[..], [Effect::Background(Task::LookUp { .. })]), is_beside);
    }
}

#[test]
fn what_nobody_waits_for_any_more_is_not_found() {
    let conversation = || ConversationRef::alone(chain("t", [answer("Mail robin@example.org")]));
    let source = || CopySource::Written("robin@example.org".to_owned(), vec![conversation()]);
    let command = || "cat".to_owned();
    for lookup in [
        Lookup::Links {
            conversation: conversation(),
            messages: vec![0],
            scope: LookupScope::Message,
            redact: true,
        },
        Lookup::Code(conversation(), vec![0], LookupScope::Message),
        Lookup::Secrets(conversation(), 0),
        Lookup::Piped { command: command(), source: source(), redact: false },
        Lookup::Piped { command: command(), source: source(), redact: true },
    ] {
        let words = format!("{lookup:?}");
        assert!(lookup.discover(&|| false).is_none(), "{words}");
    }
}

/// Each mark was looked for among all that stand in the list.
#[test]
fn marked_conversations_are_put_in_order_in_time_by_their_number() {
    let many = |count: usize| (0..count).map(|number| conversation(number as u32, "t", &["word"]));
    assert_grows_evenly("marks", |times| {
        let mut driver = Driver::new(120, 40, many(times * 8_000).collect());
        let rows = driver.app.search.listing.rows.clone();
        driver.app.search.marked = rows.iter().map(|row| row.handle).collect();
        cost::of_thread(|| driver.press("esc E")).1.unwrap_or_default()
    });
}

/// A frame asked all messages whether they are marked.
#[test]
fn a_frame_while_messages_are_marked_takes_no_longer_in_a_longer_thread() {
    let cost = |count: usize| {
        let mut driver = Driver::new(120, 40, vec![chain("t", vec![answer("word"); count])]);
        driver.press("enter v J J").screen();
        cost::of_thread(|| (0..50).for_each(|_| drop(driver.screen()))).1.unwrap_or_default()
    };
    // The least of several: a machine may have more to do at one time.
    let least = |count: usize| (0..3).map(|_| cost(count)).min().unwrap_or_default();
    let (short, long) = (least(1_000), least(100_000));
    assert!(long <= short * 4 + Duration::from_millis(5), "{long:?} after {short:?}");
}
