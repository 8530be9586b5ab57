//! A zip without its directory: a download that was cut. The members' own headers still stand before their bytes.

use super::{
    Compression, Limits, MemberContent, MemberEntry, byte_source::ByteSource, stream::Stream, zipped,
};

/// Bit 3 of the flags: sizes follow the data, and are zero in the header.
const SIZES_FOLLOW: u16 = 1 << 3;
/// Bit 0: encrypted.
const ENCRYPTED: u16 = 1;

/// Lists the members as their local headers name them, from the beginning of the file to the first byte that
/// is not a header. A member whose length is not in its header is inflated to find its end.
pub(super) fn list(bytes: &ByteSource, container: u32, limits: Limits) -> Vec<MemberEntry> {
    let mut entries = Vec::new();
    let mut position = 0;
    while entries.len() < limits.members {
        let Some((entry, next)) = member(bytes, container, position, limits) else { break };
        entries.push(entry);
        match next {
            Some(next) if next > position => position = next,
            _ => break,
        }
    }
    entries
}

/// Reads the member whose header stands there, and finds where the next header should be.
fn member(
    bytes: &ByteSource,
    container: u32,
    header: u64,
    limits: Limits,
) -> Option<(MemberEntry, Option<u64>)> {
    let mut local = [0; zipped::LOCAL_HEADER];
    bytes.read_exact_at(header, &mut local).ok()?;
    if local[..4] != zipped::LOCAL_SIGNATURE {
        return None;
    }
    let short = |at: usize| u16::from_le_bytes([local[at], local[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([local[at], local[at + 1], local[at + 2], local[at + 3]]);
    let (flags, method) = (short(6), short(8));
    let (mut compressed, mut size) = (u64::from(long(18)), u64::from(long(22)));
    let mut name = vec![0; usize::from(short(26))];
    let mut extra = vec![0; usize::from(short(28))];
    let name_start = header + zipped::LOCAL_HEADER as u64;
    bytes.read_exact_at(name_start, &mut name).ok()?;
    bytes.read_exact_at(name_start + name.len() as u64, &mut extra).ok()?;
    let start = name_start + (name.len() + extra.len()) as u64;
    if let Some(large) = zip64(&extra) {
        (size, compressed) = large;
    }
    let method = match method {
        _ if flags & ENCRYPTED != 0 => Compression::Encrypted,
        0 => Compression::Stored,
        8 => Compression::Deflated,
        _ => Compression::Unsupported,
    };
    let open = flags & SIZES_FOLLOW != 0 || compressed == 0;
    let (length, next) = if !open {
        (compressed, start.checked_add(compressed))
    } else if method == Compression::Deflated {
        let used = inflated_length(bytes.section(start, u64::MAX), limits);
        (bytes.len() - start, used.and_then(|used| behind_descriptor(bytes, start + used)))
    } else if size == 0 && compressed == 0 && flags & SIZES_FOLLOW == 0 {
        (0, Some(start))
    } else {
        (bytes.len() - start, None)
    };
    let name = String::from_utf8_lossy(&name).into_owned();
    let crc = Some(long(14)).filter(|_| flags & SIZES_FOLLOW == 0);
    let content = MemberContent::Salvaged { container, start, compressed: length, crc, method };
    Some((MemberEntry { name: name.into(), size, content }, next))
}

/// Reads the inflated and compressed length from a zip64 extra field.
fn zip64(mut extra: &[u8]) -> Option<(u64, u64)> {
    while let [a, b, c, d, rest @ ..] = extra {
        let (id, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let field = rest.get(..length)?;
        if id == 1 && length >= 16 {
            let number = |at: usize| Some(u64::from_le_bytes(field.get(at..at + 8)?.try_into().ok()?));
            return Some((number(0)?, number(8)?));
        }
        extra = &rest[length..];
    }
    None
}

/// Measures a deflate stream of unknown length, in bytes; `None` if it does not end.
fn inflated_length(bytes: ByteSource, limits: Limits) -> Option<u64> {
    let mut stream = Stream::deflated(bytes, None, limits);
    let mut buffer = vec![0; 256 << 10];
    loop {
        match stream.fill(&mut buffer) {
            (_, Some(_)) => return None,
            (count, None) if count < buffer.len() => return Some(stream.consumed()),
            _ => {}
        }
    }
}

/// Finds the next header after an optional data descriptor of 12 to 24 bytes.
pub(super) fn behind_descriptor(bytes: &ByteSource, position: u64) -> Option<u64> {
    let mut around = [0; 28];
    let count = bytes.read_at(position, &mut around).ok()?;
    [0, 12, 16, 20, 24]
        .into_iter()
        .find(|&at| around[..count].get(at..at + 4) == Some(&zipped::LOCAL_SIGNATURE[..]))
        .map(|at| position + at as u64)
}
