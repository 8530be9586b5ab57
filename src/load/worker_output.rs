//! The counts of each thread, and their sum.

use std::time::Instant;

use hashbrown::HashMap;

use super::{
    report::{ArchiveReport, MemberReport, ReadProblem, Report, Stages},
    task::MemberTask,
};
use crate::{
    archive::Archive,
    conversation::{AnnotationKind, Conversation},
    provider,
};

/// The problems that one thread keeps; past that they are counted in its last one.
const MAX_PROBLEMS: usize = 10_000;

/// What one thread has made: the conversations to be sent next, its problems and its counts, which are summed up at the end.
pub(super) struct WorkerOutput {
    pub stages: Stages,
    problems: Vec<ReadProblem>,
    /// The place of each member among those of its archive that were read, by the archive and the member's number.
    members: HashMap<(u16, u32), usize>,
    pub archives: Vec<ArchiveReport>,
    /// The providers of objects that are not supported, by archive.
    pub unsupported: Vec<Option<&'static str>>,
    pub ready: Vec<Conversation>,
    /// The time of the last batch.
    pub sent: Option<Instant>,
}

impl WorkerOutput {
    pub(super) fn new(archives: usize) -> Self {
        Self {
            stages: Stages::default(),
            problems: Vec::new(),
            members: HashMap::new(),
            archives: vec![ArchiveReport::default(); archives],
            unsupported: vec![None; archives],
            ready: Vec::new(),
            sent: None,
        }
    }

    /// Notes the loss of a stretch of a member.
    pub(super) fn add_lost_range(
        &mut self,
        task: &MemberTask,
        offset: u64,
        length: u64,
        objects: u64,
        reason: String,
    ) {
        self.add_problem(task.problem(offset, length, objects, reason));
    }

    /// Adds a loss, or counts it in the last one.
    pub(super) fn add_problem(&mut self, problem: ReadProblem) {
        let full = self.problems.len() >= MAX_PROBLEMS;
        if let Some(last) = self.problems.last_mut() {
            if last.join(&problem) {
                return;
            }
            if full {
                last.objects += problem.objects;
                return;
            }
        }
        self.problems.push(problem);
    }

    /// Counts objects found in a member.
    pub(super) fn add_objects(&mut self, task: &MemberTask, objects: u64) {
        self.member(task).objects += objects;
    }

    /// Counts the bytes of a member that was read.
    pub(super) fn add_bytes(&mut self, task: &MemberTask, bytes: u64, compressed: u64) {
        let member = self.member(task);
        member.bytes += bytes;
        member.compressed += compressed;
        self.archives[task.archive()].bytes += bytes;
    }

    /// Notes a member in which there was nothing that could be read.
    pub(super) fn add_unread(&mut self, task: &MemberTask) {
        let unread = &mut self.archives[task.archive()].unread;
        if unread.len() < MAX_NAMED {
            unread.push(task.member.name.clone());
        }
    }

    fn member(&mut self, task: &MemberTask) -> &mut MemberReport {
        let members = &mut self.archives[task.archive()].read;
        let index = *self.members.entry((task.archive_number, task.number)).or_insert_with(|| {
            members.push(MemberReport { name: task.member.name.clone(), ..MemberReport::default() });
            members.len() - 1
        });
        &mut members[index]
    }
}

impl ArchiveReport {
    /// Counts a conversation.
    pub(super) fn count(&mut self, conversation: &Conversation, archives: &[Archive]) {
        self.conversations += 1;
        self.messages += conversation.shown_count() as u64;
        self.all_messages += conversation.messages().len() as u64;
        self.text_bytes += conversation.text().len() as u64;
        for message in 0..conversation.messages().len() {
            for part in conversation.message_annotations(message) {
                let AnnotationKind::Attachment(attachment) = &part.detail else { continue };
                let own = archives.get(usize::from(conversation.object_location.archive));
                let here = |archive: &Archive| archive.find_attachment(&attachment.id).is_some();
                if !attachment.content.is_empty() || own.is_some_and(here) {
                    self.attachments_found += 1;
                } else {
                    self.attachments_missing += 1;
                }
            }
        }
    }

    fn add(&mut self, part: Self) {
        self.bytes += part.bytes;
        self.conversations += part.conversations;
        self.messages += part.messages;
        self.all_messages += part.all_messages;
        self.text_bytes += part.text_bytes;
        self.attachments_found += part.attachments_found;
        self.attachments_missing += part.attachments_missing;
        self.import_counts.merge(&part.import_counts);
        self.read.extend(part.read);
        self.unread.extend(part.unread);
    }
}

/// The number of members that nothing reads and that are named.
pub(super) const MAX_NAMED: usize = 1_000;

/// Sums up the whole load.
pub(super) fn sum(archives: &[Archive], finished_counts: Vec<WorkerOutput>, bytes: u64) -> Report {
    let mut report = Report { bytes, ..Report::default() };
    report.archives = archives
        .iter()
        .map(|archive| ArchiveReport {
            name: archive.name().to_owned(),
            size: archive.size(),
            members: archive.member_count(),
            missing_files: archive.missing_files(),
            unread: archive.ignored_members().take(MAX_NAMED).collect(),
            ..ArchiveReport::default()
        })
        .collect();
    for (number, archive) in (0_u16..=u16::MAX).zip(archives) {
        report.problems.extend(archive.problems().iter().map(|problem| ReadProblem {
            archive: number,
            member: problem.member.clone(),
            offset: 0,
            length: 0,
            objects: 0,
            reason: problem.reason.clone(),
            repaired: false,
            lost: true,
            missing: problem.missing,
        }));
    }
    let mut foreign = vec![None; archives.len()];
    for counts in finished_counts {
        report.stages.inflate += counts.stages.inflate;
        report.stages.cut += counts.stages.cut;
        report.stages.parse += counts.stages.parse;
        report.problems.extend(counts.problems);
        for (total, part) in report.archives.iter_mut().zip(counts.archives) {
            total.add(part);
        }
        for (known, found) in foreign.iter_mut().zip(counts.unsupported) {
            *known = known.or(found);
        }
    }
    report.sort_and_join();
    for (number, archive) in report.archives.iter_mut().enumerate() {
        archive.read.sort_by(|a, b| a.name.cmp(&b.name));
        report.conversations += archive.conversations;
        report.messages += archive.messages;
        if archive.conversations > 0 {
            continue;
        }
        let first = report.problems.iter().find(|problem| usize::from(problem.archive) == number);
        archive.failure = match (foreign[number], first) {
            (Some(name), _) => Some(format!(
                "this looks like a {name} export, which is not supported yet; a {} export was expected",
                provider::all_names_as_choice()
            )),
            (None, Some(problem)) if problem.member.is_empty() => Some(problem.reason.clone()),
            (None, Some(problem)) => Some(format!("{}: {}", problem.member, problem.reason)),
            (None, None) => None,
        };
    }
    report
}
