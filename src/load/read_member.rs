//! Reads one member: fills a buffer, cuts it, hands it over, carries the tail along.

use std::{
    sync::{MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    pipeline::{LARGEST_SPARE, Pipeline},
    tally::Tally,
    task::{MemberPiece, Object, Task},
};
use crate::{
    archive::{
        self, Limits, Stream,
        cut::{self, Cut, CutEnd, ObjectCutter},
    },
    import, provider,
};

/// Bytes read and cut at once: small enough for the cache, large enough that handing over costs nothing.
pub(super) const PIECE: usize = 1 << 20;
/// The first piece of a member is smaller, so that the list is there at once.
const FIRST_PIECE: usize = 128 << 10;

/// The bytes that may be gone through, in one member, to find conversations behind broken ones.
const SEARCH: usize = 2 << 30;

/// The reason given for an element of the array that is not an object.
const NO_OBJECT: &str = "not an object";

/// A member while it is read.
struct MemberReader<'w, 'a> {
    pipeline: &'w Pipeline<'a>,
    task: Task,
    stream: Stream,
    cutter: ObjectCutter,
    /// Offset of the buffer's first byte in the member.
    base: u64,
    buffer: Vec<u8>,
    /// The bytes of it that are filled.
    filled: usize,
    limits: Limits,
    /// The reason for only passing over the object at hand, if it is not to be read.
    passing: Option<String>,
    /// The size of the object at hand when it was last searched for another one inside it, in bytes.
    searched: usize,
    /// The bytes that this search may still go through.
    search: usize,
    /// The lock that is held while the object at hand is a large one.
    large: Option<MutexGuard<'w, ()>>,
}

/// Reads a member to its end, to damage, or until the load is cancelled.
pub(super) fn read_member(pipeline: &Pipeline<'_>, task: Task, tally: &mut Tally) {
    let archive = &pipeline.archives[task.archive()];
    let stream = match archive.stream(&task.member) {
        Ok(stream) => stream,
        Err(fault) => return tally.lose(&task, 0, 0, 0, fault.to_string()),
    };
    let mut reader = MemberReader {
        pipeline,
        task,
        stream,
        cutter: ObjectCutter::new(),
        base: 0,
        buffer: pipeline.buffer(),
        filled: 0,
        limits: archive.limits(),
        passing: None,
        searched: 0,
        search: SEARCH,
        large: None,
    };
    reader.run(tally);
    let MemberReader { task, stream, buffer, .. } = reader;
    tally.read(&task, stream.produced(), stream.consumed());
    pipeline.recycle(buffer);
}

/// Returns how far an offset is behind the buffer's first byte. The buffer is in memory, so the distance fits.
fn distance(base: u64, offset: u64) -> usize {
    usize::try_from(offset - base).unwrap_or(usize::MAX)
}

impl MemberReader<'_, '_> {
    fn run(&mut self, tally: &mut Tally) {
        let mut piece = FIRST_PIECE;
        loop {
            if self.pipeline.stopped(self.task.archive()) {
                return;
            }
            let begun = Instant::now();
            let wanted = self.filled + piece;
            if self.buffer.len() < wanted {
                self.buffer.resize(wanted, 0);
            }
            let (count, fault) = self.stream.fill(&mut self.buffer[self.filled..wanted]);
            let inflated = Instant::now();
            let mut objects = Vec::new();
            if self.base == 0 && self.filled == 0 && archive::is_utf16(&self.buffer[..count.min(4)]) {
                return tally.lose(&self.task, 0, self.task.member.size, 0, archive::UTF16.to_owned());
            }
            self.filled += count;
            self.cut(self.filled - count, &mut objects, tally);
            let cut = Instant::now();
            tally.stages.inflate += (inflated - begun).as_secs_f64();
            tally.stages.cut += (cut - inflated).as_secs_f64();
            self.pipeline.progress(count as u64);
            // Read to the end even behind the array: the checksum stands there.
            if fault.is_some() || count < piece {
                self.end(fault.map(|fault| fault.to_string()), objects, tally);
                return;
            }
            self.hand_over(objects, tally);
            self.bound(tally);
            piece = PIECE;
        }
    }

    /// Cuts the buffer from `from` on.
    fn cut(&mut self, from: usize, objects: &mut Vec<Object>, tally: &mut Tally) {
        let base = self.base;
        let (passing, task) = (&mut self.passing, &self.task);
        self.cutter.feed(&self.buffer[from..self.filled], &mut |cut| match cut {
            Cut::Object(range) => match passing.take() {
                None => {
                    let range = distance(base, range.start)..distance(base, range.end);
                    objects.push(Object { range, whole: true });
                }
                Some(reason) => tally.lose(task, range.start, range.end - range.start, 1, reason),
            },
            Cut::Stray(range) => {
                let reason = passing.take().unwrap_or_else(|| NO_OBJECT.to_owned());
                tally.lose(task, range.start, range.end - range.start, 1, reason);
            }
        });
    }

    /// Sends the objects off with the buffer; moves what is not whole yet to the next one.
    fn hand_over(&mut self, objects: Vec<Object>, tally: &mut Tally) {
        let keep = self.cutter.pending().filter(|_| self.passing.is_none());
        let keep = keep.map_or(self.filled, |start| distance(self.base, start));
        if objects.is_empty() {
            // Nothing whole: keep what is pending at the front, and go on behind it.
            if keep > 0 {
                self.buffer.copy_within(keep..self.filled, 0);
                self.filled -= keep;
                self.base += keep as u64;
            }
            return;
        }
        let mut next = self.pipeline.buffer();
        let tail = &self.buffer[keep..self.filled];
        if next.len() < tail.len() {
            next.resize(tail.len(), 0);
        }
        next[..tail.len()].copy_from_slice(tail);
        let filled = tail.len();
        let bytes = std::mem::replace(&mut self.buffer, next);
        tally.found(&self.task, objects.len() as u64);
        let piece = MemberPiece { task: self.task.clone(), base: self.base, bytes, objects };
        self.base += keep as u64;
        self.filled = filled;
        self.pipeline.submit(piece, tally);
        self.large = None;
    }

    /// Bounds an object that has outgrown a piece: it may be broken, too large, or simply large.
    fn bound(&mut self, tally: &mut Tally) {
        if self.passing.is_none()
            && self.filled > LARGEST_SPARE
            && self.filled >= self.searched.saturating_mul(2)
        {
            self.searched = self.filled;
            let mut objects = Vec::new();
            if self.resume(&mut objects, tally) {
                self.hand_over(objects, tally);
            }
        }
        if self.passing.is_none() && self.filled > LARGEST_SPARE {
            let most = self.limits.conversation_bytes.min(Limits::LARGEST_OBJECT);
            if self.large.is_none() {
                self.large = Some(self.pipeline.large.lock().unwrap_or_else(PoisonError::into_inner));
            }
            if self.filled as u64 > most {
                self.passing = Some(format!("larger than {} MB (--limit-conversation-mb)", most >> 20));
            } else if !self.pipeline.fits_in_memory(self.filled as u64) {
                self.passing = Some(self.pipeline.memory_used_up());
            }
        }
        if self.filled <= LARGEST_SPARE {
            self.searched = 0;
        }
        if self.passing.is_some() {
            self.base += self.filled as u64;
            self.filled = 0;
            self.large = None;
            if self.buffer.len() > LARGEST_SPARE {
                self.buffer = self.pipeline.buffer();
            }
        }
    }

    /// Looks for the next conversation inside the object at hand. A quote or brace lost in one would
    /// otherwise swallow all that follow. Only a whole object with messages counts as one.
    fn resume(&mut self, objects: &mut Vec<Object>, tally: &mut Tally) -> bool {
        let Some(start) = self.cutter.pending() else { return false };
        let first = distance(self.base, start);
        let pending = &self.buffer[first..self.filled];
        let next = cut::starts(pending).find(|&at| {
            if self.search == 0 {
                return false;
            }
            let object = cut::first_object(&pending[at..]);
            let cost = object.map_or(pending.len() - at, <[u8]>::len);
            self.search = self.search.saturating_sub(cost);
            object.is_some_and(import::is_conversation)
        });
        let Some(next) = next.map(|next| first + next) else { return false };
        if matches!(self.cutter.finish(), CutEnd::InStray(_)) {
            tally.lose(&self.task, start, (next - first) as u64, 1, NO_OBJECT.to_owned());
        } else {
            objects.push(Object { range: first..next, whole: false });
        }
        self.cutter = ObjectCutter::between(self.base + next as u64);
        self.cut(next, objects, tally);
        true
    }

    /// Decides whether the member is an empty object or null, as some are in most exports.
    fn says_nothing(&self) -> bool {
        self.base == 0 && matches!(self.buffer[..self.filled].trim_ascii(), b"{}" | b"null")
    }

    /// Ends the member: it has no more bytes, or can be read no further.
    fn end(&mut self, fault: Option<String>, mut objects: Vec<Object>, tally: &mut Tally) {
        let end = self.stream.produced();
        // A last object that is not whole is shown as far as it goes; the report says so.
        while self.passing.is_none()
            && matches!(self.cutter.finish(), CutEnd::InObject(_) | CutEnd::InStray(_))
        {
            if !self.resume(&mut objects, tally) {
                break;
            }
        }
        match self.cutter.finish() {
            CutEnd::InObject(start) => match self.passing.take() {
                Some(reason) => tally.lose(&self.task, start, end - start, 1, reason),
                None => objects.push(Object { range: distance(self.base, start)..self.filled, whole: false }),
            },
            CutEnd::InStray(start) => {
                let reason = self.passing.take().unwrap_or_else(|| NO_OBJECT.to_owned());
                tally.lose(&self.task, start, end - start, 1, reason);
            }
            CutEnd::Foreign
                if fault.is_none()
                    && !self.says_nothing()
                    && !provider::holds_knowledge(&self.task.member.name) =>
            {
                tally.lose(&self.task, 0, end, 0, "no array of conversations in it".to_owned());
            }
            CutEnd::Unclosed if fault.is_none() => {
                tally.lose(&self.task, end, 0, 0, "the array of conversations is not closed".to_owned());
            }
            CutEnd::Whole | CutEnd::Blank | CutEnd::Foreign | CutEnd::Unclosed => {}
        }
        if let Some(reason) = fault {
            tally.lose(&self.task, end, 0, 0, reason);
        }
        if !objects.is_empty() {
            // Nothing follows: there is no tail to carry along, which may be all of a large object.
            tally.found(&self.task, objects.len() as u64);
            let bytes = std::mem::take(&mut self.buffer);
            self.pipeline
                .submit(MemberPiece { task: self.task.clone(), base: self.base, bytes, objects }, tally);
        }
    }
}
