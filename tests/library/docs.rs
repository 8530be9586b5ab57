//! What is written of unspool says what unspool does: README, manual, help and key map are held to one another.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use crate::support::app::{Driver, demo};
use clap::{CommandFactory, Parser};
use unspool::{
    cli::args::Cli,
    config::{Config, Environment, Flags, KeyBindings, ValueContext},
    provider::Provider,
    search::{Clock, Query},
    tui,
};

const README: &str = include_str!("../../README.md");

/// The labels of the keys of a place, by command.
fn bound(place: &str) -> BTreeMap<String, BTreeSet<String>> {
    let keys = KeyBindings::built_in();
    let of_place = keys.bindings().iter().filter(|binding| binding.place == place);
    of_place
        .map(|binding| (binding.command.clone(), binding.keys.iter().map(|key| key.label()).collect()))
        .collect()
}

/// What stands in backquotes.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of a Markdown table, by its first cell.
fn row(first: &str) -> &'static str {
    let begin = format!("| {first} | ");
    let row = README.lines().find_map(|line| line.strip_prefix(&begin));
    row.unwrap_or_else(|| panic!("the README has no row for {first}"))
}

#[test]
fn the_readmes_table_of_keys_is_the_key_maps() {
    for (name, places) in [
        ("search line", &["search", "editing"][..]),
        ("list", &["list"]),
        ("thread", &["thread"]),
        ("list and thread", &["reading"]),
        ("anywhere", &["anywhere"]),
    ] {
        let written: BTreeSet<&str> = code(row(name)).iter().flat_map(|keys| keys.split(' ')).collect();
        let mut known = BTreeSet::new();
        for (command, keys) in places.iter().flat_map(|place| bound(place)) {
            // What has no key is called by its name.
            let keys = if keys.is_empty() { BTreeSet::from([format!(":{command}")]) } else { keys };
            assert!(
                keys.is_empty() || keys.iter().any(|key| written.contains(&**key)),
                "{name}: no key of {command} ({keys:?}) is in the README"
            );
            known.extend(keys);
        }
        for key in written {
            assert!(known.contains(key), "{name}: the README has {key}, which is bound to nothing there");
        }
    }
}

/// A line as a shell splits it, its comment and what it is piped to left out.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            '#' | '|' | '>' if !quoted => break,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().expect("one at least").push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_line_of_the_readme_is_one() {
    let mut count = 0;
    // Prose begins with the name too; a command line is set in.
    for line in README.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim_start) {
        let line = line.replacen("cargo run --release -- ", "unspool ", 1);
        if !line.starts_with("unspool ") {
            continue;
        }
        count += 1;
        if let Err(error) = Cli::try_parse_from(words(&line)) {
            panic!("{line}: {error}");
        }
    }
    assert!(count >= 15, "they were found: {count}");
}

#[test]
fn the_readmes_config_file_is_one() {
    let file =
        README.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a config file");
    let context = ValueContext {
        home: Some(Path::new("/home/ann")),
        zone: &|name| (name == "Europe/Zurich").then_some(jiff::tz::TimeZone::UTC),
    };
    let (_, complaints) =
        Config::from_layers(Some(file.as_bytes()), &context, &Environment::default(), &Flags::default());
    assert_eq!(complaints, []);
}

#[test]
fn every_subcommand_stands_in_the_readme() {
    for subcommand in Cli::command().get_subcommands() {
        let name = subcommand.get_name();
        assert!(README.contains(&format!("unspool {name}")), "the README does not know unspool {name}");
    }
}

/// The manual as a person reads it, its marks taken out.
fn manual() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_unspool")).arg("man").output().expect("the program starts");
    let page = String::from_utf8(output.stdout).expect("UTF-8");
    ["\\fB", "\\fI", "\\fR"]
        .iter()
        .fold(page, |page, mark| page.replace(mark, ""))
        .replace("\\-", "-")
        .replace("\\(aq", "'")
        .replace("\\*(Aq", "'")
}

#[test]
fn every_flag_option_place_and_command_stands_in_the_manual() {
    let manual = manual();
    let mut command = Cli::command();
    command.build();
    for subcommand in std::iter::once(&command).chain(command.get_subcommands()) {
        for flag in subcommand.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(manual.contains(&format!("--{flag}")), "--{flag} of {}", subcommand.get_name());
        }
    }
    for entry in Config::default().entries() {
        let option = format!("{} = {}", entry.path, entry.value.show());
        assert!(manual.contains(&option), "{option}");
        assert!(manual.contains(&entry.value.takes()), "{}", entry.path);
    }
    let keys = KeyBindings::built_in();
    for place in keys.places() {
        assert!(manual.contains(&format!("keys.{place}")), "keys.{place}");
    }
    for binding in keys.bindings() {
        let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
        let line = format!("{}: {}", binding.command, names.join(" ")).replace('\\', "\\e");
        assert!(manual.contains(&line), "{line}");
    }
}

