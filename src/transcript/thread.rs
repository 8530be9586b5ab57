//! One open conversation: the entries of the branch being read, laid out when they are asked for.
//!
//! Opening costs a walk over the messages and nothing else; an entry is laid out when its lines are wanted, and
//! kept for that width as long as there is room. Only what is on the screen is ever laid out.

use std::rc::Rc;

use hashbrown::HashMap;

use super::{
    Line, Options, dates,
    highlight::{Code, Colouring, Colours, Job, JobId},
    layout::{
        document,
        entry::{self, Scene},
        fold,
        line_cache::Laid,
    },
};
use crate::{
    conversation::{Kind, Role, Visibility},
    library::Shared,
    message::{
        Reading,
        chunks::{self, Chunk},
        path::{self, Branch, Branches},
    },
};

pub use super::layout::line::mark;

/// One message of the branch being read, or a chunk of a very long one.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Index in the conversation.
    pub message: usize,
    /// It is one of several the reader may choose between.
    pub branch: Option<Branch>,
    /// `None`: not foldable; `Some(open)`.
    pub fold: Option<bool>,
    /// A message too long to be laid out at once is several entries; `None`: it is whole.
    pub chunk: Option<Chunk>,
}

/// What an entry's neighbours decide about it.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    headed: bool,
    dated: bool,
    recap: Option<usize>,
    /// Line breaks in its text, for guessing its height.
    breaks: usize,
    /// Bytes of its text.
    bytes: usize,
    /// The width it was laid out for last, and how many lines that gave; width 0: never.
    height: (u16, usize),
}

/// See the [module](self).
#[derive(Debug)]
pub struct Transcript {
    conversation: Shared,
    options: Options,
    branches: Branches,
    leaf: Option<usize>,
    entries: Vec<Entry>,
    places: Vec<Place>,
    /// Folds that were opened or closed, by message: they stay so when the branch changes and comes back.
    folds: HashMap<usize, bool>,
    laid: Laid,
    colouring: Colouring,
}

impl Transcript {
    /// Opens a conversation at its visible branch.
    pub fn new(conversation: Shared, options: Options) -> Self {
        let branches = Branches::of(&conversation, path::is_readable);
        let leaf = conversation.current().or_else(|| branches.newest_leaf());
        let mut transcript = Self {
            conversation,
            options,
            branches,
            leaf,
            entries: Vec::new(),
            places: Vec::new(),
            folds: HashMap::new(),
            laid: Laid::default(),
            colouring: Colouring::new(),
        };
        transcript.follow();
        transcript
    }

    /// The conversation it shows.
    pub fn conversation(&self) -> &Shared {
        &self.conversation
    }

    /// Messages of the branch in reading order: shown and folded ones, never hidden ones. The label of a reasoning
    /// ("Thought for 15 s") has no entry of its own; a very long message has several.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The last message of the branch being read.
    pub fn leaf(&self) -> Option<usize> {
        self.leaf
    }

    /// Shows the branch that goes through `message` (towards its newest leaf). False: it already does.
    pub fn show_branch_of(&mut self, message: usize) -> bool {
        let on_branch =
            self.leaf.is_some_and(|leaf| self.conversation.path_to(leaf).binary_search(&message).is_ok());
        if on_branch || message >= self.conversation.messages().len() {
            return false;
        }
        self.leaf = Some(self.branches.leaf_from(message));
        self.follow();
        true
    }

    /// The next (+1) or previous (-1) sibling branch at this entry; gives the entry index where it differs. `None`:
    /// no sibling there.
    pub fn switch_branch(&mut self, entry: usize, step: isize) -> Option<usize> {
        let message = self.entries.get(entry)?.message;
        let siblings = self.branches.siblings(message);
        let index = siblings.binary_search(&(message as u32)).ok()?;
        let sibling = *siblings.get(index.checked_add_signed(step)?)?;
        if sibling as usize == message {
            return None;
        }
        self.leaf = Some(self.branches.leaf_from(sibling as usize));
        self.follow();
        self.entry_of(sibling as usize)
    }

