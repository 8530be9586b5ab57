//! The position in a transcript. Pure arithmetic over laid-out lines.
//!
//! A position is an entry and a line in it, never a line number in the whole thread: so nothing above the screen
//! has to be laid out, and a thread of a hundred thousand lines scrolls like a short one.

mod folds;
mod hit_set;
mod hits;
mod reading_place;
mod scrolling;

use std::ops::RangeInclusive;

pub(in crate::tui) use self::hit_set::HitSet;
pub use self::hits::line_at;
use self::reading_place::ReadingPlace;
use crate::{
    conversation::{Role, Visibility},
    library::ConversationRef,
    transcript::{Entry, Line, Transcript, TranscriptOptions, mark_hits},
};

/// A line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Index into [`Transcript::entries`].
    pub entry: usize,
    /// Line of that entry.
    pub line: usize,
}

const START: Position = Position { entry: 0, line: 0 };

/// A row to draw.
#[derive(Debug)]
pub struct ViewRow {
    /// Belongs to the selected message, or to one that is marked.
    pub has_bar: bool,
    /// Belongs to the selected message.
    pub is_selected_message: bool,
    /// Its text, hits marked.
    pub line: Line,
}

/// A transcript in a pane of some size, and the position in it.
#[derive(Debug)]
pub struct ThreadView {
    transcript: Transcript,
    width: u16,
    height: u16,
    top: Position,
    selected_entry: usize,
    hits: HitSet,
    sideways: u16,
    /// The message from which on messages are marked, up to the selected one.
    marking: Option<usize>,
    /// The branch it opened with.
    initial_leaf: Option<usize>,
    /// The branch that is read, by its last message: going through the hits stays on it as long as it has any.
    leaf_that_is_read: Option<usize>,
    /// The place where a find began.
    find_start: Option<ReadingPlace>,
    /// The place before the last jump.
    before_jump: Option<ReadingPlace>,
}

impl ThreadView {
    /// Opens a conversation at its beginning. The size is the pane's, in cells.
    pub fn new(conversation: ConversationRef, options: TranscriptOptions, width: u16, height: u16) -> Self {
        let transcript = Transcript::new(conversation, options);
        Self {
            initial_leaf: transcript.leaf(),
            leaf_that_is_read: transcript.leaf(),
            transcript,
            width: width.max(1),
            height: height.max(1),
            top: START,
            selected_entry: 0,
            hits: HitSet::default(),
            sideways: 0,
            marking: None,
            find_start: None,
            before_jump: None,
        }
    }

    /// Returns the conversation.
    pub fn conversation(&self) -> &ConversationRef {
        self.transcript.conversation()
    }

    /// Returns its transcript.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Returns its transcript, to hand in what was computed elsewhere.
    pub fn transcript_mut(&mut self) -> &mut Transcript {
        &mut self.transcript
    }

    /// Returns the selected message, as an index of the conversation.
    pub fn message(&self) -> Option<usize> {
        self.transcript.entries().get(self.selected_entry).map(|entry| entry.message)
    }

    /// Returns the number of the selected message among the shown ones of this branch, from 1, and how many there are.
    /// On a fold it is that of the answer it belongs to, else of the message before, or the first.
    pub fn message_number(&self) -> (usize, usize) {
        let last = self.transcript.entries().len().saturating_sub(1);
        let of = self.transcript.shown_up_to(last);
        let entry = self.answer_of_fold().unwrap_or(self.selected_entry);
        (self.transcript.shown_up_to(entry.min(last)).clamp(of.min(1), of), of)
    }

    /// Begins to mark messages at the selected one, or forgets the marks. Gives whether it marks now.
    pub fn toggle_marking(&mut self) -> bool {
        self.marking = if self.marking.is_some() { None } else { self.message() };
        self.marking.is_some()
    }

    /// Returns whether messages are being marked.
    pub fn is_marking(&self) -> bool {
        self.marking.is_some()
    }

    /// Forgets the marks of messages. False: there were none.
    pub fn end_marking(&mut self) -> bool {
        self.marking.take().is_some()
    }

    /// Returns the marked messages of this branch in reading order: from where marking began to the selected one, folds
    /// in between left out.
    pub fn marked_messages(&self) -> Vec<usize> {
        let Some(range) = self.marked_range() else { return Vec::new() };
        let entries = self.transcript.entries();
        let from = entries.partition_point(|entry| entry.message < *range.start());
        let mut messages: Vec<usize> = entries[from..]
            .iter()
            .map(|entry| entry.message)
            .take_while(|&message| range.contains(&message))
            .filter(|&message| self.is_shown(message))
            .collect();
        messages.dedup();
        messages
    }

