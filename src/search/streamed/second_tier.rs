//! The conversations that have some of the words, noted one by one.

use std::{
    fmt::{self, Debug, Formatter},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use fixedbitset::FixedBitSet;
use hashbrown::HashMap;

use super::{
    SearchNote, SecondTier,
    kept_messages::{KeptMessage, PassedSoFar},
    watched_words::{WatchedWords, WordNumbers},
};
use crate::{
    conversation::{Conversation, ConversationSummary},
    library::{ConversationHandle, Library},
    search::{
        Matcher, Query,
        engine::{
            Corpus, LooseQuery, PartialMatch, RequiredClauses, SomeWords, TokenScores, is_told_by_index,
        },
        index::{
            Index, IndexEntry, LetterSet,
            occurrences::TermLookup,
            scanned::{ScannedConversation, ScannedEntry},
        },
        matching::Term,
        worker::Row,
    },
};

/// How the conversations that have some of the words are found.
pub(super) struct SecondTierSearch {
    query: Query,
    watched: WatchedWords,
    /// Matches each of the words alone, of those that the index of a whole library would find.
    words: Vec<Option<Matcher>>,
    /// Matches what binds. `None`: nothing does.
    binding: Option<Matcher>,
    /// The numbers of words that are not in use, and how many there are.
    numbers: Mutex<Vec<(usize, WordNumbers)>>,
    numberings: AtomicUsize,
    /// What has passed so far.
    passed: PassedSoFar,
    /// The letters of all words.
    letters: LetterSet,
}

/// What is noted of a conversation that may have some of the words.
#[derive(Clone, Debug)]
pub(super) struct SecondTierNote {
    scanned: ScannedConversation,
    numbering: usize,
    /// The words that it has, also as pieces of others, as bits.
    having: u64,
    /// What binds lets it in.
    is_let_in: bool,
    /// The messages that count. `None`: all that are shown, or it is no candidate.
    messages: Option<Box<[u32]>>,
    /// The messages that are likely shown.
    kept: Box<[KeptMessage]>,
}

impl SecondTierNote {
    /// Returns a message that was kept.
    pub fn kept_message(&self, message: u32) -> Option<&KeptMessage> {
        self.kept.iter().find(|kept| kept.message == message)
    }
}

impl Debug for SecondTierSearch {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecondTierSearch").field("query", &self.query).finish_non_exhaustive()
    }
}

impl SecondTierSearch {
    /// Prepares it. `None`: all of the query binds.
    pub fn new(query: &Query) -> Option<Self> {
        let loose = LooseQuery::of(query, false)?;
        let alone =
            |typed: &str| Matcher::new(&Query::default().with_words(std::iter::once(typed.to_owned())));
        let is_word = |term: &Term| matches!(term.lookup, TermLookup::Word(_));
        let words = loose.words.iter().map(|word| is_word(&word.term).then(|| alone(&word.typed))).collect();
        let watched = WatchedWords::of(&loose);
        let mut letters = LetterSet::default();
        loose.words.iter().for_each(|word| letters.add_all(LetterSet::of(&word.typed)));
        Some(Self {
            query: query.clone(),
            passed: PassedSoFar::new(watched.token_count()),
            watched,
            letters,
            words,
            binding: (!loose.binding.is_empty()).then(|| Matcher::new(&loose.binding)),
            numbers: Mutex::default(),
            numberings: AtomicUsize::new(0),
        })
    }

    /// Notes what there is to note of a conversation; `is_first`: it has all words.
    pub fn look(&self, conversation: &Conversation, entry: IndexEntry, is_first: bool) -> SecondTierNote {
        let binding = self.binding.as_ref().map(Matcher::compiled);
        let is_let_in = binding.is_none_or(|binding| binding.matches(conversation, entry));
        let (numbering, mut numbers) = self.take_numbers();
        let mut watch = self.watched.watch(&mut numbers);
        let scanned = ScannedConversation::of(conversation, &mut |slot, word| watch.number(slot, word));
        let tokens = watch.finish();
        self.passed.count(&scanned, tokens);
        let is_candidate = is_let_in && !is_first && scanned.has_watched_words();
        let binding = binding.filter(|_| is_candidate);
        let messages = binding.and_then(|binding| binding.eligible_messages(conversation));
        let mut kept = Box::default();
        if is_candidate && tokens != 0 {
            let may_count = |message| messages.as_ref().is_none_or(|messages| messages.contains(&message));
            let tokens_of = |word| numbers.tokens(word);
            kept = self.passed.keep(conversation, &scanned, tokens, &may_count, &tokens_of);
        }
        self.lock_numbers().push((numbering, numbers));
        let having = if is_candidate { self.having(conversation, entry) } else { 0 };
        let messages = messages.map(Into::into);
        SecondTierNote { scanned, numbering, having, is_let_in, messages, kept }
    }

    /// Returns the words that a conversation has, also as pieces of others, as bits.
    fn having(&self, conversation: &Conversation, entry: IndexEntry) -> u64 {
        let has_word = |word: &Matcher| word.compiled().matches(conversation, entry);
        let words = self.words.iter().enumerate();
        words
            .filter(|(_, word)| word.as_ref().is_some_and(has_word))
            .fold(0, |having, (number, _)| having | 1 << number)
    }

