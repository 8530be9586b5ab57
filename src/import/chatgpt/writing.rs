//! Directives, `:::writing{…} … :::`: fences that only ChatGPT's screen draws. They go, and what they hold stays, with
//! the words that stand in their attributes.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::edits::Edits;

static COLONS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(":::"));

/// The bytes of a line that are looked at for its beginning, and for attributes.
const NEAR: usize = 4 << 10;
/// The number of directives that may be open at once.
const MAX_OPEN: usize = 1_000;

/// The line breaks of a message that are made to stay, since they stand in what is to be sent as it is.
const MAX_BREAKS: usize = 1 << 14;

/// A directive that is open.
struct Directive {
    colons: usize,
    /// Its text is to be sent or published as it stands.
    writing: bool,
    /// The beginning of its text.
    body: usize,
}

/// A line at which colons stand.
struct Place {
    /// The beginning of the line, as far as it is looked at, of the colons and of what is behind them.
    line: usize,
    /// The line does begin there.
    seen: bool,
    at: usize,
    behind: usize,
    /// The end of the line.
    end: usize,
}

/// Drops the fences of directives. What opens one has a name, and stands at the beginning of a line (`writing`
/// anywhere); what closes one is a line that begins with at least as many colons.
pub(super) fn fences(text: &str, edits: &mut Edits) {
    let mut open: Vec<Directive> = Vec::new();
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut breaks = MAX_BREAKS;
    // The end of the line at hand: many colons may stand on one.
    let mut end = 0;
    while let Some(step) = COLONS.find(&bytes[from..]) {
        let at = from + step;
        let behind = at + bytes[at..].iter().take_while(|&&byte| byte == b':').count();
        let near = at.saturating_sub(NEAR);
        let newline = memrchr(b'\n', &bytes[near..at]);
        let line = newline.map_or(near, |step| near + step + 1);
        let seen = newline.is_some() || near == 0;
        if end < behind {
            end = memchr(b'\n', &bytes[behind..]).map_or(bytes.len(), |step| behind + step);
        }
        let place = Place { line, seen, at, behind, end };
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let name = bytes[behind..].iter().take_while(is_name).count();
        from = behind + name;
        if name == 0 {
            if let Some(closed) = close(text, &place, &mut open, edits)
                && closed.writing
                && !open.iter().any(|outer| outer.writing)
            {
                keep_breaks(text, closed.body, line, &mut breaks, edits);
            }
        } else if open.len() < MAX_OPEN
            && let Some(opened) = begin(text, &place, name, edits)
        {
            from = from.max(opened.body.min(end));
            open.push(opened);
        }
    }
    // What is not closed goes to the end.
    if let Some(outer) = open.iter().find(|directive| directive.writing) {
        keep_breaks(text, outer.body, text.len(), &mut breaks, edits);
    }
}

/// Closes the innermost directive that these colons can close.
fn close(text: &str, place: &Place, open: &mut Vec<Directive>, edits: &mut Edits) -> Option<Directive> {
    let Place { line, seen, at, behind, end } = *place;
    let rest = &text[behind..end];
    let alone = seen && text.as_bytes()[line..at].iter().all(u8::is_ascii_whitespace);
    if !alone || !(rest.is_empty() || rest.starts_with([' ', '\t', '\r'])) {
        return None;
    }
    let closed = open.iter().rposition(|directive| directive.colons <= behind - at)?;
    open.truncate(closed + 1);
    if rest.trim_start().is_empty() {
        // What comes next is a paragraph of its own.
        let parts =
            line == at && line > 0 && text[end..].strip_prefix('\n').is_some_and(|next| !is_blank_line(next));
        edits.replace(
            line.saturating_sub(1)..end,
            if parts { "\n".to_owned() } else { String::new() },
            Vec::new(),
        );
    } else {
        edits.drop(at..end - rest.trim_start().len());
    }
    open.pop()
}

