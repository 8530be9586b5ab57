//! `:audit`: what the archive gives away, on the screen, and the way from there to each place.

use std::sync::Arc;

use crate::support::app::{Driver, demo};
use unspool::{
    archive::{Archive, Limits, Location},
    audit::AuditReport,
    library::Library,
    load::Progress,
    tui::{
        action::Action,
        app::{Focus, Overlay},
        effect::{Effect, Task},
    },
};

/// The demo with its audit open and answered.
fn audited(columns: u16, rows: u16) -> Driver {
    let mut driver = Driver::new(columns, rows, demo());
    driver.press("esc :").type_("audit").press("enter");
    let Some(Effect::Background(Task::Audit(library))) = driver.effects.last() else {
        panic!("no audit was asked for")
    };
    let library = Arc::clone(library);
    let archive = Archive::open(&Location::Demo, Limits::default()).unwrap();
    let account = AuditReport::of(&[archive], &library, &|_, _| true).expect("nobody stops it");
    driver.act(Action::Audited(Box::new(account)));
    driver
}

/// Moves down to the first line that holds this.
fn down_to(driver: &mut Driver, words: &str) {
    for _ in 0..500 {
        let screen = driver.screen();
        if screen.lines().any(|line| line.starts_with('▌') && line.contains(words)) {
            return;
        }
        driver.press("j");
    }
    panic!("no line holds {words}:\n{}", driver.screen());
}

#[test]
fn public_links_come_first_and_what_to_do_last() {
    let mut driver = audited(120, 40);
    let screen = driver.screen();
    insta::assert_snapshot!("audit-120x40", screen);
    driver.press("G");
    let screen = driver.screen();
    assert!(screen.contains("Switch off training") && screen.contains("Keep this archive"), "{screen}");
    insta::assert_snapshot!("audit-80x24", audited(80, 24).screen());
}

#[test]
fn no_value_is_on_the_screen() {
    let mut driver = audited(200, 400);
    let screen = driver.screen();
    for planted in ["hunter2", "correct-horse", "AKIAIOSFODNN7", "robin.example@", "UajJR", "wJalrXUtnFEMI"] {
        assert!(!screen.contains(planted), "{planted} in:\n{screen}");
    }
    assert!(screen.contains("ghp_…JR"), "{screen}");
}

#[test]
fn enter_goes_to_the_message_and_marks_the_secret() {
    let mut driver = audited(120, 40);
    down_to(&mut driver, "github-token");
    driver.press("enter");
    assert!(driver.app.overlay.is_none());
    assert_eq!(driver.app.focus, Focus::Thread);
    let screen = driver.screen();
    assert!(screen.contains("Why does this workflow fail"), "{screen}");
    assert!(driver.status().contains("places are marked: n goes to the next"), "{}", driver.status());
    driver.press("n");
    assert!(driver.status().starts_with("hit 2 of"), "{}", driver.status());
}

/// The same conversation opened by `has:secret` began at its first message, and there was nothing to go to.
#[test]
fn has_secret_opens_at_a_secret_and_names_it_masked_in_the_list() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut driver = Driver::new(columns, rows, demo());
        driver.type_("has:secret workflow");
        let words_bind = driver.app.search.listing.first_tier_count;
        driver.press("ctrl-u").type_("has:secret");
        let screen = driver.screen();
        let named = if columns < 100 { "github-token ghp_…JR" } else { "github-token" };
        assert!(screen.contains(named), "{screen}");
        // Beside the list the message stands as it is.
        assert!(words_bind > 0 && (columns >= 100 || !screen.contains("hunter2")), "{screen}");
        driver.press("enter");
        assert!(driver.status().starts_with("hit 1 of"), "{}", driver.status());
        driver.press("n");
        assert!(driver.status().starts_with("hit 2 of"), "{}", driver.status());
    }
}

