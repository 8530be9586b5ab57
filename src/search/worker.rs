//! The search thread: takes requests, answers with pages, and builds the index while nobody asks.
//!
//! Only here are threads and a clock. A newer request cancels the older one at the next conversation. The first page
//! is sent as soon as it is known, and again from time to time, until the answer is complete.

use std::{
    io,
    ops::{Range, RangeInclusive},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    Query, Score,
    engine::{Engine, FoundConversation, Plan},
    index::Segment,
};
use crate::{
    library::{Handle, Library},
    parallel,
};

/// Conversations that are indexed in one step.
const INDEX_STEP: usize = 256;
/// Conversations one thread takes at a time: few enough that no thread is left with a long end, and enough that
/// taking them costs nothing.
const CHUNK: RangeInclusive<usize> = 128..=256;
/// Chunks for each thread, if there are conversations for so many.
const CHUNKS_A_THREAD: usize = 8;
/// Conversations that are evaluated before the first page is considered, where one is quick and where one is slow.
/// Each further round is as long as all before it, up to a limit, so that starting and ending rounds costs little.
const FIRST_ROUND: usize = 4_096;
const FIRST_SLOW_ROUND: usize = 512;
const LONGEST_ROUND: usize = 8_192;
/// The time after which the first page of a longer answer is sent.
const PATIENCE: Duration = Duration::from_millis(6);
/// The time within which a complete answer is worth waiting for, without a first page.
const ONE_PIECE: Duration = Duration::from_millis(10);
/// The time between two pages of an incomplete answer.
const BETWEEN_PAGES: Duration = Duration::from_millis(80);
/// The silence after which the index is built: a library that is still loading needs the cores itself.
const REST: Duration = Duration::from_millis(200);
/// The most threads; more would only wait for memory.
const MOST_THREADS: usize = 8;

/// A search to do. A newer request cancels the older.
#[derive(Clone, Debug)]
pub struct Request {
    /// The number of the request, which comes back with the answer; greater is newer.
    pub generation: u64,
    /// The query.
    pub query: Query,
    /// The library to search. While an archive is loading: the library as it is now; ask again when it has grown, and
    /// only what was added is searched.
    pub library: Arc<Library>,
    /// The order: newest first instead of best first.
    pub by_date: bool,
}

/// One conversation found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The conversation.
    pub handle: Handle,
    /// The message to open at. `None`: the title alone matched.
    pub best: Option<u32>,
    /// The rank.
    pub score: Score,
}

/// An answer: at first a page, in the end the whole.
#[derive(Clone, Debug)]
pub struct Results {
    /// The generation of the request.
    pub generation: u64,
    /// The conversations found, best first or newest first.
    pub rows: Arc<Vec<Row>>,
    /// Hits over all rows, exact up to 9 999; 10 000 means more.
    pub hits: usize,
    /// The answer is complete. If not, the rows are those of the newest conversations.
    pub complete: bool,
    /// The number of conversations that the library held.
    pub searched: usize,
    /// The reasons when nothing was found: what each part of the query would find. May come in a second complete
    /// answer.
    pub missing: Vec<Missing>,
}

/// One part of a query that found nothing, and what it would find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The part as it would be typed.
    pub word: String,
    /// The number of conversations that match it alone.
    pub found: usize,
    /// The number of conversations that match the query without it.
    pub without: usize,
}

/// A job for the search thread.
#[derive(Debug)]
enum Job {
    Search(Request),
    Prepare(Arc<Library>),
}

/// The search thread. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    jobs: mpsc::Sender<Job>,
    /// The newest generation that was asked for: all others are stale.
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
        self.newest.fetch_max(request.generation, Ordering::Relaxed);
        // The thread outlives the sender, unless `answer` panicked: then nobody is there to be told.
        let _ = self.jobs.send(Job::Search(request));
    }

    /// Says that a library is complete: until the next request, and between requests, its index is built. Otherwise
    /// that waits for a moment of silence, so as not to take the cores from loading.
    pub fn prepare(&self, library: Arc<Library>) {
        let _ = self.jobs.send(Job::Prepare(library));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it is doing is stale now.
        self.newest.store(u64::MAX, Ordering::Relaxed);
    }
}

