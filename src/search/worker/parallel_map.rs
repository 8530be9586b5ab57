//! Maps work over runs of conversations, on all cores (no chunks of a message).

use std::{
    ops::{Range, RangeInclusive},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{parallel, search::matching::Interruption};

/// Conversations one thread takes at a time: few enough that no thread is left with a long end, and enough that
/// taking them costs nothing.
const CHUNK: RangeInclusive<usize> = 128..=256;
/// Chunks for each thread, if there are conversations for this many.
const CHUNKS_A_THREAD: usize = 8;
/// The most threads; more would only wait for memory.
const MAX_THREADS: usize = 8;

/// Maps `count` pieces of work in chunks of a good size, on all cores. Returns the results of the chunks in order.
/// `None`: one gave up.
pub(super) fn map_chunks<T: Send>(
    count: usize,
    is_stale: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(Range<usize>) -> Option<T> + Sync),
) -> Option<Vec<T>> {
    let size = count
        .div_ceil(parallel::available(MAX_THREADS) * CHUNKS_A_THREAD)
        .clamp(*CHUNK.start(), *CHUNK.end());
    let done = map_finished_chunks(count, size, is_stale, work);
    (done.len() == count.div_ceil(size)).then(|| done.into_iter().map(|(_, result)| result).collect())
}

/// Maps `count` pieces of work in chunks of `size`, on all cores. Returns the results of the chunks that were
/// finished, with their numbers.
pub(super) fn map_finished_chunks<T: Send>(
    count: usize,
    size: usize,
    is_stale: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(Range<usize>) -> Option<T> + Sync),
) -> Vec<(usize, T)> {
    let chunks = count.div_ceil(size);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(chunks));
    let interruption = Interruption::current();
    let take = || {
        let work = |range| Interruption::during(interruption.clone(), || work(range));
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks || is_stale() {
                return;
            }
            let start = chunk * size;
            let Some(result) = work(start..count.min(start + size)) else { return };
            // What was given up in the middle is no result.
            if is_stale() {
                return;
            }
            done.lock().unwrap_or_else(PoisonError::into_inner).push((chunk, result));
        }
    };
    parallel::run_on_threads(parallel::available(MAX_THREADS).min(chunks), &take);
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|&(chunk, _)| chunk);
    done
}
