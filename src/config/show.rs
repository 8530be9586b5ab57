//! The configuration in force as TOML: fit to be read, and to be saved as a config file.

use std::fmt::Write;

use super::{Config, KeyBindings, value::toml_string};

/// The column at which it says where a value is from, where the line is short enough.
const COLUMN: usize = 40;

/// Columns of a comment.
const WIDTH: usize = 79;

/// Writes every option with its meaning, its value and the layer it is from; then the keys.
pub fn show(config: &Config) -> String {
    let mut config = config.clone();
    let mut out = String::new();
    let mut table = "";
    for entry in config.entries() {
        let (own, name) = entry.table_and_name();
        if own != table {
            let _ = writeln!(out, "[{own}]");
            table = own;
        }
        comment(&mut out, &format!("{} ({})", entry.help, entry.value.takes()));
        line(&mut out, name, &entry.value.show(), &entry.value.origin().to_string());
        out.push('\n');
    }
    keys(&mut out, &config.keys);
    out
}

/// Writes each place with its commands and their keys.
fn keys(out: &mut String, keys: &KeyBindings) {
    for (index, place) in keys.places().into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "[keys.{place}]");
        for binding in keys.bindings().iter().filter(|binding| binding.place == place) {
            let names: Vec<String> = binding.keys.iter().map(|key| toml_string(&key.name())).collect();
            line(out, &binding.command, &format!("[{}]", names.join(", ")), &binding.origin.to_string());
        }
    }
}

/// Writes words after `#`, in lines that fit a screen.
fn comment(out: &mut String, words: &str) {
    let mut columns = 0;
    for word in words.split(' ') {
        let width = word.chars().count() + 1;
        if columns == 0 || columns + width > WIDTH {
            out.push_str(if columns == 0 { "#" } else { "\n#" });
            columns = 1;
        }
        out.push(' ');
        out.push_str(word);
        columns += width;
    }
    out.push('\n');
}

fn line(out: &mut String, name: &str, value: &str, origin: &str) {
    let _ = writeln!(out, "{:COLUMN$}  # {origin}", format!("{name} = {value}"));
}
