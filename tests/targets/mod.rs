//! What the fuzzer calls, and `cargo test` too, with what the fuzzer once found worth keeping.
//!
//! A target takes any bytes and does with them what the program would. It panics where a promise is broken: text
//! that is wider than asked or acts on a terminal, a range that is none, an object that is not given back as it was.

mod keys;
mod redaction;
mod text;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, atomic::AtomicBool},
};

use jiff::tz::TimeZone;
use unspool::{
    archive::{Archive, Limits, Location},
    conversation::{AnnotationKind, Conversation, ObjectLocation, Provider},
    extract::{self, ExtractOptions, Format, Include, save::names},
    import::{self, ImportCounts},
    library::{ConversationRef, Library},
    load::{self, LoadEvent},
    search::{self, Clock, Matcher, Query},
    secrets::Scanner,
    transcript::{self, Transcript, sanitize},
};

/// A target by its name in `fuzz/fuzz_targets`.
pub type Target = fn(&[u8]);

/// All of them.
pub const TARGETS: [(&str, Target); 9] = [
    ("archive", archive),
    ("import", import),
    ("keys", keys),
    ("query", query),
    ("transcript", transcript),
    ("sanitise", sanitise),
    ("extract", extract),
    ("secrets", secrets),
    ("redaction", redaction),
];

/// A file that is an archive, or pretends to be one: opened, loaded, every object read again, attachments copied.
pub fn archive(bytes: &[u8]) {
    thread_local! {
        static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
    }
    let path = FOLDER.with_borrow_mut(|folder| -> PathBuf {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a folder"));
        folder.path().join("export")
    });
    std::fs::write(&path, bytes).expect("a file");
    archive_at(&path);
}

fn archive_at(path: &Path) {
    let limits = Limits {
        conversation_bytes: 8 << 20,
        member_bytes: 64 << 20,
        members: 10_000,
        memory_bytes: 64 << 20,
        nested_bytes: 16 << 20,
        ..Limits::default()
    };
    let archive = match Archive::open(&Location::Path(path.to_owned()), limits) {
        Ok(archive) => [archive],
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    let library = Mutex::new(Library::new());
    let report = load::load_with(1, &archive, &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            library.lock().expect("no panic before").add(batch);
        }
    });
    let library = library.into_inner().expect("no panic before");
    for skipped in &report.problems {
        assert!(!skipped.reason.is_empty() && !skipped.reason.contains('\n'), "{skipped:?}");
    }
    let conversations: Vec<&Conversation> =
        library.by_date().iter().map(|&handle| library.get(handle)).collect();
    for conversation in conversations.iter().take(16) {
        sound(conversation);
        // A member may have been damaged behind it; what is given back is the object, whole.
        if let Ok(object) = archive[0].read_object(conversation.object_location, &mut |_| true) {
            assert_eq!(object.len(), conversation.object_location.length as usize);
            assert_eq!(object.first(), Some(&b'{'));
        }
        for message in 0..conversation.messages().len().min(100) {
            for part in conversation.message_annotations(message) {
                let AnnotationKind::Attachment(attachment) = &part.detail else { continue };
                if let Some(member) = archive[0].find_attachment(&attachment.id) {
                    let _ = archive[0].copy_attachment(&member, &mut std::io::sink());
                }
            }
        }
    }
}

/// One object of an export.
pub fn import(bytes: &[u8]) {
    let mut content_types = ImportCounts::default();
    for whole in [true, false] {
        let source = ObjectLocation { archive: 0, member: 0, offset: 0, length: bytes.len() as u32 };
        if let Ok(parsed) = import::import(bytes, whole, source, &mut content_types) {
            sound(&parsed.conversation);
        }
    }
    let (repaired, _) = import::repair::repair(bytes);
    serde_json::from_str::<serde_json::Value>(&repaired).expect("what was repaired is JSON");
}

/// What any conversation promises, however it came about.
fn sound(conversation: &Conversation) {
    assert!(!conversation.title.trim().is_empty() && !conversation.id.is_empty());
    let messages = conversation.messages();
    for (index, message) in messages.iter().enumerate() {
        assert!(message.parent().is_none_or(|parent| parent < index));
        let text = conversation.message_text(index);
        for part in conversation.message_annotations(index) {
            let (start, end) = (part.range.start as usize, part.range.end as usize);
            assert!(start <= end && text.get(start..end).is_some(), "{part:?} of {} bytes", text.len());
        }
        // To others than ChatGPT these are characters like any other.
        let marker =
            |c: char| conversation.provider == Provider::ChatGpt && ('\u{e200}'..='\u{e204}').contains(&c);
        // In code they are what somebody wrote.
        let may_hold_code = text.contains('`') || text.contains("~~~");
        assert!(may_hold_code || !text.contains(marker), "a citation marker");
    }
    let path = conversation.current_path();
    assert!(path.windows(2).all(|pair| messages[pair[1]].parent() == Some(pair[0])));
    assert_eq!(messages.is_empty(), path.is_empty(), "what has messages shows some");
}

/// A query, over the demo.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let query = Query::parse(&text, &Clock::EPOCH);
    let again = Query::parse(&query.to_string(), &Clock::EPOCH);
    assert_eq!(query.clauses(), again.clauses(), "its canonical form says the same");
    let library = demo();
    let matcher = Matcher::new(&query);
    let results = search::worker::search(&query, library, false);
    for row in results.rows.iter().take(20) {
        let conversation = library.get(row.handle);
        if !query.is_empty() {
            assert!(matcher.matches(conversation), "{text:?} finds what does not match it");
        }
        let hits = matcher.hits(conversation);
        for hit in &hits {
            assert!(conversation.message_words(hit.message).get(hit.range.clone()).is_some(), "{hit:?}");
        }
        for mark in matcher.title_marks(&conversation.title) {
            assert!(conversation.title.get(mark.clone()).is_some(), "{mark:?}");
        }
        if let Some(snippet) = matcher.snippet(conversation, 80) {
            for mark in &snippet.highlights {
                assert!(snippet.text.get(mark.clone()).is_some(), "{snippet:?}");
            }
        }
    }
}

