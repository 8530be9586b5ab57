//! The screen without an archive: how to get one, and those that were found.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{
    command::Command,
    format,
    keymap::{KeyPlace, Keymap},
    paths,
    text_input::TextInput,
    theme::Theme,
    view::{paint, search_line},
};
use crate::{
    archive::{self, Location},
    provider::{self, Provider},
    transcript::sanitize,
};

/// Archives that are offered at most.
const MAX_OFFERS: usize = 10;

/// An archive that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundArchive {
    /// Its path.
    pub path: PathBuf,
    /// Its path as it is shown: `~/Downloads/export.zip`.
    pub name: String,
    /// Its size, in words.
    pub size: String,
    /// The time since it was last written, in words: "3 days ago".
    pub age: String,
}

/// Finds the archives in the current folder and in `~/Downloads`, newest first: only those that hold conversations.
pub fn find_archives() -> Vec<FoundArchive> {
    let downloads = etcetera::home_dir().ok().map(|home| home.join("Downloads"));
    let here = fs::canonicalize(".").ok();
    // In ~/Downloads itself the folder would be listed twice.
    let downloads = downloads.filter(|folder| fs::canonicalize(folder).ok() != here);
    let folders: Vec<PathBuf> = [Some(PathBuf::from(".")), downloads].into_iter().flatten().collect();
    archive::list_archives(&folders).into_iter().take(MAX_OFFERS).map(describe).collect()
}

fn describe(path: PathBuf) -> FoundArchive {
    let about = fs::metadata(&path).ok();
    let name = path.strip_prefix(".").map_or_else(|_| paths::from_home(&path), format::path);
    let size = match &about {
        Some(about) if about.is_dir() => "a folder".to_owned(),
        Some(about) => format::size(about.len()),
        None => String::new(),
    };
    let written = about.and_then(|about| about.modified().ok()).unwrap_or(SystemTime::UNIX_EPOCH);
    FoundArchive { path, name, size, age: age(written.elapsed().unwrap_or_default()) }
}

fn age(age: Duration) -> String {
    let days = age.as_secs() / 86_400;
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=59 => format!("{days} days ago"),
        60..=364 => format!("{} months ago", days / 30),
        365..=729 => "1 year ago".to_owned(),
        _ => format!("{} years ago", days / 365),
    }
}

/// The screen's state.
#[derive(Debug)]
pub struct Welcome {
    found: Vec<FoundArchive>,
    selected: usize,
    /// A path, while one is typed.
    path: Option<TextInput>,
    /// Why the last choice could not be opened.
    error: Option<String>,
    keymap: Keymap,
}

/// The person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet.
    None,
    /// Open this.
    Open(Location),
    /// Leave.
    Quit,
}

impl Welcome {
    /// Begins with these archives to offer.
    pub fn new(offers: Vec<FoundArchive>, keymap: Keymap) -> Self {
        Self { found: offers, selected: 0, path: None, error: None, keymap }
    }

    /// Says why the choice could not be opened, and stays.
    pub fn show_error(&mut self, error: String) {
        self.error = Some(error);
    }

    /// Returns the place whose part of the key map is in force.
    pub fn place(&self) -> KeyPlace {
        if self.path.is_some() { KeyPlace::Dialog } else { KeyPlace::Welcome }
    }

    /// Carries out a command.
    pub fn command(&mut self, command: Command) -> Decision {
        self.error = None;
        if command == Command::Interrupt {
            return Decision::Quit;
        }
        if let Some(path) = &mut self.path {
            match command {
                Command::Cancel => self.path = None,
                Command::Accept if !path.text().trim().is_empty() => {
                    return Decision::Open(Location::Path(paths::expand_home(path.text().trim().into())));
                }
                Command::Toggle => {
                    path.insert(" ");
                }
                other => {
                    path.edit(other);
                }
            }
            return Decision::None;
        }
        match command {
            Command::Quit => return Decision::Quit,
            Command::OpenDemo => return Decision::Open(Location::Demo),
            Command::TypePath => self.path = Some(TextInput::default()),
            Command::Down => self.selected = (self.selected + 1).min(self.found.len().saturating_sub(1)),
            Command::Up => self.selected = self.selected.saturating_sub(1),
            Command::Accept => {
                if let Some(offer) = self.found.get(self.selected) {
                    return Decision::Open(Location::Path(offer.path.clone()));
                }
            }
            _ => {}
        }
        Decision::None
    }

