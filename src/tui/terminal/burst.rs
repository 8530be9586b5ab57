//! Drops what is typed in one go with the last key, before somebody else has the terminal.

use std::{
    io::{self, Write},
    sync::atomic::Ordering,
    time::Duration,
};

use ratatui::layout::Size;

use super::{
    RESIZED,
    answers::wait_for_answers,
    ownership::{DROPS_TYPED, IS_OUTPUT_OURS, OUTPUT, lock},
    platform::{self, BurstWaits, Output},
};

/// Time that what is typed in one go with the last key is waited for; a terminal that never rests must not keep the
/// person here.
const BURST_TIMEOUT: Duration = Duration::from_mins(1);
/// What is typed in one go with the last key is not for whoever has the terminal next.
const BURST: BurstWaits = BurstWaits {
    alone: Duration::from_millis(100),
    pause: Duration::from_millis(300),
    notify_after: Duration::from_secs(1),
    give_up_after: BURST_TIMEOUT,
};
/// What the last row says while that is waited for.
const WAITS_FOR_BURST: &str = "waiting until no more keys come: what comes now is dropped";

/// Lets pass by what is typed in one go with the key that gives the terminal to somebody else: the rest of a text that
/// arrives as keys is not for the person's shell. If that goes on, the last row says so.
pub fn discard_burst() {
    wait_for_answers();
    platform::wait_until_typing_stops(&BURST, || {
        if let Some(output) = lock(&OUTPUT).as_mut()
            && IS_OUTPUT_OURS.load(Ordering::SeqCst)
        {
            // What cannot be told is done all the same.
            let _ = write_in_last_row(output, WAITS_FOR_BURST);
        }
    });
    DROPS_TYPED.store(true, Ordering::SeqCst);
}

/// Writes over the last row, whatever the last frame has there; the next is drawn in full. Nothing is written where the
/// terminal takes no text now: whoever writes would wait for it, and whoever gives it back for them.
fn write_in_last_row(output: &mut Output, words: &str) -> io::Result<()> {
    if !output.takes_text_within(Duration::ZERO) {
        return Ok(());
    }
    RESIZED.store(true, Ordering::SeqCst);
    let size = output.size().unwrap_or(Size::new(80, 24));
    let words: String = words.chars().take(usize::from(size.width).saturating_sub(1)).collect();
    output.write_all(format!("\x1b[{};1H\x1b[m\x1b[2K{words}", size.height).as_bytes())?;
    output.flush()
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs::File, io::Read, os::fd::OwnedFd};

    use super::*;

    /// It waited for the terminal, whatever was typed, and whoever gave it back waited for the notice.
    #[test]
    fn a_notice_is_not_written_where_no_text_is_taken() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let mut output = Output::from(File::from(OwnedFd::from(writer)));
        let mut filled = 0;
        while output.takes_text_within(Duration::ZERO) {
            output.write_all(&[b'.'; 512]).expect("there is room");
            filled += 512;
        }
        write_in_last_row(&mut output, "it waits").expect("nothing is done");
        let mut written = vec![0; filled];
        reader.read_exact(&mut written).expect("all of it");
        write_in_last_row(&mut output, "it waits").expect("there is room");
        drop(output);
        let mut written = String::new();
        reader.read_to_string(&mut written).expect("words");
        assert_eq!(written, "\x1b[24;1H\x1b[m\x1b[2Kit waits");
    }
}
