//! Tells, in one pass over the lines and without reading the Markdown of a text, that places in it stand outside code.
//!
//! Most answers that cite something have their code in fences that begin and end at the edge, and their sources in
//! paragraphs without a backtick. Where that is so it needs no parser to say it, and wherever it may be otherwise,
//! [`markdown`](super::markdown) is asked.

use super::chunks::MAX_UNSPLIT_LENGTH;

/// The length from which a row of backticks or tildes is a fence.
const FENCE_LENGTH: usize = 3;

/// Returns whether all of these places, in order, stand outside code in a fence or between backticks for sure; `false`
/// where only the Markdown can tell.
pub fn are_surely_outside_code(text: &str, places: &[u32]) -> bool {
    // What is longer is read in chunks, each for itself. What ends a line or is blank only to some is left to the parser.
    if text.len() > MAX_UNSPLIT_LENGTH || memchr::memchr3(b'\r', 0xb, 0xc, text.as_bytes()).is_some() {
        return false;
    }
    let mut places = places.iter().map(|&place| place as usize).peekable();
    let mut scan = Scan::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let mut has_place = false;
        while places.next_if(|&place| place < at).is_some() {
            has_place = true;
        }
        if !scan.take(line, has_place) {
            return false;
        }
    }
    // What stands behind the last line may belong to a fence that was never closed.
    scan.open_fence.is_none() || places.peek().is_none()
}

/// The lines so far.
#[derive(Default)]
struct Scan<'t> {
    /// The fence of the code that the next line stands in.
    open_fence: Option<&'t str>,
    /// A backtick stands in the lines since the last blank one.
    has_backtick: bool,
    /// A place does.
    has_place: bool,
}

impl<'t> Scan<'t> {
    /// Takes in a line; `false`: a place may stand in code.
    fn take(&mut self, line: &'t str, has_place: bool) -> bool {
        if let Some(fence) = self.open_fence {
            if closes(fence, line) {
                self.open_fence = None;
            }
            // Whether a fence with a tab is one is for the parser to say.
            return !(has_place || (line.contains('\t') && holds_row(line)));
        }
        if line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n')) {
            (self.has_backtick, self.has_place) = (false, false);
            return true;
        }
        if let Some(fence) = opening_fence(line) {
            self.open_fence = Some(fence);
            (self.has_backtick, self.has_place) = (false, false);
            return !has_place;
        }
        self.has_backtick |= memchr::memchr(b'`', line.as_bytes()).is_some();
        self.has_place |= has_place;
        !(may_hold_fence_or_hide_one(line) || (self.has_backtick && self.has_place))
    }
}

/// Returns the fence that a line at the edge opens.
fn opening_fence(line: &str) -> Option<&str> {
    let mark = line.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = row_length(line, mark);
    let is_fence = length >= FENCE_LENGTH && !line[length..].contains('`');
    is_fence.then(|| &line[..length])
}

/// Returns whether a line closes a fence.
fn closes(fence: &str, line: &str) -> bool {
    let row = line.trim_start_matches(' ');
    let length = row_length(row, fence.as_bytes()[0]);
    line.len() - row.len() < 4
        && length >= fence.len()
        && row[length..].bytes().all(|byte| matches!(byte, b' ' | b'\n'))
}

/// Returns the length of the row of this mark that a text begins with.
fn row_length(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|&byte| byte == mark).count()
}

/// Returns whether a line may open a fence within a list or a quotation, or begin what takes in the fences after it:
/// HTML, or the title of a link's definition.
fn may_hold_fence_or_hide_one(line: &str) -> bool {
    let start = line.trim_start_matches([' ', '\t']);
    let defines = start.starts_with('[') && (!start.contains(']') || start.contains("]:"));
    defines || start.starts_with('<') || holds_row(line)
}

/// Returns whether a row of marks stands in a line that is long enough for a fence.
fn holds_row(line: &str) -> bool {
    line.contains("```") || line.contains("~~~")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::markdown::{NonProseKind, non_prose};

    /// Returns the places of this mark, and whether each stands in code.
    fn places(text: &str, mark: char) -> Vec<(u32, bool)> {
        let stretches = non_prose(text);
        let is_in_code = |at: usize| {
            let mut code = stretches.iter().filter(|found| found.kind == NonProseKind::Code);
            code.any(|code| code.range.contains(&at))
        };
        text.match_indices(mark).map(|(at, _)| (at as u32, is_in_code(at))).collect()
    }

    #[test]
    fn places_beside_fences_at_the_edge_are_known_and_all_others_are_left_to_the_parser() {
        for (text, is_sure) in [
            ("So it is§.\n\n```rust\nlet a = `1`;\n```\n- And§ so\n~~~\n```\n~~~\nit is§", true),
            ("`a` is one.\n\nAnd this§ another.", true),
            ("`a` is one,\nand this§ another.", false),
            ("```\n§\n```", false),
            ("```\nnever closed\n\n§", false),
            ("- ```\n  a\n- §", false),
            ("    ```\n§", false),
            ("<pre>\n```\n</pre>\n§", false),
            ("one\r```\r§", false),
            ("```\n```\t\n\n§", false),
        ] {
            let found: Vec<u32> = places(text, '§').into_iter().map(|(at, _)| at).collect();
            assert_eq!(are_surely_outside_code(text, &found), is_sure, "{text:?}");
        }
        let long = "word \n".repeat(MAX_UNSPLIT_LENGTH / 6 + 1);
        assert!(!are_surely_outside_code(&long, &[0]));
    }

    /// Texts put together of what means something in Markdown.
    fn of_pieces() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "\n",
            "\n\n",
            "```",
            "````",
            "~~~",
            "`",
            "``",
            " ",
            "    ",
            "\t",
            "- ",
            "1. ",
            "> ",
            "# ",
            "§",
            "word",
            "---",
            "| a | b |\n|---|---|\n",
            "<pre>",
            "<div>",
            "<!--",
            "-->",
            "[a",
            "]",
            "]: ",
            "/url",
            " \"",
            "\"",
            "[^1]: ",
            "\\",
            "\r",
            "rust",
            "\n```\n",
            "\n§\n",
            "*",
            "(§)",
            "\u{a0}",
            "\u{b}",
            "\u{c}",
            "\0",
            "\n~~~\n",
            "\n\n§ word",
        ]);
        prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Texts of lines that are fences, or look like them, and others.
    fn of_lines() -> impl Strategy<Value = String> {
        let line = "([ ]{0,5}|- |> |1\\. |  - |\t)(`{3,4}|~{3,4})[ \t`~a]{0,2}|(- |> |1\\. |\\* |  |    )?(§|`|``|word| |<i>|\\[a\\]){0,5}|\\|a\\|b\\||\\|-\\|-\\||<(div|pre|!--)>?|\\[\\^?1\\]: ?a?|===|";
        prop::collection::vec(line, 0..14).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_surely_outside_code_is_no_code_to_the_parser(text in prop_oneof![of_pieces(), of_lines()]) {
            let places = places(&text, '§');
            for &(place, is_in_code) in &places {
                let is_sure = are_surely_outside_code(&text, &[place]);
                prop_assert!(!(is_sure && is_in_code), "{:?} at {}", text, place);
            }
            let all: Vec<u32> = places.iter().map(|&(place, _)| place).collect();
            prop_assert!(!are_surely_outside_code(&text, &all) || places.iter().all(|&(_, code)| !code));
        }
    }
}
