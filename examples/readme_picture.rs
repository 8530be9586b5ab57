//! Puts the screen of today into the README: `cargo run --example readme_picture`. A test holds the one to the other.

#[path = "../tests/support/app.rs"]
pub mod app;

use std::{fs, process::ExitCode};

fn main() -> ExitCode {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    match draw(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{path}: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn draw(path: &str) -> Result<(), String> {
    let readme = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (before, rest) = readme.split_once("```\n").ok_or("it has no picture")?;
    let (_, after) = rest.split_once("```\n").ok_or("the picture does not end")?;
    let picture = app::picture();
    fs::write(path, format!("{before}```\n{picture}```\n{after}")).map_err(|error| error.to_string())
}