    /// Returns the first and last message of what is marked.
    fn marked_range(&self) -> Option<RangeInclusive<usize>> {
        let (from, to) = (self.marking?, self.message()?);
        Some(from.min(to)..=from.max(to))
    }

    fn is_shown(&self, message: usize) -> bool {
        self.conversation().messages()[message].visibility == Visibility::Shown
    }

    /// Returns the columns that wide lines are scrolled by.
    pub fn sideways(&self) -> u16 {
        self.sideways
    }

    /// Takes another size, keeping the words at the top where they are.
    pub fn resize(&mut self, width: u16, height: u16) {
        let (width, height) = (width.max(1), height.max(1));
        if width != self.width && !self.is_empty() {
            let lines = self.transcript.lines(self.top.entry, self.width);
            let byte = lines
                .iter()
                .skip(self.top.line)
                .flat_map(|line| &line.spans)
                .find_map(|span| span.text_offset);
            self.width = width;
            if self.top.line > 0 {
                self.top.line = match byte {
                    Some(byte) => self.transcript.line_of(self.top.entry, width, byte as usize),
                    None => self.top.line.min(self.len(self.top.entry).saturating_sub(1)),
                };
            }
        }
        (self.width, self.height) = (width, height);
        self.top = self.top.min(self.last_top());
    }

    fn is_empty(&self) -> bool {
        self.transcript.entries().is_empty()
    }

    fn len(&mut self, entry: usize) -> usize {
        self.transcript.lines(entry, self.width).len()
    }

    /// Returns the position `lines` further down, at most the last line.
    fn down(&mut self, from: Position, lines: usize) -> Position {
        let (mut position, mut left) = (from, lines);
        loop {
            let len = self.len(position.entry);
            if position.line + left < len {
                position.line += left;
                return position;
            }
            if position.entry + 1 >= self.transcript.entries().len() {
                position.line = len.saturating_sub(1);
                return position;
            }
            left -= len - position.line;
            position = Position { entry: position.entry + 1, line: 0 };
        }
    }

    /// Returns the position `lines` further up, at least the first line.
    fn up(&mut self, from: Position, lines: usize) -> Position {
        let (mut position, mut left) = (from, lines);
        while left > position.line {
            if position.entry == 0 {
                return START;
            }
            left -= position.line + 1;
            position.entry -= 1;
            position.line = self.len(position.entry).saturating_sub(1);
        }
        position.line -= left;
        position
    }

    /// Returns the lowest position the top may take: the thread's last line stands on the pane's last.
    fn last_top(&mut self) -> Position {
        let Some(entry) = self.transcript.entries().len().checked_sub(1) else { return START };
        let end = Position { entry, line: self.len(entry).saturating_sub(1) };
        self.up(end, self.height as usize - 1)
    }

    fn third(&self) -> usize {
        self.height as usize / 3
    }

    /// Lets the cursor follow the scrolling: it is the message at the upper third.
    fn follow(&mut self) {
        let third = self.third();
        self.selected_entry = self.down(self.top, third).entry;
    }

    /// Scrolls by lines. At an end, where nothing scrolls any more, the cursor goes on message by message.
    pub fn scroll(&mut self, lines: isize) {
        if self.is_empty() {
            return;
        }
        let before = self.top;
        self.top = if lines < 0 {
            self.up(self.top, lines.unsigned_abs())
        } else {
            self.down(self.top, lines.unsigned_abs()).min(self.last_top().max(self.top))
        };
        if self.top == before {
            let step = lines.signum();
            if lines.unsigned_abs() > 1 {
                self.selected_entry = if step < 0 { 0 } else { self.transcript.entries().len() - 1 };
            } else {
                self.selected_entry = self.neighbour(step, |_| true).unwrap_or(self.selected_entry);
            }
        } else {
            self.follow();
        }
    }

    /// Scrolls by this share of the pane's height.
    pub fn page(&mut self, direction: isize, half_pages: isize) {
        // A page keeps two lines of the last one in sight.
        let lines = (self.height as isize * half_pages / 2 - if half_pages == 2 { 2 } else { 0 }).max(1);
        self.scroll(direction * lines);
    }

    /// Goes to the first message.
    pub fn first(&mut self) {
        (self.top, self.selected_entry) = (START, 0);
    }

    /// Goes to the last message.
    pub fn last(&mut self) {
        self.top = self.last_top();
        self.selected_entry = self.transcript.entries().len().saturating_sub(1);
    }

