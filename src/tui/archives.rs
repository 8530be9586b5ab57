//! The archives that the UI opens: those that were named, or the one the person chooses on the [`welcome`] screen.

use std::sync::mpsc::Receiver;

use anyhow::Result;
use crossterm::event::KeyEvent;
use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Event,
    command::Command,
    keymap::{Keymap, Meaning},
    queue::Typed,
    terminal::{self, Signal, Terminal},
    theme::ThemeChoice,
    welcome::{self, Decision, Welcome},
};
use crate::{
    archive::{self, Archive},
    launch::Launch,
};

/// Opens the archives that the command line names, if any.
pub(super) fn open(launch: &Launch) -> Result<Vec<Archive>> {
    let limits = launch.config.limits();
    archive::open_all(&launch.archives, limits).map_err(|error| match &launch.archives_origin {
        Some(by) => anyhow::anyhow!("{error} (it is named by {by})"),
        None => error.into(),
    })
}

/// The answer to being asked for an archive.
pub(super) enum Chosen {
    Archive(Box<Archive>),
    Nothing,
    Signal(Signal),
}

/// Asks which archive to open, where none was named.
pub(super) fn choose(
    terminal: &mut Terminal,
    launch: &Launch,
    keymap: &Keymap,
    theme: &mut ThemeChoice,
    waiting: &Receiver<Event>,
) -> Result<Chosen> {
    let mut welcome = Welcome::new(welcome::find_archives(), keymap.clone());
    if let Some(warning) = launch.warning.clone() {
        welcome.show_error(warning);
    }
    loop {
        let size = terminal.size();
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let cursor = welcome.draw(theme.theme(), &mut buffer);
        terminal.present(&buffer, cursor)?;
        let choice = match waiting.recv() {
            Ok(Event::Typed(Typed::Key(key), _)) => typed(terminal, &mut welcome, keymap, key)?,
            Ok(Event::Typed(Typed::Paste(text), _)) => {
                welcome.typed(&text);
                Decision::None
            }
            Ok(Event::Signal(signal)) if signal.ends() => return Ok(Chosen::Signal(signal)),
            Ok(Event::Signal(signal)) => {
                terminal.handle_signal(signal)?;
                Decision::None
            }
            Ok(Event::Answer(answer)) => {
                theme.answered(answer);
                Decision::None
            }
            Ok(Event::Resized | Event::Action(_) | Event::ToTerminal(_) | Event::Picked(_)) => Decision::None,
            Err(_) => Decision::Quit,
        };
        match choice {
            Decision::None => {}
            Decision::Quit => return Ok(Chosen::Nothing),
            Decision::Open(location) => match Archive::open(&location, launch.config.limits()) {
                Ok(archive) => return Ok(Chosen::Archive(Box::new(archive))),
                Err(error) => welcome.show_error(error.to_string()),
            },
        }
    }
}

fn typed(terminal: &mut Terminal, welcome: &mut Welcome, keymap: &Keymap, key: KeyEvent) -> Result<Decision> {
    for key in keymap.pressed(welcome.place(), key) {
        let decision = match keymap.meaning(welcome.place(), key) {
            Some(Meaning::Command(Command::Suspend)) => {
                terminal::discard_burst();
                terminal.suspend()?;
                Decision::None
            }
            Some(Meaning::Command(command)) => welcome.command(command),
            Some(Meaning::Type(character)) => {
                welcome.typed(character.encode_utf8(&mut [0; 4]));
                Decision::None
            }
            None => Decision::None,
        };
        if decision != Decision::None {
            return Ok(decision);
        }
    }
    Ok(Decision::None)
}
