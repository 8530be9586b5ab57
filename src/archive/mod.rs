//! The source of bytes: zip, zip of zips, unpacked folder, bare JSON file, stdin, the bundled demo.
//!
//! An [`Archive`] is a list of members and a way to read each of them from its beginning, by several threads at
//! once. It knows which members hold conversations, and cuts those into whole JSON objects ([`cut`]); what an object
//! means is for `import` to say. Nothing an archive claims about itself is believed: sizes are counted while
//! reading, names are only compared, and [`Limits`] end what has no end.

#![warn(clippy::cast_possible_truncation)]

mod attachment_index;
mod byte_source;
pub mod cut;
mod discover;
mod error;
mod export_manifest;
mod export_zips;
mod folder;
mod identity;
mod limits;
mod location;
mod manifest;
mod member;
mod nested_zips;
mod open;
mod own_files;
mod read_object;
mod refusal;
mod salvage;
mod stream;
mod unlisted;
mod zipped;

use std::{path::PathBuf, sync::OnceLock};

use hashbrown::HashSet;

use crate::{
    conversation::ObjectLocation,
    io_error::io_error_text,
    provider::{self, AccountFileKind, Provider},
};

pub use attachment_index::extension_by_content;
pub use discover::{list_archives, looks_like_archive};
pub use error::{ArchiveError, MAX_ARCHIVES, OpenProblem};
pub use limits::Limits;
pub use location::Location;
pub use member::Member;
pub use open::open_all;
pub(crate) use refusal::{UTF16_REFUSAL, is_utf16};
pub use stream::{Stream, StreamError};

use attachment_index::AttachmentIndex;
use byte_source::ByteSource;
use identity::FileId;
use member::{
    Compression, FolderMember, MemberContent, MemberEntry, base_name, has_extension, holds_conversations,
    stream_of,
};

/// An opened archive: its members are listed, nothing is inflated yet. Several threads read it at once.
#[derive(Debug)]
pub struct Archive {
    name: String,
    limits: Limits,
    containers: Vec<ByteSource>,
    entries: Vec<MemberEntry>,
    /// The entries that hold conversations, in the order of their names.
    conversation_entries: Vec<u32>,
    /// The problems found when it was opened.
    problems: Vec<OpenProblem>,
    /// The path that it was opened by, if it is one.
    path: Option<PathBuf>,
    /// The zips it was put together from, where it was from several: absolute, without links.
    zips: Vec<PathBuf>,
    /// The number of files that the export lists and that are not here.
    missing_files: usize,
    /// Bytes on disk (or in memory).
    size: u64,
    attachments: OnceLock<AttachmentIndex>,
    /// The path that it was opened by, and what that links to: no extract is written over them.
    argument_files: Vec<FileId>,
    /// The files that it is read from; made when it is first asked.
    files: OnceLock<HashSet<FileId>>,
}

/// What is in a member beside the conversations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// A text of the export's own.
    Text,
    /// Anything else.
    Opaque,
}

impl Content {
    /// Tells it of a member, which is read as conversations or not; `None` of what says nothing of its own: it only names
    /// members, or has once more what is read elsewhere.
    fn of(entry: &MemberEntry, is_read: bool) -> Option<Self> {
        const TEXTS: [&str; 7] = ["json", "html", "htm", "md", "txt", "csv", "xml"];
        let base = entry.base_name();
        // The file of a page that was published (`artifact.json`) is read as a conversation, but not all of its strings are.
        let tells_links = || {
            let mut files = Provider::ALL.iter().flat_map(|provider| provider.facts().account_files);
            files.any(|file| file.kind == AccountFileKind::Links && file.name.eq_ignore_ascii_case(base))
        };
        if names_or_repeats(base) || (is_read && !tells_links()) {
            return None;
        }
        let is_text = TEXTS.iter().any(|ending| has_extension(base, ending));
        let is_upload = attachment_index::id_of(base).is_some();
        Some(if is_text && !is_upload { Self::Text } else { Self::Opaque })
    }
}

/// Returns whether a member of this name only names others, or has all conversations once more.
fn names_or_repeats(base: &str) -> bool {
    let mut maps = Provider::ALL.iter().filter_map(|provider| provider.facts().attachment_names);
    maps.any(|map| map.eq_ignore_ascii_case(base))
        || provider::may_be_zip_manifest(base)
        || export_manifest::is_export_manifest(base)
        || base.eq_ignore_ascii_case("chat.html")
}

impl Archive {
    /// Lists the members of an archive. Reads stdin to its end; otherwise it reads only the directory.
    ///
    /// # Errors
    /// Fails when nothing in it can hold conversations, saying what it is and what was expected; when it
    /// cannot be read; and when it goes past one of the limits.
    pub fn open(location: &Location, limits: Limits) -> Result<Self, ArchiveError> {
        open::open(location, limits)
    }

