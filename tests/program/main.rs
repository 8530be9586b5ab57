//! The program from outside: its subcommands, files and system calls, as a shell or a script sees them.

#[path = "../support/mod.rs"]
pub mod support;

mod cli;
mod config;
mod formats;
mod hostile_cli;
mod hostile_memory;
mod hostile_screen;
mod nothing_leaves;
mod packaged;
mod packages;
mod queries;
mod redaction;
mod saving;
mod saving_calls;
mod secrets;
