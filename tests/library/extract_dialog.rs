//! The extract dialog: where to, what goes in, and what is said of secrets before they leave.

use crate::support::{
    app::{Driver, demo},
    conversations::conversation,
};
use unspool::{
    extract::{
        Format,
        save::{Clobber, FileOutcome, attachments::AttachmentOutcome},
    },
    library::ConversationRef,
    tui::{
        action::Action,
        app::{ExtractField, Overlay},
        effect::{
            CopyContent, CopyFailure, CopyOutcome, CopyRequest, Effect, SaveManyOutcome, SaveOutcome, Task,
        },
    },
};

fn driver() -> Driver {
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", "There."])]);
    driver.press("enter e");
    driver
}

fn with_folders(folders: &[&str]) -> Driver {
    let mut driver = driver();
    driver.press("ctrl-u").type_("~/");
    let names = folders.iter().map(|name| (*name).to_owned()).collect();
    driver.act(Action::Folders("~/".to_owned(), names));
    driver
}

fn path(driver: &Driver) -> &str {
    let Overlay::Extract(dialog) = &driver.app.overlay else { panic!("no dialog") };
    dialog.destination.input.text()
}

fn field(driver: &Driver) -> ExtractField {
    let Overlay::Extract(dialog) = &driver.app.overlay else { panic!("no dialog") };
    dialog.field
}

/// What the last save was told.
fn saved(driver: &Driver) -> (&std::path::Path, &unspool::extract::Extraction) {
    match driver.effects.last() {
        Some(Effect::Background(Task::Save { path, extraction, .. })) => (path, extraction),
        other => panic!("nothing was saved but {other:?}"),
    }
}

#[test]
fn tab_completes_the_folder_that_is_being_typed_and_then_goes_on() {
    let mut driver = with_folders(&["Documents", "Downloads", "notes"]);
    driver.type_("no");
    assert!(driver.screen().contains("~/notes/"), "{}", driver.screen());
    driver.press("tab");
    assert_eq!(path(&driver), "~/notes/");
    // In a folder the name it would get stands dim; taken, there is nothing more to complete.
    assert!(driver.screen().contains("~/notes/2025-01-04-a-day.md"), "{}", driver.screen());
    driver.press("tab tab");
    assert_eq!((path(&driver), field(&driver)), ("~/notes/2025-01-04-a-day.md", ExtractField::Format));
}

#[test]
fn the_right_arrow_takes_what_stands_dim_and_within_the_line_it_moves() {
    let mut driver = with_folders(&["Documents", "Downloads", "notes"]);
    driver.type_("Do").press("left right right");
    assert_eq!(path(&driver), "~/Documents/", "the second one was at the end");
}

#[test]
fn several_folders_that_could_be_meant_are_listed() {
    let mut driver = with_folders(&["Documents", "Downloads", "notes", ".cache"]);
    driver.type_("Do");
    let screen = driver.screen();
    assert!(screen.contains("Documents/  Downloads/") && !screen.contains("notes/  "), "{screen}");
    driver.press("backspace backspace").type_(".");
    assert!(driver.screen().contains("~/.cache/"), "{}", driver.screen());
}

#[test]
fn a_folder_alone_gets_the_name_the_file_would_have() {
    let mut driver = with_folders(&[]);
    driver.press("enter");
    assert_eq!(saved(&driver).0, std::path::Path::new("~/2025-01-04-a-day.md"));
    let mut driver = with_folders(&[]);
    driver.press("down right enter");
    assert_eq!(saved(&driver).0, std::path::Path::new("~/2025-01-04-a-day.txt"));
}

#[test]
fn an_answer_for_another_folder_is_not_offered() {
    let mut driver = with_folders(&["notes"]);
    driver.act(Action::Folders("/tmp/".to_owned(), vec!["nothing".to_owned()]));
    driver.type_("no");
    assert!(driver.screen().contains("~/notes/"), "{}", driver.screen());
}

#[test]
fn tab_goes_through_every_field_and_everything_chosen_is_done() {
    let mut driver = driver();
    for expected in &ExtractField::ALL[1..] {
        driver.press("tab");
        assert_eq!(field(&driver), *expected);
    }
    driver.press("tab");
    assert_eq!(field(&driver), ExtractField::Path);
    driver.press("down down space down space down space down space down space");
    driver.named("a-name").press("enter");
    let (_, extraction) = saved(&driver);
    let options = &extraction.options;
    assert!(
        options.include.tools && options.include.reasoning && options.all_branches && options.attachments
    );
    assert!(extraction.redaction.is_wanted());
}