/// All of the help, from its first screen to its last.
fn help() -> String {
    let mut driver = Driver::new(99, 26, demo());
    driver.press("f1");
    let mut lines: Vec<String> = Vec::new();
    loop {
        let screen = driver.screen();
        let page: Vec<&str> = screen.lines().take(25).collect();
        if lines.iter().rev().take(25).rev().eq(page.iter()) {
            return lines.join("\n");
        }
        // A page shares lines with the one before.
        let shared = (0..=25).rev().find(|&shared| {
            lines.ends_with(&page[..shared].iter().map(|&line| line.to_owned()).collect::<Vec<_>>())
        });
        lines.extend(page[shared.unwrap_or(0)..].iter().map(|&line| line.to_owned()));
        driver.press("down");
    }
}

#[test]
fn the_help_shows_every_key_and_the_readme_the_same_query() {
    let help = help();
    for place in KeyBindings::built_in().places() {
        for (command, keys) in bound(place) {
            let shown = |key: &String| {
                help.lines().any(|line| line.split("  ").any(|cell| cell.split(' ').any(|word| word == key)))
            };
            assert!(keys.iter().all(shown), "{command} in {place}: {keys:?}\n{help}");
        }
    }
    let query =
        README.split("## What to type").nth(1).and_then(|rest| rest.split("## ").next()).expect("a section");
    let names = |text: &str| -> BTreeSet<String> {
        let words = text.split(|character: char| !(character.is_ascii_lowercase() || character == ':'));
        let keys = words.filter_map(|word| word.split_once(':')).map(|(key, _)| key.to_owned());
        keys.filter(|key| !key.is_empty()).collect()
    };
    let of_help =
        help.split("What can be typed").nth(1).and_then(|rest| rest.split("What runs a command").next());
    let of_help = of_help.expect("the query language");
    let written: BTreeSet<String> = code(query).into_iter().flat_map(&names).collect();
    assert_eq!(names(of_help), written);
    let things = |text: &str| -> BTreeSet<String> {
        let words = text.split([' ', '`', ',', ';', '\n']);
        words
            .filter(|word| ["has:", "is:"].iter().any(|key| word.starts_with(key)))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(things(of_help), things(query));
    for thing in things(query) {
        let query = Query::parse(&thing, &Clock::EPOCH);
        assert!(query.problems().is_empty(), "{thing} means nothing to the search");
    }
}

/// The list of commands (`:`) and the help are made from the map, so that what is not in it could not be reached.
#[test]
fn every_command_is_in_the_key_map() {
    let commands: BTreeSet<String> =
        tui::command::Command::ALL.iter().map(|command| command.name().to_owned()).collect();
    let bound: BTreeSet<String> =
        KeyBindings::built_in().bindings().iter().map(|binding| binding.command.clone()).collect();
    assert!(commands.len() > 50);
    assert_eq!(commands, bound);
}

#[test]
fn what_goes_wrong_is_told_in_one_line_in_lower_case_and_without_a_period() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let (empty, prose) = (file("empty.zip", ""), file("prose.txt", "Dear diary"));
    let here = folder.path().to_str().expect("UTF-8").to_owned();
    for arguments in [
        &["list"][..],
        &["list", "/nowhere.zip"],
        &["list", &empty],
        &["list", &prose],
        &["list", &here],
        &["list", "-"],
        &["list", "--config", "/nowhere", "--demo"],
        &["list", "--config", &here, "--demo"],
        &["-q", "x", "list", "--demo"],
        &["--demo"],
        &["lsit", "--demo"],
        &["extract", "--demo", "--id", "nobody"],
        &["extract", "--demo", "--all", "-f", "json"],
        &["extract", "--demo", "--all", "--front-matter"],
        &["extract", "--demo", "-q", "title:504", "-o", "/nowhere/at/all.md"],
        &["extract", "--demo", "-q", "title:504", "-o", &prose],
        &["extract", "--demo", "-q", "title:504", "-o", "/dev/null"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
        command.args(arguments).env_remove("UNSPOOL_ARCHIVE").env("XDG_CONFIG_HOME", "/nonexistent");
        let output = command.stdin(std::process::Stdio::null()).output().expect("the program starts");
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{arguments:?}: {told}");
        let words = told.trim_end().strip_prefix("unspool: ").expect("the program's name");
        // A path may begin with a drive.
        let words = words.strip_prefix(&*here).unwrap_or(words);
        assert!(!words.starts_with(char::is_uppercase), "{arguments:?}: {told}");
        assert!(!words.ends_with('.') && !words.contains("os error"), "{arguments:?}: {told}");
    }
}

#[test]
fn the_readme_tells_of_every_provider_how_its_export_is_got() {
    let readme = README.split_whitespace().collect::<Vec<_>>().join(" ");
    for facts in Provider::ALL.iter().map(|provider| provider.facts()) {
        for told in [facts.name, facts.export_path] {
            assert!(readme.contains(told), "{}: the README has no {told:?}", facts.name);
        }
    }
}
