//! The words of the rule above the conversations that have some of the words: what is nowhere, and what was taken for what.

use super::listing::Listing;
use crate::{
    search::worker::{SecondTier, Substitution},
    transcript::sanitize,
    tui::layout::Layout,
};

/// The words of the archive that are named for a mistyped one.
const NEIGHBOURS: usize = 2;
/// Columns of a line of the rule that are drawn at both ends of its words.
pub const RULE_ENDS: usize = 4;
/// Lines that the rule takes.
const MAX_RULE_LINES: u16 = 3;
/// Rows of the list that there are for each line of it.
const ROWS_A_LINE: u16 = 6;

impl Listing {
    /// Returns what the rule says, in lines that fit the list; at least one if there is a rule.
    pub fn rule_lines(&self, layout: &Layout) -> Vec<String> {
        if !self.has_rule() {
            return Vec::new();
        }
        let lines = (layout.list.height / ROWS_A_LINE).clamp(1, MAX_RULE_LINES).into();
        let columns = usize::from(layout.list.width).saturating_sub(RULE_ENDS);
        fitted(&self.second_tier.as_deref().map(parts).unwrap_or_default(), columns, lines)
    }
}

/// Returns the parts of what the rule says, the telling ones first behind what it is.
fn parts(second_tier: &SecondTier) -> Vec<String> {
    let is_nowhere = |substitution: &&Substitution| second_tier.nowhere.contains(&substitution.typed);
    let (mistyped, others): (Vec<&Substitution>, Vec<&Substitution>) =
        second_tier.substitutions.iter().partition(is_nowhere);
    let is_taken_for_another = |word: &String| mistyped.iter().any(|other| other.typed == *word);
    let nowhere: Vec<String> = second_tier
        .nowhere
        .iter()
        .filter(|word| !is_taken_for_another(word))
        .map(|word| format!("\"{word}\""))
        .collect();
    let verb = if nowhere.len() == 1 { "is" } else { "are" };
    let nowhere = (!nowhere.is_empty()).then(|| format!("{} {verb} nowhere", nowhere.join(", ")));
    std::iter::once("some of the words".to_owned())
        .chain(mistyped.into_iter().map(in_words))
        .chain(nowhere)
        .chain(others.into_iter().map(in_words))
        .collect()
}

fn in_words(Substitution { typed, taken_for }: &Substitution) -> String {
    let more = if taken_for.len() > NEIGHBOURS { ", …" } else { "" };
    format!("{typed} → {}{more}", taken_for[..taken_for.len().min(NEIGHBOURS)].join(", "))
}

/// Puts parts into at most so many lines. Where they do not fit, what the rule is goes before what it says.
fn fitted(parts: &[String], columns: usize, max_lines: usize) -> Vec<String> {
    let mut lines = lines_of(parts, columns);
    if lines.len() > max_lines || lines.iter().any(|line| sanitize::width(line) > columns) {
        lines = lines_of(parts.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(parts), columns);
    }
    if lines.len() > max_lines {
        let rest = lines.split_off(max_lines - 1).join(" · ");
        lines.push(rest);
    }
    if lines.is_empty() { vec![String::new()] } else { lines }
}

/// Puts as many parts into each line as it has columns for.
fn lines_of(parts: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if sanitize::width(line) + 3 + sanitize::width(part) <= columns => {
                line.push_str(" · ");
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rule_is_goes_before_what_it_says() {
        let parts = ["some of the words", "lettr → letter", "py → python"].map(str::to_owned);
        for (columns, max_lines, lines) in [
            (60, 1, &["some of the words · lettr → letter · py → python"][..]),
            (35, 3, &["some of the words · lettr → letter", "py → python"]),
            (35, 1, &["lettr → letter · py → python"]),
            (20, 2, &["lettr → letter", "py → python"]),
            (20, 1, &["lettr → letter · py → python"]),
        ] {
            assert_eq!(fitted(&parts, columns, max_lines), lines, "{columns} {max_lines}");
        }
    }
}