/// Bytes from a terminal, with the pauses between them, over the demo.
pub fn keys(bytes: &[u8]) {
    keys::type_bytes(bytes, &DEMO);
}

/// The demo archive, once.
fn demo() -> &'static Library {
    &DEMO
}

/// The demo archive.
static DEMO: LazyLock<Arc<Library>> = LazyLock::new(|| {
    let archive = [Archive::open(&Location::Demo, Limits::default()).expect("the demo")];
    let library = Mutex::new(Library::new());
    load::load_with(1, &archive, &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            library.lock().expect("no panic before").add(batch);
        }
    });
    Arc::new(library.into_inner().expect("no panic before"))
});

/// A conversation laid out: nothing wider than asked, nothing that acts on a terminal.
pub fn transcript(bytes: &[u8]) {
    let Some((&width, rest)) = bytes.split_first() else { return };
    let width = u16::from(width).max(1);
    let conversation = ConversationRef::alone(text::conversation(&String::from_utf8_lossy(rest)));
    let mut transcript = Transcript::new(conversation, transcript::TranscriptOptions::default());
    lay_out(&mut transcript, width);
    transcript.set_all_folds(true);
    lay_out(&mut transcript, width);
    let _ = transcript.take_highlight_requests();
}

fn lay_out(transcript: &mut Transcript, width: u16) {
    let conversation = transcript.conversation().clone();
    for entry in 0..transcript.entries().len() {
        let message = transcript.entries()[entry].message;
        let said = conversation.message_words(message);
        for line in transcript.lines(entry, width).iter() {
            let right: usize = line.right.iter().map(transcript::Span::width).sum();
            let fits = line.width() + right + usize::from(right > 0) <= usize::from(width);
            assert!(fits || line.scrolls_from.is_some(), "wider than {width}: {line:?}");
            for span in line.spans.iter().chain(&line.right) {
                text::assert_harmless(&span.text);
                assert!(!span.text.contains(['\n', '\t']), "{span:?}");
                if let Some(range) = span.text_range() {
                    assert_eq!(said.get(range), Some(&*span.text));
                }
            }
        }
        unspool::message::links(&conversation, message);
    }
}

/// A text made harmless.
pub fn sanitise(bytes: &[u8]) {
    let dirty = String::from_utf8_lossy(bytes);
    let text = sanitize::text(&dirty);
    text::assert_harmless(&text.replace(['\n', '\t'], " "));
    assert_eq!(dirty.is_empty(), text.is_empty(), "something is always shown");
    let line = sanitize::line(&dirty);
    text::assert_harmless(&line);
    assert!(!line.contains(['\n', '\t']));
    assert_eq!(sanitize::line(&line), line, "what is harmless stays as it is");
    for columns in [0, 1, 2, 7, 40] {
        assert!(sanitize::width(&sanitize::fit(&line, columns)) <= columns);
    }
}

/// A conversation written down in every format, redacted and not.
pub fn extract(bytes: &[u8]) {
    let conversation = text::conversation(&String::from_utf8_lossy(bytes));
    let include = Include { tools: true, reasoning: true, hidden: true };
    for format in Format::ALL {
        let mut options = ExtractOptions::new(format, TimeZone::UTC);
        for all in [false, true] {
            (options.all_branches, options.front_matter) = (all, all && format == Format::Markdown);
            if all {
                options.include = include;
            }
            let text = extract::format_conversation(&conversation, &options);
            assert!(text.is_empty() || text.ends_with('\n'));
            if format == Format::Jsonl {
                for line in text.lines() {
                    serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON");
                }
            }
        }
        let name = names::file_name(&conversation, format.extension(), &TimeZone::UTC);
        text::assert_file_name(&name);
    }
    for message in 0..conversation.messages().len() {
        unspool::message::message_code_blocks(&conversation, message);
        for part in conversation.message_annotations(message) {
            if let AnnotationKind::Attachment(attachment) = &part.detail {
                text::assert_file_name(&names::attachment_name_from_message(attachment));
            }
        }
        let copy = extract::format_messages(
            &conversation,
            &[message],
            &ExtractOptions::new(Format::Text, TimeZone::UTC),
        );
        let acts = |c: char| c.is_control() && c != '\t' && c != '\n';
        assert!(!extract::without_control_chars(&copy).contains(acts));
    }
}

/// A text and a JSON object looked through for secrets, and redacted.
pub fn secrets(bytes: &[u8]) {
    let scanner = Scanner::built_in();
    let text = String::from_utf8_lossy(bytes);
    let mut end = 0;
    for finding in scanner.scan(&text) {
        assert!(finding.range.start >= end && text.get(finding.range.clone()).is_some(), "{finding:?}");
        end = finding.range.end;
        let value = &text[finding.range];
        let masked = scanner.mask(finding.kind, value);
        assert!(value.len() < 8 || masked != value, "{masked}");
    }
    let (redacted, counts) = scanner.redact(&text);
    assert_eq!(counts.is_empty(), redacted == text);
    let (json, _) = scanner.redact_json(bytes);
    if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        serde_json::from_slice::<serde::de::IgnoredAny>(&json).expect("it stays JSON");
    }
}

/// A secret amid anything, in one of the ways to hide it from an expression: nothing that was redacted holds it.
pub fn redaction(bytes: &[u8]) {
    redaction::plant(bytes);
}
