//! What a few bytes could make large is cut, and says so.

use super::*;
use crate::conversation::{AnnotationKind, Attachment, Media, MessageKind, Visibility};

fn file(content: &str) -> Annotation {
    let attachment = Attachment {
        media: Media::File,
        id: "file-1".into(),
        name: "a.txt".into(),
        size: None,
        dimensions: None,
        mime: "".into(),
        prompt: "".into(),
        content: content.into(),
    };
    part(0..0, AnnotationKind::Attachment(Box::new(attachment)))
}

#[test]
fn a_table_whose_cells_are_without_number_is_shown_as_it_was_written() {
    let head = format!("{}|\n{}|\n", "|a".repeat(1_900), "|-".repeat(1_900));
    let lines = answer(&(head + &"|b|\n".repeat(500)), 80);
    assert!(lines[0].contains("as it was written"), "{:?}", lines[0]);
    assert!(lines.iter().any(|line| line.trim() == "|b|"));
    assert!(lines.len() < 1_000, "{}", lines.len());
}

#[test]
fn what_nests_deeper_than_anybody_writes_is_shown_as_it_was_written() {
    for nest in ["> ", "- ", "1. "] {
        let lines = answer(&format!("{}a\nb", nest.repeat(2_000)), 80);
        assert!(lines[0].contains("as it was written"), "{nest}: {:?}", lines[0]);
    }
    for text in ["-".repeat(400), "* * *".to_owned(), ".".repeat(400), "> ".repeat(30) + "a"] {
        assert!(!answer(&text, 80)[0].contains("as it was written"), "{text}");
    }
}

#[test]
fn of_a_large_attachment_the_beginning_is_shown() {
    let annotations = vec![file(&"line\n".repeat(100_000)), file("another")];
    let mut transcript =
        opened(vec![MessageDraft { annotations, ..MessageDraft::new(Role::User, "Read it.") }]);
    transcript.set_fold(0, true);
    let lines = all_lines(&mut transcript, 60);
    assert!(lines.len() < 30_000, "{}", lines.len());
    assert!(lines.iter().any(|line| line.contains("… 369 KB more of this file: o saves it")));
    assert!(lines.iter().any(|line| line.contains("Read it.")));
}

#[test]
fn of_very_many_attachments_the_first_are_shown() {
    let annotations = vec![file(""); 5_000];
    let lines = all_lines(
        &mut opened(vec![MessageDraft { annotations, ..MessageDraft::new(Role::User, "See.") }]),
        60,
    );
    assert!(lines.len() < 2_100, "{}", lines.len());
    assert!(lines.iter().any(|line| line.contains("… and 4000 more attachments")));
}

#[test]
fn past_so_many_lines_a_message_says_once_that_it_is_shown_as_it_was_written() {
    let text = "a\n".repeat(1_200_000);
    let mut transcript = opened(vec![assistant(&text)]);
    let last = transcript.entries().len();
    let is_unread =
        |&entry: &usize| transcript.entries()[entry].chunk.as_ref().is_some_and(|chunk| chunk.is_unparsed);
    let unread: Vec<usize> = (0..last).filter(is_unread).collect();
    let mut times_told = |entry: usize| {
        transcript.lines(entry, 80).iter().filter(|line| line.text().contains("from here on")).count()
    };
    let told: Vec<usize> = unread.into_iter().map(&mut times_told).collect();
    assert!(told.len() > 3);
    assert_eq!(told.iter().sum::<usize>(), 1);
    assert_eq!(told[0], 1);
}

#[test]
fn a_name_of_megabytes_is_looked_at_no_further_than_a_row_goes() {
    let name = "tool".repeat(500_000);
    let draft = MessageDraft {
        kind: MessageKind::Call,
        visibility: Visibility::Folded,
        name: Some(&name),
        ..MessageDraft::new(Role::Assistant, "x")
    };
    let lines = all_lines(&mut opened(vec![draft]), 60);
    assert!(lines[0].len() < 200, "{}", lines[0].len());
}

#[test]
fn the_numbers_and_heights_of_very_many_messages_are_those_of_few() {
    let count = 12_000;
    let mut transcript = opened(vec![MessageDraft::new(Role::User, "word"); count]);
    assert_eq!(transcript.shown_up_to(count - 1), count);
    let one = transcript.height_hint(0, 60) as u64;
    let (all, above) = transcript.height_hints(100, 60);
    assert_eq!((all, above), (one * count as u64, one * 100));
}
