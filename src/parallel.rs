//! The same work on several threads, which take their parts of it from one store.

use std::{num::NonZero, panic::resume_unwind, thread};

/// How many threads work at the same time at best; `most` if there are more processors.
pub fn available(most: usize) -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(most)
}

/// Does `work` on so many threads, this one counted, and gives what came of it on each of them, here first. A thread that
/// the system does not give is done without: then the others find more to do. A panic on any of them is one here, after
/// all have ended.
pub fn together<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let spawned = (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, &work).ok());
        let others: Vec<_> = spawned.collect();
        let here = work();
        let others =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        std::iter::once(here).chain(others).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_threads_take_from_one_store_until_it_is_empty() {
        let next = AtomicUsize::new(0);
        let taken = together(3, || {
            std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&it| it < 1_000)).count()
        });
        assert_eq!((taken.len(), taken.iter().sum::<usize>()), (3, 1_000));
    }

    #[test]
    #[should_panic(expected = "on another thread")]
    fn a_panic_on_another_thread_is_one_here() {
        let here = thread::current().id();
        together(2, || assert_eq!(thread::current().id(), here, "on another thread"));
    }
}
