//! Runs a command of the person's with a text as its input. The terminal is lent to it meanwhile.

use std::{
    io::{self, BufRead, Write},
    process::{Command, Stdio},
    thread,
};

use crate::io_error::io_error_text;

/// Runs `command` by the shell; waits for it, and for enter, so that what it wrote can be read. The reason, if it
/// could not be run or failed.
pub fn run(command: &str, text: &str) -> Result<(), String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .arg(flag)
        .arg(command)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{shell} could not be run: {}", io_error_text(&error)))?;
    let input = child.stdin.take();
    let status = thread::scope(|scope| {
        scope.spawn(move || {
            // A pager that is left early closes its end: no failure.
            input.map(|mut input| input.write_all(text.as_bytes()))
        });
        child.wait()
    });
    let mut terminal = io::stderr();
    // What cannot be said to a terminal that is gone is not said.
    let _ = write!(terminal, "\n[enter: back to unspool] ").and_then(|()| terminal.flush());
    let _ = io::stdin().lock().read_line(&mut String::new());
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the command ended with {status}")),
        Err(error) => Err(format!("the command was lost: {}", io_error_text(&error))),
    }
}