fn run(inbox: &mpsc::Receiver<Job>, newest: &AtomicU64, answer: &dyn Fn(Results)) {
    let mut engine = Engine::default();
    let mut served = 0;
    // Nothing is indexed before somebody has asked.
    let mut rest = REST;
    let mut is_complete = false;
    loop {
        let job = if engine.unindexed(1).is_empty() {
            inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            inbox.recv_timeout(rest)
        };
        let job = match job {
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                prepare(&mut engine, &|| newest.load(Ordering::Relaxed) > served);
                rest = Duration::ZERO;
                continue;
            }
            Ok(job) => job,
        };
        let mut request = None;
        for job in std::iter::once(job).chain(inbox.try_iter()) {
            match job {
                Job::Search(newer) => request = Some(newer),
                Job::Prepare(library) => {
                    engine.set_library(&library);
                    is_complete = true;
                }
            }
        }
        if let Some(request) = request {
            served = request.generation;
            let is_known = Arc::ptr_eq(&request.library, engine.library());
            is_complete &= is_known;
            engine.set_library(&request.library);
            let send = |results: Results| answer(Results { generation: served, ..results });
            let is_stale = || newest.load(Ordering::Relaxed) > served;
            // `None`: it was cancelled, and the next request is on its way.
            let _ = respond(&mut engine, &request.query, request.by_date, &is_stale, &send);
        }
        rest = if is_complete { Duration::ZERO } else { REST };
    }
}

/// Builds the next step of the index.
fn prepare(engine: &mut Engine, is_stale: &(dyn Fn() -> bool + Sync)) {
    let handles = engine.unindexed(INDEX_STEP);
    let library = Arc::clone(engine.library());
    let segments = map_finished_chunks(handles.len(), INDEX_STEP, is_stale, &|range| {
        let start = handles.start + range.start as u32;
        Some(Segment::of(&library, start..start + range.len() as u32, is_stale))
    });
    // Segments follow each other without a gap: one that was broken off ends what can be added.
    for (expected, (chunk, segment)) in segments.into_iter().enumerate() {
        if chunk != expected {
            break;
        }
        let is_whole = segment.len() == INDEX_STEP;
        engine.index(segment);
        if !is_whole {
            break;
        }
    }
}

/// Searches at once, on the calling thread: for the subcommands and tests.
pub fn search(query: &Query, library: &Library, by_date: bool) -> Results {
    let mut engine = Engine::default();
    engine.set_library(&Arc::new(library.clone()));
    let complete = std::sync::Mutex::new(None);
    let _ = respond(&mut engine, query, by_date, &|| false, &|results| {
        if let Ok(mut complete) = complete.lock() {
            *complete = Some(results);
        }
    });
    complete.into_inner().ok().flatten().unwrap_or_else(|| Results::of(&engine, Vec::new(), 0, true))
}

impl Results {
    fn of(engine: &Engine, rows: Vec<Row>, hits: usize, complete: bool) -> Self {
        let searched = engine.library().len();
        Self { generation: 0, rows: Arc::new(rows), hits, complete, searched, missing: Vec::new() }
    }
}

