//! The search thread: takes requests, answers with pages, and builds the index while nobody asks.
//!
//! Only here are threads and a clock. A newer request cancels the older one at the next conversation. The first page
//! is sent as soon as it is known, and again from time to time, until the answer is complete.

mod chunks;
mod respond;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

pub use self::respond::search;
use self::{chunks::map_finished_chunks, respond::respond};
use super::{Query, Score, engine::Engine, index::IndexSegment, matching::Interruption};
use crate::library::{Handle, Library};

/// Conversations that are indexed in one step.
const INDEX_STEP: usize = 256;
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
}

/// One conversation found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The conversation.
    pub handle: Handle,
    /// The message to open at. `None`: the title alone matched.
    pub best_message: Option<u32>,
    /// The rank.
    pub score: Score,
}

/// An answer: at first a page, in the end the whole.
#[derive(Clone, Debug)]
pub struct Results {
    /// The number of the request.
    pub serial: u64,
    /// The conversations found, best first or newest first.
    pub rows: Arc<Vec<Row>>,
    /// Hits over all rows, exact up to 9 999; 10 000 means more.
    pub hits: usize,
    /// The answer is complete. If not, the rows are those of the newest conversations.
    pub complete: bool,
    /// The number of conversations that the library held.
    pub searched: usize,
    /// The reasons when nothing was found: what each clause of the query would find. May come in a second complete
    /// answer.
    pub unmatched_clauses: Vec<ClauseCounts>,
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
        let searched = engine.library().len();
        Self { serial: 0, rows: Arc::new(rows), hits, complete, searched, unmatched_clauses: Vec::new() }
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
    // Nothing is indexed before somebody has asked.
    let mut rest = IDLE_DELAY;
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
            let _ = Interruption::during(Some(interruption), || {
                respond(&mut engine, &request.query, request.by_date, &is_stale, &send)
            });
        }
        rest = if is_complete { Duration::ZERO } else { IDLE_DELAY };
    }
}

/// Builds the next step of the index.
fn prepare(engine: &mut Engine, is_stale: &(dyn Fn() -> bool + Sync)) {
    let handles = engine.unindexed(INDEX_STEP);
    let library = Arc::clone(engine.library());
    let segments = map_finished_chunks(handles.len(), INDEX_STEP, is_stale, &|range| {
        let start = handles.start + range.start as u32;
        Some(IndexSegment::of(&library, start..start + range.len() as u32, is_stale))
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
