//! Conversations made of any text, and what text promises.

use unspool::conversation::{
    Annotation, AnnotationKind, Attachment, Conversation, ConversationBuilder, ConversationMeta, Link, Media,
    MessageDraft, MessageKind, ObjectLocation, Provider, Role, Time, Visibility,
};

/// What annotations two messages.
pub const NEXT: char = '\u{1e}';

/// Each piece between two [`NEXT`]s is a message; its first letter says what it is.
pub fn conversation(text: &str) -> Conversation {
    let mut pieces = text.split(NEXT);
    let title = pieces.next().unwrap_or_default();
    let mut builder = ConversationBuilder::new();
    let mut last = None;
    for piece in pieces.take(200) {
        let mut letters = piece.chars();
        let sign = letters.next().unwrap_or('a') as u32;
        let said = letters.as_str();
        let name = said.split_whitespace().next().unwrap_or_default();
        let (role, kind, visibility) = kind_of(sign);
        let draft = MessageDraft {
            kind,
            visibility,
            // A sign beyond the letters forks.
            parent: if sign > 0x7f { last.and_then(|last: usize| last.checked_sub(1)) } else { last },
            time: Some(Time(i64::from(sign) * 3_600_000_000 + 1_700_000_000_000_000)),
            model: (role == Role::Assistant && sign.is_multiple_of(2)).then_some(name),
            name: (kind != MessageKind::Text).then_some(name),
            interrupted: sign.is_multiple_of(5),
            annotations: annotations(said, kind),
            ..MessageDraft::new(role, said)
        };
        last = Some(builder.push(draft));
    }
    let heading = ConversationMeta {
        id: Some("c1"),
        title: Some(title),
        ..ConversationMeta::new(Provider::ChatGpt, ObjectLocation::default())
    };
    builder.finish(heading, last)
}

fn kind_of(sign: u32) -> (Role, MessageKind, Visibility) {
    let (role, kind) = match sign % 14 {
        0 | 1 => (Role::Assistant, MessageKind::Text),
        2 | 3 => (Role::User, MessageKind::Text),
        4 => (Role::Assistant, MessageKind::Call),
        5 => (Role::Tool, MessageKind::Output),
        6 => (Role::Assistant, MessageKind::Reasoning),
        7 => (Role::Assistant, MessageKind::Recap),
        8 => (Role::Tool, MessageKind::Quote),
        9 => (Role::Tool, MessageKind::Browsing),
        10 => (Role::Tool, MessageKind::Page),
        11 => (Role::Tool, MessageKind::Error),
        12 => (Role::Assistant, MessageKind::Canvas),
        _ => (Role::Tool, MessageKind::Other),
    };
    let shown = matches!(kind, MessageKind::Text | MessageKind::Canvas);
    (role, kind, if shown { Visibility::Shown } else { Visibility::Folded })
}

/// Lines that begin with `@` are attachments and sources at their place; the first line of a canvas is its title.
fn annotations(said: &str, kind: MessageKind) -> Vec<Annotation> {
    let mut annotations = Vec::new();
    if kind == MessageKind::Canvas {
        let title = said.lines().next().unwrap_or_default();
        let format = if said.len().is_multiple_of(2) { "document" } else { "code/rust" };
        let detail = AnnotationKind::Canvas { title: title.into(), format: format.into() };
        annotations.push(Annotation { range: 0..said.len() as u32, detail });
        return annotations;
    }
    let mut at = 0;
    for line in said.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix('@') {
            let name = name.trim_end_matches('\n');
            let range = at as u32..(at + line.trim_end_matches('\n').len()) as u32;
            let link = Link { title: name.into(), url: format!("https://example.org/{name}").into() };
            let (range, detail) = match name.len() % 3 {
                0 => (range.start..range.start, AnnotationKind::Attachment(Box::new(attachment(name)))),
                1 => (range, AnnotationKind::Citation(Box::new([link]))),
                _ => (said.len() as u32..said.len() as u32, AnnotationKind::ListedSources(Box::new([link]))),
            };
            annotations.push(Annotation { range, detail });
        }
        at += line.len();
    }
    annotations.sort_by_key(|part| part.range.start);
    annotations
}

fn attachment(name: &str) -> Attachment {
    Attachment {
        media: if name.contains('.') { Media::File } else { Media::Image },
        id: "file-1".into(),
        name: name.into(),
        size: Some(name.len() as u64 * 1_000),
        dimensions: None,
        mime: name.into(),
        prompt: if name.len().is_multiple_of(2) { name.into() } else { "".into() },
        content: if name.len() % 4 == 1 { name.into() } else { "".into() },
    }
}

/// No character that acts on a terminal, none that cannot be seen, no pile of marks.
pub fn assert_harmless(row: &str) {
    let acts = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                    | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}'
            )
    };
    let mut marks = 0;
    for c in row.chars() {
        marks = if matches!(c, '\u{300}'..='\u{36f}') { marks + 1 } else { 0 };
        assert!(marks <= 4 && !acts(c), "U+{:04X} in {row:?}", c as u32);
    }
}

/// A name that is good on every system.
pub fn assert_file_name(name: &str) {
    assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
    assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']), "{name:?}");
    let bad = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    assert!(!name.contains(bad), "{name:?}");
}
