//! The thread: moving, hits, find, folds, branches.

use super::{App, Focus, TextInput};
use crate::{
    search::{Matcher, Query},
    tui::{action::Command, effect::Effect, reader::Reader},
};

/// Columns that `H` and `L` scroll by.
const SIDEWAYS: i32 = 8;

impl App {
    pub(super) fn thread_command(&mut self, command: Command) -> Vec<Effect> {
        if command == Command::Back {
            return self.focus_on(Focus::List);
        }
        if command == Command::Prompts {
            return self.open_prompts();
        }
        if command == Command::MarkMessages {
            return self.mark_messages();
        }
        if command == Command::Find {
            self.find = Some(TextInput::default());
            if let Some(reader) = &mut self.reader {
                reader.begin_find();
            }
            return Vec::new();
        }
        let Some(reader) = &mut self.reader else { return Vec::new() };
        let word = match command {
            Command::NextHit => Some(step_hit(reader, 1)),
            Command::PreviousHit => Some(step_hit(reader, -1)),
            _ => move_in(reader, command),
        };
        if let Some(word) = word {
            self.say(word);
        }
        self.highlight()
    }

    /// Code in sight that has no colours yet.
    pub(super) fn highlight(&mut self) -> Vec<Effect> {
        let Some(reader) = &mut self.reader else { return Vec::new() };
        // What is in sight is laid out now, so that it is known what wants colours.
        reader.rows();
        let jobs = reader.transcript_mut().wanted();
        if jobs.is_empty() { Vec::new() } else { vec![Effect::Highlight(jobs)] }
    }

    pub(super) fn find_command(&mut self, command: Command) -> Vec<Effect> {
        let Some(find) = &mut self.find else { return Vec::new() };
        match command {
            Command::Accept => {
                let empty = find.text().trim().is_empty();
                self.find = None;
                if let Some(reader) = &mut self.reader {
                    reader.end_find(empty);
                }
                if empty {
                    return self.hits_of_query();
                }
            }
            Command::Cancel => {
                self.find = None;
                if let Some(reader) = &mut self.reader {
                    reader.end_find(true);
                }
                return self.hits_of_query();
            }
            Command::NextHit | Command::PreviousHit => {
                if let Some(reader) = &mut self.reader {
                    step_hit(reader, if command == Command::NextHit { 1 } else { -1 });
                }
            }
            other => {
                let before = find.text().to_owned();
                find.edit(other);
                if find.text() != before {
                    return self.find_again();
                }
            }
        }
        self.highlight()
    }

    /// Marks what is typed into find, and goes to the first hit from where it began.
    pub(super) fn find_again(&mut self) -> Vec<Effect> {
        let Some(find) = &self.find else { return Vec::new() };
        let query = Query::parse(find.text(), &self.setup.zone);
        if let Some(reader) = &mut self.reader {
            let hits =
                if query.is_empty() { Vec::new() } else { Matcher::new(&query).hits(reader.conversation()) };
            let at = reader.find_from();
            reader.set_hits(hits);
            reader.focus_first(at);
        }
        // The hits are no longer those of the query: opening this conversation again brings them back.
        self.reading = self.reading.take().map(|(handle, _)| (handle, "\0find".to_owned()));
        self.highlight()
    }

    /// Find is over: the hits of the search line are marked again.
    fn hits_of_query(&mut self) -> Vec<Effect> {
        let query = if self.query.is_empty() { String::new() } else { self.input.text().to_owned() };
        if let Some(reader) = &mut self.reader {
            let hits = if query.is_empty() { Vec::new() } else { self.matcher.hits(reader.conversation()) };
            reader.set_hits(hits);
        }
        self.reading = self.reading.take().map(|(handle, _)| (handle, query));
        self.highlight()
    }
}

fn step_hit(reader: &mut Reader, step: isize) -> String {
    let Some(around) = reader.step_hit(step) else { return "no hits in this thread".to_owned() };
    let (focus, count) = reader.hits();
    let mut word = format!("hit {} of {count}", focus.map_or(0, |index| index + 1));
    if around && count > 1 {
        word.push_str(if step > 0 { ", from the top again" } else { ", from the end again" });
    }
    if reader.has_strayed() {
        word.push_str(", on another branch");
    }
    word
}

/// Everything that moves or folds; gives a word for the status line where something could not be done.
fn move_in(reader: &mut Reader, command: Command) -> Option<String> {
    let none = |done: bool, word: &str| (!done).then(|| word.to_owned());
    match command {
        Command::Down => reader.scroll(1),
        Command::Up => reader.scroll(-1),
        Command::HalfPageDown => reader.page(1, 1),
        Command::HalfPageUp => reader.page(-1, 1),
        Command::PageDown => reader.page(1, 2),
        Command::PageUp => reader.page(-1, 2),
        Command::First => reader.first(),
        Command::Last => reader.last(),
        Command::NextMessage => return none(reader.step_message(1, false), "this is the last message"),
        Command::PreviousMessage => return none(reader.step_message(-1, false), "this is the first message"),
        Command::NextPrompt => return none(reader.step_message(1, true), "no prompt of yours after this"),
        Command::PreviousPrompt => {
            return none(reader.step_message(-1, true), "no prompt of yours before this");
        }
        Command::Fold => return none(reader.toggle_fold(), "there is no fold here"),
        Command::FoldAll => {
            return Some(match reader.toggle_all_folds() {
                None => "there are no folds in this thread".to_owned(),
                Some(true) => "all folds open".to_owned(),
                Some(false) => "all folds closed".to_owned(),
            });
        }
        Command::NextBranch | Command::PreviousBranch => {
            return Some(match reader.switch_branch(if command == Command::NextBranch { 1 } else { -1 }) {
                Some(branch) => format!("branch {} of {}", branch.index, branch.count),
                None => "this message has no other branch".to_owned(),
            });
        }
        Command::ScrollLeft | Command::ScrollRight => {
            let columns = if command == Command::ScrollLeft { -SIDEWAYS } else { SIDEWAYS };
            return none(reader.scroll_sideways(columns), "nothing in sight is wider than the screen");
        }
        _ => {}
    }
    None
}
