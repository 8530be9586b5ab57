//! ctrl-c while files are being written: what is done stays whole, and nothing half done is left behind.
//!
//! Only there. Elsewhere a signal ends the program as it ends any other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A request of the person, or the system, to stop. From when it is made to the end of the program, the first
/// signal is only noted here; the second one ends the program on the spot.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    flag: Arc<AtomicBool>,
}

impl Interrupt {
    /// Begins to watch.
    pub fn watch() -> Self {
        let watch = Self::default();
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP]
        {
            // In this order: the shutdown looks at what the one before it has set. A signal that cannot be watched
            // ends us as always, and leaves a temporary file at worst.
            let _ = signal_hook::flag::register_conditional_shutdown(signal, 2, Arc::clone(&watch.flag));
            let _ = signal_hook::flag::register(signal, Arc::clone(&watch.flag));
        }
        watch
    }

    /// Returns whether it is time to stop.
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}