#[test]
fn attachments_that_were_written_and_those_that_lack_are_said() {
    let mut driver = Driver::new(120, 24, vec![conversation(3, "A day", &["Where?"])]);
    driver.press("enter e enter");
    let attached = AttachmentOutcome { written: 2, missing: 1, ..AttachmentOutcome::default() };
    let outcome =
        SaveOutcome { path: "a.md".into(), result: Ok(FileOutcome { bytes: 412, attached }), redacted: None };
    let status = driver.act(Action::Saved(outcome)).status();
    let expected = "wrote 412 bytes to a.md and 2 attachments beside it · 1 attachment is not in the archive";
    assert!(status.starts_with(expected), "{status}");
}

/// A picture goes as it is: whoever asked for redaction must not think it was looked into.
#[test]
fn where_secrets_are_taken_out_it_is_said_that_attachments_are_not_redacted() {
    let mut driver = driver();
    driver.press("esc r e tab tab tab tab tab space");
    assert!(
        driver.screen().contains("the files of attachments are copied as they are, not redacted"),
        "{}",
        driver.screen()
    );
    driver.press("tab space");
    assert!(!driver.screen().contains("not redacted"), "{}", driver.screen());
    driver.press("space").named("a-name").press("enter");
    let attached = AttachmentOutcome { written: 2, unredacted: 2, ..AttachmentOutcome::default() };
    let outcome =
        SaveOutcome { path: "a.md".into(), result: Ok(FileOutcome { bytes: 412, attached }), redacted: None };
    let status = driver.act(Action::Saved(outcome)).status();
    assert!(
        status.starts_with("attachments are copied as they are, not redacted · wrote 412 bytes to a.md"),
        "{status}"
    );
}

/// The counts that were asked for: with which format and tools, and which count it is.
fn counts(effects: &[Effect]) -> Vec<(Format, bool, u64)> {
    let each = effects.iter().filter_map(|effect| match effect {
        Effect::Background(Task::CountSecrets { options, serial, .. }) => {
            Some((options.format, options.include.tools, *serial))
        }
        _ => None,
    });
    each.collect()
}

#[test]
fn the_secrets_line_counts_what_the_choice_takes_and_an_older_count_is_not_shown() {
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?"])]);
    let mut effects = driver.app.update(Action::Command(unspool::tui::command::Command::Extract));
    for command in [
        unspool::tui::command::Command::Down,
        unspool::tui::command::Command::Down,
        unspool::tui::command::Command::Toggle,
    ] {
        effects.extend(driver.app.update(Action::Command(command)));
    }
    let counts = counts(&effects);
    let [(Format::Markdown, false, first), (Format::Markdown, true, second)] = counts[..] else {
        panic!("{counts:?}")
    };
    driver.act(Action::Counted(second, Some("1 github-token".to_owned())));
    driver.act(Action::Counted(first, None));
    assert!(driver.screen().contains("secrets  1 github-token"), "{}", driver.screen());
}

#[test]
fn on_forty_columns_the_box_with_the_cursor_is_in_sight() {
    let mut driver = Driver::new(40, 12, demo());
    driver.press("enter e down down down down down");
    assert!(driver.screen().contains("[ ] attachments"), "{}", driver.screen());
}

#[test]
fn copies_take_the_form_that_was_chosen_by_name() {
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", "# There"])]);
    driver.press("enter :").type_("copy-as text").press("enter");
    assert!(driver.status().contains("copied as text from here on"), "{}", driver.status());
    driver.press("Y :").type_("copy-as json").press("enter y :").type_("copy-as markdown").press("enter Y");
    let forms: Vec<(&str, &str)> = driver
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Background(Task::Copy(CopyRequest {
                content: CopyContent::Text(text),
                format_name,
                ..
            })) => Some((*format_name, text.lines().next().unwrap_or_default())),
            _ => None,
        })
        .collect();
    assert_eq!(
        forms,
        [
            ("text", "A day"),
            (
                "json",
                "{\"role\":\"user\",\"time\":\"2025-01-04T00:00:00Z\",\"model\":null,\"text\":\"Where?\"}"
            ),
            ("markdown", "# A day"),
        ]
    );
}

/// The original is in the archive, which is read beside the app: for as long as that takes, `r` may be pressed again.
#[test]
fn an_original_is_redacted_as_it_was_when_it_was_asked_for() {
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", "There."])]);
    driver.press("enter :").type_("copy-as json").press("enter r Y r Y");
    let asked: Vec<(&str, bool)> = driver
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Background(Task::Copy(CopyRequest {
                content: CopyContent::Original(conversation),
                redact,
                ..
            })) => Some((&*conversation.title, *redact)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [("A day", true), ("A day", false)]);
    assert!(driver.status().contains("reading the original"), "{}", driver.status());
}

