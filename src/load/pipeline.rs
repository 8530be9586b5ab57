//! The state that the threads of a load share, and the way each parses a piece.

use std::{
    num::NonZeroU64,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hashbrown::HashSet;

use super::{
    event::{LoadEvent, Progress},
    pastes::PasteReader,
    queue::BoundedQueue,
    report::{ReadProblem, Report},
    task::{MemberPiece, MemberTask, Object},
    wanted_objects::WantedObjects,
    worker_output::{self, WorkerOutput},
};
use crate::{
    archive::{Archive, Limits},
    conversation::{Conversation, ObjectLocation, Provider, digest},
    import::{self, FileLibrary, ImportError, ParseContext},
    provider,
};

/// The time between two batches of one thread; the first is sent at once.
const BATCH_INTERVAL: Duration = Duration::from_millis(100);
/// The time between two reports of progress, in milliseconds.
const PROGRESS_INTERVAL_MS: u64 = 50;
/// The memory a conversation costs beside its own, in bytes: the allocator's share, a library's tables, and what a command
/// notes of it while they are put into order.
const OVERHEAD_PER_CONVERSATION: usize = 520;
/// The bytes of all lists of files of an archive that are read; no real ones come near this.
const MAX_FILE_LIBRARY_SIZE: usize = 16 << 20;
/// The largest buffer that is kept for reuse, in bytes.
pub(super) const MAX_SPARE_SIZE: usize = 4 << 20;

/// The state that the threads of a load share.
pub(super) struct Pipeline<'a> {
    pub archives: &'a [Archive],
    /// The files of each archive that no message names.
    library_files: Vec<FileLibrary>,
    unreadable_file_libraries: Vec<Vec<String>>,
    /// What reads the pastes of each archive.
    pastes: Vec<PasteReader>,
    tasks: Vec<MemberTask>,
    /// The members with documents, which are read when all conversations are known: those that none of them names.
    documents: Vec<MemberTask>,
    claimed: AtomicUsize,
    queue: BoundedQueue<MemberPiece>,
    spare: Mutex<Vec<Vec<u8>>>,
    cancel: &'a AtomicBool,
    /// The archives that turned out to be another provider's, or too much: the rest of them is not read.
    abandoned: Vec<AtomicBool>,
    /// The bytes that the conversations keep in memory.
    memory_used: AtomicU64,
    memory_limit: u64,
    /// Held by the thread that reads an object larger than [`MAX_SPARE_SIZE`], so that there is one such at a
    /// time.
    pub large: Mutex<()>,
    sink: &'a (dyn Fn(LoadEvent) + Sync),
    /// The time between two batches of one thread.
    batch_interval: Duration,
    /// The objects to parse; `None`: all.
    wanted: Option<WantedObjects>,
    start: Instant,
    bytes: AtomicU64,
    total: u64,
    last_progress_ms: AtomicU64,
    finished_counts: Mutex<Vec<WorkerOutput>>,
    threads: usize,
}

