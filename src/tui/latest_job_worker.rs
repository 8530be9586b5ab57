//! A thread that does one thing at a time: what is asked of it last counts, and what came before is given up.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use crate::search::matching::Interruption;

/// Work for such a thread. It asks from time to time whether it is still waited for, and gives up when it is not.
type Work = Box<dyn FnOnce(ShouldContinue<'_>) + Send>;

/// The question whether work is still waited for. Several threads may ask it.
pub(super) type ShouldContinue<'a> = &'a (dyn Fn() -> bool + Sync);

/// A thread for one kind of work; it ends when this is dropped.
#[derive(Debug)]
pub struct LatestJobWorker {
    work: Sender<(u64, Work)>,
    /// The number of what was asked for last.
    newest: Arc<AtomicU64>,
}

impl LatestJobWorker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(name: &str) -> io::Result<Self> {
        let (work, waiting) = channel::<(u64, Work)>();
        let newest = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&newest);
        let run = move || {
            while let Ok((number, work)) = waiting.recv() {
                let should_continue = || current.load(Ordering::Relaxed) == number;
                if should_continue() {
                    let interruption = Interruption::new(Arc::clone(&current), number);
                    Interruption::during(Some(interruption), || work(&should_continue));
                }
            }
        };
        thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self { work, newest })
    }

    /// Does something, instead of what was asked for before.
    pub fn ask(&self, work: impl FnOnce(ShouldContinue<'_>) + Send + 'static) {
        let number = self.stop();
        // The thread outlives the sender, unless some work panicked: then the program ends.
        let _ = self.work.send((number, Box::new(work)));
    }

    /// Gives up what it does; returns the number of what is asked for next.
    pub fn stop(&self) -> u64 {
        self.newest.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Drop for LatestJobWorker {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_last_counts() {
        let thread = LatestJobWorker::start("test").unwrap();
        let (done, results) = channel();
        let (begin, begun) = channel::<()>();
        let first = done.clone();
        thread.ask(move |should_continue| {
            begin.send(()).unwrap();
            while should_continue() {
                thread::yield_now();
            }
            first.send("given up").unwrap();
        });
        begun.recv().unwrap();
        let second = done.clone();
        thread.ask(move |_| second.send("never begun").unwrap());
        thread
            .ask(move |should_continue| done.send(if should_continue() { "done" } else { "stale" }).unwrap());
        assert_eq!(results.iter().take(2).collect::<Vec<_>>(), ["given up", "done"]);
    }
}
