//! The command line: arguments, and one file a subcommand.
//!
//! [`run`] is all there is to the program: it reads the arguments, does what they say, and answers with the exit code.
//! stdout carries data only; everything else goes to stderr, an error as one line. Exit codes: 0 done; 1 nothing
//! matched, `check` found damage, or `audit` credentials or public links; 2 usage error or failure.

pub mod args;

mod archives;
mod audit;
mod check;
mod completions;
mod config;
mod extract;
mod find;
mod global;
mod interrupt;
mod list;
mod man;
mod output;
mod progress;
mod search;

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal},
    process::ExitCode,
};

use clap::{CommandFactory, Parser};

use crate::{audit::columns::day, launch::Launch, suggest};
use args::{Cli, CliCommand};
use global::GlobalSettings;
use output::{is_closed_pipe, tell};

/// The finding of a subcommand that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All is well: 0.
    Done,
    /// Exit code 1: nothing matched, or there is damage, or something given away.
    ExitOne,
}

/// Runs the whole program and returns its exit code; `open_ui` opens the UI.
pub fn run(open_ui: impl FnOnce(Launch) -> anyhow::Result<ExitCode>) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match dispatch(cli, open_ui) {
        Ok(code) => code,
        Err(error) => {
            if !is_closed_pipe(&error) {
                tell(&format!("{error:#}"));
            }
            ExitCode::from(2)
        }
    }
}

/// Reports a usage error on stderr, in one line, and leaves with 2; shows help and version and leaves with 0.
fn refuse(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        tell(&wrong_use(&error.render().to_string(), subcommand(env::args_os()).as_deref()));
    } else {
        // What cannot be said, for a pipe is closed, is not said.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Returns the subcommand that clap was in when it met what is wrong; a word before it may be called like one
/// and be none.
fn subcommand(arguments: impl IntoIterator<Item = OsString>) -> Option<String> {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok()?;
    matches.subcommand_name().map(str::to_owned)
}

/// Makes one line of clap's paragraphs: what is wrong, what was probably meant, and where to read on.
fn wrong_use(rendered: &str, subcommand: Option<&str>) -> String {
    /// The standard library's sentences about numbers, for those who write programs; and for those who use
    /// them.
    const NUMBERS: [(&str, &str); 3] = [
        (": invalid digit found in string", ": it is no whole number"),
        (": cannot parse integer from empty string", ": it is no whole number"),
        (": number too large to fit in target type", ": it is too large"),
    ];
    let mut said: Vec<String> = Vec::new();
    for paragraph in rendered.split("\n\n") {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() || ["Usage: ", "For more information"].iter().any(|start| line.starts_with(start))
        {
            continue;
        }
        let line = line.strip_prefix("error: ").or(line.strip_prefix("tip: ")).unwrap_or(&line);
        let number = NUMBERS.iter().find_map(|(from, to)| Some(format!("{}{to}", line.strip_suffix(from)?)));
        said.push(number.unwrap_or_else(|| line.to_owned()));
    }
    let command = subcommand.map_or_else(|| "unspool".to_owned(), |name| format!("unspool {name}"));
    format!("{} (see {command} --help)", said.join("; "))
}

fn dispatch(cli: Cli, open: impl FnOnce(Launch) -> anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let Cli { global, command, query, archives } = cli;
    match &command {
        // What a shell reads when it starts, and a page, are the same whatever is configured.
        Some(CliCommand::Completions(completions)) => return completions::run(completions).map(code),
        Some(CliCommand::Man) => return man::run().map(code),
        _ => {}
    }
    let global = GlobalSettings::resolve(&global)?;
    let Some(command) = command else { return open(launch_or_refuse(global, query, &archives)?) };
    if query.is_some() {
        anyhow::bail!("-q stands after the subcommand: unspool list -q QUERY");
    }
    if !matches!(command, CliCommand::Config | CliCommand::Pick(_)) {
        global.warn();
    }
    let outcome = match command {
        CliCommand::List(list) => list::run(&global, &list),
        CliCommand::Search(search) => search::run(&global, &search),
        CliCommand::Extract(extract) => extract::run(&global, &extract),
        CliCommand::Audit(audit) => audit::run(&global, &audit),
        CliCommand::Check(check) => check::run(&global, &check),
        CliCommand::Config => config::run(&global),
        CliCommand::Completions(completions) => completions::run(&completions),
        CliCommand::Man => man::run(),
        CliCommand::Pick(pick) => {
            return open(Launch { pick: true, ..launch_for(global, pick.query, &pick.archives) });
        }
    };
    outcome.map(code)
}

fn code(outcome: Outcome) -> ExitCode {
    match outcome {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::ExitOne => ExitCode::from(1),
    }
}

/// Returns what the UI is told; refused where there is nothing to draw on.
fn launch_or_refuse(
    global: GlobalSettings,
    query: Option<String>,
    named: &[std::path::PathBuf],
) -> anyhow::Result<Launch> {
    if let Some((written, meant)) = mistyped(named) {
        anyhow::bail!("there is neither a file nor a subcommand {written}: did you mean unspool {meant}?");
    }
    if !io::stdout().is_terminal() {
        anyhow::bail!(
            "stdout is no terminal: use a subcommand, such as list, search or extract (unspool --help)"
        );
    }
    Ok(launch_for(global, query, named))
}

/// Returns the word that was taken for an archive, with the subcommand that was meant by it.
fn mistyped(named: &[std::path::PathBuf]) -> Option<(&str, String)> {
    let written = named.first().filter(|path| !path.exists())?.to_str()?;
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    suggest::nearest(written, names).map(|meant| (written, meant.to_owned()))
}

fn launch_for(global: GlobalSettings, query: Option<String>, named: &[std::path::PathBuf]) -> Launch {
    Launch {
        archives: archives::locations(&global, named),
        archives_origin: global.named_by(named),
        query: query.unwrap_or_default(),
        warning: global.loaded.short_warning(),
        config: global.loaded.config,
        pick: false,
    }
}
