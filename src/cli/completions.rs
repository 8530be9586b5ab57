//! `unspool completions`: what a shell needs to complete our command line.

use clap::CommandFactory;

use super::{
    Outcome,
    args::{Cli, CompletionsArgs},
    output::Output,
};
use crate::config::Color;

pub fn run(completions: &CompletionsArgs) -> anyhow::Result<Outcome> {
    // Into memory: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Cli::command(), "unspool", &mut script);
    let mut output = Output::new(Color::Auto);
    output.write_bytes(&script)?;
    output.finish()?;
    Ok(Outcome::Done)
}
