//! What holds for any tree of messages and any text of one.

use crate::support::exports::{claude, message, parse};
use proptest::prelude::*;
use serde_json::{Value, json};
use unspool::conversation::Conversation;

/// A node: whom it names as parent and as children. Numbers past the last node name nobody.
type Links = (Option<usize>, Vec<usize>);

fn links() -> impl Strategy<Value = Vec<Links>> {
    let node = (prop::option::of(0_usize..14), prop::collection::vec(0_usize..14, 0..3));
    prop::collection::vec(node, 0..12)
}

/// Every message is there once, behind the one it hangs on, and some of them are in sight.
fn assert_whole(conversation: &Conversation, count: usize) -> Result<(), TestCaseError> {
    let messages = conversation.messages();
    let mut said: Vec<&str> = (0..messages.len()).map(|index| conversation.message_text(index)).collect();
    said.sort_unstable();
    let mut expected: Vec<String> = (0..count).map(|number| format!("text {number}")).collect();
    expected.sort();
    prop_assert_eq!(said, expected);
    for (index, message) in messages.iter().enumerate() {
        prop_assert!(message.parent().is_none_or(|parent| parent < index));
    }
    prop_assert_eq!(conversation.current_path().is_empty(), count == 0);
    Ok(())
}

/// What an answer may hold: words, markers of citations whole and broken, dead links, fences.
fn answer_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "words ",
        "é",
        "日本語",
        "\u{e200}cite\u{e202}turn0search1\u{e201}",
        "\u{e200}entity\u{e202}[\"city\",\"Zürich\"]\u{e201}",
        "\u{e200}",
        "\u{e201}",
        "\u{e202}",
        "\u{e203}kept\u{e204}",
        "cite",
        "【12†source】",
        "【4:0†notes.pdf】",
        "【",
        "†",
        "】",
        "[a file](sandbox:/mnt/data/a.csv)",
        "](sandbox:",
        "[",
        ":::writing{a=\"b\"}\n",
        ":::\n",
        "[link](https://example.org)",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Lines of it, and between them lines with nothing to clean.
fn answer_lines() -> impl Strategy<Value = Vec<String>> {
    let clean = "[a-z日é ]{1,12}";
    prop::collection::vec(prop_oneof![answer_text(), clean.prop_map(|words| format!("={words}="))], 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_tree_of_chatgpts_loses_a_message(nodes in links(), current in prop::option::of(0_usize..14)) {
        let id = |number: usize| format!("n{number}");
        let mut mapping = serde_json::Map::new();
        for (number, (parent, children)) in nodes.iter().enumerate() {
            let children: Vec<String> = children.iter().copied().map(id).collect();
            mapping.insert(id(number), json!({"id": id(number), "parent": parent.map(id), "children": children,
                "message": message("user", &format!("text {number}"))}));
        }
        let object = json!({"id": "c", "title": "t", "mapping": mapping, "current_node": current.map(id)});
        let read = parse(&object);
        assert_whole(&read, nodes.len())?;
        if let Some(named) = current.filter(|&number| number < nodes.len()) {
            let last = read.current_path().pop().map(|message| read.message_text(message).to_owned());
            prop_assert_eq!(last, Some(format!("text {named}")));
        }
    }

    #[test]
    fn no_tree_of_claudes_loses_a_message(nodes in links()) {
        let id = |number: usize| format!("n{number}");
        let messages: Vec<Value> = nodes
            .iter()
            .enumerate()
            // Some share an id.
            .map(|(number, (parent, children))| {
                let own = if children.len() == 2 { children[0] } else { number };
                let parent = parent.map_or(claude::ROOT.to_owned(), id);
                claude::human(&id(own), &parent, &format!("text {number}"))
            })
            .collect();
        assert_whole(&parse(&claude::conversation("c", "t", messages)), nodes.len())?;
    }

    #[test]
    fn cleaning_an_answer_leaves_no_marker_and_loses_no_line(lines in answer_lines(), alt in answer_text()) {
        let marker = "\u{e200}cite\u{e202}turn0search1\u{e201}";
        let reference = json!([{"matched_text": marker, "type": "grouped_webpages", "alt": alt,
            "items": [{"title": alt, "url": "https://example.org"}]}]);
        let text = lines.join("\n");
        let mut answer = message("assistant", &text);
        answer["metadata"] = json!({"content_references": reference});
        let object = json!({"id": "c", "title": "t", "mapping": {"a": {"id": "a", "message": answer}}});
        let read = parse(&object);
        let said = read.message_text(0);
        let is_marker_char = |c: char| ('\u{e200}'..='\u{e204}').contains(&c);
        prop_assert!(!said.contains(is_marker_char), "{said:?}");
        let mut at = 0;
        for line in lines.iter().filter(|line| line.starts_with('=')) {
            let found = said[at..].find(line.as_str());
            prop_assert!(found.is_some(), "{line:?} of {text:?} is not in {said:?}");
            at += found.unwrap_or_default() + line.len();
        }
        for part in read.message_annotations(0) {
            prop_assert!(said.get(part.range.start as usize..part.range.end as usize).is_some(), "{part:?}");
        }
        // Without anything to clean it stays as it was written.
        if !text.contains(|c: char| is_marker_char(c) || "【】:".contains(c)) {
            prop_assert_eq!(said, text.as_str());
        }
    }
}

#[test]
fn a_marker_that_begins_within_a_dead_link_leaves_no_mark() {
    // Its end stayed, since the link, which begins earlier, was all that was replaced.
    for text in [
        "[link](https://example.org)](sandbox:\u{e200}[a file](sandbox:/mnt/data/a.csv)\u{e201} end",
        "[link](https://example.org)\u{e200}](sandbox:[a file](sandbox:/mnt/data/a.csv)\u{e201} end",
    ] {
        let answer = message("assistant", text);
        let read = parse(&json!({"id": "c", "title": "t", "mapping": {"a": {"id": "a", "message": answer}}}));
        assert_eq!(read.message_text(0), "link](https://example.org) (dead link) end");
    }
}

#[test]
fn an_opening_mark_alone_does_not_swallow_the_words_behind_it() {
    // It took all up to the next blank with it; Japanese has none.
    let said = |text: &str| parse_answer(text).message_text(0).to_owned();
    assert_eq!(said("\u{e200}日本語の文章。終わり"), "日本語の文章。終わり");
    assert_eq!(said("a \u{e200}[link](https://example.org)words"), "a [link](https://example.org)words");
    assert_eq!(said("a \u{e200}cite\u{e202}turn0search1 b"), "a  b");
    assert_eq!(said("so\u{e200}cite\u{e202}turn0sea"), "so");
    assert_eq!(said("so\u{e200}ci"), "so");
}

#[test]
fn a_marker_in_the_label_of_a_dead_link_goes_too() {
    // Of two changes to one place only the first was made, and the marker stayed.
    let text = "[see \u{e200}cite\u{e202}turn0search1\u{e201}this](sandbox:/mnt/data/a.csv)";
    assert_eq!(parse_answer(text).message_text(0), "see this (dead link)");
}

fn parse_answer(text: &str) -> Conversation {
    parse(
        &json!({"id": "c", "title": "t", "mapping": {"a": {"id": "a", "message": message("assistant", text)}}}),
    )
}
