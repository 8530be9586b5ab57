//! Branches, folds, headers, hits: what one does with an open conversation.

use super::*;
use crate::{
    conversation::{
        AnnotationKind, MessageKind, Time, Visibility,
        testing::{meta, tree},
    },
    message::branches::SiblingNumber,
};

fn at(minutes: i64, draft: MessageDraft<'_>) -> MessageDraft<'_> {
    MessageDraft { time: Some(Time(1_741_000_000_000_000 + minutes * 60_000_000)), ..draft }
}

fn folded<'a>(kind: MessageKind, name: &'a str, text: &'a str) -> MessageDraft<'a> {
    let role = if kind == MessageKind::Output { Role::Tool } else { Role::Assistant };
    MessageDraft { kind, visibility: Visibility::Folded, name: Some(name), ..MessageDraft::new(role, text) }
}

#[test]
fn nobody_of_a_group_passes_for_the_person() {
    let named = |name| MessageDraft { name: Some(name), ..MessageDraft::new(Role::User, "Hello") };
    let lines = all_lines(&mut opened(vec![named("You"), named("Ivo")]), 40);
    assert!(lines.contains(&"┃ person “You”".to_owned()) && lines.contains(&"┃ Ivo".to_owned()), "{lines:?}");
}

#[test]
fn a_conversation_reads_as_sketched() {
    let prompt = at(
        0,
        MessageDraft::new(Role::User, "Requests through our ingress die with 504.\nWhere is the timeout?"),
    );
    let reply = assistant(
        "That is nginx's own default: `proxy-read-timeout` is 60 s. Raise it:\n\n```yaml\nmetadata:\n  a: \"120\"\n```\n\n\
         Two things to check:\n\n- the load balancer has its own idle timeout;\n- a client that retries.",
    );
    let lines = all_lines(&mut opened(vec![prompt, reply]), 44);
    let expected = [
        "┃ You >> 3 Mar 2025, 11:06",
        "┃ Requests through our ingress die with 504.",
        "┃ Where is the timeout?",
        "",
        "  gpt-4o",
        "  That is nginx's own default:",
        "  `proxy-read-timeout` is 60 s. Raise it:",
        "",
        "    yaml",
        "    metadata:",
        "      a: \"120\"",
        "",
        "  Two things to check:",
        "   • the load balancer has its own idle",
        "     timeout;",
        "   • a client that retries.",
        "",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_date_stands_at_the_first_prompt_of_a_day() {
    let prompts = [0, 5, 24 * 60].map(|minutes| at(minutes, MessageDraft::new(Role::User, "x")));
    let lines = all_lines(&mut opened(prompts.to_vec()), 60);
    let headers: Vec<&String> = lines.iter().filter(|line| line.contains("You")).collect();
    assert_eq!(headers, ["┃ You >> 3 Mar 2025, 11:06", "┃ You >> 11:11", "┃ You >> 4 Mar 2025, 11:06"]);
    let narrow = all_lines(&mut opened(prompts.to_vec()), 12);
    assert_eq!(narrow[0], "┃ You >> 11:06");
}

#[test]
fn a_turn_with_tools_reads_quietly() {
    let turn = vec![
        MessageDraft::new(Role::User, "How many?"),
        folded(MessageKind::Reasoning, "", "Let me *think*."),
        MessageDraft {
            annotations: vec![part(0..0, AnnotationKind::ThinkingTime { seconds: Some(75) })],
            ..folded(MessageKind::Recap, "", "Thought for 75s")
        },
        assistant("I count."),
        folded(MessageKind::Call, "python", "a = 1\nprint(a)"),
        folded(MessageKind::Output, "python", "1"),
        assistant("One."),
    ];
    let mut transcript = opened(turn);
    let expected = [
        "┃ You",
        "┃ How many?",
        "",
        "  ▸ Thought for 1 min 15 s",
        "",
        "  gpt-4o",
        "  I count.",
        "",
        "  ▸ python · 2 lines",
        "  ▸ python result · 1 line",
        "",
        "  One.",
        "",
    ];
    assert_eq!(all_lines(&mut transcript, 60), expected);
    assert_eq!(transcript.entries().len(), 6);
    assert_eq!(transcript.entry_of(2), Some(1), "the label of a reasoning has no entry of its own");

    transcript.set_fold(1, true);
    transcript.set_fold(3, true);
    let lines = all_lines(&mut transcript, 60);
    assert_eq!(lines[3..6], ["  ▾ Thought for 1 min 15 s", "  Let me think.", ""]);
    assert_eq!(
        lines[9..14],
        ["  ▾ python · 2 lines", "    a = 1", "    print(a)", "", "  ▸ python result · 1 line"]
    );
    transcript.set_all_folds(false);
    assert_eq!(all_lines(&mut transcript, 60), expected);
}

#[test]
fn the_label_of_a_reasoning_is_found_behind_what_it_led_to() {
    let label = || MessageDraft {
        annotations: vec![part(0..0, AnnotationKind::ThinkingTime { seconds: Some(15) })],
        ..folded(MessageKind::Recap, "", "Thought for 15s")
    };
    let turn = vec![
        folded(MessageKind::Reasoning, "", "First."),
        folded(MessageKind::Call, "python", "a"),
        folded(MessageKind::Reasoning, "", "Then."),
        folded(MessageKind::Call, "python", "b"),
        label(),
        assistant("Done."),
        label(),
    ];
    let mut transcript = opened(turn);
    let expected = [
        "  ▸ Thought · 1 line",
        "  ▸ python · 1 line",
        "  ▸ Thought for 15 s",
        "  ▸ python · 1 line",
        "",
        "  gpt-4o",
        "  Done.",
        "",
        "  Thought for 15 s",
        "",
    ];
    assert_eq!(all_lines(&mut transcript, 60), expected);
    assert_eq!(transcript.entry_of(4), Some(2));
    assert_eq!(transcript.entry_of(6), Some(5));
}

/// 0 ─ 1 ─ 2, 0 ─ 3(hidden), 0 ─ 4 ─ 5, 4 ─ 6
fn branched() -> Transcript {
    let texts = ["question", "first", "more", "", "second", "third a", "third b"];
    let parents = [None, Some(0), Some(1), Some(0), Some(0), Some(4), Some(4)];
    let drafts = texts.iter().zip(parents).enumerate().map(|(index, (text, parent))| {
        let role = if index == 0 || index == 2 || index > 4 { Role::User } else { Role::Assistant };
        let visibility = if index == 3 { Visibility::Hidden } else { Visibility::Shown };
        MessageDraft { parent, visibility, model: Some("m"), ..MessageDraft::new(role, text) }
    });
    Transcript::new(ConversationRef::alone(tree(meta("t"), drafts, Some(2))), TranscriptOptions::default())
}

#[test]
fn branches_are_counted_and_switched() {
    let mut transcript = branched();
    let messages =
        |transcript: &Transcript| transcript.entries().iter().map(|entry| entry.message).collect::<Vec<_>>();
    assert_eq!(messages(&transcript), [0, 1, 2]);
    assert_eq!(transcript.entries()[1].branch, Some(SiblingNumber { number: 1, count: 2 }));
    assert_eq!(transcript.entries()[0].branch, None);
    assert!(all_lines(&mut transcript, 40).contains(&"  m >> ◂ 1/2 ▸".to_owned()));

    assert_eq!(transcript.switch_branch(1, -1), None);
    assert_eq!(transcript.switch_branch(0, 1), None);
    assert_eq!(transcript.switch_branch(1, 1), Some(1));
    assert_eq!((messages(&transcript), transcript.leaf()), (vec![0, 4, 6], Some(6)));

    assert!(!transcript.show_branch_of(4));
    assert!(transcript.show_branch_of(1));
    assert_eq!(messages(&transcript), [0, 1, 2]);
    assert!(!transcript.show_branch_of(99));
}

#[test]
fn a_fold_stays_as_it_was_when_the_branch_comes_back() {
    let drafts = [
        MessageDraft::new(Role::User, "q"),
        MessageDraft { parent: Some(0), ..folded(MessageKind::Call, "python", "a") },
        MessageDraft { parent: Some(0), ..assistant("b") },
    ];
    let mut transcript = Transcript::new(
        ConversationRef::alone(tree(meta("t"), drafts, Some(1))),
        TranscriptOptions::default(),
    );
    transcript.set_fold(1, true);
    transcript.switch_branch(1, 1);
    assert_eq!(transcript.entries()[1].fold, None);
    transcript.switch_branch(1, -1);
    assert_eq!(transcript.entries()[1].fold, Some(true));
}

#[test]
fn a_setting_says_what_starts_open() {
    let turn = vec![folded(MessageKind::Reasoning, "", "hm"), folded(MessageKind::Call, "python", "a")];
    let options = TranscriptOptions { open_tools: true, ..TranscriptOptions::default() };
    let transcript = Transcript::new(chain(turn), options);
    let folds: Vec<_> = transcript.entries().iter().map(|entry| entry.fold).collect();
    assert_eq!(folds, [Some(false), Some(true)]);
}

#[test]
fn a_conversation_without_a_current_message_shows_its_newest_branch() {
    let drafts =
        [None, Some(0), Some(0)].map(|parent| MessageDraft { parent, ..MessageDraft::new(Role::User, "x") });
    let transcript =
        Transcript::new(ConversationRef::alone(tree(meta("t"), drafts, None)), TranscriptOptions::default());
    assert_eq!(transcript.leaf(), Some(2));
    let empty =
        Transcript::new(ConversationRef::alone(tree(meta("t"), [], None)), TranscriptOptions::default());
    assert_eq!((empty.leaf(), empty.entries().len()), (None, 0));
}

#[test]
fn a_hit_is_marked_where_it_stands() {
    let text = "# Title\n\nSome **bold word** and `code word`, a [word](https://e.org) and more words to fill the line.\n\n| word |\n|---|\n| x word |";
    let mut transcript = opened(vec![assistant(text)]);
    let hits: Vec<_> = text.match_indices("word").map(|(at, word)| at..at + word.len()).collect();
    let lines = transcript.lines(0, 30);
    let mut marked = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        for span in
            mark_hits(line, &hits, Some(&hits[1])).spans.iter().filter(|span| span.mark != HitMark::None)
        {
            assert_eq!(span.text, "word");
            marked.push(number);
        }
    }
    let found: Vec<usize> = hits.iter().map(|hit| transcript.line_of(0, 30, hit.start)).collect();
    assert_eq!(marked, found);
    assert_eq!(found.len(), 6);
}

#[test]
fn heights_are_guessed_and_then_known() {
    let mut transcript =
        opened(vec![assistant("one\n\ntwo"), folded(MessageKind::Call, "python", "x\ny\nz")]);
    assert!(transcript.height_hint(0, 80) >= 3);
    assert_eq!(transcript.height_hint(1, 80), 2);
    for entry in 0..2 {
        assert_eq!(transcript.lines(entry, 80).len(), transcript.height_hint(entry, 80));
    }
    assert_eq!(transcript.height_hint(7, 80), 0);
    assert!(transcript.lines(7, 80).is_empty());
}

#[test]
fn a_very_long_message_is_several_entries() {
    let text = "A paragraph of words, the needle being far away.\n\n".repeat(10_000) + "needle";
    let mut transcript = opened(vec![
        MessageDraft::new(Role::User, "q"),
        assistant(&text),
        MessageDraft::new(Role::User, "next"),
    ]);
    let count = transcript.entries().len();
    assert!(count > 5);
    assert_eq!(transcript.entry_of(1), Some(1));
    assert_eq!(transcript.entry_of(2), Some(count - 1));
    let last = transcript.entry_at(1, text.len() - 3).unwrap();
    assert_eq!(last, count - 2);
    let line = transcript.line_of(last, 80, text.len() - 3);
    assert_eq!(transcript.lines(last, 80)[line].text(), "  needle");
    assert_eq!(shown(&transcript.lines(1, 80)[0]), "  gpt-4o");
    assert_eq!(transcript.lines(2, 80)[0].text(), "  A paragraph of words, the needle being far away.");
    assert_eq!(transcript.entries()[2].chunk.as_ref().unwrap().index, 1);
}

#[test]
fn a_very_long_table_is_a_table_to_its_end() {
    let row = "| a *word* | two |\n";
    let text = format!("| A | B |\n|---|--:|\n{}", row.repeat(10_000));
    let mut transcript = opened(vec![assistant(&text)]);
    let last = transcript.entries().len() - 1;
    assert!(last > 2);
    for entry in [1, last] {
        let lines = transcript.lines(entry, 60);
        assert_eq!(lines[0].text(), "  a word │ two");
        let source = lines[0].spans.iter().find(|span| span.text == "word").and_then(Span::text_range);
        let chunk = transcript.entries()[entry].chunk.as_ref().unwrap().range.clone();
        assert_eq!(source, Some(chunk.start + 5..chunk.start + 9), "hits are found in it");
    }
}

#[test]
fn code_is_plain_first_and_coloured_when_ready() {
    let mut transcript = opened(vec![assistant("```rust\nlet a = 1;\n```\n\n```\nno language\n```")]);
    let before = transcript.lines(0, 60);
    let wanted = transcript.take_highlight_requests();
    assert_eq!(wanted.iter().map(|job| job.code.as_str()).collect::<Vec<_>>(), ["let a = 1;\n"]);
    assert!(transcript.take_highlight_requests().is_empty());
    let colors = highlight::Highlighter::new().highlight(&wanted[0].language, &wanted[0].code);
    let mut other = opened(vec![assistant("x")]);
    assert!(!other.apply_highlight(wanted[0].id, colors.clone()));
    assert!(transcript.apply_highlight(wanted[0].id, colors));
    let after = transcript.lines(0, 60);
    assert_eq!(before.len(), after.len());
    assert!(
        after
            .iter()
            .flat_map(|line| &line.spans)
            .any(|span| span.text == "let" && span.tone == Tone::Keyword)
    );
    assert!(transcript.take_highlight_requests().is_empty());
}
