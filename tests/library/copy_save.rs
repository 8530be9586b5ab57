//! Everything that the app sends out passes the same doors: what a paste would obey is taken out of it, secrets are
//! where that was asked for, and a name never leads elsewhere.

use crate::support::{
    app::Driver,
    conversations::{chain, conversation},
    exports,
};
use jiff::tz::TimeZone;
use unspool::{
    conversation::{Annotation, AnnotationKind, Attachment, Conversation, Media, MessageDraft, Role},
    extract::{
        ExtractOptions, Extraction, Format, Selection,
        redaction::Redaction,
        save::{FileOutcome, attachments::AttachmentOutcome},
    },
    tui::{
        action::Action,
        effect::{CopyContent, CopyRequest, Effect, SaveManyOutcome, SaveOutcome, Task, TerminalRequest},
    },
};

/// Every way out, one after the other, of a conversation whose answer has a hit, a code block and a link.
fn everything(text: &str, keys_before: &str) -> Driver {
    let second = conversation(2, "Another", &[text, "It is there."]);
    let mut driver = Driver::new(100, 30, vec![conversation(3, "A day", &["Where?", text]), second]);
    driver.type_("needle").press("enter").press(keys_before);
    // In the thread: message, answer, conversation, marked messages, line, code, link, piped, extracted.
    driver.press("J y Y v K y v t J c o 1 !").type_("cat").press("enter e").named("a-name").press("enter");
    driver.act(Action::Saved(SaveOutcome {
        path: "a.md".into(),
        result: Ok(FileOutcome::default()),
        redacted: None,
    }));
    // In the list: the best answer, the marked conversations, all of them to a folder, an original.
    driver.press("esc / ctrl-y ctrl-o esc space space y E enter");
    driver.act(Action::SavedMany(SaveManyOutcome {
        written: 2,
        total: 2,
        folder: "x".into(),
        attached: AttachmentOutcome::default(),
        redacted: None,
        is_finished: true,
        stopped: false,
        failure: None,
        files_exist: false,
    }));
    driver.press(":").type_("copy-as json").press("enter Y :").type_("copy-as markdown").press("enter");
    driver
}

const ANSWER: &str = "the needle\n\n```\ncode\n```\n\n[link](https://e.org/)";

/// What each effect is, and whether it takes secrets out.
fn redacting(effects: &[Effect]) -> Vec<(&str, bool)> {
    let each = effects.iter().filter_map(|effect| match effect {
        Effect::Background(Task::Copy(CopyRequest { content: CopyContent::Original(_), redact, .. })) => {
            Some(("the original", *redact))
        }
        Effect::Background(Task::Copy(CopyRequest { subject, redact, .. })) => Some((&**subject, *redact)),
        Effect::Background(Task::Save { extraction, .. }) => {
            Some(("a file", extraction.redaction.is_wanted()))
        }
        Effect::Background(Task::SaveMany { extraction, .. }) => {
            Some(("files", extraction.redaction.is_wanted()))
        }
        Effect::Background(Task::SaveAttachment { redact, .. }) => Some(("an attachment", *redact)),
        _ => None,
    });
    each.collect()
}

#[test]
fn r_is_asked_of_everything_that_leaves() {
    for (keys, expected) in [("r", true), ("r r", false)] {
        let mut driver = everything(ANSWER, keys);
        let screen = driver.screen();
        let ways = redacting(&driver.effects);
        assert!(ways.iter().all(|(_, redact)| *redact == expected), "{ways:#?}");
        let mut kinds: Vec<&str> = ways.into_iter().map(|(subject, _)| subject).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(
            kinds,
            [
                "2 marked conversations",
                "2 marked messages",
                "a file",
                "files",
                "the address",
                "the answer",
                "the code",
                "the conversation",
                "the line",
                "the message",
                "the original"
            ],
            "{screen}"
        );
    }
}

#[test]
fn nothing_that_a_paste_obeys_leaves() {
    let evil = "the \u{1b}[201~needle\u{7}\u{8}\u{7f}\u{9b}2J\r\n\n```\nrm\u{1b}[201~\r\n```\n\n\
                [link](<https://e.org/\u{1b}[201~>)";
    let mut driver = everything(evil, "g");
    // The same code once more, from among two.
    let two = format!("{evil}\n\n```\nsecond\u{1b}\n```");
    driver
        .act(Action::Arrived(vec![conversation(9, "Two", &["?", &two])], unspool::load::Progress::default()));
    driver.press("/ ctrl-u").type_("title:Two").press("enter J c 2");
    let texts = driver.effects.iter().filter_map(|effect| match effect {
        Effect::Background(Task::Copy(CopyRequest { content: CopyContent::Text(text), subject, .. })) => {
            Some((text, &**subject))
        }
        Effect::Terminal(TerminalRequest::Pipe { text, .. }) => Some((text, "piped")),
        _ => None,
    });
    let mut kinds = Vec::new();
    for (text, subject) in texts {
        let acts = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
        assert!(!text.contains(acts), "{subject}: {text:?}");
        kinds.push(subject);
    }
    let in_thread =
        ["the message", "the conversation", "2 marked messages", "the line", "the code", "the address"];
    let in_list = ["piped", "the answer", "the conversation", "2 marked conversations", "the code"];
    assert_eq!(kinds, [&in_thread[..], &in_list].concat());
    assert!(
        matches!(driver.effects.last(), Some(Effect::Background(Task::Copy(CopyRequest { content: CopyContent::Text(text), .. }))) if text.starts_with("second"))
    );
}