    /// Returns the next entry that begins a message which passes, in a direction.
    fn neighbour(&self, step: isize, passes: impl Fn(Role) -> bool) -> Option<usize> {
        let entries = self.transcript.entries();
        let here = entries.get(self.selected_entry)?.message;
        let mut index = self.selected_entry.checked_add_signed(step)?;
        loop {
            let message = entries.get(index)?.message;
            let begins = index == 0 || entries[index - 1].message != message;
            if message != here && begins && passes(self.conversation().messages()[message].role) {
                return Some(index);
            }
            index = index.checked_add_signed(step)?;
        }
    }

    /// Goes to the next or previous message; `prompts`: of the person's own. False: there is none.
    pub fn step_message(&mut self, step: isize, prompts: bool) -> bool {
        match self.neighbour(step, |role| !prompts || role == Role::User) {
            Some(entry) => {
                self.select(entry);
                true
            }
            None => false,
        }
    }

    /// Selects an entry and brings its first line to the upper third, or to the top if it is longer than the rest.
    fn select(&mut self, entry: usize) {
        self.selected_entry = entry;
        let above = if self.len(entry) + self.third() > self.height as usize { 0 } else { self.third() };
        let top = self.up(Position { entry, line: 0 }, above);
        self.top = top.min(self.last_top());
    }

    /// Selects a message, on whichever branch it is.
    pub fn go_to(&mut self, message: usize) {
        self.transcript.show_branch_of(message);
        self.read_shown_branch();
        if let Some(entry) = self.transcript.entry_of(message) {
            self.select(entry);
        }
    }

    /// Goes to a sibling branch at the selected message, on a fold also at the answer it belongs to. `None`: it has no
    /// siblings; else which it shows now.
    pub fn switch_branch(&mut self, step: isize) -> Option<crate::message::branches::SiblingNumber> {
        let here = self.selected_entry;
        let answer = self.answer_of_fold().unwrap_or(here);
        let mut candidates = here.min(answer)..=here.max(answer);
        let fork = candidates.find(|&entry| self.transcript.entries()[entry].branch.is_some())?;
        let entry = self.transcript.switch_branch(fork, step)?;
        self.read_shown_branch();
        // The place on the screen stays; only what follows the branch point is new.
        self.selected_entry = entry.min(self.transcript.entries().len().saturating_sub(1));
        let last = self.transcript.entries().len().saturating_sub(1);
        if self.top.entry >= self.selected_entry {
            self.top = Position { entry: self.selected_entry.min(last), line: 0 };
        }
        self.top = self.top.min(self.last_top());
        self.transcript.entries().get(self.selected_entry).and_then(|entry| entry.branch)
    }

    /// Returns the rows of the pane.
    pub fn rows(&mut self) -> Vec<ViewRow> {
        let mut rows = Vec::with_capacity(self.height as usize);
        let selected = self.message();
        let marked = self.marked_range();
        let mut position = self.top;
        while rows.len() < self.height as usize && position.entry < self.transcript.entries().len() {
            let Entry { message, ref chunk, .. } = self.transcript.entries()[position.entry];
            let all = 0..usize::MAX;
            let mut hits = self.hits.ranges(message, chunk.as_ref().map_or(&all, |chunk| &chunk.range));
            if chunk.is_some() {
                let beside = self.transcript.conversation().message_text(message).len()..usize::MAX;
                hits.extend(self.hits.ranges(message, &beside));
            }
            let focus = self.hits.focused().filter(|hit| hit.message == message);
            let is_marked =
                marked.as_ref().is_some_and(|range| range.contains(&message)) && self.is_shown(message);
            let lines = self.transcript.lines(position.entry, self.width);
            for line in lines.iter().skip(position.line).take(self.height as usize - rows.len()) {
                let line = if hits.is_empty() {
                    line.clone()
                } else {
                    mark_hits(line, &hits, focus.map(|hit| &hit.range))
                };
                let is_selected_message = Some(message) == selected;
                let has_bar = is_selected_message || is_marked;
                rows.push(ViewRow { has_bar, is_selected_message, line });
            }
            position = Position { entry: position.entry + 1, line: 0 };
        }
        rows
    }

    /// Returns the place of the scroll bar's thumb: first row and length, of `rows`; `None` when everything is in
    /// sight. By the known or guessed heights of the entries.
    pub fn scroll_bar(&mut self, rows: u16) -> Option<(u16, u16)> {
        let (total, above) = self.transcript.height_hints(self.top.entry, self.width);
        if total <= u64::from(self.height) || rows == 0 {
            return None;
        }
        let above = above + self.top.line as u64;
        let length = (u64::from(self.height) * u64::from(rows) / total).clamp(1, u64::from(rows));
        let room = u64::from(rows) - length;
        let first = (above * room).div_ceil((total - u64::from(self.height)).max(1)).min(room);
        Some((first as u16, length as u16))
    }
}
