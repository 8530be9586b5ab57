//! The source of bytes: zip, zip of zips, unpacked folder, bare JSON file, stdin, the bundled demo.
//!
//! An [`Archive`] is a list of members and a way to read each of them from its beginning, by several threads at
//! once. It knows which members hold conversations, and cuts those into whole JSON objects ([`cut`]); what an object
//! means is for `import` to say. Nothing an archive claims about itself is believed: sizes are counted while
//! reading, names are only compared, and [`Limits`] end what has no end.

#![warn(clippy::cast_possible_truncation)]

mod attachment_index;
mod byte_source;
mod contents;
pub mod cut;
mod discover;
mod folder;
mod identity;
mod limits;
mod manifest;
mod open;
mod parts;
mod read_object;
mod salvage;
mod stream;
mod zipped;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use hashbrown::HashSet;

use crate::{
    conversation::ObjectLocation,
    io_error::io_error_text,
    provider::{self, Provider},
};

pub use attachment_index::sniff;
pub use discover::{list_archives, looks_like_archive};
pub use limits::Limits;
pub(crate) use open::{UTF16, is_utf16};
pub use stream::{Stream, StreamError};

use attachment_index::AttachmentIndex;
use byte_source::ByteSource;
use identity::{FileIdentity, FilePlace, open_regular};

/// The place of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A zip, a folder or a JSON file.
    Path(PathBuf),
    /// A zip or JSON on standard input, kept in memory while it is open.
    Stdin,
    /// The archive this program carries.
    Demo,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(formatter),
            Self::Stdin => formatter.write_str("stdin"),
            Self::Demo => formatter.write_str("the demo archive"),
        }
    }
}

/// The reason why an archive, or a piece of it, could not be read. One line, lower case, without any of the
/// archive's text.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be read as the archive it should be.
    #[error("{path}: {reason}")]
    Unusable {
        /// The archive as it was given.
        path: String,
        /// The reason, with what was expected.
        reason: String,
    },
    /// It, or something in it, is not what it was when it was opened.
    #[error("{path}: {CHANGED}")]
    Changed {
        /// The archive as it was given.
        path: String,
    },
    /// More were named than [`MAX_ARCHIVES`].
    #[error("{0} archives are named: at most {MAX_ARCHIVES} can be open at once")]
    TooMany(usize),
    /// The `progress` of the caller said to stop.
    #[error("stopped")]
    Stopped,
}

/// The number of archives that can be open at once: an [`ObjectLocation`] names its archive by 16 bits.
pub const MAX_ARCHIVES: usize = 1 << 16;

/// Opens all of these, in their order.
///
/// # Errors
/// Fails with the first archive that [`Archive::open`] fails for, and before it opens any where there are more than
/// [`MAX_ARCHIVES`].
pub fn open_all(locations: &[Location], limits: Limits) -> Result<Vec<Archive>, ArchiveError> {
    if locations.len() > MAX_ARCHIVES {
        return Err(ArchiveError::TooMany(locations.len()));
    }
    let mut archives: Vec<Archive> = Vec::new();
    for location in locations {
        // Of the zips of one export the first that is named has brought the others along.
        let is_part = |archive: &Archive| matches!(location, Location::Path(path) if archive.was_put_together_from(path));
        if !archives.iter().any(is_part) {
            let archive = Archive::open(location, limits)?;
            // A manifest that is named after its zips has brought them along once more.
            archives.retain(|before| !before.is_within(&archive));
            archives.push(archive);
        }
    }
    Ok(archives)
}

/// The packing of a member's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Stored,
    Deflated,
    Encrypted,
    Unsupported,
}

/// The place of a member's bytes.
#[derive(Clone, Debug)]
enum MemberContent {
    /// In a zip: [`Archive::containers`], after the local header at `header`.
    Zipped { container: u32, header: u64, compressed: u64, crc: u32, method: Method },
    /// In a zip whose directory is lost: the raw bytes begin at `start`. Their end and checksum are known only where
    /// the local header has them.
    Salvaged { container: u32, start: u64, compressed: u64, crc: Option<u32>, method: Method },
    /// A file of an unpacked folder, or a bare JSON file.
    File(Box<FolderMember>),
    /// The whole of a container.
    Whole { container: u32 },
}