/// Reads the files that an archive names beside its conversations; returns them with the members that cannot be read.
fn library_files(archive: &Archive) -> (FileLibrary, Vec<String>) {
    let (mut files, mut unread) = (FileLibrary::default(), Vec::new());
    let mut room = MAX_FILE_LIBRARY_SIZE;
    for name in Provider::ALL.iter().filter_map(|provider| provider.facts().file_library_member) {
        for member in archive.members_named(name) {
            let json = archive.read_member(&member, room).unwrap_or_default();
            room -= json.len();
            if !files.add(&json) {
                unread.push(member.name);
            }
        }
    }
    for member in archive.conversation_members().filter(|member| provider::holds_document(&member.name)) {
        let json = archive.read_member(&member, room).unwrap_or_default();
        room -= json.len();
        files.add_canvas(&member.name, &json);
    }
    (files, unread)
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(
        archives: &'a [Archive],
        threads: usize,
        cancel: &'a AtomicBool,
        sink: &'a (dyn Fn(LoadEvent) + Sync),
    ) -> Self {
        let start = Instant::now();
        let (library_files, unreadable_file_libraries) = archives.iter().map(library_files).unzip();
        // Further archives are not read: `open_all` refuses them, since a source has no number for them.
        let numbered = (0_u16..=u16::MAX).zip(archives);
        let (documents, tasks): (Vec<MemberTask>, Vec<MemberTask>) = numbered
            .flat_map(|(archive_number, opened)| {
                let members = (0_u32..).zip(opened.conversation_members());
                members.map(move |(number, member)| {
                    let provider = provider::special_conversation_provider(&member.name);
                    MemberTask { archive_number, number, member, provider }
                })
            })
            .partition(|task| task.document().is_some());
        let size = archives.iter().fold(0_u64, |sum, archive| sum.saturating_add(archive.size()));
        let floor = archives.iter().map(|archive| archive.limits().memory_bytes).max().unwrap_or_default();
        let total =
            tasks.iter().chain(&documents).fold(0_u64, |sum, task| sum.saturating_add(task.member.size));
        Self {
            archives,
            library_files,
            unreadable_file_libraries,
            pastes: archives.iter().map(|_| PasteReader::new()).collect(),
            tasks,
            documents,
            claimed: AtomicUsize::new(0),
            queue: BoundedQueue::new(2 * threads, threads),
            spare: Mutex::default(),
            cancel,
            abandoned: archives.iter().map(|_| AtomicBool::new(false)).collect(),
            memory_used: AtomicU64::new(0),
            memory_limit: floor.max(Limits::MEMORY_PER_BYTE.saturating_mul(size)),
            large: Mutex::default(),
            sink,
            batch_interval: BATCH_INTERVAL,
            wanted: None,
            start,
            bytes: AtomicU64::new(0),
            total,
            last_progress_ms: AtomicU64::new(0),
            finished_counts: Mutex::default(),
            threads,
        }
    }

    /// Sends each piece's conversations as soon as they are parsed.
    pub(super) fn by_piece(self) -> Self {
        Self { batch_interval: Duration::ZERO, ..self }
    }

    /// Parses no other objects than these.
    pub(super) fn only(self, wanted: WantedObjects) -> Self {
        Self { wanted: Some(wanted), ..self }
    }

    /// Returns the number of threads that the load is for.
    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    /// Returns whether something is to be parsed of a member, from this offset on.
    pub(super) fn wants_after(&self, task: &MemberTask, offset: u64) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.are_after(task.archive_number, task.number, offset))
    }

    /// Returns what is known of the objects of a member before they are parsed.
    pub(super) fn context<'t>(&'t self, task: &'t MemberTask) -> ParseContext<'t> {
        ParseContext {
            library_files: &self.library_files[task.archive()],
            provider: task.provider,
            document: task.document(),
        }
    }

    /// Counts off a thread that could not be started.
    pub(super) fn thread_not_started(&self) {
        self.queue.done();
    }

    /// Claims the next member that no thread reads yet.
    pub(super) fn claim(&self) -> Option<&MemberTask> {
        loop {
            let task = self.tasks.get(self.claimed.fetch_add(1, Ordering::Relaxed))?;
            if !self.stopped(task.archive()) && self.wants_after(task, 0) {
                return Some(task);
            }
        }
    }

    /// Lists the documents to read, once all conversations were parsed: each that is wanted, else each that no conversation
    /// names.
    pub(super) fn documents(&self) -> impl Iterator<Item = &MemberTask> {
        let named: Vec<HashSet<&str>> = self.library_files.iter().map(FileLibrary::named_members).collect();
        self.documents.iter().filter(move |task| {
            let is_wanted = match &self.wanted {
                Some(_) => self.wants_after(task, 0),
                None => !named[task.archive()].contains(&*task.member.name),
            };
            is_wanted && !self.stopped(task.archive())
        })
    }

    /// Parses what other threads read, once this one has no member to read, and sends off the last of it.
    pub(super) fn finish(&self, output: WorkerOutput) {
        self.queue.done();
        self.drain(output);
    }

    /// Parses what is in the queue once nothing more comes, and sends off the last of it.
    pub(super) fn drain(&self, mut output: WorkerOutput) {
        while let Some(piece) = self.queue.pop() {
            self.parse(piece, &mut output);
        }
        self.send(&mut output);
        self.finished_counts.lock().unwrap_or_else(PoisonError::into_inner).push(output);
    }

    /// Returns whether to stop reading an archive.
    pub(super) fn stopped(&self, archive: usize) -> bool {
        self.cancel.load(Ordering::Relaxed) || self.abandoned[archive].load(Ordering::Relaxed)
    }

    /// Returns a buffer to fill: a used one, if there is one.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn recycle(&self, buffer: Vec<u8>) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.capacity() <= MAX_SPARE_SIZE && spare.len() < 4 * self.threads {
            spare.push(buffer);
        }
    }

    /// Counts bytes read, and reports the progress when it is due.
    pub(super) fn progress(&self, count: u64) {
        let bytes = self.bytes.fetch_add(count, Ordering::Relaxed) + count;
        let milliseconds = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let last_ms = self.last_progress_ms.load(Ordering::Relaxed);
        let due = last_ms == 0 || milliseconds >= last_ms + PROGRESS_INTERVAL_MS;
        let turn = || {
            self.last_progress_ms.compare_exchange(
                last_ms,
                milliseconds.max(1),
                Ordering::Relaxed,
                Ordering::Relaxed,
            )
        };
        if due && turn().is_ok() {
            (self.sink)(LoadEvent::Progress(Progress { bytes, total: self.total.max(bytes), milliseconds }));
        }
    }

    /// Queues a piece; parses it here when the queue is full.
    pub(super) fn submit(&self, piece: MemberPiece, output: &mut WorkerOutput) {
        // A large object is parsed where it was read: no second one is read meanwhile, and memory stays bounded.
        if self.threads == 1 || piece.bytes.len() > MAX_SPARE_SIZE {
            return self.parse(piece, output);
        }
        if let Err(piece) = self.queue.try_push(piece) {
            self.parse(piece, output);
        }
    }

    fn parse(&self, mut piece: MemberPiece, output: &mut WorkerOutput) {
        let begun = Instant::now();
        let archive = piece.task.archive();
        let objects = std::mem::take(&mut piece.objects);
        // The first object that bears a signature says whose export it is; it stands in the first piece.
        let mut undecided = piece.base == 0;
        for (index, Object { range, is_complete }) in objects.iter().enumerate() {
            if self.stopped(archive) {
                break;
            }
            let within = range.clone();
            let location = ObjectLocation {
                archive: piece.task.archive_number,
                member: piece.task.number,
                offset: piece.base + range.start as u64,
                // At most `Limits::MAX_OBJECT_SIZE`.
                length: u32::try_from(range.len()).unwrap_or(u32::MAX),
            };
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&location)) {
                continue;
            }
            let digest = digest(&piece.bytes[within.clone()]);
            let import_counts = &mut output.archives[archive].import_counts;
            let context = self.context(&piece.task);
            let parsed = if index + 1 == objects.len() && piece.bytes.len() > MAX_SPARE_SIZE {
                import::parse_owned(
                    std::mem::take(&mut piece.bytes),
                    within,
                    *is_complete,
                    &context,
                    import_counts,
                )
            } else {
                import::parse(&piece.bytes[within], *is_complete, &context, import_counts)
            };
            if matches!(parsed, Err(ImportError::UnsupportedProvider(_))) && undecided {
                self.abandoned[archive].store(true, Ordering::Relaxed);
            }
            undecided &= parsed.is_err();
            self.keep(parsed, location, digest, &piece.task, output);
        }
        output.stages.parse += begun.elapsed().as_secs_f64();
        self.recycle(piece.bytes);
        if output.sent.is_none_or(|sent| sent.elapsed() >= self.batch_interval) {
            self.send(output);
        }
    }

    /// Takes in the result of an object: a conversation, or the reason it became none.
    fn keep(
        &self,
        parsed: Result<import::ParsedWithRepairs, ImportError>,
        location: ObjectLocation,
        digest: NonZeroU64,
        task: &MemberTask,
        output: &mut WorkerOutput,
    ) {
        let archive = task.archive();
        let (offset, length) = (location.offset, u64::from(location.length));
        match parsed {
            Ok(mut parsed) => {
                parsed.take_in_pastes(&|id| self.pastes[archive].read(&self.archives[archive], id));
                let imported = parsed.finish(location);
                let mut conversation = imported.conversation;
                conversation.digest = Some(digest);
                output.archives[archive].count(&conversation, self.archives);
                let kept =
                    (OVERHEAD_PER_CONVERSATION + size_of::<Conversation>() + conversation.heap_size()) as u64;
                let kept = self.memory_used.fetch_add(kept, Ordering::Relaxed) + kept;
                if let Some(repairs) = imported.repairs {
                    let problem = task.problem(offset, length, 1, repairs.to_string());
                    output.add_problem(ReadProblem {
                        repaired: true,
                        lost: repairs.lost_content(),
                        ..problem
                    });
                }
                output.ready.push(conversation);
                if kept > self.memory_limit && !self.abandoned[archive].swap(true, Ordering::Relaxed) {
                    let reason = format!("{}: the rest was not read", self.memory_used_up_reason());
                    output.add_lost_range(task, offset + length, 0, 0, reason);
                }
            }
            Err(error) => {
                if let ImportError::UnsupportedProvider(provider) = error {
                    output.unsupported[archive] = Some(provider);
                }
                output.add_problem(task.problem(offset, length, 1, error.to_string()));
            }
        }
    }

    /// Returns whether an object of that many bytes can be read without keeping more in memory than allowed:
    /// while it is laid out it is there twice.
    pub(super) fn fits_in_memory(&self, bytes: u64) -> bool {
        self.memory_used.load(Ordering::Relaxed) + 2 * bytes <= self.memory_limit
    }

    /// Returns the reason for not reading an object, or the rest of an archive, when memory is used up.
    pub(super) fn memory_used_up_reason(&self) -> String {
        format!(
            "its conversations would take more than {} MB of memory (--limit-memory-mb)",
            self.memory_limit >> 20
        )
    }

    fn send(&self, output: &mut WorkerOutput) {
        if !output.ready.is_empty() {
            (self.sink)(LoadEvent::Batch(std::mem::take(&mut output.ready)));
        }
        output.sent = Some(Instant::now());
    }

    /// Sums up what all threads have counted.
    pub(super) fn report(self) -> Report {
        let (seconds, cancelled) = (self.start.elapsed().as_secs_f64(), self.cancel.load(Ordering::Relaxed));
        let finished_counts = self.finished_counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut report = worker_output::sum(self.archives, finished_counts, self.bytes.into_inner());
        for (archive, unread) in report.archives.iter_mut().zip(self.unreadable_file_libraries) {
            archive.unread.extend(unread);
            archive.unread.truncate(worker_output::MAX_NAMED);
        }
        Report { seconds, cancelled, ..report }
    }
}
