//! Reads the file's text upon the built-in values.

use toml::de::{DeTable, DeValue};

use super::{
    Config, ValueContext,
    text::{ConfigProblem, LineIndex, in_order},
    value::{kind, quote_shortened, toml_string},
};
use crate::suggest;

/// Takes every option of the file that is right, and reports the others in the order in which they stand.
pub(super) fn read(bytes: &[u8], context: &ValueContext<'_>, config: &mut Config) -> Vec<ConfigProblem> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let end = valid.len()..valid.len();
            return vec![
                LineIndex::of(&valid).problem(end, "this is no UTF-8: nothing of the file counts".to_owned()),
            ];
        }
    };
    let place = LineIndex::of(text);
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let words = error.message().lines().collect::<Vec<_>>().join(", ");
            let span = error.span().unwrap_or(text.len()..text.len());
            return vec![place.problem(span, format!("{words}: nothing of the file counts"))];
        }
    };
    let mut problems = Vec::new();
    for (key, value) in in_order(document.get_ref()) {
        let name = &**key.get_ref();
        match value.get_ref() {
            DeValue::Table(table) if name == "keys" => config.keys.read(table, &place, &mut problems),
            DeValue::Table(table) if is_table(config, name) => {
                for (key, value) in in_order(table) {
                    let path = format!("{name}.{}", key.get_ref());
                    let line = place.line(key.span().start);
                    if let Err(reason) = set(config, &path, value.get_ref(), line, context) {
                        let span = if reason.unknown { key.span() } else { value.span() };
                        problems.push(place.problem(span, reason.words));
                    }
                }
            }
            other if name == "keys" || is_table(config, name) => {
                let reason = format!("{name} is a table, not {}: [{name}] begins it", kind(other));
                problems.push(place.problem(value.span(), reason));
            }
            other => {
                let line = place.line(key.span().start);
                if let Err(reason) = set(config, name, other, line, context) {
                    let span = if reason.unknown { key.span() } else { value.span() };
                    problems.push(place.problem(span, reason.words));
                }
            }
        }
    }
    problems
}

/// The reason why an option was not set.
struct OptionError {
    /// `true` if there is no option of that name.
    unknown: bool,
    words: String,
}

fn set(
    config: &mut Config,
    path: &str,
    value: &DeValue<'_>,
    line: usize,
    context: &ValueContext<'_>,
) -> Result<(), OptionError> {
    let mut entries = config.entries();
    if let Some(entry) = entries.iter_mut().find(|entry| entry.path == path) {
        let read = entry.value.read(value, line, context);
        return read.map_err(|words| OptionError { unknown: false, words: format!("{path}: {words}") });
    }
    // By its last word: it may stand in the wrong table.
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    let known = || entries.iter().map(|entry| entry.path).chain(["keys", "open", "limits"]);
    let last_word = path.rsplit('.').next().unwrap_or(path);
    let meant = suggest::nearest(last_word, known().map(last));
    let meant = meant.and_then(|word| known().find(|path| last(path) == word));
    let words = match meant {
        Some(meant) => {
            format!("there is no option {}: did you mean {}?", quote_shortened(path), toml_string(meant))
        }
        None => format!("there is no option {}: unspool config lists all", quote_shortened(path)),
    };
    Err(OptionError { unknown: true, words })
}

/// Returns whether options stand in a table of that name.
fn is_table(config: &mut Config, name: &str) -> bool {
    config.entries().iter().any(|entry| entry.table_and_name().0 == name)
}
