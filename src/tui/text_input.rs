//! One line of text being typed: the search line, find, a path. Pure; moves by grapheme cluster.

use unicode_segmentation::UnicodeSegmentation;

use super::command::Command;

/// The longest line, in bytes: nobody types so much, and every key has to go through it.
const MAX_LENGTH: usize = 256 << 10;

/// A line of text and the cursor in it (a byte, always on a cluster's edge).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextInput {
    text: String,
    cursor: usize,
}

impl TextInput {
    /// Begins with this text, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text before the cursor.
    pub fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Puts text in at the cursor, and says whether there was any. A line break in it becomes a space, other controls
    /// vanish: what is typed here is one line. What would make it longer than `MAX_LENGTH` is not taken.
    pub fn insert(&mut self, text: &str) -> bool {
        let clean: String = text
            .replace("\r\n", " ")
            .chars()
            .map(|character| if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character })
            .filter(|character| !character.is_control())
            .collect();
        if self.text.len() + clean.len() > MAX_LENGTH {
            return false;
        }
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
        !clean.is_empty()
    }

    /// Takes away the cluster before the cursor.
    pub fn erase(&mut self) {
        let start = self.previous();
        self.remove(start);
    }

    /// Takes away the cluster after the cursor.
    pub fn erase_forward(&mut self) {
        let end = self.next();
        self.text.replace_range(self.cursor..end, "");
    }

    /// Takes away the word before the cursor, and the blanks after it, as a shell does.
    pub fn erase_word(&mut self) {
        let before = self.before_cursor().trim_end();
        let start = before
            .rfind(char::is_whitespace)
            .map_or(0, |blank| blank + before[blank..].chars().next().map_or(1, char::len_utf8));
        self.remove(start);
    }

    /// Takes away everything behind the cursor.
    pub fn erase_to_end(&mut self) {
        self.text.truncate(self.cursor);
    }

    /// Takes away everything before the cursor.
    pub fn erase_line(&mut self) {
        self.remove(0);
    }

    /// Carries out a command of editing, and says whether the text has changed; any other command does nothing.
    pub fn edit(&mut self, command: Command) -> bool {
        let before = self.text.len();
        match command {
            Command::CursorLeft => self.left(),
            Command::CursorRight => self.right(),
            Command::WordLeft => self.word_left(),
            Command::WordRight => self.word_right(),
            Command::CursorStart => self.start(),
            Command::CursorEnd => self.end(),
            Command::Erase => self.erase(),
            Command::EraseForward => self.erase_forward(),
            Command::EraseWord => self.erase_word(),
            Command::EraseLine => self.erase_line(),
            Command::EraseToEnd => self.erase_to_end(),
            _ => {}
        }
        // No command puts anything in.
        self.text.len() != before
    }

    fn remove(&mut self, start: usize) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    /// Moves the cursor one cluster to the left.
    pub fn left(&mut self) {
        self.cursor = self.previous();
    }

    /// Moves the cursor one cluster to the right.
    pub fn right(&mut self) {
        self.cursor = self.next();
    }

    /// Moves the cursor to the beginning of its word, or of the one before.
    pub fn word_left(&mut self) {
        let clusters = self.before_cursor().graphemes(true).rev();
        self.cursor -= length_to_edge(clusters);
    }

    /// Moves the cursor to the end of its word, or of the next.
    pub fn word_right(&mut self) {
        self.cursor += length_to_edge(self.text[self.cursor..].graphemes(true));
    }

    /// Moves the cursor to the start.
    pub fn start(&mut self) {
        self.cursor = 0;
    }

    /// Moves the cursor to the end.
    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    fn previous(&self) -> usize {
        self.before_cursor().grapheme_indices(true).next_back().map_or(0, |(start, _)| start)
    }

    fn next(&self) -> usize {
        self.cursor + self.text[self.cursor..].graphemes(true).next().map_or(0, str::len)
    }
}

/// Returns the bytes up to the far edge of the next word: letters and digits in a row. A colon parts a key from its value.
fn length_to_edge<'a>(clusters: impl Iterator<Item = &'a str>) -> usize {
    let is_of_word = |cluster: &str| cluster.starts_with(char::is_alphanumeric);
    let mut is_in_word = false;
    let passed = clusters.take_while(|cluster| {
        let is_edge = is_in_word && !is_of_word(cluster);
        is_in_word |= is_of_word(cluster);
        !is_edge
    });
    passed.map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_is_one_line() {
        let mut input = TextInput::default();
        input.insert("two\r\nlines\u{1b}[31m");
        assert_eq!(input.text(), "two lines[31m");
    }

    #[test]
    fn a_line_ends_somewhere() {
        let mut input = TextInput::default();
        assert!(input.insert(&"a".repeat(MAX_LENGTH)));
        assert!(!input.insert("b"));
        input.erase();
        assert!(input.insert("b") && input.text().ends_with("ab"));
    }

    #[test]
    fn erasing_goes_by_what_one_sees() {
        let mut input = TextInput::new("a👩‍👩‍👧é");
        input.erase();
        input.erase();
        assert_eq!(input.text(), "a");
    }

    #[test]
    fn a_word_goes_with_its_blanks() {
        let mut input = TextInput::new("kubernetes ingress  ");
        input.erase_word();
        assert_eq!(input.text(), "kubernetes ");
        input.erase_word();
        input.erase_word();
        assert_eq!(input.text(), "");
    }

    #[test]
    fn the_cursor_goes_word_by_word_over_what_stands_between() {
        let mut input = TextInput::new("role:user \"as it is\"  -né");
        let places: Vec<String> = (0..7)
            .map(|_| {
                input.word_left();
                input.before_cursor().to_owned()
            })
            .collect();
        let expected = [
            "role:user \"as it is\"  -",
            "role:user \"as it ",
            "role:user \"as ",
            "role:user \"",
            "role:",
            "",
            "",
        ];
        assert_eq!(places, expected);
        input.word_right();
        assert_eq!(input.before_cursor(), "role");
        input.erase_to_end();
        assert_eq!(input.text(), "role");
        input.word_right();
        assert_eq!(input.before_cursor(), "role");
    }

    #[test]
    fn typing_happens_at_the_cursor() {
        let mut input = TextInput::new("ac");
        input.left();
        input.insert("b");
        assert_eq!((input.text(), input.before_cursor()), ("abc", "ab"));
        input.start();
        input.erase_forward();
        assert_eq!(input.text(), "bc");
        input.end();
        input.erase_line();
        assert_eq!(input.text(), "");
    }
}
