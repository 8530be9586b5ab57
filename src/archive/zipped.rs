//! Zip files: listing their members, and finding where a member's bytes begin.
//!
//! The `zip` crate reads the central directory; the bytes are read here, because several threads read one archive
//! at once, in large pieces, and because a damaged member should give what it holds.

use std::io;

use zip::{CompressionMethod, ZipArchive};

use super::{Limits, MemberContent, MemberEntry, Method, byte_source::ByteSource, stream::StreamError};

/// The length of a local file header without name and extra field, in bytes.
pub(super) const LOCAL_HEADER: usize = 30;
/// The signature it begins with.
pub(super) const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";

/// Returns whether these first bytes of a file are a zip's.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(&LOCAL_SIGNATURE) || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08")
}

/// Lists the members in a zip's central directory; of several with one name the last. Counts those that this
/// hides.
pub(super) fn list(
    bytes: &ByteSource,
    container: u32,
    limits: Limits,
) -> Result<(Vec<MemberEntry>, usize), StreamError> {
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
    let mut entries = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index_data(index) else { continue };
        if entry.is_dir() || entry.is_symlink() {
            continue;
        }
        let name =
            entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Into::into);
        let method = match entry.compression() {
            _ if entry.encrypted() => Method::Encrypted,
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::Deflated => Method::Deflated,
            _ => Method::Unsupported,
        };
        entries.push(MemberEntry {
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
    let hidden = declared(bytes).unwrap_or_default().saturating_sub(archive.len());
    Ok((entries, hidden))
}

/// Returns how many members the end of a zip declares; more than the directory has names if several bear one.
/// `None` where it declares nothing, as for more than 65 534.
fn declared(bytes: &ByteSource) -> Option<usize> {
    /// The length of the end of a directory without its comment.
    const END: usize = 22;
    let length = usize::try_from(bytes.len()).unwrap_or(usize::MAX).min(END + usize::from(u16::MAX));
    let mut tail = vec![0; length];
    bytes.read_exact_at(bytes.len() - length as u64, &mut tail).ok()?;
    let at = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
    let end = tail.get(at..at + END)?;
    Some(u16::from_le_bytes([end[10], end[11]])).filter(|&count| count != u16::MAX).map(usize::from)
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
