//! The pipeline: bytes are cut into objects, objects parsed into conversations, conversations sent off in batches. It
//! knows no provider's format and keeps no conversation: the caller's `sink` gets them.
//!
//! As many threads as there are cores, all alike. Each first claims members to read: it inflates a piece, cuts it
//! into whole objects ([`crate::archive::cut`]) and puts both into a short queue. When the queue is full it parses
//! the piece itself; when no member is left to claim it parses what others put in. So one member keeps one thread
//! inflating and the rest parsing, a split export inflates on all of them, and nobody waits for anybody for long.
//!
//! A piece is about a megabyte: it stays in the cache from inflating to parsing. Its buffer goes back to be filled
//! again. An object that does not fit makes its buffer grow, up to the limit for one conversation.

#![warn(clippy::cast_possible_truncation)]

mod event;
mod pastes;
mod pipeline;
mod queue;
mod read_member;
mod report;
mod task;
mod wanted_objects;
mod worker_output;

use std::sync::atomic::AtomicBool;

use hashbrown::HashSet;

pub use self::{
    event::{LoadEvent, Progress},
    report::{ArchiveReport, MemberReport, ReadProblem, Report, Stages},
};
use self::{pipeline::Pipeline, wanted_objects::WantedObjects, worker_output::WorkerOutput};
use crate::{archive::Archive, conversation::ObjectLocation, parallel};

/// Threads of a load: more would wait for the inflating of one member, and each holds pieces in memory.
const MAX_THREADS: usize = 16;

/// Reads all conversations; blocks until done or cancelled. `sink` is called from several threads. Whoever
/// sets `cancel`, be it the sink itself, ends the load within a piece. Archives past
/// [`MAX_ARCHIVES`](crate::archive::MAX_ARCHIVES) are not read.
pub fn load(archives: &[Archive], cancel: &AtomicBool, sink: &(dyn Fn(LoadEvent) + Sync)) -> Report {
    load_with(parallel::available(MAX_THREADS), archives, cancel, sink)
}

/// Reads all conversations as [`load`] does and hands over those of each piece as soon as they are parsed: for whoever
/// lets go of them, so that no more than a few pieces are in memory.
pub fn load_by_piece(archives: &[Archive], cancel: &AtomicBool, sink: &(dyn Fn(LoadEvent) + Sync)) -> Report {
    run_pipeline(Pipeline::new(archives, parallel::available(MAX_THREADS), cancel, sink).by_piece())
}

/// Reads some conversations again, by the locations of their objects, and hands them over as [`load_by_piece`] does.
/// What is not among `wanted` is passed over unparsed.
pub fn load_again(
    archives: &[Archive],
    wanted: &HashSet<ObjectLocation>,
    cancel: &AtomicBool,
    sink: &(dyn Fn(LoadEvent) + Sync),
) -> Report {
    let wanted = WantedObjects::new(wanted);
    let pipeline = Pipeline::new(archives, parallel::available(MAX_THREADS), cancel, sink);
    run_pipeline(pipeline.by_piece().only(wanted))
}

/// Reads all conversations as [`load`] does, on this many threads, the calling one included.
pub fn load_with(
    threads: usize,
    archives: &[Archive],
    cancel: &AtomicBool,
    sink: &(dyn Fn(LoadEvent) + Sync),
) -> Report {
    run_pipeline(Pipeline::new(archives, threads, cancel, sink))
}

/// Runs all threads of a load, the calling one included.
fn run_pipeline(pipeline: Pipeline<'_>) -> Report {
    std::thread::scope(|scope| {
        for number in 1..pipeline.threads() {
            let pipeline = &pipeline;
            let spawned = std::thread::Builder::new()
                .name(format!("load-{number}"))
                .spawn_scoped(scope, || run(pipeline));
            if spawned.is_err() {
                pipeline.thread_not_started();
            }
        }
        run(&pipeline);
    });
    read_documents(&pipeline);
    pipeline.report()
}

/// Reads the documents that no conversation names: which those are is known when all others have ended.
fn read_documents(pipeline: &Pipeline<'_>) {
    let mut output = WorkerOutput::new(pipeline.archives.len());
    for task in pipeline.documents() {
        read_member::read_member(pipeline, task.clone(), &mut output);
    }
    pipeline.drain(output);
}

/// Runs one thread's part, from the first member to the last object.
fn run(pipeline: &Pipeline<'_>) {
    let mut output = WorkerOutput::new(pipeline.archives.len());
    while let Some(task) = pipeline.claim() {
        read_member::read_member(pipeline, task.clone(), &mut output);
    }
    pipeline.finish(output);
}