/// A prompt with an upload of this name.
fn with_upload(name: &str) -> Conversation {
    let attachment = Attachment {
        media: Media::File,
        id: "file-1".into(),
        name: name.into(),
        size: None,
        dimensions: None,
        mime: "".into(),
        prompt: "".into(),
        content: "".into(),
    };
    let part = Annotation { range: 0..0, detail: AnnotationKind::Attachment(Box::new(attachment)) };
    chain("T", [MessageDraft { annotations: vec![part], ..MessageDraft::new(Role::User, "See this") }])
}

#[test]
fn an_attachment_is_saved_here_whatever_it_is_called() {
    for (name, expected) in [
        ("../../.ssh/authorized_keys", "authorized-keys"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\CON.txt", "attachment-file-1.txt"),
        (".bashrc", "bashrc"),
        ("...", "attachment-file-1"),
    ] {
        let mut driver = Driver::new(80, 24, vec![with_upload(name)]);
        driver.press("enter r o 1 enter");
        let Some(Effect::Background(Task::SaveAttachment { path, redact: true, .. })) = driver.effects.last()
        else {
            panic!("{name}: {:?}", driver.effects)
        };
        assert_eq!(path, std::path::Path::new(expected), "{name}");
    }
}

/// A password whose name stands elsewhere in the conversation, and a line of a key.
#[test]
fn what_is_copied_alone_is_redacted_by_what_the_conversation_says() {
    let line = "ZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSBmYWtlIGZha2UgZmFr";
    let key = format!("-----BEGIN {0} KEY-----\n{line}\n{line}\n-----END {0} KEY-----", "PRIVATE");
    let told = format!("password = hunter2-but-longer\n\n{key}");
    let conversation = conversation(2, "A day", &[&told, "Use hunter2-but-longer then."]);
    for (text, kind) in [("hunter2-but-longer", "password"), (line, "private-key")] {
        let (redacted, counts) = unspool::extract::redaction::redacted(text, &[&conversation], false);
        assert_eq!((redacted, counts.total()), (format!("[redacted: {kind}]"), 1));
    }
    let mut driver = Driver::new(100, 30, vec![conversation]);
    driver.press("enter r J y");
    let Some(Effect::Background(Task::Copy(CopyRequest { conversations, redact: true, .. }))) =
        driver.effects.last()
    else {
        panic!("{:?}", driver.effects)
    };
    assert_eq!(conversations.len(), 1, "the copy says what it is of");
}

#[test]
fn an_attachment_is_saved_under_a_name_without_secrets() {
    let mut driver = Driver::new(80, 24, vec![with_upload("for robin@example.org.txt")]);
    for (keys, is_redacted) in [("enter o 1 enter", false), ("r o 1 enter", true)] {
        driver.press(keys);
        let Some(Effect::Background(Task::SaveAttachment { path, .. })) = driver.effects.last() else {
            panic!("{:?}", driver.effects)
        };
        let name = path.to_string_lossy();
        assert_eq!(
            (name.contains("robin"), name.contains("redacted-e-mail")),
            (!is_redacted, is_redacted),
            "{name}"
        );
    }
}

#[test]
fn what_only_the_original_object_names_as_a_secret_is_in_no_format_and_in_no_name_of_a_file() {
    let secret = "correct-horse-7x";
    let asked = exports::prompt(&format!("It is {secret}"));
    let mut object = exports::conversation(exports::Chain::of([asked, exports::answer("Thanks.")]));
    object["title"] = format!("About {secret}").into();
    object["plugin_settings"] = serde_json::json!({ "password": secret });
    let scratch = exports::Scratch::new();
    let path = scratch.file("x.json", serde_json::Value::Array(vec![object]).to_string());
    let opened = [exports::open(&path).unwrap()];
    let (library, _) = exports::load(&opened);
    let conversations = [library.get(library.by_date()[0])];
    let subject = Selection { archives: &opened, conversations: &conversations };
    for format in Format::ALL {
        let redaction = Redaction::new(true);
        let extraction =
            Extraction { redaction, ..Extraction::new(ExtractOptions::new(format, TimeZone::UTC)) };
        let text = extraction.to_string(subject, &()).unwrap();
        assert!(text.contains("[redacted: ") && !text.contains(secret), "{text}");
        let folder = scratch.path().join(format.as_str());
        assert_eq!(extraction.to_folder(subject, &folder, &()).unwrap().written, 1);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.to_string_lossy().contains(secret), "{}", path.display());
            assert!(!std::fs::read_to_string(&path).unwrap().contains(secret), "{}", path.display());
        }
    }
}
