//! The report of a load: what was read, what was not, and why.

use crate::import::ImportCounts;

/// A stretch of an archive that was not read, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadProblem {
    /// Index of the archive, in the order they were opened.
    pub archive: u16,
    /// The member; empty for the archive itself.
    pub member: String,
    /// The first byte of the (inflated) member concerned.
    pub offset: u64,
    /// The bytes concerned; 0 where they cannot be counted, as after a broken deflate stream.
    pub length: u64,
    /// The number of objects the stretch stands for: neighbours with one reason are one entry.
    pub objects: u64,
    /// The reason, in one line, without any of the archive's text.
    pub reason: String,
    /// `true` if the conversation is there all the same, without what could not be read of it.
    pub repaired: bool,
    /// `true` if something is lost: more than single broken characters, such as the halves of emoji where an
    /// export cuts a text. Those are in many sound exports and no damage.
    pub lost: bool,
    /// `true` if the member is not there at all, though the export says that there is one.
    pub missing: bool,
}

/// The counts of one member that holds conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberReport {
    /// Its path in the archive.
    pub name: String,
    /// The inflated bytes read.
    pub bytes: u64,
    /// The compressed bytes read (the same, where it is not compressed).
    pub compressed: u64,
    /// The objects found in it.
    pub objects: u64,
}

/// The counts of one archive.
#[derive(Clone, Debug, Default)]
pub struct ArchiveReport {
    /// Its name, as a person gave it.
    pub name: String,
    /// Bytes on disk.
    pub size: u64,
    /// The number of its members, with conversations or without.
    pub members: usize,
    /// The members that hold conversations.
    pub read: Vec<MemberReport>,
    /// The inflated bytes of these.
    pub bytes: u64,
    /// The number of conversations, duplicates counted.
    pub conversations: u64,
    /// Shown messages on all branches.
    pub messages: u64,
    /// All messages, hidden ones too.
    pub all_messages: u64,
    /// Bytes of text kept.
    pub text_bytes: u64,
    /// Content types of all messages.
    pub import_counts: ImportCounts,
    /// The members with JSON that nothing reads, as far as they are named.
    pub unread: Vec<String>,
    /// Attachments that messages name and that their own archive holds.
    pub attachments_found: u64,
    /// Files that the export lists as its own and that are not here; no damage either.
    pub missing_files: usize,
    /// Attachments that messages name and that their own archive does not hold; no damage, many real exports lack them.
    pub attachments_missing: u64,
    /// The reason, if nothing of it could be read.
    pub failure: Option<String>,
}

/// Seconds that threads spent in each stage; several threads at once count several times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// Reading, inflating and checking.
    pub inflate: f64,
    /// Cutting into objects.
    pub cut: f64,
    /// Parsing into conversations.
    pub parse: f64,
}

/// The report of a load: what was read, what was not, and why.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The problems and repairs, by archive, member and offset.
    pub problems: Vec<ReadProblem>,
    /// The inflated bytes read.
    pub bytes: u64,
    /// The wall time in seconds.
    pub seconds: f64,
    /// The number of conversations, duplicates counted; [`crate::library::Library::superseded`] counts those
    /// merged.
    pub conversations: u64,
    /// Shown messages on all branches, duplicates counted.
    pub messages: u64,
    /// Each archive, in the order they were opened.
    pub archives: Vec<ArchiveReport>,
    /// Thread time by stage.
    pub stages: Stages,
    /// `true` if it was told to stop before the end.
    pub cancelled: bool,
}

impl Report {
    /// Returns whether something was skipped, cut, or failed its checksum.
    pub fn damaged(&self) -> bool {
        self.problems.iter().any(|problem| problem.lost)
    }

    /// Returns one line for the status line or stderr: "3 conversations could not be read: unspool check says
    /// why".
    pub fn warning(&self) -> Option<String> {
        let lost: u64 =
            self.problems.iter().filter(|problem| !problem.repaired).map(|problem| problem.objects).sum();
        let mended: u64 = self
            .problems
            .iter()
            .filter(|problem| problem.repaired && problem.lost)
            .map(|problem| problem.objects)
            .sum();
        let conversations =
            |count: u64| if count == 1 { "1 conversation".into() } else { format!("{count} conversations") };
        let what = match (lost, mended) {
            (0, 0) if !self.damaged() => return None,
            (0, 0) if self.problems.iter().all(|problem| problem.missing || !problem.lost) => {
                return self.missing_part();
            }
            (0, 0) => "the archive is damaged".to_owned(),
            (0, mended) => format!("{} had to be mended", conversations(mended)),
            (lost, 0) => format!("{} could not be read", conversations(lost)),
            (lost, mended) => format!("{} could not be read, {mended} had to be mended", conversations(lost)),
        };
        Some(format!("{what}: unspool check says why"))
    }

    /// Names the first part of the export that is not here.
    fn missing_part(&self) -> Option<String> {
        let mut missing = self.problems.iter().filter(|problem| problem.missing);
        let first = &missing.next()?.member;
        let verb = if first.contains(" to ") { "are" } else { "is" };
        let others = match missing.count() {
            0 => String::new(),
            count => format!(", and {count} more"),
        };
        Some(format!("{first} {verb} missing from the export{others}: unspool check says more"))
    }

    /// Says that there is nothing to find: all was read, and no conversation is in it.
    pub fn empty_notice(&self) -> Option<String> {
        let names: Vec<&str> = self.archives.iter().map(|archive| &*archive.name).collect();
        let holds = if names.len() == 1 { "holds" } else { "hold" };
        let is_empty =
            self.conversations == 0 && !names.is_empty() && !self.cancelled && self.failure().is_none();
        is_empty.then(|| format!("{}: the export {holds} no conversation", names.join(", ")))
    }

    /// Returns the reasons if nothing at all could be read: one line for each archive that failed. An empty
    /// export is not a failure.
    pub fn failure(&self) -> Option<String> {
        let failures: Vec<String> = self
            .archives
            .iter()
            .filter_map(|archive| Some(format!("{}: {}", archive.name, archive.failure.as_ref()?)))
            .collect();
        (!failures.is_empty() && failures.len() == self.archives.len()).then(|| failures.join("\n"))
    }

    /// Sorts what was skipped, and joins neighbours with one reason, so that a million bad objects are one line.
    pub(super) fn sort_and_join(&mut self) {
        self.problems.sort_by(|a, b| (a.archive, &a.member, a.offset).cmp(&(b.archive, &b.member, b.offset)));
        self.problems.dedup_by(|next, first| first.join(next));
    }
}

impl ReadProblem {
    /// Takes in the stretch after it, if it is of the same kind and only separators lie between.
    pub(super) fn join(&mut self, next: &Self) -> bool {
        const BETWEEN: u64 = 16;
        let end = self.offset + self.length;
        let same = (self.archive, &self.member, &self.reason, self.repaired)
            == (next.archive, &next.member, &next.reason, next.repaired);
        let joins = same && !self.repaired && self.length > 0 && (end..=end + BETWEEN).contains(&next.offset);
        if joins {
            self.length = next.offset + next.length - self.offset;
            self.objects += next.objects;
        }
        joins
    }
}