/// Opens a directive whose name has this many bytes, if these colons do.
fn begin(text: &str, place: &Place, name: usize, edits: &mut Edits) -> Option<Directive> {
    let Place { line, seen, at, behind, end: line_end } = *place;
    let before = &text.as_bytes()[line..at];
    let mark = |byte: &u8| matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'*' | b'.' | b'0'..=b'9');
    let edge = seen && before.iter().all(mark);
    let writing = &text[behind..behind + name] == "writing";
    if !(text.as_bytes()[behind].is_ascii_alphabetic() && (edge || writing)) {
        return None;
    }
    let mut end = behind + name;
    let mut told = String::new();
    if text[end..].starts_with('{') {
        let near = text.floor_char_boundary(end + NEAR).min(line_end);
        end += attributes(&text[end..near], &mut told).unwrap_or(0);
    }
    let rest = &text[end..line_end];
    let mut start = at;
    if rest.trim_start().is_empty() {
        if edge {
            end = (line_end + 1).min(text.len());
            if told.is_empty() && before.iter().all(u8::is_ascii_whitespace) {
                start = line;
            }
        } else {
            // What comes next is a paragraph of its own.
            told.insert_str(0, if told.is_empty() { "\n" } else { "\n\n" });
        }
    } else if !writing {
        // The title of the directive.
        end += rest.len() - rest.trim_start().len();
    }
    if edge && !told.is_empty() {
        told.push('\n');
    }
    edits.replace(start..end, told, Vec::new());
    Some(Directive { colons: behind - at, writing, body: end })
}

/// Makes the line breaks between two lines of words stay where the text is drawn: those of a signature, an address.
fn keep_breaks(text: &str, from: usize, to: usize, left: &mut usize, edits: &mut Edits) {
    for newline in memchr_iter(b'\n', &text.as_bytes()[from..to]).map(|step| from + step) {
        let line = memrchr(b'\n', &text.as_bytes()[from..newline]).map_or(from, |step| from + step + 1);
        let (line, next) = (&text[line..newline], &text[newline + 1..]);
        let stays = line.ends_with("  ") || line.ends_with('\\') || line.trim_start().starts_with(":::");
        if *left == 0
            || is_blank_line(line)
            || is_blank_line(next)
            || stays
            || next.trim_start_matches(' ').starts_with(":::")
        {
            continue;
        }
        *left -= 1;
        edits.replace(newline..newline, "  ".to_owned(), Vec::new());
    }
}

/// Returns whether the line with which a text begins is blank.
fn is_blank_line(text: &str) -> bool {
    text.bytes().take_while(|&byte| byte != b'\n').all(|byte| byte.is_ascii_whitespace())
}

/// Reads `{variant="email" subject="A \"b\""}`, and writes those that say something, a line each. Returns its length;
/// `None` if it is not closed.
fn attributes(text: &str, told: &mut String) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    let (mut key, mut value) = (String::new(), String::new());
    let (mut in_value, mut quote) = (false, None);
    for_each_pair(&mut characters, |at, character, next| {
        let ends = quote.is_none() && (character == '}' || character.is_whitespace());
        match character {
            _ if ends => {
                tell(&std::mem::take(&mut key), &std::mem::take(&mut value), told);
                in_value = false;
                if character == '}' { Step::End(at + 1) } else { Step::Next }
            }
            '\\' if quote.is_some() && next.is_some_and(|next| matches!(next, '"' | '\'' | '\\')) => {
                value.extend(next);
                Step::Skip
            }
            '"' | '\'' if in_value && quote == Some(character) => {
                quote = None;
                Step::Next
            }
            '"' | '\'' if in_value && quote.is_none() && value.is_empty() => {
                quote = Some(character);
                Step::Next
            }
            '=' if !in_value => {
                in_value = true;
                Step::Next
            }
            _ if in_value => {
                value.push(character);
                Step::Next
            }
            _ => {
                key.push(character);
                Step::Next
            }
        }
    })
}

/// The way on from a character.
enum Step {
    Next,
    /// The next character was read too.
    Skip,
    /// The whole ends at this byte.
    End(usize),
}

/// Gives each character with the one after it, until one ends the whole.
fn for_each_pair(
    characters: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>,
    mut step: impl FnMut(usize, char, Option<char>) -> Step,
) -> Option<usize> {
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        match step(at, character, next) {
            Step::Next => {}
            Step::Skip => {
                characters.next();
            }
            Step::End(end) => return Some(end),
        }
    }
    None
}

/// Writes an attribute that says something: a subject, a title, a recipient.
fn tell(key: &str, value: &str, told: &mut String) {
    if value.trim().is_empty() || matches!(key, "" | "id" | "variant") {
        return;
    }
    let mut letters = key.chars();
    told.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    told.push_str(letters.as_str());
    told.push_str(": ");
    told.push_str(value);
    told.push_str("  \n");
}
