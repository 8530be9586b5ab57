//! The program: arguments in, one of the two front doors, exit code out.

use unspool::{cli, tui};

fn main() -> std::process::ExitCode {
    // A core dump would hold the archive.
    tui::terminal::forbid_core_dumps();
    cli::run(|cli::Screen { archives, named_by, query, config, warning, pick }| {
        tui::run(tui::Launch { archives, named_by, query, config, warning, pick })
    })
}
