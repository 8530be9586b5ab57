//! Keys with the quiet before them: what tells a person's key from one of a text that arrives as keys.

use std::time::Duration;

use super::Decoder;
use crate::tui::platform::{TerminalInput, TimedInput};

/// A decoder that is told when bytes come, and says of each key and paste how long it was quiet before it.
#[derive(Debug)]
pub struct TimedDecoder {
    decoder: Decoder,
    /// The quiet before what is unfinished: the least, where a key came in pieces.
    quiet: Duration,
}

impl TimedDecoder {
    /// Makes one for a terminal here, or at the other end of a connection.
    pub fn new(is_remote: bool) -> Self {
        Self { decoder: Decoder::new(is_remote), quiet: Duration::ZERO }
    }

    /// Tells answers of the terminal from now on: see [`Decoder::await_answers`].
    pub fn await_answers(&mut self) {
        self.decoder.await_answers();
    }

    /// Swallows answers from now on.
    pub fn stop_awaiting_answers(&mut self) {
        self.decoder.stop_awaiting_answers();
    }

    /// Returns the time to wait for more before [`on_timeout`](Self::on_timeout); `None`: nothing is unfinished.
    pub fn timeout(&self) -> Option<Duration> {
        self.decoder.timeout()
    }

    /// Takes bytes that came in one piece, after so much quiet; gives what they complete. What comes in one piece with
    /// something else had no quiet.
    pub fn feed(&mut self, bytes: &[u8], quiet: Duration, emit: &mut impl FnMut(TimedInput)) {
        self.quiet = match self.timeout() {
            // A long paste comes in pieces; what counts is when it began.
            Some(_) if self.decoder.is_in_paste() => self.quiet,
            Some(_) => self.quiet.min(quiet),
            None => quiet,
        };
        for (index, &byte) in bytes.iter().enumerate() {
            let is_last = index + 1 == bytes.len();
            let Self { decoder, quiet } = self;
            decoder.feed(&[byte], &mut |input: TerminalInput| {
                let quiet = std::mem::take(quiet);
                emit(TimedInput { input, quiet: if is_last { quiet } else { Duration::ZERO } });
            });
            if self.timeout().is_none() {
                self.quiet = Duration::ZERO;
            }
        }
    }

    /// Takes what is unfinished for what it is so far, since nothing more came.
    pub fn on_timeout(&mut self, emit: &mut impl FnMut(TimedInput)) {
        let Self { decoder, quiet } = self;
        decoder.on_timeout(&mut |input| emit(TimedInput { input, quiet: std::mem::take(quiet) }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quiet before each input, of pieces with the quiet before them in milliseconds.
    fn quiets(pieces: &[(&[u8], u64)]) -> Vec<u128> {
        let mut decoder = TimedDecoder::new(false);
        let mut quiets = Vec::new();
        let mut emit = |input: TimedInput| quiets.push(input.quiet.as_millis());
        for (piece, quiet) in pieces {
            decoder.feed(piece, Duration::from_millis(*quiet), &mut emit);
        }
        decoder.on_timeout(&mut emit);
        quiets
    }

    #[test]
    fn a_key_by_itself_has_the_quiet_before_it() {
        assert_eq!(quiets(&[(b"e", 500), (b"\r", 70)]), [500, 70]);
        assert_eq!(quiets(&[(b"\x1bOM", 70)]), [70]);
        assert_eq!(quiets(&[("日".as_bytes(), 70)]), [70]);
        assert_eq!(quiets(&[(b"\x1b", 70)]), [70]);
        assert_eq!(quiets(&[(b"\x1b[200~two\rlines\x1b[201~", 70), (b"\r", 70)]), [70, 70]);
    }

    #[test]
    fn what_comes_in_one_piece_has_none() {
        assert_eq!(quiets(&[(b"!ls\r", 500)]), [0, 0, 0, 0]);
        assert_eq!(quiets(&[(b"\rls", 500)]), [0, 0, 0], "nor what stands first in it");
        assert_eq!(quiets(&[(b"\x1b]0;title\x07\r", 500)]), [0], "also after what is no key");
        assert_eq!(quiets(&[(b"\xff\r", 500)]), [0]);
    }

    #[test]
    fn what_comes_in_pieces_has_the_least_of_them() {
        assert_eq!(quiets(&[(b"\x1b", 500), (b"OM", 20)]), [20]);
        assert_eq!(quiets(&[(b"\xe6", 500), (b"\r", 10)]), [10], "a character that was cut short");
        assert_eq!(quiets(&[(b"a\x1b", 500), (b"OM", 500)]), [0, 0]);
        assert_eq!(quiets(&[(b"!", 500), (b"l", 20), (b"s", 20), (b"\r", 20)]), [500, 20, 20, 20]);
    }

    #[test]
    fn a_bracketed_paste_has_the_quiet_before_its_beginning() {
        assert_eq!(quiets(&[(b"\x1b[200~a", 500), (b"b\x1b[201~", 5), (b"\r", 70)]), [500, 70]);
        assert_eq!(quiets(&[(b"\x1b[200~a", 500), (b"b\x1b[201~\r", 5)]), [0, 0]);
    }
}
