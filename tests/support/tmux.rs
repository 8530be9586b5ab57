//! tmux around a program, in an emulated terminal, with a server of its own.

use std::{fs, path::PathBuf, process::Command};

use super::pty::{Session, Setup};

/// A running tmux.
pub struct Tmux {
    /// The terminal around it.
    pub session: Session,
    /// A folder of its own, in which the program runs.
    pub folder: tempfile::TempDir,
    socket: PathBuf,
}

impl Tmux {
    /// Starts it with this configuration in a terminal of that kind, with this command of a shell in it.
    pub fn start(configuration: &str, term: &str, command: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (socket, file) = (folder.path().join("socket"), folder.path().join("tmux.conf"));
        fs::write(&file, configuration).unwrap();
        let session = Setup::new("tmux")
            .args(["-S".as_ref(), socket.as_os_str(), "-f".as_ref(), file.as_os_str()])
            .args(["new-session", command])
            .env("TERM", term)
            .env("SHELL", "/bin/sh")
            .folder(folder.path())
            .size(120, 30)
            .spawn();
        Self { session, folder, socket }
    }

    /// Asks its server; answers with what that prints.
    pub fn ask(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").arg("-S").arg(&self.socket).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Files in its folder that are not its own.
    pub fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name != "socket" && name != "tmux.conf" && name != "buffer").collect()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.ask(&["kill-server"]);
    }
}
