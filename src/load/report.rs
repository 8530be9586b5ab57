//! The account of a load: what was read, what was not, and why.

use crate::import::Census;

/// A stretch of an archive that was not read, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Index of the archive, in the order they were opened.
    pub archive: u16,
    /// The member; empty for the archive itself.
    pub member: String,
    /// First byte of the (inflated) member concerned.
    pub offset: u64,
    /// Bytes concerned; 0 where they cannot be counted, as behind a broken deflate stream.
    pub length: u64,
    /// How many objects the stretch stands for: neighbours with one reason are one entry.
    pub objects: u64,
    /// Why, in one line, without any of the archive's text.
    pub reason: String,
    /// The conversation is there all the same, without what could not be read of it.
    pub repaired: bool,
    /// Something is lost: more than single characters that were none, as the halves of emoji where an export cuts a
    /// text. Those are in many sound exports and no damage.
    pub lost: bool,
}

/// What was read of one member that holds conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberReport {
    /// Its path in the archive.
    pub name: String,
    /// Inflated bytes read.
    pub bytes: u64,
    /// Compressed bytes read (the same, where it is not compressed).
    pub compressed: u64,
    /// Objects found in it.
    pub objects: u64,
}

/// What was read of one archive.
#[derive(Clone, Debug, Default)]
pub struct ArchiveReport {
    /// What to call it.
    pub name: String,
    /// Bytes on disk.
    pub size: u64,
    /// How many members it has, conversations or not.
    pub members: usize,
    /// Those that hold conversations.
    pub read: Vec<MemberReport>,
    /// Inflated bytes of these.
    pub bytes: u64,
    /// Conversations, duplicates among them counted.
    pub conversations: u64,
    /// Shown messages on all branches.
    pub messages: u64,
    /// All messages, hidden ones too.
    pub all_messages: u64,
    /// Bytes of text kept.
    pub text_bytes: u64,
    /// Content types of all messages.
    pub census: Census,
    /// Attachments that messages name and that one of the opened archives holds.
    pub attachments_found: u64,
    /// Attachments that messages name and that none holds; no damage, many real exports lack them.
    pub attachments_missing: u64,
    /// Nothing of it could be read: why.
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

/// The account of a load.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was lost or mended, by archive, member and offset.
    pub skipped: Vec<Skipped>,
    /// Inflated bytes read.
    pub bytes: u64,
    /// Wall time.
    pub seconds: f64,
    /// Conversations, duplicates counted; [`crate::library::Library::superseded`] says how many were merged.
    pub conversations: u64,
    /// Shown messages on all branches, duplicates counted.
    pub messages: u64,
    /// Each archive, in the order they were opened.
    pub archives: Vec<ArchiveReport>,
    /// Thread time by stage.
    pub stages: Stages,
    /// It was told to stop before the end.
    pub cancelled: bool,
}

impl Report {
    /// Something was skipped, cut, or failed its checksum.
    pub fn damaged(&self) -> bool {
        self.skipped.iter().any(|skipped| skipped.lost)
    }

    /// One line for the status line or stderr: "3 conversations could not be read: unspool check says why".
    pub fn warning(&self) -> Option<String> {
        let lost: u64 =
            self.skipped.iter().filter(|skipped| !skipped.repaired).map(|skipped| skipped.objects).sum();
        let mended: u64 = self
            .skipped
            .iter()
            .filter(|skipped| skipped.repaired && skipped.lost)
            .map(|skipped| skipped.objects)
            .sum();
        let conversations =
            |count: u64| if count == 1 { "1 conversation".into() } else { format!("{count} conversations") };
        let what = match (lost, mended) {
            (0, 0) if !self.damaged() => return None,
            (0, 0) => "the archive is damaged".to_owned(),
            (0, mended) => format!("{} had to be mended", conversations(mended)),
            (lost, 0) => format!("{} could not be read", conversations(lost)),
            (lost, mended) => format!("{} could not be read, {mended} had to be mended", conversations(lost)),
        };
        Some(format!("{what}: unspool check says why"))
    }

    /// Why nothing at all could be read, if so: one line for each archive that failed. An empty export is no failure.
    pub fn failure(&self) -> Option<String> {
        let failures: Vec<String> = self
            .archives
            .iter()
            .filter_map(|archive| Some(format!("{}: {}", archive.name, archive.failure.as_ref()?)))
            .collect();
        (!failures.is_empty() && failures.len() == self.archives.len()).then(|| failures.join("\n"))
    }

    /// Sorts what was skipped, and joins neighbours with one reason, so that a million bad objects are one line.
    pub(super) fn settle(&mut self) {
        self.skipped.sort_by(|a, b| (a.archive, &a.member, a.offset).cmp(&(b.archive, &b.member, b.offset)));
        self.skipped.dedup_by(|next, first| first.join(next));
    }
}

impl Skipped {
    /// Takes in the stretch behind it, if it is of the same kind and nothing but separators lies between.
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
