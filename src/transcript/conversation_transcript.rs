//! One open conversation: the entries of the branch being read, laid out when they are asked for.
//!
//! Opening costs a walk over the messages and nothing else. An entry is laid out when its lines are wanted,
//! and they are kept for that width until the cache is full. Only what is on the screen is ever laid out.

use std::rc::Rc;

use hashbrown::HashMap;

use super::{
    Line, TranscriptOptions, dates,
    highlight::{Code, CodeTones, HighlightCache, HighlightId, HighlightRequest},
    layout::{
        document,
        entry::{self, EntryInput},
        fold,
        line_cache::LineCache,
    },
};
use crate::{
    conversation::{MessageKind, Role, Visibility},
    library::ConversationRef,
    message::{
        MessageView,
        branches::{self, Branches, SiblingNumber},
        chunks::{self, Chunk},
    },
};

/// One message of the branch being read, or a chunk of a very long one.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Index in the conversation.
    pub message: usize,
    /// It is one of several the reader may choose between.
    pub branch: Option<SiblingNumber>,
    /// `None`: not foldable; `Some(open)`.
    pub fold: Option<bool>,
    /// A message too long to be laid out at once is several entries; `None`: it is whole.
    pub chunk: Option<Chunk>,
}

/// Facts about an entry that its neighbours decide, and its size.
#[derive(Clone, Copy, Debug, Default)]
struct EntryContext {
    has_header: bool,
    has_date: bool,
    recap: Option<usize>,
    /// Line breaks in its text, for guessing its height.
    breaks: usize,
    /// Bytes of its text.
    bytes: usize,
    /// The number of shown messages up to this one.
    number: usize,
    /// The width it was laid out for last, and how many lines that gave; width 0: never.
    height: (u16, usize),
}

/// Lines of a branch's long messages that are looked at for a place to cut, so that one opens at once; what comes
/// after them is shown as it was written.
const MAX_LINES: usize = 1 << 20;
/// Entries of a branch whose heights are guessed again for each frame.
const MAX_HINTS: usize = 10_000;

/// An open conversation, laid out entry by entry.
#[derive(Debug)]
pub struct Transcript {
    conversation: ConversationRef,
    options: TranscriptOptions,
    branches: Branches,
    leaf: Option<usize>,
    entries: Vec<Entry>,
    contexts: Vec<EntryContext>,
    /// Folds that were opened or closed, by message: they stay so when the branch changes and comes back.
    folds: HashMap<usize, bool>,
    line_cache: LineCache,
    highlight_cache: HighlightCache,
    /// The heights of very many entries, guessed for a width, each added to those before it.
    heights: (u16, Vec<u64>),
}

impl Transcript {
    /// Opens a conversation at its visible branch.
    pub fn new(conversation: ConversationRef, options: TranscriptOptions) -> Self {
        let branches = Branches::of(&conversation, branches::is_readable);
        let leaf = conversation.current_leaf().or_else(|| branches.newest_leaf());
        let mut transcript = Self {
            conversation,
            options,
            branches,
            leaf,
            entries: Vec::new(),
            contexts: Vec::new(),
            folds: HashMap::new(),
            line_cache: LineCache::default(),
            highlight_cache: HighlightCache::new(),
            heights: (0, Vec::new()),
        };
        transcript.rebuild_entries();
        transcript
    }

    /// Returns the conversation it shows.
    pub fn conversation(&self) -> &ConversationRef {
        &self.conversation
    }

    /// Returns the messages of the branch in reading order: shown and folded ones, never hidden ones. The
    /// label of a reasoning ("Thought for 15 s") has no entry of its own; a very long message has several.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the last message of the branch being read.
    pub fn leaf(&self) -> Option<usize> {
        self.leaf
    }