#[test]
fn the_audit_is_where_one_left_it() {
    let mut driver = audited(120, 40);
    down_to(&mut driver, "github-token");
    driver.press("enter");
    let effects = driver.effects.len();
    driver.press(":").type_("audit").press("enter");
    assert_eq!(driver.effects.len(), effects, "it is not made anew");
    assert!(driver.screen().lines().any(|line| line.starts_with('▌') && line.contains("github-token")));
}

#[test]
fn it_leads_to_a_conversation_that_the_query_does_not_find() {
    let mut driver = Driver::new(120, 40, demo());
    driver.type_("sourdough").press("esc :").type_("audit").press("enter");
    let Some(Effect::Background(Task::Audit(library))) = driver.effects.last() else {
        panic!("no audit was asked for")
    };
    let library = Arc::clone(library);
    let account = AuditReport::of(&[], &library, &|_, _| true).expect("nobody stops it");
    driver.act(Action::Audited(Box::new(account)));
    down_to(&mut driver, "github-token");
    driver.press("enter");
    assert!(driver.screen().contains("Why does this workflow fail"), "{}", driver.screen());
}

/// Each of seven keys to be revoked was a way from the top, and the query was gone.
#[test]
fn esc_comes_back_to_the_line_that_was_followed_with_the_query_as_it_was() {
    let mut driver = audited(80, 24);
    driver.press("esc /").type_("regex").press("esc :").type_("audit").press("enter");
    down_to(&mut driver, "github-token");
    let line = driver.screen().lines().find(|line| line.starts_with('▌')).map(str::to_owned);
    driver.press("enter");
    assert_eq!(driver.app.focus, Focus::Thread);
    driver.press("esc");
    assert!(matches!(driver.app.overlay, Overlay::Audit));
    assert_eq!(driver.screen().lines().find(|line| line.starts_with('▌')).map(str::to_owned), line);
    driver.press("esc");
    assert_eq!(driver.app.focus, Focus::List);
    assert_eq!(driver.app.search.input.text(), "regex");
    assert_eq!(driver.press("esc").app.focus, Focus::Search, "and on as ever");
}

#[test]
fn findings_stand_by_conversation_by_date_or_by_kind() {
    let mut driver = audited(120, 40);
    let mut orders = Vec::new();
    for _ in 0..3 {
        driver.press("s");
        orders.push(driver.status().split("  ").next().unwrap_or_default().to_owned());
    }
    assert_eq!(orders, ["by date", "by kind", "by conversation"]);
}

#[test]
fn a_page_to_go_to_is_copied() {
    let mut driver = audited(120, 40);
    down_to(&mut driver, "https://github.com/settings");
    driver.press("enter");
    assert!(
        driver.copies().last().is_some_and(|copy| copy.starts_with("https://github.com/")),
        "{:?}",
        driver.copies()
    );
}

#[test]
fn it_shows_how_far_it_is_and_esc_stops_it() {
    let mut driver = Driver::new(80, 24, demo());
    driver.press("esc :").type_("audit").press("enter");
    driver.act(Action::Auditing(30, 50)).act(Action::Auditing(20, 50));
    assert!(driver.screen().contains("30 of 50 conversations"), "{}", driver.screen());
    driver.press("j esc");
    assert!(matches!(driver.effects.last(), Some(Effect::Background(Task::StopAudit))));
    assert!(driver.app.overlay.is_none());
    let account = AuditReport::of(&[], &Library::default(), &|_, _| true).expect("nobody stops it");
    driver.act(Action::Audited(Box::new(account)));
    assert!(driver.app.overlay.is_none() && driver.app.audit.is_none());
}

#[test]
fn while_the_archive_is_read_it_waits_to_be_asked_again() {
    let mut driver = Driver::empty(80, 24);
    driver.act(Action::Arrived(demo(), Progress::default()));
    driver.press("esc :").type_("audit").press("enter");
    assert!(driver.status().contains("still loading"), "{}", driver.status());
    assert!(!matches!(driver.app.overlay, Overlay::Audit));
}
