//! What the test crates share. Each has it as a public module of its own, so that what one does not use is no dead
//! code.

pub mod app;
#[path = "../../src/conversation/testing.rs"]
pub mod conversations;
pub mod cost;
pub mod exports;
#[cfg(unix)]
pub mod pty;
pub mod streamed;
#[cfg(unix)]
pub mod tmux;
pub mod tools;

#[cfg(unix)]
impl pty::Setup {
    /// The program under test.
    pub fn unspool() -> Self {
        Self::new(env!("CARGO_BIN_EXE_unspool"))
    }

    /// A shell with the prompt `shell> `, to which `$UNSPOOL` is the program under test.
    pub fn shell() -> Self {
        Self::new("/bin/sh")
            .args(["-i"])
            .env("PS1", "shell> ")
            .env("ENV", "")
            .env("UNSPOOL", env!("CARGO_BIN_EXE_unspool"))
    }
}
