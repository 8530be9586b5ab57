//! Runs one closure on several threads.
//!
//! It is a `&dyn Fn`, since a generic version makes the program a quarter of a megabyte larger.

use std::{num::NonZero, panic::resume_unwind, thread};

/// Returns the number of threads that work best at the same time; `max_threads` if there are more processors.
pub fn available(max_threads: usize) -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(max_threads)
}

/// Does `work` on this many threads, the calling one included. A thread that the system does not give is done
/// without: then the others find more to do. A panic on any of them is one here, after all have ended.
pub fn run_on_threads(threads: usize, work: &(dyn Fn() + Sync)) {
    thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).map_while(spawn).collect();
        work();
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_threads_take_from_one_store_until_it_is_empty() {
        let (next, taken, threads) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        run_on_threads(3, &|| {
            threads.fetch_add(1, Ordering::Relaxed);
            while next.fetch_add(1, Ordering::Relaxed) < 1_000 {
                taken.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!((threads.into_inner(), taken.into_inner()), (3, 1_000));
    }

    #[test]
    #[should_panic(expected = "on another thread")]
    fn a_panic_on_another_thread_is_one_here() {
        let here = thread::current().id();
        run_on_threads(2, &|| assert_eq!(thread::current().id(), here, "on another thread"));
    }
}
