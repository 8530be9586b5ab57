//! What the threads of a load share, and what each does with a batch.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    account::{self, Local},
    arrival::{Arrival, Progress},
    queue::Queue,
    report::{Report, Skipped},
    task::{Batch, Object, Task},
};
use crate::{
    archive::{Archive, Limits},
    conversation::{Conversation, Source},
    import::{self, Fault},
};

/// Conversations are sent off this often; the first at once.
const SEND: Duration = Duration::from_millis(100);
/// Progress is told this often.
const TELL: u64 = 50;
/// What a conversation costs beside what it holds: the allocator's share and a library's tables.
const PER_CONVERSATION: usize = 160;
/// A buffer that grew past this is not kept for reuse.
pub(super) const LARGEST_SPARE: usize = 4 << 20;

/// See the [module](self).
pub(super) struct Work<'a> {
    pub archives: &'a [Archive],
    tasks: Vec<Task>,
    claimed: AtomicUsize,
    queue: Queue<Batch>,
    spare: Mutex<Vec<Vec<u8>>>,
    cancel: &'a AtomicBool,
    /// Archives that turned out to be another provider's, or too much: the rest of them is not read.
    given_up: Vec<AtomicBool>,
    /// Bytes that the conversations keep in memory, and the most they may.
    kept: AtomicU64,
    most_kept: u64,
    /// Held by whoever reads an object larger than [`LARGEST_SPARE`], so that there is one such at a time.
    pub large: Mutex<()>,
    sink: &'a (dyn Fn(Arrival) + Sync),
    start: Instant,
    bytes: AtomicU64,
    total: u64,
    told: AtomicU64,
    accounts: Mutex<Vec<Local>>,
    threads: usize,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        archives: &'a [Archive],
        threads: usize,
        cancel: &'a AtomicBool,
        sink: &'a (dyn Fn(Arrival) + Sync),
        start: Instant,
    ) -> Self {
        let tasks: Vec<Task> = archives
            .iter()
            .enumerate()
            .flat_map(|(archive, opened)| {
                let members = opened.conversation_members().enumerate();
                members.map(move |(number, member)| Task { archive, number: number as u32, member })
            })
            .collect();
        let size = archives.iter().fold(0_u64, |sum, archive| sum.saturating_add(archive.size()));
        let floor = archives.iter().map(|archive| archive.limits().memory_bytes).max().unwrap_or_default();
        let total = tasks.iter().fold(0_u64, |sum, task| sum.saturating_add(task.member.size));
        Self {
            archives,
            tasks,
            claimed: AtomicUsize::new(0),
            queue: Queue::new(2 * threads, threads),
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
            accounts: Mutex::default(),
            threads,
        }
    }

    /// A thread that could not be started.
    pub(super) fn absent(&self) {
        self.queue.done();
    }

    /// The next member that nobody reads yet.
    pub(super) fn claim(&self) -> Option<&Task> {
        loop {
            let task = self.tasks.get(self.claimed.fetch_add(1, Ordering::Relaxed))?;
            if !self.stopped(task.archive) {
                return Some(task);
            }
        }
    }

    /// Parses what others read, once this thread has no member to read, and sends off the last of it.
    pub(super) fn finish(&self, mut local: Local) {
        self.queue.done();
        while let Some(batch) = self.queue.pop() {
            self.parse(batch, &mut local);
        }
        self.send(&mut local);
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).push(local);
    }

    /// Whether to read no further in an archive.
    pub(super) fn stopped(&self, archive: usize) -> bool {
        self.cancel.load(Ordering::Relaxed) || self.given_up[archive].load(Ordering::Relaxed)
    }

    /// A buffer to fill: one that was used before, if there is one.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn recycle(&self, buffer: Vec<u8>) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.capacity() <= LARGEST_SPARE && spare.len() < 4 * self.threads {
            spare.push(buffer);
        }
    }

    /// Counts bytes read, and tells how far it is.
    pub(super) fn progress(&self, count: u64) {
        let bytes = self.bytes.fetch_add(count, Ordering::Relaxed) + count;
        let milliseconds = self.start.elapsed().as_millis() as u64;
        let told = self.told.load(Ordering::Relaxed);
        let due = told == 0 || milliseconds >= told + TELL;
        let turn =
            || self.told.compare_exchange(told, milliseconds.max(1), Ordering::Relaxed, Ordering::Relaxed);
        if due && turn().is_ok() {
            (self.sink)(Arrival::Progress(Progress { bytes, total: self.total.max(bytes), milliseconds }));
        }
    }

    /// Queues a batch; parses it here when the queue is full.
    pub(super) fn submit(&self, batch: Batch, local: &mut Local) {
        // A large object is parsed where it was read: no second one is read meanwhile, and memory stays bounded.
        if self.threads == 1 || batch.bytes.len() > LARGEST_SPARE {
            return self.parse(batch, local);
        }
        if let Err(batch) = self.queue.try_push(batch) {
            self.parse(batch, local);
        }
    }

    fn parse(&self, mut batch: Batch, local: &mut Local) {
        let begun = Instant::now();
        let archive = batch.task.archive;
        let objects = std::mem::take(&mut batch.objects);
        // The first object that bears a mark says whose export it is; it stands in the first piece.
        let mut undecided = batch.base == 0;
        for (index, Object { range, whole }) in objects.iter().enumerate() {
            if self.stopped(archive) {
                break;
            }
            let within = range.start as usize..range.end as usize;
            let source = Source {
                archive: archive as u16,
                member: batch.task.number,
                offset: batch.base + u64::from(range.start),
                length: range.end - range.start,
            };
            let census = &mut local.archives[archive].census;
            let read = if index + 1 == objects.len() && batch.bytes.len() > LARGEST_SPARE {
                import::read_owned(std::mem::take(&mut batch.bytes), within, *whole, census)
            } else {
                import::read(&batch.bytes[within], *whole, census)
            };
            if matches!(read, Err(Fault::Foreign(_))) && undecided {
                self.given_up[archive].store(true, Ordering::Relaxed);
            }
            undecided &= read.is_err();
            self.keep(read, source, &batch.task, local);
        }
        local.stages.parse += begun.elapsed().as_secs_f64();
        self.recycle(batch.bytes);
        if local.sent.is_none_or(|sent| sent.elapsed() >= SEND) {
            self.send(local);
        }
    }

    /// Takes in what became of an object.
    fn keep(&self, read: Result<import::Read, Fault>, source: Source, task: &Task, local: &mut Local) {
        let archive = task.archive;
        let (offset, length) = (source.offset, u64::from(source.length));
        match read {
            Ok(read) => {
                let parsed = read.finish(source);
                let conversation = parsed.conversation;
                local.archives[archive].count(&conversation, self.archives);
                let kept = (PER_CONVERSATION + size_of::<Conversation>() + conversation.heap_size()) as u64;
                let kept = self.kept.fetch_add(kept, Ordering::Relaxed) + kept;
                if let Some(mended) = parsed.mended {
                    let skipped = task.skipped(offset, length, 1, mended.to_string());
                    local.note(Skipped { mended: true, lost: mended.lost(), ..skipped });
                }
                local.ready.push(conversation);
                if kept > self.most_kept && !self.given_up[archive].swap(true, Ordering::Relaxed) {
                    let reason = format!("{}: the rest was not read", self.no_room());
                    local.lose(task, offset + length, 0, 0, reason);
                }
            }
            Err(fault) => {
                if let Fault::Foreign(provider) = fault {
                    local.foreign[archive] = Some(provider);
                }
                local.note(task.skipped(offset, length, 1, fault.to_string()));
            }
        }
    }

    /// Whether an object of that many bytes can be read without keeping more in memory than allowed: while it is
    /// laid out it is there twice.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        self.kept.load(Ordering::Relaxed) + 2 * bytes <= self.most_kept
    }

    /// What to say where there is none.
    pub(super) fn no_room(&self) -> String {
        format!("its conversations take more than {} MB of memory (--limit-memory-mb)", self.most_kept >> 20)
    }

    fn send(&self, local: &mut Local) {
        if !local.ready.is_empty() {
            (self.sink)(Arrival::Batch(std::mem::take(&mut local.ready)));
        }
        local.sent = Some(Instant::now());
    }

    /// The sum of what all threads have done.
    pub(super) fn account(self) -> Report {
        let locals = self.accounts.into_inner().unwrap_or_else(PoisonError::into_inner);
        account::sum(self.archives, locals, self.bytes.into_inner())
    }
}
