//! The events that reach the loop by one channel: from the person, from the system, and answers from [elsewhere].
//!
//! [elsewhere]: super::executor

use std::{sync::mpsc::Sender, time::Duration};

use anyhow::Result;

use super::{
    action::Action,
    queue::Typed,
    terminal::{self, Signal, TerminalAnswer, TerminalInput},
};

/// Something that reaches the loop.
#[derive(Debug)]
pub enum Event {
    /// From the keyboard, after so much quiet.
    Typed(Typed, Duration),
    /// From the kernel.
    Signal(Signal),
    /// For the app.
    Action(Action),
    /// Bytes of our own making for the terminal: a clipboard sequence.
    ToTerminal(Vec<u8>),
    /// The text that was picked, where it had to be read first: the end.
    Picked(String),
    /// The terminal may have another size.
    Resized,
    /// The terminal answers.
    Answer(TerminalAnswer),
}

/// Makes events of keys, pastes, resizes and signals.
pub(super) fn listen(events: &Sender<Event>) -> Result<()> {
    // A closed channel means that the app is leaving.
    let signals = events.clone();
    terminal::listen_for_signals(move |signal| {
        let _ = signals.send(if signal == Signal::Resize { Event::Resized } else { Event::Signal(signal) });
    })?;
    let keys = events.clone();
    terminal::read_keys(move |typed| {
        let _ = keys.send(match typed.input {
            TerminalInput::Key(key) => Event::Typed(Typed::Key(key), typed.quiet),
            TerminalInput::Paste(text) => Event::Typed(Typed::Paste(text), typed.quiet),
            TerminalInput::Resize => Event::Resized,
            TerminalInput::Answer(answer) => Event::Answer(answer),
        });
    })?;
    Ok(())
}
