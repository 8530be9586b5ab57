//! The state that the threads of a load share, and the way each parses a piece.

use std::{
    num::NonZeroU64,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    arrival::{Arrival, Progress},
    queue::BoundedQueue,
    report::{Report, Skipped},
    tally::{self, Tally},
    task::{MemberPiece, Object, Task},
};
use crate::{
    archive::{Archive, Limits},
    conversation::{Conversation, Source, digest},
    import::{self, ImportError},
};

/// The time between two batches of one thread; the first is sent at once.
const SEND: Duration = Duration::from_millis(100);
/// The time between two reports of progress, in milliseconds.
const TELL: u64 = 50;
/// The memory a conversation costs beside its own, in bytes: the allocator's share and a library's tables.
const PER_CONVERSATION: usize = 160;
/// The largest buffer that is kept for reuse, in bytes.
pub(super) const LARGEST_SPARE: usize = 4 << 20;

/// The state that the threads of a load share.
pub(super) struct Pipeline<'a> {
    pub archives: &'a [Archive],
    tasks: Vec<Task>,
    claimed: AtomicUsize,
    queue: BoundedQueue<MemberPiece>,
    spare: Mutex<Vec<Vec<u8>>>,
    cancel: &'a AtomicBool,
    /// The archives that turned out to be another provider's, or too much: the rest of them is not read.
    given_up: Vec<AtomicBool>,
    /// The bytes that the conversations keep in memory.
    kept: AtomicU64,
    most_kept: u64,
    /// Held by the thread that reads an object larger than [`LARGEST_SPARE`], so that there is one such at a
    /// time.
    pub large: Mutex<()>,
    sink: &'a (dyn Fn(Arrival) + Sync),
    start: Instant,
    bytes: AtomicU64,
    total: u64,
    told: AtomicU64,
    tallies: Mutex<Vec<Tally>>,
    threads: usize,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(
        archives: &'a [Archive],
        threads: usize,
        cancel: &'a AtomicBool,
        sink: &'a (dyn Fn(Arrival) + Sync),
        start: Instant,
    ) -> Self {
        // Further archives are not read: `open_all` refuses them, since a source has no number for them.
        let numbered = (0_u16..=u16::MAX).zip(archives);
        let tasks: Vec<Task> = numbered
            .flat_map(|(source, opened)| {
                let members = (0_u32..).zip(opened.conversation_members());
                members.map(move |(number, member)| Task { source, number, member })
            })
            .collect();
        let size = archives.iter().fold(0_u64, |sum, archive| sum.saturating_add(archive.size()));
        let floor = archives.iter().map(|archive| archive.limits().memory_bytes).max().unwrap_or_default();
        let total = tasks.iter().fold(0_u64, |sum, task| sum.saturating_add(task.member.size));
        Self {
            archives,
            tasks,
            claimed: AtomicUsize::new(0),
            queue: BoundedQueue::new(2 * threads, threads),
            spare: Mutex::default(),
            cancel,
            given_up: archives.iter().map(|_| AtomicBool::new(false)).collect(),
            kept: AtomicU64::new(0),
            most_kept: floor.max(Limits::MEMORY_PER_BYTE.saturating_mul(size)),
            large: Mutex::default(),
            sink,
            start,
            bytes: AtomicU64::new(0),
            total,
            told: AtomicU64::new(0),
            tallies: Mutex::default(),
            threads,
        }
    }

    /// Counts off a thread that could not be started.
    pub(super) fn absent(&self) {
        self.queue.done();
    }

    /// Claims the next member that no thread reads yet.
    pub(super) fn claim(&self) -> Option<&Task> {
        loop {
            let task = self.tasks.get(self.claimed.fetch_add(1, Ordering::Relaxed))?;
            if !self.stopped(task.archive()) {
                return Some(task);
            }
        }
    }

    /// Parses what other threads read, once this one has no member to read, and sends off the last of it.
    pub(super) fn finish(&self, mut tally: Tally) {
        self.queue.done();
        while let Some(piece) = self.queue.pop() {
            self.parse(piece, &mut tally);
        }
        self.send(&mut tally);
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).push(tally);
    }

    /// Decides whether to stop reading an archive.
    pub(super) fn stopped(&self, archive: usize) -> bool {
        self.cancel.load(Ordering::Relaxed) || self.given_up[archive].load(Ordering::Relaxed)
    }

    /// Returns a buffer to fill: a used one, if there is one.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn recycle(&self, buffer: Vec<u8>) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.capacity() <= LARGEST_SPARE && spare.len() < 4 * self.threads {
            spare.push(buffer);
        }
    }

    /// Counts bytes read, and reports the progress when it is due.
    pub(super) fn progress(&self, count: u64) {
        let bytes = self.bytes.fetch_add(count, Ordering::Relaxed) + count;
        let milliseconds = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let told = self.told.load(Ordering::Relaxed);
        let due = told == 0 || milliseconds >= told + TELL;
        let turn =
            || self.told.compare_exchange(told, milliseconds.max(1), Ordering::Relaxed, Ordering::Relaxed);
        if due && turn().is_ok() {
            (self.sink)(Arrival::Progress(Progress { bytes, total: self.total.max(bytes), milliseconds }));
        }
    }

    /// Queues a piece; parses it here when the queue is full.
    pub(super) fn submit(&self, piece: MemberPiece, tally: &mut Tally) {
        // A large object is parsed where it was read: no second one is read meanwhile, and memory stays bounded.
        if self.threads == 1 || piece.bytes.len() > LARGEST_SPARE {
            return self.parse(piece, tally);
        }
        if let Err(piece) = self.queue.try_push(piece) {
            self.parse(piece, tally);
        }
    }

    fn parse(&self, mut piece: MemberPiece, tally: &mut Tally) {
        let begun = Instant::now();
        let archive = piece.task.archive();
        let objects = std::mem::take(&mut piece.objects);
        // The first object that bears a mark says whose export it is; it stands in the first piece.
        let mut undecided = piece.base == 0;
        for (index, Object { range, whole }) in objects.iter().enumerate() {
            if self.stopped(archive) {
                break;
            }
            let within = range.clone();
            let source = Source {
                archive: piece.task.source,
                member: piece.task.number,
                offset: piece.base + range.start as u64,
                // At most `Limits::LARGEST_OBJECT`.
                length: u32::try_from(range.len()).unwrap_or(u32::MAX),
            };
            let digest = digest(&piece.bytes[within.clone()]);
            let census = &mut tally.archives[archive].census;
            let parsed = if index + 1 == objects.len() && piece.bytes.len() > LARGEST_SPARE {
                import::parse_owned(std::mem::take(&mut piece.bytes), within, *whole, census)
            } else {
                import::parse(&piece.bytes[within], *whole, census)
            };
            if matches!(parsed, Err(ImportError::Foreign(_))) && undecided {
                self.given_up[archive].store(true, Ordering::Relaxed);
            }
            undecided &= parsed.is_err();
            self.keep(parsed, source, digest, &piece.task, tally);
        }
        tally.stages.parse += begun.elapsed().as_secs_f64();
        self.recycle(piece.bytes);
        if tally.sent.is_none_or(|sent| sent.elapsed() >= SEND) {
            self.send(tally);
        }
    }

    /// Takes in the result of an object: a conversation, or the reason it became none.
    fn keep(
        &self,
        parsed: Result<import::Parsed, ImportError>,
        source: Source,
        digest: NonZeroU64,
        task: &Task,
        tally: &mut Tally,
    ) {
        let archive = task.archive();
        let (offset, length) = (source.offset, u64::from(source.length));
        match parsed {
            Ok(parsed) => {
                let imported = parsed.finish(source);
                let mut conversation = imported.conversation;
                conversation.digest = Some(digest);
                tally.archives[archive].count(&conversation, self.archives);
                let kept = (PER_CONVERSATION + size_of::<Conversation>() + conversation.heap_size()) as u64;
                let kept = self.kept.fetch_add(kept, Ordering::Relaxed) + kept;
                if let Some(repairs) = imported.repairs {
                    let skipped = task.skipped(offset, length, 1, repairs.to_string());
                    tally.note(Skipped { repaired: true, lost: repairs.lost(), ..skipped });
                }
                tally.ready.push(conversation);
                if kept > self.most_kept && !self.given_up[archive].swap(true, Ordering::Relaxed) {
                    let reason = format!("{}: the rest was not read", self.memory_used_up());
                    tally.lose(task, offset + length, 0, 0, reason);
                }
            }
            Err(error) => {
                if let ImportError::Foreign(provider) = error {
                    tally.foreign[archive] = Some(provider);
                }
                tally.note(task.skipped(offset, length, 1, error.to_string()));
            }
        }
    }

    /// Decides whether an object of that many bytes can be read without keeping more in memory than allowed:
    /// while it is laid out it is there twice.
    pub(super) fn fits_in_memory(&self, bytes: u64) -> bool {
        self.kept.load(Ordering::Relaxed) + 2 * bytes <= self.most_kept
    }

    /// Returns the reason for not reading an object, or the rest of an archive, when memory is used up.
    pub(super) fn memory_used_up(&self) -> String {
        format!("its conversations take more than {} MB of memory (--limit-memory-mb)", self.most_kept >> 20)
    }

    fn send(&self, tally: &mut Tally) {
        if !tally.ready.is_empty() {
            (self.sink)(Arrival::Batch(std::mem::take(&mut tally.ready)));
        }
        tally.sent = Some(Instant::now());
    }

    /// Sums up what all threads have counted.
    pub(super) fn report(self) -> Report {
        let tallies = self.tallies.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally::sum(self.archives, tallies, self.bytes.into_inner())
    }
}
