//! Zip files: listing their members, and finding where a member's bytes begin.
//!
//! The `zip` crate reads the central directory; the bytes are read here, because several threads read one archive
//! at once, in large pieces, and because a damaged member should give what it holds.

use std::{
    io::{self, Read},
    ops::Range,
};

use zip::{CompressionMethod, ZipArchive};

use super::{
    Compression, Limits, MemberContent, MemberEntry,
    byte_source::ByteSource,
    stream::StreamError,
    unlisted::{self, Place},
};

/// The length of a local file header without name and extra field, in bytes.
pub(super) const LOCAL_HEADER: usize = 30;
/// The signature it begins with.
pub(super) const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";

/// Returns whether these first bytes of a file are a zip's.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(&LOCAL_SIGNATURE) || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08")
}

/// The members of a zip as its directory lists them, and what of it they are not all of.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The members; of several with one name the last.
    pub entries: Vec<MemberEntry>,
    /// The number of members that a later one of the same name hides.
    pub shadowed: usize,
    /// The names of members that are links: they are not followed.
    pub links: Vec<String>,
    /// Another zip stands before it in the file.
    pub is_behind_another: bool,
    /// Members stand in the file that the directory does not list.
    pub has_unlisted: bool,
}

/// Lists the members in a zip's central directory.
///
/// # Errors
/// Fails where the directory cannot be read, where its end does not count it right, and for too many members.
pub(super) fn list(bytes: &ByteSource, container: u32, limits: Limits) -> Result<Listing, StreamError> {
    let reader = io::BufReader::with_capacity(64 << 10, bytes.cursor());
    let archive = ZipArchive::new(reader).map_err(|error| {
        StreamError::new(format!("its directory cannot be read, as when a download was cut off ({error})"))
    })?;
    if archive.len() > limits.members {
        return Err(StreamError::new(format!(
            "it has {} members, more than {} (--limit-members)",
            archive.len(),
            limits.members
        )));
    }
    let mut listing = Listing::default();
    if let Some(directory) = Directory::find(bytes) {
        let held = directory.count(bytes)?;
        if held != directory.declared {
            let declared = directory.declared;
            return Err(StreamError::new(format!(
                "its end counts {declared} members, its directory has {held}"
            )));
        }
        listing.shadowed = held.saturating_sub(archive.len());
        listing.is_behind_another = directory.is_behind_another(bytes);
    }
    listing.entries.reserve(archive.len());
    let mut places = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index_data(index) else { continue };
        places.push(Place {
            header: entry.header_start(),
            name: entry.name_raw().len(),
            compressed: entry.compressed_size(),
        });
        if entry.is_dir() {
            continue;
        }
        let name =
            entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Into::into);
        if entry.is_symlink() {
            listing.links.push(name);
            continue;
        }
        let method = match entry.compression() {
            _ if entry.encrypted() => Compression::Encrypted,
            CompressionMethod::Stored => Compression::Stored,
            CompressionMethod::Deflated => Compression::Deflated,
            _ => Compression::Unsupported,
        };
        listing.entries.push(MemberEntry {
            name: name.into(),
            size: entry.size(),
            content: MemberContent::Zipped {
                container,
                header: entry.header_start(),
                compressed: entry.compressed_size(),
                crc: entry.crc32(),
                method,
            },
        });
    }
    // Those that a later one of the same name hides are counted already.
    listing.has_unlisted =
        unlisted::count(bytes, places, archive.central_directory_start()) > listing.shadowed;
    Ok(listing)
}

/// The directory of a zip as the record at its end describes it.
struct Directory {
    /// The members it has, as the record says.
    declared: usize,
    /// Where it begins and ends in the file.
    range: Range<u64>,
    /// Where it begins in the zip, as the record says.
    offset: u64,
}

impl Directory {
    /// Finds the record; `None` where it says nothing, as for more than 65 534 members or 4 GB, and where another record
    /// stands between it and the directory (ZIP64).
    fn find(bytes: &ByteSource) -> Option<Self> {
        /// The length of the record without its comment.
        const END: usize = 22;
        /// The length of what tells the place of a ZIP64 record, and how it begins.
        const LOCATOR: usize = 20;
        const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
        let length = usize::try_from(bytes.len()).unwrap_or(usize::MAX).min(END + usize::from(u16::MAX));
        let tail_start = bytes.len() - length as u64;
        let mut tail = vec![0; length];
        bytes.read_exact_at(tail_start, &mut tail).ok()?;
        let at = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
        let end = tail.get(at..at + END)?;
        if at.checked_sub(LOCATOR).is_some_and(|before| tail[before..].starts_with(LOCATOR_SIGNATURE)) {
            return None;
        }
        let short = |at: usize| u16::from_le_bytes([end[at], end[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([end[at], end[at + 1], end[at + 2], end[at + 3]]);
        let (declared, size, offset) = (short(10), long(12), long(16));
        if declared == u16::MAX || size == u32::MAX || offset == u32::MAX {
            return None;
        }
        let end = tail_start + at as u64;
        let start = end.checked_sub(u64::from(size))?;
        Some(Self { declared: usize::from(declared), range: start..end, offset: u64::from(offset) })
    }

    /// Counts the members that stand in it.
    fn count(&self, bytes: &ByteSource) -> io::Result<usize> {
        /// The length of a member's header without name, extra field and comment.
        const HEADER: usize = 46;
        let length = self.range.end - self.range.start;
        let mut reader =
            io::BufReader::with_capacity(64 << 10, bytes.section(self.range.start, length).cursor());
        let mut header = [0; HEADER];
        let (mut at, mut count) = (0, 0);
        while at + HEADER as u64 <= length {
            reader.read_exact(&mut header)?;
            if !header.starts_with(b"PK\x01\x02") {
                break;
            }
            let short = |at: usize| i64::from(u16::from_le_bytes([header[at], header[at + 1]]));
            let more = short(28) + short(30) + short(32);
            reader.seek_relative(more)?;
            at += HEADER as u64 + more.unsigned_abs();
            count += 1;
        }
        Ok(count)
    }

    /// Returns whether another zip stands before this one in the file.
    fn is_behind_another(&self, bytes: &ByteSource) -> bool {
        let mut head = [0; 4];
        self.range.start > self.offset && bytes.read_exact_at(0, &mut head).is_ok() && head == LOCAL_SIGNATURE
    }
}

/// Finds where a member's compressed bytes begin, after its local header.
pub(super) fn data_start(bytes: &ByteSource, header: u64) -> Result<u64, StreamError> {
    let mut local = [0; LOCAL_HEADER];
    let missing = || StreamError::new("its local header is missing: the zip is damaged");
    bytes.read_exact_at(header, &mut local).map_err(|_| missing())?;
    if local[..4] != LOCAL_SIGNATURE {
        return Err(missing());
    }
    let length = |at: usize| u64::from(u16::from_le_bytes([local[at], local[at + 1]]));
    Ok(header + LOCAL_HEADER as u64 + length(26) + length(28))
}

/// Returns whether two members share bytes, as in a bomb that refers to one piece of data many times.
pub(super) fn overlap(entries: &[MemberEntry]) -> bool {
    let mut spans: Vec<(u64, u64)> = entries
        .iter()
        .filter_map(|entry| match entry.content {
            MemberContent::Zipped { header, compressed, .. } => {
                Some((header, header.saturating_add(LOCAL_HEADER as u64).saturating_add(compressed)))
            }
            _ => None,
        })
        .collect();
    spans.sort_unstable();
    spans.windows(2).any(|pair| pair[1].0 < pair[0].1)
}
