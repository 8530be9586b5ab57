//! The loop: waits for an event, takes in all that are waiting, and draws one frame of what came of them.

use std::sync::mpsc::Receiver;

use anyhow::Result;
use ratatui::{buffer::Buffer, layout::Position};

use super::{
    Event,
    action::Action,
    app::App,
    backend::ScreenLink,
    command::Command,
    effect::{Effect, Task, TerminalRequest},
    executor::Executor,
    pipe,
    queue::KeyQueue,
    terminal::{self, Signal, Terminal},
    theme::{Theme, ThemeChoice},
    view,
};
use crate::config;

/// Events that are handled before a frame is due all the same: a flood must not freeze the screen.
const MAX_AT_ONCE: usize = 256;

/// The functions that the loop is driven by: the app's own update and drawing. Only tests have others, that fail on
/// purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hooks {
    /// [`App::update`].
    pub update: fn(&mut App, Action) -> Vec<Effect>,
    /// [`view::draw_linked`].
    pub draw: fn(&mut App, &Theme, &mut Buffer, &mut Vec<ScreenLink>) -> Option<Position>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { update: App::update, draw: view::draw_linked }
    }
}

/// The end of the loop.
#[derive(Debug)]
pub(super) enum End {
    Quit {
        /// Why there is no copy, in a line, if no frame has said so.
        uncopied: Option<String>,
        /// Without waiting for copies that are still made.
        at_once: bool,
    },
    /// With the text that would have been copied.
    Picked(String),
    Signal(Signal),
}

/// The state of the loop.
pub(super) struct EventLoop<'a> {
    terminal: &'a mut Terminal,
    app: App,
    typed: KeyQueue,
    executor: &'a Executor,
    theme: ThemeChoice,
    buffer: Buffer,
    /// A text that would be copied ends the loop.
    pick: bool,
    /// Copies that were asked for and not answered yet.
    copies: usize,
    /// The person leaves: once the copies are answered, or at once when asked again.
    leaving: bool,
    /// Why there is no copy, as long as no frame has said so.
    uncopied: Option<String>,
    hooks: Hooks,
}

impl<'a> EventLoop<'a> {
    /// Begins with an app, and with what it wants done at once.
    pub(super) fn new(
        terminal: &'a mut Terminal,
        (app, effects): (App, Vec<Effect>),
        theme: ThemeChoice,
        executor: &'a Executor,
        pick: bool,
        hooks: Hooks,
    ) -> Self {
        for effect in effects {
            if let Effect::Background(task) = effect {
                executor.execute(task);
            }
        }
        Self {
            terminal,
            app,
            typed: KeyQueue::default(),
            executor,
            theme,
            buffer: Buffer::default(),
            pick,
            copies: 0,
            leaving: false,
            uncopied: None,
            hooks,
        }
    }

    /// Goes round until the end.
    pub(super) fn run(mut self, waiting: &Receiver<Event>) -> Result<End> {
        loop {
            self.draw()?;
            let Ok(first) = waiting.recv() else { return Ok(self.quit()) };
            for event in std::iter::once(first).chain(waiting.try_iter().take(MAX_AT_ONCE)) {
                if let Some(end) = self.take_in(event)? {
                    return Ok(end);
                }
            }
        }
    }

    fn draw(&mut self) -> Result<()> {
        let area = self.app.layout.screen;
        if self.buffer.area == area {
            self.buffer.reset();
        } else {
            self.buffer = Buffer::empty(area);
        }
        let mut links = Vec::new();
        let cursor = (self.hooks.draw)(&mut self.app, self.theme.theme(), &mut self.buffer, &mut links);
        self.terminal.present_linked(&self.buffer, &links, cursor)?;
        if !self.leaving {
            self.uncopied = None;
        }
        if let Some(task) = self.app.take_frame_task() {
            self.executor.execute(task);
        }
        Ok(())
    }

