//! Threads as they are read: the hardest conversations of the demo archive line by line, and what holds for every line
//! of every conversation.

use std::{collections::BTreeSet, env};

use crate::support::app::{Driver, demo, read};
use ratatui::{buffer::Buffer, layout::Rect};
use unspool::{
    archive::Location,
    conversation::{AnnotationKind, Conversation, Media, MessageKind},
    library::ConversationRef,
    transcript::{Line, Tone, Transcript, TranscriptOptions},
    tui::{backend::Screen, theme::Theme, thread_view::ThreadView, view},
};

/// The hardest conversations of the demo archive: a name for the snapshot, and words of the title.
const HARD: [(&str, &str); 18] = [
    ("markdown", "Test page for our wiki"),
    ("mathematics", "How long must a pendulum"),
    ("citations", "A weekend in Zürich"),
    ("old-citations", "Eclipse in April"),
    ("research", "Heat pump or new gas boiler"),
    ("files", "landlord keeps the deposit"),
    ("controls", "output in the CI log"),
    ("emoji", "Chore chart"),
    ("right-to-left", "كلمات"),
    ("japanese", "敬語"),
    ("canvas-document", "CV for the platform job"),
    ("canvas-code", "Snake for the school"),
    ("pictures", "A badger for the running club"),
    ("voice", "Practising my talk"),
    ("reasoning", "Is our shuffle fair"),
    ("interrupted", "Explain the CAP theorem"),
    ("tools", "SQL: find the gaps"),
    ("unknown", "Agent: compare three"),
];

fn hard() -> Vec<(&'static str, Conversation)> {
    let all = demo();
    let find = |words: &str| all.iter().find(|conversation| conversation.title.contains(words)).cloned();
    HARD.iter().map(|&(name, words)| (name, find(words).unwrap_or_else(|| panic!("no {words}")))).collect()
}

fn lines(conversation: &Conversation, width: u16, open: bool) -> Vec<String> {
    let mut transcript =
        Transcript::new(ConversationRef::alone(conversation.clone()), TranscriptOptions::default());
    if open {
        transcript.set_all_folds(true);
    }
    let mut lines = Vec::new();
    for entry in 0..transcript.entries().len() {
        for line in transcript.lines(entry, width).iter() {
            let right: String = line.right.iter().map(|span| span.text.as_str()).collect();
            let gap = usize::from(width).saturating_sub(line.width() + right.chars().count());
            let right = if right.is_empty() { right } else { " ".repeat(gap) + &right };
            lines.push(format!("{}{right}", line.text()).trim_end().to_owned());
        }
    }
    lines
}

#[test]
fn the_hardest_conversations_at_three_widths() {
    for (name, conversation) in hard() {
        // A wide one as it opens; in the others every fold is open.
        for (width, open) in [(100, false), (77, true), (36, true)] {
            let of = if open { "-open" } else { "" };
            insta::assert_snapshot!(
                format!("{name}-{width}{of}"),
                lines(&conversation, width, open).join("\n")
            );
        }
    }
}

#[test]
fn every_kind_of_content_is_among_them() {
    let all = hard();
    let messages = || {
        all.iter().flat_map(|(_, conversation)| {
            (0..conversation.messages().len()).map(move |at| (conversation, at))
        })
    };
    let kinds: BTreeSet<String> =
        messages().map(|(conversation, at)| format!("{:?}", conversation.messages()[at].kind)).collect();
    for kind in [
        MessageKind::Text,
        MessageKind::Call,
        MessageKind::Output,
        MessageKind::Reasoning,
        MessageKind::Recap,
        MessageKind::Quote,
        MessageKind::Browsing,
        MessageKind::Page,
        MessageKind::Error,
        MessageKind::Instructions,
        MessageKind::Canvas,
        MessageKind::Other,
    ] {
        assert!(kinds.contains(&format!("{kind:?}")), "no {kind:?} in {kinds:?}");
    }
    let parts = messages().flat_map(|(conversation, at)| conversation.message_annotations(at));
    let details: BTreeSet<String> = parts
        .map(|part| match &part.detail {
            AnnotationKind::Citation(_) => "citation".to_owned(),
            AnnotationKind::ListedSources(_) => "sources".to_owned(),
            AnnotationKind::Attachment(attachment) => format!("{:?}", attachment.media),
            AnnotationKind::Canvas { .. } => "canvas".to_owned(),
            AnnotationKind::ThinkingTime { .. } => "thought".to_owned(),
            AnnotationKind::QuotedPage(_) => "source".to_owned(),
        })
        .collect();
    let media = [Media::Image, Media::Audio, Media::Video, Media::File].map(|media| format!("{media:?}"));
    for detail in
        ["citation", "sources", "canvas", "thought", "source"].map(str::to_owned).iter().chain(&media)
    {
        assert!(details.contains(detail), "no {detail} in {details:?}");
    }
}