    /// Returns its name: the path as given, "stdin", "the demo archive".
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the bounds it was opened with.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the bytes of the file or stream; of a folder those of its files.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Counts its members.
    pub fn member_count(&self) -> usize {
        self.entries.len()
    }

    /// Lists the members that hold conversations; [`ObjectLocation::member`] is an index into them.
    pub fn conversation_members(&self) -> impl ExactSizeIterator<Item = Member> {
        self.conversation_entries.iter().map(|&index| self.member(index as usize))
    }

    /// Counts the files that the export lists as its own and that are not here: attachments in other parts, as a rule.
    pub fn missing_files(&self) -> usize {
        self.missing_files
    }

    /// Finds the first member with that base name, in any case, as `user.json` or `shared_conversations.json`.
    pub fn find_member(&self, base: &str) -> Option<Member> {
        let index = self.entries.iter().position(|entry| entry.base_name().eq_ignore_ascii_case(base))?;
        Some(self.member(index))
    }

    /// Lists the members with this base name, in any case.
    pub fn members_named(&self, base: &str) -> impl Iterator<Item = Member> {
        let is_named = move |index: &usize| self.entries[*index].base_name().eq_ignore_ascii_case(base);
        (0..self.entries.len()).filter(is_named).map(|index| self.member(index))
    }

    /// Lists the texts beside the conversations: JSON, pages, tables and notes, what was published among them. What has
    /// the id of an upload is not among them, nor what only names members, nor what is empty, nor the viewer that has all
    /// conversations once more.
    pub fn other_members(&self) -> impl Iterator<Item = Member> {
        self.members_of(Content::Text)
    }

    /// Lists the members that are looked into by nobody but whoever saves them: pictures, uploads, whatever is no text.
    pub fn opaque_members(&self) -> impl Iterator<Item = Member> {
        self.members_of(Content::Opaque)
    }

    fn members_of(&self, content: Content) -> impl Iterator<Item = Member> {
        let read: HashSet<u32> = self.conversation_entries.iter().copied().collect();
        (0_u32..)
            .zip(&self.entries)
            .filter(|(_, entry)| entry.size > 2)
            .filter(move |(index, entry)| Content::of(entry, read.contains(index)) == Some(content))
            .map(|(index, _)| self.member(index as usize))
    }

    /// Lists the members that nothing reads: those of the [other members](Self::other_members) with JSON that does not
    /// tell of the owner, zips of an export that lie beside conversations, and what is called like conversations and is
    /// not.
    pub fn ignored_members(&self) -> impl Iterator<Item = String> {
        let is_read = |base: &str| {
            let mut libraries =
                Provider::ALL.iter().filter_map(|provider| provider.facts().file_library_member);
            provider::account_files().into_iter().any(|file| file.eq_ignore_ascii_case(base))
                || libraries.any(|library| library.eq_ignore_ascii_case(base))
        };
        let others: HashSet<usize> = self.other_members().map(|member| member.index).collect();
        let read: HashSet<usize> = self.conversation_entries.iter().map(|&index| index as usize).collect();
        let is_unread = move |&(index, entry): &(usize, &MemberEntry)| {
            let base = entry.base_name();
            let lower = base.to_ascii_lowercase();
            let is_called_so = lower.contains("conversations") && !lower.starts_with("file");
            !read.contains(&index)
                && !is_read(base)
                && ((others.contains(&index) && has_extension(base, "json"))
                    || provider::page_path(&entry.name).is_some_and(|page| !page.contains("/versions/"))
                    || (has_extension(base, "zip") && provider::is_export_zip(base))
                    || (is_called_so && entry.size > 2))
        };
        self.entries.iter().enumerate().filter(is_unread).map(|(_, entry)| entry.name.to_string())
    }

    /// Returns the problems found when it was opened.
    pub fn problems(&self) -> &[OpenProblem] {
        &self.problems
    }

    /// Reads a member from its beginning.
    ///
    /// # Errors
    /// Fails where its bytes cannot be reached or unpacked. Damage and limits come up while it is read.
    pub fn stream(&self, member: &Member) -> Result<Stream, StreamError> {
        self.stream_entry(member.index)
    }