    /// Shows the branch that goes through `message`, towards its newest leaf. Returns false when it already
    /// does.
    pub fn show_branch_of(&mut self, message: usize) -> bool {
        let on_branch =
            self.leaf.is_some_and(|leaf| self.conversation.path_to(leaf).binary_search(&message).is_ok());
        if on_branch || message >= self.conversation.messages().len() {
            return false;
        }
        self.leaf = Some(self.branches.leaf_from(message));
        self.rebuild_entries();
        true
    }

    /// Shows the branch that ends at `leaf`.
    pub fn show_leaf(&mut self, leaf: usize) {
        if self.leaf != Some(leaf) && leaf < self.conversation.messages().len() {
            self.leaf = Some(leaf);
            self.rebuild_entries();
        }
    }

    /// Switches to the next (+1) or previous (-1) sibling branch at this entry and returns the index of the
    /// entry where it differs; `None`: there is no such sibling.
    pub fn switch_branch(&mut self, entry: usize, step: isize) -> Option<usize> {
        let message = self.entries.get(entry)?.message;
        let siblings = self.branches.siblings(message);
        let index = siblings.binary_search(&(message as u32)).ok()?;
        let sibling = *siblings.get(index.checked_add_signed(step)?)?;
        if sibling as usize == message {
            return None;
        }
        self.leaf = Some(self.branches.leaf_from(sibling as usize));
        self.rebuild_entries();
        self.entry_of(sibling as usize)
    }

    /// Opens or closes a fold; does nothing to an entry that has none.
    pub fn set_fold(&mut self, entry: usize, open: bool) {
        let Some(message) =
            self.entries.get(entry).filter(|entry| entry.fold.is_some()).map(|entry| entry.message)
        else {
            return;
        };
        self.folds.insert(message, open);
        if self.conversation.message_text(message).len() > chunks::MAX_UNSPLIT_LENGTH {
            // Its chunks come and go.
            self.rebuild_entries();
            return;
        }
        self.entries[entry].fold = Some(open);
        self.line_cache.remove(entry);
    }

    /// Opens or closes all folds of the branch.
    pub fn set_all_folds(&mut self, open: bool) {
        for entry in self.entries.iter().filter(|entry| entry.fold.is_some()) {
            self.folds.insert(entry.message, open);
        }
        self.rebuild_entries();
    }

    /// Returns the entry that shows this message, if it is on the branch; of a message in chunks the first.
    pub fn entry_of(&self, message: usize) -> Option<usize> {
        let index = self.entries.partition_point(|entry| entry.message < message);
        if self.entries.get(index).is_some_and(|entry| entry.message == message) {
            return Some(index);
        }
        let mut above = (0..index).rev().take_while(|&entry| self.is_folded(entry));
        above.find(|&entry| self.contexts[entry].recap == Some(message))
    }

    fn is_folded(&self, entry: usize) -> bool {
        self.conversation.messages()[self.entries[entry].message].visibility == Visibility::Folded
    }

    /// Returns the entry that shows this byte of a message's text, or of what stands beside it.
    pub fn entry_at(&self, message: usize, byte: usize) -> Option<usize> {
        let first = self.entry_of(message)?;
        let shown = self.entries[first].message;
        let byte = MessageView::of(&self.conversation, shown).place_of(byte);
        let rest = &self.entries[first..];
        // The chunks of a message stand in the order of its text.
        let starts = rest.partition_point(|entry| {
            entry.message == shown && entry.chunk.as_ref().is_some_and(|chunk| chunk.range.start <= byte)
        });
        Some(first + starts.saturating_sub(1))
    }

    /// Returns the lines of an entry at a width, in columns (taken for 1 when it is 0). The last line is
    /// blank, the space between messages, except between folded lines and within a message in chunks. Cached.
    pub fn lines(&mut self, entry: usize, width: u16) -> Rc<[Line]> {
        if let Some(lines) = self.line_cache.get(entry, width) {
            return lines;
        }
        if entry >= self.entries.len() {
            return Rc::default();
        }
        let lines: Rc<[Line]> = self.lay_out(entry, width).into();
        self.contexts[entry].height = (width, lines.len());
        self.line_cache.insert(entry, width, Rc::clone(&lines));
        lines
    }

