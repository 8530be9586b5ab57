//! The blocks of code in a message, to be copied on their own.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::{
    BlockKind, MessageView,
    chunks::{self, SplitMode},
    markdown::language_of,
};
use crate::conversation::{Conversation, MessageKind};

/// Blocks of code of a message that are found; nobody picks one of more.
pub const MAX_BLOCKS: usize = 10_000;

/// A block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBlock {
    /// The first word after the fence, or empty.
    pub language: String,
    /// The code, byte for byte, without the line break before the closing fence. Code inside a list or a quotation
    /// comes without that indentation.
    pub code: String,
}

/// Returns the fenced code blocks of a Markdown text, in order.
pub fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let mut found = Vec::new();
    if !text.contains("```") && !text.contains("~~~") {
        return found;
    }
    let mut open: Option<CodeBlock> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => {
                open = Some(CodeBlock { language: language_of(&words).to_owned(), code: String::new() });
            }
            Event::Text(code) => {
                if let Some(block) = &mut open {
                    block.code.push_str(&code);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(mut block) = open.take() {
                    if block.code.ends_with('\n') {
                        block.code.pop();
                    }
                    found.push(block);
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns the code of a message of any kind: the fenced blocks of prose; a tool call, a result or a program on a canvas is
/// one block as a whole. At most [`MAX_BLOCKS`].
pub fn message_code_blocks(conversation: &Conversation, message: usize) -> Vec<CodeBlock> {
    message_code_blocks_while(conversation, message, &|| true).unwrap_or_default()
}

/// Returns the same, as long as it is waited for; `None`: it is not any more. A long text is read chunk by chunk, and
/// asks before each.
pub fn message_code_blocks_while(
    conversation: &Conversation,
    message: usize,
    should_continue: &dyn Fn() -> bool,
) -> Option<Vec<CodeBlock>> {
    let view = MessageView::of(conversation, message);
    let is_code = |content: &BlockKind<'_>| matches!(content, BlockKind::Code { .. });
    if matches!(view.message().kind, MessageKind::Call | MessageKind::Output | MessageKind::Canvas)
        && let Some(block) = view.blocks().into_iter().find(|block| is_code(&block.content))
        && let BlockKind::Code { language } = block.content
    {
        let text = &view.text()[block.range];
        let code = text.strip_suffix('\n').unwrap_or(text).to_owned();
        return Some(vec![CodeBlock { language: language.to_owned(), code }]);
    }
    let text = conversation.message_text(message);
    let cut = chunks::split(text, SplitMode::Markdown);
    if cut.is_empty() {
        return Some(code_blocks(text));
    }
    let mut found: Vec<CodeBlock> = Vec::new();
    for chunk in cut {
        if !should_continue() {
            return None;
        }
        let before = &text[..chunk.range.start];
        let text = &text[chunk.range];
        if let Some(block) = found.last_mut().filter(|_| chunk.starts_in_code) {
            // It goes on with the block that the chunk before it ended in: on a line of its own, or within a long one.
            if before.ends_with('\n') {
                block.code.push('\n');
            }
            block.code.push_str(text.strip_suffix('\n').unwrap_or(text));
        } else if found.len() < MAX_BLOCKS {
            found.extend(code_blocks(text));
        } else {
            break;
        }
    }
    found.truncate(MAX_BLOCKS);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::testing::{answer, chain, folded};

    fn found(text: &str) -> Vec<(String, String)> {
        code_blocks(text).into_iter().map(|block| (block.language, block.code)).collect()
    }

    #[test]
    fn every_fenced_block_is_found_with_its_language() {
        let text = "Do\n\n```rust,ignore\nfn main() {\n    \n}\n```\n\n1. then\n   ~~~\n   a\n     b\n   ~~~\n\n`not this`";
        assert_eq!(
            found(text),
            [("rust".into(), "fn main() {\n    \n}".into()), (String::new(), "a\n  b".into())]
        );
        assert!(found("no code").is_empty());
    }

    #[test]
    fn an_empty_and_an_open_block_count_too() {
        assert_eq!(
            found("```sh\n```\n\n```\nls"),
            [("sh".into(), String::new()), (String::new(), "ls".into())]
        );
    }

    #[test]
    fn of_a_long_message_the_blocks_are_those_of_a_short_one() {
        let code: String = (0..20_000).map(|number| format!("let a = {number};\n")).collect();
        let text = format!("Do\n\n```rust\n{code}```\n\nor\n\n```\nx\n```\n");
        let conversation = chain("t", vec![answer(&text)]);
        let found = message_code_blocks(&conversation, 0);
        assert_eq!(found, code_blocks(&text));
        assert_eq!(message_code_blocks_while(&conversation, 0, &|| false), None);
        let many = chain("t", vec![answer(&"```\na\n```\n".repeat(50_000))]);
        assert_eq!(message_code_blocks(&many, 0).len(), MAX_BLOCKS);
    }

    #[test]
    fn a_line_of_code_stays_one_line_however_long_it_is() {
        let line = "a = 1; ".repeat(40_000);
        let text = format!("Do\n\n```rust\nx\n{line}\ny\n```\n");
        let conversation = chain("t", vec![answer(&text)]);
        assert_eq!(message_code_blocks(&conversation, 0), code_blocks(&text));
    }

    #[test]
    fn a_tool_call_is_code_as_a_whole() {
        let conversation = chain("t", vec![folded(MessageKind::Output, "a\n```\nb"), answer("```\nx\n```")]);
        assert_eq!(message_code_blocks(&conversation, 0)[0].code, "a\n```\nb");
        assert_eq!(message_code_blocks(&conversation, 1)[0].code, "x");
    }
}
