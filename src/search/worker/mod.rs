//! The search thread: takes requests, answers with pages, and builds the index while nobody asks.
//!
//! Only here are threads and a clock. A newer request cancels the older one at the next conversation. The first page
//! is sent as soon as it is known, and again from time to time, until the answer is complete.

mod parallel_map;
mod respond;

use std::{
    io,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

pub use self::respond::{search, search_both_tiers};
use self::{parallel_map::map_finished_chunks, respond::respond};
pub use super::engine::Substitution;
use super::{Matcher, Query, Score, engine::Engine, index::draft::IndexDraft, matching::Interruption};
use crate::{
    library::{ConversationHandle, Library},
    parallel,
};

/// Bytes of text that one thread indexes in one step.
const INDEX_STEP: usize = 8 << 20;
/// The most threads that index; more would only wait for memory.
const MAX_INDEX_THREADS: usize = 8;
/// The silence after which the index is built: a library that is still loading needs the cores itself.
const IDLE_DELAY: Duration = Duration::from_millis(200);
/// A search to do. A newer request cancels the older.
#[derive(Clone, Debug)]
pub struct Request {
    /// The number of the request, which comes back with the answer; greater is newer.
    pub serial: u64,
    /// The query.
    pub query: Query,
    /// The library to search. While an archive is loading: the library as it is now; ask again when it has grown, and
    /// only what was added is searched.
    pub library: Arc<Library>,
    /// The order: newest first instead of best first.
    pub by_date: bool,
    /// The last word may be the beginning of one: it is still being typed.
    pub is_typing: bool,
}

/// One conversation found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The conversation.
    pub handle: ConversationHandle,
    /// The message to open at. `None`: the title alone matched.
    pub best_message: Option<u32>,
    /// The rank.
    pub score: Score,
    /// What it was found by.
    pub tier: Tier,
}

/// What a conversation was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// It has all words.
    AllWords,
    /// It has some of the words.
    SomeWords {
        /// Those of [`SecondTier::words`] that it lacks, a bit for each.
        missing: u64,
    },
    /// Its title has the letters of the words in order.
    TitleLetters,
}

/// An answer: at first a page, in the end the whole.
#[derive(Clone, Debug)]
pub struct Results {
    /// The number of the request.
    pub serial: u64,
    /// The conversations found: those with all words, best first or newest first, then those with some.
    pub rows: Arc<Vec<Row>>,
    /// The number of those with all words.
    pub first_tier_count: usize,
    /// What those with some words were found by. `None`: every part of the query binds, the index is not ready, or
    /// nobody asked for them.
    pub second_tier: Option<Arc<SecondTier>>,
    /// Hits over the rows with all words, exact up to 9 999; 10 000 means more.
    pub hits: usize,
    /// The answer is complete. If not, others may follow, and those with some of the words.
    pub complete: bool,
    /// Those with some of the words come in another complete answer: they take the index, which is being built.
    pub awaits_index: bool,
    /// The number of conversations that the library held.
    pub searched: usize,
    /// The reasons when nothing was found: what each clause of the query would find. May come in a second complete
    /// answer.
    pub unmatched_clauses: Vec<ClauseCounts>,
}

/// What the conversations with some of the words were found by.
#[derive(Clone, Debug)]
pub struct SecondTier {
    /// The words that need not all be there, as they were typed.
    pub words: Vec<String>,
    /// Those of them that are in no title and no message, not even as a piece of a word.
    pub nowhere: Vec<String>,
    /// What stands for words that hardly occur or are abbreviations.
    pub substitutions: Vec<Substitution>,
    /// Finds the words, and what stands for them, in these conversations.
    pub matcher: Matcher,
}

impl SecondTier {
    /// Returns the words that a row lacks.
    pub fn missing(&self, row: &Row) -> impl Iterator<Item = &str> {
        missing_words(&self.words, row)
    }
}

/// Returns those of a query's words that a row lacks.
pub(super) fn missing_words<'a>(words: &'a [String], row: &Row) -> impl Iterator<Item = &'a str> {
    let missing = if let Tier::SomeWords { missing } = row.tier { missing } else { 0 };
    let is_missing = move |&(number, _): &(usize, &String)| missing >> (number & 63) & 1 == 1;
    words.iter().enumerate().filter(is_missing).map(|(_, word)| word.as_str())
}

/// One clause of a query that found nothing, and what it would find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseCounts {
    /// The clause as it would be typed.
    pub clause: String,
    /// The number of conversations that match it alone.
    pub found: usize,
    /// The number of conversations that match the query without it.
    pub without: usize,
}

impl Results {
    fn of(engine: &Engine, rows: Vec<Row>, hits: usize, complete: bool) -> Self {
        Self {
            serial: 0,
            first_tier_count: rows.len(),
            rows: Arc::new(rows),
            second_tier: None,
            hits,
            complete,
            awaits_index: false,
            searched: engine.library().len(),
            unmatched_clauses: Vec::new(),
        }
    }
}

/// A job for the search thread.
#[derive(Debug)]
enum SearchJob {
    Search(Request),
    Prepare(Arc<Library>),
}

/// The search thread. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    jobs: mpsc::Sender<SearchJob>,
    /// The newest request: all others are stale.
    newest: Arc<AtomicU64>,
}

