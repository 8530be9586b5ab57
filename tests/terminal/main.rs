//! The program in a terminal: pseudo-terminals, lines that are slow or drop, tmux, sshd, X11 and Wayland.
#![cfg(unix)]

#[path = "../support/mod.rs"]
pub mod support;

mod attacks;
mod clipboard;
mod guard;
mod keystrokes;
mod leaving;
mod lifecycle;
mod pty;
mod ssh;
mod terminal;
