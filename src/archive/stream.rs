//! One member's bytes, in order: stored or inflated, counted, checked and bounded.

use std::{fmt, io};

use flate2::{Decompress, FlushDecompress, Status};

use super::{Limits, byte_source::ByteSource};
use crate::io_error::io_error_text;

/// The compressed bytes read at once.
const INPUT: usize = 256 << 10;

/// The reason why a member's bytes end before they should, or should not be trusted. One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The file is not what it was when the archive was opened.
    Changed,
    /// Anything else.
    Other(String),
}

impl StreamError {
    /// Makes an error of this reason.
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self::Other(reason.into())
    }
}

/// The reason why something of an archive is not read again.
pub(super) const CHANGED: &str = "it has changed since it was opened: open it again";

impl fmt::Display for StreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Changed => CHANGED,
            Self::Other(reason) => reason,
        })
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Other(format!("cannot be read: {}", io_error_text(&error)))
    }
}

/// The length and checksum that the archive declares for a member, to be verified once it was read.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The inflated length in bytes.
    pub size: u64,
    /// CRC-32 of the inflated bytes.
    pub crc: u32,
}

/// A member being read from its beginning.
#[derive(Debug)]
pub struct Stream {
    bytes: ByteSource,
    position: u64,
    inflate: Option<Inflate>,
    check: Option<(crc32fast::Hasher, Declared)>,
    produced: u64,
    limits: Limits,
    ended: bool,
}

#[derive(Debug)]
struct Inflate {
    state: Decompress,
    input: Vec<u8>,
    start: usize,
    end: usize,
}

impl Stream {
    /// Reads bytes as they are.
    pub fn stored(bytes: ByteSource, declared: Option<Declared>, limits: Limits) -> Self {
        let check = declared.map(|declared| (crc32fast::Hasher::new(), declared));
        Self { bytes, position: 0, inflate: None, check, produced: 0, limits, ended: false }
    }

    /// Inflates a deflate stream; `bytes` may go on after it.
    pub fn deflated(bytes: ByteSource, declared: Option<Declared>, limits: Limits) -> Self {
        let inflate = Inflate { state: Decompress::new(false), input: vec![0; INPUT], start: 0, end: 0 };
        Self { inflate: Some(inflate), ..Self::stored(bytes, declared, limits) }
    }

    /// Returns whether the file it reads is what it was when it was opened.
    pub fn is_unchanged(&self) -> bool {
        self.bytes.is_unchanged()
    }

    /// Returns the inflated bytes so far.
    pub fn produced(&self) -> u64 {
        self.produced
    }

    /// Returns the compressed bytes used so far; at the end, the position where the deflate stream ended.
    pub fn consumed(&self) -> u64 {
        self.position - self.inflate.as_ref().map_or(0, |inflate| (inflate.end - inflate.start) as u64)
    }

    /// Fills the buffer as far as the member goes. Fewer bytes than asked for mean its end, with length and
    /// checksum as declared. With an error, the bytes handed out before are still the member's.
    pub fn fill(&mut self, buffer: &mut [u8]) -> (usize, Option<StreamError>) {
        let mut filled = 0;
        while filled < buffer.len() && !self.ended {
            match self.step(&mut buffer[filled..]) {
                Ok(count) => {
                    filled += count;
                    self.produced += count as u64;
                    if let Err(fault) = self.within_limits() {
                        self.ended = true;
                        return (filled, Some(fault));
                    }
                }
                Err(fault) => {
                    self.ended = true;
                    return (filled, Some(fault));
                }
            }
        }
        let mut fault = None;
        if let Some((hasher, _)) = &mut self.check {
            hasher.update(&buffer[..filled]);
        }
        if self.ended {
            fault = self.check.take().and_then(|(hasher, declared)| self.verify(hasher, declared));
        }
        (filled, fault)
    }

    fn step(&mut self, buffer: &mut [u8]) -> Result<usize, StreamError> {
        let Some(inflate) = &mut self.inflate else {
            let count = self.bytes.read_at(self.position, buffer)?;
            self.position += count as u64;
            self.ended = count == 0;
            return Ok(count);
        };
        if inflate.start == inflate.end {
            let count = self.bytes.read_at(self.position, &mut inflate.input)?;
            self.position += count as u64;
            (inflate.start, inflate.end) = (0, count);
            if count == 0 {
                return Err(StreamError::new("the compressed data ends too early"));
            }
        }
        let (before_in, before_out) = (inflate.state.total_in(), inflate.state.total_out());
        let input = &inflate.input[inflate.start..inflate.end];
        let status = inflate.state.decompress(input, buffer, FlushDecompress::None);
        // No more than the input and the buffer hold.
        let length = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        inflate.start += length(inflate.state.total_in() - before_in);
        let count = length(inflate.state.total_out() - before_out);
        match status {
            Ok(Status::StreamEnd) => {
                self.ended = true;
                Ok(count)
            }
            // No progress with input and room left: this would loop for ever.
            Ok(_) if count == 0 && inflate.state.total_in() == before_in => {
                Err(StreamError::new("the compressed data is damaged"))
            }
            Ok(_) => Ok(count),
            Err(_) => Err(StreamError::new("the compressed data is damaged")),
        }
    }

    fn within_limits(&self) -> Result<(), StreamError> {
        let Limits { member_bytes, ratio, .. } = self.limits;
        if self.produced > member_bytes {
            return Err(StreamError::new(format!(
                "it inflates to more than {} GB (--limit-member-gb)",
                member_bytes >> 30
            )));
        }
        if self.inflate.is_some()
            && self.produced > Limits::RATIO_FLOOR
            && self.produced / self.consumed().max(1) >= ratio
        {
            return Err(StreamError::new(format!("it inflates more than {ratio} : 1 (--limit-ratio)")));
        }
        Ok(())
    }

    fn verify(&self, hasher: crc32fast::Hasher, declared: Declared) -> Option<StreamError> {
        if self.produced != declared.size {
            return Some(StreamError::new(format!(
                "it holds {} bytes where {} were declared: the zip is damaged",
                self.produced, declared.size
            )));
        }
        (hasher.finalize() != declared.crc).then(|| StreamError::new("its checksum is wrong"))
    }
}
