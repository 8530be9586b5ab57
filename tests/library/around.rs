//! From the line and the thread to what is around: words of the line, the thread beside it, the next conversation, the
//! place before a jump, the thread alone.

use crate::support::{app::Driver, conversations::conversation};
use unspool::{conversation::Conversation, tui::app::Focus};

fn three() -> Vec<Conversation> {
    let turns: Vec<String> = (0..30).map(|turn| format!("turn {turn} of tea\n\nmore {turn}")).collect();
    let turns: Vec<&str> = turns.iter().map(String::as_str).collect();
    vec![
        conversation(3, "First of three", &turns),
        conversation(2, "Second of three", &["tea?", "Tea."]),
        conversation(1, "Third of three", &["more tea?", "No."]),
    ]
}

fn open_title(driver: &Driver) -> String {
    driver.app.open_view().map(|view| view.conversation().title.to_string()).unwrap_or_default()
}

fn top_row(driver: &mut Driver) -> String {
    driver.screen().lines().nth(2).unwrap_or_default().trim_matches(['▌', '▐', ' ']).to_owned()
}

#[test]
fn the_line_is_edited_word_by_word_as_in_a_shell() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("one two three").press("alt-b ctrl-left").type_("x");
    assert_eq!(driver.app.search.input.text(), "one xtwo three");
    driver.press("alt-f").type_("y").press("ctrl-right").type_("z");
    assert_eq!(driver.app.search.input.text(), "one xtwoy threez");
    driver.press("alt-b ctrl-k");
    assert_eq!(driver.app.search.input.text(), "one xtwoy ");
    driver.press("alt-backspace");
    assert_eq!(driver.app.search.input.text(), "one ");
    assert_eq!(driver.app.focus, Focus::Search, "alt is no esc where the key means something");
    driver.press("alt-x");
    assert_eq!(driver.app.focus, Focus::List, "and is one where it does not");
}

#[test]
fn the_next_conversation_of_the_list_opens_from_the_thread() {
    for columns in [80, 120] {
        let mut driver = Driver::new(columns, 24, three());
        driver.press("enter ctrl-n");
        assert_eq!((open_title(&driver).as_str(), driver.app.focus), ("Second of three", Focus::Thread));
        assert!(driver.status().contains("conversation 2 of 3"), "{}", driver.status());
        driver.press("ctrl-n ctrl-n");
        assert_eq!(open_title(&driver), "Third of three");
        assert!(driver.status().contains("this is the last conversation"), "{}", driver.status());
        driver.press("ctrl-p ctrl-p ctrl-p");
        assert_eq!(open_title(&driver), "First of three");
        assert!(driver.status().contains("this is the first conversation"), "{}", driver.status());
        driver.press("ctrl-n esc");
        assert_eq!(driver.app.search.listing.selected, 1, "the list is where the thread was");
    }
}

#[test]
fn the_next_conversation_opens_at_its_hit() {
    let mut driver = Driver::new(80, 24, three());
    driver.type_("tea").press("enter ctrl-n");
    assert!(driver.app.open_view().is_some_and(|view| view.hit_position().0.is_some()));
}

#[test]
fn one_comes_back_to_before_the_jump_and_goes_there_again() {
    for jump in ["G", "n", "}"] {
        let mut driver = Driver::new(80, 24, three());
        driver.type_("tea").press("enter g j j j");
        let before = top_row(&mut driver);
        driver.press(jump);
        let after = top_row(&mut driver);
        assert_ne!(after, before, "{jump}");
        driver.press("'");
        assert_eq!(top_row(&mut driver), before, "{jump}");
        driver.press("'");
        assert_eq!(top_row(&mut driver), after, "{jump}");
    }
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter '");
    assert!(driver.status().contains("there was no jump"), "{}", driver.status());
}

#[test]
fn a_find_and_a_prompt_of_the_index_are_jumps() {
    for there in [&["/", "turn 20", "enter"][..], &["p", "turn 22", "enter"]] {
        let mut driver = Driver::new(80, 24, three());
        driver.press("enter j");
        let before = top_row(&mut driver);
        driver.press(there[0]).type_(there[1]).press(there[2]);
        assert_ne!(top_row(&mut driver), before);
        driver.press("'");
        assert_eq!(top_row(&mut driver), before);
    }
}

#[test]
fn the_thread_alone_has_the_whole_screen_until_it_is_left() {
    let mut driver = Driver::new(120, 30, three());
    driver.press("enter");
    assert!(driver.screen().contains("Third of three"), "the list stands beside it");
    driver.press("f");
    assert!(!driver.screen().contains("Third of three"), "{}", driver.screen());
    assert_eq!(driver.app.layout.thread.width, 120);
    driver.press("ctrl-n j");
    assert_eq!(driver.app.layout.thread.width, 120, "it stays so from one to the next");
    driver.press("esc");
    assert_eq!(driver.app.focus, Focus::Thread, "one level back");
    assert!(driver.screen().contains("Third of three"));
    driver.press("f tab");
    assert_eq!(driver.app.focus, Focus::Search);
    assert!(driver.app.layout.wide, "whoever leaves it sees the list");
    driver.press("esc enter f f");
    assert!(driver.app.layout.wide);
}

#[test]
fn a_thread_alone_on_a_narrow_screen_says_so() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("enter f");
    assert!(driver.status().contains("the thread is alone"), "{}", driver.status());
    driver.press("esc");
    assert_eq!(driver.app.focus, Focus::List);
}

#[test]
fn shift_and_an_arrow_scroll_the_thread_beside_the_list_while_one_types() {
    let mut driver = Driver::new(120, 24, three());
    driver.type_("turn");
    let panes = |driver: &mut Driver| driver.screen().lines().take(23).collect::<Vec<_>>().join("\n");
    let before = panes(&mut driver);
    driver.press("shift-down shift-down");
    assert_ne!(panes(&mut driver), before);
    assert_eq!((driver.app.search.listing.selected, driver.app.focus), (0, Focus::Search));
    driver.press("shift-up shift-up");
    assert_eq!(panes(&mut driver), before);
    let mut narrow = Driver::new(80, 24, three());
    narrow.press("shift-down");
    assert!(narrow.status().contains("no thread stands beside"), "{}", narrow.status());
}

#[test]
fn shift_means_nothing_where_nothing_is_bound_with_it() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc shift-down");
    assert_eq!(driver.app.search.listing.selected, 1);
}

#[test]
fn a_key_that_means_nothing_here_says_what_it_means_where() {
    let mut driver = Driver::new(80, 24, three());
    driver.press("esc n");
    assert!(driver.status().contains("n: next hit, in the thread"), "{}", driver.status());
    driver.press("ctrl-r");
    assert!(driver.status().contains("ctrl-r: an earlier query, in the search line"), "{}", driver.status());
    driver.press("enter s");
    assert!(driver.status().contains("s: another order, in the list"), "{}", driver.status());
    driver.press("esc P");
    assert!(!driver.status().contains("P:"), "{}", driver.status());
}