/// A file that is a member, and what it was when it was listed.
#[derive(Clone, Debug)]
struct FolderMember {
    path: PathBuf,
    identity: Option<FileIdentity>,
}

impl FolderMember {
    /// Opens it, if it still is what it was.
    fn open(&self) -> Result<ByteSource, StreamError> {
        let bytes = ByteSource::file(open_regular(&self.path, false)?)?;
        match self.identity {
            Some(identity) if bytes.identity() != Some(identity) => Err(StreamError(CHANGED.into())),
            _ => Ok(bytes),
        }
    }
}

/// The reason why something of an archive is not read again.
const CHANGED: &str = "it has changed since it was opened: open it again";

/// A member as the archive keeps it.
#[derive(Clone, Debug)]
struct MemberEntry {
    name: Box<str>,
    /// The inflated bytes, as declared; never trusted.
    size: u64,
    content: MemberContent,
}

impl MemberEntry {
    /// Returns the name after the last separator.
    fn base_name(&self) -> &str {
        base_name(&self.name)
    }
}

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A member as listed. For an attachment, see [`Archive::find_attachment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path inside the archive. Untrusted: never a path to write to.
    pub name: String,
    /// The name in the export's own map, when it is stored under a meaningless one (`….dat`).
    pub alias: Option<String>,
    /// Inflated bytes, as declared.
    pub size: u64,
    /// Its index among the archive's members.
    pub index: usize,
}

/// An opened archive: its members are listed, nothing is inflated yet. Several threads read it at once.
#[derive(Debug)]
pub struct Archive {
    name: String,
    limits: Limits,
    containers: Vec<ByteSource>,
    entries: Vec<MemberEntry>,
    /// The entries that hold conversations, in the order of their names.
    conversations: Vec<u32>,
    /// The losses found when it was opened.
    problems: Vec<OpenProblem>,
    /// The zips it was put together from, where it was from several.
    zips: Vec<PathBuf>,
    /// The number of files that the export lists and that are not here.
    absent: usize,
    /// Bytes on disk (or in memory).
    size: u64,
    attachments: OnceLock<AttachmentIndex>,
    /// The files that it was given as, besides those that are read.
    given_as: Vec<FilePlace>,
    /// The files that it is read from; made when it is first asked.
    files: OnceLock<HashSet<FilePlace>>,
}

/// Something of an archive that was lost before any conversation was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenProblem {
    /// The member concerned, or empty for the archive itself.
    pub member: String,
    /// The reason, in one line.
    pub reason: String,
    /// The member is not there at all: the export says that there is one.
    pub missing: bool,
}

impl OpenProblem {
    /// Makes a loss of what is there and cannot be read.
    fn of(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { member: member.into(), reason: reason.into(), missing: false }
    }
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

    /// Returns whether this file is one of the zips it was put together from.
    fn was_put_together_from(&self, path: &Path) -> bool {
        self.zips.iter().any(|zip| is_same_file(zip, path))
    }

    /// Returns whether the zips it was put together from are among those of another archive.
    fn is_within(&self, other: &Self) -> bool {
        !self.zips.is_empty() && self.zips.iter().all(|zip| other.was_put_together_from(zip))
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
        self.conversations.iter().map(|&index| self.member(index as usize))
    }

    /// Counts the files that the export lists as its own and that are not here: attachments in other parts, as a rule.
    pub fn absent_files(&self) -> usize {
        self.absent
    }

    /// Finds the first member with that base name, in any case, as `user.json` or `shared_conversations.json`.
    pub fn find_member(&self, base: &str) -> Option<Member> {
        let index = self.entries.iter().position(|entry| entry.base_name().eq_ignore_ascii_case(base))?;
        Some(self.member(index))
    }

    /// Lists the members with JSON that are not empty and that nothing reads: neither conversations nor what tells of
    /// their owner or of attachments. An upload may be JSON too; those are named as uploads are.
    pub fn unread_members(&self) -> impl Iterator<Item = &str> {
        let is_json = |base: &str| base.to_ascii_lowercase().ends_with(".json");
        let known = |base: &str| {
            let maps = Provider::ALL.iter().filter_map(|provider| provider.facts().attachment_names);
            provider::side_files().contains(&base)
                || maps.into_iter().any(|map| map == base)
                || provider::may_be_manifest(base)
                || contents::is_list(base)
                || base.starts_with("file")
        };
        let read: hashbrown::HashSet<u32> = self.conversations.iter().copied().collect();
        let entries = (0_u32..).zip(&self.entries).filter(move |(index, _)| !read.contains(index));
        let entries = entries.map(|(_, entry)| entry).filter(|entry| entry.size > 2);
        entries
            .filter(move |entry| is_json(entry.base_name()) && !known(entry.base_name()))
            .map(|entry| &*entry.name)
    }

    /// Returns the losses found when it was opened.
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

    /// Reads a small member as a whole, such as `user.json`; at most `most` bytes of it.
    ///
    /// # Errors
    /// Fails where the member cannot be read to that length.
    pub fn read_member(&self, member: &Member, most: usize) -> Result<Vec<u8>, ArchiveError> {
        let unusable = |fault: StreamError| self.unusable(format!("{}: {fault}", member.name));
        let mut stream = self.stream(member).map_err(unusable)?;
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            bytes.resize((start + (64 << 10)).min(most), 0);
            let (count, fault) = stream.fill(&mut bytes[start..]);
            let full = start + count == bytes.len();
            bytes.truncate(start + count);
            match fault {
                Some(fault) => return Err(unusable(fault)),
                None if full && bytes.len() < most => {}
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
        sources: &[ObjectLocation],
        progress: &mut dyn FnMut(u64) -> bool,
        sink: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) -> Result<(), ArchiveError> {
        read_object::read(self, sources, progress, sink)
    }

    /// Finds the attachment with this id (of `conversation::Attachment`), with its name and size.
    pub fn find_attachment(&self, id: &str) -> Option<Member> {
        let index = self.attachments.get_or_init(|| AttachmentIndex::of(self)).find(id)?;
        let mut member = self.member(index.entry as usize);
        member.alias = index.alias.as_deref().map(str::to_owned);
        Some(member)
    }

    /// Returns whether a path leads to a file that this archive is read from, whatever it is called: it must not be
    /// written over.
    pub fn is_read_from(&self, path: &Path) -> bool {
        let files = self.files.get_or_init(|| self.own_files());
        [path.symlink_metadata(), path.metadata()]
            .into_iter()
            .flatten()
            .filter_map(|found| FilePlace::of(&found))
            .any(|place| files.contains(&place))
            || (cfg!(not(unix)) && path.canonicalize().is_ok_and(|path| self.is_at(&path)))
    }

    /// Returns the places of the files that are read: of a folder what belongs to an export.
    fn own_files(&self) -> HashSet<FilePlace> {
        let containers = self.containers.iter().filter_map(ByteSource::identity);
        let members = self.entries.iter().filter(|entry| attachment_index::belongs_to_export(&entry.name));
        let members = members.filter_map(|entry| match &entry.content {
            MemberContent::File(member) => member.identity,
            _ => None,
        });
        let places = containers.chain(members).filter_map(|identity| identity.place);
        places.chain(self.given_as.iter().copied()).collect()
    }

    /// Returns whether this is the archive's own path, where the system knows files by their paths only.
    fn is_at(&self, path: &Path) -> bool {
        let own = Path::new(&self.name).canonicalize();
        own.is_ok_and(|own| own == path)
            || self.entries.iter().any(|entry| match &entry.content {
                MemberContent::File(member) => {
                    attachment_index::belongs_to_export(&entry.name)
                        && member.path.canonicalize().is_ok_and(|own| own == path)
                }
                _ => false,
            })
    }

    /// Says that something of it is not what it was when it was opened.
    pub fn changed(&self) -> ArchiveError {
        ArchiveError::Changed { path: self.name.clone() }
    }

    /// Returns whether the file with a member is what it was, as far as that shows without reading it.
    fn is_unchanged(&self, entry: &MemberEntry) -> bool {
        match &entry.content {
            // Looked at when it is opened.
            MemberContent::File(_) => true,
            MemberContent::Zipped { container, .. }
            | MemberContent::Salvaged { container, .. }
            | MemberContent::Whole { container } => self.containers[*container as usize].is_unchanged(),
        }
    }

    /// Copies a member's bytes out and counts them.
    ///
    /// # Errors
    /// Fails where the member cannot be read or `to` not be written, and where the file it is in is not what it was
    /// when the archive was opened. The bytes written before are not the whole member.
    pub fn copy_attachment(&self, member: &Member, to: &mut dyn std::io::Write) -> Result<u64, ArchiveError> {
        let unusable = |fault: StreamError| match fault.0.as_str() {
            CHANGED => self.changed(),
            _ => self.unusable(format!("{}: {fault}", member.name)),
        };
        let entry = self.entries.get(member.index).filter(|entry| *entry.name == *member.name);
        let is_unchanged = || entry.is_some_and(|entry| self.is_unchanged(entry));
        if !is_unchanged() {
            return Err(self.changed());
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
                Some(_) if !is_unchanged() => return Err(self.changed()),
                Some(fault) => return Err(unusable(fault)),
                None if count < buffer.len() && is_unchanged() && stream.is_unchanged() => {
                    return Ok(stream.produced());
                }
                None if count < buffer.len() => return Err(self.changed()),
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
        let entry = self.entries.get(index).ok_or_else(|| StreamError("no such member".into()))?;
        match &entry.content {
            MemberContent::File(member) => Ok(Stream::stored(member.open()?, None, self.limits)),
            &MemberContent::Whole { container } => {
                Ok(Stream::stored(self.containers[container as usize].clone(), None, self.limits))
            }
            &MemberContent::Zipped { container, header, compressed, crc, method } => {
                let bytes = &self.containers[container as usize];
                let start = zipped::data_start(bytes, header)?;
                let declared = stream::Declared { size: entry.size, crc };
                packed(bytes.section(start, compressed), method, Some(declared), self.limits)
            }
            &MemberContent::Salvaged { container, start, compressed, crc, method } => {
                let bytes = self.containers[container as usize].section(start, compressed);
                let declared = crc.map(|crc| stream::Declared { size: entry.size, crc });
                packed(bytes, method, declared, self.limits)
            }
        }
    }
}

fn packed(
    bytes: ByteSource,
    method: Method,
    declared: Option<stream::Declared>,
    limits: Limits,
) -> Result<Stream, StreamError> {
    match method {
        Method::Stored => Ok(Stream::stored(bytes, declared, limits)),
        Method::Deflated => Ok(Stream::deflated(bytes, declared, limits)),
        Method::Encrypted => {
            Err(StreamError("it is encrypted: unpack it with its password and name the folder".into()))
        }
        Method::Unsupported => {
            Err(StreamError("its compression is not supported: unpack it and name the folder".into()))
        }
    }
}

/// Returns whether two paths lead to one file.
fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || std::fs::canonicalize(a).is_ok_and(|a| std::fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Returns whether a member of that name holds conversations. A Mac adds shadows of all members to a zip;
/// they hold none.
fn holds_conversations(name: &str) -> bool {
    provider::holds_conversations(base_name(name))
        && !name.starts_with("__MACOSX/")
        && !name.contains("/__MACOSX/")
}

/// Returns whether a name ends in `.zip` or the like, in any case.
fn has_extension(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}
