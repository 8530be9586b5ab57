//! The program: arguments in, one of the two front ends, exit code out.

use unspool::{cli, transcript::highlight, tui};

fn main() -> std::process::ExitCode {
    if tui::terminal::guard_if_asked() {
        return std::process::ExitCode::SUCCESS;
    }
    // A core dump would hold the archive.
    tui::terminal::forbid_core_dumps();
    // A panic's own words may quote it.
    tui::terminal::report_panics(highlight::catches_panics);
    cli::run(tui::run)
}