#[test]
fn an_original_that_cannot_be_read_is_said_and_not_that_e_would_save_it() {
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", "There."])]);
    driver.act(Action::Copied(CopyOutcome {
        number: 0,
        subject: "the conversation".into(),
        opening: String::new(),
        format_name: "json",
        redacted: false,
        secrets: None,
        result: Err(CopyFailure::Unreadable("the archive is gone".to_owned())),
    }));
    let status = driver.status();
    assert!(status.starts_with("the conversation was not copied: the archive is gone  "), "{status}");
}

/// Once only the file that exists was told, and pictures had been copied as they are beside the others.
#[test]
fn what_is_not_redacted_is_said_also_where_a_file_exists_already() {
    let two = vec![conversation(3, "A day", &["Where?"]), conversation(2, "A night", &["When?"])];
    let mut driver = Driver::new(80, 24, two);
    driver.press("E enter");
    driver.act(Action::SavedMany(SaveManyOutcome {
        written: 1,
        total: 2,
        folder: "./unspool-extract/".into(),
        attached: AttachmentOutcome { written: 1, unredacted: 1, ..AttachmentOutcome::default() },
        redacted: None,
        is_finished: true,
        stopped: false,
        failure: Some("enter again replaces ./unspool-extract/a-day.md, which exists already".to_owned()),
        files_exist: true,
    }));
    let screen = driver.screen();
    assert!(
        screen.contains("1 file of 2 written, attachments not redacted: enter again replaces"),
        "{screen}"
    );
}

#[test]
fn only_who_was_told_that_files_exist_replaces_them_with_the_next_enter() {
    for (exist, clobber) in [(false, Clobber::Never), (true, Clobber::Replace)] {
        let two = vec![conversation(3, "A day", &["Where?"]), conversation(2, "A night", &["When?"])];
        let mut driver = Driver::new(80, 24, two);
        driver.press("esc E enter");
        driver.act(Action::SavedMany(SaveManyOutcome {
            written: 0,
            total: 2,
            folder: "./x/".into(),
            attached: AttachmentOutcome::default(),
            redacted: None,
            is_finished: true,
            stopped: false,
            failure: Some("the disk is full".to_owned()),
            files_exist: exist,
        }));
        driver.press("enter");
        let Some(Effect::Background(Task::SaveMany { extraction, .. })) = driver.effects.last() else {
            panic!("{:?}", driver.effects);
        };
        assert_eq!(extraction.clobber, clobber);
    }
}

#[test]
fn the_line_of_the_hit_is_copied_as_it_is_written() {
    let text = "first\r\n  - the `needle`, \\(x\\)\r\nlast needle";
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", text])]);
    driver.type_("needle").press("enter t n t");
    assert_eq!(driver.copies(), ["  - the `needle`, \\(x\\)", "last needle"]);
    let mut driver = Driver::new(80, 24, vec![conversation(3, "A day", &["Where?", text])]);
    driver.press("enter t");
    assert!(driver.copies().is_empty());
    assert!(driver.status().contains("there is no hit here"), "{}", driver.status());
}

#[test]
fn what_is_counted_is_what_is_extracted() {
    let demo = demo();
    let object = demo.into_iter().find(|conversation| conversation.title.contains("workflow fail")).unwrap();
    let options = unspool::extract::ExtractOptions::new(Format::Markdown, jiff::tz::TimeZone::UTC);
    let counts =
        unspool::extract::redaction::count_secrets(&ConversationRef::alone(object.clone()), &options);
    let text = unspool::extract::format_conversation(&object, &options);
    assert!(counts.total() >= 5);
    let scanner = unspool::secrets::Scanner::built_in();
    assert_eq!(counts.sentence(scanner), scanner.summary(&text).unwrap_or_default());
}

#[test]
fn the_name_that_is_suggested_holds_no_secret_where_they_are_taken_out() {
    let said = ["The password = hunter2-but-longer", "I see."];
    let mut driver = Driver::new(80, 24, vec![conversation(3, "About robin@example.org", &said)]);
    driver.press("enter e");
    assert_eq!(path(&driver), "./2025-01-04-about-robin-example-org.md");
    driver.press("up space");
    assert_eq!(path(&driver), "./2025-01-04-about-redacted-e-mail.md");
    driver.press("space");
    assert_eq!(path(&driver), "./2025-01-04-about-robin-example-org.md");
    // Somebody's own name stays.
    driver.press("down ctrl-u").type_("./mine.md").press("up space");
    assert_eq!(path(&driver), "./mine.md");
    // Switched on before, it is there from the beginning.
    driver.press("esc r e");
    assert_eq!(path(&driver), "./2025-01-04-about-redacted-e-mail.md");
}