    /// Takes in typed or pasted text.
    pub fn typed(&mut self, text: &str) {
        if let Some(path) = &mut self.path {
            self.error = None;
            path.insert(text);
        }
    }

    /// Draws it; returns the place of the cursor: where a path is typed, else on the archive that is chosen.
    pub fn draw(&self, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
        let screen = buffer.area;
        buffer.set_style(screen, theme.plain);
        let inner = Rect { x: 1, width: screen.width.saturating_sub(2), ..screen };
        let y = self.say(inner, theme, buffer);
        self.list(y, inner, theme, buffer);
        let last = screen.height.saturating_sub(1);
        let row = |y| Rect { y, height: 1, ..inner };
        if let Some(path) = &self.path {
            let above = row(last.saturating_sub(1));
            let x = paint::text(buffer, above, above.y, "path ", theme.accent);
            let field = Rect { x, width: above.right().saturating_sub(x), ..above };
            self.draw_explanation(row(last), theme, buffer);
            return Some(search_line::typed(buffer, field, path.text(), path.before_cursor(), theme));
        }
        self.draw_explanation(row(last.saturating_sub(1)), theme, buffer);
        paint::text(buffer, inner, last, &self.keys(), theme.dim);
        Some(Position { x: 0, y: y.saturating_add(self.selected as u16).min(last) })
    }

    /// Says what this is, and how to get an archive; returns the row after it.
    fn say(&self, inner: Rect, theme: &Theme, buffer: &mut Buffer) -> u16 {
        let found = if self.found.is_empty() {
            "None was found in this folder or in ~/Downloads."
        } else {
            "Found in this folder and in ~/Downloads:"
        };
        let first = format!(
            "unspool reads the archive of your {} history. There is none here yet.",
            provider::all_names_as_choice()
        );
        let mut words = vec![(first, theme.selected), (String::new(), theme.plain)];
        words.extend(export_instructions().map(|way| (way, theme.plain)));
        words.extend([
            ("Keep the zip to yourself: it holds everything you ever wrote there.".to_owned(), theme.plain),
            (String::new(), theme.plain),
            (found.to_owned(), theme.dim),
        ]);
        let mut y = 0;
        for (words, style) in words {
            for line in wrap(&words, inner.width as usize) {
                paint::text(buffer, inner, y, &line, style);
                y += 1;
            }
        }
        y
    }

    /// Lists the archives that were found, from a row on.
    fn list(&self, from: u16, inner: Rect, theme: &Theme, buffer: &mut Buffer) {
        for (index, offer) in self.found.iter().enumerate() {
            let row = from + index as u16;
            let selected = index == self.selected && self.path.is_none();
            if selected {
                paint::text(buffer, buffer.area, row, "▌", theme.accent);
            }
            let about = format!("{}   {}", offer.size, offer.age);
            let begin = paint::right(buffer, inner, row, &about, theme.dim);
            let room = begin.saturating_sub(inner.x + 2);
            let style = if selected { theme.selected } else { theme.plain };
            paint::text(buffer, inner, row, &sanitize::fit(&offer.name, room as usize), style);
        }
    }

    /// Says what went wrong, if anything did.
    fn draw_explanation(&self, row: Rect, theme: &Theme, buffer: &mut Buffer) {
        if let Some(trouble) = &self.error {
            let trouble = sanitize::line(trouble);
            paint::text(buffer, row, row.y, &sanitize::fit(&trouble, row.width as usize), theme.error);
        }
    }