    /// Returns whether a title may have the letters of all words in order. No is certain.
    pub fn may_have_letters(&self, title: &str) -> bool {
        LetterSet::of(title).contains(self.letters)
    }

    fn lock_numbers(&self) -> MutexGuard<'_, Vec<(usize, WordNumbers)>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_numbers(&self) -> (usize, WordNumbers) {
        let free = self.lock_numbers().pop();
        let new = || (self.numberings.fetch_add(1, Ordering::Relaxed), WordNumbers::default());
        free.unwrap_or_else(new)
    }

    /// Finds the conversations that have some of the words and are not among `first_tier`, best first.
    pub fn find(
        &self,
        library: &Library<ConversationSummary>,
        notes: &[SearchNote],
        first_tier: &[Row],
    ) -> Option<(Vec<Row>, SecondTier)> {
        let numbers = self.lock_numbers();
        let corpus =
            NotedCorpus { index: Self::index(library, notes, &numbers), library, notes, search: self };
        let loose = LooseQuery::of(&self.query, false)?;
        let binding = RequiredClauses::noted(loose.binding.clone());
        let some_words = SomeWords::of(&corpus, loose, binding, &|| false)?;
        let found = some_words.find(&corpus, first_tier.iter().map(|row| row.handle), &|| false)?;
        let row = |found: PartialMatch| Row {
            handle: found.handle,
            best_message: found.best,
            score: found.score,
            tier: found.tier,
        };
        let second_tier = SecondTier {
            words: some_words.typed().map(str::to_owned).collect(),
            substitutions: some_words.substitutions().cloned().collect(),
            matcher: some_words.matcher(&corpus),
        };
        Some((found.into_iter().map(row).collect(), second_tier))
    }

    fn index(
        library: &Library<ConversationSummary>,
        notes: &[SearchNote],
        numbers: &[(usize, WordNumbers)],
    ) -> Index {
        let by_numbering: HashMap<usize, &WordNumbers> =
            numbers.iter().map(|(numbering, numbers)| (*numbering, numbers)).collect();
        let entries = (0_u32..).zip(notes).filter_map(|(handle, note)| {
            let note = note.second_tier.as_deref()?;
            let title = &library.get(ConversationHandle(handle)).title;
            Some(ScannedEntry { scanned: &note.scanned, title, numbering: note.numbering })
        });
        let mut index = Index::of_scanned(entries, &|numbering, word| {
            by_numbering.get(&numbering).map_or("", |numbers| numbers.word(word))
        });
        let mut counted: HashMap<&str, usize> = HashMap::new();
        for (word, slots) in numbers.iter().flat_map(|(_, numbers)| numbers.counted()) {
            *counted.entry(word).or_default() += slots;
        }
        for (word, slots) in counted {
            index.set_frequency(word, slots);
        }
        index
    }
}

/// The notes of all conversations.
struct NotedCorpus<'a> {
    index: Index,
    library: &'a Library<ConversationSummary>,
    notes: &'a [SearchNote],
    search: &'a SecondTierSearch,
}

impl NotedCorpus<'_> {
    fn note(&self, handle: ConversationHandle) -> Option<&SecondTierNote> {
        self.notes.get(handle.0 as usize)?.second_tier.as_deref()
    }
}

impl Corpus for NotedCorpus<'_> {
    fn index(&self) -> &Index {
        &self.index
    }

    fn newest_first(&self) -> &[ConversationHandle] {
        self.library.by_date()
    }

    fn title(&self, handle: ConversationHandle) -> &str {
        &self.library.get(handle).title
    }

    fn token_scores(&self, token: &str, is_open: bool) -> Arc<TokenScores> {
        Arc::new(TokenScores::of(&self.index, token, is_open))
    }

    fn conversations_having(&self, number: usize, _: &Term) -> Option<FixedBitSet> {
        self.search.words.get(number)?.as_ref()?;
        let mut having = FixedBitSet::with_capacity(self.notes.len());
        for (handle, note) in self.notes.iter().enumerate() {
            let bits = note.second_tier.as_ref().map_or(0, |note| note.having);
            having.set(handle, bits >> number & 1 == 1);
        }
        Some(having)
    }

    fn may_let_in(&self, _: &RequiredClauses, handle: ConversationHandle) -> bool {
        self.note(handle).is_some_and(|note| note.is_let_in)
    }

    fn lets_in(&self, _: &RequiredClauses, handle: ConversationHandle) -> bool {
        self.note(handle).is_some_and(|note| note.is_let_in)
    }

    fn counting_messages(&self, _: &RequiredClauses) -> Option<FixedBitSet> {
        let compiled = self.search.binding.as_ref()?.compiled();
        let filter = compiled.message_filter();
        if filter.is_empty() || !is_told_by_index(filter) {
            return None;
        }
        let mut counting = FixedBitSet::with_capacity(self.index.slot_count());
        for (handle, note) in (0_u32..).zip(self.notes) {
            let first = self.index.slots_of(ConversationHandle(handle)).start + 1;
            let messages = note.second_tier.iter().flat_map(|note| note.messages.iter().flatten());
            counting.extend(messages.map(|message| (first + message) as usize));
        }
        Some(counting)
    }

    fn messages(&self, _: &RequiredClauses, handle: ConversationHandle) -> Option<Vec<u32>> {
        self.note(handle)?.messages.as_deref().map(<[u32]>::to_vec)
    }
}
