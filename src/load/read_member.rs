//! Reads one member: fills a buffer, cuts it, hands it over, carries the tail along.

use std::{
    ops::Range,
    sync::{MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    pipeline::{MAX_SPARE_SIZE, Pipeline},
    task::{MemberPiece, MemberTask, Object},
    worker_output::WorkerOutput,
};
use crate::{
    archive::{
        self, Limits, Stream,
        cut::{self, Cut, CutEnd, ObjectCutter},
    },
    import::{self, ImportCounts},
    provider,
};

/// Bytes read and cut at once: small enough for the cache, large enough that handing over costs nothing.
pub(super) const PIECE: usize = 1 << 20;
/// The first piece of a member is smaller, so that the list is there at once.
const FIRST_PIECE: usize = 128 << 10;

/// The bytes that may be gone through, in one member, to find conversations after broken ones.
const RESUME_BUDGET: usize = 2 << 30;

/// The reason given for an element of the array that is not an object.
const NO_OBJECT: &str = "not an object";

/// A member while it is read.
struct MemberReader<'w, 'a> {
    pipeline: &'w Pipeline<'a>,
    task: MemberTask,
    stream: Stream,
    cutter: ObjectCutter,
    /// Offset of the buffer's first byte in the member.
    base: u64,
    buffer: Vec<u8>,
    /// The bytes of it that are filled.
    filled: usize,
    limits: Limits,
    /// The reason for only passing over the object at hand, if it is not to be read.
    skip_reason: Option<String>,
    /// The size of the object at hand when it was last searched for another one inside it, in bytes.
    last_resume_size: usize,
    /// The bytes that this search may still go through.
    resume_budget: usize,
    /// The lock that is held while the object at hand is a large one.
    large: Option<MutexGuard<'w, ()>>,
}

/// Reads a member to its end, to damage, or until the load is cancelled.
pub(super) fn read_member(pipeline: &Pipeline<'_>, task: MemberTask, output: &mut WorkerOutput) {
    let archive = &pipeline.archives[task.archive()];
    let stream = match archive.stream(&task.member) {
        Ok(stream) => stream,
        Err(fault) => return output.add_lost_range(&task, 0, 0, 0, fault.to_string()),
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
        skip_reason: None,
        last_resume_size: 0,
        resume_budget: RESUME_BUDGET,
        large: None,
    };
    reader.run(output);
    let MemberReader { task, stream, buffer, .. } = reader;
    output.add_bytes(&task, stream.produced(), stream.consumed());
    pipeline.recycle(buffer);
}

/// Returns how far an offset is behind the buffer's first byte. The buffer is in memory, so the distance fits.
fn distance(base: u64, offset: u64) -> usize {
    usize::try_from(offset - base).unwrap_or(usize::MAX)
}

impl MemberReader<'_, '_> {
    fn run(&mut self, output: &mut WorkerOutput) {
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
                return output.add_lost_range(
                    &self.task,
                    0,
                    self.task.member.size,
                    0,
                    archive::UTF16_REFUSAL.to_owned(),
                );
            }
            self.filled += count;
            self.cut(self.filled - count, &mut objects, output);
            let cut = Instant::now();
            output.stages.inflate += (inflated - begun).as_secs_f64();
            output.stages.cut += (cut - inflated).as_secs_f64();
            self.pipeline.progress(count as u64);
            // Read to the end even after the array: the checksum stands there.
            if fault.is_some() || count < piece {
                self.end(fault.map(|fault| fault.to_string()), objects, output);
                return;
            }
            self.hand_over(objects, output);
            if !self.pipeline.wants_after(&self.task, self.base) {
                return;
            }
            self.limit_object(output);
            piece = PIECE;
        }
    }

    /// Cuts the buffer from `from` on.
    fn cut(&mut self, from: usize, objects: &mut Vec<Object>, output: &mut WorkerOutput) {
        let base = self.base;
        let (skip_reason, task) = (&mut self.skip_reason, &self.task);
        self.cutter.feed(&self.buffer[from..self.filled], &mut |cut| match cut {
            Cut::Object(range) => match skip_reason.take() {
                None => {
                    let range = distance(base, range.start)..distance(base, range.end);
                    objects.push(Object { range, is_complete: true });
                }
                Some(reason) => {
                    output.add_lost_range(task, range.start, range.end - range.start, 1, reason);
                }
            },
            Cut::NonObject(range) => {
                let reason = skip_reason.take().unwrap_or_else(|| NO_OBJECT.to_owned());
                output.add_lost_range(task, range.start, range.end - range.start, 1, reason);
            }
        });
    }

    /// Sends the objects off with the buffer; moves what is not whole yet to the next one.
    fn hand_over(&mut self, objects: Vec<Object>, output: &mut WorkerOutput) {
        let keep = self.cutter.pending().filter(|_| self.skip_reason.is_none());
        let keep = keep.map_or(self.filled, |start| distance(self.base, start));
        if objects.is_empty() {
            // Nothing whole: keep what is pending at the front, and go on after it.
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
        output.add_objects(&self.task, objects.len() as u64);
        let piece = MemberPiece { task: self.task.clone(), base: self.base, bytes, objects };
        self.base += keep as u64;
        self.filled = filled;
        self.pipeline.submit(piece, output);
        self.large = None;
    }

    /// Bounds an object that has outgrown a piece: it may be broken, too large, or simply large.
    fn limit_object(&mut self, output: &mut WorkerOutput) {
        if self.skip_reason.is_none()
            && self.filled > MAX_SPARE_SIZE
            && self.filled >= self.last_resume_size.saturating_mul(2)
        {
            self.last_resume_size = self.filled;
            let mut objects = Vec::new();
            if self.resume(&mut objects, output) {
                self.hand_over(objects, output);
            }
        }
        if self.skip_reason.is_none() && self.filled > MAX_SPARE_SIZE {
            let max_bytes = self.limits.conversation_bytes.min(Limits::MAX_OBJECT_SIZE);
            if self.large.is_none() {
                self.large = Some(self.pipeline.large.lock().unwrap_or_else(PoisonError::into_inner));
            }
            if self.filled as u64 > max_bytes {
                self.skip_reason =
                    Some(format!("larger than {} MB (--limit-conversation-mb)", max_bytes >> 20));
            } else if !self.pipeline.fits_in_memory(self.filled as u64) {
                self.skip_reason = Some(self.pipeline.memory_used_up_reason());
            }
        }
        if self.filled <= MAX_SPARE_SIZE {
            self.last_resume_size = 0;
        }
        if self.skip_reason.is_some() {
            self.base += self.filled as u64;
            self.filled = 0;
            self.large = None;
            if self.buffer.len() > MAX_SPARE_SIZE {
                self.buffer = self.pipeline.buffer();
            }
        }
    }

    /// Looks for the next conversation inside the object at hand. A quote or brace lost in one would
    /// otherwise swallow all that follow. Only a whole object with messages counts as one.
    fn resume(&mut self, objects: &mut Vec<Object>, output: &mut WorkerOutput) -> bool {
        let Some(start) = self.cutter.pending() else { return false };
        let first = distance(self.base, start);
        let pending = &self.buffer[first..self.filled];
        let next = cut::candidate_starts(pending).find(|&at| {
            if self.resume_budget == 0 {
                return false;
            }
            let object = cut::first_object(&pending[at..]);
            let cost = object.map_or(pending.len() - at, <[u8]>::len);
            self.resume_budget = self.resume_budget.saturating_sub(cost);
            object.is_some_and(import::is_conversation)
        });
        let Some(next) = next.map(|next| first + next) else { return false };
        if matches!(self.cutter.finish(), CutEnd::InNonObject(_)) {
            output.add_lost_range(&self.task, start, (next - first) as u64, 1, NO_OBJECT.to_owned());
        } else {
            objects.push(Object { range: first..next, is_complete: false });
        }
        self.cutter = ObjectCutter::between(self.base + next as u64);
        self.cut(next, objects, output);
        true
    }

    /// Returns whether the member is an empty object or null, as some are in most exports.
    fn is_empty_or_null(&self) -> bool {
        self.base == 0 && matches!(self.buffer[..self.filled].trim_ascii(), b"{}" | b"null")
    }

    /// Returns where the object stands that a member with a special conversation consists of, if an importer takes it: one without
    /// instructions has no key that the cutter knows.
    fn special_conversation_object(&self) -> Option<Range<usize>> {
        let bytes = &self.buffer[..self.filled];
        let start = bytes.iter().position(|&byte| byte == b'{').filter(|_| self.base == 0)?;
        let object = cut::first_object(&bytes[start..])?;
        let context = self.pipeline.context(&self.task);
        let is_known = import::parse(object, true, &context, &mut ImportCounts::default()).is_ok();
        is_known.then(|| start..start + object.len())
    }

    /// Ends the member: it has no more bytes, or can be read no further.
    fn end(&mut self, fault: Option<String>, mut objects: Vec<Object>, output: &mut WorkerOutput) {
        let end = self.stream.produced();
        // A last object that is not whole is shown as far as it goes; the report says so.
        while self.skip_reason.is_none()
            && matches!(self.cutter.finish(), CutEnd::InObject(_) | CutEnd::InNonObject(_))
        {
            if !self.resume(&mut objects, output) {
                break;
            }
        }
        match self.cutter.finish() {
            CutEnd::InObject(start) => match self.skip_reason.take() {
                Some(reason) => output.add_lost_range(&self.task, start, end - start, 1, reason),
                None => objects
                    .push(Object { range: distance(self.base, start)..self.filled, is_complete: false }),
            },
            CutEnd::InNonObject(start) => {
                let reason = self.skip_reason.take().unwrap_or_else(|| NO_OBJECT.to_owned());
                output.add_lost_range(&self.task, start, end - start, 1, reason);
            }
            CutEnd::NotConversations if provider::holds_special_conversation(&self.task.member.name) => {
                match self.special_conversation_object() {
                    Some(range) => objects.push(Object { range, is_complete: true }),
                    None if !self.is_empty_or_null() => output.add_unread(&self.task),
                    None => {}
                }
            }
            CutEnd::NotConversations if fault.is_none() && !self.is_empty_or_null() => {
                output.add_lost_range(&self.task, 0, end, 0, "no array of conversations in it".to_owned());
            }
            CutEnd::Unclosed if fault.is_none() => {
                output.add_lost_range(
                    &self.task,
                    end,
                    0,
                    0,
                    "the array of conversations is not closed".to_owned(),
                );
            }
            CutEnd::Complete | CutEnd::Blank | CutEnd::NotConversations | CutEnd::Unclosed => {}
        }
        if let Some(reason) = fault {
            output.add_lost_range(&self.task, end, 0, 0, reason);
        }
        if !objects.is_empty() {
            // Nothing follows: there is no tail to carry along, which may be all of a large object.
            output.add_objects(&self.task, objects.len() as u64);
            let bytes = std::mem::take(&mut self.buffer);
            self.pipeline
                .submit(MemberPiece { task: self.task.clone(), base: self.base, bytes, objects }, output);
        }
    }
}