/// What is wrong with a line, if anything.
fn wrong(line: &Line, width: u16) -> Option<&'static str> {
    let whole: String = line.spans.iter().chain(&line.right).map(|span| span.text.as_str()).collect();
    // Code may hold whatever it likes to.
    let prose: String = line
        .spans
        .iter()
        .map(|span| match span.tone {
            Tone::Plain | Tone::Dim | Tone::Heading | Tone::Link | Tone::Quote | Tone::Math => &*span.text,
            _ => "¦",
        })
        .collect();
    let pair =
        |open: &str, close: &str| prose.find(open).is_some_and(|at| prose[at + open.len()..].contains(close));
    if whole.chars().any(char::is_control) {
        Some("a control character")
    } else if whole.chars().any(|c| matches!(c, '\u{E000}'..='\u{F8FF}')) {
        Some("a private-use character")
    } else if pair("【", "†source】") {
        Some("an old citation")
    } else if pair("\\(", "\\)") || pair("\\[", "\\]") {
        Some("a formula as it is written")
    } else if line.width() > usize::from(width) && line.scrolls_from.is_none() {
        Some("more than fits")
    } else {
        None
    }
}

/// Every line of every branch that leads to a leaf's end, all folds open, at two widths; gives how many there were.
fn look_through(conversations: Vec<Conversation>) -> usize {
    let mut count = 0;
    for conversation in conversations {
        let title = conversation.title.clone();
        let messages = conversation.messages().len();
        let mut transcript =
            Transcript::new(ConversationRef::alone(conversation), TranscriptOptions::default());
        let mut seen = vec![false; messages];
        transcript.set_all_folds(true);
        for message in (0..messages).rev() {
            if seen[message] {
                continue;
            }
            if message + 1 < messages || transcript.entries().is_empty() {
                transcript.show_branch_of(message);
                transcript.set_all_folds(true);
            }
            for entry in 0..transcript.entries().len() {
                if std::mem::replace(&mut seen[transcript.entries()[entry].message], true)
                    && transcript.entries()[entry].chunk.is_none()
                {
                    continue;
                }
                for width in [77, 36] {
                    for line in transcript.lines(entry, width).iter() {
                        count += 1;
                        assert_eq!(wrong(line, width), None, "in {title:?}: {:?}", line.text());
                    }
                }
            }
            seen[message] = true;
        }
    }
    count
}

#[test]
fn no_line_of_the_demo_archive_holds_what_is_no_text() {
    assert!(look_through(demo()) > 10_000);
}

#[test]
#[ignore = "wants an archive named by UNSPOOL_BENCH"]
fn no_line_of_an_archive_holds_what_is_no_text() {
    let path = env::var_os("UNSPOOL_BENCH").expect("UNSPOOL_BENCH names an archive");
    println!("{} lines", look_through(read(&Location::Path(path.into()))));
}

/// The bytes that each of these keys takes on a terminal of 80×24, links and all.
fn bytes(driver: &mut Driver, screen: &mut Screen<Vec<u8>>, keys: &str) -> usize {
    driver.press(keys);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let mut links = Vec::new();
    let cursor = view::draw_linked(&mut driver.app, &Theme::terminal(), &mut buffer, &mut links);
    screen.output().clear();
    screen.present_linked(&buffer, &links, cursor).expect("a vector takes everything")
}

#[test]
fn a_line_and_a_page_take_few_bytes_with_links_and_colours_and_all() {
    for (name, conversation) in hard() {
        let mut driver = Driver::new(80, 24, vec![conversation]);
        let mut screen = Screen::new(Vec::new(), true);
        bytes(&mut driver, &mut screen, "enter");
        bytes(&mut driver, &mut screen, "Z");
        let lines: Vec<usize> = (0..150).map(|_| bytes(&mut driver, &mut screen, "j")).collect();
        assert!(lines.iter().all(|&bytes| bytes <= 800), "{name}, a line: {:?}", lines.iter().max());
        let pages: Vec<usize> = (0..8).map(|_| bytes(&mut driver, &mut screen, "pgup")).collect();
        assert!(pages.iter().all(|&bytes| bytes <= 4_096), "{name}, a page: {pages:?}");
    }
}

#[test]
fn a_thread_shows_where_its_links_lead() {
    let all = hard();
    let mut driver = Driver::new(80, 24, vec![all[2].1.clone()]);
    driver.press("enter J J G");
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let mut links = Vec::new();
    view::draw_linked(&mut driver.app, &Theme::terminal(), &mut buffer, &mut links);
    let cells = |link: &unspool::tui::backend::ScreenLink| -> String {
        link.columns.clone().map(|x| buffer[(x, link.y)].symbol().to_owned()).collect()
    };
    let found: Vec<(String, &str)> = links.iter().map(|link| (cells(link), &*link.target)).collect();
    assert!(found.contains(&("¹".to_owned(), "https://swans.example/distance")), "{found:?}");
    // A dialog lies over them.
    driver.press("o");
    view::draw_linked(&mut driver.app, &Theme::terminal(), &mut buffer, &mut links);
    assert!(links.is_empty(), "{links:?}");
    assert!(driver.app.open_view().and_then(ThreadView::message).is_some());
}