/// Answers one request, in several pieces if it takes long. `None`: it was cancelled.
fn respond(
    engine: &mut Engine,
    query: &Query,
    by_date: bool,
    is_stale: &(dyn Fn() -> bool + Sync),
    send: &dyn Fn(Results),
) -> Option<()> {
    if query.is_empty() {
        let newest = engine.library().newest().iter();
        let rows = newest.map(|&handle| Row { handle, best: None, score: Score::default() }).collect();
        send(Results::of(engine, rows, 0, true));
        return Some(());
    }
    let start = Instant::now();
    let mut told = None;
    let plan = engine.plan(query);
    let mut found = Vec::new();
    let mut done = 0;
    let first = if plan.is_slow() { FIRST_SLOW_ROUND } else { FIRST_ROUND };
    while done < plan.len() {
        let round = done.clamp(first, LONGEST_ROUND).min(plan.len() - done);
        let pages = map_chunks(round, is_stale, &|range| {
            engine.evaluate_candidates(&plan, done + range.start..done + range.end, is_stale)
        })?;
        found.extend(pages.into_iter().flatten());
        done += round;
        let due = told.map_or(PATIENCE, |told: Duration| told + BETWEEN_PAGES);
        let elapsed = start.elapsed();
        let is_long = || elapsed.mul_f64(plan.len() as f64 / done as f64) > ONE_PIECE;
        if done < plan.len() && !found.is_empty() && elapsed > due && is_long() {
            let (found, hits) = engine.merge(&plan, &found);
            send(Results::of(engine, rows(found, by_date), hits, false));
            told = Some(start.elapsed());
        }
    }
    let (found, hits) = engine.merge(&plan, &found);
    let mut results = Results::of(engine, rows(found.clone(), by_date), hits, true);
    engine.remember(plan, found);
    if results.rows.is_empty() {
        // That nothing was found need not wait for why.
        let mut is_told = false;
        let mut impatient = || {
            if !is_told && start.elapsed() > PATIENCE {
                is_told = true;
                send(results.clone());
            }
        };
        results.missing = explain(engine, query, is_stale, &mut impatient)?;
    }
    send(results);
    Some(())
}

/// Sorts found conversations, newest first, into the order they are shown in.
fn rows(mut found: Vec<FoundConversation>, by_date: bool) -> Vec<Row> {
    if !by_date {
        // Stable: ties stay newest first.
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
    }
    found.iter().map(|found| Row { handle: found.handle, best: found.best(), score: found.score }).collect()
}

fn explain(
    engine: &mut Engine,
    query: &Query,
    is_stale: &(dyn Fn() -> bool + Sync),
    between: &mut dyn FnMut(),
) -> Option<Vec<Missing>> {
    let mut missing = Vec::new();
    for (word, only, without) in Engine::explanations(query) {
        let found = count(engine, only, is_stale)?;
        between();
        missing.push(Missing { word, found, without: count(engine, without, is_stale)? });
        between();
    }
    Some(missing)
}

/// Counts the conversations that match. `None`: it was cancelled.
fn count(engine: &mut Engine, query: Query, is_stale: &(dyn Fn() -> bool + Sync)) -> Option<usize> {
    if let Some(count) = engine.known_count(&query) {
        return Some(count);
    }
    let plan: Plan = engine.plan(&query);
    let counts = map_chunks(plan.len(), is_stale, &|range| engine.count(&plan, range, is_stale))?;
    let count = counts.into_iter().sum();
    engine.remember_count(query, count);
    Some(count)
}

/// Maps `count` pieces of work in chunks of a good size, on all cores. Returns the results of the chunks in order.
/// `None`: one gave up.
fn map_chunks<T: Send>(
    count: usize,
    is_stale: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(Range<usize>) -> Option<T> + Sync),
) -> Option<Vec<T>> {
    let size = count
        .div_ceil(parallel::available(MOST_THREADS) * CHUNKS_A_THREAD)
        .clamp(*CHUNK.start(), *CHUNK.end());
    let done = map_finished_chunks(count, size, is_stale, work);
    (done.len() == count.div_ceil(size)).then(|| done.into_iter().map(|(_, result)| result).collect())
}

/// Maps `count` pieces of work in chunks of `size`, on all cores. Returns the results of the chunks that were
/// finished, with their numbers.
fn map_finished_chunks<T: Send>(
    count: usize,
    size: usize,
    is_stale: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(Range<usize>) -> Option<T> + Sync),
) -> Vec<(usize, T)> {
    let chunks = count.div_ceil(size);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(chunks));
    let take = || {
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks || is_stale() {
                return;
            }
            let start = chunk * size;
            let Some(result) = work(start..count.min(start + size)) else { return };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((chunk, result));
        }
    };
    parallel::together(parallel::available(MOST_THREADS).min(chunks), &take);
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|&(chunk, _)| chunk);
    done
}
