//! What leaves the real program by its screen: what is said of secrets before and after, that `r` reaches all of it, and
//! that an original is copied as it is. What is asked for is tried in the library's `app.rs`; here it is carried out.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::support::exports::{Chain, Scratch, answer, claude, conversation, prompt, zip};
use crate::support::pty::{Session, Setup, text};
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n robin@example.org";
const MAIL: &str = "robin@example.org";
const LABEL: &str = "[redacted: e-mail]";

/// An object in a form that nobody would write again so: blanks, an order of its own, escapes, in an address too.
fn object() -> String {
    let mut first = prompt(&format!("Write to {MAIL}"));
    first["metadata"] = json!({"attachments": [{"id": "file-abc", "name": "photo.png", "size": 9}]});
    let code = format!("Ask {MAIL}:\n\n```\nto = {MAIL}\n```");
    let mut object = conversation(Chain::of([first, answer(&code)]));
    object["title"] = json!("Notes to keep");
    let json = serde_json::to_string_pretty(&object).unwrap();
    json.replacen("Notes to keep", "Notes\\u0020to keep", 1).replacen("to = robin@", "to = robin\\u0040", 1)
}

/// The same without its secrets: every other byte as it was.
fn redacted_object() -> String {
    object().replace("robin\\u0040", "robin@").replace(MAIL, LABEL)
}

/// A ChatGPT export with an upload, and a Claude export whose attachment is a text that it carries itself.
fn archives(scratch: &Scratch) {
    let json = format!("[ {} ]", object());
    let members: [(&str, &[u8]); 2] = [("conversations.json", json.as_bytes()), ("file-abc-photo.png", PNG)];
    scratch.file("chatgpt.zip", zip(&members));
    let mut letter = claude::human("m1", claude::ROOT, "Read this letter");
    letter["attachments"] = json!([{"file_name": "letter.txt", "file_size": 9, "file_type": "txt",
        "extracted_content": format!("{MAIL} wrote")}]);
    let answer = claude::answer("m2", "m1", "I did.");
    let object = claude::conversation("c-1", "A letter", vec![letter, answer]);
    scratch.file("claude.json", Value::Array(vec![object]).to_string());
}

/// The thread with this title, read in a folder of its own.
fn reading(scratch: &Scratch, folder: &Path, title: &str, words: &str) -> Session {
    archives(scratch);
    fs::create_dir_all(folder).unwrap();
    let mut session = Setup::unspool()
        .args([scratch.path().join("chatgpt.zip"), scratch.path().join("claude.json")])
        .args(["-q", title])
        .env("SSH_TTY", "/dev/pts/0")
        .folder(folder)
        .size(120, 30)
        .spawn();
    session.wait_for("1 of 2");
    session.send("\r");
    session.wait_for(words);
    session
}

fn notes(scratch: &Scratch, folder: &Path) -> Session {
    reading(scratch, folder, "title:notes", "Write to")
}

fn quit(mut session: Session) {
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
}

#[test]
fn a_copy_says_what_it_holds_and_r_takes_it_out_of_every_kind_of_copy() {
    let scratch = Scratch::new();
    let mut session = notes(&scratch, scratch.path());
    session.send("y");
    assert_eq!(session.wait_for_copy(1), format!("Write to {MAIL}"));
    session.wait_for("it holds 1 e-mail address");
    session.send("r");
    session.wait_for("secrets are taken out");
    session.send("y");
    assert_eq!(session.wait_for_copy(2), format!("Write to {LABEL}"));
    session.wait_for("redacted 1 e-mail address");
    session.send("J");
    for (number, key) in [(3, "y"), (4, "c"), (5, "Y")] {
        session.send(key);
        let copy = session.wait_for_copy(number);
        assert!(copy.contains(LABEL) && !copy.contains(MAIL), "{key}: {copy}");
    }
    session.send("r");
    session.wait_for("is exact again");
    session.send("c");
    assert_eq!(session.wait_for_copy(6).trim_end(), format!("to = {MAIL}"));
    quit(session);
}

#[test]
fn a_conversation_is_copied_as_json_byte_for_byte_and_redacted_it_is_json_still() {
    let scratch = Scratch::new();
    let mut session = notes(&scratch, scratch.path());
    session.send(":");
    session.wait_for("Every command");
    session.send("copy-as json");
    session.enter();
    session.wait_for("a conversation's original object");
    session.send("Y");
    assert_eq!(session.wait_for_copy(1), object());
    session.wait_for("sent the conversation, ");
    session.send("r");
    session.wait_for("secrets are taken out");
    session.send("Y");
    let copy = session.wait_for_copy(2);
    assert_eq!(copy, redacted_object());
    serde_json::from_str::<Value>(&copy).unwrap();
    session.wait_for("redacted 1 e-mail address");
    session.send("y");
    let line: Value = serde_json::from_str(session.wait_for_copy(3).trim_end()).unwrap();
    assert_eq!(line["text"], format!("Write to {LABEL}"));
    quit(session);
}

