//! Whole screens over the demo archive, as a person sees them. Read the snapshots as one would read the screen.

use crate::support::app::{Driver, demo, picture as picture_of_today};

/// The three sizes that matter: an SSH connection's, a wide terminal's, a split pane's.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

fn screens(name: &str, drive: impl Fn(&mut Driver)) {
    for (columns, rows) in SIZES {
        let mut driver = Driver::new(columns, rows, demo());
        drive(&mut driver);
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), driver.screen());
    }
}

#[test]
fn the_list_before_anything_is_typed() {
    screens("list", |_| {});
}

#[test]
fn a_search_just_typed() {
    screens("search", |driver| {
        driver.type_("kubernetes ingress timeout");
    });
}

#[test]
fn nothing_found() {
    screens("nothing-found", |driver| {
        driver.type_("kubernetes xylophone");
    });
}

#[test]
fn a_thread_being_read() {
    screens("thread", |driver| {
        driver.type_("kubernetes ingress").press("enter");
    });
}

#[test]
fn the_help() {
    screens("help", |driver| {
        driver.press("f1");
    });
}

#[test]
fn every_command_by_use_and_what_is_found_by_a_word() {
    screens("commands", |driver| {
        driver.press("enter :");
    });
    screens("commands-found", |driver| {
        driver.press("enter :").type_("expo");
    });
}

#[test]
fn the_extract_dialog() {
    screens("extract", |driver| {
        driver.press("enter e");
    });
}

#[test]
fn a_status_line_with_a_problem_in_the_query() {
    screens("problem", |driver| {
        driver.type_("\"an open phrase");
    });
}

/// The picture is never drawn by hand: `cargo run --example readme_picture` puts the screen of today into it.
#[test]
fn the_picture_in_the_readme_is_the_real_screen() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README is there");
    let (_, rest) = readme.split_once("```\n").expect("it has a picture");
    let (picture, _) = rest.split_once("```\n").expect("the picture ends");
    assert_eq!(picture, picture_of_today(), "cargo run --example readme_picture brings it up to date");
}