    /// Returns the line of an entry on which a byte of the message's text stands (or the nearest after it).
    pub fn line_of(&mut self, entry: usize, width: u16, byte: usize) -> usize {
        let lines = self.lines(entry, width);
        let mut nearest = None;
        for (number, line) in lines.iter().enumerate() {
            for range in line.spans.iter().filter_map(super::Span::text_range) {
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

    /// Guesses an entry's height in lines without laying it out, for the scroll bar; exact once it was laid
    /// out for that width.
    pub fn height_hint(&self, entry: usize, width: u16) -> usize {
        let (Some(context), Some(shown)) = (self.contexts.get(entry), self.entries.get(entry)) else {
            return 0;
        };
        if context.height.0 == width && width > 0 {
            return context.height.1;
        }
        let blank = usize::from(self.is_spaced(entry));
        if shown.fold == Some(false) && fold::folds_whole_message(&self.conversation, shown.message) {
            return 1 + blank;
        }
        let columns = usize::from(width).saturating_sub(2).clamp(1, document::TEXT_COLUMNS);
        context.bytes / columns + context.breaks + 1 + usize::from(context.has_header) + blank
    }

    /// Guesses the height in lines of all entries, and of those before one of them: by [`Transcript::height_hint`]. Of very
    /// many entries the guess is made once for a width.
    pub fn height_hints(&mut self, entry: usize, width: u16) -> (u64, u64) {
        if self.entries.len() > MAX_HINTS {
            if self.heights.0 != width || self.heights.1.len() != self.entries.len() + 1 {
                let mut sum = 0;
                let heights = (0..self.entries.len()).map(|entry| {
                    sum += self.height_hint(entry, width) as u64;
                    sum
                });
                self.heights = (width, std::iter::once(0).chain(heights).collect());
            }
            return (self.heights.1[self.entries.len()], self.heights.1[entry.min(self.entries.len())]);
        }
        let hint = |entry| self.height_hint(entry, width) as u64;
        let above = (0..entry.min(self.entries.len())).map(hint).sum();
        ((0..self.entries.len()).map(hint).sum(), above)
    }

    /// Returns the number of shown messages of the branch up to an entry, that of the entry among them.
    pub fn shown_up_to(&self, entry: usize) -> usize {
        self.contexts.get(entry).map_or(0, |context| context.number)
    }

    /// Takes the code on lines laid out so far that has no colours yet, each block once. A
    /// [`Highlighter`](super::highlight::Highlighter) elsewhere colours it, for [`Transcript::apply_highlight`].
    pub fn take_highlight_requests(&mut self) -> Vec<HighlightRequest> {
        self.highlight_cache.take_requests()
    }

    /// Takes the colours of a block; those of another transcript are ignored. Returns true when lines that
    /// were given out before look different now; their number never changes.
    pub fn apply_highlight(&mut self, highlight_id: HighlightId, colors: CodeTones) -> bool {
        if !self.highlight_cache.insert(highlight_id, colors) {
            return false;
        }
        let Some(entry) = self.entry_at(highlight_id.message as usize, highlight_id.byte as usize) else {
            return false;
        };
        self.line_cache.remove(entry);
        true
    }

    /// Makes the entries of the branch that ends at the leaf.
    fn rebuild_entries(&mut self) {
        let path = self.leaf.map(|leaf| self.conversation.path_to(leaf)).unwrap_or_default();
        self.entries.clear();
        self.contexts.clear();
        self.line_cache.clear();
        self.heights.1.clear();
        let conversation = self.conversation.clone();
        let mut number = 0;
        let mut speaker = None;
        let mut today = None;
        let mut lines = MAX_LINES;
        // The last reasoning of the turn so far: what it led to may stand between it and its label.
        let mut reasoning: Option<usize> = None;
        for message in path {
            let kind = conversation.messages()[message].kind;
            if conversation.messages()[message].visibility == Visibility::Hidden {
                continue;
            }
            let branch = self.branches.sibling_number(message);
            if (kind, branch) == (MessageKind::Recap, None)
                && let Some(reasoning) = reasoning.filter(|&entry| self.contexts[entry].recap.is_none())
            {
                self.contexts[reasoning].recap = Some(message);
                continue;
            }
            let open = self.folds.get(&message).copied();
            let fold =
                fold::starts_open(&conversation, message, &self.options).map(|starts| open.unwrap_or(starts));
            number += usize::from(conversation.messages()[message].visibility == Visibility::Shown);
            let mut context = EntryContext { number, ..EntryContext::default() };
            if !fold::folds_whole_message(&conversation, message) {
                let role = conversation.messages()[message].role;
                let who = (role, conversation.message_model(message));
                context.has_header = role == Role::User || branch.is_some() || speaker != Some(who);
                speaker = Some(who);
                if let (Role::User, Some(time)) = (role, conversation.messages()[message].time()) {
                    let day = dates::day(time, &self.options.zone);
                    context.has_date = day != today;
                    today = day;
                }
            }
            if conversation.messages()[message].visibility != Visibility::Folded {
                reasoning = None;
            } else if kind == MessageKind::Reasoning {
                // Of one in chunks the first has the line.
                reasoning = Some(self.entries.len());
            }
            self.push_entry(Entry { message, branch, fold, chunk: None }, context, &mut lines);
        }
    }

    /// Adds an entry, or several when the message is very long and open; of its lines this many are looked at.
    fn push_entry(&mut self, entry: Entry, context: EntryContext, lines: &mut usize) {
        let closed =
            entry.fold == Some(false) && fold::folds_whole_message(&self.conversation, entry.message);
        let text = self.conversation.message_text(entry.message);
        let mode = MessageView::of(&self.conversation, entry.message).split_mode();
        let pieces = if closed { Vec::new() } else { chunks::split_within(text, mode, lines) };
        if pieces.is_empty() {
            let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
            self.contexts.push(EntryContext { breaks, bytes: text.len(), ..context });
            self.entries.push(entry);
            return;
        }
        for chunk in pieces {
            let text = &text.as_bytes()[chunk.range.clone()];
            let breaks = memchr::memchr_iter(b'\n', text).count();
            self.contexts.push(EntryContext { breaks, bytes: text.len(), ..context });
            self.entries.push(Entry { chunk: Some(chunk), ..entry.clone() });
        }
    }

    /// Returns whether a blank line follows an entry: not between folded lines, nor within a message.
    fn is_spaced(&self, entry: usize) -> bool {
        let whole = |entry: &Entry| fold::folds_whole_message(&self.conversation, entry.message);
        let Some(next) = self.entries.get(entry + 1) else { return true };
        let this = &self.entries[entry];
        if let Some(chunk) = this.chunk.as_ref().filter(|_| next.message == this.message) {
            return chunk.spaced;
        }
        !(whole(this) && this.fold != Some(true) && whole(next))
    }

    fn is_unparsed(&self, entry: usize) -> bool {
        self.entries[entry].chunk.as_ref().is_some_and(|chunk| chunk.is_unparsed)
    }

    fn lay_out(&self, index: usize, width: u16) -> Vec<Line> {
        let entry = &self.entries[index];
        let context = self.contexts[index];
        let colors = |code: &Code| self.highlight_cache.get_or_request(entry.message, code);
        let layout = EntryInput {
            conversation: &self.conversation,
            options: &self.options,
            entry,
            has_header: context.has_header,
            has_date: context.has_date,
            recap: context.recap,
            spaced: self.is_spaced(index),
            is_unparsed: self.is_unparsed(index)
                && !index.checked_sub(1).is_some_and(|above| self.is_unparsed(above)),
        };
        entry::lay_out(&layout, usize::from(width), &colors)
    }
}
