//! Columns of a table whose head names a secret: `user,password` above a list of them, in CSV as in Markdown. No name
//! stands beside such a value, and no shape tells it.

use std::ops::Range;

/// The bytes of a cell in a table's head; more are a sentence.
const MAX_HEAD_CELL: usize = 40;
/// The words of a cell in a table's head.
const MAX_HEAD_WORDS: usize = 3;
/// The columns of a table that are looked at.
const MAX_COLUMNS: usize = 64;
/// The bytes of a row that are looked at.
const MAX_ROW_LENGTH: usize = 4 << 10;

/// The kind of secrets that a column has, by the word in its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// What a person thinks of.
    Password,
    /// What a machine makes.
    Token,
}

/// The words in the head of a column that hold, in lower case: keywords of rules, which are looked for in any case.
const WORDS: [(&str, ColumnKind); 14] = [
    ("password", ColumnKind::Password),
    ("passwd", ColumnKind::Password),
    ("passwort", ColumnKind::Password),
    ("passphrase", ColumnKind::Password),
    ("passcode", ColumnKind::Password),
    ("kennwort", ColumnKind::Password),
    ("pwd", ColumnKind::Password),
    ("contraseña", ColumnKind::Password),
    ("secret", ColumnKind::Token),
    ("token", ColumnKind::Token),
    ("api_key", ColumnKind::Token),
    ("apikey", ColumnKind::Token),
    ("api-key", ColumnKind::Token),
    ("api key", ColumnKind::Token),
];

/// Returns the kind of the column whose head has this keyword; `None`: it is no such word.
pub(super) fn column_kind(keyword: &str) -> Option<ColumnKind> {
    WORDS.iter().find(|(word, _)| *word == keyword).map(|&(_, kind)| kind)
}

/// A word in a text that may be the head of a column: its place, and what is below it.
pub(super) type HeadWord = (usize, ColumnKind);

/// Calls `visit` with each cell below a head that names a secret: its kind and its bytes. `words` are in the order of the
/// text. Linear: no line is a row of two tables.
pub(super) fn each_cell(text: &str, words: &[HeadWord], visit: &mut dyn FnMut(ColumnKind, Range<usize>)) {
    let mut words = words.iter().peekable();
    let mut done = 0;
    while let Some(&&(at, _)) = words.peek() {
        if at < done || !stands_in_cell(text.as_bytes(), at) {
            words.next();
            continue;
        }
        let line = line_at(text, at);
        let mut columns: Vec<(usize, ColumnKind)> = Vec::new();
        let head = Row::head(&text[line.clone()]);
        while let Some(&(at, kind)) = words.next_if(|(at, _)| *at < line.end) {
            let ends_name = ends_name(&text[at..line.end]);
            let head = head.as_ref().filter(|_| ends_name);
            let column = head.and_then(|head| head.column_at(at.checked_sub(line.start)?));
            if let Some(column) = column
                && columns.len() < MAX_COLUMNS
                && columns.last().is_none_or(|&(last, _)| last != column)
            {
                columns.push((column, kind));
            }
        }
        done = line.end;
        if let Some(head) = head.filter(|_| !columns.is_empty()) {
            done = each_row(text, line.end, &head, &columns, visit);
        }
    }
}

/// Returns whether a name ends with the word that a text begins with, as `user_password` does and `token-7726n` does not.
fn ends_name(text: &str) -> bool {
    let word = WORDS
        .iter()
        .map(|(word, _)| *word)
        .find(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let behind = &text[word.map_or(0, str::len)..];
    let behind = behind.strip_prefix(['s', 'S']).unwrap_or(behind);
    let behind = behind.trim_start_matches([' ', '"', '\'', '`', '*', '_', '\r']);
    word.is_some() && (behind.is_empty() || behind.starts_with([',', ';', '\t', '|', '(']))
}

/// Visits the cells of these columns in the rows behind a head; returns where the last one ends.
fn each_row(
    text: &str,
    from: usize,
    head: &Row,
    columns: &[(usize, ColumnKind)],
    visit: &mut dyn FnMut(ColumnKind, Range<usize>),
) -> usize {
    let mut end = from;
    while end < text.len() {
        let line = line_at(text, end + 1);
        let start = end + 1;
        let Some(row) = text.get(start..line.end).and_then(|line| Row::below(line, head)) else { break };
        for &(column, kind) in columns {
            if let Some(cell) = row.cells.get(column).filter(|cell| !cell.is_empty()) {
                visit(kind, start + cell.start..start + cell.end);
            }
        }
        end = line.end;
    }
    end
}

/// Returns the line in which a place stands, without its end.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    start..memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end)
}

