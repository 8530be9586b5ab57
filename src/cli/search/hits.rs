//! What is shown of a conversation that was found: made while the conversation is there, written when its turn comes.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    cli::{args::SearchArgs, output::Output},
    conversation::{Conversation, ConversationSummary, Role},
    search::{
        Matcher, Snippet,
        streamed::{KeptMessage, SearchNote, numbers_in_thread},
    },
};

/// The columns of a snippet where no terminal gives their number.
const JSON_COLUMNS: usize = 200;

/// The bytes of shown hits that are kept until they are written; the conversations of the others are read again.
const MAX_KEPT_HITS: usize = 24 << 20;
/// The times that an archive is read again for the others, as far as what was kept tells: past that more is kept at once.
const MAX_PASSES: usize = 3;

/// The hits of one conversation as they are shown.
#[derive(Debug)]
pub(super) struct ShownHits {
    /// The number of hits, where that is asked for.
    pub count: usize,
    /// The messages with a hit, where they are asked for.
    pub messages: Vec<ShownMessage>,
}

/// A message with a hit as it is shown.
#[derive(Debug)]
pub(super) struct ShownMessage {
    pub role: Role,
    /// Its number in the thread, from 1.
    pub number: usize,
    /// The best passage. `None`: it was found by a filter.
    pub snippet: Option<Snippet>,
}

/// What a search shows of each conversation.
#[derive(Debug)]
pub(super) struct HitsToShow {
    counts: bool,
    messages: bool,
    /// The hits within a passage are marked.
    highlights: bool,
    max_messages: usize,
    columns: usize,
    /// The bytes that are kept.
    kept: AtomicUsize,
    /// The messages of the conversations whose hits are kept.
    kept_messages: AtomicUsize,
    /// The bytes of those that are read again at once, once that is known.
    read_at_once: OnceLock<usize>,
}

impl HitsToShow {
    /// Decides what the arguments ask for.
    pub fn new(arguments: &SearchArgs, output: &Output) -> Self {
        Self {
            counts: arguments.count,
            messages: !arguments.ids && !arguments.count,
            highlights: !arguments.json,
            max_messages: arguments.messages.unwrap_or(usize::MAX),
            columns: if arguments.json { JSON_COLUMNS } else { output.columns().saturating_sub(14) },
            kept: AtomicUsize::new(0),
            kept_messages: AtomicUsize::new(0),
            read_at_once: OnceLock::new(),
        }
    }

    /// Returns whether anything is shown that only the conversation tells.
    pub fn asks_the_conversation(&self) -> bool {
        self.counts || self.messages
    }

    /// Makes all hits of a conversation, to be kept. `None`: nothing is shown of them, or enough is kept.
    pub fn to_keep(&self, matcher: &Matcher, conversation: &Conversation) -> Option<ShownHits> {
        if !self.asks_the_conversation() || self.kept.load(Ordering::Relaxed) >= MAX_KEPT_HITS {
            return None;
        }
        let hits = self.of_all_words(matcher, conversation);
        self.kept.fetch_add(hits.size(), Ordering::Relaxed);
        self.kept_messages.fetch_add(conversation.shown_count().max(1), Ordering::Relaxed);
        Some(hits)
    }

    /// Makes the hits of a conversation with all words.
    pub fn of_all_words(&self, matcher: &Matcher, conversation: &Conversation) -> ShownHits {
        let messages = if self.messages { matcher.messages(conversation) } else { Vec::new() };
        self.of_messages(matcher, conversation, messages)
    }

    /// Returns whether the best message of a conversation with some words was kept, or there is none.
    pub fn is_kept(&self, note: &SearchNote, best: Option<u32>) -> bool {
        !self.counts && self.messages && best.is_none_or(|best| note.kept_message(best).is_some())
    }

    /// Makes the hits of a conversation with some words of its best message, if [that was kept](Self::is_kept).
    pub fn of_kept(&self, matcher: &Matcher, note: &SearchNote, best: Option<u32>) -> Option<ShownHits> {
        if !self.is_kept(note, best) {
            return None;
        }
        let message = best.and_then(|best| note.kept_message(best));
        let shown = |kept: &KeptMessage| ShownMessage {
            role: kept.role,
            number: kept.number,
            snippet: matcher.snippet_in(&kept.text, kept.message as usize, self.columns),
        };
        let messages = message.map(shown).into_iter().take(self.max_messages).collect();
        Some(ShownHits { count: 0, messages })
    }

    /// Makes the hits of a conversation with some words: of its best message alone, since most have one of them.
    pub fn of_some_words(
        &self,
        matcher: &Matcher,
        conversation: &Conversation,
        best: Option<u32>,
    ) -> ShownHits {
        let best = best.filter(|_| self.messages).map(|message| message as usize);
        self.of_messages(matcher, conversation, best.into_iter().collect())
    }

    fn of_messages(
        &self,
        matcher: &Matcher,
        conversation: &Conversation,
        mut messages: Vec<usize>,
    ) -> ShownHits {
        messages.truncate(self.max_messages);
        let numbers = if messages.is_empty() { Vec::new() } else { numbers_in_thread(conversation) };
        let shown = |message: usize| ShownMessage {
            role: conversation.messages()[message].role,
            number: numbers[message],
            snippet: matcher.snippet_of(conversation, message, self.columns).map(|snippet| self.fit(snippet)),
        };
        ShownHits {
            count: if self.counts { matcher.count(conversation, usize::MAX) } else { 0 },
            messages: messages.into_iter().map(shown).collect(),
        }
    }

    /// Gives up what a snippet has that is not shown.
    fn fit(&self, mut snippet: Snippet) -> Snippet {
        if !self.highlights {
            snippet.highlights = Vec::new();
        }
        snippet.highlights.shrink_to_fit();
        snippet.text.shrink_to_fit();
        snippet
    }

    /// Chooses the conversations that are read again at once, of rows in the order in which they are written: so many
    /// that what is shown of them is not too much to keep, by what it took so far. There is always one, if there is a
    /// row.
    pub fn count_read_at_once<'a>(&self, rows: impl Iterator<Item = &'a ConversationSummary>) -> usize {
        let (kept, of) = (self.kept.load(Ordering::Relaxed), self.kept_messages.load(Ordering::Relaxed));
        let most = size_of::<ShownMessage>() + 4 * self.columns;
        let a_message = if of == 0 { most } else { kept.div_ceil(of).min(most) };
        let bytes = |summary: &ConversationSummary| summary.shown_count.max(1) * a_message;
        let bytes: Vec<usize> = rows.map(bytes).collect();
        let all = || bytes.iter().sum::<usize>();
        let max = *self.read_at_once.get_or_init(|| MAX_KEPT_HITS.max(all().div_ceil(MAX_PASSES)));
        let mut sum = 0;
        let fits = |bytes: &&usize| {
            sum += **bytes;
            sum <= max
        };
        bytes.iter().take_while(fits).count().max(1)
    }
}

impl ShownHits {
    /// Counts the bytes that it takes.
    fn size(&self) -> usize {
        let of_snippet =
            |snippet: &Snippet| snippet.text.capacity() + size_of_val(snippet.highlights.as_slice());
        let of_message = |message: &ShownMessage| {
            size_of::<ShownMessage>() + message.snippet.as_ref().map_or(0, of_snippet)
        };
        size_of::<Self>() + self.messages.iter().map(of_message).sum::<usize>()
    }
}