/// The same thread with `:copy-as json` behind it.
fn copying_json(scratch: &Scratch) -> Session {
    let mut session = notes(scratch, scratch.path());
    session.send(":");
    session.wait_for("Every command");
    session.send("copy-as json");
    session.enter();
    session.wait_for("a conversation's original object");
    session
}

/// An original is read while other keys are pressed. Secrets were once copied by `Y` and an `r` right after it, and an
/// original came over what was copied after it.
#[test]
fn an_original_is_copied_as_and_when_it_was_asked_for() {
    let scratch = Scratch::new();
    let mut session = copying_json(&scratch);
    session.send("rYr");
    assert_eq!(session.wait_for_copy(1), redacted_object());
    session.wait_for("redacted 1 e-mail address");
    session.send("YYy");
    let last: Value = serde_json::from_str(session.wait_for_copy(4).trim_end()).unwrap();
    assert_eq!(last["text"], format!("Write to {MAIL}"));
    assert_eq!(session.copied()[1..3], [object().into_bytes(), object().into_bytes()]);
    quit(session);
}

/// `q` right after a copy once left without it.
#[test]
fn who_leaves_right_after_a_copy_has_it() {
    let scratch = Scratch::new();
    for (keys, expected) in [("Y", object()), ("rY", redacted_object())] {
        let mut session = copying_json(&scratch);
        session.send(format!("{keys}q"));
        assert_eq!(session.ended().exit_code(), 0);
        session.assert_given_back();
        assert_eq!(session.copied(), [expected.into_bytes()], "{keys}");
    }
    let mut session = notes(&scratch, scratch.path());
    session.send("yq");
    assert_eq!(session.ended().exit_code(), 0);
    assert_eq!(session.copied(), [format!("Write to {MAIL}").into_bytes()]);
}