/// A title may hold what only the messages tell to be a password.
#[test]
fn the_name_that_is_suggested_follows_what_the_whole_conversation_tells() {
    let said = ["The password = hunter2-but-longer", "I see."];
    let mut driver = Driver::new(80, 24, vec![conversation(3, "About hunter2-but-longer", &said)]);
    driver.press("enter r e");
    driver.act(Action::Named(1_000, "other".to_owned()));
    assert!(!path(&driver).contains("other"), "the answer to another question");
    for serial in 0..10 {
        driver.act(Action::Named(serial, "2025-01-04-about-redacted-password".to_owned()));
    }
    assert_eq!(path(&driver), "./2025-01-04-about-redacted-password.md");
}

#[test]
fn a_name_that_is_not_known_yet_is_not_written() {
    let said = ["The password = hunter2-but-longer", "I see."];
    let conversation = || vec![conversation(3, "About hunter2-but-longer", &said)];
    let mut driver = Driver::new(80, 24, conversation());
    driver.press("enter r e enter");
    assert!(driver.effects.is_empty(), "{:?}", driver.effects);
    assert!(driver.screen().contains("still looking"), "{}", driver.screen());
    driver.named("2025-01-04-about-redacted-password");
    assert!(!driver.screen().contains("still looking"), "{}", driver.screen());
    driver.press("enter");
    assert!(saved(&driver).0.ends_with("2025-01-04-about-redacted-password.md"));
    // Where nothing is taken out, and where the person chose the name, nothing is waited for.
    let mut driver = Driver::new(80, 24, conversation());
    driver.press("enter e enter");
    assert!(saved(&driver).0.ends_with("2025-01-04-about-hunter2-but-longer.md"));
    let mut driver = Driver::new(80, 24, conversation());
    driver.press("enter r e ctrl-u").type_("./mine.md").press("enter");
    assert!(saved(&driver).0.ends_with("mine.md"));
}

/// It took a thousand conversations without a word that nothing was marked.
#[test]
fn without_marks_the_dialog_says_that_it_takes_all_that_is_listed() {
    for (query, title) in [
        ("", "Nothing is marked: extract all 3 listed, one file each"),
        ("lake", "Nothing is marked: extract the one listed, one file each"),
        ("lake sea", "Nothing is marked: extract the one with all words, one file each"),
    ] {
        let day = |day, text| conversation(day, "A day", &[text]);
        let mut driver =
            Driver::new(80, 24, vec![day(1, "The lake, the sea."), day(2, "Sea."), day(3, "Hill.")]);
        driver.type_(query).press("esc E");
        assert!(driver.screen().contains(title), "{query}: {}", driver.screen());
    }
}

/// The marks were gone, so that the same could not be written in another format too.
#[test]
fn marks_remain_when_what_is_marked_was_written() {
    let mut driver = Driver::new(80, 24, (1..4).map(|day| conversation(day, "A day", &["Where?"])).collect());
    driver.press("esc space space E enter");
    driver.act(Action::SavedMany(SaveManyOutcome {
        written: 2,
        total: 2,
        folder: "./x/".into(),
        attached: AttachmentOutcome::default(),
        redacted: None,
        is_finished: true,
        stopped: false,
        failure: None,
        files_exist: false,
    }));
    assert!(driver.status().starts_with("wrote 2 files to ./x/"), "{}", driver.status());
    driver.press("E");
    assert!(driver.screen().contains("Extract 2 marked conversations to a folder"), "{}", driver.screen());
    driver.press("esc X");
    assert!(driver.status().starts_with("2 conversations unmarked"), "{}", driver.status());
}

/// Which secrets an extract had lost only the shell said.
#[test]
fn what_was_taken_out_is_said_when_it_is_written() {
    let written = |redacted: Option<&str>| {
        let mut driver =
            Driver::new(80, 24, (1..4).map(|day| conversation(day, "A day", &["Where?"])).collect());
        driver.press("esc space space E enter");
        driver.act(Action::SavedMany(SaveManyOutcome {
            written: 2,
            total: 2,
            folder: "./x/".into(),
            attached: AttachmentOutcome::default(),
            redacted: redacted.map(str::to_owned),
            is_finished: true,
            stopped: false,
            failure: None,
            files_exist: false,
        }));
        driver.status()
    };
    for (redacted, words) in [
        (None, "wrote 2 files to ./x/   "),
        (Some(""), "wrote 2 files to ./x/ · nothing to redact"),
        (Some("1 github-token"), "wrote 2 files to ./x/ · redacted 1 github-token   "),
        (
            Some("1 aws-access-key-id, 2 passwords, 1 jwt, 3 ibans, 7 more"),
            "wrote 2 files to ./x/ · redacted 1 aws-access-key-id, 2 passwords and 11 more",
        ),
    ] {
        let status = written(redacted);
        assert!(status.starts_with(words), "{words}: {status}");
    }
}