    /// Opens or closes a fold; nothing happens where there is none.
    pub fn set_fold(&mut self, entry: usize, open: bool) {
        let Some(message) =
            self.entries.get(entry).filter(|entry| entry.fold.is_some()).map(|entry| entry.message)
        else {
            return;
        };
        self.folds.insert(message, open);
        if self.conversation.message_text(message).len() > chunks::LONGEST {
            // Its chunks come and go.
            self.follow();
            return;
        }
        self.entries[entry].fold = Some(open);
        self.laid.forget(entry);
    }

    /// Opens or closes all folds of the branch.
    pub fn set_all_folds(&mut self, open: bool) {
        for entry in self.entries.iter().filter(|entry| entry.fold.is_some()) {
            self.folds.insert(entry.message, open);
        }
        self.follow();
    }

    /// The entry that shows this message, if it is on the branch; of a message in chunks the first.
    pub fn entry_of(&self, message: usize) -> Option<usize> {
        let index = self.entries.partition_point(|entry| entry.message < message);
        if self.entries.get(index).is_some_and(|entry| entry.message == message) {
            return Some(index);
        }
        let mut turn = (0..index).rev().take_while(|&entry| self.is_folded(entry));
        turn.find(|&entry| self.places[entry].recap == Some(message))
    }

    /// The last reasoning of the turn so far, if nothing labels it yet: what it led to may stand between it and its
    /// label.
    fn without_label(&self) -> Option<usize> {
        let mut turn = (0..self.entries.len()).rev().take_while(|&entry| self.is_folded(entry));
        let reasons = |entry: &usize| {
            self.conversation.messages()[self.entries[*entry].message].kind == Kind::Reasoning
        };
        let last = turn.find(reasons)?;
        // Of one in chunks the first has the line.
        let first = self.entries.partition_point(|entry| entry.message < self.entries[last].message);
        self.places[first].recap.is_none().then_some(first)
    }

    fn is_folded(&self, entry: usize) -> bool {
        self.conversation.messages()[self.entries[entry].message].visibility == Visibility::Folded
    }

    /// The entry that shows this byte of a message's text.
    pub fn entry_at(&self, message: usize, byte: usize) -> Option<usize> {
        let first = self.entry_of(message)?;
        let rest =
            self.entries[first..].iter().take_while(|entry| entry.message == self.entries[first].message);
        let starts =
            rest.filter_map(|entry| entry.chunk.as_ref()).take_while(|chunk| chunk.range.start <= byte);
        Some(first + starts.count().saturating_sub(1))
    }

    /// Lines of an entry at a width, in columns (taken for 1 when it is 0). The last line is blank, the space
    /// between messages, except between folded lines and within a message in chunks. Cached.
    pub fn lines(&mut self, entry: usize, width: u16) -> Rc<[Line]> {
        if let Some(lines) = self.laid.get(entry, width) {
            return lines;
        }
        if entry >= self.entries.len() {
            return Rc::default();
        }
        let lines: Rc<[Line]> = self.lay_out(entry, width).into();
        self.places[entry].height = (width, lines.len());
        self.laid.keep(entry, width, Rc::clone(&lines));
        lines
    }

    /// The line of an entry on which a byte of the message's text stands (or the nearest after it).
    pub fn line_of(&mut self, entry: usize, width: u16, byte: usize) -> usize {
        let lines = self.lines(entry, width);
        let mut nearest = None;
        for (number, line) in lines.iter().enumerate() {
            for range in line.spans.iter().filter_map(super::Span::source_range) {
                if range.contains(&byte) {
                    return number;
                }
                if range.start > byte && nearest.is_none_or(|(start, _)| range.start < start) {
                    nearest = Some((range.start, number));
                }
            }
        }
        let last = lines.iter().rposition(|line| !line.is_blank()).unwrap_or(0);
        nearest.map_or(last, |(_, number)| number)
    }

    /// A guess at an entry's height without laying it out (exact once laid out for that width): for the scroll bar.
    pub fn height_hint(&self, entry: usize, width: u16) -> usize {
        let (Some(place), Some(shown)) = (self.places.get(entry), self.entries.get(entry)) else { return 0 };
        if place.height.0 == width && width > 0 {
            return place.height.1;
        }
        let blank = usize::from(self.is_spaced(entry));
        if shown.fold == Some(false) && fold::is_whole(&self.conversation, shown.message) {
            return 1 + blank;
        }
        let columns = usize::from(width).saturating_sub(2).clamp(1, document::PROSE);
        place.bytes / columns + place.breaks + 1 + usize::from(place.headed) + blank
    }