impl Worker {
    /// Starts the thread. It calls `answer` for each request that is not cancelled, any number of times with an
    /// incomplete answer, then with the complete one. When that has no rows, it may come again with the reasons.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(answer: impl Fn(Results) + Send + 'static) -> io::Result<Self> {
        let (jobs, inbox) = mpsc::channel();
        let newest = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&newest);
        thread::Builder::new().name("search".into()).spawn(move || run(&inbox, &current, &answer))?;
        Ok(Self { jobs, newest })
    }

    /// Asks; a request that was asked before and is not answered yet never will be.
    pub fn ask(&self, request: Request) {
        self.newest.fetch_max(request.serial, Ordering::Relaxed);
        // The thread outlives the sender, unless `answer` panicked: then nobody is there to be told.
        let _ = self.jobs.send(SearchJob::Search(request));
    }

    /// Says that a library is complete: until the next request, and between requests, its index is built. Otherwise
    /// that waits for a moment of silence, so as not to take the cores from loading.
    pub fn prepare(&self, library: Arc<Library>) {
        let _ = self.jobs.send(SearchJob::Prepare(library));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it is doing is stale now.
        self.newest.store(u64::MAX, Ordering::Relaxed);
    }
}

fn run(inbox: &mpsc::Receiver<SearchJob>, newest: &Arc<AtomicU64>, answer: &dyn Fn(Results)) {
    let mut engine = Engine::default();
    let mut served = 0;
    // Nothing is indexed before somebody has asked or a library is complete.
    let mut idle_delay = IDLE_DELAY;
    let mut is_complete = false;
    // The parts of the index are few and large.
    let mut is_tidy = true;
    // The last request, if it was answered without the whole index.
    let mut waiting: Option<Request> = None;
    loop {
        let job = if is_tidy && engine.unindexed().is_empty() {
            inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            inbox.recv_timeout(idle_delay)
        };
        let job = match job {
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                let is_stale = || newest.load(Ordering::Relaxed) > served;
                is_tidy = !prepare(&mut engine, &is_stale);
                if engine.unindexed().is_empty()
                    && let Some(request) = waiting.take()
                {
                    let send = |results: Results| answer(Results { serial: served, ..results });
                    let interruption = Interruption::new(Arc::clone(newest), served);
                    let _ = Interruption::during(Some(interruption), || {
                        respond(&mut engine, &request, &is_stale, &send)
                    });
                }
                idle_delay = Duration::ZERO;
                continue;
            }
            Ok(job) => job,
        };
        let mut request = None;
        for job in std::iter::once(job).chain(inbox.try_iter()) {
            match job {
                SearchJob::Search(newer) => request = Some(newer),
                SearchJob::Prepare(library) => {
                    engine.set_library(&library);
                    is_complete = true;
                }
            }
        }
        if let Some(request) = request {
            served = request.serial;
            let is_known = Arc::ptr_eq(&request.library, engine.library());
            is_complete &= is_known;
            engine.set_library(&request.library);
            let send = |results: Results| answer(Results { serial: served, ..results });
            let is_stale = || newest.load(Ordering::Relaxed) > served;
            // `None`: it was cancelled, and the next request is on its way.
            let interruption = Interruption::new(Arc::clone(newest), served);
            let _ =
                Interruption::during(Some(interruption), || respond(&mut engine, &request, &is_stale, &send));
            // The second tier takes the index: when that is built the answer comes again.
            waiting = (!engine.unindexed().is_empty()).then_some(request);
        }
        idle_delay = if is_complete { Duration::ZERO } else { IDLE_DELAY };
    }
}

/// Builds the next step of the index, or makes its parts fewer. Returns whether there was anything to do.
fn prepare(engine: &mut Engine, is_stale: &(dyn Fn() -> bool + Sync)) -> bool {
    let library = Arc::clone(engine.library());
    let steps = index_steps(&library, engine.unindexed());
    // A draft that is broken off is kept as far as it came.
    let drafts = map_finished_chunks(steps.len(), 1, &|| false, &|range| {
        steps.get(range.start).map(|handles| IndexDraft::of(&library, handles.clone(), is_stale))
    });
    // Runs follow each other without a gap: one that was broken off ends what can be added.
    for (expected, (chunk, draft)) in drafts.into_iter().enumerate() {
        if chunk != expected {
            break;
        }
        let is_whole = draft.len() == steps[chunk].len();
        engine.index(&draft);
        if !is_whole {
            break;
        }
    }
    let is_tidied = engine.tidy_index(is_stale);
    !steps.is_empty() || is_tidied || is_stale()
}

/// Cuts handles into runs of about [`INDEX_STEP`] bytes of text, as many as there are threads.
fn index_steps(library: &Library, handles: Range<u32>) -> Vec<Range<u32>> {
    let mut steps = Vec::new();
    let (mut start, mut bytes) = (handles.start, 0);
    for handle in handles.clone() {
        bytes += library.get(ConversationHandle(handle)).readable_text().len();
        if bytes >= INDEX_STEP {
            steps.push(start..handle + 1);
            (start, bytes) = (handle + 1, 0);
            if steps.len() == parallel::available(MAX_INDEX_THREADS) {
                return steps;
            }
        }
    }
    if start < handles.end {
        steps.push(start..handles.end);
    }
    steps
}
