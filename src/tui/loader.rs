//! Reads the archives on a thread of its own and hands what arrives to the app.
//!
//! How often that is, the pipeline decides: a few times in a tenth of a second, which is pleasant to look at and costs
//! a slow line little.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
};

use super::{Event, action::Action};
use crate::{
    archive::Archive,
    load::{self, LoadEvent, Progress},
};

/// Starts reading. Setting `cancel` ends it, also in the middle of a member.
pub fn start(archives: Arc<Vec<Archive>>, cancel: Arc<AtomicBool>, events: Sender<Event>) -> io::Result<()> {
    let read = move || {
        let latest = Mutex::new(Progress::default());
        let report = load::load(&archives, &cancel, &|arrival| {
            let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
            let arrived = match arrival {
                LoadEvent::Batch(batch) => Action::Arrived(batch, *latest),
                LoadEvent::Progress(progress) => {
                    *latest = progress;
                    Action::Arrived(Vec::new(), progress)
                }
            };
            if events.send(Event::Action(arrived)).is_err() {
                cancel.store(true, Ordering::Relaxed);
            }
        });
        // A closed channel means that the app is leaving.
        let _ = events.send(Event::Action(Action::Loaded(Box::new(report))));
    };
    thread::Builder::new().name("loader".into()).spawn(read).map(drop)
}
