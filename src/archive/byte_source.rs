//! Bytes that several threads read at once: a file or a piece of memory, or a stretch of one of them.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use super::identity::FileIdentity;

/// Bytes that can be read at any position. Cheap to clone; no clone moves another's position.
#[derive(Clone, Debug)]
pub struct ByteSource {
    origin: Backing,
    start: u64,
    length: u64,
}

#[derive(Clone)]
enum Backing {
    File(Arc<OpenFile>),
    Memory(Arc<Vec<u8>>),
    Static(&'static [u8]),
}

/// A file, and what it was when it was opened.
struct OpenFile {
    file: File,
    identity: FileIdentity,
}

/// Says where the bytes are, never what they are: they are somebody's conversations.
impl fmt::Debug for Backing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File(_) => "file",
            Self::Memory(_) => "memory",
            Self::Static(_) => "built in",
        })
    }
}

impl ByteSource {
    /// Takes a regular file, with the length it has now.
    ///
    /// # Errors
    /// Fails where the system does not tell that length.
    pub fn file(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let identity = FileIdentity::of(&metadata);
        Ok(Self {
            origin: Backing::File(Arc::new(OpenFile { file, identity })),
            start: 0,
            length: metadata.len(),
        })
    }

    /// Takes bytes that came from a stream, which cannot be read twice.
    pub fn memory(bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self { origin: Backing::Memory(Arc::new(bytes)), start: 0, length }
    }

    /// Takes bytes that are built into the program.
    pub fn fixed(bytes: &'static [u8]) -> Self {
        Self { origin: Backing::Static(bytes), start: 0, length: bytes.len() as u64 }
    }

    /// Returns the identity that the file had when it was opened; `None`: the bytes are in memory.
    pub(super) fn identity(&self) -> Option<FileIdentity> {
        match &self.origin {
            Backing::File(open) => Some(open.identity),
            Backing::Memory(_) | Backing::Static(_) => None,
        }
    }

    /// Returns whether the file is what it was when it was opened, as far as the system says.
    pub fn is_unchanged(&self) -> bool {
        match &self.origin {
            Backing::File(open) => {
                open.file.metadata().is_ok_and(|now| FileIdentity::of(&now) == open.identity)
            }
            Backing::Memory(_) | Backing::Static(_) => true,
        }
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Returns whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns a stretch of the bytes, cut to those there are.
    pub fn section(&self, start: u64, length: u64) -> Self {
        let start = start.min(self.length);
        let length = length.min(self.length - start);
        Self { origin: self.origin.clone(), start: self.start + start, length }
    }

    /// Reads at a position; 0 only at the end or for an empty buffer.
    ///
    /// # Errors
    /// Fails where the system cannot read the file.
    pub fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.length.checked_sub(position) else { return Ok(0) };
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let buffer = &mut buffer[..wanted];
        let position = self.start + position;
        match &self.origin {
            Backing::File(open) => read_file_at(&open.file, position, buffer),
            Backing::Memory(bytes) => Ok(copy(bytes, position, buffer)),
            Backing::Static(bytes) => Ok(copy(bytes, position, buffer)),
        }
    }

    /// Fills the buffer from a position.
    ///
    /// # Errors
    /// Fails with `UnexpectedEof` where the bytes end before, and where the system cannot read the file.
    pub fn read_exact_at(&self, mut position: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read_at(position, buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => {
                    position += count as u64;
                    buffer = &mut buffer[count..];
                }
            }
        }
        Ok(())
    }

    /// Returns a reader of its own over the bytes.
    pub fn cursor(&self) -> ByteCursor {
        ByteCursor { bytes: self.clone(), position: 0 }
    }
}

fn copy(bytes: &[u8], position: u64, buffer: &mut [u8]) -> usize {
    let start = usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
    let count = buffer.len().min(bytes.len() - start);
    buffer[..count].copy_from_slice(&bytes[start..start + count]);
    count
}

#[cfg(unix)]
fn read_file_at(file: &File, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match std::os::unix::fs::FileExt::read_at(file, buffer, position) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(windows)]
fn read_file_at(file: &File, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

/// A reader over a [`ByteSource`]; see [`ByteSource::cursor`].
#[derive(Clone, Debug)]
pub struct ByteCursor {
    bytes: ByteSource,
    position: u64,
}

impl Read for ByteCursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ByteCursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(delta) => self.bytes.length.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