    /// Code on laid-out lines that has not been coloured yet, each block once. To be coloured elsewhere (by a
    /// [`Highlighter`](super::highlight::Highlighter)) and given back to [`Transcript::apply`].
    pub fn wanted(&mut self) -> Vec<Job> {
        self.colouring.wanted()
    }

    /// Takes the colours of a block; those of another transcript are ignored. True: lines that were given out
    /// before look different now (never their number).
    pub fn apply(&mut self, job: JobId, colours: Colours) -> bool {
        if !self.colouring.keep(job, colours) {
            return false;
        }
        let Some(entry) = self.entry_at(job.message as usize, job.byte as usize) else { return false };
        self.laid.forget(entry);
        true
    }

    /// Makes the entries of the branch that ends at the leaf.
    fn follow(&mut self) {
        let path = self.leaf.map(|leaf| self.conversation.path_to(leaf)).unwrap_or_default();
        self.entries.clear();
        self.places.clear();
        self.laid.clear();
        let conversation = self.conversation.clone();
        let mut speaker = None;
        let mut today = None;
        for message in path {
            let kind = conversation.messages()[message].kind;
            if conversation.messages()[message].visibility == Visibility::Hidden {
                continue;
            }
            let branch = self.branches.branch(message);
            if (kind, branch) == (Kind::Recap, None)
                && let Some(reasoning) = self.without_label()
            {
                self.places[reasoning].recap = Some(message);
                continue;
            }
            let open = self.folds.get(&message).copied();
            let fold =
                fold::initially(&conversation, message, &self.options).map(|starts| open.unwrap_or(starts));
            let mut place = Place::default();
            if !fold::is_whole(&conversation, message) {
                let role = conversation.messages()[message].role;
                let who = (role, conversation.message_model(message));
                place.headed = role == Role::User || branch.is_some() || speaker != Some(who);
                speaker = Some(who);
                if let (Role::User, Some(time)) = (role, conversation.messages()[message].time()) {
                    let day = dates::day(time, &self.options.zone);
                    place.dated = day != today;
                    today = day;
                }
            }
            self.enter(Entry { message, branch, fold, chunk: None }, place);
        }
    }

    /// Adds an entry, or several when the message is very long and open.
    fn enter(&mut self, entry: Entry, place: Place) {
        let closed = entry.fold == Some(false) && fold::is_whole(&self.conversation, entry.message);
        let text = self.conversation.message_text(entry.message);
        let form = Reading::of(&self.conversation, entry.message).form();
        let pieces = if closed { Vec::new() } else { chunks::split(text, form) };
        if pieces.is_empty() {
            let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
            self.places.push(Place { breaks, bytes: text.len(), ..place });
            self.entries.push(entry);
            return;
        }
        for chunk in pieces {
            let text = &text.as_bytes()[chunk.range.clone()];
            let breaks = memchr::memchr_iter(b'\n', text).count();
            self.places.push(Place { breaks, bytes: text.len(), ..place });
            self.entries.push(Entry { chunk: Some(chunk), ..entry.clone() });
        }
    }

    /// Whether a blank line follows an entry: not between folded lines, nor within a message.
    fn is_spaced(&self, entry: usize) -> bool {
        let whole = |entry: &Entry| fold::is_whole(&self.conversation, entry.message);
        let Some(next) = self.entries.get(entry + 1) else { return true };
        let this = &self.entries[entry];
        if let Some(chunk) = this.chunk.as_ref().filter(|_| next.message == this.message) {
            return chunk.spaced;
        }
        !(whole(this) && this.fold != Some(true) && whole(next))
    }

    fn lay_out(&self, index: usize, width: u16) -> Vec<Line> {
        let entry = &self.entries[index];
        let place = self.places[index];
        let colours = |code: &Code| self.colouring.of(entry.message, code);
        let scene = Scene {
            conversation: &self.conversation,
            options: &self.options,
            entry,
            headed: place.headed,
            dated: place.dated,
            recap: place.recap,
            spaced: self.is_spaced(index),
        };
        entry::lay_out(&scene, usize::from(width), &colours)
    }
}
