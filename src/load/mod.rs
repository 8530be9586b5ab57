//! The pipeline: bytes are cut into objects, objects parsed into conversations, conversations sent off in batches.
//!
//! As many threads as there are cores, all alike. Each first claims members to read: it inflates a piece, cuts it
//! into whole objects ([`crate::archive::cut`]) and puts both into a short queue. When the queue is full it parses
//! the piece itself; when no member is left to claim it parses what others put in. So one member keeps one thread
//! inflating and the rest parsing, a split export inflates on all of them, and nobody waits for anybody for long.
//!
//! A piece is about a megabyte: it stays in the cache from inflating to parsing. Its buffer goes back to be filled
//! again. An object that does not fit makes its buffer grow, up to the limit for one conversation.

mod account;
mod queue;
mod read;
mod report;
mod work;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use crate::{archive::Archive, conversation::Conversation};

pub use report::{ArchiveReport, MemberReport, Report, Skipped};
use work::Work;

/// What a load tells while it runs; sent from several threads.
#[derive(Debug)]
pub enum Arrival {
    /// Conversations, about as they stand in the archive; every tenth of a second, the first at once.
    Batch(Vec<Conversation>),
    /// How far it is.
    Progress(Progress),
}

/// How far a load is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Inflated bytes read.
    pub bytes: u64,
    /// Of so many, as the archives declare; never trusted for allocation.
    pub total: u64,
    /// Milliseconds since the load began.
    pub milliseconds: u64,
}

/// Seconds that threads spent in each stage; several threads at once count several times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// Reading, inflating and checking.
    pub inflate: f64,
    /// Cutting into objects.
    pub cut: f64,
    /// Parsing into conversations.
    pub parse: f64,
}

/// Reads all conversations; blocks until done or cancelled. `sink` is called from several threads. Whoever sets
/// `cancel`, be it the sink itself, ends the load within a piece.
pub fn load(archives: &[Archive], cancel: &AtomicBool, sink: &(dyn Fn(Arrival) + Sync)) -> Report {
    // More would wait for the inflating of one member, and each holds pieces in memory.
    const MOST_THREADS: usize = 16;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_THREADS);
    load_with(threads, archives, cancel, sink)
}

/// [`load`] on so many threads, this one counted.
pub fn load_with(
    threads: usize,
    archives: &[Archive],
    cancel: &AtomicBool,
    sink: &(dyn Fn(Arrival) + Sync),
) -> Report {
    let start = Instant::now();
    let work = Work::new(archives, threads, cancel, sink, start);
    std::thread::scope(|scope| {
        for number in 1..threads {
            let work = &work;
            let spawned =
                std::thread::Builder::new().name(format!("load-{number}")).spawn_scoped(scope, || work.run());
            if spawned.is_err() {
                work.absent();
            }
        }
        work.run();
    });
    let mut report = work.account();
    report.seconds = start.elapsed().as_secs_f64();
    report.cancelled = cancel.load(Ordering::Relaxed);
    report
}