/// The demo in a tmux that takes a copy only once the file `taking` is there, and then writes it to `copied`.
fn in_a_slow_tmux(scratch: &Scratch) -> Session {
    let script = "#!/bin/sh\n[ $1 = load-buffer ] || exit 0\n\
                  while [ -d . ] && ! [ -e taking ]; do sleep 0.02; done\nexec cat >copied\n";
    let tmux = scratch.file("tmux", script);
    fs::set_permissions(&tmux, fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", scratch.path().display(), std::env::var("PATH").unwrap());
    let mut session = Setup::unspool()
        .args(["--demo", "-q", "title:Zürich"])
        .env("TMUX", "/nowhere,1,0")
        .env("PATH", path)
        .folder(scratch.path())
        .size(120, 30)
        .spawn();
    session.wait_for("1 of 50");
    session.send("\r");
    session.wait_for("enter");
    session
}

#[test]
fn who_leaves_while_it_is_still_copied_is_told_and_can_leave_at_once() {
    const TOLD: &str = "leaving when it is copied; q again leaves at once";
    let scratch = Scratch::new();
    let mut session = in_a_slow_tmux(&scratch);
    session.send("yqq");
    // Had it waited, it would have given up, which is a failure.
    assert_eq!(session.ended().exit_code(), 0);
    assert!(!scratch.path().join("copied").exists());

    // A copy is not waited for very long, and this machine may be busy for as long.
    for _ in 0..10 {
        let scratch = Scratch::new();
        let mut session = in_a_slow_tmux(&scratch);
        session.send("yq");
        session.wait_until("word of it", |screen| {
            screen.contents().contains(TOLD) || !screen.alternate_screen()
        });
        scratch.file("taking", "");
        if session.ended().exit_code() == 0 {
            assert!(was_shown(&session, TOLD));
            assert!(fs::read_to_string(scratch.path().join("copied")).unwrap().contains("two children"));
            return;
        }
        assert!(session.screen().contains("tmux"), "{}", session.screen());
    }
    panic!("never copied in time");
}

/// Whether some frame had these words.
fn was_shown(session: &Session, words: &str) -> bool {
    let mut terminal = vt100::Parser::new(30.try_into().unwrap(), 120.try_into().unwrap(), 0);
    session.raw().split_inclusive(|&byte| byte == b'l').any(|bytes| {
        terminal.process(bytes);
        text(terminal.screen()).contains(words)
    })
}

#[test]
fn an_original_that_cannot_be_read_any_more_is_said_in_the_status_line_or_on_leaving() {
    let scratch = Scratch::new();
    let mut session = copying_json(&scratch);
    fs::write(scratch.path().join("chatgpt.zip"), "").unwrap();
    session.send("Y");
    session.wait_for("the conversation was not copied: ");
    assert!(session.copied().is_empty());
    quit(session);
    // Whether `q` has its turn before the answer is a race: who leaves is told either way.
    let mut on_leaving = 0;
    for _ in 0..20 {
        let mut session = copying_json(&scratch);
        fs::write(scratch.path().join("chatgpt.zip"), "").unwrap();
        session.send("Yq");
        let code = session.ended().exit_code();
        session.assert_given_back();
        assert!(session.copied().is_empty());
        let words = "the conversation was not copied: ";
        let is_said = if code == 0 { was_shown(&session, words) } else { session.screen().contains(words) };
        assert!(is_said, "{code}: {}", session.screen());
        on_leaving += u32::from(code == 2);
        if on_leaving == 2 {
            return;
        }
    }
    panic!("none was told on leaving");
}

#[test]
fn what_is_picked_is_redacted_or_original_too() {
    let scratch = Scratch::new();
    archives(&scratch);
    let script =
        format!("'{}' pick chatgpt.zip > picked; echo \"left with $?\"", env!("CARGO_BIN_EXE_unspool"));
    let pick = |keys: &str, expected: &str| {
        let setup =
            Setup::new("sh").args(["-c", &script]).env("SSH_TTY", "/dev/pts/0").folder(scratch.path());
        let mut session = setup.spawn();
        session.wait_for("Notes to keep");
        session.send("\r");
        session.wait_for("Write to");
        let mut keys_left = keys;
        if let Some((command, rest)) = keys.split_once('\r') {
            session.send(command);
            session.enter();
            session.wait_until_gone("Every command");
            keys_left = rest;
        }
        session.send(keys_left);
        session.wait_for("left with 0");
        assert_eq!(fs::read_to_string(scratch.path().join("picked")).unwrap(), expected, "{keys}");
    };
    pick("ry", &format!("Write to {LABEL}"));
    pick(":copy-as json\rY", &object());
    pick(":copy-as json\rrY", &redacted_object());
    pick(":copy-as json\rrYrq", &redacted_object());
}

#[test]
fn the_dialogs_count_secrets_before_and_take_them_out_of_what_they_write() {
    let scratch = Scratch::new();
    let out = scratch.path().join("out");
    let mut session = notes(&scratch, &out);
    session.send("e");
    session.wait_for("1 e-mail address");
    session.enter();
    session.wait_for("wrote");
    let file = out.join("2023-11-14-notes-to-keep.md");
    assert_eq!(fs::read_to_string(&file).unwrap().matches(MAIL).count(), 3);
    fs::remove_file(&file).unwrap();
    session.send("r");
    session.wait_for("secrets are taken out");
    session.send("e");
    session.wait_for("[×] redact");
    session.wait_for("1 e-mail address");
    session.enter();
    session.wait_for("wrote");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.matches(LABEL).count() == 3 && !text.contains(MAIL), "{text}");
    session.send("E");
    session.wait_for("Nothing is marked");
    session.enter();
    session.wait_for("wrote 1 file to");
    let text = fs::read_to_string(out.join("unspool-extract/2023-11-14-notes-to-keep.md")).unwrap();
    assert!(text.matches(LABEL).count() == 3 && !text.contains(MAIL), "{text}");
    quit(session);
}

/// A picture goes as it is, and that is said; a text that the export carries is redacted. Neither replaces a file.
#[test]
fn attachments_are_redacted_where_they_are_text_and_else_it_is_said() {
    let scratch = Scratch::new();
    let out = scratch.path().join("out");
    let mut session = notes(&scratch, &out);
    session.send("r");
    session.wait_for("secrets are taken out");
    session.send("o");
    session.wait_for("save, not redacted");
    session.send("1");
    session.enter();
    session.wait_for("the attachment is copied as it is, not redacted");
    assert_eq!(fs::read(out.join("photo.png")).unwrap(), PNG);
    fs::write(out.join("photo.png"), "mine").unwrap();
    session.send("o");
    session.wait_for("save, not redacted");
    session.send("1");
    session.enter();
    session.wait_for("exists already");
    assert_eq!(fs::read_to_string(out.join("photo.png")).unwrap(), "mine");
    session.send("\x1b");
    session.wait_until_gone("exists already");
    quit(session);

    let mut session = reading(&scratch, &out, "title:letter", "Read this letter");
    session.send("r");
    session.wait_for("secrets are taken out");
    session.send("o");
    session.wait_for("letter.txt");
    session.send("1");
    session.enter();
    session.wait_for("wrote");
    assert_eq!(fs::read_to_string(out.join("letter.txt")).unwrap(), format!("{LABEL} wrote"));
    assert!(!session.screen().contains("not redacted"), "{}", session.screen());
    fs::write(out.join("letter.txt"), "mine").unwrap();
    session.send("o");
    session.wait_for("Links and attachments");
    session.send("1");
    session.enter();
    session.wait_for("exists already");
    assert_eq!(fs::read_to_string(out.join("letter.txt")).unwrap(), "mine");
    quit(session);
}