    /// Reads a small member as a whole, such as `user.json`; at most `max_bytes` bytes of it.
    ///
    /// # Errors
    /// Fails where the member cannot be read to that length.
    pub fn read_member(&self, member: &Member, max_bytes: usize) -> Result<Vec<u8>, ArchiveError> {
        let unusable = |fault: StreamError| self.unusable(format!("{}: {fault}", member.name));
        let mut stream = self.stream(member).map_err(unusable)?;
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            bytes.resize((start + (64 << 10)).min(max_bytes), 0);
            let (count, fault) = stream.fill(&mut bytes[start..]);
            let full = start + count == bytes.len();
            bytes.truncate(start + count);
            match fault {
                Some(fault) => return Err(unusable(fault)),
                None if full && bytes.len() < max_bytes => {}
                None => return Ok(bytes),
            }
        }
    }

    /// Reads the original object, byte for byte. Inflates its member up to it, and so can take as long as
    /// loading it. `progress` gets the bytes inflated so far; `false` stops.
    ///
    /// # Errors
    /// Fails where the member cannot be read any more, and with [`ArchiveError::Stopped`].
    pub fn read_object(
        &self,
        source: ObjectLocation,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Vec<u8>, ArchiveError> {
        let mut object = Vec::new();
        self.read_objects(&[source], progress, &mut |_, bytes| {
            object = bytes.to_vec();
            true
        })?;
        Ok(object)
    }

    /// Reads the original objects, byte for byte, in one pass over each member. `sources` are sorted and of
    /// this archive; `sink` gets the index in `sources` and the bytes, in that order; `false` from either
    /// closure stops.
    ///
    /// # Errors
    /// Fails where a member cannot be read any more, and with [`ArchiveError::Stopped`].
    pub fn read_objects(
        &self,
        locations: &[ObjectLocation],
        progress: &mut dyn FnMut(u64) -> bool,
        sink: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) -> Result<(), ArchiveError> {
        read_object::read(self, locations, progress, sink)
    }

    /// Finds the attachment with this id (of `conversation::Attachment`), with its name and size.
    pub fn find_attachment(&self, id: &str) -> Option<Member> {
        let index = self.attachments.get_or_init(|| AttachmentIndex::of(self)).find(id)?;
        let mut member = self.member(index.entry as usize);
        member.alias = index.alias.as_deref().map(str::to_owned);
        Some(member)
    }

    /// Returns the error for what is not as it was when the archive was opened.
    pub fn changed_error(&self) -> ArchiveError {
        ArchiveError::Changed { path: self.name.clone() }
    }

    /// Returns whether the file with a member is what it was, as far as that shows without reading it.
    fn is_unchanged(&self, entry: &MemberEntry) -> bool {
        match &entry.content {
            // Looked at when it is opened.
            MemberContent::File(_) => true,
            MemberContent::Zipped { container, .. }
            | MemberContent::Salvaged { container, .. }
            | MemberContent::WholeContainer { container } => {
                self.containers[*container as usize].is_unchanged()
            }
        }
    }

    /// Copies a member's bytes out and counts them.
    ///
    /// # Errors
    /// Fails where the member cannot be read or `to` not be written, and where the file it is in is not what it was
    /// when the archive was opened. The bytes written before are not the whole member.
    pub fn copy_attachment(&self, member: &Member, to: &mut dyn std::io::Write) -> Result<u64, ArchiveError> {
        let unusable = |fault: StreamError| match fault {
            StreamError::Changed => self.changed_error(),
            StreamError::Other(reason) => self.unusable(format!("{}: {reason}", member.name)),
        };
        let entry = self.entries.get(member.index).filter(|entry| *entry.name == *member.name);
        let is_unchanged = || entry.is_some_and(|entry| self.is_unchanged(entry));
        if !is_unchanged() {
            return Err(self.changed_error());
        }
        let mut stream = self.stream(member).map_err(unusable)?;
        let mut buffer = vec![0; 128 << 10];
        loop {
            let (count, fault) = stream.fill(&mut buffer);
            to.write_all(&buffer[..count]).map_err(|error| {
                self.unusable(format!("{}: cannot be copied: {}", member.name, io_error_text(&error)))
            })?;
            match fault {
                // What it holds no longer fits what was said of it.
                Some(_) if !is_unchanged() => return Err(self.changed_error()),
                Some(fault) => return Err(unusable(fault)),
                None if count < buffer.len() && is_unchanged() && stream.is_unchanged() => {
                    return Ok(stream.produced());
                }
                None if count < buffer.len() => return Err(self.changed_error()),
                None => {}
            }
        }
    }

    fn member(&self, index: usize) -> Member {
        let entry = &self.entries[index];
        Member { name: entry.name.to_string(), alias: None, size: entry.size, index }
    }

    fn unusable(&self, reason: String) -> ArchiveError {
        ArchiveError::Unusable { path: self.name.clone(), reason }
    }

    fn stream_entry(&self, index: usize) -> Result<Stream, StreamError> {
        let entry = self.entries.get(index).ok_or_else(|| StreamError::new("no such member"))?;
        stream_of(entry, &self.containers, self.limits)
    }
}