    /// Returns the keys that are good for something here.
    fn keys(&self) -> String {
        let keys: Vec<String> = [
            (Command::Accept, "open"),
            (Command::TypePath, "type a path"),
            (Command::OpenDemo, "the demo"),
            (Command::Quit, "quit"),
        ]
        .into_iter()
        .filter(|(command, _)| *command != Command::Accept || !self.found.is_empty())
        .filter_map(|(command, hint)| {
            Some(format!("{} {hint}", self.keymap.key_for(KeyPlace::Welcome, command)?))
        })
        .collect();
        keys.join(" · ")
    }
}

/// Returns how to get an export, a sentence a provider.
fn export_instructions() -> impl Iterator<Item = String> {
    Provider::ALL.iter().enumerate().map(|(place, provider)| {
        let (begin, facts) = (if place == 0 { "To get it" } else { "Or" }, provider.facts());
        let way = format!("{begin}: {} → {}. {}", facts.name, facts.export_path, facts.export_note);
        way.trim_end().to_owned()
    })
}

/// Wraps words in lines of at most this many columns.
fn wrap(words: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words.split(' ') {
        if !line.is_empty() && sanitize::width(&line) + 1 + sanitize::width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(name: &str) -> FoundArchive {
        FoundArchive {
            path: name.into(),
            name: name.to_owned(),
            size: "48 MB".to_owned(),
            age: "3 days ago".to_owned(),
        }
    }

    #[test]
    fn an_offered_archive_is_opened_by_enter() {
        let mut welcome = Welcome::new(vec![describe("a.zip"), describe("b.zip")], Keymap::built_in());
        welcome.command(Command::Down);
        assert_eq!(welcome.command(Command::Accept), Decision::Open(Location::Path("b.zip".into())));
    }

    #[test]
    fn a_typed_path_is_opened_by_enter() {
        let mut welcome = Welcome::new(Vec::new(), Keymap::built_in());
        assert_eq!(welcome.command(Command::Accept), Decision::None, "there is nothing to open");
        welcome.command(Command::TypePath);
        welcome.typed("my export.zip");
        assert_eq!(welcome.command(Command::Accept), Decision::Open(Location::Path("my export.zip".into())));
    }

    #[test]
    fn ages_are_in_words() {
        for (days, said) in [
            (0, "today"),
            (1, "yesterday"),
            (59, "59 days ago"),
            (364, "12 months ago"),
            (365, "1 year ago"),
            (729, "1 year ago"),
            (730, "2 years ago"),
        ] {
            assert_eq!(age(Duration::from_secs(days * 86_400)), said, "{days} days");
        }
    }

    #[test]
    fn it_says_how_each_provider_gives_an_export() {
        let ways: Vec<String> = export_instructions().collect();
        assert_eq!(ways.len(), Provider::ALL.len());
        assert_eq!(
            ways[0],
            "To get it: ChatGPT → Settings → Data controls → Export data. \
             The link comes by e-mail and is good for a day."
        );
        assert_eq!(ways[1], "Or: Claude → Settings → Privacy → Export data.");
    }

    #[test]
    fn the_cursor_is_on_the_archive_that_is_chosen() {
        let mut welcome = Welcome::new(vec![describe("a.zip"), describe("b.zip")], Keymap::built_in());
        welcome.command(Command::Down);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let cursor = welcome.draw(&Theme::mono(), &mut buffer).unwrap();
        let row: String = (0..80).map(|x| buffer[(x, cursor.y)].symbol()).collect();
        assert!(cursor.x == 0 && row.contains("b.zip"), "{row}");
    }

    #[test]
    fn it_is_drawn_at_any_size() {
        let welcome = Welcome::new(vec![describe("a.zip")], Keymap::built_in());
        for (columns, rows) in [(1, 1), (5, 2), (40, 10), (80, 24)] {
            let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
            welcome.draw(&Theme::mono(), &mut buffer);
        }
    }
}
