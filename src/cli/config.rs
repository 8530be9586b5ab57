//! `unspool config`: the configuration in force, and where each value is from, as TOML.

use super::{GlobalSettings, Outcome, output::Output, output::tell};
use crate::{config::show, transcript::sanitize};

pub fn run(global: &GlobalSettings) -> anyhow::Result<Outcome> {
    let loaded = &global.loaded;
    for complaint in loaded.problems() {
        tell(&complaint);
    }
    let mut output = Output::new(global.color());
    let state = if loaded.found { "" } else { " (there is none)" };
    // A comment ends with its line, and holds no control character.
    let file = match &loaded.path {
        Some(path) => format!("{}{state}", sanitize::line(&path.to_string_lossy())),
        None => "none".to_owned(),
    };
    output.write_text(format!("# The configuration in force. Config file: {file}\n").as_bytes())?;
    output.write_text(
        b"# Behind each value stands where it is from: a line of that file, a variable, a flag.\n\n",
    )?;
    output.write_text(show(&loaded.config).as_bytes())?;
    output.finish()?;
    Ok(Outcome::Done)
}