/// Returns whether a word stands in a short cell: most words do not, and their lines are not looked at.
fn stands_in_cell(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: &&u8| !matches!(**byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r');
    let before = bytes[..at].iter().rev().take(MAX_HEAD_CELL).take_while(is_word).count();
    let behind = bytes[at..].iter().take(MAX_HEAD_CELL).take_while(is_word).count();
    let is_separator =
        |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'));
    let (left, right) = (at.checked_sub(before + 1).and_then(|at| bytes.get(at)), bytes.get(at + behind));
    before + behind <= MAX_HEAD_CELL && (is_separator(left) || is_separator(right))
}

/// A line of a table.
struct Row {
    separator: u8,
    /// What stands in each cell, without blanks, quotes and marks of emphasis around it.
    cells: Vec<Range<usize>>,
}

impl Row {
    /// Reads a line as the head of a table; `None`: it is none.
    fn head(line: &str) -> Option<Self> {
        let separator = [b'|', b'\t', b';', b','].into_iter().find(|byte| line.as_bytes().contains(byte))?;
        let row = Self { separator, cells: cells(line, separator)? };
        let is_name = |cell: &Range<usize>| {
            let name = &line[cell.clone()];
            name.len() <= MAX_HEAD_CELL
                && name.split_whitespace().count() <= MAX_HEAD_WORDS
                && name.chars().all(|char| char.is_alphabetic() || " _-./()#".contains(char))
        };
        (row.cells.len() >= 2 && row.cells.iter().all(is_name)).then_some(row)
    }

    /// Reads a line as one of the table with this head.
    fn below(line: &str, head: &Self) -> Option<Self> {
        let row = Self { separator: head.separator, cells: cells(line, head.separator)? };
        (row.cells.len() == head.cells.len()).then_some(row)
    }

    fn column_at(&self, at: usize) -> Option<usize> {
        self.cells.iter().position(|cell| cell.contains(&at))
    }
}

/// Returns the cells of a line; a separator in quotes is none. Bars may stand around the whole.
fn cells(line: &str, separator: u8) -> Option<Vec<Range<usize>>> {
    if line.len() > MAX_ROW_LENGTH || line.trim().is_empty() {
        return None;
    }
    let is_around = separator == b'|';
    let start = line.len() - line.trim_start().len();
    let end = line.trim_end().len();
    let start = start + usize::from(is_around && line[start..end].starts_with('|'));
    let end = if is_around && end > start && line[start..end].ends_with('|') { end - 1 } else { end };
    let (mut found, mut from, mut quote) = (Vec::new(), start, false);
    for (at, &byte) in line.as_bytes()[start..end].iter().enumerate() {
        quote ^= byte == b'"';
        if quote || byte != separator {
            continue;
        }
        found.push(inner(line, from..start + at));
        from = start + at + 1;
    }
    found.push(inner(line, from..end));
    Some(found)
}

/// Returns a cell without what stands around its words.
fn inner(line: &str, cell: Range<usize>) -> Range<usize> {
    let is_marker_char = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '`');
    let text = &line[cell.clone()];
    let start = cell.start + (text.len() - text.trim_start_matches(is_marker_char).len());
    let end = (cell.start + text.trim_end_matches(is_marker_char).len()).max(start);
    // Bold or slanted, both ends have the mark.
    let marks = ["**", "__", "*", "_"].into_iter().find(|mark| {
        let text = &line[start..end];
        text.len() > 2 * mark.len() && text.starts_with(mark) && text.ends_with(mark)
    });
    let width = marks.map_or(0, str::len);
    start + width..end - width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut words: Vec<HeadWord> = WORDS
            .iter()
            .flat_map(|&(word, kind)| text.match_indices(word).map(move |(at, _)| (at, kind)))
            .collect();
        words.sort_unstable_by_key(|word| word.0);
        let mut found = Vec::new();
        each_cell(text, &words, &mut |_, cell| found.push(&text[cell]));
        found
    }

    #[test]
    fn the_cells_of_a_column_are_those_below_its_head() {
        assert_eq!(found("user,password\nrobin,a\nkim,\"b,c\"\n\nx,y"), ["a", "b,c"]);
        assert_eq!(found("so:\nid;user password;token\n1;a;b\n2;c;d"), ["a", "b", "c", "d"]);
        assert_eq!(found("| user | **password** |\n|---|---|\n| robin | `a` |\n"), ["---", "a"]);
        assert_eq!(found("user\tpwd\r\nrobin\ta\r\n"), ["a"]);
    }

    #[test]
    fn a_sentence_is_no_head_and_a_line_of_other_cells_no_row() {
        assert!(found("Enter your password here please, then go on.\na, b").is_empty());
        assert!(found("user,password\nrobin").is_empty());
        assert!(found("the password\nis x").is_empty());
        assert!(found("user,password").is_empty());
        // A list of names with the word in them, and a piece of a program.
        assert!(found("dashboard-token-7726n\tdefault\ntoken-bbmcb2\tkube").is_empty());
        assert!(found("return model, tokenizer\nids, mask").is_empty());
    }

    #[test]
    fn a_head_of_many_columns_takes_linear_time() {
        let head = vec!["token"; 600].join(",");
        let rows = format!("{}\n", vec!["a"; 600].join(",")).repeat(200);
        assert_eq!(found(&format!("{head}\n{rows}")).len(), 200 * MAX_COLUMNS);
    }
}
