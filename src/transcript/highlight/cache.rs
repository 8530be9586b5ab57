//! The colours that came back for a transcript's code, and requests for those that are missing.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

use hashbrown::{HashMap, HashSet};

use super::{Code, CodeTones, HighlightId, HighlightRequest};

/// Coloured lines that are kept before they are thrown away.
const MAX_CACHED_LINES: usize = 400_000;
/// Code longer than this, in bytes, stays plain: colouring it would take seconds.
const MAX_CODE_LENGTH: usize = 200_000;

/// Colours by block of code, and the requests that nobody took yet.
#[derive(Debug)]
pub struct HighlightCache {
    known: HashMap<HighlightId, Rc<CodeTones>>,
    /// Lines in `known`.
    lines: usize,
    /// Requests are made while lines are laid out, when a block of code is met whose colours are missing.
    requests: RefCell<Requests>,
    /// Tells its jobs from those of another transcript.
    serial: u64,
}

#[derive(Debug, Default)]
struct Requests {
    jobs: HashSet<HighlightId>,
    /// Those of them that nobody took yet.
    wanted: Vec<HighlightRequest>,
}

impl HighlightCache {
    /// Makes an empty cache with a number of its own.
    pub fn new() -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Self { known: HashMap::new(), lines: 0, requests: RefCell::default(), serial }
    }

    /// Returns the colours of a message's code; requests them the first time they are missing.
    pub fn get_or_request(&self, message: usize, code: &Code) -> Option<Rc<CodeTones>> {
        let id =
            HighlightId { transcript: self.serial, message: message as u32, byte: code.source()? as u32 };
        let known = self.known.get(&id).cloned();
        let worth = !code.language.is_empty() && code.text().len() <= MAX_CODE_LENGTH;
        let mut requests = self.requests.borrow_mut();
        if known.is_none() && worth && requests.jobs.insert(id) {
            let (language, code) = (code.language.clone(), code.text().to_owned());
            requests.wanted.push(HighlightRequest { id, language, code });
        }
        known
    }

    /// Takes the requests made since it was called last.
    pub fn take_requests(&mut self) -> Vec<HighlightRequest> {
        std::mem::take(&mut self.requests.get_mut().wanted)
    }

    /// Keeps the colours of a block. Returns false when there are none, or when they are another
    /// transcript's.
    pub fn insert(&mut self, highlight_id: HighlightId, colors: CodeTones) -> bool {
        if highlight_id.transcript != self.serial || colors.is_empty() {
            return false;
        }
        let requests = &mut self.requests.get_mut().jobs;
        if self.lines > MAX_CACHED_LINES {
            self.known.clear();
            requests.clear();
            self.lines = 0;
        }
        self.lines += colors.len();
        requests.insert(highlight_id);
        self.known.insert(highlight_id, Rc::new(colors));
        true
    }
}
