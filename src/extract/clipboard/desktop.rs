//! The desktop's clipboard, on a thread of its own: it answers for the text as long as it lives, and a display that
//! hangs does not hang the app.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{clipboard_manager, display};

/// The time another program or the display may take before the next way is tried.
pub(super) const CLIPBOARD_TIMEOUT: Duration = Duration::from_secs(2);

/// The desktop's clipboard; see the [module](self).
pub(super) struct Desktop {
    requests: Option<Sender<DesktopCopy>>,
    thread: Option<JoinHandle<()>>,
}

struct DesktopCopy {
    text: String,
    answer: Sender<Result<bool, String>>,
}

impl Desktop {
    pub fn start() -> Self {
        let (requests, inbox) = mpsc::channel::<DesktopCopy>();
        let run = move || {
            let mut clipboard: Option<arboard::Clipboard> = None;
            for DesktopCopy { text, answer } in inbox {
                let Some(_connection) = display::connect() else {
                    // Its libraries would go on to try a port.
                    let _ = answer.send(Err("the desktop's display does not answer".to_owned()));
                    continue;
                };
                let result = match clipboard.take().map_or_else(arboard::Clipboard::new, Ok) {
                    Ok(mut opened) => {
                        let result = opened.set_text(text);
                        clipboard = Some(opened);
                        result.map(|()| clipboard_manager::keeps_copied_text())
                    }
                    Err(error) => Err(error),
                };
                // Nobody waits any more: too late, but not wrong.
                let _ = answer.send(result.map_err(|error| format!("the desktop's clipboard: {error}")));
            }
        };
        let thread = thread::Builder::new().name("clipboard".to_owned()).spawn(run).ok();
        Self { requests: Some(requests), thread }
    }

    /// Copies, and tells whether the copy lasts when unspool has ended.
    ///
    /// # Errors
    /// Fails with the reason, in one line, where the display or its clipboard refuses or does not answer in
    /// time.
    pub fn copy(&self, text: &str) -> Result<bool, String> {
        let gone = || "the desktop's clipboard is gone".to_owned();
        let (answer, result) = mpsc::channel();
        let request = DesktopCopy { text: text.to_owned(), answer };
        self.requests.as_ref().ok_or_else(gone)?.send(request).map_err(|_| gone())?;
        match result.recv_timeout(CLIPBOARD_TIMEOUT) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err("the desktop's clipboard does not answer".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

impl Drop for Desktop {
    /// Lets the thread hand the text over to the desktop's clipboard manager, but not for long.
    fn drop(&mut self) {
        self.requests = None;
        let Some(thread) = self.thread.take() else { return };
        let deadline = Instant::now() + CLIPBOARD_TIMEOUT;
        while !thread.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
    }
}
