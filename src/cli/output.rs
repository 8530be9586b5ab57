//! Writes to stdout: exact into a pipe or file, made harmless on a terminal.

use std::{
    borrow::Cow,
    env,
    io::{self, BufWriter, IsTerminal, StdoutLock, Write},
};

use crate::{config::Color, io_error::io_error_text, transcript::sanitize};

/// The standard output, exact into a pipe or file, made harmless on a terminal.
#[derive(Debug)]
pub struct Output {
    writer: BufWriter<StdoutLock<'static>>,
    terminal: bool,
    color: bool,
}

/// The look of a piece of a line where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStyle {
    /// The text that one looks for.
    Bold,
    /// The text beside it.
    Dim,
    /// A hit.
    Hit,
}

impl Output {
    /// Opens stdout.
    pub fn new(color: Color) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        Self { writer: BufWriter::with_capacity(1 << 16, stdout.lock()), terminal, color }
    }

    /// Returns whether a person reads it.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Returns the columns of a line: the terminal's, or a width that reads well in a file.
    pub fn columns(&self) -> usize {
        let terminal = self.terminal.then(crossterm::terminal::size).and_then(Result::ok);
        terminal.map_or(160, |(columns, _)| usize::from(columns)).max(20)
    }

    /// Returns a text of an archive as one field of a line: line breaks and tabs become spaces.
    pub fn field<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.terminal {
            return sanitize::line(text);
        }
        let breaks = ['\t', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
        if text.contains(breaks) { text.replace(breaks, " ").into() } else { text.into() }
    }

    /// Returns the text in this look, or as it is where there are no colours.
    pub fn styled<'a>(&self, look: OutputStyle, text: &'a str) -> Cow<'a, str> {
        if !self.color || text.is_empty() {
            return text.into();
        }
        let code = match look {
            OutputStyle::Bold => "1",
            OutputStyle::Dim => "2",
            OutputStyle::Hit => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m").into()
    }

    /// Writes a string as it is.
    pub fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.write_bytes(text.as_bytes())
    }

    /// Writes a JSON document or line, and a line break. On a terminal what would act on it or hide is written in JSON's
    /// own escapes: the values stay what they are.
    pub fn write_json(&mut self, json: &str) -> anyhow::Result<()> {
        if self.terminal {
            self.write(&escaped(json))?;
        } else {
            self.write(json)?;
        }
        self.write("\n")
    }

    /// Writes bytes as they are.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.writer.write_all(bytes).map_err(failed)
    }

    /// Writes a text over several lines, made harmless where it goes to a terminal.
    pub fn write_text(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        if !self.terminal {
            return self.write_bytes(bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        self.write(&sanitize::text(&text))
    }

    /// Writes out what is buffered. A full disk may show only here.
    ///
    /// # Errors
    /// Fails where stdout cannot be written.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        self.writer.flush().map_err(failed)
    }
}

/// Escapes JSON so that it has no character that a terminal should not get. Outside of strings it has none.
fn escaped(json: &str) -> Cow<'_, str> {
    let is_fine = |c: char| {
        let mut bytes = [0; 4];
        let alone = c.encode_utf8(&mut bytes);
        c == '\n' || (' '..='~').contains(&c) || *sanitize::line(alone) == *alone
    };
    if json.chars().all(is_fine) {
        return json.into();
    }
    let mut text = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_fine(c) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text.into()
}

/// The error of a stdout that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to stdout: {}", io_error_text(.0))]
struct Unwritable(io::Error);

fn failed(error: io::Error) -> anyhow::Error {
    Unwritable(error).into()
}

/// Returns whether the reader has closed the pipe, having seen enough: nothing to be told about.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<Unwritable>()
        .is_some_and(|Unwritable(error)| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Writes one line on stderr, after the program's name; control characters in it are made visible. A stderr
/// that is closed is not a reason to fail.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "unspool: {}", sanitize::line(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_on_a_terminal_holds_the_same_values_and_nothing_that_acts() {
        let value =
            serde_json::json!({"title": "a\u{9b}2J\x7f\u{202e}\u{e0041}\u{feff} Zürich 日本語 e\u{301}"});
        let json = serde_json::to_string_pretty(&value).unwrap();
        let shown = escaped(&json);
        assert!(shown.contains("a\\u009b2J\\u007f\\u202e\\udb40\\udc41\\ufeff Zürich 日本語"), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        assert!(matches!(escaped("{\"title\": \"Zürich\"}"), Cow::Borrowed(_)));
    }
}