    /// Takes in one event, and does whatever has its turn now; `Some` when that is the end.
    fn take_in(&mut self, event: Event) -> Result<Option<End>> {
        let mut next = match event {
            Event::Typed(typed, quiet) => {
                self.app.update(Action::Now(config::now()));
                self.typed.push(typed, quiet, &self.app);
                None
            }
            Event::Action(action) => Some(action),
            Event::ToTerminal(bytes) => {
                self.terminal.send(&bytes)?;
                None
            }
            Event::Picked(text) => return Ok(Some(End::Picked(text))),
            Event::Resized => Some(self.resized()),
            Event::Answer(answer) => {
                self.theme.answered(answer);
                None
            }
            Event::Signal(signal) if signal.ends() => return Ok(Some(End::Signal(signal))),
            Event::Signal(signal) => {
                self.terminal.handle_signal(signal)?;
                Some(self.resized())
            }
        };
        while let Some(action) = next.take().or_else(|| self.typed.next(&self.app)) {
            if let Some(end) = self.act(action)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// Does one thing and all that follows from it; `Some` when that is the end.
    fn act(&mut self, action: Action) -> Result<Option<End>> {
        if self.leaving && comes_too_late(&action) {
            return Ok(None);
        }
        if let Action::Copied(outcome) = &action {
            self.copies = self.copies.saturating_sub(1);
            self.uncopied = self.uncopied.take().or_else(|| outcome.failure());
            if self.leaving && self.copies == 0 {
                return Ok(Some(self.quit()));
            }
        }
        for effect in (self.hooks.update)(&mut self.app, action) {
            let end = match effect {
                Effect::Background(task) => self.begin(task),
                Effect::Terminal(request) => self.grant(request)?,
            };
            if end.is_some() {
                return Ok(end);
            }
        }
        Ok(None)
    }

    /// Begins a task; `Some` when it is a pick, and known already.
    fn begin(&mut self, task: Task) -> Option<End> {
        match task {
            Task::Copy(copy) if self.pick => {
                if let Some(text) = self.executor.pick(copy) {
                    return Some(End::Picked(text));
                }
                self.copies += 1;
            }
            task => {
                self.copies += usize::from(matches!(task, Task::Copy(_)));
                self.executor.execute(task);
            }
        }
        None
    }

    /// Does what the terminal is needed for; `Some` when that is the end.
    fn grant(&mut self, request: TerminalRequest) -> Result<Option<End>> {
        match request {
            TerminalRequest::Suspend => {
                terminal::discard_burst();
                let stopped = self.terminal.suspend()?;
                self.app.update(self.resized());
                if !stopped {
                    self.app.update(Action::CannotSuspend);
                }
            }
            TerminalRequest::Pipe { command, text } => {
                terminal::discard_burst();
                let result = self.terminal.lend(|| pipe::run(&command, &text))?;
                self.app.update(Action::Piped(result));
                self.app.update(self.resized());
            }
            TerminalRequest::Redraw => self.terminal.redraw_in_full(),
            TerminalRequest::Theme(name) => self.theme.choose(name),
            // What goes through the terminal can only be copied while there is one.
            TerminalRequest::Quit if self.copies > 0 && !self.leaving => {
                self.leaving = true;
                self.app.update(Action::Leaving);
            }
            TerminalRequest::Quit => return Ok(Some(self.quit())),
        }
        Ok(None)
    }

    /// Returns the end that the person wants, who is told of a copy that failed without being seen to.
    fn quit(&mut self) -> End {
        End::Quit { uncopied: self.uncopied.take(), at_once: self.copies > 0 }
    }

    fn resized(&self) -> Action {
        let (columns, rows) = self.terminal.size().into();
        Action::Resize(columns, rows)
    }
}

/// Returns whether an action is typed by somebody who is leaving, and is not the wish to leave at once.
fn comes_too_late(action: &Action) -> bool {
    match action {
        Action::Command(command) => !matches!(command, Command::Quit | Command::Interrupt),
        Action::Type(_) | Action::Paste(_) => true,
        _ => false,
    }
}
